"""GET /.well-known/oauth-authorization-server: RFC 8414, assurance 1.6. The tests are made from the
document: what it lists works, what it does not list fails."""

import urllib.parse

import pytest

import own_issuer
import standard as s
from own_jose import Key, assertion, by_assertion, jwks
from llavero_http import Page, challenged, location_query, pkce
from raw_http import ask as raw
from test_oauth_device import approve

TYPES = {"issuer": str, "authorization_endpoint": str, "token_endpoint": str,
         "revocation_endpoint": str, "introspection_endpoint": str,
         "device_authorization_endpoint": str,
         "pushed_authorization_request_endpoint": str, "jwks_uri": str,
         "response_types_supported": list,
         "response_modes_supported": list, "grant_types_supported": list,
         "token_endpoint_auth_methods_supported": list,
         "revocation_endpoint_auth_methods_supported": list,
         "introspection_endpoint_auth_methods_supported": list,
         "token_endpoint_auth_signing_alg_values_supported": list,
         "revocation_endpoint_auth_signing_alg_values_supported": list,
         "introspection_endpoint_auth_signing_alg_values_supported": list,
         "dpop_signing_alg_values_supported": list, "request_parameter_supported": bool,
         "request_object_signing_alg_values_supported": list, "code_challenge_methods_supported": list,
         "scopes_supported": list, "registration_endpoint": str,
         "client_id_metadata_document_supported": bool,
         "authorization_response_iss_parameter_supported": bool, "ui_locales_supported": list,
         "protected_resources": list, "service_documentation": str}
KEY = Key()
METHODS = ["client_secret_basic", "client_secret_post", "none", "private_key_jwt",
           "client_secret_jwt", "tls_client_auth", "self_signed_tls_client_auth"]
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
GRANTS = ["authorization_code", "refresh_token", "client_credentials", s.DEVICE_GRANT, "password",
          "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer",
          EXCHANGE,
          "urn:openid:params:grant-type:ciba"]


@pytest.fixture(scope="module")
def document(server):
    return server.get(s.METADATA).json()


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server, device=True, expiring=True, metadata={
        "grant_types": ["authorization_code", "refresh_token", "client_credentials", own_issuer.GRANT,
                        EXCHANGE]})


def path(document, name):
    url = document[name]
    assert url.startswith(document["issuer"])
    return url[len(document["issuer"]):]


def test_8414_05_04_07_members_have_their_types_and_are_not_empty(document):
    assert {name: type(value) for name, value in document.items()} == TYPES
    assert all(document.values())
    assert document["code_challenge_methods_supported"] == ["S256"]


def test_9068_who_reads_tokens_finds_their_keys(server, document):
    """RFC 9068 4: resource servers go by this document, not by the one of OpenID Connect."""
    keys = server.get(path(document, "jwks_uri")).json()["keys"]
    assert {"ES256", "RS256"} <= {key["alg"] for key in keys}


def test_8414_02_the_issuer_is_the_one_of_answers(server, octocat, app, document):
    # 9700-21
    assert document["issuer"] == server.base == s.answer(octocat, app)["iss"]
    token = s.sign_in(server, octocat, app)["access_token"]
    assert s.introspect(server, app, token)["iss"] == document["issuer"]


def test_9207_02_mcp_13_9700_13_the_issuer_of_answers_is_announced(server, octocat, app, document):
    assert document["authorization_response_iss_parameter_supported"] is True
    refused = dict(location_query(s.ask(octocat, app, response_type="token")))
    for got in (s.answer(octocat, app), refused):
        assert got["iss"] == document["issuer"]


def test_8414_08_it_may_be_kept_and_read_anywhere(server):
    reply = server.get(s.METADATA)
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=3600" in reply.headers["Cache-Control"]
    again = server.get(s.METADATA, headers={"If-None-Match": reply.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    tag = reply.headers["ETag"]
    for known in (f'"other", {tag}', f"W/{tag}", "*"):
        assert server.get(s.METADATA, headers={"If-None-Match": known}).status_code == 304
    for unknown in ('"other"', tag[:-2] + '"', tag.strip('"')):
        assert server.get(s.METADATA, headers={"If-None-Match": unknown}).status_code == 200
    preflight = raw(server, "OPTIONS", s.METADATA, "Origin: https://spa.example")
    assert preflight.status == 204 and preflight.header("Access-Control-Allow-Origin") == "*"
    assert raw(server, "HEAD", s.METADATA).status == 200
    assert raw(server, "POST", s.METADATA, "Content-Length: 0").status == 405


def test_8414_01_where_an_issuer_with_a_path_is_described(launch):
    own = launch(base_url="https://id.example/tenants/one/")
    for where in (s.METADATA, s.METADATA + "/tenants/one", "/tenants/one" + s.METADATA):
        body = own.get(where).json()
        assert body["issuer"] == "https://id.example/tenants/one"
        assert body["token_endpoint"] == "https://id.example/tenants/one/oauth2/token"
    for where in (s.METADATA + "/tenants/two", s.METADATA + "/tenants", "/one" + s.METADATA):
        assert own.get(where).status_code == 404


def test_8414_01_the_other_dialect_has_its_own(server):
    body = server.get(s.METADATA + "/login/oauth").json()
    assert body["issuer"] == server.base + "/login/oauth"
    assert server.get(s.METADATA + "/elsewhere").status_code == 404


# what is listed works, and what is not listed does not

def reply_to_grant(server, octocat, app, document, grant):
    form = {"grant_type": grant, **app.credentials}
    if grant == "authorization_code":
        verifier, challenge = pkce()
        form |= {"code": s.code(octocat, app, **challenged(challenge)), "code_verifier": verifier}
    elif grant == "refresh_token":
        form["refresh_token"] = s.sign_in(server, octocat, app)["refresh_token"]
    elif grant == s.DEVICE_GRANT:
        reply = s.post(server, path(document, "device_authorization_endpoint"), app.credentials)
        codes = s.plant(server, reply.json())
        approve(octocat, codes)
        form["device_code"] = codes["device_code"]
    elif grant == EXCHANGE:
        form["subject_token"] = s.sign_in(server, octocat, app)["access_token"]
        form["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token"
    elif grant == own_issuer.GRANT:
        form["assertion"] = own_issuer.Issuer(server, "--subject", "login").says("octocat")
    reply = s.post(server, path(document, "token_endpoint"), form)
    s.plant(server, reply.json())
    return reply


@pytest.mark.parametrize("grant", GRANTS)
def test_8414_06_grant_types(server, octocat, app, document, grant):
    assert set(document["grant_types_supported"]) <= set(GRANTS)
    reply = reply_to_grant(server, octocat, app, document, grant)
    if grant in document["grant_types_supported"]:
        assert reply.status_code == 200 and "access_token" in reply.json()
    else:
        assert reply.json()["error"] == "unsupported_grant_type"


def send_with(server, app, method, where, form):
    if method == "client_secret_basic":
        return s.post(server, where, form, auth=(app.client_id, app.client_secret))
    if method == "client_secret_post":
        return s.post(server, where, {**app.credentials, **form})
    if method == "client_secret_jwt":
        made = server.cli_json("app", "secret", "add", app.client_id)
        secret = server.plant(made["client_secret"]).encode()
        return s.post(server, where, {**by_assertion(assertion(server, app, secret)), **form})
    if method == "private_key_jwt":
        return s.post(server, where, {**by_assertion(assertion(server, app, KEY)), **form})
    return s.post(server, where, {"client_id": app.client_id, **form})


@pytest.mark.parametrize("endpoint", ["token", "revocation", "introspection"])
@pytest.mark.parametrize("method", METHODS)
def test_8414_06_auth_methods(server, octocat, document, endpoint, method):
    app = s.make_app(server, auth_method=method.replace("_post", "_basic"),
                     metadata={"jwks": jwks(KEY)})
    listed = document[f"{endpoint}_endpoint_auth_methods_supported"]
    assert set(listed) <= set(METHODS)
    verifier, challenge = pkce()
    of = s.code(octocat, app, **challenged(challenge))
    form = {"grant_type": "authorization_code", "code": of, "code_verifier": verifier} \
        if endpoint == "token" else {"token": "x"}
    reply = send_with(server, app, method, path(document, f"{endpoint}_endpoint"), form)
    if reply.content:
        s.plant(server, reply.json())
    assert (reply.status_code == 200) == (method in listed)


@pytest.mark.parametrize("kind", ["code", "token", "id_token", "code id_token", "code token",
                                  "id_token token", "code id_token token", "none"])
def test_8414_06_response_types(octocat, app, document, kind):
    where = path(document, "authorization_endpoint")
    s.authorize(octocat, app)
    got = dict(location_query(octocat.get(where, params={"client_id": app.client_id,
                                                         "response_type": kind})))
    assert ("code" in got) == (kind in document["response_types_supported"])


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post", "query.jwt", "form_post.jwt"])
def test_8414_06_response_modes(octocat, app, document, mode):
    s.authorize(octocat, app)
    reply = s.ask(octocat, app, response_mode=mode)
    if reply.status_code == 200:
        got = dict(Page(reply.text).form(app.callback).fields)
    else:
        got = dict(location_query(reply))
    assert ("code" in got) == (mode in document["response_modes_supported"])


@pytest.mark.parametrize("method", ["S256", "plain", "S512"])
def test_8414_06_9700_04_challenge_methods(octocat, app, document, method):
    s.authorize(octocat, app)
    got = dict(location_query(s.ask(octocat, app, **challenged(pkce()[1], method))))
    assert ("code" in got) == (method in document["code_challenge_methods_supported"])


def test_8414_06_scopes(server, octocat, document):
    app = s.make_app(server)
    for scope in document["scopes_supported"]:
        body = s.sign_in(server, octocat, app, scope=scope)
        assert body["scope"] == ("" if scope == "offline_access" else scope)
        assert ("refresh_token" in body) == (scope == "offline_access")
    for scope in ("address", "nonsense", "REPO"):
        assert scope not in document["scopes_supported"]
        assert s.sign_in(server, octocat, app, scope=scope)["scope"] == ""


def test_8414_06_languages_and_documentation(server, document):
    for lang in document["ui_locales_supported"]:
        page = server.browser().page(f"/login?lang={lang}")
        assert page.lang == lang
    reply = server.get(urllib.parse.urlsplit(document["service_documentation"]).path)
    assert reply.status_code in (200, 301, 302)


def test_there_is_nothing_else_under_oauth2(server):
    for where in ("/oauth2/", "/oauth2/nothing", "/oauth2/token/", "/oauth2/par/", "/oauth2/Token"):
        reply = server.get(where)
        assert reply.status_code == 404 and reply.json()["error"] == "invalid_request"
