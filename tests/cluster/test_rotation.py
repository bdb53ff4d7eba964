"""Signing keys of several nodes: assurance 6.6, OD-03; invariants I3, I17, I19. A key begins and ends by
times in the database; here they are seconds where they are days otherwise."""

import concurrent.futures
import itertools
import os
import secrets
import signal
import threading
import time

import pytest

import standard as s
from cluster import NODES, Cluster
from own_jose import parts, verified
from raw_http import Wire

API = "https://api.example/v1"
ROTATIONS = 4
FORM = {"grant_type": "client_credentials", "resource": API}


@pytest.fixture(scope="module")
def turning(tmp_path_factory):
    """Nodes whose keys are changed: their own, so that no other test sees that."""
    running = Cluster(tmp_path_factory.mktemp("turning"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def app(turning):
    turning.nodes[0].cli("resource", "create", API, "--format", "jwt", "--name", "The API")
    return s.make_app(turning.nodes[0], metadata={"scope": "repo"})


def signed(turning, node, app):
    reply = s.post(node, s.TOKEN, {**FORM, **app.credentials})
    assert reply.status_code == 200, reply.text
    return turning.nodes[0].plant(reply.json()["access_token"])


def keys(node):
    return node.get("/oauth2/jwks").json()


def kids(node):
    return {key["kid"] for key in keys(node)["keys"]}


def kid_of(token):
    return parts(token)[0]["kid"]


def active(turning):
    return next(k["kid"] for k in turning.nodes[0].cli_json("key", "list")
                if k["state"] == "active" and k["alg"] == "ES256")


def change(turning, *changes):
    """Of the keys, in the order of llavero's own changes: first the version, which makes nodes look again."""
    with turning.nodes[0].database() as db:
        db.execute("UPDATE instance SET value = ? WHERE name = 'signing_keys'",
                   (secrets.token_bytes(16),))
        for text, *values in changes:
            db.execute(text, values)


def rotate(turning):
    """`llavero key rotate`, and then seconds for days: the successor signs a second from now, the one before
    it is removed two seconds after that."""
    turning.nodes[0].cli("key", "rotate")
    now = int(time.time())
    change(turning, *((f"UPDATE signing_key SET {column} = ? WHERE {column} > ?", now + wait, now + 60)
                      for column, wait in (("leaves_at", 3), ("ends_at", 1), ("active_at", 1))))


class RelyingParty:
    """Keeps a set of keys until it meets one that it does not know, and asks any node then."""

    def __init__(self, turning):
        self.nodes, self.known, self.fetched = itertools.cycle(turning.nodes), {"keys": []}, 0

    def check(self, token):
        if kid_of(token) not in {k["kid"] for k in self.known["keys"]}:
            self.known = keys(next(self.nodes))
            self.fetched += 1
        assert verified(token, self.known)["aud"] == API


def test_6_6_I19_rotated_under_load(turning, app):
    """No verification fails, and nothing is signed with a key that is not published."""
    ended, used = threading.Event(), set()
    signed(turning, turning.nodes[0], app)

    def work(number):
        party, served = RelyingParty(turning), 0
        while not ended.is_set():
            node, other = turning.nodes[served % NODES], turning.nodes[(served + 1) % NODES]
            token = signed(turning, node, app)
            party.check(token)
            assert kid_of(token) in kids(other), "signed with a key that is not published"
            used.add(kid_of(token))
            served += 1
        return served, party.fetched

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        working = [pool.submit(work, n) for n in range(3)]
        try:
            for _ in range(ROTATIONS):
                rotate(turning)
                time.sleep(1.3)
        finally:
            ended.set()
        done = [one.result() for one in working]
    assert len(used) >= ROTATIONS, used
    assert all(fetched >= ROTATIONS for _, fetched in done)
    # what they do not publish any more is known to nobody
    gone = [k["kid"] for k in turning.nodes[0].cli_json("key", "list") if k["state"] == "removed"]
    assert gone and not any(set(gone) & kids(node) for node in turning.nodes)


def test_6_6_I3_a_key_that_leaked_signs_nowhere_once_that_was_said(turning, app):
    for node in turning.nodes:
        leaked = active(turning)
        tokens = [signed(turning, other, app) for other in turning.nodes]
        assert {kid_of(t) for t in tokens} == {leaked}
        node.cli("key", "retire", leaked, "--now")
        for other in turning.nodes:
            assert leaked not in kids(other)
            assert not any(s.is_active(other, app, token) for token in tokens)
        after = [signed(turning, other, app) for other in turning.nodes]
        assert leaked not in {kid_of(t) for t in after}
        assert len({kid_of(t) for t in after}) == 1
        assert all(kid_of(t) in kids(other) for t in after for other in turning.nodes)


def test_6_6_I19_a_node_that_slept_over_it(turning, app):
    """Its keys are opened and at hand; it looks nevertheless."""
    sleeper, other = turning.nodes[2], turning.nodes[0]
    for _ in range(8):  # so that each worker has them
        signed(turning, sleeper, app)
    leaked = active(turning)
    with Wire(sleeper) as wire:
        os.kill(sleeper.process.pid, signal.SIGSTOP)
        try:
            form = "&".join(f"{k}={v}" for k, v in {**FORM, **app.credentials}.items())
            wire.send(f"POST {s.TOKEN} HTTP/1.1\r\nHost: {wire.host}\r\n"
                      "Content-Type: application/x-www-form-urlencoded\r\n"
                      f"Content-Length: {len(form)}\r\n\r\n{form}")
            other.cli("key", "retire", leaked, "--now")
            new = kid_of(signed(turning, other, app))
        finally:
            os.kill(sleeper.process.pid, signal.SIGCONT)
        reply = wire.read()
    assert reply.status == 200 and leaked.encode() not in reply.body
    for _ in range(8):
        assert kid_of(signed(turning, sleeper, app)) == new


def test_6_6_a_key_of_a_node_whose_clock_is_ahead(turning, app):
    """It is made by that node's time, which the others' has not reached: they sign with it and make none of their
    own."""
    new = active(turning)
    now = int(time.time())
    change(turning, ("UPDATE signing_key SET created_at = ?, active_at = ? WHERE kid = ?",
                     now + 20, now + 20, new))
    for node in turning.nodes:
        assert kid_of(signed(turning, node, app)) == new
    of_alg = [k for k in turning.nodes[0].cli_json("key", "list") if k["alg"] == "ES256"]
    assert of_alg[0]["kid"] == new and of_alg[0]["state"] == "published"


def test_6_6_nodes_that_need_a_first_key_at_once_make_one(tmp_path_factory):
    """All ask for the keys before there are any."""
    fresh = Cluster(tmp_path_factory.mktemp("fresh"))
    try:
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            sets = list(pool.map(lambda n: kids(fresh.nodes[n % NODES]), range(6)))
        assert all(found == sets[0] and len(found) == 2 for found in sets)
    finally:
        fresh.stop()
