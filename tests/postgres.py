#!/usr/bin/env python3
"""A PostgreSQL server for tests: in a folder of its own, reached by a socket there and no network.

    tests/postgres.py run COMMAND...   starts one, runs COMMAND with LLAVERO_TEST_DATABASE, stops it
    tests/postgres.py start FOLDER     starts one in FOLDER and prints its LLAVERO_TEST_DATABASE
    tests/postgres.py stop FOLDER      stops it and removes FOLDER

LLAVERO_TEST_DATABASE is a URL with the word DATABASE where the name of a database goes.
"""

import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

OWNER = "postgres"  # who runs it when we are root, which PostgreSQL refuses to be
# Nothing here has to survive the power, and many small servers' connections must fit.
SETTINGS = {"listen_addresses": "", "max_connections": "300", "fsync": "off",
            "full_page_writes": "off", "shared_buffers": "64MB", "wal_level": "minimal",
            "max_wal_senders": "0", "autovacuum": "off", "log_min_messages": "warning"}


def program(name):
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
                   key=lambda p: int(p.parts[-3]))
    return str(found[-1]) if found else shutil.which(name)


def is_there():
    return program("initdb") is not None and program("pg_ctl") is not None


class Postgres:
    """One server. Its databases are made by `create`, each a copy of `template` if that is given."""

    def __init__(self, folder=None, settings=None):
        """`settings`: instead of SETTINGS."""
        self.settings = SETTINGS if settings is None else settings
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="llavero-pg-"))
        self.folder.mkdir(exist_ok=True)
        self.data = self.folder / "data"

    def _run(self, *words):
        """As a user who is not root. What the server inherits is no pipe of ours."""
        if os.geteuid() == 0:
            words = ("runuser", "-u", OWNER, "--", *words)
        with open(self.folder / "output", "ab") as output:
            subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=output,
                           stderr=output, cwd=self.folder, timeout=120)

    def _control(self, *words):
        self._run(program("pg_ctl"), "-s", "-w", "-D", str(self.data), *words)

    def start(self):
        if not self.data.exists():
            if os.geteuid() == 0:
                owner = pwd.getpwnam(OWNER)
                os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._run(program("initdb"), "-D", str(self.data), "-U", "llavero", "-A", "trust",
                      "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
            with open(self.data / "postgresql.conf", "a", encoding="ascii") as settings:
                for name, value in {**self.settings, "unix_socket_directories": self.folder}.items():
                    settings.write(f"{name} = '{value}'\n")
        self._control("-l", str(self.folder / "log"), "start")
        return self

    def stop(self, mode="fast"):
        """`mode` "immediate" is a crash."""
        self._control("-m", mode, "stop")

    def remove(self):
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder)

    @property
    def url(self):
        return f"postgres://llavero@/DATABASE?host={self.folder}"


def sql(url, text):
    """Runs SQL; the rows as lists of text. Not through a shell: `text` is our own."""
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1",
                           "-d", url, "-c", text], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"})
    assert done.returncode == 0, done.stderr
    return [line.split("\x1f") for line in done.stdout.splitlines()]


def main(words):
    if len(words) == 2 and words[0] == "start":
        print(Postgres(words[1]).start().url)
    elif len(words) == 2 and words[0] == "stop":
        Postgres(words[1]).remove()
    elif len(words) > 1 and words[0] == "run":
        server = Postgres().start()
        try:
            env = {**os.environ, "LLAVERO_TEST_DATABASE": server.url}
            return subprocess.run(words[1:], env=env, check=False).returncode
        finally:
            server.remove()
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
