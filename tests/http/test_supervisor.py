"""A supervisor that opens the sockets and waits to be told: systemd's two protocols (sd_listen_fds(3),
sd_notify(3)). Issue 7, point 7."""

import concurrent.futures
import contextlib
import os
import signal
import socket
import subprocess
import threading
import time

import pytest
import requests

from llavero_http import BINARY

# LISTEN_PID has to be the pid that llavero will have; the shell's, which it takes over.
START = 'export LISTEN_PID="${PID:-$$}"; exec "$@"'


@contextlib.contextmanager
def listening(family=socket.AF_INET, address="127.0.0.1", kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as s:
        s.bind((address, 0))
        if kind == socket.SOCK_STREAM:
            s.listen(4096)
        yield s


def start(data, *sockets, names="", flags=(), **env):
    """llavero with `sockets` as its descriptors 3, 4, …"""
    # away from where the child wants them, so that none is put over another
    held = [os.dup(s.fileno()) for s in sockets]
    high = [os.dup2(fd, 200 + n) for n, fd in enumerate(held)]
    moves = " ".join(f"{3 + n}<&{fd} {fd}<&-" for n, fd in enumerate(high))
    try:
        return subprocess.Popen(
            ["bash", "-c", START + " " + moves, "bash", BINARY, "serve", "--data", str(data), *flags],
            pass_fds=high, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": names, **env})
    finally:
        for fd in held + high:
            os.close(fd)


def ready(process):
    line = process.stdout.readline()
    assert line.startswith("ready "), process.communicate()
    return line.split()[1]


def stop(process):
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, (out, err)
    return err


def refused(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and out == ""
    return err


def address_of(s):
    host, port = s.getsockname()[:2]
    return f"http://[{host}]:{port}" if s.family == socket.AF_INET6 else f"http://{host}:{port}"


@pytest.mark.parametrize("family, address", [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_socket_that_is_passed_is_listened_on(tmp_path, family, address):
    with listening(family, address) as s:
        process = start(tmp_path / "data", s, names="anything", flags=["--listen", "127.0.0.1:1"])
        assert ready(process) == address_of(s)
        assert requests.get(address_of(s) + "/healthz", timeout=60).text == "ok\n"
        stop(process)


def test_what_is_for_another_process_is_not_taken(tmp_path):
    with listening() as s:
        process = start(tmp_path / "data", s, flags=["--listen", "127.0.0.1:0"], PID="1")
        assert ready(process) != address_of(s)
        stop(process)


def test_sockets_that_cannot_be_of_use(tmp_path):
    with listening() as one, listening() as two, listening() as three:
        for sockets, names, words in (
                ([one, two, three], "a:mtls:b", "3 sockets were passed, but at most 2"),
                ([one, two], "a:b", "two sockets were passed for 'listen'"),
                ([one, two], "mtls:mtls", "two sockets were passed for mtls_listen"),
                ([one], "mtls", "mtls_listen is set, but tls_certificate is not")):
            assert words in refused(start(tmp_path / "data", *sockets, names=names,
                                          flags=["--listen", "127.0.0.1:0"]))
    with listening(kind=socket.SOCK_DGRAM) as datagrams:
        assert "no listening TCP socket" in refused(start(tmp_path / "data", datagrams))


def test_an_open_socket_without_tls_is_refused_like_a_setting(tmp_path):
    with listening(address="0.0.0.0") as s:
        assert "can be reached by others" in refused(start(tmp_path / "data", s))


@pytest.mark.parametrize("abstract", [False, True])
def test_the_supervisor_is_told(tmp_path, abstract):
    name = f"@llavero-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(name.replace("@", "\0"))
        told.settimeout(60)
        process = start(tmp_path / "data", flags=["--listen", "127.0.0.1:0"], NOTIFY_SOCKET=name)
        assert told.recv(100) == b"READY=1"
        ready(process)
        assert "supervisor" not in stop(process)
        assert told.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("name", ["/nowhere/at/all", "not/absolute", "/" + "x" * 200])
def test_a_supervisor_that_cannot_be_told_is_no_failure(tmp_path, name):
    process = start(tmp_path / "data", flags=["--listen", "127.0.0.1:0"], NOTIFY_SOCKET=name)
    ready(process)
    assert "supervisor cannot be told" in stop(process)


def test_restarts_under_load_refuse_nobody(tmp_path):
    """Each request on a connection of its own, while process follows process on one socket."""
    over = threading.Event()

    def ask(address):
        asked = 0
        while not over.is_set():
            reply = requests.get(address + "/api/v3/", headers={"Connection": "close"}, timeout=60)
            assert reply.status_code == 200
            asked += 1
        return asked

    with listening() as s, concurrent.futures.ThreadPoolExecutor(8) as pool:
        process = start(tmp_path / "data", s)
        ready(process)
        asking = [pool.submit(ask, address_of(s)) for _ in range(8)]
        try:
            for _ in range(5):
                time.sleep(0.2)
                stop(process)
                process = start(tmp_path / "data", s)
                ready(process)
            time.sleep(0.2)
        finally:
            over.set()
        counts = [done.result() for done in asking]
        stop(process)
    assert all(n > 0 for n in counts)
