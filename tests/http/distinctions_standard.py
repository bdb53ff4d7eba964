"""The ways of being refused that only the standard edge knows, or an app that is not served as
GitHub's are: more cases for distinctions.py."""

import contextlib
import functools
import json
import os

import standard as s
from distinctions import case, fence
from llavero_http import challenged, pkce, unique


@contextlib.contextmanager
def served(w, **columns):
    """The app is served so for a while: its owner asks about it as usual afterwards."""
    s.serve(w.server, w.app, **columns)
    yield
    s.serve(w.server, w.app, auth_method="client_secret_basic", profile="github", dialects=3,
            metadata={})


def post(w, auth=None, **form):
    reply = s.post(w.server, s.TOKEN, {**w.app.credentials, **form}, auth=auth)
    s.plant(w.server, reply.json())
    return reply


def by_code(w, **form):
    return post(w, **{"grant_type": "authorization_code", **form})


@case("CLIENT_METHODS_MIXED", part="client_secret")
def _(w):
    return by_code(w, auth=(w.app.client_id, w.app.client_secret), code="0" * 40)


@case("CLIENT_METHODS_MIXED", part="client_id")
def _(w):
    return s.post(w.server, s.TOKEN, {"client_id": w.another_app().client_id, "code": "0" * 40,
                                      "grant_type": "authorization_code"},
                  auth=(w.app.client_id, w.app.client_secret))


@case("CLIENT_AUTH_METHOD")
def _(w):
    with served(w, auth_method="private_key_jwt"):
        return by_code(w, code=w.code())


@case("CLIENT_AUTH_METHOD")
def _(w):
    with served(w, auth_method="none"):
        return w.redeem(w.code(**challenged(pkce()[1])))


@case("CLIENT_IS_PUBLIC")
def _(w):
    with served(w, auth_method="none"):
        return s.post(w.server, s.TOKEN, {"client_id": w.app.client_id,
                                          "grant_type": "client_credentials"})


@case("CLIENT_THROTTLED")
def _(w):
    form = {**w.app.credentials, "grant_type": "client_credentials"}
    there = {"headers": {"X-Forwarded-For": "203.0.113.99"}}
    for _ in range(w.server.settings["client_failures_per_hour"]):
        s.post(w.server, s.TOKEN, {**form, "client_secret": "0" * 40}, **there)
    return s.post(w.server, s.TOKEN, form, **there)


@case("APP_DIALECT", dialect="standard")
def _(w):
    with served(w, dialects=1):
        return by_code(w, code=w.code())


@case("APP_DIALECT", dialect="github")
def _(w):
    with served(w, dialects=2):
        return w.ask()


@case("APP_PROFILE_PUBLIC")
def _(w):
    with served(w, auth_method="none", profile="strict"):
        return s.ask(w.browser, w.app, redirect_uri=w.app.callback, **challenged(pkce()[1]))


@case("AUTHORIZE_REDIRECT_MISSING")
def _(w):
    w.app = s.make_app(w.server, "https://app.example/cb", "https://app.example/b",
                       owner_id=w.owner.id)
    return s.ask(w.browser, w.app)


@case("AUTHORIZE_REDIRECT_PLAIN")
def _(w):
    w.app = s.make_app(w.server, "http://app.example/cb", owner_id=w.owner.id)
    with served(w, auth_method="private_key_jwt", profile="strict"):
        return s.ask(w.browser, w.app, redirect_uri="http://app.example/cb")


@case("AUTHORIZE_RESPONSE_TYPE_MISSING")
def _(w):
    return s.ask(w.browser, w.app, response_type=None)


@case("AUTHORIZE_RESPONSE_MODE")
def _(w):
    return s.ask(w.browser, w.app, response_mode="fragment")


@case("SCOPE_MALFORMED", position="5")
def _(w):
    return s.ask(w.browser, w.app, scope='repo"')


@case("RESOURCE_MALFORMED")
def _(w):
    return s.ask(w.browser, w.app, resource="/api")


@case("RESOURCE_UNKNOWN")
def _(w):
    return s.ask(w.browser, w.app, resource="https://api.example.com/")


@case("RESOURCE_TOO_MANY", most="8")
def _(w):
    return s.ask(w.browser, w.app, resource=[f"https://api.example.com/{i}" for i in range(9)])


@case("RESOURCE_NOT_GRANTED")
def _(w):
    code = s.code(w.browser, w.app, resource=w.server.base + "/api/v3")
    return post(w, grant_type="authorization_code", code=code, resource=w.server.base)


def push(w, app=None, **params):
    app = app or w.app
    reply = s.post(w.server, s.PAR, {**app.credentials, "response_type": "code", **params})
    return reply


def pushed(w, app=None, **params):
    """The person comes with what was pushed."""
    uri = push(w, app, **params).json()["request_uri"]
    w.server.plant(uri[len(s.PUSHED):])
    return uri


@case("PUSH_REQUIRED")
def _(w):
    with served(w, metadata={"require_pushed_authorization_requests": True}):
        return s.ask(w.browser, w.app)


@case("PUSH_NESTED")
def _(w):
    return push(w, request_uri="https://app.example/request.jwt")


@case("PUSH_TOO_MANY", most="5000")
def _(w):
    with w.server.database() as db:
        db.executemany("INSERT INTO pushed_request (hash, app_id, request, created_at, expires_at)"
                       " VALUES (?, ?, '', 0, ?)",
                       [(os.urandom(32), w.app.id, 1 << 40) for _ in range(5000)])
    reply = push(w)
    with w.server.database() as db:
        db.execute("DELETE FROM pushed_request WHERE app_id = ?", (w.app.id,))
    return reply


@case("PUSHED_UNKNOWN")
def _(w):
    return s.ask_pushed(w.browser, w.app, s.PUSHED + "x" * 43)


@case("PUSHED_OF_ANOTHER_APP")
def _(w):
    return s.ask_pushed(w.browser, w.app, pushed(w, w.another_app()))


@case("PUSHED_EXPIRED")
def _(w):
    uri = pushed(w)
    w.server.advance(100)
    return s.ask_pushed(w.again(), w.app, uri)


@case("PUSHED_FENCED")
def _(w):
    uri = pushed(w)
    fence(w, "pushed_request")
    return s.ask_pushed(w.browser, w.app, uri)


@case("PUSHED_USED")
def _(w):
    uri = pushed(w, prompt="none")
    assert s.ask_pushed(w.browser, w.app, uri).status_code == 302
    return s.ask_pushed(w.browser, w.app, uri)


@functools.cache
def payments(server):
    """A type of authorization details, declared once."""
    file = server.data / "payment.json"
    file.write_text(json.dumps({"title": {"en": "Payment", "es": "Pago"},
                                "fields": {"amount": {"type": "string", "required": True}}}))
    server.cli("detail-type", "add", "payment", "--file", str(file))


def payment(w, **fields):
    payments(w.server)
    return {"authorization_details": json.dumps([{"type": "payment", **fields}])}


@case("DETAILS_MALFORMED", fault="no_array")
def _(w):
    return s.ask(w.browser, w.app, authorization_details="{}")


@case("DETAILS_TYPE")
def _(w):
    return s.ask(w.browser, w.app, authorization_details='[{"type":"loan"}]')


@case("DETAILS_FIELD", fault="missing", member="1.amount")
def _(w):
    return s.ask(w.browser, w.app, **payment(w))


@case("DETAILS_NOT_GRANTED")
def _(w):
    code = s.code(w.browser, w.app, **payment(w, amount="1"))
    return post(w, grant_type="authorization_code", code=code, **payment(w, amount="2"))


@case("AUTHORIZE_PKCE_REQUIRED")
def _(w):
    with served(w, profile="standard"):
        return w.ask()


@case("TOKEN_NOT_A_FORM", content_type="application/json")
def _(w):
    return w.server.post(s.TOKEN, json={**w.app.credentials, "code": "0" * 40})


@case("TOKEN_PARAMETER_IN_URL", parameter="client_secret")
def _(w):
    return w.server.post(f"{s.TOKEN}?client_secret=x", {"client_id": w.app.client_id})


@case("TOKEN_PARAMETER_MISSING", parameter="grant_type")
def _(w):
    return post(w, code=w.code())


@case("TOKEN_PARAMETER_MISSING", parameter="token")
def _(w):
    return s.post(w.server, s.INTROSPECT, w.app.credentials)


@case("GRANT_TYPE_UNKNOWN")
def _(w):
    return post(w, grant_type="password")


@case("CLIENT_GRANT_SCOPE")
def _(w):
    with served(w, metadata={"scope": "repo"}):
        return post(w, grant_type="client_credentials", scope="gist")


@case("GRANT_TYPE_UNREGISTERED")
def _(w):
    with served(w, metadata={"grant_types": ["authorization_code"]}):
        return post(w, grant_type="client_credentials")


@case("RESOURCE_SCOPE")
def _(w):
    uri = f"https://{unique('gists')}.example/"
    w.server.cli("resource", "create", uri, "--scopes", "gist")
    return s.ask(w.browser, w.app, resource=uri, scope="repo")


@case("CODE_REDIRECT_MISSING")
def _(w):
    return by_code(w, code=s.code(w.browser, w.app, redirect_uri=w.app.callback))


@case("CODE_WITHOUT_CHALLENGE")
def _(w):
    of = w.code()
    with served(w, profile="standard"):
        return w.redeem(of)


@case("REFRESH_SCOPE_WIDER")
def _(w):
    pair = s.exchange(w.server, w.app, s.code(w.browser, w.app, scope="offline_access repo"))
    return post(w, grant_type="refresh_token", refresh_token=pair["refresh_token"], scope="gist")


@case("TOKEN_OF_NO_USER")
def _(w):
    return w.api(post(w, grant_type="client_credentials").json()["access_token"])


@case("TOKEN_NOT_A_FORM", content_type="application/x-www-form-urlencoded")
def _(w):  # JSON that is called a form
    return w.server.post(s.TOKEN, json.dumps({**w.app.credentials, "code": "0" * 40}),
                         headers={"Content-Type": "application/x-www-form-urlencoded"})


@case("CLIENT_JSON_AS_FORM")
def _(w):
    return w.server.post(s.INTROSPECT, json.dumps({**w.app.credentials, "token": "x"}),
                         headers={"Content-Type": "application/x-www-form-urlencoded"})
