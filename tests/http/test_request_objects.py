"""The parameter `request` at the authorization endpoint and when it is pushed: RFC 9101, OpenID Connect Core 6.1, FAPI
2.0 Message Signing; assurance 1.11 (9101-01 to 9101-06, 9101-08)."""

import json
import time

import pytest

import standard as s
from client_stub import Stub
from llavero_http import Page, challenged, location_query, pkce
from own_jose import LEFT_OUT, Key, assertion, b64, by_assertion, jwks, proof, sign

CALLBACK = "https://app.example/cb"
VERIFIER, CHALLENGE = pkce()
KEY = Key()
NONE = b'{"alg":"none"}'


def make(server, *keys, request=None, **columns):
    return s.make_app(server, CALLBACK, metadata={"jwks": jwks(*(keys or (KEY,))), **(request or {})},
                      **columns)


@pytest.fixture(scope="module")
def app(server):
    return make(server)


def made(server, app, key=KEY, header=None, alg=None, **claims):
    now = int(time.time())
    usual = {"iss": app.client_id, "aud": server.base, "exp": now + 300, "nbf": now - 5,
             "client_id": app.client_id, "response_type": "code", "redirect_uri": CALLBACK,
             "scope": "user:email", "state": "inside", **challenged(CHALLENGE)}
    named = {"kid": key.kid} if isinstance(key, Key) else {}
    return sign(key, {"typ": "oauth-authz-req+jwt", **named, **(header or {})},
                {**usual, **claims}, alg=alg)


def ask(browser, app, text, **beside):
    return browser.get(s.AUTHORIZE, params={"client_id": app.client_id, "request": text, **beside})


def answered(browser, reply):
    reply = s.decide(browser, reply) if reply.status_code == 200 else reply
    assert reply.status_code == 302, reply.text[:500]
    return dict(location_query(reply))


def refused(server, octocat, app, text, cause, error="invalid_request_object", **evidence):
    """On a page at the authorization endpoint, and as an error when it is pushed."""
    reply = ask(octocat, app, text, redirect_uri=CALLBACK, state="x")
    assert reply.status_code == 400 and "Location" not in reply.headers, reply.headers
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert (why["cause"], why["error"]) == (cause, error), why
    assert {k: why["evidence"].get(k) for k in evidence} == evidence
    reply = s.push(server, app, 400, request=text)
    assert reply.json()["error"] == error and s.cause(server, reply) == cause


def test_9101_01_only_what_is_inside_counts(server, octocat, app):
    # A017
    reply = ask(octocat, app, made(server, app), scope="repo", state="outside",
                redirect_uri="https://evil.example/", response_type="token", code_challenge="x")
    got = answered(octocat, reply)
    assert got["state"] == "inside" and got["iss"] == server.base
    body = s.exchange(server, app, server.plant(got["code"]), code_verifier=VERIFIER,
                      redirect_uri=CALLBACK)
    assert body["scope"] == "user:email"
    got = answered(octocat, ask(octocat, app, made(server, app, state=LEFT_OUT), state="outside"))
    assert "code" in got and "state" not in got


def test_9101_01_by_post_and_through_the_sign_in(server, app):
    user, browser = server.make_user(), server.browser()
    reply = browser.post(s.AUTHORIZE, {"client_id": app.client_id, "request": made(server, app)})
    reply = browser.follow(browser.follow(reply))
    reply = browser.submit(Page(reply.text).form("/session"), login=user.login,
                           password=user.password)
    server.plant(browser.cookie("llavero_session"))
    assert answered(browser, browser.follow(reply))["state"] == "inside"


def test_9101_01_pushed(server, octocat, app):
    reply = s.push(server, app, request=made(server, app), scope="repo", state="outside")
    got = answered(octocat, s.ask_pushed(octocat, app, reply.json()["request_uri"]))
    assert got["state"] == "inside"
    body = s.exchange(server, app, server.plant(got["code"]), code_verifier=VERIFIER)
    assert body["scope"] == "user:email"


def test_9101_01_the_same_checks(server, octocat, app):
    # A017
    reply = ask(octocat, app, made(server, app, response_type="token"))
    assert answered(octocat, reply)["error"] == "unsupported_response_type"
    reply = ask(octocat, app, made(server, app, redirect_uri="https://evil.example/"))
    assert reply.status_code == 400 and s.cause(server, reply) == "AUTHORIZE_REDIRECT_HOST"


def test_9101_01_9396_01_details_are_an_array_inside(server, octocat, app, tmp_path):
    """RFC 9101 4: a parameter that is JSON is a member of that type; as text it will do as well."""
    definition = tmp_path / "loan.json"
    definition.write_text(json.dumps({"title": {"en": "Loan", "es": "Préstamo"}, "fields": {
        "sum": {"type": "string", "required": True}}}), encoding="utf-8")
    server.cli("detail-type", "add", "loan", "--file", str(definition))
    try:
        loan = [{"type": "loan", "sum": "900"}]
        for inside in (loan, json.dumps(loan)):
            reply = s.push(server, app, request=made(server, app, authorization_details=inside))
            for start in (ask(octocat, app, made(server, app, authorization_details=inside)),
                          s.ask_pushed(octocat, app, s.plant(server, reply.json())["request_uri"])):
                got = answered(octocat, start)
                body = s.exchange(server, app, server.plant(got["code"]), code_verifier=VERIFIER,
                                  redirect_uri=CALLBACK)
                assert body["authorization_details"] == loan
        got = answered(octocat, ask(octocat, app, made(
            server, app, authorization_details=[{"type": "gift"}])))
        assert (got["error"], got["state"]) == ("invalid_authorization_details", "inside")
    finally:
        server.cli("detail-type", "remove", "loan", "--yes")


@pytest.mark.parametrize("claims", [{"request_uri": "https://app.example/r"}, {"request": "e30.e30."}])
def test_9101_02_nothing_nested(server, octocat, app, claims):
    refused(server, octocat, app, made(server, app, **claims), "OBJECT_MIXED", "invalid_request",
            parameter=next(iter(claims)))


def test_9101_02_not_together(server, octocat, app):
    for uri in ("https://app.example/r", s.push_uri(server, app, request=made(server, app))):
        reply = ask(octocat, app, made(server, app), request_uri=uri)
        assert reply.status_code == 400 and s.cause(server, reply) == "OBJECT_MIXED"


def test_9101_03_signatures(server, octocat, app):
    other = Key(kid=KEY.kid)
    refused(server, octocat, app, made(server, app, other), "OBJECT_SIGNATURE")
    refused(server, octocat, app, made(server, app, Key()), "OBJECT_KEY", fault="unknown_kid")
    text = made(server, app)
    refused(server, octocat, app, f"{b64(NONE)}.{text.split('.')[1]}.", "OBJECT_ALGORITHM")
    shared = str(KEY.public).encode()
    refused(server, octocat, app, made(server, app, shared, {"kid": KEY.kid}), "OBJECT_ALGORITHM")
    refused(server, octocat, app, made(server, app, other, {"jwk": other.public}), "OBJECT_SIGNATURE")


def test_9101_03_an_app_without_keys(server, octocat):
    app = s.make_app(server, CALLBACK)
    reply = ask(octocat, app, made(server, app))
    assert reply.status_code == 400 and s.cause(server, reply) == "OBJECT_KEY"


def test_9101_03_the_registered_algorithm(server, octocat):
    rs = Key("RS256")
    app = make(server, KEY, rs, request={"request_object_signing_alg": "RS256"})
    assert "code" in answered(octocat, ask(octocat, app, made(server, app, rs)))
    refused(server, octocat, app, made(server, app), "OBJECT_ALGORITHM")


@pytest.mark.parametrize("claims, parameter, fault", [
    ({"aud": "https://elsewhere.example"}, "aud", "other"), ({"aud": LEFT_OUT}, "aud", "missing"),
    ({"iss": "somebody"}, "iss", "other"), ({"iss": LEFT_OUT}, "iss", "missing"),
    ({"exp": LEFT_OUT}, "exp", "missing"), ({"exp": 1}, "exp", "expired"),
    ({"exp": 4000000000}, "exp", "too_far"), ({"nbf": 4000000000}, "nbf", "early"),
    ({"client_id": "another"}, "client_id", "other"),
    ({"client_id": LEFT_OUT}, "client_id", "missing")])
def test_9101_04_claims(server, octocat, app, claims, parameter, fault):
    reply = s.push(server, app, 400, request=made(server, app, **claims))
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert (why["cause"], why["evidence"]["parameter"]) == ("OBJECT_CLAIM", parameter)
    refused(server, octocat, app, made(server, app, **claims), "OBJECT_CLAIM", parameter=parameter)


def test_9101_04_a_list_of_audiences_will_do(server, octocat, app):
    text = made(server, app, aud=["https://elsewhere.example", server.base])
    assert "code" in answered(octocat, ask(octocat, app, text))


def test_9101_04_it_has_to_be_in_time_when_the_person_comes(launch):
    own = launch()
    app, browser = make(own), own.signed_in()
    page = ask(browser, app, made(own, app, exp=int(time.time()) + 60))
    own.advance("5m")
    assert "code" in answered(browser, page)
    reply = ask(browser, app, made(own, app, exp=int(time.time()) + 60))
    assert reply.status_code == 400 and s.cause(own, reply) == "OBJECT_CLAIM"


def test_9101_05_no_client_assertion(server):
    app = make(server, auth_method="private_key_jwt")
    text = made(server, app, sub=app.client_id, jti="one-of-these")
    reply = s.push(server, app, 401, client_id=app.client_id, **by_assertion(text))
    assert reply.json()["error"] == "invalid_client"


@pytest.mark.parametrize("typ, good", [
    ("oauth-authz-req+jwt", True), ("application/oauth-authz-req+jwt", True), ("JWT", True),
    (LEFT_OUT, True), ("at+jwt", False), ("dpop+jwt", False), ("logout+jwt", False),
    ("client-authentication+jwt", False)])
def test_9101_06_types(server, octocat, app, typ, good):
    text = made(server, app, header={"typ": typ})
    if good:
        assert s.push(server, app, request=text)
    else:
        refused(server, octocat, app, text, "OBJECT_MALFORMED", fault="other_type")


@pytest.mark.parametrize("text", ["e30", "a.b", "a.b.c.d.e", "....", "e30.e30.e30"])
def test_9101_08_what_cannot_be_read(server, octocat, app, text):
    refused(server, octocat, app, text, "OBJECT_MALFORMED")


def test_9101_08_the_metadata(server):
    for path in (s.METADATA, "/.well-known/openid-configuration"):
        document = server.get(path).json()
        assert document["request_parameter_supported"] is True
        assert set(document["request_object_signing_alg_values_supported"]) == {
            "ES256", "PS256", "RS256", "EdDSA"}
    assert document["request_uri_parameter_supported"] is False


def test_an_app_that_has_to_sign(server, octocat):
    app = make(server, request={"require_signed_request_object": True})
    plain = {"redirect_uri": CALLBACK, **challenged(CHALLENGE)}
    reply = s.ask(octocat, app, **plain)
    assert answered(octocat, reply)["error"] == "invalid_request"
    assert s.cause(server, reply) == "OBJECT_REQUIRED"
    assert s.cause(server, s.push(server, app, 400, **plain)) == "OBJECT_REQUIRED"
    uri = s.push_uri(server, app, request=made(server, app))
    assert "code" in answered(octocat, s.ask_pushed(octocat, app, uri))


def test_strict_apps_push_what_they_sign(server, octocat):
    rs = Key("RS256")
    app = make(server, KEY, rs, profile="strict", auth_method="private_key_jwt")

    def push(status, text):
        return s.push(server, app, status, client_id=app.client_id, request=text,
                      **by_assertion(assertion(server, app, KEY)))
    now = int(time.time())
    for text, cause in ((made(server, app, rs), "OBJECT_ALGORITHM"),
                        (made(server, app, nbf=LEFT_OUT), "OBJECT_CLAIM"),
                        (made(server, app, nbf=now - 3700), "OBJECT_CLAIM")):
        assert s.cause(server, push(400, text)) == cause
    uri = push(201, made(server, app)).json()["request_uri"]
    server.plant(uri[len(s.PUSHED):])
    assert "code" in answered(octocat, s.ask_pushed(octocat, app, uri))


def test_9449_12_the_proof_agrees_with_what_is_inside(server, app):
    def pushed(status, **claims):
        text = proof(KEY, "POST", server.base + s.PAR)
        return s.push(server, app, status, headers={"DPoP": text}, request=made(server, app, **claims))
    assert s.cause(server, pushed(400, dpop_jkt=Key().thumbprint)) == "PUSH_OF_ANOTHER_KEY"
    assert pushed(201, dpop_jkt=KEY.thumbprint)
    assert pushed(201)


def test_9101_04_a_client_id_that_is_no_text(server, octocat, app):
    for client_id, fault in (7, "wrong_type"), ([app.client_id], "wrong_type"), (None, "missing"):
        refused(server, octocat, app, made(server, app, client_id=client_id), "OBJECT_CLAIM",
                parameter="client_id", fault=fault)


@pytest.mark.parametrize("claims", ["[]", "{", "null", '{"iss":"a","iss":"b"}'])
def test_9101_04_what_is_signed_is_an_object(server, octocat, app, claims):
    text = sign(KEY, {"typ": "oauth-authz-req+jwt", "kid": KEY.kid}, claims)
    refused(server, octocat, app, text, "OBJECT_MALFORMED", fault="bad_payload")


def test_9101_01_more_parameters_than_a_request_may_have(server, octocat, app):
    many = {f"x{i}": "y" for i in range(300)}
    refused(server, octocat, app, made(server, app, **many), "OBJECT_MALFORMED", fault="too_long")


def test_9101_04_it_may_end_while_the_person_picks_an_account(launch):
    own = launch()
    app, browser = make(own), own.signed_in()
    text = made(own, app, prompt="select_account")
    picker = ask(browser, app, text)
    own.advance("10m")
    late = ask(browser, app, text)
    assert late.status_code == 400 and s.cause(own, late) == "OBJECT_CLAIM"
    reply = browser.submit(Page(picker.text).form("/oauth2/select_account"))
    assert "code" in answered(browser, reply)


def test_9101_05_keys_that_the_client_publishes(server, octocat):
    stub = Stub()
    try:
        app = s.make_app(server, CALLBACK, metadata={"jwks_uri": stub.put("/keys", jwks(KEY))})
        assert "code" in answered(octocat, ask(octocat, app, made(server, app)))
        s.push(server, app, request=made(server, app))
        assert stub.times("/keys") == 1
        refused(server, octocat, app, made(server, app, key=Key()), "OBJECT_KEY", fault="unknown_kid")
        pushed = s.make_app(server, CALLBACK, metadata={"jwks_uri": stub.put("/pushed", jwks(KEY))})
        s.push(server, pushed, request=made(server, pushed))
        assert stub.times("/pushed") == 1
        away = s.make_app(server, CALLBACK, metadata={"jwks_uri": stub.put("/away", {}, 503)})
        refused(server, octocat, away, made(server, away), "OBJECT_KEY", fault="fetch_status")
    finally:
        stub.close()
