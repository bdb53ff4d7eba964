"""HTTP at its edges, as bytes: whatever comes, there is a clean answer or a closed connection, and
the server goes on. Assurance 4.13 and 4.14. libmicrohttpd parses; this is what llavero relies on."""

import gzip
import socket
import time

import pytest

from llavero_http import Page
from raw_http import Wire, ask, send

TOKEN = "/login/oauth/access_token"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(autouse=True)
def goes_on(server):
    """After each test it serves as before, on a fresh connection."""
    yield
    assert server.process.poll() is None
    assert ask(server, "GET", "/healthz").status == 200


@pytest.fixture(scope="module")
def brisk(launch):
    """Closes a connection that says nothing more."""
    return launch(idle_timeout=1)


def outcome(server, data):
    """Status of the first reply, or None when the connection is closed without one."""
    reply = send(server, data)
    return reply.status if reply else None


def post(head, body=""):
    return f"POST {TOKEN} HTTP/1.1\r\nHost: x\r\n{FORM}{head}\r\n{body}"


def refused_for_good(server, data, statuses=(400,)):
    """Refused, and nothing after it on this connection is taken for a request (A162)."""
    with Wire(server) as wire:
        try:
            wire.send(data)
            wire.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            while wire._more():
                pass
        except OSError:  # closed while we were still talking
            pass
        assert wire.buffer == b"" or int(wire.buffer.split(b" ")[1]) in statuses, wire.buffer
        assert b"\nok\n" not in wire.buffer and b"HTTP/1.1 2" not in wire.buffer


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, gzip", "nonsense"])
def test_bodies_are_not_unpacked_A194(server, coding):
    """What is packed is not read as what is in it; where unpacked it would be a gigabyte, neither."""
    bomb = gzip.compress(b"client_id=x&code=" + b"0" * 200000)
    for path in (TOKEN, "/oauth2/token"):
        with Wire(server) as wire:
            reply = wire.request("POST", path, FORM.strip(), f"Content-Encoding: {coding}",
                                 "Accept: application/json", body=bomb)
        assert reply.status in (400, 415) and b"access_token" not in reply.body


def test_replies_are_not_packed_A204(server, octocat):
    """Compression beside a secret tells about the secret."""
    cookie = f"Cookie: llavero_session={octocat.cookie('llavero_session')}"
    for path in ("/settings/profile", "/login", "/api/v3/user", "/demo"):
        reply = ask(server, "GET", path, cookie, "Accept-Encoding: gzip, deflate, br")
        assert reply.header("Content-Encoding") is None


# lengths: A157, A158, A159

@pytest.mark.parametrize("value", ["+5", "0x5", "5_0", "5 5", "-1", "abc", "5,5", "18446744073709551616",
                                   "99999999999999999999999", "1e3", "5;", "\"5\"", "٥"])
def test_lengths_that_are_none_A157(server, value):
    # A162, A226
    data = post(f"Content-Length: {value}\r\n", "code=").encode()
    refused_for_good(server, data, (400, 413))


def test_two_lengths_A157(server):
    # A162
    for pair in (("5", "5"), ("5", "6"), ("6", "5"), ("0", "5")):
        head = "".join(f"Content-Length: {n}\r\n" for n in pair)
        refused_for_good(server, post(head, "code=x"))


def test_length_and_chunks_are_not_smuggled_A157(server):
    # A162, P45
    inner = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    body = "0\r\n\r\n" + inner
    for order in (("Content-Length: {n}\r\n", "Transfer-Encoding: chunked\r\n"),
                  ("Transfer-Encoding: chunked\r\n", "Content-Length: {n}\r\n")):
        refused_for_good(server, post("".join(order).format(n=len(body)), body))


@pytest.mark.parametrize("value", ["chunked, chunked", ",chunked", "xchunked", "chunked, identity",
                                   "identity", "gzip, chunked", "chunkedx", "\"chunked\"", "chunked;x"])
def test_encodings_that_are_none_A158(server, value):
    refused_for_good(server, post(f"Transfer-Encoding: {value}\r\n",
                                  "5\r\ncode=\r\n0\r\n\r\n"))


def test_two_encodings_A158(server):
    head = "Transfer-Encoding: chunked\r\n"
    refused_for_good(server, post(head * 2, "5\r\ncode=\r\n0\r\n\r\n"))


@pytest.mark.parametrize("chunks", [
    "x\r\ncode=\r\n0\r\n\r\n", "-5\r\ncode=\r\n0\r\n\r\n", "5x\r\ncode=\r\n0\r\n\r\n",
    "0x5\r\ncode=\r\n0\r\n\r\n", "5\r\ncode=XX0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\ncode=\r\n0\r\n\r\n",
    "5 5\r\ncode=\r\n0\r\n\r\n", "\r\n\r\n", "5\r\ncode=5\r\ncode=",
])
def test_chunks_that_are_none_A159(server, chunks):
    refused_for_good(server, post("Transfer-Encoding: chunked\r\n", chunks), (400, 413))


def test_chunks_with_extensions_and_trailers(server):
    data = post("Transfer-Encoding: chunked\r\n",
                "3;a=b\r\ncod\r\n2;c=\"d\"\r\ne=\r\n0\r\nX-Trailer: y\r\n\r\n")
    assert outcome(server, data) == 200


def test_endless_chunks_end_A182(server):
    with Wire(server) as wire:
        wire.send(post("Transfer-Encoding: chunked\r\n"))
        try:
            for _ in range(20000):
                wire.send(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
        except OSError:
            return  # closed on us
    raise AssertionError("80 megabytes were taken in")


# heads: A160, A161, A167, A181

@pytest.mark.parametrize("name", ["Authorization", "Content-Type", "Host", "Cookie", "authorization"])
def test_doubled_headers_A167(server, name):
    head = "" if name == "Host" else "Host: x\r\n"
    for values in (("a", "a"), ("a", "b"), ("", "")):
        lines = "".join(f"{name}: {v}\r\n" for v in values)
        reply = send(server, f"GET /api/v3/user HTTP/1.1\r\n{head}{lines}\r\n")
        assert reply is None or reply.status == 400


def test_bad_hosts_A161(server):
    assert outcome(server, "GET /healthz HTTP/1.1\r\n\r\n") == 400
    for host in ("", "a@b", "a b", "a/b", "x" * 9000, "\x7f", "[::1", "a:b:c"):
        status = outcome(server, f"GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n")
        assert status in (200, 400, 431, None)  # it is used for nothing: test_redirect_uri.py


@pytest.mark.parametrize("data", [
    "GET /healthz HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nA\0B: c\r\n\r\n",
    "GET /heal\0thz HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\n\xffA: b\r\n\r\n",
    "GET /healthz HTTP/1.1\nHost: x\n\n", "GET /healthz HTTP/1.1\r\nHost: x\n\r\n",
    "GET /healthz HTTP/1.1\r\rHost: x\r\r", "\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "GET\t/healthz\tHTTP/1.1\r\nHost: x\r\n\r\n",
    " GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /healthz HTTP/1.1 x\r\nHost: x\r\n\r\n",
    "GET /healthz\r\n\r\n", "GET /healthz HTTP/0.9\r\n\r\n", "GET /healthz HTTP/1.32\r\nHost: x\r\n\r\n",
    "GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n", "GET /healthz http/1.1\r\nHost: x\r\n\r\n",
    "GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "x" * 600,
    "GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\n\r\n",
    "\0" * 5000, "\xff" * 5000, "\r\n" * 5000, "x" * 40000, " " * 40000, "GET " * 9000,
    "GET /healthz HTTP/1.1\r\nHost: x\r\n" + "A: b\r\n" * 3000 + "\r\n",
], ids=lambda d: ascii(d)[:50])
def test_heads_of_all_sorts_A160_A161(brisk, data):
    """Never more than an answer, an error or a closed connection."""
    # A163, A193, P45
    with Wire(brisk, timeout=30) as wire:
        try:
            wire.send(data)
            wire.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return
        reply = wire.read()
        assert reply is None or reply.status in (200, 400, 404, 405, 413, 414, 417, 426, 431, 501,
                                                 505), reply.text


@pytest.mark.parametrize("head, body", [
    ("Transfer-Encoding:\r\n chunked\r\n", "5\r\ncode=\r\n0\r\n\r\n"),
    ("transfer-encoding:\r\n\tchunked\r\n", "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("Transfer-Encoding: x\r\n chunked\r\n", "0\r\n\r\n"), ("Content-Length:\r\n 5\r\n", "code="),
    ("Content-Length: 5\r\n 0\r\n", "code="), ("Authorization: Basic\r\n YTpi\r\nContent-Length: 0\r\n", ""),
    ("DPoP: a.b\r\n .c\r\nContent-Length: 0\r\n", ""), ("Client-Cert: :\r\n AA==:\r\nContent-Length: 0\r\n", ""),
    ("X-Forwarded-For: 192.0.2.1,\r\n 192.0.2.2\r\nContent-Length: 0\r\n", ""),
    ("X-GitHub-OTP:\r\n 123456\r\nContent-Length: 0\r\n", ""),
])
def test_a160_p45_what_stands_on_two_lines_is_no_other_request(server, head, body):
    """RFC 9112 5.2. A proxy that unfolds it sees a body where there would be a second request for us."""
    refused_for_good(server, post(head, body + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"))


def test_headers_that_only_begin_alike(server):
    for name in "Client-Cert-Chain", "Content-Type-Options", "Accepts", "Cookie2", "Authorized", "X-Forwarded":
        assert outcome(server, f"GET /healthz HTTP/1.1\r\nHost: x\r\n{name}: y\r\n\r\n") == 200


def test_header_values_with_nul_reach_nothing_A160(server):
    reply = send(server, f"GET /api/v3/user HTTP/1.1\r\nHost: x\r\nAuthorization: token a\0b\r\n\r\n")
    assert reply is None or reply.status in (400, 401)


def test_oversize_heads_A181(server):
    # P45
    for data in ("GET /healthz HTTP/1.1\r\nHost: x\r\nA: " + "b" * 100000 + "\r\n\r\n",
                 "GET /healthz HTTP/1.1\r\nHost: x\r\n" + "".join(
                     f"A{i}: b\r\n" for i in range(10000)) + "\r\n",
                 "GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: " + "a=b; " * 20000 + "\r\n\r\n"):
        with Wire(server) as wire:
            try:
                wire.send(data)
                reply = wire.read()
            except OSError:
                continue
            assert reply is None or reply.status in (400, 413, 431), reply.text


@pytest.mark.parametrize("n, status", [(8191, 404), (8192, 414), (9000, 414), (16000, 414)])
def test_request_target_limit(server, n, status):
    for target in ("/" + "x" * (n - 1), "/x?" + "y" * (n - 2)):
        assert ask(server, "GET", target).status == status


def test_a_target_of_a_megabyte(server):
    # P09
    with Wire(server) as wire:
        try:
            wire.send("GET /" + "x" * (1 << 20) + " HTTP/1.1\r\nHost: x\r\n\r\n")
            reply = wire.read()
        except OSError:
            return
        assert reply is None or reply.status in (400, 414, 431)


# methods and targets: A161, A168, A169

@pytest.mark.parametrize("method", ["get", "Get", "GETX", "FOO", "CONNECT", "PROPFIND", "*", "GET/",
                                    "POST\x01", "x" * 100, "ÿ"])
def test_methods_that_are_none_A169(server, method):
    status = outcome(server, f"{method} /healthz HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1"))
    assert status in (400, 405, 501, None)


@pytest.mark.parametrize("target", ["http://evil.com/healthz", "http://evil.com/", "*", "healthz", "?x",
                                    "#x", "http://", "https://x/login", "%2fhealthz", "http://evil.com"])
def test_targets_that_are_no_paths_A161(server, target):
    # A162
    refused_for_good(server, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n", (400, 405))


@pytest.mark.parametrize("target", [
    "//evil.com/healthz", "//evil.com", "///evil.com", "/\\evil.com", "/%5cevil.com", "/%2fevil.com",
    "//evil.com/<script>alert(1)</script>", "/..", "/../healthz", "/%", "/%zz", "/%00", "/\\healthz",
    "/healthz#x", "/javascript:alert(1)", "/x\"onload=alert(1)", "//evil.com/?a=b", "/.//evil.com"])
def test_odd_paths_lead_nowhere_A168_A173(server, target):
    reply = send(server, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")
    assert reply.status == 404 and b"<script>alert" not in reply.body
    for link in Page(reply.body.decode()).links:
        assert link.startswith(("/", "#")) and not link.startswith(("//", "/\\")), link


# connections

def test_pipelined_requests_are_answered_in_order(server):
    # P45
    with Wire(server) as wire:
        wire.send("".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"
                          for path in ("/healthz", "/nope", "/readyz", "/api/v3/user")))
        assert [wire.read().status for _ in range(4)] == [200, 404, 200, 401]


def test_pipelined_writes(server, octocat):
    """Each is held for its commit; none overtakes another."""
    app = server.make_app()
    octocat.code(app)
    cookie = f"llavero_session={octocat.cookie('llavero_session')}"
    one = (f"GET /login/oauth/authorize?client_id={app.client_id}&state=%d HTTP/1.1\r\n"
           f"Host: x\r\nCookie: {cookie}\r\n\r\n")
    with Wire(server) as wire:
        wire.send("".join(one % i for i in range(30)))
        for i in range(30):
            reply = wire.read()
            assert reply.status == 302 and reply.header("Location").endswith(f"&state={i}")


def test_keep_alive_close_and_http_1_0(server):
    with Wire(server) as wire:
        for _ in range(50):
            assert wire.request("GET", "/healthz").status == 200
        assert wire.request("GET", "/healthz", "Connection: close").header("Connection") == "close"
        assert wire.is_closed()
    with Wire(server) as wire:
        wire.send("GET /healthz HTTP/1.0\r\n\r\n")
        assert wire.read().status == 200
        assert wire.is_closed()


def test_expect_100_continue_A163(server):
    body = b"code=x"
    with Wire(server) as wire:
        wire.send(post(f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n"))
        while b"\r\n\r\n" not in wire.buffer:
            assert wire._more()
        assert wire.buffer == b"HTTP/1.1 100 Continue\r\n\r\n"
        wire.buffer = b""
        wire.send(body)
        assert wire.read().status == 200
    # a body that would be refused is not asked for
    reply = send(server, post("Expect: 100-continue\r\nContent-Length: 1000000\r\n"))
    assert reply.status == 413


def test_bodies_byte_by_byte(server):
    data = post("Content-Length: 9\r\n", "code=%zz1").encode()
    with Wire(server) as wire:
        for i in range(len(data)):
            wire.send(data[i:i + 1])
        assert wire.read().status == 400


def test_disconnects_at_every_byte_A227(server, octocat):
    """Of a whole request that writes; what was cut short never happened."""
    # P47
    app = server.make_app()
    octocat.code(app)
    data = (f"GET /login/oauth/authorize?client_id={app.client_id} HTTP/1.1\r\nHost: x\r\n"
            f"Cookie: llavero_session={octocat.cookie('llavero_session')}\r\n\r\n").encode()
    before = server.metric("llavero_codes_issued_total")
    for i in range(len(data)):
        with Wire(server) as wire:
            wire.send(data[:i])
    assert server.metric("llavero_codes_issued_total") == before
    body = post("Content-Length: 4096\r\n", "x" * 2000).encode()
    for i in range(0, len(body), 37):
        with Wire(server) as wire:
            wire.send(body[:i])
    # gone before the answer is written
    for _ in range(50):
        with Wire(server) as wire:
            wire.send(data)
    for _ in range(20):
        with Wire(server) as wire:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            wire.send(data)


def test_gone_while_a_password_is_checked_A227(server, octocat):
    form = server.browser()
    page = form.page("/login").form("/session")
    body = (f"authenticity_token={page.value('authenticity_token')}&login=octocat&password=x")
    data = (f"POST /session HTTP/1.1\r\nHost: x\r\n{FORM}"
            f"Cookie: llavero_browser={form.cookie('llavero_browser')}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}")
    for _ in range(20):
        with Wire(server) as wire:
            wire.send(data)
    assert send(server, data).status == 422


# slowness: A180

def test_slow_heads_and_bodies_are_closed_A180(launch):
    own = launch(idle_timeout=1)
    wires = [Wire(own, timeout=30) for _ in range(4)]
    wires[0].send("GET /healthz HTTP/1.1\r\nHo")
    wires[1].send(post("Content-Length: 100\r\n", "code="))
    wires[2].send(post("Transfer-Encoding: chunked\r\n", "5\r\nco"))
    for wire in wires:  # the last one says nothing at all
        reply = wire.read()
        assert reply is None or reply.status in (400, 408)
        assert wire.is_closed()
        wire.socket.close()
    assert own.get("/healthz").status_code == 200


def test_slow_work_is_not_mistaken_for_an_idle_connection(launch):
    own = launch(idle_timeout=1, argon2_passes=16, argon2_memory=262144)
    own.signed_in()


def test_many_idle_connections_A180(server):
    wires = [Wire(server) for _ in range(500)]
    assert server.get("/healthz").status_code == 200
    for wire in wires[::50]:
        assert wire.request("GET", "/healthz").status == 200
    for wire in wires:
        wire.socket.close()


def test_more_connections_than_allowed(launch):
    own = launch(max_connections=16, workers=1, idle_timeout=1)
    wires = [Wire(own) for _ in range(40)]
    time.sleep(2.5)  # the silent ones are closed
    assert own.get("/healthz").status_code == 200
    for wire in wires:
        wire.socket.close()
