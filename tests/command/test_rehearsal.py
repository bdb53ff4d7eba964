"""clock, fault and sandbox: commands that ask the running server."""
import json
import os
import re
import socket
import subprocess

import pytest

from conftest import BIN, stop

SPAN = "'%s' must be a span of time such as \"11m\" or \"1h30m\", from %d to %d seconds."
NO_FILE = ("the data folder '%s' belongs to no rehearsal: start the server with --demo or "
           "--rehearsal, or name its folder with --data")
EVERY = [("clock", "show"), ("clock", "advance", "1m"), ("clock", "reset"),
         ("fault", "add", "Ov23x", "timeout"), ("fault", "list"), ("fault", "clear"),
         ("sandbox", "create"), ("sandbox", "list"), ("sandbox", "delete", "abc"),
         ("rehearse",), ("rehearse", "CODE_EXPIRED"), ("authorize", "http://x/")]


# why a command cannot work

@pytest.mark.parametrize("words", EVERY)
def test_no_rehearsal_is_known(box, words):
    assert box.fails(*words) == NO_FILE % box.data


def test_a_file_that_tells_nothing_is_none(box):
    box.data.mkdir()
    for text in ("", "[]", "{}", '{"base_url": "http://127.0.0.1:1"}',
                 '{"base_url": 1, "rehearsal_token": "x"}'):
        (box.data / "demo.json").write_text(text)
        assert box.fails("clock", "show") == NO_FILE % box.data


@pytest.mark.parametrize("words", EVERY)
def test_the_server_does_not_run(box, words):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{probe.getsockname()[1]}"
    box.data.mkdir()
    (box.data / "rehearsal.json").write_text(
        json.dumps({"base_url": base, "rehearsal_token": "0" * 40}))
    said = box.fails(*words)
    assert said.startswith(f"the server at {base} does not answer; is it running? (")


def test_the_server_is_no_rehearsal(box, serve):
    process = serve("--rehearsal")
    known = json.loads((box.data / "rehearsal.json").read_text())
    port = known["base_url"].rsplit(":", 1)[1]
    stop(process)
    process = subprocess.Popen([BIN, "serve", "--listen", f"127.0.0.1:{port}", "--data", box.data],
                               env=box.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout.readline().startswith(b"ready ")
    assert box.fails("clock", "show") == (f"the server at {known['base_url']} is no rehearsal: "
                                          "start it with --demo or --rehearsal")
    stop(process)


def test_the_token_is_another_servers(rehearsal):
    path = rehearsal.data / "rehearsal.json"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({**known, "rehearsal_token": "0" * 40}))
    assert rehearsal.fails("clock", "show") == (
        f"the server at {known['base_url']} does not take the token in '{path}': it has another "
        "data folder")


def test_the_newer_file_counts(box, serve):
    stop(serve("--demo"))
    serve("--rehearsal")
    assert box.json("clock", "advance", "1m")["offset"] == 60


# the clock

def test_the_clock_is_moved(rehearsal):
    assert rehearsal.json("clock", "show")["offset"] == 0
    assert rehearsal.run("clock", "show").stdout.startswith("The server's time is the real one: 2")
    assert rehearsal.json("clock", "advance", "11m")["offset"] == 660
    assert re.fullmatch(r"The server's time is \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, 720 seconds "
                        r"ahead\.\n", rehearsal.run("clock", "advance", "60").stdout)
    assert rehearsal.json("clock", "reset")["offset"] == 0
    assert rehearsal.fails("clock", "advance", "soon") == SPAN % ("advance", 0, 315360000)
    assert "'-5m' is no flag" in rehearsal.misused("clock", "advance", "-5m")
    assert "SPAN is missing" in rehearsal.misused("clock", "advance")


def test_other_commands_live_at_the_moved_time(rehearsal):
    rehearsal.user("mona")
    rehearsal.json("clock", "advance", "3650d")
    rehearsal.user("lisa")
    then, now = (rehearsal.json("user", "show", login)["created_at"] for login in ("mona", "lisa"))
    assert int(now[:4]) in (int(then[:4]) + 9, int(then[:4]) + 10)
    rehearsal.json("clock", "reset")
    rehearsal.user("hubot")
    assert rehearsal.json("user", "show", "hubot")["created_at"] < now


# faults

def test_faults(demo):
    client_id = demo.demo["client_id"]
    assert demo.run("fault", "list").stdout == "There are no faults.\n"
    assert demo.json("fault", "list") == []
    added = demo.json("fault", "add", client_id, "timeout", "--count", "3", "--seconds=9",
                      "--endpoint", "token")
    assert added == {"client_id": client_id, "fault": "timeout", "endpoint": "token", "left": 3,
                     "seconds": 9}
    assert demo.run("fault", "add", client_id, "slow_down").stdout == (
        f"Scripted for {client_id}: slow_down, endpoint any, requests: 1.\n")
    assert [f["fault"] for f in demo.json("fault", "list")] == ["timeout", "slow_down"]
    assert demo.run("fault", "list").stdout.splitlines()[1].split() == [
        client_id, "timeout", "token", "3"]
    assert demo.json("fault", "clear", "Ov23other") == {"cleared": 0}
    assert demo.run("fault", "clear", client_id).stdout == "Faults cleared: 2.\n"
    demo.json("fault", "add", client_id, "server_error")
    assert demo.json("fault", "clear") == {"cleared": 1}


def test_faults_that_cannot_be(demo):
    client_id = demo.demo["client_id"]
    assert demo.fails("fault", "add", client_id, "meteor") == (
        "'fault' must be server_error, timeout, slow_down, drop_after_commit or expired_key.")
    assert demo.fails("fault", "add", "Ov23x", "timeout") == "There is no app with this client_id."
    assert demo.misused("fault", "add", client_id, "timeout", "--count", "many").startswith(
        "'--count' is 'many', but must be a number")
    assert demo.fails("fault", "add", client_id, "timeout", "--count", "0") == (
        "'count' must be a number from 1 to 1000.")


# sandboxes

def test_a_sandbox(rehearsal):
    made = rehearsal.json("sandbox", "create", "--lifetime", "2h", "--users", "2", "--callback",
                          "http://127.0.0.1:3000/cb", "--callback", "https://app.example/cb",
                          "--name", "pr-42", "--device-flow", "--expiring-tokens")
    assert made["app"]["callback_urls"] == ["http://127.0.0.1:3000/cb", "https://app.example/cb"]
    assert made["app"]["device_flow"] and made["app"]["token_expiration"]
    assert len(made["users"]) == 2
    listed = rehearsal.json("sandbox", "list")
    assert [(s["id"], s["name"], s["user_count"]) for s in listed] == [(made["id"], "pr-42", 2)]
    assert rehearsal.json("user", "show", made["users"][1]["login"])["login"] == (
        made["users"][1]["login"])
    row = rehearsal.run("sandbox", "list").stdout.splitlines()[1].split()
    assert row[0] == made["id"] and row[3:] == ["2", made["app"]["client_id"], "pr-42"]
    assert rehearsal.json("sandbox", "delete", made["id"]) == {"id": made["id"], "deleted": True}
    assert rehearsal.fails("sandbox", "delete", made["id"]) == (
        "There is no sandbox with this id; its time may be over.")
    assert rehearsal.run("sandbox", "list").stdout == "There are no sandboxes.\n"
    rehearsal.fails("app", "show", made["app"]["client_id"])


def test_a_sandbox_in_words(rehearsal):
    words = rehearsal.run("sandbox", "create").stdout
    found = re.fullmatch(
        r"sandbox:       ([a-z2-9]{8})\nends \(UTC\):    [0-9: -]{16}\nclient id:     Ov23\w{16}\n"
        r"client secret: [0-9a-f]{40}\ncallback:      http://127.0.0.1/callback\n"
        r"user:          sandbox-\1-1, password [a-z2-9-]{14}\n"
        r"Keep the secrets now: they are not shown again.\n", words)
    assert found, words
    assert rehearsal.run("sandbox", "delete", found[1]).stdout == (
        f"The sandbox {found[1]} is gone.\n")


def test_sandboxes_that_cannot_be(rehearsal):
    assert rehearsal.fails("sandbox", "create", "--lifetime", "8d") == SPAN % (
        "lifetime", 1, 604800)
    assert rehearsal.fails("sandbox", "create", "--users", "21") == (
        "'users' must be a number from 1 to 20.")
    assert rehearsal.misused("sandbox", "create", "--users", "-1").startswith("'--users' is '-1'")
    assert rehearsal.fails("sandbox", "create", "--callback", "/cb").startswith(
        "'callbacks' must be URLs that an app may register; '/cb': ")
    assert "no sandbox with this id" in rehearsal.fails("sandbox", "delete", "a/../b c")


def test_secrets_are_on_standard_output_only(rehearsal):
    made = rehearsal.json("sandbox", "create")
    token = json.loads((rehearsal.data / "rehearsal.json").read_text())["rehearsal_token"]
    everything = rehearsal.stored()
    assert made["app"]["client_id"].encode() in everything
    for secret in (made["app"]["client_secret"], made["users"][0]["password"], token):
        assert secret.encode() not in everything
