"""Machines for a drill: network namespaces on two bridges, of which three have etcd, Patroni and PostgreSQL,
and some llavero. All of it lives in namespaces of the drill's own (drill.py), and ends with them."""

import contextlib
import json
import os
import pathlib
import pwd
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from postgres import OWNER, program  # noqa: E402

# What the databases agree by, and what clients and standbys talk to, so that one can be cut alone.
CONTROL, DATA = "10.77.1", "10.77.2"
DRILL = 254
NOWHERE = "02:00:00:00:00:01"  # the hardware address of nobody
DISK = "256m"
WAIT_S = 120


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, timeout=WAIT_S, check=False, **options)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def until(holds, what, seconds=WAIT_S):
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)
    return found


def make_bridges():
    run("ip", "link", "set", "lo", "up")
    for name, net in (("control", CONTROL), ("data", DATA)):
        run("ip", "link", "add", name, "type", "bridge")
        run("ip", "address", "add", f"{net}.{DRILL}/24", "dev", name)
        run("ip", "link", "set", name, "up")


class Machine:
    """One namespace with an address on both bridges."""

    def __init__(self, name, number, folder):
        self.name, self.number, self.folder = name, number, folder / name
        self.folder.mkdir()
        self.control, self.data = f"{CONTROL}.{number}", f"{DATA}.{number}"
        self.logs = {}
        run("ip", "netns", "add", name)
        self.run("ip", "link", "set", "lo", "up")
        for bridge, device, address in (("control", "eth0", self.control), ("data", "eth1", self.data)):
            outer = f"{name}-{bridge[0]}"
            run("ip", "link", "add", outer, "type", "veth", "peer", "name", device, "netns", name)
            run("ip", "link", "set", outer, "master", bridge, "up")
            self.run("ip", "address", "add", f"{address}/24", "dev", device)
            self.run("ip", "link", "set", device, "up")

    def run(self, *words):
        return run("ip", "netns", "exec", self.name, *words)

    def start(self, name, *words, env=None):
        """A process of the machine; what it says goes to a file beside its folder."""
        path = self.folder.parent / f"{self.name}-{name}.log"
        self.logs[name] = path
        with open(path, "ab") as log:
            return subprocess.Popen(["ip", "netns", "exec", self.name, *words], stdout=log, stderr=log,
                                    stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})})

    def processes(self, *names):
        """Ids of what runs here, of all or of those with one of these names."""
        found = []
        for pid in map(int, run("ip", "netns", "pids", self.name).split()):
            with contextlib.suppress(OSError):
                name = pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()
                if not names or name in names:
                    found.append(pid)
        return sorted(found)

    def signal(self, number, *names):
        """Until nothing new has come meanwhile: a postmaster may be starting a process."""
        sent = set()
        while left := set(self.processes(*names)) - sent:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            sent |= left

    def _far_side(self, other, net):
        return ("eth0", other.control) if net == CONTROL else ("eth1", other.data)

    def cut(self, other, nets=(CONTROL, DATA)):
        """Nothing that either sends arrives, and nobody is told."""
        for net in nets:
            for one, two in ((self, other), (other, self)):
                device, address = one._far_side(two, net)
                one.run("ip", "neigh", "replace", address, "lladdr", NOWHERE, "dev", device,
                        "nud", "permanent")

    def mend(self, other, nets=(CONTROL, DATA)):
        for net in nets:
            for one, two in ((self, other), (other, self)):
                device, address = one._far_side(two, net)
                with contextlib.suppress(AssertionError):  # it was not cut
                    one.run("ip", "neigh", "del", address, "dev", device)


# The least that Patroni takes. A primary that crashed is not waited for: its standby takes over.
DYNAMIC = {"ttl": 20, "loop_wait": 1, "retry_timeout": 3, "primary_start_timeout": 0,
           "maximum_lag_on_failover": 100 << 20, "synchronous_mode": True,
           "synchronous_mode_strict": True,
           "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": {
               "max_connections": 100, "max_wal_size": "64MB", "min_wal_size": "8MB",
               "wal_keep_size": "48MB", "autovacuum": "off"}}}


class DatabaseMachine(Machine):
    """One of three with etcd, Patroni and PostgreSQL, on a small disk of its own."""

    def __init__(self, number, folder, names):
        super().__init__(f"db{number}", number, folder)
        self.names = names
        owner = pwd.getpwnam(OWNER)
        run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700,uid={owner.pw_uid},gid={owner.pw_gid}",
            "tmpfs", str(self.folder))
        self.etcd = folder / f"{self.name}-etcd"
        self.etcd.mkdir()
        os.chown(self.etcd, owner.pw_uid, owner.pw_gid)
        self.config = folder / f"{self.name}.yml"
        self.config.write_text(json.dumps(self._patroni()), encoding="utf-8")

    def _patroni(self):
        trusted = "10.77.0.0/16"
        return {
            "scope": "llavero", "name": self.name,
            "restapi": {"listen": f"{self.control}:8008", "connect_address": f"{self.control}:8008"},
            # not etcd3: Patroni 3.0.2 overwrites another's leader key there when it wakes up after its own
            # has run out, and what was committed meanwhile is rewound
            "etcd": {"hosts": [f"{CONTROL}.{n}:2379" for n in self.names.values()]},
            "bootstrap": {"dcs": DYNAMIC,
                          "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, {"wal-segsize": "1"}]},
            "postgresql": {
                "listen": f"{self.data}:5432", "connect_address": f"{self.data}:5432",
                "data_dir": str(self.folder / "data"), "bin_dir": os.path.dirname(program("initdb")),
                "pgpass": str(self.folder / "pgpass"),
                "parameters": {"unix_socket_directories": str(self.folder)},
                "pg_hba": ["local all all trust", f"host all all {trusted} trust",
                           f"host replication all {trusted} trust"],
                "authentication": {"superuser": {"username": "postgres"},
                                   "replication": {"username": "replicator"}},
                "remove_data_directory_on_rewind_failure": True,
                "remove_data_directory_on_diverged_timelines": True}}

    def start_all(self):
        as_owner = ("runuser", "-u", OWNER, "--")
        if not self.processes("etcd"):
            members = ",".join(f"{name}=http://{CONTROL}.{n}:2380" for name, n in self.names.items())
            self.start("etcd", *as_owner, "etcd", "--name", self.name, "--data-dir", str(self.etcd),
                       "--listen-client-urls", f"http://{self.control}:2379",
                       "--advertise-client-urls", f"http://{self.control}:2379",
                       "--listen-peer-urls", f"http://{self.control}:2380",
                       "--initial-advertise-peer-urls", f"http://{self.control}:2380",
                       "--initial-cluster", members, "--enable-v2=true", "--log-level", "error")
        if not self.processes("patroni"):
            self.start("patroni", *as_owner, "patroni", str(self.config))

    def fill_disk(self):
        with contextlib.suppress(OSError), open(self.folder / "filler", "wb", buffering=0) as filler:
            while filler.write(b"\0" * 65536):
                pass

    def free_disk(self):
        (self.folder / "filler").unlink(missing_ok=True)


class Cluster:
    """The three databases, one of which leads."""

    def __init__(self, folder):
        names = {f"db{n}": n for n in (1, 2, 3)}
        self.machines = {name: DatabaseMachine(n, folder, names) for name, n in names.items()}
        self.synchronous = True
        for machine in self.machines.values():
            machine.start_all()

    @property
    def url(self):
        hosts = ",".join(f"{m.data}:5432" for m in self.machines.values())
        return f"postgres://llavero@{hosts}/llavero"

    def _ask(self, machine, path, change=None):
        request = urllib.request.Request(f"http://{machine.control}:8008{path}",
                                         method="PATCH" if change else "GET",
                                         data=json.dumps(change).encode() if change else None)
        with urllib.request.urlopen(request, timeout=2) as reply:
            return json.load(reply)

    def members(self):
        """Of the database that can tell, as Patroni sees them: role and state by name."""
        for machine in self.machines.values():
            with contextlib.suppress(OSError, ValueError):
                told = self._ask(machine, "/cluster")["members"]
                return {m["name"]: m for m in told}
        return {}

    def leader(self, other_than=None):
        """The machine that leads as the others see it; None: there is none yet."""
        for asked in self.machines.values():
            if asked is other_than:
                continue
            with contextlib.suppress(OSError, ValueError):
                for member in self._ask(asked, "/cluster")["members"]:
                    found = self.machines[member["name"]]
                    if (member["role"], member["state"]) == ("leader", "running") and found is not other_than:
                        return found
        return None

    def is_whole(self):
        """One leads, and two follow without a gap on its timeline."""
        members = self.members()
        roles = sorted(m["role"] for m in members.values())
        wanted = ["leader", "replica", "sync_standby" if self.synchronous else "replica"]
        return (roles == wanted and all(m["state"] in ("running", "streaming") for m in members.values())
                and len({m.get("timeline") for m in members.values()}) == 1 and self._are_followed(members))

    def _are_followed(self, members):
        leader = next(self.machines[m["name"]] for m in members.values() if m["role"] == "leader")
        with contextlib.suppress(AssertionError):
            told = self.sql(leader, "SELECT count(*), current_setting('synchronous_standby_names')"
                            " FROM pg_stat_replication WHERE state = 'streaming'")
            return told.startswith("2|") and (told != "2|") == self.synchronous
        return False

    def others(self, machine):
        return [m for m in self.machines.values() if m is not machine]

    def sql(self, machine, text, database="postgres"):
        url = f"postgres://postgres@{machine.data}/{database}?connect_timeout=3"
        return run("psql", "-X", "-A", "-t", "-d", url, "-c", text).strip()

    def set_synchronous(self, wanted):
        change = {"synchronous_mode": wanted, "synchronous_mode_strict": wanted}
        self._ask(self.leader(), "/config", change)
        self.synchronous = wanted

    def wait_whole(self):
        """Brings back what was killed or filled up, too."""
        for machine in self.machines.values():
            machine.free_disk()
            machine.start_all()
        until(self.is_whole, "a whole cluster")

    def prepare(self):
        self.wait_whole()
        leader = self.leader()
        self.sql(leader, "CREATE ROLE llavero LOGIN")
        self.sql(leader, "CREATE DATABASE llavero OWNER llavero TEMPLATE template0 ENCODING 'UTF8'")


class Node(Machine):
    """A llavero server."""

    PORT = 9292

    def __init__(self, number, folder, binary, database):
        super().__init__(f"app{number}", 10 + number, folder)
        self.binary, self.database = binary, database
        self.host = self.data
        self.process = None

    def serve(self, **settings):
        self.stop()
        usual = {"listen": f"{self.host}:{self.PORT}", "data": self.folder, "base-url": "http://id.test",
                 "allow-plain-http": "on", "workers": 4, "database-statement-timeout": 2000,
                 "tokens-per-scope-set": 0, "refresh-grace": 0, "log-per-minute": 0,
                 "signin-failures": 1000, "signins-per-hour": 0}
        flags = [f"--{name.replace('_', '-')}={value}" for name, value in {**usual, **settings}.items()]
        self.process = self.start("llavero", self.binary, "serve", *flags,
                                  env={"LLAVERO_DATABASE": self.database})
        until(self.is_ready, f"{self.name} to be ready")

    def is_ready(self):
        assert self.process.poll() is None, self.logs["llavero"].read_text(encoding="utf-8")
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://{self.host}:{self.PORT}/readyz", timeout=10) as reply:
                return reply.status == 200
        return False

    def stop(self):
        if self.process:
            self.process.terminate()
            assert self.process.wait(timeout=60) == 0
        self.process = None

    def said(self, words):
        return len(re.findall(re.escape(words), self.logs["llavero"].read_text(encoding="utf-8")))


class Limit:
    """Ends the drill when something hangs: its namespaces take all that runs in them along."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.timer = threading.Timer(seconds, self._end)
        self.timer.daemon = True
        self.timer.start()

    def _end(self):
        print(f"failover: FAILED: not done after {self.seconds} seconds", file=sys.stderr, flush=True)
        os._exit(124)
