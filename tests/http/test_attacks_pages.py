"""Attacks on what a browser is shown and sends: lines of tests/attacks/protocol.txt that have no file of their own."""

import json
import re
import urllib.parse

import pytest
import requests

import own_openid as o
import standard as s
from llavero_http import Page, basic, challenged, location_query, pkce
from raw_http import Wire, ask

CALLBACK = "https://app.example/cb"
FORM = "Content-Type: application/x-www-form-urlencoded"


def cookie_line(browser):
    return "Cookie: " + "; ".join(f"{c.name}={c.value}" for c in browser.session.cookies)


# where the answer goes

def test_a014_a_scheme_that_another_program_claims_too(server, octocat):
    """Whoever else listens gets the code, and nothing for it; and no code without a person who sees the request."""
    app, thief = (s.make_public(server, "myapp:/cb") for _ in range(2))
    verifier, challenge = pkce()

    def code():
        asked = Page(s.ask(octocat, app, redirect_uri="myapp:/cb", **challenged(challenge)).text)
        reply = octocat.submit(asked.form("/oauth2/select_account"))
        reply = s.decide(octocat, reply) if reply.status_code == 200 else reply
        assert reply.headers["Location"].startswith("myapp:/cb?")
        return server.plant(dict(location_query(reply))["code"])

    of = code()
    for client in app, thief:
        for guess in ({}, {"code_verifier": pkce()[0]}, {"code_verifier": challenge}):
            assert s.exchange(server, client, of, 400, **guess)["error"] == "invalid_grant"
    assert s.exchange(server, app, of, code_verifier=verifier)["access_token"]
    # without PKCE there is no code at all to be overheard
    reply = s.ask(octocat, app, redirect_uri="myapp:/cb")
    assert dict(location_query(reply))["error"] == "invalid_request"


def test_a020_what_carries_a_code_sends_no_referrer(server, octocat):
    public = s.make_public(server, CALLBACK)
    verifier, challenge = pkce()
    octocat.code(public, **challenged(challenge))
    s.code(octocat, public, **challenged(challenge))
    replies = [octocat.ask(public, **challenged(challenge)), s.ask(octocat, public, **challenged(challenge)),
               s.ask(octocat, public, response_mode="form_post", **challenged(challenge))]
    assert [reply.status_code for reply in replies] == [302, 302, 200]
    for reply in replies:
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Cache-Control"] == "no-store"
    # and who has read one elsewhere has not the verifier
    of = server.plant(dict(location_query(replies[1]))["code"])
    assert s.exchange(server, public, of, 400)["error"] == "invalid_grant"


ELSEWHERE = ["Host: evil.example", "X-Forwarded-Host: evil.example", "X-Forwarded-Server: evil.example",
             "X-Forwarded-Proto: gopher", "Forwarded: host=evil.example;proto=gopher",
             "X-Original-URL: https://evil.example/", "X-Host: evil.example"]


def test_a024_no_link_of_ours_leads_to_a_forged_host(server, octocat):
    app = s.make_app(server, device=True)
    got = o.sign_in(server, octocat, app, scope="openid user")[0]
    bearer = f"Authorization: Bearer {got['access_token']}"
    form = urllib.parse.urlencode(app.credentials).encode()
    token = urllib.parse.urlencode({**app.credentials, "token": got["access_token"]}).encode()
    asked = [("GET", s.METADATA, [], None), ("GET", s.METADATA + "/login/oauth", [], None),
             ("GET", o.DISCOVERY, [], None), ("GET", "/.well-known/oauth-protected-resource", [], None),
             ("POST", s.DEVICE, [FORM], form), ("POST", "/login/device/code", [FORM], form),
             ("GET", "/api/v3", [bearer], None), ("GET", "/api/v3/user", [bearer], None),
             ("GET", "/api/v3/user", [], None), ("GET", o.USERINFO, [], None),
             ("POST", s.INTROSPECT, [FORM], token), ("POST", s.TOKEN, [FORM], form),
             ("GET", "/login", [], None), ("GET", "/settings/profile", [], None), ("GET", "/docs", [], None)]
    told = 0
    for method, path, lines, body in asked:
        reply = ask(server, method, path, *lines, *ELSEWHERE, body=body, host=False)
        assert reply.status in (200, 302, 303, 400, 401), (path, reply.status)
        assert b"evil.example" not in reply.text and b"gopher" not in reply.text, path
        told += server.base.encode() in reply.text
        for found in re.findall(r'"device_code":"([^"]+)"', reply.body.decode()):
            server.plant(found)
    assert told >= 8


# who is signed in

def test_a074_a_flood_of_cookies_is_refused_and_passes(server, octocat):
    """A sub-domain can set hundreds: nothing gets through, and nothing stays broken."""
    session = octocat.cookie("llavero_session")
    flood = "; ".join(f"tossed{i}={'x' * 60}" for i in range(400))
    reply = ask(server, "GET", "/settings/profile", f"Cookie: {flood}; llavero_session={session}")
    assert reply is None or reply.status in (400, 413, 431)
    assert octocat.get("/settings/profile").status_code == 200
    # a few more than ours are none of our business
    few = "; ".join(f"tossed{i}=x" for i in range(20))
    reply = ask(server, "GET", "/settings/profile", f"Cookie: {few}; llavero_session={session}")
    assert reply.status == 200


def test_a076_a_session_is_not_taken_from_the_address(server, octocat):
    session = octocat.cookie("llavero_session")
    for name in "llavero_session", "session", "sid", "__Host-llavero_session":
        for path in (f"/settings/profile?{name}={session}", f"/settings/profile;{name}={session}"):
            assert ask(server, "GET", path).status in (302, 404), path
    # nor does any page name it
    for path in "/settings/profile", "/settings/sessions", "/settings/applications", "/logout":
        assert session not in octocat.get(path).text


def test_a077_a_session_ends_by_idleness_and_by_age(launch):
    own = launch(session_idle=3600, session_lifetime=7200)
    idle, busy, app = own.signed_in(), own.signed_in(), own.make_app()
    idle.code(app)

    def lives(browser):
        return "/login?" not in browser.ask(app).headers["Location"]

    own.advance("59m")
    assert lives(busy)
    own.advance("2m")
    assert not lives(idle) and lives(busy)
    own.advance("50m")
    assert lives(busy)
    own.advance("10m")  # busy all the time, and two hours old
    assert not lives(busy)


def test_a084_a_consent_page_of_a_session_that_has_ended(server, app):
    browser = server.signed_in(server.make_user())
    form = Page(browser.ask(app).text).form("/login/oauth/authorize")
    cookie = browser.cookie("llavero_session")
    browser.submit(browser.page("/logout").form("/logout"))
    issued = server.metric("llavero_codes_issued_total")
    back = server.browser()
    back.session.cookies.set("llavero_session", cookie)
    for shown in browser, back:
        reply = shown.submit(form, ("authorize", "1"))
        assert reply.status_code == 403 or "/login?" in reply.headers["Location"]
        assert "code=" not in reply.headers.get("Location", "")
    assert server.metric("llavero_codes_issued_total") == issued


# what an answer tells

TELLTALE = re.compile(rb"sqlite|postgres|SELECT |INSERT |no such table|relation |\.c:\d+|/src/|Traceback|0x[0-9a-f]{8}",
                      re.I)


def test_a090_a_fault_of_ours_says_nothing_of_us(launch):
    """The table of apps is gone: whoever asks is told that something went wrong, and under which number."""
    own = launch()
    octocat, app = own.signed_in(), own.make_app()
    token = own.token_for(app, octocat)
    with own.database() as db:
        db.execute("ALTER TABLE app RENAME TO app_gone")
    try:
        failed = [octocat.ask(app), s.ask(octocat, app), octocat.get("/settings/developers"),
                  own.api("/user", token), s.post(own, s.TOKEN, {**app.credentials, "grant_type": "refresh_token"}),
                  own.post("/login/oauth/access_token", {**app.credentials, "code": "x"}),
                  s.post(own, s.INTROSPECT, {**app.credentials, "token": token}),
                  own.post("/api/v3/credentials/revoke", '{"credentials": ["gho_x"]}')]
    finally:
        with own.database() as db:
            db.execute("ALTER TABLE app_gone RENAME TO app")
    assert sum(reply.status_code in (500, 503) for reply in failed) >= 6, [r.status_code for r in failed]
    for reply in failed:
        assert not TELLTALE.search(reply.content), reply.text
        assert reply.headers["X-GitHub-Request-Id"]
        assert not any(TELLTALE.search(value.encode()) for value in reply.headers.values())
    assert own.is_alive(token)


def test_a093_nothing_is_taken_for_what_it_is_not(server, octocat):
    """Whatever is asked for, and however it ends: a body is what its type says, and nobody may guess."""
    app = s.make_app(server, device=True)
    wants = ({}, {"Accept": "text/html"}, {"Accept": "*/*"}, {"Accept": "application/json"})
    get = ["/login", "/nope", "/api/v3/user", "/api/v3/nope", "/oauth2/nope", "/oauth2/jwks", o.DISCOVERY, s.METADATA,
           o.USERINFO, "/static/app.js", "/static/app.css", "/static/nope.svg", "/favicon.ico", "/metrics",
           "/login/oauth/access_token", "/login/oauth/authorize", s.AUTHORIZE, "/avatars/u/1", "/logos/1"]
    post = [s.TOKEN, s.INTROSPECT, s.REVOKE, s.DEVICE, s.PAR, "/login/device/code", "/oauth2/register",
            "/api/graphql", "/session"]
    kinds = set()
    for headers in wants:
        replies = [octocat.get(path, headers=headers) for path in get] + \
            [server.post(path, app.credentials, headers=headers) for path in post]
        for reply in replies:
            where = (reply.request.method, reply.url, headers)
            for found in re.findall(r'device_code"?[=:]"?(\w+)', reply.text):
                server.plant(found)
            assert reply.headers["X-Content-Type-Options"] == "nosniff", where
            kind = reply.headers.get("Content-Type", "").partition(";")[0]
            kinds.add(kind)
            looks_like_page = reply.content.lstrip()[:1] == b"<" and b"<html" in reply.content[:200].lower()
            assert looks_like_page == (kind == "text/html"), where
            if kind.endswith("json"):
                json.loads(reply.content)
            elif reply.content:
                assert reply.content.lstrip()[:1] not in (b"{", b"[") and kind, where
    assert {"text/html", "application/json"} <= kinds


def test_a094_no_answer_has_what_was_in_memory_before(server, octocat):
    """The memory of a request is another request's before: it is filled with a mark, and looked for in everything."""
    mark = "QzQ7mark" * 6
    answers = ["/login", "/nope", "/api/v3/user", "/oauth2/jwks", o.DISCOVERY, "/login/oauth/authorize", o.USERINFO,
               "/static/app.css", "/favicon.ico"]
    with Wire(server) as wire:
        for path in answers * 2:
            body = ("code=" + mark * 1000).encode()
            wire.request("POST", s.TOKEN, FORM, f"X-Mark: {mark * 4}", f"Cookie: a={mark}", body=body)
            reply = wire.request("GET", path)
            assert b"QzQ7mark" not in reply.text, path
    app = server.make_app()
    for reply in (octocat.ask(app), server.exchange(app, "x", accept="application/xml"),
                  server.exchange(app, "x", accept="*/*"), server.api("/user"),
                  requests.post(server.url("/api/graphql"), json={"query": "{viewer{login}}"}, timeout=60)):
        assert "QzQ7mark" not in reply.text and b"\0" not in reply.content


def test_a035_a_code_is_told_to_nobody_but_the_app(server, octocat):
    app = server.make_app()
    of = octocat.code(app, scope="user")
    refused = [server.exchange(app, of, accept=accept, client_secret="wrong")
               for accept in ("application/xml", "*/*")]
    refused += [s.post(server, s.TOKEN, {**app.credentials, "grant_type": "authorization_code", "code": of,
                                         "code_verifier": "v" * 43})]
    server.exchange(app, of)
    again = server.exchange(app, of, accept="*/*")
    told = server.cli("explain", again.headers["X-GitHub-Request-Id"]).stdout
    own = server.cli("explain", again.headers["X-GitHub-Request-Id"], "--json").stdout
    shown = [reply.text + str(reply.headers) for reply in (*refused, again)] + [told, own]
    shown += [octocat.get(path).text for path in ("/settings/applications", "/settings/security-log",
                                                  f"/settings/connections/applications/{app.client_id}")]
    shown += [server.get("/metrics").text,
              requests.get(server.url(f"/api/v3/applications/{app.client_id}/refusals"), timeout=60,
                           headers=basic(app.client_id, app.client_secret)).text]
    for text in shown:
        assert of not in text and of[:20] not in text
    assert "CODE_REDEEMED" in own
    server.check_log()
    server.check_storage()


@pytest.mark.parametrize("length", [1, 100])
def test_a085_what_holds_a_token_is_kept_by_nobody(server, octocat, length):
    """Whatever stands behind the path: no 200 with something private in it."""
    app = server.make_app()
    of = octocat.code(app)
    reply = server.exchange(app, of, accept="*/*")
    server.plant(dict(urllib.parse.parse_qsl(reply.text))["access_token"])
    assert reply.headers["Cache-Control"] == "no-store"
    pair = s.sign_in(server, octocat, s.make_app(server), scope="openid user")
    userinfo = server.get(o.USERINFO, headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert userinfo.headers["Cache-Control"] == "no-store"
    for path in ("/api/v3/user", o.USERINFO, "/settings/profile", "/oauth2/introspect"):
        for end in (".css", "/x" * length + ".js", "%2f.css", ";/a.png", "%00.css"):
            reply = octocat.get(path + end, headers={"Authorization": f"token {pair['access_token']}"})
            assert reply.status_code in (400, 404, 414), (path + end, reply.status_code)
            assert "public" not in reply.headers.get("Cache-Control", "no-store")
