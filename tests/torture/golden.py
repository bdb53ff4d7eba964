"""The golden requests: what is asked of every edge, and the right answer to it when nothing fails.

A row is a function below @golden(NAME, STATUS, ...): it makes what the request needs, with ordinary requests, and
returns the request. `has`: what stands in the body; `to`: what its Location begins with; `once`: a second one like
it is answered otherwise, because the first has done it; `moving`: it shows what happened meanwhile;
`fetches`: from somebody's server, and when that does not answer, it is the client that is refused. golden_rare.py has
more of them.
"""
import base64
import dataclasses
import json
import pathlib
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))

import own_issuer  # noqa: E402
import own_openid as o  # noqa: E402
import standard as s  # noqa: E402
import test_oauth_device as device  # noqa: E402
from client_stub import Stub  # noqa: E402
from llavero_http import PASSWORD, Page, challenged, basic, pkce, unique  # noqa: E402
from own_jose import Key, assertion, by_assertion, jwks, proof, sign  # noqa: E402
from test_device import enter  # noqa: E402

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
CALLBACK = "https://app.example/cb"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TYPE = "urn:ietf:params:oauth:token-type:access_token"
GOLDEN = {}


@dataclasses.dataclass
class Request:
    method: str
    path: str
    headers: dict = dataclasses.field(default_factory=dict)
    body: bytes = b""


@dataclasses.dataclass
class Golden:
    name: str
    status: int
    prepare: object
    has: tuple = ()
    to: str = ""
    once: bool = False
    moving: bool = False
    fetches: bool = False


def golden(name, status, *has, to="", once=False, moving=False, fetches=False):
    def enters(prepare):
        assert name not in GOLDEN
        GOLDEN[name] = Golden(name, status, prepare, has, to, once, moving, fetches)
        return prepare
    return enters


def get(path, headers=None, **query):
    return Request("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""), headers or {})


def post(path, form, headers=None):
    fields = form.items() if isinstance(form, dict) else form
    body = urllib.parse.urlencode([(k, v) for k, v in fields if v is not None])
    return Request("POST", path, {"Content-Type": FORM, **(headers or {})}, body.encode())


def json_of(method, path, body, headers=None):
    return Request(method, path, {"Content-Type": JSON, **(headers or {})}, json.dumps(body).encode())


def bearer(token, scheme="Bearer"):
    return {"Authorization": f"{scheme} {token}"}


def by(browser, request):
    """The request as the person's browser sends it."""
    cookies = "; ".join(f"{c.name}={c.value}" for c in browser.session.cookies)
    request.headers.update({"Accept": "text/html", "Cookie": cookies})
    return request


def pressed(browser, form, button=None, **changes):
    fields = [(n, changes.get(n, v)) for n, v in form.fields if n]
    fields += [(n, v) for n, v in changes.items() if n not in dict(form.fields)]
    return by(browser, post(form.action, fields + ([button] if button else [])))


class World:
    """A server with people and apps; what the requests are about."""

    def __init__(self, server):
        self.server = server
        self.octocat = server.signed_in()
        self.app = server.make_app()
        self.expiring = s.make_app(server, device=True, expiring=True)
        self.device = s.make_app(server, device=True)
        self.agreed_to = s.make_app(server, expiring=True)
        self.public = s.make_public(server)
        self.key = Key()
        self.own = s.make_app(server, metadata={
            "grant_types": ["client_credentials", EXCHANGE, own_issuer.GRANT, "authorization_code"], "scope": "gist"})
        self.signs = s.make_app(server, auth_method="private_key_jwt", metadata={
            "grant_types": ["client_credentials"], "scope": "gist", "jwks": jwks(self.key)})
        self.stub, self.fetched = Stub(), s.make_app(server, auth_method="private_key_jwt")
        self.asks = s.make_app(server, metadata={"jwks": jwks(self.key)})
        self.leaves = s.make_app(server, metadata={"post_logout_redirect_uris": [CALLBACK]})
        self.api = "https://api.example/v1"
        server.cli("resource", "create", self.api, "--format", "jwt")
        self.issuer = own_issuer.Issuer(server, "--subject", "login", "--scopes", "gist repo", apps=(self.own,))
        self.person = server.make_user()
        self.browser = server.signed_in(self.person)
        self.owner = server.make_user()
        self.developer = server.signed_in(self.owner)
        server.cli("org", "create", "golden", "--admin", "octocat")
        self.agree()
        self.token = server.token_for(self.app, self.octocat, scope="user,repo,read:org")
        self.openid = o.sign_in(server, self.octocat, self.agreed_to)[0]
        self.edited = self._app_of_developer()
        self.remember()

    def remember(self):
        """The tokens that tidy() spares: those of now."""
        with self.server.database() as db:
            self.newest, = db.execute("SELECT MAX(token_id) FROM grant_token").fetchone()

    def agree(self):
        """To all that need no consent page when they are asked for."""
        for app in (self.expiring, self.agreed_to, self.asks, self.leaves, self.public):
            s.sign_in(self.server, self.octocat, app, scope="openid repo", nonce="n")

    def _app_of_developer(self):
        form = self.developer.page("/settings/applications/new").form("/settings/applications")
        reply = self.developer.submit(form, name=unique("Edited"), homepage="https://app.example/",
                                      callback_1=CALLBACK)
        return reply.headers["Location"]

    def tidy(self):
        """What many of the same would fill up: rows that nothing hangs on, and an owner's list."""
        with self.server.database() as db:
            db.execute("DELETE FROM throttle")
            db.execute("DELETE FROM grant_token WHERE token_id > ?", (self.newest,))
            db.execute("DELETE FROM pushed_request")
            db.execute("UPDATE app SET owner_id = ? WHERE owner_id = ? AND name LIKE 'Made-%'",
                       (self.person.id, self.owner.id))

    def code(self, app=None, **params):
        app = app or self.agreed_to
        verifier, challenge = pkce()
        return s.code(self.octocat, app, **{"scope": "openid repo", **challenged(challenge), **params}), verifier

    def waiting(self, app=None, edge="/login/device/code"):
        """Codes of a device that nobody has answered."""
        app = app or self.device
        return self.server.post(edge, {**app.credentials, "scope": "repo"}, headers={"Accept": JSON}).json()

    def registered(self):
        body = json.dumps({"redirect_uris": [CALLBACK], "client_name": unique("Registered")})
        made = self.server.post("/oauth2/register", body, headers={"Content-Type": JSON}).json()
        return made, "/oauth2/register/" + made["client_id"], bearer(made["registration_access_token"])

    def new_user(self):
        """Somebody by the same password, at the cost of a row: hashing one takes its time."""
        return self.server.signed_in(self.person)


# GitHub's dialect: for people

@golden("github authorize, signed out", 302, to="/login?")
def _(w):
    return get("/login/oauth/authorize", client_id=w.app.client_id)


@golden("github authorize, consent page", 200, "delete_repo", 'name="authorize"')
def _(w):
    return by(w.octocat, get("/login/oauth/authorize", client_id=w.app.client_id, scope="delete_repo"))


@golden("github authorize, agreed before", 302, to=CALLBACK + "?code=")
def _(w):
    return by(w.octocat, get("/login/oauth/authorize", client_id=w.app.client_id, scope="repo", state="x y"))


def take_back(w, app=None):
    """What the person has agreed to, if anything."""
    path = f"/settings/connections/applications/{(app or w.app).client_id}"
    reply = w.browser.get(path)
    if reply.status_code == 200:
        w.browser.submit(Page(reply.text).form(path + "/revoke"))


@golden("github authorize, allowed", 302, to=CALLBACK + "?code=")
def _(w):
    take_back(w)
    return pressed(w.browser, Page(w.browser.ask(w.app, scope="gist").text).form("/login/oauth/authorize"),
                   ("authorize", "1"))


@golden("github authorize, denied", 302, to=CALLBACK + "?error=access_denied")
def _(w):
    page = Page(w.octocat.ask(w.app, scope="delete_repo").text)
    return pressed(w.octocat, page.form("/login/oauth/authorize"), ("authorize", "0"))


@golden("github authorize, unknown app", 404)
def _(w):
    return by(w.octocat, get("/login/oauth/authorize", client_id="unknown"))


@golden("github authorize, other redirect_uri", 400)
def _(w):
    return by(w.octocat, get("/login/oauth/authorize", client_id=w.app.client_id, redirect_uri="https://evil.example/"))


# GitHub's dialect: for apps

def github_code(w, **more):
    return {**w.app.credentials, "code": w.octocat.code(w.app, scope="repo"), **more}


@golden("github access_token, form", 200, "access_token=gho_", "token_type=bearer", once=True)
def _(w):
    return post("/login/oauth/access_token", github_code(w))


@golden("github access_token, JSON", 200, '"access_token":"gho_', once=True)
def _(w):
    return post("/login/oauth/access_token", github_code(w), {"Accept": JSON})


@golden("github access_token, XML", 200, "<access_token>gho_", once=True)
def _(w):
    return post("/login/oauth/access_token", github_code(w), {"Accept": "application/xml"})


@golden("github access_token, PKCE and JSON body", 200, '"access_token":"gho_', once=True)
def _(w):
    verifier, challenge = pkce()
    code = w.octocat.code(w.app, scope="repo", **challenged(challenge))
    return json_of("POST", "/login/oauth/access_token",
                   {**w.app.credentials, "code": code, "code_verifier": verifier}, {"Accept": JSON})


@golden("github access_token, wrong code", 200, '"error":"bad_verification_code"')
def _(w):
    return post("/login/oauth/access_token", {**w.app.credentials, "code": "0" * 20}, {"Accept": JSON})


@golden("github access_token, wrong secret", 200, '"error":"incorrect_client_credentials"')
def _(w):
    return post("/login/oauth/access_token", {**github_code(w), "client_secret": "0" * 40}, {"Accept": JSON})


@golden("github access_token, wrong redirect_uri", 200, '"error":"redirect_uri_mismatch"')
def _(w):
    return post("/login/oauth/access_token", github_code(w, redirect_uri="https://evil.example/"), {"Accept": JSON})


@golden("github access_token, used code", 200, '"error":"bad_verification_code"')
def _(w):
    form = github_code(w)
    w.server.post("/login/oauth/access_token", form)
    return post("/login/oauth/access_token", form, {"Accept": JSON})


@golden("github access_token, refresh", 200, '"refresh_token":"ghr_')
def _(w):
    code = w.octocat.code(w.expiring, scope="repo")
    first = w.server.exchange(w.expiring, code)
    return post("/login/oauth/access_token", {**w.expiring.credentials, "grant_type": "refresh_token",
                                              "refresh_token": first["refresh_token"]}, {"Accept": JSON})


@golden("github device code", 200, '"device_code":"', '"user_code":"')
def _(w):
    return post("/login/device/code", {"client_id": w.device.client_id, "scope": "repo"}, {"Accept": JSON})


def github_poll(w, codes):
    return post("/login/oauth/access_token", {"client_id": w.device.client_id, "device_code": codes["device_code"],
                                              "grant_type": s.DEVICE_GRANT}, {"Accept": JSON})


@golden("github device, pending", 200, '"error":"authorization_pending"', once=True)
def _(w):
    return github_poll(w, w.waiting())


@golden("github device, approved", 200, '"access_token":"gho_', once=True)
def _(w):
    codes = w.waiting()
    device.approve(w.octocat, codes)
    return github_poll(w, codes)


def of_app(w, method, what, token):
    return json_of(method, f"/api/v3/applications/{w.app.client_id}/{what}", {"access_token": token},
                   basic(w.app.client_id, w.app.client_secret))


@golden("github token, check", 200, '"hashed_token":"', '"login":"octocat"')
def _(w):
    return of_app(w, "POST", "token", w.token)


@golden("github token, check of an unknown one", 404, "Not Found")
def _(w):
    return of_app(w, "POST", "token", "gho_" + "0" * 36)


@golden("github token, reset", 200, '"token":"gho_', once=True)
def _(w):
    return of_app(w, "PATCH", "token", w.server.token_for(w.app, w.octocat, scope="repo"))


@golden("github token, delete", 204, once=True)
def _(w):
    return of_app(w, "DELETE", "token", w.server.token_for(w.app, w.octocat, scope="repo"))


@golden("github grant, delete", 204, once=True)
def _(w):
    token = w.server.token_for(w.device, w.browser, scope="repo")
    return json_of("DELETE", f"/api/v3/applications/{w.device.client_id}/grant", {"access_token": token},
                   basic(w.device.client_id, w.device.client_secret))


@golden("github credentials, revoke", 202)
def _(w):
    return json_of("POST", "/api/v3/credentials/revoke",
                   {"credentials": [w.server.token_for(w.app, w.octocat, scope="repo")]})


# GitHub's dialect: the API

@golden("github user", 200, '"login":"octocat"')
def _(w):
    return get("/api/v3/user", bearer(w.token, "token"))


@golden("github user, unknown token", 401, "Bad credentials")
def _(w):
    return get("/api/v3/user", bearer("gho_" + "0" * 36))


@golden("github user, nobody", 401, "Requires authentication")
def _(w):
    return get("/api/v3/user")


@golden("github emails", 200, '"primary":true')
def _(w):
    return get("/api/v3/user/emails", bearer(w.token))


@golden("github organisations", 200, '"login":"golden"')
def _(w):
    return get("/api/v3/user/orgs", bearer(w.token))


@golden("github another user", 200, '"login":"octocat"')
def _(w):
    return get("/api/v3/users/octocat", bearer(w.token))


@golden("github rate limit, of which there is none", 404, "Rate limiting is not enabled.")
def _(w):
    return get("/api/v3/rate_limit", bearer(w.token))


@golden("github root", 200, '"current_user_url":')
def _(w):
    return get("/api/v3/", bearer(w.token))


@golden("github GraphQL", 200, '{"data":{"viewer":{"login":"octocat"}}}')
def _(w):
    return json_of("POST", "/api/graphql", {"query": "query Me { viewer { login } }"}, bearer(w.token))


@golden("github GraphQL, unknown field", 200, '"errors":')
def _(w):
    return json_of("POST", "/api/graphql", {"query": "{ viewer { shoes } }"}, bearer(w.token))


def by_password(w):
    return basic(w.person.login, w.person.password)


@golden("github authorizations, create", 201, '"token":"ghp_', once=True)
def _(w):
    return json_of("POST", "/api/v3/authorizations", {"scopes": ["repo"], "note": unique("note")}, by_password(w))


@golden("github authorizations, wrong password", 401, "Bad credentials")
def _(w):
    w.tidy()
    return get("/api/v3/authorizations", basic(w.person.login, "wrong"))


@golden("github authorizations, delete", 204, once=True)
def _(w):
    made = w.server.post("/api/v3/authorizations", json.dumps({"scopes": ["repo"], "note": unique("note")}),
                         headers=by_password(w)).json()
    return Request("DELETE", f"/api/v3/authorizations/{made['id']}", by_password(w))


@golden("github metadata", 200, '"issuer":')
def _(w):
    return get("/.well-known/oauth-authorization-server/login/oauth")


# standards: for people

@golden("authorize, consent page", 200, "delete_repo", 'name="authorize"')
def _(w):
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="delete_repo"))


@golden("authorize, agreed before", 302, to=CALLBACK + "?code=")
def _(w):
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="openid repo",
                             nonce="n", state="x", code_challenge=pkce()[1], code_challenge_method="S256"))


@golden("authorize, allowed", 302, to=CALLBACK + "?code=")
def _(w):
    page = Page(s.ask(w.octocat, w.agreed_to, scope="openid repo", prompt="consent").text)
    return pressed(w.octocat, page.form(s.AUTHORIZE), ("authorize", "1"))


@golden("authorize, no page allowed", 302, to=CALLBACK + "?error=login_required")
def _(w):
    return get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="openid", prompt="none")


@golden("authorize, answer by a form", 200, 'name="code"')
def _(w):
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="openid repo",
                             response_mode="form_post", nonce="n"))


@golden("authorize, pushed", 302, to=CALLBACK + "?code=", once=True)
def _(w):
    w.tidy()
    uri = s.push_uri(w.server, w.agreed_to, scope="openid repo", nonce="n")
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, request_uri=uri))


@golden("authorize, signed request", 302, to=CALLBACK + "?code=")
def _(w):
    text = sign(w.key, {"kid": w.key.kid, "typ": "oauth-authz-req+jwt"},
                {"iss": w.asks.client_id, "client_id": w.asks.client_id, "aud": w.server.base, "scope": "openid repo",
                 "response_type": "code", "redirect_uri": CALLBACK, "nonce": "n", "exp": int(time.time()) + 60})
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.asks.client_id, request=text))


@golden("authorize, client fetched", 200, "Document app", 'name="authorize"', fetches=True)
def _(w):
    url = w.stub.put_client(f"/{unique('client')}.json")
    return by(w.octocat, get(s.AUTHORIZE, client_id=url, response_type="code", redirect_uri="http://127.0.0.1/cb",
                             code_challenge=pkce()[1], code_challenge_method="S256"))


@golden("authorize, unknown client", 404)
def _(w):
    return by(w.octocat, get(s.AUTHORIZE, client_id="unknown", response_type="code"))


@golden("logout, asks", 200, 'method="post"')
def _(w):
    return by(w.octocat, get(o.LOGOUT))


@golden("logout, by an ID token", 302, to=CALLBACK, once=True)
def _(w):
    browser = w.new_user()
    token = o.sign_in(w.server, browser, w.leaves)[0]["id_token"]
    return by(browser, get(o.LOGOUT, id_token_hint=token, post_logout_redirect_uri=CALLBACK))


# standards: for apps

def token_request(w, app, headers=None, **form):
    return post(s.TOKEN, {**s.credentials(w.server, app), **form}, headers)


def code_request(w, app=None, headers=None, more=(), **params):
    code, verifier = w.code(app, **params)
    return token_request(w, app or w.agreed_to, headers, grant_type="authorization_code", code=code,
                         code_verifier=verifier, **dict(more))


def given(w):
    code, verifier = w.code(nonce="n")
    return s.exchange(w.server, w.agreed_to, code, code_verifier=verifier)


@golden("token, code and ID token", 200, '"access_token":"', '"id_token":"', once=True)
def _(w):
    return code_request(w, nonce="n")


@golden("token, public client", 200, '"access_token":"', once=True)
def _(w):
    return code_request(w, w.public, nonce="n")


@golden("token, by Basic", 200, '"access_token":"', once=True)
def _(w):
    return code_request(w, headers=basic(w.agreed_to.client_id, w.agreed_to.client_secret), nonce="n",
                        more={"client_id": None, "client_secret": None})


@golden("token, JWT for a resource", 200, '"access_token":"eyJ', once=True)
def _(w):
    return code_request(w, resource=w.api, nonce="n")


@golden("token, bound by DPoP", 200, '"token_type":"DPoP"', once=True)
def _(w):
    return code_request(w, headers={"DPoP": proof(w.key, "POST", w.server.base + s.TOKEN)}, nonce="n")


@golden("token, wrong verifier", 400, '"error":"invalid_grant"')
def _(w):
    return token_request(w, w.agreed_to, grant_type="authorization_code", code=w.code()[0], code_verifier="x" * 43)


@golden("token, wrong secret", 401, '"error":"invalid_client"')
def _(w):
    return post(s.TOKEN, {"client_id": w.app.client_id, "client_secret": "0" * 40, "grant_type": "client_credentials"})


@golden("token, unknown grant_type", 400, '"error":"unsupported_grant_type"')
def _(w):
    return token_request(w, w.agreed_to, grant_type="magic")


@golden("token, refresh", 200, '"refresh_token":"')
def _(w):
    return token_request(w, w.agreed_to, grant_type="refresh_token", refresh_token=given(w)["refresh_token"])


@golden("token, wrong refresh token", 400, '"error":"invalid_grant"')
def _(w):
    return token_request(w, w.agreed_to, grant_type="refresh_token", refresh_token="ghr_" + "0" * 76)


@golden("token, client credentials", 200, '"access_token":"')
def _(w):
    return token_request(w, w.own, grant_type="client_credentials", scope="gist")


@golden("token, private_key_jwt", 200, '"access_token":"', once=True)
def _(w):
    return post(s.TOKEN, {"grant_type": "client_credentials", "client_id": w.signs.client_id,
                          **by_assertion(assertion(w.server, w.signs, w.key))})


@golden("token, keys fetched", 200, '"access_token":"', once=True, fetches=True)
def _(w):
    url = w.stub.put(f"/{unique('keys')}.json", jwks(w.key))
    s.serve(w.server, w.fetched, {"grant_types": ["client_credentials"], "scope": "gist", "jwks_uri": url})
    return post(s.TOKEN, {"grant_type": "client_credentials", "client_id": w.fetched.client_id,
                          **by_assertion(assertion(w.server, w.fetched, w.key))})


@golden("token, exchange", 200, '"issued_token_type":"')
def _(w):
    subject = s.token(w.server, w.own, grant_type="client_credentials", scope="gist")["access_token"]
    return token_request(w, w.own, grant_type=EXCHANGE, subject_token=subject, subject_token_type=ACCESS_TYPE)


@golden("token, assertion about a person", 200, '"access_token":"', once=True)
def _(w):
    return token_request(w, w.own, grant_type=own_issuer.GRANT, assertion=w.issuer.says("octocat"), scope="gist")


@golden("device authorization", 200, '"device_code":"', '"user_code":"')
def _(w):
    return post(s.DEVICE, {**w.device.credentials, "scope": "repo"})


@golden("token, device", 200, '"access_token":"', once=True)
def _(w):
    codes = w.waiting(edge=s.DEVICE)
    device.approve(w.octocat, codes)
    return token_request(w, w.device, grant_type=s.DEVICE_GRANT, device_code=codes["device_code"])


@golden("token, device denied", 400, '"error":"access_denied"')
def _(w):
    codes = w.waiting(edge=s.DEVICE)
    device.approve(w.octocat, codes, allow=False)
    return token_request(w, w.device, grant_type=s.DEVICE_GRANT, device_code=codes["device_code"])


@golden("pushed request", 201, '"request_uri":"')
def _(w):
    w.tidy()
    return post(s.PAR, {**w.agreed_to.credentials, "response_type": "code", "scope": "openid repo"})


@golden("pushed request, wrong redirect_uri", 400, '"error":"invalid_request"')
def _(w):
    return post(s.PAR, {**w.agreed_to.credentials, "response_type": "code", "redirect_uri": "https://evil.example/"})


@golden("introspection, active", 200, '"active":true', '"client_id":"')
def _(w):
    return post(s.INTROSPECT, {**w.agreed_to.credentials, "token": w.openid["access_token"]})


@golden("introspection, unknown token", 200, '{"active":false}')
def _(w):
    return post(s.INTROSPECT, {**w.agreed_to.credentials, "token": "gho_" + "0" * 36})


@golden("revocation, access token", 200)
def _(w):
    return post(s.REVOKE, {**w.agreed_to.credentials, "token": given(w)["access_token"]})


@golden("revocation, refresh token", 200)
def _(w):
    return post(s.REVOKE, {**w.agreed_to.credentials, "token": given(w)["refresh_token"]})


@golden("userinfo", 200, '"sub":"')
def _(w):
    return get(o.USERINFO, bearer(w.openid["access_token"]))


@golden("userinfo, unknown token", 401, '"error":"invalid_token"')
def _(w):
    return get(o.USERINFO, bearer("gho_" + "0" * 36))


@golden("registration", 201, '"client_id":"', '"registration_access_token":"')
def _(w):
    return json_of("POST", "/oauth2/register", {"redirect_uris": [CALLBACK], "client_name": unique("Registered")})


@golden("registration, bad redirect_uri", 400, '"error":"invalid_redirect_uri"')
def _(w):
    return json_of("POST", "/oauth2/register", {"redirect_uris": ["javascript:x"], "client_name": "Bad"})


@golden("registration, read", 200, '"client_id":"')
def _(w):
    _, path, token = w.registered()
    return get(path, token)


@golden("registration, replace", 200, '"client_name":"Other', once=True)
def _(w):
    made, path, token = w.registered()
    return json_of("PUT", path, {"client_id": made["client_id"], "redirect_uris": [CALLBACK],
                                 "client_name": unique("Other")}, token)


@golden("registration, delete", 204, once=True)
def _(w):
    _, path, token = w.registered()
    return Request("DELETE", path, token)


@golden("metadata", 200, '"issuer":', '"token_endpoint":')
def _(w):
    return get(s.METADATA)


@golden("OpenID discovery", 200, '"jwks_uri":')
def _(w):
    return get(o.DISCOVERY)


@golden("JWKS", 200, '"kty":"EC"', '"kty":"RSA"')
def _(w):
    return get(o.JWKS)


@golden("token, asked by a page first", 204)
def _(w):
    return Request("OPTIONS", s.TOKEN, {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"})


# pages

@golden("page, sign-in", 200, 'name="password"')
def _(w):
    return get("/login", {"Accept": "text/html"})


@golden("page, sign in", 303, to="/")
def _(w):
    browser = w.server.browser()
    return pressed(browser, browser.page("/login").form("/session"), login=w.person.login, password=PASSWORD)


@golden("page, sign in with a wrong password", 422, 'name="password"')
def _(w):
    w.tidy()
    browser = w.server.browser()
    return pressed(browser, browser.page("/login").form("/session"), login=w.person.login, password="wrong")


@golden("page, sign up", 303, to="/", once=True)
def _(w):
    browser, login = w.server.browser(), unique("joins")
    return pressed(browser, browser.page("/join").form("/join"), login=login, email=f"{login}@example.com",
                   password=PASSWORD)


@golden("page, sign out", 303, to="/", once=True)
def _(w):
    browser = w.new_user()
    return pressed(browser, browser.page("/settings/profile").form("/logout"))


@golden("page, home", 200, "octocat")
def _(w):
    return by(w.octocat, get("/"))


@golden("page, profile", 200, 'name="name"')
def _(w):
    return by(w.octocat, get("/settings/profile"))


@golden("page, profile saved", 303, to="/settings/profile")
def _(w):
    return pressed(w.browser, w.browser.page("/settings/profile").form("/settings/profile"), name=unique("Name"))


@golden("page, authorized apps", 200, "/settings/connections/")
def _(w):
    return by(w.octocat, get("/settings/applications"))


@golden("page, authorization taken back", 303, once=True)
def _(w):
    w.server.token_for(w.app, w.browser, scope="repo")
    path = f"/settings/connections/applications/{w.app.client_id}"
    return pressed(w.browser, w.browser.page(path).form(path + "/revoke"))


@golden("page, security log", 200, "</html>", moving=True)
def _(w):
    return by(w.browser, get("/settings/security-log"))


@golden("page, sessions", 200, "</html>", moving=True)
def _(w):
    return by(w.developer, get("/settings/sessions"))


@golden("page, new app", 303, to="/settings/applications/", once=True)
def _(w):
    w.tidy()
    form = w.developer.page("/settings/applications/new").form("/settings/applications")
    return pressed(w.developer, form, name=unique("Made"), homepage="https://app.example/", callback_1=CALLBACK)


@golden("page, app saved", 303, to="/settings/applications/")
def _(w):
    return pressed(w.developer, w.developer.page(w.edited).form(w.edited), description=unique("about"))


@golden("page, app's requests", 200, "</html>", moving=True)
def _(w):
    return by(w.developer, get(w.edited + "/requests"))


@golden("page, personal token", 200, "ghp_", "</html>", once=True, moving=True)  # the list grows
def _(w):
    form = w.browser.page("/settings/tokens/new").form("/settings/tokens")
    return pressed(w.browser, form, note=unique("note"))


@golden("page, device", 200, "user-code-0")
def _(w):
    return by(w.octocat, get("/login/device"))


@golden("page, device's code entered", 303, to="/login/device/confirmation")
def _(w):
    form = w.octocat.page("/login/device").form("/login/device")
    fields = [n for n, v in form.fields if n.startswith("user-code-") and v != "-"]
    return pressed(w.octocat, form, **dict(zip(fields, w.waiting()["user_code"].replace("-", ""))))


@golden("page, device allowed", 303, to="/login/device/success", once=True)
def _(w):
    confirm = w.octocat.follow(enter(w.octocat, w.waiting()["user_code"]))
    return pressed(w.octocat, Page(confirm.text).form("/login/device/authorize"), ("authorize", "1"))


@golden("page, documentation", 200, "<h1")
def _(w):
    return get("/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps")


@golden("page, not found", 404)
def _(w):
    return by(w.octocat, get("/no/such/page"))


@golden("page, form without its token", 403)
def _(w):
    return by(w.octocat, post("/logout", {}))


@golden("static file", 200)
def _(w):
    return get("/favicon.ico")


@golden("health", 200)
def _(w):
    return get("/healthz")


@golden("readiness", 200)
def _(w):
    return get("/readyz")


@golden("metrics", 200, "llavero_")
def _(w):
    return get("/metrics")
