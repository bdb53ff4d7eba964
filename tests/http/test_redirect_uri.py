"""Where an authorization response may go. GitHub reference 2.6; RFC 9700 2.1 and 4.1; RFC 8252 7.3;
assurance 4.1. A person who is signed in and has consented asks, so that a code is at stake."""

import shutil
import subprocess
import urllib.parse

import pytest
import requests

from llavero_http import Page, location_query
from raw_http import ask


@pytest.fixture(scope="module")
def apps(server):
    """One app for each list of callbacks, made when it is first asked for."""
    made = {}

    def get(*callbacks, wildcard=False):
        key = (callbacks, wildcard)
        if key not in made:
            made[key] = server.make_app(*callbacks, wildcard=wildcard)
        return made[key]

    return get


def assert_goes_to(reply, uri):
    """A code, at the very URI that was asked for."""
    assert reply.status_code == 302, (uri, reply.status_code, Page(reply.text).text)
    location = reply.headers["Location"]
    assert location.startswith(uri + ("&" if "?" in uri else "?")), location
    assert "code" in dict(location_query(reply))


def assert_explained(reply, sent=None):
    """6749-09: a page, and no way from it to where the request wanted to go."""
    assert reply.status_code == 400, (sent, reply.status_code, reply.headers)
    assert "Location" not in reply.headers and "Refresh" not in reply.headers
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    page = Page(reply.text)
    assert not page.refreshes
    assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in page.links)
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]
    return page


def good(octocat, app, uri):
    assert_goes_to(octocat.authorize(app, redirect_uri=uri), uri)


def bad(octocat, app, uri):
    assert_explained(octocat.ask(app, redirect_uri=uri), uri)


# the table of reference 2.6

WILD = "http://example.com/path"


@pytest.mark.parametrize("uri", [
    WILD, WILD + "/subdir/other", "http://oauth.example.com/path",
    "http://oauth.example.com/path/subdir/other", "http://a.b.c.example.com/path",
    WILD + "/", "http://EXAMPLE.com/path", "http://example.com:80/path", "http://oauth.EXAMPLE.COM/path",
    WILD + "?x=1", WILD + "/sub?x=%2F&y", WILD + "/a%20b", WILD + "/;x",
])
def test_wildcard_mode_matches(apps, octocat, uri):
    # G10
    good(octocat, apps(WILD, wildcard=True), uri)


@pytest.mark.parametrize("uri", [
    "http://example.com/bar", "http://example.com/", "http://example.com",
    "http://example.com:8080/path", "http://oauth.example.com:8080/path", "http://example.org",
    "http://example.org/path", "https://example.com/path", "http://example.com/pathfoo",
    "http://example.com/PATH", "http://example.com/pat", "http://evilexample.com/path",
    "http://example.com.evil.org/path", "http://com/path", "http://xample.com/path",
    "http://example.com/path?code=stolen", "http://example.com/path?x&state=1",
    "http://example.com/path?%63ode=1", "http://example.com/path?error=x", "http://.example.com/path",
    "http://example.com./path", "http://example.com:/path", "http://example.com:080/path",
    "http://example.com/path/%252e%252e/evil", "http://127.0.0.1/path",
])
def test_wildcard_mode_refuses(apps, octocat, uri):
    # G10, A002, A006, A007, A008
    bad(octocat, apps(WILD, wildcard=True), uri)


def test_wildcard_of_a_single_name_or_address_has_no_sub_domains(apps, octocat):
    bad(octocat, apps("http://localhost/cb", wildcard=True), "http://evil.localhost/cb")
    bad(octocat, apps("http://192.0.2.7/cb", wildcard=True), "http://1.192.0.2.7/cb")


EXACT = "https://cb.example/cb"


def test_exact_mode_matches_itself(apps, octocat):
    app = apps(EXACT)
    good(octocat, app, EXACT)
    assert octocat.authorize(app).headers["Location"].startswith(EXACT + "?code=")
    # a parameter without a value counts as omitted: 6749-03
    assert octocat.authorize(app, redirect_uri="").headers["Location"].startswith(EXACT + "?code=")


# A001 to A015, against https://cb.example/cb in both modes

HOSTILE = [
    # A001, A002
    "http://cb.example/cb", "https://evil.com/cb", "https://cb.example:8443/cb",
    "https://cb.example.evil.com/cb", "https://evilcb.example/cb", "https://cb.example%2eevil.com/cb",
    # A003
    "https://cb.example@evil.com/", "https://cb.example@evil.com/cb", "https://evil.com#@cb.example/cb",
    "https://cb.example:pw@evil.com/cb", "https://user@cb.example/cb", "https://:@cb.example/cb",
    "https://evil.com%40cb.example/cb", "https://cb.example%40evil.com/cb",
    # A004
    "https://evil.com\\@cb.example/cb", "https:/\\evil.com", "///evil.com", "//evil.com/cb",
    "https:evil.com", "https:/cb.example/cb", "https:cb.example/cb", "https:///cb.example/cb",
    "\\\\evil.com", "https://cb.example\\.evil.com/cb", "https://cb.example\\cb", "/cb", "cb", "?", "#",
    "https://", "https://?", "https:///", "//cb.example/cb", "https:\\\\cb.example/cb",
    # A005
    "https://cb.example/cb\t", "https://cb.example/c\tb", "\thttps://cb.example/cb",
    "https://cb.example/cb\r\nX: y", "https://cb.example/cb%0d%0aX:y", "https://cb.example/cb%00",
    "https://cb.example/cb\x7f", "https://cb.example/cb\x80", " https://cb.example/cb",
    "https://cb.example/cb ", "https://cb.example/c b", "ht\ntps://cb.example/cb",
    "https://cb.exa\tmple/cb", "https://cb.example/cb%0a", "https://cb.example/cb\u2028",
    # A006, A007
    "https://cb.example/cb/../evil", "https://cb.example/cb/%2e%2e/evil",
    "https://cb.example/cb/..%2fevil", "https://cb.example/cb/%2E%2E%2Fevil",
    "https://cb.example/cb;/../evil", "https://cb.example/cbevil", "https://cb.example/CB",
    "https://cb.example/cb/..", "https://cb.example/cb/.", "https://cb.example/./cb",
    "https://cb.example//cb", "https://cb.example/cb//x", "https://cb.example/cb/..;/evil",
    "https://cb.example/cb/%252e%252e/evil", "https://cb.example/cb/..\\evil",
    "https://cb.example/cb/%5c../evil", "https://cb.example/cb/.%2e/x", "https://cb.example/x/../cb",
    "https://cb.example/%63b", "https://cb.example/cb%2f..%2fevil",
    # A008
    "https://cb.example/cb?x=1&code=attacker", "https://cb.example/cb?state=1",
    # A009
    "https://cb.example/cb#", "https://cb.example/cb#x", "https://cb.example/cb%23#",
    # A010
    "https://сb.example/cb", "https://xn--b-f1a.example/cb", "https://cb。example/cb",
    "https://cb.ex\u00adample/cb", "https://cb.ex\u200dample/cb", "https://ｃb.example/cb",
    "https://cb%2eexample/cb", "https://%63b.example/cb", "https://cb.example%00/cb",
    # A013
    "javascript:alert(1)", "JavaScript:alert(1)//", "data:text/html,x", "vbscript:x", "blob:https://cb.example/x",
    "file:///etc/passwd", "about:blank", "intent://cb.example/cb", "javascript://cb.example/%0aalert(1)",
    "view-source:https://cb.example/cb", "feed:https://cb.example/cb", "urn:ietf:wg:oauth:2.0:oob",
    # A014, A015 and leftovers
    "myapp:", "myapp:/cb", "com.example:/cb", "https://cb.example:443:443/cb", "https://cb.example:0/cb",
    "https://cb.example:65536/cb", "https://cb.example:x/cb", "https://cb.example:+443/cb",
    "https://cb.example:/cb", "https://[cb.example]/cb", "https://[::1]/cb", "https://cb.example]/cb",
    "https://*.example/cb", "https://*/cb", "https://cb.example./cb", "https://cb..example/cb",
    "https://-cb.example/cb", "https://cb.example/cb\"onload=x", "https://cb.example/cb<script>",
    "https://cb.example/cb|x", "https://cb.example/cb%", "https://cb.example/cb%4", "https://cb.example/cb%zz",
    "https://cb.example/cb{x}", "https://cb.example/cb^", "https://cb.example/cb`", "x" * 3000,
    "https://cb.example/cb?" + "x" * 2100,
]


@pytest.mark.parametrize("uri", HOSTILE, ids=lambda u: ascii(u)[:40])
def test_hostile_uris_A001_to_A015(apps, octocat, uri):
    # A002, A003, A004, A005, A006, A007, A008, A009, A010, A013, A014, P01
    for app in (apps(EXACT), apps(EXACT, wildcard=True)):
        page = assert_explained(octocat.ask(app, redirect_uri=uri), uri)
        assert uri not in page.links


@pytest.mark.parametrize("uri", [
    "HTTPS://cb.example/cb", "https://CB.EXAMPLE/cb", "https://cb.example:443/cb",
    "https://cb.example/cb/", "https://cb.example/cb?", "https://cb.example/cb?x=1",
    "https://evil.cb.example/cb", "https://cb.example/cb/below",
])
def test_exact_mode_is_exact_A002_A008_A015(apps, octocat, uri):
    # P01
    bad(octocat, apps(EXACT), uri)


def test_the_registered_query_is_kept_6749_07(apps, octocat):
    uri = "https://cb.example/cb?a=1&b=%20x"
    for wildcard in (False, True):
        app = apps(uri, wildcard=wildcard)
        for sent in (None, uri):
            location = octocat.authorize(app, redirect_uri=sent, state="s").headers["Location"]
            assert location.startswith(uri + "&code=")
        for changed in ("https://cb.example/cb", "https://cb.example/cb?a=1",
                        "https://cb.example/cb?a=2&b=%20x", uri + "&c=1", "https://cb.example/cb?b=%20x&a=1"):
            bad(octocat, app, changed)


# loopback: RFC 8252 7.3, reference 2.6

@pytest.mark.parametrize("callback, uri", [
    ("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback"),
    ("http://127.0.0.1/callback", "http://127.0.0.1/callback"),
    ("http://127.0.0.1:3000/callback", "http://127.0.0.1:1/callback"),
    ("http://127.0.0.1:3000/callback", "http://127.0.0.1/callback"),
    ("http://localhost/", "http://localhost:65535/"),
    ("http://[::1]/cb", "http://[::1]:8765/cb"),
])
def test_loopback_port_is_free(apps, octocat, callback, uri):
    # 8252-01, 8252-03
    for wildcard in (False, True):
        good(octocat, apps(callback, wildcard=wildcard), uri)


@pytest.mark.parametrize("uri", [
    # A011
    "http://127.1:80/callback", "http://0x7f.1/callback", "http://2130706433/callback",
    "http://[::ffff:127.0.0.1]/callback", "http://localhost/callback", "http://localhost./callback",
    "http://127.0.0.1.evil.com/callback", "http://127.0.0.01/callback", "http://0177.0.0.1/callback",
    "http://127.0.0.2/callback", "http://[::1]/callback", "http://127.0.0.1./callback",
    # A012
    "https://127.0.0.1:8443/callback", "https://127.0.0.1/callback",
    "http://127.0.0.1:49152/other", "http://127.0.0.1:49152/", "http://127.0.0.1:49152",
    "http://127.0.0.1:0/callback", "http://127.0.0.1:99999/callback", "http://127.0.0.1:/callback",
    "http://127.0.0.1:80@evil.com/callback", "http://x@127.0.0.1:80/callback",
])
def test_loopback_forms_A011_A012(apps, octocat, uri):
    # P02
    for wildcard in (False, True):
        bad(octocat, apps("http://127.0.0.1/callback", wildcard=wildcard), uri)


def test_free_port_is_for_loopback_only_A012(apps, octocat):
    # P02
    bad(octocat, apps("http://192.0.2.7/callback"), "http://192.0.2.7:49152/callback")
    bad(octocat, apps("https://localhost/callback"), "https://localhost:49152/callback")


# several callbacks

TEN = tuple(f"https://cb{i}.example/cb" for i in range(10))


# A023: whoever reads an accepted URI comes to the same host

TRICKS = ["http://example.com\\@evil.com/path", "http://example.com@evil.com/path",
          "http://evil.com#@example.com/path", "http://evil.com?@example.com/path",
          "http://example.com:80@evil.com/path", "http://example.com;@evil.com/path",
          "http:example.com/path", "http:///example.com/path", "http://example.com:/path",
          "http://example.com:0080/path", "http://EXAMPLE.com:80/path", "http://x.example.com/path",
          "http://example.com/path//evil.com", "http://example.com/path/@evil.com",
          "http://example.com/path;@evil.com", "http://example.com%2eevil.com/path",
          "http://example.com%00.evil.com/path", "http://example.com./path", "http://[example.com]/path",
          "http://evil.com%23.example.com/path", "http://evil.com%5c.example.com/path",
          "http://evil.com%2f.example.com/path", "http://a_b.example.com/path",
          "http://-.example.com/path", "http://xn--a.example.com/path", "http://ｅvil.example.com/path",
          "http://example.com/path?x=@evil.com", "http://1.example.com/path"]


def hosts_seen(locations):
    """What Python, requests, and a browser's parser take for the host. The last, where there is one,
    knows names that are no names, and goes nowhere."""
    found = [{urllib.parse.urlsplit(location).hostname,
              urllib.parse.urlsplit(requests.Request("GET", location).prepare().url).hostname}
             for location in locations]
    if shutil.which("node"):
        script = "for (const u of process.argv.slice(1)) {" \
            " try { console.log(new URL(u).hostname) } catch { console.log('-') } }"
        seen = subprocess.run(["node", "-e", script, *locations], capture_output=True, text=True,
                              check=True, timeout=60).stdout.split()
        for hosts, host in zip(found, seen, strict=True):
            hosts.update({host} - {"-"})
    return found


def test_every_reader_sees_the_same_host_A023(apps, octocat):
    accepted = []
    for uri in TRICKS:
        for wildcard in (False, True):
            reply = octocat.ask(apps(WILD, wildcard=wildcard), redirect_uri=uri)
            reply = octocat.decide(reply) if reply.status_code == 200 else reply
            if reply.status_code == 302:
                accepted.append(reply.headers["Location"])
            else:
                assert_explained(reply, uri)
    assert len(accepted) >= 4
    for location, hosts in zip(accepted, hosts_seen(accepted)):
        assert len(hosts) == 1, (location, hosts)
        assert ("." + hosts.pop()).endswith(".example.com"), location


def test_ten_callbacks(apps, octocat):
    app = apps(*TEN)
    for uri in TEN:
        good(octocat, app, uri)
    for uri in ("https://cb10.example/cb", TEN[0] + "/x", "https://cb.example/cb"):
        bad(octocat, app, uri)
    # the first, when none is named
    assert octocat.authorize(app).headers["Location"].startswith(TEN[0] + "?")


def test_private_use_schemes(apps, octocat):
    app = apps("com.example.app:/cb")
    page = Page(octocat.ask(app, redirect_uri="com.example.app:/cb").text)
    # reference 2.4, 6749-36: whoever the app is, a person picks first
    reply = octocat.submit(page.form("/login/oauth/select_account"))
    reply = octocat.decide(reply)
    assert reply.status_code == 302
    assert reply.headers["Location"].startswith("com.example.app:/cb?code=")
    for uri in ("com.example.app:/other", "com.example.app://cb", "com.example:/cb",
                "com.example.app:cb", "COM.example.app:/cb", "com.example.app:/cb#x"):
        bad(octocat, app, uri)


# registration refuses what could never be safe

@pytest.mark.parametrize("uri", [
    "https://*.example/*", "https://cb.example/cb#x", "javascript:alert(1)", "data:text/html,x",
    "http://", "https://user@cb.example/", "//cb.example/cb", "/cb", "cb.example/cb",
    "https://cb.example/a/../b", "https://cb.example/" + "x" * 2048, "https://cb .example/", "myapp:",
    "https://cb.example/cb%zz", "https://сb.example/cb",
])
def test_registration_refuses_A013_A018_A019(server, uri):
    # A014, P01
    done = server.cli("app", "create", "--owner", "octocat", "--name", "never made", "--homepage",
                      "https://app.example/", "--callback", uri, status=1)
    assert done.stdout == "" and done.stderr.startswith("llavero: ")


def test_at_most_ten_callbacks_A019(server):
    flags = [word for i in range(11) for word in ("--callback", f"https://cb.example/{i}")]
    server.cli("app", "create", "--owner", "octocat", "--name", "never made", "--homepage",
               "https://app.example/", *flags, status=1)


# two of them: A016

@pytest.mark.parametrize("second", [EXACT, "https://evil.com/cb"])
def test_redirect_uri_twice_A016(apps, octocat, second):
    app = apps(EXACT)
    for pair in ([EXACT, second], [second, EXACT]):
        query = urllib.parse.urlencode([("client_id", app.client_id),
                                        *(("redirect_uri", u) for u in pair)])
        assert_explained(octocat.get("/login/oauth/authorize?" + query))


# what a mismatch is told, by setting

def test_mismatch_page_says_what_was_asked_for(apps, octocat):
    # P05
    app = apps(EXACT)
    uri = "https://evil.com/<script>alert(1)</script>?\"'&{{7*7}}%n"
    reply = octocat.ask(app, redirect_uri=uri, state="s")
    page = assert_explained(reply)
    assert uri in page.text and "<script>alert" not in reply.text  # A173, A176
    assert any("redirect-uri-mismatch" in link for link in page.links)
    page = assert_explained(octocat.ask(app, redirect_uri="javascript:alert(1)", lang="es"))
    assert page.lang == "es"


def test_mismatch_redirect_setting_G07(launch):
    own = launch(authorize_mismatch="redirect")
    browser, app = own.signed_in(), own.make_app(EXACT)
    for who in (browser, own.browser()):
        for uri in ("https://evil.com/cb", "javascript:alert(1)", "https://cb.example/cb/../x"):
            reply = who.ask(app, redirect_uri=uri, state="a b")
            assert reply.status_code == 302
            assert reply.headers["Location"] == (
                EXACT + "?error=redirect_uri_mismatch&error_description=The+redirect_uri+MUST+"
                "match+the+registered+callback+URL+for+this+application.&error_uri=%2Fapps%2F"
                "managing-oauth-apps%2Ftroubleshooting-authorization-request-errors%2F%23"
                "redirect-uri-mismatch&iss=" + urllib.parse.quote_plus(own.base + "/login/oauth") +
                "&state=a+b")
    # with several callbacks there is no telling which: a page
    two = own.make_app(EXACT, "https://cb.example/two")
    assert_explained(browser.ask(two, redirect_uri="https://evil.com/"))
    # and a doubled parameter is not a mismatch
    assert_explained(browser.get("/login/oauth/authorize?" + urllib.parse.urlencode(
        [("client_id", app.client_id), ("redirect_uri", EXACT), ("redirect_uri", EXACT)])))


def test_the_host_of_the_request_means_nothing_A024(server, apps, octocat):
    # P34
    app = apps(EXACT)
    cookie = f"Cookie: llavero_session={octocat.cookie('llavero_session')}"
    target = "/login/oauth/authorize?client_id=" + app.client_id
    for lines in (["Host: evil.com", "X-Forwarded-Host: evil.com"],
                  [f"Host: {server.host}:{server.port}", "Forwarded: host=evil.com;proto=https",
                   "X-Forwarded-Proto: https"]):
        reply = ask(server, "GET", target, cookie, *lines, host=False)
        location = reply.header("Location")
        assert reply.status == 302 and "evil" not in location
        iss = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))["iss"]
        assert iss == server.base + "/login/oauth"
