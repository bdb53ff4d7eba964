"""What tools/check_sql.py holds the SQL to, and why: name, then the reason that a finding shows."""

RULES = {
    # any SQL
    "parses": "PostgreSQL's own parser does not take it",
    "construct": "not among what SQLite, PostgreSQL and the distributed engines are known to take alike",
    "functions": "functions differ between engines; what they do is done in C",
    "clock-and-chance": "time and random values are parameters: tests set them, every engine takes them in"
                        " statements that write, and a statement that runs again means the same",
    "casts": "types are settled by columns; engines differ in what they cast",
    "booleans": "SQLite has no booleans: flags are 0 and 1, and are compared",
    "like": "SQLite's LIKE ignores case and PostgreSQL's does not; search a column that is kept in lower case",
    "row-locks": "Citus locks rows within one shard only, SQLite not at all: change the row, and let the row"
                 " count or the isolation decide",
    "session-locks": "advisory locks, LISTEN, LOCK TABLE and two-phase commits are lacking or do nothing on"
                     " CockroachDB or YugabyteDB",
    # statements.def
    "one-statement": "a name is one SELECT, INSERT, UPDATE or DELETE: that is what can be prepared",
    "parameters": "$1 to $n, each used, no more than the driver binds (DB_MAX_ARGS)",
    "star": "columns that a migration adds must not change what a prepared statement returns",
    "insert-columns": "columns that a migration adds must not change what an insert means",
    "on-conflict": "ON CONFLICT names the columns of one whole unique key of its table",
    "group-by": "what is selected beside aggregates is grouped by; SQLite would make something up",
    "nulls-order": "SQLite sorts NULL first and PostgreSQL last",
    "bounded": "a request, or a batch of housekeeping, must not grow with the table: an equality, both ends of"
               " a range, or a LIMIT",
    "known": "no migration makes this table or column",
    # schema.def
    "types": "{int}, {text} and {bytes} are all that every engine has alike, and the driver reads no others",
    "sequences": "a number that a sequence gives is a round trip on YugabyteDB and a hot range on CockroachDB;"
                 " ids are leased in blocks",
    "constraints": "constraints other than keys, NOT NULL and constant defaults are lacking or slow somewhere",
    "primary-key": "every table has one: it is where distributed engines put a row",
    "adds-only": "older programs go on beside this schema: a migration adds tables, indexes, and columns that are"
                 " nullable or have a constant default; FINISH takes away what they used",
    "never": "no order of programs and schema works with it: add the new beside the old, then FINISH",
    "unique-later": "older programs do not expect this key, and may break it",
    "index-in-use": "building an index holds writers up. IF NOT EXISTS lets whoever has a large table build it"
                    " before (CREATE INDEX CONCURRENTLY)",
    "same-migration": "CockroachDB does not fill or index a column in the transaction that adds it",
    "numbers": "migrations are numbered from 1 without gaps, and no FINISH shuts itself out",
    # exceptions
    "allow": "an exception names a rule, says why, and is needed",
}
