#!/usr/bin/python3
"""Failover for real: three PostgreSQL with Patroni and etcd, and two llavero, each in a network
namespace of its own; the leader is killed, stopped, cut off and filled up under load, and an oracle holds
every node to what was acknowledged. Assurance 6.3 (battery E3), A103, T03, T21. ./dev failover [--quick] runs it
and prints its table.

It moves into namespaces of its own first (network, mounts, processes), so no process of it can be left behind.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from typing import Callable

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "http")]

from llavero_http import Browser  # noqa: E402
from machines import DATA, Cluster, Limit, Node, make_bridges, run, until  # noqa: E402
from oracle import THREADS_OF_A_NODE, Load, Replay  # noqa: E402

PASSWORD = "correct horse battery staple"
NODES = 2
PEOPLE = [f"person{n}" for n in range(NODES * THREADS_OF_A_NODE)]
BEFORE_S, AFTER_S = 3, 3
LAG_S = 2
STOPPED_S = 60
CUT_S = 10


# what goes wrong, and how it ends

def kill_database(_, leader):
    leader.signal(signal.SIGKILL, "postgres")


def kill_machine(_, leader):
    leader.signal(signal.SIGKILL)


def stop_machine(_, leader):
    leader.signal(signal.SIGSTOP)


def wake_machine(_, leader):
    leader.signal(signal.SIGCONT)


def cut_from_databases(drill, leader):
    for other in drill.cluster.others(leader):
        leader.cut(other)


def cut_from_nodes(drill, leader):
    for node in drill.nodes:
        leader.cut(node, (DATA,))


def mend_all(drill, leader):
    for other in (*drill.cluster.others(leader), *drill.nodes):
        leader.mend(other)


def fill_disk(_, leader):
    leader.fill_disk()


def free_disk(_, leader):
    leader.free_disk()


def lag_and_kill(drill, leader):
    """The standbys hear nothing for a while, so that they lack what was committed last."""
    for other in drill.cluster.others(leader):
        leader.cut(other, (DATA,))
    time.sleep(LAG_S)
    kill_database(drill, leader)


@dataclass
class Scenario:
    name: str
    break_it: Callable
    mend_it: Callable = lambda drill, leader: None
    synchronous: bool = True
    fence: bool = True
    promotes: bool = True
    hold_s: float = 0   # that it lasts at least
    quick: bool = False


SCENARIOS = [
    Scenario("kill -9 PostgreSQL of the leader", kill_database, quick=True),
    Scenario("kill -9 everything on the leader's machine", kill_machine),
    Scenario("SIGSTOP the leader's machine, 60 s", stop_machine, wake_machine, hold_s=STOPPED_S),
    Scenario("cut the leader from the other databases", cut_from_databases, mend_all),
    Scenario("cut the leader from llavero, 10 s", cut_from_nodes, mend_all, promotes=False, hold_s=CUT_S),
    Scenario("fill the leader's disk", fill_disk, free_disk),
    Scenario("standbys 2 s behind, then kill -9", lag_and_kill, mend_all),
    Scenario("standbys 2 s behind, then kill -9", lag_and_kill, mend_all, synchronous=False),
    Scenario("the same without the promotion fence", lag_and_kill, mend_all, synchronous=False, fence=False,
             quick=True),
]


@dataclass
class Row:
    scenario: Scenario
    acknowledged: int
    unknown: int
    again: int
    lost: int
    double: int
    resurrected: int
    away_s: float
    promoted: bool

    def problems(self):
        """What this row must not be."""
        s, found = self.scenario, []
        if self.acknowledged < 50:
            found.append("hardly anything was acknowledged")
        if self.promoted != s.promotes:
            found.append("a standby was promoted" if self.promoted else "no standby was promoted")
        if s.synchronous and (self.lost or self.double or self.resurrected):
            found.append("something that was acknowledged did not last")
        if not s.synchronous and not (self.lost and self.resurrected):
            found.append("the loss of asynchronous replication was not seen")
        if not s.synchronous and bool(self.double) == s.fence:
            found.append("the fence let a code through" if s.fence else "no code was redeemed twice")
        return found

    def cells(self):
        s = self.scenario
        return [s.name, "synchronous" if s.synchronous else "asynchronous", self.acknowledged, self.unknown,
                self.lost, self.double, self.resurrected, self.again, f"{self.away_s:.1f}"]


HEAD = ["what happens to the leader", "replication", "acknowledged", "outcome unknown", "lost",
        "redeemed twice", "alive again", "codes to ask for again", "longest without, s"]


def table(rows):
    lines = [HEAD, ["---"] * len(HEAD), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def say(text):
    print(f"failover: {text}", file=sys.stderr, flush=True)


class Drill:
    def __init__(self, folder, binary):
        self.folder, self.binary = folder, binary
        make_bridges()
        self.cluster = Cluster(folder)
        self.nodes = [Node(n + 1, folder, binary, self.cluster.url) for n in range(NODES)]
        self.cookies, self.apps, self.fence = [], {}, None

    def command(self, *words, stdin=None):
        return run(self.binary, *words, input=stdin,
                   env={**os.environ, "LLAVERO_DATABASE": self.cluster.url, "LLAVERO_ARGON2_PASSES": "1",
                        "LLAVERO_ARGON2_MEMORY": "8192"})

    def _make_app(self, name, *flags):
        return json.loads(self.command(
            "app", "create", "--json", "--owner", PEOPLE[0], "--name", name, "--homepage",
            "https://app.example/", "--callback", "https://app.example/cb", *flags))

    # for Browser
    def url(self, path):
        return f"{self.base}{path}"

    @property
    def base(self):
        return f"http://{self.nodes[0].host}:{Node.PORT}"

    def plant(self, *values):
        return values[0]

    def _sign_in(self, login):
        """The cookies of somebody who has agreed to both apps."""
        browser = Browser(self)
        browser.sign_in(login, PASSWORD)
        for app in self.apps.values():
            reply = browser.get("/login/oauth/authorize", params={"client_id": app["client_id"]})
            assert browser.decide(reply).status_code == 302
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)

    def prepare(self):
        self.cluster.prepare()
        self.command("migrate")
        for login in PEOPLE:
            self.command("user", "create", "--login", login, "--email", f"{login}@example.com",
                         "--password-stdin", stdin=PASSWORD + "\n")
        self.apps = {"plain": self._make_app("Plain"),
                     "refreshing": self._make_app("Refreshing", "--expiring-tokens")}
        self.serve(True)
        self.cookies = [self._sign_in(login) for login in PEOPLE]

    def serve(self, fence):
        if fence != self.fence:
            for node in self.nodes:
                node.serve(promotion_fence="on" if fence else "off")
        self.fence = fence

    def _make_whole(self, scenario):
        if self.cluster.synchronous != scenario.synchronous:
            self.cluster.set_synchronous(scenario.synchronous)
        self.cluster.wait_whole()
        self.serve(scenario.fence)
        for node in self.nodes:
            until(node.is_ready, f"{node.name} to be ready")

    def _is_answering(self, load, since):
        return {e["node"] for e in load.log.read()
                if e["event"] in ("redeem", "refresh") and e["at"] > since} >= {n.name for n in self.nodes}

    def run(self, scenario, number):
        self._make_whole(scenario)
        leader = self.cluster.leader()
        load = Load(self.nodes, self.apps, self.cookies, self.folder / f"acknowledged-{number}.log")
        try:
            time.sleep(BEFORE_S)
            broken = time.monotonic()
            scenario.break_it(self, leader)
            if scenario.promotes:
                until(lambda: self.cluster.leader(other_than=leader), "another leader")
            time.sleep(max(0, broken + scenario.hold_s - time.monotonic()))
            if not scenario.promotes:
                scenario.mend_it(self, leader)
            since = time.monotonic()
            until(lambda: self._is_answering(load, since), "every node to answer again")
            if scenario.promotes:
                scenario.mend_it(self, leader)
            time.sleep(AFTER_S)
        finally:
            ended = time.monotonic()
            load.stop()
        promoted = until(self.cluster.leader, "a leader") is not leader
        # what a database has that comes back late counts, too
        self.cluster.wait_whole()
        replay = Replay(load).run()
        return Row(scenario, replay.acknowledged(), replay.unknown(), replay.to_ask_again(), len(replay.lost),
                   len(replay.double), len(replay.resurrected), replay.away(broken, ended), promoted)


def inside(quick, binary, folder):
    Limit(600 if quick else 2400)
    os.makedirs("/run/netns", exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
    rows, failed = [], 0
    try:
        say("starting three databases")
        drill = Drill(folder, binary)
        drill.prepare()
        for number, scenario in enumerate(s for s in SCENARIOS if s.quick or not quick):
            say(f"{scenario.name} ({'synchronous' if scenario.synchronous else 'asynchronous'})")
            row = drill.run(scenario, number)
            rows.append(row)
            for problem in row.problems():
                failed += 1
                say(f"FAILED: {scenario.name}: {problem}")
    except (AssertionError, OSError, subprocess.SubprocessError):
        traceback.print_exc()
        failed += 1
    print(table(rows), flush=True)
    passed = len([row for row in rows if not row.problems()])
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return failed > 0


def main():
    parser = argparse.ArgumentParser(description="Kills and cuts off the leader of a database under load.")
    parser.add_argument("--quick", action="store_true", help="one loss of the leader, and the asynchronous run")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    words = parser.parse_args()
    binary = os.path.abspath(os.environ.get("LLAVERO_BIN", HERE.parents[1] / "build" / "llavero"))
    if words.inside:
        sys.exit(inside(words.quick, binary, pathlib.Path(words.inside)))
    folder = tempfile.mkdtemp(prefix="llavero-failover-")
    os.chmod(folder, 0o755)
    # bash is the first process there: it waits for whatever loses its parent
    done = subprocess.run(
        ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c",
         '"$@"; exit $?', "drill", sys.executable, __file__, "--inside", folder,
         *(["--quick"] if words.quick else [])], check=False)
    if done.returncode == 0:
        shutil.rmtree(folder)
    else:
        say(f"what everybody said is in {folder}")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
