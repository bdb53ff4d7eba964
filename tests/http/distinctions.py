"""Every way in which a request can be refused, made by a real request: one function for each cause
of src/core/errors.def, several where a cause has several faces. Each returns the refused reply."""

import base64
import hashlib
import http.client
import json

import requests

import test_device as devices
from authenticator import STEP, settle, totp
from test_two_factor import Person
from llavero_http import App, basic, challenged, pkce, unique

JSON = {"Accept": "application/json"}
TOKEN = "/login/oauth/access_token"
CASES = []


def case(cause, **expected):
    """`expected`: evidence that must be there, as the API tells it."""
    def add(make):
        CASES.append((cause, make, expected))
        return make
    return add


class World:
    """A fresh owner with an app of theirs, and a person who uses it."""

    def __init__(self, server):
        self.server = server
        self.owner = server.make_user()
        self.app = server.make_app(owner=self.owner.login)
        self.person = server.make_user()
        self.browser = server.signed_in(self.person)
        self.address = f"198.51.{self.person.id // 250 % 250}.{self.person.id % 250 + 1}"

    def another_app(self):
        return self.server.make_app(owner=self.owner.login)

    def device_app(self, on=True):
        made = self.server.cli_json(
            "app", "create", "--owner", self.owner.login, "--name", unique("Device"), "--homepage",
            "https://app.example/", "--callback", "https://app.example/cb",
            *(["--device-flow"] if on else []))
        self.server.plant(made["client_secret"])
        self.app = App(made["id"], made["client_id"], made["client_secret"],
                       "https://app.example/cb", "", self.owner.login)
        return self.app

    def again(self):
        """Signs in once more: a session may have ended when the clock was moved."""
        self.browser = self.server.signed_in(self.person)
        return self.browser

    def code(self, **params):
        return self.browser.code(self.app, **params)

    def post(self, headers=None, **form):
        return self.server.post(TOKEN, {k: v for k, v in form.items() if v is not None},
                                headers={**JSON, **(headers or {})})

    def redeem(self, code, **changes):
        return self.post(**{**self.app.credentials, "code": code, **changes})

    def token(self, **params):
        body = self.redeem(self.code(**params)).json()
        self.server.plant(body["access_token"], body.get("refresh_token"))
        return body

    def refresh(self, token, **changes):
        reply = self.post(**{**self.app.credentials, "grant_type": "refresh_token",
                             "refresh_token": token, **changes})
        body = reply.json()
        self.server.plant(body.get("access_token"), body.get("refresh_token"))
        return reply

    def ask(self, **params):
        return self.browser.ask(self.app, **params)

    def api(self, token, path="/user"):
        return self.server.api(path, token)

    def poll(self, code, **changes):
        form = {"client_id": self.app.client_id, "device_code": code, "grant_type": devices.GRANT}
        return self.post(**{**form, **changes})

    def begin_device(self):
        self.device_app()
        return devices.begin(self.server, self.app)

    def manage(self, body, path=None, app=None, method="POST"):
        app = app or self.app
        return requests.request(
            method, self.server.url(f"/api/v3/applications/{path or self.app.client_id}/token"),
            data=body if isinstance(body, str) else json.dumps(body), timeout=60,
            headers=basic(app.client_id, app.client_secret))

    def authorizations(self, method="GET", path="/authorizations", body=None, user=None,
                       password=None, **headers):
        user = user or self.person
        # an address of its own: wrong passwords count for addresses too
        headers = {"X-Forwarded-For": self.address, **headers}
        return requests.request(
            method, self.server.url("/api/v3" + path), timeout=60,
            data=None if body is None else body if isinstance(body, str) else json.dumps(body),
            headers={**basic(user.login, password or user.password), **headers})

    def suspend_person(self):
        self.server.cli("user", "suspend", self.person.login)


# who is asking

@case("CLIENT_ID_MISSING")
def _(w):
    return w.post(code="x" * 40)


@case("CLIENT_NOTHING_SENT")
def _(w):
    return w.server.post(TOKEN, headers=JSON)


@case("CLIENT_JSON_AS_FORM")
def _(w):
    return w.server.post(TOKEN, json.dumps({**w.app.credentials, "code": w.code()}), headers={
        **JSON, "Content-Type": "application/x-www-form-urlencoded"})


@case("CLIENT_UNKNOWN")
def _(w):
    return w.post(client_id="my-app", client_secret=w.app.client_secret, code="x")


@case("CLIENT_OF_ANOTHER_SERVER", client_id="Iv1.0123456789abcdef")
def _(w):
    return w.redeem(w.code(), client_id="Iv1.0123456789abcdef")


@case("CLIENT_ID_ALTERED")
def _(w):
    return w.redeem(w.code(), client_id=f"{w.app.client_id} ")


@case("CLIENT_ID_SECRET_SWAPPED")
def _(w):
    return w.redeem(w.code(), client_id=w.app.client_secret, client_secret=w.app.client_id)


@case("CLIENT_SECRET_MISSING")
def _(w):
    return w.redeem(w.code(), client_secret=None)


@case("CLIENT_SECRET_WRONG", length="40")
def _(w):
    return w.redeem(w.code(), client_secret=w.server.plant(hashlib.sha1(b"no").hexdigest()))


@case("CLIENT_SECRET_LENGTH", length="31", wanted_length="40")
def _(w):
    return w.redeem(w.code(), client_secret=w.app.client_secret[:31])


@case("CLIENT_SECRET_PLACEHOLDER", placeholder="variable")
def _(w):
    return w.redeem(w.code(), client_secret="${GITHUB_CLIENT_SECRET}")


@case("CLIENT_SECRET_PLACEHOLDER", placeholder="null")
def _(w):
    return w.redeem(w.code(), client_secret="undefined")


@case("CLIENT_SECRET_SPACED", stray="newline", place="end")
def _(w):
    return w.redeem(w.code(), client_secret=w.app.client_secret + "\n")


@case("CLIENT_SECRET_SPACED", stray="space", place="start")
def _(w):
    return w.redeem(w.code(), client_secret=" " + w.app.client_secret)


@case("CLIENT_SECRET_SPACED", stray="newline", place="end")
def _(w):  # echo id:secret | base64
    return w.post(headers=basic(w.app.client_id, w.app.client_secret + "\n"), code=w.code())


@case("CLIENT_SECRET_CASE")
def _(w):
    return w.redeem(w.code(), client_secret=w.server.plant(w.app.client_secret.upper()))


@case("CLIENT_SECRET_OF_ANOTHER_APP")
def _(w):
    other = w.another_app()
    return w.redeem(w.code(), client_secret=other.client_secret)


@case("CLIENT_SECRET_WRONG")
def _(w):  # of somebody else's app: that it is good is nobody's business
    return w.redeem(w.code(), client_secret=World(w.server).app.client_secret)


@case("CLIENT_SECRET_REVOKED")
def _(w):
    secret = w.server.cli_json("app", "secret", "add", w.app.client_id)
    w.server.plant(secret["client_secret"])
    w.server.cli("app", "secret", "revoke", w.app.client_id, str(secret["id"]))
    return w.redeem(w.code(), client_secret=secret["client_secret"])


@case("CLIENT_BASIC_MALFORMED", fault="base64")
def _(w):
    return w.post(headers={"Authorization": "Basic $$$$"}, code=w.code())


@case("CLIENT_BASIC_MALFORMED", fault="base64url")
def _(w):
    encoded = base64.urlsafe_b64encode(f"{w.app.client_id}:~~~???".encode()).decode()
    assert "-" in encoded or "_" in encoded
    return w.post(headers={"Authorization": f"Basic {encoded}"}, code=w.code())


@case("CLIENT_BASIC_MALFORMED", fault="colon")
def _(w):
    encoded = base64.b64encode(w.app.client_id.encode()).decode()
    return w.post(headers={"Authorization": f"Basic {encoded}"}, code=w.code())


@case("CLIENT_WRONG_SCHEME")
def _(w):
    return w.post(headers={"Authorization": f"Bearer {w.app.client_secret}"},
                  client_id=w.app.client_id, code=w.code())


@case("CLIENT_CREDENTIALS_CONFLICT", part="client_id")
def _(w):
    other = w.another_app()
    return w.post(headers=basic(w.app.client_id, w.app.client_secret), client_id=other.client_id,
                  code=w.code())


@case("APP_SUSPENDED")
def _(w):
    code = w.code()
    w.server.cli("app", "suspend", w.app.client_id)
    return w.redeem(code)


@case("APP_SUSPENDED")
def _(w):
    w.server.cli("app", "suspend", w.app.client_id)
    return w.ask()


# the authorization request

@case("AUTHORIZE_QUERY_MALFORMED")
def _(w):
    # requests would mend it
    connection = http.client.HTTPConnection(w.server.host, w.server.port, timeout=60)
    connection.request("GET", "/login/oauth/authorize?client_id=%zz")
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply


@case("AUTHORIZE_CLIENT_MISSING")
def _(w):
    return w.browser.get("/login/oauth/authorize")


@case("AUTHORIZE_CLIENT_UNKNOWN")
def _(w):
    return w.browser.get("/login/oauth/authorize", params={"client_id": w.app.client_secret})


@case("AUTHORIZE_CLIENT_OF_ANOTHER_SERVER", client_id="Ov23liAAAAAAAAAAAAAA")
def _(w):
    return w.browser.get("/login/oauth/authorize", params={"client_id": "Ov23liAAAAAAAAAAAAAA"})


@case("AUTHORIZE_CLIENT_ID_ALTERED")
def _(w):
    return w.browser.get("/login/oauth/authorize", params={"client_id": f'"{w.app.client_id}"'})


@case("AUTHORIZE_PARAMETER_REPEATED", parameter="scope")
def _(w):
    return w.browser.get(f"/login/oauth/authorize?client_id={w.app.client_id}&scope=repo&scope=gist")


@case("AUTHORIZE_REDIRECT_MALFORMED", fault="uri_fragment")
def _(w):
    return w.ask(redirect_uri="https://app.example/cb#part")


def redirects(cause, callback, sent, *more, wildcard=False):
    @case(cause)
    def _(w):
        w.app = w.server.make_app(callback, *more, owner=w.owner.login, wildcard=wildcard)
        return w.ask(redirect_uri=sent)


redirects("AUTHORIZE_REDIRECT_SCHEME", "https://app.example/cb", "http://app.example/cb")
redirects("AUTHORIZE_REDIRECT_HOST", "https://app.example/cb", "https://www.app.example/cb")
redirects("AUTHORIZE_REDIRECT_PORT", "https://app.example/cb", "https://app.example:8443/cb")
redirects("AUTHORIZE_REDIRECT_SLASH", "https://app.example/cb", "https://app.example/cb/")
redirects("AUTHORIZE_REDIRECT_CASE", "https://app.example/cb", "https://app.example/CB")
redirects("AUTHORIZE_REDIRECT_ENCODING", "https://app.example/a-b", "https://app.example/a%2Db")
redirects("AUTHORIZE_REDIRECT_PATH", "https://app.example/cb", "https://app.example/auth/cb")
redirects("AUTHORIZE_REDIRECT_QUERY", "https://app.example/cb", "https://app.example/cb?from=here")
# the nearest of several callbacks is the one that was meant
redirects("AUTHORIZE_REDIRECT_SLASH", "https://other.example/", "https://app.example/cb/",
          "https://app.example/cb", "http://127.0.0.1/cb")
redirects("AUTHORIZE_REDIRECT_PATH", "https://app.example/a", "https://app.example/b",
          wildcard=True)


@case("AUTHORIZE_RESPONSE_TYPE")
def _(w):
    return w.ask(response_type="token")


@case("AUTHORIZE_STATE_TOO_LONG", length="2049", most="2048")
def _(w):
    return w.ask(state="s" * 2049)


@case("AUTHORIZE_STATE_MALFORMED", position="3")
def _(w):
    return w.ask(state="ab\ncd")


@case("AUTHORIZE_SCOPE_TOO_LONG", length="101", most="100", unit="names")
def _(w):
    return w.ask(scope=" ".join(f"s{i}" for i in range(101)))


@case("AUTHORIZE_PKCE_METHOD_MISSING")
def _(w):
    return w.ask(code_challenge=pkce()[1])


@case("AUTHORIZE_PKCE_METHOD")
def _(w):
    return w.ask(**challenged(pkce()[1], "plain"))


@case("AUTHORIZE_PKCE_CHALLENGE_MISSING")
def _(w):
    return w.ask(code_challenge_method="S256")


@case("AUTHORIZE_PKCE_CHALLENGE", length="20", wanted_length="43")
def _(w):
    return w.ask(**challenged("a" * 20))


@case("AUTHORIZE_PKCE_CHALLENGE_PADDED", length="44")
def _(w):
    return w.ask(**challenged(pkce()[1] + "="))


@case("AUTHORIZE_PKCE_CHALLENGE_ALPHABET", character="+")
def _(w):
    return w.ask(**challenged("+" + pkce()[1][1:]))


@case("AUTHORIZE_PKCE_CHALLENGE_ALPHABET", character="~", position="43")
def _(w):
    return w.ask(**challenged(pkce()[1][:42] + "~"))


@case("AUTHORIZE_PKCE_CHALLENGE_HEX", length="64")
def _(w):
    return w.ask(**challenged(hashlib.sha256(b"verifier").hexdigest()))


@case("AUTHORIZE_DENIED")
def _(w):
    return w.browser.decide(w.ask(), allow=False)


@case("SCOPE_DROPPED", dropped="user:mail", scopes="gist")
def _(w):
    return w.browser.authorize(w.app, scope="user:mail gist")


# the token request

@case("TOKEN_REQUEST_UNREADABLE")
def _(w):
    return w.server.post(TOKEN, "code=%z", headers={
        **JSON, "Content-Type": "application/x-www-form-urlencoded",
        **basic(w.app.client_id, w.app.client_secret)})


@case("TOKEN_CONTENT_TYPE")
def _(w):
    reply = requests.post(w.server.url(TOKEN), timeout=60, headers=JSON, files={
        name: (None, value) for name, value in w.app.credentials.items()})
    assert reply.status_code == 415
    return reply


@case("TOKEN_FORM_AS_JSON")
def _(w):
    return w.server.post(TOKEN, f"client_id={w.app.client_id}&code=x", headers={
        **JSON, "Content-Type": "application/json"})


@case("TOKEN_BY_GET")
def _(w):
    return w.server.get(TOKEN, params={**w.app.credentials, "code": w.code()}, headers=JSON)


@case("TOKEN_PARAMETER_REPEATED", parameter="code")
def _(w):
    code = w.code()
    return w.server.post(TOKEN, [*w.app.credentials.items(), ("code", code), ("code", code)],
                         headers=JSON)


@case("TOKEN_PARAMETER_REPEATED", parameter="code")
def _(w):  # in the query and in the body
    code = w.code()
    return w.server.post(f"{TOKEN}?code={code}", {**w.app.credentials, "code": code}, headers=JSON)


@case("TOKEN_GRANT_TYPE")
def _(w):
    return w.redeem(w.code(), grant_type="client_credentials")


@case("CODE_MISSING")
def _(w):
    return w.redeem(None)


@case("CODE_MALFORMED", length="7")
def _(w):
    return w.redeem("not-hex")


@case("CODE_CUT", length="39", wanted_length="40")
def _(w):
    return w.redeem(w.code()[:39])


@case("CODE_ALTERED", position="7")
def _(w):
    code = w.code()
    return w.redeem(code[:6] + ("0" if code[6] != "0" else "1") + code[7:])


@case("CODE_ALTERED")
def _(w):
    return w.redeem(w.code().upper() + "")


@case("CODE_ALTERED", position="41", length="45")
def _(w):
    return w.redeem(w.code() + "#_=_\n")


@case("CODE_ENCODED_TWICE")
def _(w):
    return w.redeem("".join(f"%{ord(c):02X}" for c in w.code()))


@case("CODE_UNKNOWN")
def _(w):
    return w.redeem(hashlib.sha1(w.app.client_id.encode()).hexdigest())


@case("CODE_FORGOTTEN")
def _(w):
    code = w.code()
    w.server.forget("code", code)
    return w.redeem(code)


@case("CODE_OF_ANOTHER_APP")
def _(w):
    code = w.code()
    w.app = w.another_app()
    return w.redeem(code)


@case("CODE_EXPIRED", age="60", lifetime="600")
def _(w):
    code = w.code()
    w.server.advance(660)
    return w.redeem(code)


def fence(w, table):
    """As if a standby of the database had been promoted since."""
    with w.server.database() as db:
        db.execute(f"UPDATE {table} SET fence = 1")


@case("CODE_FENCED")
def _(w):
    code = w.code()
    fence(w, "code")
    return w.redeem(code)


@case("CODE_REDEEMED", same_address="yes")
def _(w):
    code = w.code()
    first = w.redeem(code)
    w.server.plant(first.json()["access_token"])
    reply = w.redeem(code)
    reply.first = first.headers["X-GitHub-Request-Id"]
    return reply


@case("CODE_REDEEMED", same_address="no")
def _(w):
    code = w.code()
    w.server.plant(w.redeem(code).json()["access_token"])
    return requests.post(w.server.url(TOKEN), {**w.app.credentials, "code": code}, timeout=60,
                         headers={**JSON, "X-Forwarded-For": "192.0.2.77"})


@case("CODE_GRANT_REVOKED", by="user")
def _(w):
    code = w.code()
    form = w.browser.page("/settings/connections/applications/" + w.app.client_id).form(
        f"/settings/connections/applications/{w.app.client_id}/revoke")
    assert w.browser.submit(form).status_code == 303
    return w.redeem(code)


@case("CODE_USER_SUSPENDED")
def _(w):
    code = w.code()
    w.suspend_person()
    return w.redeem(code)


@case("CODE_REDIRECT_DIFFERS", difference="slash")
def _(w):
    return w.redeem(w.code(redirect_uri=w.app.callback), redirect_uri=w.app.callback + "/")


@case("CODE_REDIRECT_DIFFERS", difference="scheme")
def _(w):
    return w.redeem(w.code(), redirect_uri=w.app.callback.replace("https", "http"))


def with_pkce(cause, verifier_of, bind=lambda challenge: challenge, **expected):
    @case(cause, **expected)
    def _(w):
        verifier, challenge = pkce()
        code = w.code(**challenged(bind(challenge)))
        w.server.plant(verifier)
        return w.redeem(code, code_verifier=verifier_of(verifier, challenge))


with_pkce("VERIFIER_MISSING", lambda v, c: None)
with_pkce("VERIFIER_WRONG", lambda v, c: v[::-1])
with_pkce("VERIFIER_LENGTH", lambda v, c: v[:42], length="42", least="43", most="128")
with_pkce("VERIFIER_PADDED", lambda v, c: v[:43] + "=", length="44")
with_pkce("VERIFIER_MALFORMED", lambda v, c: v[:10] + "!" + v[11:], position="11", character="!")
with_pkce("VERIFIER_IS_CHALLENGE", lambda v, c: c)
with_pkce("VERIFIER_HASHED_TWICE", lambda v, c: v, bind=lambda c: pkce(c)[1])


@case("VERIFIER_UNEXPECTED", length="64")
def _(w):
    return w.redeem(w.code(), code_verifier=pkce()[0])


# refresh

def expiring(w):
    w.server.cli("app", "edit", w.app.client_id, "--expiring-tokens")
    return w.token()


@case("REFRESH_MISSING")
def _(w):
    return w.refresh(None)


@case("REFRESH_MALFORMED", length="12", wanted_length="80")
def _(w):
    return w.refresh("ghr_tooshort")


@case("REFRESH_CHECKSUM", length="80")
def _(w):
    token = expiring(w)["refresh_token"]
    return w.refresh(token[:-1] + ("a" if token[-1] != "a" else "b"))


@case("REFRESH_FORGED")
def _(w):
    return w.refresh(w.server.forge(expiring(w)["refresh_token"]))


@case("REFRESH_OF_ANOTHER_APP")
def _(w):
    token = expiring(w)["refresh_token"]
    w.app = w.another_app()
    return w.refresh(token)


@case("REFRESH_EXPIRED")
def _(w):
    token = expiring(w)["refresh_token"]
    w.server.advance(15897600 + 60)
    return w.refresh(token)


@case("REFRESH_REPLAYED", generation="1", current_generation="3")
def _(w):
    first = expiring(w)["refresh_token"]
    second = w.refresh(first).json()["refresh_token"]
    w.refresh(second)
    return w.refresh(first)


@case("REFRESH_KILLED", by="replayed")
def _(w):
    first = expiring(w)["refresh_token"]
    second = w.refresh(first).json()["refresh_token"]
    third = w.refresh(second).json()["refresh_token"]
    w.refresh(first)
    return w.refresh(third)


@case("REFRESH_GRANT_REVOKED", by="operator")
def _(w):
    token = expiring(w)["refresh_token"]
    w.server.cli("grant", "revoke", w.person.login, w.app.client_id)
    return w.refresh(token)


@case("REFRESH_USER_SUSPENDED")
def _(w):
    token = expiring(w)["refresh_token"]
    w.suspend_person()
    return w.refresh(token)


@case("REFRESH_UNKNOWN")
def _(w):
    token = expiring(w)["refresh_token"]
    w.server.forget("refresh_family", token, column="current_hash")
    return w.refresh(token)


# devices

@case("DEVICE_FLOW_OFF")
def _(w):
    return w.server.post("/login/device/code", {"client_id": w.app.client_id}, headers=JSON)


@case("DEVICE_SCOPE_TOO_LONG", unit="bytes", length="8193")
def _(w):
    return w.server.post("/login/device/code", {"client_id": w.device_app().client_id,
                                                "scope": "x" * 8193}, headers=JSON)


@case("DEVICE_GRANT_TYPE")
def _(w):
    return w.poll(w.begin_device().device_code, grant_type=None)


@case("DEVICE_CODE_MISSING")
def _(w):
    w.device_app()
    return w.poll(None)


@case("DEVICE_CODE_MALFORMED", length="3")
def _(w):
    w.device_app()
    return w.poll("abc")


@case("DEVICE_CODE_UNKNOWN")
def _(w):
    w.device_app()
    return w.poll(hashlib.sha1(w.app.client_id.encode()).hexdigest())


@case("DEVICE_CODE_OF_ANOTHER_APP")
def _(w):
    code = w.begin_device().device_code
    w.device_app()
    return w.poll(code)


@case("DEVICE_CODE_REDEEMED")
def _(w):
    codes = w.begin_device()
    devices.approve(w.browser, codes.user_code)
    w.server.plant(w.poll(codes.device_code).json()["access_token"])
    return w.poll(codes.device_code)


@case("DEVICE_CODE_EXPIRED", lifetime="899")
def _(w):
    code = w.begin_device().device_code
    w.server.advance(900)
    return w.poll(code)


@case("DEVICE_CODE_FENCED")
def _(w):
    code = w.begin_device().device_code
    fence(w, "device_code")
    return w.poll(code)


@case("DEVICE_TOO_EARLY", interval="10")
def _(w):
    code = w.begin_device().device_code
    for _ in range(2):  # the second may be a client's double send
        w.poll(code)
    return w.poll(code)


@case("DEVICE_DENIED")
def _(w):
    codes = w.begin_device()
    devices.decide(w.browser, devices.confirmation(w.browser, codes.user_code), allow=False)
    return w.poll(codes.device_code)


@case("DEVICE_GRANT_REVOKED", by="operator")
def _(w):
    codes = w.begin_device()
    devices.approve(w.browser, codes.user_code)
    w.server.cli("grant", "revoke", w.person.login, w.app.client_id)
    return w.poll(codes.device_code)


@case("DEVICE_USER_SUSPENDED")
def _(w):
    codes = w.begin_device()
    devices.approve(w.browser, codes.user_code)
    w.suspend_person()
    return w.poll(codes.device_code)


# tokens at the API

@case("TOKEN_ABSENT")
def _(w):
    return w.api(None)


@case("TOKEN_WITHOUT_SCHEME")
def _(w):
    return w.server.get("/api/v3/user", headers={"Authorization": w.token()["access_token"]})


@case("TOKEN_MALFORMED", length="39")
def _(w):
    return w.api(w.token()["access_token"][:-1])


@case("TOKEN_CHECKSUM", length="40")
def _(w):
    token = w.token()["access_token"]
    return w.api(token[:10] + ("a" if token[10] != "a" else "b") + token[11:])


@case("TOKEN_OF_ANOTHER_HOST")
def _(w):
    return w.api(w.server.foreign_token())


@case("TOKEN_UNKNOWN")
def _(w):
    token = w.token()["access_token"]
    w.server.forget("token", token)
    return w.api(token)


@case("TOKEN_REVOKED", by="app")
def _(w):
    token = w.token()["access_token"]
    assert w.manage({"access_token": token}, method="DELETE").status_code == 204
    return w.api(token)


@case("TOKEN_REVOKED", by="code replayed")
def _(w):
    code = w.code()
    token = w.server.plant(w.redeem(code).json()["access_token"])
    w.redeem(code)
    return w.api(token)


@case("TOKEN_REVOKED", by="refreshed")
def _(w):
    pair = expiring(w)
    w.refresh(pair["refresh_token"])
    return w.api(pair["access_token"])


@case("TOKEN_REVOKED", by="reported")
def _(w):
    token = w.token()["access_token"]
    requests.post(w.server.url("/api/v3/credentials/revoke"), json={"credentials": [token]},
                  timeout=60)
    return w.api(token)


def unset(w, table, column, text):
    """As in a row of a server that did not write it down."""
    with w.server.database() as db:
        assert db.execute(f"UPDATE {table} SET {column} = NULL WHERE hash = ?",
                          (hashlib.sha256(text.encode()).digest(),)).rowcount == 1


@case("TOKEN_REVOKED", by="unknown")
def _(w):
    token = w.token()["access_token"]
    assert w.manage({"access_token": token}, method="DELETE").status_code == 204
    unset(w, "token", "revoked_by", token)
    return w.api(token)


@case("CODE_REDEEMED", other_request="?", same_address="yes")
def _(w):
    code = w.code()
    w.server.plant(w.redeem(code).json()["access_token"])
    unset(w, "code", "consumed_by", code)
    return w.redeem(code)


@case("TOKEN_EVICTED", most="10")
def _(w):
    first = w.token()["access_token"]
    for _ in range(10):
        w.token()
    return w.api(first)


@case("TOKEN_EXPIRED", lifetime="28800")
def _(w):
    token = expiring(w)["access_token"]
    w.server.advance(28800 + 5)
    return w.api(token)


@case("TOKEN_UNUSED", days="365")
def _(w):
    token = w.token()["access_token"]
    w.server.advance(366 * 86400)
    return w.api(token)


@case("TOKEN_GRANT_REVOKED", by="operator")
def _(w):
    token = w.token()["access_token"]
    w.server.cli("grant", "revoke", w.person.login, w.app.client_id)
    return w.api(token)


@case("TOKEN_APP_REVOKED_ALL")
def _(w):
    token = w.token()["access_token"]
    w.server.cli("app", "revoke-tokens", w.app.client_id)
    return w.api(token)


@case("TOKEN_APP_SUSPENDED")
def _(w):
    token = w.token()["access_token"]
    w.server.cli("app", "suspend", w.app.client_id)
    return w.api(token)


@case("TOKEN_USER_SUSPENDED")
def _(w):
    token = w.token()["access_token"]
    w.suspend_person()
    return w.api(token)


@case("TOKEN_SCOPE")
def _(w):
    return w.api(w.token(scope="gist")["access_token"], "/user/emails")


# token management, and people's passwords at the API

@case("BODY_MALFORMED")
def _(w):
    return w.manage("{")


@case("BODY_NO_OBJECT")
def _(w):
    return w.manage("[]")


@case("BODY_FIELD_MISSING", parameter="access_token")
def _(w):
    return w.manage({})


@case("BODY_FIELD_TYPE", parameter="access_token")
def _(w):
    return w.manage({"access_token": 7})


@case("BODY_FIELD_INVALID")
def _(w):
    return w.authorizations("POST", body={"note": "x" * 256})


@case("BODY_FIELD_TAKEN")
def _(w):
    for _ in range(2):
        reply = w.authorizations("POST", body={"note": "the same"})
        w.server.plant(reply.json().get("token"))
    return reply


@case("MANAGE_PATH_DIFFERS")
def _(w):
    return w.manage({"access_token": "x"}, path=w.another_app().client_id)


@case("TOKEN_GRANT_REVOKED", by="app")
def _(w):
    token = w.token()["access_token"]
    path = f"/api/v3/applications/{w.app.client_id}/grant"
    assert requests.delete(w.server.url(path), json={"access_token": token}, timeout=60, headers=
                           basic(w.app.client_id, w.app.client_secret)).status_code == 204
    return w.manage({"access_token": token})


@case("TOKEN_EXPIRED")
def _(w):
    token = expiring(w)["access_token"]
    w.server.advance(28800 + 5)
    return w.manage({"access_token": token})


@case("TOKEN_UNUSED", days="365")
def _(w):
    token = w.token()["access_token"]
    w.server.advance(366 * 86400)
    return w.manage({"access_token": token})


@case("MANAGE_TOKEN_OF_ANOTHER_APP")
def _(w):
    token = w.token()["access_token"]
    w.app = w.another_app()
    return w.manage({"access_token": token})


@case("TOKEN_CHECKSUM")
def _(w):
    return w.manage({"access_token": "gho_" + "0" * 36})


@case("AUTHORIZATION_UNKNOWN")
def _(w):
    return w.authorizations(path="/authorizations/999999999")


@case("GRANT_UNKNOWN")
def _(w):
    return w.authorizations(path="/applications/grants/999999999")


@case("ADMIN_REQUIRED")
def _(w):
    return requests.post(
        w.server.url(f"/api/v3/admin/users/{w.owner.login}/authorizations"), timeout=60,
        headers={"Authorization": f"token {w.token()['access_token']}"}, json={})


@case("USER_UNKNOWN")
def _(w):
    return requests.post(w.server.url("/api/v3/admin/users/nobody-at-all/authorizations"),
                         timeout=60, json={},
                         headers={"Authorization": f"token {w.server.admin_token()}"})


@case("PASSWORD_ABSENT")
def _(w):
    return requests.get(w.server.url("/api/v3/authorizations"), timeout=60)


@case("PASSWORD_IS_TOKEN")
def _(w):
    return w.authorizations(password=w.token()["access_token"])


@case("PASSWORD_WRONG")
def _(w):
    return w.authorizations(password="not the password")


@case("PASSWORD_USER_SUSPENDED")
def _(w):
    w.suspend_person()
    return w.authorizations()


@case("PASSWORD_EMAIL_UNVERIFIED")
def _(w):
    user = w.server.make_user(verified=False)
    return w.authorizations("PUT", f"/authorizations/clients/{w.app.client_id}",
                            {"client_secret": w.app.client_secret}, user=user)


@case("PASSWORD_OTP")
def _(w):
    return w.authorizations(user=Person(w.server, w.person).user)


@case("PASSWORD_OTP_WRONG", length="6")
def _(w):
    person = Person(w.server, w.person)
    near = {totp(person.secret, off) for off in range(-22, 23)}
    wrong = next(f"{i:06d}" for i in range(100000, 999999) if f"{i:06d}" not in near)
    return w.authorizations(user=person.user, **{"X-GitHub-OTP": wrong})


@case("PASSWORD_OTP_CLOCK", direction="behind", skew=str(10 * STEP))
def _(w):
    person = Person(w.server, w.person)
    settle()
    return w.authorizations(user=person.user, **{"X-GitHub-OTP": totp(person.secret, -10)})


@case("PASSWORD_THROTTLED")
def _(w):
    for _ in range(w.server.settings["signin_failures"]):
        w.authorizations(password="not the password")
    return w.authorizations(password="not the password")


@case("REPORT_AUTHENTICATED")
def _(w):
    return requests.post(w.server.url("/api/v3/credentials/revoke"), timeout=60,
                         json={"credentials": ["x"]},
                         headers={"Authorization": f"token {w.token()['access_token']}"})


# What cannot be made by a request here, each with its reason.
OTHERWISE = {
    "AUTHORIZE_NO_CALLBACK": "no page and no command leaves an app without one: test_explain.c",
    "AUTHORIZE_REDIRECT_UNREGISTERED": "one of its eight differences is always found",
    "CODE_EMAIL_UNVERIFIED": "asked before a code is given: test_code.py changes the row",
    "DEVICE_EMAIL_UNVERIFIED": "asked before a device is allowed",
    "DEVICE_PENDING": "no refusal worth noting: test_request_log.py",
    "REPORT_THROTTLED": "test_request_log.py, with a server of its own",
    "DEVICE_CODES_THROTTLED": "test_attempts.py, with a server of its own",
    "INTROSPECTION_THROTTLED": "test_attempts.py, with a server of its own",
    "JTI_TOO_MANY": "after a million of them: test_flows.c",
    "PROOF_NONCE_MISSING": "asked for by a setting only: test_dpop.py",
    "PROOF_NONCE_OLD": "asked for by a setting only: test_dpop.py",
    "TOKEN_SIGN_IN": "rules of a resource of the server's own: test_step_up.py",
    "TOKEN_AUDIENCE": "test_jwt_access_tokens.py",
    "CERTIFICATE_UNTRUSTED": "on a listener of its own: test_mtls.py",
    "CERTIFICATE_NAME": "on a listener of its own: test_mtls.py",
    "CERTIFICATE_KEY": "on a listener of its own: test_mtls.py",
    "TOKEN_OF_ANOTHER_CERTIFICATE": "on a listener of its own: test_mtls.py",
    "FAILURE": "ours, not the client's; faults are noted in the server's log",
}
