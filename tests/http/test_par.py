"""POST /oauth2/par and what the authorization endpoint makes of it: RFC 9126, RFC 9449 10.1, FAPI 2.0; assurance
1.10 (9126-01 to 9126-11), 9449-12, F2-05, F2-06, F2-08, F2-11."""

import json
import os
import re
import subprocess
import time

import pytest

import standard as s
from llavero_http import BINARY, Page, challenged, location_query, pkce
from own_jose import Key, assertion, by_assertion, jwks, parts, proof
from raw_http import ask as raw

VERIFIER, CHALLENGE = pkce()
USUAL = {"redirect_uri": "https://app.example/cb", "state": "st-1", **challenged(CHALLENGE)}


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server)


@pytest.fixture(scope="module")
def other(server):
    return s.make_app(server)


def told(server, reply, cause, error="invalid_request_uri"):
    """A page: nothing is known that could be redirected to."""
    assert reply.status_code == 400 and "Location" not in reply.headers, reply.headers
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert (why["cause"], why["error"], why["endpoint"]) == (cause, error, "authorize")


def refused(server, reply, cause, error, status=400):
    assert (reply.status_code, reply.json()["error"]) == (status, error), reply.text
    assert s.cause(server, reply) == cause
    return reply


def answered(reply):
    assert reply.status_code == 302, (reply.status_code, reply.text[:500])
    return dict(location_query(reply))


def signed_in_page(server, browser, reply, user):
    """Signs in on the page that the reply leads to; what comes after it."""
    page = Page(browser.follow(reply).text)
    reply = browser.submit(page.form("/session"), login=user.login, password=user.password)
    assert reply.status_code == 303
    server.plant(browser.cookie("llavero_session"))
    return browser.follow(reply)


# the endpoint

def test_9126_01_the_reply(server, app):
    reply = s.push(server, app, **USUAL)
    body = reply.json()
    assert set(body) == {"request_uri", "expires_in"}
    assert re.fullmatch(re.escape(s.PUSHED) + "[A-Za-z0-9_-]{43}", body["request_uri"])
    assert body["expires_in"] == 90 and isinstance(body["expires_in"], int)
    assert reply.headers["Content-Type"].startswith("application/json")


def test_9126_11_references_are_random(server, app):
    uris = {s.push_uri(server, app, **USUAL) for _ in range(20)}
    assert len(uris) == 20
    assert len({uri[len(s.PUSHED):][:8] for uri in uris}) == 20


def test_9126_01_a_browser_app_may_read_it(server, app):
    reply = s.push(server, app, headers={"Origin": "https://spa.example"}, **USUAL)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    preflight = raw(server, "OPTIONS", s.PAR, "Origin: https://spa.example")
    assert preflight.status == 204


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_9126_06_other_verbs(server, method):
    assert raw(server, method, s.PAR, "Content-Length: 0").status == 405


def test_9126_06_what_is_too_large(server, app):
    assert s.push(server, app, login_hint="x" * 40000, **USUAL)
    form = {**app.credentials, **USUAL, "response_type": "code", "login_hint": "x" * 70000}
    assert server.post(s.PAR, form).status_code == 413


def test_9126_01_it_reads_a_form_and_nothing_from_the_url(server, app):
    reply = server.post(s.PAR, json.dumps({**app.credentials, **USUAL}),
                        headers={"Content-Type": "application/json"})
    assert reply.status_code == 415
    reply = server.post(s.PAR + "?state=x", {**app.credentials, **USUAL})
    refused(server, reply, "TOKEN_PARAMETER_IN_URL", "invalid_request")
    reply = server.post(s.PAR, [*app.credentials.items(), *USUAL.items(), ("state", "two")])
    refused(server, reply, "TOKEN_PARAMETER_REPEATED", "invalid_request")


# who is asking: as at the token endpoint

def test_9126_01_a_secret_either_way(server, app):
    assert s.post(server, s.PAR, {"response_type": "code", **USUAL},
                  auth=(app.client_id, app.client_secret)).status_code == 201
    assert s.push(server, app, **USUAL)
    reply = s.post(server, s.PAR, {"response_type": "code", "client_id": app.client_id, **USUAL})
    refused(server, reply, "CLIENT_SECRET_MISSING", "invalid_client", 401)
    assert reply.headers["WWW-Authenticate"].startswith("Basic")
    refused(server, s.push(server, app, 401, client_id=app.client_id, client_secret="0" * 40, **USUAL),
            "CLIENT_SECRET_LENGTH" if len(app.client_secret) != 40 else "CLIENT_SECRET_WRONG",
            "invalid_client", 401)


def test_9126_01_a_public_client_by_its_id(server, octocat):
    public = s.make_public(server)
    uri = s.push_uri(server, public, **USUAL)
    reply = s.decide(octocat, s.ask_pushed(octocat, public, uri))
    body = s.exchange(server, public, server.plant(answered(reply)["code"]),
                      code_verifier=VERIFIER)
    assert body["access_token"]
    refused(server, s.push(server, public, 401, client_id=public.client_id,
                           client_secret="x" * 40, **USUAL), "CLIENT_AUTH_METHOD",
            "invalid_client", 401)


def test_F2_03_a_signed_assertion(server, octocat):
    key = Key()
    app = s.make_app(server, auth_method="private_key_jwt", metadata={"jwks": jwks(key)})
    text = assertion(server, app, key)
    uri = s.push_uri(server, app, client_id=app.client_id, **by_assertion(text), **USUAL)
    assert s.ask_pushed(octocat, app, uri).status_code == 200
    refused(server, s.push(server, app, 401, client_id=app.client_id, **by_assertion(text),
                           **USUAL), "ASSERTION_REPLAYED", "invalid_client", 401)


def test_an_unknown_client(server, app):
    reply = s.post(server, s.PAR, {"client_id": "Ov23liNOBODYKNOWSIT0", "client_secret": "x" * 40,
                                   "response_type": "code"})
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


# what may be pushed: what may be asked for

@pytest.mark.parametrize("change, cause, error", [
    ({"redirect_uri": "https://evil.example/cb"}, "AUTHORIZE_REDIRECT_HOST", "invalid_request"),
    ({"response_type": "token"}, "AUTHORIZE_RESPONSE_TYPE", "unsupported_response_type"),
    ({"response_type": None}, "AUTHORIZE_RESPONSE_TYPE_MISSING", "invalid_request"),
    ({"response_mode": "fragment"}, "AUTHORIZE_RESPONSE_MODE", "invalid_request"),
    ({"code_challenge_method": "plain"}, "AUTHORIZE_PKCE_METHOD", "invalid_request"),
    ({"code_challenge": "short"}, "AUTHORIZE_PKCE_CHALLENGE", "invalid_request"),
    ({"scope": 're"po'}, "SCOPE_MALFORMED", "invalid_scope"),
    ({"state": "x" * 2049}, "AUTHORIZE_STATE_TOO_LONG", "invalid_request"),
    ({"resource": "/api"}, "RESOURCE_MALFORMED", "invalid_target"),
    ({"dpop_jkt": "short"}, "AUTHORIZE_DPOP_KEY", "invalid_request"),
    ({"prompt": "dance"}, "AUTHORIZE_PROMPT", "invalid_request"),
    ({"scope": "openid", "max_age": "soon"}, "AUTHORIZE_MAX_AGE", "invalid_request"),
    ({"scope": "openid", "claims": "{"}, "AUTHORIZE_CLAIMS_MALFORMED", "invalid_request"),
    ({"scope": "openid", "id_token_hint": "e30.e30.e30"}, "AUTHORIZE_HINT", "invalid_request"),
    ({"registration": "{}"}, "AUTHORIZE_REGISTRATION", "registration_not_supported"),
], ids=lambda v: v if isinstance(v, str) and v.isupper() else "")
def test_9126_08_all_checks_are_made_when_it_is_pushed(server, app, change, cause, error):
    reply = s.push(server, app, 400, **{**USUAL, **change})
    refused(server, reply, cause, error)


def test_9126_08_pkce_where_it_is_needed(server):
    public = s.make_public(server)
    reply = s.push(server, public, 400, redirect_uri=USUAL["redirect_uri"])
    refused(server, reply, "AUTHORIZE_PKCE_REQUIRED", "invalid_request")


def test_9126_10_no_redirect_uri_but_a_registered_one(server, app):
    for one in (app, s.make_public(server)):
        reply = s.push(server, one, 400, **{**USUAL, "redirect_uri": "https://app.example/other"})
        assert reply.json()["error"] == "invalid_request"


def test_9126_08_a_suspended_app(server):
    # P21
    app = s.make_app(server)
    server.cli("app", "suspend", app.client_id)
    refused(server, s.push(server, app, 400, **USUAL), "APP_SUSPENDED", "unauthorized_client")


@pytest.mark.parametrize("uri", ["https://app.example/request.jwt", s.PUSHED + "x" * 43, "x"])
def test_9126_02_no_reference_inside(server, app, uri):
    refused(server, s.push(server, app, 400, request_uri=uri, **USUAL), "PUSH_NESTED",
            "invalid_request")


def test_what_was_refused_is_explained_with_its_steps(server, app):
    reply = s.push(server, app, 400, **{**USUAL, "scope": 're"po'})
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert why["endpoint"] == "par" and why["evidence"]["position"] == "3"
    text = server.cli("explain", reply.headers["X-GitHub-Request-Id"]).stdout
    assert "Pushed authorization request" in text and "The redirect URI is registered" in text
    text = server.cli("explain", reply.headers["X-GitHub-Request-Id"], "--lang", "es").stdout
    assert "Solicitud de autorización por adelantado" in text


# the authorization endpoint

def test_9126_07_client_id_and_request_uri_alone(server, octocat, app):
    uri = s.push_uri(server, app, scope="user:email", **USUAL)
    reply = s.ask_pushed(octocat, app, uri)
    fields = dict(Page(reply.text).form(s.AUTHORIZE).fields)
    assert fields["client_id"] == app.client_id and fields["request_uri"] == uri
    assert not {"redirect_uri", "scope", "state", "code_challenge"} & set(fields)
    got = answered(s.decide(octocat, reply))
    assert got["state"] == "st-1" and got["iss"] == server.base
    body = s.exchange(server, app, server.plant(got["code"]), code_verifier=VERIFIER,
                      redirect_uri=USUAL["redirect_uri"])
    assert body["scope"] == "user:email"


def test_9126_07_what_stands_beside_it_does_not_count(server, octocat, app):
    uri = s.push_uri(server, app, **USUAL)
    reply = s.ask_pushed(octocat, app, uri, scope="repo", state="other", prompt="none",
                         redirect_uri="https://evil.example/", code_challenge="x",
                         response_type="token", login_hint="somebody")
    got = answered(s.decide(octocat, reply) if reply.status_code == 200 else reply)
    assert got["state"] == "st-1" and "code" in got
    assert s.exchange(server, app, server.plant(got["code"]), code_verifier=VERIFIER)["scope"] == ""


def test_9126_07_by_post_too(server, octocat, app):
    uri = s.push_uri(server, app, **USUAL)
    reply = octocat.post(s.AUTHORIZE, {"client_id": app.client_id, "request_uri": uri})
    assert reply.status_code == 303
    reply = octocat.follow(reply)
    assert "code" in answered(s.decide(octocat, reply) if reply.status_code == 200 else reply)


def test_what_came_twice_is_refused(server, octocat, app):
    uri = s.push_uri(server, app, **USUAL)
    query = [("client_id", app.client_id), ("request_uri", uri)]
    for more in (("request_uri", uri), ("client_id", app.client_id)):
        reply = octocat.get(s.AUTHORIZE, params=[*query, more])
        told(server, reply, "AUTHORIZE_PARAMETER_REPEATED", "invalid_request")


def test_9126_03_only_its_own_app_can_use_it(server, octocat, app, other):
    uri = s.push_uri(server, app, **USUAL)
    told(server, s.ask_pushed(octocat, other, uri), "PUSHED_OF_ANOTHER_APP")
    assert s.ask_pushed(octocat, app, uri).status_code in (200, 302)


def test_9126_03_one_that_nobody_gave(server, octocat, app):
    for end in ("", "x" * 43, "x" * 3000):
        told(server, s.ask_pushed(octocat, app, s.PUSHED + end), "PUSHED_UNKNOWN")


def test_9126_04_reloading_before_the_answer_does_no_harm(server):
    """The suite's "ensure-reused-request-uri-prior-to-auth-completion-succeeds"."""
    app, user, browser = s.make_app(server), server.make_user(), server.browser()
    uri = s.push_uri(server, app, **USUAL)
    for _ in range(2):
        reply = s.ask_pushed(browser, app, uri)
        assert reply.status_code == 302 and "/login?" in reply.headers["Location"]
    reply = signed_in_page(server, browser, reply, user)
    assert reply.status_code == 200
    assert s.ask_pushed(browser, app, uri).status_code == 200
    first, second = (s.ask_pushed(browser, app, uri) for _ in range(2))
    assert "code" in answered(s.decide(browser, first))
    told(server, s.decide(browser, second), "PUSHED_USED")
    told(server, s.ask_pushed(browser, app, uri), "PUSHED_USED")


def test_9126_04_a_refusal_uses_it_up_too(server, octocat):
    app = s.make_app(server)
    uri = s.push_uri(server, app, **USUAL)
    reply = s.decide(octocat, s.ask_pushed(octocat, app, uri), allow=False)
    assert answered(reply)["error"] == "access_denied"
    told(server, s.ask_pushed(octocat, app, uri), "PUSHED_USED")
    uri = s.push_uri(server, app, prompt="none", **USUAL)
    assert answered(s.ask_pushed(octocat, app, uri))["error"] == "consent_required"
    told(server, s.ask_pushed(octocat, app, uri), "PUSHED_USED")


def test_9126_04_who_comes_back_to_an_app_uses_it_at_once(server, octocat):
    app = s.make_app(server)
    s.code(octocat, app, **USUAL)
    uri = s.push_uri(server, app, **USUAL)
    assert "code" in answered(s.ask_pushed(octocat, app, uri))
    told(server, s.ask_pushed(octocat, app, uri), "PUSHED_USED")


def test_a_suspended_app_is_told_and_uses_nothing_up_on_a_page(server, octocat):
    """What changed between the push and the browser counts: the checks are made again."""
    app = s.make_app(server)
    uri = s.push_uri(server, app, **USUAL)
    server.cli("app", "suspend", app.client_id)
    assert answered(s.ask_pushed(octocat, app, uri))["error"] == "unauthorized_client"
    gone = s.make_app(server)
    uri = s.push_uri(server, gone, **USUAL)
    with server.database() as db:
        db.execute("UPDATE app_callback SET uri = 'https://app.example/moved' WHERE app_id = ?", (gone.id,))
    told(server, s.ask_pushed(octocat, gone, uri), "AUTHORIZE_REDIRECT_PATH", "invalid_request")


# how long

def test_9126_05_F2_11_it_expires(launch):
    own = launch(pushed_request_lifetime=30)
    app, browser = s.make_app(own), own.signed_in()
    reply = s.push(own, app, **USUAL)
    assert reply.json()["expires_in"] == 30
    early, late = reply.json()["request_uri"], s.push_uri(own, app, **USUAL)
    own.advance("25s")
    assert s.ask_pushed(browser, app, early).status_code == 200
    own.advance("6s")
    told(own, s.ask_pushed(browser, app, late), "PUSHED_EXPIRED")
    # who came in time may take half an hour
    own.advance("29m")
    page = s.ask_pushed(browser, app, early)
    assert page.status_code == 200
    own.advance("1m")
    told(own, s.decide(browser, page), "PUSHED_EXPIRED")


@pytest.mark.parametrize("seconds", [4, 600])
def test_F2_11_the_setting_has_bounds(tmp_path, seconds):
    done = subprocess.run([BINARY, "serve", f"--data={tmp_path}", "--listen=127.0.0.1:0",
                           f"--pushed-request-lifetime={seconds}"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode != 0 and "pushed_request_lifetime" in done.stderr


@pytest.mark.parametrize("seconds", [5, 599])
def test_F2_11_the_bounds_themselves(launch, seconds):
    own = launch(pushed_request_lifetime=seconds)
    assert s.push(own, s.make_app(own), **USUAL).json()["expires_in"] == seconds


def test_9126_06_so_many_may_wait(launch):
    # A187
    own = launch()
    app, other = s.make_app(own), s.make_app(own)
    browser = own.signed_in()
    uri = s.push_uri(own, app, **USUAL)
    crowd(own, app, 4998)
    second = s.push_uri(own, app, **USUAL)
    reply = refused(own, s.push(own, app, 429, **USUAL), "PUSH_TOO_MANY", "too_many_requests", 429)
    why = own.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert why["evidence"]["most"] == "5000"
    s.push(own, other, **USUAL)
    # one that is answered makes room
    assert "code" in answered(s.decide(browser, s.ask_pushed(browser, app, uri)))
    s.push(own, app, **USUAL)
    s.push(own, app, 429, **USUAL)
    own.advance("91s")
    s.push(own, app, **USUAL)
    told(own, s.ask_pushed(browser, app, second), "PUSHED_EXPIRED")
    crowd(own, 0, 49999)
    reply = s.push(own, other, 429, **USUAL)
    why = own.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert why["evidence"]["most"] == "50000"


def crowd(server, app, n):
    """So many requests that wait."""
    now = server.rehearse("GET", "clock")["now"]
    at = int(time.mktime(time.strptime(now, "%Y-%m-%dT%H:%M:%SZ"))) - time.timezone
    with server.database() as db:
        db.executemany(
            "INSERT INTO pushed_request (hash, app_id, request, created_at, expires_at)"
            " VALUES (?, ?, '', ?, ?)",
            [(os.urandom(32), app and app.id, at, at + 90) for _ in range(n)])


# who is to sign in, and how

def test_the_picker_with_a_pushed_request(server):
    app, user, another = s.make_app(server), server.make_user(), server.make_user()
    browser = server.signed_in(user)
    uri = s.push_uri(server, app, prompt="select_account", **USUAL)
    page = Page(s.ask_pushed(browser, app, uri).text)
    form = page.form("/oauth2/select_account")
    assert dict(form.fields)["request_uri"] == uri
    assert "code" in answered(s.decide(browser, browser.submit(form)))
    uri = s.push_uri(server, app, prompt="select_account", **USUAL)
    page = Page(s.ask_pushed(browser, app, uri).text)
    other = next(link for link in page.links if "/login?switch=1" in link)
    page = browser.page(other)
    reply = browser.submit(page.form("/session"), login=another.login, password=another.password)
    server.plant(browser.cookie("llavero_session"))
    # who has signed in has picked
    assert "code" in answered(s.decide(browser, browser.follow(reply)))


def test_the_picker_from_the_consent_page(server):
    app, browser = s.make_app(server), server.signed_in()
    uri = s.push_uri(server, app, **USUAL)
    page = Page(s.ask_pushed(browser, app, uri).text)
    switch = next(link for link in page.links if "/oauth2/select_account?" in link)
    form = browser.page(switch).form("/oauth2/select_account")
    assert "code" in answered(s.decide(browser, browser.submit(form)))


def test_signing_in_again_is_asked_for_once(server):
    app, user = s.make_app(server), server.make_user()
    browser = server.signed_in(user)
    uri = s.push_uri(server, app, scope="openid", prompt="login", **USUAL)
    reply = s.ask_pushed(browser, app, uri)
    assert "/login?" in reply.headers["Location"]
    assert "code" in answered(s.decide(browser, signed_in_page(server, browser, reply, user)))


def test_hints_that_were_pushed_count(server):
    app, browser = s.make_app(server), server.browser()
    uri = s.push_uri(server, app, login_hint="monalisa", ui_locales="es", **USUAL)
    page = Page(browser.follow(s.ask_pushed(browser, app, uri, login_hint="evil")).text)
    assert page.lang == "es"
    assert dict(page.form("/session").fields)["login"] == "monalisa"


def test_F2_12_a_nonce_is_never_cut(server, octocat):
    app = s.make_app(server)
    for length in (64, 384):
        nonce = "n" * length
        uri = s.push_uri(server, app, scope="openid", nonce=nonce, **USUAL)
        reply = s.ask_pushed(octocat, app, uri)
        reply = s.decide(octocat, reply) if reply.status_code == 200 else reply
        body = s.exchange(server, app, server.plant(answered(reply)["code"]), code_verifier=VERIFIER)
        assert parts(body["id_token"])[1]["nonce"] == nonce


# DPoP

def par_url(server):
    return server.base + s.PAR


def test_9449_12_a_proof_binds_the_code(server, octocat):
    app, key, thief = s.make_app(server), Key(), Key()
    reply = s.push(server, app, headers={"DPoP": proof(key, "POST", par_url(server))}, **USUAL)
    got = answered(s.decide(octocat, s.ask_pushed(octocat, app, reply.json()["request_uri"])))
    form = {**app.credentials, "grant_type": "authorization_code", "code_verifier": VERIFIER,
            "code": server.plant(got["code"])}

    def redeem(by):
        headers = {"DPoP": proof(by, "POST", server.base + s.TOKEN)} if by else {}
        return s.post(server, s.TOKEN, form, headers=headers)
    refused(server, redeem(thief), "CODE_OF_ANOTHER_KEY", "invalid_grant")
    assert redeem(None).status_code == 400
    body = s.plant(server, redeem(key).json())
    assert body["token_type"] == "DPoP"


def test_9449_12_dpop_jkt_and_the_proof_agree(server, octocat):
    app, key, other = s.make_app(server), Key(), Key()

    def header():
        return {"DPoP": proof(key, "POST", par_url(server))}
    assert s.push(server, app, headers=header(), dpop_jkt=key.thumbprint, **USUAL)
    reply = s.push(server, app, 400, headers=header(), dpop_jkt=other.thumbprint, **USUAL)
    refused(server, reply, "PUSH_OF_ANOTHER_KEY", "invalid_dpop_proof")


def test_9449_12_a_bad_proof_is_refused(server, app):
    key = Key()
    for text, cause in ((proof(key, "POST", server.base + s.TOKEN), "PROOF_URL"),
                        (proof(key, "GET", par_url(server)), "PROOF_METHOD"),
                        ("x", "PROOF_MALFORMED")):
        reply = s.push(server, app, 400, headers={"DPoP": text}, **USUAL)
        refused(server, reply, cause, "invalid_dpop_proof")
    text = proof(key, "POST", par_url(server))
    s.push(server, app, headers={"DPoP": text}, **USUAL)
    refused(server, s.push(server, app, 400, headers={"DPoP": text}, **USUAL), "PROOF_REPLAYED",
            "invalid_dpop_proof")


def test_9449_12_nonces_are_told(launch):
    own = launch(dpop_nonce="on")
    app, key = s.make_app(own), Key()
    reply = s.push(own, app, 400, headers={"DPoP": proof(key, "POST", par_url(own))}, **USUAL)
    refused(own, reply, "PROOF_NONCE_MISSING", "use_dpop_nonce")
    text = proof(key, "POST", par_url(own), nonce=reply.headers["DPoP-Nonce"])
    assert "DPoP-Nonce" in s.push(own, app, headers={"DPoP": text}, **USUAL).headers


# who has to push

def test_9126_09_an_app_that_is_registered_so(server, octocat):
    app = s.make_app(server, metadata={"require_pushed_authorization_requests": True})
    reply = s.ask(octocat, app, **USUAL)
    assert answered(reply)["error"] == "invalid_request"
    assert s.cause(server, reply) == "PUSH_REQUIRED"
    assert answered(octocat.ask(app))["error"] == "invalid_request"  # no way around it
    uri = s.push_uri(server, app, **USUAL)
    assert "code" in answered(s.decide(octocat, s.ask_pushed(octocat, app, uri)))


def test_9126_09_it_is_registered_by_metadata(server, tmp_path):
    made = server.post("/oauth2/register", json.dumps({
        "redirect_uris": ["https://app.example/cb"],
        "require_pushed_authorization_requests": True})).json()
    server.plant(made["client_secret"], made["registration_access_token"])
    assert made["require_pushed_authorization_requests"] is True
    file = tmp_path / "metadata.json"
    file.write_text(json.dumps({"redirect_uris": ["https://app.example/cb"],
                                "client_name": "Pushes",
                                "require_pushed_authorization_requests": True}))
    made = server.cli_json("app", "create", "--owner", "octocat", "--homepage",
                           "https://app.example/", "--metadata", str(file))
    server.plant(made["client_secret"])
    shown = server.cli_json("app", "show", made["client_id"])
    assert shown["metadata"]["require_pushed_authorization_requests"] is True


def test_9126_09_a_server_where_everybody_has_to(launch):
    own = launch(require_pushed_authorization_requests="on")
    assert own.get(s.METADATA).json()["require_pushed_authorization_requests"] is True
    app, browser = s.make_app(own), own.signed_in()
    reply = s.ask(browser, app, **USUAL)
    assert answered(reply)["error"] == "invalid_request"
    assert s.cause(own, reply) == "PUSH_REQUIRED"
    uri = s.push_uri(own, app, **USUAL)
    assert "code" in answered(s.decide(browser, s.ask_pushed(browser, app, uri)))
    # GitHub's dialect has no such endpoint, and goes on
    assert browser.ask(app).status_code in (200, 302)
    assert "error" not in browser.ask(app).headers.get("Location", "")


def test_F2_08_strict_apps_have_to(server, octocat):
    key = Key()
    app = s.make_app(server, profile="strict", auth_method="private_key_jwt",
                     metadata={"jwks": jwks(key)})
    reply = s.ask(octocat, app, **USUAL)
    assert answered(reply)["error"] == "invalid_request"
    assert s.cause(server, reply) == "PUSH_REQUIRED"

    def pushed(status=201, **params):
        text = assertion(server, app, key)
        return s.push(server, app, status, client_id=app.client_id, **by_assertion(text), **params)
    reply = pushed(400, redirect_uri=USUAL["redirect_uri"], state="s")
    refused(server, reply, "AUTHORIZE_PKCE_REQUIRED", "invalid_request")
    reply = pushed(400, **{**USUAL, "redirect_uri": None})
    refused(server, reply, "AUTHORIZE_REDIRECT_MISSING", "invalid_request")
    reply = octocat.ask(app, **USUAL)  # no way around it
    assert "code" not in reply.headers.get("Location", "") and reply.status_code != 200
    got = answered(s.decide(octocat, s.ask_pushed(
        octocat, app, pushed(**USUAL).json()["request_uri"])))
    assert got["iss"] == server.base
    reply = s.post(server, s.TOKEN, {
        **by_assertion(assertion(server, app, key)), "grant_type": "authorization_code",
        "code": server.plant(got["code"]), "code_verifier": VERIFIER,
        "redirect_uri": USUAL["redirect_uri"]},
        headers={"DPoP": proof(key, "POST", server.base + s.TOKEN)})
    assert s.plant(server, reply.json())["token_type"] == "DPoP"


@pytest.mark.parametrize("usual, lives", [(600, 60), (30, 30)])
def test_F2_05_no_longer_than_the_profile_and_the_setting_say(launch, usual, lives):
    own, key = launch(code_lifetime=usual), Key()
    app = s.make_app(own, profile="strict", auth_method="private_key_jwt", metadata={"jwks": jwks(key)})
    uri = s.push_uri(own, app, **by_assertion(assertion(own, app, key)), **USUAL)
    browser = own.signed_in()
    assert own.plant(answered(s.decide(browser, s.ask_pushed(browser, app, uri)))["code"])
    with own.database() as db:
        assert db.execute("SELECT expires_at - created_at FROM code").fetchall() == [(lives,)]


# metadata, and what is kept

def test_the_metadata_names_it(server):
    for path in (s.METADATA, "/.well-known/openid-configuration"):
        document = server.get(path).json()
        assert document["pushed_authorization_request_endpoint"] == server.base + s.PAR
        assert "require_pushed_authorization_requests" not in document


def test_A086_only_hashes_are_kept(server, octocat, app):
    """The reference is planted: the log and the database are searched for it when the server stops."""
    # P29
    s.push_uri(server, app, **USUAL)
    server.check_log()
    server.check_storage()
    with server.database() as db:
        texts = [row[0] for row in db.execute("SELECT request FROM pushed_request")]
    assert any("state=st-1" in text for text in texts)
    assert not any("client_secret" in text or "assertion" in text for text in texts)


def test_the_rehearsed_person_takes_a_pushed_request(server, app):
    uri = s.push_uri(server, app, **USUAL)
    url = f"{server.base}{s.AUTHORIZE}?client_id={app.client_id}&request_uri={uri}"
    got = server.rehearse("POST", "authorize", {"url": url})
    body = s.exchange(server, app, server.plant(got["code"]), code_verifier=VERIFIER)
    assert body["access_token"]
