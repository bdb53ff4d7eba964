"""llavero migrate --from --to: every row of every table, on both engines and from one to the other; killed
anywhere it goes on. Assurance 6.3, I9. Under load: tests/http/test_moving.py."""
import json
import os
import pty
import signal
import subprocess

import pytest

from conftest import BIN, needs_failpoints

PAIRS = [("sqlite", "postgres"), ("postgres", "sqlite"), ("sqlite", "sqlite"),
         ("postgres", "postgres")]
MOVE = "move"


def fill(place):
    """Something in every table that the engine has: one that is not copied would be missed."""
    for n in range(3):
        place.user(f"mona{n}", "--name", "Mona ñandú")
        place.app(f"App {n}", owner=f"mona{n}")
    place.ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
              " INSERT INTO request_log (id, request_id, at_us, app_id, proven, endpoint, address,"
              " user_agent, detail) SELECT 1000000 + i, 'REQ:' || i, i, 0, 0, 'token', '::1', '',"
              " '{\"line\": \"tab\tand ''quotes''\"}' FROM n")
    for table in place.tables():
        if not table.startswith("schema_") and not place.ask(f"SELECT 1 FROM {table} LIMIT 1"):
            place.ask(f"INSERT INTO {table} VALUES ({', '.join(place.samples(table))})")
    assert all(rows for table, rows in place.contents().items() if table != "schema_turn")
    return place


def rows_of(place):
    found = place.contents()
    found["instance"] = [row for row in found["instance"] if row[0] != MOVE]
    return found


def words(source, target, *more):
    return ["migrate", "--from", source.url, "--to", target.url, *more]


def refusal(place):
    return place.fails("user", "list")


@pytest.fixture
def pair(place):
    def make(source, target):
        return fill(place(source)), place(target)
    return make


@pytest.mark.parametrize("engines", PAIRS, ids="-".join)
def test_every_row_of_every_table(pair, engines):
    source, target = pair(*engines)
    before = rows_of(source)
    done = source.json(*words(source, target))
    assert done["rows"] == sum(len(rows) for name, rows in before.items()
                               if not name.startswith("schema_"))
    assert done["written"] > 2500 and done["mended"] == 0 and not done["resumed"]
    assert done["closed_us"] > 0
    after = target.contents()
    assert before == after
    assert [u["login"] for u in target.json("user", "list")] == ["mona0", "mona1", "mona2"]
    target.user("later")
    said = refusal(source)
    assert said.startswith("the database has moved to ") and done["to"] in said
    assert "hidden" not in said
    with pytest.raises(Exception, match="takes no changes"):
        source.ask("UPDATE account SET name = 'x'")
    again = source.run(*words(source, target)).stdout
    assert again == f"It has moved already. Serve from {done['to']}.\n"


POINTS = ["move.batch:1!", "move.batch:7!", "bulk.insert:3!", "bulk.read:60!", "move.copied:1!",
          "bulk.read:120!", "move.mark:1!", "move.closed:1!", "move.synced:1!", "bulk.read:200!",
          "move.mark:2!", "move.moved:1!", "store.begin:3!"]


@pytest.mark.parametrize("engines", PAIRS[:2], ids="-".join)
def test_I9_killed_anywhere_it_goes_on_and_nothing_serves_two(pair, engines):
    source, target = pair(*engines)
    before = rows_of(source)
    for point in POINTS:
        source.box.env["LLAVERO_FAIL"] = point
        process = source.start(*words(source, target), settings=[])
        process.communicate(timeout=120)
        del source.box.env["LLAVERO_FAIL"]
        assert process.returncode in (0, -signal.SIGKILL), point
        if process.returncode == 0:  # it stood behind this point already
            continue
        if target.tables():
            assert "is being filled from" in refusal(target), point
            with subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0"], env=target.box.env,
                                  cwd=target.box.folder, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as serving:
                _, error = serving.communicate(timeout=60)
            assert serving.returncode == 1 and b"is being filled from" in error, point
    source.run(*words(source, target))
    assert target.contents() == before
    assert "has moved to" in refusal(source)


@pytest.mark.parametrize("point", ["move.moved:1!", "move.closed:1!"])
def test_killed_between_the_two_neither_is_used_until_it_is_said(pair, point):
    source, target = pair("sqlite", "sqlite")
    source.box.env["LLAVERO_FAIL"] = point
    process = source.start(*words(source, target), settings=[])
    process.communicate(timeout=120)
    del source.box.env["LLAVERO_FAIL"]
    assert process.returncode == -signal.SIGKILL
    assert "is being filled from" in refusal(target)
    assert "is being moved to" in refusal(source) or "has moved to" in refusal(source)
    assert source.json("migrate", "--reopen")["had_moved"] == (point == "move.moved:1!")
    source.user("ana")
    source.run(*words(source, target))  # with what came since
    assert target.contents() == rows_of(source)


def test_what_changes_between_two_runs_is_copied(pair):
    source, target = pair("sqlite", "postgres")
    source.box.env["LLAVERO_FAIL"] = "move.copied:1!"
    source.start(*words(source, target), settings=[]).communicate(timeout=120)
    del source.box.env["LLAVERO_FAIL"]
    # a unique key goes from one row to another, both ways; rows go and come
    source.ask("UPDATE account SET login_key = 'x' WHERE login_key = 'mona0'")
    source.ask("UPDATE account SET login_key = 'mona0' WHERE login_key = 'mona2'")
    source.ask("UPDATE account SET login_key = 'mona2' WHERE login_key = 'x'")
    source.ask("DELETE FROM request_log WHERE at_us < 1200 OR at_us > 2400")
    source.ask("UPDATE request_log SET detail = '' WHERE at_us = 1300")
    source.user("ana")
    done = source.json(*words(source, target))
    assert done["resumed"] and 1299 < done["written"] < 1400  # most of them went
    assert target.contents() == rows_of(source)


def test_a_difference_is_found_and_the_source_goes_on(pair):
    """The target's own trigger changes what is written."""
    source, target = pair("sqlite", "sqlite")
    source.box.env["LLAVERO_FAIL"] = "move.copied:1!"
    source.start(*words(source, target), settings=[]).communicate(timeout=120)
    del source.box.env["LLAVERO_FAIL"]
    target.ask("CREATE TRIGGER spoil AFTER INSERT ON account BEGIN"
               " UPDATE account SET name = 'spoilt' WHERE id = NEW.id; END")
    source.user("ana")
    assert source.fails(*words(source, target)) == (
        "table 'account' is not the same in both databases")
    assert "is being filled from" in refusal(target)
    source.user("later")
    target.ask("DROP TRIGGER spoil")
    source.run(*words(source, target))
    assert target.contents() == rows_of(source)


@pytest.mark.parametrize("point", ["move.batch:3", "bulk.read:70", "move.copied:1", "move.closed:1",
                                   "move.synced:1", "move.differs:1", "move.mark:1"])
def test_a_move_that_fails_leaves_the_source_open(pair, point):
    source, target = pair("sqlite", "sqlite")
    source.box.env["LLAVERO_FAIL"] = point
    source.fails(*words(source, target))
    del source.box.env["LLAVERO_FAIL"]
    source.user("ana")
    assert "is being filled from" in refusal(target)
    source.run(*words(source, target))
    assert target.contents() == rows_of(source)


def test_text_that_is_none(pair):
    source, target = pair("sqlite", "postgres")
    source.ask("UPDATE session SET user_agent = CAST(x'41FF42' AS TEXT), address = CAST(x'4100' AS TEXT)")
    done = source.json(*words(source, target))
    assert done["mended"] == 2
    assert target.ask("SELECT user_agent, address FROM session") == [["A\ufffdB", "A\ufffd"]]


def test_a_key_that_is_no_text_is_named(pair):
    source, target = pair("sqlite", "postgres")
    source.ask("INSERT INTO detail_type VALUES (CAST(x'FF' AS TEXT), '', 1)")
    assert source.fails(*words(source, target)) == "table 'detail_type' cannot be copied"
    source.ask("DELETE FROM detail_type WHERE definition = ''")
    source.run(*words(source, target))


def test_what_is_refused(pair, place):
    source, target = pair("sqlite", "sqlite")
    other = place("sqlite")
    other.user("ana")
    assert source.fails(*words(source, other)) == "the database to move to is not empty"
    assert source.fails(*words(source, source)) == "that is one database, not two"
    for line in (["--from", source.url], ["--to", target.url], ["--dry-run"],
                 ["--reopen", "--to", target.url]):
        source.misused("migrate", *line)
    assert source.fails("migrate", "--reopen") == "the database has not moved"
    source.box.env["LLAVERO_FAIL"] = "move.copied:1!"
    source.start(*words(source, target), settings=[]).communicate(timeout=120)
    del source.box.env["LLAVERO_FAIL"]
    assert "is being filled from" in other.fails(*words(other, target))
    assert "is not whole" in target.fails("migrate", "--reopen")
    assert "is not whole itself" in target.fails(*words(target, place("sqlite")))
    source.run(*words(source, target))
    assert "already, not to this one" in source.fails(*words(source, place("sqlite")))
    assert "cannot be opened" in source.fails("migrate", "--from", "sqlite:/nowhere/x", "--to",
                                              "sqlite:/nowhere/y")


def test_a_schema_of_before_is_not_moved(place):
    source = place("sqlite")
    source.user("mona")
    source.ask("DELETE FROM schema_version WHERE version = (SELECT MAX(version) FROM schema_version)")
    assert "bring it up to date first" in source.fails(*words(source, place("sqlite")))


def test_reopening(pair):
    source, target = pair("sqlite", "postgres")
    source.run(*words(source, target))
    out = source.run("migrate", "--reopen").stdout
    assert "is used again" in out and "Serve only one of the two" in out
    source.user("ana")
    assert source.fails(*words(source, target)) == "the database to move to is not empty"


def test_a_dry_run_changes_nothing(pair):
    source, target = pair("sqlite", "postgres")
    before = source.contents()
    done = source.json(*words(source, target, "--dry-run"))
    assert done["rows"] > 2500 and "account" in done["tables"] and not done["resumes"]
    assert "closed to changes, compared" in source.run(*words(source, target, "--dry-run")).stdout
    assert source.contents() == before and target.tables() == []
    missing = source.box.folder / "none.db"
    source.run("migrate", "--dry-run", "--from", source.url, "--to", f"sqlite:{missing}")
    assert not missing.exists()


def test_names_have_no_secrets(pair, postgres):
    source, target = pair("sqlite", "postgres")
    url = target.url.replace("llavero@", "llavero:hidden@").replace("?", "?application_name=hush&")
    done = source.json("migrate", "--from", source.url, "--to", url)
    assert "hidden" not in json.dumps(done) and "hush" not in json.dumps(done)
    assert str(postgres.folder) in done["to"]
    assert "hidden" not in str(source.contents()["instance"]) + refusal(source)


@needs_failpoints
def test_a_bar_on_a_terminal(pair):
    source, target = pair("sqlite", "sqlite")
    leader, follower = pty.openpty()
    env = {**source.box.env, "LLAVERO_FAIL": "progress.tell:1+"}
    with subprocess.Popen([BIN, *words(source, target)], env=env, stdout=subprocess.PIPE,
                          stderr=follower) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and out.startswith(b"Moved: ")
    assert b"copying" in shown and b"comparing" in shown and b"[####" in shown and b" %" in shown
    assert shown.endswith(b"\r\x1b[K")


def test_progress_in_lines_and_in_json(pair, place):
    source, target = pair("sqlite", "sqlite")
    source.box.env["LLAVERO_FAIL"] = "progress.tell:1+"
    lines = source.run(*words(source, target)).stderr.splitlines()
    for doing in ("copying", "catching up", "comparing"):
        assert any(line.startswith(f"{doing} request_log: ") for line in lines)
    target.box.env["LLAVERO_FAIL"] = "progress.tell:1+"
    done = target.run(*words(target, place("sqlite"), "--json"))
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert told[-1]["doing"] == "comparing" and told[-1]["percent"] == 100
