"""A loss of power, modelled: assurance T04, I9. between.c writes down each write, truncation, sync and reply of a
server under load. From that, states are made that a disk could be left in: what was synced is there; of what was
written since, nothing, all, a part, sectors of it, or rubbish in its place. Each is opened, and holds all that
had been acknowledged before."""

import contextlib
import hashlib
import json
import pathlib
import random
import shutil
import sqlite3
import threading
import time
from dataclasses import dataclass, field

import between
from load import Household
from llavero_http import BINARY
from oracle import AUTHORIZE, TOKEN, Client, Unknown
from rounds import crash_server, faults_of

SECTOR = 512
THREADS = 3
KINDS = ("nothing", "all", "a part", "sectors", "rubbish")
FIRST_START = "the first start"
UNDER_LOAD = "under load"


@dataclass
class Effect:
    """What was acknowledged: `wants` is looked for in what the database knows of each hash."""

    request: str
    table: str
    hash: bytes
    wants: str = "known"


def sha(text):
    return hashlib.sha256(text.encode()).digest()


class Work(threading.Thread):
    """Redeems codes, refreshes and revokes, and keeps what it was told, with each reply's id."""

    def __init__(self, household, cookies, requests):
        super().__init__()
        self.household, self.requests = household, requests
        self.client, self.effects = Client(cookies), []
        self.codes, self.tokens, self.family = [], [], None
        self.problem = None

    def run(self):
        try:
            for n in range(self.requests):
                (self.issue, self.redeem, self.issue, self.redeem, self.revoke, self.refresh)[n % 6]()
        except (Unknown, AssertionError) as problem:
            self.problem = problem

    def keep(self, reply, table, text, wants="known"):
        self.effects.append(Effect(reply.headers["X-GitHub-Request-Id"], table, sha(text), wants))

    def _code(self, app):
        reply, _ = self.client.ask(self.household.node, "GET", f"{AUTHORIZE}?client_id={app['client_id']}",
                                   Cookie=self.client.cookies)
        code = reply.headers["Location"].split("code=")[1].split("&")[0]
        self.keep(reply, "code", code)
        return code

    def _grant(self, app, **form):
        reply, text = self.client.ask(self.household.node, "POST", TOKEN, {
            "client_id": app["client_id"], "client_secret": app["client_secret"], **form})
        told = json.loads(text)
        self.keep(reply, "token", told["access_token"])
        if "code" in form:
            self.keep(reply, "code", form["code"], "used")
        return told

    def issue(self):
        self.codes.append(self._code(self.household.apps["plain"]))

    def redeem(self):
        told = self._grant(self.household.apps["plain"], code=self.codes.pop())
        self.tokens.append(told["access_token"])

    def revoke(self):
        token = self.tokens.pop(0)
        app = self.household.apps["plain"]
        reply, _ = self.client.ask(self.household.node, "POST", "/oauth2/revoke", {
            "client_id": app["client_id"], "client_secret": app["client_secret"], "token": token})
        assert reply.status == 200
        self.keep(reply, "token", token, "revoked")

    def refresh(self):
        app = self.household.apps["refreshing"]
        if not self.family:
            self.family = self._grant(app, code=self._code(app))
            return
        before = self.family["access_token"]
        self.family = self._grant(app, grant_type="refresh_token", refresh_token=self.family["refresh_token"])
        self.effects.append(Effect(self.effects[-1].request, "token", sha(before), "revoked"))


@dataclass
class Recorded:
    """What a server did to its files, from what they were, and what it told."""

    before: dict
    entries: list
    effects: list = field(default_factory=list)


def _files(data):
    return {path.name: path.read_bytes() for path in data.glob("llavero.db*") if not path.name.endswith("-shm")}


def record_first_start(folder):
    data = pathlib.Path(folder) / "first"
    record = data.parent / "first.record"
    control = between.Between(data, between.library_of(BINARY), record)
    server = crash_server(data, workers=1)
    server.stop()
    shutil.rmtree(data)
    server.env = control.environment
    data.mkdir()
    server.start()
    server.stop()
    return Recorded({}, between.read_record(record))


def record_under_load(folder, requests):
    data = pathlib.Path(folder) / "loaded"
    record = data.parent / "loaded.record"
    control = between.Between(data, between.library_of(BINARY), record)
    server = crash_server(data)
    household = Household(server)
    server.stop()
    before = _files(data)
    server.env = control.environment
    server.start()
    work = [Work(household, cookies, requests // THREADS) for cookies in household.cookies[:THREADS]]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    time.sleep(0.2)  # for a checkpoint that is under way
    server.kill()
    problems = [thread.problem for thread in work if thread.problem]
    assert not problems, problems
    return Recorded(before, between.read_record(record), [e for thread in work for e in thread.effects])


class File:
    """`synced` is on the disk for certain; `pending` are (number, offset, bytes or None for a length) since."""

    def __init__(self, content=b""):
        self.synced, self.pending = bytearray(content), []

    def sync(self, covers):
        for number, offset, content in self.pending:
            if number < covers:
                apply(self.synced, offset, content)
        self.pending = [change for change in self.pending if change[0] >= covers]


def apply(to, offset, content):
    if content is None:
        del to[offset:]
        to.extend(bytes(offset - len(to)))
        return
    if len(to) < offset:
        to.extend(bytes(offset - len(to)))
    to[offset:offset + len(content)] = content


def sectors(rng, change, spoil):
    """The sectors of a write that got to the disk, or, with `spoil`, all of them, some of them rubbish."""
    _, offset, content = change
    if content is None:
        return [change] if rng.random() < 0.5 else []
    kept = []
    for at in range(0, len(content), SECTOR):
        piece = content[at:at + SECTOR]
        if rng.random() < 0.5:
            kept.append((0, offset + at, piece))
        elif spoil:
            kept.append((0, offset + at, rng.randbytes(len(piece))))
    return kept


class Disk:
    """The folder's files, as the record goes on. `lies`: syncs of the log are told to be done, and are not."""

    def __init__(self, recorded, lies=False):
        self.recorded, self.lies = recorded, lies
        self.names = {name: File(content) for name, content in recorded.before.items()}
        self.synced_names = dict(self.names)
        self.of_fd, self.name_of_fd, self.changes = {}, {}, []
        self.replied, self.number = set(), 0

    def take(self, entry):
        """The next entry of the record."""
        getattr(self, f"_take_{entry.what}")(entry)
        self.number += 1

    def _take_O(self, entry):  # noqa: N802
        name = pathlib.PurePath(entry.content.decode()).name
        if name not in self.names:
            self.names[name] = File()
            self.changes.append((self.number, name, self.names[name]))
        self.of_fd[entry.fd], self.name_of_fd[entry.fd] = self.names[name], name

    def _take_W(self, entry):  # noqa: N802
        self.of_fd[entry.fd].pending.append((self.number, entry.offset, entry.content))

    def _take_T(self, entry):  # noqa: N802
        self.of_fd[entry.fd].pending.append((self.number, entry.offset, None))

    def _take_U(self, entry):  # noqa: N802
        name = pathlib.PurePath(entry.content.decode()).name
        if self.names.pop(name, None):
            self.changes.append((self.number, name, None))

    def _take_S(self, entry):  # noqa: N802
        if entry.sort == 2:  # the folder
            for number, name, file in self.changes:
                if number < entry.offset:
                    self._rename(self.synced_names, name, file)
            self.changes = [change for change in self.changes if change[0] >= entry.offset]
        elif not (self.lies and self.name_of_fd[entry.fd].endswith("-wal")):
            self.of_fd[entry.fd].sync(entry.offset)

    def _take_R(self, entry):  # noqa: N802
        head = entry.content.decode(errors="replace")
        if "X-GitHub-Request-Id: " in head:
            self.replied.add(head.split("X-GitHub-Request-Id: ")[1].split("\r")[0])

    @staticmethod
    def _rename(names, name, file):
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file

    def state(self, kind, rng):
        """One that a loss of power at this moment could leave, as {name: bytes}."""
        names = dict(self.synced_names)
        for _, name, file in self.changes:
            if kind == "all" or (kind != "nothing" and rng.random() < 0.5):
                self._rename(names, name, file)
        return {name: self._content(file, kind, rng) for name, file in names.items()
                if not name.endswith("-shm") and name.startswith("llavero.db")}

    @staticmethod
    def _content(file, kind, rng):
        content = bytearray(file.synced)
        for change in file.pending:
            if kind in ("sectors", "rubbish"):
                parts = sectors(rng, change, kind == "rubbish")
            else:
                parts = [change] if kind == "all" or (kind == "a part" and rng.random() < 0.5) else []
            for _, offset, piece in parts:
                apply(content, offset, piece)
        return bytes(content)

    def owed(self):
        """The effects whose replies have left."""
        return [effect for effect in self.recorded.effects if effect.request in self.replied]


def write_state(folder, state):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in state.items():
        (folder / name).write_bytes(content)


def known(path):
    """What a database knows of codes and tokens: {hash: {"known", "used", "revoked"}}."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        codes = {row[0]: {"known", "used" if row[1] else ""} for row in db.execute(
            "SELECT hash, consumed_at FROM code")}
        tokens = {row[0]: {"known", "revoked" if row[1] else ""} for row in db.execute(
            "SELECT hash, revoked_at FROM token")}
    return {"code": codes, "token": tokens}


def lost(path, effects):
    if not effects:
        return []
    has = known(path)
    return [e for e in effects if e.wants not in has[e.table].get(e.hash, ())]


@dataclass
class Tally:
    states: dict = field(default_factory=dict)  # of each kind
    syncs: int = 0
    replies: int = 0
    started: int = 0
    lost: int = 0
    wrong: list = field(default_factory=list)


class Losses:
    """Loses the power at moments of a record: after each sync and reply, or a sample of them, and between."""

    def __init__(self, recorded, folder, seed, states, starts=0, lies=False):
        self.recorded, self.folder = recorded, pathlib.Path(folder) / "state"
        self.rng, self.states, self.starts = random.Random(seed), states, starts
        self.disk, self.tally = Disk(recorded, lies), Tally()

    def _moments(self):
        """After which entry, how often."""
        entries = self.recorded.entries
        self.tally.syncs = sum(e.what == "S" for e in entries)
        self.tally.replies = sum(e.what == "R" for e in entries)
        best = [n for n, e in enumerate(entries) if e.what in "SR"]
        moments = self.rng.choices(best, k=self.states * 2 // 3)
        return sorted(moments + self.rng.choices(range(len(entries)), k=self.states - len(moments)))

    def run(self, stopping=None):
        moments = self._moments()
        to_start = set(self.rng.sample(range(len(moments)), min(self.starts, len(moments))))
        at = 0
        for n, moment in enumerate(moments):
            if stopping and stopping.is_set():
                break
            while at <= moment:
                self.disk.take(self.recorded.entries[at])
                at += 1
            self._lose(KINDS[n % len(KINDS)], n in to_start)
        return self.tally

    def _lose(self, kind, start):
        write_state(self.folder, self.disk.state(kind, self.rng))
        self.tally.states[kind] = self.tally.states.get(kind, 0) + 1
        path = self.folder / "llavero.db"
        owed = self.disk.owed()
        where = f"{kind} of what was not synced, after entry {self.disk.number}"
        if start:
            self._start(where)
        try:
            gone = lost(path, owed)
            self.tally.lost += len(gone)
            if gone and not self.disk.lies:
                self.tally.wrong.append(f"{where}: lost {gone[0]} and {len(gone) - 1} others")
            if self._is_filled(path):
                self.tally.wrong += [f"{where}: {fault}" for fault in faults_of(path)]
        except sqlite3.DatabaseError as problem:
            if not self.disk.lies:
                self.tally.wrong.append(f"{where}: {problem}")

    @staticmethod
    def _is_filled(path):
        """Is there a schema, which a loss of power during the first start may have prevented?"""
        with contextlib.closing(sqlite3.connect(path)) as db:
            return bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'pushed_request'").fetchall())

    def _start(self, where):
        """llavero itself, on such a disk."""
        self.tally.started += 1
        try:
            server = crash_server(self.folder)
            assert server.get("/readyz").status_code == 200
            server.stop()
        except AssertionError as problem:
            self.tally.wrong.append(f"{where}: {problem}")
