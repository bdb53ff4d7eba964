#!/usr/bin/python3
"""Measures llavero beside npm oidc-provider: ./dev bench.

Each server runs on one processor, the load generator on another. The two servers take turns, and
each row is the median of its rounds. What is measured:

  code exchange   POST of client id, secret, redirect URI, code and verifier, each code once.
                  llavero answers after a commit that has reached the disk (WAL, synchronous=FULL);
                  oidc-provider keeps everything in memory.
  token check     llavero: GET /api/v3/ with a token, which checks the token and what it hangs on
                  (grant, app, user). oidc-provider: POST /token/introspection.
  half refused    llavero alone: code exchanges of which every other one has a code that was never
                  issued, so that what a flood of refusals costs the others is seen.

Nothing here judges by a timing: the exit status is 0 when every reply was the expected one.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import measure
import table
from measure import Failure

ROOT = pathlib.Path(__file__).resolve().parents[1]
BENCH = ROOT / "bench"
BUILT = ROOT / "build" / "release" / "bench"
REDIRECT = "redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback"
VERIFIER = "code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
FULL_TOKENS = 20_000_000
BUSY_SHARE = 0.15  # of one processor, taken by other programs: figures are then worth less

USUAL = {"users": 1_000_000, "tokens": 1_000_000, "codes": 1_500_000, "peer_codes": 130_000,
         "peer_tokens": 60_000, "seconds": 4.0, "warm_s": 2.0, "rounds": 3, "starts": 5,
         "idle": 10_000, "sync_s": 1.0}
QUICK = {"users": 2_000, "tokens": 5_000, "codes": 60_000, "peer_codes": 8_000,
         "peer_tokens": 4_000, "seconds": 0.3, "warm_s": 0.1, "rounds": 1, "starts": 1,
         "idle": 200, "sync_s": 0.1}


def say(text):
    print(text, file=sys.stderr, flush=True)


class Side:
    """One of the two servers with its load."""

    def __init__(self, who, folder, size):
        self.who, self.folder, self.size = who, folder, size
        self.port = measure.free_port()
        self.results = {"exchange": [], "check": [], "half": []}

    def open(self, argv, env=None):
        self.server = measure.Server(argv, self.folder / "log", env)
        self.client_id, self.secret = (self.folder / "client").read_text().split()
        self.credentials = f"client_id={self.client_id}&client_secret={self.secret}"
        self.codes = measure.Lines(self.folder / "codes")
        tokens = (self.folder / "tokens").read_text().splitlines(keepends=True)
        random.Random(1).shuffle(tokens)
        (self.folder / "tokens").write_text("".join(tokens))

    def measure(self, kind, seconds, keep=True):
        lines = self.folder / "tokens"
        if kind != "check":
            lines = self.folder / "codes.rest"
            self.codes.write_rest(lines, every_other_is_bad=kind == "half")
        result = measure.load(BUILT / "load", self.server, self.port, seconds,
                              self.request(kind), lines)
        if kind == "exchange":
            self.codes.take(result["requests"])
        elif kind == "half":
            self.codes.take((result["requests"] + 1) // 2)
        if keep or result["errors"]:
            self.results[kind].append(result)

    def request(self, kind):
        raise NotImplementedError


class Llavero(Side):
    def argv(self, binary):
        return [str(binary), "serve", "--listen", f"127.0.0.1:{self.port}", "--database",
                f"sqlite:{self.folder}/llavero.db", "--data", str(self.folder / "data"),
                "--workers", "1", "--log-level", "error"]

    def fill(self, tokens):
        size = self.size
        sample = min(tokens, 1_000_000)
        begun = time.monotonic()
        subprocess.run([str(BUILT / "fill"), f"sqlite:{self.folder}/llavero.db",
                        str(size["users"]), str(tokens), str(size["codes"]), str(sample),
                        str(self.folder)], check=True)
        self.filled_s = time.monotonic() - begun
        self.bytes = (self.folder / "llavero.db").stat().st_size
        say(f"filled {size['users']:,} users, {tokens:,} tokens, {size['codes']:,} codes in "
            f"{self.filled_s:.1f} s: {self.bytes / 2**20:,.0f} MB")

    def request(self, kind):
        if kind != "check":
            return ("POST", "/login/oauth/access_token", "Accept: application/json",
                    f"{self.credentials}&code=@&{REDIRECT}&{VERIFIER}",
                    '"access_token":"gho_' if kind == "exchange" else "HTTP/1.1 200 ")
        return "GET", "/api/v3/", "Authorization: token @", "", '"emails_url"'


class OidcProvider(Side):
    def argv(self):
        node = BENCH / "node_modules" / ".bin" / "node"
        return [str(node if node.exists() else shutil.which("node")),
                str(BENCH / "oidc-provider.mjs"), str(self.port), str(self.size["peer_codes"]),
                str(self.size["peer_tokens"]), str(self.folder)]

    def request(self, kind):
        if kind == "exchange":
            return ("POST", "/token", "Accept: application/json",
                    f"{self.credentials}&grant_type=authorization_code&code=@&{REDIRECT}"
                    f"&{VERIFIER}", '"access_token":"')
        return ("POST", "/token/introspection", "Accept: application/json",
                f"{self.credentials}&token=@", '"active":true')


def peer_name():
    package = BENCH / "node_modules" / "oidc-provider" / "package.json"
    if not package.exists():
        return None
    return "oidc-provider " + json.loads(package.read_text())["version"]


def take_turns(sides, size, patience):
    for kind in ("exchange", "half", "check"):
        measured = sides[:1] if kind == "half" else sides
        for side in measured:
            side.measure(kind, size["warm_s"], keep=False)
        for number in range(size["rounds"]):
            for side in measured:
                if patience:
                    patience = measure.wait_until_quiet(patience)
                side.measure(kind, size["seconds"])
                result = side.results[kind][-1]
                say(f"{kind} round {number + 1}, {side.who}: {result['per_second']:,.0f}/s, "
                    f"p99 {result['p99_ms']:.2f} ms, others' cpu {result['others_busy']:.0%}")


def row_of(side, kind, what):
    rounds = side.results[kind]
    row = {name: statistics.median(r[name] for r in rounds)
           for name in ("per_second", "p50_ms", "p99_ms", "p999_ms", "cpu_us", "server_busy")}
    row.update(what=what, who=side.who, rounds=rounds, errors=sum(r["errors"] for r in rounds),
               others_busy=max(r["others_busy"] for r in rounds),
               unexpected=next((r["unexpected"] for r in rounds if r["errors"]), ""))
    return row


def figures_of(rows, label):
    """The goals of rows 1 to 3 over one database's rows."""
    by = {(row["what"].split(",")[0], row["who"].split()[0]): row for row in rows}
    found = []
    for what, goal, floor in (("code exchange", 40_000, 20_000), ("token check", 90_000, None)):
        ours, theirs = by[what, "llavero"], by.get((what, "oidc-provider"))
        found.append(table.figure(f"{what}, {label}", ours["per_second"], "/s", goal, least=True,
                                  floor=floor))
        if what == "code exchange":
            found.append(table.figure(f"{what}, {label}, p99", ours["p99_ms"], " ms", 5))
        if what == "code exchange":
            half = by["half refused", "llavero"]
            found.append(table.figure(f"requests with half of them refused, {label}, against none",
                                      half["per_second"] / ours["per_second"], " x", 0.8,
                                      least=True))
        if theirs:
            found.append(table.figure(f"{what}, {label}, against oidc-provider",
                                      ours["per_second"] / theirs["per_second"], " x", 6,
                                      least=True))
    return found


def with_database(tokens, size, folder, args, report):
    """Everything that one filled database is for."""
    label = table.shorten(tokens) + " tokens"
    sides = [Llavero("llavero", folder / f"llavero-{tokens}", size)]
    if peer_name():
        sides.append(OidcProvider(peer_name(), folder / f"oidc-provider-{tokens}", size))
    for side in sides:
        side.folder.mkdir()
    ours = sides[0]
    ours.fill(tokens)
    try:
        ours.open(ours.argv(args.binary))
        for peer in sides[1:]:
            peer.open(peer.argv(), {"NODE_ENV": "production"})
        take_turns(sides, size, args.patience)
        report["memory_after_load_mb"][label] = ours.server.memory_mb()
    finally:
        for side in sides:
            if hasattr(side, "server"):
                side.server.stop()
    rows = [row_of(side, kind, f"{what}, {label}")
            for kind, what in (("exchange", "code exchange"), ("half", "half refused"),
                               ("check", "token check"))
            for side in sides if side.results[kind]]
    report["rows"] += rows
    report["figures"] += figures_of(rows, label)
    report["fill"][label] = {"seconds": ours.filled_s, "bytes": ours.bytes}
    return ours


def start_and_memory(ours, size, args, report):
    starts = []
    for _ in range(size["starts"]):
        server = measure.Server(ours.argv(args.binary), ours.folder / "log")
        starts.append(server.start_ms)
        server.stop()
    server = measure.Server(ours.argv(args.binary), ours.folder / "log")
    try:
        time.sleep(0.5)
        idle = server.memory_mb()
        connections = measure.connect_idle(ours.port, size["idle"])
        crowded = server.memory_mb()
        for connection in connections:
            connection.close()
    finally:
        server.stop()
    report["starts_ms"], report["memory_mb"] = starts, {"idle": idle, "crowded": crowded}
    report["figures"] += [
        table.figure("start to ready, existing database", statistics.median(starts), " ms", 50),
        table.figure("resident memory, idle", idle["VmRSS"], " MB", 12),
        table.figure(f"resident memory, {len(connections):,} idle connections",
                     crowded["VmRSS"], " MB", 150)]


def warn_when_busy(report):
    averages, begun, user = os.getloadavg(), time.monotonic(), measure.all_user_s()
    time.sleep(1)
    share = (measure.all_user_s() - user) / (time.monotonic() - begun)
    report["load_average"], report["busy_before"] = averages, share
    print(f"load average {averages[0]:.2f} {averages[1]:.2f} {averages[2]:.2f}, other programs "
          f"use {share:.0%} of a processor; server on processor {measure.SERVER_CPU}, load on "
          f"{measure.LOAD_CPU}")
    if share > BUSY_SHARE:
        print("warning: the machine is busy; the figures are too low")
    if measure.SERVER_CPU == measure.LOAD_CPU:
        print("warning: one processor for server and load; the figures are too low")


def conclude(report):
    """Prints the tables. The number of unexpected replies."""
    errors = sum(row["errors"] for row in report["rows"])
    busy = [row for row in report["rows"] if row["others_busy"] > BUSY_SHARE]
    print(f"\n{table.of_rows(report['rows'])}\n")
    for row in report["rows"]:
        if row["errors"]:
            print(f"{row['what']}, {row['who']}: {row['errors']} unexpected replies\n"
                  f"{row['unexpected']}\n")
    if busy:
        print("warning: other programs took more than "
              f"{BUSY_SHARE:.0%} of a processor during {len(busy)} of these rows\n")
    if not peer_name():
        print("oidc-provider is not installed: run ./dev bench, or npm ci in bench/\n")
    print(table.of_figures(report["figures"]), flush=True)
    return errors


def run(args, folder):
    size = QUICK if args.quick else USUAL
    report = {"rows": [], "figures": [], "fill": {}, "memory_after_load_mb": {}}
    warn_when_busy(report)
    report["figures"].append(table.figure("fdatasync of this file system",
                                          measure.syncs_per_second(folder, size["sync_s"]), "/s",
                                          None))
    ours = with_database(size["tokens"], size, folder, args, report)
    start_and_memory(ours, size, args, report)
    if not args.keep:
        shutil.rmtree(ours.folder)
    if args.full:
        with_database(FULL_TOKENS, size, folder, args, report)
    errors = conclude(report)
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps(report, indent=1) + "\n")
    return 1 if errors else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="a few seconds: does it run at all?")
    parser.add_argument("--full", action="store_true", help="20 million tokens too")
    parser.add_argument("--patience", type=float, default=0, metavar="SECONDS",
                        help="wait so long in all, per database, for other programs to be quiet")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR",
                        help="make the data here and keep it")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "build" / "llavero")
    parser.add_argument("--json", type=pathlib.Path, default=ROOT / "build" / "bench.json")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if args.keep:
            args.keep.mkdir(parents=True)
            return run(args, args.keep)
        # Beside the build, since /tmp may be memory, where nothing is made durable.
        with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "build") as folder:
            return run(args, pathlib.Path(folder))
    except (Failure, OSError, subprocess.CalledProcessError) as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
