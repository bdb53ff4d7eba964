#!/usr/bin/python3
"""Answers the golden requests under valgrind's memcheck: memcheck.py [--request TEXT] [--directly] [--write].
A094, A227.

One server, started by valgrind, is asked each of them twice, so that what is set up once and what is kept are met
too; then it stops. Its answers have to be right, and valgrind must find nothing: no access to what is not ours, no
decision on what was never set, no leak. LLAVERO_BIN names the program: one without sanitizers. --directly leaves
valgrind out: then only the answers count.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests"), str(ROOT / "tests" / "http"), str(ROOT / "tools")]

import requests  # noqa: E402

import figures  # noqa: E402
import llavero_http  # noqa: E402
import own_openid  # noqa: E402
import standard  # noqa: E402
from golden_rare import GOLDEN, World  # noqa: E402
from torture import SETTINGS  # noqa: E402

PATIENCE_S = 600   # valgrind takes its time
ERROR = 99         # how it ends when it has found something
PLACES = 40        # frames of a finding


class Checked(llavero_http.Server):
    """`llavero serve` under valgrind. It keeps the calls that valgrind needs, so it is not confined."""

    start_s = PATIENCE_S

    def __init__(self, data, said):
        self.said = said
        super().__init__(data, confine="off", **SETTINGS)

    def command(self, listen="127.0.0.1:0"):
        return ["valgrind", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--track-origins=yes",
                "--errors-for-leak-kinds=definite,indirect", f"--error-exitcode={ERROR}", f"--num-callers={PLACES}",
                f"--log-file={self.said}", *super().command(listen)]


class Patient(requests.Session):
    """Waits as long as valgrind takes, whatever a helper of the tests says."""

    def request(self, *args, **options):
        return super().request(*args, **{**options, "timeout": PATIENCE_S})


def make_keys(data):
    """Keys to sign with are made when the first is needed; under valgrind that takes longer than a client waits."""
    server = llavero_http.Server(data, **SETTINGS)
    app = standard.make_app(server)
    own_openid.sign_in(server, server.signed_in(), app)
    server.stop()


def ask(server, request):
    """The request as it is, without following anything."""
    return requests.request(request.method, server.url(request.path), headers=request.headers,
                            data=request.body, allow_redirects=False, timeout=PATIENCE_S)


def fault_of(row, answer, base):
    """What is wrong with an answer, or None."""
    if answer.status_code != row.status:
        return f"{answer.status_code} in place of {row.status}"
    missing = [text for text in row.has if text not in answer.text]
    if missing:
        return f"without {missing[0]}"
    place = answer.headers.get("Location", "").removeprefix(base)
    return None if place.startswith(row.to) else f"to {place}"


def ask_all(server, rows):
    world, faults = World(server), []
    for turn in range(2):
        for row in rows:
            world.tidy()
            fault = fault_of(row, ask(server, row.prepare(world)), server.base)
            if fault:
                faults.append(f"{row.name}, turn {turn + 1}: {fault}")
    return faults


def run_directly(rows):
    with tempfile.TemporaryDirectory() as folder:
        server = llavero_http.Server(os.path.join(folder, "data"), **SETTINGS)
        faults = ask_all(server, rows)
        server.stop()
    print("\n".join(faults + [f"{len(rows)} requests, twice each, {len(faults)} wrong answers"]))
    sys.exit(1 if faults else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--request", default="", help="only those whose name contains this")
    parser.add_argument("--write", action="store_true", help="put the table into docs/security.md")
    parser.add_argument("--directly", action="store_true", help="without valgrind")
    options = parser.parse_args()
    rows = [row for name, row in GOLDEN.items() if options.request in name]
    if options.directly:
        run_directly(rows)
    requests.Session = requests.sessions.Session = Patient
    with tempfile.TemporaryDirectory() as folder:
        said = os.path.join(folder, "valgrind")
        make_keys(os.path.join(folder, "data"))
        server = Checked(os.path.join(folder, "data"), said)
        try:
            faults = ask_all(server, rows)
        finally:
            server.process.terminate()
            server.process.wait(timeout=PATIENCE_S)
        status = server.process.returncode
        report = pathlib.Path(said).read_text(encoding="utf-8", errors="replace")
    errors = re.search(r"ERROR SUMMARY: (\d+) errors", report)
    lost = re.search(r"definitely lost: ([\d,]+) bytes", report)
    version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    table = "\n".join([
        "| Memcheck | Golden requests, twice each | Wrong answers | Errors | Bytes definitely lost |",
        "|---|---:|---:|---:|---:|",
        f"| {version} | {len(rows)} | {len(faults)} | {errors[1]} | {lost[1] if lost else 0} |"])
    print("\n".join(faults), report if status else "", table, sep="\n")
    if options.write:
        figures.put("docs/security.md", "memcheck", "./dev valgrind", table)
    sys.exit(1 if faults or status else 0)


if __name__ == "__main__":
    main()
