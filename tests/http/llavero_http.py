"""A running server, the command line beside it, and a person at a browser without scripts."""

import base64
import contextlib
import hashlib
import html.parser
import itertools
import json
import os
import pathlib
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import urllib.parse
from dataclasses import dataclass, field

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import own_database  # noqa: E402

BINARY = os.environ.get("LLAVERO_BIN", str(ROOT / "build" / "llavero"))
SANITIZER = re.compile(rb"ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer")
PASSWORD = "correct horse battery staple"
# A development binary reports memory errors; the release one is what people run.
IS_SANITIZED = os.path.exists(BINARY) and any(mark in pathlib.Path(BINARY).read_bytes()
                                              for mark in (b"__asan_init", b"__tsan_init"))

# Cheap passwords; a log that says all it can, so that a secret in it would be found.
USUAL = {"argon2_passes": 1, "argon2_memory": 8192, "signin_failures": 1000,
         "signins_per_hour": 0,
         "access_log": "on", "log_level": "debug"}

TOKEN_PAGE = "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#"
AUTHORIZE_PAGE = "/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/#"
numbers = itertools.count(1)


def unique(prefix):
    return f"{prefix}-{os.getpid()}-{next(numbers)}"


def wire(error, description, uri):
    return {"error": error, "error_description": description, "error_uri": uri}


# DESIGN.md section 8, and the rows beside them.
INCORRECT = wire("incorrect_client_credentials",
                 "The client_id and/or client_secret passed are incorrect.",
                 TOKEN_PAGE + "incorrect-client-credentials")
BAD_CODE = wire("bad_verification_code", "The code passed is incorrect or expired.",
                TOKEN_PAGE + "bad-verification-code")
MISMATCH = wire("redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.",
                AUTHORIZE_PAGE + "redirect-uri-mismatch2")
INVALID = wire("invalid_request", "The request is malformed.", TOKEN_PAGE + "invalid-request")
GRANT_TYPE = wire("unsupported_grant_type", "The grant_type must be authorization_code.",
                  TOKEN_PAGE + "unsupported-grant-type")
SUSPENDED = wire("application_suspended",
                 "Your application has been suspended. Contact the operator of this server.",
                 AUTHORIZE_PAGE + "application-suspended")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class App:
    id: int
    client_id: str
    client_secret: str
    callback: str
    name: str
    owner: str

    @property
    def credentials(self):
        return {"client_id": self.client_id, "client_secret": self.client_secret}


@dataclass
class User:
    id: int
    login: str
    email: str
    password: str


class Server:
    """`llavero serve` on a port of its own and a folder of its own."""

    start_s = 60  # in which it has to be ready

    def __init__(self, data, env=None, demo=True, flags=(), **settings):
        self.data = pathlib.Path(data)
        self.data.mkdir(exist_ok=True)
        self.log_path = self.data / "server.log"
        self.planted = set()
        self.owner_apps = 0
        self.owner = "octocat"
        self.where = own_database.environment(self.data, BINARY)
        self.env, self.with_demo, self.flags = env or {}, demo, list(flags)
        self.settings = {**USUAL, **settings}
        self.process = None
        self.start()

    # the process

    def command(self, listen="127.0.0.1:0"):
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in self.settings.items()
                 if value is not None]
        return [BINARY, "serve", *(["--demo"] if self.with_demo else []), "--listen", listen,
                "--data", str(self.data), *flags, *self.flags]

    def start(self, listen="127.0.0.1:0"):
        env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", **self.where,
               **self.env}
        if "base_url" in self.settings and listen == "127.0.0.1:0":
            listen = f"127.0.0.1:{free_port()}"
        self.log_file = open(self.log_path, "ab")
        self.process = subprocess.Popen(self.command(listen), stdout=subprocess.PIPE,
                                        stderr=self.log_file, env=env)
        self.ready = self._wait_ready()
        # a base URL of its own says nothing of where the server listens
        self.base = f"http://{listen}" if "base_url" in self.settings else self.ready
        where = urllib.parse.urlsplit(self.base)  # a scheme's own port is left out
        self.host = where.netloc.rsplit(":", 1)[0]
        self.port = where.port or {"http": 80, "https": 443}[where.scheme]
        self.demo = None
        if self.with_demo:
            self.demo = json.loads((self.data / "demo.json").read_text(encoding="utf-8"))
            self.plant(self.demo["client_secret"], self.demo["password"],
                       self.demo["suspended_client_secret"])
        self.rehearsal_token = self._read_rehearsal_token()

    def _wait_ready(self):
        overdue = threading.Timer(self.start_s, self.process.kill)
        overdue.start()
        try:
            for line in self.process.stdout:
                ready = re.match(rb"ready (\S+)\n", line)
                if ready:
                    # keep the pipe empty, so that the server never waits for us
                    threading.Thread(target=self._drain, daemon=True).start()
                    return ready[1].decode()
        finally:
            overdue.cancel()
        self.process.wait()
        raise AssertionError("the server did not start:\n" + self.log().decode(errors="replace"))

    def _read_rehearsal_token(self):
        for name in ("demo.json", "rehearsal.json"):
            if (self.data / name).exists():
                known = json.loads((self.data / name).read_text(encoding="utf-8"))
                if known.get("base_url") == self.ready and "rehearsal_token" in known:
                    return self.plant(known["rehearsal_token"])
        return None

    def _drain(self):
        with contextlib.suppress(ValueError):
            self.process.stdout.read()

    def stop(self, how=signal.SIGTERM):
        """Stops the process and checks everything that must hold of any run."""
        if self.process is None:
            return
        process, self.process = self.process, None
        alive = process.poll() is None
        if alive:
            self.check_storage()
            process.send_signal(how)
        try:
            status = process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("the server did not stop within a minute") from None
        self.log_file.close()
        report = SANITIZER.search(self.log())
        assert not report, self.log()[report.start():][:6000].decode(errors="replace")
        assert alive, f"the server had ended by itself, with status {status}"
        assert status == 0, f"stopped with status {status}"
        self.check_log()
        self.check_storage()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.log_file.close()
        self.process = None

    def log(self):
        return self.log_path.read_bytes()

    # secrets that nothing may keep or tell

    def plant(self, *values):
        """Remembers secrets; the first comes back. Nothing so simple that chance would have it."""
        self.planted.update(v for v in values if v and len(v) >= 12 and len(set(v)) >= 6)
        return values[0]

    def found_in(self, blob):
        return [s for s in self.planted if s.encode() in blob]

    def check_log(self):
        """A086: no secret. A209: whatever was sent, each line is one object of ours."""
        text = self.log()
        assert not self.found_in(text), "a secret is in the log"
        for line in text.splitlines():
            if line.startswith(b"llavero: "):
                continue  # why a start failed, told to whoever started it
            entry = json.loads(line)
            assert {"time", "level", "event"} <= set(entry), entry
            assert not re.search(rb"[\x00-\x1f\x7f]", line), line

    def check_storage(self):
        """A088: the database, its journal, and what is shown of them."""
        for name, content in own_database.contents(self.data):
            assert not self.found_in(content), f"a secret is in {name}"

    def database(self):
        """For SQL of a test's own: `with server.database() as db: db.execute(text, values)`."""
        return own_database.opened(self.data)

    # the command line, DESIGN.md section 7

    def cli(self, *words, stdin=None, status=0, data=None):
        done = subprocess.run([BINARY, *words, "--data", str(data or self.data)], input=stdin,
                              capture_output=True, text=True, timeout=60,
                              env={**os.environ, **self._where(data),
                                   "LLAVERO_ARGON2_PASSES": "1",
                                   "LLAVERO_ARGON2_MEMORY": "8192"})
        assert done.returncode == status, (words, done.stdout, done.stderr)
        return done

    def _where(self, data):
        return own_database.environment(data, BINARY) if data else self.where

    def cli_json(self, *words, stdin=None):
        return json.loads(self.cli(*words, "--json", stdin=stdin).stdout)

    def make_user(self, login=None, password=PASSWORD, verified=True):
        login = login or unique("user")
        email = f"{login}@example.com"
        made = self.cli_json("user", "create", "--login", login, "--email", email,
                             "--password-stdin", *([] if verified else ["--unverified"]),
                             stdin=password + "\n")
        self.plant(password)
        return User(made["id"], made["login"], email, password)

    def make_app(self, callback="https://app.example/cb", *more, owner=None, wildcard=False,
                 name=None):
        if owner is None:
            owner = self._owner_with_room()
        name = name or unique("App")
        kind = "--wildcard-callback" if wildcard else "--callback"
        callbacks = [word for uri in (callback, *more) for word in (kind, uri)]
        made = self.cli_json("app", "create", "--owner", owner, "--name", name, "--homepage",
                             "https://app.example/", *callbacks)
        self.plant(made["client_secret"])
        return App(made["id"], made["client_id"], made["client_secret"], callback, name, owner)

    def _owner_with_room(self):
        """Nobody may own more than a hundred apps."""
        self.owner_apps += 1
        if self.owner_apps % 80 == 0 or not self.with_demo and self.owner == "octocat":
            self.owner = self.make_user(unique("owner")).login
        return self.owner

    # HTTP

    def url(self, path):
        return self.base + path

    def get(self, path, **options):
        return requests.get(self.url(path), allow_redirects=False, timeout=60, **options)

    def post(self, path, data=None, **options):
        return requests.post(self.url(path), data=data, allow_redirects=False, timeout=60,
                             **options)

    def exchange(self, app, code, accept="application/json", status=200, **more):
        """One access token request; a None among `more` leaves a parameter out."""
        form = {**app.credentials, "code": code, **more}
        reply = self.post("/login/oauth/access_token",
                          {k: v for k, v in form.items() if v is not None},
                          headers={"Accept": accept})
        assert reply.status_code == status, (reply.status_code, reply.text)
        if accept == "application/json":
            body = json.loads(reply.text)
            if "access_token" in body:
                self.plant(body["access_token"], code, form.get("code_verifier"))
            return body
        return reply

    def token_for(self, app, browser, **params):
        token = self.exchange(app, browser.code(app, **params))
        assert "access_token" in token, token
        return token["access_token"]

    def api(self, path, token=None, **headers):
        if token is not None:
            headers["Authorization"] = f"token {token}"
        return self.get("/api/v3" + path, headers=headers)

    def is_alive(self, token):
        status = self.api("/user", token).status_code
        assert status in (200, 401)
        return status == 200

    # rehearsals: docs/testing-your-app.md

    def rehearse(self, method, path, body=None, status=200, token=None):
        """One call under /rehearsal/; what it answers."""
        headers = {"Authorization": f"Bearer {token or self.rehearsal_token}"}
        reply = requests.request(method, self.url("/rehearsal/" + path), json=body,
                                 headers=headers, timeout=60)
        assert reply.status_code == status, (reply.status_code, reply.text)
        return reply.json() if reply.content else None

    def rehearse_plainly(self, method, path, headers=None):
        """The same without a token and without looking at the answer."""
        return requests.request(method, self.url("/rehearsal/" + path), headers=headers,
                                timeout=60, allow_redirects=False)

    def advance(self, span):
        return self.rehearse("POST", "clock", {"advance": span})

    def script(self, app, fault, **more):
        return self.rehearse("POST", "faults", {"client_id": app.client_id, "fault": fault,
                                                **more}, status=201)

    def make_sandbox(self, **request):
        made = self.rehearse("POST", "sandboxes", request, status=201)
        self.plant(made["app"]["client_secret"], *(user["password"] for user in made["users"]))
        return made

    def metric(self, name):
        text = self.get("/metrics").text
        found = re.search(rf"^{re.escape(name)} (\d+)$", text, re.M)
        assert found, f"{name} is not in /metrics"
        return int(found[1])

    def browser(self, **headers):
        return Browser(self, headers)

    def signed_in(self, user=None):
        browser = self.browser()
        browser.sign_in(*((user.login, user.password) if user else
                          (self.demo["login"], self.demo["password"])))
        return browser


# pages

@dataclass
class Form:
    action: str
    method: str
    fields: list = field(default_factory=list)   # (name, value) of what a browser would send
    buttons: list = field(default_factory=list)  # (name, value)

    def value(self, name):
        return dict(self.fields).get(name)


class Page(html.parser.HTMLParser):
    """What a browser makes of a page, as far as these tests look at it."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.links, self.ids, self.metas = [], [], set(), []
        self.lang, self.title, self.words = None, "", []
        self._within = []
        self._textarea = None
        self.feed(text)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag not in ("input", "meta", "link", "img", "br", "hr"):
            self._within.append(tag)
        if "id" in a:
            self.ids.add(a["id"])
        for name in ("href", "src", "action", "formaction", "poster", "data"):
            if name in a:
                self.links.append(a[name])
        if tag == "html":
            self.lang = a.get("lang")
        elif tag == "meta":
            self.metas.append(a)
        elif tag == "form":
            self.forms.append(Form(a["action"], a.get("method", "get")))
        elif tag == "input" and self.forms and self._within.count("form"):
            if a.get("type") not in ("checkbox", "radio") or "checked" in a:
                self.forms[-1].fields.append((a.get("name"), a.get("value") or ""))
        elif tag == "button" and self.forms and "name" in a:
            self.forms[-1].buttons.append((a["name"], a.get("value") or ""))
        elif tag == "textarea":
            self._textarea = a.get("name")
            self.forms[-1].fields.append((self._textarea, ""))

    def handle_endtag(self, tag):
        if tag in self._within:
            while self._within.pop() != tag:
                pass
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, data):
        if self._textarea:
            self.forms[-1].fields[-1] = (self._textarea, data.removeprefix("\n"))
        elif "title" in self._within:
            self.title += data
        elif "script" not in self._within and "style" not in self._within:
            self.words.append(data)

    def form(self, action):
        found = [f for f in self.forms if f.action == action]
        assert found, f"no form for {action} among {[f.action for f in self.forms]}"
        return found[-1]

    def has_form(self, action):
        return any(f.action == action for f in self.forms)

    @property
    def refreshes(self):
        return [m for m in self.metas if (m.get("http-equiv") or "").lower() == "refresh"]


def location_query(reply):
    """The parameters of a redirect, in order, decoded as a form."""
    query = urllib.parse.urlsplit(reply.headers["Location"]).query
    return urllib.parse.parse_qsl(query, keep_blank_values=True)


class Browser:
    """A person; redirects are followed by hand, so that each can be looked at."""

    def __init__(self, server, headers=()):
        self.server = server
        self.session = requests.Session()
        self.session.headers.update({"Accept": "text/html", **dict(headers)})

    def get(self, path, **options):
        url = path if path.startswith("http") else self.server.url(path)
        return self.session.get(url, allow_redirects=False, timeout=60, **options)

    def page(self, path, status=200, **options):
        reply = self.get(path, **options)
        assert reply.status_code == status, (path, reply.status_code, reply.headers, reply.text)
        return Page(reply.text)

    def post(self, path, data, **options):
        return self.session.post(self.server.url(path), data=data, allow_redirects=False,
                                 timeout=60, **options)

    def submit(self, form, button=None, headers=None, **changes):
        """Sends a form; a change of None leaves the field out."""
        fields = [(n, changes.get(n, v)) for n, v in form.fields if n]
        fields += [(n, v) for n, v in changes.items() if n not in dict(fields)]
        if button:
            fields.append(button)
        return self.post(form.action, [(n, v) for n, v in fields if v is not None],
                         headers=headers)

    def follow(self, reply):
        assert reply.status_code in (301, 302, 303), (reply.status_code, reply.text[:500])
        return self.get(urllib.parse.urljoin(self.server.base, reply.headers["Location"]))

    def cookie(self, name):
        return self.session.cookies.get(name)

    def sign_in(self, login, password):
        reply = self.submit(self.page("/login").form("/session"), login=login, password=password)
        assert reply.status_code == 303, (reply.status_code, reply.text)
        self.server.plant(self.cookie("llavero_session"))
        return reply

    # authorization

    def ask(self, app, **params):
        """GET of the authorization endpoint; None leaves a parameter out."""
        query = {"client_id": app.client_id, **params}
        return self.get("/login/oauth/authorize",
                        params={k: v for k, v in query.items() if v is not None})

    def decide(self, reply, allow=True):
        assert reply.status_code == 200, (reply.status_code, reply.headers, reply.text[:500])
        form = Page(reply.text).form("/login/oauth/authorize")
        return self.submit(form, ("authorize", "1" if allow else "0"))

    def authorize(self, app, **params):
        """Asks, consents when asked; the redirect to the app."""
        reply = self.ask(app, **params)
        if reply.status_code == 200:
            reply = self.decide(reply)
        assert reply.status_code == 302, (reply.status_code, reply.text[:2000])
        return reply

    def answer(self, app, **params):
        return dict(location_query(self.authorize(app, **params)))

    def code(self, app, **params):
        answer = self.answer(app, **params)
        assert "code" in answer, answer
        return self.server.plant(answer["code"])


def pkce(verifier=None):
    verifier = verifier or secrets.token_urlsafe(48)[:64]
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def challenged(challenge, method="S256"):
    return {"code_challenge": challenge, "code_challenge_method": method}


def basic(user, password, scheme="Basic"):
    return {"Authorization": f"{scheme} " +
            base64.b64encode(f"{user}:{password}".encode()).decode()}
