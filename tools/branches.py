#!/usr/bin/python3
"""Which branches of src/ the tests take: branches.py [options] [SUITE/TEST...].

Every C test, the corpora of fuzzing, the golden requests, those with each call to the database or for memory failing
once, and every test file of the suites, or those named (http/test_code), runs against the build with counters
(VARIANT=cov), each into a folder of its own, build/cov/runs/<suite>/<test>, so that tools/mutate.py knows who passes
where. What has passed is not run again before its test or the program is newer. All branches that gcc sees count, in
every file of src/: nothing is left out.
"""
import argparse
import collections
import concurrent.futures
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

import figures

ROOT = figures.ROOT
BUILD = os.path.join(ROOT, "build", "cov")
RUNS = os.path.join(BUILD, "runs")
SUM = os.path.join(BUILD, "sum")
GOAL = {"core": 95.0, "flow": 95.0}
SUITES = ("command", "http")
FAILING = ("sql", "memory")  # of the kinds of tests/torture
DEPTH = len(BUILD.strip("/").split("/"))


# running

def tests():
    """Of every test its name and what runs it."""
    for kind in ("unit", "store"):
        for path in sorted(glob.glob(os.path.join(ROOT, "tests", kind, "test_*.c"))):
            name = os.path.basename(path)[:-2]
            if name == "test_constant_time":
                continue  # it counts instructions, and the counters' own are not always as many
            yield f"{kind}/{name}", path, [os.path.join(BUILD, "tests", name)]
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "fuzz", "fuzz_*.c"))):
        name = os.path.basename(path)[len("fuzz_"):-2]
        yield f"fuzz/{name}", path, [os.path.join(BUILD, "replay", name), os.path.join(ROOT, "tests/fuzz/corpus", name)]
    golden = max(glob.glob(os.path.join(ROOT, "tests", "torture", "golden*.py")), key=os.path.getmtime)
    torture = os.path.dirname(golden)
    yield "torture/golden", golden, [sys.executable, os.path.join(torture, "memcheck.py"), "--directly"]
    for kind in FAILING:
        yield f"torture/{kind}", golden, [sys.executable, os.path.join(torture, "torture.py"), "--kind", kind, "--once"]
    for suite in SUITES:
        for path in sorted(glob.glob(os.path.join(ROOT, "tests", suite, "test_*.py"))):
            name = os.path.basename(path)[:-3]
            yield f"{suite}/{name}", path, [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                                            "--no-header", os.path.relpath(path, ROOT)]


def is_fresh(folder, path):
    done = os.path.join(folder, "done")
    program = os.path.join(BUILD, "llavero")
    return os.path.exists(done) and os.path.getmtime(done) > max(os.path.getmtime(path),
                                                                 os.path.getmtime(program))


def run(name, path, command):
    """Runs one test into its folder; true when it passed."""
    folder = os.path.join(RUNS, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    env = {**os.environ, "GCOV_PREFIX": folder, "GCOV_PREFIX_STRIP": str(DEPTH),
           "LLAVERO_BIN": os.path.join(BUILD, "llavero")}
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with open(os.path.join(folder, "said"), "wb") as f:
        f.write(done.stdout)
    if done.returncode == 0:
        with open(os.path.join(folder, "done"), "w", encoding="utf-8"):
            pass
    return done.returncode == 0


def run_all(wanted):
    """Runs as many at a time as there are processors; gives the names of those that failed."""
    due = [test for test in tests() if (not wanted or test[0] in wanted)
           and not is_fresh(os.path.join(RUNS, test[0]), test[1])]

    def one(test):
        good = run(*test)
        print("passed" if good else "FAILED", test[0], flush=True)
        return good

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [test[0] for test, good in zip(due, pool.map(one, due)) if not good]


# counting

def counters(folder):
    for where, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".gcda"):
                yield os.path.relpath(os.path.join(where, name), folder)


def merge():
    """All runs in one folder, beside the notes of the compiler that gcov needs."""
    names = [name for name, _, _ in tests() if os.path.exists(os.path.join(RUNS, name, "done"))]
    shutil.rmtree(SUM, ignore_errors=True)
    shutil.copytree(os.path.join(RUNS, names[0]), SUM)
    for name in names[1:]:
        merged = SUM + ".new"
        shutil.rmtree(merged, ignore_errors=True)
        subprocess.run(["gcov-tool", "merge", "-o", merged, SUM, os.path.join(RUNS, name)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(SUM)
        os.rename(merged, SUM)
    return len(names)


def read(folder, only=None):
    """What gcov makes of the counters in `folder`: counts[file][line] is a list of (function, count, branches)."""
    counts = collections.defaultdict(lambda: collections.defaultdict(dict))
    with tempfile.TemporaryDirectory() as scratch:
        for name in sorted(counters(folder)):
            if name.startswith(("gen/", "tests/")) or only and name[:-5] not in only:
                continue
            at = os.path.join(scratch, name)
            os.makedirs(os.path.dirname(at), exist_ok=True)
            shutil.copy(os.path.join(folder, name), at)
            shutil.copy(os.path.join(BUILD, name[:-5] + ".gcno"), at[:-5] + ".gcno")
            said = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", at], cwd=ROOT,
                                  check=True, capture_output=True).stdout
            for entry in json.loads(said)["files"]:
                add(counts[entry["file"]], entry["lines"])
    return {path: lines for path, lines in counts.items() if path.startswith("src/")}


def add(lines, more):
    """A header's functions are in many objects: their counts are summed."""
    for line in more:
        key = line.get("function_name", "")
        count, branches = lines[line["line_number"]].get(key, (0, []))
        new = [b["count"] for b in line["branches"]]
        if branches and len(new) == len(branches):
            new = [a + b for a, b in zip(branches, new)]
        lines[line["line_number"]][key] = (count + line["count"], new)


def of_file(lines):
    """(branches taken, branches) of one file."""
    every = [b for functions in lines.values() for _, branches in functions.values() for b in branches]
    return sum(1 for b in every if b), len(every)


def of_objects_without_counters(known):
    """A file whose object no test has loaded has no counters, and counts all the same."""
    for path in glob.glob(os.path.join(ROOT, "src", "*", "*.c")):
        relative = os.path.relpath(path, ROOT)
        if relative not in known and os.path.exists(os.path.join(BUILD, relative[4:-2] + ".gcno")):
            yield relative


def share(taken, every):
    return 100.0 * taken / every if every else 100.0


def tables(counts, runs):
    folders = collections.defaultdict(lambda: [0, 0, 0])
    below = []
    for path, lines in sorted(counts.items()):
        folder = path.split("/")[1] if path.count("/") > 1 else ""
        taken, every = of_file(lines)
        for at, n in enumerate((1, taken, every)):
            folders[folder][at] += n
        if folder in GOAL and share(taken, every) < GOAL[folder]:
            below.append((path, taken, every))
    text = ["| Folder | Files | Branches | Taken | |", "|---|---:|---:|---:|---:|"]
    for folder, (files, taken, every) in sorted(folders.items()):
        text.append(f"| `{folder or 'main.c'}{'/' if folder else ''}` | {files} | {every:,} | {taken:,} | {share(taken, every):.1f} % |")
    whole = [sum(row[i] for row in folders.values()) for i in range(3)]
    text.append(f"| all, by {runs} of {len(list(tests()))} test files | {whole[0]} | {whole[2]:,} | {whole[1]:,} | {share(*whole[1:]):.1f} % |")
    files = [f"| File below {min(GOAL.values()):.0f} % | Branches | Not taken | |", "|---|---:|---:|---:|"]
    for path, taken, every in sorted(below, key=lambda row: share(row[1], row[2])):
        files.append(f"| `{path[4:]}` | {every} | {every - taken} | {share(taken, every):.1f} % |")
    return "\n".join(text), "\n".join(files), {f: share(*folders[f][1:]) for f in GOAL}


def list_open(counts, wanted):
    for path, lines in sorted(counts.items()):
        if not any(path[4:].startswith(w.removeprefix("src/")) for w in wanted):
            continue
        with open(os.path.join(ROOT, path), encoding="utf-8") as f:
            source = f.read().split("\n")
        for number, functions in sorted(lines.items()):
            for count, branches in functions.values():
                if not all(branches):
                    missing = ",".join(str(i) for i, b in enumerate(branches) if not b)
                    print(f"{path}:{number}: {missing} of {len(branches)}{'' if count else ' (never here)'}: "
                          f"{source[number - 1].strip()}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tests", nargs="*", metavar="SUITE/TEST")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/security.md")
    parser.add_argument("--report", action="store_true", help="run nothing, tell of what has run")
    parser.add_argument("--open", nargs="+", default=[], metavar="FILE",
                        help="list the branches of these files or folders of src/ that nothing took")
    options = parser.parse_args()
    failed = [] if options.report else run_all(options.tests)
    runs = merge()
    counts = read(SUM)
    by_folder, by_file, reached = tables(counts, runs)
    if options.open:
        list_open(counts, options.open)
    else:
        print(f"{by_folder}\n\n{by_file}")
    if options.write:
        figures.put("docs/security.md", "branches", "./dev coverage", by_folder)
        figures.put("docs/security.md", "branches-below", "./dev coverage", by_file)
    for name in failed:
        print(f"FAILED: {name}; see {os.path.join(RUNS, name, 'said')}", file=sys.stderr)
    missed = [f"{f}/ {n:.1f} %" for f, n in reached.items() if n < GOAL[f]]
    if missed:
        print("below the goal: " + ", ".join(missed), file=sys.stderr)
    sys.exit(1 if failed or missed else 0)


if __name__ == "__main__":
    main()
