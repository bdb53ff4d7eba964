"""Other ways to go: by keyboard, in either language, from and to other origins, to an anchor."""

import http.server
import threading
import urllib.parse

import pytest
from selenium.webdriver.common.keys import Keys

from test_story import assert_explained

TOKEN = "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"
AUTHORIZE = "/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/"
# Each error_uri that replies carry.
ERROR_URIS = [TOKEN + "#" + anchor for anchor in (
    "incorrect-client-credentials", "bad-verification-code", "unverified_user_email",
    "unsupported-grant-type", "invalid-request", "server-error", "redirect-uri-mismatch",
    "redirect-uri-mismatch2", "unverified-user-email")]
ERROR_URIS += [AUTHORIZE + "#" + anchor for anchor in (
    "redirect-uri-mismatch", "redirect-uri-mismatch2", "application-suspended", "access-denied",
    "invalid-request", "unsupported-response-type")]


def query_of(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


# keyboard

def focus_is_visible(browser):
    return browser.driver.execute_script("""
        const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 &&
            box.bottom > 0 && box.top < innerHeight""")


@pytest.mark.parametrize("language", ["en-US,en", "es-ES,es"])
def test_sign_in_and_consent_by_keyboard_alone(story, language):
    browser = story.browser
    story.sign_in()
    story.forget_consent()
    story.sign_out()
    browser.accept(language)
    story.go("/demo")
    browser.tab_to(".hero a.primary")
    assert focus_is_visible(browser)
    browser.leave(lambda: browser.keys(Keys.ENTER))

    # The sign-in page puts the cursor where one types.
    assert browser.driver.switch_to.active_element.get_attribute("id") == "login"
    browser.keys(story.demo["login"], Keys.TAB, story.demo["password"])
    browser.leave(lambda: browser.keys(Keys.ENTER))

    assert story.at_consent()
    browser.wait("the button", browser.one("#js-oauth-authorize-btn").is_enabled)
    browser.tab_to("#js-oauth-authorize-btn")
    assert focus_is_visible(browser)
    browser.leave(lambda: browser.keys(Keys.ENTER))
    assert story.path() == "/demo/result"
    assert story.demo["login"] in browser.heading()


def test_a068_a_click_that_was_meant_for_another_window_does_nothing(story):
    """The button rests when the page comes, and again when its window comes to the front."""
    story.go("/demo/start/sign-in")
    story.sign_in_here()
    story.forget_consent()
    story.go("/demo/start/sign-in")
    assert story.at_consent()
    browser, button = story.browser, story.browser.one("#js-oauth-authorize-btn")
    browser.wait("the button", button.is_enabled)
    for event in ('window.dispatchEvent(new Event("focus"))', 'document.dispatchEvent(new Event("visibilitychange"))'):
        # the click of the same moment: nothing is sent
        rests = browser.driver.execute_script(
            f'const button = document.getElementById("js-oauth-authorize-btn"); {event}; button.click();'
            'return button.disabled;')
        assert rests and story.at_consent()
        browser.wait("the button", button.is_enabled)
    browser.click("#js-oauth-authorize-btn")
    assert not story.at_consent()


def test_cancel_by_keyboard_comes_before_authorize(story):
    story.go("/demo/start/denied")
    story.sign_in_here()
    story.browser.tab_to("#js-oauth-cancel-btn")
    story.browser.leave(lambda: story.browser.keys(Keys.ENTER))
    assert story.browser.text("section.verdict code") == "access_denied"


def test_the_first_tab_offers_to_skip_to_the_content(story):
    story.go("/demo")
    link = story.browser.tab_to("a.skip", limit=1)
    assert link.is_displayed() and focus_is_visible(story.browser)
    story.browser.keys(Keys.ENTER)
    assert story.browser.driver.switch_to.active_element.get_attribute("id") == "content"


def test_the_account_menu_by_keyboard(story):
    browser = story.browser
    story.sign_in()
    browser.tab_to("details.menu summary")
    browser.keys(Keys.ENTER)
    browser.tab_to(".menu-items a[href='/settings/profile']", limit=1)
    browser.keys(Keys.ESCAPE)
    assert not browser.one("details.menu").get_attribute("open")
    browser.keys(Keys.ENTER)
    browser.tab_to(".menu-items button.link")
    browser.leave(lambda: browser.keys(Keys.ENTER))
    assert story.path() == "/logout"
    story.go("/settings/profile")
    assert story.at_sign_in()


# language

@pytest.mark.parametrize("accept, language", [
    ("es", "es"), ("es-MX,es;q=0.9", "es"), ("en-GB,en", "en"), ("fr,es;q=0.5", "es"),
    ("fr,de", "en"), ("en;q=0.2,es;q=0.8", "es")])
def test_accept_language_chooses(story, accept, language):
    story.browser.accept(accept)
    story.go("/login")
    assert story.browser.language() == language


def test_the_switch_changes_the_language_and_keeps_the_place(either):
    story, browser = either, either.browser
    story.go("/demo/start/sign-in")
    before = browser.url
    browser.click(".languages a[hreflang='es']")

    assert (browser.language(), browser.heading()) == ("es", "Iniciar sesión")
    assert query_of(browser.url) == {**query_of(before), "lang": "es"}
    story.sign_in_here()
    assert browser.language() == "es"
    story.pass_through()
    assert (browser.language(), story.path()) == ("es", "/demo/result")
    browser.click(".languages a[hreflang='en']")
    assert (browser.language(), browser.heading()) == ("en", f"Signed in as {story.demo['login']}")


def test_the_switch_on_documentation_keeps_the_page(story):
    for start in ("/apps/oauth-apps/building-oauth-apps/creating-an-oauth-app",
                  "/en/apps/oauth-apps/building-oauth-apps/creating-an-oauth-app"):
        story.browser.fresh()
        story.go(start)
        english = story.browser.heading()
        story.browser.click(".languages a[hreflang='es']")
        assert story.browser.language() == "es"
        assert story.browser.heading() != english
        assert story.path().endswith("/building-oauth-apps/creating-an-oauth-app")


# anchors

@pytest.mark.parametrize("accept, prefix, language", [
    ("en", "", "en"), ("es", "", "es"), ("en", "/es", "es"), ("es", "/en", "en")])
def test_each_error_uri_opens_at_its_anchor(story, accept, prefix, language):
    browser = story.browser
    browser.accept(accept)
    # Replies carry no language; with one, a few show that nothing else differs.
    for uri in ERROR_URIS[::5] if prefix else ERROR_URIS:
        browser.get("about:blank")
        story.go(prefix + uri)
        assert browser.language() == language, uri
        assert browser.url.endswith("#" + uri.rsplit("#", 1)[1])
        assert_explained(browser)
    assert not browser.complaints()


# other origins

class Elsewhere(http.server.ThreadingHTTPServer):
    """An app at another origin: its callback sends the browser on to yet another one."""

    def __init__(self, host):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                self.send_response(302 if url.path == "/callback" else 200)
                if url.path == "/callback":
                    self.send_header("Location", f"{self.server.next}/arrived?{url.query}")
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!DOCTYPE html><title>there</title><h1>there</h1>")

            def log_message(self, *args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.origin = f"http://{host}:{self.server_address[1]}"
        self.next = self.origin
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def elsewhere():
    one, two = Elsewhere("localhost"), Elsewhere("127.0.0.1")
    one.next = two.origin
    yield one
    for each in (one, two):
        each.shutdown()
        each.server_close()


@pytest.mark.parametrize("allow", [True, False])
def test_forms_lead_back_to_an_app_elsewhere_that_redirects_on(either, elsewhere, allow):
    """form-action of the pages' policy must not stop the way back, nor the app's own redirects."""
    story, server = either, either.server
    app = server.make_app(elsewhere.origin + "/callback")
    story.go(story.authorize_path(client_id=app.client_id, scope="gist",
                                  redirect_uri=elsewhere.origin + "/callback", state="a b&c=ñ"))
    story.sign_in_here()
    assert elsewhere.origin in story.browser.text(".destination")
    story.decide(allow)

    arrived = story.browser.wait("the app", lambda: "/arrived?" in story.browser.url
                                 and story.browser.url)
    query = query_of(arrived)
    assert arrived.startswith(elsewhere.next + "/arrived?")
    assert query["state"] == "a b&c=ñ"
    assert query["iss"] == server.base + "/login/oauth"
    assert ("code" in query, query.get("error")) == ((True, None) if allow
                                                     else (False, "access_denied"))
    assert not story.browser.complaints()


def test_sign_in_alone_leads_back_when_consent_was_given(story, elsewhere):
    """The sign-in form's own redirects end at the app."""
    app = story.server.make_app(elsewhere.origin + "/callback")
    path = story.authorize_path(client_id=app.client_id, scope="",
                                redirect_uri=elsewhere.origin + "/callback")
    story.go(path)
    story.sign_in_here()
    story.decide()
    story.sign_out()
    story.go(path)
    story.sign_in_here()
    story.browser.wait("the app", lambda: "/arrived?code=" in story.browser.url)
    assert not story.browser.complaints()
