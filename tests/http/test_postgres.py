"""PostgreSQL behind the server: starting, waiting, losing it and having it again. Assurance 6.1, 6.3
(M1, M4), 6.4. It starts servers of its own, so it runs wherever PostgreSQL is installed."""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import pytest
import requests

from llavero_http import BAD_CODE, BINARY, Server
from test_process import needs_failpoints

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from postgres import Postgres, is_there  # noqa: E402

psycopg2 = pytest.importorskip("psycopg2")
pytestmark = pytest.mark.skipif(not is_there(), reason="PostgreSQL is not installed")
names = (f"own{n}" for n in range(10000))
TOKEN = "/login/oauth/access_token"


@pytest.fixture(scope="module")
def postgres():
    server = Postgres().start()
    yield server
    server.remove()


class Database:
    """An empty database of one server."""

    def __init__(self, server, encoding="UTF8"):
        self.server, self.name = server, next(names)
        self.url = server.url.replace("DATABASE", self.name)
        with self.connected("postgres") as db:
            db.execute(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING '{encoding}'")

    @contextlib.contextmanager
    def connected(self, name=None, autocommit=True):
        connection = psycopg2.connect(self.server.url.replace("DATABASE", name or self.name))
        connection.autocommit = autocommit
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def ask(self, text, *values):
        with self.connected() as db:
            db.execute(text, values)
            return db.fetchall() if db.description else None


@pytest.fixture
def database(postgres):
    return Database(postgres)


@pytest.fixture
def serve(tmp_path_factory):
    """Starts servers on a database; each is stopped and checked after the test."""
    started = []

    def start(database, env=None, **settings):
        own = Server(tmp_path_factory.mktemp("pg") / "data",
                     env={"LLAVERO_DATABASE": database.url, **(env or {})}, **settings)
        own.where = own.env  # for the command line
        started.append(own)
        return own

    yield start
    for own in started:
        own.stop()


def run(*words, **env):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=60, check=False,
                          env={**os.environ, **env})


def redeem(own, app, code):
    return own.post(TOKEN, {**app.credentials, "code": code},
                    headers={"Accept": "application/json"})


def until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_ready(own):
    """Every worker answers for itself, and more connections than workers meet each of them."""
    return all(requests.get(own.url("/readyz"), timeout=60).status_code == 200 for _ in range(12))


# starting

def test_by_flag_and_by_environment(database, tmp_path):
    by_flag = run("migrate", "--database", database.url)
    assert by_flag.returncode == 0 and "applied: migration 1\n" in by_flag.stdout
    by_environment = run("migrate", "--check", LLAVERO_DATABASE=database.url)
    assert by_environment.stdout.startswith("The schema is up to date")
    assert list(tmp_path.iterdir()) == []


def test_sentences_at_a_start_that_fails(postgres):
    latin = Database(postgres, "LATIN1")
    for url, words in (
            ("postgres://llavero:hidden@127.0.0.1:1/x", "the database cannot be reached"),
            (postgres.url.replace("DATABASE", "nowhere"), "nowhere"),
            ("postgresql://[", "the database cannot be reached"),
            ("postgres://" + "x" * 2000, "longer than 1023 characters"),
            (latin.url, "LATIN1, but must be UTF8")):
        for command in (["user", "list"], ["serve", "--listen=127.0.0.1:0"]):
            done = run(*command, LLAVERO_DATABASE=url)
            assert done.returncode in (1, 2) and done.stdout == "", done
            assert words in done.stderr and "hidden" not in done.stderr, done


def test_many_that_start_together_migrate_once(database):
    """6.4: each waits for the other's migration, and finds it done."""
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: run("migrate", "--json", LLAVERO_DATABASE=database.url),
                             range(6)))
    assert [d.returncode for d in done] == [0] * 6, done
    versions = [row[0] for row in database.ask("SELECT version FROM schema_version ORDER BY 1")]
    assert versions == list(range(1, len(versions) + 1))


def test_a_migration_waits_for_another_program_and_not_for_a_table(database):
    def migrate():
        return run("migrate", LLAVERO_DATABASE=database.url, LLAVERO_DATABASE_LOCK_TIMEOUT="10")

    assert migrate().returncode == 0
    database.ask("DROP TABLE detail_type; ALTER TABLE app_grant DROP COLUMN details;"
                 " DELETE FROM schema_version WHERE version = 17")
    with database.connected(autocommit=False) as other:
        other.execute("LOCK TABLE app_grant IN SHARE MODE")
        done = migrate()
        assert done.returncode == 1 and "migration 17 failed" in done.stderr
    with database.connected(autocommit=False) as other, \
            concurrent.futures.ThreadPoolExecutor(1) as pool:
        other.execute("UPDATE schema_turn SET turn = 1")
        waiting = pool.submit(migrate)
        until(lambda: database.ask("SELECT 1 FROM pg_locks WHERE NOT granted"))
        other.connection.commit()
        assert waiting.result().stdout == "applied: migration 17\n"


def test_6_3_M1_commits_that_may_be_lost_are_told_at_the_start(database, serve):
    word = b'"setting":"synchronous_commit","value":"off"'
    assert word not in serve(database).log()
    database.ask(f"ALTER DATABASE {database.name} SET synchronous_commit = off")
    assert serve(database).log().count(word) == 1


@pytest.mark.parametrize("version, engine", [
    ("CockroachDB CCL v23.2.4 (x86_64-pc-linux-gnu, built 2024/04/08)", "CockroachDB"),
    ("PostgreSQL 15.2-YB-2.25.1.0-b0 on x86_64-pc-linux-gnu", "YugabyteDB"),
    ("Materialize 0.1", "unknown"),
    ("PostgreSQL 16.2 (Debian 16.2-1) on aarch64-unknown-linux-gnu", None)])
def test_6_4_another_engine_is_told_at_the_start(database, serve, version, engine):
    database.ask("CREATE SCHEMA fake")
    database.ask(f"CREATE FUNCTION fake.version() RETURNS text LANGUAGE sql AS $$SELECT '{version}'$$")
    database.ask(f"ALTER DATABASE {database.name} SET search_path = public, fake, pg_catalog")
    told = [json.loads(line) for line in serve(database).log().splitlines()
            if b"not tested with this database engine" in line]
    assert [entry["engine"] for entry in told] == ([engine] if engine else [])
    assert all(entry["version"] == version and entry["advice"] for entry in told)


# transactions in each other's way

@needs_failpoints
def test_6_4_a_request_that_others_are_in_the_way_of_is_run_again(database, serve):
    own = serve(database)
    app, browser = own.make_app(), own.signed_in()
    codes = [browser.code(app) for _ in range(6)]
    own.stop()
    for n, code in enumerate(codes, 1):
        own.env = {**own.env, "LLAVERO_FAIL": f"postgres.in_the_way:{n * 3}"}
        own.start(f"127.0.0.1:{own.port}")
        reply = redeem(own, app, code)
        assert reply.status_code == 200 and "access_token" in reply.json(), reply.text
        assert redeem(own, app, code).json() == BAD_CODE
        own.stop()
    own.env = {k: v for k, v in own.env.items() if k != "LLAVERO_FAIL"}
    own.start()
    assert database.ask("SELECT COUNT(*) FROM token")[0][0] == 6


def fail_serially(database, times):
    """The next `times` tokens find another transaction in their way. A sequence is not rolled back."""
    database.ask("DROP SEQUENCE IF EXISTS tries; CREATE SEQUENCE tries")
    database.ask("CREATE OR REPLACE FUNCTION in_the_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                 f" IF nextval('tries') <= {times} THEN RAISE SQLSTATE '40001'; END IF; RETURN NEW;"
                 " END $$; CREATE OR REPLACE TRIGGER in_the_way BEFORE INSERT ON token"
                 " FOR EACH ROW EXECUTE FUNCTION in_the_way()")


@pytest.mark.parametrize("times", [3, 4, 5])
def test_6_4_five_tries_and_then_an_honest_503(database, serve, times):
    own = serve(database, workers=1)
    app, browser = own.make_app(), own.signed_in()
    code = browser.code(app)
    retries = own.metric("llavero_transaction_retries_total")
    fail_serially(database, times)
    reply = redeem(own, app, code)
    assert own.metric("llavero_transaction_retries_total") == retries + min(times, 4)
    if times == 5:
        assert reply.status_code == 503 and reply.headers["Retry-After"]
        assert database.ask("SELECT COUNT(*) FROM token")[0][0] == 0
        reply = redeem(own, app, code)
    assert own.is_alive(reply.json()["access_token"])
    assert redeem(own, app, code).json() == BAD_CODE
    # the request log tells of each refusal once, however often it was worked on
    assert database.ask("SELECT COUNT(*) FROM request_log WHERE cause = 'CODE_REDEEMED'")[0][0] == 1


def test_one_name_wanted_by_many_at_once(database):
    """What one constraint cannot say: logins of people and of organizations are one set."""
    env = {"LLAVERO_DATABASE": database.url, "LLAVERO_ARGON2_PASSES": "1",
           "LLAVERO_ARGON2_MEMORY": "8192"}
    assert run("user", "create", "--login=owner", "--email=o@example.com", **env).returncode == 0

    def create(n):
        if n % 2:
            return run("org", "create", "same", "--admin=owner", **env)
        return run("user", "create", "--login=same", f"--email=u{n}@example.com", **env)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        done = list(pool.map(create, range(8)))
    assert sorted(d.returncode for d in done) == [0] + [1] * 7, done
    assert all("taken" in d.stderr or "exists" in d.stderr for d in done if d.returncode), done


def test_a_row_that_somebody_holds_costs_one_request(database, serve):
    own = serve(database, workers=1, database_lock_timeout=50)
    app, browser = own.make_app(), own.signed_in()
    code, spare = browser.code(app), browser.code(app)
    token = own.token_for(app, browser)
    with database.connected(autocommit=False) as other:
        other.execute("SELECT 1 FROM code WHERE id = (SELECT MIN(id) FROM code) FOR UPDATE")
        reply = redeem(own, app, code)
        assert reply.status_code == 503 and reply.headers["Retry-After"]
        assert own.is_alive(token)
        assert "access_token" in redeem(own, app, spare).json()
    assert "access_token" in redeem(own, app, code).json()


# losing the server

@pytest.fixture
def mortal():
    """A server that may be stopped."""
    server = Postgres().start()
    yield server
    server.remove()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_6_3_a_server_that_goes_away_and_comes_back(mortal, serve, mode):
    own = serve(Database(mortal), workers=2)
    app, browser = own.make_app(), own.signed_in()
    code, token = browser.code(app), own.token_for(app, browser)
    mortal.stop(mode)
    for _ in range(6):
        reply = redeem(own, app, code)
        assert reply.status_code == 503 and reply.headers["Retry-After"]
        assert own.get("/readyz").status_code == 503
        assert own.get("/healthz").status_code == 200
        assert own.api("/user", token).status_code == 503
        assert browser.get("/settings/profile").status_code == 503
    mortal.start()
    until(lambda: is_ready(own))
    assert own.is_alive(token)
    assert "access_token" in redeem(own, app, code).json()
    assert redeem(own, app, code).json() == BAD_CODE
    assert browser.get("/settings/profile").status_code == 200
    # of every worker one word when it was lost, and one when it was back
    assert own.log().count(b"database connected again") >= 2


def test_6_3_a_restart_between_two_requests_is_not_noticed(mortal, serve):
    own = serve(Database(mortal), workers=1)
    app, browser = own.make_app(), own.signed_in()
    code = browser.code(app)
    mortal.stop()
    mortal.start()
    assert "access_token" in redeem(own, app, code).json()
    assert own.get("/readyz").status_code == 200


def test_6_3_M4_crashes_while_codes_are_redeemed(mortal, serve):
    """A code gives one token at most, and who got one keeps it; whatever was answered with 503 was
    done wholly or not at all."""
    database = Database(mortal)
    own = serve(database, workers=2, tokens_per_scope_set=0)
    app, browser = own.make_app(), own.signed_in()
    codes = [browser.code(app) for _ in range(120)]
    answers, lock = {}, threading.Lock()

    def work(mine):
        for code in mine:
            reply = redeem(own, app, code)
            assert reply.status_code in (200, 503), reply.text
            with lock:
                answers[code] = reply
            time.sleep(0.01)

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        running = [pool.submit(work, codes[i::6]) for i in range(6)]
        for _ in range(2):
            time.sleep(0.2)
            mortal.stop("immediate")
            mortal.start()
        for one in running:
            one.result()
    until(lambda: is_ready(own))
    for code, reply in answers.items():
        if reply.status_code == 200:
            assert own.is_alive(reply.json()["access_token"])
        else:
            again = redeem(own, app, code).json()
            assert "access_token" in again or again == BAD_CODE
            assert redeem(own, app, code).json() == BAD_CODE
    # as many tokens as codes that were used up
    with_token = database.ask("SELECT COUNT(*) FROM code c JOIN token t ON t.id = c.token_id"
                              " WHERE c.consumed_at IS NOT NULL")[0][0]
    assert with_token == database.ask("SELECT COUNT(*) FROM code WHERE consumed_at IS NOT NULL")[0][0]


def processes_of(server):
    first = int((server.data / "postmaster.pid").read_text().splitlines()[0])
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(first)], capture_output=True, text=True,
                          check=False)
    return [first, *map(int, done.stdout.split())]


def test_6_3_M6_a_server_that_hangs(mortal, serve):
    own = serve(Database(mortal), workers=1, database_statement_timeout=100)
    app, browser = own.make_app(), own.signed_in()
    code = browser.code(app)
    stopped = processes_of(mortal)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        reply = redeem(own, app, code)
        assert reply.status_code == 503 and reply.headers["Retry-After"]
        assert own.get("/healthz").status_code == 200
        assert own.get("/readyz").status_code == 503
    finally:
        for pid in reversed(stopped):
            os.kill(pid, signal.SIGCONT)
    until(lambda: is_ready(own))
    assert "access_token" in redeem(own, app, code).json()


@needs_failpoints
@pytest.mark.parametrize("name", ["postgres.lost", "postgres.begin", "postgres.commit",
                                  "postgres.prepare", "postgres.connect"])
def test_A225_a_call_that_fails_ends_nothing_but_its_request(database, serve, name):
    own = serve(database, workers=1)
    app, browser = own.make_app(), own.signed_in()
    codes = [browser.code(app) for _ in range(12)]
    own.stop()
    tried = 0
    for n, code in zip((1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 90, 300), codes):
        own.env = {**own.env, "LLAVERO_FAIL": f"{name}:{n}"}
        try:
            own.start(f"127.0.0.1:{own.port}")
        except AssertionError as problem:  # at the start it is told
            assert "Sanitizer" not in str(problem)
            continue
        tried += 1
        replies = [redeem(own, app, code) for _ in range(3)]
        assert all(r.status_code in (200, 503) for r in replies)
        until(lambda: redeem(own, app, code).status_code == 200)
        assert sum("access_token" in r.text for r in replies) <= 1
        own.stop()
    own.env = {k: v for k, v in own.env.items() if k != "LLAVERO_FAIL"}
    own.start()
    assert tried >= 1
    used = database.ask("SELECT COUNT(*) FROM code WHERE consumed_at IS NOT NULL")[0][0]
    assert used == database.ask("SELECT COUNT(*) FROM code c JOIN token t ON t.id = c.token_id")[0][0]
