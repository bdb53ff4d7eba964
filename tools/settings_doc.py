#!/usr/bin/python3
"""Writes docs/settings.md, docs/limits.md and the manual page llavero.conf(5) from the lists in the code; --check
compares."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def options():
    """(name, values, default, meaning) of each setting."""
    rows = []
    pattern = re.compile(r'^(TEXT|BOOL|NUMBER|CHOICE)\((\w+), [\w.]+, (?:"([^"]*)"|(\d+))'
                         r'(?:, (\d+), (\d+))?(?:, "([^"]*\|[^"]*)")?, "(.*)"\)$', re.M)
    for kind, name, text, number, least, most, words, meaning in pattern.findall(
            read("src", "server", "options.def")):
        values = {"TEXT": "text", "BOOL": "on or off", "NUMBER": f"{least} to {most}",
                  "CHOICE": words.replace("|", ", ")}[kind]
        rows.append((name, values, text or number or "", meaning))
    defined = len(re.findall(r"^(?:TEXT|BOOL|NUMBER|CHOICE)\(", read("src", "server", "options.def"),
                             re.M))
    if defined != len(rows):
        sys.exit(f"options.def has {defined} rows, {len(rows)} were understood")
    return rows


def settings():
    rows = [f"| `{name}` | {values} | {default} | {meaning} |"
            for name, values, default, meaning in options()]
    return "\n".join(["# Settings", "",
                      "In a file (`--config FILE`): `name = value`. In the environment: `LLAVERO_NAME`. On the",
                      "command line: `--name value`. The later wins. Made from src/server/options.def.", "",
                      "| name | values | default | meaning |", "|---|---|---|---|"] + rows) + "\n"


MANUAL_HEAD = r""".\" Made by tools/settings_doc.py from src/server/options.def.
.Dd April 1, 2026
.Dt LLAVERO.CONF 5
.Os
.Sh NAME
.Nm llavero.conf
.Nd settings of the authorization server llavero
.Sh DESCRIPTION
A file of lines
.Dq name = value ,
named by
.Fl -config
or by
.Ev LLAVERO_CONFIG .
A line that begins with
.Sq #
or
.Sq \&;
is a comment.
Each setting is also taken from the environment, as
.Ev LLAVERO_ Ns Ar NAME
in capitals, and from the command line, as
.Fl -name Ar value ;
the later wins.
A name that is no setting is an error.
Commands and all nodes need the same file as the server.
.Bl -tag -width Ds
"""
MANUAL_TAIL = r""".El
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/llavero/llavero.conf
What the service of the Debian package reads.
.It Pa /etc/llavero/environment
Variables for it that others may not read.
.El
.Sh SEE ALSO
.Xr llavero 1
"""


def manual():
    """mdoc(7). Texts begin with a capital and end with a stop, so no line begins with a macro's dot."""
    entries = []
    for name, values, default, meaning in options():
        meaning = meaning.replace("\\", "\\e")
        entries += [f".It Cm {name}", f"{meaning[0].upper()}{meaning[1:]}.",
                    f"Values: {values}" + (f"; default {default}." if default else ".")]
    return MANUAL_HEAD + "\n".join(entries) + "\n" + MANUAL_TAIL


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
    for path, text in ((("docs", "settings.md"), settings()), (("docs", "limits.md"), limits()),
                       (("packaging", "man", "llavero.conf.5"), manual())):
        file = os.path.join(ROOT, *path)
        if "--check" in sys.argv:
            if not os.path.exists(file) or read(*path) != text:
                stale.append("/".join(path))
        else:
            with open(file, "w", encoding="utf-8") as f:
                f.write(text)
    if stale:
        print("stale: " + ", ".join(stale) + " (run tools/settings_doc.py)")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
