"""Programs that guess: assurance 6749-20 (secrets), 7662-06 (tokens). A140, the list of what may be
shown once, is tested in tests/store/test_flows.c."""

import secrets
import zlib

import pytest

import standard as s
from llavero_http import basic
from own_jose import Key, assertion, by_assertion, jwks

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
MOST = 4
WRONG = {"client_secret": "0" * 40}
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def own(launch):
    return launch(client_failures_per_hour=MOST, unknown_tokens_per_minute=MOST,
                  device_codes_per_hour=MOST,
                  trusted_proxies="127.0.0.1")


def at(address):
    return {"headers": {"X-Forwarded-For": address}}


def made_up():
    """A token that could be one: its checksum is right."""
    digits = "0" + "".join(secrets.choice(BASE62) for _ in range(29))
    value, check = zlib.crc32(digits.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        check = BASE62[digit] + check
    return f"gho_{digits}{check}"


def assert_throttled(server, reply, cause="CLIENT_THROTTLED", most=3600):
    assert reply.status_code == 429, (reply.status_code, reply.text)
    assert 0 < int(reply.headers["Retry-After"]) <= most
    assert reply.json()["error"] == "too_many_requests"
    assert reply.json()["error_uri"].endswith("#too-many-requests")
    assert s.cause(server, reply) == cause


ENDPOINTS = [(s.TOKEN, {**GRANT}, 401), (s.INTROSPECT, {"token": "x"}, 401),
             (s.REVOKE, {"token": "x"}, 401), (s.DEVICE, {}, 401),
             ("/oauth2/par", {"response_type": "code"}, 401)]


@pytest.mark.parametrize("path, form, status", ENDPOINTS)
def test_6749_20_wrong_secrets_are_throttled_at(own, path, form, status):
    # A059
    app = s.make_app(own, device=True, metadata={"scope": "repo"})

    def ask(address, **more):
        return s.post(own, path, {**app.credentials, **form, **more}, **at(address))

    for _ in range(MOST):
        assert ask(HERE, **WRONG).status_code == status
    assert_throttled(own, ask(HERE, **WRONG))
    # whoever guessed is not told that this one is right
    assert_throttled(own, ask(HERE))
    # and nobody is shut out elsewhere
    reply = ask(ELSEWHERE)
    assert reply.ok, reply.text
    s.plant(own, reply.json() if reply.content else {})


def test_6749_20_the_count_is_of_app_and_address_and_of_both_edges(own):
    # A059
    app, other = (s.make_app(own, metadata={"scope": "repo"}) for _ in range(2))

    def github(of, address=HERE, **more):
        return own.post("/login/oauth/access_token",
                        {**of.credentials, "code": "0" * 40, **more},
                        headers={"Accept": "application/json", "X-Forwarded-For": address})

    for i in range(MOST):
        if i % 2:
            assert github(app, **WRONG).json()["error"] == "incorrect_client_credentials"
        else:
            assert s.post(own, s.TOKEN, {**app.credentials, **GRANT, **WRONG},
                          **at(HERE)).status_code == 401
    assert_throttled(own, s.post(own, s.TOKEN, {**app.credentials, **GRANT}, **at(HERE)))
    assert_throttled(own, github(app))
    assert github(app, ELSEWHERE).json()["error"] == "bad_verification_code"
    assert github(other).status_code == 200
    # the API of token management, too
    headers = {**basic(app.client_id, app.client_secret), "X-Forwarded-For": HERE}
    path = f"/api/v3/applications/{app.client_id}/token"
    reply = own.post(path, json={"access_token": "x"}, headers=headers)
    assert reply.status_code == 429 and int(reply.headers["Retry-After"]) > 0
    assert reply.json()["status"] == "429"
    reply = own.get(f"/api/v3/applications/{app.client_id}/refusals", headers=headers)
    assert reply.status_code == 429
    headers["X-Forwarded-For"] = ELSEWHERE
    assert own.post(path, json={"access_token": "x"}, headers=headers).status_code == 404


def test_6749_20_what_shows_nothing_is_no_guess(own):
    """A device of the GitHub dialect sends no secret, and goes on."""
    app = s.make_app(own, device=True)
    ask = {"headers": {"Accept": "application/json", "X-Forwarded-For": HERE}}
    for _ in range(MOST):
        s.post(own, s.TOKEN, {**app.credentials, **GRANT, **WRONG}, **at(HERE))
    form = {"client_id": app.client_id}
    reply = own.post("/login/device/code", form, **ask)
    assert own.plant(reply.json()["device_code"])
    assert own.post("/login/device/code", {**form, **WRONG}, **ask).status_code == 429
    for _ in range(MOST + 1):
        assert s.post(own, s.TOKEN, {**form, **GRANT}, **at(HERE)).status_code == 401


def test_6749_20_a_public_client_has_nothing_to_guess(own):
    app = s.make_public(own)
    for _ in range(MOST + 2):
        reply = s.post(own, s.TOKEN, {"client_id": app.client_id, "refresh_token": "x", **WRONG,
                                      "grant_type": "refresh_token"}, **at(HERE))
        assert reply.status_code == 401


def test_6749_20_wrong_assertions(own):
    # A185
    key = Key()
    signer = s.make_app(own, auth_method="private_key_jwt",
                        metadata={"scope": "repo", "jwks": jwks(key)})

    def ask(with_, address):
        return s.post(own, s.TOKEN, {**GRANT, **by_assertion(assertion(own, signer, with_))},
                      **at(address))

    for _ in range(MOST):
        assert ask(Key(kid=key.kid), HERE).status_code == 401
    assert_throttled(own, ask(key, HERE))
    reply = ask(key, ELSEWHERE)
    assert reply.status_code == 200 and own.plant(reply.json()["access_token"])


def test_6749_20_an_hour_later_it_is_over_and_the_right_one_ends_nothing(own):
    app = s.make_app(own, metadata={"scope": "repo"})

    def ask(**more):
        return s.post(own, s.TOKEN, {**app.credentials, **GRANT, **more}, **at(HERE))

    for _ in range(MOST - 1):
        assert ask(**WRONG).status_code == 401
    for _ in range(MOST):
        assert own.plant(ask().json()["access_token"])
    assert ask(**WRONG).status_code == 401
    wait = int(ask().headers["Retry-After"])
    own.advance(f"{wait - 5}s")
    assert ask().status_code == 429
    own.advance("6s")
    assert own.plant(ask().json()["access_token"])


def test_6749_20_it_can_be_turned_off(launch):
    own = launch(client_failures_per_hour=0, unknown_tokens_per_minute=0)
    app = s.make_app(own)
    for _ in range(320):
        assert s.post(own, s.TOKEN, {**app.credentials, **GRANT, **WRONG}).status_code == 401
    for _ in range(20):
        assert s.introspect(own, app, "x") == {"active": False}


def test_7662_06_unknown_tokens_are_throttled_for_who_asks(own, launch):
    # A195
    app, other = s.make_app(own, metadata={"scope": "repo"}), s.make_app(own)
    good = own.plant(s.post(own, s.TOKEN, {**app.credentials, **GRANT}).json()["access_token"])
    ended = own.plant(s.post(own, s.TOKEN, {**app.credentials, **GRANT}).json()["access_token"])
    s.revoke(own, app, ended)
    # tokens that were given out are no guesses, whatever has become of them
    for _ in range(MOST + 1):
        assert s.is_active(own, app, good)
        assert not s.is_active(own, app, ended) and not s.is_active(own, other, good)
    for token in ("x", "ghr_" + "0" * 76, made_up(), made_up()):
        assert not s.is_active(own, app, token)
    for token in ("x", "ghr_" + "0" * 76, made_up()):
        reply = s.post(own, s.INTROSPECT, {**app.credentials, "token": token})
        assert_throttled(own, reply, "INTROSPECTION_THROTTLED", 60)
    # who shows rubbish to an API shuts nobody out of it
    assert s.is_active(own, app, good) and not s.is_active(own, app, ended)
    assert not s.is_active(own, other, "x")
    own.advance("61s")
    assert not s.is_active(own, app, "x")


def test_A187_device_codes_of_one_app_and_address_have_a_limit(own, launch):
    """At both edges together; another app and another address go on, and so does who polls."""
    app, other = s.make_app(own, device=True), s.make_app(own, device=True)

    def ask(of, address, edge=s.DEVICE):
        form = of.credentials if edge == s.DEVICE else {"client_id": of.client_id}
        reply = own.post(edge, form, headers={"Accept": "application/json", "X-Forwarded-For": address})
        if reply.status_code == 200:
            own.plant(reply.json()["device_code"])
        return reply

    first = ask(app, HERE).json()["device_code"]
    for i in range(MOST - 1):
        assert ask(app, HERE, "/login/device/code" if i % 2 else s.DEVICE).status_code == 200
    for edge in (s.DEVICE, "/login/device/code"):
        reply = ask(app, HERE, edge)
        assert reply.status_code == 429 and reply.json()["error"] == "too_many_requests"
        assert 0 < int(reply.headers["Retry-After"]) <= 3600
        assert s.cause(own, reply) == "DEVICE_CODES_THROTTLED"
    assert ask(app, ELSEWHERE).status_code == ask(other, HERE).status_code == 200
    reply = s.post(own, s.TOKEN, {**app.credentials, "grant_type": s.DEVICE_GRANT, "device_code": first},
                   **at(HERE))
    assert reply.json()["error"] == "authorization_pending"
    own.advance("1h")
    assert ask(app, HERE).status_code == 200
    free = launch(device_codes_per_hour=0)
    app = s.make_app(free, device=True)
    for _ in range(MOST * 2):
        free.plant(s.post(free, s.DEVICE, app.credentials).json()["device_code"])
