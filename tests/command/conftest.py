"""A data folder of its own for each test, and the commands run on it."""
import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import own_database  # noqa: E402

BIN = pathlib.Path(os.environ.get("LLAVERO_BIN", ROOT / "build" / "llavero")).resolve()
PASSWORD = "correct horse"


# Builds for development fail where they are told to; releases refuse to start so.
HAS_FAILPOINTS = subprocess.run([BIN, "version"], capture_output=True, check=False, env={
    **os.environ, "LLAVERO_FAIL": "store.commit:1"}).returncode == 0
needs_failpoints = pytest.mark.skipif(
    not HAS_FAILPOINTS, reason="failpoints are in builds for development only")


class Environment(dict):
    """A test that sets a failpoint is skipped where there are none."""

    def __setitem__(self, name, value):
        if name == "LLAVERO_FAIL" and value != "nonsense" and not HAS_FAILPOINTS:
            pytest.skip("failpoints are in builds for development only")
        super().__setitem__(name, value)


class Box:
    """Commands over one data folder; with `engine` "sqlite", whichever the others run on."""

    def __init__(self, folder, engine=None):
        self.folder = folder
        self.data = folder / "data"
        self.database = self.data / "llavero.db"
        self.env = Environment({name: value for name, value in os.environ.items()
                                if not name.startswith("LLAVERO_")})
        # Hashing is slow on purpose; what it costs is not what is tested here.
        self.env.update(LLAVERO_ARGON2_PASSES="1", LLAVERO_ARGON2_MEMORY="8192", LC_ALL="C.UTF-8")
        if engine != "sqlite":
            self.env.update(own_database.environment(self.data, BIN))

    def start(self, *words, settings=None, **more):
        words = [os.fspath(w) for w in words]
        settings = ["--data", os.fspath(self.data)] if settings is None else settings
        return subprocess.Popen([BIN, *words, *settings], cwd=self.folder, env=self.env,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **more)

    def run(self, *words, stdin=b"", status=0, settings=None):
        """The finished run; fails the test when the exit status is another."""
        process = self.start(*words, settings=settings)
        out, err = process.communicate(stdin, timeout=120)
        done = subprocess.CompletedProcess(words, process.returncode, out.decode(), err.decode())
        assert done.returncode == status, (words, done)
        return done

    def bare(self, *words, **more):
        """A run without any settings flag."""
        return self.run(*words, settings=[], **more)

    def json(self, *words, stdin=b""):
        done = self.run(*words, "--json", stdin=stdin)
        assert done.stderr == ""
        assert done.stdout.count("\n") == 1, "one JSON value, one line"
        return json.loads(done.stdout)

    def json_without_failures(self, *words):
        """As json, with the failpoints taken out."""
        self.env.pop("LLAVERO_FAIL", None)
        return self.json(*words)

    def fails(self, *words, stdin=b"", status=1):
        """The sentence of a run that has to fail: one line, and nothing on standard output."""
        done = self.run(*words, stdin=stdin, status=status)
        assert done.stdout == ""
        assert done.stderr.startswith("llavero: ") and done.stderr.count("\n") == 1, done.stderr
        return done.stderr[len("llavero: "):-1]

    def misused(self, *words):
        return self.fails(*words, status=2)

    def user(self, login="mona", *more, password=None):
        words = ["user", "create", "--login", login, "--email", f"{login}@example.com", *more]
        if password is not None:
            words.append("--password-stdin")
        return self.json(*words, stdin=(password or "").encode() + b"\n")

    def app(self, name="One", *more, owner="mona", callback="https://one.example.com/cb"):
        return self.json("app", "create", "--owner", owner, "--name", name, "--homepage",
                         "https://one.example.com", "--callback", callback, *more)

    def sql(self, text, *values):
        with own_database.opened(self.data) as db:
            done = db.execute(text, values)
            return done.fetchall() if done.description else []

    def stored(self):
        """All that the database holds, to be searched for what it must not."""
        return b"".join(content for _, content in own_database.contents(self.data))

    def log_of(self, login):
        """(actor, action, detail) of the security log, oldest first."""
        return self.sql("SELECT u.actor, u.action, u.detail FROM audit u JOIN account a"
                        " ON a.id = u.account_id WHERE a.login = ? ORDER BY u.id", login)

    def session(self, login, agent="Firefox", seen_ago=10, number=None):
        """Puts a session into the database and returns its id."""
        now = int(time.time())
        number = number or 500000 + len(self.sql("SELECT id FROM session"))
        self.sql("INSERT INTO session (id, secret_hash, account_id, created_at, seen_at,"
                 " expires_at, address, user_agent) SELECT ?, ?, id, ?, ?, ?, '192.0.2.7', ?"
                 " FROM account WHERE login = ?", number, b"\0", now - 100, now - seen_ago,
                 now + 9999, agent, login)
        return number

    def grant(self, login, client_id, scopes="read:user repo"):
        """Puts a live grant into the database."""
        number = 600000 + len(self.sql("SELECT id FROM app_grant"))
        self.sql("INSERT INTO app_grant (id, account_id, app_id, app_epoch, scopes, created_at,"
                 " updated_at) SELECT ?, a.id, p.id, p.epoch, ?, 1700000000, 1700000000"
                 " FROM account a, app p WHERE a.login = ? AND p.client_id = ?",
                 number, scopes, login, client_id)
        return number


def pytest_configure(config):
    config.addinivalue_line("markers", "sqlite: about SQLite's file, whichever engine the others run on")


@pytest.fixture
def box(tmp_path, request):
    made = Box(tmp_path, request.node.get_closest_marker("sqlite") and "sqlite")
    yield made
    own_database.forget(made.data)


# both engines, for commands about whole databases

@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server of the tests' own; without one they are skipped."""
    import postgres as server
    pytest.importorskip("psycopg2")
    if not server.is_there():
        pytest.skip("PostgreSQL is not installed")
    running = server.Postgres().start()
    yield running
    running.remove()


class Place:
    """A database of its own, of one engine, and the commands run on it."""

    def __init__(self, engine, folder, server=None):
        self.engine, self.server = engine, server
        self.box = Box(folder, "sqlite")
        folder.mkdir()
        self.url = f"sqlite:{folder}/place.db"
        if server:
            from postgres import sql
            name = f"place_{uuid.uuid4().hex}"
            sql(server.url.replace("DATABASE", "postgres"), f"CREATE DATABASE {name}")
            self.url = server.url.replace("DATABASE", name)
        self.box.env["LLAVERO_DATABASE"] = self.url
        self.run, self.fails, self.start = self.box.run, self.box.fails, self.box.start
        self.user, self.app, self.misused = self.box.user, self.box.app, self.box.misused

    def json(self, *words):
        """What a command tells; how far it was stands on standard error, when it took long."""
        return json.loads(self.run(*words, "--json").stdout)

    @contextlib.contextmanager
    def opened(self):
        """A cursor; what it changes is committed at the end."""
        if self.server:
            import psycopg2
            connection = psycopg2.connect(self.url)
        else:
            connection = sqlite3.connect(self.url[len("sqlite:"):], timeout=20)
        try:
            yield connection.cursor()
            connection.commit()
        finally:
            connection.close()

    def ask(self, text):
        """Runs SQL; the rows as lists of text, bytes in hex, NULL as ''."""
        with self.opened() as cursor:
            cursor.execute(text)
            return [plain(row) for row in cursor.fetchall()] if cursor.description else []

    def tables(self):
        return sorted(row[0] for row in self.ask(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'" if self.server else
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"))

    def samples(self, table):
        """A value for each column of a table, as SQL."""
        kinds = [row[0] for row in self.ask(
            "SELECT data_type FROM information_schema.columns WHERE table_schema = 'public' AND"
            f" table_name = '{table}' ORDER BY ordinal_position" if self.server else
            f"SELECT type FROM pragma_table_info('{table}') ORDER BY cid")]
        values = {"bigint": "-7", "INTEGER": "-7", "text": "'ñ'", "TEXT": "'ñ'",
                  "bytea": "'\\x00ff'::bytea", "BLOB": "x'00ff'"}
        return [values[kind] for kind in kinds]

    def contents(self):
        """Every row of every table, the same of both engines."""
        return {table: sorted(self.ask(f"SELECT * FROM {table}")) for table in self.tables()}


def plain(row):
    return ["" if v is None else bytes(v).hex() if isinstance(v, (bytes, memoryview)) else str(v)
            for v in row]


@pytest.fixture
def place(tmp_path, request):
    """Makes databases: place("sqlite"), place("postgres")."""
    made = []

    def make(engine):
        server = request.getfixturevalue("postgres") if engine == "postgres" else None
        made.append(Place(engine, tmp_path / f"place{len(made)}", server))
        return made[-1]

    return make


@pytest.fixture(params=["sqlite", "postgres"])
def here(place, request):
    """A database of each engine."""
    return place(request.param)


# servers, for commands that ask one

@pytest.fixture
def serve(box):
    """Starts servers over the box's data; each is stopped after the test."""
    running = []

    def start(*flags):
        process = subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0", *flags, "--data",
                                    os.fspath(box.data)], env=box.env, cwd=box.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        running.append(process)
        assert process.stdout.readline().startswith(b"ready http://")
        return process

    yield start
    for process in running:
        stop(process)


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.fixture
def rehearsal(box, serve):
    serve("--rehearsal")
    return box


@pytest.fixture
def demo(box, serve):
    serve("--demo")
    box.demo = json.loads((box.data / "demo.json").read_text())
    return box
