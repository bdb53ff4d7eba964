#!/usr/bin/python3
"""Makes every call that a golden request leads to fail, one after the other: memory, files, sockets, SQL; once, and
from there on for ever (A225).

    torture.py [--sample N] [--seed S] [--minutes M] [--request TEXT] [--kind KIND] [--from N] [--once] [--cold] [--list] [--write]

A point is (request, kind, n, once or for ever). At each point the answer is the right one, or 503, or the connection
ends without one; what 503 denied has not happened, so that the very same request is answered rightly when nothing
fails any more; the next request works; no descriptor stays open, no transaction, no lock. After each series of
points the invariants hold (tests/invariants.py), and memory is where it was.

Without --sample all points are tried; with --minutes those of as many requests as there is time for, in an order by
the seed. LLAVERO_BIN names the program, as for the other tests.
"""
import argparse
import collections
import dataclasses
import hashlib
import http.client
import pathlib
import random
import re
import select
import signal
import sqlite3
import sys
import tempfile
import time

import requests

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests"), str(ROOT / "tests" / "http"), str(ROOT / "tools")]

import figures  # noqa: E402
import invariants  # noqa: E402
from control import KINDS, SQLITE, Control, Process  # noqa: E402
from golden_rare import GOLDEN, World  # noqa: E402
from llavero_http import BINARY, IS_SANITIZED, SANITIZER, Server  # noqa: E402

INTERPOSER = ROOT / "build" / "torture" / "interpose.so"
MANY = 1000000                # a limit that is looked at and never reached
SETTINGS = {"workers": 1, "jobs": 1, "device_interval": 1, "device_submissions_per_hour": MANY,
            "device_codes_per_hour": MANY, "registrations_per_hour": MANY, "reports_per_hour": 0,
            "tokens_per_scope_set": 0, "signup": "on", "client_failures_per_hour": 0, "unknown_tokens_per_minute": 0,
            "log_per_minute": 60000, "api_rate_limit_anonymous": 1000000000}
ENDURED_S, PATIENCE_S = 0.05, 20  # what fails for ever is mended after the first; then an answer has to come
FOR_EVER = 60 * 24 * 365
ABROAD = ("socket", "interrupt")  # kinds that another's server may be the reason for
MORE = 50                     # calls that there may be more of than were counted
OUTCOMES = ("right", "503", "no answer", "wrong")
TIDIED = 16                   # points after which what has piled up is put away
AGAIN = 25                    # ordinary requests before memory is counted
BLOCKS_KEPT = 400, 0.5        # of a series and of each point: the database's cache grows. Leaks are told by sanitizers


@dataclasses.dataclass
class Answer:
    status: int = 0           # 0: the connection ended without one
    headers: tuple = ()
    body: str = ""

    def __str__(self):
        return f"{self.status} {self.body[:160]!r}" if self.status else "no answer"


@dataclasses.dataclass
class Point:
    request: str
    kind: str
    at: int
    for_ever: bool
    code: str = ""

    def __str__(self):
        return f"{self.request}: {self.kind}{' ' + self.code if self.code else ''}" \
               f" {self.at}{'+' if self.for_ever else ''}"


class Alone(Server):
    """No connection of a request that prepares another stays open beside it. Its log is long: it is looked at in
    pieces, each for the secrets of its own time and for those of the world."""

    looked_at, lasting = 0, frozenset()

    def browser(self, **headers):
        return super().browser(Connection="close", **headers)

    def log(self):
        with open(self.log_path, "rb") as log:
            log.seek(self.looked_at)
            return log.read()

    def check_log(self):
        super().check_log()
        self.looked_at = self.log_path.stat().st_size
        self.planted = set(self.lasting)


class Tormentor:
    def __init__(self, folder, cold=False):
        self.cold = cold
        self.control = Control(folder / "control")
        preload = [str(INTERPOSER)]
        env = {"LD_PRELOAD": ":".join(preload), "LLAVERO_TORTURE": self.control.path,
               "UBSAN_OPTIONS": "print_stacktrace=1"}
        if IS_SANITIZED:
            env["ASAN_OPTIONS"] = "detect_leaks=1:verify_asan_link_order=0"
            env["LSAN_OPTIONS"] = f"suppressions={HERE}/leaks.txt:print_suppressions=0"
        self.server = Alone(folder / "data", env=env, **SETTINGS)
        self.world = World(self.server)
        self.server.lasting = frozenset(self.server.planted)
        self.process = Process(self.server.process.pid)
        self.db = sqlite3.connect(folder / "data" / "llavero.db", timeout=0, isolation_level=None)
        self.findings, self.tried, self.outcomes = [], collections.Counter(), collections.Counter()
        self.starts, self.requests, self.usual = 0, set(), {}

    # one request

    def send(self, request, mends=False):
        """The answer; `mends`: what fails is mended when that does not bring an answer by itself."""
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=PATIENCE_S)
        try:
            connection.request(request.method, request.path, request.body or None,
                               {**request.headers, "Connection": "close"})
            if mends:
                self.endure(connection.sock)
            reply = connection.getresponse()
            body = reply.read()
            return Answer(reply.status, tuple(reply.getheaders()), body.decode(errors="replace"))
        except TimeoutError:
            return Answer(body="hangs")
        except (OSError, http.client.HTTPException):
            return Answer()
        finally:
            connection.close()

    def endure(self, sock):
        until = time.monotonic() + PATIENCE_S / 2
        while not select.select([sock], [], [], 0.005)[0] and time.monotonic() < until:
            if self.control.failed:
                until = min(until, time.monotonic() + ENDURED_S)
        self.control.disarm()

    def is_right(self, golden, answer):
        place = dict(answer.headers).get("Location", "").removeprefix(self.server.base)
        return answer.status == golden.status and all(text in answer.body for text in golden.has) and \
            place.startswith(golden.to)

    # one point

    def try_point(self, point):
        """False when the point was never reached."""
        golden = GOLDEN[point.request]
        if self.cold:
            self.start_again()
        if point.at % TIDIED == 1:
            self.world.tidy()
        request = golden.prepare(self.world)
        handles = self.process.handles()
        self.control.arm(point.kind, point.at, point.for_ever, SQLITE.get(point.code, 0))
        answer = self.send(request, mends=point.for_ever)
        reached = self.wait_until_over(point)
        self.control.disarm()
        if not reached:
            return False
        self.tried[point.kind, point.for_ever] += 1
        if self.server.process.poll() is not None:
            self.note(point, "the server ended", answer)
            self.start_again()
            return True
        self.judge(point, golden, request, answer)
        if not self.process.settles_at(handles):
            self.note(point, f"descriptors stay open: {self.process.handles() - handles}", answer)
        self.look_at_locks(point)
        return True

    def wait_until_over(self, point):
        """What is done after the answer fails, too: at most so long as the first n have not come."""
        until = time.monotonic() + 0.004
        while not self.control.failed and self.control.calls[point.kind] < point.at and time.monotonic() < until:
            time.sleep(0.0005)
        return self.control.failed > 0

    def judge(self, point, golden, request, answer):
        right = self.is_right(golden, answer)
        right = right or (golden.fetches and point.kind in ABROAD and answer.status in (400, 401))
        outcome = "right" if right else "503" if answer.status == 503 else "no answer" if not answer.status else "wrong"
        self.outcomes[point.kind, point.for_ever, outcome] += 1
        if answer.body == "hangs":
            self.note(point, "it hangs", answer)
        elif outcome == "wrong":
            self.note(point, "a wrong answer", answer)
        # what 503 denies has not happened: the very same once more
        again = golden.prepare(self.world) if golden.once and outcome != "503" else request
        now = self.send(again)
        if right and answer.status == golden.status:
            self.compare(point, golden, answer, now)
        if not self.is_right(golden, now):
            self.note(point, "denied, and yet done" if outcome == "503" else "the next one fails", now)

    def compare(self, point, golden, answer, now):
        """Right is the whole answer: its headers too, and no page that is cut short."""
        if self.is_right(golden, now):
            self.usual[golden.name].add(shape(now))  # pages tell how long ago something was
        headers, body = shape(answer)
        if not any((golden.moving or body == b) and set(h) <= set(headers) for h, b in self.usual[golden.name]):
            missing = [{name for name, _ in set(h) - set(headers)} for h, _ in self.usual[golden.name]]
            self.note(point, f"part of the answer is missing: {missing[0] or 'in its body'}", answer)

    def look_at_locks(self, point):
        """Nobody else's transaction is in the way."""
        for _ in range(500):
            try:
                self.db.execute("BEGIN IMMEDIATE")
                self.db.execute("ROLLBACK")
                return
            except sqlite3.OperationalError:
                time.sleep(0.002)
        self.note(point, "a transaction stays open", Answer())
        self.start_again()

    def note(self, point, what, answer):
        stack = [place for place in self.process.stack(self.control) if "interpose.c" not in place]
        self.findings.append((what, point, answer, stack))
        print(f"! {point}: {what}: {answer}\n    {' < '.join(stack[:20])}", flush=True)
        if what == "the server ended":
            log = self.server.log()
            report = SANITIZER.search(log)
            print((log[report.start():][:3000] if report else log[-600:]).decode(errors="replace"), flush=True)

    def start_again(self):
        self.starts += 1
        if self.server.process.poll() is None:
            self.server.kill()
        else:
            self.server.log_file.close()
        self.server.start(f"{self.server.host}:{self.server.port}")
        self.process = Process(self.server.process.pid)

    def stop(self):
        """What the sanitizers say at the end: leaks are told only then."""
        try:
            self.server.stop()
        except AssertionError as problem:
            self.findings.append(("at the end", None, Answer(), []))
            print(f"! at the end: {problem}", flush=True)

    # a series

    def learn(self, golden):
        """How often each kind of call is made for the request; and what the usual answers look like."""
        seen, most = set(), collections.Counter()
        for n in range(6):
            request = golden.prepare(self.world)
            self.control.arm("memory")
            answer = self.send(request)
            time.sleep(0.002)
            self.control.disarm()
            again = answer if golden.once else self.send(request)
            if not (self.is_right(golden, answer) and self.is_right(golden, again)):
                raise AssertionError(f"{golden.name}: {answer} {answer.headers}, then {again}")
            seen.add(shape(answer))
            if n >= 3:
                for kind, calls in self.control.calls.items():
                    most[kind] = max(most[kind], calls)
        self.usual[golden.name] = seen
        self.requests.add(golden.name)
        return most

    def blocks(self, golden):
        """Of memory, once ordinary requests have filled what is kept."""
        for _ in range(AGAIN):
            self.send(golden.prepare(self.world))
        time.sleep(0.02)
        return self.control.blocks

    def look_at_rest(self, golden, tried, before):
        """After a series: memory, and what is stored."""
        grown = self.blocks(golden) - before
        if grown > BLOCKS_KEPT[0] + BLOCKS_KEPT[1] * tried:
            self.note(Point(golden.name, "memory", 0, False), f"memory grew by {grown} blocks in {tried} points", Answer())
        found = invariants.broken(self.db)
        if found:
            self.note(Point(golden.name, "sql", 0, False), "invariants: " + invariants.told(found), Answer())
        self.look_at_log()

    def look_at_log(self):
        try:
            self.server.check_log()
        except (AssertionError, ValueError) as problem:
            self.findings.append(("the log", None, Answer(), []))
            print(f"! the log: {str(problem)[:300]}", flush=True)

    def series(self, golden, kinds, modes, first=1):
        """Every point of a request."""
        calls = self.learn(golden)
        before, starts, tried = self.blocks(golden), self.starts, 0
        for kind in kinds:
            for code in codes_of(kind):
                for for_ever in modes:
                    for at in range(first, calls[kind] + MORE):
                        reached = self.try_safely(Point(golden.name, kind, at, for_ever, code))
                        tried += reached
                        if not reached and at > calls[kind]:
                            break
        if starts == self.starts:
            self.look_at_rest(golden, tried, before)
        return tried

    def sample(self, chosen, kinds, modes, n, dice):
        """So many points: each of another request, until all have had one."""
        requests = dice.sample(chosen, len(chosen))
        calls = {}
        while sum(self.tried.values()) < n:
            golden = requests[sum(self.tried.values()) % len(requests)]
            if golden.name not in calls:
                calls[golden.name] = self.learn(golden)
            kind = dice.choice([k for k in kinds if calls[golden.name][k]])
            point = Point(golden.name, kind, dice.randint(1, calls[golden.name][kind]), dice.choice(modes),
                          dice.choice(codes_of(kind)))
            if not self.try_safely(point):  # it had fewer calls this time
                self.tried[kind, point.for_ever] += 0
        found = invariants.broken(self.db)
        if found:
            self.note(point, "invariants: " + invariants.told(found), Answer())

    def try_safely(self, point):
        """A server that cannot even do what prepares a request is started again."""
        try:
            return self.try_point(point)
        except (AssertionError, requests.RequestException, KeyError, ValueError) as problem:
            self.control.disarm()
            self.note(point, f"nothing goes on after it: {str(problem)[:300]}", Answer())
            self.start_again()
            return True


def codes_of(kind):
    return tuple(SQLITE) if kind == "sql" else ("",)


def shape(answer):
    """An answer without what is another one each time."""
    def plain(text):
        text = re.sub(r"[0-9A-F]{4}(:[0-9A-F]+){4}|[A-Z0-9]{4}-[A-Z0-9]{4}|[\w-]*\d[\w+/=-]*|[\w+/=-]{20,}", "#", text)
        return hashlib.sha256(re.sub(r"[# ]+", "#", text).encode()).hexdigest()[:16]
    headers = tuple(sorted((name, plain(value) if name in STEADY else "") for name, value in answer.headers))
    return headers, plain(answer.body) if len(answer.body) < 200000 else ""


STEADY = {"Content-Type", "Cache-Control", "Content-Security-Policy", "WWW-Authenticate", "X-Frame-Options"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="try only so many points, spread over requests and kinds")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the sample")
    parser.add_argument("--minutes", type=float, default=FOR_EVER, help="begin no request after so many")
    parser.add_argument("--request", default="", help="only requests with this in their name")
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first call that fails")
    parser.add_argument("--once", action="store_true", help="nothing fails for ever")
    parser.add_argument("--cold", action="store_true", help="start the server again before each point")
    parser.add_argument("--list", action="store_true", help="only count the calls of each request")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/security.md")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chosen = [g for name, g in GOLDEN.items() if asked.request in name]
    with tempfile.TemporaryDirectory() as folder:
        tormentor = Tormentor(pathlib.Path(folder), asked.cold)
        try:
            run(tormentor, chosen, asked)
            tormentor.stop()
        except KeyboardInterrupt:
            print("stopped; this is what was tried")
        finally:
            if tormentor.server.process:
                tormentor.server.kill()
    print(table(tormentor))
    print(f"{len(tormentor.requests)} of {len(GOLDEN)} requests, {sum(tormentor.tried.values())} points, {len(tormentor.findings)} findings")
    if asked.write:
        figures.put("docs/security.md", "torture", " ".join(["./dev torture", *sys.argv[1:]]), table(tormentor))
    sys.exit(bool(tormentor.findings))


def run(tormentor, chosen, asked):
    kinds, modes = [asked.kind] if asked.kind else list(KINDS), [False] if asked.once else [False, True]
    if asked.list:
        for golden in chosen:
            print(f"{golden.name:45}", *(f"{k} {n:4}" for k, n in tormentor.learn(golden).items()), flush=True)
    elif asked.sample:
        print(f"--sample {asked.sample} --seed {asked.seed}", flush=True)
        tormentor.sample(chosen, kinds, modes, asked.sample, random.Random(asked.seed))
    else:
        until = time.monotonic() + 60 * asked.minutes
        for golden in random.Random(asked.seed).sample(chosen, len(chosen)) if asked.minutes < FOR_EVER else chosen:
            began = time.monotonic()
            if began > until:
                print("that was the time; what was not tried is not in the table")
                break
            tried = tormentor.series(golden, kinds, modes, asked.first)
            print(f"{golden.name:45} {tried:5} points, {time.monotonic() - began:.1f} s", flush=True)


SAID = {"memory": "memory", "disk": "files: the device is broken", "space": "files: the device is full",
        "handles": "too many descriptors", "socket": "sockets: the other end is gone",
        "interrupt": "a signal interrupts", "sql": "SQL: " + ", ".join(SQLITE)}


def table(tormentor):
    """What came of the points, by kind."""
    lines = ["| what fails | | points | the right answer | 503 | no answer | anything else |",
             "|---|---|--:|--:|--:|--:|--:|"]
    total = collections.Counter()
    for kind in KINDS:
        for for_ever in (False, True):
            came = {what: tormentor.outcomes[kind, for_ever, what] for what in OUTCOMES}
            if sum(came.values()):
                total.update(came)
                lines.append(f"| {SAID[kind]} | {'for ever' if for_ever else 'once'} | {sum(came.values())} | "
                             + " | ".join(str(n) for n in came.values()) + " |")
    lines.append(f"| {len(tormentor.requests)} of {len(GOLDEN)} requests | | {sum(total.values())} | "
                 + " | ".join(str(total[what]) for what in OUTCOMES) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
