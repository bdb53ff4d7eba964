"""The seventeen checks of section 14 of the GitHub reference, one test each, in its order. What a check
needs besides is in the suites it names; check 17's clients are in tests/clients."""

import hashlib
import json
import re
import secrets
from urllib.parse import parse_qsl, quote, urlsplit

import requests

from llavero_http import (BAD_CODE, INCORRECT, MISMATCH, TOKEN_PAGE, basic, challenged,
                          location_query, pkce)

JSON = {"Accept": "application/json"}


def post(server, data, **options):
    return server.post("/login/oauth/access_token", data, **options)


def test_s14_01_wrong_secret_form_bytes(server, app):
    reply = post(server, {"client_id": app.client_id, "client_secret": "wrong", "code": "x"})
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    uri = quote(TOKEN_PAGE + "incorrect-client-credentials", safe="")
    assert reply.text == ("error=incorrect_client_credentials&error_description="
                          "The+client_id+and%2For+client_secret+passed+are+incorrect."
                          "&error_uri=" + uri)


def test_s14_02_wrong_secret_json(server, app):
    reply = post(server, {"client_id": app.client_id, "client_secret": "wrong", "code": "x"},
                 headers=JSON)
    assert reply.status_code == 200
    assert list(json.loads(reply.text).items()) == list(INCORRECT.items())


def test_s14_03_unknown_client_id(launch, server):
    """The device endpoint always, the token endpoint when the setting says so."""
    observed = launch(unknown_client_not_found="on")
    for reply in (post(observed, {"client_id": "nobody"}, headers=JSON),
                  server.post("/login/device/code", {"client_id": "nobody"}, headers=JSON)):
        assert reply.status_code == 404 and reply.text == '{"error":"Not Found"}'
    assert post(server, {"client_id": "nobody"}, headers=JSON).json() == INCORRECT


def test_s14_04_success_bodies(server, app, octocat):
    form = server.exchange(app, octocat.code(app), accept="*/*").text
    assert re.fullmatch(r"access_token=gho_[A-Za-z0-9]{36}&scope=&token_type=bearer", form)
    granted = server.exchange(app, octocat.code(app, scope="user gist"))
    assert granted["scope"] == "gist,user" and list(granted) == ["access_token", "token_type",
                                                                 "scope"]


def test_s14_05_where_credentials_may_be(server, app, octocat):
    both = {"client_id": app.client_id, "client_secret": app.client_secret}
    for data, headers in ((both, {}), ({}, basic(app.client_id, app.client_secret)),
                          (both, basic(app.client_id, app.client_secret)),
                          ({}, basic(app.client_id, app.client_secret, scheme="basic"))):
        reply = post(server, {**data, "code": octocat.code(app)}, headers={**JSON, **headers})
        assert "access_token" in server_planted(server, reply), reply.text


def server_planted(server, reply):
    body = reply.json()
    server.plant(body.get("access_token"))
    return body


def test_s14_06_failed_authentication_leaves_the_code(server, app, octocat):
    code = octocat.code(app)
    assert server.exchange(app, code, client_secret="wrong") == INCORRECT
    assert "access_token" in server.exchange(app, code)
    assert server.exchange(app, code) == BAD_CODE


def test_s14_07_redirect_uris(server, octocat):
    wildcard = server.make_app("http://example.com/path", wildcard=True)
    for uri, good in (("http://example.com/path", True),
                      ("http://example.com/path/subdir/other", True),
                      ("http://oauth.example.com/path", True),
                      ("http://oauth.example.com/path/subdir/other", True),
                      ("http://example.com/bar", False), ("http://example.com/", False),
                      ("http://example.com:8080/path", False),
                      ("http://oauth.example.com:8080/path", False),
                      ("http://example.org", False)):
        reply = octocat.ask(wildcard, redirect_uri=uri)
        assert (reply.status_code in (200, 302)) is good, uri
        assert good or "Location" not in reply.headers
    loopback = server.make_app("http://127.0.0.1/callback", "http://localhost/")
    for uri in ("http://127.0.0.1:41999/callback", "http://localhost:3000/"):
        code = octocat.code(loopback, redirect_uri=uri)
        assert server.exchange(loopback, code, redirect_uri=uri + "x") == MISMATCH
        assert "access_token" in server.exchange(loopback, code, redirect_uri=uri)
    assert "access_token" in server.exchange(loopback, octocat.code(loopback))


def test_s14_08_pkce(server, app, octocat):
    verifier, challenge = pkce()
    octocat.code(app)
    for bad in ({"code_challenge": challenge}, {"code_challenge_method": "S256"},
                challenged(challenge, "plain"), challenged(challenge[:42]),
                challenged(challenge + "A")):
        assert dict(location_query(octocat.ask(app, **bad)))["error"] == "invalid_request"
    code = octocat.code(app, **challenged(challenge))
    assert server.exchange(app, code) == BAD_CODE
    assert server.exchange(app, code, code_verifier=pkce()[0]) == BAD_CODE
    assert "access_token" in server.exchange(app, code, code_verifier=verifier)
    assert server.exchange(app, octocat.code(app), code_verifier=verifier) == BAD_CODE


def test_s14_09_scopes(server, octocat):
    for separator in ("%20", ",", "+", "%2C"):
        app = server.make_app()
        reply = octocat.get(f"/login/oauth/authorize?client_id={app.client_id}&scope="
                            f"user{separator}gist{separator}user:email")
        code = dict(location_query(octocat.decide(reply)))["code"]
        assert server.exchange(app, code)["scope"] == "gist,user", separator
    server.exchange(app, octocat.code(app, scope="repo"))
    assert server.exchange(app, octocat.code(app))["scope"] == "gist,repo,user"


def test_s14_10_the_callback(server, app, octocat):
    state = "a&b=c +d%/e?ñ✓"
    query = parse_qsl(urlsplit(octocat.authorize(app, state=state).headers["Location"]).query)
    assert [name for name, _ in query] == ["code", "iss", "state"]
    assert dict(query)["iss"] == server.base + "/login/oauth" and dict(query)["state"] == state
    assert "state" not in octocat.answer(app)


def test_s14_11_cancel_bytes(server, app, octocat):
    reply = octocat.decide(octocat.ask(app, state="xyz"), allow=False)
    uri = "/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#access-denied"
    assert reply.headers["Location"] == (
        app.callback + "?error=access_denied&error_description="
        "The+user+has+denied+your+application+access.&error_uri=" + quote(uri, safe="") +
        "&iss=" + quote(server.base + "/login/oauth", safe="") + "&state=xyz")


def test_s14_12_device_polling(server, octocat):
    """The whole of it is in test_device.py."""
    app = server.make_app()
    server.cli("app", "edit", app.client_id, "--device-flow")
    started = server.post("/login/device/code", {"client_id": app.client_id}, headers=JSON).json()
    server.plant(started["device_code"])
    poll = {"client_id": app.client_id, "device_code": started["device_code"],
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code"}
    answers = [post(server, poll, headers=JSON).json() for _ in range(3)]
    assert answers[0]["error"] == "authorization_pending"
    assert answers[2]["error"] == "slow_down" and isinstance(answers[2]["interval"], int)


def test_s14_13_eleventh_token(server, app, octocat):
    tokens = [server.token_for(app, octocat) for _ in range(11)]
    assert [server.is_alive(token) for token in tokens] == [False] + [True] * 10


def test_s14_14_token_management(server, app, octocat):
    token, url = server.token_for(app, octocat), f"/api/v3/applications/{app.client_id}/token"
    foreign = server.token_for(server.make_app(), octocat)
    for method in ("POST", "PATCH", "DELETE"):
        reply = requests.request(method, server.url(url), json={"access_token": foreign},
                                 auth=(app.client_id, app.client_secret), timeout=60)
        assert reply.status_code == 404 and server.is_alive(foreign)
    reply = requests.request("DELETE", server.url(url), json={"access_token": token},
                             auth=(app.client_id, app.client_secret), timeout=60)
    assert reply.status_code == 204 and not server.is_alive(token)


def test_s14_15_hash_and_checksum(server, app, octocat):
    token = server.token_for(app, octocat)
    checked = requests.post(server.url(f"/api/v3/applications/{app.client_id}/token"),
                            json={"access_token": token},
                            auth=(app.client_id, app.client_secret), timeout=60).json()
    assert checked["hashed_token"] == hashlib.sha256(token.encode()).hexdigest()
    assert checked["token_last_eight"] == token[-8:]
    altered = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    assert not server.is_alive(altered)


def test_s14_16_paging_and_the_root(server, app, octocat):
    token = server.token_for(app, octocat, scope="read:org")
    for path in ("/user/orgs?page=9", "/user/teams?page=9&per_page=100"):
        reply = server.api(path, token)
        assert reply.status_code == 200 and reply.json() == []
    for root in ("", "/"):
        assert server.api(root, token).status_code == 200
        assert server.api(root, token[:-1] + "!").status_code == 401


class Gcm:
    """git-credential-manager's calls as its sources make them (13.9); the program itself is in no
    registry that a test machine reaches."""

    def __init__(self, server, app):
        self.server, self.app, self.port = server, app, 40000 + secrets.randbelow(20000)

    def sign_in(self, browser):
        verifier, challenge = pkce()
        redirect = f"http://localhost:{self.port}/"
        answer = browser.answer(self.app, response_type="code", state="s" * 32,
                                scope="gist repo workflow", redirect_uri=redirect,
                                **challenged(challenge))
        assert answer["state"] == "s" * 32
        self.server.plant(answer["code"], verifier)
        return post(self.server, {**self.app.credentials, "grant_type": "authorization_code",
                                  "code": answer["code"], "code_verifier": verifier,
                                  "redirect_uri": redirect},
                    headers={**JSON, **basic(self.app.client_id, self.app.client_secret)})

    def basic_mode(self, user):
        return self.server.post(
            "/api/v3/authorizations",
            json.dumps({"scopes": ["repo", "gist"], "note": f"gcm {secrets.token_hex(4)}"}),
            headers={**basic(user.login, user.password),
                     "Content-Type": "application/x-www-form-urlencoded"})


def test_s14_17_git_credential_manager_call_by_call(server):
    user = server.make_user()
    app = server.make_app("http://127.0.0.1/", "http://localhost/")
    meta = server.get("/api/v3/meta")
    assert "X-GitHub-Request-Id" in meta.headers
    assert tuple(map(int, meta.json()["installed_version"].split(".")[:2])) >= (3, 2)
    assert meta.json()["verifiable_password_authentication"] is True
    token = server_planted(server, Gcm(server, app).sign_in(server.signed_in(user)))
    assert token["token_type"] == "bearer"
    who = server.get("/api/v3/user", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert who.json()["login"] == user.login
    made = Gcm(server, app).basic_mode(user)
    assert made.status_code == 201
    personal = re.search(r'"token"\s*:\s*"([^"]+)"', made.text)[1]
    server.plant(personal)
    assert server.is_alive(personal)
