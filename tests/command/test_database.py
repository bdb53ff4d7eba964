"""Migrations, documentation pages, and what else is at work on the database."""
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from conftest import BIN

pytestmark = pytest.mark.sqlite


def latest(box):
    return box.json("migrate")["schema"]


def test_migrate_says_what_it_applied(box):
    text = box.run("migrate").stdout.splitlines()
    assert text[0] == "applied: migration 1" and all(t.startswith("applied: ") for t in text)
    number = int(text[-1].split()[-1])  # numbers rise, but one may be missing
    assert box.run("migrate").stdout == f"The schema is up to date: {number}.\n"
    assert box.json("migrate") == {"schema": number, "applied": [], "unfinished": []}
    assert box.json("migrate", "--check") == {"schema": number, "missing": [], "unfinished": []}
    box.user("mona")


def test_migrate_json_on_an_empty_database(box):
    done = box.json("migrate")
    assert done["applied"] == sorted(done["applied"])
    assert done["applied"][0] == 1 and done["applied"][-1] == done["schema"]


def test_check_of_a_database_that_is_not_there_makes_nothing(box):
    assert "cannot be opened" in box.fails("migrate", "--check")
    assert not box.data.exists()


def test_check_of_an_old_database_writes_nothing(box):
    box.data.mkdir()
    with sqlite3.connect(box.database) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE schema_version (version INTEGER PRIMARY KEY)")
    db.close()
    before = box.database.read_bytes()
    done = box.run("migrate", "--check", status=1)
    assert done.stdout.startswith("missing: migration 1\n") and done.stderr == ""
    done = box.run("migrate", "--check", "--json", status=1)
    assert json.loads(done.stdout)["schema"] == 0 and 1 in json.loads(done.stdout)["missing"]
    assert box.database.read_bytes() == before


def test_a_newer_schema_is_left_alone(box):
    # A223
    number = latest(box)
    box.sql("INSERT INTO schema_version (version) VALUES (99)")
    for words in (["migrate"], ["migrate", "--check"], ["user", "list"]):
        assert box.fails(*words) == (f"the database has schema 99; this program knows {number}: "
                                     "use a newer llavero")


def test_a_file_that_is_no_database(box):
    box.data.mkdir()
    box.database.write_bytes(b"this is not a database, but it is long enough to look at" * 40)
    assert box.fails("user", "list").startswith(f"the database '{box.database}' cannot be opened:")


def test_a_folder_in_the_place_of_the_database(box):
    box.database.mkdir(parents=True)
    assert "cannot be opened" in box.fails("user", "list")


@pytest.fixture
def lock(box):
    """Somebody else's write transaction, held until the test ends it."""
    box.user("mona")
    held = sqlite3.connect(box.database, isolation_level=None, check_same_thread=False)
    held.execute("BEGIN IMMEDIATE")
    yield held
    held.close()


def test_reading_needs_no_lock(box, lock):
    begun = time.monotonic()
    assert [u["login"] for u in box.json("user", "list")] == ["mona"]
    assert box.json("migrate", "--check")["missing"] == []
    assert time.monotonic() - begun < 3, "waited for a lock it does not need"


def test_writing_waits_for_a_lock_that_is_released(box, lock):
    # A189
    timer = threading.Timer(6, lock.execute, ["ROLLBACK"])
    timer.start()
    assert box.user("ana")["login"] == "ana"  # and says nothing on standard error
    timer.join()


def test_writing_gives_up_on_a_lock_that_stays(box, lock):
    # A189
    said = box.fails("user", "create", "--login", "ana", "--email", "a@example.com")
    assert said == ("the database is busy: another program is writing to it; "
                    "nothing was changed, try again")
    lock.execute("ROLLBACK")
    assert [u["login"] for u in box.json("user", "list")] == ["mona"]


def finish(processes):
    return [(p.communicate(timeout=60), p.returncode) for p in processes]


def test_many_commands_at_once_on_a_new_folder(box):
    running = [box.start("user", "create", f"--login=u{i}", f"--email=u{i}@example.com", "--json")
               for i in range(12)]
    for (out, err), status in finish(running):
        assert (status, err) == (0, b""), (out, err)
    users = box.json("user", "list")
    assert sorted(u["login"] for u in users) == sorted(f"u{i}" for i in range(12))
    assert len({u["id"] for u in users}) == 12


def test_one_name_wanted_by_many_at_once(box):
    box.user("mona")
    line = ("--owner=mona", "--name=One", "--homepage=https://a.example", "--callback=a:/")
    running = [box.start("app", "create", *line, "--json") for _ in range(12)]
    ended = finish(running)
    assert sorted(status for _, status in ended) == [0] + [1] * 11
    for (_, err), status in ended:
        assert err == (b"" if status == 0
                       else b"llavero: the name 'One' is taken by another app\n")
    assert len(box.json("app", "list")) == 1


def test_the_tenth_secret_is_given_once(box):
    box.user("mona")
    client_id = box.app()["client_id"]
    for _ in range(8):
        box.run("app", "secret", "add", client_id)
    ended = finish([box.start("app", "secret", "add", client_id) for _ in range(6)])
    assert sorted(status for _, status in ended) == [0] + [1] * 5
    assert len(box.json("app", "secret", "list", client_id)) == 10


def test_a_failing_database_is_said_in_one_sentence(box):
    box.user("mona")
    box.env["LLAVERO_FAIL"] = "store.commit:1+"
    probe = box.start("version", settings=[])
    probe.communicate()
    if probe.returncode == 2:
        pytest.skip("a release build has no failpoints")
    said = box.fails("user", "suspend", "mona")
    assert said.startswith("the database failed, and nothing was changed")
    box.env["LLAVERO_FAIL"] = "sqlite.step:9+"
    assert "llavero" not in box.fails("user", "suspend", "mona")
    del box.env["LLAVERO_FAIL"]
    assert box.json("user", "show", "mona")["suspended_at"] is None


def test_every_database_call_may_fail(box):
    """Fails the engine's n-th step for every n: the answer is a sentence, never half a change."""
    box.user("mona")
    box.env["LLAVERO_FAIL"] = "sqlite.step:1000"
    probe = box.start("version", settings=[])
    probe.communicate()
    if probe.returncode == 2:
        pytest.skip("a release build has no failpoints")
    made = in_a_row = failed = 0
    for n in range(1, 100):
        box.env["LLAVERO_FAIL"] = f"sqlite.step:{n}"
        process = box.start("app", "create", "--owner=mona", f"--name=n{n}", "--json",
                            "--homepage=https://a.example", "--callback=a:/")
        out, err = process.communicate(timeout=60)
        if process.returncode == 0:
            # Nothing is lost when what was only read cannot be rolled back: that is done again later.
            made, in_a_row = made + 1, in_a_row + 1
            assert json.loads(out)["client_secret"]
        else:
            failed, in_a_row = failed + 1, 0
            assert (process.returncode, out) == (1, b"")
            assert err.startswith(b"llavero: ") and err.count(b"\n") == 1, err
        assert len(box.json_without_failures("app", "list")) == made
        assert box.sql("SELECT COUNT(*) FROM app_secret") == [(made,)]
        if in_a_row == 3:
            break
    assert failed > 5 and in_a_row == 3


def test_a_bad_failpoint_is_refused(box):
    box.env["LLAVERO_FAIL"] = "nonsense"
    assert box.misused("user", "list").startswith("LLAVERO_FAIL cannot be understood")


PAGE = """---
title: A page
intro: What it is
versions:
  fpt: '*'
---

## First part

Some *text* with `code`.
"""


def test_docs_render(box):
    (box.folder / "page.md").write_text(PAGE)
    html = box.bare("docs", "render", "page.md").stdout
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<h1>A page</h1>" in html and 'id="first-part"' in html and "<em>text</em>" in html
    assert '<html lang="es">' in box.bare("docs", "render", "page.md", "--lang", "es").stdout
    assert '<html lang="es">' in box.bare("docs", "render", "--lang=es", "--", "page.md").stdout


def test_docs_render_failures(box):
    (box.folder / "page.md").write_text(PAGE + "\n{% data variables.nothing.here %}\n")
    done = box.bare("docs", "render", "page.md", status=1)
    assert done.stdout == "" and "page.md:" in done.stderr
    assert "cannot be read" in box.bare("docs", "render", "none.md", status=1).stderr
    assert box.bare("docs", "render", "page.md", "--lang", "de", status=1).stderr == \
        "llavero: there is no documentation in the language 'de', only en and es\n"


def test_serve_refuses_an_address_it_cannot_have(box):
    assert box.run("serve", "--listen", "nonsense", status=1).stderr.startswith("llavero: ")


def test_DESIGN_7_commands_work_while_the_server_runs(box):
    """And what they change is seen by the server at once."""
    process = subprocess.Popen(
        [BIN, "serve", "--demo", "--listen", "127.0.0.1:0", "--data", box.data], env=box.env,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stdout:
            if line.startswith("ready "):
                break
        base = line.split()[1]
        assert box.user("mona", password="correct horse")["login"] == "mona"
        app = box.app("Mine")
        status, body = exchange(base, app["client_id"], app["client_secret"])
        assert body["error"] == "bad_verification_code", (status, body)
        status, body = exchange(base, app["client_id"], "wrong")
        assert body["error"] == "incorrect_client_credentials"
        secret = box.json("app", "secret", "list", app["client_id"])[0]["id"]
        box.run("app", "secret", "revoke", app["client_id"], str(secret))
        status, body = exchange(base, app["client_id"], app["client_secret"])
        assert body["error"] == "incorrect_client_credentials"
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert json.loads((box.data / "demo.json").read_text())["login"] == "octocat"


def exchange(base, client_id, secret):
    import urllib.parse
    import urllib.request
    data = urllib.parse.urlencode({"client_id": client_id, "client_secret": secret,
                                   "code": "0" * 40}).encode()
    request = urllib.request.Request(base + "/login/oauth/access_token", data,
                                     {"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as reply:
        return reply.status, json.load(reply)


def test_passwords_typed_at_a_terminal_are_not_shown(box):
    import pty
    box.user("mona")
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [BIN, "user", "password", "mona", "--password-stdin", "--data", box.data], env=box.env,
        stdin=follower, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    prompt = b""
    while prompt != b"Password: ":
        prompt += process.stderr.read(1)
    os.write(leader, b"correct horse\n")
    out, _ = process.communicate(timeout=30)
    os.set_blocking(leader, False)
    try:
        shown = os.read(leader, 1000)
    except (BlockingIOError, OSError):
        shown = b""
    assert process.returncode == 0 and b"new password" in out
    assert b"correct" not in shown
