"""A database moved to another one while people use it: whatever was acknowledged before the switch holds after
it. Assurance 6.3, I1, I3, I9. It starts PostgreSQL servers of its own. The command itself: tests/command/test_moving.py."""

import pathlib
import subprocess
import sys
import threading
import time

import pytest
import requests

from llavero_http import BAD_CODE, BINARY, Server
from test_postgres import Database, until
from test_process import needs_failpoints

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from postgres import Postgres, is_there  # noqa: E402

pytest.importorskip("psycopg2")
pytestmark = pytest.mark.skipif(not is_there(), reason="PostgreSQL is not installed")


@pytest.fixture(scope="module")
def postgres():
    server = Postgres().start()
    yield server
    server.remove()


@pytest.fixture
def serve(tmp_path):
    """Starts a server on a database; each is stopped and checked after the test."""
    started = []

    def start(url, **settings):
        own = Server(tmp_path / "data", env={"LLAVERO_DATABASE": url}, **settings)
        own.where = own.env  # for the command line
        started.append(own)
        return own

    yield start
    for own in started:
        own.stop()


class Oracle:
    """What was acknowledged: which tokens were given, which revoked, which codes used."""

    def __init__(self, server):
        self.server, self.app = server, server.make_app()
        self.given, self.revoked, self.unsure, self.used = set(), set(), set(), {}
        self.refused = 0
        self.lock = threading.Lock()

    def post(self, path, **form):
        """The reply's status and JSON; anything but 200 is a refusal of a server that is closed."""
        reply = requests.post(self.server.url(path), data={**self.app.credentials, **form},
                              headers={"Accept": "application/json"}, timeout=60)
        assert reply.status_code in (200, 503), (reply.status_code, reply.text)
        return reply.json() if reply.status_code == 200 and reply.text else reply.status_code

    def work(self, code, kept):
        """Redeems a code, and revokes the token unless the person has few: the eleventh would end one."""
        body = self.post("/login/oauth/access_token", code=code)
        if body == 503:
            self.refused += 1
            return
        token = self.server.plant(body["access_token"])
        with self.lock:
            self.given.add(token)
            self.used[code] = token
            revoke = len(kept) == 5
            if not revoke:
                kept.append(token)
            else:
                self.unsure.add(token)
        if revoke and self.post("/oauth2/revoke", token=token) == 200:
            with self.lock:
                self.unsure.discard(token)
                self.revoked.add(token)

    def check(self, server):
        for token in self.revoked:
            assert not server.is_alive(token), "I3: a revoked token lives"
        for token in self.given - self.revoked - self.unsure:
            assert server.is_alive(token), "I9: a token was lost"
        for code in list(self.used)[:20]:
            assert server.exchange(self.app, code)["error"] == BAD_CODE["error"], "I1"


def people(oracle, going, problems):
    """Each thread is a person who authorizes the app again and again, until the server is closed."""
    def live():
        try:
            user, kept = oracle.server.make_user(), []
            browser = oracle.server.signed_in(user)
            while going.is_set():
                reply = browser.ask(oracle.app)
                if reply.status_code == 200:
                    reply = browser.decide(reply)
                if reply.status_code == 503:
                    oracle.refused += 1
                    time.sleep(0.02)
                    continue
                code = dict(p.split("=", 1) for p in
                            reply.headers["Location"].split("?")[1].split("&"))["code"]
                oracle.work(oracle.server.plant(code), kept)
        except Exception as problem:  # told by the test's own thread
            problems.append(problem)

    threads = [threading.Thread(target=live) for _ in range(4)]
    for thread in threads:
        thread.start()
    return threads


@pytest.mark.parametrize("source", ["sqlite", "postgres"])
def test_I1_I3_I9_what_was_acknowledged_holds_after_a_move_under_load(
        postgres, serve, tmp_path, source):
    urls = {"sqlite": f"sqlite:{tmp_path}/moved.db", "postgres": Database(postgres).url}
    source_url = urls.pop(source)
    target_url, = urls.values()
    old = serve(source_url)
    oracle, going, problems = Oracle(old), threading.Event(), []
    going.set()
    threads = people(oracle, going, problems)
    held = old.signed_in().code(oracle.app)
    until(lambda: len(oracle.revoked) >= 10 or problems)
    done = subprocess.run([BINARY, "migrate", "--from", source_url, "--to", target_url],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done
    until(lambda: oracle.refused > 20 or problems)
    going.clear()
    for thread in threads:
        thread.join()
    assert not problems, problems
    # the old server answers nobody any more, and says why to who runs it
    until(lambda: old.get("/readyz").text == "the database has moved\n")
    assert old.get("/readyz").status_code == 503 and old.get("/healthz").status_code == 200
    some = next(iter(oracle.given - oracle.revoked - oracle.unsure))
    assert old.api("/user", some).status_code == 503 and old.get("/login").status_code == 503
    assert "has moved to" in old.cli("user", "list", status=1).stderr
    new = serve(target_url)
    assert len(oracle.given) > 20
    oracle.check(new)
    # of another line of history, if it came from PostgreSQL: 6.3, M2
    answer = new.exchange(oracle.app, held)
    assert "access_token" in answer if source == "sqlite" else answer["error"] == BAD_CODE["error"]
    browser = new.signed_in()
    assert new.is_alive(new.token_for(oracle.app, browser))


@needs_failpoints
def test_while_it_is_closed_it_only_reads(postgres, serve, tmp_path):
    """Killed in the closed phase: tokens are still told apart, nothing is written; reopened it goes on."""
    source = f"sqlite:{tmp_path}/moved.db"
    server = serve(source)
    app, browser = server.make_app(), server.signed_in()
    token, code = server.token_for(app, browser), browser.code(app)
    line = [BINARY, "migrate", "--from", source, "--to", Database(postgres).url]
    subprocess.run(line, env={"LLAVERO_FAIL": "move.closed:1!"}, check=False, timeout=120)
    until(lambda: server.get("/readyz").text ==
          "the database is being moved: it takes no changes\n")
    assert server.is_alive(token)
    reply = server.post("/login/oauth/access_token", {**app.credentials, "code": code})
    assert reply.status_code == 503 and "Retry-After" in reply.headers
    server.cli("migrate", "--reopen")
    until(lambda: server.get("/readyz").text == "ready\n")
    assert "access_token" in server.exchange(app, code)
    subprocess.run(line, check=True, timeout=120, capture_output=True)
    until(lambda: server.get("/readyz").text == "the database has moved\n")
