"""An app that is answered in a form: OAuth 2.0 Form Post Response Mode; assurance OC-23."""

import http.server
import threading
import urllib.parse

import pytest

import look
import standard as s
from browser import NARROW, WIDE
from story import Story

STATE = 'a&b="><script>alert(1)</script>'


class Receiver(http.server.ThreadingHTTPServer):
    """An app's callback that takes POSTs, and sends the browser on within its own origin."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.server.requests.append((self.path, self.headers["Content-Type"],
                                             self.headers.get("Referer"), body.decode()))
                self.send_response(303)
                self.send_header("Location", "/arrived")
                self.end_headers()

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<!DOCTYPE html><title>there</title><h1>there</h1>")

            def log_message(self, *args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.callback = f"http://127.0.0.1:{self.server_address[1]}/cb"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.shutdown()
    running.server_close()


def path_for(app, **more):
    query = {"client_id": app.client_id, "response_type": "code", "response_mode": "form_post",
             "state": STATE, **more}
    return f"{s.AUTHORIZE}?{urllib.parse.urlencode(query)}"


def take(receiver):
    [(path, kind, referrer, body)] = receiver.requests
    receiver.requests.clear()
    assert (path, kind, referrer) == ("/cb", "application/x-www-form-urlencoded", None)
    return dict(urllib.parse.parse_qsl(body, strict_parsing=True))


@pytest.mark.parametrize("allow", [True, False])
def test_oc_23_signing_in_ends_in_a_form(either, server, receiver, allow):
    story, app = either, s.make_app(server, receiver.callback)
    story.go(path_for(app))
    story.sign_in_here()
    assert story.at_consent()
    story.decide(allow)
    if not story.scripts:
        assert "code=" not in story.browser.url
        story.browser.click("#js-form-post button")
    story.browser.wait("the app", lambda: story.browser.url.endswith("/arrived"))
    assert story.browser.complaints() == []

    got = take(receiver)
    assert (got["state"], got["iss"]) == (STATE, server.base)
    if allow:
        assert s.exchange(server, app, server.plant(got["code"]))["access_token"]
    else:
        assert got["error"] == "access_denied"


@pytest.mark.parametrize("language, size, scheme", [("en", WIDE, "light"), ("es", NARROW, "dark")])
def test_the_page_for_who_has_no_scripts(chromium_without_scripts, server, demo, receiver, tmp_path,
                                         language, size, scheme):
    browser, app = chromium_without_scripts, s.make_app(server, receiver.callback)
    browser.fresh()
    story = Story(browser, server, demo)
    browser.accept(language)
    browser.size(size)
    browser.scheme(scheme)
    story.go(path_for(app))
    story.sign_in_here()
    story.decide()
    server.plant(browser.one("#js-form-post [name=code]").get_attribute("value"))
    assert browser.language() == language and app.name in browser.text()
    browser.screenshot(tmp_path / f"form-post-{language}.png")
    # Scripts of the page are off; those of the driver are not.
    for what in (look.STRUCTURE, look.WIDTH, look.CONTRAST):
        assert look.ask(browser, what) == []
