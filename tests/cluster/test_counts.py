"""Limits with several nodes. What slows down who guesses a password or a code of a person is counted in the
database, once for all; what is counted in memory is each node's, and lets through as many times as there are
nodes at most. Nobody who proves to be right is shut out by what others did elsewhere: I14."""

import pytest

import standard as s
from cluster import NODES, Cluster, Person
from test_device import enter

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.9"
MOST = 3


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    running = Cluster(tmp_path_factory.mktemp("strict"), signin_failures=MOST, api_rate_limit=MOST,
                      client_failures_per_hour=MOST, unknown_tokens_per_minute=MOST)
    yield running
    running.stop()


def from_(address):
    return {"X-Forwarded-For": address}


def try_to_sign_in(node, user, password, address):
    person = Person(node)
    person.session.headers.update(from_(address))
    form = person.page("/login").form("/session")
    return person.submit(form, login=user.login, password=password).status_code


def test_A198_passwords_are_guessed_at_all_nodes_together(strict):
    guessed, other = strict.nodes[0].make_user(), strict.nodes[0].make_user()
    for number in range(MOST):
        assert try_to_sign_in(strict.nodes[number % NODES], guessed, "wrong", HERE) == 422
    for node in strict.nodes:
        assert try_to_sign_in(node, guessed, guessed.password, ELSEWHERE) == 429
        assert try_to_sign_in(node, other, other.password, HERE) == 429
        assert try_to_sign_in(node, other, other.password, ELSEWHERE) == 303


def test_A109_codes_of_devices_are_guessed_at_all_nodes_together(strict):
    # A108
    user, other = strict.nodes[0].make_user(), strict.nodes[0].make_user()
    person = strict.signed_in(user)
    app = s.make_app(strict.nodes[0], device=True)
    codes = s.post(strict.nodes[1], s.DEVICE, app.credentials).json()
    strict.nodes[0].plant(codes["device_code"])
    for number in range(MOST):
        enter(person.at(strict.nodes[number % NODES]), "BBBB-BBBB")
    for node in strict.nodes:
        assert enter(person.at(node), codes["user_code"]).status_code == 429
    elsewhere = strict.signed_in(other, strict.nodes[1])
    elsewhere.session.headers.update(from_(ELSEWHERE))
    assert enter(elsewhere, codes["user_code"]).status_code == 303


def test_6749_20_I14_wrong_secrets_are_counted_by_each_node(strict):
    app = s.make_app(strict.nodes[0], metadata={"scope": "repo"})
    form = {"grant_type": "client_credentials", **app.credentials}

    def ask(node, address, **more):
        reply = s.post(node, s.TOKEN, {**form, **more}, headers=from_(address))
        if reply.ok:
            strict.nodes[0].plant(reply.json()["access_token"])
        return reply.status_code

    guesses = 0
    while any([ask(node, HERE, client_secret="0" * 40) == 401 for node in strict.nodes]):
        guesses += 1
    assert guesses == MOST
    for node in strict.nodes:
        assert ask(node, HERE) == 429 and ask(node, ELSEWHERE) == 200


def test_s8_1_api_requests_are_counted_by_each_node(strict):
    """A client that stays with one node has its whole limit; one that goes round has it of each."""
    user = strict.nodes[0].make_user()
    token = strict.nodes[0].token_for(strict.nodes[0].make_app(), strict.signed_in(user))
    for node in strict.nodes:
        left = [node.api("/user", token).headers["X-RateLimit-Remaining"] for _ in range(MOST)]
        assert left == [str(n) for n in range(MOST - 1, -1, -1)]
        assert node.api("/user", token).status_code == 403
