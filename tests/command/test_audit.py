"""llavero audit: the security log, and whether somebody changed it, by real SQL on both engines. Issue 7, point 7;
I10. The chain itself: tests/store/test_audit.c."""
import contextlib
import json
import signal
import subprocess
import time

import pytest

from conftest import BIN


class Log:
    def __init__(self, here):
        self.here, self.folder = here, here.box.folder
        self.run, self.fails, self.json, self.sql = here.run, here.fails, here.json, here.ask

    def fill(self, n=6):
        """n entries, each with its place."""
        for i in range(n):
            self.here.user(f"mona{i}")
        self.head = self.json("audit", "head")
        return self

    def verify(self, *words, status=0):
        return json.loads(self.run("audit", "verify", *words, "--json", status=status).stdout)

    def entries(self):
        return [json.loads(line) for line in self.run("audit", "export").stdout.splitlines()]

    @contextlib.contextmanager
    def server(self, *flags):
        process = subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0", *flags],
                                   env=self.here.box.env, cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        assert process.stdout.readline().startswith(b"ready ")
        process.log = ""
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.log = process.communicate(timeout=60)[1].decode()

    def wait_until(self, check):
        """As soon as it may: nothing here hangs on how long that takes."""
        for _ in range(600):
            if check(self.verify()):
                return
            time.sleep(0.1)
        raise AssertionError(self.verify())


@pytest.fixture
def log(here):
    return Log(here)


def test_a_log_that_is_whole(log):
    empty = log.verify()
    assert empty["whole"] and empty["entries"] == 0 and empty["head"].startswith("0:")
    assert log.run("audit", "list").stdout == "The log is empty.\n"
    log.here.user("mona")
    assert log.verify()["waiting"] == 1, "no server has given it its place"
    head = log.json("audit", "head")
    assert head["entries"] == 1 and head["head"].startswith("1:") and len(head["head"]) == 2 + 64
    assert log.run("audit", "head").stdout == head["head"] + "\n"
    found = log.verify()
    assert (found["whole"], found["entries"], found["waiting"], found["findings"]) == (True, 1, 0, [])
    assert found["head"] == head["head"] and found["key_sealed"] is False
    said = log.run("audit", "verify").stdout
    assert said.startswith("The log is whole: 1 entries.\n") and "can forge the log" in said


def test_listing_and_exporting(log):
    log.fill(3)
    log.run("user", "suspend", "mona1")
    newest = log.json("audit", "list", "--lines", "2")
    assert [(e["action"], e["entry"]) for e in newest] == [("user.suspend", None), ("user.create", 3)]
    assert "user.suspend" in log.run("audit", "list").stdout
    assert [e["action"] for e in log.json("audit", "list", "--user", "mona1")] == [
        "user.suspend", "user.create"]
    assert "there is no user 'nobody'" in log.fails("audit", "list", "--user", "nobody")
    for bad in ("0", "1001", "-1", "many"):
        assert "--lines must be" in log.fails("audit", "list", f"--lines={bad}", status=2)
    assert len(log.json("audit", "list", "--lines", "1000")) == 4
    entries = log.entries()
    assert [e["entry"] for e in entries] == [1, 2, 3, None]
    assert entries[0]["actor"] == "command line" and entries[0]["detail"] == "mona0"
    assert entries[0]["at"].endswith("Z") and len(entries[0]["link"]) == 64
    assert log.head["head"] == f"3:{entries[2]['link']}"


CHANGES = [
    ("UPDATE audit SET detail = 'lisa' WHERE seq = 3", [("changed", 3, 3)]),
    ("UPDATE audit SET at = at + 1 WHERE seq = 3", [("changed", 3, 3)]),
    ("UPDATE audit SET actor = 'mona' WHERE seq IN (1, 6)", [("changed", 1, 1), ("changed", 6, 6)]),
    ("DELETE FROM audit WHERE seq = 3", [("missing", 3, 3)]),
    ("DELETE FROM audit WHERE seq >= 5", [("missing", 5, 6)]),
    ("DELETE FROM audit WHERE seq <= 2", [("missing", 1, 2)]),
    ("DELETE FROM audit", [("missing", 1, 6)]),
    ("UPDATE audit SET seq = CASE seq WHEN 2 THEN 5 ELSE 2 END WHERE seq IN (2, 5)",
     [("moved", 2, 2), ("moved", 3, 3), ("moved", 5, 5), ("moved", 6, 6)]),
    ("UPDATE audit SET seq = seq - 1 WHERE seq = 6 OR seq = 5 OR seq = 4",
     [("put_in", 3, 3), ("moved", 4, 4), ("moved", 5, 5), ("missing", 6, 6)]),
    ("INSERT INTO audit (id, at, account_id, actor, action, detail, address)"
     " VALUES (999999, 1, 1, 'mona', 'user.login', '', '')", [("put_in", None, None)]),
    ("INSERT INTO audit (id, at, account_id, actor, action, detail, address, seq, tag, link)"
     " SELECT 999999, at, account_id, actor, action, detail, address, 7, tag, link FROM audit"
     " WHERE seq = 6", [("put_in", 7, 7)]),
    ("DELETE FROM instance WHERE name = 'audit_head'", [("head_changed", None, None)]),
]


def sentence(fault, first, last):
    return {"changed": f"Entry {first} was changed", "moved": f"Entry {first} is not the one",
            "missing": f"Entry {first} is missing" if first == last else
                       f"Entries {first} to {last} are missing",
            "put_in": "An entry was put in", "head_changed": "The head of the log was changed"}[fault]


@pytest.mark.parametrize("sql, faults", CHANGES, ids=[f"{c[1][0][0]} {i}" for i, c in enumerate(CHANGES)])
def test_what_was_changed_is_named(log, sql, faults):
    log.fill()
    assert log.verify()["whole"]
    log.sql(sql)
    found = log.verify(status=1)
    assert not found["whole"]
    assert [(f["fault"], f["from"], f["to"]) for f in found["findings"]] == faults
    said = log.run("audit", "verify", status=1).stdout
    assert "THE LOG WAS CHANGED" in said
    for fault in faults:
        assert sentence(*fault) in said

@pytest.mark.parametrize("sql, told", [
    ("UPDATE audit SET detail = 'lisa' WHERE seq = 3", False),
    ("DELETE FROM instance WHERE name = 'audit_head'", True)])
def test_a_server_goes_on_and_makes_nothing_good(log, sql, told):
    log.fill(4)
    log.sql(sql)
    with log.server() as server:
        log.here.user("later")
    found = log.verify(status=1)
    assert found["waiting"] == (1 if told else 0), "the last moment gives places too"
    assert ("the security log was changed: see llavero audit verify" in server.log) == told


def test_kept_heads_show_what_the_log_alone_cannot(log):
    """Who can write the database puts back an older head with its entries: the log looks whole."""
    log.fill(3)
    heads = log.folder / "heads"
    heads.write_text(log.head["head"] + "\n")
    early = log.sql("SELECT * FROM instance WHERE name = 'audit_head'")[0][1]
    log.here.user("lisa")
    heads.write_text(heads.read_text() + "\n" + log.run("audit", "head").stdout)
    found = log.verify("--head", heads)
    assert found["whole"] and found["heads"] == 2
    quoted = f"'\\x{early}'" if log.here.server else f"x'{early}'"
    log.sql("DELETE FROM audit WHERE seq > 3")
    log.sql(f"UPDATE instance SET value = {quoted} WHERE name = 'audit_head'")
    assert log.verify()["whole"], "no key was needed for this"
    found = log.verify("--head", heads, status=1)
    assert [(f["fault"], f["from"]) for f in found["findings"]] == [("not_the_kept_head", 4)]
    assert "had 4 entries when a head was kept, and has 3 now" in log.run(
        "audit", "verify", "--head", heads, status=1).stdout
    # as many entries again, but not the same
    log.here.user("lena")
    log.json("audit", "head")
    assert log.verify()["whole"]
    assert "Entry 4 is not the one that was there when a head was kept" in log.run(
        "audit", "verify", "--head", heads, status=1).stdout


def test_heads_that_are_none(log):
    log.fill(1)
    good = log.head["head"]
    for text, words in (("", "there is no head"), ("\n\n", "there is no head"), ("nonsense\n", "line 1"),
                        (good + "\n" + good[:-1] + "\n", "line 2"), (good + "00", "line 1"),
                        ("-1" + good[1:], "line 1"), ("1:" + "g" * 64, "line 1")):
        (log.folder / "heads").write_text(text)
        assert words in log.fails("audit", "verify", "--head", log.folder / "heads"), text
    assert "cannot be read" in log.fails("audit", "verify", "--head", log.folder / "none")
    # LIMIT_AUDIT_HEADS: one below, at and above
    for size, fits in ((2 ** 20 - 1, True), (2 ** 20, True), (2 ** 20 + 1, False)):
        (log.folder / "heads").write_text(good.ljust(size, "\n"))
        if fits:
            assert log.verify("--head", log.folder / "heads")["heads"] == 1
        else:
            assert "more than 1048576 bytes" in log.fails("audit", "verify", "--head", log.folder / "heads")
    # of an empty log
    (log.folder / "heads").write_text("0:" + "0" * 64)
    assert "Entry 0 is not the one" in log.run("audit", "verify", "--head", log.folder / "heads",
                                               status=1).stdout


def test_a_server_gives_places_and_tells_its_head(log):
    with log.server() as server:
        for i in range(5):
            log.here.user(f"mona{i}")
        log.wait_until(lambda found: found["entries"] == 5 and found["waiting"] == 0)
    lines = [json.loads(line) for line in server.log.splitlines()]
    told = [line for line in lines if line["event"] == "head of the security log"]
    assert told[-1]["entries"] == 5
    assert log.verify()["head"] == f"5:{told[-1]['link']}"


def test_two_servers_and_a_kill(log):
    """I10: an event that was acknowledged is in the chain, once, whatever happens to who would give it its place."""
    with log.server() as first, log.server():
        for i in range(4):
            log.here.user(f"mona{i}")
        first.kill()
        for i in range(4, 8):
            log.here.user(f"mona{i}")
        log.wait_until(lambda found: found["entries"] == 8)
    assert log.verify()["whole"]
    assert sorted(e["detail"] for e in log.entries()) == [f"mona{i}" for i in range(8)]
    # nobody was there to do it: the next one does
    log.here.user("late")
    assert log.verify()["waiting"] == 1
    with log.server():
        log.wait_until(lambda found: found["entries"] == 9)


@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_back_up_restore_and_move_keep_it_whole(log, place, target):
    """With text that is no UTF-8, which becomes other text in PostgreSQL."""
    log.fill(3)
    log.run("user", "suspend", "mona1")
    if not log.here.server:
        log.sql("UPDATE account SET name = CAST(x'ff41' AS TEXT) WHERE login = 'mona0'")
    heads = log.folder / "heads"
    heads.write_text(log.head["head"])
    file = log.folder / "saved"
    log.run("backup", file)
    there = Log(place(target))
    there.run("restore", file)
    assert there.verify("--head", heads)["waiting"] == 2, "the suspension, and the restoring"
    there.json("audit", "head")
    moved = Log(place("sqlite" if target == "postgres" else "postgres"))
    moved.json("migrate", "--from", there.here.url, "--to", moved.here.url)
    found = moved.verify("--head", heads)
    assert found["whole"] and found["entries"] == 5
    # what was written after the back-up is not there: a head tells so
    log.here.user("after")
    heads.write_text(log.run("audit", "head").stdout)
    assert log.verify("--head", heads)["entries"] == 5
    assert not moved.verify("--head", heads, status=1)["whole"]


def test_old_entries_are_let_go(log):
    """By a rehearsal's clock. The rest is whole, and a head of before is no fault."""
    log.fill(3)
    heads = log.folder / "heads"
    heads.write_text(log.head["head"])
    with log.server("--rehearsal", "--audit-days", "30", "--data", log.here.box.data):
        assert log.verify()["cleared"] == 0
        log.run("clock", "advance", "40d")
        log.here.user("later")
        log.wait_until(lambda found: found["cleared"] == 3 and found["entries"] == 1)
        found = log.verify("--head", heads)
        assert found["whole"] and found["heads"] == 1
        assert [e["detail"] for e in log.entries()] == ["later"]
    log.sql("DELETE FROM audit")
    assert [(f["fault"], f["from"]) for f in log.verify(status=1)["findings"]] == [("missing", 4)]


def test_with_a_master_key_the_key_of_the_log_is_out_of_reach(log):
    log.here.box.bare("vault", "create-key", log.folder / "master")
    log.here.box.env["LLAVERO_VAULT_KEY_FILE"] = str(log.folder / "master")
    log.fill(2)
    assert log.verify()["key_sealed"] is True
    assert "forge" not in log.run("audit", "verify").stdout
    # another key in its place, unsealed: what it would prove is not what was written
    value = "'\\x" + "41" * 32 + "'" if log.here.server else "x'" + "41" * 32 + "'"
    log.sql(f"UPDATE instance SET value = {value} WHERE name = 'audit_key'")
    found = log.verify(status=1)
    assert found["key_sealed"] is False
    assert "head_changed" in {f["fault"] for f in found["findings"]}
