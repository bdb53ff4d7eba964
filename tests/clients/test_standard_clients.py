"""oauth4webapi and openid-client at the standard edge: the whole of OAuth 2.1 and OpenID Connect as an app's
author gets it from a library, found by discovery and nothing else. Each checks on its own what it is given:
issuer, signatures, hashes, nonce, times."""

import contextlib
import json
import time

import pytest

import standard as s
from answers import WRONG_CODE, WRONG_SECRET, query_of, replace
from client_stub import Stub
from driven import PATIENCE_S, decide_device, node
from llavero_http import Server, unique
from peers import Peer

CALLBACK = "http://127.0.0.1:45678/callback"  # nothing listens: the test reads the redirect
API = "https://files.example/v1"
OAUTH4WEBAPI = ("oauth4webapi_standard.mjs", "oauth4webapi")
OPENID_CLIENT = ("openid_client_standard.mjs", "openid-client")
NOT_ONE = "0" * 43


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Documents of this machine will do, proofs need a nonce, and devices need not wait long."""
    running = Server(tmp_path_factory.mktemp("standard") / "data", demo=False, rehearsal="on",
                     registrations_per_hour=0, dpop_nonce="on", device_interval=1)
    running.cli("resource", "create", API, "--format", "jwt")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def user(server):
    """Libraries register their apps with a token of hers."""
    made = server.make_user("ana")
    server.registering = server.plant(server.cli_json(
        "registration-token", "create", "--owner", made.login)["token"])
    return made


def start(server, script, package, algorithm="oidc"):
    peer = Peer(node(script, package), server)
    peer.get("discover", algorithm=algorithm)
    return peer


@pytest.fixture(scope="module", params=[OAUTH4WEBAPI, OPENID_CLIENT], ids=lambda p: p[1])
def peer(request, server, user):
    with contextlib.closing(start(server, *request.param)) as running:
        yield running


@pytest.fixture(scope="module")
def oauth4webapi(server, user):
    with contextlib.closing(start(server, *OAUTH4WEBAPI)) as running:
        yield running


@pytest.fixture(scope="module")
def openid_client(server, user):
    with contextlib.closing(start(server, *OPENID_CLIENT)) as running:
        yield running


def register(peer, dpop=False, **metadata):
    """An app of the library's own making."""
    grants = ["authorization_code", "refresh_token", *metadata.pop("grants", ())]
    return peer.get("register", dpop=dpop, access=peer.server.registering, metadata={
        "redirect_uris": [CALLBACK], "application_type": "native", "grant_types": grants,
        **metadata})["client"]


def authorize(peer, person, allow=True, **parameters):
    """Where the browser comes back to."""
    url = peer.get("authorize", redirect_uri=CALLBACK, **parameters)["url"]
    return person.authorize(url, allow)


def sign_in(peer, person, **parameters):
    callback = authorize(peer, person, **{"scope": "openid profile email", **parameters})
    return peer.get("redeem", callback=callback)


def is_refused(told, error, status=400):
    """The library knows the error for what it is."""
    assert not told["ok"] and (told["error"], told["status"]) == (error, status), told
    assert told["name"] == "ResponseBodyError" and told["description"], told
    return told


# discovery

@pytest.mark.parametrize("algorithm", ["oidc", "oauth2"])
@pytest.mark.parametrize("script, package", [OAUTH4WEBAPI, OPENID_CLIENT])
def test_discovery_by_either_document(server, script, package, algorithm):
    with contextlib.closing(Peer(node(script, package), server)) as peer:
        found = peer.get("discover", algorithm=algorithm)["metadata"]
    assert found["issuer"] == server.base
    assert found["authorization_response_iss_parameter_supported"] is True


def test_9728_from_an_api_to_its_server(server, oauth4webapi):
    """Who knows only the API learns where its tokens come from, and that proofs are taken."""
    api = server.base + "/api/v3"
    found = oauth4webapi.get("describe", resource=api)["resource"]
    assert found["resource"] == api and found["authorization_servers"] == [server.base]
    assert "ES256" in found["dpop_signing_alg_values_supported"]


# signing in

AUTHENTICATIONS = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
@pytest.mark.parametrize("method", AUTHENTICATIONS)
def test_signs_in_by_every_authentication(peer, person, user, method, dpop):
    """9449-14: the nonce is asked for once, and the library comes again by itself."""
    register(peer, dpop, token_endpoint_auth_method=method)
    signed = sign_in(peer, person)
    token, claims = signed["token"], signed["claims"]
    assert token["token_type"] == ("dpop" if dpop else "bearer")  # both write it small
    assert signed["requests"] >= (2 if dpop else 1)
    assert claims["iss"] == peer.server.base and claims["auth_time"] <= time.time() + 5

    told = peer.get("userinfo", token=token["access_token"], subject=claims["sub"])["claims"]
    assert (told["email"], told["preferred_username"]) == (user.email, user.login)
    assert peer.get("read", token=token["access_token"])["user"]["login"] == user.login

    again = peer.get("refresh", token=token["refresh_token"])
    assert again["token"]["refresh_token"] != token["refresh_token"]
    assert again["claims"]["sub"] == claims["sub"]
    assert again["claims"]["auth_time"] == claims["auth_time"]

    if method != "none":
        seen = peer.get("introspect", token=again["token"]["access_token"])["told"]
        assert seen["active"] and ("cnf" in seen) == dpop
    peer.get("revoke", token=again["token"]["refresh_token"], token_type_hint="refresh_token")
    lost = peer.do("userinfo", token=again["token"]["access_token"], subject=claims["sub"])
    assert not lost["ok"] and lost["status"] == 401, lost
    assert lost["challenges"][0]["parameters"]["error"] == "invalid_token", lost
    is_refused(peer.do("refresh", token=again["token"]["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_oc_14_signed_userinfo_and_id_tokens(peer, person, user, alg):
    register(peer, id_token_signed_response_alg=alg, userinfo_signed_response_alg=alg)
    signed = sign_in(peer, person)
    told = peer.get("userinfo", token=signed["token"]["access_token"],
                    subject=signed["claims"]["sub"])["claims"]
    assert told["email"] == user.email and told["iss"] == peer.server.base


def test_oauth_alone_gives_no_id_token(peer, person):
    register(peer)
    callback = authorize(peer, person, scope="read:user")
    assert query_of(callback)["iss"] == peer.server.base
    signed = peer.get("redeem", callback=callback)
    assert signed["token"]["scope"] == "read:user"
    assert "claims" not in signed and "id_token" not in signed["token"]


def test_oc_23_the_answer_comes_by_form(peer, person):
    register(peer)
    url = peer.get("authorize", redirect_uri=CALLBACK, scope="openid", response_mode="form_post")["url"]
    form = person.authorize_by_form(url)
    assert form.action == CALLBACK
    assert peer.get("redeem", callback=CALLBACK, form=dict(form.fields))["claims"]["sub"]


@pytest.mark.parametrize("method", AUTHENTICATIONS)
def test_9126_the_request_is_pushed(peer, person, method):
    """With DPoP the code is for the key that the push showed a proof of (9449-12)."""
    client = register(peer, dpop=True, token_endpoint_auth_method=method,
                      require_pushed_authorization_requests=True)
    url = peer.get("authorize", redirect_uri=CALLBACK, scope="openid", pushed=True)["url"]
    assert set(query_of(url)) == {"client_id", "request_uri"}
    signed = peer.get("redeem", callback=person.authorize(url))
    assert signed["claims"]["aud"] == client["client_id"]
    assert signed["token"]["token_type"] == "dpop"


def test_9101_the_request_is_signed(peer, person):
    """Nothing of it can be changed on the way."""
    client = register(peer, token_endpoint_auth_method="private_key_jwt",
                      request_object_signing_alg="ES256")
    url = peer.get("authorize", redirect_uri=CALLBACK, scope="openid", signed=True)["url"]
    assert "request" in query_of(url) and "redirect_uri" not in query_of(url)
    signed = peer.get("redeem", callback=person.authorize(url))
    assert signed["claims"]["aud"] == client["client_id"]


def test_9396_rich_authorization(server, peer, person, tmp_path):
    """What was agreed to comes with the token, and to who asks about it; the libraries read it."""
    file = tmp_path / "type.json"
    file.write_text(json.dumps({"title": {"en": "Files", "es": "Archivos"}, "fields": {
        "actions": {"type": "string", "list": True, "values": ["read", "write"]}}}), encoding="utf-8")
    kind = "https://files.example/" + unique("type")
    server.cli("detail-type", "add", kind, "--file", str(file))
    register(peer)
    asked = [{"type": kind, "actions": ["read"]}]
    token = sign_in(peer, person, authorization_details=json.dumps(asked))["token"]
    assert token["authorization_details"] == asked
    assert peer.get("introspect", token=token["access_token"])["told"][
        "authorization_details"] == asked
    told = peer.do("redeem", callback=authorize(peer, person, authorization_details=json.dumps(
        [{"type": kind, "actions": ["own"]}])))
    assert told["error"] == "invalid_authorization_details"


def test_9126_a_push_is_refused(peer, person):
    register(peer, require_pushed_authorization_requests=True)
    for more, error in (({"response_type": "token"}, "unsupported_response_type"),
                        ({"resource": "https://unknown.example/"}, "invalid_target"),
                        ({"redirect_uri": CALLBACK + "/"}, "invalid_request")):
        is_refused(peer.do("authorize", **{"redirect_uri": CALLBACK, "scope": "openid",
                                           "pushed": True, **more}), error)
    told = peer.do("redeem", callback=authorize(peer, person, scope="openid"))
    assert (told["name"], told["error"]) == ("AuthorizationResponseError", "invalid_request")


def test_max_age_prompt_and_claims(peer, person):
    """The libraries compare auth_time with max_age themselves."""
    register(peer)
    first = sign_in(peer, person)["claims"]
    again = sign_in(peer, person, max_age="3600", prompt="consent")["claims"]
    assert again["auth_time"] == first["auth_time"]
    again = sign_in(peer, person, prompt="login", max_age="1")["claims"]
    assert again["auth_time"] >= first["auth_time"]
    told = sign_in(peer, person, scope="openid",
                   claims='{"id_token":{"email":null},"userinfo":{"name":null}}')
    assert told["claims"]["email"].endswith("@example.com")


def test_a_refresh_token_that_was_used_up_ends_the_chain(peer, person):
    """9700-09: within the grace the lost reply comes again; after the next one it is a theft."""
    register(peer)
    tokens = [sign_in(peer, person)["token"]]
    for _ in range(2):
        tokens.append(peer.get("refresh", token=tokens[-1]["refresh_token"])["token"])
    is_refused(peer.do("refresh", token=tokens[0]["refresh_token"]), "invalid_grant")
    is_refused(peer.do("refresh", token=tokens[2]["refresh_token"]), "invalid_grant")
    assert peer.get("introspect", token=tokens[2]["access_token"])["told"] == {"active": False}


def test_a_client_speaks_for_itself(peer):
    register(peer, grants=["client_credentials"], scope="repo user")
    own = peer.get("own", scope="repo")["token"]
    assert own["scope"] == "repo" and "refresh_token" not in own
    told = peer.get("introspect", token=own["access_token"])["told"]
    assert told["sub"] == told["client_id"]
    is_refused(peer.do("own", scope="admin:org"), "invalid_scope")


def test_8707_resource_indicators(peer, person):
    register(peer, grants=["client_credentials"])
    callback = authorize(peer, person, scope="repo", resource=API)
    token = peer.get("redeem", callback=callback, resource=API)["token"]
    assert peer.get("introspect", token=token["access_token"])["told"]["aud"] == API
    is_refused(peer.do("own", resource="https://unknown.example/"), "invalid_target")


def test_9068_somebodys_api_reads_our_token(oauth4webapi, person):
    """oauth4webapi is also what a resource server has."""
    client = register(oauth4webapi)
    callback = authorize(oauth4webapi, person, scope="repo", resource=API)
    token = oauth4webapi.get("redeem", callback=callback)["token"]["access_token"]
    claims = oauth4webapi.get("check", token=token, audience=API)["claims"]
    assert (claims["client_id"], claims["scope"]) == (client["client_id"], "repo")
    assert not oauth4webapi.do("check", token=token, audience="https://mail.example/")["ok"]


def test_8628_a_device(server, user, peer):
    """openid-client waits by itself, and goes on where it is told to; the other leaves that to the app."""
    register(peer, grants=[s.DEVICE_GRANT])
    device = peer.get("device", scope="openid email")["device"]
    assert device["verification_uri"].startswith(server.base) and device["interval"] == 1
    asked = server.log().count(b'"/oauth2/token"')
    peer.say("poll", device=device)
    until = time.monotonic() + PATIENCE_S
    while server.log().count(b'"/oauth2/token"') == asked:
        assert time.monotonic() < until, "the library does not ask"
        time.sleep(0.05)
    decide_device(server, user, device["user_code"])
    signed = peer.hear()
    if not signed["ok"]:
        is_refused(signed, "authorization_pending")
        time.sleep(device["interval"] + 0.5)
        signed = peer.get("poll", device=device)
    assert signed["claims"]["sub"]
    assert set(signed["token"]["scope"].split()) == {"openid", "email"}


# apps that nobody registered

def test_MCP_08_a_client_by_its_document(peer, person, user):
    stub = Stub()
    with contextlib.closing(stub):
        url = stub.put_client("/app", redirect_uris=[CALLBACK])
        peer.get("become", client={"client_id": url, "token_endpoint_auth_method": "none"})
        signed = sign_in(peer, person)
        assert signed["claims"]["aud"] == url
        assert peer.get("read", token=signed["token"]["access_token"])["user"]["login"] == user.login


def test_7591_a_registration_that_cannot_be(peer):
    for metadata, error in (({"redirect_uris": ["http://app.example/"]}, "invalid_redirect_uri"),
                            ({"redirect_uris": [CALLBACK], "grant_types": ["password"]},
                             "invalid_client_metadata")):
        is_refused(peer.do("register", metadata=metadata, access=peer.server.registering), error)
    told = peer.do("register", metadata={"redirect_uris": [CALLBACK]}, access=NOT_ONE)
    assert (told["name"], told["status"]) == ("WWWAuthenticateChallengeError", 401), told


# refusals, told as the errors that they are

def test_errors_of_the_authorization_endpoint(peer, person):
    register(peer)
    for more, error in (({"allow": False}, "access_denied"),
                        ({"scope": 'a"b'}, "invalid_scope"),
                        ({"prompt": "nothing"}, "invalid_request"),
                        ({"resource": "https://unknown.example/"}, "invalid_target"),
                        ({"response_type": "token"}, "unsupported_response_type")):
        told = peer.do("redeem", callback=authorize(peer, person, **{"scope": "openid", **more}))
        assert (told["name"], told["error"]) == ("AuthorizationResponseError", error), told
        assert told["requests"] == 0 and told["description"]


def test_prompt_none_is_answered_by_redirect(peer, person):
    register(peer)
    told = peer.do("redeem", callback=authorize(peer, person, scope="openid", prompt="none"))
    assert (told["name"], told["error"]) == ("AuthorizationResponseError", "login_required")


def test_9207_an_answer_of_another_issuer_is_not_taken(peer, person):
    register(peer)
    callback = authorize(peer, person, scope="openid")
    told = peer.do("redeem", callback=replace(callback, iss="https://attacker.example"))
    assert (told["ok"], told["code"], told["requests"]) == (False, "OAUTH_INVALID_RESPONSE", 0)


def test_errors_of_the_token_endpoint(peer, person):
    register(peer)
    callback = authorize(peer, person, scope="openid")
    is_refused(peer.do("redeem", callback=replace(callback, code=WRONG_CODE)), "invalid_grant")
    is_refused(peer.do("redeem", callback=callback, verifier=NOT_ONE), "invalid_grant")
    assert peer.get("redeem", callback=callback)["token"]  # a wrong verifier burns no code
    is_refused(peer.do("redeem", callback=callback), "invalid_grant")  # a second time does


def test_another_apps_code_and_tokens(peer, person):
    register(peer)
    callback = authorize(peer, person, scope="openid")
    signed = sign_in(peer, person)
    register(peer)
    authorize(peer, person, scope="openid")
    state = query_of(peer.get("authorize", redirect_uri=CALLBACK, scope="openid")["url"])["state"]
    is_refused(peer.do("redeem", callback=replace(callback, state=state)), "invalid_grant")
    is_refused(peer.do("refresh", token=signed["token"]["refresh_token"]), "invalid_grant")
    assert peer.get("introspect", token=signed["token"]["access_token"])["told"] == {"active": False}
    peer.get("revoke", token=signed["token"]["access_token"])
    assert peer.get("read", token=signed["token"]["access_token"])["user"]


def test_a_wrong_secret(peer):
    client = register(peer)
    for method in "client_secret_basic", "client_secret_post":
        peer.get("become", client={**client, "client_secret": WRONG_SECRET,
                                   "token_endpoint_auth_method": method})
        told = peer.do("refresh", token="ghr_" + "0" * 76)
        # 6749-34: the library reads the challenge where there is one, else the body
        assert (told["ok"], told["status"]) == (False, 401), told
        if told["name"] == "WWWAuthenticateChallengeError":
            assert told["challenges"][0]["scheme"] == "basic"
        else:
            assert told["error"] == "invalid_client"


# logging out

def test_lo_01_the_app_ends_the_session(openid_client, person):
    register(openid_client, post_logout_redirect_uris=["https://app.example/bye"])
    signed = sign_in(openid_client, person)
    url = openid_client.get("logout", id_token_hint=signed["token"]["id_token"], state="over",
                            post_logout_redirect_uri="https://app.example/bye")["url"]
    reply = person.browser.get(url)
    assert reply.headers["Location"] == "https://app.example/bye?state=over"
    told = openid_client.do("redeem", callback=authorize(openid_client, person, scope="openid",
                                                         prompt="none"))
    assert told["error"] == "login_required"
