#!/usr/bin/python3
"""Puts a table of figures into its place in a document: figures.py DOCUMENT NAME COMMAND < TABLE.

A place is a pair of comments, `<!-- figures: NAME, by COMMAND -->` and `<!-- end of NAME -->`. What stands
between them is replaced, and the day and the processor are written below it. --check looks whether every
place in docs/ is closed, filled, and made by a command that ./dev has.
"""
import datetime
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PLACE = re.compile(r"<!-- figures: ([\w-]+), by (.+?) -->\n(.*?)<!-- end of \1 -->\n", re.S)


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        names = re.findall(r"^model name\s*: (.*)$", f.read(), re.M)
    return f"{len(names)} × {names[0].strip()}" if names else f"{os.cpu_count()} processors"


def put(document, name, command, table):
    """Writes `table` (Markdown, or text of equally wide columns) into the place `name` of `document`."""
    path = os.path.join(ROOT, document)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if not re.search(rf"<!-- figures: {re.escape(name)}, by ", text):
        sys.exit(f"{document} has no place for {name}")
    table = table.strip("\n")
    if not table.startswith("|"):
        table = f"```\n{table}\n```"
    said = f"<!-- figures: {name}, by {command} -->\n\n{table}\n\n" \
           f"`{command}`, {datetime.date.today()}, {processor()}.\n\n<!-- end of {name} -->\n"
    text = PLACE.sub(lambda m: said if m.group(1) == name else m.group(0), text)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def commands_of_dev():
    with open(os.path.join(ROOT, "dev"), encoding="utf-8") as f:
        return set(re.findall(r"^cmd_(\w+)\(\)", f.read(), re.M))


def faults(path, commands):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    found = PLACE.findall(text)
    if len(found) != text.count("<!-- figures: "):
        yield "a place is not closed"
    for name, command, table in found:
        words = command.split()
        if words[0] != "./dev" or len(words) < 2 or words[1] not in commands:
            yield f"{name}: {command} is no command of ./dev"
        if not table.strip():
            yield f"{name} is empty: run {command}"


def check():
    wrong = []
    for folder, _, names in os.walk(os.path.join(ROOT, "docs")):
        for name in sorted(n for n in names if n.endswith(".md")):
            path = os.path.join(folder, name)
            wrong += [f"{os.path.relpath(path, ROOT)}: {fault}" for fault in faults(path, commands_of_dev())]
    if wrong:
        sys.exit("\n".join(wrong))


def main():
    if sys.argv[1:] == ["--check"]:
        check()
    elif len(sys.argv) == 4:
        put(*sys.argv[1:], sys.stdin.read())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
