#!/usr/bin/python3
"""Asks gcc's -fanalyzer, clang-tidy and cppcheck about src/: analyze.py [--write] [FILE...].

A file that nothing was found in is not looked at again before it or any header changes (build/analyze). Every
finding is a fault: a false one is mended by code that is plainer, or stands beside its reason in the code.
"""
import argparse
import functools
import glob
import os
import re
import shlex
import subprocess
import sys

import figures

ROOT = figures.ROOT
STAMPS = os.path.join(ROOT, "build", "analyze")


@functools.cache
def flags():
    said = subprocess.run(["make", "-s", "print-flags"], cwd=ROOT, check=True, capture_output=True, text=True)
    return shlex.split(said.stdout.split("\n")[0])


def with_gcc(path):
    return ["gcc", *flags(), "-O1", "-fanalyzer", "-Werror", "-c", "-o", "/dev/null", path]


def with_clang_tidy(path):
    return ["clang-tidy", "--quiet", path, "--", *flags()]


def with_cppcheck(path):
    return ["cppcheck", "--quiet", "--error-exitcode=1", "--std=c11", "--enable=warning,performance,portability",
            "--inline-suppr", "--suppressions-list=tools/cppcheck.txt", "-Isrc", "-Ibuild", path]


TOOLS = {"gcc -fanalyzer": with_gcc, "clang-tidy": with_clang_tidy, "cppcheck": with_cppcheck}


def newest_of_headers():
    rules = [".clang-tidy", "tools/cppcheck.txt", *glob.glob("src/**/*.h", recursive=True),
             *glob.glob("src/**/*.def", recursive=True)]
    return max(os.path.getmtime(path) for path in rules)


def version(tool):
    said = subprocess.run([tool.split()[0], "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"\d+\.\d+[.\d]*", said).group(0)


def is_fresh(stamp, path, headers):
    return os.path.exists(stamp) and os.path.getmtime(stamp) > max(os.path.getmtime(path), headers)


def look_at(tool, path, headers):
    """The findings of one tool about one file, as text; empty when there are none."""
    stamp = os.path.join(STAMPS, tool.split()[-1].strip("-"), path[4:] + ".done")
    if is_fresh(stamp, path, headers):
        return ""
    done = subprocess.run(TOOLS[tool](path), capture_output=True, text=True)
    if done.returncode:
        return done.stdout + done.stderr
    os.makedirs(os.path.dirname(stamp), exist_ok=True)
    with open(stamp, "w", encoding="utf-8"):
        pass
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--tool", choices=TOOLS, action="append", help="only this one")
    parser.add_argument("--write", action="store_true", help="put the table into docs/security.md")
    options = parser.parse_args()
    os.chdir(ROOT)
    paths = options.files or sorted(glob.glob("src/*.c") + glob.glob("src/*/*.c"))
    headers, found = newest_of_headers(), 0
    rows = ["| Analyzer | Version | Files | With findings |", "|---|---|---:|---:|"]
    for tool in options.tool or TOOLS:
        bad = 0
        for path in paths:
            said = look_at(tool, path, headers)
            bad += bool(said)
            print(said, end="", flush=True)
        rows.append(f"| {tool} | {version(tool)} | {len(paths)} | {bad} |")
        found += bad
    table = "\n".join(rows)
    print(table)
    if options.write:
        figures.put("docs/security.md", "analyzers", "./dev analyze", table)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
