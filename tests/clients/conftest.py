import json
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "http"))

from driven import end  # noqa: E402
from llavero_http import Page, Server  # noqa: E402

# Any port of the loopback address may stand in for it (GitHub reference 2.6).
CALLBACK = "http://127.0.0.1/callback"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("clients") / "data", demo=False)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def user(server):
    return server.make_user("ana")


@pytest.fixture
def app(server, user):
    """A fresh app for each test, so that each is asked for consent."""
    return server.make_app(CALLBACK, owner=user.login)


class Person:
    """Signs in, reads the consent page, decides; stops where the browser leaves the server."""

    def __init__(self, server, user):
        self.server, self.user, self.browser = server, user, server.browser()

    def _follow(self, reply):
        """Goes along redirects to a page, or to where one points elsewhere."""
        while reply.status_code in (301, 302, 303):
            target = urllib.parse.urljoin(reply.url, reply.headers["Location"])
            if not target.startswith(self.server.base + "/"):
                return reply, target
            reply = self.browser.get(target)
        assert reply.status_code == 200, (reply.url, reply.status_code, reply.text[:2000])
        return reply, None

    def _decide(self, url, allow):
        reply, target = self._follow(self.browser.get(url))
        if not target and Page(reply.text).has_form("/session"):
            form = Page(reply.text).form("/session")
            reply, target = self._follow(self.browser.submit(
                form, login=self.user.login, password=self.user.password))
        if not target:
            consent = "/login/oauth/authorize" if Page(reply.text).has_form(
                "/login/oauth/authorize") else "/oauth2/authorize"
            reply, target = self._follow(self.browser.submit(
                Page(reply.text).form(consent), ("authorize", "1" if allow else "0")))
        return reply, target

    def authorize(self, url, allow=True):
        """Where the server sends the browser in the end: the app's callback with its answer."""
        reply, target = self._decide(url, allow)
        assert target, f"no way back to the app from {reply.url}"
        return target

    def authorize_by_form(self, url, allow=True):
        """The form that takes the answer to the app: OAuth 2.0 Form Post Response Mode."""
        reply, target = self._decide(url, allow)
        assert not target, target
        return next(f for f in Page(reply.text).forms
                    if f.action.startswith("http") and not f.action.startswith(self.server.base + "/"))


@pytest.fixture
def person(server, user):
    return Person(server, user)


class Client:
    """A script of this folder, running."""

    def __init__(self, script, settings):
        self.process = subprocess.Popen(
            [shutil.which("node"), str(HERE / script), json.dumps(settings)], cwd=HERE,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.start = self.line()["start"]

    def line(self):
        text = self.process.stdout.readline()
        if not text:
            self.process.stdin.close()
            raise AssertionError("the client stopped: " + self.process.stderr.read())
        return json.loads(text)

    def stop(self):
        end(self.process)


@pytest.fixture
def client(server, app):
    """client(script, ...) starts a client of `app`; what is given goes to the script."""
    running = []

    def start(script, **more):
        if not shutil.which("node"):
            pytest.skip("Node.js is not installed (apt-get install nodejs npm)")
        if not (HERE / "node_modules" / "passport-github2").is_dir():
            pytest.skip("the npm clients are not installed (npm ci in tests/clients)")
        running.append(Client(script, {"base": server.base, **app.credentials, **more}))
        return running[-1]

    yield start
    for one in running:
        one.stop()
