"""An authorization server as clients of the Model Context Protocol use it, from discovery on: they
register themselves, name the resource in every request, and refuse a server without PKCE or iss."""

import json
import urllib.parse

import pytest

import standard as s
from llavero_http import App, challenged, pkce, unique
from own_openid import DISCOVERY

RESOURCE = "https://mcp.example/tools"
CALLBACK = "http://127.0.0.1:33418/cb"


@pytest.fixture(scope="module")
def own(launch):
    server = launch(registration="open", registrations_per_hour=0)
    server.cli("resource", "create", RESOURCE, "--format", "jwt")
    return server


def discover(own):
    """The clients' own order of looking, for an issuer without a path."""
    for where in (s.METADATA, DISCOVERY):
        document = own.get(where).json()
        assert document["issuer"] == own.base
        assert "S256" in document["code_challenge_methods_supported"]
        assert document["authorization_response_iss_parameter_supported"] is True
        assert document["client_id_metadata_document_supported"] is True
    return document


def register(own, document, method):
    reply = own.post(urllib.parse.urlsplit(document["registration_endpoint"]).path, json.dumps({
        "client_name": unique("MCP"), "redirect_uris": [CALLBACK], "application_type": "native",
        "token_endpoint_auth_method": method,
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]}),
        headers={"Content-Type": "application/json"})
    assert reply.status_code == 201, reply.text
    made = reply.json()
    own.plant(made["registration_access_token"], made.get("client_secret"))
    assert ("client_secret" in made) == (method != "none")
    return App(0, made["client_id"], made.get("client_secret"), CALLBACK, made["client_name"], "")


@pytest.mark.parametrize("method", ["none", "client_secret_post"])
def test_mcp_01_mcp_06_from_discovery_to_a_refreshed_token(own, method):
    app = register(own, discover(own), method)
    browser = own.signed_in(own.make_user())
    verifier, challenge = pkce()
    got = s.answer(browser, app, redirect_uri=CALLBACK, state="s", resource=RESOURCE,
                   scope="offline_access", prompt="consent", **challenged(challenge))
    assert got["iss"] == own.base and got["state"] == "s"
    pair = s.exchange(own, app, own.plant(got["code"]), redirect_uri=CALLBACK, resource=RESOURCE,
                      code_verifier=verifier)
    again = s.refresh(own, app, pair["refresh_token"], resource=RESOURCE)
    assert again["access_token"] != pair["access_token"]
    assert again["refresh_token"] != pair["refresh_token"]
    last = s.refresh(own, app, again["refresh_token"], resource=RESOURCE)
    # an old one again: the chain is over
    assert s.refresh(own, app, pair["refresh_token"], 400)["error"] == "invalid_grant"
    assert s.refresh(own, app, last["refresh_token"], 400)["error"] == "invalid_grant"


@pytest.mark.parametrize("method", ["none", "client_secret_post"])
def test_mcp_01_what_oauth_2_1_forbids(own, method):
    """The same client without PKCE, with another redirect URI, and with no resource of its own."""
    app = register(own, discover(own), method)
    browser = own.signed_in(own.make_user())
    verifier, challenge = pkce()
    for uri in ("http://127.0.0.1:33418/other", "https://127.0.0.1:33418/cb", "http://evil.example/cb"):
        assert s.ask(browser, app, redirect_uri=uri, **challenged(challenge)).status_code == 400
    # such an app is not trusted enough to be sent an error: a page tells it
    for params in [challenged(challenge, "plain")] + ([{}] if method == "none" else []):
        reply = s.ask(browser, app, redirect_uri=CALLBACK, **params)
        assert reply.status_code == 400 and "Location" not in reply.headers
    code = s.code(browser, app, redirect_uri=CALLBACK, resource=RESOURCE, **challenged(challenge))
    form = {"redirect_uri": CALLBACK, "code_verifier": verifier}
    assert s.exchange(own, app, code, 400, **form, resource=own.base + "/api/v3")["error"] == \
        "invalid_target"
    assert s.exchange(own, app, code, 400, redirect_uri=CALLBACK)["error"] == "invalid_grant"
    assert "access_token" in s.exchange(own, app, code, **form)
