"""Servers of two versions on one database (docs/operations.md, "Upgrading"): the tests' own binary, and one
that is a release newer (tests/upgrade/make_newer.py), with a migration that adds, statements that use it, and
a migration that takes away what the older version uses; and a database that schema 17 left. Assurance 6.4
(expand/contract)."""

import itertools
import json
import os
import re
import sqlite3
import subprocess
import threading
import time

import pytest
import requests

from llavero_http import BINARY, ROOT, App, Server, User, own_database
from test_refresh import expiring_app, refresh

NEWER = f"{BINARY}-newer"
TOO_NEW = "this program knows {}: use a newer llavero"


@pytest.fixture(scope="module", autouse=True)
def newer_is_built():
    assert os.path.exists(NEWER), "make newer VARIANT=... builds it"


class Newer(Server):
    def command(self, listen="127.0.0.1:0"):
        return [NEWER, *super().command(listen)[1:]]


@pytest.fixture
def older(launch):
    return launch()


@pytest.fixture
def start_newer(older, tmp_path):
    """Starts a newer server on the older one's database; it is stopped and checked at the end."""
    started = []

    def start():
        started.append(Newer(tmp_path / f"newer{len(started)}", demo=False,
                             database=own_database.as_setting(older.data)))
        started[-1].where = older.where
        return started[-1]

    yield start
    for server in started:
        server.stop()


def on_database_of(server, binary, *words, status=0):
    done = subprocess.run([binary, *words, "--data", str(server.data)], capture_output=True,
                          text=True, timeout=60, check=False,
                          env={**os.environ, **server.where})
    assert done.returncode == status, (words, done.stdout, done.stderr)
    return done


def schema_of(server, binary=BINARY):
    return int(re.search(r"(\d+)\.$", on_database_of(server, binary, "migrate", "--check").stdout)[1])


class Load:
    """People who sign in, let an app in, and the app, which exchanges, uses, refreshes and revokes; each step
    at one of the servers in `nodes`. Whatever goes wrong is in `problems`."""

    def __init__(self, server, people=3):
        self.nodes, self.problems, self.rounds, self.ending = [server], [], [0] * people, False
        self.app = expiring_app(server)
        users = [server.make_user() for _ in range(people)]
        self.threads = [threading.Thread(target=self.run, args=(n, user))
                        for n, user in enumerate(users)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        for thread in self.threads:
            thread.join()

    def node(self, turn):
        nodes = self.nodes
        return nodes[turn % len(nodes)]

    def run(self, who, user):
        turns = itertools.count(who)
        try:
            while not self.ending:
                self.one_round(user, lambda: self.node(next(turns)))
                self.rounds[who] += 1
        except Exception as problem:  # told by the main thread
            self.problems.append(repr(problem))

    def one_round(self, user, node):
        browser = node().signed_in(user)
        browser.server = node()
        code = browser.code(self.app, scope="user:email")
        pair = node().exchange(self.app, code)
        assert "access_token" in pair, pair
        assert node().exchange(self.app, code)["error"] == "bad_verification_code"
        # the replay has ended what it gave, so once more
        pair = node().exchange(self.app, browser.code(self.app, scope="user:email"))
        assert node().is_alive(pair["access_token"])
        second = refresh(node(), self.app, pair["refresh_token"])
        assert not node().is_alive(pair["access_token"])
        assert node().is_alive(second["access_token"])
        revoked = requests.delete(
            node().url(f"/api/v3/applications/{self.app.client_id}/token"),
            auth=(self.app.client_id, self.app.client_secret),
            json={"access_token": second["access_token"]}, timeout=60)
        assert revoked.status_code == 204, revoked.text
        assert not node().is_alive(second["access_token"])

    def go_on(self, rounds=2):
        """Until everybody has done so many more rounds, with whichever nodes there are now."""
        wanted, end = [n + rounds for n in self.rounds], time.monotonic() + 240
        while any(n < w for n, w in zip(self.rounds, wanted)):
            assert not self.problems, self.problems
            assert time.monotonic() < end
            time.sleep(0.02)

    def only(self, *nodes):
        """Sends nobody anywhere else, and waits until nobody is there any more."""
        self.nodes = list(nodes)
        self.go_on(2)


def count(server, what):
    with server.database() as db:
        return db.execute(f"SELECT COUNT(*) FROM {what}").fetchone()[0]


def test_6_4_a_newer_server_beside_an_older_one_under_load(older, start_newer):
    known = schema_of(older)
    with Load(older) as load:
        load.go_on()
        newer = start_newer()  # migrates, while the older one serves
        load.nodes = [older, newer]
        load.go_on(4)
        # the older one may start again: it ignores what it does not know
        load.only(newer)
        older.stop()
        older.start(f"127.0.0.1:{older.port}")
        load.nodes = [older, newer]
        load.go_on()
    assert load.problems == []
    assert schema_of(older) == known + 1
    for who in ("older", "newer"):
        assert count(older, f"token WHERE made_by = '{who}'") > 0
    assert b"which works with it" in older.log()
    assert TOO_NEW.format(known).encode() not in older.log()


def test_6_4_finishing_shuts_the_older_version_out_and_nothing_else(older, start_newer):
    known = schema_of(older)
    newer, app, browser = start_newer(), older.make_app(), older.signed_in()
    waits = on_database_of(older, NEWER, "migrate", "--check").stdout
    assert waits == f"unfinished: migration {known + 2}\nThe schema is up to date: {known + 1}.\n"
    token, code = older.token_for(app, browser), browser.code(app)
    older.plant(code, token)
    assert older.get("/readyz").status_code == 200
    done = on_database_of(older, NEWER, "migrate", "--finish")
    assert done.stdout == f"applied: migration {known + 2}\n"
    # one that still runs leaves the balancer, and what it cannot do it does not do by half
    older.advance("1m")
    end = time.monotonic() + 60
    while older.get("/readyz").status_code == 200:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert older.get("/readyz").text == "the schema is too new for this version\n"
    assert older.exchange(app, code, status=503, accept="*/*").status_code == 503
    assert "access_token" in newer.exchange(app, code)
    assert newer.is_alive(token)
    # and it does not start again
    refused = f"the database has schema {known + 2}; " + TOO_NEW.format(known)
    for words in (["user", "list"], ["migrate"], ["migrate", "--check"], ["migrate", "--finish"],
                  ["serve", "--listen", "127.0.0.1:0"]):
        done = on_database_of(older, BINARY, *words, status=1)
        assert refused in done.stderr and done.stdout == "", done
    assert on_database_of(older, NEWER, "migrate", "--check", "--json").stdout.split() == (
        f'{{"schema": {known + 2}, "missing": [], "unfinished": []}}'.split())


def test_6_4_a_new_database_has_nothing_to_finish(tmp_path):
    done = subprocess.run([NEWER, "migrate", "--json", "--data", str(tmp_path / "new")], check=True,
                          capture_output=True, text=True, timeout=60)
    assert done.stdout.rstrip().endswith('"unfinished": []}'), done.stdout


# a database that an older version left

def restored(folder):
    """A database as schema 17 left it, in the place of a new server's; what its comment knows of it."""
    name = "postgres" if own_database.ON_POSTGRES else "sqlite"
    text = (ROOT / "tests" / "upgrade" / f"schema_17.{name}.sql").read_text(encoding="utf-8")
    if own_database.ON_POSTGRES:
        url = own_database.make_empty(folder)
        connection = own_database.connect(url)
        connection.cursor().execute(text)
        connection.commit()
    else:
        connection = sqlite3.connect(folder / "llavero.db")
        connection.executescript(text)
    connection.close()
    return json.loads(text.splitlines()[1].removeprefix("-- "))


def test_what_schema_17_left_is_all_there(launch, tmp_path):
    known = restored(tmp_path)
    kept = launch(tmp_path, demo=False, token_unused_days=0)
    assert schema_of(kept) > 17
    user = User(0, known["login"], "", known["password"])
    app = App(0, known["client_id"], known["client_secret"], "https://app.example/cb", "Kept", "mona")
    expiring = App(0, **known["expiring"], callback="https://app.example/cb", name="", owner="mona")
    assert kept.api("/user", known["token"]).json()["login"] == "mona"
    assert kept.api("/user", known["token"]).headers["X-OAuth-Scopes"] == "repo, user:email"
    assert not kept.is_alive(known["revoked"])
    second = refresh(kept, expiring, known["refresh_token"])
    assert kept.is_alive(second["access_token"])
    # who was asked then is not asked again
    browser = kept.signed_in(user)
    assert browser.ask(app, scope="repo user:email").status_code == 302
    assert kept.is_alive(kept.token_for(app, browser, scope="repo"))
    assert known["login"] in kept.cli("org", "member", "list", "keepers").stdout
    with kept.database() as db:
        assert db.execute("SELECT COUNT(*) FROM token").fetchone()[0] == 5
