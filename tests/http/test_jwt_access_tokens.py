"""Access tokens that a resource reads itself: RFC 9068; assurance 1.16, A131, and `llavero resource`."""

import json
import secrets
import time

import pytest
import requests

import standard as s
from own_jose import Key, b64, parts, proof, sign, unsigned, verified
from llavero_http import challenged, pkce

API, OTHER = "https://api.example/v1", "https://other.example/"


def sign_in(server, octocat, app, *resources, key=None, **params):
    verifier, challenge = pkce()
    code = s.code(octocat, app, **challenged(challenge), resource=list(resources), **params)
    headers = {"DPoP": proof(key, "POST", server.base + s.TOKEN)} if key else {}
    reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "authorization_code",
                                     "code": code, "code_verifier": verifier}, headers=headers)
    assert reply.status_code == 200, reply.text
    return s.plant(server, reply.json())


def keys(server):
    return server.get("/oauth2/jwks").json()


@pytest.fixture(scope="module")
def resource(server):
    server.cli("resource", "create", API, "--format", "jwt", "--name", "The API")
    server.cli("resource", "create", OTHER, "--format", "jwt", "--alg", "RS256")
    server.cli("resource", "create", "https://asks.example/")
    server.cli("resource", "create", server.base + "/api/v3", "--format", "jwt")
    return API


@pytest.fixture(scope="module")
def app(server, resource):
    return s.make_app(server, expiring=True)


@pytest.fixture(scope="module")
def token(server, octocat, app):
    return sign_in(server, octocat, app, API, scope="repo user")["access_token"]


# what it is

def test_9068_01_9068_02_header_and_claims(server, app, token):
    header, _ = parts(token)
    assert header["typ"] == "at+jwt" and header["alg"] == "ES256"
    claims = verified(token, keys(server))
    now = time.time()
    assert claims["iss"] == server.base and claims["aud"] == API
    assert claims["client_id"] == app.client_id and claims["scope"] == "repo user"
    assert claims["exp"] - claims["iat"] == 3600 and abs(claims["iat"] - now) < 60
    # the name that the app knows the person by everywhere
    assert claims["sub"] == s.introspect(server, app, token)["sub"] and "cnf" not in claims
    assert len(claims["jti"]) == 44 and claims["jti"] not in token.split(".")[2]


def test_9068_01_RS256_is_there_for_who_asks(server, octocat, app):
    text = sign_in(server, octocat, app, OTHER)["access_token"]
    assert parts(text)[0]["alg"] == "RS256"
    assert verified(text, keys(server))["aud"] == OTHER


def test_9068_02_several_audiences(server, octocat, app):
    text = sign_in(server, octocat, app, API, OTHER)["access_token"]
    assert verified(text, keys(server))["aud"] == [API, OTHER]


@pytest.mark.parametrize("resources", [(), ("https://asks.example/",), (API, "https://asks.example/")])
def test_without_a_resource_that_reads_them_tokens_are_opaque(server, octocat, app, resources):
    text = sign_in(server, octocat, app, *resources)["access_token"]
    assert text.startswith("gho_")
    if resources:
        told = s.introspect(server, app, text)
        assert told["aud"] == (resources[0] if len(resources) == 1 else list(resources))


def test_9068_02_bound_to_a_key(server, octocat, app):
    key = Key()
    body = sign_in(server, octocat, app, API, key=key)
    assert body["token_type"] == "DPoP"
    assert verified(body["access_token"], keys(server))["cnf"] == {"jkt": key.thumbprint}


# it has a row

def test_introspection_and_revocation(server, octocat, app):
    text = sign_in(server, octocat, app, API, scope="repo")["access_token"]
    told = s.introspect(server, app, text)
    assert told["active"] and told["aud"] == API and told["client_id"] == app.client_id
    s.revoke(server, app, text)
    assert not s.is_active(server, app, text)
    assert verified(text, keys(server))  # it does not know; who asks is told


def test_the_jti_alone_opens_nothing(server, app, token):
    jti = parts(token)[1]["jti"]
    assert not s.is_active(server, app, jti)
    assert server.api("/user", jti).status_code == 401


def test_a_jwt_ends_with_its_grant(server, octocat, app):
    own = s.make_app(server)
    text = sign_in(server, octocat, own, API)["access_token"]
    assert s.is_active(server, own, text)
    server.cli("grant", "revoke", "octocat", own.client_id)
    assert not s.is_active(server, own, text)


def test_9068_05_refreshing(server, octocat, app):
    first = sign_in(server, octocat, app, API)
    second = s.refresh(server, app, first["refresh_token"])
    claims = verified(second["access_token"], keys(server))
    assert claims["aud"] == API and claims["jti"] != parts(first["access_token"])[1]["jti"]
    assert not s.is_active(server, app, first["access_token"])
    # a lost reply: the same token, signed again
    again = s.refresh(server, app, first["refresh_token"])
    assert again["refresh_token"] == second["refresh_token"]
    assert verified(again["access_token"], keys(server)) == claims
    assert s.is_active(server, app, again["access_token"])


def test_9068_04_a_token_of_the_app_itself(server, resource):
    # 9700-18
    own = s.make_app(server, metadata={"scope": "repo"})
    reply = s.post(server, s.TOKEN, {"grant_type": "client_credentials", **own.credentials})
    assert reply.status_code == 200
    server.plant(reply.json()["access_token"])
    told = s.introspect(server, own, reply.json()["access_token"])
    assert told["sub"] == own.client_id and not own.client_id.isdigit()


# at our own API

def refused(server, reply, cause):
    assert reply.status_code == 401, reply.text
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert why["cause"] == cause, why
    return why


def test_9068_03_for_another_resource(server, token):
    why = refused(server, server.api("/user", token), "TOKEN_AUDIENCE")
    assert (why["expected"], why["received"]) == (server.base, API)


def test_9068_03_for_ours(server, octocat, app):
    text = sign_in(server, octocat, app, server.base + "/api/v3")["access_token"]
    assert text.count(".") == 2
    reply = server.get("/api/v3/user", headers={"Authorization": f"Bearer {text}"})
    assert reply.status_code == 200 and reply.json()["login"] == "octocat"


def test_9068_03_an_opaque_one_for_another_resource(server, octocat, app):
    text = sign_in(server, octocat, app, "https://asks.example/")["access_token"]
    refused(server, server.api("/user", text), "TOKEN_AUDIENCE")


def test_9068_03_A117_A131_what_only_looks_like_one(server, token):
    header, claims = parts(token)
    head, body, signature = token.split(".")
    stranger = Key(kid=header["kid"])
    for text in (sign(stranger, {"typ": "at+jwt", "kid": header["kid"]}, claims),
                 sign(stranger, {"typ": "at+jwt", "jwk": stranger.public}, claims),
                 unsigned({"alg": "none", "typ": "at+jwt"}, claims),
                 sign(secrets.token_bytes(32), {"typ": "at+jwt", "kid": header["kid"]}, claims),
                 f"{head}.{b64(json.dumps({**claims, 'aud': server.base}).encode())}.{signature}",
                 f"{head}.{body}.", token + "x"):
        refused(server, server.api("/user", text), "TOKEN_JWT")


# the command

def test_resource_commands(server, resource):
    uri = "https://made.example/" + secrets.token_hex(4)
    made = server.cli_json("resource", "create", uri, "--format", "jwt", "--alg", "PS256",
                           "--scopes", "user repo")
    assert made["identifier"] == made["name"] == uri and made["format"] == "jwt"
    assert made["alg"] == "PS256" and set(made["scopes"].split()) == {"repo", "user"}
    assert "already" in server.cli("resource", "create", uri, status=1).stderr
    changed = server.cli_json("resource", "edit", uri, "--format", "opaque", "--name", "Made",
                              "--scopes", "")
    assert (changed["format"], changed["name"], changed["alg"]) == ("opaque", "Made", "PS256")
    assert changed["scopes"] is None
    assert server.cli_json("resource", "show", uri) == changed
    assert changed in server.cli_json("resource", "list")
    assert uri in server.cli("resource", "list").stdout
    server.cli("resource", "delete", uri, status=2)
    server.cli("resource", "delete", uri, "--yes")
    server.cli("resource", "show", uri, status=1)


@pytest.mark.parametrize("words", [
    ["relative"], ["https://api.example/#x"], ["ftp://api.example/"], [""],
    ["https://api.example/", "--format", "xml"], ["https://api.example/", "--alg", "HS256"],
    ["https://api.example/", "--scopes", "nonsense"]])
def test_resource_create_refuses(server, words):
    server.cli("resource", "create", *words, status=2)


def test_tokens_without_resources_stay_as_they_were(server, octocat, app):
    """Nothing of all this is asked about a token without resources: it stays GitHub's."""
    body = sign_in(server, octocat, app)
    assert body["access_token"].startswith("gho_")
    assert requests.get(server.url("/api/v3/user"), timeout=60, headers={
        "Authorization": "token " + body["access_token"]}).status_code == 200


def test_9068_03_of_the_issuer_that_this_server_was(launch):
    """The keys are the same, and the name is another: who is told apart by that must not be confused."""
    own = launch()
    own.cli("resource", "create", own.base + "/api/v3", "--format", "jwt")
    app = s.make_app(own, metadata={"scope": "repo"})
    token = sign_in(own, own.signed_in(), app, own.base + "/api/v3")["access_token"]
    assert own.api("/user", token).status_code == 200
    own.stop()
    own.settings["base_url"] = "https://moved.example"
    own.start()
    reply = own.api("/user", token)
    assert reply.status_code == 401
    why = own.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert (why["cause"], why["evidence"]["fault"]) == ("TOKEN_JWT", "other_value")
