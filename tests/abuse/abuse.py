#!/usr/bin/python3
"""What stays up while somebody tries to bring it down: ./dev abuse [--quick] [--sanitized] [--write] [NAME...].

For each kind of abuse a server of its own is started, and a client that behaves signs somebody in over and
over: first alone, then while the abuse goes on, then alone again. The table says how many of its requests
were answered in a second and how long they took, as a part of what they were when it was alone in the same run; both
share this machine's processors with those who abuse. No time is judged. What is: the server goes on, without a
report of a sanitizer; the client that behaves gets every one of its answers; memory stays below a bound; and
afterwards connections and descriptors are given back, and everything works as before.

Lines of tests/attacks: A153, A180, A181, A182, A183, A184, A187, A191, A192, A227, P45, P47.

--quick: two seconds each. --sanitized: with the build that reports misuse of memory; no figures of use then.
--write: puts the table into docs/security.md, of kinds that were not named with the row of their last good run."""

import argparse
import concurrent.futures
import json
import multiprocessing
import os
import pathlib
import re
import socket
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "http"), str(ROOT / "tools")]

# The command line and the servers are of the same build.
VARIANT = "asan" if "--sanitized" in sys.argv else "release"
os.environ["LLAVERO_BIN"] = str(ROOT / "build" / VARIANT / "llavero")

import attackers  # noqa: E402
import figures  # noqa: E402
import standard  # noqa: E402
from certificates import Authority  # noqa: E402
from good import Good  # noqa: E402
from llavero_http import SANITIZER, Server  # noqa: E402

# A row for each kind, of its last run that was good.
KEPT = ROOT / "build" / "abuse.json"
# Beyond what the quiet server takes; a sanitizer keeps what was freed for a while.
MOST_MB, MOST_SANITIZED_MB = 600, 1500
IDLE_S = 5
GATHER_S = 40


class Case:
    """`least`: so many connections have to be open before anything is measured."""

    def __init__(self, name, what, attack, tls=False, least=0, **settings):
        self.name, self.what, self.attack, self.least = name, what, attack, least
        self.tls, self.settings = tls, settings


CASES = [
    Case("slow-heads", "2,000 heads, a byte a second", "slow_heads"),
    Case("slow-bodies", "2,000 bodies, a byte a second", "slow_bodies"),
    Case("slow-reads", "500 who do not take replies", "slow_reads"),
    Case("headers", "10,000 headers in each request", "header_flood"),
    Case("cookies", "15 KB of cookies in each", "cookie_flood"),
    Case("one-address", "3,000 connections of one address", "one_address"),
    Case("many-addresses", "6,000 connections, room for 1,600", "many_addresses",
         max_connections=800),
    Case("idle", "10,000 idle connections", "idle", least=10000, idle_timeout=60),
    Case("form-names", "7,000 names in a form", "form_names"),
    Case("json-names", "4,500 names in JSON", "json_names"),
    Case("big-bodies", "65 KB in each body", "big_bodies"),
    Case("chunks", "chunks without end", "endless_chunks"),
    Case("pipelines", "200 requests at once on each", "pipelines"),
    Case("sign-ins", "1,000 wrong passwords at a time", "sign_ins", argon2_passes=2,
         argon2_memory=19456, signin_failures=1000),
    Case("handshakes", "TLS handshakes", "handshake_flood", tls=True),
    Case("slow-handshakes", "1,000 TLS handshakes, a byte a second", "slow_handshakes", tls=True),
    Case("registrations", "registrations of apps", "registrations", registration="open"),
    Case("pushes", "pushed requests of one app", "pushes"),
    Case("device-codes", "device codes of one app", "device_codes"),
    Case("log", "refusals, each a line of the log", "refusals", client_failures_per_hour=0),
    Case("client-documents", "client documents at one victim", "client_documents"),
    Case("cut", "requests cut off at every byte", "cut_everywhere"),
]


class Victim:
    """Somebody else's server: how many are there at once, and in all."""

    def __init__(self):
        self.at_once = self.most = self.total = 0
        self.lock = threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        with self.lock:
            self.at_once += 1
            self.total += 1
            self.most = max(self.most, self.at_once)
        time.sleep(0.05)
        # before it is answered: the next one may come at once
        with self.lock:
            self.at_once -= 1
        try:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        except OSError:
            pass
        connection.close()


def memory_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return int(re.search(r"^VmRSS:\s*(\d+) kB", f.read(), re.M)[1]) / 1024


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


class Watch:
    """The most memory and descriptors that a process has while this looks."""

    def __init__(self, pid):
        self.pid, self.memory, self.files, self.ends = pid, 0, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.ends.wait(0.1):
            try:
                self.memory = max(self.memory, memory_mb(self.pid))
                self.files = max(self.files, descriptors(self.pid))
            except (OSError, TypeError):
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()


class Stage:
    """A server, an app, somebody who is signed in, and what attackers need."""

    def __init__(self, case, folder):
        tls = {}
        if case.tls:
            certificate, key = Authority(folder / "authority").issue("abuse", "IP:127.0.0.1")
            os.environ["REQUESTS_CA_BUNDLE"] = str(folder / "authority" / "ca.pem")
            tls = {"tls_certificate": certificate, "tls_key": key}
        settings = {"workers": 2, "jobs": 1, "idle_timeout": IDLE_S, "access_log": "off", "log_level": "info",
                    "tokens_per_scope_set": 0, **tls, **case.settings}
        self.server = Server(folder / "data", **settings)
        self.app = self.server.make_app()
        person = self.server.signed_in()
        person.code(self.app)
        name = "__Host-llavero_session" if case.tls else "llavero_session"
        self.cookie = f"{name}={person.cookie(name)}"
        self.victim = Victim()
        stranger = self.server.browser()
        form = stranger.page("/login").form("/session")
        pushing, device = standard.make_app(self.server), standard.make_app(self.server, device=True)
        self.offers = {
            "app": self.app.credentials, "standard_app": pushing.credentials,
            "device_app": device.client_id, "victim": self.victim.port,
            "form_token": form.value("authenticity_token"),
            "browser": stranger.cookie("__Host-llavero_browser" if case.tls else "llavero_browser")}

    def behave(self, seconds, tls):
        """The good client in a process of its own, so that nobody's interpreter is in its way."""
        good = Good(self.server, self.app.credentials, self.cookie, tls)
        with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
            return pool.submit(good.run, seconds).result()


def attack(stage, case, seconds):
    target = attackers.Target(stage.server, seconds, **stage.offers)
    pool = concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("fork"))
    return pool, pool.submit(target.run, case.attack)


def settle(pid, files):
    """Descriptors after the abuse: what is idle has its time, and what was begun is worked through. It is over
    when they are as many as before, or no fewer for half a minute."""
    left, since = descriptors(pid), time.monotonic()
    while left > files + 2 and time.monotonic() < since + IDLE_S + 30:
        time.sleep(0.2)
        now = descriptors(pid)
        if now < left:
            left, since = now, time.monotonic()
    return left


def gather(pid, least):
    until = time.monotonic() + GATHER_S
    while descriptors(pid) < least and time.monotonic() < until:
        time.sleep(0.2)


def judge(case, stage, found):
    wrong = []
    for when in ("before", "during", "after"):
        faults = found[when]["faults"]
        if faults:
            wrong.append(f"{when}: the client that behaves missed answers: {faults}")
        if not found[when]["n"]:
            wrong.append(f"{when}: the client that behaves got nothing")
    if stage.server.process.poll() is not None:
        wrong.append("the server ended")
    most = MOST_SANITIZED_MB if VARIANT == "asan" else MOST_MB
    if found["peak_mb"] - found["quiet_mb"] > most:
        wrong.append(f"{found['peak_mb']:.0f} MB at the peak")
    if found["files_after"] > found["files"] + 2:
        wrong.append(f"{found['files_after']} descriptors afterwards, {found['files']} before")
    if found["peak_files"] < case.least:
        wrong.append(f"only {found['peak_files']} descriptors at the peak")
    if found["tries"] < 1:
        wrong.append("nobody abused anything")
    if case.name == "client-documents" and stage.victim.most > 4:
        wrong.append(f"{stage.victim.most} fetches at once at the victim")
    return wrong


def play(case, folder, seconds):
    stage = Stage(case, folder)
    pid = stage.server.process.pid
    stage.behave(min(seconds, 2), case.tls)
    found = {"files": descriptors(pid), "before": stage.behave(seconds, case.tls)}
    found["quiet_mb"] = memory_mb(pid)
    with Watch(pid) as watch:
        # it begins a little earlier than what is measured, and ends a little later
        pool, going = attack(stage, case, seconds + 3 + (GATHER_S if case.least else 0))
        time.sleep(1.5)
        gather(pid, case.least)
        found["during"] = stage.behave(seconds, case.tls)
        found["tries"] = going.result()
        pool.shutdown()
    found["peak_mb"], found["peak_files"] = watch.memory, watch.files
    found["files_after"] = settle(pid, found["files"])
    found["after"] = stage.behave(seconds, case.tls)
    found["after_mb"] = memory_mb(pid)
    wrong = judge(case, stage, found)
    stage.victim.socket.close()
    try:
        stage.server.stop()
    except AssertionError as problem:
        wrong.append(str(problem)[:2000])
    if SANITIZER.search(stage.server.log()):
        wrong.append("a sanitizer reported")
    return found, wrong


def row(case, found):
    before, during, after = found["before"], found["during"], found["after"]

    def part(a, b):
        return f"{a / b:.2f}" if b else "-"
    rate, quiet = during["n"] / during["seconds"], before["n"] / before["seconds"]
    return (case.what, f"{found['tries']:,}", f"{rate:,.0f}", part(rate, quiet),
            part(during["p50"], before["p50"]), part(during["p99"], before["p99"]),
            f"{during['p99'] * 1000:,.0f}", str(sum(during["faults"].values())),
            part(after["n"] / after["seconds"], quiet), f"{found['quiet_mb']:.0f}", f"{found['peak_mb']:.0f}",
            f"{found['after_mb']:.0f}", f"{found['peak_files']:,}", str(found["files_after"] - found["files"]))


HEAD = ("abuse", "tries", "good req/s", "of quiet", "p50 of quiet", "p99 of quiet", "p99 ms", "missed",
        "after, of quiet", "MB quiet", "peak", "after", "descriptors, peak", "left")


def table(rows):
    lines = [HEAD, ["---"] + ["---:"] * (len(HEAD) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def keep(case, cells):
    """Notes the row of a kind, or with None that there is none; all that are known."""
    rows = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    rows.pop(case.name, None)
    if cells:
        rows[case.name] = cells
    KEPT.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return rows


def write(kept, command):
    """The last row of each kind; without one of them there is no table."""
    missing = [case.name for case in CASES if case.name not in kept]
    if missing:
        sys.exit(f"not written: there is no good run of {', '.join(missing)}")
    figures.put("docs/security.md", "abuse", command, table([kept[case.name] for case in CASES]))


def main():
    known = {case.name: case for case in CASES}
    options = argparse.ArgumentParser(prog="./dev abuse", description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    options.add_argument("--quick", action="store_true")
    options.add_argument("--write", action="store_true")
    options.add_argument("--sanitized", action="store_true")
    asked = options.parse_args()
    unknown = set(asked.names) - set(known)
    if unknown:
        options.error(f"there is no {', '.join(unknown)}")
    if asked.write and asked.sanitized:
        options.error("--write is for the build that people run")
    rows, kept, failed = [], {}, 0
    for case in CASES:
        if asked.names and case.name not in asked.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            found, wrong = play(case, pathlib.Path(folder), 2 if asked.quick else 5)
        rows.append(row(case, found))
        print(f"{case.name}: {'good' if not wrong else 'WRONG'}", flush=True)
        for problem in wrong:
            print(f"  {problem}", flush=True)
        failed += bool(wrong)
        if VARIANT == "release":
            kept = keep(case, None if wrong else rows[-1])
    print(table(rows))
    if asked.write:
        write(kept, "./dev abuse --quick" if asked.quick else "./dev abuse")
    print(f"{len(rows) - failed} good, {failed} wrong")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
