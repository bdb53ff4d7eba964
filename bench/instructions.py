"""Counts what a request costs in instructions: ./dev bench --instructions.

The server runs under valgrind, so that the figures are the same however busy the machine is, and a
change can be compared with what was before it. The kernel's part is not counted. Filling memory
with zeros is left out: valgrind counts an instruction for each byte, the processor takes 32 at once.
"""
import collections
import pathlib
import re
import shutil
import subprocess

import measure
import table
from measure import Failure

WARM, COUNTED, SECONDS, CONNECTIONS = 500, 2000, 3.0, 32
PARTS = [("llavero", r"/llavero$"), ("SQLite", r"libsqlite3"), ("HTTP", r"libmicrohttpd"),
         ("crypto", r"lib(crypto|sodium|cjose)")]


class Costs:
    """A callgrind dump: own instructions by object and in all, and how often what was called."""

    def __init__(self, text):
        self.names = {"ob": {}, "fn": {}}
        self.by_object, self.calls = collections.Counter(), collections.Counter()
        self.total, where, of_call = 0, {"ob": "", "fn": "", "cfn": ""}, False
        for line in text.splitlines():
            named = re.match(r"(c?)(ob|fn|fi|fe)=\((\d+)\)(?: (.*))?$", line)
            if named and named[2] in self.names:
                names = self.names[named[2]]
                names.setdefault(named[3], named[4])
                where[named[1] + named[2]] = names[named[3]]
            elif line.startswith("calls="):
                self.calls[where["cfn"]] += int(line[6:].split()[0])
                of_call = True
            elif re.match(r"[-+*\d]\S* \d+$", line):
                if not of_call and not where["fn"].startswith("__memset"):
                    self.by_object[where["ob"]] += int(line.split()[1])
                    self.total += int(line.split()[1])
                of_call = False

    def part(self, pattern):
        return sum(n for name, n in self.by_object.items() if re.search(pattern, name))


def control(server, option):
    subprocess.run(["callgrind_control", option, str(server.pid)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def busiest(folder):
    """The newest dump's costs, of the thread that had most: the worker's."""
    number = max(int(path.name.split(".")[1].split("-")[0]) for path in folder.glob("costs.*-*"))
    return max((Costs(path.read_text()) for path in folder.glob(f"costs.{number}-*")),
               key=lambda costs: costs.total)


def of_kind(side, kind):
    side.measure(kind, SECONDS, most=WARM)
    control(side.server, "-z")
    side.measure(kind, SECONDS, most=COUNTED)
    result = side.results[kind.name][-1]
    if result["errors"]:
        raise Failure(f"{kind.what}: unexpected replies\n{result['unexpected']}")
    control(side.server, "-d")
    costs, n = busiest(side.folder), result["requests"]
    counted = [costs.total, *(costs.part(pattern) for _, pattern in PARTS)]
    counted.append(costs.total - sum(counted[1:]))
    often = [costs.calls["malloc"] + costs.calls["calloc"], costs.calls["sqlite3_step"]]
    return [kind.what, *(f"{c / n:,.0f}" for c in counted), *(f"{c / n:.1f}" for c in often)]


def count(side, kinds, binary):
    """Prints the table of what a request of each kind costs."""
    if not shutil.which("valgrind"):
        raise Failure("valgrind is not installed: apt-get install valgrind")
    side.connections = CONNECTIONS  # what is so slow answers no more within its reader's patience
    side.open(["valgrind", "--tool=callgrind", "--separate-threads=yes", "--fair-sched=yes",
               f"--callgrind-out-file={pathlib.Path(side.folder) / 'costs'}",
               # what is noted a minute is next to nothing at full speed, and much at this one
               *side.argv(binary), "--log-per-minute", "0", "--no-confine"])
    try:
        rows = [of_kind(side, kind) for kind in kinds]
    finally:
        side.server.stop()
    head = ["instructions of one request", "all", *(name for name, _ in PARTS), "others",
            "allocations", "statements"]
    print(table.columns([head, *rows], "<" + ">" * (len(head) - 1)), flush=True)
