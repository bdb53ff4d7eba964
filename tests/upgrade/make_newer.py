#!/usr/bin/python3
"""Writes schema.def and statements.def of a version that is one release newer, for tests of upgrades:

    make_newer.py FOLDER    (make newer builds build/VARIANT/llavero-newer with them)

It says of each token who made it, in a column that this version does not know, has an index more, and keeps
where a code was consumed in another column, so that `migrate --finish` takes away the one that this version
uses. Every statement and column that is named here has to be there."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADDS = """MIGRATION(%d,
	"ALTER TABLE token ADD COLUMN made_by {text} NOT NULL DEFAULT 'older';"
	"CREATE INDEX IF NOT EXISTS token_age ON token (created_at);"
	"ALTER TABLE code ADD COLUMN taken_from {text};"
)
"""
FINISHES = """FINISH(%d, %d,
	"ALTER TABLE code DROP COLUMN consumed_from;"
)
"""


def replaced(text, old, new):
    assert text.count(old) == 1, old
    return text.replace(old, new)


def within(text, name, *changes):
    """With changes in the statement of that name."""
    begin = text.index(f"STMT({name},")
    end = text.index("STMT(", begin + 1)
    statement = text[begin:end]
    for old, new in changes:
        statement = replaced(statement, old, new)
    return text[:begin] + statement + text[end:]


def newer_schema():
    text = (ROOT / "src/store/schema.def").read_text(encoding="utf-8")
    last = int(re.findall(r"^(?:MIGRATION|FINISH)\((\d+),", text, re.M)[-1])
    return text + ADDS % (last + 1) + FINISHES % (last + 2, last + 1)


def newer_statements():
    text = (ROOT / "src/store/statements.def").read_text(encoding="utf-8")
    text = within(text, "TOKEN_INSERT", ("from_token_id)", "from_token_id, made_by)"),
                  ("$14)", "$14, 'newer')"))
    text = within(text, "TOKEN_READ", (" FROM token t", ", t.made_by FROM token t"))
    text = within(text, "CODE_READ", ("c.consumed_from", "c.taken_from"))
    return within(text, "CODE_CONSUME", ("consumed_from = $4", "taken_from = $4"))


def main(folder):
    store = pathlib.Path(folder) / "store"
    store.mkdir(parents=True, exist_ok=True)
    (store / "statements.def").write_text(newer_statements(), encoding="utf-8")
    (store / "schema.def").write_text(newer_schema(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
