"""People whose every request meets another node: sessions, forms, consent, devices. I17: nodes that have
the same database answer the same."""

import pytest

import standard as s
from cluster import NODES, Person
from llavero_http import Page, location_query
from test_device import enter
from test_web_requests import events


@pytest.fixture
def hopper(cluster, user):
    """Signed in, each request at the next node."""
    person = Person(cluster.hopping)
    person.sign_in(user.login, user.password)
    return person


def test_a_form_of_one_node_is_taken_by_another(cluster, user, app):
    """Sign-in, consent and what stands between them: nothing of it is kept by a node."""
    for _ in range(NODES + 1):  # as many pages as there are, so that each meets each node
        person = Person(cluster.hopping)
        reply = person.ask(app, state="s t", redirect_uri=app.callback)
        form = Page(person.follow(reply).text).form("/session")
        reply = person.submit(form, login=user.login, password=user.password)
        reply = person.follow(reply)
        if reply.status_code == 200:
            reply = person.decide(reply)
        answer = dict(location_query(reply))
        assert answer["state"] == "s t"
        token = cluster.hopping.post("/login/oauth/access_token", {
            **app.credentials, "code": answer["code"]}, headers={"Accept": "application/json"})
        assert cluster.nodes[0].is_alive(cluster.nodes[0].plant(token.json()["access_token"]))
        person.get("/")  # one more, so that the next begins elsewhere


def test_a_form_without_its_own_session_is_refused_everywhere(cluster, user, hopper):
    other = cluster.signed_in(user)
    form = other.page("/settings/profile").form("/logout")
    for node in cluster.nodes:
        assert hopper.at(node).submit(form).status_code == 403


def test_a_session_of_one_node_is_ended_by_another(cluster, user):
    for number, node in enumerate(cluster.nodes):
        person = cluster.signed_in(user, node)
        others = [person.at(other) for other in cluster.nodes]
        assert all(p.get("/settings/profile").status_code == 200 for p in others)
        ending = others[(number + 1) % NODES]
        ending.submit(ending.page("/settings/profile").form("/logout"))
        for p in (*others, person):
            assert p.get("/settings/profile").status_code in (302, 303)


def test_what_is_changed_at_one_node_is_seen_by_all(cluster, app, person, hopper):
    """An app's secrets, its name and callbacks; a suspended owner."""
    one, two, three = cluster.nodes
    code = person.code(app)
    made = two.cli_json("app", "secret", "add", app.client_id)
    two.plant(made["client_secret"])
    for node in cluster.nodes:
        fresh = {"client_id": app.client_id, "client_secret": made["client_secret"]}
        told = node.post("/login/oauth/access_token", {**fresh, "code": "0" * 40},
                         headers={"Accept": "application/json"})
        assert told.json()["error"] == "bad_verification_code"
    two.cli("app", "edit", app.client_id, "--name", "Renamed", "--callback", "https://new.example/")
    for node in cluster.nodes:
        assert "Renamed" in person.at(node).ask(app, scope="gist").text
        reply = person.at(node).ask(app, redirect_uri="https://app.example/cb")
        assert "Location" not in reply.headers
    two.cli("app", "suspend", app.client_id)
    for node in cluster.nodes:
        assert node.exchange(app, code)["error"] == "application_suspended"


# devices: RFC 8628, assurance 6.5

def begin(cluster, app):
    reply = s.post(cluster.nodes[0], s.DEVICE, app.credentials)
    return s.plant(cluster.nodes[0], reply.json())


def poll(node, app, codes):
    return s.post(node, s.TOKEN, {**app.credentials, "grant_type": s.DEVICE_GRANT,
                                  "device_code": codes["device_code"]}).json()


def test_6_5_a_device_polls_whichever_node_it_meets(cluster, hopper):
    """One poll that comes early after a change of nodes is forgiven, a second one is not, wherever."""
    app = s.make_app(cluster.nodes[0], device=True)
    codes = begin(cluster, app)
    words = [poll(node, app, codes)["error"] for node in cluster.nodes]
    assert words == ["authorization_pending", "authorization_pending", "slow_down"]
    confirm = hopper.follow(enter(hopper, codes["user_code"]))
    hopper.submit(Page(confirm.text).form("/login/device/authorize"), ("authorize", "1"))
    with cluster.nodes[0].database() as db:  # the wait is over
        db.execute("UPDATE device_code SET polled_at_us = polled_at_us - 11000000"
                   " WHERE app_id = ?", (app.id,))
    answers = [poll(node, app, codes) for node in cluster.nodes]
    assert ["access_token" in a for a in answers] == [True, False, False]
    token = cluster.nodes[0].plant(answers[0]["access_token"])
    assert [a["error"] for a in answers[1:]] == ["invalid_grant"] * 2
    assert all(node.is_alive(token) for node in cluster.nodes)


def test_6_5_a_device_that_keeps_its_pace_is_never_slowed_down(cluster):
    app = s.make_app(cluster.nodes[0], device=True)
    codes = begin(cluster, app)
    for number in range(6):
        assert poll(cluster.nodes[number % NODES], app, codes)["error"] == "authorization_pending"
        with cluster.nodes[0].database() as db:
            db.execute("UPDATE device_code SET polled_at_us = polled_at_us - 5000000"
                       " WHERE app_id = ?", (app.id,))


# what one node tells of another's requests

def test_an_explanation_is_seen_at_every_node(cluster, app):
    for node in cluster.nodes:
        reply = node.post("/login/oauth/access_token", {**app.credentials, "code": "0" * 40})
        request = reply.headers["X-GitHub-Request-Id"]
        for other in cluster.nodes:
            told = other.get(f"/api/v3/applications/{app.client_id}/refusals/{request}",
                             auth=(app.client_id, app.client_secret))
            assert told.status_code == 200 and told.json()["cause"] == "CODE_UNKNOWN"


@pytest.mark.parametrize("through", ["node", "nginx"])
def test_a_follower_at_one_node_sees_refusals_of_all(cluster, through):
    """The same through nginx, which passes each event on as it comes."""
    owner = cluster.nodes[0].make_user()
    app = cluster.nodes[0].make_app(owner=owner.login)
    owner_at = Person(cluster.nodes[2] if through == "node" else cluster.front)
    owner_at.sign_in(owner.login, owner.password)
    with events(owner_at, f"/settings/applications/{app.id}/requests/events") as stream:
        assert stream.next() == ("ready", {})
        made = {node.post("/login/oauth/access_token", {**app.credentials, "code": "0" * 40})
                .headers["X-GitHub-Request-Id"] for node in cluster.nodes}
        assert {stream.next()[1]["request"] for _ in made} == made
