"""The checker of assurance's appendix B finds what may not be: each of its rows, broken once."""

import contextlib
import os
import pathlib
import sqlite3
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

import invariants  # noqa: E402

BINARY = os.environ.get("LLAVERO_BIN", str(ROOT / "build" / "llavero"))

# A person, an app, and one of each thing that the one gives the other.
SOUND = """
UPDATE counter SET next = 1000;
INSERT INTO account (id, login, login_key, site_admin, primary_verified, created_at, updated_at)
  VALUES (5, 'Ann', 'ann', 0, 1, 10, 10);
INSERT INTO email VALUES (5, 'ann@x.example', 'ann@x.example', 1, 0, 10, 10);
INSERT INTO app (id, owner_id, client_id, name, name_key, homepage, device_flow, epoch, created_at,
  updated_at, metadata) VALUES (7, 5, 'abc', 'A', 'a', '', 0, 1, 10, 10, '{"scope": "gist"}');
INSERT INTO audit (id, at, account_id, actor, action, app_id, detail, address)
  VALUES (1, 20, 5, 'ann', 'oauth_authorization.create', 7, '', '');
INSERT INTO app_grant (id, account_id, app_id, app_epoch, scopes, created_at, updated_at)
  VALUES (100, 5, 7, 1, 'repo', 20, 20), (101, -1, 7, 1, 'gist', 20, 20);
INSERT INTO code (id, hash, app_id, account_id, grant_id, redirect_uri, scopes, created_at, expires_at,
  consumed_at, token_id) VALUES (200, x'01', 7, 5, 100, '', 'public_repo', 20, 30, 25, 300),
  (201, x'02', 7, 5, 100, '', 'repo', 20, 30, NULL, 302);
INSERT INTO token (id, hash, last_eight, app_id, account_id, grant_id, scopes, created_at)
  VALUES (300, x'03', '', 7, 5, 100, 'public_repo', 25), (301, x'04', '', 7, -1, 101, 'gist', 25),
  (303, x'05', '', 7, 5, 100, 'repo', 25);
INSERT INTO refresh_family (id, app_id, account_id, grant_id, scopes, public_client, generation, current_hash,
  token_id, created_at, rotated_at, expires_at) VALUES (300, 7, 5, 100, 'public_repo', 0, 1, x'06', 300, 25, 25, 90);
INSERT INTO device_code (id, hash, app_id, scopes, offline, address, created_at, expires_at, approved_at,
  consumed_at, account_id, grant_id, token_id)
  VALUES (400, x'07', 7, 'repo', 0, '', 20, 30, 22, 25, 5, 100, 303);
INSERT INTO pushed_request (hash, app_id, request, created_at, expires_at, opened_at, used_at)
  VALUES (x'08', 7, '', 20, 30, 21, 22);
INSERT INTO registration_token (id, hash, owner_id, created_at, uses_left) VALUES (500, x'09', 5, 20, 1);
INSERT INTO throttle VALUES (1, 1, 90);
INSERT INTO refusal_count VALUES (7, 1, 'code_expired', 1);
INSERT INTO organization VALUES (3, 'Org', 'org', NULL, NULL, 10, 10);
INSERT INTO org_member VALUES (3, 5, 1, 1, 10);
"""

# (what is done, the invariant that it breaks)
BROKEN = [
    ("UPDATE code SET token_id = 300 WHERE id = 201", "two codes give the same token"),
    ("INSERT INTO device_code SELECT 401, hash, user_code, app_id, scopes, offline, address, created_at, expires_at,"
     " session_id, approved_at, denied_at, consumed_at, polled_at_us, slow, twice, account_id, grant_id, token_id,"
     " evict_token_id, bound, fence FROM device_code", "two device codes give the same token"),
    ("UPDATE code SET consumed_at = NULL", "a code gave its token and can be used again"),
    ("UPDATE code SET consumed_at = 25 WHERE id = 201", "a code was used and gave nothing"),
    ("UPDATE device_code SET consumed_at = NULL", "a device code gave its token and can be used again"),
    ("UPDATE token SET grant_id = 101 WHERE id = 300", "a code's token belongs to somebody else"),
    ("UPDATE token SET grant_id = 101 WHERE id = 303", "a device code's token belongs to somebody else"),
    ("UPDATE token SET account_id = 6 WHERE id = 300", "a token belongs to another app or person than its grant"),
    ("UPDATE refresh_family SET account_id = 6", "a family belongs to another app or person than its grant"),
    ("UPDATE code SET grant_id = 101 WHERE id = 201", "a code has a grant of another app or person"),
    ("UPDATE refresh_family SET token_id = 399", "a live family has no token"),
    ("UPDATE refresh_family SET killed_at = 40", "a token lives on after the family that it came with"),
    ("INSERT INTO refresh_family SELECT 301, app_id, account_id, grant_id, scopes, public_client, generation, x'66',"
     " previous_hash, token_id, created_at, rotated_at, expires_at, killed_at, killed_by, bound"
     " FROM refresh_family", "two live families share a token"),
    ("UPDATE refresh_family SET previous_hash = current_hash, generation = 2",
     "a family is current in two generations"),
    ("INSERT INTO refresh_family SELECT 301, app_id, account_id, grant_id, scopes, public_client, generation,"
     " current_hash, previous_hash, 303, created_at, rotated_at, expires_at, killed_at, killed_by, bound"
     " FROM refresh_family", "two families have the same refresh token"),
    ("DROP INDEX app_grant_live; UPDATE app_grant SET account_id = 5",
     "a person has two live grants to an app"),
    ("DELETE FROM audit", "nobody wrote down that a person agreed"),
    ("UPDATE code SET consumed_at = 31", "a code was used after its end, or before its beginning"),
    ("UPDATE code SET consumed_at = 19", "a code was used after its end, or before its beginning"),
    ("UPDATE device_code SET approved_at = NULL", "a device code was used after its end, or before it was approved"),
    ("UPDATE device_code SET denied_at = 23", "a device code was approved and denied"),
    ("UPDATE device_code SET token_id = NULL", "a device code was approved and gives nothing"),
    ("UPDATE pushed_request SET used_at = 20", "a pushed request was answered before a browser came with it"),
    ("UPDATE refresh_family SET generation = 2", "a family's generations do not follow each other"),
    ("UPDATE registration_token SET uses_left = -1", "a registration token was used more often than it may be"),
    ("UPDATE counter SET next = 300", "an id was given that was never leased"),
    ("UPDATE throttle SET failures = 0", "a counter of failures is not above zero"),
    ("UPDATE refusal_count SET n = -1", "a counter of refusals is not above zero"),
    ("DELETE FROM account WHERE id = 5", "a row hangs on an account that is not there"),
    ("INSERT INTO app_registration VALUES (8, x'10', 20)", "a row hangs on an app that is not there"),
    ("UPDATE email SET is_primary = 0", "an account has not exactly one primary address"),
    ("UPDATE organization SET login_key = 'ann'", "an account and an organisation share a login"),
    ("DELETE FROM org_member", "an organisation has nobody who may manage it"),
    ("UPDATE token SET scopes = 'gist' WHERE id = 300", "a token may more than its grant"),
    ("UPDATE code SET scopes = 'gist' WHERE id = 201", "a code may more than its grant"),
    ("UPDATE refresh_family SET scopes = 'user'", "a family may more than its grant"),
    ("UPDATE device_code SET scopes = 'user', consumed_at = NULL", "a device code may more than its grant"),
    ("UPDATE token SET scopes = 'repo' WHERE id = 301", "a token may more than its app"),
    ("UPDATE refusal_count SET cause = 'weather'", "a cause is not known"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound")
    subprocess.run([BINARY, "migrate", "--data", str(path)], check=True, capture_output=True)
    with contextlib.closing(sqlite3.connect(path / "llavero.db")) as db:
        db.executescript(SOUND)
    return path


@pytest.fixture
def db(folder):
    """A copy in memory."""
    with contextlib.closing(sqlite3.connect(":memory:")) as copy:
        with contextlib.closing(sqlite3.connect(folder / "llavero.db")) as kept:
            kept.backup(copy)
        yield copy


def test_nothing_is_found_where_all_is_well(db):
    assert invariants.broken(db) == []


@pytest.mark.parametrize("done,what", BROKEN, ids=[str(n) for n in range(len(BROKEN))])
def test_what_may_not_be_is_found(db, done, what):
    db.executescript(done)
    found = invariants.broken(db)
    assert what in [said for _, said, _ in found], invariants.told(found)


def test_every_kind_is_broken_once():
    said = {what for _, what in BROKEN}
    assert said == {what for _, what, _ in invariants.ROWS} | {
        f"{what} may more than its grant" for what, _, _ in invariants.GIVEN} | {
        "a token may more than its app", "a cause is not known"}


def test_a_file_that_is_damaged(folder, tmp_path):
    """I12: what SQLite finds itself."""
    with contextlib.closing(sqlite3.connect(folder / "llavero.db")) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "copy.db"),))
    whole = (tmp_path / "copy.db").read_bytes()
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as db:
        root, = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'email_account'").fetchone()
        size, = db.execute("PRAGMA page_size").fetchone()
    empty = whole[:root * size - size] + b"\x0a" + bytes(size - 1) + whole[root * size:]
    (tmp_path / "copy.db").write_bytes(empty)
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as db:
        assert "PRAGMA integrity_check" in [what for _, what, _ in invariants.broken(db)]
