"""What holds of every page: headers, languages, links that lead somewhere, the documentation at its
addresses. Issue 2, points 6 and 7; assurance 6749-35, 9700-15, A085, A175, A210."""

import pathlib
import re
import urllib.parse

import pytest

from llavero_http import ROOT, Page
from raw_http import ask

OPEN = ["/", "/login", "/logout", "/docs", "/nope", "/login/oauth/authorize?client_id=x", "/demo",
        "/settings"]
OWN = ["/settings/profile", "/settings/sessions", "/settings/security-log", "/settings/applications",
       "/settings/developers", "/settings/applications/new", "/settings/applications/1",
       "/settings/applications/1/advanced", "/logout", "/nope", "/settings/applications/999"]


def all_pages(server, octocat):
    for path in OPEN:
        yield path, server.browser().get(path)
    for path in OWN:
        yield path, octocat.get(path)


def test_security_headers_of_every_page_6749_35_9700_15_17(server, octocat):
    # A020, A067, A087, P06
    for path, reply in all_pages(server, octocat):
        h = reply.headers
        assert reply.status_code in (200, 404), path
        assert h["Content-Type"] == "text/html; charset=utf-8", path
        assert h["X-Frame-Options"] == "DENY"
        assert h["X-Content-Type-Options"] == "nosniff"
        assert h["Referrer-Policy"] == "no-referrer"
        assert h["Cache-Control"] == "no-store"
        assert {"Accept-Language", "Cookie"} <= set(h["Vary"].split(", "))
        policy = dict((part.split() + [""])[:2] for part in h["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["base-uri"] == "'none'"
        assert policy["frame-ancestors"] == "'none'" and policy["script-src"] == "'self'"
        assert "unsafe" not in h["Content-Security-Policy"]
        assert "Strict-Transport-Security" not in h and "Server" not in h


def test_no_third_party_and_nothing_inline_9700_15_A175(server, octocat):
    # A178, P06
    for path, reply in all_pages(server, octocat):
        page = Page(reply.text)
        for link in page.links:
            assert link.startswith(("/", "#")) and not link.startswith("//") or \
                link.startswith(server.base), (path, link)
        assert not re.search(r"<(script|link)(?![^>]*(src|href)=)", reply.text), path
        assert not re.search(r"<[^>]*\s(on\w+|style)\s*=", reply.text), path
        assert "<style" not in reply.text, path
        assert not page.refreshes


def test_redirects_and_refused_forms_have_them_too(server, octocat):
    for reply in (server.browser().get("/settings/profile"), octocat.get("/login"),
                  octocat.post("/logout", {}), octocat.ask(server.make_app())):
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Frame-Options"] == "DENY"


def test_links_lead_somewhere(server):
    """Every link and form target on any page that a person gets to, in both languages."""
    octocat = server.signed_in()
    octocat.code(server.make_app(owner="octocat"))
    seen, todo = set(), ["/", "/docs", "/settings/profile", "/settings/applications",
                         "/settings/developers", "/demo"]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        reply = octocat.get(path)
        if reply.status_code in (301, 302, 303):
            continue  # what is behind it is checked where it is linked
        assert reply.status_code == 200, path
        if not reply.headers["Content-Type"].startswith("text/html"):
            continue
        page = Page(reply.text)
        for link in page.links:
            link, _, anchor = link.partition("#")
            if not link and anchor:
                assert anchor in page.ids, (path, anchor)
            if link.startswith("/") and not link.startswith("/demo/start"):
                if any(form.action == link and form.method == "post" for form in page.forms):
                    assert octocat.post(link, {"x": ""}).status_code == 403, (path, link)
                else:
                    todo.append(link)
    assert len(seen) > 30


# languages: issue 2, points 6 and 7

@pytest.mark.parametrize("header, lang", [
    (None, "en"), ("", "en"), ("es", "es"), ("es-MX,es;q=0.9,en;q=0.8", "es"), ("en-GB", "en"),
    ("fr", "en"), ("fr,es;q=0.5", "es"), ("es;q=0.4,en;q=0.6", "en"), ("es;q=0", "en"), ("ES", "es"),
    ("*", "en"), ("es;q=x", "en"), (",,,;;;q=q", "en"), ("est", "en"), ("es,en", "es"),
    ("x" * 5000, "en"), ("es;q=1.0", "es"),
])
def test_accept_language(server, header, lang):
    lines = [] if header is None else [f"Accept-Language: {header}"]
    for path in ("/", "/login", "/nope", "/docs"):
        reply = ask(server, "GET", path, *lines)
        assert reply.header("Content-Language") == lang
        assert Page(reply.body.decode()).lang == lang


def test_choice_by_hand_is_remembered(server):
    browser = server.browser(**{"Accept-Language": "en"})
    assert browser.page("/").lang == "en"
    reply = browser.get("/login?lang=es")
    assert Page(reply.text).lang == "es"
    assert any(c.startswith("llavero_lang=es; ") for n, c in reply.raw.headers.items()
               if n == "Set-Cookie")
    assert browser.page("/").lang == "es" and browser.page("/docs").lang == "es"
    for odd in ("fr", "", "xx", "es'", "<b>", "en,es"):
        assert browser.page("/", params={"lang": odd}).lang == "es"
    assert browser.page("/?lang=en").lang == "en"
    assert browser.page("/").lang == "en"


def test_the_switch_keeps_the_address(server):
    browser = server.browser()
    page = browser.page("/login?return_to=/settings/profile%3Fx%3D1&login=a%26b")
    switch = next(link for link in page.links if "lang=es" in link)
    spanish = browser.page(switch)
    assert spanish.lang == "es"
    form, other = page.form("/session"), spanish.form("/session")
    assert (other.value("return_to"), other.value("login")) == (
        form.value("return_to"), form.value("login")) == ("/settings/profile?x=1", "a&b")
    page = browser.page("/es/docs")
    assert "/en/docs" in page.links


def test_pages_differ_by_language_and_by_nothing_else(server, octocat):
    for path in ("/", "/logout", "/settings/profile", "/settings/applications/new", "/nope"):
        pages = [Page(octocat.get(path, headers={"Accept-Language": lang}).text)
                 for lang in ("en", "es")]
        assert pages[0].text != pages[1].text and pages[0].title != pages[1].title
        assert [(f.action, [n for n, _ in f.fields]) for f in pages[0].forms] == \
            [(f.action, [n for n, _ in f.fields]) for f in pages[1].forms]


# documentation

def error_uris():
    """From the one table of errors."""
    text = (ROOT / "src/core/errors.def").read_text(encoding="utf-8")
    pages = dict(re.findall(r'#define (PAGE_\w+) "([^"]+)"', text))
    rows = re.findall(r'WIRE\(\w+, "([^"]+)",\s*"[^"]*",\s*(PAGE_\w+), "([^"]+)"', text)
    assert len(rows) >= 12
    return sorted({pages[page] + "#" + anchor for _, page, anchor in rows})


def front_matter():
    """(path of the page, its aliases), of the English pages; the Spanish ones have the same paths."""
    for file in sorted((ROOT / "content/en").rglob("*.md")):
        head = file.read_text(encoding="utf-8").split("---")[1]
        aliases = re.search(r"redirect_from:\n((?:  - .*\n)+)", head)
        path = "/" + str(file.relative_to(ROOT / "content/en").with_suffix(""))
        yield path, re.findall(r"- ['\"]?(/[^'\"\n]*)", aliases[1]) if aliases else []


def arrive(browser, url):
    """Follows redirects, carrying the fragment as a browser does."""
    for _ in range(4):
        target, _, anchor = url.partition("#")
        reply = browser.get(target)
        if reply.status_code == 200:
            return reply, urllib.parse.urlsplit(reply.url).path, anchor
        assert reply.status_code == 301, (url, reply.status_code)
        url = reply.headers["Location"]
        url += "#" + anchor if anchor and "#" not in url else ""
    raise AssertionError(f"redirected without end: {url}")


@pytest.mark.parametrize("uri", error_uris())
def test_every_error_uri_is_a_page_with_that_anchor_in_both_languages(server, uri):
    texts = set()
    for prefix, lang in (("/en", "en"), ("/es", "es"), ("", "es"), ("", "en")):
        browser = server.browser(**{"Accept-Language": lang})
        reply, path, anchor = arrive(browser, prefix + uri)
        page = Page(reply.text)
        assert page.lang == lang and anchor == uri.partition("#")[2]
        assert anchor in page.ids, (path, anchor)
        texts.add(page.text)
    assert len(texts) >= 2


def test_error_uris_that_the_server_sends_are_those(server, octocat):
    """As a client gets them, put behind the server's origin."""
    app = server.make_app()
    for uri in (server.exchange(app, "0" * 40)["error_uri"],
                server.exchange(app, octocat.code(app), redirect_uri="x")["error_uri"],
                server.exchange(app, "x", client_secret="x")["error_uri"]):
        assert uri in error_uris()


def test_the_seeds_own_addresses(server):
    """Front matter of the document the mission began with."""
    name = "troubleshooting-oauth-app-access-token-request-errors"
    for alias in (f"/apps/building-integrations/managing-oauth-apps/{name}/",
                  f"/apps/managing-oauth-apps/{name}", f"/apps/managing-oauth-apps/{name}/"):
        reply, path, _ = arrive(server.browser(), alias)
        assert path == f"/apps/oauth-apps/maintaining-oauth-apps/{name}"


def test_every_page_and_alias_of_the_documentation(server):
    browser, count = server.browser(), 0
    for path, aliases in front_matter():
        for prefix, lang in (("/en", "en"), ("/es", "es"), ("", "en")):
            page = Page(browser.page(prefix + path) and browser.get(prefix + path).text)
            assert page.lang == lang
            reply, arrived, _ = arrive(browser, prefix + path + "/?x=1")
            assert arrived == prefix + path and reply.url.endswith("?x=1")
            for alias in aliases:
                for form in (alias.rstrip("/"), alias.rstrip("/") + "/"):
                    assert arrive(browser, prefix + form)[1] == prefix + path
                    count += 1
    assert count > 100


def test_every_page_is_there_in_both_languages(server):
    for path, _ in front_matter():
        english = server.browser().page("/en" + path)
        spanish = server.browser().page("/es" + path)
        assert (english.lang, spanish.lang) == ("en", "es")
        assert english.text != spanish.text and english.title and spanish.title


def test_a_long_page_shows_its_main_sections_only(server):
    """The reasons have a section each: their list would be longer than a page."""
    name = "/apps/oauth-apps/maintaining-oauth-apps/"
    for path, nested in ((name + "reasons-for-refused-requests", False),
                         ("/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps", True)):
        text = server.browser().get("/en" + path).text
        contents = text[text.index('<nav class="toc"'):]
        contents = contents[:contents.index("</nav>")]
        assert ('class="nested"' in contents) is nested
        assert 5 < contents.count("<li") < 40
    assert 'id="code-expired"' in server.browser().get(
        "/es" + name + "reasons-for-refused-requests").text


@pytest.mark.parametrize("path", [
    "/docs/", "/en/docs", "/es/docs/", "/en", "/es", "/en/", "/fr/docs", "/en/en/docs", "/docs.md",
    "/en/nope", "/content/en/docs.md", "/docs/../docs", "/docs%2f", "/en/docs%00", "/en//docs",
    "/en/../../etc/passwd", "/es/%2e%2e/docs", "/docs/x",
])
def test_other_paths_A168_A210(server, path):
    # A179
    reply = ask(server, "GET", path)
    assert reply.status in ((301,) if path in ("/docs/", "/es/docs/") else
                            (200,) if path == "/en/docs" else (404,)), path


# static files

def static_links(server):
    page = server.browser().page("/")
    return sorted({link for link in page.links if link.startswith("/static/")})


def test_static_files(server):
    links = static_links(server)
    assert {pathlib.PurePath(link).suffix for link in links} >= {".css", ".js", ".svg"}
    for link in links:
        reply = server.get(link)
        assert reply.status_code == 200 and "immutable" in reply.headers["Cache-Control"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        tag = reply.headers["ETag"]
        for value in (tag, "W/" + tag, f'"x", {tag}', "*"):
            again = server.get(link, headers={"If-None-Match": value})
            assert (again.status_code, again.content) == (304, b"")
        assert server.get(link, headers={"If-None-Match": '"x"'}).status_code == 200
        reply = ask(server, "HEAD", link)
        assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize("name", ["../main.c", "..%2f..%2fetc%2fpasswd", "%2e%2e/x", "%00", "x",
                                  "app.css", "..\\x", "app.css%00", "", ".", "..", "%ff"])
def test_static_traversal_A210(server, name):
    # P48
    reply = ask(server, "GET", "/static/" + name)
    assert reply.status == 404


@pytest.mark.parametrize("suffix", ["/x.css", ".css", ";x.css", "%3bx.css", "/.json", "%23.png"])
def test_no_cache_deception_A085(server, octocat, suffix):
    for path in ("/settings/profile", "/settings/applications"):
        reply = octocat.get(path + suffix)
        assert reply.status_code == 404 and reply.headers["Cache-Control"] == "no-store"


def test_wrong_methods_of_pages(server, octocat):
    for method, path, allow in (("DELETE", "/settings/profile", "GET, HEAD, POST"),
                                ("POST", "/login", "GET, HEAD"), ("GET", "/session", "POST"),
                                ("PUT", "/", "GET, HEAD"), ("GET", "/settings/password", "POST")):
        reply = ask(server, method, path, "Content-Length: 0")
        assert (reply.status, reply.header("Allow")) == (405, allow)
        assert reply.header("Content-Type") == "text/html; charset=utf-8"


def test_head_of_pages_is_their_headers(server):
    for path in ("/", "/login", "/docs", "/nope"):
        reply = ask(server, "HEAD", path)
        assert reply.body == b"" and reply.status == (404 if path == "/nope" else 200)
        assert int(reply.header("Content-Length")) > 1000
