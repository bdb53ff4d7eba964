"""llavero backup and llavero restore, on both engines and from one to the other. Assurance 6.3, I7, I9."""
import json
import os
import signal
import stat
import subprocess

import pytest

from conftest import BIN

# What a restore changes on purpose.
FENCED = {"audit", "counter", "instance"}


def fill(place, users=3):
    """Rows with every kind of value, more of one table than are read at once, and odd texts."""
    for n in range(users):
        place.user(f"mona{n}", "--name", "Mona ñandú")
        place.app(f"App {n}", owner=f"mona{n}")
    place.ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
              " INSERT INTO request_log (id, request_id, at_us, app_id, proven, endpoint, address,"
              " user_agent, detail) SELECT 1000000 + i, 'REQ:' || i, i, 0, 0, 'token', '::1', '',"
              " '{\"line\": \"tab\tand ''quotes''\"}' FROM n")
    return place


def rest_of(contents):
    return {name: rows for name, rows in contents.items() if name not in FENCED}


@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_what_is_restored_is_what_was_saved(here, place, target):
    fill(here)
    file = here.box.folder / "saved"
    made = here.json("backup", file)
    assert made["rows"] > 2500 and made["bytes"] == file.stat().st_size
    there = place(target)
    restored = there.json("restore", file)
    assert restored["rows"] == made["rows"] and restored["made_at"] == made["made_at"]
    before, after = here.contents(), there.contents()
    assert set(before) == set(after)
    assert rest_of(before) == rest_of(after)
    for name in ("vault_key", "subject_key", "locator_key", "refresh_key"):
        assert [r for r in before["instance"] if r[0] == name] == [
            r for r in after["instance"] if r[0] == name]
    log = there.ask("SELECT action, actor, detail FROM audit WHERE account_id = 0")
    assert log == [["database.restore", "command line", made["made_at"]]]
    assert there.user("later")["id"] > 1000000, "an id that may have been given since"


def test_the_file_is_for_its_owner_only_and_whole_or_not_there(here):
    # I7
    file = here.box.folder / "saved"
    fill(here, 1)
    os.umask(0)
    here.run("backup", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    for point in ("backup.write:2", "backup.sync:1", "backup.rename:1", "bulk.read:3"):
        here.box.env["LLAVERO_FAIL"] = point
        here.fails("backup", file)
        assert file.read_bytes() == before and not (here.box.folder / "saved.part").exists()
    here.box.env["LLAVERO_FAIL"] = "backup.write:5!"
    process = here.start("backup", file)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert file.read_bytes() == before
    del here.box.env["LLAVERO_FAIL"]
    here.run("backup", file)  # what was left of the one that was killed is in nobody's way
    assert not (here.box.folder / "saved.part").exists()
    assert here.json("backup", "--verify", file)["tables"] > 40


def test_a_full_disk(here):
    here.user("mona")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([BIN, "backup", "-"], stdout=full, stderr=subprocess.PIPE,
                              env=here.box.env, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr == b"llavero: the back-up cannot be written: No space left on device\n"


def test_through_a_pipe(here, place):
    here.user("mona")
    with here.start("backup", "-", settings=[]) as saving:
        there = place("sqlite")
        done = subprocess.run([BIN, "restore", "-", "--json"], stdin=saving.stdout,
                              env=there.box.env, capture_output=True, check=False, timeout=60)
        assert saving.wait(timeout=60) == 0
        assert saving.stderr.read().startswith(b"Saved: ")
    assert done.returncode == 0 and json.loads(done.stdout)["schema"] > 16
    assert there.json("user", "show", "mona")["login"] == "mona"


def test_a_file_that_is_not_whole_changes_nothing(here, place):
    fill(here, 1)
    file = here.box.folder / "saved"
    here.run("backup", file)
    whole = file.read_bytes()
    for broken, words in ((whole[:len(whole) // 2], "is cut off"), (whole[:-1], "is cut off"),
                          (whole + b"x", "something follows its end"), (b"", "no back-up"),
                          (b"PK" + whole, "no back-up"),
                          (whole[:60000] + b"\xff" + whole[60001:], "was changed")):
        file.write_bytes(broken)
        assert words in here.fails("backup", "--verify", file)
        there = place(here.engine)
        assert words in there.fails("restore", file)
        assert there.tables() == []
        there.user("ana")
        assert words in there.fails("restore", "--replace", file)
        assert [u["login"] for u in there.json("user", "list")] == ["ana"]


@pytest.mark.parametrize("point", ["restore.rows:1!", "restore.rows:4!", "bulk.read:20!",
                                   "restore.commit:1!"])
def test_killed_at_any_point_it_has_changed_nothing(here, point):
    # I9
    here.user("mona")
    file = here.box.folder / "saved"
    here.run("backup", file)
    here.user("ana")
    here.box.env["LLAVERO_FAIL"] = point
    process = here.start("restore", "--replace", file)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    del here.box.env["LLAVERO_FAIL"]
    assert sorted(u["login"] for u in here.json("user", "list")) == ["ana", "mona"]
    here.run("restore", "--replace", file)
    assert [u["login"] for u in here.json("user", "list")] == ["mona"]


def test_what_a_database_holds_goes_only_when_that_is_said(here):
    here.user("mona")
    file = here.box.folder / "saved"
    here.run("backup", file)
    assert "with --replace all that it holds goes" in here.fails("restore", file)
    here.user("ana")
    out = here.run("restore", "--replace", file).stdout
    assert "have ended" in out and "--revoke-all-tokens" in out
    assert [u["login"] for u in here.json("user", "list")] == ["mona"]
    out = here.run("restore", "--replace", "--revoke-all-tokens", file).stdout
    assert "Every token is revoked, and every session has ended." in out


def test_an_empty_database_with_a_schema_is_empty(here):
    here.run("migrate")
    other = here.box.folder / "saved"
    assert here.json("backup", other)["rows"] > 0
    here.run("restore", other)
    here.user("mona")


def test_nothing_is_replaced_below_other_programs(here):
    here.user("mona")
    file = here.box.folder / "saved"
    here.run("backup", file)
    with subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0"], env=here.box.env,
                          cwd=here.box.folder, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
        assert process.stdout.readline().startswith(b"ready ")
        assert "stop every server" in here.fails("restore", "--replace", file)
        assert here.json("backup", file)["rows"] > 0  # which a server does not mind
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    here.run("restore", "--replace", file)


def test_databases_that_are_not_there_or_hold_nothing(here):
    missing = here.box.folder / "none"
    if here.engine == "sqlite":
        assert "cannot be opened" in here.fails("backup", missing)
    else:
        assert here.fails("backup", missing) == "there is nothing in the database"
    assert not missing.exists()
    assert "cannot be read" in here.fails("restore", missing)
    assert "cannot be read" in here.fails("backup", "--verify", missing)
    assert "cannot be written" in here.fails("backup", here.box.folder / "no" / "file")


def test_schemas_that_are_newer(here):
    here.user("mona")
    file = here.box.folder / "saved"
    here.run("backup", file)
    whole = file.read_bytes()
    newest = here.json("backup", "--verify", file)["schema"]
    file.write_bytes(whole.replace(b",%d]" % newest, b",99]"))
    assert here.fails("backup", "--verify", file) == (
        f"the back-up has schema 99; this program knows {newest}: use a newer llavero")
    here.ask("INSERT INTO schema_version (version) VALUES (98)")
    for words in (["backup", file], ["restore", "--replace", file]):
        assert "newer llavero" in here.fails(*words)


def test_progress_in_lines_and_in_json(here):
    fill(here, 1)
    file = here.box.folder / "saved"
    here.box.env["LLAVERO_FAIL"] = "progress.tell:1+"
    lines = here.run("backup", file).stderr.splitlines()
    assert any(line.startswith("saving request_log: ") for line in lines)
    assert lines[-1].split(": ")[1].startswith("100 %")
    done = here.run("backup", "--verify", "--json", file)
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert told[-1]["percent"] == 100 and told[-1]["rows"] == told[-1]["rows_in_all"]
    assert json.loads(done.stdout)["rows"] == told[-1]["rows"]
