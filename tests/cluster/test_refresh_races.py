"""Refresh tokens at several nodes: assurance 6.2 (E2), A098 to A104; invariants I3, I4, I15."""

import pytest

import standard as s
from crowd import Crowd, post_request
from llavero_http import IS_SANITIZED

PARALLEL = 64
ROUNDS = {2: 16, 8: 10, 64: 4}
RACES = 12
if IS_SANITIZED:
    ROUNDS = {n: rounds // 2 for n, rounds in ROUNDS.items()}


@pytest.fixture(scope="module")
def crowd(cluster):
    crowd = Crowd(PARALLEL, *cluster.nodes)
    yield crowd
    crowd.stop()


@pytest.fixture
def app(cluster):
    return s.make_app(cluster.nodes[0], expiring=True, metadata={"scope": "repo user"})


def pair_of(cluster, app, person):
    return s.sign_in(cluster.nodes[0], person, app, scope="repo")


def refresh_request(wire, app, token):
    return post_request(wire, s.TOKEN, {**app.credentials, "grant_type": "refresh_token",
                                        "refresh_token": token})


def family_of(cluster, app):
    """Generation, and when it was killed, of the app's newest family."""
    with cluster.nodes[0].database() as db:
        return db.execute("SELECT generation, killed_at FROM refresh_family WHERE app_id = ?"
                          " ORDER BY id DESC LIMIT 1", (app.id,)).fetchone()


@pytest.mark.parametrize("parallel", sorted(ROUNDS))
def test_E2_A098_racing_refreshes_give_one_successor(cluster, crowd, app, person, parallel):
    """I4: whoever comes second within the grace gets the very same pair; there is no fork."""
    # P24
    pair = pair_of(cluster, app, person)
    for number in range(ROUNDS[parallel]):
        answers = crowd.answers([refresh_request(wire, app, pair["refresh_token"])
                                 for wire in crowd.wires[:parallel]])
        assert len({(a["refresh_token"], a["access_token"]) for a in answers}) == 1
        assert tuple(family_of(cluster, app)) == (number + 2, None)
        assert not any(node.is_alive(pair["access_token"]) for node in cluster.nodes)
        pair = s.plant(cluster.nodes[0], answers[0])
    assert all(node.is_alive(pair["access_token"]) for node in cluster.nodes)


def test_E2_A097_a_grandparent_kills_the_family_at_every_node(cluster, app, person):
    one, two, three = cluster.nodes
    first = pair_of(cluster, app, person)
    second = s.refresh(two, app, first["refresh_token"])
    third = s.refresh(three, app, second["refresh_token"])
    assert all(node.is_alive(third["access_token"]) for node in cluster.nodes)
    assert s.refresh(one, app, first["refresh_token"], 400)["error"] == "invalid_grant"
    for node in cluster.nodes:
        assert not node.is_alive(third["access_token"])
        assert s.refresh(node, app, third["refresh_token"], 400)["error"] == "invalid_grant"


def test_E2_a_grandparent_among_racing_refreshes(cluster, crowd, app, person):
    """Whichever comes first, in the end nothing of the family lives."""
    first = pair_of(cluster, app, person)
    second = s.refresh(cluster.nodes[1], app, first["refresh_token"])
    third = s.refresh(cluster.nodes[2], app, second["refresh_token"])
    tokens = [third["refresh_token"]] * 12
    tokens[5] = first["refresh_token"]
    replies = crowd.round([refresh_request(wire, app, token)
                           for wire, token in zip(crowd.wires, tokens)])
    assert {r.status for r in replies} <= {200, 400} and replies[5].status == 400
    assert family_of(cluster, app)[1] is not None
    for node in cluster.nodes:
        assert s.refresh(node, app, third["refresh_token"], 400)["error"] == "invalid_grant"
        assert not node.is_alive(third["access_token"])


@pytest.mark.parametrize("hint", ["refresh_token", "access_token"])
def test_E2_I3_revoked_while_others_refresh(cluster, crowd, app, person, hint):
    """Once the revocation has been answered nothing of the family is good, nor comes to be."""
    for number in range(RACES):
        pair = pair_of(cluster, app, person)
        requests = [refresh_request(wire, app, pair["refresh_token"]) for wire in crowd.wires[:6]]
        place = number % len(requests)
        requests[place] = post_request(crowd.wires[place], s.REVOKE, {
            **app.credentials, "token": pair["refresh_token"], "token_type_hint": hint})
        replies = crowd.round(requests)
        assert replies[place].status == 200
        assert {r.status for r in replies} <= {200, 400}, [r.text for r in replies]
        assert family_of(cluster, app)[1] is not None
        for node in cluster.nodes:
            assert not node.is_alive(pair["access_token"])
            assert s.refresh(node, app, pair["refresh_token"], 400)["error"] == "invalid_grant"


def test_E2_A104_a_lost_reply_is_asked_for_again_elsewhere(cluster, app, person):
    pair = pair_of(cluster, app, person)
    answers = [s.refresh(node, app, pair["refresh_token"]) for node in cluster.nodes]
    assert len({a["refresh_token"] for a in answers}) == 1
    assert len({a["access_token"] for a in answers}) == 1
