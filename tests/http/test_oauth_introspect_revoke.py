"""POST /oauth2/introspect (RFC 7662) and /oauth2/revoke (RFC 7009): assurance 1.4 and 1.5."""

import pytest

import standard as s
from llavero_http import Server, challenged, pkce
from raw_http import ask as raw

INACTIVE = {"active": False}


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server, expiring=True)


@pytest.fixture(scope="module")
def other(server):
    return s.make_app(server)


@pytest.fixture(scope="module")
def resource_server(server):
    return s.make_app(server, metadata={"resource_server": True})


@pytest.fixture(scope="module")
def public(server):
    return s.make_public(server)


@pytest.fixture
def pair(server, octocat, app):
    return s.sign_in(server, octocat, app, scope="repo user:email")


# introspection

def test_7662_05_02_what_is_told_of_a_good_token(server, app, pair):
    reply = s.post(server, s.INTROSPECT, {**app.credentials, "token": pair["access_token"]})
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Content-Type"].startswith("application/json")
    body = reply.json()
    assert list(body) == ["active", "scope", "client_id", "username", "token_type", "exp", "iat",
                          "sub", "iss", "acr", "auth_time"]
    assert body["active"] is True and body["token_type"] == "Bearer"
    assert body["scope"] == "repo user:email" and body["client_id"] == app.client_id
    assert body["username"] == "octocat" and body["iss"] == server.base
    assert body["sub"].startswith("usr_")  # as ID tokens have it: test_oidc_id_token.py
    assert isinstance(body["exp"], int) and body["exp"] - body["iat"] == 3600


def test_asking_writes_nothing_but_when_a_secret_was_last_used(server, app, pair):
    used = "SELECT used_at FROM app_secret WHERE app_id = (SELECT id FROM app WHERE client_id = ?)"
    with server.database() as db:
        db.execute("UPDATE app_secret SET used_at = 1")
    assert s.introspect(server, app, pair["access_token"])["active"] is True
    with server.database() as db:
        assert db.execute(used, [app.client_id]).fetchone()[0] > 1
    # Somebody else has the turn to write, which nobody has to wait for who has nothing to write.
    with server.database() as db:
        db.execute("UPDATE app_secret SET used_at = 1 WHERE app_id = -1")
        assert s.introspect(server, app, pair["access_token"])["active"] is True


def test_a_token_that_never_expires_has_no_exp(server, octocat):
    app = server.make_app()
    token = server.token_for(app, octocat)
    assert "exp" not in s.introspect(server, app, token)


def test_7662_01_who_asks_shows_who_they_are(server, pair, app, public):
    # A195, P30
    for form in ({}, {"client_id": app.client_id}, {**app.credentials, "client_secret": "x"}):
        reply = s.post(server, s.INTROSPECT, {**form, "token": pair["access_token"]})
        assert reply.status_code == 401 and reply.json()["error"] == "invalid_client"
    reply = s.post(server, s.INTROSPECT, {"client_id": public.client_id,
                                          "token": pair["access_token"]})
    assert reply.status_code == 400 and reply.json()["error"] == "unauthorized_client"
    for token in (None, ""):
        reply = s.post(server, s.INTROSPECT, {**app.credentials, "token": token})
        assert reply.status_code == 400 and reply.json()["error"] == "invalid_request"
    assert raw(server, "GET", s.INTROSPECT).status == 405


def test_7662_01_a_token_does_not_stand_for_a_client(server, pair):
    reply = s.post(server, s.INTROSPECT, {"token": pair["access_token"]},
                   headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert reply.status_code == 401


def test_7662_03_inactive_is_this_and_nothing_else(server, octocat, app, other):
    # A091, A201, P30
    # 7662-04
    ended = s.sign_in(server, octocat, app)
    s.revoke(server, app, ended["access_token"])
    foreign = s.sign_in(server, octocat, other)["access_token"]
    bad = [ended["access_token"], ended["refresh_token"], foreign, "x", "gho_" + "0" * 36,
           foreign[:-1], foreign + "0", foreign.swapcase(), "ghr_" + "0" * 76, "é", "a\0b",
           "x" * 5000, "%", "' OR 1=1 --"]
    seen = set()
    for token in bad:
        reply = s.post(server, s.INTROSPECT, {**app.credentials, "token": token})
        if "\0" in token:
            assert reply.status_code == 400
            continue
        assert reply.status_code == 200 and reply.json() == INACTIVE
        seen.add((reply.text, tuple(sorted(set(reply.headers) - {"Date"}))))
    assert len(seen) == 1


def test_7662_03_expired_tokens_are_inactive(launch):
    # A201
    own = launch(standard_token_lifetime=60)
    app, browser = s.make_app(own), own.signed_in()
    token = s.sign_in(own, browser, app)["access_token"]
    assert s.is_active(own, app, token)
    own.advance("61s")
    assert s.introspect(own, app, token) == INACTIVE


def test_7662_04_a_resource_server_sees_every_access_token(server, resource_server, other, pair):
    assert s.is_active(server, resource_server, pair["access_token"])
    assert s.introspect(server, other, pair["access_token"]) == INACTIVE


def test_7662_07_and_no_refresh_token(server, resource_server, app, pair):
    assert s.introspect(server, resource_server, pair["refresh_token"]) == INACTIVE
    own = s.introspect(server, app, pair["refresh_token"])
    assert own["active"] and "token_type" not in own and own["scope"] == "repo user:email"


def test_a_used_refresh_token_is_inactive(server, app, pair):
    after = s.refresh(server, app, pair["refresh_token"])
    assert s.introspect(server, app, pair["refresh_token"]) == INACTIVE
    assert s.is_active(server, app, after["refresh_token"])
    assert s.introspect(server, app, pair["access_token"]) == INACTIVE


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense", ""])
def test_a_hint_does_not_matter(server, app, pair, hint):
    # P30
    for token in (pair["access_token"], pair["refresh_token"]):
        assert s.introspect(server, app, token, token_type_hint=hint)["active"]


def test_the_owner_reads_why_a_token_was_inactive(server, octocat, app, resource_server):
    token = s.sign_in(server, octocat, app)["access_token"]
    s.revoke(server, app, token)
    reply = s.post(server, s.INTROSPECT, {**resource_server.credentials, "token": token})
    told = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert told["cause"] == "TOKEN_REVOKED" and told["evidence"]["by"] == "app"
    assert told["endpoint"] == "introspect"


def test_7662_04_why_a_token_of_another_app_has_ended_is_its_own_business(server, octocat, app, other):
    token = s.sign_in(server, octocat, app)["access_token"]
    s.revoke(server, app, token)
    reply = s.post(server, s.INTROSPECT, {**other.credentials, "token": token})
    assert reply.json() == INACTIVE and s.cause(server, reply) == "MANAGE_TOKEN_OF_ANOTHER_APP"


# revocation

def assert_done(reply):
    assert reply.status_code == 200 and reply.content == b""
    assert reply.headers["Cache-Control"] == "no-store"


def test_7009_05_an_access_token_ends_at_once_with_its_refresh_token(server, app, pair):
    # P27
    assert_done(s.revoke(server, app, pair["access_token"]))
    assert not server.is_alive(pair["access_token"])
    assert s.refresh(server, app, pair["refresh_token"], 400)["error"] == "invalid_grant"


def test_7009_05_on_another_node_it_has_ended_too(launch):
    one = launch()
    two = Server(one.data, demo=True, base_url=one.base)
    try:
        app = s.make_app(one, expiring=True)
        pair = s.sign_in(one, one.signed_in(), app)
        assert two.is_alive(pair["access_token"]) and s.is_active(two, app, pair["access_token"])
        assert_done(s.revoke(one, app, pair["access_token"]))
        assert not two.is_alive(pair["access_token"])
        assert s.introspect(two, app, pair["access_token"]) == INACTIVE
        assert s.refresh(two, app, pair["refresh_token"], 400)["error"] == "invalid_grant"
    finally:
        two.stop()


def test_7009_06_a_refresh_token_ends_with_its_access_token(server, app, pair):
    # P27
    assert_done(s.revoke(server, app, pair["refresh_token"]))
    assert not server.is_alive(pair["access_token"])
    assert s.introspect(server, app, pair["access_token"]) == INACTIVE


def test_a_used_refresh_token_ends_the_sign_in_too(server, app, pair):
    after = s.refresh(server, app, pair["refresh_token"])
    assert_done(s.revoke(server, app, pair["refresh_token"]))
    assert not server.is_alive(after["access_token"])


def test_7009_01_the_client_shows_who_it_is(server, app, public, pair):
    for form in ({}, {"client_id": app.client_id}, {**app.credentials, "client_secret": "x"}):
        reply = s.post(server, s.REVOKE, {**form, "token": pair["access_token"]})
        assert reply.status_code == 401 and reply.json()["error"] == "invalid_client"
    for token in (None, ""):
        reply = s.post(server, s.REVOKE, {**app.credentials, "token": token})
        assert reply.status_code == 400 and reply.json()["error"] == "invalid_request"
    assert server.is_alive(pair["access_token"])


def test_7009_01_a_public_client_names_itself(server, octocat, public):
    token = s.sign_in(server, octocat, public)["access_token"]
    assert_done(s.revoke(server, public, token))
    assert not server.is_alive(token)


def test_7009_02_another_clients_token_stays(server, other, public, app, pair):
    # A201, P27
    for stranger in (other, public):
        for token in (pair["access_token"], pair["refresh_token"]):
            reply = s.revoke(server, stranger, token)
            assert_done(reply)
    assert s.cause(server, reply) == "REFRESH_OF_ANOTHER_APP"
    assert server.is_alive(pair["access_token"])
    s.refresh(server, app, pair["refresh_token"])


@pytest.mark.parametrize("token", ["x", "gho_" + "0" * 36, "ghr_" + "0" * 76, "é", "x" * 5000])
def test_7009_03_what_is_no_token_is_no_error(server, app, token):
    # A091, A201
    assert_done(s.revoke(server, app, token))


def test_7009_03_twice_is_no_error(server, app, pair):
    for _ in range(2):
        assert_done(s.revoke(server, app, pair["access_token"]))


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense", ""])
@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_7009_04_a_hint_does_not_matter(server, app, pair, which, hint):
    assert_done(s.revoke(server, app, pair[which], token_type_hint=hint))
    assert not server.is_alive(pair["access_token"])


def test_a102_no_refresh_after_a_revocation(server, app, pair):
    s.revoke(server, app, pair["access_token"])
    for _ in range(2):
        assert s.refresh(server, app, pair["refresh_token"], 400)["error"] == "invalid_grant"


def test_revocation_has_cors(server, public, octocat):
    assert raw(server, "OPTIONS", s.REVOKE, "Origin: https://spa.example").status == 204
    token = s.sign_in(server, octocat, public)["access_token"]
    assert s.revoke(server, public, token).headers["Access-Control-Allow-Origin"] == "*"


def test_the_user_reads_of_it(server, app):
    user = server.make_user()
    browser = server.signed_in(user)
    verifier, challenge = pkce()
    of = s.code(browser, app, **challenged(challenge))
    s.revoke(server, app, s.exchange(server, app, of, code_verifier=verifier)["access_token"])
    assert "Token deleted" in browser.page("/settings/security-log").text


def test_a_leaked_token_of_an_app_can_be_reported(server):
    app = s.make_app(server)
    token = s.token(server, app, grant_type="client_credentials")["access_token"]
    assert server.post("/api/v3/credentials/revoke", json={"credentials": [token]}).status_code \
        in (202, 204)
    assert s.introspect(server, app, token) == INACTIVE
