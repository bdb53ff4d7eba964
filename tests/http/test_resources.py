"""What a token is to be for: the parameter resource, RFC 8707; assurance rows 8707-01 to 8707-05."""

import pytest

import standard as s
from llavero_http import challenged, location_query, pkce, unique

API, OTHER = "https://files.example/v1", "https://mail.example/"


@pytest.fixture(scope="module")
def app(server):
    for uri in API, OTHER:
        server.cli("resource", "create", uri)
    return s.make_app(server, expiring=True, device=True, metadata={"scope": "repo"})


def exchange(server, browser, app, asked, **form):
    verifier, challenge = pkce()
    code = s.code(browser, app, resource=asked, **challenged(challenge))
    return s.post(server, s.TOKEN, {**app.credentials, "grant_type": "authorization_code",
                                    "code": code, "code_verifier": verifier, **form})


def audience(server, app, body):
    s.plant(server, body)
    return s.introspect(server, app, body["access_token"]).get("aud")


def refused(server, reply, cause):
    assert reply.status_code == 400 and reply.json()["error"] == "invalid_target", reply.text
    assert s.cause(server, reply) == cause


@pytest.mark.parametrize("resource, cause", [
    ("/v1", "MALFORMED"), ("api.example", "MALFORMED"), (API + "#part", "MALFORMED"),
    (API + "#", "MALFORMED"), ("urn:example:api", "MALFORMED"), ("https://", "MALFORMED"),
    ("https://me@files.example/v1", "MALFORMED"), ("https://files.example/" + "x" * 2048, "MALFORMED"),
    ("https://unknown.example/", "UNKNOWN"), (API + "/", "UNKNOWN"), (API + "?a=b", "UNKNOWN"),
    ("https://files.example", "UNKNOWN"), ("HTTPS://FILES.example/v1", "UNKNOWN")])
def test_8707_01_8707_04_8707_05_only_what_is_known_and_written_alike(
        server, octocat, app, resource, cause):
    reply = s.ask(octocat, app, resource=resource, state="s")
    got = dict(location_query(reply))
    assert (got["error"], got["state"], got["iss"]) == ("invalid_target", "s", server.base)
    reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "client_credentials",
                                     "resource": resource})
    refused(server, reply, "RESOURCE_" + cause)
    reply = s.post(server, s.DEVICE, {"client_id": app.client_id, "resource": resource},
                   auth=(app.client_id, app.client_secret))
    refused(server, reply, "RESOURCE_" + cause)


def test_8707_01_how_many(server, octocat, app):
    """Eight are taken."""
    known = [server.base + "/" + str(i) for i in range(9)]
    for n in 7, 8:
        body = exchange(server, octocat, app, known[:n]).json()
        assert audience(server, app, body) == known[:n]
    got = dict(location_query(s.ask(octocat, app, resource=known)))
    assert got["error"] == "invalid_target"


def test_8707_02_the_audience_is_what_was_asked_for(server, octocat, app):
    # 9700-08, MCP-06
    for asked, told in (([], None), ([API], API), ([API, OTHER], [API, OTHER]), ("", None)):
        assert audience(server, app, exchange(server, octocat, app, asked).json()) == told
    for given in {}, {"resource": API}:
        reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "client_credentials",
                                         **given})
        assert audience(server, app, reply.json()) == given.get("resource")


def test_8707_02_our_own_api_takes_no_token_for_others(server, octocat, app):
    for asked, alive in ((API, False), (server.base, True), (server.base + "/api/v3", True),
                         ([API, server.base], True)):
        token = exchange(server, octocat, app, asked).json()["access_token"]
        server.plant(token)
        assert server.is_alive(token) is alive, asked


def test_8707_03_a_token_is_for_fewer_never_for_others(server, octocat, app):
    # 9700-10
    first = exchange(server, octocat, app, [API, OTHER], resource=OTHER).json()
    assert audience(server, app, first) == OTHER

    def refresh(token, **form):
        return s.post(server, s.TOKEN, {**app.credentials, "grant_type": "refresh_token",
                                        "refresh_token": token, **form})

    # the refresh token is still for both
    second = refresh(first["refresh_token"], resource=API).json()
    assert audience(server, app, second) == API
    refused(server, refresh(second["refresh_token"], resource=server.base), "RESOURCE_NOT_GRANTED")
    third = refresh(second["refresh_token"]).json()
    assert audience(server, app, third) == [API, OTHER]
    refused(server, exchange(server, octocat, app, API, resource=OTHER), "RESOURCE_NOT_GRANTED")
    refused(server, exchange(server, octocat, app, [], resource=API), "RESOURCE_NOT_GRANTED")


def test_8707_03_a_refused_exchange_does_not_use_up_the_code(server, octocat, app):
    verifier, challenge = pkce()
    code = s.code(octocat, app, resource=API, **challenged(challenge))
    form = {**app.credentials, "grant_type": "authorization_code", "code": code,
            "code_verifier": verifier}
    refused(server, s.post(server, s.TOKEN, {**form, "resource": OTHER}), "RESOURCE_NOT_GRANTED")
    assert audience(server, app, s.post(server, s.TOKEN, form).json()) == API


def test_8707_03_a_lost_reply_is_repeated_as_it_was(server, octocat, app):
    first = exchange(server, octocat, app, [API, OTHER]).json()
    s.plant(server, first)
    form = {**app.credentials, "grant_type": "refresh_token", "resource": API,
            "refresh_token": first["refresh_token"]}
    replies = [s.post(server, s.TOKEN, form).json() for _ in range(2)]
    assert replies[0]["access_token"] == replies[1]["access_token"]
    assert audience(server, app, replies[1]) == API


# the scopes that a resource knows

@pytest.fixture(scope="module")
def gists(server):
    """Knows gist and public_repo, which repo implies."""
    uri = f"https://{unique('gists')}.example/"
    server.cli("resource", "create", uri, "--scopes", "gist public_repo")
    return uri


def scopes_at(server, app, body):
    s.plant(server, body)
    told = s.introspect(server, app, body["access_token"])["scope"]
    assert told == body["scope"]
    return told


@pytest.mark.parametrize("asked, given", [
    ("gist", "gist"), ("gist user", "gist"), ("repo", "public_repo"), ("repo gist", "gist public_repo"),
    (None, ""), ("openid", ""), ("openid gist", "gist")])
def test_9700_08_a_token_gets_what_its_resource_knows(server, octocat, app, gists, asked, given):
    verifier, challenge = pkce()
    code = s.code(octocat, app, resource=gists, scope=asked, **challenged(challenge))
    body = s.exchange(server, app, code, code_verifier=verifier)
    assert scopes_at(server, app, body) == given
    # who has signed in is told all the same
    assert ("id_token" in body) == ("openid" in (asked or ""))


def test_9700_08_the_grant_keeps_everything(server, octocat, app, gists):
    verifier, challenge = pkce()
    code = s.code(octocat, app, resource=[gists, API], scope="user gist", **challenged(challenge))
    body = s.exchange(server, app, code, code_verifier=verifier, resource=gists)
    assert scopes_at(server, app, body) == "gist"
    body = s.refresh(server, app, body["refresh_token"], resource=API)
    assert scopes_at(server, app, body) == "gist user"
    body = s.refresh(server, app, body["refresh_token"], resource=gists)
    assert scopes_at(server, app, body) == "gist"
    # one of two that knows everything is enough
    body = s.refresh(server, app, body["refresh_token"])
    assert scopes_at(server, app, body) == "gist user"
    reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "refresh_token", "scope": "user",
                                     "refresh_token": body["refresh_token"], "resource": gists})
    assert reply.json()["error"] == "invalid_scope" and s.cause(server, reply) == "RESOURCE_SCOPE"
    assert s.refresh(server, app, body["refresh_token"])["access_token"]  # nor was it used up


def test_9700_08_scopes_that_mean_nothing_there(server, octocat, app, gists):
    got = dict(location_query(s.ask(octocat, app, resource=gists, scope="user read:org")))
    assert got["error"] == "invalid_scope"
    reply = s.post(server, s.DEVICE, {**app.credentials, "resource": gists, "scope": "user"})
    assert reply.status_code == 400 and reply.json()["error"] == "invalid_scope"
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert (why["cause"], why["expected"], why["received"]) == \
        ("RESOURCE_SCOPE", "gist public_repo", "user")
    own = {**app.credentials, "grant_type": "client_credentials"}
    body = s.plant(server, s.post(server, s.TOKEN, {**own, "resource": gists}).json())
    assert body["scope"] == "public_repo"
    mail = f"https://{unique('mail')}.example/"
    server.cli("resource", "create", mail, "--scopes", "user:email")
    reply = s.post(server, s.TOKEN, {**own, "resource": mail, "scope": "repo"})
    assert reply.json()["error"] == "invalid_scope" and s.cause(server, reply) == "RESOURCE_SCOPE"


def test_the_github_edge_knows_no_resources(server, octocat, app):
    code = octocat.code(app, resource=API)
    reply = server.post("/login/oauth/access_token", {**app.credentials, "code": code,
                                                      "resource": OTHER},
                        headers={"Accept": "application/json"})
    s.plant(server, reply.json())
    assert server.is_alive(reply.json()["access_token"])


def test_8707_a_name_that_begins_as_ours_is_another(launch):
    """A token for it is none for us, and it is known only when the operator says so."""
    own = launch(base_url="https://id.example")
    app = s.make_app(own, metadata={"grant_types": ["client_credentials"], "scope": "repo"})
    other = "https://id.example.evil/"

    def ask(resource, status):
        return s.token(own, app, status, grant_type="client_credentials", resource=resource)
    assert ask(other, 400)["error"] == "invalid_target"
    own.cli("resource", "create", other)
    for resource, cause in (other, "TOKEN_AUDIENCE"), ("https://id.example", "TOKEN_OF_NO_USER"), (
            "https://id.example/api/v3", "TOKEN_OF_NO_USER"):
        token = ask(resource, 200)["access_token"]
        reply = own.api("/user", token)
        assert reply.status_code in (401, 403) and s.cause(own, reply) == cause
