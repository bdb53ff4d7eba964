"""oauth2-proxy with its GitHub provider, built from its Go module; only URLs name llavero.
GitHub reference 13.7, checks 14.16 and 14.17."""

import subprocess
import time
import urllib.parse

import pytest
import requests

from answers import WRONG_CODE, query_of, replace
from driven import go
from llavero_http import free_port


class Proxy:
    def __init__(self, command, server, user, log, **more):
        self.base = f"http://127.0.0.1:{free_port()}"
        self.app = server.make_app(f"{self.base}/oauth2/callback", owner=user.login)
        settings = {
            "provider": "github", "login-url": server.base + "/login/oauth/authorize",
            "redeem-url": server.base + "/login/oauth/access_token",
            "validate-url": server.base + "/api/v3",
            "client-id": self.app.client_id, "client-secret": self.app.client_secret,
            "redirect-url": f"{self.base}/oauth2/callback",
            "http-address": self.base.removeprefix("http://"),
            "cookie-secret": "0123456789abcdef0123456789abcdef", "cookie-secure": "false",
            "email-domain": "*", "upstream": "static://202", "skip-provider-button": "true",
            "cookie-refresh": "1ms", "set-xauthrequest": "true", **more}
        self.log = log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [*command, *(f"--{name}={value}" for name, value in settings.items())],
                stdout=out, stderr=out)
        until = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < until and self.process.poll() is None, log.read_text()
            time.sleep(0.05)

    def _answers(self):
        try:
            return requests.get(self.base + "/ping", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture
def proxy(server, user, tmp_path):
    started = []

    def start(**more):
        command = go("oauth2_proxy", "github.com/oauth2-proxy/oauth2-proxy/v7", "oauth2-proxy")
        started.append(Proxy(command, server, user, tmp_path / "proxy.log", **more))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def sign_in(proxy, person, **changed):
    """What the proxy answers to the browser that comes back, and the browser."""
    browser = requests.Session()
    start = browser.get(proxy.base + "/", allow_redirects=False, timeout=30)
    assert start.status_code == 302, proxy.log.read_text()
    callback = replace(person.authorize(start.headers["Location"]), **changed)
    assert urllib.parse.urlsplit(callback).path == "/oauth2/callback"
    return browser.get(callback, allow_redirects=False, timeout=30), browser


def test_oauth2_proxy_signs_in_and_keeps_asking(server, user, person, proxy):
    """It reads organisations and teams to their end, and checks the token at every request here
    (a session that is older than a millisecond is refreshed)."""
    running = proxy()
    reply, browser = sign_in(running, person)
    assert reply.status_code == 302, (reply.status_code, running.log.read_text())
    inside = browser.get(running.base + "/", allow_redirects=False, timeout=30)
    assert inside.status_code == 202, running.log.read_text()
    told = browser.get(running.base + "/oauth2/userinfo", timeout=30).json()
    assert (told["user"], told["email"]) == (user.login, user.email)

    server.cli("grant", "revoke", user.login, running.app.client_id)
    outside, until = inside, time.monotonic() + 60
    while outside.status_code == 202:  # it counts a session's age in whole seconds
        assert time.monotonic() < until, running.log.read_text()
        time.sleep(0.2)
        outside = browser.get(running.base + "/", allow_redirects=False, timeout=30)
    assert outside.status_code == 302, outside.status_code
    assert outside.headers["Location"].startswith(server.base + "/login/oauth/authorize")


def test_oauth2_proxy_with_pkce(user, person, proxy):
    running = proxy(**{"code-challenge-method": "S256"})
    start = requests.get(running.base + "/", allow_redirects=False, timeout=30)
    assert query_of(start.headers["Location"])["code_challenge_method"] == "S256"
    reply, browser = sign_in(running, person)
    assert reply.status_code == 302, running.log.read_text()
    told = browser.get(running.base + "/oauth2/userinfo", timeout=30).json()
    assert told["user"] == user.login


def test_oauth2_proxy_refuses_a_wrong_code(person, proxy):
    """The error comes as a form here, so the proxy does not take it for an empty token."""
    running = proxy()
    reply, browser = sign_in(running, person, code=WRONG_CODE)
    assert reply.status_code == 500
    assert browser.get(running.base + "/", allow_redirects=False, timeout=30).status_code == 302


def test_oauth2_proxy_lets_members_of_an_organisation_in(server, user, person, proxy):
    server.cli("org", "create", "proxied", "--admin", user.login)
    reply, _ = sign_in(proxy(**{"github-org": "proxied"}), person)
    assert reply.status_code == 302
    strict = proxy(**{"github-org": "others"})
    reply, browser = sign_in(strict, person)
    assert reply.status_code in (403, 500)
    assert browser.get(strict.base + "/", allow_redirects=False, timeout=30).status_code == 302
    assert "others" in strict.log.read_text()
