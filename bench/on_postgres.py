"""Measures llavero on PostgreSQL beside pgbench, which sends the same statements: ./dev bench.

PostgreSQL runs with what makes commits durable, in a folder of its own and on one half of the
processors. The other half is for whoever uses it: llavero with its load generator, or pgbench. The
two take turns on the same tables, which are the same at the start of each row; every exchange has a
code of its own. llavero does a whole request (HTTP, all checks, the token), pgbench sends what the
database is sent for it and does nothing else.

A worker of llavero has one connection to the database, so its workers are counted in connections.
With three nodes each has as many; pgbench has as many as they have together. For each connection
there are four of HTTP, so that each has something to do. The request log is off: it takes the first
600 requests a minute of each worker, in a commit of its own, which is most of what a short round is.
"""
import http.client
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import measure
import sent
import table
from measure import Failure
from sides import BUILT, KINDS, Llavero, say

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests"))
import postgres  # noqa: E402

# Everything else is as PostgreSQL has it, above all what makes a commit durable.
SETTINGS = {"listen_addresses": "", "max_connections": "200", "shared_buffers": "256MB",
            "log_min_messages": "warning", "log_line_prefix": sent.LOG_LINE_PREFIX}
TOLD = ("fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers",
        "autovacuum", "default_transaction_isolation")
# Not in /tmp, which may be memory; the server's own user has to get there too.
PLACE = "/var/tmp"
HTTP_EACH = 4
GOAL = 0.7

USUAL = {"users": 50_000, "tokens": 100_000, "codes": 400_000, "refresh": 0, "seconds": 2,
         "warm_s": 1, "rounds": 5, "sync_s": 1.0}
QUICK = {"users": 2_000, "tokens": 5_000, "codes": 40_000, "refresh": 0, "seconds": 1,
         "warm_s": 0, "rounds": 1, "sync_s": 0.1}
KIND = {kind.name: kind for kind in KINDS}
# kind, nodes, connections of each
PLAN = [*(("exchange", nodes, n) for nodes in (1, 3) for n in (1, 8, 32)),
        ("check", 1, 8), ("introspect", 1, 8)]
TABLE_OF = {"exchange": "code", "check": "token", "introspect": "token"}


class Database(postgres.Postgres):
    def __enter__(self):
        mine = os.sched_getaffinity(0)
        os.sched_setaffinity(0, measure.DATABASE_CPUS)
        try:
            self.start()
        finally:
            os.sched_setaffinity(0, mine)
        return self

    def __exit__(self, *_):
        self.remove()

    def named(self, name):
        return self.url.replace("DATABASE", name)

    def ask(self, text, name="postgres"):
        return postgres.sql(self.named(name), text)

    def copy(self):
        """The filled database again, as it was."""
        self.ask("DROP DATABASE IF EXISTS run")
        self.ask("CREATE DATABASE run TEMPLATE filled")
        self.ask("CHECKPOINT")

    def log_statements(self, which):
        self.ask(f"ALTER SYSTEM SET log_statement = '{which}'")
        self.ask("SELECT pg_reload_conf()")
        time.sleep(0.3)

    def log(self):
        return self.folder / "log"

    def cpu_s(self):
        """(user, system) seconds of the server's processes, those that have ended among them."""
        pid = (self.data / "postmaster.pid").read_text().split()[0]
        user = system = 0
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if path.parent.name == pid:
                user, system = user + int(fields[13]), system + int(fields[14])
            if pid in (path.parent.name, fields[1]):
                user, system = user + int(fields[11]), system + int(fields[12])
        return user * measure.TICK_S, system * measure.TICK_S


class Nodes(Llavero):
    """llavero on PostgreSQL: one process or several."""

    def __init__(self, folder, size, database):
        super().__init__("llavero", folder, size)
        self.database = database
        self.shared = {"database": database, "cpus": measure.CLIENT_CPUS}

    def fill(self, tokens):
        self.database.ask("CREATE DATABASE filled")
        self.run_fill(self.database.named("filled"), tokens)
        self.database.ask("VACUUM ANALYZE", "filled")

    def argv_of(self, binary, port, workers):
        return [str(binary), "serve", "--listen", f"127.0.0.1:{port}", "--database",
                self.database.named("run"), "--data", str(self.folder), "--workers",
                str(workers), "--log-level", "error", "--log-per-minute", "0"]

    def begin(self, binary, nodes, workers):
        """Starts so many nodes."""
        ports, started = [measure.free_port() for _ in range(nodes)], []
        self.server = measure.Group(started)
        for port in ports:
            started.append(measure.Server(self.argv_of(binary, port, workers),
                                          self.folder / "log", cpus=measure.CLIENT_CPUS))
        self.port = ",".join(map(str, ports))
        self.connections = nodes * workers * HTTP_EACH
        self.results = {kind.name: [] for kind in KINDS}
        self.read_files()

    def ask_once(self, kind, line):
        """One request, whose reply must be a good one."""
        method, path, header, body, expect = self.request(kind)
        name, _, value = header.replace("@", line).partition(": ")
        connection = http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=10)
        connection.request(method, path, body.replace("@", line) or None, {
            name: value, "Content-Type": "application/x-www-form-urlencoded"})
        reply = connection.getresponse().read().decode()
        connection.close()
        if expect not in reply:
            raise Failure(f"{method} {path}: unexpected reply\n{reply}")


def rows_of(database, name):
    """(first, step, count) of the ids of a filled table: whoever fills it counts up."""
    first, last, count = map(int, database.ask(f"SELECT MIN(id), MAX(id), COUNT(*) FROM {name}",
                                               "filled")[0])
    step = (last - first) // (count - 1)
    [[odd]] = database.ask(f"SELECT COUNT(*) FROM {name} WHERE (id - {first}) % {step} <> 0",
                           "filled")
    if first + step * (count - 1) != last or int(odd):
        raise Failure(f"the ids of table {name} are not evenly spaced")
    return first, step, count


def sample(nodes, database, binary, kind):
    """The database's logs of some requests, one after the other. The first ones are not looked at:
    they prepare what the next ones use."""
    database.copy()
    nodes.begin(binary, 1, 1)
    try:
        lines, logs = (nodes.folder / KIND[kind].lines).read_text().splitlines(), []
        for number, line in enumerate(lines[:sent.SAMPLES + 2]):
            if number == 1:
                database.log_statements("all")
            begun = database.log().stat().st_size
            nodes.ask_once(kind, line)
            logs.append(database.log().read_text(errors="replace")[begun:])
    finally:
        nodes.server.stop()
        database.log_statements("none")
    return logs[2:]


def script_of(nodes, database, binary, kind):
    """What pgbench is to send for a request of this kind, and the values of its variables."""
    name = TABLE_OF[kind]
    first, step, count = rows_of(database, name)

    def row_of(key):
        columns = "id, account_id, grant_id" + (", token_id" if name == "code" else "")
        found = database.ask(f"SELECT {columns} FROM {name} WHERE id = {key}", "filled")
        if not found:
            raise Failure(f"{key} is not the id of a {name}")
        return dict(zip(columns.split(", "), found[0]))

    script = sent.Script(sample(nodes, database, binary, kind), row_of)
    if kind == "exchange":
        # Each client takes every so many-th code.
        choose = (f"\\set n :n + 1\n"
                  f"\\set id {first} + {step} * (:begin + :n * :clients + :client_id)")
    else:
        choose = f"\\set id {first} + {step} * random(0, {count - 1})"
    (nodes.folder / f"{kind}.sql").write_text(script.text(choose))
    return script.constants


class Pgbench:
    """pgbench with the script of one kind."""

    def __init__(self, folder, database, kind, constants):
        self.folder, self.database, self.kind = folder, database, kind
        self.constants, self.results = constants, []
        self.first, self.step = rows_of(database, TABLE_OF[kind])[:2]

    def measure(self, seconds, clients, begin, keep=True):
        """Gives how many rows it went on by, from `begin` on."""
        for old in self.folder.glob("pgbench_log.*"):
            old.unlink()
        settings = {**self.constants, "clients": clients, "begin": begin, "n": -1}
        watch = measure.Watch(database=self.database)
        run = subprocess.run(
            [postgres.program("pgbench"), "-n", "-M", "prepared", "-f",
             str(self.folder / f"{self.kind}.sql"), "-c", str(clients), "-j",
             str(min(clients, len(measure.CLIENT_CPUS))), "-T", str(max(1, round(seconds))), "-l",
             *(word for name, value in settings.items() for word in ("-D", f"{name}={value}")),
             self.database.named("run")],
            cwd=self.folder, capture_output=True, text=True, check=False,
            preexec_fn=measure.pin(measure.CLIENT_CPUS))
        rate = re.search(r"^tps = ([\d.]+)", run.stdout, re.M)
        done = re.search(r"actually processed: (\d+)", run.stdout)
        if run.returncode != 0 or not rate or not done:
            raise Failure(f"pgbench: {run.stderr.strip()[-2000:]}")
        result = {"requests": int(done[1]), "per_second": float(rate[1]), **self.latencies()}
        watch.add_to(result)
        if keep:
            self.results.append(result)
        return self.check(int(done[1]), begin) if self.kind == "exchange" else 0

    def latencies(self):
        taken = sorted(int(line.split()[2]) for path in self.folder.glob("pgbench_log.*")
                       for line in path.read_text().splitlines())
        return {name: taken[int(part * (len(taken) - 1))] / 1000
                for name, part in (("p50_ms", 0.50), ("p99_ms", 0.99), ("p999_ms", 0.999))}

    def check(self, done, begin):
        """Every transaction has taken a code and written its token."""
        last, taken, issued = map(int, self.database.ask(
            f"SELECT MAX(c.id), COUNT(*), COUNT(t.id) FROM code c LEFT JOIN token t"
            f" ON t.id = c.token_id WHERE c.consumed_at IS NOT NULL"
            f" AND c.id >= {self.first + self.step * begin}", "run")[0])
        if not done == taken == issued:
            raise Failure(f"pgbench did {done} exchanges; {taken} codes are used, and {issued} of "
                          "them have a token")
        return (last - self.first) // self.step + 1 - begin


def take_turns(nodes, pgbench, kind, clients, size):
    """Rounds of both by turns; codes go out in their order, whoever takes them."""
    codes = nodes.once["codes"]

    def one(seconds, keep):
        nodes.measure(kind, seconds, keep)
        codes.take(pgbench.measure(seconds, clients, codes.at // codes.width, keep))

    if size["warm_s"]:
        one(size["warm_s"], False)
    for number in range(size["rounds"]):
        one(size["seconds"], True)
        ours, theirs = nodes.results[kind.name][-1], pgbench.results[-1]
        say(f"PostgreSQL, {kind.what}, over {clients}, round {number + 1}: llavero "
            f"{ours['per_second']:,.0f}/s, pgbench {theirs['per_second']:,.0f}/s, others' cpu "
            f"{max(ours['others_busy'], theirs['others_busy']):.0%}")


def medians(rounds):
    names = ("per_second", "p50_ms", "p99_ms", "p999_ms", "database_us", "others_busy")
    return {**{name: statistics.median(r[name] for r in rounds) for name in names},
            "rounds": rounds}


def row_of(nodes, database, binary, plan, constants):
    kind, n, connections = KIND[plan[0]], plan[1], plan[2]
    pgbench = Pgbench(nodes.folder, database, kind.name, constants)
    database.copy()
    nodes.begin(binary, n, connections)
    try:
        take_turns(nodes, pgbench, kind, n * connections, nodes.size)
    finally:
        nodes.server.stop()
    ours, theirs = nodes.results[kind.name], pgbench.results
    return {"what": kind.what, "nodes": n, "connections": connections,
            "llavero": medians(ours), "pgbench": medians(theirs),
            "ratio": statistics.median(a["per_second"] / b["per_second"]
                                       for a, b in zip(ours, theirs)),
            "errors": sum(r["errors"] for r in ours),
            "unexpected": next((r["unexpected"] for r in ours if r["errors"]), "")}


def figure_of(row):
    nodes = "1 node" if row["nodes"] == 1 else f"{row['nodes']} nodes"
    each = "" if row["nodes"] == 1 else " each"
    return table.figure(f"{row['what']}, PostgreSQL, {nodes}, {row['connections']} "
                        f"connection{'s' * (row['connections'] > 1)}{each}, against pgbench",
                        row["ratio"], " x", GOAL, least=True)


def measure_all(nodes, database, binary, report):
    version = database.ask("SHOW server_version")[0][0].split()[0]
    settings = {name: database.ask(f"SHOW {name}")[0][0] for name in TOLD}
    report["postgres"] = {"version": version, "settings": settings, "rows": []}
    report["figures"].append(table.figure(
        f"fdatasync of {PLACE}", measure.syncs_per_second(nodes.folder, nodes.size["sync_s"]),
        "/s", None))
    nodes.fill(nodes.size["tokens"])
    say(f"filled PostgreSQL {version} in {nodes.filled_s:.1f} s")
    constants = {kind: script_of(nodes, database, binary, kind) for kind in TABLE_OF}
    report["postgres"]["scripts"] = {kind: (nodes.folder / f"{kind}.sql").read_text()
                                     for kind in TABLE_OF}
    for plan in PLAN:
        row = row_of(nodes, database, binary, plan, constants[plan[0]])
        report["postgres"]["rows"].append(row)
        report["figures"].append(figure_of(row))


def run(args, report):
    """Adds what was measured to `report`."""
    if not postgres.is_there() or not postgres.program("pgbench"):
        say("PostgreSQL or pgbench is not installed: its rows are left out")
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="llavero-bench-", dir=PLACE))
    folder.chmod(0o711)  # the server's user goes through it
    ours = folder / "llavero"
    ours.mkdir()
    try:
        with Database(folder / "pg", SETTINGS) as database:
            measure_all(Nodes(ours, QUICK if args.quick else USUAL, database), database,
                        args.binary, report)
    finally:
        shutil.rmtree(folder)


def show(part):
    """Prints the part of the report. The number of unexpected replies."""
    settings = ", ".join(f"{name} {value}" for name, value in part["settings"].items())
    print(f"PostgreSQL {part['version']}: {settings}\n\n{table.of_pairs(part['rows'])}\n")
    print("llavero answers whole requests, four at once for each connection to the database;\n"
          "pgbench sends the same statements over as many connections, one after the other.\n"
          "'db us' is what the database used of a processor for each; the request log is off.\n")
    for row in part["rows"]:
        if row["errors"]:
            print(f"{row['what']}, PostgreSQL: {row['errors']} unexpected replies\n"
                  f"{row['unexpected']}\n")
    return sum(row["errors"] for row in part["rows"])
