#!/usr/bin/python3
"""What was tried to break llavero: the catalogue in tests/attacks, and docs/attacks.md made from it.

A line of the catalogue is a number, the attack in a few words, and below it either the tests that try it or
one sentence that says why it cannot be tried:

  A061 another authority's certificate with the registered name
    test: tests/http/test_mtls.py::test_A061_of_another_authority_with_the_same_name
    run: tests/failover/drill.py, by ./dev failover
  A197 an entity that unpacks to gigabytes
    does not apply: Nothing here reads XML.

A test names its lines in its name, its docstring or a comment in it; what is run by a command of its own
names them anywhere.

  attack_lines.py            how many lines of each chapter are tried
  attack_lines.py --check    fails for a line that is missing or twice there, for a test that is not there
                             or does not name its line, and for a stale docs/attacks.md
  attack_lines.py --write    writes docs/attacks.md
"""
import collections
import os
import re
import sys

from coverage_of_rows import tests

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILES = ("protocol.txt", "service.txt", "peers.txt")
NUMBERS = [f"A{n:03}" for n in range(1, 234)] + [f"P{n:02}" for n in range(1, 54)]
NUMBER = r"A\d{3}|P\d\d"
# Beyond this a line of the catalogue would not be read in a table.
MOST = 240

Line = collections.namedtuple("Line", "number what chapter where tests runs why")


class Catalogue:
    def __init__(self):
        self.lines, self.problems = [], []
        for name in FILES:
            chapter = None
            path = os.path.join("tests", "attacks", name)
            with open(os.path.join(ROOT, path), encoding="utf-8") as f:
                for n, text in enumerate(f.read().split("\n"), 1):
                    if text.startswith("# "):
                        chapter = text[2:]
                    elif text.strip():
                        self.read(f"{path}:{n}", chapter, text)

    def read(self, where, chapter, text):
        head = re.fullmatch(rf"({NUMBER}) (\S.*)", text)
        below = re.fullmatch(r"  (test|run|does not apply): (\S.*)", text)
        if head:
            self.lines.append(Line(head.group(1), head.group(2), chapter, where, [], [], []))
        elif not self.lines or not below:
            self.problems.append(f"{where}: this is no line of the catalogue")
        else:
            kinds = {"test": self.lines[-1].tests, "run": self.lines[-1].runs,
                     "does not apply": self.lines[-1].why}
            kinds[below.group(1)].append(below.group(2))

    def chapters(self):
        found = collections.OrderedDict()
        for line in self.lines:
            found.setdefault(line.chapter, []).append(line)
        return found


def named(text):
    """The numbers that a text holds: A019 and P07, in a name a019 and p07."""
    return {found.upper() for found in re.findall(r"(?<![A-Za-z0-9])(?:[Aa]\d{3}|[Pp]\d\d)(?![A-Za-z0-9])",
                                                  text)}


def commands_of_dev():
    with open(os.path.join(ROOT, "dev"), encoding="utf-8") as f:
        return set(re.findall(r"^cmd_(\w+)\(\)", f.read(), re.M))


def faults_of_run(line, run, commands):
    match = re.fullmatch(r"(\S+), by \./dev (\w+)(?: --[\w-]+)*", run)
    if not match or match.group(2) not in commands:
        yield f"{run} is not FILE, by ./dev COMMAND"
        return
    path = os.path.join(ROOT, match.group(1))
    if not os.path.isfile(path):
        yield f"there is no {match.group(1)}"
        return
    with open(path, encoding="utf-8") as f:
        if line.number not in named(f.read()):
            yield f"{match.group(1)} does not name it"


def faults(line, found, commands):
    for test in line.tests:
        if test not in found:
            yield f"there is no {test}"
        elif line.number not in found[test]:
            yield f"{test} does not name it"
    for run in line.runs:
        yield from faults_of_run(line, run, commands)
    if len(line.what) > MOST:
        yield f"said in {len(line.what)} characters (at most {MOST})"
    if len(line.tests) != len(set(line.tests)):
        yield "one test twice"
    if bool(line.tests or line.runs) + len(line.why) != 1:
        yield "wants tests, or one sentence why it does not apply"
    for why in line.why:
        if not re.fullmatch(r"[A-Z].{20,}\.", why):
            yield "why it does not apply is to be a sentence"


def check(catalogue):
    found = {f"{test.path}::{test.name}": named(f"{test.name}\n{test.text}") for test in tests()}
    commands, problems = commands_of_dev(), list(catalogue.problems)
    for line in catalogue.lines:
        problems += [f"{line.where}: {line.number}: {fault}" for fault in faults(line, found, commands)]
    count = collections.Counter(line.number for line in catalogue.lines)
    problems += [f"{number} is there {count[number]} times" for number in NUMBERS if count[number] != 1]
    problems += [f"{number} is no number of the catalogue" for number in sorted(set(count) - set(NUMBERS))]
    problems += [f"{test}: there is no line {number}" for test, numbers in found.items()
                 for number in sorted(numbers - set(NUMBERS))]
    if not os.path.exists(document()) or read(document()) != text_of(catalogue):
        problems.append("docs/attacks.md is stale: tools/attack_lines.py --write")
    for problem in problems:
        print(problem)
    if not problems:
        print("attacks: each line has a test or a reason")
    return 1 if problems else 0


def document():
    return os.path.join(ROOT, "docs", "attacks.md")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def cell(line):
    """Tests by file: `http/test_par.py`: test_one, test_two."""
    files = collections.OrderedDict()
    for test in line.tests:
        path, name = test.split("::")
        files.setdefault(path.removeprefix("tests/"), []).append(f"`{name}`")
    said = [f"{path}: {', '.join(names)}" for path, names in files.items()]
    said += [f"`{run.split(', by ')[-1]}`" for run in line.runs] + line.why
    return "<br>".join(said)


def text_of(catalogue):
    out = ["# Attacks, line by line", "",
           "Each line is something that was tried on llavero, with the tests that try it (in `tests/`), or the reason",
           "why it cannot be tried. Lines with an A are of the protocols and of the service that speaks them; those",
           "with a P are what has befallen other servers. Made from `tests/attacks` by `tools/attack_lines.py`.", ""]
    for chapter, lines in catalogue.chapters().items():
        out += [f"## {chapter}", "", "| line | attack | tried by |", "|---|---|---|"]
        out += [f"| {line.number} | {line.what.replace('|', chr(92) + '|')} | {cell(line)} |" for line in lines]
        out.append("")
    return "\n".join(out)


def summary(catalogue):
    out = ["| attacks on | lines | tests | cannot be tried |", "|---|---:|---:|---:|"]
    for chapter, lines in list(catalogue.chapters().items()) + [("all", catalogue.lines)]:
        names = {test for line in lines for test in line.tests + line.runs}
        out.append(f"| {chapter} | {len(lines)} | {len(names)} | {sum(bool(line.why) for line in lines)} |")
    return "\n".join(out)


def main():
    catalogue = Catalogue()
    option = sys.argv[1] if len(sys.argv) > 1 else None
    if option == "--check":
        return check(catalogue)
    if option == "--write":
        with open(document(), "w", encoding="utf-8") as f:
            f.write(text_of(catalogue))
    else:
        print(summary(catalogue))
    return 0


if __name__ == "__main__":
    sys.exit(main())
