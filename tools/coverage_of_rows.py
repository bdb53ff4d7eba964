#!/usr/bin/python3
"""Which tests carry which rows of src/conformance/requirements.def.

A test carries a row whose id stands in its name (test_9126_04_..., test_9126_04_05_... for two), or
in full, 9126-04, in its docstring, in a comment in it or in the comment right above it. Ranges and
the heads of files count for nothing. A MUST row needs a test or a reason why it has none: it is not offered, or UNTESTED.

  coverage_of_rows.py              rows covered of each specification
  coverage_of_rows.py --missing    the rows without a test, and their reasons
  coverage_of_rows.py --check      fails for ids that do not exist, and for MUST rows without either
  coverage_of_rows.py --write DIR  writes row_tests.[ch], for `llavero conformance`
"""
import ast
import collections
import glob
import io
import os
import re
import sys
import tokenize

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(ROOT, "src", "conformance", "requirements.def")
MUST = ("MUST", "MUST_NOT")
NOT_YET = "not there yet"

Row = collections.namedtuple("Row", "id spec level section text not_offered")


class Table:
    def __init__(self):
        self.specs, self.rows, self.untested = {}, {}, {}
        with open(TABLE, encoding="utf-8") as f:
            for line in f:
                match = re.match(r"(SPEC|HOLDS|WHEN|NOT_OFFERED|UNTESTED)\((.*)\)$", line)
                if match:
                    self.add(match.group(1), [quoted or word for quoted, word in re.findall(
                        r'"((?:[^"\\]|\\.)*)"|(\w+)', match.group(2))])
        self.prefixes = {row.rsplit("-", 1)[0] for row in self.rows if "-" in row}
        prefixes = "|".join(sorted(self.prefixes))
        self.in_text = re.compile(rf"(?<![\w-])(?:(?:{prefixes})-\d\d|G\d\d)(?!\w)")

    def add(self, kind, words):
        if kind == "SPEC":
            self.specs[words[0]] = words[1]
        elif kind == "UNTESTED":
            self.untested[words[0]] = words[1]
        elif words[0] in self.rows:
            sys.exit(f"requirements.def: two rows {words[0]}")
        else:
            row, spec, level, section = words[:4]
            self.rows[row] = Row(row, spec, level, section, words[-1],
                                 words[4] if kind == "NOT_OFFERED" else None)

    def in_name(self, name):
        """21 is a number behind another prefix, unless a number follows it."""
        words, prefix = name.upper().split("_") + [""], None
        for word, following in zip(words, words[1:]):
            is_number = re.fullmatch(r"\d\d", word) is not None
            if word in self.prefixes and re.fullmatch(r"\d\d", following):
                prefix = word
            elif prefix and is_number:
                yield f"{prefix}-{word}"
            else:
                prefix = None
            if re.fullmatch(r"G\d\d", word):
                yield word

    def ids(self, test):
        """The ids that a test's name and its texts hold."""
        return set(self.in_name(test.name)) | set(self.in_text.findall(test.text))

    def reason(self, row):
        return self.rows[row].not_offered or self.untested.get(row)


Test = collections.namedtuple("Test", "path name line text")


def comments_of(source):
    return {token.start[0]: token.string for token in
            tokenize.generate_tokens(io.StringIO(source).readline) if token.type == tokenize.COMMENT}


def python_tests(path, source):
    comments = comments_of(source)
    lines = source.split("\n")
    tree = ast.parse(source)
    scopes = [tree] + [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for node in (n for scope in scopes for n in scope.body if isinstance(n, ast.FunctionDef)):
        if not node.name.startswith("test_"):
            continue
        first = min([node.lineno] + [d.lineno for d in node.decorator_list])
        above = first - 1
        while above and lines[above - 1].lstrip().startswith("#"):
            above -= 1
        text = [ast.get_docstring(node) or ""]
        text += [comment for line, comment in comments.items() if above < line <= node.end_lineno]
        yield Test(path, node.name, node.lineno, "\n".join(text))


# A comment right above it, its name, its body.
C_TEST = re.compile(r"((?:^/\*(?:[^*]|\*(?!/))*\*/\n)?)^static void (\w+)\(void \*\*state\)\n\{\n"
                    r"(.*?)^\}", re.M | re.S)


def c_tests(path, source):
    for match in C_TEST.finditer(source):
        comments = re.findall(r"/\*.*?\*/", match.group(3), re.S)
        yield Test(path, match.group(2), source.count("\n", 0, match.start(2)) + 1,
                   "\n".join([match.group(1)] + comments))


def tests():
    for path in sorted(glob.glob(os.path.join(ROOT, "tests", "*", "*"))):
        name = os.path.basename(path)
        if not re.match(r"test_\w+\.(py|c)$", name):
            continue
        with open(path, encoding="utf-8") as f:
            source = f.read()
        relative = os.path.relpath(path, ROOT)
        yield from (python_tests if name.endswith(".py") else c_tests)(relative, source)


def covered(table, found):
    rows = collections.defaultdict(list)
    for test in found:
        for row in table.ids(test):
            rows[row].append(test)
    return rows


def summary(table, rows):
    total = collections.Counter()
    for spec, name in table.specs.items():
        of = [row for row in table.rows if table.rows[row].spec == spec]
        tested = [row for row in of if row in rows]
        reasoned = [row for row in of if row not in rows and table.reason(row)]
        total.update(rows=len(of), tested=len(tested), reasoned=len(reasoned))
        print(f"  {name:26} {len(tested):3} of {len(of):3} rows" +
              (f", {len(reasoned)} with a reason" if reasoned else ""))
    print(f"  {'all':26} {total['tested']:3} of {total['rows']:3} rows, "
          f"{total['reasoned']} with a reason")


def missing(table, rows):
    for row in table.rows.values():
        if row.id not in rows:
            print(f"{row.id:8} {row.level.replace('_', ' '):10} {table.reason(row.id) or '-'}"
                  f"\n         {row.text}")


def check(table, found, rows):
    problems = []
    for test in found:
        for row in sorted(table.ids(test) - set(table.rows)):
            problems.append(f"{test.path}:{test.line}: there is no row {row}")
    for row in sorted(set(table.untested) - set(table.rows)):
        problems.append(f"requirements.def: UNTESTED names {row}, which is no row")
    for row in sorted(set(table.untested) & set(rows)):
        problems.append(f"requirements.def: {row} is UNTESTED, but {rows[row][0].name} carries it")
    for row in table.rows.values():
        if row.not_offered == NOT_YET and row.id in rows:
            problems.append(f"requirements.def: {row.id} is {NOT_YET}, but {rows[row.id][0].name} "
                            "carries it: HOLDS or WHEN")
        if row.level in MUST and row.id not in rows and not table.reason(row.id):
            problems.append(f"requirements.def: no test carries {row.id}, and no reason says why")
    for problem in problems:
        print(problem)
    if not problems:
        print("rows: each MUST has a test or a reason")
    return 1 if problems else 0


def write(table, rows, folder):
    text = ["/* Made by tools/coverage_of_rows.py. */", '#include "gen/row_tests.h"', "",
            "const struct row_tests row_tests[] = {"]
    for row in table.rows:
        names = sorted(f"{t.path}::{t.name}" for t in rows.get(row, []))
        for name in names:
            text.append(f'\t{{"{row}", "{name}"}},')
    text += ["\t{0, 0},", "};", ""]
    head = ["/* Made by tools/coverage_of_rows.py: the tests that carry a row, row by row. */",
            "#ifndef LLAVERO_GEN_ROW_TESTS_H", "#define LLAVERO_GEN_ROW_TESTS_H", "",
            "struct row_tests {", "\tconst char *row, *test;", "};",
            "/* Ended by one without a row. */", "extern const struct row_tests row_tests[];", "",
            "#endif", ""]
    for name, lines in (("row_tests.h", head), ("row_tests.c", text)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write("\n".join(lines))
    return 0


def main():
    table, found = Table(), list(tests())
    rows = covered(table, found)
    option = sys.argv[1] if len(sys.argv) > 1 else None
    if option == "--check":
        return check(table, found, rows)
    if option == "--write":
        return write(table, rows, sys.argv[2])
    if option == "--missing":
        return missing(table, rows)
    print("rows of the specifications that a test carries")
    return summary(table, rows)


if __name__ == "__main__":
    sys.exit(main())
