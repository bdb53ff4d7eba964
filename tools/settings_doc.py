#!/usr/bin/python3
"""Writes docs/settings.md and docs/limits.md from the lists in the code; --check compares."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def settings():
    rows = []
    pattern = re.compile(r'^(TEXT|BOOL|NUMBER|CHOICE)\((\w+), [\w.]+, (?:"([^"]*)"|(\d+))'
                         r'(?:, (\d+), (\d+))?(?:, "([^"]*\|[^"]*)")?, "(.*)"\)$', re.M)
    for kind, name, text, number, least, most, words, meaning in pattern.findall(
            read("src", "server", "options.def")):
        values = {"TEXT": "text", "BOOL": "on or off", "NUMBER": f"{least} to {most}",
                  "CHOICE": words.replace("|", ", ")}[kind]
        rows.append(f"| `{name}` | {values} | {text or number or ''} | {meaning} |")
    defined = len(re.findall(r"^(?:TEXT|BOOL|NUMBER|CHOICE)\(", read("src", "server", "options.def"),
                             re.M)) - 0
    if defined != len(rows):
        sys.exit(f"options.def has {defined} rows, {len(rows)} were understood")
    return "\n".join(["# Settings", "",
                      "In a file (`--config FILE`): `name = value`. In the environment: `LLAVERO_NAME`. On the",
                      "command line: `--name value`. The later wins. Made from src/server/options.def.", "",
                      "| name | values | default | meaning |", "|---|---|---|---|"] + rows) + "\n"


def limits():
    """A limit's meaning is the comment behind it, or the one of several lines before it."""
    rows, before = [], ""
    text = re.sub(r"\n\s+\* ", " ", read("src", "base", "limits.h"))
    for line in text.split("\n"):
        match = re.match(r"\s+(LIMIT_\w+) = ([^,]+),(?:\s*/\* (.*) \*/)?", line)
        if match:
            rows.append(f"| `{match.group(1)}` | {match.group(2)} | {match.group(3) or before} |")
        comment = re.match(r"\s+/\* (.*) \*/$", line)
        # a short one is the heading of a chapter
        before = comment.group(1) if comment and len(comment.group(1)) > 60 else ""
    return "\n".join(["# Limits", "",
                      "What is not a setting. Sizes are bytes, times seconds. Made from src/base/limits.h.", "",
                      "| name | value | meaning |", "|---|---|---|"] + rows) + "\n"


def main():
    stale = []
    for name, text in (("settings.md", settings()), ("limits.md", limits())):
        path = os.path.join(ROOT, "docs", name)
        if "--check" in sys.argv:
            if not os.path.exists(path) or read("docs", name) != text:
                stale.append(name)
        else:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    if stale:
        print("stale: docs/" + ", docs/".join(stale) + " (run tools/settings_doc.py)")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
