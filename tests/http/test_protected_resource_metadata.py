"""This server as a protected resource: RFC 9728; assurance rows 9728-01 to 9728-05, MCP-12, MCP-16."""

import re
import urllib.parse

import pytest

import own_openid as o
import standard as s
from raw_http import ask as raw

WELL_KNOWN = "/.well-known/oauth-protected-resource"
OWN = {"": "header", "/api/v3": "header", "/api/graphql": "header",
       "/oauth2/userinfo": "header body"}
OPENID = {"openid", "profile", "email"}


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server)


def challenge(reply):
    """Scheme and attributes of the reply's one challenge."""
    scheme, _, rest = reply.headers["WWW-Authenticate"].partition(" ")
    found = re.findall(r'(\w+)="([^"]*)"', rest)
    assert ", ".join(f'{name}="{value}"' for name, value in found) == rest
    assert len(dict(found)) == len(found)
    return scheme, dict(found)


def follow(server, url):
    """What a client does with resource_metadata."""
    assert url.startswith(server.base + "/")
    return server.get(url.removeprefix(server.base))


@pytest.mark.parametrize("path", OWN)
def test_9728_01_9728_02_9728_04_each_api_is_described(server, path):
    reply = server.get(WELL_KNOWN + path)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    body = reply.json()
    assert body["resource"] == server.base + path
    assert body["authorization_servers"] == [server.base]
    assert body["bearer_methods_supported"] == OWN[path].split()
    assert body["resource_name"] and body["resource_documentation"].startswith(server.base)
    assert server.get(urllib.parse.urlsplit(body["resource_documentation"]).path).status_code == 200
    assert body["dpop_signing_alg_values_supported"] == \
        server.get(s.METADATA).json()["dpop_signing_alg_values_supported"]


def test_9728_04_the_scopes_of_each(server):
    every = set(server.get(s.METADATA).json()["scopes_supported"]) - {"offline_access"}
    told = {path: set(server.get(WELL_KNOWN + path).json()["scopes_supported"]) for path in OWN}
    assert told == {"": every, "/api/v3": every - OPENID, "/api/graphql": every - OPENID,
                    "/oauth2/userinfo": OPENID}


def test_9728_the_keys_of_what_is_signed(server):
    """Only what userinfo answers may be."""
    body = server.get(WELL_KNOWN + o.USERINFO).json()
    assert body["jwks_uri"] == server.base + o.JWKS
    assert body["resource_signing_alg_values_supported"] == \
        server.get(o.DISCOVERY).json()["userinfo_signing_alg_values_supported"]
    assert "jwks_uri" not in server.get(WELL_KNOWN + "/api/v3").json()


@pytest.mark.parametrize("path", ["/api", "/api/v3/user", "/api/v4", "/oauth2", "/no", "/api/v3/",
                                  "/..%2fapi", "/api%2fv3", "x", "/a/b/c/d/e"])
def test_9728_02_what_is_no_resource_is_not_described(server, path):
    assert server.get(WELL_KNOWN + path).status_code == 404


def test_9728_how_it_is_served(server):
    reply = server.get(WELL_KNOWN)
    assert "max-age=3600" in reply.headers["Cache-Control"]
    again = server.get(WELL_KNOWN, headers={"If-None-Match": reply.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""
    preflight = raw(server, "OPTIONS", WELL_KNOWN + "/api/v3", "Origin: https://spa.example")
    assert preflight.status == 204 and preflight.header("Access-Control-Allow-Origin") == "*"
    assert raw(server, "HEAD", WELL_KNOWN).status == 200
    assert raw(server, "POST", WELL_KNOWN, "Content-Length: 0").status == 405


def test_9728_01_mcp_12_a_server_with_a_path(launch):
    own = launch(base_url="https://id.example/tenants/one")
    for path in OWN:
        body = own.get(WELL_KNOWN + "/tenants/one" + path).json()
        assert body["resource"] == "https://id.example/tenants/one" + path
        assert body["authorization_servers"] == ["https://id.example/tenants/one"]
    for path in ("", "/api/v3", "/tenants", "/tenants/two", "/one/api/v3"):
        assert own.get(WELL_KNOWN + path).status_code == 404
    scheme, told = challenge(own.api("/user", "nonsense"))
    assert told["resource_metadata"] == \
        f"https://id.example{WELL_KNOWN}/tenants/one/api/v3"


# challenges

@pytest.mark.parametrize("path", ["/api/v3/user", "/api/v3/user/emails", "/api/graphql",
                                  "/oauth2/userinfo"])
@pytest.mark.parametrize("token", [None, "nonsense", "gho_" + "0" * 36])
def test_9728_03_mcp_16_a_401_says_where_to_read(server, path, token):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    send = server.post if path == "/api/graphql" else server.get
    reply = send(path, headers=headers)
    assert reply.status_code == 401
    scheme, told = challenge(reply)
    assert scheme == "Bearer" and told.get("error") == ("invalid_token" if token else None)
    body = follow(server, told["resource_metadata"]).json()
    assert (server.base + path).startswith(body["resource"])
    assert body["authorization_servers"] == [server.base]
    # RFC 9728 5: from there to the server's own metadata
    assert server.get(s.METADATA).json()["issuer"] == body["authorization_servers"][0]


def test_mcp_16_userinfo_says_which_scope(server, octocat, app):
    assert challenge(server.get(o.USERINFO))[1]["scope"] == "openid"
    token = s.sign_in(server, octocat, app, scope="repo")["access_token"]
    reply = server.get(o.USERINFO, headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 403
    scheme, told = challenge(reply)
    assert (told["error"], told["scope"]) == ("insufficient_scope", "openid")
    assert told["resource_metadata"] == server.base + WELL_KNOWN + o.USERINFO


def test_mcp_16_the_api_says_which_scope_where_it_says_403(server, octocat, app):
    token = s.sign_in(server, octocat, app, scope="gist")["access_token"]
    reply = server.api("/user/orgs", token)
    assert reply.status_code == 403 and "read:org" in reply.json()["message"]
    scheme, told = challenge(reply)
    assert (told["error"], told["scope"]) == ("insufficient_scope", "read:org")
    assert told["resource_metadata"] == server.base + WELL_KNOWN + "/api/v3"
    # What GitHub answers with a 404 is not there, and asks for nothing.
    hidden = server.api("/user/emails", token)
    assert hidden.status_code == 404 and "WWW-Authenticate" not in hidden.headers


def test_the_bodies_of_the_github_dialect_are_as_ever(server):
    body = server.api("/user", "nonsense").json()
    assert list(body) == ["message", "documentation_url", "status"]
    assert (body["message"], body["status"]) == ("Bad credentials", "401")


# registered resources

def test_9728_05_the_server_names_its_resources(server):
    there, hidden = "https://files.example/told", "https://files.example/hidden"
    server.cli("resource", "create", there)
    server.cli("resource", "create", hidden, "--listed", "no")
    for where in s.METADATA, o.DISCOVERY:
        told = server.get(where).json()["protected_resources"]
        assert told[:4] == [server.base + path for path in OWN]
        assert there in told and hidden not in told
    server.cli("resource", "edit", hidden, "--listed", "yes")
    server.cli("resource", "edit", there, "--listed", "no")
    told = server.get(s.METADATA).json()["protected_resources"]
    assert hidden in told and there not in told


def test_9728_05_at_most_a_hundred_are_named(launch):
    own = launch()
    for n, uri in enumerate(["https://r.example/%03d" % i for i in range(101)], 1):
        own.cli("resource", "create", uri)
        if n in (99, 100, 101):
            told = own.get(s.METADATA).json()["protected_resources"]
            assert len(told) == min(n, 100) + len(OWN)


def test_a_resource_at_this_origin_is_described_here(server):
    uri = server.base + "/files/v1"
    assert server.get(WELL_KNOWN + "/files/v1").status_code == 404
    server.cli("resource", "create", uri, "--name", "Files", "--scopes", "repo gist")
    body = server.get(WELL_KNOWN + "/files/v1").json()
    assert (body["resource"], body["resource_name"]) == (uri, "Files")
    assert body["authorization_servers"] == [server.base]
    assert set(body["scopes_supported"]) == {"repo", "gist"}
    # How somebody else takes tokens is not for us to say.
    assert "bearer_methods_supported" not in body
    server.cli("resource", "edit", uri, "--listed", "no")
    assert server.get(WELL_KNOWN + "/files/v1").status_code == 404


@pytest.mark.parametrize("listed", ["maybe", "", "YES"])
def test_listed_is_yes_or_no(server, listed):
    server.cli("resource", "create", f"https://files.example/{listed}", "--listed", listed,
               status=2)
