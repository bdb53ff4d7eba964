"""What may be used once is used once, whichever nodes it is shown to: assurance A026, 6.1 (E1), and
6.5's stores of what was seen."""

import pytest

import standard as s
from cluster import NODES
from crowd import Crowd, codes_of, token_request
from llavero_http import BAD_CODE, IS_SANITIZED
from raw_http import Wire

PARALLEL = 64
ROUNDS = {2: 100, 8: 60, 64: 30}  # times these many redemptions
if IS_SANITIZED:
    ROUNDS = {n: rounds // 2 for n, rounds in ROUNDS.items()}


@pytest.fixture
def crowd(cluster):
    crowd = Crowd(PARALLEL, *cluster.nodes)
    yield crowd
    crowd.stop()


def live_grants(cluster, app):
    with cluster.nodes[0].database() as db:
        return db.execute("SELECT COUNT(*) FROM app_grant WHERE app_id = ? AND revoked_at IS NULL",
                          (app.id,)).fetchone()[0]


@pytest.mark.parametrize("parallel", sorted(ROUNDS))
def test_E1_A026_one_of_many_redemptions_at_three_nodes(cluster, crowd, app, person, parallel):
    """I1, I2."""
    person.code(app)  # consents
    issued = sum(node.metric("llavero_tokens_issued_total") for node in cluster.nodes)
    rounds = ROUNDS[parallel]
    with Wire(cluster.nodes[1]) as wire:
        for number, code in enumerate(codes_of(wire, person.cookie_header, app, rounds)):
            replies = crowd.answers([token_request(w, app, code) for w in crowd.wires[:parallel]])
            tokens = [r["access_token"] for r in replies if "access_token" in r]
            assert len(tokens) == 1, f"round {number}: {len(tokens)} tokens"
            assert replies.count(BAD_CODE) == parallel - 1
            cluster.nodes[0].plant(code, tokens[0])
            # who came second was right in everything, which is a replay: A025
            assert not any(node.is_alive(tokens[0]) for node in cluster.nodes)
            assert live_grants(cluster, app) <= 1
    now = sum(node.metric("llavero_tokens_issued_total") for node in cluster.nodes)
    assert now == issued + rounds


def test_E1_A026_a_code_of_one_node_is_redeemed_by_another(cluster, app, user):
    for number in range(NODES):
        person = cluster.signed_in(user, cluster.nodes[number])
        code = person.code(app)
        other, third = (cluster.nodes[(number + n) % NODES] for n in (1, 2))
        token = other.exchange(app, code)["access_token"]
        assert all(node.is_alive(token) for node in cluster.nodes)
        assert third.exchange(app, code) == BAD_CODE
        assert not any(node.is_alive(token) for node in cluster.nodes)
