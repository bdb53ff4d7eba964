"""A node's clock beside the database's: assurance 6.6. The database is told to be early or late; what it
says is what counts."""

import json
import subprocess

import pytest

import own_database
from llavero_http import BINARY, Server

WORD = b"the clock differs from the database's"


@pytest.fixture
def folder(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    own_database.environment(data, BINARY)
    yield data
    own_database.forget(data)


def move_database(data, seconds):
    """What stands first in the search path is found instead of PostgreSQL's own."""
    url = own_database.as_setting(data)
    name = url[len(own_database.SERVER.split("DATABASE")[0]):].split("?")[0]
    with own_database.opened(data) as db:
        db.execute("CREATE OR REPLACE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
                   f" AS $$ SELECT pg_catalog.clock_timestamp() + interval '{seconds} s' $$")
        db.execute(f"ALTER DATABASE {name} SET search_path = public, pg_catalog")


@pytest.mark.parametrize("seconds", [0, 3, -3])
def test_6_6_clocks_that_agree(folder, seconds):
    move_database(folder, seconds)
    own = Server(folder, demo=False, workers=1)
    own.stop()
    assert WORD not in own.log()


@pytest.mark.parametrize("seconds", [8, -8])
def test_6_6_clocks_that_differ_are_told(folder, seconds):
    move_database(folder, seconds)
    own = Server(folder, demo=False, workers=1)
    own.stop()
    told = [json.loads(line) for line in own.log().splitlines() if WORD in line]
    assert len(told) == 1 and told[0]["level"] == "warn"
    assert -10000 < told[0]["ahead_ms"] + 1000 * seconds < 10000


@pytest.mark.parametrize("seconds, words", [(120, "behind"), (-120, "ahead of")])
def test_6_6_a_wrong_clock_does_not_start(folder, seconds, words):
    move_database(folder, seconds)
    done = subprocess.run([BINARY, "serve", "--listen=127.0.0.1:0", "--database",
                           own_database.as_setting(folder)], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 1 and "ready" not in done.stdout
    last = done.stderr.splitlines()[-1]
    assert f"seconds {words} the database server's" in last and "NTP" in last
    move_database(folder, 0)
    Server(folder, demo=False, workers=1).stop()
