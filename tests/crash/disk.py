"""A full disk: assurance A196, T05. Files may not grow for a while, by what stands between the server and its
system, or on a file system that is so small. What has to write is answered with 503 and Retry-After, what only reads
goes on, and all of it goes on by itself when there is room; nothing that was acknowledged is lost."""

import contextlib
import json
import pathlib
import subprocess
import time
from dataclasses import dataclass, field

import requests

import between
from load import Household, Load, Replay
from llavero_http import BINARY
from rounds import crash_server, faults_of

BEFORE_S, FULL_S, AFTER_S = 0.4, 0.8, 0.4
SMALL = "24m"


@dataclass
class Tally:
    rounds: int = 0
    acknowledged: int = 0
    refused: int = 0   # with 503, of what has to write
    read: int = 0      # of what only reads, while the disk was full
    wrong: list = field(default_factory=list)


class Between:
    """Full because something says so: from one byte to the next, with what was begun half written."""

    def __init__(self, folder, rng):
        self.folder, self.rng = pathlib.Path(folder), rng
        self.data = self.folder / "data"
        self.control = between.Between(self.data, between.library_of(BINARY))
        self.environment = self.control.environment

    def fill(self):
        self.control.room(self.rng.randint(0, 20000))

    def free(self):
        self.control.room(None)

    def close(self):
        pass


class Small:
    """A file system of a few megabytes, and a file that takes all that is left of it. Needs root."""

    environment = {}

    def __init__(self, folder, rng):
        self.folder = pathlib.Path(folder)
        self.mount = self.folder / "small"
        self.mount.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", self.mount], check=True)
        self.data, self.filling = self.mount / "data", self.mount / "filling"

    def fill(self):
        with contextlib.suppress(OSError), open(self.filling, "wb", buffering=0) as file:
            while file.write(b"\0" * 4096) == 4096:
                pass

    def free(self):
        self.filling.unlink()

    def close(self):
        subprocess.run(["umount", "--lazy", self.mount], check=True)


class Round:
    """A server under load whose disk gets full and has room again, and is ended at last."""

    def __init__(self, disk, tally):
        self.disk, self.tally = disk, tally
        self.data = disk.data
        self.data.mkdir()
        self.server = crash_server(self.data)
        self.household = Household(self.server)
        self.app, self.browser = self.server.make_app(owner=self.household.owner.login), self.server.signed_in(
            self.household.people[0])
        self.token = self.server.token_for(self.app, self.browser)
        self.server.stop()
        self.server.log_path = disk.folder / "server.log"  # somewhere else than on the disk that is full
        self.server.env = disk.environment
        self.server.start()

    def hold(self, so, words):
        if not so:
            self.tally.wrong.append(words)

    def run(self, kill):
        self.tally.rounds += 1
        load = Load(self.household, self.disk.folder / f"acknowledged-{self.tally.rounds}.log", "disk")
        time.sleep(BEFORE_S)
        code = self._code()
        self.disk.fill()
        self._while_full(code)
        if kill:
            self.server.kill()
            load.stop()
            self.disk.free()
            self.server.start()
        else:
            self.disk.free()
            self._goes_on(code)
            time.sleep(AFTER_S)
            load.stop()
        replay = Replay(load)
        self.tally.wrong += replay.run()
        self.tally.acknowledged += replay.acknowledged()
        self.server.stop()
        self.tally.wrong += faults_of(self.data / "llavero.db")

    def _code(self):
        while True:
            reply = self.browser.ask(self.app)
            if reply.status_code == 302:
                return reply.headers["Location"].split("code=")[1].split("&")[0]

    def _while_full(self, code):
        """Until nothing fits any more some writes do."""
        until = time.monotonic() + FULL_S
        refused = False
        while time.monotonic() < until or not refused:
            reply = requests.post(self.server.url("/login/oauth/access_token"), timeout=60, data={
                **self.app.credentials, "code": code}, headers={"Accept": "application/json"})
            if reply.status_code == 503:
                refused = True
                self.tally.refused += 1
                self.hold(int(reply.headers.get("Retry-After", 0)) >= 1 and "access_token" not in reply.text,
                          "503 does not say when to try again")
            else:
                self.hold(reply.status_code == 200, f"a request that writes: {reply.status_code}")
                self.token = json.loads(reply.text).get("access_token", self.token)
                with contextlib.suppress(KeyError):
                    code = self.browser.ask(self.app).headers["Location"].split("code=")[1].split("&")[0]
            self._read(refused)
            assert time.monotonic() < until + 30, "the disk does not get full"

    def _read(self, refused):
        """What needs no write: a token at the API, a page, the health."""
        for path, headers in (("/api/v3/user", {"Authorization": f"token {self.token}"}), ("/healthz", {}),
                              ("/.well-known/oauth-authorization-server", {})):
            status = self.server.get(path, headers=headers).status_code
            self.tally.read += refused
            self.hold(status == 200, f"{path}: {status} while the disk is full")
        self.hold(self.browser.get("/settings/profile").status_code == 200, "a page while the disk is full")

    def _goes_on(self, code):
        until = time.monotonic() + 10
        while time.monotonic() < until:
            reply = requests.post(self.server.url("/login/oauth/access_token"), timeout=60, data={
                **self.app.credentials, "code": code}, headers={"Accept": "application/json"})
            if reply.status_code == 200:
                return self.hold("access_token" in reply.text, "the code was used up by what failed")
        return self.hold(False, "it does not go on when there is room")


def run(disk, tally, kill):
    try:
        Round(disk, tally).run(kill)
    finally:
        disk.close()
    return tally
