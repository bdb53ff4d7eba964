"""The load generator reports what happened, and the bench runs from end to end.

No test here judges by a timing: only counts, messages and exit statuses are asserted.
"""
import json
import pathlib
import socket
import sqlite3
import subprocess
import sys
import threading
from xml.etree import ElementTree

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import bench  # pylint: disable=wrong-import-position
import costs  # pylint: disable=wrong-import-position
import glewlwyd  # pylint: disable=wrong-import-position
import plot  # pylint: disable=wrong-import-position
import sides  # pylint: disable=wrong-import-position

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

    def go(reply, lines=20, connections=2, seconds=20, body="code=@", more=()):
        servers.append(Server(reply))
        path = tmp_path / "lines"
        path.write_text("".join(f"line{i:03}\n" for i in range(lines)))
        process = subprocess.run([load, str(servers[-1].port), str(connections), str(seconds),
                                  "POST", "/x", "Authorization: token @", body, path, "good", *more],
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


@pytest.mark.parametrize("most, sent", [("7", 7), ("20", 20), ("21", 20), ("0", 20)])
def test_sends_no_more_than_it_was_told(run, most, sent):
    process, server = run(lambda n: GOOD, more=[most])
    assert (process.returncode, json.loads(process.stdout)["requests"]) == (0, sent)
    assert len(server.requests) == sent


def test_waits_for_a_reply_as_long_as_it_was_told(run):
    process, _ = run(lambda n: "silence", more=["0", "1"])
    assert (process.returncode, process.stdout) == (1, "")
    assert "load: no reply for so long" in process.stderr


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
    (lambda n: "silence" if n > 5 else GOOD, "load: no reply for so long"),
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


# The columns that are filled, of the tables of its OAuth 2 plugin.
GLEWLWYD = {
    "gpg_code": "gpgc_plugin_name, gpgc_username, gpgc_client_id, gpgc_redirect_uri, gpgc_code_hash,"
                " gpgc_expires_at, gpgc_code_challenge, gpgc_enabled",
    "gpg_code_scope": "gpgc_id, gpgcs_scope",
    "gpg_refresh_token": "gpgr_plugin_name, gpgr_authorization_type, gpgr_username, gpgr_client_id,"
                         " gpgr_issued_at, gpgr_last_seen, gpgr_expires_at, gpgr_duration,"
                         " gpgr_rolling_expiration, gpgr_token_hash, gpgr_enabled",
    "gpg_refresh_token_scope": "gpgr_id, gpgrs_scope",
    "gpg_access_token": "gpga_plugin_name, gpga_authorization_type, gpga_client_id, gpga_issued_at,"
                        " gpga_token_hash, gpga_enabled",
    "gpg_access_token_scope": "gpga_id, gpgas_scope"}
KINDS = {kind.name: kind for kind in bench.KINDS}


def a_row(kind, who, per_second):
    return {"what": f"{kind.what}, 5 tokens", "who": who, "per_second": per_second, "p99_ms": 1}


def test_each_row_of_both_servers_is_told_as_a_ratio_in_one_run():
    rows = [a_row(kind, "llavero", 100) for kind in bench.KINDS]
    alone = {figure["what"] for figure in bench.figures_of(rows, "5 tokens")}
    rows += [a_row(kind, "oidc-provider 1", 50) for kind in bench.KINDS if not kind.alone]
    ratios = {figure["what"]: figure["value"] for figure in bench.figures_of(rows, "5 tokens")
              if figure["what"] not in alone}
    assert ratios == {f"{kind.what}, 5 tokens, against oidc-provider": 2
                      for kind in bench.KINDS if not kind.alone}


@pytest.mark.parametrize("kind, sent, left", [
    ("exchange", 4, 6), ("half", 4, 8), ("half", 3, 8), ("refresh", 4, 6), ("check", 4, 10),
    ("client", 4, 10)])
def test_a_line_that_is_good_once_is_sent_once(monkeypatch, tmp_path, kind, sent, left):
    for name in ("client", "service"):
        (tmp_path / name).write_text("id secret\n")
    for name in ("codes", "tokens", "refresh"):
        (tmp_path / name).write_text("".join(f"{name}{i}\n" for i in range(10)))
    monkeypatch.setattr(bench.measure, "Server", lambda *_: None)
    monkeypatch.setattr(bench.measure, "load", lambda *_, **__: {"requests": sent, "errors": 0})
    side = bench.Llavero("llavero", tmp_path, bench.QUICK)
    side.open([])
    side.measure(KINDS[kind], 1)
    lines = side.once.get(KINDS[kind].lines)
    assert (len(lines.data) - lines.at) // lines.width == left if lines else left == 10
    assert len(side.results[kind]) == 1


def test_both_servers_know_their_client_in_the_same_way(tmp_path):
    (tmp_path / "client").write_text("id secret\n")
    for server in (bench.Llavero, sides.OidcProvider):
        side = server("one", tmp_path, bench.QUICK)
        side.client = side.service = side.credentials("client")
        for kind in KINDS:
            _, _, _, body, _ = side.request(kind if kind != "half" else "exchange")
            assert "client_id=id&client_secret=secret" in body or (kind, server) == (
                "check", bench.Llavero)


def test_servers_are_asked_only_what_they_do(tmp_path):
    asked = {side.__name__: {kind.name for kind in bench.KINDS
                             if side("one", tmp_path, bench.QUICK).does(kind)}
             for side in (sides.Llavero, sides.OidcProvider, sides.Glewlwyd)}
    assert asked["Llavero"] == set(KINDS)
    assert asked["Llavero"] - asked["OidcProvider"] == {"half"}
    assert asked["OidcProvider"] - asked["Glewlwyd"] == {"es256", "rs256"}


def test_what_waits_for_glewlwyd_is_in_its_database_and_in_the_files(tmp_path):
    with sqlite3.connect(tmp_path / "glewlwyd.db") as db:
        for table, columns in GLEWLWYD.items():
            db.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {columns})")
    glewlwyd.fill(tmp_path, 3, 2, 1)
    with sqlite3.connect(tmp_path / "glewlwyd.db") as db:
        for name, column in (("codes", "gpgc_code_hash FROM gpg_code"),
                             ("tokens", "gpga_token_hash FROM gpg_access_token"),
                             ("refresh", "gpgr_token_hash FROM gpg_refresh_token")):
            texts = (tmp_path / name).read_text().split()
            assert [(glewlwyd.hashed(text),) for text in texts] == db.execute(
                f"SELECT {column} ORDER BY id").fetchall()
    assert [len((tmp_path / name).read_text().split()) for name in ("codes", "tokens", "refresh")
            ] == [3, 2, 1]


def test_instructions_are_told_by_part_without_those_that_fill_with_zeros():
    counted = costs.Costs("""\
events: Ir sysCount sysTime
ob=(1) /usr/lib/libsqlite3.so.0
fn=(1) sqlite3_step
12 300 2 900
cob=(2) /usr/lib/libc.so.6
cfn=(2) malloc
calls=7 1
12 5000 7 1
+1 20
ob=(2)
fn=(2)
3 80
fn=(3) __memset_avx2_unaligned_erms
4 9000
fn=(5) memchr
4 3
ob=(3) /somewhere/llavero
fl=(1) /anywhere/src/flow/refresh.c
fn=(4) refresh
* 10
calls=2 1
* 400
fi=(2) src/base/str.h
+3 5 1 7
""")
    assert (counted.total, counted.kernel, counted.calls["malloc"]) == (418, 3, 9)
    assert dict(counted.by_part) == {"SQLite": 320, "allocation": 80, "protocol": 10,
                                     "our HTTP and texts": 5, "C library and others": 3}


def test_a_plot_has_a_line_a_mark_and_a_name_for_each_and_colours_for_dark_pages():
    lines = {"one <1>": [(1, 5), (1_000, 20)], "two": [(1, 40), (1_000, 10)]}
    svg = plot.chart("Cost", "tokens", [plot.Panel("us", lines), plot.Panel("ms", lines, True)])
    names = [e.text for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]

    assert svg.count('class="l c0"') == svg.count('class="l c1"') == 2
    assert {"one <1>", "two", "us", "ms", "tokens", "1 k"} <= set(names)
    assert "prefers-color-scheme:dark" in svg


def test_round_steps_reach_what_they_are_for():
    for most in (0.3, 1, 7, 12, 99, 41_000):
        assert plot.steps(most)[0] == 0 and plot.steps(most)[-1] >= most
        assert len(plot.steps(most)) <= 7


needs_build = pytest.mark.skipif(
    not (SERVER.exists() and FILL.exists()),
    reason="the release build and bench/ are not built (make VARIANT=release all bench)")


@needs_build
def test_quick_bench_prints_its_table_last(tmp_path):
    report = tmp_path / "bench.json"
    process = subprocess.run([sys.executable, ROOT / "bench" / "bench.py", "--quick", "--json",
                              report, "--keep", tmp_path / "data"],
                             capture_output=True, text=True, check=False, timeout=600)
    assert process.returncode == 0, process.stdout + process.stderr
    last = process.stdout.rstrip().split("\n\n")[-1].split("\n")
    assert last[0].split() == ["figure", "measured", "goal", "reached"]
    named = [line.split("  ")[0] for line in last[2:]]
    assert {"start to ready, existing database", "resident memory, idle",
            *(f"{kind.what}, 5,000 tokens" for kind in bench.KINDS if not kind.alone)} <= set(named)
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
