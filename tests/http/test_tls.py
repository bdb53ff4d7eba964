"""Built-in TLS: issue 3, assurance A216, A218, A219; RFC 9325 3.1.1, 4.1, 4.2."""

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time

import pytest
import requests

from certificates import Authority
from llavero_http import BINARY, IS_SANITIZED, Server

HEAD = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def identity(authority):
    return authority.issue("first", "IP:127.0.0.1")


@pytest.fixture(scope="module")
def secure(tmp_path_factory, identity, authority):
    """A server that speaks TLS; requests trusts its authority."""
    before = os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ["REQUESTS_CA_BUNDLE"] = str(authority.file)
    running = Server(tmp_path_factory.mktemp("tls") / "data", tls_certificate=identity[0],
                     tls_key=identity[1])
    yield running
    running.stop()
    if before is None:
        del os.environ["REQUESTS_CA_BUNDLE"]
    else:
        os.environ["REQUESTS_CA_BUNDLE"] = before


def connect(server, authority, **wanted):
    context = ssl.create_default_context(cafile=str(authority.file))
    if "version" in wanted:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = wanted["version"]
    if "ciphers" in wanted:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(wanted["ciphers"])
    if "protocols" in wanted:
        context.set_alpn_protocols(wanted["protocols"])
    plain = socket.create_connection((server.host, server.port), timeout=30)
    try:
        return context.wrap_socket(plain, server_hostname="127.0.0.1")
    except BaseException:
        plain.close()
        raise


def ask(connection, path=b"/healthz"):
    """The status of one answer; the connection stays open."""
    connection.sendall(HEAD % path)
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = connection.recv(65536)
        assert piece, "closed before the answer"
        answer += piece
    head, body = answer.split(b"\r\n\r\n", 1)
    length = int(dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])[b"Content-Length"])
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split()[1])


def serial(connection):
    return connection.getpeercert()["serialNumber"]


# talking

def test_sign_in_and_token_over_tls(secure):
    """The base URL says https, so cookies are Secure and pages promise to stay."""
    # A218
    assert secure.ready.startswith("https://127.0.0.1:")
    reply = secure.get("/login")
    assert "max-age=" in reply.headers["Strict-Transport-Security"]
    assert all(cookie.secure for cookie in reply.cookies)
    user = secure.make_user()
    app = secure.make_app(owner=user.login)
    token = secure.token_for(app, secure.signed_in(user), redirect_uri=app.callback)
    assert secure.api("/user", token).json()["login"] == user.login


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a216_tls_1_2_and_1_3_are_spoken(secure, authority, version):
    with connect(secure, authority, version=version) as connection:
        assert connection.version() == version.name.replace("v1_", "v1.")
        assert ask(connection) == 200


def test_a216_tls_1_3_is_preferred(secure, authority):
    # F2-13
    with connect(secure, authority) as connection:
        assert connection.version() == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_a216_older_versions_are_refused(secure, authority, version):
    """The client really offers it: what ends the handshake is the server."""
    # F2-13
    with pytest.raises((ssl.SSLError, ConnectionResetError)) as caught:
        connect(secure, authority, version=version)
    assert by_the_server(caught.value), caught.value


def by_the_server(error):
    ended = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError)
    return isinstance(error, ended) or "ALERT" in error.reason


@pytest.mark.parametrize("ciphers", [
    "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-ECDSA-AES128-CCM8", "aNULL:eNULL:@SECLEVEL=0", "CAMELLIA128-SHA:@SECLEVEL=0"])
def test_a216_weak_suites_are_refused(secure, authority, ciphers):
    # F2-13
    with pytest.raises((ssl.SSLError, ConnectionResetError)) as caught:
        connect(secure, authority, ciphers=ciphers)
    assert by_the_server(caught.value), caught.value


@pytest.mark.parametrize("ciphers", ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                                     "ECDHE-ECDSA-CHACHA20-POLY1305"])
def test_a216_good_suites_of_tls_1_2(secure, authority, ciphers):
    # F2-13
    with connect(secure, authority, ciphers=ciphers) as connection:
        assert connection.cipher()[0] == ciphers
        assert ask(connection) == 200


def test_rsa_certificate_serves_too(launch, authority, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    certificate, key = authority.issue("rsa", "IP:127.0.0.1", kind=("rsa:2048",))
    server = launch(tls_certificate=certificate, tls_key=key, demo=False)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with connect(server, authority, version=version) as connection:
            assert ask(connection) == 200


def test_a217_http_1_1_is_what_is_spoken(secure, authority):
    # A193
    with connect(secure, authority, protocols=["http/1.1"]) as connection:
        assert connection.selected_alpn_protocol() in ("http/1.1", None)
        assert ask(connection) == 200


def test_plain_http_to_the_tls_port_gets_no_answer(secure):
    with pytest.raises(requests.RequestException):
        requests.get(f"http://{secure.host}:{secure.port}/healthz", timeout=30)
    assert secure.get("/healthz").status_code == 200


def test_requests_of_many_pieces_over_one_connection(secure, authority):
    """Heads and bodies cut at any byte, then two requests in one record."""
    body = b"a=" + b"x" * 20000
    whole = (b"POST /login/oauth/access_token HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"
             b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
             % len(body)) + body
    with connect(secure, authority) as connection:
        for at in range(0, len(whole), 997):
            connection.sendall(whole[at:at + 997])
        assert connection.recv(65536).startswith(b"HTTP/1.1 ")
    with connect(secure, authority) as connection:
        connection.sendall(HEAD % b"/healthz" + HEAD % b"/readyz")
        answers = b""
        while answers.count(b"HTTP/1.1 200") < 2:
            piece = connection.recv(65536)
            assert piece
            answers += piece


@pytest.mark.skipif(not IS_SANITIZED, reason="failpoints are in builds for development only")
def test_failing_handshakes_end_no_more_than_themselves(launch, authority, identity):
    """The library may ask for the certificate more than once in a handshake."""
    # A192
    server = launch(tls_certificate=identity[0], tls_key=identity[1], demo=False,
                    env={"LLAVERO_FAIL": "http.tls:1+"})
    for _ in range(3):
        with pytest.raises((ssl.SSLError, ConnectionResetError)) as caught:
            connect(server, authority)
        assert by_the_server(caught.value), caught.value
    assert server.process.poll() is None


# reloading

def await_log(server, event, times):
    """SIGHUP answers in the log; signals give no other sign."""
    until = time.monotonic() + 60
    while server.log().count(f'"{event}"'.encode()) < times:
        assert time.monotonic() < until, f"no '{event}' in the log"
        time.sleep(0.02)


def test_a218_sighup_serves_the_new_certificate_and_keeps_connections(launch, authority, tmp_path,
                                                                      monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    certificate, key = tmp_path / "served.pem", tmp_path / "served.key"

    def put(pair):
        shutil.copy(pair[0], certificate)
        shutil.copy(pair[1], key)

    put(authority.issue("before", "IP:127.0.0.1"))
    server = launch(tls_certificate=certificate, tls_key=key, demo=False)
    with connect(server, authority) as old:
        assert ask(old) == 200
        put(authority.issue("after", "IP:127.0.0.1", kind=("rsa:2048",)))
        with connect(server, authority) as unchanged:
            assert serial(unchanged) == serial(old)
        server.process.send_signal(signal.SIGHUP)
        await_log(server, "tls certificate read again", 1)
        with connect(server, authority) as new:
            served = serial(new)
            assert served != serial(old)
            assert ask(new) == 200
        assert ask(old) == 200

        certificate.write_text("nothing\n", encoding="utf-8")
        server.process.send_signal(signal.SIGHUP)
        await_log(server, "tls certificate not read again", 1)
        with connect(server, authority) as still:
            assert serial(still) == served
        assert ask(old) == 200


def test_sighup_without_tls_is_harmless(launch):
    server = launch(demo=False)
    server.process.send_signal(signal.SIGHUP)
    assert server.get("/healthz").status_code == 200


# files

def refused(tmp_path, *flags):
    done = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "data"), "--listen",
                           "127.0.0.1:0", *map(str, flags)], capture_output=True, text=True,
                          timeout=60)
    assert (done.returncode, done.stdout) == (1, ""), done
    lines = [line for line in done.stderr.splitlines() if not line.startswith("{")]
    assert len(lines) == 1 and lines[0].startswith("llavero: "), done.stderr
    return lines[0]


@pytest.mark.parametrize("alone, missing", [("tls_certificate", "tls_key"),
                                            ("tls_key", "tls_certificate")])
def test_one_file_without_the_other(tmp_path, identity, alone, missing):
    said = refused(tmp_path, f"--{alone}", identity[alone == "tls_key"])
    assert f"{alone} is set, but {missing} is not" in said


def test_missing_files_are_named(tmp_path, identity):
    gone = tmp_path / "gone.pem"
    said = refused(tmp_path, "--tls_certificate", gone, "--tls_key", identity[1])
    assert "tls_certificate" in said and str(gone) in said and "No such file" in said
    said = refused(tmp_path, "--tls_certificate", identity[0], "--tls_key", gone)
    assert "tls_key" in said and str(gone) in said and "No such file" in said


def test_files_that_are_something_else(tmp_path, identity):
    other = tmp_path / "other.pem"
    other.write_text("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n",
                     encoding="utf-8")
    assert "holds no certificate" in refused(tmp_path, "--tls_certificate", other, "--tls_key",
                                             identity[1])
    assert "holds no certificate" in refused(tmp_path, "--tls_certificate", identity[1],
                                             "--tls_key", identity[1])
    said = refused(tmp_path, "--tls_certificate", identity[0], "--tls_key", identity[0])
    assert "tls_key" in said and "holds no key" in said


def test_key_of_another_certificate(tmp_path, authority, identity):
    _, stranger = authority.issue("stranger", "IP:127.0.0.1")
    said = refused(tmp_path, "--tls_certificate", identity[0], "--tls_key", stranger)
    assert "is not the key of the certificate" in said


def test_base_url_must_say_https(tmp_path, identity):
    said = refused(tmp_path, "--tls_certificate", identity[0], "--tls_key", identity[1],
                   "--base_url", "http://id.example")
    assert "base_url" in said and "https://" in said


@pytest.mark.parametrize("mode, warned", [(0o600, False), (0o400, False), (0o640, True),
                                          (0o604, True)])
def test_a218_key_that_others_can_read_is_warned_of(launch, authority, identity, tmp_path, mode,
                                                    warned, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    key = tmp_path / "modes.key"
    shutil.copy(identity[1], key)
    key.chmod(mode)
    server = launch(tls_certificate=identity[0], tls_key=key, demo=False)
    events = [json.loads(line)["event"] for line in server.log().splitlines()]
    assert ("tls key can be read by others" in events) is warned


# plain HTTP

def test_a219_plain_http_for_others_is_refused(tmp_path):
    for address in ("0.0.0.0:0", "[::]:0"):
        said = refused(tmp_path, "--listen", address)
        assert address in said and "allow_plain_http" in said


@pytest.mark.parametrize("address", ["127.0.0.2:0", "localhost:0", "[::1]:0"])
def test_a219_loopback_needs_no_permission(tmp_path, address):
    assert starts(tmp_path, "--listen", address)


@pytest.mark.parametrize("flags", [["--allow_plain_http"], ["--base_url", "https://id.example"]])
def test_a219_plain_http_for_others_when_said_so(tmp_path, flags):
    assert starts(tmp_path, "--listen", "0.0.0.0:0", *flags)


def starts(tmp_path, *flags):
    process = subprocess.Popen([BINARY, "serve", "--data", str(tmp_path / "data"), *flags],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        return process.stdout.readline().startswith(b"ready ")
    finally:
        process.terminate()
        _, log = process.communicate(timeout=60)
        assert process.returncode == 0, log


def s_client(server, authority, *words, said=""):
    """What the openssl command says of a connection, and of what is typed into it."""
    return subprocess.run(["openssl", "s_client", "-connect", f"{server.host}:{server.port}", "-CAfile",
                           str(authority.file), *words], input=said, capture_output=True, text=True,
                          timeout=60)


def test_A192_nothing_is_taken_before_the_handshake_is_over(secure, authority):
    """Early data can be sent twice by whoever saw it: tickets say that there is none."""
    said = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    done = s_client(secure, authority, "-tls1_3", "-ign_eof", said=said)
    assert "HTTP/1.1 200" in done.stdout and "New, TLSv1.3" in done.stdout
    assert "Max Early Data: 0" in done.stdout or "Max Early Data" not in done.stdout
    assert "Early data was accepted" not in done.stdout


def test_A192_a_connection_is_negotiated_once(secure, authority):
    """R asks for it anew; what is asked afterwards gets no answer."""
    asks = "GET /healthz HTTP/1.1\nHost: x\n\n"
    done = s_client(secure, authority, "-tls1_2", "-crlf", said=f"R\n{asks}")
    assert "RENEGOTIATING" in done.stdout + done.stderr
    assert "HTTP/1.1 200" not in done.stdout
    # it is the second handshake that was in the way
    done = s_client(secure, authority, "-tls1_2", "-crlf", "-ign_eof",
                    said=asks.replace("\n\n", "\nConnection: close\n\n"))
    assert "HTTP/1.1 200" in done.stdout
