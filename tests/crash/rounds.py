"""Rounds of kill -9: assurance T03. A server under load is ended at a moment that is chosen by a seed, started
again, and held to what it had acknowledged (load.py) and to the rules of its database (tests/invariants.py)."""

import contextlib
import pathlib
import random
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field

from between import AFTER_SYNC, BEFORE_SYNC, ON_REPLY, ON_WRITE, Between, library_of
from load import Household, Load, Replay
from llavero_http import BINARY, ROOT, Server

sys.path.insert(0, str(ROOT / "tests"))

import invariants  # noqa: E402

SETTINGS = {"tokens_per_scope_set": 0, "refresh_grace": 0, "log_per_minute": 6000, "access_log": "off",
            "log_level": "warn", "registration": "open", "registration_dialects": "both",
            "registrations_per_hour": 0, "device_interval": 1, "device_submissions_per_hour": 0,
            "signin_failures": 1000, "signins_per_hour": 0}
RUNS_S = (0.15, 0.9)   # how long a load goes on before it is ended
WAIT_S = 20            # for a place that is to be passed

def faults_of(path):
    """What is wrong with a database, in words. I12."""
    with contextlib.closing(sqlite3.connect(path, timeout=60)) as db:
        return [str(one) for one in invariants.broken(db)]


@dataclass
class Place:
    """Where a process ends: at a random moment, at a failpoint, or around a call to the system."""

    words: str
    point: str = ""
    what: int = 0
    most: int = 1  # it is the n-th passage, n up to this


RANDOM = Place("at a random moment")
PLACES = [
    RANDOM,
    Place("before a commit", point="store.commit", most=120),
    Place("after a commit, before its replies", point="store.committed", most=120),
    Place("between a request's part and its turn's end", point="store.release", most=400),
    Place("while a transaction begins", point="store.begin", most=150),
    Place("before a reply is made", point="http.response", most=600),
    Place("in the middle of a reply", what=ON_REPLY, most=400),
    Place("in the middle of a write to the disk", what=ON_WRITE, most=1500),
    Place("before a sync", what=BEFORE_SYNC, most=100),
    Place("after a sync", what=AFTER_SYNC, most=100),
]


@dataclass
class Tally:
    """The rounds of one place."""

    rounds: int = 0
    ended: int = 0  # there, and not at another moment since nobody came by
    acknowledged: int = 0
    unknown: int = 0
    retried: dict = field(default_factory=lambda: {"done": 0, "not done": 0})
    wrong: list = field(default_factory=list)

    def add(self, replay):
        self.acknowledged += replay.acknowledged()
        self.unknown += replay.unknown()
        for what, n in replay.retried.items():
            self.retried[what] += n


def crash_server(data, **settings):
    return Server(data, demo=False, **{**SETTINGS, **settings})


class Rounds:
    def __init__(self, folder, seed, say=lambda text: None):
        self.folder, self.say = pathlib.Path(folder), say
        self.rng = random.Random(seed)
        self.data = self.folder / "data"
        self.between = Between(self.data, library_of(BINARY)) if library_of(BINARY).exists() else None
        self.server = crash_server(self.data)
        self.household = Household(self.server)
        self.tallies = {}
        self.number = 0

    def places(self, has_failpoints=True):
        return [p for p in PLACES if (not p.point or has_failpoints) and (not p.what or self.between)]

    def close(self):
        self.server.stop()

    def _start(self, place, n):
        """False: it has ended already while it started."""
        self.server.stop()
        if place.what:
            self.server.env = self.between.environment
            self.between.calm()
        elif place.point:
            self.server.env = {"LLAVERO_FAIL": f"{place.point}:{n}!"}
        try:
            self.server.start()
        except AssertionError:
            return False
        finally:
            self.server.env = {}
        return True

    def _end(self, place, n):
        """Whether it has ended where it was to."""
        time.sleep(self.rng.uniform(*RUNS_S))
        if place.what:
            self.between.kill_at(place.what, n)
        if place is not RANDOM:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.server.process.wait(WAIT_S)
        there = place is RANDOM or self.server.process.poll() is not None
        self.server.kill()
        return there

    def run(self, place):
        self.number += 1
        n = self.rng.randint(1, place.most)
        tally = self.tallies.setdefault(place.words, Tally())
        tally.rounds += 1
        log = self.folder / f"acknowledged-{self.number}.log"
        if self._start(place, n):
            load = Load(self.household, log, f"{self.number}")
            tally.ended += self._end(place, n)
            load.stop()
        else:
            load = None
            tally.ended += 1
        self.server.start()
        wrong = faults_of(self.data / "llavero.db")
        if load:
            wrong += self._replay(load, tally)
        tally.wrong += [f"round {self.number}, {place.words}, {n}: {one}" for one in wrong]
        for one in wrong:
            self.say(f"WRONG: round {self.number}, {place.words}, {n}: {one}")
        if not wrong:
            log.unlink(missing_ok=True)
        return wrong

    def _replay(self, load, tally):
        replay = Replay(load)
        wrong = replay.run()
        tally.add(replay)
        return wrong
