#!/usr/bin/python3
"""Measures llavero beside npm oidc-provider and Debian's glewlwyd: ./dev bench.

Each server runs on one processor, the load generator on another. The servers take turns, and
each row is the median of its rounds. What is measured:

  code exchange   POST of client id, secret, redirect URI, code and verifier, each code once.
                  llavero answers after a commit that has reached the disk (WAL, synchronous=FULL);
                  oidc-provider keeps everything in memory.
  token check     llavero: GET /api/v3/ with a token, which checks the token and what it hangs on
                  (grant, app, user). oidc-provider: POST /token/introspection.
  half refused    llavero alone: code exchanges of which every other one has a code that was never
                  issued, so that what a flood of refusals costs the others is seen.
  introspection   POST of client id, secret and token (RFC 7662), at both.
  client          POST of client id and secret for a token of the client's own (RFC 6749 4.4).
  credentials     "ES256" and "RS256": for a resource that reads tokens itself, so that the token is
                  a signed JWT (RFC 9068). llavero writes a row for each, which revoking it needs;
                  oidc-provider keeps no record of a JWT.
  refresh         POST of client id, secret and a refresh token, each once, for the next one and an
                  access token. llavero ends the old access token and makes all of it durable.

  on PostgreSQL   llavero beside pgbench, which sends the same statements: on_postgres.py.

glewlwyd: glewlwyd.py says how it is set up. The others know clients by client_secret_post. The refresh tokens are of random users, in random order.

Nothing here judges by a timing: the exit status is 0 when every reply was the expected one.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import costs
import growth
import measure
import on_postgres
import sizes
import table
from measure import Failure
from sides import KINDS, Llavero, peer_name, peers, say
from written import DOCUMENT, put

ROOT = pathlib.Path(__file__).resolve().parents[1]
FULL_TOKENS = 20_000_000
BUSY_SHARE = 0.15  # of one processor, taken by other programs: figures are then worth less

USUAL = {"users": 1_000_000, "tokens": 1_000_000, "codes": 1_500_000, "refresh": 500_000,
         "peer_codes": 130_000, "peer_tokens": 60_000, "peer_refresh": 100_000, "seconds": 4.0,
         "warm_s": 2.0, "rounds": 3, "starts": 5, "idle": 10_000, "sync_s": 1.0}
QUICK = {"users": 2_000, "tokens": 5_000, "codes": 60_000, "refresh": 20_000, "peer_codes": 8_000,
         "peer_tokens": 4_000, "peer_refresh": 4_000, "seconds": 0.3, "warm_s": 0.1, "rounds": 1,
         "starts": 1, "idle": 200, "sync_s": 0.1, "connections": 16}

PEER_DOES_NOT = """\
glewlwyd has client_secret_basic, does not rotate refresh tokens, and is asked about a token for
"token check" too. It writes to a disk; oidc-provider does not.
Not done by oidc-provider here: writing anything to a disk (its adapter is a map in memory), keeping
a record of access tokens that are JWTs, and ending the old access token at a refresh."""


def take_turns(sides, size, patience):
    for kind in KINDS:
        measured = [side for side in sides if side.does(kind)]
        for side in measured:
            side.measure(kind, size["warm_s"], keep=False)
        for number in range(size["rounds"]):
            for side in measured:
                if patience:
                    patience = measure.wait_until_quiet(patience)
                side.measure(kind, size["seconds"])
                result = side.results[kind.name][-1]
                say(f"{kind.what} round {number + 1}, {side.who}: {result['per_second']:,.0f}/s, "
                    f"p99 {result['p99_ms']:.2f} ms, others' cpu {result['others_busy']:.0%}")


def row_of(side, kind, what):
    rounds = side.results[kind]
    row = {name: statistics.median(r[name] for r in rounds)
           for name in ("per_second", "p50_ms", "p99_ms", "p999_ms", "cpu_us", "server_busy")}
    row.update(what=what, who=side.who, rounds=rounds, errors=sum(r["errors"] for r in rounds),
               others_busy=max(r["others_busy"] for r in rounds),
               unexpected=next((r["unexpected"] for r in rounds if r["errors"]), ""))
    return row


# What is measured, its goal in requests a second, its floor, and how often the peer's.
GOALS = [("code exchange", 40_000, 20_000, 6), ("token check", 90_000, None, 6),
         ("introspection", 90_000, None, 6), ("client credentials", None, None, 6),
         ("client credentials ES256", None, None, None),
         ("client credentials RS256", None, None, None), ("refresh", None, None, 6)]


def figures_of(rows, label):
    """How one database's rows stand to their goals."""
    by = {(row["what"].split(",")[0], row["who"].split()[0]): row for row in rows}
    found = []
    for what, goal, floor, times in GOALS:
        ours = by[what, "llavero"]
        found.append(table.figure(f"{what}, {label}", ours["per_second"], "/s", goal, least=True,
                                  floor=floor))
        if what == "code exchange":
            half = by["half refused", "llavero"]
            found.append(table.figure(f"{what}, {label}, p99", ours["p99_ms"], " ms", 5))
            found.append(table.figure(f"requests with half of them refused, {label}, against none",
                                      half["per_second"] / ours["per_second"], " x", 0.8,
                                      least=True))
        for peer, least in (("oidc-provider", times), ("glewlwyd", None)):
            if (what, peer) in by:
                found.append(table.figure(f"{what}, {label}, against {peer}",
                                          ours["per_second"] / by[what, peer]["per_second"], " x",
                                          least, least=True))
    return found


def with_database(tokens, size, folder, args, report):
    """Everything that one filled database is for."""
    label = table.shorten(tokens) + " tokens"
    sides = [Llavero("llavero", folder / f"llavero-{tokens}", size),
             *peers(folder, tokens, size)]
    for side in sides:
        side.folder.mkdir()
    ours = sides[0]
    ours.fill(tokens)
    try:
        ours.open(ours.argv(args.binary))
        ours.make_keys()
        for peer in sides[1:]:
            peer.open(peer.argv(), {"NODE_ENV": "production"})
        take_turns(sides, size, args.patience)
        report["memory_after_load_mb"][label] = ours.server.memory_mb()
    finally:
        for side in sides:
            if hasattr(side, "server"):
                side.server.stop()
    rows = [row_of(side, kind.name, f"{kind.what}, {label}")
            for kind in KINDS for side in sides if side.results[kind.name]]
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
        measure.ask_each(connections)
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


def conclude(args, report):
    """Prints the tables. The number of unexpected replies."""
    errors = sum(row["errors"] for row in report["rows"])
    busy = [row for row in report["rows"] if row["others_busy"] > BUSY_SHARE]
    if report["rows"] and peer_name():
        print(f"{PEER_DOES_NOT}\n")
    for row in report["rows"]:
        if row["errors"]:
            print(f"{row['what']}, {row['who']}: {row['errors']} unexpected replies\n"
                  f"{row['unexpected']}\n")
    if "postgres" in report:
        errors += on_postgres.show(report["postgres"])
    if busy:
        print("warning: other programs took more than "
              f"{BUSY_SHARE:.0%} of a processor during {len(busy)} of these rows\n")
    if report["rows"] and not peer_name():
        print("oidc-provider is not installed: run ./dev bench, or npm ci in bench/\n")
    show(args, report)
    return errors


def show(args, report):
    """The tables that documents have: everything that was measured beside others, and the goals."""
    if report["rows"]:
        put(args, "side-by-side", table.of_rows(report["rows"]))
    put(args, "goals", table.of_figures(report["figures"]))


def profile(args, folder):
    side = Llavero("llavero", folder / "llavero", QUICK)
    side.folder.mkdir()
    side.fill(QUICK["tokens"])
    counted = [kind for kind in KINDS if not kind.alone]
    put(args, "profile", costs.count(side, counted, args.binary), "--profile")
    return 0


def run(args, folder):
    if args.sizes:
        return sizes.run(args)
    if args.profile:
        return profile(args, folder)
    if args.growth:
        return growth.run(args, folder)
    size = QUICK if args.quick else USUAL
    report = {"rows": [], "figures": [], "fill": {}, "memory_after_load_mb": {}}
    warn_when_busy(report)
    report["figures"].append(table.figure("fdatasync of this file system",
                                          measure.syncs_per_second(folder, size["sync_s"]), "/s",
                                          None))
    if not args.postgres:
        ours = with_database(size["tokens"], size, folder, args, report)
        start_and_memory(ours, size, args, report)
        if not args.keep:
            shutil.rmtree(ours.folder)
    if args.full:
        with_database(FULL_TOKENS, size, folder, args, report)
    on_postgres.run(args, report)
    errors = conclude(args, report)
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps(report, indent=1) + "\n")
    return 1 if errors else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="a few seconds: does it run at all?")
    parser.add_argument("--full", action="store_true", help="20 million tokens too")
    parser.add_argument("--postgres", action="store_true",
                        help="PostgreSQL beside pgbench, and nothing else")
    parser.add_argument("--sizes", action="store_true",
                        help="bytes instead: of rows, indexes and the log (docs/scaling.md)")
    parser.add_argument("--profile", action="store_true",
                        help="count instructions instead, which a busy machine does not change")
    parser.add_argument("--growth", action="store_true",
                        help="how cost grows with tokens and connections instead")
    parser.add_argument("--most", type=int, default=FULL_TOKENS, metavar="TOKENS",
                        help="with --growth: the most that are stored")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {DOCUMENT}")
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
    except (Failure, OSError, AssertionError, subprocess.SubprocessError) as problem:
        print(f"bench: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
