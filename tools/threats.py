#!/usr/bin/python3
"""Holds docs/security.md to the tree: every test that it names as `tests/FOLDER/FILE::NAME` is there, and every
file that it names as `FOLDER/FILE.c` stands in src/.

A row of the tables below "Threats, and the test of each" has a letter and a number (S1, T2 ...), names at least one
file of the defence and one test; rows are numbered without gaps.

  threats.py            how many threats of each kind, with how many tests
  threats.py --check    fails for what is not there
"""
import collections
import os
import re
import sys

from coverage_of_rows import tests

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DOCUMENT = os.path.join("docs", "security.md")
SECTION = "## Threats, and the test of each"
KINDS = "STRIDE"
TEST = re.compile(r"`(tests/[\w/]+\.(?:py|c)::\w+)`")
FILE = re.compile(r"`((?:base|core|store|flow|http|oauth|github|web|server|explain|command|rehearsal)/\w+\.(?:c|h|def))`")
ROW = re.compile(rf"^\| ([{KINDS}])(\d+) \|(.*)\|$", re.M)


def section_of(text):
    after = text.split(SECTION + "\n", 1)
    return re.split(r"^## ", after[1], flags=re.M)[0] if len(after) == 2 else ""


def problems_of(text, there):
    for name in sorted(set(TEST.findall(text)) - there):
        yield f"there is no test {name}"
    for name in sorted(set(FILE.findall(text))):
        if not os.path.exists(os.path.join(ROOT, "src", name)):
            yield f"there is no file src/{name}"
    counts = collections.Counter()
    for kind, number, row in ROW.findall(section_of(text)):
        counts[kind] += 1
        if int(number) != counts[kind]:
            yield f"{kind}{number} should be {kind}{counts[kind]}"
        if not TEST.search(row):
            yield f"{kind}{number} names no test"
        if not FILE.search(row):
            yield f"{kind}{number} names no file of its defence"
    for kind in KINDS:
        if not counts[kind]:
            yield f"there is no threat of the kind {kind}"


def main(words):
    with open(os.path.join(ROOT, DOCUMENT), encoding="utf-8") as f:
        text = f.read()
    if words == ["--check"]:
        found = list(problems_of(text, {f"{test.path}::{test.name}" for test in tests()}))
        for problem in found:
            print(f"{DOCUMENT}: {problem}")
        if not found:
            print("threats: each has its defence and its tests")
        return 1 if found else 0
    rows = ROW.findall(section_of(text))
    for kind in KINDS:
        of = [row for letter, _, row in rows if letter == kind]
        print(f"{kind}: {len(of)} threats, {sum(len(TEST.findall(row)) for row in of)} tests")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
