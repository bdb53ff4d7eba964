"""/.well-known/openid-configuration: OpenID Connect Discovery 3 and 4, assurance OD-01, OD-02, 8414-05 to
8414-07, MCP-02, MCP-03, MCP-12, and oidcc-discovery-endpoint-verification."""

import json
import re
import urllib.parse

import pytest
import requests

import own_openid as o
import standard as s

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
LISTS = ["response_types_supported", "response_modes_supported", "grant_types_supported",
         "subject_types_supported", "id_token_signing_alg_values_supported",
         "userinfo_signing_alg_values_supported", "acr_values_supported", "claims_supported",
         "prompt_values_supported", "scopes_supported", "ui_locales_supported",
         "code_challenge_methods_supported", "token_endpoint_auth_methods_supported"]


@pytest.fixture(scope="module")
def document(server):
    return server.get(o.DISCOVERY).json()


def test_oidcc_discovery_endpoint_verification_od_01_od_02(server, document):
    reply = server.get(o.DISCOVERY)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].startswith("application/json")
    assert document["issuer"] == server.base
    for name in LISTS:
        values = document[name]
        assert values and all(isinstance(v, str) for v in values) and len(set(values)) == len(values)
    assert "code" in document["response_types_supported"]
    assert set(document["subject_types_supported"]) == {"public", "pairwise"}
    assert "RS256" in document["id_token_signing_alg_values_supported"]
    assert "none" not in document["id_token_signing_alg_values_supported"]
    assert {"openid", "profile", "email", "offline_access"} <= set(document["scopes_supported"])
    assert all(SCOPE.fullmatch(scope) for scope in document["scopes_supported"])
    assert all(LANGUAGE.fullmatch(tag) for tag in document["ui_locales_supported"])
    assert document["claims_parameter_supported"] is True
    assert document["request_uri_parameter_supported"] is False  # true when it is not there
    assert document["request_parameter_supported"] is True


def test_od_02_every_address_is_one_of_ours(server, document):
    urls = {n: v for n, v in document.items() if n.endswith(("_endpoint", "_uri"))}
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri",
            "end_session_endpoint"} <= set(urls)
    for url in urls.values():
        assert url.startswith(server.base + "/")
        # a method that no endpoint takes: only where there is nothing, it is not known
        assert requests.delete(url, timeout=60).status_code == 405


def test_od_02_the_keys(server, document):
    keys = server.get(document["jwks_uri"][len(server.base):]).json()["keys"]
    assert len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
        assert key["use"] == "sig"
        if key["kty"] == "RSA":
            assert len(o.b64(key["n"])) >= 256
    assert {k["alg"] for k in keys} == set(document["id_token_signing_alg_values_supported"])


def test_mcp_02_03_8414_07_it_has_what_the_other_document_has(server, document):
    other = server.get(s.METADATA).json()
    assert {name: document[name] for name in other} == other
    assert document["code_challenge_methods_supported"] == ["S256"]


def test_mcp_12_where_an_issuer_with_a_path_is_described(launch):
    own = launch(base_url="https://id.example/tenants/one/")
    for where in (s.METADATA + "/tenants/one", o.DISCOVERY + "/tenants/one",
                  "/tenants/one" + o.DISCOVERY, o.DISCOVERY):
        body = own.get(where).json()
        assert body["issuer"] == "https://id.example/tenants/one"
        assert ("userinfo_endpoint" in body) == ("openid" in where)
    for where in (o.DISCOVERY + "/tenants/two", "/one" + o.DISCOVERY):
        assert own.get(where).status_code == 404


def test_8414_08_it_may_be_kept_and_read_anywhere(server):
    reply = server.get(o.DISCOVERY)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in reply.headers["Cache-Control"]
    again = server.get(o.DISCOVERY, headers={"If-None-Match": reply.headers["ETag"]})
    assert again.status_code == 304
    for known in (f'"other" , {reply.headers["ETag"]}', "*"):
        assert server.get(o.DISCOVERY, headers={"If-None-Match": known}).status_code == 304


def test_the_other_dialects_document_is_as_it_was(server):
    body = server.get(s.METADATA + "/login/oauth").json()
    assert body["scopes_supported"] == ["offline_access"]
    assert "userinfo_endpoint" not in body


# 8414-06: what is listed is there, and what is not listed is not

@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server)


@pytest.mark.parametrize("prompt", ["none", "login", "consent", "select_account", "create",
                                    "consent none"])
def test_8414_06_prompts(server, octocat, app, document, prompt):
    reply = s.ask(octocat, app, scope="openid", prompt=prompt)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(reply.headers.get("Location", "")).query)
    if prompt in document["prompt_values_supported"]:
        assert query.get("error") != ["invalid_request"]
    else:
        assert query["error"] == ["invalid_request"]


def test_8414_06_claims(server, octocat, app, document):
    o.name(server, "octocat", "The Octocat")
    asked = json.dumps({"id_token": {claim: None for claim in document["claims_supported"]},
                        "userinfo": {claim: None for claim in document["claims_supported"]}})
    body, claims = o.sign_in(server, octocat, app, claims=asked)
    assert set(claims) == set(document["claims_supported"])
    assert set(o.userinfo(server, body["access_token"])) < set(document["claims_supported"])


@pytest.mark.parametrize("part", ["id_token", "userinfo"])
def test_8414_06_algorithms(server, octocat, document, part):
    for alg in document[f"{part}_signing_alg_values_supported"]:
        app = s.make_app(server, metadata={f"{part}_signed_response_alg": alg})
        body, _ = o.sign_in(server, octocat, app)
        text = body["id_token"] if part == "id_token" else server.get(
            o.USERINFO, headers={"Authorization": f"Bearer {body['access_token']}"}).text
        assert o.verify(server, text)[0]["alg"] == alg


def test_8414_06_classes(server, octocat, app, document):
    # 9470-05
    _, claims = o.sign_in(server, octocat, app, acr_values=" ".join(document["acr_values_supported"]))
    assert claims["acr"] in document["acr_values_supported"]
