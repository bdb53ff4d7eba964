"""Text that means something to a database, a template, a terminal, a log or a file system, in every
parameter of every endpoint of the standard edge: assurance 4.14 and 4.17. When the server stops, the
harness looks at each line of its log (A209) and for failures that nobody was told of."""

import json
import urllib.parse

import pytest

import standard as s
from llavero_http import basic, challenged, pkce

TEXTS = {
    "sql": "' OR '1'='1' -- ", "sql-2": '"; DROP TABLE app; --', "like": "%_%", "union": "1 UNION SELECT 1",
    "nul": "a\0b", "braces": "{{7*7}}${7*7}<%= 7*7 %>", "format": "%n%s%p%1$n", "ansi": "\x1b[2J\x1b]0;x\x07",
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\n<b>", "separators": "\u2028\u2029\u0085", "path": "../../../etc/passwd",
    "json": '{"a":1}]}', "bidi": "\u202egpj\u2066", "utf-8": b"\xc0\xae\xff", "huge number": "9" * 40,
    "minus": "-1", "argument": "--help; $(id) `id`"}
FORMS = {
    s.TOKEN: ["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "resource",
              "device_code", "client_id", "client_secret", "client_assertion", "client_assertion_type"],
    s.INTROSPECT: ["token", "token_type_hint", "client_id", "client_secret"],
    s.REVOKE: ["token", "token_type_hint", "client_id", "client_secret"],
    s.DEVICE: ["client_id", "scope", "client_secret"]}
QUERY = ["client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "prompt",
         "max_age", "claims", "acr_values", "login_hint", "ui_locales", "id_token_hint", "resource",
         "code_challenge", "code_challenge_method", "dpop_jkt"]
EVERY = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
NEEDED = {"grant_type": "authorization_code", "code": "0" * 40}


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server, device=True)


def nothing_was_evaluated(text):
    """No sum was done, no file was read, nothing of SQLite was told."""
    for word in ("7*7=49", "root:x:0", "sqlite", "SQL", "syntax error"):
        assert word not in text, text[:500]


@EVERY
@pytest.mark.parametrize("path, names", FORMS.items(), ids=lambda x: x if isinstance(x, str) else "")
def test_a206_a207_in_forms(server, app, path, names, text):
    # P49
    for name in names:
        for grant in (["authorization_code", "refresh_token", "client_credentials"]
                      if path == s.TOKEN and name != "grant_type" else [None]):
            form = {**app.credentials, **(NEEDED if path == s.TOKEN else {}),
                    **({"token": "x"} if path in (s.INTROSPECT, s.REVOKE) else {}), name: text}
            reply = s.post(server, path, {**form, **({"grant_type": grant} if grant else {})})
            assert reply.status_code in (200, 400, 401), (name, reply.status_code, reply.text)
            if reply.content:
                body = reply.json()
                assert body.get("active") is not True
                server.plant(body.get("access_token"), body.get("device_code"))
            # only the app itself may get a token by this, and only if it showed who it is
            if grant != "client_credentials" or name in ("client_id", "client_secret",
                                                         "client_assertion"):
                assert "access_token" not in reply.text
            nothing_was_evaluated(reply.text)


@EVERY
def test_a206_a170_in_the_authorization_request(octocat, app, text):
    s.authorize(octocat, app)
    for name in QUERY:
        query = {"client_id": app.client_id, "response_type": "code", name: text}
        reply = octocat.get(s.AUTHORIZE + "?" + urllib.parse.urlencode(query))
        assert reply.status_code in (200, 302, 400, 404), (name, reply.status_code)
        assert "Set-Cookie" not in reply.headers or "x=1" not in reply.headers["Set-Cookie"]
        assert not any(ord(c) < 0x20 for c in reply.headers.get("Location", ""))
        nothing_was_evaluated(reply.text)


@pytest.mark.parametrize("number", ["2147483649", "4294967297", "9223372036854775809",
                                    "18446744073709551617", "1" + "0" * 60 + "1"])
def test_a208_a_number_that_does_not_fit_is_not_another_one(octocat, app, number):
    """Each would be 1 if it were cut off, and the person were asked to sign in again."""
    s.authorize(octocat, app, scope="openid")
    reply = s.ask(octocat, app, scope="openid", max_age=number)
    assert reply.status_code == 302 and reply.headers["Location"].startswith(app.callback)


@EVERY
def test_a206_in_client_credentials_by_header(server, app, text):
    secret = text.decode("latin-1") if isinstance(text, bytes) else text
    for name, password in ((secret, app.client_secret), (app.client_id, secret)):
        headers = basic(*(urllib.parse.quote(half, safe="") for half in (name, password)))
        reply = s.post(server, s.TOKEN, NEEDED, headers=headers)
        assert reply.status_code in (400, 401) and "access_token" not in reply.text


@EVERY
def test_a206_in_a_registration_and_second_order(server, octocat, text):
    """What was stored is read again, shown, and searched with."""
    # P49
    name = text.decode("latin-1") if isinstance(text, bytes) else text
    reply = server.post("/oauth2/register", json.dumps({
        "client_name": name, "redirect_uris": ["https://app.example/cb"], "software_id": name,
        "contacts": [name], "policy_uri": "https://app.example/" + urllib.parse.quote(name)}),
        headers={"Content-Type": "application/json"})
    assert reply.status_code in (201, 400), reply.text
    if reply.status_code == 201:
        made = reply.json()
        server.plant(made["client_secret"], made["registration_access_token"])
        page = octocat.get(s.AUTHORIZE, params={"client_id": made["client_id"],
                                                "response_type": "code", **challenged(pkce()[1])})
        assert page.status_code == 200 and "<b>" not in page.text
        nothing_was_evaluated(page.text)
        where = urllib.parse.urlsplit(made["registration_client_uri"]).path
        read = server.get(where, headers={
            "Authorization": f"Bearer {made['registration_access_token']}"})
        assert read.json()["client_name"] == made["client_name"]
