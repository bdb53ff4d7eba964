"""What is stored and cannot be read: nothing is given for it, and when it has been mended the very same request is
answered. Almost always it is a failure of the server, and told as one; where it is compared only, or may be missing,
it is as if it were another, or missing."""

import contextlib
import json
import time

import pytest
import requests

import own_issuer
import own_openid as o
import standard as s
import test_token_exchange as tokens
from authenticator import settle, totp
from llavero_http import Page, basic, challenged, pkce, unique
from own_jose import Key, assertion, by_assertion, jwks, sign
from test_authorization_details import PAYMENT, asked, payment
from test_device import enter
from test_oauth_device import approve
from test_two_factor import Person

API = "https://api.example/v1"
LONG = "x " * 4096  # no list of scopes is
CASES = {}


@pytest.fixture(scope="module")
def world(launch):
    return World(launch(workers=1, device_submissions_per_hour=0))


class World:
    def __init__(self, server):
        self.server, self.browser = server, server.signed_in()
        server.cli("resource", "create", API, "--scopes", "repo gist")
        self.app = s.make_app(server, expiring=True, device=True)
        self.plain, self.user = server.make_app(), server.make_user()
        self.swaps = tokens.make(server)
        file = server.data / "type.json"
        file.write_text(json.dumps(PAYMENT), encoding="utf-8")
        server.cli("detail-type", "add", "payment", "--file", str(file))
        self.sign_in()
        self.guarded = Person(server)
        approve(self.browser, self.waiting())

    def code(self, **params):
        verifier, challenge = pkce()
        return s.code(self.browser, self.app, **{"scope": "openid repo", "nonce": "n", **params},
                      **challenged(challenge)), verifier

    def sign_in(self, **params):
        code, verifier = self.code(**params)
        return s.exchange(self.server, self.app, code, code_verifier=verifier)

    def newest(self, table):
        with self.server.database() as db:
            return {"id": db.execute(f"SELECT MAX(id) FROM {table}").fetchone()[0]}

    def grant(self):
        with self.server.database() as db:
            account, = db.execute("SELECT id FROM account WHERE login = 'octocat'").fetchone()
        return {"app_id": self.app.id, "account_id": account}

    def token(self, app=None, **form):
        app = app or self.app
        return lambda: s.post(self.server, s.TOKEN, {**app.credentials, **form})

    def swap(self, token, **form):
        return lambda: tokens.swap(self.server, self.swaps, token, **form)

    def ask(self, **params):
        return lambda: s.ask(self.browser, self.app, **{"scope": "openid repo", "nonce": "n", **params})

    def bearer(self, path, token):
        return lambda: self.server.get(path, headers={"Authorization": f"Bearer {token}"})

    def by_password(self, method, path, **body):
        return lambda: requests.request(method, self.server.url(f"/api/v3/authorizations{path}"), json=body,
                                        headers=basic(self.user.login, self.user.password), timeout=60)

    def introspect(self, token):
        return lambda: s.post(self.server, s.INTROSPECT, {**self.app.credentials, "token": token})

    def waiting(self, **form):
        return s.post(self.server, s.DEVICE, {**self.app.credentials, "scope": "repo", **form}).json()


@contextlib.contextmanager
def damaged(server, table, column, row, value):
    """While it lasts, the row has something else in the column."""
    where, of = " AND ".join(f"{name} = ?" for name in row), tuple(row.values())
    with server.database() as db:
        was, = db.execute(f"SELECT {column} FROM {table} WHERE {where}", of).fetchone()
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value, *of))
    try:
        yield
    finally:
        with server.database() as db:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (was, *of))


def case(name, table, column, value, good=200, bad=503):
    """The function gives the row, and what sends the request that needs it: answered by `bad`, then by `good`."""
    def enters(prepare):
        assert name not in CASES
        CASES[name] = (table, column, value, good, bad, prepare)
        return prepare
    return enters


def code_and_request(w):
    code, verifier = w.code(resource=API)
    return w.newest("code"), w.token(grant_type="authorization_code", code=code, code_verifier=verifier)


case("code, bound", "code", "bound", "{")(code_and_request)
case("code, scopes", "code", "scopes", LONG)(code_and_request)
case("code, challenge", "code", "challenge", "?", bad=400)(code_and_request)
case("resource, scopes", "resource", "scopes", LONG)(lambda w: ({"identifier": API}, code_and_request(w)[1]))


case("code, hash", "code", "hash", b"0" * 32, bad=400)(code_and_request)


@case("code, scopes, for no resource", "code", "scopes", LONG)
def _(w):
    code, verifier = w.code(scope="repo")
    return w.newest("code"), w.token(grant_type="authorization_code", code=code, code_verifier=verifier)


@case("code, scopes, GitHub dialect", "code", "scopes", LONG)
def _(w):
    code = w.browser.code(w.plain, scope="repo")
    return w.newest("code"), lambda: w.server.post("/login/oauth/access_token", {
        **w.plain.credentials, "code": code})


def refresh_and_request(w):
    refresh = w.sign_in()["refresh_token"]
    return w.newest("refresh_family"), w.token(grant_type="refresh_token", refresh_token=refresh)


case("refresh token, bound", "refresh_family", "bound", "[]")(refresh_and_request)
case("refresh token, scopes", "refresh_family", "scopes", LONG)(refresh_and_request)


@case("refresh token, bound, repeated", "token", "bound", "{")
def _(w):
    refresh = w.sign_in()["refresh_token"]
    s.refresh(w.server, w.app, refresh)
    return w.newest("token"), w.token(grant_type="refresh_token", refresh_token=refresh)


@case("refresh token, bound, introspection", "refresh_family", "bound", "{")
def _(w):
    token = w.sign_in()["refresh_token"]
    return w.newest("refresh_family"), w.introspect(token)


def of_token(send):
    def prepare(w):
        token = w.sign_in()["access_token"]
        return w.newest("token"), send(w, token)
    return prepare


case("token, bound, API", "token", "bound", "{")(of_token(lambda w, t: w.bearer("/api/v3/user", t)))
case("token, scopes, API", "token", "scopes", LONG)(of_token(lambda w, t: w.bearer("/api/v3/user", t)))
case("token, bound, userinfo", "token", "bound", "{")(of_token(lambda w, t: w.bearer(o.USERINFO, t)))
case("token, bound, introspection", "token", "bound", "{")(of_token(lambda w, t: w.introspect(t)))
case("token, scopes, introspection", "token", "scopes", LONG)(of_token(lambda w, t: w.introspect(t)))


def of_subject(send):
    def prepare(w):
        token = tokens.subject(w.server, w.browser, w.swaps)
        return w.newest("token"), send(w, token)
    return prepare


case("token, bound, exchange", "token", "bound", "{")(of_subject(lambda w, t: w.swap(t)))
case("token, scopes, exchange", "token", "scopes", LONG)(of_subject(lambda w, t: w.swap(t)))


@case("token, bound, of who acts", "token", "bound", "{")
def _(w):
    subject = tokens.subject(w.server, w.browser, w.swaps)
    actor = tokens.own_token(w.server, w.swaps)
    return w.newest("token"), w.swap(subject, actor_token=actor, actor_token_type=tokens.ACCESS)


# grants

case("grant, scopes", "app_grant", "scopes", LONG, 302)(lambda w: (w.grant(), w.ask()))


@case("grant, details", "app_grant", "details", "{", 302, bad=200)
def _(w):
    w.sign_in(**asked(payment()))
    return w.grant(), w.ask(**asked(payment()))


@case("grant, scopes, device", "app_grant", "scopes", LONG, 303)
def _(w):
    confirm = w.browser.follow(enter(w.browser, w.waiting()["user_code"]))
    form = Page(confirm.text).form("/login/device/authorize")
    return w.grant(), lambda: w.browser.submit(form, ("authorize", "1"))


@case("grant, scopes, token by password", "app_grant", "scopes", LONG, 201)
def _(w):
    send = w.by_password("POST", "", **w.app.credentials, scopes=["gist"])
    assert send().status_code == 201
    return w.newest("app_grant"), send


def changed(*more, **body):
    """A personal token's row, and what changes the last of them."""
    def prepare(w):
        first, *rest = [w.by_password("POST", "", scopes=["gist"], note=unique("note"))().json()["id"]
                        for _ in (0, *more)]
        return {"id": first}, w.by_password("PATCH", f"/{[first, *rest][-1]}", **body)
    return prepare


case("token, scopes, change of scopes", "token", "scopes", LONG)(changed(add_scopes=["user"]))
case("token, scopes, change of its note", "token", "scopes", LONG)(changed(note_url="https://x.example"))
case("token, scopes, change of another's", "token", "scopes", LONG)(changed("another", add_scopes=["user"]))


# devices

def answered(w):
    codes = w.waiting(resource=API)
    approve(w.browser, codes)
    return w.newest("device_code"), w.token(grant_type=s.DEVICE_GRANT, device_code=codes["device_code"])


case("device, hash", "device_code", "hash", b"0" * 32, bad=400)(answered)
case("device, bound", "device_code", "bound", "{")(answered)
case("device, scopes", "device_code", "scopes", LONG)(answered)


def answered_for_no_resource(w):
    codes = w.waiting()
    approve(w.browser, codes)
    return w.newest("device_code"), w.token(grant_type=s.DEVICE_GRANT, device_code=codes["device_code"])


case("device, scopes, for no resource", "device_code", "scopes", LONG)(answered_for_no_resource)


def asks_person(w):
    entered = enter(w.browser, w.waiting()["user_code"])
    return w.newest("device_code"), lambda: w.browser.follow(entered)


case("device, bound, page", "device_code", "bound", "{")(asks_person)
case("device, scopes, page", "device_code", "scopes", LONG)(asks_person)


def allows(w):
    confirm = w.browser.follow(enter(w.browser, w.waiting()["user_code"]))
    form = Page(confirm.text).form("/login/device/authorize")
    return w.newest("device_code"), lambda: w.browser.submit(form, ("authorize", "1"))


case("device, bound, allowed", "device_code", "bound", "{", 303)(allows)
case("device, scopes, allowed", "device_code", "scopes", LONG, 303)(allows)


# apps

case("app, metadata", "app", "metadata", "{")(lambda w: ({"id": w.app.id}, code_and_request(w)[1]))


def proves_itself(w):
    key = Key()
    app = s.make_app(w.server, auth_method="private_key_jwt", metadata={"jwks": jwks(key)})
    return {"id": app.id}, lambda: s.post(w.server, s.TOKEN, {
        **by_assertion(assertion(w.server, app, key)), "grant_type": "client_credentials"})


case("app, metadata, with its keys", "app", "metadata", "{")(proves_itself)
case("app, keys", "app", "metadata", '{"jwks":{"keys":[7]}}', bad=401)(proves_itself)


@case("app, keys, request object", "app", "metadata", '{"jwks":{"keys":[7]}}', 302, bad=400)
def _(w):
    key, now = Key(), int(time.time())
    s.serve(w.server, w.app, {"jwks": jwks(key)})
    text = sign(key, {"kid": key.kid}, {"iss": w.app.client_id, "aud": w.server.base, "exp": now + 300,
                                        "client_id": w.app.client_id, "response_type": "code", "scope": "repo"})
    return {"id": w.app.id}, w.ask(request=text)


@case("app, redirect URI", "app_callback", "uri", "no uri", 302, bad=400)
def _(w):
    w.sign_in()
    return {"app_id": w.app.id}, w.ask(redirect_uri=w.app.callback)


# what else there is

@case("pushed request", "pushed_request", "request", "scope=%zz", 302)
def _(w):
    with w.server.database() as db:
        db.execute("DELETE FROM pushed_request")
    uri = s.push_uri(w.server, w.app, scope="openid repo", nonce="n")
    return {"app_id": w.app.id}, lambda: s.ask_pushed(w.browser, w.app, uri)


@case("type of details", "detail_type", "definition", "{", bad=302)
def _(w):
    return {"name": "payment"}, w.ask(**asked(payment("1.00")))


@case("issuer, keys", "issuer", "jwks", "{", bad=400)
def _(w):
    issuer = own_issuer.Issuer(w.server, "--subject", "login", "--scopes", "repo", apps=[w.swaps])
    said = issuer.says("octocat")
    return {"issuer": issuer.name}, w.token(w.swaps, grant_type=own_issuer.GRANT, assertion=said, scope="repo")


@case("second factor", "two_factor", "sealed", b"0", 303)
def _(w):
    browser, form = w.guarded.at_second_step()
    settle()
    return {"account_id": w.guarded.user.id}, lambda: browser.submit(form, otp=totp(w.guarded.secret))


@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_read_gives_nothing_and_takes_nothing(world, name):
    table, column, value, good, bad, prepare = CASES[name]
    row, send = prepare(world)
    with damaged(world.server, table, column, row, value):
        reply = send()
        assert reply.status_code == bad, (reply.status_code, reply.headers, reply.text[:300])
        assert not {"access_token", "active", "sub"} & set(reply.text.split('"'))
        assert "code=" not in reply.headers.get("Location", "")
    reply = send()
    assert reply.status_code == good, (reply.status_code, reply.text[:300])
