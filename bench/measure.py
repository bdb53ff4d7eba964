"""Starts servers on one processor, loads them from another, and reads what they used."""
import json
import os
import pathlib
import resource
import select
import signal
import socket
import subprocess
import time

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PROCESSORS = sorted(os.sched_getaffinity(0))
SERVER_CPU, LOAD_CPU = PROCESSORS[0], PROCESSORS[-1]
# Of a database and of whoever uses it: as if each had a machine of its own.
DATABASE_CPUS = set(PROCESSORS[:max(1, len(PROCESSORS) // 2)])
CLIENT_CPUS = set(PROCESSORS) - DATABASE_CPUS or DATABASE_CPUS
READY_WITHIN_S = 300


class Failure(Exception):
    """The bench cannot go on; the text says why."""


def pin(cpus):
    return lambda: os.sched_setaffinity(0, cpus)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A server process that prints a line beginning with "ready " once it takes requests."""

    def __init__(self, argv, log, env=None, cpus=frozenset({SERVER_CPU})):
        self.log = pathlib.Path(log)
        begun = time.monotonic()
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=errors,
                                            env=dict(os.environ, **(env or {})),
                                            preexec_fn=pin(cpus))
        self.pid = self.process.pid
        try:
            self.wait_ready(begun + READY_WITHIN_S)
        except BaseException:
            self.stop()
            raise
        self.start_ms = (time.monotonic() - begun) * 1000

    def wait_ready(self, until):
        fd, seen = self.process.stdout.fileno(), b""
        while not (seen.startswith(b"ready ") or b"\nready " in seen):
            readable, _, _ = select.select([fd], [], [], max(0, until - time.monotonic()))
            more = os.read(fd, 65536) if readable else b""
            if not more:
                raise Failure("a server did not become ready: " + " ".join(self.process.args) +
                              "\n" + self.log.read_text(errors="replace")[-2000:])
            seen += more

    def how_it_is(self):
        time.sleep(0.2)
        if self.process.poll() is None:
            return "; the server still runs"
        return (f"; the server has ended with status {self.process.returncode}\n" +
                self.log.read_text(errors="replace")[-2000:])

    def cpu_s(self):
        """(user, system) seconds of all its threads so far."""
        after_name = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return int(after_name[11]) * TICK_S, int(after_name[12]) * TICK_S

    def memory_mb(self):
        """Resident memory: all of it, and what of it is no mapped file."""
        found = {}
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in ("VmRSS", "RssAnon", "RssFile"):
                found[name] = int(value.split()[0]) / 1024
        return found

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Group:
    """Servers that share a load, as one."""

    def __init__(self, servers):
        self.servers = servers

    def cpu_s(self):
        return tuple(map(sum, zip(*(server.cpu_s() for server in self.servers))))

    def how_it_is(self):
        return "".join(server.how_it_is() for server in self.servers)

    def stop(self):
        for server in self.servers:
            server.stop()


def all_user_s():
    """Seconds that programs have run for on all processors, other virtual machines among them."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()
    user, nice, stolen = int(fields[1]), int(fields[2]), int(fields[8])
    return (user + nice + stolen) * TICK_S


def wait_until_quiet(most_s):
    """Waits until other programs use less than a tenth of a processor for a second; gives what is
    left of `most_s`."""
    begun = time.monotonic()
    while time.monotonic() - begun < most_s:
        user = all_user_s()
        time.sleep(1)
        if all_user_s() - user < 0.1:
            break
    return max(0.0, most_s - (time.monotonic() - begun))


class Lines:
    """A file of equally long lines, taken from the front."""

    def __init__(self, path):
        self.data = pathlib.Path(path).read_bytes()
        self.width = self.data.index(b"\n") + 1
        self.at = 0

    def write_rest(self, path, every_other_is_bad=False, most=None):
        if self.at >= len(self.data):
            raise Failure("the bench ran out of codes: the server is faster than was expected")
        rest = self.data[self.at:][:most * self.width if most else None]
        if every_other_is_bad:
            rest = b"".join(line + os.urandom(self.width // 2).hex().encode()[:self.width - 1]
                            + b"\n" for line in rest.splitlines(keepends=True))
        with open(path, "wb") as out:
            out.write(rest)
            out.flush()
            os.fsync(out.fileno())  # or whoever is measured waits for it with its own first sync

    def take(self, n):
        self.at += n * self.width


class Watch:
    """What is used while something runs. `server` and `database` have cpu_s(); a database's time is
    given apart."""

    def __init__(self, server=None, database=None):
        self.parts = [part for part in (server, database) if part]
        self.server, self.database = server, database
        self.before = self.now()
        self.begun = time.monotonic()

    def now(self):
        return {"all": all_user_s(), "child": resource.getrusage(resource.RUSAGE_CHILDREN),
                **{part: part.cpu_s() for part in self.parts}}

    def add_to(self, result):
        """Puts into `result`, which has "requests", what was used since."""
        took, before, after = time.monotonic() - self.begun, self.before, self.now()
        used = {part: sum(after[part]) - sum(before[part]) for part in self.parts}
        others = after["all"] - before["all"]
        others -= after["child"].ru_utime - before["child"].ru_utime
        others -= sum(after[part][0] - before[part][0] for part in self.parts)
        each = 1e6 / max(1, result["requests"])
        result["others_busy"] = max(0.0, others / took)
        if self.server:
            result.update(cpu_us=used[self.server] * each, server_busy=used[self.server] / took)
        if self.database:
            result["database_us"] = used[self.database] * each


def load(program, server, port, seconds, request, lines, connections, database=None,
         cpus=frozenset({LOAD_CPU}), most=0, patience_s=5):
    """One run of the load generator. `port`: several, with commas, have a share each. `request`:
    method, path, header, body, and a text that a good reply has. `most`: how many are sent, 0 any
    number. Gives its counts with the server's
    processor time, and what other programs took."""
    method, path, header, body, expect = request
    watch = Watch(server, database)
    run = subprocess.run([str(program), str(port), str(connections), str(seconds), method, path,
                          header, body, str(lines), expect, str(most), str(patience_s)],
                         capture_output=True, text=True, check=False, preexec_fn=pin(cpus))
    if run.returncode not in (0, 3):
        raise Failure(f"{method} {path}: {run.stderr.strip()}{server.how_it_is()}")
    result = json.loads(run.stdout)
    watch.add_to(result)
    result["unexpected"] = run.stderr.strip()
    return result


def connect_idle(port, n):
    """Opens n keep-alive connections, each of which has had one reply."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    n = min(n, hard - 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, n + 200)), hard))
    connections = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(n)]
    ask_each(connections)
    return connections


def ask_each(connections):
    """One reply for each connection: a Failure when one is no longer open."""
    for s in connections:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        if not s.recv(4096).startswith(b"HTTP/1.1 200 "):
            raise Failure("/healthz of an idle connection was not answered with 200")


def syncs_per_second(folder, seconds):
    """How often a second this file system makes an appended page durable."""
    path, done = pathlib.Path(folder) / "sync", 0
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            os.write(fd, b"x" * 4096)
            os.fdatasync(fd)
            done += 1
        return done / (time.monotonic() - begun)
    finally:
        os.close(fd)
        path.unlink()
