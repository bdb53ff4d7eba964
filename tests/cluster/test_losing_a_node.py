"""Nodes that go away while they are used: assurance E1, 6.1's crash points, invariants I1, I2, I9. nginx goes
on with the others; what the lost one was just doing gets 502 or 503, and is done wholly or not at all."""

import collections
import concurrent.futures
import contextlib
import threading
import time

import pytest
import requests

from cluster import Cluster, until
from crowd import codes_of
from llavero_http import BAD_CODE, IS_SANITIZED
from raw_http import Wire

THREADS = 6
CODES = 120 if IS_SANITIZED else 240
LEFT_ALONE_S = 1.5  # nginx takes a node back after a second: fail_timeout


@pytest.fixture(scope="module")
def mortal(tmp_path_factory):
    running = Cluster(tmp_path_factory.mktemp("mortal"), tokens_per_scope_set=0)
    yield running
    running.stop()


@pytest.fixture
def app(mortal):
    return mortal.nodes[0].make_app()


@pytest.fixture(scope="module")
def person(mortal):
    return mortal.signed_in(mortal.nodes[0].make_user())


def made_codes(mortal, app, person):
    person.code(app)  # consents
    with Wire(mortal.nodes[0]) as wire:
        return list(codes_of(wire, person.cookie_header, app, CODES))


def redeem(server, app, code, session=requests):
    return session.post(server.url("/login/oauth/access_token"), {**app.credentials, "code": code},
                        headers={"Accept": "application/json"}, timeout=60,
                        verify=getattr(server, "verify", True))


def use(server, token, session):
    return session.get(server.url("/api/v3/user"), headers={"Authorization": f"token {token}"},
                       timeout=60, verify=server.verify)


class Traffic:
    """Threads that redeem codes through nginx, and use what they get."""

    def __init__(self, mortal, app, codes, pause_s=0.0):
        self.mortal, self.app, self.replies, self.uses = mortal, app, {}, collections.Counter()
        self.lock, self.well_on, self.pause_s = threading.Lock(), threading.Event(), pause_s
        self.pool = concurrent.futures.ThreadPoolExecutor(THREADS)
        self.working = [self.pool.submit(self.work, codes[i::THREADS]) for i in range(THREADS)]

    def work(self, codes):
        session, front = requests.Session(), self.mortal.front
        for number, code in enumerate(codes):
            reply = redeem(front, self.app, code, session)
            used = None
            if reply.status_code == 200:
                used = use(front, reply.json()["access_token"], session)
            with self.lock:
                self.replies[code] = reply
                if used is not None:
                    self.uses[used.status_code] += 1
            if number == len(codes) // 3:
                self.well_on.set()
            time.sleep(self.pause_s)

    def end(self):
        for one in self.working:
            one.result()
        self.pool.shutdown()
        return collections.Counter(reply.status_code for reply in self.replies.values())


def check_codes(mortal, app, replies):
    """Each code gave one token at most, and who got one keeps it."""
    for code, reply in replies.items():
        if reply.status_code == 200:
            assert mortal.nodes[1].is_alive(reply.json()["access_token"])
        else:
            again = redeem(mortal.nodes[1], app, code).json()
            assert "access_token" in again or again == BAD_CODE
            assert redeem(mortal.nodes[2], app, code).json() == BAD_CODE
    with mortal.nodes[1].database() as db:
        used, gave = db.execute(
            "SELECT COUNT(*), COUNT(t.id) FROM code c LEFT JOIN token t ON t.id = c.token_id"
            " WHERE c.app_id = ? AND c.consumed_at IS NOT NULL", (app.id,)).fetchone()
        tokens = db.execute("SELECT COUNT(*) FROM token WHERE app_id = ?", (app.id,)).fetchone()[0]
    assert used == gave == tokens


def test_E1_I9_a_node_is_killed_under_load(mortal, app, person):
    traffic = Traffic(mortal, app, made_codes(mortal, app, person))
    traffic.well_on.wait()
    lost = mortal.nodes[0]
    lost.kill()
    statuses = traffic.end()
    assert set(statuses) <= {200, 502, 503}, statuses
    # what was under way, and no more: one request of each thread
    assert statuses[502] + statuses[503] <= THREADS, statuses
    assert set(traffic.uses) == {200}, traffic.uses  # a GET is asked of another node
    check_codes(mortal, app, traffic.replies)
    # nginx goes on as if there had never been a third node: a connection that is refused is no request
    for code in [person.at(mortal.nodes[1]).code(app) for _ in range(12)]:
        assert "access_token" in redeem(mortal.front, app, code).json()
    mortal.restart(lost)
    code = person.code(app)
    assert "access_token" in redeem(lost, app, code).json()


def test_rolling_restart(mortal, app, person):
    """One after the other is stopped, as for a new version, while people go on."""
    traffic = Traffic(mortal, app, made_codes(mortal, app, person), pause_s=0.15)
    for node in mortal.nodes:
        node.stop()
        mortal.restart(node)
        time.sleep(LEFT_ALONE_S)
    statuses = traffic.end()
    assert set(statuses) <= {200, 502, 503}, statuses
    assert statuses[200] >= CODES - THREADS * len(mortal.nodes), statuses
    assert set(traffic.uses) == {200}, traffic.uses
    check_codes(mortal, app, traffic.replies)


@contextlib.contextmanager
def shut_out(mortal, node):
    """The node has a user of its own in the database, which is locked out."""
    def ask(*texts):
        with mortal.nodes[1].database() as db:
            for text in texts:
                db.execute(text)

    ask("CREATE ROLE lonely SUPERUSER LOGIN")
    node.stop()
    real, node.where = node.where, {"LLAVERO_DATABASE": node.where["LLAVERO_DATABASE"].replace(
        "llavero@", "lonely@")}
    mortal.restart(node)
    ask("ALTER ROLE lonely NOLOGIN")
    ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'lonely'")
    try:
        yield
    finally:
        node.where = real
        ask("ALTER ROLE lonely LOGIN")
        until(lambda: all(node.get("/readyz").status_code == 200 for _ in range(12)))
        node.stop()
        mortal.restart(node)
        ask("DROP ROLE lonely")


def test_6_3_a_node_without_its_database_is_left_alone(mortal, app, person):
    """It answers 503; who only reads is sent to another node, and hears nothing of it."""
    lost = mortal.nodes[0]
    token = mortal.nodes[1].token_for(app, person.at(mortal.nodes[1]))
    with shut_out(mortal, lost):
        assert lost.get("/readyz").status_code == 503 and lost.get("/healthz").status_code == 200
        assert lost.api("/user", token).status_code == 503
        for _ in range(30):
            reply = mortal.front.get("/api/v3/user", headers={"Authorization": f"token {token}"})
            assert reply.status_code == 200
