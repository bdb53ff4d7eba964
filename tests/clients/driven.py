"""Clients that are driven over standard input and output: see driven.mjs."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import threading

import pytest

from llavero_http import ROOT, Page

HERE = pathlib.Path(__file__).resolve().parent
BUILT = ROOT / "build" / "clients"
PATIENCE_S = 60


def end(process):
    """Of a client that stops when nobody speaks to it any more."""
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
    process.stderr.close()


class Driven:
    def __init__(self, command, settings, env=None):
        self.process = subprocess.Popen(
            [*command, json.dumps(settings)], cwd=HERE, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(env or {})})
        self.overdue = threading.Timer(PATIENCE_S, self.process.kill)
        self.overdue.start()

    def line(self):
        text = self.process.stdout.readline()
        assert text, "the client stopped: " + self.process.stderr.read()
        return json.loads(text)

    def say(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def ask(self, text):
        self.say(text)
        return self.line()

    def stop(self):
        end(self.process)
        self.overdue.cancel()


@pytest.fixture
def drive():
    running = []

    def start(command, server, app, env=None, **more):
        settings = {"base": server.base, **app.credentials, "callback": app.callback, **more}
        running.append(Driven(command, settings, env))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def node(script, package):
    if not shutil.which("node"):
        pytest.skip(f"{package}: Node.js is not installed (apt-get install nodejs npm)")
    if not (HERE / "node_modules" / package).is_dir():
        pytest.skip(f"{package} is not installed (npm ci in tests/clients)")
    return ["node", str(HERE / script)]


def ruby(script, package):
    """Debian's ruby, not another in the way: its gems are system packages."""
    interpreter = "/usr/bin/ruby"
    if not os.path.exists(interpreter) or subprocess.run(
            [interpreter, "-e", f"require '{package}'"], capture_output=True).returncode:
        pytest.skip(f"{package} is not installed (apt-get install ruby-{package})")
    return [interpreter, str(HERE / script)]


def go(folder, package=".", what=None):
    """A program built from a Go module of this folder; go.sum holds the hashes."""
    compiler = shutil.which("go")
    what = what or folder
    if not compiler:
        pytest.skip(f"{what}: Go is not installed (apt-get install golang-go)")
    program = BUILT / folder
    BUILT.mkdir(parents=True, exist_ok=True)
    built = subprocess.run([compiler, "build", "-trimpath", "-o", str(program), package],
                           cwd=HERE / folder, capture_output=True, text=True, timeout=900,
                           env={**os.environ, "GOFLAGS": "-mod=readonly", "CGO_ENABLED": "0"})
    if built.returncode and any(sign in built.stderr.lower() for sign in (
            "403 forbidden", "dial tcp", "no such host", "requires go", "invalid go version")):
        pytest.skip(f"{what} cannot be had here: " + built.stderr.strip().splitlines()[-1])
    assert built.returncode == 0, built.stderr
    return [str(program)]


def decide_device(server, user, user_code, allow=True):
    """The person types the code that the device shows, compares, and decides."""
    browser = server.signed_in(user)
    reply = browser.submit(browser.page("/login/device").form("/login/device"),
                           user_code=user_code)
    confirm = browser.follow(reply)
    assert confirm.status_code == 200, (confirm.url, confirm.status_code)
    form = Page(confirm.text).form("/login/device/authorize")
    reply = browser.submit(form, ("authorize", "1" if allow else "0"))
    assert reply.status_code == 303, (reply.status_code, reply.text[:500])
    return browser.follow(reply)
