"""What llavero and npm oidc-provider are both asked, by name. A word in braces is made anew for each case by
test_oidc_provider_differences.py: {code} with its {verifier}, {refresh}, {access} and so on, of client `one`."""

from dataclasses import dataclass, field

CALLBACK = "https://app.example/cb"
AFTER = "https://app.example/bye"
API = "https://files.example/v1"
SCOPE = "openid profile email repo"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JSON = {"Content-Type": "application/json"}


@dataclass
class Case:
    name: str
    endpoint: str  # the member of the metadata that has its URL
    method: str = "POST"
    by: str = ""  # how who authenticates
    form: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)
    body: str = None
    fresh: bool = False  # a browser where nobody is signed in


def without_none(pairs):
    return [(name, value) for name, value in pairs if value is not None]


USUAL = {"client_id": "{one}", "redirect_uri": CALLBACK, "response_type": "code", "scope": SCOPE,
         "state": "a state", "nonce": "a nonce", "code_challenge": "{challenge}",
         "code_challenge_method": "S256"}


def asking(name, *twice, fresh=False, method="GET", **changes):
    """An authorization request; `twice` are pairs that come besides."""
    return Case("authorize: " + name, "authorization_endpoint", method,
                form=without_none({**USUAL, **changes}.items()) + list(twice), fresh=fresh)


def pushing(name, *twice, by="basic one", method="POST", headers=None, **changes):
    return Case("push: " + name, "pushed_authorization_request_endpoint", method, by,
                without_none({**USUAL, **changes}.items()) + list(twice), headers or {})


def by_reference(name, uri, client="{one}"):
    return Case("authorize: " + name, "authorization_endpoint", "GET",
                form=[("client_id", client), ("request_uri", uri)])


def post(endpoint, name, by="basic one", headers=None, twice=(), method="POST", **form):
    word = endpoint.removesuffix("_endpoint").removesuffix("_authorization")
    return Case(f"{word}: {name}", endpoint, method, by, without_none(form.items()) + list(twice),
                headers or {})


def token(name, **more):
    return post("token_endpoint", name, **more)


def redeem(name, **more):
    return token("code, " + name, **{"grant_type": "authorization_code", "code": "{code}",
                          "code_verifier": "{verifier}", "redirect_uri": CALLBACK, **more})


def refresh(name, **more):
    return token("refresh, " + name, **{"grant_type": "refresh_token", "refresh_token": "{refresh}", **more})


def own(name, **more):
    return token("client credentials, " + name, **{"grant_type": "client_credentials", **more})


def device(name, **more):
    return post("device_authorization_endpoint", name, **{"scope": "openid", **more})


def introspect(name, **more):
    return post("introspection_endpoint", name, **{"token": "{access}", **more})


def revoke(name, **more):
    return post("revocation_endpoint", name, **{"token": "{access}", **more})


def userinfo(name, method="GET", headers=None, **form):
    return Case("userinfo: " + name, "userinfo_endpoint", method, "", list(form.items()), {
        "Authorization": "Bearer {access}"} if headers is None else headers)


def register(name, body, headers=None):
    return Case("register: " + name, "registration_endpoint", "POST", "registering", body=body,
                headers=headers or JSON)


def managed(name, method, by="managing", body=None):
    return Case("register: " + name, "{registration_client_uri}", method, by, body=body,
                headers=JSON if body else {})


AUTHORIZE = [
    asking("good"),
    asking("good by POST", method="POST"),
    asking("good of a public client", client_id="{public}"),
    asking("without openid", scope="repo", nonce=None),
    asking("without nonce", nonce=None),
    asking("without state", state=None),
    asking("without scope", scope=None, nonce=None),
    asking("an empty scope", scope="", nonce=None),
    asking("an unknown scope", scope="openid unknown"),
    asking("a scope with a quotation mark", scope='openid a"b'),
    asking("without response_type", response_type=None),
    asking("response_type token", response_type="token"),
    asking("response_type code id_token", response_type="code id_token"),
    asking("response_type none", response_type="none"),
    asking("without client_id", client_id=None),
    asking("an unknown client_id", client_id="nobody"),
    asking("without redirect_uri", redirect_uri=None),
    asking("another redirect_uri", redirect_uri="https://attacker.example/cb"),
    asking("a redirect_uri with a slash", redirect_uri=CALLBACK + "/"),
    asking("a redirect_uri with a query", redirect_uri=CALLBACK + "?a=b"),
    asking("a redirect_uri with a fragment", redirect_uri=CALLBACK + "#a"),
    asking("state twice", ("state", "another")),
    asking("client_id twice", ("client_id", "{one}")),
    asking("an unknown parameter", unknown="1"),
    asking("an unknown parameter twice", ("unknown", "1"), ("unknown", "2")),
    asking("without PKCE", code_challenge=None, code_challenge_method=None),
    asking("PKCE plain", code_challenge_method="plain"),
    asking("PKCE without method", code_challenge_method=None),
    asking("a method without a challenge", code_challenge=None),
    asking("a short challenge", code_challenge="short"),
    asking("a challenge with a stroke", code_challenge="/" * 43),
    asking("response_mode query", response_mode="query"),
    asking("response_mode fragment", response_mode="fragment"),
    asking("response_mode form_post", response_mode="form_post"),
    asking("an unknown response_mode", response_mode="pigeon"),
    asking("prompt none", prompt="none"),
    asking("prompt none and nobody there", prompt="none", fresh=True),
    asking("nobody there", fresh=True),
    asking("prompt login", prompt="login"),
    asking("prompt consent", prompt="consent"),
    asking("prompt none login", prompt="none login"),
    asking("an unknown prompt", prompt="nothing"),
    asking("max_age 3600", max_age="3600"),
    asking("max_age 0", max_age="0"),
    asking("max_age negative", max_age="-1"),
    asking("max_age in words", max_age="ten"),
    asking("an id_token_hint", id_token_hint="{id_token}"),
    asking("an id_token_hint that is none", id_token_hint="a.b.c"),
    asking("claims", claims='{"id_token":{"auth_time":null}}'),
    asking("claims that are no JSON", claims="{"),
    asking("claims that are a list", claims="[]"),
    asking("request", request="a.b.c"),
    asking("request_uri", request_uri="https://app.example/request"),
    asking("registration", registration="{}"),
    asking("a resource", scope="repo", nonce=None, resource=API),
    asking("an unknown resource", resource="https://unknown.example/"),
    asking("a resource with a fragment", resource=API + "#a"),
    asking("login_hint, ui_locales, display", login_hint="ana", ui_locales="es", display="popup"),
    asking("dpop_jkt that is none", dpop_jkt="short"),
]

PUSHED = [
    pushing("good"),
    pushing("good by post", by="post one"),
    pushing("good with a signed assertion", by="signed keyed", client_id=None),
    pushing("of a public client", by="id public", client_id="{public}"),
    pushing("with DPoP", headers={"DPoP": "{push_proof}"}),
    pushing("DPoP that is none", headers={"DPoP": "a.b.c"}),
    pushing("DPoP and dpop_jkt of another key", headers={"DPoP": "{push_proof}"}, dpop_jkt="0" * 43),
    pushing("nobody", by=""),
    pushing("a wrong secret", by="wrong-basic one"),
    pushing("for another client than who asks", client_id="{two}"),
    pushing("a request_uri in it", request_uri="urn:example:x"),
    pushing("another redirect_uri", redirect_uri="https://attacker.example/cb"),
    pushing("response_type token", response_type="token"),
    pushing("without PKCE", code_challenge=None, code_challenge_method=None),
    pushing("a scope with a quotation mark", scope='openid a"b'),
    pushing("an unknown resource", resource="https://unknown.example/"),
    pushing("an unknown prompt", prompt="nothing"),
    pushing("state twice", ("state", "another")),
    pushing("by GET", method="GET"),
    by_reference("what was pushed", "{request_uri}"),
    by_reference("what another app pushed", "{request_uri}", "{two}"),
    by_reference("what was pushed and used", "{used_request_uri}"),
    by_reference("what nobody pushed", "urn:ietf:params:oauth:request_uri:" + "0" * 43),
]

TOKEN = [
    redeem("good"),
    redeem("good by post", by="post one"),
    redeem("good of a public client", by="id public", code="{public_code}"),
    redeem("good with a signed assertion", by="signed keyed", code="{keyed_code}"),
    redeem("of a client without the refresh grant", by="basic narrow", code="{narrow_code}"),
    redeem("good with DPoP", headers={"DPoP": "{proof}"}),
    redeem("DPoP that is none", headers={"DPoP": "a.b.c"}),
    redeem("an unknown code", code="0" * 40),
    redeem("without code", code=None),
    redeem("a code that was used", code="{used_code}"),
    redeem("a code of another client", code="{other_code}"),
    redeem("another verifier", code_verifier="0" * 43),
    redeem("a short verifier", code_verifier="short"),
    redeem("without verifier", code_verifier=None),
    redeem("another redirect_uri", redirect_uri="https://app.example/other"),
    redeem("without redirect_uri", redirect_uri=None),
    redeem("code twice", twice=[("code", "0" * 40)]),
    redeem("an unknown parameter", unknown="1"),
    redeem("for a resource", code="{resource_code}", resource=API),
    redeem("for another resource", code="{resource_code}", resource="https://unknown.example/"),
    redeem("a wrong secret by Basic", by="wrong-basic one"),
    redeem("a wrong secret by post", by="wrong-post one"),
    redeem("an unknown client by Basic", by="basic nobody"),
    redeem("an unknown client by post", by="post nobody"),
    redeem("nobody", by=""),
    redeem("a confidential client without its secret", by="id one"),
    redeem("both ways at once", by="both one"),
    redeem("a public client with a secret", by="post public", code="{public_code}"),
    redeem("an assertion that is none", client_assertion="a.b.c", by="id keyed",
           client_assertion_type=JWT_BEARER, code="{keyed_code}"),
    redeem("an assertion of another kind", client_assertion="a.b.c", by="id keyed",
           client_assertion_type="urn:example", code="{keyed_code}"),
    Case("token: Basic without a colon", "token_endpoint", form=[("grant_type", "refresh_token")],
         headers={"Authorization": "Basic bm9jb2xvbg=="}),
    Case("token: another scheme", "token_endpoint", form=[("grant_type", "refresh_token")],
         headers={"Authorization": "Digest x"}),
    token("without grant_type"),
    token("an unknown grant_type", grant_type="unknown"),
    token("grant_type password", grant_type="password", username="ana", password="x"),
    token("grant_type implicit", grant_type="implicit"),
    token("a grant_type that is not registered", by="basic narrow", grant_type="client_credentials"),
    refresh("good"),
    refresh("good of a public client", by="id public", refresh_token="{public_refresh}"),
    refresh("fewer scopes", scope="openid"),
    refresh("more scopes", scope="openid user"),
    refresh("unknown", refresh_token="0" * 43),
    refresh("without refresh_token", refresh_token=None),
    refresh("of another client", refresh_token="{other_refresh}"),
    refresh("used long ago", refresh_token="{used_refresh}"),
    own("alone"),
    own("with a scope", scope="repo"),
    own("with more than registered", scope="user"),
    own("of a public client", by="id public"),
    own("for a resource", resource=API, scope="repo"),
    own("for an unknown resource", resource="https://unknown.example/"),
    token("device code pending", grant_type=DEVICE_GRANT, device_code="{device_code}"),
    token("device code unknown", grant_type=DEVICE_GRANT, device_code="0" * 40),
    token("device code missing", grant_type=DEVICE_GRANT),
    token("device code of another client", grant_type=DEVICE_GRANT, device_code="{device_code}",
          by="basic two"),
    Case("token: JSON", "token_endpoint", "POST", "basic one",
         body='{"grant_type":"client_credentials"}', headers=JSON),
    token("by GET", method="GET", grant_type="client_credentials"),
]

OTHERS = [
    device("good"),
    device("of a public client", by="id public"),
    device("a wrong secret", by="wrong-basic one"),
    device("nobody", by=""),
    device("an unknown scope", scope="openid unknown"),
    device("of a client that may not", by="basic narrow"),
    introspect("an access token"),
    introspect("a refresh token", token="{refresh}"),
    introspect("an access token, the wrong hint", token_type_hint="refresh_token"),
    introspect("an access token, an unknown hint", token_type_hint="pigeon"),
    introspect("unknown", token="0" * 40),
    introspect("of another client", by="basic two"),
    introspect("that was revoked", token="{revoked}"),
    introspect("without token", token=None),
    introspect("nobody", by=""),
    introspect("a wrong secret", by="wrong-basic one"),
    introspect("by a public client", by="id public", token="{public_access}"),
    introspect("by GET", method="GET"),
    revoke("an access token"),
    revoke("a refresh token", token="{refresh}"),
    revoke("the wrong hint", token_type_hint="refresh_token"),
    revoke("an unknown hint", token_type_hint="pigeon"),
    revoke("unknown", token="0" * 40),
    revoke("of another client", by="basic two"),
    revoke("without token", token=None),
    revoke("nobody", by=""),
    revoke("a wrong secret", by="wrong-basic one"),
    revoke("by a public client", by="id public", token="{public_access}"),
    revoke("by GET", method="GET"),
    userinfo("good"),
    userinfo("good by POST", "POST"),
    userinfo("the token in a form", "POST", {}, access_token="{access}"),
    userinfo("the token in the URL", "GET", {}, access_token="{access}"),
    userinfo("the token twice", "POST", access_token="{access}"),
    userinfo("nobody", headers={}),
    userinfo("an unknown token", headers={"Authorization": "Bearer unknown"}),
    userinfo("a revoked token", headers={"Authorization": "Bearer {revoked}"}),
    userinfo("another scheme", headers={"Authorization": "Basic bm9jb2xvbg=="}),
    userinfo("a token without openid", headers={"Authorization": "Bearer {narrow_access}"}),
    userinfo("a bound token as Bearer", headers={"Authorization": "Bearer {bound_access}"}),
    Case("discovery: openid-configuration", "/.well-known/openid-configuration", "GET"),
    Case("discovery: oauth-authorization-server", "/.well-known/oauth-authorization-server", "GET"),
    Case("discovery: by POST", "/.well-known/openid-configuration", "POST"),
    Case("discovery: the keys", "jwks_uri", "GET"),
    register("good", '{"redirect_uris":["https://app.example/cb"]}'),
    register("of a public client", '{"redirect_uris":["https://app.example/cb"],'
             '"token_endpoint_auth_method":"none"}'),
    register("without redirect_uris", "{}"),
    register("a redirect_uri with a fragment", '{"redirect_uris":["https://app.example/#a"]}'),
    register("a redirect_uri that is none", '{"redirect_uris":["app"]}'),
    register("http and web", '{"redirect_uris":["http://app.example/"]}'),
    register("an unknown grant type",
             '{"redirect_uris":["https://app.example/cb"],"grant_types":["password"]}'),
    register("an unknown method", '{"redirect_uris":["https://app.example/cb"],'
             '"token_endpoint_auth_method":"password"}'),
    register("grant and response types that do not fit",
             '{"redirect_uris":["https://app.example/cb"],"grant_types":["client_credentials"],'
             '"response_types":["code"]}'),
    register("keys twice", '{"redirect_uris":["https://app.example/cb"],"jwks":{"keys":[]},'
             '"jwks_uri":"https://app.example/jwks"}'),
    register("a member nobody knows", '{"redirect_uris":["https://app.example/cb"],"unknown":1}'),
    register("no JSON", "{"),
    register("a form", "redirect_uris=x", {"Content-Type": "application/x-www-form-urlencoded"}),
    managed("read", "GET"),
    managed("read with a wrong token", "GET", "mismanaging"),
    managed("read with none", "GET", ""),
    managed("deleted", "DELETE"),
    Case("logout: nothing", "end_session_endpoint", "GET"),
    Case("logout: a hint that is none", "end_session_endpoint", "GET",
         form=[("id_token_hint", "a.b.c")]),
    Case("logout: an address that is not registered", "end_session_endpoint", "GET",
         form=[("id_token_hint", "{id_token}"),
               ("post_logout_redirect_uri", "https://attacker.example/")]),
]

CASES = AUTHORIZE + PUSHED + TOKEN + OTHERS
