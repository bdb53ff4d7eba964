#!/usr/bin/python3
"""How soon every node refuses what one has revoked: ./dev bench --revoke (assurance 6.5, E4).

Three nodes on one PostgreSQL, which writes every commit to the disk, behind nginx, and other requests at each
node meanwhile. One after the other something is ended in one of five ways; from just before that until a
while after each node is asked about it every 10 ms. What counts is a question that was sent after the
revocation had been answered, and was still answered as if nothing had happened: how many there were, and how
late the last of them was sent. The figures are shown, and nothing is judged by them: the exit status is 1
only when something was still taken five seconds later, or by the node that had answered.
"""
import argparse
import collections
import contextlib
import itertools
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "http"), str(ROOT / "tests" / "cluster")]

EVERY_S = 0.01
BEFORE_S = 0.03   # asked before the revocation
WIRES = 6         # to each node, so that its workers are asked in turn
REFUSALS = 18     # one after the other, until a node is believed
BOUND_S = 5.0     # the promise; who still takes it after that will not stop
PAUSE_S = 0.002   # of the load, between two rounds of a node
LOADS = 4         # connections of the load, to each node

Victim = collections.namedtuple("Victim", "probe taken end")
"""`probe(wire)`: the bytes of a question; `taken(reply)`: is the answer that of something good? `end(node)`:
ends it, at that node, and returns when that was answered."""
Sample = collections.namedtuple("Sample", "late_s taken")  # sent so long after the answer


class Ways:
    """Things to be ended, and how."""

    def __init__(self, cluster):
        import standard
        self.s, self.cluster, self.first = standard, cluster, cluster.nodes[0]
        self.user = self.first.make_user()
        self.person = cluster.signed_in(self.user)
        self.app = self.first.make_app()
        self.standard_app = standard.make_app(self.first, metadata={"scope": "repo"})

    def token(self, person=None, app=None):
        return self.first.token_for(app or self.app, person or self.person)

    @staticmethod
    def get(path, *lines):
        def probe(wire):
            head = "".join(f"{line}\r\n" for line in lines)
            return f"GET {path} HTTP/1.1\r\nHost: {wire.host}\r\n{head}\r\n".encode()
        return probe

    def of_token(self, token, end):
        return Victim(self.get("/api/v3/user", f"Authorization: token {token}"),
                      lambda reply: reply.status == 200, end)

    def delete(self, app, what, token):
        import requests

        def end(node):
            reply = requests.delete(node.url(f"/api/v3/applications/{app.client_id}/{what}"),
                                    auth=(app.client_id, app.client_secret),
                                    json={"access_token": token}, timeout=60)
            assert reply.status_code == 204, reply.text
        return end

    def app_token_delete(self):
        token = self.token()
        return self.of_token(token, self.delete(self.app, "token", token))

    def rfc_7009_revoke(self):
        from crowd import post_request
        app, s = self.standard_app, self.s
        token = s.token(self.first, app, grant_type="client_credentials")["access_token"]
        form = {**app.credentials, "token": token}
        return Victim(lambda wire: post_request(wire, s.INTROSPECT, form),
                      lambda reply: b'"active":true' in reply.body,
                      lambda node: s.revoke(node, app, token))

    def grant_delete(self):
        app = self.first.make_app()
        token = self.token(app=app)
        return self.of_token(token, self.delete(app, "grant", token))

    def sign_out(self):
        person = self.cluster.signed_in(self.user)
        form = person.page("/settings/profile").form("/logout")
        probe = self.get("/settings/profile", f"Cookie: {person.cookie_header}")

        def end(node):
            assert person.at(node).submit(form).status_code == 303
        return Victim(probe, lambda reply: reply.status == 200, end)

    def user_suspended(self):
        user = self.first.make_user()
        token = self.token(self.cluster.signed_in(user))
        return self.of_token(token, lambda node: node.cli("user", "suspend", user.login))


WAYS = {"app deletes a token": Ways.app_token_delete, "app revokes (RFC 7009)": Ways.rfc_7009_revoke,
        "app deletes a grant": Ways.grant_delete, "person signs out": Ways.sign_out,
        "user is suspended (command)": Ways.user_suspended}
BY_COMMAND = {"user is suspended (command)"}  # no node has answered


class Watch(threading.Thread):
    """Asks one node about a victim until it is refused for good."""

    def __init__(self, wires, victim):
        super().__init__()
        self.wires, self.victim, self.asked, self.answered_at = wires, victim, [], None
        self.begun = threading.Event()

    def run(self):
        request, refused, next_at = self.victim.probe(self.wires[0]), 0, time.monotonic()
        for wire in itertools.cycle(self.wires):
            sent_at = time.monotonic()
            wire.send(request)
            taken = self.victim.taken(wire.read())
            self.asked.append((sent_at, taken))
            self.begun.set()
            answered_at = self.answered_at
            after = answered_at is not None and sent_at > answered_at
            refused = 0 if taken or not after else refused + 1
            if refused == REFUSALS or after and sent_at > answered_at + 2 * BOUND_S:
                break
            next_at = max(next_at + EVERY_S, time.monotonic())
            time.sleep(next_at - time.monotonic() if next_at > time.monotonic() else 0)

    def samples(self):
        return [Sample(at - self.answered_at, taken) for at, taken in self.asked
                if at > self.answered_at]


def end_one(cluster, wires, victim, place):
    """Ends it at the node of this place; of each node, itself included, what it answered afterwards."""
    watches = [Watch(of_node, victim) for of_node in wires]
    for watch in watches:
        watch.start()
    for watch in watches:
        watch.begun.wait()
    time.sleep(BEFORE_S)
    assert all(watch.asked[0][1] for watch in watches), "it was refused before it was ended"
    try:
        victim.end(cluster.nodes[place])
    finally:
        answered_at = time.monotonic()
        for watch in watches:
            watch.answered_at = answered_at
        for watch in watches:
            watch.join()
    return [watch.samples() for watch in watches]


@contextlib.contextmanager
def connected(cluster):
    """Connections to each node."""
    from raw_http import Wire
    wires = [[Wire(node, timeout=60) for _ in range(WIRES)] for node in cluster.nodes]
    try:
        yield wires
    finally:
        for wire in itertools.chain(*wires):
            wire.socket.close()


Ended = collections.namedtuple("Ended", "own others")  # samples of the node that answered, of each other


def measure(cluster, count):
    """Ends `count` things in each way, at each node in turn: {way: [Ended]}."""
    ways, found = Ways(cluster), {}
    with connected(cluster) as wires:
        for name, make in WAYS.items():
            victims = [make(ways) for _ in range(count)]
            found[name] = []
            for number, victim in enumerate(victims):
                place = number % len(cluster.nodes)
                nodes = end_one(cluster, wires, victim, place)
                own = [] if name in BY_COMMAND else nodes.pop(place)
                found[name].append(Ended(own, nodes))
    return found


def delays_of(ended):
    """Of each node but the one that answered: how late the last question was sent that it still took; 0:
    there was none."""
    return [max((s.late_s for s in samples if s.taken), default=0.0)
            for one in ended for samples in one.others]


def later_than(ended, bound_s):
    return sum(s.taken and s.late_s > bound_s for one in ended
               for samples in one.others for s in samples)


def taken_by_own(ended):
    return sum(s.taken for one in ended for s in one.own)


# other requests meanwhile, from processes of their own

def load(port, token):
    """Until it is ended; the number of requests at the end."""
    from raw_http import Wire
    node = collections.namedtuple("Node", "host port")("127.0.0.1", port)
    wires, served = [Wire(node, timeout=60) for _ in range(LOADS)], 0
    request = Ways.get("/api/v3/user", f"Authorization: token {token}")
    wrong = Ways.get("/api/v3/user", "Authorization: token gho_" + "0" * 36)
    print("loading", flush=True)
    while not os.path.exists(os.environ["LLAVERO_LOAD_ENDS"]):
        for n, wire in enumerate(wires):
            wire.send((wrong if n == 0 else request)(wire))
        for wire in wires:
            assert wire.read().status in (200, 401)
        served += LOADS
        time.sleep(PAUSE_S)
    print(served, flush=True)


class Load:
    def __init__(self, cluster, folder):
        self.ends = pathlib.Path(folder) / "load-ends"
        token = Ways(cluster).token()
        env = {**os.environ, "LLAVERO_LOAD_ENDS": str(self.ends)}
        self.processes = [subprocess.Popen(
            [sys.executable, __file__, "--load-node", str(node.port), "--token", token],
            stdout=subprocess.PIPE, text=True, env=env) for node in cluster.nodes]
        for process in self.processes:
            assert process.stdout.readline() == "loading\n"
        self.begun = time.monotonic()

    def end(self):
        """Requests a second, all nodes together."""
        self.ends.touch()
        served = sum(int(process.communicate(timeout=60)[0]) for process in self.processes)
        return served / (time.monotonic() - self.begun)


def show(found, loaded):
    print("\n| what is ended | times | asked after the answer | still taken by the node that answered | by the others"
          " | p50 ms | p99 ms | most ms |\n|---|---|---|---|---|---|---|---|")
    for name, ended in found.items():
        delays = sorted(delays_of(ended))
        asked = sum(len(samples) for one in ended for samples in [one.own, *one.others])
        others = later_than(ended, 0)
        own = "-" if name in BY_COMMAND else str(taken_by_own(ended))
        p99 = delays[min(len(delays) - 1, int(len(delays) * 0.99))]
        print(f"| {name} | {len(ended)} | {asked} | {own} | {others} |"
              f" {statistics.median(delays) * 1000:.1f} | {p99 * 1000:.1f} |"
              f" {delays[-1] * 1000:.1f} |")
    print(f"\n{loaded:.0f} other requests a second meanwhile, all nodes together.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=40, help="times of each way")
    parser.add_argument("--load-node", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--token", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load_node:
        return load(given.load_node, given.token)
    import postgres
    server = postgres.Postgres().start()
    try:
        postgres.sql(server.url.replace("DATABASE", "postgres"), "ALTER SYSTEM SET fsync = on")
        postgres.sql(server.url.replace("DATABASE", "postgres"), "SELECT pg_reload_conf()")
        os.environ["LLAVERO_TEST_DATABASE"] = server.url
        with tempfile.TemporaryDirectory() as folder:
            return run(pathlib.Path(folder), given.count)
    finally:
        server.remove()


def run(folder, count):
    from cluster import Cluster
    cluster = Cluster(folder / "nodes", tokens_per_scope_set=0, access_log="off", log_level="warn")
    try:
        running = Load(cluster, folder)
        found = measure(cluster, count)
        show(found, running.end())
    finally:
        cluster.stop()
    ended = [one for ended in found.values() for one in ended]
    return 1 if later_than(ended, BOUND_S) or taken_by_own(ended) else 0


if __name__ == "__main__":
    sys.exit(main())
