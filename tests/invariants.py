#!/usr/bin/python3
"""What holds of a database whatever was tried on its server (assurance, appendix B): broken(db) gives what does not.

    with server.database() as db:      # own_database.opened: SQLite or PostgreSQL
        assert not invariants.broken(db)

As a program: invariants.py FILE looks at a SQLite database. To be asked when no request is under way; what is read
is read in one transaction. I3, I9 and I10 are told by a log of what was answered (tests/failover/oracle.py), I7 by
searching what is stored (own_database.contents), I8, I13 and I16 by the answers, I11 by the process.
"""
import json
import os
import re
import sqlite3
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OF_APPS = -1        # the account whose tokens apps have for themselves
ROWS_SHOWN = 5

# Each finds rows that may not be. Times are compared with times of the same database, never with now.
ROWS = [
    # one code, one grant
    ("I1", "two codes give the same token",
     "SELECT token_id, COUNT(*) FROM code WHERE token_id IS NOT NULL GROUP BY token_id HAVING COUNT(*) > 1"),
    ("I1", "two device codes give the same token",
     "SELECT token_id, COUNT(*) FROM device_code WHERE token_id IS NOT NULL GROUP BY token_id"
     " HAVING COUNT(*) > 1"),
    ("I1", "a code gave its token and can be used again",
     "SELECT c.id, t.id FROM code c JOIN token t ON t.id = c.token_id WHERE c.consumed_at IS NULL"),
    ("I1", "a code was used and gave nothing",
     "SELECT c.id, c.token_id FROM code c JOIN app_grant g ON g.id = c.grant_id"
     " LEFT JOIN token t ON t.id = c.token_id LEFT JOIN refresh_family f ON f.id = c.token_id"
     " WHERE c.consumed_at IS NOT NULL AND c.token_id IS NOT NULL AND t.id IS NULL AND f.id IS NULL"
     " AND g.revoked_at IS NULL"),
    ("I1", "a device code gave its token and can be used again",
     "SELECT d.id, t.id FROM device_code d JOIN token t ON t.id = d.token_id WHERE d.consumed_at IS NULL"),
    ("I1", "a code's token belongs to somebody else",
     "SELECT c.id, t.id FROM code c JOIN token t ON t.id = c.token_id WHERE t.app_id <> c.app_id"
     " OR t.account_id <> c.account_id OR t.grant_id <> c.grant_id"),
    ("I1", "a device code's token belongs to somebody else",
     "SELECT d.id, t.id FROM device_code d JOIN token t ON t.id = d.token_id WHERE t.app_id <> d.app_id"
     " OR t.account_id <> d.account_id OR t.grant_id <> d.grant_id"),
    # no token without a grant, a client, a person
    ("I2", "a token belongs to another app or person than its grant",
     "SELECT t.id, g.id FROM token t JOIN app_grant g ON g.id = t.grant_id WHERE t.app_id <> g.app_id"
     f" OR (t.account_id <> g.account_id AND g.account_id <> {OF_APPS})"),
    ("I2", "a family belongs to another app or person than its grant",
     "SELECT f.id, g.id FROM refresh_family f JOIN app_grant g ON g.id = f.grant_id"
     " WHERE f.app_id <> g.app_id OR f.account_id <> g.account_id"),
    ("I2", "a code has a grant of another app or person",
     "SELECT c.id, g.id FROM code c JOIN app_grant g ON g.id = c.grant_id WHERE c.app_id <> g.app_id"
     " OR c.account_id <> g.account_id"),
    ("I2", "a live family has no token",
     "SELECT f.id, f.token_id FROM refresh_family f JOIN app_grant g ON g.id = f.grant_id"
     " LEFT JOIN token t ON t.id = f.token_id WHERE f.killed_at IS NULL AND g.revoked_at IS NULL AND t.id IS NULL"),
    ("I2", "a token lives on after the family that it came with",
     "SELECT f.id, t.id FROM refresh_family f JOIN token t ON t.id = f.token_id"
     " WHERE f.killed_at IS NOT NULL AND t.revoked_at IS NULL"),
    # one current generation
    ("I4", "two live families share a token",
     "SELECT token_id, COUNT(*) FROM refresh_family WHERE killed_at IS NULL GROUP BY token_id HAVING COUNT(*) > 1"),
    ("I4", "a family is current in two generations",
     "SELECT id FROM refresh_family WHERE previous_hash = current_hash"),
    ("I4", "two families have the same refresh token",
     "SELECT current_hash, COUNT(*) FROM refresh_family GROUP BY current_hash HAVING COUNT(*) > 1"),
    ("I4", "a person has two live grants to an app",
     "SELECT account_id, app_id, COUNT(*) FROM app_grant WHERE revoked_at IS NULL GROUP BY account_id, app_id"
     " HAVING COUNT(*) > 1"),
    # agreed to, and written down
    ("I5", "nobody wrote down that a person agreed",
     "SELECT g.id, g.account_id, g.app_id FROM app_grant g WHERE g.revoked_at IS NULL AND g.account_id > 0"
     " AND NOT EXISTS (SELECT 1 FROM audit u WHERE u.account_id = g.account_id AND u.app_id = g.app_id)"
     " AND g.app_id > 0"),
    # what is monotone
    ("I15", "a code was used after its end, or before its beginning",
     "SELECT id FROM code WHERE consumed_at > expires_at OR consumed_at < created_at"),
    ("I15", "a device code was used after its end, or before it was approved",
     "SELECT id FROM device_code WHERE consumed_at > expires_at OR consumed_at < approved_at"
     " OR (consumed_at IS NOT NULL AND approved_at IS NULL)"),
    ("I15", "a device code was approved and denied",
     "SELECT id FROM device_code WHERE approved_at IS NOT NULL AND denied_at IS NOT NULL"),
    ("I15", "a device code was approved and gives nothing",
     "SELECT id FROM device_code WHERE approved_at IS NOT NULL AND (account_id IS NULL OR grant_id IS NULL"
     " OR token_id IS NULL OR user_code IS NOT NULL)"),
    ("I15", "a pushed request was answered before a browser came with it",
     "SELECT created_at, used_at, expires_at FROM pushed_request WHERE used_at < created_at"
     " OR used_at < opened_at"),
    ("I15", "a family's generations do not follow each other",
     "SELECT id, generation FROM refresh_family WHERE generation < 1"
     " OR (generation = 1) <> (previous_hash IS NULL) OR rotated_at < created_at"),
    ("I15", "a registration token was used more often than it may be",
     "SELECT id FROM registration_token WHERE uses_left < 0"),
    ("I15", "an id was given that was never leased",
     "SELECT id FROM (SELECT MAX(id) AS id FROM token UNION ALL SELECT MAX(id) FROM code"
     " UNION ALL SELECT MAX(id) FROM app_grant UNION ALL SELECT MAX(id) FROM device_code) AS used"
     " WHERE id >= (SELECT next FROM counter WHERE name = 'object')"),
    # counters
    ("I14", "a counter of failures is not above zero",
     "SELECT key, failures FROM throttle WHERE failures < 1"),
    ("I14", "a counter of refusals is not above zero",
     "SELECT app_id, hour, cause, n FROM refusal_count WHERE n < 1"),
    # what hangs on a row has it
    ("I12", "a row hangs on an account that is not there",
     "SELECT 'email', e.account_id FROM email e LEFT JOIN account a ON a.id = e.account_id WHERE a.id IS NULL"
     " UNION ALL SELECT 'session', s.account_id FROM session s LEFT JOIN account a ON a.id = s.account_id"
     " WHERE a.id IS NULL"
     " UNION ALL SELECT 'two_factor', f.account_id FROM two_factor f LEFT JOIN account a ON a.id = f.account_id"
     " WHERE a.id IS NULL"
     " UNION ALL SELECT 'recovery_code', f.account_id FROM recovery_code f"
     " LEFT JOIN two_factor a ON a.account_id = f.account_id WHERE a.account_id IS NULL"),
    ("I12", "a row hangs on an app that is not there",
     "SELECT 'secret', s.app_id FROM app_secret s LEFT JOIN app p ON p.id = s.app_id WHERE p.id IS NULL"
     " UNION ALL SELECT 'callback', s.app_id FROM app_callback s LEFT JOIN app p ON p.id = s.app_id"
     " WHERE p.id IS NULL"
     " UNION ALL SELECT 'registration', s.app_id FROM app_registration s LEFT JOIN app p ON p.id = s.app_id"
     " WHERE p.id IS NULL"),
    ("I12", "an account has not exactly one primary address",
     "SELECT a.id, COUNT(e.account_id) FROM account a LEFT JOIN email e ON e.account_id = a.id AND e.is_primary = 1"
     " WHERE a.id > 0 GROUP BY a.id HAVING COUNT(e.account_id) <> 1"),
    ("I12", "an account and an organisation share a login",
     "SELECT a.id, o.id FROM account a JOIN organization o ON o.login_key = a.login_key"),
    ("I12", "an organisation has nobody who may manage it",
     "SELECT o.id FROM organization o WHERE NOT EXISTS"
     " (SELECT 1 FROM org_member m WHERE m.org_id = o.id AND m.admin = 1)"),
]

SCOPED = "SELECT t.id, t.scopes, g.scopes FROM {} t JOIN app_grant g ON g.id = t.grant_id" \
         f" WHERE g.revoked_at IS NULL AND g.account_id <> {OF_APPS} AND {{}}"
# What was given of a live grant; "what" is (table, condition).
GIVEN = [("a token", "token", "t.revoked_at IS NULL"), ("a code", "code", "t.consumed_at IS NULL"),
         ("a family", "refresh_family", "t.killed_at IS NULL"),
         ("a device code", "device_code", "t.approved_at IS NOT NULL AND t.consumed_at IS NULL")]


def _read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def _implied():
    """What each built-in scope includes, by name."""
    rows = re.findall(r"^SCOPE\((\w+), \"([^\"]+)\", \w+(.*?)\)$", _read("src/core/scopes.def"), re.M | re.S)
    names = {key: name for key, name, _ in rows}
    return {name: {names[key] for key in re.findall(r"\w+", more)} for _, name, more in rows}


def _closure(scopes, implied):
    found, left = set(), set(scopes.split())
    while left:
        scope = left.pop()
        if scope not in found:
            found.add(scope)
            left |= implied.get(scope, set())
    return found


def _scopes(db):
    """I6: what was given lies within what was agreed to."""
    implied = _implied()
    for what, table, live in GIVEN:
        wrong = [row for row in db.execute(SCOPED.format(table, live)).fetchall()
                 if not _closure(row[1], implied) <= _closure(row[2], implied)]
        if wrong:
            yield "I6", f"{what} may more than its grant", wrong


def _ceilings(db):
    """I6: ... and what an app has for itself, within what it registered."""
    implied, wrong = _implied(), []
    rows = db.execute("SELECT t.id, t.scopes, p.metadata FROM token t JOIN app p ON p.id = t.app_id"
                      f" WHERE t.revoked_at IS NULL AND t.account_id = {OF_APPS} AND p.metadata IS NOT NULL"
                      " AND t.created_at > p.updated_at")
    for token, scopes, metadata in rows.fetchall():
        most = json.loads(metadata).get("scope")
        if most is not None and not _closure(scopes, implied) <= _closure(most, implied):
            wrong.append((token, scopes, most))
    if wrong:
        yield "I6", "a token may more than its app", wrong


def _causes(db):
    """I13: what was refused has a cause that is known."""
    known = {name.lower() for name in re.findall(r"^CAUSE\((\w+),", _read("src/core/errors.def"), re.M)}
    rows = db.execute("SELECT DISTINCT cause FROM request_log WHERE cause IS NOT NULL"
                      " UNION SELECT DISTINCT cause FROM refusal_count").fetchall()
    wrong = [row for row in rows if row[0].lower() not in known]
    if wrong:
        yield "I13", "a cause is not known", wrong


def _whole(db):
    """I12: what SQLite itself finds."""
    if not isinstance(db, sqlite3.Connection):
        return
    for text in ("PRAGMA integrity_check", "PRAGMA foreign_key_check"):
        wrong = [row for row in db.execute(text).fetchall() if row != ("ok",)]
        if wrong:
            yield "I12", text, wrong


def broken(db):
    """Those that do not hold: [(id, what, rows)]. `db` has SQLite's execute(text, values)."""
    found = [(name, what, rows) for name, what, text in ROWS if (rows := db.execute(text).fetchall())]
    for more in (_scopes, _ceilings, _causes, _whole):
        found += more(db)
    return [(name, what, rows[:ROWS_SHOWN]) for name, what, rows in found]


def told(found):
    """What broken() found, for a person."""
    return "\n".join(f"{name}: {what}: {', '.join(map(str, rows))}" for name, what, rows in found)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=60)
    db.execute("BEGIN")
    found = broken(db)
    print(told(found) or f"{len(ROWS) + len(GIVEN) + 4} kinds of rows that may not be: there are none")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
