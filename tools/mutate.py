#!/usr/bin/python3
"""Breaks src/core and src/flow in small ways and asks the tests: mutate.py [options] [FILE...].

A mutant is one change of one expression or statement: a comparison that includes or excludes its bound or is
turned round, && for ||, a condition negated, a constant one more, + for -, a statement left out, the other
truth returned. One that compiles to the same code (gcc -O2) is none. It is tried with the tests that pass its line
(as `./dev coverage` found), C tests first, those for requests only where no C test minds, until one fails.

Of every file some mutants are drawn, by the seed; what was tried is remembered in build/mutate/tried.json by the
text of the line, so that a run goes on where one was stopped. Mutants that nobody could tell from the original stand in
tests/mutants/equivalent.txt, each with its reason; they are counted apart.
"""
import argparse
import collections
import glob
import hashlib
import json
import os
import random
import re
import shlex
import subprocess
import sys

from clang import cindex

import branches
import figures

ROOT = figures.ROOT
BUILD = os.path.join(ROOT, "build", "mutate")
TRIED = os.path.join(BUILD, "tried.json")
EQUIVALENT = os.path.join(ROOT, "tests", "mutants", "equivalent.txt")
FOLDERS = ("core", "flow")
PATIENCE = {"unit": 30, "store": 60, "http": 300, "command": 300}  # seconds; who takes longer has noticed
COMPARISONS = {"==": ("!=",), "!=": ("==",), "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="),
               ">=": (">", "<")}
OTHERS = {"&&": "||", "||": "&&", "+": "-", "-": "+", "&": "|", "|": "&"}
K = cindex.CursorKind
CONDITIONS = {K.IF_STMT: 0, K.WHILE_STMT: 0, K.CONDITIONAL_OPERATOR: 0, K.DO_STMT: 1}

Mutant = collections.namedtuple("Mutant", "file line kind start end text within")


# what can be changed

def span(cursor):
    return cursor.extent.start.offset, cursor.extent.end.offset


def lines_of(function):
    return function.extent.start.line, function.extent.end.line


def operator_between(source, cursor):
    """The operator of a binary expression and where it stands; None within a macro."""
    children = list(cursor.get_children())
    if len(children) != 2:
        return None
    start, end = span(children[0])[1], span(children[1])[0]
    between = source[start:end]
    found = re.fullmatch(rb"\s*([=!<>]=|[<>]|&&|\|\||[-+&|])\s*", between)
    return (found.group(1).decode(), start + found.start(1)) if found else None


def mutants_of_cursor(path, source, cursor, function):
    """All changes of one node, without those of the nodes below it."""
    kind, line = cursor.kind, cursor.location.line
    start, end = span(cursor)
    text = source[start:end].decode()

    def made(what, at, to, new):
        return Mutant(path, line, what, at, to, new, lines_of(function))

    if kind == K.BINARY_OPERATOR:
        found = operator_between(source, cursor)
        if found:
            operator, at = found
            for other in COMPARISONS.get(operator, (OTHERS[operator],) if operator in OTHERS else ()):
                yield made(f"{operator} is {other}", at, at + len(operator), other)
    elif kind == K.INTEGER_LITERAL and text.isdigit():
        yield made("one more", start, end, str(int(text) + 1))
    elif kind in CONDITIONS:
        condition = list(cursor.get_children())[CONDITIONS[kind]]
        at, to = span(condition)
        if source[at:to]:
            yield made("negated", at, to, f"!({source[at:to].decode()})")
    elif kind == K.RETURN_STMT and text in ("return true", "return false"):
        yield made("the other truth", start, end, "return false" if text == "return true" else "return true")
    elif kind == K.RETURN_STMT and function.result_type.spelling in ("bool", "_Bool") and text != "return":
        yield made("the other truth", start, end, f"return !({text[len('return '):]})")


def is_statement(cursor, parent):
    if cursor.kind not in (K.CALL_EXPR, K.BINARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR, K.UNARY_OPERATOR):
        return False
    if parent.kind == K.COMPOUND_STMT:
        return True
    children = list(parent.get_children())
    return parent.kind == K.IF_STMT and cursor != children[0] or parent.kind == K.FOR_STMT and cursor == children[-1]


def is_size(source, cursor, parent):
    """Whether it says how long an array is: more room changes nothing."""
    return parent.kind == K.VAR_DECL and source[span(cursor)[1]:].lstrip().startswith(b"]")


def walk(path, source, cursor, parent, function):
    for child in cursor.get_children():
        file = child.extent.start.file
        if file is None or file.name != path or is_size(source, child, cursor):
            continue
        yield from mutants_of_cursor(path, source, child, function)
        if is_statement(child, cursor):
            start, end = span(child)
            if end > start:
                yield Mutant(path, child.location.line, "left out", start, end, "(void)0", lines_of(function))
        yield from walk(path, source, child, child, function)


def mutants_of(path, flags):
    with open(os.path.join(ROOT, path), "rb") as f:
        source = f.read()
    unit = cindex.Index.create().parse(path, args=flags + ["-I/usr/lib/gcc/x86_64-linux-gnu/12/include"])
    every = []
    for function in unit.cursor.get_children():
        here = function.location.file and function.location.file.name == path
        if here and function.kind == K.FUNCTION_DECL and function.is_definition():
            every += walk(path, source, function, function, function)
    return source, list(dict.fromkeys(every))


def described(source, mutant):
    """The change as a reader sees it: the line, and what has become of it."""
    start = source.rfind(b"\n", 0, mutant.start) + 1
    end = source.find(b"\n", mutant.end)
    before = source[start:end].decode()
    after = (source[start:mutant.start] + mutant.text.encode() + source[mutant.end:end]).decode()
    return " ".join(before.split()), " ".join(after.split())


# who is asked

class Passages:
    """Which tests pass a line, from the counters that `./dev coverage` has kept of each."""

    def __init__(self, path):
        self.by_line = collections.defaultdict(dict)
        self.seconds = {}
        unit = path[4:-2]
        for name, _, command in branches.tests():
            folder = os.path.join(branches.RUNS, name)
            if not os.path.exists(os.path.join(folder, unit + ".gcda")) or \
                    not os.path.exists(os.path.join(folder, "done")):
                continue
            self.seconds[name] = self.took(folder)
            for line, functions in branches.read(folder, only={unit}).get(path, {}).items():
                count = sum(n for n, _ in functions.values())
                if count:
                    self.by_line[line][name] = count

    @staticmethod
    def took(folder):
        with open(os.path.join(folder, "said"), encoding="utf-8", errors="replace") as f:
            found = re.findall(r" in ([\d.]+)s", f.read())
        return float(found[-1]) if found else 0.1

    def of(self, mutant):
        """How often each test passes the mutant; its function, where the line is a table and no code."""
        if mutant.line in self.by_line:
            return self.by_line[mutant.line]
        first, last = mutant.within
        sums = collections.Counter()
        for line in range(first, last + 1):
            sums.update(self.by_line.get(line, {}))
        return sums

    def order(self, path, mutant, most):
        """C tests by their passages; then those over HTTP that are named like the file, then the short ones."""
        stem, counts = set(os.path.basename(path)[:-2].split("_")), self.of(mutant)

        def rank(name):
            kind, test = name.split("/")
            alike = len(stem & {w.removesuffix("s") for w in test[len("test_"):].split("_")} | stem &
                        set(test[len("test_"):].split("_")))
            if kind in ("unit", "store"):
                return (kind == "store", -alike, -counts[name])
            return (2, -alike, self.seconds[name] / (1 + counts[name]) ** 0.5)

        names = sorted((n for n in counts if n.split("/")[0] in PATIENCE), key=rank)
        over_http = [n for n in names if n.startswith(("http/", "command/"))]
        return [n for n in names if n not in over_http] + over_http[:most]


class Trial:
    """Compiles one mutant, links what is to be asked, and asks."""

    def __init__(self, most):
        self.flags, self.libs, self.how = self.ask_make()
        self.most, self.folder = most, os.path.join(BUILD, "mutant")
        os.makedirs(self.folder, exist_ok=True)

    @staticmethod
    def ask_make():
        said = subprocess.run(["make", "-s", "VARIANT=mutate", "print-flags"], cwd=ROOT, check=True,
                              capture_output=True, text=True).stdout.split("\n")
        return shlex.split(said[0]), shlex.split(said[1]), shlex.split(said[2])

    def compile(self, source, name, how):
        """An object, or None: not every change is C."""
        at = os.path.join(self.folder, "mutant.c")
        out = os.path.join(self.folder, name)
        with open(at, "wb") as f:
            f.write(source)
        done = subprocess.run(["gcc", *self.flags, "-w", *how, "-c", "-o", out, at], cwd=ROOT,
                              capture_output=True)
        return out if done.returncode == 0 else None

    def is_same(self, source, mutated):
        """Whether the optimizer makes the same of both, or nothing of the mutant."""
        a = self.compile(source, "a.o", ["-O2"])
        b = self.compile(mutated, "b.o", ["-O2"])
        return b is None or open(a, "rb").read() == open(b, "rb").read()

    def link(self, main, out, extra=()):
        subprocess.run(["gcc", *self.how, "-o", out, main, os.path.join(self.folder, "m.o"),
                        os.path.join(BUILD, "libllavero.a"), *self.libs, *extra], cwd=ROOT, check=True,
                       capture_output=True)
        return out

    def object_of_test(self, kind, test):
        out = os.path.join(self.folder, test + ".o")
        source = os.path.join(ROOT, "tests", kind, test + ".c")
        if not os.path.exists(out) or os.path.getmtime(out) < os.path.getmtime(source):
            subprocess.run(["gcc", *self.flags, "-w", *self.how, "-Itests/unit", "-c", "-o", out, source], cwd=ROOT,
                           check=True)
        return out

    def minds(self, name):
        kind, test = name.split("/")
        env = dict(os.environ)
        if kind in ("unit", "store"):
            program = self.link(self.object_of_test(kind, test), os.path.join(self.folder, "test"), ["-lcmocka"])
            command = [program]
        else:
            env["LLAVERO_BIN"] = os.path.join(self.folder, "llavero")
            if not os.path.exists(env["LLAVERO_BIN"]):
                self.link(os.path.join(BUILD, "main.o"), env["LLAVERO_BIN"])
            command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider",
                       f"tests/{kind}/{test}.py"]
        with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              start_new_session=True) as running:
            try:
                return running.wait(timeout=PATIENCE[kind]) != 0
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, 9)
                return True

    def ask(self, path, source, mutant, passages):
        """What became of the mutant: `same`, `not passed`, `survived`, or the test that minded."""
        mutated = source[:mutant.start] + mutant.text.encode() + source[mutant.end:]
        if self.is_same(source, mutated):
            return "same"
        self.compile(mutated, "m.o", self.how)
        for stale in glob.glob(os.path.join(self.folder, "llavero")):
            os.remove(stale)
        names = passages.order(path, mutant, self.most)
        for name in names:
            if self.minds(name):
                return name
        return "survived" if names else "not passed"


# what is remembered

def read_equivalents():
    """Blocks of `FILE: LINE`, `=> LINE` and an indented reason."""
    known = {}
    if os.path.exists(EQUIVALENT):
        with open(EQUIVALENT, encoding="utf-8") as f:
            for block in f.read().split("\n\n"):
                found = re.fullmatch(r"(\S+): (.*)\n=> (.*)\n((?:\s+\S.*\n?)+)", block.strip("\n") + "\n")
                if found:
                    known[found.group(1), found.group(2), found.group(3)] = found.group(4)
                elif block.strip() and not block.startswith("#"):
                    sys.exit(f"{EQUIVALENT}: not understood:\n{block}")
    return known


def key_of(path, mutant, source):
    before, after = described(source, mutant)
    nth = source[:mutant.start].count(before.encode())
    return hashlib.sha256(f"{path}\0{before}\0{after}\0{nth}".encode()).hexdigest()[:20]


def load():
    if os.path.exists(TRIED):
        with open(TRIED, encoding="utf-8") as f:
            return json.load(f)
    return {}


def save(tried):
    with open(TRIED + ".new", "w", encoding="utf-8") as f:
        json.dump(tried, f, indent=1)
    os.replace(TRIED + ".new", TRIED)


def table(tried, there_are):
    equivalents = read_equivalents()
    rows = collections.defaultdict(collections.Counter)
    for key, seen in tried.items():
        row = rows[seen["file"].split("/")[1]]
        row["files", seen["file"]] = 1
        if seen["end"] == "same":
            continue
        row["mutants"] += 1
        if seen["end"] in ("survived", "not passed"):
            known = (seen["file"][4:], seen["before"], seen["after"]) in equivalents
            row["equivalent" if known else "survived"] += 1
        elif seen["end"].startswith(("unit/", "store/")):
            row["by C tests"] += 1
        else:
            row["by requests"] += 1
    text = ["| Folder | Files | Mutants | Tried | Found by C tests | Found by requests | Equivalent | Survived |",
            "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for folder in FOLDERS:
        row = rows[folder]
        files = sum(1 for name in row if isinstance(name, tuple))
        text.append(f"| `{folder}/` | {files} | {there_are[folder]:,} | {row['mutants']} | {row['by C tests']} | "
                    f"{row['by requests']} | {row['equivalent']} | {row['survived']} |")
    return "\n".join(text)


def paths(wanted):
    for folder in FOLDERS:
        for path in sorted(glob.glob(f"src/{folder}/*.c")):
            if not wanted or any(path == w or path.startswith(w.rstrip("/") + "/") for w in wanted):
                yield path


def draw(path, every, seed, most):
    """The same for the same text of the file, whatever else is tried."""
    drawn = list(every)
    random.Random(f"{seed} {path}").shuffle(drawn)
    return drawn if most == 0 else drawn[:most]


def try_file(path, options, trial, tried):
    source, every = mutants_of(path, trial.flags)
    drawn = draw(path, every, options.seed, options.of_each)
    passages = None
    for mutant in drawn:
        key = key_of(path, mutant, source)
        before, after = described(source, mutant)
        if key in tried and not (options.survivors and tried[key]["end"] in ("survived", "not passed")):
            continue
        passages = passages or Passages(path)
        end = trial.ask(path, source, mutant, passages)
        tried[key] = {"file": path, "line": mutant.line, "before": before, "after": after, "end": end}
        save(tried)
        if end != "same":
            print(f"{end}: {path}:{mutant.line}: {before} => {after}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="of src/core and src/flow; all of them otherwise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--of-each", type=int, default=8, help="mutants drawn of each file; 0: all there are")
    parser.add_argument("--suites", type=int, default=4, help="at most so many test files over HTTP ask about one")
    parser.add_argument("--survivors", action="store_true", help="ask about those that survived once more")
    parser.add_argument("--write", action="store_true", help="put the table into docs/security.md")
    options = parser.parse_args()
    os.chdir(ROOT)
    if not os.path.isdir(branches.RUNS):
        sys.exit("who passes where is not known yet: ./dev coverage")
    trial, tried = Trial(options.suites), load()
    for path in paths(options.files):
        try_file(path, options, trial, tried)
    there_are = collections.Counter()
    for path in paths([]):
        there_are[path.split("/")[1]] += len(mutants_of(path, trial.flags)[1])
    found = table(tried, there_are)
    print(found)
    if options.write:
        figures.put("docs/security.md", "mutants", "./dev mutate", found)


if __name__ == "__main__":
    main()
