"""Token exchange: RFC 8693, with RFC 8707 and RFC 9449 where they meet it."""

import hashlib
import time

import pytest

import own_issuer
import standard as s
from own_issuer import refused
from own_jose import Key, proof, verified
from llavero_http import challenged, pkce, unique

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
JWT = own_issuer.JWT_TYPE
USUAL = ["authorization_code", "refresh_token", "client_credentials", own_issuer.GRANT]


def make(server, *grants, **more):
    return s.make_app(server, metadata={"grant_types": [GRANT, *(grants or USUAL)],
                                        "scope": "repo"}, **more)


@pytest.fixture(scope="module")
def app(server):
    return make(server)


@pytest.fixture(scope="module")
def api(server):
    """A resource, and the app that serves it."""
    uri, served = f"https://{unique('api')}.example/", make(server)
    server.cli("resource", "create", uri)
    server.cli("resource", "serve", uri, served.client_id)
    return uri, served


def swap(server, app, token, kind=ACCESS, headers=None, **form):
    reply = s.post(server, s.TOKEN, {**s.credentials(server, app), "grant_type": GRANT,
                                     "subject_token": token, "subject_token_type": kind, **form},
                   headers=headers or {})
    if reply.status_code == 200:
        s.plant(server, reply.json())
    return reply


def subject(server, browser, app, **params):
    return s.sign_in(server, browser, app, **{"scope": "repo gist", **params})["access_token"]


def no(server, reply, cause, error="invalid_request"):
    return refused(server, reply, cause, error)


# it works

def test_8693_03_the_reply(server, octocat, app):
    token = subject(server, octocat, app)
    reply = swap(server, app, token)
    body = reply.json()
    assert set(body) == {"access_token", "issued_token_type", "token_type", "expires_in", "scope"}
    assert (body["issued_token_type"], body["token_type"]) == (ACCESS, "Bearer")
    assert body["scope"] == "gist repo" and body["access_token"] != token
    assert reply.headers["Cache-Control"] == "no-store"
    assert server.api("/user", body["access_token"]).json()["login"] == "octocat"
    was, now = (s.introspect(server, app, t) for t in (token, body["access_token"]))
    assert was["sub"] == now["sub"] and "act" not in now


def test_8693_2_1_a_resource_server_exchanges_what_it_is_shown(server, octocat, app, api):
    uri, served = api
    shown = subject(server, octocat, app, resource=uri)
    body = swap(server, served, shown, scope="gist").json()
    about = s.introspect(server, served, body["access_token"])
    assert (about["client_id"], about["scope"], about["aud"]) == (served.client_id, "gist", uri)
    assert about["username"] == "octocat"


def test_a_token_of_somebody_else(server, octocat, app, api):
    # P42
    uri, served = api
    other = f"https://{unique('other')}.example/"
    server.cli("resource", "create", other)
    for token in subject(server, octocat, app), subject(server, octocat, app, resource=other):
        no(server, swap(server, served, token), "EXCHANGE_TOKEN_OTHERS")
    shown = subject(server, octocat, app, resource=[other, uri])
    assert swap(server, served, shown).status_code == 200
    server.cli("resource", "serve", uri, served.client_id, "--end")
    no(server, swap(server, served, shown), "EXCHANGE_TOKEN_OTHERS")
    server.cli("resource", "serve", uri, served.client_id)


# who may

def test_6749_28_by_registration(server, octocat, app):
    other = s.make_app(server)
    no(server, swap(server, other, subject(server, octocat, other)), "GRANT_TYPE_UNREGISTERED",
       "unauthorized_client")


def test_8693_5_no_public_clients(server, octocat, app):
    public = make(server, auth_method="none")
    no(server, swap(server, public, "x"), "CLIENT_IS_PUBLIC", "unauthorized_client")
    reply = swap(server, app, "x", client_secret="wrong")
    assert reply.status_code == 401 and reply.json()["error"] == "invalid_client"


# the parameters

@pytest.mark.parametrize("missing", ["subject_token", "subject_token_type"])
def test_8693_01_what_is_needed(server, app, missing):
    reply = swap(server, app, "x", **{missing: None})
    assert no(server, reply, "TOKEN_PARAMETER_MISSING")["evidence"]["parameter"] == missing


@pytest.mark.parametrize("given", ["actor_token", "actor_token_type"])
def test_8693_01_an_actor_has_a_token_and_a_type(server, octocat, app, given):
    reply = swap(server, app, subject(server, octocat, app), **{given: ACCESS})
    no(server, reply, "TOKEN_PARAMETER_MISSING")


@pytest.mark.parametrize("parameter", ["subject_token_type", "requested_token_type"])
@pytest.mark.parametrize("kind", ["refresh_token", "id_token", "saml2", "Access_Token", ""])
def test_8693_3_types_that_are_not_taken(server, octocat, app, parameter, kind):
    named = {parameter: "urn:ietf:params:oauth:token-type:" + kind}
    why = no(server, swap(server, app, subject(server, octocat, app), **named), "EXCHANGE_TYPE")
    assert why["evidence"]["parameter"] == parameter


def test_the_tokens_never_in_the_url(server, app):
    for name in "subject_token", "actor_token", "requested_token_type":
        reply = server.post(f"{s.TOKEN}?{name}=x", {**app.credentials, "grant_type": GRANT})
        assert reply.json()["error"] == "invalid_request"


# tokens that are not good

def test_8693_02_8693_04_no_access_token(server, octocat, app):
    body = s.sign_in(server, octocat, app, scope="openid offline_access repo")
    for text in "x", "gho_" + "a" * 57, body["refresh_token"], body["id_token"]:
        no(server, swap(server, app, text), "EXCHANGE_TOKEN_BAD")


def test_8693_04_an_ended_one(server, octocat, app):
    token = subject(server, octocat, app)
    s.revoke(server, app, token)
    why = no(server, swap(server, app, token), "EXCHANGE_TOKEN_ENDED")
    assert why["evidence"]["parameter"] == "subject_token"


def test_an_app_itself_is_no_person(server, octocat, app, api):
    uri, served = api
    own = s.token(server, app, grant_type="client_credentials", resource=uri)["access_token"]
    no(server, swap(server, served, own), "EXCHANGE_NO_PERSON")
    body = swap(server, app, own).json()  # of itself it may
    assert s.introspect(server, app, body["access_token"])["sub"] == app.client_id


# narrowing

def test_8693_07_scopes_only_shrink(server, octocat, app):
    # P42
    token = subject(server, octocat, app, scope="repo")
    assert swap(server, app, token, scope="public_repo").json()["scope"] == "public_repo"
    why = no(server, swap(server, app, token, scope="repo gist"), "EXCHANGE_SCOPE", "invalid_scope")
    assert (why["expected"], why["received"]) == ("repo", "repo gist")
    small = swap(server, app, token, scope="public_repo").json()["access_token"]
    no(server, swap(server, app, small, scope="repo"), "EXCHANGE_SCOPE", "invalid_scope")


@pytest.mark.parametrize("name", ["resource", "audience"])
def test_8693_05_8693_07_targets_only_shrink(server, octocat, app, name):
    # P42
    one, two = (f"https://{unique('api')}.example/" for _ in range(2))
    for uri in one, two:
        server.cli("resource", "create", uri)

    def aud(token, **form):
        body = swap(server, app, token, **form).json()
        return s.introspect(server, app, body["access_token"]).get("aud")
    both = subject(server, octocat, app, resource=[one, two])
    assert aud(both) == [one, two] and aud(both, **{name: two}) == two
    no(server, swap(server, app, both, **{name: server.base}), "RESOURCE_NOT_GRANTED", "invalid_target")
    free = subject(server, octocat, app)
    assert aud(free) is None and aud(free, **{name: [one, two]}) == [one, two]
    for wrong, cause in ("my-api", "RESOURCE_MALFORMED"), (one + "x", "RESOURCE_UNKNOWN"):
        no(server, swap(server, app, free, **{name: wrong}), cause, "invalid_target")
    assert aud(free, resource=one, audience=two) == [one, two]


def test_8693_2_1_as_a_jwt(server, octocat, app):
    reads, asks = (f"https://{unique('api')}.example/" for _ in range(2))
    server.cli("resource", "create", reads, "--format", "jwt")
    server.cli("resource", "create", asks)
    token, keys = subject(server, octocat, app), server.get("/oauth2/jwks").json()
    for form, aud in ({}, server.base), ({"resource": reads}, reads):
        body = swap(server, app, token, requested_token_type=JWT, **form).json()
        assert body["issued_token_type"] == JWT
        claims = verified(body["access_token"], keys)
        assert (claims["aud"], claims["client_id"]) == (aud, app.client_id)
        assert s.is_active(server, app, body["access_token"])
    no(server, swap(server, app, token, requested_token_type=JWT, resource=asks), "EXCHANGE_TYPE")
    # what has been forgotten since reads nothing
    shown = subject(server, octocat, app, resource=reads)
    server.cli("resource", "delete", reads, "--yes")
    no(server, swap(server, app, shown, requested_token_type=JWT), "EXCHANGE_TYPE")
    # a JWT of ours is an access token like others
    assert swap(server, app, body["access_token"]).status_code == 200


# delegation

def own_token(server, app):
    return s.token(server, app, grant_type="client_credentials")["access_token"]


def act(server, app, token):
    return s.introspect(server, app, token).get("act")


def test_8693_06_who_acts(server, octocat, app):
    token = subject(server, octocat, app)
    actor = {"actor_token": own_token(server, app), "actor_token_type": ACCESS}
    first = swap(server, app, token, **actor).json()["access_token"]
    me = {"iss": server.base, "sub": app.client_id, "client_id": app.client_id}
    assert act(server, app, first) == me
    # the latest is outside; without an actor the chain stays as it is
    second = swap(server, app, first, **actor).json()["access_token"]
    assert act(server, app, second) == {**me, "act": me}
    assert act(server, app, swap(server, app, second).json()["access_token"]) == {**me, "act": me}
    body = swap(server, app, first, requested_token_type=JWT).json()
    claims = verified(body["access_token"], server.get("/oauth2/jwks").json())
    assert claims["act"] == me and claims["sub"] == s.introspect(server, app, token)["sub"]


def test_8693_4_1_the_chain_is_bounded(server, octocat, app):
    # P42
    token = subject(server, octocat, app)
    actor = {"actor_token": own_token(server, app), "actor_token_type": ACCESS}
    for _ in range(4):
        token = swap(server, app, token, **actor).json()["access_token"]
    no(server, swap(server, app, token, **actor), "EXCHANGE_DEPTH")
    for _ in range(4):
        token = swap(server, app, token).json()["access_token"]
    assert no(server, swap(server, app, token), "EXCHANGE_DEPTH")["evidence"]["most"] == "8"


def test_an_actor_that_is_not_good(server, octocat, app):
    token, actor = subject(server, octocat, app), own_token(server, app)
    s.revoke(server, app, actor)
    why = no(server, swap(server, app, token, actor_token=actor, actor_token_type=ACCESS),
             "EXCHANGE_TOKEN_ENDED")
    assert why["evidence"]["parameter"] == "actor_token"
    other = own_token(server, make(server))
    no(server, swap(server, app, token, actor_token=other, actor_token_type=ACCESS),
       "EXCHANGE_TOKEN_OTHERS")


# assertions

def test_8693_3_an_assertion_as_the_subject(server, app):
    issuer = own_issuer.Issuer(server, "--subject", "login", "--scopes", "repo", apps=[app])
    now = int(time.time())
    text = issuer.says("octocat", exp=now + 120)
    for _ in range(2):  # it is a token here, good until it expires
        body = swap(server, app, text, JWT).json()
        assert body["scope"] == "repo" and body["expires_in"] <= 120
        assert s.introspect(server, app, body["access_token"])["username"] == "octocat"
    no(server, swap(server, app, issuer.says("octocat", aud="https://other.example"), JWT),
       "BEARER_AUDIENCE")
    no(server, swap(server, make(server), text, JWT), "BEARER_APP")
    no(server, swap(server, app, "x.y.z", JWT), "BEARER_MALFORMED")


def test_8693_4_4_may_act(server, app):
    # P42
    issuer = own_issuer.Issuer(server, "--subject", "login", apps=[app])
    mine = {"sub": app.client_id}
    for may, good in ((mine, True), ({"client_id": app.client_id}, True),
                      ({**mine, "iss": server.base}, True), ({"sub": "another"}, False),
                      ({**mine, "iss": "https://other.example"}, False), ({}, False),
                      ("text", False), ({"sub": 1}, False),
                      ({**mine, "client_id": app.client_id}, True),
                      ({**mine, "client_id": "another"}, False)):
        reply = swap(server, app, issuer.says("octocat", may_act=may), JWT)
        if good:
            assert reply.status_code == 200, (may, reply.text)
        else:
            no(server, reply, "EXCHANGE_MAY_ACT")
    user = server.make_user()
    text = issuer.says("octocat", may_act={"sub": user.login, "iss": issuer.name})
    body = swap(server, app, text, JWT, actor_token=issuer.says(user.login), actor_token_type=JWT).json()
    assert act(server, app, body["access_token"]) == {"iss": issuer.name, "sub": user.login}
    # whom an issuer names is no client
    text = issuer.says("octocat", may_act={"sub": user.login, "client_id": app.client_id})
    no(server, swap(server, app, text, JWT, actor_token=issuer.says(user.login), actor_token_type=JWT),
       "EXCHANGE_MAY_ACT")


# bound to a key

def test_9449_5_a_bound_token_needs_its_key(server, octocat, app):
    key, other = Key(), Key()
    url = server.base + s.TOKEN
    verifier, challenge = pkce()
    code = s.code(octocat, app, scope="repo", **challenged(challenge))
    body = s.plant(server, s.post(server, s.TOKEN, {
        **app.credentials, "grant_type": "authorization_code", "code": code,
        "code_verifier": verifier}, headers={"DPoP": proof(key, "POST", url)}).json())
    token = body["access_token"]
    no(server, swap(server, app, token), "PROOF_MISSING", "invalid_dpop_proof")
    no(server, swap(server, app, token, headers={"DPoP": proof(other, "POST", url)}), "EXCHANGE_KEY")
    body = swap(server, app, token, headers={"DPoP": proof(key, "POST", url)}).json()
    assert body["token_type"] == "DPoP"
    assert s.introspect(server, app, body["access_token"])["cnf"] == {"jkt": key.thumbprint}
    # what was free may be bound
    body = swap(server, app, subject(server, octocat, app),
                headers={"DPoP": proof(other, "POST", url)}).json()
    assert s.introspect(server, app, body["access_token"])["cnf"] == {"jkt": other.thumbprint}


# how long

def test_it_ends_with_what_it_was_got_for(server, octocat, app, api):
    uri, served = api
    token = subject(server, octocat, app, resource=uri)
    first = swap(server, served, token).json()["access_token"]
    second = swap(server, served, first).json()["access_token"]
    assert s.is_active(server, served, first) and s.is_active(server, served, second)
    s.revoke(server, app, token)
    assert not s.is_active(server, served, first) and not s.is_active(server, served, second)
    no(server, swap(server, served, second), "EXCHANGE_TOKEN_ENDED")


def test_it_ends_with_the_grant(server, app):
    user = server.make_user()
    browser = server.signed_in(user)
    token = swap(server, app, subject(server, browser, app)).json()["access_token"]
    assert server.is_alive(token)
    server.cli("grant", "revoke", user.login, app.client_id)
    assert not server.is_alive(token) and not s.is_active(server, app, token)


def test_it_ends_with_the_person(server, app):
    user = server.make_user()
    token = swap(server, app, subject(server, server.signed_in(user), app)).json()["access_token"]
    server.cli("user", "suspend", user.login)
    assert not s.is_active(server, app, token)


def test_a_refresh_ends_it(server, octocat, app):
    body = s.sign_in(server, octocat, app, scope="repo offline_access")
    token = swap(server, app, body["access_token"]).json()["access_token"]
    s.refresh(server, app, body["refresh_token"])
    assert not s.is_active(server, app, token)


def test_it_lives_no_longer(server, octocat, app):
    token = subject(server, octocat, app)
    with server.database() as db:
        changed = db.execute("UPDATE token SET expires_at = ? WHERE hash = ?", (
            int(time.time()) + 100, hashlib.sha256(token.encode()).digest())).rowcount
    assert changed == 1
    assert 0 < swap(server, app, token).json()["expires_in"] <= 100


def test_it_lives_as_long_as_others_where_its_subject_lives_longer(server, octocat, app):
    usual = swap(server, app, subject(server, octocat, app)).json()["expires_in"]
    token = subject(server, octocat, app)
    for expires_at in int(time.time()) + 10 * usual, 0:
        with server.database() as db:
            changed = db.execute("UPDATE token SET expires_at = ? WHERE hash = ?", (
                expires_at, hashlib.sha256(token.encode()).digest())).rowcount
        assert changed == 1
        assert usual - 60 < swap(server, app, token).json()["expires_in"] <= usual + 60


def test_it_ends_where_its_subject_is_not_to_be_found(server, octocat, app):
    token = subject(server, octocat, app)
    got = swap(server, app, token).json()["access_token"]
    assert s.is_active(server, app, got)
    with server.database() as db:
        gone = db.execute("DELETE FROM token WHERE hash = ?",
                          (hashlib.sha256(token.encode()).digest(),)).rowcount
    assert gone == 1
    assert not s.is_active(server, app, got)
    no(server, swap(server, app, got), "EXCHANGE_TOKEN_ENDED")


def test_8693_4_1_a_circle_is_gone_round_so_often_and_no_more(server, octocat, app):
    """No request makes one; a database that was put together by hand may have it."""
    token = subject(server, octocat, app)
    got = swap(server, app, token).json()["access_token"]
    with server.database() as db:
        assert db.execute("UPDATE token SET from_token_id = id WHERE hash = ?",
                          (hashlib.sha256(got.encode()).digest(),)).rowcount == 1
    no(server, swap(server, app, got), "EXCHANGE_DEPTH")
    assert s.is_active(server, app, token)


def test_the_github_edge_does_not_know_it(server, octocat, app):
    reply = server.post("/login/oauth/access_token", {
        **app.credentials, "grant_type": GRANT, "subject_token": subject(server, octocat, app),
        "subject_token_type": ACCESS}, headers={"Accept": "application/json"})
    assert "access_token" not in reply.json()
