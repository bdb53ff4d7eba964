#!/usr/bin/python3
"""Holds the SQL of llavero to what SQLite, PostgreSQL and PostgreSQL-compatible distributed engines take
alike (assurance 6.4, docs/scaling.md). ./dev lint runs it; it fails when it finds anything.

    check_sql.py            src/store/statements.def, schema.def, the text in src/store/*.c, and the
                            table of keys in docs/scaling.md
    check_sql.py --rules    the rules and their reasons
    check_sql.py --write    writes that table anew

The parser is PostgreSQL's (pglast). An exception is a comment before a statement or text, or before it within
its migration, and an exception that is not needed is a finding too:

    /* allow RULE: why */
"""
import glob
import os
import re
import sys

import sql_schema
import sql_source
import sql_statements
from sql_rules import RULES

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BEGIN, END = "<!-- keys: tools/check_sql.py --write -->\n", "<!-- /keys -->\n"
IN_TEXT = {"session-locks": re.compile(r"pg_(?:try_)?advisory|\b(?:UN)?LISTEN\b|\bNOTIFY\b|\bpg_notify\b"
                                       r"|\bLOCK\s+TABLE\b|\bPREPARE\s+TRANSACTION\b", re.I),
           "row-locks": re.compile(r"\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE)\b", re.I),
           "clock-and-chance": re.compile(r"\b(?:now|clock_timestamp|gen_random_uuid)\s*\(", re.I),
           "sequences": re.compile(r"\bnextval\s*\(|\bBIGSERIAL\b|\bAUTOINCREMENT\b", re.I)}


class Check:
    """The findings of one tree: `lines`."""

    def __init__(self, root=ROOT):
        self.root, self.lines, self.schema = root, [], sql_schema.Schema()

    def path(self, *names):
        return os.path.join(self.root, *names)

    def say(self, path, line, name, rule, detail):
        self.lines.append(f"{os.path.relpath(path, self.root)}:{line}: {name}: {rule} ({detail}):"
                          f" {RULES[rule]}")

    def finder(self, item, used, begin=0, end=None):
        """A function that takes a finding about the text from `begin` to `end` of an item: an exception
        before it or within it takes the finding away."""
        def find(rule, detail):
            for allow in item.allows:
                if allow.rule == rule and (end is None or begin <= allow.at < end):
                    used.add(allow)
                    return
            self.say(item.path, item.line, item.name, rule, detail)
        return find

    def check_allows(self, item, used):
        for allow in item.allows:
            if allow.rule not in RULES or allow not in used:
                self.say(item.path, allow.line, item.name, "allow",
                         f"{allow.rule}: {'nothing needs it' if allow.rule in RULES else 'no such rule'}")

    def check_schema(self):
        path, last = self.path("src", "store", "schema.def"), 0
        for item in sql_source.items(path, {"MIGRATION", "FINISH"}):
            used, number = set(), int(item.name)
            if number != last + 1 or item.works_from > number:
                self.say(path, item.line, item.name, "numbers", f"after {last}")
            last = number
            for stmt, begin, end in sql_schema.parsed(item, self.finder(item, used)):
                find = self.finder(item, used, begin, end)
                self.schema.take(item, stmt, find)
                sql_statements.check_nodes(stmt, find)
            self.check_allows(item, used)

    def most_args(self):
        with open(self.path("src", "store", "driver.h"), encoding="utf-8") as f:
            return int(re.search(r"DB_MAX_ARGS = (\d+)", f.read())[1])

    def check_statements(self):
        most = self.most_args()
        for item in sql_source.items(self.path("src", "store", "statements.def"), {"STMT"}):
            used = set()
            find = self.finder(item, used)
            stmts = [stmt for stmt, _, _ in sql_schema.parsed(item, find)]
            for stmt in stmts:
                sql_statements.check_nodes(stmt, find)
            if len(stmts) > 1 or stmts and not isinstance(stmts[0], (
                    sql_statements.ast.SelectStmt, *sql_statements.WRITES)):
                find("one-statement", f"{len(stmts)}")
            elif stmts:
                sql_statements.check_statement(stmts[0], self.schema, most, find)
            self.check_allows(item, used)

    def check_texts(self):
        """What drivers say beside the statements. They are no statements of the application, so only what is
        lacking elsewhere is looked for."""
        for path in sorted(glob.glob(self.path("src", "store", "*.c"))):
            for line, text, allows in sql_source.strings(path):
                found = {rule: match for rule, pattern in IN_TEXT.items()
                         if (match := pattern.search(text))}
                allowed = {allow.rule for allow in allows}
                for rule in found.keys() - allowed:
                    self.say(path, line, "text", rule, found[rule][0])
                for rule in allowed - found.keys():
                    self.say(path, line, "text", "allow", f"{rule}: nothing needs it")

    def keys(self):
        """Markdown: the unique keys, and what a row would be placed by."""
        lines = ["| table | unique keys | rows are placed by |\n", "|---|---|---|\n"]
        for name, table in sorted(self.schema.tables.items()):
            keys = "; ".join(f"{', '.join(columns)}" + ("" if what == "primary key" else f" ({what})")
                             for columns, what in table.keys)
            lines.append(f"| `{name}` | {keys} | {place_of(table)} |\n")
        return "".join(lines)

    def check_keys(self, write=False):
        path = self.path("docs", "scaling.md")
        with open(path, encoding="utf-8") as f:
            before, rest = f.read().split(BEGIN)
        table, after = rest.split(END)
        if write:
            with open(path, "w", encoding="utf-8") as f:
                f.write(before + BEGIN + self.keys() + END + after)
        elif table != self.keys():
            self.lines.append("docs/scaling.md: the table of keys is not what the schema has"
                              " (tools/check_sql.py --write)")


def place_of(table):
    """The column that all of a table's unique keys have; without one a sharded table would lose a key."""
    common = set.intersection(*(set(columns) for columns, _ in table.keys))
    first = [column for column in table.keys[0][0] if column in common]
    return f"`{first[0]}`" if first else "none: on every node (Citus: a reference table)"


def main(words):
    if words == ["--rules"]:
        for name, reason in RULES.items():
            print(f"{name}: {reason}")
        return 0
    check = Check()
    check.check_schema()
    check.check_statements()
    check.check_texts()
    check.check_keys(write=words == ["--write"])
    for line in check.lines:
        print(line)
    if not check.lines:
        print("SQL: in order")
    return 1 if check.lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
