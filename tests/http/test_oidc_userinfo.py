"""The UserInfo endpoint: OpenID Connect Core 5.3 to 5.5, RFC 6750; assurance OC-04, OC-12 to OC-14."""

import json
import re

import pytest
import requests

import own_openid as o
import standard as s
from raw_http import ask as raw

PROFILE = {"name", "preferred_username", "profile", "picture", "updated_at"}
EMAIL = {"email", "email_verified"}


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server)


@pytest.fixture(scope="module")
def person(server):
    made = server.make_user()
    o.name(server, made.login, "Mona Lisa Octocat")
    return made


@pytest.fixture(scope="module")
def browser(server, person):
    return server.signed_in(person)


def got_with(server, browser, app, **params):
    return o.sign_in(server, browser, app, **params)[0]["access_token"]


def challenge(reply):
    return reply.headers["WWW-Authenticate"]


@pytest.mark.parametrize("scope, claims", [
    ("openid", set()), ("openid profile", PROFILE), ("openid email", EMAIL),
    ("openid address", set()), ("openid phone", set()),
    ("openid profile email address phone", PROFILE | EMAIL)],
    ids=["none", "profile", "email", "address", "phone", "all"])
def test_oidcc_scope_oc_13(server, browser, app, scope, claims):
    info = o.userinfo(server, got_with(server, browser, app, scope=scope))
    assert set(info) == {"sub"} | claims


def test_oc_13_values_and_their_types(server, browser, app, person):
    token = got_with(server, browser, app, scope="openid profile email")
    info = o.userinfo(server, token)
    assert info["preferred_username"] == person.login and info["name"] == "Mona Lisa Octocat"
    assert info["email"] == person.email and info["email_verified"] is True
    assert isinstance(info["updated_at"], int)
    assert info["profile"] == f"{server.base}/{person.login}"
    assert requests.get(info["picture"], timeout=60).headers["Content-Type"].startswith("image/")


def test_oidcc_userinfo_get_post_header_post_body_oc_12(server, browser, app):
    # A093
    # 6750-01
    body, claims = o.sign_in(server, browser, app)
    token = body["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    for reply in (server.get(o.USERINFO, headers=header), server.post(o.USERINFO, headers=header),
                  server.get(o.USERINFO, headers={"Authorization": f"bEARER {token}"}),
                  server.post(o.USERINFO, {"access_token": token})):
        assert reply.status_code == 200 and reply.json()["sub"] == claims["sub"]
        assert reply.headers["Content-Type"].startswith("application/json")
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_6750_in_the_url_a_token_is_none(server, browser, app):
    # 6750-03, 6750-04
    token = got_with(server, browser, app)
    assert server.get(o.USERINFO, params={"access_token": token}).status_code == 401
    # a GET has no body, and JSON is no form
    assert server.post(o.USERINFO, json.dumps({"access_token": token}),
                       headers={"Content-Type": "application/json"}).status_code == 401


def test_6750_sent_twice(server, browser, app):
    # 6750-02
    token = got_with(server, browser, app)
    reply = server.post(o.USERINFO, {"access_token": token},
                        headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 400 and reply.json()["error"] == "invalid_request"
    assert s.cause(server, reply) == "TOKEN_PARAMETER_REPEATED"
    twice = server.post(o.USERINFO, [("access_token", token), ("access_token", token)])
    assert twice.status_code == 400


def test_6750_challenges(server, browser, app):
    # 6750-05, 6750-06
    reply = server.get(o.USERINFO)
    assert reply.status_code == 401 and \
        challenge(reply).startswith('Bearer realm="llavero", scope="openid", resource_metadata=')
    reply = server.get(o.USERINFO, headers={"Authorization": "Bearer nonsense"})
    assert reply.status_code == 401 and 'error="invalid_token"' in challenge(reply)
    assert reply.json()["error"] == "invalid_token"
    plain = s.sign_in(server, browser, app, scope="profile")["access_token"]
    reply = server.get(o.USERINFO, headers={"Authorization": f"Bearer {plain}"})
    assert reply.status_code == 403 and 'error="insufficient_scope"' in challenge(reply)
    assert 'scope="openid"' in challenge(reply)
    assert s.cause(server, reply) == "TOKEN_SCOPE"


@pytest.mark.parametrize("path", [o.USERINFO, "/api/v3/user"])
@pytest.mark.parametrize("value", [None, "Bearer nonsense", 'Bearer "a\\b"', "Bearer é", "Bearer a b",
                                   "Bearer", "Bearer " + "x" * 3000])
def test_6750_07_no_attribute_of_a_challenge_comes_twice(server, path, value):
    """Read strictly: auth-params of RFC 9110 11.2, in the characters of RFC 6750 3."""
    headers = {"Authorization": value.encode("latin-1")} if value else {}
    reply = server.get(path, headers=headers)
    assert reply.status_code in (400, 401)
    scheme, params = challenge(reply).split(" ", 1)
    found = re.findall(r'(\w+)="([\x20\x21\x23-\x5b\x5d-\x7e]*)"', params)
    assert scheme == "Bearer" and ", ".join(f'{k}="{v}"' for k, v in found) == params
    names = [name for name, _ in found]
    assert len(set(names)) == len(names) and names[0] == "realm"


def test_9700_what_is_no_access_token_gets_nothing(server, browser, app):
    body, _ = o.sign_in(server, browser, app)
    for other in (body["id_token"], app.client_secret, browser.cookie("llavero_session")):
        o.userinfo(server, other, status=401)
    own = s.make_app(server, metadata={"grant_types": ["client_credentials"]})
    token = s.token(server, own, grant_type="client_credentials")["access_token"]
    o.userinfo(server, token, status=403)


def test_oc_12_a_token_that_is_over(server, browser, app):
    token = got_with(server, browser, app)
    s.revoke(server, app, token)
    o.userinfo(server, token, status=401)


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_oidcc_userinfo_rs256_oc_12(server, browser, person, alg):
    app = s.make_app(server, metadata={"userinfo_signed_response_alg": alg})
    body, claims = o.sign_in(server, browser, app, scope="openid email")
    reply = server.get(o.USERINFO, headers={"Authorization": f"Bearer {body['access_token']}"})
    assert reply.headers["Content-Type"] == "application/jwt"
    header, info = o.verify(server, reply.text)
    assert header["alg"] == alg
    assert info == {"sub": claims["sub"], "email": person.email, "email_verified": True,
                    "iss": server.base, "aud": app.client_id}


def test_oidcc_claims_essential_oc_14(server, browser, app):
    asked = {"userinfo": {"name": {"essential": True}, "email": None, "unknown": {"value": 1}}}
    info = o.userinfo(server, got_with(server, browser, app, claims=json.dumps(asked)))
    assert set(info) == {"sub", "name", "email"}
    # the next token asks for itself
    assert set(o.userinfo(server, got_with(server, browser, app))) == {"sub"}


@pytest.mark.parametrize("name", sorted(EMAIL))
def test_oc_14_one_of_the_two_about_an_address(server, browser, app, name):
    token = got_with(server, browser, app, claims=json.dumps({"userinfo": {name: None}}))
    assert set(o.userinfo(server, token)) == {"sub", name}


def test_oc_13_an_address_that_is_not_known_any_more_to_be_theirs(server, app):
    person = server.make_user()
    token = got_with(server, server.signed_in(person), app, scope="openid email")
    for statement, told in (("UPDATE email SET verified_at = NULL", {"email": person.email, "email_verified": False}),
                            ("DELETE FROM email", {})):
        with server.database() as db:
            db.execute(f"{statement} WHERE account_id = ?", (person.id,))
        info = o.userinfo(server, token)
        assert info.pop("sub") and info == told


@pytest.mark.parametrize("claims", ["{", "[]", "null", '"email"', '{"userinfo":["email"]}',
                                    '{"id_token":{"email":true}}', '{"userinfo":{},"userinfo":{}}',
                                    '{"userinfo":{"name":{"essential":true}}}x', "{" * 200])
def test_oc_14_claims_that_cannot_be_read(server, browser, app, claims):
    assert o.error(browser, app, claims=claims) == "invalid_request"


def test_oc_14_claims_have_a_limit(server, browser, app):
    around = len(json.dumps({"userinfo": {"": None}}))
    for length in (4095, 4096):
        o.sign_in(server, browser, app, claims=json.dumps({"userinfo": {"x" * (length - around): None}}))
    assert o.error(browser, app, claims=json.dumps({"userinfo": {"x" * (4097 - around): None}})) == "invalid_request"


def test_a092_pages_elsewhere_may_ask(server, browser, app):
    preflight = raw(server, "OPTIONS", o.USERINFO, "Origin: https://spa.example",
                    "Access-Control-Request-Method: GET",
                    "Access-Control-Request-Headers: authorization")
    assert preflight.status == 204
    assert "Authorization" in preflight.header("Access-Control-Allow-Headers")
    reply = server.get(o.USERINFO, headers={"Origin": "https://spa.example"})
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in reply.headers
