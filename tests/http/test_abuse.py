"""Who is in the way of others, a little of everything that ./dev abuse does at full strength: assurance
A180 to A192. A client that behaves gets all its answers meanwhile, and the server forgets it all."""

import json
import os
import time

import pytest

import own_database
from llavero_http import Server
from raw_http import Wire, ask


def closed(own, reason):
    return own.metric(f'llavero_connections_closed_total{{reason="{reason}"}}')


def settles(condition, seconds=30):
    """Becomes true; how soon depends on how busy the machine is."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def descriptors(own):
    return len(os.listdir(f"/proc/{own.process.pid}/fd"))


@pytest.fixture(scope="module")
def small(launch):
    """Room for few, and little patience."""
    return launch(workers=1, max_connections=24, connections_per_address=16, idle_timeout=2,
                  metrics="local")


@pytest.fixture(autouse=True)
def gives_everything_back(small):
    """Descriptors go back to what they were, and the next one is served."""
    before = descriptors(small)
    yield
    assert settles(lambda: descriptors(small) <= before)
    assert small.get("/healthz").status_code == 200


@pytest.mark.parametrize("start", [
    "", "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Drip: ",
    "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 60000\r\n\r\n",
    "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFF\r\n"],
    ids=["line", "head", "body", "chunk"])
def test_a_drip_is_not_waited_for_A180_P45(small, start):
    """It is never idle, and ends all the same."""
    before = closed(small, "overdue")
    with Wire(small) as wire:
        wire.send(start)

        def has_ended():
            try:
                wire.send("x")
                wire.socket.settimeout(0.2)
                return wire.is_closed()
            except TimeoutError:
                return False
            except OSError:
                return True
        assert settles(has_ended)
    assert settles(lambda: closed(small, "overdue") > before)


def test_one_address_takes_no_more_than_its_share_A180(small):
    """Its own oldest go; another address, and whoever asks something, do not notice."""
    before = closed(small, "room")
    wires = [Wire(small) for _ in range(60)]
    assert ask(small, "GET", "/readyz").status == 200
    assert settles(lambda: closed(small, "room") >= before + 60 - 16)
    assert descriptors(small) < 60
    # the newest is still there
    assert wires[-1].request("GET", "/healthz").status == 200
    for wire in wires:
        wire.socket.close()


def test_who_keeps_asking_is_not_shown_out_A180(small):
    """One connection in use, while a hundred come and say nothing."""
    with Wire(small) as good:
        wires = []
        for i in range(100):
            wires.append(Wire(small))
            assert good.request("GET", "/healthz").status == 200, i
        for wire in wires:
            wire.socket.close()


def test_a_named_proxy_has_no_share_A180(launch):
    own = launch(workers=1, connections_per_address=4, trusted_proxies="127.0.0.1")
    wires = [Wire(own) for _ in range(40)]
    for wire in wires:
        assert wire.request("GET", "/healthz").status == 200
    for wire in wires:
        wire.socket.close()
    assert closed(own, "room") == 0


@pytest.mark.skipif(own_database.ON_POSTGRES, reason="nothing of it is the database's")
def test_descriptors_are_kept_for_the_database_A196(tmp_path):
    """A process that may open few files takes fewer connections, and can still work."""
    own = FewDescriptors(tmp_path / "data", workers=1, connections_per_address=0)
    assert b"fewer connections than max_connections" in own.log()
    wires = [Wire(own) for _ in range(500)]
    assert own.get("/readyz").status_code == 200
    own.signed_in()  # reads, writes, commits
    assert descriptors(own) < 400
    for wire in wires:
        wire.socket.close()
    own.stop()


class FewDescriptors(Server):
    MOST = 400

    def command(self, *where):
        return ["/usr/bin/prlimit", f"--nofile={self.MOST}:{self.MOST}", *super().command(*where)]


def test_sign_ins_all_at_once_are_answered_or_told_to_wait_A184(launch):
    """Argon2id has threads and a queue of its own: whoever asks for something else does not wait for it."""
    own = launch(workers=1, jobs=1, argon2_passes=1, argon2_memory=16384, signin_failures=1000,
                 connections_per_address=0)
    app = own.make_app()
    browser = own.browser()
    page = browser.page("/login").form("/session")
    body = f"authenticity_token={page.value('authenticity_token')}&login=octocat&password=wrong"
    data = (f"POST /session HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Cookie: llavero_browser={browser.cookie('llavero_browser')}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}")
    wires = [Wire(own, timeout=300) for _ in range(400)]
    for wire in wires:
        wire.send(data)
    # what is asked while they wait is answered before they are
    assert own.exchange(app, "x")["error"] == "bad_verification_code"
    waiting = 0
    for wire in wires:
        wire.socket.setblocking(False)
        try:
            waiting += not wire._more()
        except BlockingIOError:
            waiting += 1
        wire.socket.settimeout(300)
    assert waiting > 0
    replies = [wire.read() for wire in wires]
    assert {reply.status for reply in replies} == {422, 503}
    for reply in replies:
        assert reply.status != 503 or reply.header("Retry-After")
    # 256 wait at most; one is worked on
    assert sum(reply.status == 422 for reply in replies) >= 256
    for wire in wires:
        wire.socket.close()


@pytest.mark.parametrize("path, kind, body", [
    ("/login/oauth/access_token", "application/x-www-form-urlencoded",
     "&".join(f"k{i:05}=" for i in range(7000))),
    ("/login/oauth/access_token", "application/json",
     json.dumps({f"k{i:05}": "" for i in range(4500)})),
    ("/oauth2/register", "application/json", json.dumps({f"k{i:05}": "" for i in range(4500)})),
    ("/login/oauth/access_token", "application/x-www-form-urlencoded", "a=b&" * 16000),
    ("/api/graphql", "application/json", json.dumps({"query": "{" * 20000})),
    ("/oauth2/register", "application/json", "[" * 60000),
    ("/oauth2/register", "application/json", '{"a":' * 10000),
], ids=["form", "json", "registration", "same", "graphql", "arrays", "objects"])
def test_many_names_and_deep_nesting_A183_A164_A229_P46(server, path, kind, body):
    """A count or a depth is the end of it, long before time or stack is."""
    assert len(body) < 65536
    reply = ask(server, "POST", path, f"Content-Type: {kind}", "Accept: application/json",
                body=body.encode())
    assert reply.status in (200, 201, 400, 401, 413, 415, 422), reply.text
    assert b"access_token" not in reply.body
    assert ask(server, "GET", "/healthz").status == 200


@pytest.mark.parametrize("line", [
    "Cookie: " + "; ".join(f"k{i}=v" for i in range(1500)),
    "Cookie: " + "llavero_session=x; " * 600,
    "Accept: " + ",".join(f"a/b;q=0.{i}" for i in range(1000)),
    "Accept-Language: " + ",".join(f"x{i};q=0.{i}" for i in range(1000)),
    "X-Forwarded-For: " + ",".join("1.2.3.4" for _ in range(1500)),
    "If-None-Match: " + ",".join(f'"{i}"' for i in range(2000)),
], ids=lambda text: text.split(":")[0])
def test_headers_that_are_lists_of_thousands_A183(server, line):
    assert ask(server, "GET", "/login", line).status in (200, 304, 431)


def test_many_headers_of_one_hash_A183(server):
    """Nothing hashes names of headers; what does not fit is refused at once."""
    lines = [f"X-{i}: y" for i in range(600)]
    assert ask(server, "GET", "/healthz", *lines).status in (200, 431)


def test_a_log_that_nobody_reads_keeps_nobody_waiting_A191(tmp_path):
    """Standard error is a pipe that is full; each request would be a line."""
    own = Unread(tmp_path / "data", access_log="on")
    for i in range(1000):  # a pipe holds 64 KiB
        assert own.get("/nowhere/" + "x" * 100).status_code == 404, i
    text = own.read_some()
    assert 100 < text.count(b"\n") < 1000
    # read again, it says what is missing, and goes on
    assert own.get("/nowhere/again").status_code == 404
    assert b"lines of the log were lost" in own.read_some()
    own.process.terminate()
    assert own.process.wait(timeout=60) == 0


class Unread(Server):
    """Its log is a pipe that is read when somebody says so."""

    def start(self, listen="127.0.0.1:0"):
        os.mkfifo(self.log_path)
        self.end = os.open(self.log_path, os.O_RDONLY | os.O_NONBLOCK)
        super().start(listen)

    def read_some(self):
        text = b""
        while piece := self.more():
            text += piece
        return text

    def more(self):
        try:
            return os.read(self.end, 65536)
        except BlockingIOError:
            return b""


def rows(own):
    """Of all that a request of nobody could leave behind."""
    with own.database() as db:
        return {table: db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
                for table in ("session", "code", "pushed_request", "app_grant", "throttle", "seen_once")}


def test_who_is_not_signed_in_leaves_no_row_A188(launch):
    """A sign-in that is not finished is a signed cookie and a page: nothing is kept of it here."""
    own = launch()
    app = own.make_app()
    before = rows(own)
    for i in range(50):
        browser = own.browser()
        browser.page("/login")
        assert browser.ask(app, state=str(i)).status_code == 302
        assert ask(own, "GET", "/settings/profile", f"Cookie: llavero_session={i:040}").status == 302
    assert rows(own) == before
