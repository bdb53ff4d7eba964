"""Where a test's server keeps its data: SQLite in its folder, or, when LLAVERO_TEST_DATABASE names one
(tests/postgres.py), a database of its own on a PostgreSQL server. The tests are the same for both."""

import contextlib
import os
import pathlib
import sqlite3
import subprocess
import uuid

SERVER = os.environ.get("LLAVERO_TEST_DATABASE", "")
ON_POSTGRES = SERVER != ""
TEMPLATE = f"template_{os.getpid()}"
made = set()
urls = {}  # of the databases that were made, by the folder they stand for


def url_of_database(name):
    return SERVER.replace("DATABASE", name)


def connect(url):
    import psycopg2
    return psycopg2.connect(url)


def ask_server(text):
    """On the server's own database, outside a transaction."""
    connection = connect(url_of_database("postgres"))
    connection.autocommit = True
    connection.cursor().execute(text)
    connection.close()


def make_template(binary):
    ask_server(f"CREATE DATABASE {TEMPLATE}")
    subprocess.run([binary, "migrate", "--database", url_of_database(TEMPLATE)], check=True,
                   capture_output=True, timeout=60)
    made.add(TEMPLATE)


def url_of(data, binary):
    """Of the database that stands for the file in the folder `data`; made when it is asked for first."""
    folder = str(pathlib.Path(data).resolve())
    if folder not in urls:
        if TEMPLATE not in made:
            make_template(binary)
        name = f"test_{uuid.uuid4().hex}"
        ask_server(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        urls[folder] = url_of_database(name)
    return urls[folder]


def make_empty(data):
    """An empty database for the folder `data`, instead of a copy of the usual one."""
    name = f"test_{uuid.uuid4().hex}"
    ask_server(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    return urls.setdefault(str(pathlib.Path(data).resolve()), url_of_database(name))


def share(data, other):
    """The folder `other` gets the database of `data`: two nodes."""
    urls[str(pathlib.Path(other).resolve())] = urls[str(pathlib.Path(data).resolve())]


def as_setting(data):
    """The value of the setting `database` for another server on the database of a folder."""
    return urls[str(pathlib.Path(data).resolve())] if ON_POSTGRES else f"sqlite:{data}/llavero.db"


def environment(data, binary):
    """What makes a program keep its data there."""
    return {"LLAVERO_DATABASE": url_of(data, binary)} if ON_POSTGRES else {}


class Statements:
    """sqlite3's way to ask, of another engine."""

    def __init__(self, connection):
        self.cursor = connection.cursor()

    def execute(self, text, values=()):
        self.cursor.execute(text.replace("%", "%%").replace("?", "%s"), tuple(values))
        return self.cursor

    def executemany(self, text, rows):
        self.cursor.executemany(text.replace("%", "%%").replace("?", "%s"), list(rows))
        return self.cursor


@contextlib.contextmanager
def opened(data):
    """The database of a folder, for SQL of a test's own; what it changes is committed at the end."""
    url = urls.get(str(pathlib.Path(data).resolve()))
    if url:
        connection = connect(url)
        db = Statements(connection)
    else:
        connection = db = sqlite3.connect(pathlib.Path(data) / "llavero.db", timeout=60)
    try:
        yield db
        connection.commit()
    finally:
        connection.close()


def columns(db, table):
    if ON_POSTGRES:
        db.execute("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
                   " AND table_name = ? ORDER BY ordinal_position", (table,))
        return [row[0] for row in db.cursor.fetchall()]
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


def contents(data):
    """(name, bytes) of everything that is stored, to be searched for what must not be."""
    if not ON_POSTGRES:
        return [(path.name, path.read_bytes()) for path in pathlib.Path(data).glob("llavero.db*")]
    found = []
    with opened(data) as db:
        db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for table, in db.cursor.fetchall():
            db.execute(f"SELECT * FROM {table}")
            values = (value for row in db.cursor.fetchall() for value in row)
            found.append((table, b"\n".join(
                bytes(value) if isinstance(value, memoryview) else str(value).encode()
                for value in values)))
    return found


def forget(data):
    url = urls.pop(str(pathlib.Path(data).resolve()), None)
    if url and ON_POSTGRES and url not in urls.values():
        name = url[len(SERVER.split("DATABASE")[0]):].split("?")[0]
        ask_server(f"DROP DATABASE {name} WITH (FORCE)")
