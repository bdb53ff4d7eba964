"""GET /login/oauth/authorize: parameters, their order, scopes, and what comes back. GitHub reference
section 2; RFC 6749 4.1. Redirect URIs are in test_redirect_uri.py, pages in test_consent.py."""

import urllib.parse

import pytest

from llavero_http import Page, challenged, location_query, pkce
from raw_http import ask

PATH = "/login/oauth/authorize"
PAGE = "/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#"
CALLBACK = "https://app.example/cb"
CHALLENGE = pkce("a" * 64)[1]
LIMIT_STATE, LIMIT_SCOPES = 2048, 100

ERRORS = {
    "invalid_request": "The authorization request is malformed.",
    "unsupported_response_type": "The response_type must be code.",
    "application_suspended":
        "Your application has been suspended. Contact the operator of this server.",
    "access_denied": "The user has denied your application access.",
}


@pytest.fixture(scope="module")
def app(server):
    return server.make_app(CALLBACK)


@pytest.fixture(scope="module")
def suspended(server):
    app = server.make_app(CALLBACK)
    server.cli("app", "suspend", app.client_id)
    return app


def assert_error(server, reply, error, state=None, callback=CALLBACK):
    """A redirect with these keys, in alphabetical order, and no others."""
    assert reply.status_code == 302, (reply.status_code, reply.text[:1000])
    assert reply.headers["Location"].startswith(callback + "?")
    expected = [("error", error), ("error_description", ERRORS[error]),
                ("error_uri", PAGE + error.replace("_", "-")),
                ("iss", server.base + "/login/oauth")]
    assert location_query(reply) == expected + ([("state", state)] if state is not None else [])


# 404: reference 2.7, G32

@pytest.mark.parametrize("client_id", [
    None, "", " ", "nope", "Ov23liAAAAAAAAAAAAAA", "x" * 255, "x" * 256, "x" * 4000, "' OR 1=1--",
    "https://app.example/client.json", "<script>alert(1)</script>", "{{7*7}}", "%n%s", "\u202ex",
])
def test_unknown_client_is_a_404_page_6749_09(server, octocat, app, client_id):
    # G32
    for browser in (octocat, server.browser()):
        reply = browser.get(PATH, params={
            k: v for k, v in {"client_id": client_id, "redirect_uri": CALLBACK,
                              "state": "s"}.items() if v is not None})
        assert reply.status_code == 404
        assert "Location" not in reply.headers
        page = Page(reply.text)
        assert not page.refreshes and CALLBACK not in reply.text
        assert "<script>alert" not in reply.text
        assert all(link.startswith(("/", "#")) for link in page.links)


def test_client_id_is_exact(server, octocat, app):
    for wrong in (app.client_id.swapcase(), app.client_id + "x", app.client_id[:-1],
                  " " + app.client_id):
        assert octocat.get(PATH, params={"client_id": wrong}).status_code == 404


# success

def test_callback_bytes(server, octocat, app):
    location = octocat.authorize(app, state="a b/c:d").headers["Location"]
    iss = urllib.parse.quote_plus(server.base + "/login/oauth")
    assert location == (f"{CALLBACK}?code={location.split('code=')[1][:40]}&iss={iss}"
                        "&state=a+b%2Fc%3Ad")


def test_callback_keys_are_alphabetical_and_iss_is_exact(server, octocat, app):
    # G29
    query = location_query(octocat.authorize(app, state="x", scope="gist", response_type="code",
                                             login="octocat", allow_signup="true"))
    assert [name for name, _ in query] == ["code", "iss", "state"]
    assert dict(query)["iss"] == server.base + "/login/oauth"


def test_iss_setting(launch):
    # G29
    own = launch(send_iss="off")
    browser, app = own.signed_in(), own.make_app(CALLBACK)
    assert [n for n, _ in location_query(browser.authorize(app, state="x"))] == ["code", "state"]
    meta = own.get("/.well-known/oauth-authorization-server/login/oauth").json()
    assert meta["authorization_response_iss_parameter_supported"] is False


def test_base_url_setting_with_https_and_path(launch):
    own = launch(base_url="https://id.example/auth/")
    reply = own.get("/.well-known/oauth-authorization-server/login/oauth")
    meta = reply.json()
    assert meta["issuer"] == "https://id.example/auth/login/oauth"
    assert meta["authorization_endpoint"] == "https://id.example/auth/login/oauth/authorize"
    # secure cookies, of this host only; HSTS: assurance A074, A218
    reply = own.get("/login")
    assert reply.headers["Set-Cookie"].startswith("__Host-")
    assert "; Secure" in reply.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in reply.headers


def test_metadata(server):
    meta = server.get("/.well-known/oauth-authorization-server/login/oauth").json()
    issuer = server.base + "/login/oauth"
    assert meta["issuer"] == issuer
    assert meta["token_endpoint"] == issuer + "/access_token"
    assert meta["code_challenge_methods_supported"] == ["S256"]  # 9700-04
    assert meta["authorization_response_iss_parameter_supported"] is True


# state: 6749-11

@pytest.mark.parametrize("state", [
    "x", "0", " ", "+", "%2B", "%", "a&b=c#d", "&=+ %/", "".join(map(chr, range(0x20, 0x7F))),
    "señal ✓ 🔑", "\u560a\u560d", "<b>\"'", "state=1&code=2",
    "x" * LIMIT_STATE, "ñ" * (LIMIT_STATE // 2),
], ids=lambda s: ascii(s)[:20])
def test_state_comes_back_as_it_was_A170_A171(octocat, app, state):
    reply = octocat.authorize(app, state=state)
    assert location_query(reply)[2:] == [("state", state)]
    assert "Set-Cookie" not in reply.headers
    # the Location itself stays within a URI's characters
    assert reply.headers["Location"].isascii() and " " not in reply.headers["Location"]


@pytest.mark.parametrize("state", ["\r\nSet-Cookie: a=b", "\n", "\t", "\x7f", "\x01"], ids=ascii)
def test_state_with_control_bytes_is_refused_A170(octocat, app, state):
    """RFC 6749 appendix A.5: a state has none, and the consent form could not carry them."""
    # P09
    reply = octocat.ask(app, state=state)
    assert reply.status_code == 302 and "Set-Cookie" not in reply.headers
    answer = dict(location_query(reply))
    assert answer["error"] == "invalid_request" and "state" not in answer and "code" not in answer


def test_absent_state_stays_absent(octocat, app):
    # G11
    for state in (None, ""):
        assert "state" not in octocat.answer(app, state=state)


def test_state_is_refused_never_cut(server, octocat, app):
    for state in ("x" * (LIMIT_STATE + 1), "ñ" * (LIMIT_STATE // 2) + "x"):
        assert_error(server, octocat.ask(app, state=state), "invalid_request")


@pytest.mark.parametrize("state", ["\r\nSet-Cookie: a=b", "a\nb", "\t", "\x7f", "\x01"], ids=ascii)
def test_state_with_control_characters_is_refused_A170(server, octocat, app, state):
    reply = octocat.ask(app, state=state)
    assert_error(server, reply, "invalid_request")
    assert "Set-Cookie" not in reply.headers


def test_state_survives_sign_in_and_consent(server, app):
    state = "".join(map(chr, range(0x20, 0x7F))) + "señal ✓"
    user, fresh = server.make_user(), server.make_app(CALLBACK)
    browser = server.browser()
    reply = browser.follow(browser.ask(fresh, state=state, scope="gist"))
    form = Page(reply.text).form("/session")
    reply = browser.submit(form, login=user.login, password=user.password)
    reply = browser.decide(browser.follow(reply))
    assert dict(location_query(reply))["state"] == state


# errors that are redirected, and the order of the checks: reference 2.2

def test_response_type_6749_05_9700_05(server, octocat, app):
    for value in ("code", "", None):
        assert "code" in octocat.answer(app, response_type=value)
    for value in ("token", "id_token", "code token", "CODE", "code ", "none", "x" * 3000):
        assert_error(server, octocat.ask(app, response_type=value, state="s"),
                     "unsupported_response_type", "s")


@pytest.mark.parametrize("params", [
    {"code_challenge": CHALLENGE}, {"code_challenge_method": "S256"},
    {"code_challenge": "", "code_challenge_method": "S256"},
    {"code_challenge": CHALLENGE, "code_challenge_method": ""},
    *({"code_challenge": CHALLENGE, "code_challenge_method": m}
      for m in ("plain", "s256", "S512", "S256 ", "none", "S256,plain")),
    *(challenged(c) for c in (CHALLENGE[:-1], CHALLENGE + "A", CHALLENGE + "=", CHALLENGE[:-1] + "+",
                              CHALLENGE[:-1] + "/", CHALLENGE[:-1] + " ", "ñ" + CHALLENGE[2:],
                              CHALLENGE[:-1] + "\n", "." * 43, "x" * 4000)),
], ids=lambda p: "-".join(v[-12:] for v in p.values()))
def test_bad_pkce_7636_02_03_04_A040_A043(server, octocat, app, params):
    # G12, P15
    for browser in (octocat, server.browser()):
        assert_error(server, browser.ask(app, state="s", **params), "invalid_request", "s")


def test_application_suspended(server, octocat, suspended):
    # G08
    for browser in (octocat, server.browser()):
        assert_error(server, browser.ask(suspended, state="s"), "application_suspended", "s")


def test_denial_is_the_example_of_the_reference(server, launch, app):
    own = launch(send_iss="off", error_uri_base="https://docs.example")
    browser, fresh = own.signed_in(), own.make_app(CALLBACK)
    reply = browser.decide(browser.ask(fresh, state="xyz"), allow=False)
    assert reply.status_code == 302
    assert reply.headers["Location"] == (
        CALLBACK + "?error=access_denied&error_description=The+user+has+denied+your+application+"
        "access.&error_uri=https%3A%2F%2Fdocs.example%2Fapps%2Fmanaging-oauth-apps%2F"
        "troubleshooting-authorization-request-errors%2F%23access-denied&state=xyz")


def test_denial_gives_nothing_and_is_no_memory_6749_37(server, octocat):
    # P22
    fresh = server.make_app(CALLBACK)
    issued = server.metric("llavero_codes_issued_total")
    for state in ("s", None):
        reply = octocat.decide(octocat.ask(fresh, state=state, scope="user"), allow=False)
        assert_error(server, reply, "access_denied", state)
    assert server.metric("llavero_codes_issued_total") == issued
    assert Page(octocat.ask(fresh).text).has_form(PATH)


FAULTS = [  # in the order in which they are told
    ("target repeated", {}, "&redirect_uri=x&redirect_uri=y", 400),
    ("unknown client", {"client_id": "nope"}, "", 404),
    ("unregistered redirect", {"redirect_uri": "https://evil.com/"}, "", 400),
    ("other repeated", {}, "&prompt=a&prompt=b", "invalid_request"),
    ("long state", {"state": "x" * 2049}, "", "invalid_request"),
    ("suspended", None, "", "application_suspended"),
    ("response type", {"response_type": "token"}, "", "unsupported_response_type"),
    ("challenge", {"code_challenge": "x"}, "", "invalid_request"),
    ("many scopes", {"scope": "x " * 101}, "", "invalid_request"),
]


@pytest.mark.parametrize("first", range(len(FAULTS)), ids=[f[0] for f in FAULTS])
def test_order_of_checks(server, octocat, app, suspended, first):
    """A request with this fault and all later ones is answered for this one."""
    params, tail = {}, ""
    target = app
    for name, change, more, _ in reversed(FAULTS[first:]):
        if change is None:
            target = suspended
        else:
            params.update(change)
        tail += more
    if first == 0:
        params.pop("redirect_uri")  # it is among those of the tail
    query = urllib.parse.urlencode({"client_id": target.client_id, **params}) + tail
    expected = FAULTS[first][3]
    for browser in (octocat, server.browser()):
        reply = browser.get(f"{PATH}?{query}")
        if isinstance(expected, int):
            assert reply.status_code == expected and "Location" not in reply.headers
        else:
            assert reply.status_code == 302, reply.text
            assert dict(location_query(reply))["error"] == expected


# duplicates, oddities

@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "response_type",
                                  "code_challenge", "code_challenge_method", "prompt", "login",
                                  "allow_signup"])
def test_parameters_twice_6749_04(server, octocat, app, name):
    # P09
    values = {"client_id": app.client_id, "redirect_uri": CALLBACK, "response_type": "code",
              "state": "s", **challenged(CHALLENGE)}
    for pair in ((values.get(name, "a"),) * 2, (values.get(name, "a"), "other"), ("", "")):
        query = [(n, v) for n, v in values.items() if n != name] + [(name, v) for v in pair]
        reply = octocat.get(PATH, params=query)
        if name in ("client_id", "redirect_uri"):
            assert reply.status_code == 400 and "Location" not in reply.headers
        else:
            # a doubled state is not echoed: which one would it be?
            assert_error(server, reply, "invalid_request", None if name == "state" else "s")


def test_unknown_parameters_are_ignored_6749_02(octocat, app):
    odd = {"extra": "foobar", "foo[]": "1", "__proto__": "x", "provider": "google", "": "",
           "authorize": "1", "authenticity_token": "x", "_method": "post"}
    assert "code" in octocat.answer(app, **odd)
    reply = octocat.get(PATH + f"?client_id={app.client_id}&x=1&x=2&&=&x")
    assert "code" in dict(location_query(reply))


@pytest.mark.parametrize("query", ["%", "state=%zz", "state=%00", "state=%ff", "scope=a%0", "a%00=1",
                                   "state=%c0%80", "state=%ed%a0%80", "x=1&" * 128 + "y=2"])
def test_malformed_queries_are_a_page(server, octocat, app, query):
    # P09
    for lines in ([], [f"Cookie: llavero_session={octocat.cookie('llavero_session')}"]):
        reply = ask(server, "GET", f"{PATH}?client_id={app.client_id}&{query}", *lines)
        assert reply.status == 400 and reply.header("Location") is None


def test_raw_bytes_in_the_query(server, app):
    for raw in (b"\xff", b"\xc3"):
        target = f"{PATH}?client_id={app.client_id}&state=".encode() + raw
        assert ask(server, "GET", target.decode("latin-1")).status == 400


# scopes: reference 2.3 and section 6

def granted(server, app, browser, scope):
    return server.exchange(app, browser.code(app, scope=scope))["scope"]


@pytest.mark.parametrize("sent, expected", [
    ("user repo", "repo,user"), ("repo,user", "repo,user"), ("user, repo", "repo,user"),
    (" user  repo ", "repo,user"), (",user,,repo,", "repo,user"), ("repo user", "repo,user"),
    ("user,gist,user:email", "gist,user"), ("user:email user", "user"), ("user user user", "user"),
    ("read:user user:email", "read:user,user:email"), ("repo public_repo repo:status", "repo"),
    ("admin:org read:org", "admin:org"), ("write:org read:org", "write:org"),
    ("nonsense", ""), ("gist nonsense", "gist"), ("Repo GIST gist", "gist"), ("offline_access", ""),
    ("gist offline_access", "gist"), ("", ""), (" ", ""), (",", ""), (None, ""),
    ("gist\trepo", ""), ("gist\"", ""), ("délete_repo", ""), ("user:email%20gist", ""),
])
def test_scopes_are_normalised_6749_06_6749_32(server, octocat, sent, expected):
    # G13, G14, G16
    assert granted(server, server.make_app(CALLBACK), octocat, sent) == expected


def test_separators_on_the_wire(server, octocat):
    # G13
    for separator in ("%20", "+", ",", "%2C", "%2c+"):
        fresh = server.make_app(CALLBACK)
        reply = octocat.get(f"{PATH}?client_id={fresh.client_id}&scope=user{separator}repo")
        code = dict(location_query(octocat.decide(reply)))["code"]
        assert server.exchange(fresh, code)["scope"] == "repo,user"


def test_number_of_scopes(server, octocat, app):
    fresh = server.make_app(CALLBACK)
    assert granted(server, fresh, octocat, " ".join(["gist"] * LIMIT_SCOPES)) == "gist"
    for scope in (" ".join(["gist"] * (LIMIT_SCOPES + 1)), "x " * 2000):
        assert_error(server, octocat.ask(app, scope=scope, state="s"), "invalid_request", "s")
    assert granted(server, fresh, octocat, "gist," + "," * 2000) == "gist"


def test_ten_thousand_scopes(server, octocat, app):
    for scope in (" ".join(f"s{i}" for i in range(10000)), "x," * 10000):
        reply = octocat.ask(app, scope=scope)
        assert reply.status_code in (414, 431) and "Location" not in reply.headers
    assert server.get("/healthz").status_code == 200


class TestConsentIsSkipped:
    def asked(self, browser, app, **params):
        reply = browser.ask(app, **params)
        assert reply.status_code in (200, 302)
        return reply.status_code == 200

    def test_when_all_was_granted_before(self, server, octocat):
        # G15
        app = server.make_app(CALLBACK)
        assert self.asked(octocat, app, scope="user gist")
        assert self.asked(octocat, app, scope="user gist")  # a look decides nothing
        assert granted(server, app, octocat, "user gist") == "gist,user"
        for scope, got in (("gist", "gist"), ("user:email", "user:email"), ("user", "user"),
                           ("read:user,gist", "gist,read:user"), ("nonsense", "")):
            assert not self.asked(octocat, app, scope=scope)
            assert granted(server, app, octocat, scope) == got

    def test_never_for_something_new(self, server, octocat):
        app = server.make_app(CALLBACK)
        granted(server, app, octocat, "user:email")
        for scope in ("user", "repo", "user:email repo", "user:follow"):
            assert self.asked(octocat, app, scope=scope)

    def test_without_a_scope_the_token_gets_the_union(self, server, octocat):
        # G15
        app = server.make_app(CALLBACK)
        assert self.asked(octocat, app)
        assert granted(server, app, octocat, "user") == "user"
        assert granted(server, app, octocat, "repo") == "repo"
        for scope in (None, ""):
            assert not self.asked(octocat, app, scope=scope)
            assert granted(server, app, octocat, scope) == "repo,user"

    def test_not_for_another_app_or_user(self, server, octocat):
        one, two = server.make_app(CALLBACK), server.make_app(CALLBACK)
        granted(server, one, octocat, "user")
        assert self.asked(octocat, two, scope="user")
        assert self.asked(server.signed_in(server.make_user()), one, scope="user")

    def test_an_exchange_is_not_needed(self, server, octocat):
        app = server.make_app(CALLBACK)
        octocat.code(app, scope="gist")
        assert not self.asked(octocat, app, scope="gist")


# methods: A069, G33, 9700-16

@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_change_nothing_A069(server, octocat, app, method):
    # G33, 9700-16
    octocat.code(app)
    issued = server.metric("llavero_codes_issued_total")
    cookie = f"Cookie: llavero_session={octocat.cookie('llavero_session')}"
    reply = ask(server, method, f"{PATH}?client_id={app.client_id}", cookie,
                "Origin: https://spa.example", "Access-Control-Request-Method: GET")
    assert reply.status == 405
    assert set(reply.header("Allow").split(", ")) == {"GET", "POST"}
    assert reply.header("Location") is None
    assert not [n for n, _ in reply.headers if n.startswith("access-control-")]
    assert server.metric("llavero_codes_issued_total") == issued


@pytest.mark.parametrize("override", ["X-HTTP-Method-Override: POST", "X-Method-Override: POST",
                                      "X-HTTP-Method: POST"])
def test_method_override_A069(server, octocat, override):
    fresh = server.make_app(CALLBACK)
    cookie = f"Cookie: llavero_session={octocat.cookie('llavero_session')}"
    reply = ask(server, "GET", f"{PATH}?client_id={fresh.client_id}&authorize=1&_method=post",
                cookie, override)
    assert reply.status == 200 and Page(reply.body.decode()).has_form(PATH)


@pytest.mark.parametrize("path", ["//login/oauth/authorize", "/login//oauth/authorize",
                                  "/%6cogin/oauth/authorize", "/login/oauth/authorize/",
                                  "/login/oauth/authorize;x", "/./login/oauth/authorize",
                                  "/login/x/../oauth/authorize", "/LOGIN/oauth/authorize",
                                  "/login/oauth/authorize%00", "/login/oauth/authorize%2f",
                                  "/login/oauth"])
def test_other_spellings_of_the_path_A168(server, octocat, app, path):
    cookie = f"Cookie: llavero_session={octocat.cookie('llavero_session')}"
    reply = ask(server, "GET", f"{path}?client_id={app.client_id}", cookie)
    assert reply.status == 404 and reply.header("Location") is None
