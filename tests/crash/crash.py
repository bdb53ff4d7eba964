#!/usr/bin/python3
"""Ends llavero at every kind of moment, and holds it to what it had acknowledged: assurance T03, T04, T05.
./dev crash runs it and prints its tables; --write puts them into docs/security.md.

A run that goes wrong prints its seed and keeps its folder. ^C ends it after the round that is under way."""

import argparse
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tools")]

import commands  # noqa: E402
import disk  # noqa: E402
import figures  # noqa: E402
import power  # noqa: E402
import rounds  # noqa: E402

REQUESTS = 2400   # of the load whose writes are recorded
STARTS = 40       # states that llavero itself is started on
DOCUMENT, COMMAND = "docs/security.md", "./dev crash --write"


stopping = threading.Event()


def say(text):
    print(f"crash: {text}", file=sys.stderr, flush=True)


def lines(head, rows):
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in (head, ["---"] * len(head), *rows))


class Killing:
    """Rounds of kill -9, each place in its turn."""

    def __init__(self, folder, seed):
        self.folder, self.rng = folder, random.Random(seed)
        self.server = rounds.Rounds(folder / "server", seed, say)
        self.places = self.server.places() + commands.PLACES
        self.tallies = {place.words: rounds.Tally() for place in self.places}
        self.server.tallies = self.tallies

    def run(self, n):
        for number in range(n):
            if stopping.is_set():
                break
            place = self.places[number % len(self.places)]
            if place in commands.PLACES:
                self._command(place, number)
            else:
                self.server.run(place)
            if number % 25 == 24:
                say(f"{number + 1} rounds, {len(self.wrong())} wrong")
        self.server.close()
        return self

    def _command(self, place, number):
        tally = self.tallies[place.words]
        round_ = commands.Command(self.folder / f"command-{number}", self.rng, place.point)
        wrong = round_.run()
        tally.rounds += 1
        tally.ended += round_.ended
        tally.wrong += [f"round {number}, {place.words}: {one}" for one in wrong]
        if round_.replay:
            tally.add(round_.replay)
        for one in wrong:
            say(f"WRONG: {place.words}: {one}")

    def wrong(self):
        return [one for tally in self.tallies.values() for one in tally.wrong]

    def table(self):
        tallies = list(self.tallies.items())
        rows = [[words, t.rounds, t.ended, t.acknowledged, t.unknown, t.retried["done"], t.retried["not done"],
                 len(t.wrong)] for words, t in tallies]
        sums = [sum(row[at] for row in rows) for at in range(1, 8)]
        return lines(["where it ends", "rounds", "times ended there", "effects acknowledged", "outcome unknown",
                      "asked again: had been done", "asked again: had not", "lost, doubled or unsound"],
                     [*rows, ["**all**", *sums]])


def kill_table(folder, seed, n):
    (folder / "server").mkdir()
    killing = Killing(folder, seed).run(n)
    return killing.table(), killing.wrong()


def power_table(folder, seed, states):
    """The losses of power, and the same on a disk that lies, where something has to be lost."""
    say("recording")
    first = power.record_first_start(folder)
    loaded = power.record_under_load(folder, REQUESTS)
    say(f"{len(loaded.entries)} writes, syncs and replies; making {states} states of them")
    runs = [("the first start", power.Losses(first, folder, seed, states // 4, STARTS // 2)),
            ("under load", power.Losses(loaded, folder, seed, states, STARTS)),
            ("under load, on a disk that says that it synced the log and did not",
             power.Losses(loaded, folder, seed, states // 20, lies=True))]
    rows, wrong = [], []
    for words, losses in runs:
        t = losses.run(stopping)
        rows.append([words, t.syncs, t.replies, *(t.states.get(kind, 0) for kind in power.KINDS), t.started, t.lost,
                     "" if losses.disk.lies else len(t.wrong)])
        wrong += [] if losses.disk.lies else t.wrong
        if losses.disk.lies and not t.lost:
            wrong.append("a disk that lies loses nothing: the model sees nothing")
    head = ["power is lost during", "syncs", "replies", *(f"states: {kind}" for kind in power.KINDS),
            "llavero started on", "effects lost", "lost or unsound"]
    return lines(head, rows), wrong


def disk_table(folder, seed, n):
    rng = random.Random(seed)
    kinds = [("a write is refused from some byte on", disk.Between)]
    if os.geteuid() == 0:
        kinds.append((f"a file system of {disk.SMALL}, filled", disk.Small))
    else:
        say("THE SMALL FILE SYSTEM IS SKIPPED: to mount one takes root")
    rows, wrong = [], []
    for words, kind in kinds:
        tally = disk.Tally()
        for number in range(n):
            if stopping.is_set():
                break
            at = folder / f"disk-{kind.__name__}-{number}"
            at.mkdir()
            disk.run(kind(at, rng), tally, kill=number % 2 == 1)
        rows.append([words, tally.rounds, tally.acknowledged, tally.refused, tally.read, len(tally.wrong)])
        wrong += tally.wrong
        say(f"{words}: {tally.rounds} rounds, {len(tally.wrong)} wrong")
    return lines(["the disk is full", "rounds, half of them ended by kill -9", "effects acknowledged",
                  "writes answered with 503", "reads answered", "lost, unsound, or no answer"], rows), wrong


PARTS = {"kill": kill_table, "full-disk": disk_table, "power": power_table}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=500, help="of kill -9")
    parser.add_argument("--full", type=int, default=20, help="rounds with a full disk, of each kind")
    parser.add_argument("--states", type=int, default=2000, help="that a loss of power leaves")
    parser.add_argument("--only", choices=PARTS, help="one of the three")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--write", action="store_true", help=f"each table into {DOCUMENT}")
    words = parser.parse_args()
    # What was run until then is told; a second one ends it at once.
    signal.signal(signal.SIGINT, lambda *_: sys.exit("crash: ended") if stopping.is_set() else stopping.set())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="llavero-crash-"))
    say(f"seed {words.seed}")
    sizes, wrong = {"kill": words.rounds, "full-disk": words.full, "power": words.states}, []
    for name in [words.only] if words.only else PARTS:
        if stopping.is_set():
            break
        (folder / name).mkdir()
        table, found = PARTS[name](folder / name, words.seed, sizes[name])
        wrong += found
        print(table, end="\n\n", flush=True)
        if words.write:
            figures.put(DOCUMENT, name, COMMAND, table)
    for one in wrong:
        say(f"WRONG: {one}")
    if wrong:
        sys.exit(f"crash: {len(wrong)} wrong with seed {words.seed}; {folder} is kept")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
