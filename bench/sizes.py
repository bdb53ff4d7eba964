"""What docs/scaling.md calculates with: ./dev bench --sizes.

Fills a SQLite and a PostgreSQL database with the same rows and tells how many bytes each table and
index has for each row; then what a code exchange and a refresh write to PostgreSQL's log and what they
take of processors; and what a connection keeps in memory. Bytes do not depend on how busy the machine
is; processor time does a little.
"""
import contextlib
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import tempfile

import on_postgres
import postgres
import table
from measure import Failure
from sides import BUILT, KINDS, say

FULL = {"users": 100_000, "tokens": 400_000, "codes": 120_000, "refresh": 60_000, "seconds": 8.0}
QUICK = {"users": 2_000, "tokens": 5_000, "codes": 20_000, "refresh": 4_000, "seconds": 1.0}
# Of what there is one for each user, app or exchange; the others are small.
TABLES = ("account", "email", "app_grant", "grant_token", "code", "token", "refresh_family")
WRITES = [kind for kind in KINDS if kind.name in ("exchange", "refresh")]
CONNECTIONS = 8


def sqlite_sizes(folder, size):
    path = folder / "llavero.db"
    subprocess.run([str(BUILT / "fill"), f"sqlite:{path}", str(size["users"]), str(size["tokens"]),
                    str(size["codes"]), str(size["refresh"]), "1000", str(folder)], check=True)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        bytes_of = dict(db.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name"))
        found = {}
        for name in TABLES:
            [[rows]] = db.execute(f"SELECT COUNT(*) FROM {name}")
            indexes = [index for index, in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?", (name,))]
            found[name] = (bytes_of[name] / rows,
                           {index: bytes_of[index] / rows for index in indexes if index in bytes_of})
        return found


def postgres_sizes(database):
    found = {}
    for name in TABLES:
        [[rows, size]] = database.ask(f"SELECT COUNT(*), pg_table_size('{name}') FROM {name}",
                                      "filled")
        indexes = database.ask("SELECT indexrelid::regclass::text, pg_relation_size(indexrelid)"
                               f" FROM pg_index WHERE indrelid = '{name}'::regclass ORDER BY 1",
                               "filled")
        found[name] = (int(size) / int(rows),
                       {index: int(bytes_) / int(rows) for index, bytes_ in indexes})
    return found


def log_position(database):
    [[position]] = database.ask("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
    return int(position)


def resident_of_connections(database):
    """Bytes that each of the server's processes for a connection has for itself."""
    pids = [pid for pid, in database.ask(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'llavero'")]
    return [1024 * int(line.split()[1]) for pid in pids
            for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("RssAnon")]


def writes_of(nodes, database, binary, kind, images):
    """One run on a fresh copy. `images`: with those of whole pages, after a checkpoint."""
    database.ask(f"ALTER SYSTEM SET full_page_writes = {'on' if images else 'off'}")
    database.ask("SELECT pg_reload_conf()")
    database.copy()
    nodes.begin(binary, 1, CONNECTIONS)
    try:
        # statements are prepared and ids leased, for which all workers queue at once
        nodes.measure(kind, 0.2, keep=False)
        begun = log_position(database)
        nodes.measure(kind, nodes.size["seconds"])
        wrote = log_position(database) - begun
        kept = resident_of_connections(database)
        mine = [server.memory_mb()["RssAnon"] * 2**20 for server in nodes.server.servers]
    finally:
        nodes.server.stop()
    result = nodes.results[kind.name][-1]
    if result["errors"]:
        raise Failure(f"{kind.what}: unexpected reply\n{result['unexpected']}")
    return {"requests": result["requests"], "per_second": result["per_second"],
            "log": wrote / result["requests"], "cpu_us": result["cpu_us"],
            "database_us": result["database_us"], "connection": statistics.median(kept),
            "process": sum(mine)}


def show_sizes(sqlite, postgres_):
    rows = [("table or index", "SQLite B/row", "PostgreSQL B/row")]
    for name in TABLES:
        rows.append((name, f"{sqlite[name][0]:.0f}", f"{postgres_[name][0]:.0f}"))
        indexes = sorted({**sqlite[name][1], **postgres_[name][1]})
        for index in indexes:
            cells = [f"{side[name][1][index]:.0f}" if index in side[name][1] else ""
                     for side in (sqlite, postgres_)]
            rows.append((f"  {index}", *cells))
    print(table.columns(rows, "<>>"))


def show_writes(rows):
    cells = [("on PostgreSQL", "page images", "requests", "log B/req", "llavero us", "database us",
              "req/s", "MB/connection", "MB/llavero")]
    for kind, images, row in rows:
        cells.append((kind.what, "yes" if images else "no", f"{row['requests']:,}",
                      f"{row['log']:,.0f}", f"{row['cpu_us']:.0f}", f"{row['database_us']:.0f}",
                      f"{row['per_second']:,.0f}", f"{row['connection'] / 2**20:.1f}",
                      f"{row['process'] / 2**20:.1f}"))
    print(table.columns(cells, "<<>>>>>>>"))


def run(args):
    """Prints both tables."""
    size = QUICK if args.quick else FULL
    if not postgres.is_there():
        raise Failure("PostgreSQL is not installed")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="llavero-sizes-", dir=on_postgres.PLACE))
    folder.chmod(0o711)  # the server's user goes through it
    for name in ("sqlite", "llavero"):
        (folder / name).mkdir()
    try:
        say("filling SQLite")
        sqlite = sqlite_sizes(folder / "sqlite", size)
        with on_postgres.Database(folder / "pg", on_postgres.SETTINGS) as database:
            nodes = on_postgres.Nodes(folder / "llavero", size, database)
            say("filling PostgreSQL")
            nodes.fill(size["tokens"])
            sizes = postgres_sizes(database)
            rows = [(kind, images, writes_of(nodes, database, args.binary, kind, images))
                    for kind in WRITES for images in (False, True)]
    finally:
        shutil.rmtree(folder)
    print(f"{size['users']:,} users with a grant each, {size['tokens']:,} tokens, {size['codes']:,} "
          f"codes, {size['refresh']:,} refresh tokens\n")
    show_sizes(sqlite, sizes)
    print()
    show_writes(rows)
    return 0
