#!/usr/bin/python3
"""Runs the tests that the catalogue names, and the whole table of states (tests/http/test_states.py).

  run.py [--write] [LINE...]     of these lines (A061, P12), or of all; --write puts the counts into docs/security.md
  run.py --list [--write]        how many there are, and runs none

What is run by a command of its own is named and left to it. LLAVERO_BIN is the server, `--build` the folder of the C
tests.
"""
import argparse
import collections
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import attack_lines  # noqa: E402
import figures  # noqa: E402

Count = collections.namedtuple("Count", "passed failed skipped")
NONE = Count(0, 0, 0)


def plus(one, other):
    return Count(*(a + b for a, b in zip(one, other)))


def by_file(tests):
    files = collections.OrderedDict()
    for test in tests:
        path, name = test.split("::")
        files.setdefault(path, set()).add(name)
    return files


def run_c(path, names, build):
    """One program has all tests of its file: those of other names are not counted."""
    program = os.path.join(build, "tests", os.path.basename(path)[:-2])
    said = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    text = said.stdout + said.stderr
    words = {"OK": Count(1, 0, 0), "FAILED": Count(0, 1, 0), "SKIPPED": Count(0, 0, 1)}
    found = {name: NONE for name in names}
    for word, name in re.findall(r"^\[ +(OK|FAILED|SKIPPED) +\] (\w+)$", text, re.M):
        if name in names and found[name] == NONE:
            found[name] = words[word]
    if any(count.failed for count in found.values()):
        print(text, file=sys.stderr)
    return {f"{path}::{name}": count for name, count in found.items()}


def count_of(case):
    kinds = {child.tag for child in case}
    return Count(0, 0, 1) if "skipped" in kinds else Count(0, 1, 0) if kinds & {"failure", "error"} else Count(1, 0, 0)


def run_python(folder, files):
    """One folder at a time: each has helpers of its own. A name may stand in several files of it."""
    names = sorted({name for of_file in files.values() for name in of_file})
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml", report.name,
                        "-o", "junit_family=xunit1", "-k", " or ".join(names), *files], cwd=ROOT, check=False,
                       env={**os.environ, "LLAVERO_EVERY_STATE": "1"}, stdout=sys.stderr)
        found = {f"{path}::{name}": NONE for path in files for name in files[path]}
        for case in xml.parse(report.name).iter("testcase"):
            test = f"{case.get('file')}::{case.get('name').partition('[')[0]}"
            if test in found:
                found[test] = plus(found[test], count_of(case))
    return found


def run(tests, build):
    found, folders = {}, collections.OrderedDict()
    for path, names in by_file(tests).items():
        if path.endswith(".c"):
            found.update(run_c(path, names, build))
        else:
            folders.setdefault(os.path.dirname(path), {})[path] = names
    for folder, files in folders.items():
        found.update(run_python(folder, files))
    return found


def table(chapters, found):
    out = ["| attacks on | lines | tests | cases that passed | failed | skipped | by a command of their own | "
           "cannot be tried |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
    everything = [line for lines in chapters.values() for line in lines]
    for chapter, lines in list(chapters.items()) + [("all", everything)]:
        tests = {test for line in lines for test in line.tests}
        count = NONE
        for test in tests:
            count = plus(count, found[test])
        runs = {run for line in lines for run in line.runs}
        out.append(f"| {chapter} | {len(lines)} | {len(tests)} | {count.passed:,} | {count.failed} | {count.skipped} | "
                   f"{len(runs)} | {sum(bool(line.why) for line in lines)} |")
    return "\n".join(out)


def tell(said, command, write):
    print(said)
    if write:
        figures.put("docs/security.md", "attacks", command, said)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "debug"))
    parser.add_argument("lines", nargs="*")
    options = parser.parse_args()
    if options.list:
        return tell(attack_lines.summary(attack_lines.Catalogue()), "./dev attacks --list --write", options.write)
    chapters = collections.OrderedDict()
    for line in attack_lines.Catalogue().lines:
        if not options.lines or line.number in options.lines:
            chapters.setdefault(line.chapter, []).append(line)
    tests = [test for lines in chapters.values() for line in lines for test in line.tests]
    found = run(list(dict.fromkeys(tests)), options.build)
    missing = [test for test, count in found.items() if count == NONE]
    tell(table(chapters, found), "./dev attacks --write", options.write and not options.lines)
    for test in missing:
        print(f"{test} was not run", file=sys.stderr)
    return 1 if missing or any(count.failed for count in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
