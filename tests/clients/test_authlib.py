"""Debian's python3-authlib at the standard edge: OAuth 2.1 and OpenID Connect with its session, ID tokens read
with its own JOSE and checked by its own claims class."""

import pytest
import requests

import standard as s
from answers import WRONG_CODE, WRONG_SECRET, query_of, replace
from driven import decide_device
from llavero_http import App, Server
from own_jose import Key, jwks

authlib = pytest.importorskip("authlib.integrations.requests_client",
                              reason="python3-authlib is not installed")
from authlib.common.security import generate_token  # noqa: E402
from authlib.integrations.base_client.errors import OAuthError  # noqa: E402
from authlib.jose import JsonWebKey, JsonWebToken  # noqa: E402
from authlib.oauth2.rfc7523 import PrivateKeyJWT  # noqa: E402
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # noqa: E402
from authlib.oidc.core import CodeIDToken, UserInfo  # noqa: E402
from authlib.oidc.discovery import OpenIDProviderMetadata  # noqa: E402

CALLBACK = "http://127.0.0.1:45678/callback"  # nothing listens: the test reads the redirect


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Authlib 1.2 names the token endpoint as the audience of its assertions, as RFC 7523 3 allows."""
    running = Server(tmp_path_factory.mktemp("authlib") / "data", demo=False, device_interval=1,
                     assertion_audience="token-endpoint")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def user(server):
    return server.make_user("ana")


@pytest.fixture(scope="module")
def metadata(server):
    return requests.get(server.base + "/.well-known/openid-configuration", timeout=30).json()


def session(app, method="client_secret_basic", **more):
    if method == "none":
        more["client_secret"] = None
    return authlib.OAuth2Session(**{
        **app.credentials, "token_endpoint_auth_method": method,
        "revocation_endpoint_auth_method": method, "redirect_uri": CALLBACK,
        "scope": "openid email profile", "code_challenge_method": "S256", **more})


def begin(oauth, metadata, person, allow=True, **parameters):
    """Where the browser comes back to, and what is needed there."""
    verifier, nonce = generate_token(48), generate_token()
    url, state = oauth.create_authorization_url(metadata["authorization_endpoint"],
                                                code_verifier=verifier, nonce=nonce, **parameters)
    callback = person.authorize(url, allow)
    return callback, {"state": state, "code_verifier": verifier}, nonce


def fetch(server, oauth, metadata, callback, more):
    token = oauth.fetch_token(metadata["token_endpoint"], authorization_response=callback, **more)
    s.plant(server, token)
    return token


def claims_of(token, app, metadata, nonce=None):
    """As Authlib's framework integrations read an ID token."""
    keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=30).json())
    reader = JsonWebToken(metadata["id_token_signing_alg_values_supported"])
    claims = reader.decode(
        token["id_token"], keys, claims_cls=CodeIDToken,
        claims_options={"iss": {"value": metadata["issuer"]}, "aud": {"value": app.client_id}},
        claims_params={"client_id": app.client_id, "access_token": token["access_token"],
                       **({"nonce": nonce} if nonce else {})})
    claims.validate(leeway=30)
    return claims


def sign_in(server, oauth, app, metadata, person, **parameters):
    callback, more, nonce = begin(oauth, metadata, person, **parameters)
    token = fetch(server, oauth, metadata, callback, more)
    return token, claims_of(token, app, metadata, nonce)


def test_8414_its_metadata_are_as_the_documents_ask(server, metadata):
    """Authlib checks each member against its RFC. Two things it wants are not had: https on this machine, and
    `none` among the algorithms of signed requests, which would be no signature."""
    plain = requests.get(server.base + "/.well-known/oauth-authorization-server", timeout=30).json()
    for read, document in ((AuthorizationServerMetadata, plain),
                           (OpenIDProviderMetadata, metadata)):
        found = read(document)
        for key in found.REGISTRY_KEYS:
            if key != "request_object_signing_alg_values_supported" and \
                    not str(found.get(key, "")).startswith("http:"):
                getattr(found, f"validate_{key}", lambda: None)()


def keyed(server, alg="ES256"):
    key = Key(alg)
    return key, s.make_app(server, CALLBACK, expiring=True, auth_method="private_key_jwt",
                           metadata={"token_endpoint_auth_method": "private_key_jwt",
                                     "jwks": jwks(key)})


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlib_signs_in(server, user, person, metadata, method):
    app = s.make_app(server, CALLBACK, expiring=True,
                     **({"auth_method": "none"} if method == "none" else {}))
    oauth = session(app, method)
    token, claims = sign_in(server, oauth, app, metadata, person)
    me = UserInfo(oauth.get(metadata["userinfo_endpoint"]).json())
    assert (me.sub, me.email) == (claims["sub"], user.email)
    assert oauth.get(server.base + "/api/v3/user").json()["login"] == user.login

    again = oauth.refresh_token(metadata["token_endpoint"])
    s.plant(server, again)
    assert again["refresh_token"] != token["refresh_token"]
    assert claims_of(again, app, metadata)["sub"] == claims["sub"]

    if method != "none":
        told = oauth.introspect_token(metadata["introspection_endpoint"],
                                      token=again["access_token"],
                                      token_type_hint="access_token").json()
        assert told["active"] and told["sub"] == claims["sub"]
    gone = oauth.revoke_token(metadata["revocation_endpoint"], token=again["refresh_token"],
                              token_type_hint="refresh_token")
    assert gone.status_code == 200
    assert oauth.get(metadata["userinfo_endpoint"]).status_code == 401
    with pytest.raises(OAuthError) as caught:
        oauth.refresh_token(metadata["token_endpoint"], refresh_token=again["refresh_token"])
    assert caught.value.error == "invalid_grant"


@pytest.mark.parametrize("audience", ["token endpoint", "issuer"])
@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_7523_private_key_jwt(server, person, metadata, alg, audience):
    key, app = keyed(server, alg)
    oauth = session(app, "private_key_jwt", client_secret=key.private)
    for where in "token_endpoint", "introspection_endpoint", "revocation_endpoint":
        assert "private_key_jwt" in metadata[where + "_auth_methods_supported"]
    oauth.register_client_auth_method(PrivateKeyJWT(
        metadata["issuer" if audience == "issuer" else "token_endpoint"],
        alg=alg))
    token, _ = sign_in(server, oauth, app, metadata, person)
    assert oauth.introspect_token(metadata["introspection_endpoint"],
                                  token=token["access_token"]).json()["active"]
    assert oauth.revoke_token(metadata["revocation_endpoint"],
                              token=token["access_token"]).status_code == 200


def test_7523_an_assertion_of_another_key(server, person, metadata):
    _, app = keyed(server)
    oauth = session(app, "private_key_jwt", client_secret=Key().private)
    oauth.register_client_auth_method(PrivateKeyJWT(metadata["token_endpoint"], alg="ES256"))
    callback, more, _ = begin(oauth, metadata, person)
    with pytest.raises(OAuthError) as caught:
        fetch(server, oauth, metadata, callback, more)
    assert caught.value.error == "invalid_client"


def test_a_client_speaks_for_itself(server, metadata):
    app = s.make_app(server, CALLBACK, metadata={"scope": "repo"})
    oauth = session(app, scope="repo")
    token = oauth.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    s.plant(server, token)
    assert token["scope"] == "repo" and token["expires_at"] > 0
    with pytest.raises(OAuthError) as caught:
        oauth.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", scope="user")
    assert caught.value.error == "invalid_scope"


def test_8628_a_device(server, user, metadata):
    app = s.make_app(server, CALLBACK, device=True)
    oauth = session(app, scope="openid email")
    device = oauth.post(metadata["device_authorization_endpoint"], withhold_token=True,
                        data={"client_id": app.client_id, "scope": "openid email"},
                        auth=(app.client_id, app.client_secret)).json()
    s.plant(server, device)
    asked = {"grant_type": s.DEVICE_GRANT, "device_code": device["device_code"]}
    with pytest.raises(OAuthError) as caught:
        oauth.fetch_token(metadata["token_endpoint"], **asked)
    assert caught.value.error == "authorization_pending"
    decide_device(server, user, device["user_code"])
    token = oauth.fetch_token(metadata["token_endpoint"], **asked)
    assert claims_of(s.plant(server, token), app, metadata)["auth_time"]


@pytest.mark.parametrize("wrong, error", [
    ("code", "invalid_grant"), ("verifier", "invalid_grant"), ("secret", "invalid_client"),
    ("redirect", "invalid_grant")])
def test_authlib_reports_a_refused_exchange(server, person, metadata, wrong, error):
    app = s.make_app(server, CALLBACK)
    oauth = session(app)
    callback, more, _ = begin(oauth, metadata, person)
    if wrong == "code":
        callback = replace(callback, code=WRONG_CODE)
    elif wrong == "verifier":
        more["code_verifier"] = generate_token(48)
    elif wrong == "secret":
        oauth = session(App(0, app.client_id, WRONG_SECRET, CALLBACK, "", ""))
    else:
        more["redirect_uri"] = CALLBACK + "/"
    with pytest.raises(OAuthError) as caught:
        fetch(server, oauth, metadata, callback, more)
    assert caught.value.error == error and caught.value.description


def test_authlib_reports_a_denial_and_another_state(server, person, metadata):
    app = s.make_app(server, CALLBACK)
    oauth = session(app)
    callback, more, _ = begin(oauth, metadata, person, allow=False)
    assert query_of(callback)["error"] == "access_denied"
    callback, more, _ = begin(oauth, metadata, person)
    with pytest.raises(Exception, match="mismatching_state"):
        fetch(server, oauth, metadata, callback, {**more, "state": generate_token()})
    with pytest.raises(Exception, match="nonce"):
        claims_of(fetch(server, oauth, metadata, callback, more), app, metadata, generate_token())
