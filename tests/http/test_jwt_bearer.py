"""The JWT bearer authorization grant: RFC 7523 2.1 and 3, RFC 7521 4.1; assurance 7523-02 to 7523-06,
A048 to A055."""

import time

import pytest

import standard as s
from own_issuer import GRANT, Issuer, ask, make_app, refused, told
from own_jose import LEFT_OUT, Key, assertion, by_assertion, jwks, proof, unsigned, verified
from llavero_http import unique


@pytest.fixture(scope="module")
def app(server):
    return make_app(server)


@pytest.fixture(scope="module")
def issuer(server, app):
    return Issuer(server, "--subject", "login", "--scopes", "repo gist", apps=[app])


# it works

def test_7523_06_a_token_for_the_subject(server, app, issuer):
    reply = ask(server, app, issuer.says("octocat"))
    body = reply.json()
    assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["scope"]) == ("Bearer", "gist repo")
    assert 0 < body["expires_in"] <= 3600
    assert server.api("/user", body["access_token"]).json()["login"] == "octocat"
    about = s.introspect(server, app, body["access_token"])
    assert (about["active"], about["client_id"], about["username"]) == (True, app.client_id, "octocat")


@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS256", "EdDSA"])
def test_7523_06_each_algorithm(server, app, alg):
    theirs = Issuer(server, "--subject", "login", apps=[app], key=Key(alg))
    assert ask(server, app, theirs.says("octocat")).status_code == 200


def test_7523_06_types_of_assertions(server, app, issuer):
    for typ in "JWT", "authorization-grant+jwt":
        assert ask(server, app, issuer.says("octocat", {"typ": typ})).status_code == 200
    for typ in "at+jwt", "dpop+jwt", "client-authentication+jwt", "logout+jwt":
        why = refused(server, ask(server, app, issuer.says("octocat", {"typ": typ})), "BEARER_MALFORMED")
        assert why["evidence"]["fault"] == "other_type"


def test_7521_4_1_no_refresh_token(server, issuer):
    expiring = make_app(server, "refresh_token", expiring=True)
    issuer.edit("--any-app")
    body = ask(server, expiring, issuer.says("octocat"), scope="repo offline_access").json()
    assert "refresh_token" not in body and body["scope"] == "repo"


def test_7523_06_a_public_client_that_is_registered_for_it(server, issuer):
    issuer.edit("--any-app")
    public = make_app(server, auth_method="none")
    assert ask(server, public, issuer.says("octocat")).status_code == 200


def test_7523_06_client_and_grant_may_both_be_signed(server, issuer):
    key = Key()
    issuer.edit("--any-app")
    app = make_app(server, auth_method="private_key_jwt", metadata={"jwks": jwks(key)})
    form = {"grant_type": GRANT, "assertion": issuer.says("octocat")}
    reply = s.post(server, s.TOKEN, {**form, **by_assertion(assertion(server, app, key))})
    assert s.plant(server, reply.json())["scope"] == "gist repo"
    # neither passes for the other
    reply = s.post(server, s.TOKEN, {**form, **by_assertion(issuer.says(app.client_id))})
    assert reply.status_code == 401
    refused(server, s.post(server, s.TOKEN, {
        "grant_type": GRANT, "assertion": assertion(server, app, key),
        **by_assertion(assertion(server, app, key))}), "BEARER_OWN")


# who may

def test_6749_28_by_registration(server, issuer):
    issuer.edit("--any-app")
    other = s.make_app(server)
    refused(server, ask(server, other, issuer.says("octocat")), "GRANT_TYPE_UNREGISTERED",
            "unauthorized_client")


def test_7523_06_the_client_is_authenticated_first(server, app, issuer):
    # A185
    reply = s.post(server, s.TOKEN, {"client_id": app.client_id, "grant_type": GRANT,
                                     "assertion": issuer.says("octocat")})
    assert reply.status_code == 401 and reply.json()["error"] == "invalid_client"


def test_7523_06_trusted_for_some_apps(server, app):
    theirs = Issuer(server, "--subject", "login", apps=[app])
    other = make_app(server)
    refused(server, ask(server, other, theirs.says("octocat")), "BEARER_APP")
    theirs.edit("--app", app.client_id, "--app", other.client_id)
    assert ask(server, other, theirs.says("octocat")).status_code == 200
    theirs.edit("--app", other.client_id)
    refused(server, ask(server, app, theirs.says("octocat")), "BEARER_APP")


def test_7523_06_an_issuer_that_nobody_trusts(server, app, issuer):
    # A130
    stranger = f"https://{unique('stranger')}.example"
    why = refused(server, ask(server, app, issuer.says("octocat", iss=stranger)), "BEARER_ISSUER")
    assert why["received"] == stranger and issuer.name in why["expected"]
    for close in issuer.name + "/", issuer.name.upper(), issuer.name[:-1]:
        refused(server, ask(server, app, issuer.says("octocat", iss=close)), "BEARER_ISSUER")


def test_7523_06_self_issued(server, app, issuer):
    key = Key()
    s.serve(server, app, metadata={"grant_types": [GRANT], "jwks": jwks(key)})
    for name in app.client_id, server.base:
        text = issuer.says("octocat", key=key, iss=name)
        refused(server, ask(server, app, text), "BEARER_OWN")


def test_7523_06_no_trust_in_ourselves(server, app):
    own = Issuer(server, "--subject", "login", apps=[app], name=server.base)
    refused(server, ask(server, app, own.says("octocat")), "BEARER_OWN")
    server.cli("issuer", "remove", server.base, "--yes")


def test_7523_06_trust_that_was_taken_back(server, app):
    theirs = Issuer(server, "--subject", "login", apps=[app])
    assert ask(server, app, theirs.says("octocat")).status_code == 200
    server.cli("issuer", "remove", theirs.name, "--yes")
    refused(server, ask(server, app, theirs.says("octocat")), "BEARER_ISSUER")


# the assertion

def test_it_is_needed(server, app):
    reply = ask(server, app, None)
    assert reply.json()["error"] == "invalid_request"
    assert told(server, reply)["evidence"]["parameter"] == "assertion"
    reply = server.post(f"{s.TOKEN}?assertion=x", {**app.credentials, "grant_type": GRANT})
    assert reply.json()["error"] == "invalid_request"


@pytest.mark.parametrize("text", ["x", "a.b", "a.b.c.d", "e30.e30.", "not a jwt", "x" * 20000])
def test_7523_06_it_cannot_be_read(server, app, text):
    assert ask(server, app, text).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp"])
def test_7523_06_a_claim_is_missing(server, app, issuer, claim):
    why = refused(server, ask(server, app, issuer.says("octocat", **{claim: LEFT_OUT})), "BEARER_CLAIM")
    assert {"parameter": claim, "fault": "missing"}.items() <= why["evidence"].items()


def test_7523_06_what_may_be_left_out(server, app, issuer):
    text = issuer.says("octocat", iat=LEFT_OUT, jti=LEFT_OUT)
    for _ in range(2):  # it has no name by which it could be known again
        assert ask(server, app, text).status_code == 200


@pytest.mark.parametrize("wrong", ["/oauth2/token", "/", "list", "other"])
def test_7523_02_the_audience_is_the_issuer_as_one_text(server, app, issuer, wrong):
    aud = {"list": [server.base], "other": "https://other.example"}.get(wrong, server.base + wrong)
    refused(server, ask(server, app, issuer.says("octocat", aud=aud)), "BEARER_AUDIENCE")


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_7523_04_clocks_that_are_ahead(server, app, issuer, claim):
    now = int(time.time())
    assert ask(server, app, issuer.says("octocat", **{claim: now + 8})).status_code == 200
    why = refused(server, ask(server, app, issuer.says("octocat", **{claim: now + 75})), "BEARER_AHEAD")
    assert why["evidence"]["parameter"] == claim


def test_7523_04_the_end(server, app, issuer):
    now = int(time.time())
    assert ask(server, app, issuer.says("octocat", exp=now - 2)).status_code == 200
    refused(server, ask(server, app, issuer.says("octocat", exp=now - 11)), "BEARER_EXPIRED")
    assert ask(server, app, issuer.says("octocat", exp=now + 3600)).status_code == 200
    refused(server, ask(server, app, issuer.says("octocat", exp=now + 3700)), "BEARER_LIFETIME")


def test_7523_03_it_counts_once(server, app, issuer):
    text = issuer.says("octocat")
    assert ask(server, app, text).status_code == 200
    refused(server, ask(server, app, text), "BEARER_REPLAYED")


def test_7523_03_what_was_refused_may_come_again(server, app, issuer):
    text = issuer.says("octocat")
    refused(server, ask(server, app, text, scope="admin:org"), "BEARER_SCOPE", "invalid_scope")
    assert ask(server, app, text, scope="repo").status_code == 200


def test_7523_03_names_of_issuers_are_apart(server, app, issuer):
    other = Issuer(server, "--subject", "login", apps=[app])
    for each in issuer, other:
        assert ask(server, app, each.says("octocat", jti="the same " + other.name)).status_code == 200


# signatures

def test_a050_no_signature(server, app, issuer):
    now = int(time.time())
    text = unsigned({"alg": "none"}, {"iss": issuer.name, "sub": "octocat", "aud": server.base,
                                      "exp": now + 60})
    refused(server, ask(server, app, text), "BEARER_ALGORITHM")


def test_a050_a118_the_public_key_is_no_secret(server, app, issuer):
    for secret in app.client_secret.encode(), issuer.file.read_bytes():
        refused(server, ask(server, app, issuer.says("octocat", key=secret)), "BEARER_ALGORITHM")


def test_a052_it_brings_its_own_key(server, app, issuer):
    key = Key()
    text = issuer.says("octocat", {"jwk": key.public, "kid": issuer.key.kid}, key=key)
    refused(server, ask(server, app, text), "BEARER_SIGNATURE")
    refused(server, ask(server, app, issuer.says("octocat", {"jwk": key.public}, key=key)),
            "BEARER_KEY_UNKNOWN")


def test_7523_05_the_operator_names_the_algorithms(server, app):
    es, rs = Key("ES256"), Key("RS256")
    theirs = Issuer(server, "--subject", "login", "--alg", "ES256", apps=[app], key=es, keys=[es, rs])
    assert ask(server, app, theirs.says("octocat")).status_code == 200
    why = refused(server, ask(server, app, theirs.says("octocat", key=rs)), "BEARER_ALGORITHM")
    assert (why["expected"], why["received"]) == ("ES256", "RS256")


def test_7523_05_keys_that_were_given_anew(server, app):
    theirs = Issuer(server, "--subject", "login", apps=[app])
    new = Key()
    why = refused(server, ask(server, app, theirs.says("octocat", key=new)), "BEARER_KEY_UNKNOWN")
    assert (why["expected"], why["received"]) == (theirs.key.kid, new.kid)
    theirs.publish(theirs.key, new)
    theirs.edit("--jwks", str(theirs.file))
    assert ask(server, app, theirs.says("octocat", key=new)).status_code == 200


def test_a_claim_that_was_changed(server, app, issuer):
    head, _, signature = issuer.says("octocat").split(".")
    _, other, _ = issuer.says("monalisa").split(".")
    refused(server, ask(server, app, f"{head}.{other}.{signature}"), "BEARER_SIGNATURE")


# keys that are fetched

def test_7523_05_keys_at_an_address(server, app, stub):
    key, new = Key(), Key()
    stub.put("/keys", jwks(key))
    theirs = Issuer(server, "--subject", "login", "--jwks-uri", stub.url("/keys"), apps=[app], key=key)
    for _ in range(2):
        assert ask(server, app, theirs.says("octocat")).status_code == 200
    assert stub.times("/keys") == 1
    refused(server, ask(server, app, theirs.says("octocat", key=new)), "BEARER_KEY_UNKNOWN")


def test_7523_05_two_addresses_in_one_request(server, stub):
    """The client's keys and the issuer's: neither is taken for the other."""
    mine, theirs_key = Key(), Key()
    stub.put("/mine", jwks(mine))
    stub.put("/theirs", jwks(theirs_key))
    app = make_app(server, auth_method="private_key_jwt", metadata={"jwks_uri": stub.url("/mine")})
    theirs = Issuer(server, "--subject", "login", "--jwks-uri", stub.url("/theirs"), key=theirs_key)

    def send(grant_key, client_key):
        return s.post(server, s.TOKEN, {
            "grant_type": GRANT, "assertion": theirs.says("octocat", key=grant_key),
            **by_assertion(assertion(server, app, client_key))})
    reply = send(theirs_key, mine)
    assert reply.status_code == 200, reply.text
    s.plant(server, reply.json())
    assert sorted(stub.asked) == ["/mine", "/theirs"]
    refused(server, send(mine, mine), "BEARER_KEY_UNKNOWN")
    assert send(theirs_key, theirs_key).status_code == 401


def test_keys_that_cannot_be_fetched(server, app, stub):
    theirs = Issuer(server, "--subject", "login", "--jwks-uri", stub.url("/nothing"), apps=[app])
    refused(server, ask(server, app, theirs.says("octocat")), "BEARER_NO_KEY")


# whom it is about

def test_the_subject_is_a_login(server, app, issuer):
    assert ask(server, app, issuer.says("OctoCat")).status_code == 200
    why = refused(server, ask(server, app, issuer.says("nobody-of-that-name")), "BEARER_SUBJECT")
    assert (why["expected"], why["received"]) == ("login", "nobody-of-that-name")
    for sub in server.make_user().email, " app", "x" * 3000:
        refused(server, ask(server, app, issuer.says(sub)), "BEARER_SUBJECT")
    refused(server, ask(server, app, issuer.says("")), "BEARER_CLAIM")


def test_the_subject_is_a_verified_address(server, app):
    theirs = Issuer(server, "--subject", "email", apps=[app])
    proven, unproven = server.make_user(), server.make_user(verified=False)
    for sub in proven.email, proven.email.upper():
        body = ask(server, app, theirs.says(sub)).json()
        assert s.introspect(server, app, body["access_token"])["username"] == proven.login
    for sub in unproven.email, proven.login, "nobody@example.com":
        refused(server, ask(server, app, theirs.says(sub)), "BEARER_SUBJECT")


def test_the_subject_is_linked(server, app):
    theirs, other = Issuer(server, apps=[app]), Issuer(server, apps=[app])
    user = server.make_user()
    refused(server, ask(server, app, theirs.says("u-1")), "BEARER_SUBJECT")
    server.cli("issuer", "link", theirs.name, "u-1", user.login)
    body = ask(server, app, theirs.says("u-1")).json()
    assert s.introspect(server, app, body["access_token"])["username"] == user.login
    for text in other.says("u-1"), theirs.says("U-1"), theirs.says(user.login):
        refused(server, ask(server, app, text), "BEARER_SUBJECT")
    server.cli("issuer", "unlink", theirs.name, "u-1")
    refused(server, ask(server, app, theirs.says("u-1")), "BEARER_SUBJECT")


def test_a_suspended_subject(server, app, issuer):
    # P21
    user = server.make_user()
    body = ask(server, app, issuer.says(user.login)).json()
    server.cli("user", "suspend", user.login)
    assert s.introspect(server, app, body["access_token"]) == {"active": False}
    refused(server, ask(server, app, issuer.says(user.login)), "BEARER_USER_SUSPENDED")
    server.cli("user", "unsuspend", user.login)
    assert ask(server, app, issuer.says(user.login)).status_code == 200


def test_a_deleted_subject(server, app, issuer):
    user = server.make_user()
    body = ask(server, app, issuer.says(user.login)).json()
    with server.database() as db:
        db.execute("DELETE FROM account WHERE login = ?", (user.login,))
    assert s.introspect(server, app, body["access_token"]) == {"active": False}
    refused(server, ask(server, app, issuer.says(user.login)), "BEARER_SUBJECT")


def test_no_consent_is_noted(server, app, issuer):
    """A later sign-in asks the person as if nothing had happened; the security log has it."""
    # P22
    user = server.make_user()
    s.serve(server, app, metadata={"grant_types": [GRANT, "authorization_code"]})
    assert ask(server, app, issuer.says(user.login)).status_code == 200
    browser = server.signed_in(user)
    assert s.ask(browser, app).status_code == 200  # the consent page
    assert server.cli_json("grant", "list", user.login) == []
    with server.database() as db:
        rows = db.execute("SELECT action FROM audit JOIN account a ON a.id = account_id"
                          " WHERE a.login = ?", (user.login,)).fetchall()
    assert ("oauth_access.create",) in rows


# what the token is

def test_7523_06_scopes_at_most(server, app, issuer):
    assert ask(server, app, issuer.says("octocat"), scope="gist").json()["scope"] == "gist"
    assert ask(server, app, issuer.says("octocat"), scope="public_repo").json()["scope"] == "public_repo"
    why = refused(server, ask(server, app, issuer.says("octocat"), scope="repo user"), "BEARER_SCOPE",
                  "invalid_scope")
    assert (why["expected"], why["received"]) == ("gist repo", "repo user")
    none = Issuer(server, "--subject", "login", apps=[app])
    assert ask(server, app, none.says("octocat")).json()["scope"] == ""
    refused(server, ask(server, app, none.says("octocat"), scope="repo"), "BEARER_SCOPE",
            "invalid_scope")


def test_8707_02_for_a_resource(server, app, issuer):
    uri = f"https://{unique('api')}.example/"
    server.cli("resource", "create", uri, "--format", "jwt", "--scopes", "gist")
    body = ask(server, app, issuer.says("octocat"), resource=uri).json()
    claims = verified(body["access_token"], server.get("/oauth2/jwks").json())
    assert (claims["aud"], claims["client_id"], claims["scope"]) == (uri, app.client_id, "gist")
    assert claims["sub"].startswith("usr_")
    refused(server, ask(server, app, issuer.says("octocat"), resource=uri + "x"), "RESOURCE_UNKNOWN",
            "invalid_target")


def test_9449_5_bound_to_a_key(server, app, issuer):
    key = Key()
    reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": GRANT,
                                     "assertion": issuer.says("octocat")},
                   headers={"DPoP": proof(key, "POST", server.base + s.TOKEN)})
    body = s.plant(server, reply.json())
    assert body["token_type"] == "DPoP"
    assert s.introspect(server, app, body["access_token"])["cnf"] == {"jkt": key.thumbprint}


def test_what_ends_its_tokens(server, issuer):
    issuer.edit("--any-app")
    app = make_app(server)
    first = ask(server, app, issuer.says("octocat")).json()["access_token"]
    s.revoke(server, app, first)
    assert not s.is_active(server, app, first)
    second = ask(server, app, issuer.says("octocat")).json()["access_token"]
    with server.database() as db:
        db.execute("UPDATE app SET epoch = epoch + 1 WHERE client_id = ?", (app.client_id,))
    assert not s.is_active(server, app, second)
    assert ask(server, app, issuer.says("octocat")).status_code == 200


def test_the_github_edge_does_not_know_it(server, app, issuer):
    reply = server.post("/login/oauth/access_token", {
        **app.credentials, "grant_type": GRANT, "assertion": issuer.says("octocat")},
        headers={"Accept": "application/json"})
    assert "access_token" not in reply.json()
