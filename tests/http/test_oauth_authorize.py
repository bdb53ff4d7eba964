"""GET and POST /oauth2/authorize: RFC 6749 3.1 and 4.1, RFC 7636 4.3, RFC 9207, RFC 9700; assurance
1.1, 1.3, 1.11, 1.18, 4.1 and 4.3. What is the same at both edges is in test_authorize.py."""

import json
import re
import urllib.parse

import pytest

import standard as s
from own_jose import Key, assertion, by_assertion, jwks
from llavero_http import Page, challenged, location_query, pkce
from raw_http import ask as raw

CALLBACK = "https://app.example/cb"
CHALLENGE = pkce()[1]


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server, CALLBACK)


@pytest.fixture(scope="module")
def public(server):
    return s.make_public(server, CALLBACK)


def assert_page(reply):
    """6749-09: an error page, from which nothing leads to where the request pointed."""
    assert 400 <= reply.status_code < 500, (reply.status_code, reply.headers)
    assert "Location" not in reply.headers and "Refresh" not in reply.headers
    page = Page(reply.text)
    assert not page.refreshes
    assert all(re.match("/(?!/)|#", link) for link in page.links), page.links
    return page


def assert_redirect(server, reply, error, state="s", to=CALLBACK):
    assert reply.status_code == 302, (reply.status_code, reply.text[:500])
    assert reply.headers["Location"].startswith(to + "?")
    got = dict(location_query(reply))
    assert got.pop("error_description") and got.pop("error_uri").startswith(server.base + "/")
    assert got == {"error": error, "iss": server.base, **({"state": state} if state else {})}
    return got


# the answer

def test_9207_01_iss_comes_with_codes_and_errors(server, octocat, app):
    # P10
    got = s.answer(octocat, app, state="xyz", **challenged(CHALLENGE))
    assert set(got) == {"code", "iss", "state"} and got["iss"] == server.base
    assert got["state"] == "xyz"
    assert_redirect(server, s.ask(octocat, app, response_type="token", state="s"),
                    "unsupported_response_type")


def test_6749_37_where_the_documentation_is_elsewhere(launch):
    own = launch(error_uri_base="https://docs.example/base")
    browser, app = own.signed_in(), s.make_app(own, CALLBACK)
    got = dict(location_query(s.ask(browser, app, response_type="token")))
    page, anchor = got["error_uri"].removeprefix("https://docs.example/base").split("#")
    assert f'id="{anchor}"' in browser.follow(browser.get(page)).text and got["iss"] == own.base


def test_9207_iss_is_not_for_a_setting_to_leave_out(launch):
    own = launch(send_iss="off")
    assert s.answer(own.signed_in(), s.make_app(own))["iss"] == own.base


def test_9207_03_a024_iss_does_not_follow_the_host(server, octocat, app):
    # P10
    s.authorize(octocat, app)
    reply = octocat.get(s.AUTHORIZE, headers={"X-Forwarded-Host": "evil.example"},
                        params={"client_id": app.client_id, "response_type": "code"})
    assert dict(location_query(reply))["iss"] == server.base


@pytest.mark.parametrize("state", [None, "", "x", "x" * 2048, "+", "%2B", "a b&c=d", "ñ€😀",
                                   "".join(map(chr, range(0x20, 0x7f)))])
def test_6749_11_the_state_comes_back_exactly(octocat, app, state):
    assert s.answer(octocat, app, state=state).get("state") == (state or None)


@pytest.mark.parametrize("state", ["x" * 2049, "a\0b", "a\nb"])
def test_6749_11_a_state_that_could_not_is_refused(server, octocat, app, state):
    reply = s.ask(octocat, app, state=state)
    if reply.status_code == 302:
        assert_redirect(server, reply, "invalid_request", state=None)
    else:
        assert_page(reply)


def test_6749_07_a_query_in_the_callback_is_kept(server, octocat):
    app = s.make_app(server, "https://app.example/cb?a=1")
    assert s.authorize(octocat, app).headers["Location"].startswith(
        "https://app.example/cb?a=1&code=")


def test_6749_37_a_refusal_is_told(server, octocat):
    app = s.make_app(server)
    reply = s.decide(octocat, s.ask(octocat, app, state="s"), allow=False)
    assert_redirect(server, reply, "access_denied")


def test_9700_12_no_307_after_a_form(server):
    # F2-10
    user = server.make_user()
    browser, app = server.signed_in(user), s.make_app(server)
    assert s.decide(browser, s.ask(browser, app)).status_code == 302


# parameters

def test_6749_01_post_is_like_get(server, octocat, app):
    s.authorize(octocat, app)
    form = {"client_id": app.client_id, "response_type": "code", "state": "a b&c"}
    reply = octocat.follow(octocat.post(s.AUTHORIZE, form))
    got = dict(location_query(reply))
    assert got["state"] == "a b&c" and server.plant(got["code"])
    fresh = s.make_app(server)
    page = octocat.follow(octocat.post(s.AUTHORIZE, {**form, "client_id": fresh.client_id}))
    assert Page(page.text).has_form(s.AUTHORIZE)


def test_6749_01_a_posted_request_of_another_site_is_no_decision(server, octocat):
    # P07
    app = s.make_app(server)
    reply = octocat.post(s.AUTHORIZE, {"client_id": app.client_id, "response_type": "code",
                                       "authorize": "1"}, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 303
    assert Page(octocat.follow(reply).text).has_form(s.AUTHORIZE)


@pytest.mark.parametrize("kind,body,status", [
    ("application/json", b"{}", 415), ("multipart/form-data; boundary=x", b"--x--", 415),
    ("application/x-www-form-urlencoded", b"a=%zz", 400),
    ("application/x-www-form-urlencoded", b"client_id=x&state=" + b"x" * 9000, 413),
])
def test_6749_01_a_posted_request_is_a_form(octocat, kind, body, status):
    reply = octocat.post(s.AUTHORIZE, body, headers={"Content-Type": kind})
    assert reply.status_code == status
    assert_page(reply)


def test_6749_02_oc_10_what_is_not_known_or_not_used_is_no_error(octocat, app):
    s.code(octocat, app, extra="foobar", nonce="n" * 384, display="popup", ui_locales="es en",
           claims='{"id_token":{}}', acr_values="urn:x", max_age="3600", login_hint="mona",
           id_token_hint="x.y.z", **{"foo[]": "1", "__proto__": "x"})


def test_6749_03_without_a_value_is_not_sent(octocat, app):
    got = s.answer(octocat, app, scope="", state="", redirect_uri="", code_challenge="",
                   code_challenge_method="")
    assert "code" in got and "state" not in got


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_6749_04_a016_a_doubled_target_is_a_page(octocat, app, name):
    query = urllib.parse.urlencode([
        ("client_id", app.client_id), ("response_type", "code"), ("redirect_uri", CALLBACK),
        (name, "https://evil.example/cb" if name == "redirect_uri" else app.client_id)])
    assert_page(octocat.get(f"{s.AUTHORIZE}?{query}"))


@pytest.mark.parametrize("name", ["scope", "response_type", "code_challenge", "nonce", "max_age",
                                  "nobody_knows"])
def test_6749_04_21_12_a_parameter_comes_once(server, octocat, app, name):
    query = urllib.parse.urlencode([
        ("client_id", app.client_id), ("response_type", "code"), ("state", "s"), (name, "code"),
        (name, "code")])
    assert_redirect(server, octocat.get(f"{s.AUTHORIZE}?{query}"), "invalid_request")


def test_6749_04_8707_resources_may_be_several(server, octocat, app):
    s.authorize(octocat, app)
    query = urllib.parse.urlencode([
        ("client_id", app.client_id), ("response_type", "code"),
        ("resource", server.base + "/api/v3"), ("resource", server.base + "/oauth2/userinfo")])
    assert "code" in dict(location_query(octocat.get(f"{s.AUTHORIZE}?{query}")))


@pytest.mark.parametrize("kind", [None, ""])
def test_6749_05_response_type_is_required(server, octocat, app, kind):
    reply = s.ask(octocat, app, response_type=kind, state="s")
    assert_redirect(server, reply, "invalid_request")
    assert s.cause(server, reply) == "AUTHORIZE_RESPONSE_TYPE_MISSING"


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "none", "CODE", "code id_token"])
def test_6749_05_9700_05_other_response_types(server, octocat, app, kind):
    assert_redirect(server, s.ask(octocat, app, response_type=kind, state="s"),
                    "unsupported_response_type")


def test_response_mode(server, octocat, app):
    assert "code" in s.answer(octocat, app, response_mode="query")
    for mode in ("fragment", "web_message", "query.jwt", "FORM_POST"):
        reply = s.ask(octocat, app, response_mode=mode, state="s")
        assert_redirect(server, reply, "invalid_request")
        assert s.cause(server, reply) == "AUTHORIZE_RESPONSE_MODE"


@pytest.mark.parametrize("scope", ['re"po', "re\\po", "a\tb", "é", "\x7f"])
def test_6749_32_23_invalid_scope(server, octocat, app, scope):
    assert_redirect(server, s.ask(octocat, app, scope=scope, state="s"), "invalid_scope")


ODD = '"<\\\r\n\té\x7f'
WIRE = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")


@pytest.mark.parametrize("name", ["scope", "response_type", "response_mode", "code_challenge_method",
                                  "code_challenge", "prompt", "max_age", "claims", "registration",
                                  "authorization_details"])
def test_6749_24_odd_bytes_do_not_reach_the_reply(octocat, app, name):
    """What is wrong is told by redirect, in the characters of RFC 6749 4.1.2.1."""
    got = dict(location_query(s.ask(octocat, app, state="s", **{"scope": "openid", name: ODD})))
    assert got["state"] == "s" and "code" not in got
    for member in ("error", "error_description", "error_uri"):
        assert WIRE.fullmatch(got[member]), got


def test_6749_23_each_error_has_its_own_code(server, octocat, app):
    suspended, other = s.make_app(server), s.make_app(server, dialects=1)
    server.cli("app", "suspend", suspended.client_id)
    fresh = s.make_app(server)
    told = {
        "invalid_request": s.ask(octocat, app, max_age="x", scope="openid", state="s"),
        "unauthorized_client": s.ask(octocat, other, state="s"),
        "access_denied": s.decide(octocat, s.ask(octocat, fresh, state="s"), allow=False),
        "unsupported_response_type": s.ask(octocat, app, response_type="token", state="s"),
        "invalid_scope": s.ask(octocat, app, scope="a\tb", state="s")}
    for error, reply in told.items():
        assert_redirect(server, reply, error)
    assert_redirect(server, s.ask(octocat, suspended, state="s"), "unauthorized_client")


def test_without_a_scope_nothing_is_asked_for(server, octocat):
    app = s.make_app(server)
    s.code(octocat, app, scope="repo")
    assert s.sign_in(server, octocat, app)["scope"] == ""


def test_unknown_scopes_are_told_to_the_owner(server, octocat, app):
    reply = s.authorize(octocat, app, scope="repo nonsense repo,gist")
    lines = server.cli("explain", reply.headers["X-GitHub-Request-Id"], "--json").stdout
    told = {entry["cause"]: entry for entry in map(json.loads, lines.splitlines())}
    assert told["SCOPE_DROPPED"]["evidence"]["dropped"] == "nonsense repo,gist"


# who asks, and where the answer goes

@pytest.mark.parametrize("client_id", [None, "", "nobody", "Ov23liAAAAAAAAAAAAAA", "x" * 300,
                                       "<script>alert(1)</script>", "\u202ex"])
def test_6749_09_an_unknown_client_is_a_page(server, octocat, app, client_id):
    for browser in (octocat, server.browser()):
        reply = s.ask(browser, app, client_id=client_id, redirect_uri="https://evil.example/cb")
        assert_page(reply)
        assert "<script>alert" not in reply.text


BAD_REDIRECTS = [
    "https://evil.example/cb", "http://app.example/cb", "https://app.example:8443/cb",  # A001
    "https://evil.app.example/cb", "https://app.example.evil.com/cb",                   # A002
    "https://evilapp.example/cb",
    "https://app.example@evil.com/cb", "https://evil.com#@app.example/cb",              # A003
    "https://app.example:pw@evil.com/cb",
    "https://evil.com\\@app.example/cb", "https:/\\evil.com", "///evil.com", "https:evil.com",
    "https://app.example/cb\n", "https://app.example/cb\x00", " https://app.example/cb",  # A005
    "https://app.example/cb\t", "https://app.exa\tmple/cb", "https://app.example/cb\x7f",
    "https://app.example/cb/../evil", "https://app.example/cb/%2e%2e/evil",             # A006
    "https://app.example/cb/..%2fevil", "https://app.example/cb;/../evil",
    "https://app.example/cbevil", "https://app.example/CB", "https://app.example/cb/",
    "https://app.example/cb/deeper", "https://app.example/%63b",
    "https://app.example/cb/%252e%252e/",                                               # A007
    "https://app.example/cb?x=1", "https://app.example/cb?code=attacker",               # A008
    "https://app.example/cb#", "https://app.example/cb%23x",                            # A009
    "https://app.example。evil.com/cb", "https://xn--pp-eka.example/cb",                 # A010
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "about:blank",     # A013
    "HTTPS://APP.EXAMPLE/cb", "https://APP.example/cb",                                 # A015
    "https://app.example/" + "x" * 4000,                                                # A019
    "cb", "/cb", "//app.example/cb", "https://app.example:443/cb",
]


@pytest.mark.parametrize("uri", BAD_REDIRECTS)
def test_9700_01_02_6749_09_exactly_what_is_registered(server, octocat, app, uri):
    # MCP-04, P03
    for browser in (octocat, server.browser()):
        assert_page(s.ask(browser, app, redirect_uri=uri, state="s"))


def test_9700_01_a_wildcard_of_the_other_dialect_counts_for_nothing_here(server, octocat):
    app = server.make_app("https://app.example/cb", wildcard=True)
    for uri in ("https://app.example/cb/deeper", "https://sub.app.example/cb"):
        assert "code" in octocat.answer(app, redirect_uri=uri)
        assert_page(s.ask(octocat, app, redirect_uri=uri))
    # 6749-08: one that stands for others has to be named
    reply = s.ask(octocat, app)
    assert_page(reply)
    assert s.cause(server, reply) == "AUTHORIZE_REDIRECT_MISSING"
    assert "code" in s.answer(octocat, app, redirect_uri="https://app.example/cb")


def test_6749_08_of_several_one_is_named(server, octocat):
    app = s.make_app(server, CALLBACK, "https://app.example/other")
    assert_page(s.ask(octocat, app))
    for uri in (CALLBACK, "https://app.example/other"):
        assert s.authorize(octocat, app, redirect_uri=uri).headers["Location"].startswith(uri + "?")


def test_6749_10_who_has_registered_no_redirect_uri_gets_none(launch):
    own = launch(registration="open")
    made = own.post("/oauth2/register", json.dumps({
        "grant_types": ["client_credentials"], "response_types": []}),
        headers={"Content-Type": "application/json"})
    assert made.status_code == 201, made.text
    own.plant(made.json()["client_secret"], made.json()["registration_access_token"])
    browser = own.signed_in()
    for uri in (None, CALLBACK, own.base + "/"):
        assert_page(browser.get(s.AUTHORIZE, params=s.without_none({
            "client_id": made.json()["client_id"], "response_type": "code", "redirect_uri": uri})))


def test_a011_a012_only_the_loopback_port_is_free(server, octocat):
    # 8252-01
    app = s.make_app(server, "http://127.0.0.1/cb", "http://[::1]/cb")
    for uri in ("http://127.0.0.1:49152/cb", "http://[::1]:1/cb"):
        got = s.ask(octocat, app, redirect_uri=uri)
        got = s.decide(octocat, got) if got.status_code == 200 else got
        assert got.headers["Location"].startswith(uri + "?")
    for uri in ("http://127.1:5/cb", "http://2130706433:5/cb", "http://localhost.:5/cb",
                "http://[::ffff:127.0.0.1]:5/cb", "http://127.0.0.1.evil.com:5/cb",
                "https://127.0.0.1:5/cb", "http://0x7f.1:5/cb"):
        assert_page(s.ask(octocat, app, redirect_uri=uri))


def test_an_app_of_the_other_dialect_only_gets_unauthorized_client(server, octocat):
    app = s.make_app(server, dialects=1)
    reply = s.ask(octocat, app, state="s")
    assert_redirect(server, reply, "unauthorized_client")
    assert s.cause(server, reply) == "APP_DIALECT"
    assert "code" in octocat.answer(app)
    reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "client_credentials"})
    assert reply.status_code == 400 and reply.json()["error"] == "unauthorized_client"


def test_an_app_of_this_dialect_only_is_refused_at_the_other(server, octocat):
    app = s.make_app(server, dialects=2, device=True)
    reply = octocat.ask(app, state="s")
    assert reply.status_code == 302
    assert dict(location_query(reply))["error"] == "unauthorized_client"
    told = server.exchange(app, "0" * 40)
    assert told["error"] == "unauthorized_client"
    device = server.post("/login/device/code", {"client_id": app.client_id},
                         headers={"Accept": "application/json"})
    assert device.json()["error"] == "unauthorized_client"
    assert "code" in s.answer(octocat, app)


def test_a_suspended_app(server, octocat):
    app = s.make_app(server)
    server.cli("app", "suspend", app.client_id)
    assert_redirect(server, s.ask(octocat, app, state="s"), "unauthorized_client")


# PKCE

def test_9700_03_a038_a042_a_public_client_must_use_pkce(server, octocat, public):
    for params in ({}, {"code_challenge": "", "code_challenge_method": ""}):
        reply = s.ask(octocat, public, state="s", **params)
        assert_redirect(server, reply, "invalid_request")
        assert s.cause(server, reply) == "AUTHORIZE_PKCE_REQUIRED"
    assert "code" in s.answer(octocat, public, **challenged(CHALLENGE))


@pytest.mark.parametrize("edge", ["github", "standard"])
def test_the_profile_standard_asks_for_pkce_at_both_edges(server, octocat, edge):
    app = s.make_app(server, profile="standard", auth_method="private_key_jwt")
    ask = (lambda **p: s.ask(octocat, app, **p)) if edge == "standard" else \
        (lambda **p: octocat.ask(app, **p))
    assert dict(location_query(ask(state="s")))["error"] == "invalid_request"
    assert ask(**challenged(CHALLENGE)).status_code == 200


def test_a_public_client_needs_pkce_at_the_other_edge_too(server, octocat, public):
    assert dict(location_query(octocat.ask(public)))["error"] == "invalid_request"


@pytest.mark.parametrize("params", [
    {"code_challenge": CHALLENGE}, challenged(CHALLENGE, "plain"), challenged(CHALLENGE, "s256"),
    challenged(CHALLENGE, "S512"), challenged(CHALLENGE[:-1]), challenged(CHALLENGE + "="),
    challenged(CHALLENGE[:-1] + "+"), challenged(CHALLENGE[:-2] + "é"),
    {"code_challenge_method": "S256"},
])
def test_7636_02_03_04_a040_a043_challenges(server, octocat, app, params):
    assert_redirect(server, s.ask(octocat, app, state="s", **params), "invalid_request")


def test_7636_08_the_challenge_is_not_in_the_code(octocat, app):
    codes = {s.code(octocat, app, **challenged(CHALLENGE)) for _ in range(3)}
    assert len(codes) == 3 and not any(CHALLENGE in c for c in codes)


# profiles

def test_f2_09_strict_apps_have_no_http_redirects(server, octocat):
    key = Key()
    app = s.make_app(server, "http://app.example/cb", "https://app.example/cb",
                     "http://127.0.0.1/cb", profile="strict", auth_method="private_key_jwt",
                     metadata={"jwks": jwks(key)})
    reply = s.ask(octocat, app, redirect_uri="http://app.example/cb", **challenged(CHALLENGE))
    assert_page(reply)
    assert s.cause(server, reply) == "AUTHORIZE_REDIRECT_PLAIN"
    for uri in ("https://app.example/cb", "http://127.0.0.1:5000/cb"):
        pushed = s.push_uri(server, app, **by_assertion(assertion(server, app, key)),
                            redirect_uri=uri, **challenged(CHALLENGE))
        reply = s.ask_pushed(octocat, app, pushed)
        assert reply.status_code in (200, 302) and "error" not in reply.headers.get("Location", "")


def test_f2_01_strict_apps_are_confidential(server, octocat):
    app = s.make_public(server, profile="strict")
    reply = s.ask(octocat, app, redirect_uri=app.callback, state="s", **challenged(CHALLENGE))
    assert_redirect(server, reply, "unauthorized_client")


def test_a_profile_makes_redirects_exact_at_the_github_edge(server, octocat):
    app = server.make_app("https://app.example/cb", wildcard=True)
    s.serve(server, app, profile="standard")
    reply = octocat.ask(app, redirect_uri="https://app.example/cb/deeper", **challenged(CHALLENGE))
    assert reply.status_code == 400


# consent

def test_6749_36_a_public_client_is_asked_about_each_time(server, octocat):
    # P07
    native = s.make_public(server, "http://127.0.0.1/cb", "com.example.app:/cb")
    claimed = s.make_public(server)
    for uri in ("http://127.0.0.1:1234/cb",):
        for _ in range(2):
            reply = s.ask(octocat, native, redirect_uri=uri, **challenged(CHALLENGE))
            assert reply.status_code == 200  # the second time too
            s.decide(octocat, reply)
            assert octocat.ask(native, redirect_uri=uri, **challenged(CHALLENGE)).status_code == 200
    assert "code" in s.answer(octocat, claimed, **challenged(CHALLENGE))
    assert s.ask(octocat, claimed, **challenged(CHALLENGE)).status_code == 302


def test_6749_34_a064_a065_the_decision_is_of_this_page_only(server, octocat):
    # P04
    app, other = s.make_app(server), s.make_app(server)
    page = Page(s.ask(octocat, app, scope="user:email", state="s").text)
    form = page.form(s.AUTHORIZE)
    allow = ("authorize", "1")
    for change in ({"scope": "repo"}, {"client_id": other.client_id}, {"state": "t"},
                   {"nonce": "n"}, {"code_challenge": CHALLENGE}, {"authenticity_token": "x" * 87}):
        assert octocat.submit(form, allow, **change).status_code == 403, change
    assert octocat.submit(form, allow, headers={"Origin": "https://evil.example"}).status_code == 403
    assert octocat.submit(form, allow,
                          headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    stranger = server.signed_in(server.make_user())
    assert stranger.submit(form, allow).status_code == 403
    # nor of the other edge's page, nor there
    theirs = Page(octocat.ask(app, scope="user:email", state="s").text).form("/login/oauth/authorize")
    theirs.action = s.AUTHORIZE
    assert octocat.submit(theirs, allow).status_code == 403
    assert octocat.submit(form, allow).status_code == 302


def test_oc_10_what_is_kept_for_later_goes_through_the_page(server, octocat):
    app = s.make_app(server)
    kept = {"nonce": "n-0S6", "claims": '{"userinfo":{}}', "max_age": "60", "login_hint": "mona"}
    form = Page(s.ask(octocat, app, **kept).text).form(s.AUTHORIZE)
    assert {k: form.value(k) for k in kept} == kept


def test_6749_35_9700_15_17_pages_are_not_framed(server, octocat):
    # P07
    reply = s.ask(octocat, s.make_app(server))
    assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert "no-referrer" in reply.headers["Referrer-Policy"] or \
        reply.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in reply.headers["Cache-Control"]


def test_whoever_is_signed_out_comes_back_here(server, app):
    browser = server.browser()
    reply = s.ask(browser, app, state="s", nonce="n")
    assert reply.status_code == 302 and reply.headers["Location"].startswith("/login?")
    form = Page(browser.follow(reply).text).form("/session")
    reply = browser.submit(form, login=server.demo["login"], password=server.demo["password"])
    back = urllib.parse.urlsplit(reply.headers["Location"])
    assert back.path == s.AUTHORIZE
    assert dict(urllib.parse.parse_qsl(back.query))["nonce"] == "n"
    server.plant(browser.cookie("llavero_session"))
    done = browser.follow(reply)
    done = s.decide(browser, done) if done.status_code == 200 else done
    assert dict(location_query(done))["state"] == "s"


def test_prompt_select_account_comes_back_here(server, octocat, app):
    s.authorize(octocat, app)
    reply = s.ask(octocat, app, prompt="select_account", state="s")
    page = Page(reply.text)
    form = page.form("/oauth2/select_account")
    got = octocat.submit(form)
    assert dict(location_query(got))["state"] == "s"
    other = [link for link in page.links if link.startswith("/login?switch=1")][0]
    assert "%2Foauth2%2Fauthorize" in other
    assert octocat.page("/oauth2/select_account?" + urllib.parse.urlencode(
        {"client_id": app.client_id, "response_type": "code"})).has_form("/oauth2/select_account")


# methods and browsers

def test_g33_a069_head_and_others_change_nothing(server, octocat, app):
    cookie = "; ".join(f"{c.name}={c.value}" for c in octocat.session.cookies)
    query = urllib.parse.urlencode({"client_id": app.client_id, "response_type": "code"})
    issued = server.metric("llavero_codes_issued_total")
    for method in ("HEAD", "PUT", "DELETE", "TRACE", "OPTIONS"):
        reply = raw(server, method, f"{s.AUTHORIZE}?{query}", f"Cookie: {cookie}",
                    "X-HTTP-Method-Override: GET")
        assert reply.status == 405
    assert server.metric("llavero_codes_issued_total") == issued


def test_9700_16_21_07_no_cors_here(server, octocat, app):
    reply = raw(server, "OPTIONS", s.AUTHORIZE, "Origin: https://spa.example",
                "Access-Control-Request-Method: GET")
    assert reply.status == 405 and reply.header("Access-Control-Allow-Origin") is None
    got = octocat.get(s.AUTHORIZE, headers={"Origin": "https://spa.example"},
                      params={"client_id": app.client_id})
    assert "Access-Control-Allow-Origin" not in got.headers
