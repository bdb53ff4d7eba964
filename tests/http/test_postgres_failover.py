"""What llavero makes of a PostgreSQL that is replicated, promoted or cut off: the fence, settings that may
lose commits, commits that nobody can be sure of, several hosts. Assurance 6.3 (M1, M2, M4, M5, M6), one server
at a time; tests/failover/ has the same with three of them under load."""

import concurrent.futures
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

import standard as s
import test_device as devices
from llavero_http import BAD_CODE
from test_postgres import Database, Postgres, is_ready, redeem, run, serve, until  # noqa: F401
from test_two_factor import Person

from postgres import OWNER, program  # noqa: E402  # test_postgres has made it findable

psycopg2 = pytest.importorskip("psycopg2")
pytestmark = pytest.mark.skipif(program("initdb") is None, reason="PostgreSQL is not installed")


class Replicable(Postgres):
    """A server that others could follow."""

    MORE = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on"}

    def start(self):
        made = not self.data.exists()
        super().start()
        if made:
            self.stop()
            self.configure(**self.MORE)
            super().start()
        return self

    def configure(self, **settings):
        with open(self.data / "postgresql.conf", "a", encoding="ascii") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def _touch(self, name):
        (self.data / name).touch()
        shutil.chown(self.data / name, OWNER if os.geteuid() == 0 else None)

    def promote(self):
        """As if a standby took over that lacks nothing: the log goes on on a new timeline."""
        self.stop()
        self.configure(restore_command="false")
        self._touch("recovery.signal")
        self.start()
        until(lambda: not (self.data / "recovery.signal").exists())

    def demote(self):
        self.stop()
        self._touch("standby.signal")
        self.start()


@pytest.fixture
def mortal():
    server = Replicable().start()
    yield server
    server.remove()


@pytest.fixture
def database(mortal):
    return Database(mortal)


def set_server(database, name, value):
    database.ask(f"ALTER SYSTEM SET {name} = '{value}'")
    database.ask("SELECT pg_reload_conf()")


@contextlib.contextmanager
def follower(server, folder):
    """A synchronous standby that only keeps the log."""
    folder.mkdir(exist_ok=True)
    words = [program("pg_receivewal"), "-D", str(folder), "--synchronous", "-d",
             f"{server.url.replace('DATABASE', 'postgres')}&application_name=follower"]
    receiver = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield receiver
    finally:
        receiver.kill()
        receiver.wait()


# the fence

def test_6_3_M2_what_waited_to_be_used_is_refused_after_a_promotion(mortal, database, serve):  # noqa: F811
    own = serve(database)
    app, browser = own.make_app(), own.signed_in()
    token, code = own.token_for(app, browser), browser.code(app)
    uri = s.push_uri(own, app, **app.credentials)
    device_app = devices.make_app(own)
    device = devices.begin(own, device_app)
    mortal.promote()
    until(lambda: is_ready(own))
    assert redeem(own, app, code).json() == BAD_CODE
    assert s.ask_pushed(browser, app, uri).status_code == 400
    assert devices.poll(own, device_app, device) == devices.EXPIRED
    causes = {row[0] for row in database.ask("SELECT cause FROM request_log WHERE cause LIKE '%%FENCED'")}
    assert causes == {"CODE_FENCED", "DEVICE_CODE_FENCED", "PUSHED_FENCED"}
    # what was got before stays, and a person who is signed in just begins anew
    assert own.is_alive(token)
    assert "access_token" in redeem(own, app, browser.code(app)).json()
    assert b"the database goes on elsewhere" in own.log()


def test_6_3_M2_a_restart_is_no_promotion(mortal, database, serve):  # noqa: F811
    own = serve(database)
    app, browser = own.make_app(), own.signed_in()
    code = browser.code(app)
    mortal.stop("immediate")
    mortal.start()
    until(lambda: is_ready(own))
    assert "access_token" in redeem(own, app, code).json()


def test_6_3_M2_without_the_fence_a_code_from_before_counts(mortal, database, serve):  # noqa: F811
    own = serve(database, promotion_fence="off")
    app, browser = own.make_app(), own.signed_in()
    code = browser.code(app)
    mortal.promote()
    until(lambda: is_ready(own))
    assert "access_token" in redeem(own, app, code).json()


def test_6_3_M2_a_sign_in_that_was_half_done_begins_anew(mortal, database, serve):  # noqa: F811
    own = serve(database)
    browser, _ = Person(own).at_second_step()
    assert browser.get("/sessions/two-factor").status_code == 200
    mortal.promote()
    until(lambda: is_ready(own))
    assert browser.get("/sessions/two-factor").headers["Location"].endswith("/login")


def test_6_3_M5_a_former_primary_is_not_gone_back_to(mortal, database, serve):  # noqa: F811
    """It may come back alive, as it was: without what was revoked since."""
    own = serve(database)
    app, browser = own.make_app(), own.signed_in()
    token = own.token_for(app, browser)
    mortal.stop()
    former = mortal.folder / "former"
    shutil.copytree(mortal.data, former)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", OWNER, former], check=True)
    mortal.start()
    mortal.promote()
    until(lambda: is_ready(own))
    assert own.post("/oauth2/revoke", {"token": token}, auth=tuple(app.credentials.values())).status_code == 200
    mortal.stop()
    mortal.data.rename(mortal.folder / "successor")
    former.rename(mortal.data)
    mortal.start()
    for _ in range(20):
        assert own.api("/user", token).status_code == 503
        assert own.get("/readyz").status_code == 503
    assert b"the database server is a former primary" in own.log()


def test_6_3_M5_a_standby_is_not_taken_even_when_the_url_would(mortal, database):
    mortal.demote()
    done = run("serve", "--listen=127.0.0.1:0", LLAVERO_DATABASE=database.url + "&target_session_attrs=any")
    assert done.returncode == 1 and "the database server is a standby" in done.stderr


# settings that may lose commits

def refused(database, words, **settings):
    done = run("serve", "--listen=127.0.0.1:0", LLAVERO_DATABASE=database.url,
               LLAVERO_DATABASE_DURABILITY="require", **settings)
    assert done.returncode == 1 and f"may lose what it has committed: {words}" in done.stderr, done


def test_6_3_M1_what_may_be_lost_is_no_start_when_it_must_not(mortal, database, serve, tmp_path):  # noqa: F811
    refused(database, "fsync is 'off'")
    set_server(database, "fsync", "on")
    until(lambda: database.ask("SHOW fsync") == [("on",)])
    refused(database, "synchronous_standby_names is ''")
    with follower(mortal, tmp_path / "wal"):
        set_server(database, "synchronous_standby_names", "follower")
        for weak in ("off", "local", "remote_write"):
            database.ask(f"ALTER DATABASE {database.name} SET synchronous_commit = {weak}")
            refused(database, f"synchronous_commit is '{weak}'")
        database.ask(f"ALTER DATABASE {database.name} RESET synchronous_commit")
        own = serve(database, database_durability="require")
        assert is_ready(own)
        set_server(database, "synchronous_standby_names", "")
        until(lambda: own.get("/readyz").status_code == 503)
        assert "synchronous_standby_names is ''" in own.get("/readyz").text
        set_server(database, "synchronous_standby_names", "follower")
        until(lambda: is_ready(own))
        own.stop()
        set_server(database, "synchronous_standby_names", "")


def test_6_3_M1_replicas_that_nobody_waits_for_are_told(mortal, database, serve, tmp_path):  # noqa: F811
    word = b'"setting":"synchronous_standby_names"'
    assert word not in serve(database).log()
    with follower(mortal, tmp_path / "wal"):
        until(lambda: database.ask("SELECT 1 FROM pg_stat_replication"))
        assert serve(database).log().count(word) == 1


def test_6_3_M1_settings_are_looked_at_again_after_a_promotion(mortal, database, serve):  # noqa: F811
    own = serve(database)
    database.ask(f"ALTER DATABASE {database.name} SET synchronous_commit = off")
    mortal.promote()
    until(lambda: is_ready(own))
    assert b'"setting":"synchronous_commit","value":"off"' in own.log()


# commits that nobody can be sure of

@pytest.fixture
def alone(mortal, database, serve, tmp_path):  # noqa: F811
    """A server, a code, and a database whose only standby has just gone."""
    with follower(mortal, tmp_path / "wal") as receiver:
        set_server(database, "synchronous_standby_names", "follower")
        until(lambda: database.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))
        own = serve(database, database_statement_timeout=500)
        app, browser = own.make_app(), own.signed_in()
        code = browser.code(app)
        receiver.kill()
        receiver.wait()
        until(lambda: not database.ask("SELECT 1 FROM pg_stat_replication"))
        yield own, app, code
        set_server(database, "synchronous_standby_names", "")
        until(lambda: is_ready(own))


def waiting(database):
    return [row[0] for row in database.ask("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
                                           " AND application_name = 'llavero'")]


def test_6_3_M6_a_commit_that_no_standby_has_is_no_200(database, alone):
    own, app, code = alone
    assert redeem(own, app, code).status_code == 503
    # done at the primary, where the client cannot know of it: wholly, and once
    set_server(database, "synchronous_standby_names", "")
    until(lambda: is_ready(own))
    assert redeem(own, app, code).json() == BAD_CODE


def test_6_3_M4_a_wait_that_somebody_ends_is_no_200(database, alone):
    """PostgreSQL calls a commit good when its wait for the standby was cancelled, and only warns."""
    own, app, code = alone
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        reply = pool.submit(redeem, own, app, code)
        while not reply.done():
            for pid in waiting(database):
                database.ask("SELECT pg_cancel_backend(%s)", pid)
            time.sleep(0.02)
    assert reply.result().status_code == 503
    assert b"canceling wait for synchronous replication" in own.log()


# several hosts

def test_a_host_that_takes_connections_and_says_nothing_is_passed_by(mortal, database, serve):  # noqa: F811
    """libpq by itself would wait for it until the kernel gives up."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        port = silent.getsockname()[1]
        database.url = (f"postgres://llavero@/{database.name}?host=127.0.0.1,/nowhere,{mortal.folder}"
                        f"&port={port},5432,5432")
        own = serve(database, workers=2)
        app, browser = own.make_app(), own.signed_in()
        code = browser.code(app)
        mortal.stop("immediate")
        assert redeem(own, app, code).status_code == 503
        mortal.start()
        until(lambda: is_ready(own))
        assert "access_token" in redeem(own, app, code).json()
