#!/usr/bin/env python3
"""Runs the fuzz targets that `make fuzz` has built, and keeps count of it in tests/fuzz/ledger.

    fuzz.py [TARGET [SECONDS]]      each target, or one, for so long (60)
    fuzz.py --all [--hours H]       round all targets in slices of a minute, as many at a time as there are processors,
                                    until each has had H hours (1) by the ledger; stop it when you like, the next one
                                    goes on
    fuzz.py --minimise [TARGET]     what was found new and reaches further goes into tests/fuzz/corpus
    fuzz.py --write                 the ledger as a table of docs/security.md

What a target could not stand is left in build/fuzz/found, and what reaches new places in build/fuzz/new.
"""
import argparse
import concurrent.futures
import datetime
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/fuzz"
BUILD = ROOT / "build/fuzz"
LEDGER = HERE / "ledger"
ledger_lock = threading.Lock()
sys.path.insert(0, str(ROOT / "tools"))

SLICE_S = 60
INTERRUPTED = 72      # what a run that was told to stop exits with
LONGEST = 40000       # bytes of an input that is made
LONGEST_KEPT = 4096   # of one that goes into the tree
MOST_KEPT = 120_000   # bytes of one target's inputs that were not written by hand
HEAD = """# What ./dev fuzz has run, summed up over all runs: a line for each target.
# target executions cpu_seconds crashes edges features inputs date
"""


class Count:
    """A target's line of the ledger. Edges, features and inputs are those of the last run."""

    def __init__(self, executions=0, cpu=0.0, crashes=0, edges=0, features=0, inputs=0, date="-"):
        self.executions, self.cpu, self.crashes = int(executions), float(cpu), int(crashes)
        self.edges, self.features, self.inputs, self.date = int(edges), int(features), int(inputs), date

    def line(self, target):
        return f"{target} {self.executions} {self.cpu:.0f} {self.crashes} {self.edges} {self.features} " \
               f"{self.inputs} {self.date}\n"


def read_ledger():
    lines = LEDGER.read_text(encoding="utf-8").splitlines() if LEDGER.exists() else []
    return {words[0]: Count(*words[1:]) for words in map(str.split, lines) if words and words[0] != "#"}


def write_ledger(counts):
    new = LEDGER.with_suffix(".new")
    new.write_text(HEAD + "".join(counts[t].line(t) for t in sorted(counts)), encoding="utf-8")
    new.replace(LEDGER)


def targets():
    return sorted(path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c"))


def is_built(target):
    return target in targets() and (BUILD / "fuzz" / target).exists()


def program(target):
    path = BUILD / "fuzz" / target
    if not is_built(target):
        sys.exit(f"there is no target {target}: " + " ".join(targets()))
    return path


def folders(target):
    """Where new inputs go, and where those of the tree are."""
    new, kept = BUILD / "new" / target, HERE / "corpus" / target
    new.mkdir(parents=True, exist_ok=True)
    kept.mkdir(parents=True, exist_ok=True)
    return new, kept


def run(words, log):
    """Runs a program and returns its exit status and the processor time that it had for itself, in seconds."""
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_utime


def last(pattern, text, otherwise=0):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else otherwise


def fuzz(target, seconds):
    """One run of a target, into the ledger. Returns whether it stood everything."""
    new, kept = folders(target)
    (BUILD / "found").mkdir(exist_ok=True)
    words = [str(program(target)), f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=120",
             "-rss_limit_mb=2048", "-print_final_stats=1", "-use_value_profile=1", "-reload=0",
             f"-artifact_prefix={BUILD}/found/{target}-"]
    dictionary = HERE / "dictionaries" / target
    if dictionary.exists():
        words.append(f"-dict={dictionary}")
    with tempfile.TemporaryFile() as log:
        status, cpu = run(words + [str(new), str(kept)], log)
        log.seek(0)
        said = log.read().decode("utf-8", "replace")
    good = status in (0, INTERRUPTED)
    with ledger_lock:
        counts = read_ledger()
        had = counts.get(target, Count())
        counts[target] = Count(had.executions + last(r"stat::number_of_executed_units: (\d+)", said), had.cpu + cpu,
                               had.crashes + (not good), last(r"cov: (\d+)", said, had.edges),
                               last(r"ft: (\d+)", said, had.features), last(r"corp: (\d+)", said, had.inputs),
                               datetime.date.today())
        write_ledger(counts)
    print(counts[target].line(target), end="", flush=True)
    if not good:
        (BUILD / "found" / f"{target}.log").write_text(said, encoding="utf-8")
        print(f"{target} COULD NOT STAND SOMETHING: build/fuzz/found/{target}.log", flush=True)
    return good


def go_round(hours):
    """Round after round a slice for each target that has not had its hours, whichever had least before the others."""
    fallen = set()
    while True:
        counts = read_ledger()
        left = [t for t in targets() if is_built(t) and t not in fallen and counts.get(t, Count()).cpu < hours * 3600]
        if not left:
            return not fallen
        left.sort(key=lambda t: counts.get(t, Count()).cpu)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            stood = pool.map(lambda target: fuzz(target, SLICE_S), left)
            fallen.update(target for target, good in zip(left, stood) if not good)


def size_of(folder):
    return sum(path.stat().st_size for path in folder.iterdir())


def minimise(target):
    """Adds to the tree what reaches further than what is there. Inputs with a name of their own stay as they are,
    the others (named by their hash) are chosen anew."""
    new, kept = folders(target)
    with tempfile.TemporaryDirectory() as work, tempfile.TemporaryFile() as log:
        base, candidates = pathlib.Path(work, "base"), pathlib.Path(work, "candidates")
        base.mkdir()
        candidates.mkdir()
        for path in kept.iterdir():
            if re.fullmatch(r"[0-9a-f]{40}", path.name):
                shutil.move(path, candidates / path.name)
            else:
                shutil.copy(path, base / path.name)
        for path in new.iterdir():
            if path.stat().st_size <= LONGEST_KEPT:
                shutil.copy(path, candidates / path.name)
        status, _ = run([str(program(target)), "-merge=1", "-timeout=120", str(base), str(candidates)], log)
        if status != 0:
            sys.exit(f"{target}: merging failed")
        room = MOST_KEPT
        for path in sorted(base.iterdir(), key=lambda p: p.stat().st_size):
            if (kept / path.name).exists() or path.stat().st_size > room:
                continue
            room -= path.stat().st_size
            name = hashlib.sha1(path.read_bytes()).hexdigest()
            shutil.copy(path, kept / name)
    print(f"{target}: {len(list(kept.iterdir()))} inputs, {size_of(kept)} bytes", flush=True)


def table():
    rows = ["| Target | Executions | CPU time | Edges | Features | Inputs | Runs that ended in a finding | Until |",
            "|---|--:|--:|--:|--:|--:|--:|---|"]
    counts = read_ledger()
    for target in targets():
        c = counts.get(target, Count())
        rows.append(f"| {target} | {c.executions:,} | {c.cpu / 60:.1f} min | {c.edges:,} | {c.features:,} | "
                    f"{c.inputs:,} | {c.crashes} | {c.date} |")
    cpu = sum(counts[t].cpu for t in targets() if t in counts)
    executions = sum(counts[t].executions for t in targets() if t in counts)
    rows.append(f"| **all** | **{executions:,}** | **{cpu / 60:.1f} min** | | | | | |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="?")
    parser.add_argument("seconds", nargs="?", type=int, default=60)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--minimise", action="store_true")
    parser.add_argument("--nice", type=int, default=19, help="how far behind other programs (19)")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    os.nice(args.nice)
    chosen = [args.target] if args.target else targets()
    good = True
    if args.minimise:
        for target in chosen:
            minimise(target)
    elif args.all:
        good = go_round(args.hours)
    elif not args.write:
        good = all([fuzz(target, args.seconds) for target in chosen])
    if args.write:
        import figures
        figures.put("docs/security.md", "fuzzing", "./dev fuzz --write", table())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
