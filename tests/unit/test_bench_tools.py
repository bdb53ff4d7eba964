"""The load generator reports what happened, and the bench runs from end to end.

No test here judges by a timing: only counts, messages and exit statuses are asserted.
"""
import json
import pathlib
import socket
import subprocess
import sys
import threading

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = ROOT / "build" / "llavero"
FILL = ROOT / "build" / "release" / "bench" / "fill"
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
BAD = b"HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nbad"


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """The load generator, built alone: it needs no library."""
    program = tmp_path_factory.mktemp("load") / "load"
    subprocess.run(["gcc", "-D_GNU_SOURCE", "-std=c17", "-O1", "-g", "-o", program,
                    ROOT / "bench" / "load.c"], check=True)
    return program


class Server:
    """Answers requests on a loopback port with what `reply` gives for the n-th request: bytes;
    None closes the connection; "silence" says nothing."""

    def __init__(self, reply):
        self.reply, self.requests = reply, []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            self.answer(connection)
        except OSError:
            pass  # the generator has given up and gone

    def answer(self, connection):
        with connection, connection.makefile("rb") as stream:
            while request := self.read(stream):
                with self.lock:
                    self.requests.append(request)
                    reply = self.reply(len(self.requests))
                if reply is None:
                    return
                if reply != "silence":
                    connection.sendall(reply)

    @staticmethod
    def read(stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline()
            if not line:
                return None
            head += line
        length = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                  if line.lower().startswith(b"content-length:")]
        return head + (stream.read(length[0]) if length else b"")


@pytest.fixture
def run(load, tmp_path):
    """Runs the generator against a server with that `reply`: (process, server)."""
    servers = []

    def go(reply, lines=20, connections=2, seconds=20, body="code=@"):
        servers.append(Server(reply))
        path = tmp_path / "lines"
        path.write_text("".join(f"line{i:03}\n" for i in range(lines)))
        process = subprocess.run([load, str(servers[-1].port), str(connections), str(seconds),
                                  "POST", "/x", "Authorization: token @", body, path, "good"],
                                 capture_output=True, text=True, check=False, timeout=60)
        return process, servers[-1]

    yield go
    for server in servers:
        server.listener.close()


def test_uses_each_line_once_in_header_and_body(run):
    process, server = run(lambda n: GOOD)
    result = json.loads(process.stdout)
    assert (process.returncode, result["requests"], result["errors"]) == (0, 20, 0)
    assert sorted(r.split(b"\r\n\r\n")[1] for r in server.requests) == [
        b"code=line%03d" % i for i in range(20)]
    assert all(b"\r\nAuthorization: token " + r[-7:] + b"\r\n" in r for r in server.requests)


def test_counts_unexpected_replies_and_shows_the_first(run):
    process, _ = run(lambda n: BAD if n % 4 == 0 else GOOD)
    result = json.loads(process.stdout)
    assert (process.returncode, result["requests"], result["errors"]) == (3, 20, 5)
    assert "404 Not Found" in process.stderr


def test_reply_in_pieces_is_one_reply(load):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = subprocess.Popen([load, str(port), "1", "0", "GET", "/x", "", "", "", "good"],
                                   stdout=subprocess.PIPE, text=True)
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            for i in range(len(GOOD)):
                connection.sendall(GOOD[i:i + 1])
            output, _ = process.communicate(timeout=30)
    assert (process.returncode, json.loads(output)["requests"]) == (0, 1)


@pytest.mark.parametrize("reply, message", [
    (lambda n: None if n == 5 else GOOD, "load: the server closed a connection"),
    (lambda n: "silence" if n > 5 else GOOD, "load: no reply for five seconds"),
    (lambda n: b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", "load: a reply is too long"),
], ids=["closing", "silent", "endless"])
def test_gives_up_with_a_message(run, reply, message):
    process, _ = run(reply)
    assert (process.returncode, process.stdout) == (1, "")
    assert message in process.stderr


def test_says_that_nobody_listens(load):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.run([load, str(port), "1", "1", "GET", "/", "", "", "", "x"],
                             capture_output=True, text=True, check=False, timeout=30)
    assert (process.returncode, process.stdout) == (1, "")
    assert "connect: Connection refused" in process.stderr


def test_refuses_what_does_not_fit(run):
    process, server = run(lambda n: GOOD, body="x" * 9000)
    assert (process.returncode, server.requests) == (1, [])
    assert "load: a request is too long" in process.stderr


needs_build = pytest.mark.skipif(
    not (SERVER.exists() and FILL.exists()),
    reason="the release build and bench/ are not built (make VARIANT=release all bench)")


@needs_build
def test_quick_bench_prints_its_table_last(tmp_path):
    report = tmp_path / "bench.json"
    process = subprocess.run([sys.executable, ROOT / "bench" / "bench.py", "--quick", "--json",
                              report, "--keep", tmp_path / "data"],
                             capture_output=True, text=True, check=False, timeout=300)
    assert process.returncode == 0, process.stdout + process.stderr
    last = process.stdout.rstrip().split("\n\n")[-1].split("\n")
    assert last[0].split() == ["figure", "measured", "goal", "reached"]
    named = [line.split("  ")[0] for line in last[2:]]
    assert {"code exchange, 5,000 tokens", "token check, 5,000 tokens",
            "start to ready, existing database", "resident memory, idle"} <= set(named)
    rows = json.loads(report.read_text())["rows"]
    assert rows and all(row["errors"] == 0 and row["per_second"] > 0 for row in rows)
    assert (tmp_path / "data" / "llavero-5000" / "llavero.db").exists()


@needs_build
def test_bench_says_which_server_does_not_start(tmp_path):
    process = subprocess.run([sys.executable, ROOT / "bench" / "bench.py", "--quick", "--json",
                              tmp_path / "bench.json", "--binary", "/bin/false"],
                             capture_output=True, text=True, check=False, timeout=60)
    assert process.returncode == 2
    assert "bench: a server did not become ready: /bin/false" in process.stderr
    assert not (tmp_path / "bench.json").exists()
