"""What signs itself and what is pushed, at several nodes: RFC 9449, RFC 7523, RFC 9126; assurance 6.5.
What may be shown once is one table, and nonces are made of the time and a key that all nodes know."""

import pytest

import standard as s
from cluster import Cluster, Person
from crowd import Crowd
from llavero_http import challenged, location_query, pkce
from own_jose import Key, assertion, by_assertion, jwks, proof

TOKEN_FORM = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def key():
    return Key()


@pytest.fixture(scope="module")
def nonces(tmp_path_factory):
    """Nodes that ask for nonces."""
    running = Cluster(tmp_path_factory.mktemp("nonces"), dpop_nonce="on")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def app(cluster):
    return s.make_app(cluster.nodes[0], metadata={"scope": "repo user"})


def token_url(cluster):
    """What a client signs: the URL that it knows, whichever node answers."""
    return cluster.front.base + s.TOKEN


def own_token(cluster, node, app, text):
    reply = s.post(node, s.TOKEN, {**TOKEN_FORM, **app.credentials}, headers={"DPoP": text})
    if reply.status_code == 200:
        cluster.nodes[0].plant(reply.json()["access_token"])
    return reply


def whose(cluster, node, token, key):
    text = proof(key, "GET", cluster.front.base + "/api/v3/user", token=token)
    return node.get("/api/v3/user", headers={"Authorization": f"DPoP {token}", "DPoP": text})


def test_9449_01_a_bound_token_of_one_node_is_good_at_all(cluster, app, key, person):
    verifier, challenge = pkce()
    code = s.code(person, app, **challenged(challenge))
    reply = s.post(cluster.nodes[1], s.TOKEN, {
        **app.credentials, "grant_type": "authorization_code", "code": code,
        "code_verifier": verifier}, headers={"DPoP": proof(key, "POST", token_url(cluster))})
    token = s.plant(cluster.nodes[0], reply.json())["access_token"]
    for node in (*cluster.nodes, cluster.front):
        assert whose(cluster, node, token, key).status_code == 200
        assert whose(cluster, node, token, Key()).status_code == 401


def test_6_5_a_proof_is_taken_once_by_all_nodes_together(cluster, app, key):
    crowd = Crowd(12, *cluster.nodes)
    try:
        for _ in range(8):
            text = proof(key, "POST", token_url(cluster))
            form = "&".join(f"{k}={v}" for k, v in {**TOKEN_FORM, **app.credentials}.items())
            replies = crowd.round([
                (f"POST {s.TOKEN} HTTP/1.1\r\nHost: {wire.host}\r\nDPoP: {text}\r\n"
                 "Content-Type: application/x-www-form-urlencoded\r\n"
                 f"Content-Length: {len(form)}\r\n\r\n{form}").encode() for wire in crowd.wires])
            assert sorted(r.status for r in replies) == [200] + [400] * 11
            assert sum(b"invalid_dpop_proof" in r.body for r in replies) == 11
    finally:
        crowd.stop()


def test_6_5_an_assertion_is_taken_once_by_all_nodes_together(cluster, key):
    app = s.make_app(cluster.nodes[0], auth_method="private_key_jwt", metadata={
        "grant_types": ["client_credentials"], "scope": "repo", "jwks": jwks(key)})
    for first in range(len(cluster.nodes)):
        shown = by_assertion(assertion(cluster.front, app, key))
        order = cluster.nodes[first:] + cluster.nodes[:first]
        replies = [s.post(node, s.TOKEN, {**TOKEN_FORM, **shown}) for node in order]
        assert [r.status_code for r in replies] == [200, 401, 401]
        cluster.nodes[0].plant(replies[0].json()["access_token"])
        assert {s.cause(cluster.nodes[0], r) for r in replies[1:]} == {"ASSERTION_REPLAYED"}


def test_6_5_a_nonce_of_one_node_is_good_at_all(nonces, key):
    """No round trip more when a client meets another node."""
    app = s.make_app(nonces.nodes[0], metadata={"scope": "repo"})
    first = own_token(nonces, nonces.nodes[0], app, proof(key, "POST", token_url(nonces)))
    assert first.status_code == 400 and first.json()["error"] == "use_dpop_nonce"
    nonce = first.headers["DPoP-Nonce"]
    for node in (*nonces.nodes, nonces.front):
        text = proof(key, "POST", token_url(nonces), nonce=nonce)
        assert own_token(nonces, node, app, text).status_code == 200
        again = own_token(nonces, nonces.nodes[1], app, text)
        assert s.cause(nonces.nodes[0], again) == "PROOF_REPLAYED"


def test_9126_a_request_pushed_to_one_node_is_used_at_another(cluster, app, user):
    one, two, three = cluster.nodes
    verifier, challenge = pkce()
    uri = s.push_uri(one, app, redirect_uri=app.callback, state="p", **challenged(challenge))
    person = cluster.signed_in(user, two)
    reply = s.ask_pushed(person.at(three), app, uri)
    if reply.status_code == 200:
        reply = s.decide(person.at(one), reply)
    answer = dict(location_query(reply))
    assert answer["state"] == "p"
    s.exchange(two, app, one.plant(answer["code"]), redirect_uri=app.callback,
               code_verifier=verifier)
    # and it is used up at each
    for node in cluster.nodes:
        reply = s.ask_pushed(Person(node, person.session.cookies), app, uri)
        assert "code=" not in reply.headers.get("Location", "")
