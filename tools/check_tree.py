#!/usr/bin/python3
"""Checks the house's order: who includes whom, sizes, banned calls, SQL in one place.

Each folder of src/ has a .may-include file: the folders it may include, one a line. 'gen' is what
the build generates. Run from the project's root; prints one finding a line and fails if any.
"""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SRC = os.path.join(ROOT, "src")
MAX_FILE, MAX_FUNCTION, MAX_NESTING = 600, 70, 4
MAX_TABLE = 900  # of rows: a .def
BANNED = ("strcpy", "strcat", "sprintf", "vsprintf", "strncpy", "strtok", "atoi", "atol", "gets",
          "gmtime", "localtime", "rand", "srand", "alloca", "system", "popen")
SQL = re.compile(r'"\s*(SELECT\s|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)')
# SQL text that is no application statement: of migrations, made for whole tables, and what a server is asked
# of itself.
SQL_ALLOWED = {"src/store/migrations.c", "src/store/postgres.c", "src/store/postgres_bulk.c",
               "src/store/postgres_engine.c", "src/store/postgres_server.c", "src/store/sqlite.c",
               "src/store/bulk.c"}

findings = []


def find(path, line, text):
    findings.append(f"{os.path.relpath(path, ROOT)}:{line}: {text}")


def sources():
    for folder, _, names in sorted(os.walk(SRC)):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".def")):
                yield os.path.join(folder, name)


def allowed_of(folder):
    path = os.path.join(SRC, folder, ".may-include")
    if not os.path.exists(path):
        find(os.path.join(SRC, folder), 1, "has no .may-include file")
        return set()
    with open(path, encoding="utf-8") as f:
        return {line.strip() for line in f if line.strip() and not line.startswith("#")}


def check_includes(path, lines, allowed):
    folder = os.path.relpath(path, SRC).split(os.sep)[0]
    if folder.endswith((".c", ".h")):
        return  # main.c is above everything
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#include "([^"]+)"', line)
        if not match:
            continue
        target = match.group(1).split("/")[0]
        if "/" not in match.group(1):
            find(path, number, f"include {match.group(1)} without its folder")
        elif target != folder and target not in allowed[folder]:
            find(path, number, f"{folder}/ may not include {target}/ (see .may-include)")


def without_text(source):
    """The source with comments and string contents blanked, line structure kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, source,
                  flags=re.S)


def check_functions(path, code):
    """Functions in our format open with a brace in column 0 and close with one."""
    start = depth = None
    for number, line in enumerate(code.split("\n"), 1):
        if line == "{":
            start, depth = number, 0
        elif line.startswith("}") and start:
            if number - start > MAX_FUNCTION:
                find(path, start, f"function of {number - start} lines (at most {MAX_FUNCTION})")
            start = None
        elif start:
            tabs = len(line) - len(line.lstrip("\t"))
            if "{" in line and tabs > MAX_NESTING:
                find(path, number, f"nested deeper than {MAX_NESTING}")


def check_file(path, allowed):
    with open(path, encoding="utf-8") as f:
        source = f.read()
    lines = source.split("\n")
    relative = os.path.relpath(path, ROOT)
    most = MAX_TABLE if path.endswith(".def") else MAX_FILE
    if len(lines) > most:
        find(path, 1, f"{len(lines)} lines (at most {most}): more than one subject?")
    check_includes(path, lines, allowed)
    code = without_text(source)
    for number, line in enumerate(code.split("\n"), 1):
        for name in re.findall(r"\b(\w+)\s*\(", line):
            if name in BANNED:
                find(path, number, f"{name}() is banned")
    for number, line in enumerate(lines, 1):
        if SQL.search(line) and not path.endswith(".def") and relative not in SQL_ALLOWED:
            find(path, number, "SQL outside src/store/statements.def")
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            find(path, number, "unfinished business belongs in an issue")
    if path.endswith(".c"):
        check_functions(path, code)


def main():
    folders = [d for d in sorted(os.listdir(SRC)) if os.path.isdir(os.path.join(SRC, d))]
    allowed = {folder: allowed_of(folder) for folder in folders}
    for path in sources():
        check_file(path, allowed)
    for line in findings:
        print(line)
    if not findings:
        print("tree: in order")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
