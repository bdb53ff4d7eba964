"""Rounds where a command is ended, not the server: the first start, an upgrade, a back-up and a move, the last
three beside a server under load. Each is tried again afterwards, and has to come to its end then."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import time

from between import BEFORE_SYNC, ON_WRITE, Between, library_of
from load import Household, Load, Replay
from llavero_http import BINARY
from rounds import Place, crash_server, faults_of

NEWER = f"{BINARY}-newer"
KILLED = -9
LOAD_S = 0.3
TRIES = 40   # until a command that is ended somewhere else each time has come through
STARTED, MIGRATED, SAVED, MOVED = "first start", "migrate", "backup", "migrate --to"
# failpoints, and how often each is passed about
POINTS = {
    MIGRATED: (("store.commit", 3), ("store.committed", 3)),
    SAVED: (("backup.write", 60), ("backup.sync", 1), ("backup.rename", 1), ("bulk.read", 60)),
    MOVED: (("move.batch", 60), ("bulk.insert", 30), ("bulk.read", 90), ("move.copied", 1), ("move.mark", 2),
            ("move.closed", 1), ("move.synced", 1), ("move.moved", 1), ("store.begin", 20)),
    STARTED: (("store.commit", 24), ("store.committed", 24)),
}
PLACES = [Place("a command: the first start", point=STARTED), Place("a command: `migrate`, beside a server", point=MIGRATED),
          Place("a command: `backup`, and the server", point=SAVED),
          Place("a command: `migrate --to`, and the server", point=MOVED)]

class Command:
    """One round of a command, in a folder of its own."""

    def __init__(self, folder, rng, what):
        self.folder, self.rng, self.what = pathlib.Path(folder), rng, what
        self.data, self.wrong, self.replay = self.folder / "data", [], None
        self.ended = 0  # how often the command was
        self.data.mkdir(parents=True)
        self.between = Between(self.data, library_of(BINARY)) if library_of(BINARY).exists() else None

    def run(self):
        {STARTED: self._start, MIGRATED: self._migrate, SAVED: self._save, MOVED: self._move}[self.what]()
        shutil.rmtree(self.folder, ignore_errors=True) if not self.wrong else None
        return self.wrong

    def hold(self, so, words):
        if not so:
            self.wrong.append(words)

    def _environment(self):
        """Ends the process at some failpoint, or at some write or sync."""
        if self.between and self.what in (STARTED, MIGRATED) and self.rng.random() < 0.6:
            what, most = self.rng.choice([(ON_WRITE, 80), (BEFORE_SYNC, 30)])
            self.between.kill_at(what, self.rng.randint(1, most))
            return self.between.environment
        point, most = self.rng.choice(POINTS[self.what])
        return {"LLAVERO_FAIL": f"{point}:{self.rng.randint(1, most)}!"}

    def _command(self, binary, *words, env=None):
        done = subprocess.run([binary, *map(str, words)], capture_output=True, text=True, timeout=120,
                              check=False, env={**os.environ, **(env or {})})
        self.hold(done.returncode in (0, KILLED), f"{words}: {done.returncode} {done.stderr}")
        self.ended += done.returncode == KILLED
        return done.returncode == 0

    def _until_done(self, *words, binary=BINARY):
        for _ in range(TRIES):
            if self._command(binary, *words, env=self._environment()):
                break
        if self.between:
            self.between.calm()
        self.hold(self._command(binary, *words), f"{words} does not come to its end")

    def _start(self):
        self._until_done("migrate", "--data", self.data)
        server = crash_server(self.data)
        Household(server)
        self.wrong += faults_of(self.data / "llavero.db")
        server.stop()

    @contextlib.contextmanager
    def _under_load(self):
        """A server that is ended by kill -9 once the command is through."""
        self.server = crash_server(self.data)
        load = Load(Household(self.server), self.folder / "acknowledged.log", "load")
        time.sleep(LOAD_S)
        try:
            yield
        finally:
            self.server.kill()
            load.stop()
        self.load = load

    def _check(self):
        self.server.start()
        self.replay = Replay(self.load)
        self.wrong += self.replay.run()
        self.server.stop()

    def _migrate(self):
        with self._under_load():
            self._until_done("migrate", "--data", self.data, binary=NEWER)
        self.wrong += faults_of(self.data / "llavero.db")
        self._check()

    def _save(self):
        saved = self.folder / "saved"
        with self._under_load():
            self._command(BINARY, "backup", saved, "--data", self.data)
            for _ in range(4):
                self._command(BINARY, "backup", saved, "--data", self.data, env=self._environment())
                self._command(BINARY, "backup", "--verify", saved)
        other = self.folder / "other"
        other.mkdir()
        self._command(BINARY, "restore", saved, "--data", other)
        self.wrong += faults_of(other / "llavero.db") + faults_of(self.data / "llavero.db")
        self._check()

    def _move(self):
        """What was acknowledged until it was closed is in the new one; the old one is used no more."""
        target = self.folder / "moved"
        target.mkdir()
        with self._under_load():
            self._until_done("migrate", "--from", f"sqlite:{self.data}/llavero.db", "--to",
                             f"sqlite:{target}/llavero.db")
            time.sleep(LOAD_S)
        self.wrong += faults_of(target / "llavero.db")
        self.server.data = target
        self._check()
