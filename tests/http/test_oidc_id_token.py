"""ID tokens: OpenID Connect Core 2, 3.1.3.3, 8 and 12.2; assurance OC-01 to OC-04, OC-15 to OC-22, and
the modules of the conformance suite's basic plan (2.4) that are about them."""

import hashlib
import json
import time

import pytest

import own_openid as o
import standard as s
from llavero_http import challenged, location_query, pkce, unique
from test_oauth_device import approve

CALLBACK = "https://app.example/cb"


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server)


@pytest.fixture(scope="module")
def person(server):
    return server.make_user()


@pytest.fixture
def browser(server, person):
    return server.signed_in(person)


def test_oidcc_server(server, browser, app):
    """The happy flow with all common checks, for two clients."""
    for of in (app, s.make_app(server, "https://second.example/cb")):
        body, claims = o.sign_in(server, browser, of, state="s p a c e", scope="openid profile email")
        assert body["token_type"] == "Bearer" and body["scope"] == "email openid profile"
        info = o.userinfo(server, body["access_token"])
        assert info["sub"] == claims["sub"]


def test_oc_01_what_an_id_token_says(server, browser, app):
    before = int(time.time())
    _, claims = o.sign_in(server, browser, app)
    assert set(claims) == {"iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr",
                           "sid", "at_hash"}
    assert before - 60 <= claims["auth_time"] <= claims["iat"]
    assert claims["acr"] == o.PASSWORD_CLASS and claims["amr"] == ["pwd"]
    assert claims["exp"] - claims["iat"] == 600


@pytest.mark.parametrize("nonce", ["n", "with spaces & +plus%", "ñandú ✓", "\"quoted\\\"", "n" * 64,
                                   "x" * 2048])
def test_oc_01_the_nonce_comes_back_exactly(server, browser, app, nonce):
    # F2-12
    _, claims = o.sign_in(server, browser, app, nonce=nonce)
    assert claims["nonce"] == nonce


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow_oc_15(server, browser, app):
    _, claims = o.sign_in(server, browser, app, nonce=None)
    assert "nonce" not in claims


def test_f2_12_a_nonce_has_a_limit(server, browser, app):
    assert o.error(browser, app, nonce="x" * 2049) == "invalid_request"
    # without openid it means nothing
    assert "code" in s.answer(browser, app, nonce="x" * 2049)


def test_oidcc_idtoken_signature_oc_03(server, browser, app):
    body, _ = o.sign_in(server, browser, app)
    header, _ = o.verify(server, body["id_token"])
    assert header["alg"] == "RS256" and header["kid"]
    kids = [key["kid"] for key in server.get(o.JWKS).json()["keys"]]
    assert len(set(kids)) == len(kids)


@pytest.mark.parametrize("alg", ["RS256", "ES256", "none", "HS256"])
def test_oidcc_idtoken_rs256_and_what_was_registered(server, browser, alg):
    # OR-01
    app = s.make_app(server, metadata={"id_token_signed_response_alg": alg})
    offered = server.get(o.DISCOVERY).json()["id_token_signing_alg_values_supported"]
    body, _ = o.sign_in(server, browser, app)
    header, _ = o.verify(server, body["id_token"])
    assert header["alg"] == (alg if alg in offered else "RS256")


def test_oc_01_at_hash_of_eddsa_is_half_of_sha512(launch):
    own = launch(signing_algorithms="RS256,ES256,PS256,EdDSA")
    browser = own.signed_in()
    for alg, of in (("EdDSA", hashlib.sha512), ("PS256", hashlib.sha256), ("ES256", hashlib.sha256)):
        app = s.make_app(own, metadata={"id_token_signed_response_alg": alg})
        verifier, challenge = pkce()
        body = s.exchange(own, app, o.answer(browser, app, **challenged(challenge))["code"],
                          code_verifier=verifier)
        header, claims = o.verify(own, body["id_token"])
        assert header["alg"] == alg
        assert claims["at_hash"] == o.half_hash(body["access_token"], of)


def test_oc_02_a_subject_is_opaque_and_stays(server, browser, app, person):
    first = o.sign_in(server, browser, app)[1]["sub"]
    other = o.sign_in(server, browser, s.make_app(server, "https://other.example/cb"))[1]["sub"]
    assert first == other == o.sign_in(server, server.signed_in(person), app)[1]["sub"]
    assert person.login not in first and "@" not in first and str(person.id) != first


def test_oc_02_a_deleted_login_made_anew_is_somebody_else(server, app):
    login = unique("phoenix")
    first = o.sign_in(server, server.signed_in(server.make_user(login)), app)[1]["sub"]
    with server.database() as db:
        db.execute("DELETE FROM email WHERE address_key = ?", (f"{login}@example.com",))
        db.execute("DELETE FROM account WHERE login = ?", (login,))
    again = o.sign_in(server, server.signed_in(server.make_user(login)), app)[1]["sub"]
    assert again != first


def test_9068_04_an_apps_own_token_is_about_nobody(server, browser):
    # 9700-18
    app = s.make_app(server, metadata={"grant_types": ["client_credentials", "authorization_code"]})
    sub = o.sign_in(server, browser, app)[1]["sub"]
    own = s.token(server, app, grant_type="client_credentials")["access_token"]
    assert s.introspect(server, app, own)["sub"] == app.client_id != sub
    assert sub.startswith("usr_") and not app.client_id.startswith("usr_")


def test_oc_19_a_pairwise_subject_is_one_sectors(server, browser):
    def sub(*callbacks, **metadata):
        app = s.make_app(server, *callbacks, metadata={"subject_type": "pairwise", **metadata})
        body, claims = o.sign_in(server, browser, app, redirect_uri=callbacks[0])
        assert o.userinfo(server, body["access_token"])["sub"] == claims["sub"]
        assert s.introspect(server, app, body["access_token"])["sub"] == claims["sub"]
        return claims["sub"]

    one = sub("https://one.example/cb")
    assert one == sub("https://one.example/other/cb")
    assert one != sub("https://two.example/cb")
    assert one == sub("https://a.example/cb", sector_identifier_uri="https://one.example/sector.json")
    public = o.sign_in(server, browser, s.make_app(server, "https://one.example/cb"))[1]["sub"]
    assert public != one


def test_oc_04_without_openid_it_is_plain_oauth(server, browser, app):
    body = s.sign_in(server, browser, app, scope="profile email", nonce="n")
    assert "id_token" not in body
    o.userinfo(server, body["access_token"], status=403)


def test_oc_17_refreshing(server, browser):
    app = s.make_app(server, expiring=True)
    body, first = o.sign_in(server, browser, app, scope="openid email", max_age="1000")
    time.sleep(1.1)
    again = s.refresh(server, app, body["refresh_token"])
    _, claims = o.verify(server, again["id_token"])
    for name in ("iss", "sub", "aud", "auth_time", "acr", "amr", "sid"):
        assert claims[name] == first[name], name
    assert claims["iat"] > first["iat"] and "nonce" not in claims
    assert claims["at_hash"] == o.half_hash(again["access_token"])
    # a lost reply: the same pair, and an ID token again
    repeated = s.refresh(server, app, body["refresh_token"])
    assert repeated["access_token"] == again["access_token"]
    assert o.verify(server, repeated["id_token"])[1]["sub"] == first["sub"]
    # less than openid
    less = s.refresh(server, app, again["refresh_token"], scope="email")
    assert "id_token" not in less


def test_oidcc_refresh_token(server, browser):
    app, other = s.make_app(server), s.make_app(server)
    body, claims = o.sign_in(server, browser, app, scope="openid offline_access", prompt="consent")
    wrong = s.refresh(server, other, body["refresh_token"], status=400)
    assert wrong["error"] == "invalid_grant"
    again = s.refresh(server, app, body["refresh_token"])
    assert again["access_token"] != body["access_token"]
    assert len(again["refresh_token"]) >= 22
    assert o.verify(server, again["id_token"])[1]["sub"] == claims["sub"]


def test_oc_16_offline_access_needs_consent(server, browser):
    app = s.make_app(server)
    body, _ = o.sign_in(server, browser, app, scope="openid")
    assert "refresh_token" not in body
    # already allowed, and nobody is asked: passed over
    body, _ = o.sign_in(server, browser, app, scope="openid offline_access")
    assert "refresh_token" not in body
    body, _ = o.sign_in(server, browser, app, scope="openid offline_access", prompt="consent")
    assert "refresh_token" in body


def test_oidcc_alternate_happy_flow_oc_22(server, browser, app):
    verifier, challenge = pkce()
    query = [("nonce", "n"), ("code_challenge_method", "S256"), ("scope", "email profile openid"),
             ("code_challenge", challenge), ("response_type", "code"), ("client_id", app.client_id)]
    reply = browser.get(s.AUTHORIZE, params=query)
    if reply.status_code == 200:
        reply = s.decide(browser, reply)
    _, claims = o.exchange(server, app, o.code_of(reply), "n", code_verifier=verifier)
    assert claims["nonce"] == "n"


def test_oidcc_server_client_secret_post(server, browser, app):
    verifier, challenge = pkce()
    of = o.answer(browser, app, **challenged(challenge))["code"]
    reply = s.post(server, s.TOKEN, {"grant_type": "authorization_code", "code": of,
                                     "code_verifier": verifier, **app.credentials})
    assert "id_token" in s.plant(server, reply.json())


def test_oidcc_ensure_request_with_valid_pkce_succeeds(server, browser, app):
    o.sign_in(server, browser, app)
    of = o.answer(browser, app)["code"]  # and none at all hurts no more
    o.exchange(server, app, of)


def test_oidcc_codereuse_oc_21(server, browser, app):
    of = o.answer(browser, app, nonce="n")["code"]
    body, _ = o.exchange(server, app, of, "n")
    assert s.exchange(server, app, of, status=400)["error"] == "invalid_grant"
    o.userinfo(server, body["access_token"], status=401)


def test_oidcc_codereuse_30seconds_oc_21(launch):
    own = launch(rehearsal="yes")
    app, browser = s.make_app(own), own.signed_in()
    of = o.answer(browser, app)["code"]
    body = s.exchange(own, app, of)
    own.advance("30s")
    assert s.exchange(own, app, of, status=400)["error"] == "invalid_grant"
    o.userinfo(own, body["access_token"], status=401)


def test_oc_01_a_device_gets_one_too(server, person):
    app, browser = s.make_app(server, device=True), server.signed_in(person)
    reply = s.post(server, s.DEVICE, {**app.credentials, "scope": "openid email"})
    codes = s.plant(server, reply.json())
    approve(browser, codes)
    body = s.token(server, app, grant_type=s.DEVICE_GRANT, device_code=codes["device_code"])
    _, claims = o.verify(server, body["id_token"])
    assert claims["acr"] == o.PASSWORD_CLASS and claims["auth_time"]
    assert "nonce" not in claims and "sid" not in claims
    assert o.userinfo(server, body["access_token"])["sub"] == claims["sub"]


def test_oc_14_claims_in_the_id_token(server, browser, app, person):
    asked = {"id_token": {"email": None, "name": {"essential": True}, "unknown": None,
                          "auth_time": {"essential": True}, "email_verified": {"value": False}}}
    _, claims = o.sign_in(server, browser, app, claims=json.dumps(asked))
    assert claims["email"] == person.email and claims["email_verified"] is True
    assert "unknown" not in claims and "preferred_username" not in claims
    assert claims["auth_time"]


# the GitHub edge is not disturbed

def test_a_token_got_with_openid_works_at_both_edges(server, browser, person):
    app = s.make_app(server)
    body, _ = o.sign_in(server, browser, app, scope="openid profile email read:user")
    reply = server.api("/user", body["access_token"])
    assert reply.status_code == 200 and reply.json()["login"] == person.login
    assert reply.headers["X-OAuth-Scopes"] == "read:user"
    assert o.userinfo(server, body["access_token"])["preferred_username"] == person.login


def test_the_github_edge_knows_no_openid(server, browser, person):
    app = s.make_app(server)
    got = server.exchange(app, browser.code(app, scope="openid profile email gist"))
    assert got["scope"] == "gist" and "id_token" not in got
    o.userinfo(server, got["access_token"], status=403)
    # what was allowed at the standard edge is not what "as before" means there
    o.sign_in(server, browser, app, scope="openid email gist")
    got = server.exchange(app, browser.code(app))
    assert got["scope"] == "gist"
    assert server.api("/user", got["access_token"]).headers["X-OAuth-Scopes"] == "gist"
    # nor has it been forgotten there
    assert "code" in dict(location_query(o.ask(browser, app, scope="openid email", prompt="none")))


def test_the_scopes_of_openid_are_no_personal_tokens(server, browser):
    page = browser.page("/settings/tokens/new")
    assert "openid" not in page.text.split()
