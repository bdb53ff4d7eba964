"""One kind of secret where another kind belongs. P12, P32; assurance A033, A131. Each is good where it is
meant for, and nothing anywhere else: neither as it is nor with another kind's beginning."""

import pytest

import standard as s
from llavero_http import challenged, pkce


@pytest.fixture(scope="module")
def kinds(server, octocat):
    """One of each, all of one app; how to use it where it belongs."""
    app = s.make_app(server, device=True, expiring=True)
    verifier, challenge = pkce()
    pair = s.token(server, app, grant_type="authorization_code", code_verifier=verifier, code=s.code(
        octocat, app, scope="openid", **challenged(challenge)))
    device = s.post(server, s.DEVICE, {**app.credentials}).json()
    made = {"code": s.code(octocat, app, **challenged(challenge)), "access token": pair["access_token"],
            "refresh token": pair["refresh_token"], "ID token": pair["id_token"],
            "device code": device["device_code"], "user code": device["user_code"],
            "pushed request": s.push_uri(server, app, **challenged(challenge)),
            "session": octocat.cookie("llavero_session"), "secret": app.client_secret,
            "rehearsal token": server.rehearsal_token}
    server.plant(*(value for name, value in made.items() if name != "user code"))
    return app, verifier, made


def is_taken(server, app, verifier, place, value):
    """Does the place take it for what it wants?"""
    if place == "code":
        reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "authorization_code", "code": value,
                                         "code_verifier": verifier})
    elif place == "refresh token":
        reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "refresh_token",
                                         "refresh_token": value})
    elif place == "device code":
        reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": s.DEVICE_GRANT,
                                         "device_code": value})
        return reply.json()["error"] not in ("invalid_grant", "invalid_request")
    elif place == "access token":
        reply = server.get("/oauth2/userinfo", headers={"Authorization": f"Bearer {value}"})
    elif place == "session":
        reply = server.get("/settings/profile", headers={"Cookie": f"llavero_session={value}"})
    elif place == "secret":
        reply = s.post(server, s.INTROSPECT, {"client_id": app.client_id, "client_secret": value,
                                              "token": "x"})
    elif place == "rehearsal token":
        reply = server.get("/rehearsal/clock", headers={"Authorization": f"Bearer {value}"})
    else:
        reply = server.get(s.AUTHORIZE, params={"client_id": app.client_id, "request_uri": value})
        return reply.status_code in (302, 303) and "/login" in reply.headers["Location"]
    return reply.status_code == 200


PLACES = ["device code", "pushed request", "access token", "session", "secret", "rehearsal token",
          # these are used up where they belong
          "code", "refresh token"]


@pytest.mark.parametrize("place", PLACES)
def test_no_secret_is_good_where_another_belongs_P12_P32(server, kinds, place):
    app, verifier, made = kinds
    for name, value in made.items():
        if name != place:
            assert not is_taken(server, app, verifier, place, value), name
    # dressed up as what belongs there
    wanted = made[place]
    head = wanted[:wanted.index("_") + 1] if "_" in wanted[:6] else wanted[:4]
    for name, value in made.items():
        if name != place:
            assert not is_taken(server, app, verifier, place, head + value.rpartition("_")[2]), name
    assert is_taken(server, app, verifier, place, wanted)
