"""tools/check_sql.py: one bad statement for each rule, what is just good enough beside it, and how an
exception is granted. Assurance 6.4."""
import os
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import check_sql as tool  # noqa: E402
from sql_rules import RULES  # noqa: E402

SCHEMA = """
MIGRATION(1, /* "a comment; no SQL" */
    "CREATE TABLE thing (id {int} PRIMARY KEY, name {text} NOT NULL UNIQUE, owner {int}, at {int} NOT NULL,"
    " note {text}){table};"
    "CREATE INDEX thing_owner ON thing (owner);"
    "CREATE UNIQUE INDEX thing_live ON thing (owner, at) WHERE note IS NULL;"
    "CREATE TABLE part (thing {int} NOT NULL, n {int} NOT NULL, PRIMARY KEY (thing, n)){keyed_table};")
"""
GOOD = """
#define COLUMNS "t.id, t.name"
STMT(A, "SELECT " COLUMNS " FROM thing t WHERE t.id = $1") /* SELECT now() */
STMT(B, "SELECT id FROM thing WHERE name = 'now() FOR UPDATE -- */ LISTEN' ORDER BY at LIMIT $1")
#undef COLUMNS
"""


@pytest.fixture
def tree(tmp_path):
    """Checks a tree of its own with these files; the rules that were found broken."""
    store = tmp_path / "src" / "store"
    store.mkdir(parents=True)

    def check(statements="", schema="", c_source="", whole=None):
        """`whole`: driver.h; then the schema is whole too."""
        (store / "driver.h").write_text(whole or "enum { DB_MAX_ARGS = 3 };")
        (store / "statements.def").write_text(statements)
        (store / "schema.def").write_text(schema if whole else SCHEMA + schema)
        (store / "driver.c").write_text(c_source)
        done = tool.Check(str(tmp_path))
        done.check_schema()
        done.check_statements()
        done.check_texts()
        return done.lines
    return check


def rules(lines):
    return {line.split(": ")[2].split(" (")[0] for line in lines}


def statement(text):
    return f'STMT(S, "{text}")'


def test_what_the_tree_has_is_in_order(capsys):
    assert tool.main([]) == 0
    assert capsys.readouterr().out == "SQL: in order\n"


def test_the_newer_version_that_upgrades_are_tested_with_is_in_order(tree):
    sys.path.insert(0, os.path.join(ROOT, "tests", "upgrade"))
    import make_newer
    most = "enum { DB_MAX_ARGS = 16 };"
    assert tree(make_newer.newer_statements(), make_newer.newer_schema(), whole=most) == []


def test_strings_and_comments_are_told_apart(tree):
    assert tree(GOOD) == []


BAD = [
    ("parses", "SELECT FROM WHERE"),
    ("parses", "DELETE FROM thing WHERE id = $1 LIMIT 1"),
    ("parses", "INSERT OR REPLACE INTO thing (id) VALUES ($1)"),
    ("parses", "SELECT id FROM thing WHERE id = ?"),
    ("one-statement", "DELETE FROM thing WHERE id = $1; DELETE FROM part WHERE thing = $1"),
    ("one-statement", "TRUNCATE thing"),
    ("one-statement", "SET search_path = x"),
    ("parameters", "SELECT id FROM thing WHERE id = $2"),
    ("parameters", "SELECT id FROM thing WHERE id = $1 AND at > $2 AND owner = $3 AND name = $4"),
    ("star", "SELECT * FROM thing WHERE id = $1"),
    ("star", "SELECT t.* FROM thing t WHERE t.id = $1"),
    ("star", "UPDATE thing SET at = $2 WHERE id = $1 RETURNING *"),
    ("insert-columns", "INSERT INTO thing VALUES ($1, $2, $3)"),
    ("on-conflict", "INSERT INTO thing (id) VALUES ($1) ON CONFLICT DO NOTHING"),
    ("on-conflict", "INSERT INTO thing (id) VALUES ($1) ON CONFLICT (owner) DO NOTHING"),
    ("on-conflict", "INSERT INTO part (thing, n) VALUES ($1, $2) ON CONFLICT (thing) DO NOTHING"),
    ("on-conflict", "INSERT INTO thing (id) VALUES ($1) ON CONFLICT (owner, at) DO NOTHING"),
    ("on-conflict", "INSERT INTO thing (id) VALUES ($1) ON CONFLICT ON CONSTRAINT thing_pkey DO NOTHING"),
    ("group-by", "SELECT name, COUNT(*) FROM thing WHERE owner = $1 GROUP BY at"),
    ("group-by", "SELECT name, MAX(at) FROM thing WHERE owner = $1"),
    ("nulls-order", "SELECT id FROM thing WHERE at > $1 ORDER BY owner LIMIT 9"),
    ("nulls-order", "SELECT t.id FROM part p JOIN thing t ON t.id = p.thing WHERE p.n = $1 ORDER BY t.note"),
    ("clock-and-chance", "UPDATE thing SET at = now() WHERE id = $1"),
    ("clock-and-chance", "UPDATE thing SET name = CURRENT_TIMESTAMP WHERE id = $1"),
    ("clock-and-chance", "INSERT INTO thing (id) VALUES (random())"),
    ("sequences", "INSERT INTO thing (id) VALUES (nextval('a'))"),
    ("functions", "SELECT id FROM thing WHERE id = $1 AND name = lower($2)"),
    ("functions", "SELECT id FROM thing WHERE id = pg_catalog.abs($1)"),
    ("casts", "SELECT id::text FROM thing WHERE id = $1"),
    ("casts", "SELECT id FROM thing WHERE owner = '5' LIMIT 1"),
    ("casts", "SELECT id FROM thing WHERE 5 = name LIMIT 1"),
    ("casts", "INSERT INTO thing (id, name) VALUES ($1, 5)"),
    ("casts", "UPDATE thing SET at = 'x' WHERE id = $1"),
    ("casts", "SELECT CAST(id AS text) FROM thing WHERE id = $1"),
    ("casts", "SELECT id FROM thing WHERE id = 1.5"),
    ("casts", "SELECT id FROM thing WHERE id = 1 ORDER BY name COLLATE nocase"),
    ("booleans", "UPDATE thing SET at = 1 WHERE id = $1 AND TRUE"),
    ("booleans", "SELECT id FROM thing WHERE id = $1 AND (at > 1) IS TRUE"),
    ("like", "SELECT id FROM thing WHERE name LIKE $1 LIMIT 1"),
    ("like", "SELECT id FROM thing WHERE name ILIKE $1 LIMIT 1"),
    ("row-locks", "SELECT id FROM thing WHERE id = $1 FOR UPDATE"),
    ("row-locks", "SELECT id FROM thing WHERE id = $1 FOR SHARE SKIP LOCKED"),
    ("session-locks", "SELECT pg_advisory_xact_lock($1)"),
    ("session-locks", "SELECT pg_notify($1, '')"),
    ("session-locks", "LOCK TABLE thing"),
    ("session-locks", "LISTEN things"),
    ("session-locks", "PREPARE TRANSACTION 'a'"),
    ("construct", "SELECT DISTINCT ON (owner) id FROM thing WHERE id = $1"),
    ("construct", "WITH gone AS (DELETE FROM thing WHERE id = $1 RETURNING id) SELECT id FROM gone"),
    ("construct", "SELECT id FROM thing WHERE id = ANY ($1) AND id = 1"),
    ("construct", "SELECT id FROM thing WHERE id = $1 AND note IS DISTINCT FROM $2"),
    ("construct", "SELECT id FROM thing WHERE id = $1 AND name ~ $2"),
    ("construct", "SELECT id / 2 FROM thing WHERE id = $1"),
    ("construct", "SELECT name || note FROM thing WHERE id = $1"),
    ("construct", "SELECT t.id FROM thing t, part p WHERE t.id = $1"),
    ("construct", "SELECT t.id FROM thing t FULL JOIN part p ON p.thing = t.id WHERE t.id = $1"),
    ("construct", "SELECT t.id FROM thing t NATURAL JOIN part p WHERE t.id = $1"),
    ("construct", "DELETE FROM thing USING part WHERE thing.id = part.thing AND part.n = $1"),
    ("construct", "UPDATE thing SET at = p.n FROM part p WHERE thing.id = $1"),
    ("construct", "SELECT id FROM thing WHERE id = $1 UNION SELECT n FROM part WHERE n = $1"),
    ("construct", "SELECT COUNT(*) OVER (PARTITION BY owner) FROM thing WHERE id = $1"),
    ("bounded", "DELETE FROM thing WHERE at < $1"),
    ("bounded", "DELETE FROM thing"),
    ("bounded", "DELETE FROM thing WHERE id IN (SELECT id FROM thing WHERE at < $1)"),
    ("bounded", "DELETE FROM thing WHERE id = $1 OR at < $2"),
    ("bounded", "UPDATE thing SET at = $1 WHERE owner <> $2"),
    ("bounded", "SELECT id FROM thing WHERE at > $1 ORDER BY id"),
    ("bounded", "SELECT COUNT(*) FROM thing"),
    ("bounded", "SELECT owner, COUNT(*) FROM thing GROUP BY owner LIMIT 5"),
    ("bounded", "SELECT COUNT(*) FROM (SELECT 1 AS one FROM thing WHERE at > $1) AS found"),
    ("known", "SELECT id FROM nothing WHERE id = $1"),
    ("known", "SELECT size FROM thing WHERE id = $1"),
]
GOOD_ENOUGH = [
    "SELECT id FROM thing WHERE id = $1 AND at > $2 AND owner = $3",
    "SELECT COUNT(*) FROM thing WHERE owner = $1",
    "SELECT COUNT(*) FROM (SELECT 1 AS one FROM thing WHERE at > $1 LIMIT $2) AS found",
    "SELECT owner, COUNT(*) FROM thing WHERE owner = $1 GROUP BY owner HAVING COUNT(*) > 5",
    "SELECT id FROM thing WHERE at > $1 AND owner IS NOT NULL ORDER BY owner LIMIT 9",
    "SELECT id FROM thing WHERE at > $1 ORDER BY owner NULLS LAST LIMIT 9",
    "DELETE FROM thing WHERE id > $1 AND id <= $2 AND (at < $3 OR note IS NULL)",
    "DELETE FROM thing WHERE id IN (SELECT id FROM thing WHERE at < $1 ORDER BY at LIMIT $2)",
    "DELETE FROM part WHERE thing IN (SELECT id FROM thing WHERE owner = $1)",
    "INSERT INTO part (thing, n) VALUES ($1, $2) ON CONFLICT (n, thing) DO NOTHING",
    "INSERT INTO thing (id, name) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET at = thing.at + $3"
    " WHERE thing.at < $3 RETURNING id",
    "SELECT t.id FROM thing t LEFT JOIN part p ON p.thing = t.id WHERE (t.at, t.id) < ($1, $2) LIMIT $3",
    "UPDATE thing SET at = CASE WHEN at > $2 THEN $2 ELSE at + 1 END, note = NULL WHERE id = $1",
    "SELECT COALESCE(note, '') FROM thing WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM part WHERE n = $1)",
]
BAD_SCHEMA = [
    ("types", "CREATE TABLE t (id INTEGER PRIMARY KEY);"),
    ("types", "CREATE TABLE t (id {int} PRIMARY KEY, at TIMESTAMPTZ);"),
    ("types", "CREATE TABLE t (id {int} PRIMARY KEY, names {text}[]);"),
    ("sequences", "CREATE TABLE t (id BIGSERIAL PRIMARY KEY);"),
    ("sequences", "CREATE TABLE t (id {int} GENERATED ALWAYS AS IDENTITY PRIMARY KEY);"),
    ("parses", "CREATE TABLE t (id {int} PRIMARY KEY AUTOINCREMENT);"),
    ("constraints", "CREATE TABLE t (id {int} PRIMARY KEY REFERENCES thing (id));"),
    ("constraints", "CREATE TABLE t (id {int} PRIMARY KEY DEFERRABLE);"),
    ("constraints", "CREATE TABLE t (id {int} PRIMARY KEY, CHECK (id > 0));"),
    ("constraints", "CREATE TABLE t (id {int} PRIMARY KEY, EXCLUDE (id WITH =));"),
    ("clock-and-chance", "ALTER TABLE thing ADD COLUMN made {int} NOT NULL DEFAULT random();"),
    ("constraints", "ALTER TABLE thing ADD COLUMN made {int} NOT NULL DEFAULT random();"),
    ("primary-key", "CREATE TABLE t (id {int} NOT NULL);"),
    ("construct", "CREATE TABLE t (id {int} PRIMARY KEY) INHERITS (thing);"),
    ("construct", "CREATE TABLE t (id {int} PRIMARY KEY) PARTITION BY HASH (id);"),
    ("adds-only", "ALTER TABLE thing ADD COLUMN made {int} NOT NULL;"),
    ("adds-only", "ALTER TABLE thing DROP COLUMN note;"),
    ("adds-only", "DROP TABLE part;"),
    ("adds-only", "DROP INDEX thing_owner;"),
    ("adds-only", "UPDATE thing SET at = owner;"),
    ("adds-only", "DELETE FROM thing;"),
    ("never", "ALTER TABLE thing RENAME COLUMN at TO moment;"),
    ("never", "ALTER TABLE thing RENAME TO object;"),
    ("never", "ALTER TABLE thing ALTER COLUMN at TYPE {text};"),
    ("never", "ALTER TABLE thing ALTER COLUMN note SET NOT NULL;"),
    ("unique-later", "CREATE UNIQUE INDEX IF NOT EXISTS thing_at ON thing (at);"),
    ("unique-later", "ALTER TABLE thing ADD COLUMN made {int} UNIQUE;"),
    ("index-in-use", "CREATE INDEX thing_at ON thing (at);"),
    ("construct", "CREATE INDEX CONCURRENTLY IF NOT EXISTS thing_at ON thing (at);"),
    ("construct", "CREATE INDEX IF NOT EXISTS thing_at ON thing USING hash (at);"),
    ("construct", "CREATE INDEX IF NOT EXISTS thing_at ON thing ((at + 1));"),
    ("same-migration", "ALTER TABLE thing ADD COLUMN made {int};"
                       "CREATE INDEX IF NOT EXISTS thing_made ON thing (made);"),
    ("same-migration", "ALTER TABLE thing ADD COLUMN made {int}; UPDATE thing SET made = at;"),
    ("known", "ALTER TABLE nothing ADD COLUMN made {int};"),
    ("known", "CREATE INDEX IF NOT EXISTS thing_made ON thing (made);"),
]
GOOD_SCHEMA = [
    "CREATE TABLE t (id {int} PRIMARY KEY, other {text} NOT NULL DEFAULT 'x'){table};"
    "CREATE UNIQUE INDEX t_other ON t (other);",
    "ALTER TABLE thing ADD COLUMN made {int}; ALTER TABLE thing ADD COLUMN kind {text} NOT NULL DEFAULT '';",
    "CREATE INDEX IF NOT EXISTS thing_at ON thing (at) WHERE note IS NULL;",
    "INSERT INTO thing (id, name, at) VALUES (0, 'nobody', 0);",
]


@pytest.mark.parametrize("rule, text", BAD)
def test_a_statement_that_breaks_a_rule(tree, rule, text):
    assert rule in rules(tree(statement(text)))


@pytest.mark.parametrize("text", GOOD_ENOUGH)
def test_a_statement_that_is_just_good_enough(tree, text):
    assert tree(statement(text)) == []


@pytest.mark.parametrize("rule, text", BAD_SCHEMA)
def test_a_migration_that_breaks_a_rule(tree, rule, text):
    assert rule in rules(tree("", f'MIGRATION(2, "{text}")'))


@pytest.mark.parametrize("text", GOOD_SCHEMA)
def test_a_migration_that_is_just_good_enough(tree, text):
    assert tree("", f'MIGRATION(2, "{text}")') == []


def test_finishing_takes_away_and_statements_may_not_use_it(tree):
    take_away = 'FINISH(2, 1, "ALTER TABLE thing DROP COLUMN note; DROP TABLE part; DROP INDEX thing_owner;")'
    assert tree(statement("SELECT at FROM thing WHERE id = $1"), take_away) == []
    for text in ("SELECT note FROM thing WHERE id = $1", "DELETE FROM part WHERE n = $1"):
        assert rules(tree(statement(text), take_away)) == {"known"}
    assert rules(tree("", 'FINISH(2, 1, "ALTER TABLE thing RENAME TO object;")')) == {"never"}


@pytest.mark.parametrize("schema", ['MIGRATION(3, "")', 'MIGRATION(1, "")', 'FINISH(2, 3, "")'])
def test_numbers_of_migrations(tree, schema):
    assert rules(tree("", schema)) == {"numbers"}


TEXTS = [("session-locks", "SELECT pg_try_advisory_lock(1)"), ("session-locks", "lock table x"),
         ("row-locks", "SELECT 1 FROM x FOR NO KEY UPDATE"), ("clock-and-chance", "SELECT now()"),
         ("sequences", "SELECT nextval('x')")]


@pytest.mark.parametrize("rule, text", TEXTS)
def test_text_in_a_driver(tree, rule, text):
    half = len(text) // 2
    assert rules(tree(c_source=f'char *a = "{text[:half]}" /* */\n"{text[half:]}";')) == {rule}
    assert tree(c_source=f"/* {text} */ // {text}\n") == []


@pytest.mark.parametrize("rule, text", TEXTS)
def test_an_exception_stands_right_before_its_text(tree, rule, text):
    why = f"/* allow {rule}: this once */"
    assert tree(c_source=f'char *a = {why} "{text}";') == []
    assert rules(tree(c_source=f'char *a = {why} "{text}", *b = "{text}";')) == {rule}
    assert rules(tree(c_source=f'{why} char *a = "{text}";')) == {rule}
    assert rules(tree(c_source=f'char *a = {why} "harmless";')) == {"allow"}


def test_an_exception_is_of_one_rule_and_one_statement(tree):
    scan = statement("SELECT COUNT(*) FROM thing")
    assert tree("/* allow bounded: it is small,\n * and stays so */\n" + scan) == []
    assert rules(tree(scan + "/* allow bounded: too late */")) == {"bounded"}
    assert rules(tree("/* allow parses: another */" + scan)) == {"bounded", "allow"}
    assert rules(tree("/* allow anything: no such rule */" + statement("SELECT 1"))) == {"allow"}
    assert rules(tree("/* allow bounded: */" + scan)) == {"bounded"}
    assert rules(tree("/* allow bounded: not needed */" + statement("SELECT 1"))) == {"allow"}


def test_an_exception_within_a_migration_is_of_the_next_statement(tree):
    first, second = '"CREATE INDEX a ON thing (at);"', '"CREATE INDEX b ON thing (at);"'
    allow = "/* allow index-in-use: a reason */"
    assert tree("", f"MIGRATION(2, {allow} {first} {allow} {second})") == []
    found = tree("", f"MIGRATION(2, {allow} {first} {second})")
    assert rules(found) == {"index-in-use"} and "(b)" in found[0]


def test_a_finding_names_the_line_and_the_reason(tree):
    found = tree("\n\n" + statement("SELECT * FROM thing WHERE id = $1"))
    assert found == [f"src/store/statements.def:3: S: star (*): {RULES['star']}"]


def test_every_rule_is_tried():
    tried = {rule for rule, _ in BAD + BAD_SCHEMA + TEXTS}
    assert tried | {"numbers", "allow"} == set(RULES)


def test_where_rows_are_placed(tree, tmp_path):
    tree()
    check = tool.Check(str(tmp_path))
    check.check_schema()
    assert "| `part` | thing, n | `thing` |" in check.keys()
    assert "| `thing` | id; name (unique); owner, at (unique index of a part) | none:" in check.keys()
