"""Counts what a request costs by part: ./dev bench --profile.

The server runs under valgrind, so that the figures are the same however busy the machine is, and a
change can be compared with what was before it. What the kernel does is not counted, only how often
it is called. Filling memory with zeros is left out: valgrind counts an instruction for each byte,
the processor takes 32 at once.
"""
import collections
import pathlib
import re
import shutil
import subprocess

import measure
import table
from measure import Failure

WARM, COUNTED, SECONDS, CONNECTIONS = 100, 640, 600.0, 32
SIGNED = {"es256": 128, "rs256": 32}  # how many are counted of what is slow
PATIENCE_S = 120  # for a reply of a server that is so slow
ZEROS, ALLOCATION = r"__memset|__bzero", r"_?(int_)?(malloc|free|calloc|realloc)|malloc_consolidate"
# The first that fits: name, library or source file, function.
PARTS = [("allocation", r"libc\.so|arena\.c$", rf"(arena_\w+|{ALLOCATION})$"),
         ("HTTP library", r"libmicrohttpd", ""),
         ("our HTTP and texts", r"src/(http|base)/(?!crypto|random)", ""),
         ("SQLite", r"libsqlite3", ""),
         ("our storage", r"src/store/", ""),
         ("crypto", r"lib(crypto|sodium|cjose|gnutls)|src/base/(crypto|random)", ""),
         ("protocol", r"src/(flow|core|oauth|github|explain|server)/", "")]
NAMES = [name for name, _, _ in PARTS] + ["C library and others"]


class Costs:
    """A callgrind dump: own instructions by part and in all, kernel calls, and how often what was
    called."""

    def __init__(self, text):
        self.names = {"ob": {}, "fn": {}, "fl": {}}
        self.by_part, self.calls = collections.Counter(), collections.Counter()
        self.total = self.kernel = 0
        where, of_call = collections.defaultdict(str), False
        for line in text.splitlines():
            named = re.match(r"(c?)(ob|fn|fl|fi|fe)=\((\d+)\)(?: (.*))?$", line)
            if named:
                what = "fl" if named[2] in ("fi", "fe") else named[2]
                self.names[what].setdefault(named[3], named[4])
                where[named[1] + what] = self.names[what][named[3]] or ""
            elif line.startswith("calls="):
                self.calls[where["cfn"]] += int(line[6:].split()[0])
                of_call = True
            elif re.match(r"[-+*\d]\S* \d+( \d+)*$", line):
                if not of_call:
                    self.take(where, [int(n) for n in line.split()[1:]])
                of_call = False

    def take(self, where, counts):
        self.kernel += counts[1] if len(counts) > 1 else 0
        if re.match(ZEROS, where["fn"]):
            return
        self.by_part[part_of(where)] += counts[0]
        self.total += counts[0]


def part_of(where):
    for name, place, function in PARTS:
        if any(re.search(place, where[kind]) for kind in ("ob", "fl")) and \
                re.match(function, where["fn"]):
            return name
    return NAMES[-1]


def control(server, option):
    subprocess.run(["callgrind_control", option, str(server.pid)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def busiest(folder):
    """The newest dump's costs, of the thread that had most: the worker's."""
    number = max(int(path.name.split(".")[1].split("-")[0]) for path in folder.glob("costs.*-*"))
    return max((Costs(path.read_text()) for path in folder.glob(f"costs.{number}-*")),
               key=lambda costs: costs.total)


def of_kind(side, kind):
    side.measure(kind, SECONDS, most=WARM if kind.name not in SIGNED else 8)
    control(side.server, "-z")
    side.measure(kind, SECONDS, most=SIGNED.get(kind.name, COUNTED))
    result = side.results[kind.name][-1]
    if result["errors"]:
        raise Failure(f"{kind.what}: unexpected replies\n{result['unexpected']}")
    control(side.server, "-d")
    costs, n = busiest(side.folder), result["requests"]
    counted = [costs.total, *(costs.by_part[name] for name in NAMES)]
    often = [costs.calls["malloc"] + costs.calls["calloc"], costs.calls["sqlite3_step"],
             costs.kernel]
    return [kind.what, *(f"{c / n:,.0f}" for c in counted), *(f"{c / n:.1f}" for c in often)]


def count(side, kinds, binary):
    """The table of what a request of each kind costs: a column for each kind, as text."""
    if not shutil.which("valgrind"):
        raise Failure("valgrind is not installed: apt-get install valgrind")
    side.connections, side.patience_s = CONNECTIONS, PATIENCE_S
    side.open(["valgrind", "--tool=callgrind", "--separate-threads=yes", "--fair-sched=yes",
               "--collect-systime=yes",
               f"--callgrind-out-file={pathlib.Path(side.folder) / 'costs'}",
               # what is noted a minute is next to nothing at full speed, and much at this one
               *side.argv(binary), "--log-per-minute", "0", "--no-confine"])
    try:
        side.make_keys()
        rows = [of_kind(side, kind) for kind in kinds]
    finally:
        side.server.stop()
    head = ["instructions of one request", "all", *NAMES, "allocations", "statements",
            "kernel calls"]
    lines = list(zip(head, *rows))
    return table.columns(lines, "<" + ">" * len(rows))
