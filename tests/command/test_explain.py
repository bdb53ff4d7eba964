"""`llavero explain` and `llavero tail`, beside a server that refuses."""
import json
import os
import re
import signal
import subprocess
import threading

import pytest
import requests

from conftest import BIN

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
# what a terminal would obey: colours, a window's title, another line, C1, and back to the start
HOSTILE = "https://evil.example/\x1b[31m\x1b]0;title\x07\r\n\x9b2J\x08\x7f\u202e"


class Refusing:
    """A server over a box's data folder, with an app whose requests go wrong."""

    def __init__(self, box):
        self.box = box
        box.user("mona")
        self.app = box.app()
        self.other = box.app(name="Two", callback="https://two.example.com/cb")
        self.process = box.start("serve", "--listen", "127.0.0.1:0", "--workers", "1")
        self.url = re.match(rb"ready (\S+)\n", self.process.stdout.readline())[1].decode()

    def refuse(self, **changes):
        """The request id of a token request that was refused."""
        reply = requests.post(self.url + "/login/oauth/access_token", timeout=60, data={
            "client_id": self.app["client_id"], "client_secret": self.app["client_secret"],
            "code": "0" * 40, **changes})
        return reply.headers["X-GitHub-Request-Id"]

    def authorize(self, **query):
        reply = requests.get(self.url + "/login/oauth/authorize", allow_redirects=False, timeout=60,
                             params={"client_id": self.app["client_id"], **query})
        return reply.headers["X-GitHub-Request-Id"]

    def stop(self):
        self.process.terminate()
        _, err = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, err.decode()


@pytest.fixture
def refusing(box):
    running = Refusing(box)
    yield running
    running.stop()


def tail(box, *words, **more):
    done = box.run("tail", "--once", *words, **more)
    assert done.stderr == ""
    return done.stdout.splitlines()


class Tail:
    """A tail that goes on, read line by line."""

    def __init__(self, box, *words):
        self.process = subprocess.Popen(
            [BIN, "tail", *words, "--data", box.data], env=box.env, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def line(self):
        overdue = threading.Timer(60, self.process.kill)
        overdue.start()
        line = self.process.stdout.readline()
        overdue.cancel()
        assert line, self.process.stderr.read()
        return line

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=60)
        assert (self.process.returncode, err) == (0, "")
        return out


# explain

def test_explain_says_what_happened_and_what_to_do(box, refusing):
    rid = refusing.refuse(client_secret="0" * 39)
    text = box.run("explain", rid).stdout
    for words in (rid, "CLIENT_SECRET_LENGTH", "incorrect_client_credentials", "127.0.0.1", "39",
                  "reasons-for-refused-requests#client-secret-length"):
        assert words in text
    # an address stays in one piece
    assert not [line for line in text.splitlines() if len(line) > 110 and " " in line]
    assert box.run("explain", f"  {rid}\t").stdout == text


def test_the_language(box, refusing):
    rid = refusing.refuse()
    english, spanish = (box.run("explain", rid, "--lang", lang).stdout for lang in ("en", "es"))
    assert "Cause: CODE_UNKNOWN" in english and "Causa: CODE_UNKNOWN" in spanish

    def said(**env):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"):
            box.env.pop(name, None)
        box.env.update(env)
        return box.run("explain", rid).stdout

    for env in ({}, {"LANG": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "fr_FR.UTF-8"}, {"LANG": "e"},
                {"LC_ALL": "en_GB.UTF-8", "LANG": "es_AR.UTF-8"}, {"LC_ALL": "\udcff\udcfe"}):
        assert said(**env) == english, env
    for env in ({"LANG": "es_AR.UTF-8"}, {"LC_ALL": "es"}, {"LC_ALL": "", "LANG": "es_ES"},
                {"LC_MESSAGES": "es_ES.UTF-8", "LANG": "en_US.UTF-8"}):
        assert said(**env) == spanish, env
    assert box.run("explain", rid, "--lang", "en").stdout == english
    for lang in ("fr", "", "english", "es_"):
        for words in (["explain", rid], ["tail", "--once"]):
            assert box.misused(*words, "--lang", lang).startswith("--lang must be en or es;"), lang


def test_explain_as_json(box, refusing):
    rid = refusing.authorize(redirect_uri="https://one.example.com/cb/")
    told = box.json("explain", rid)
    assert (told["request_id"], told["cause"]) == (rid, "AUTHORIZE_REDIRECT_SLASH")
    assert (told["expected"], told["received"]) == (
        "https://one.example.com/cb", "https://one.example.com/cb/")
    assert told["differs_at"] == len("https://one.example.com/cb")
    assert box.json("explain", rid, "--lang", "es")["title"] != told["title"]
    assert told["documentation_url"].endswith("#authorize-redirect-slash")


@pytest.mark.parametrize("rid", ["0:0:0", "x", "", "' OR 1=1 --", "%", "á", "0" * 3000])
def test_a_request_that_nobody_knows(box, rid):
    box.user("mona")
    said = box.fails("explain", rid)
    assert said.startswith("nothing is known of the request '") and "older than the log" in said
    assert box.fails("explain", rid, "--json") == said


def test_an_unknown_id_does_not_steer_the_terminal(box):
    box.user("mona")
    assert not CONTROL.search(box.fails("explain", "\x1b[31mx\x07"))


def test_explain_wants_one_id(box):
    box.user("mona")
    box.misused("explain")
    box.misused("explain", "a", "b")


def test_without_a_database(box):
    for words in (["explain", "0:0:0"], ["tail", "--once"]):
        box.run(*words, status=1 if words[0] == "explain" else 0)


def test_nothing_hostile_reaches_the_terminal(box, refusing):
    # A209
    agent = {"User-Agent": "\x9b31m agent \xff"}
    ids = [refusing.authorize(redirect_uri=HOSTILE), refusing.authorize(response_type=HOSTILE),
           refusing.refuse(grant_type=HOSTILE), refusing.refuse(redirect_uri=HOSTILE, scope=HOSTILE),
           refusing.authorize(scope=HOSTILE, redirect_uri="https://evil.example/", prompt=HOSTILE)]
    ids.append(requests.get(refusing.url + "/api/v3/user", headers=agent, timeout=60)
               .headers["X-GitHub-Request-Id"])
    for rid in ids:
        for more in ([], ["--json"], ["--lang", "es"]):
            text = box.run("explain", rid, *more).stdout
            assert rid in text and not CONTROL.search(text), repr(text)
    app = ["--app", refusing.app["client_id"]]
    for more in ([], ["--json"]):
        lines = tail(box, *app, *more)
        assert len(lines) == 5 and not CONTROL.search("".join(lines)), lines
    assert not CONTROL.search("".join(tail(box)))


# tail

def test_tail_prints_the_newest_oldest_first(box, refusing):
    ids = [refusing.refuse(redirect_uri="https://x.example/", code=f"{i:040x}") for i in range(12)]
    nobody = refusing.refuse(client_id="nobody")
    app = ["--app", refusing.app["client_id"]]

    def told(*words):
        return [json.loads(line)["request_id"] for line in tail(box, *app, *words, "--json")]

    assert told() == ids[-10:]
    for n in (0, 1, 11, 12, 13, 1000):
        assert told("--lines", str(n)) == ids[-n:][-n:] * (n > 0)
    for line, rid in zip(tail(box, *app), ids[-10:], strict=True):
        assert rid in line and re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC  ", line)
    # without an app: requests of none that is known
    assert len(tail(box)) == 1 and nobody in tail(box)[0]
    assert tail(box, "--app", refusing.other["client_id"]) == []
    assert tail(box, "--app", refusing.other["client_id"], "--json") == []


@pytest.mark.parametrize("lines", ["1001", "-1", "x", "", "1.5", "99999999999999999999"])
def test_how_many_lines(box, lines):
    box.user("mona")
    said = box.misused("tail", "--once", f"--lines={lines}")
    assert said.startswith("--lines must be a number up to 1000;")


def test_tail_of_an_app_that_is_not(box):
    box.user("mona")
    for words in ([], ["--json"], ["--lang", "es"]):
        assert "Ov23liNobody" in box.fails("tail", "--once", "--app", "Ov23liNobody", *words)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_tail_goes_on_until_it_is_stopped(box, refusing, how):
    before = refusing.refuse()
    following = Tail(box, "--app", refusing.app["client_id"], "--lines", "1")
    assert before in following.line()
    for _ in range(3):
        rid = refusing.refuse()
        assert rid in following.line()
    refusing.refuse(client_id=refusing.other["client_id"])  # not this app's
    ids = [refusing.refuse() for _ in range(20)]
    for rid in ids:
        assert rid in following.line()
    assert following.stop(how) == ""


def test_tail_as_json_goes_on(box, refusing):
    first = refusing.refuse(client_id="nobody")
    following = Tail(box, "--json", "--lang", "es", "--lines=1")
    assert json.loads(following.line())["request_id"] == first
    rid = refusing.refuse(client_id="nobody")
    told = json.loads(following.line())
    assert (told["request_id"], told["cause"]) == (rid, "CLIENT_UNKNOWN")
    assert told["title"] == box.json("explain", rid, "--lang", "es")["title"]
    following.stop()


def test_tail_tells_what_goes_well_too(box, refusing):
    box.run("app", "edit", refusing.app["client_id"], "--device-flow")
    following = Tail(box, "--app", refusing.app["client_id"])
    requests.post(refusing.url + "/login/device/code", timeout=60,
                  data={"client_id": refusing.app["client_id"]})
    assert "This request went well." in following.line()
    following.stop()


def test_a_reader_that_goes_away_ends_it(box, refusing):
    following = Tail(box, "--app", refusing.app["client_id"])
    refusing.refuse()
    following.line()
    following.process.stdout.close()
    while following.process.poll() is None:
        refusing.refuse()
        try:
            following.process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    assert b"Sanitizer" not in following.process.stderr.read().encode()
    assert following.process.returncode in (0, 1, -signal.SIGPIPE)


def test_a_full_device_is_told(box, refusing):
    refusing.refuse()
    for words in (["explain", refusing.refuse()],
                  ["tail", "--once", "--app", refusing.app["client_id"]]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([BIN, *words, "--data", box.data], env=box.env, stdout=full,
                                  stderr=subprocess.PIPE, timeout=60, check=False)
        assert done.returncode == 1 and done.stderr.startswith(b"llavero: "), done


@pytest.mark.sqlite
def test_a_tail_does_not_hold_the_database(box, refusing):
    """Others write while it follows, and the write-ahead log does not grow for ever."""
    following = Tail(box, "--app", refusing.app["client_id"])
    refusing.refuse()
    following.line()
    box.user("ana")
    box.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert os.path.getsize(f"{box.database}-wal") == 0
    following.stop()


def test_tail_of_an_app_that_is_deleted_meanwhile(box, refusing):
    following = Tail(box, "--app", refusing.app["client_id"])
    refusing.refuse()
    following.line()
    box.run("app", "delete", refusing.app["client_id"], "--yes")
    assert following.stop() == ""
