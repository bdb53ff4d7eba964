"""What an app is registered for counts (RFC 7591 2, grant_types; RFC 6749 5.2, unauthorized_client;
assurance 6749-28, 7591-05; OWASP ASVS 10.4.4), at the standard edge."""

import pytest

import standard as s
from llavero_http import challenged, location_query, pkce

CODE, REFRESH, OWN = "authorization_code", "refresh_token", "client_credentials"


def make(server, *grants, **more):
    return s.make_app(server, metadata={"grant_types": list(grants)} if grants else {}, **more)


def refused(server, reply, used, *registered):
    assert reply.status_code == 400 and reply.json()["error"] == "unauthorized_client", reply.text
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert why["cause"] == "GRANT_TYPE_UNREGISTERED"
    assert (why["expected"], why["received"]) == (", ".join(registered), used)


def post(server, app, **form):
    return s.post(server, s.TOKEN, {**s.credentials(server, app), **form})


def test_6749_28_at_the_authorization_endpoint(server, octocat):
    app = make(server, OWN)
    got = dict(location_query(s.ask(octocat, app, state="s")))
    assert (got["error"], got["state"], got["iss"]) == ("unauthorized_client", "s", server.base)
    assert "code" in s.answer(octocat, make(server, CODE))


def test_6749_28_codes_of_before_are_of_no_use(server, octocat):
    app = make(server)
    verifier, challenge = pkce()
    code = s.code(octocat, app, **challenged(challenge))
    form = {"grant_type": CODE, "code": code, "code_verifier": verifier}
    s.serve(server, app, metadata={"grant_types": [OWN]})
    refused(server, post(server, app, **form), CODE, OWN)
    s.serve(server, app, metadata={"grant_types": [CODE]})  # it was not used up
    assert post(server, app, **form).status_code == 200


def test_6749_28_refresh_tokens(server, octocat):
    app = make(server, CODE, REFRESH)
    body = s.sign_in(server, octocat, app, scope="offline_access repo")
    s.serve(server, app, metadata={"grant_types": [CODE]})
    refused(server, post(server, app, grant_type=REFRESH, refresh_token=body["refresh_token"]),
            REFRESH, CODE)
    s.serve(server, app, metadata={"grant_types": [CODE, REFRESH]})
    assert "refresh_token" in s.refresh(server, app, body["refresh_token"])


def test_who_could_not_refresh_is_given_no_refresh_token(server, octocat):
    app = make(server, CODE, expiring=True)
    body = s.sign_in(server, octocat, app, scope="offline_access repo")
    assert "refresh_token" not in body and body["scope"] == "repo" and body["expires_in"] > 0
    assert server.is_alive(body["access_token"])


def test_6749_28_client_credentials(server):
    refused(server, post(server, make(server, CODE, REFRESH), grant_type=OWN), OWN, CODE, REFRESH)
    assert s.token(server, make(server, OWN), grant_type=OWN)["access_token"]


def test_6749_28_the_device_flow_is_a_switch(server):
    app = make(server, s.DEVICE_GRANT)
    reply = s.post(server, s.DEVICE, app.credentials)
    assert reply.status_code == 400 and reply.json()["error"] == "unauthorized_client"
    assert s.cause(server, reply) == "DEVICE_FLOW_OFF"


@pytest.mark.parametrize("metadata", [None, {"scope": "repo"}])
def test_7591_05_without_a_list_an_app_may_what_it_always_could(server, octocat, metadata):
    app = s.make_app(server, **({} if metadata is None else {"metadata": metadata}))
    body = s.sign_in(server, octocat, app, scope="offline_access")
    assert s.refresh(server, app, body["refresh_token"])["access_token"]
    assert s.token(server, app, grant_type=OWN)["access_token"]
    listed = server.cli_json("app", "show", app.client_id)
    if metadata:
        assert listed["metadata"]["grant_types"] == [CODE, REFRESH, OWN]


def test_the_client_is_authenticated_first(server):
    app = make(server, CODE)
    reply = post(server, app, grant_type=OWN, client_secret="wrong")
    assert reply.status_code == 401 and reply.json()["error"] == "invalid_client"


def test_the_list_of_the_command_line(server, octocat):
    app = make(server)
    server.cli("app", "edit", app.client_id, "--grant-type", OWN)
    assert s.token(server, app, grant_type=OWN)["access_token"]
    got = dict(location_query(s.ask(octocat, app)))
    assert got["error"] == "unauthorized_client"
    # another change leaves it
    server.cli("app", "edit", app.client_id, "--profile", "standard")
    assert dict(location_query(s.ask(octocat, app)))["error"] == "unauthorized_client"


def test_another_change_makes_no_list(server):
    app = make(server)
    server.cli("app", "edit", app.client_id, "--profile", "standard")
    assert s.token(server, app, grant_type=OWN)["access_token"]
    server.cli("app", "edit", app.client_id, "--public")
    assert server.cli_json("app", "show", app.client_id)["metadata"]["grant_types"] == [CODE, REFRESH]


def test_the_github_edge_knows_no_such_list(server, octocat):
    app = make(server, OWN, expiring=True)

    def ask(**form):
        reply = server.post("/login/oauth/access_token", {**app.credentials, **form},
                            headers={"Accept": "application/json"})
        return s.plant(server, reply.json())

    body = ask(code=octocat.code(app))
    assert server.is_alive(body["access_token"])
    assert ask(grant_type=REFRESH, refresh_token=body["refresh_token"])["access_token"]
