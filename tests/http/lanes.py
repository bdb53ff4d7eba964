"""One driver for each profile: how an app of it signs people in and uses what it gets. test_lanes.py says what
comes of the same scenario in each."""

import dataclasses
import json
import time

import requests

import standard as s
from llavero_http import basic, challenged, location_query, pkce
from own_jose import Key, assertion, by_assertion, jwks, proof

CALLBACK = "https://app.example/cb"
SCOPE = "repo user"


@dataclasses.dataclass
class Got:
    """What an endpoint answered: a status and a word, "ok" where nothing was wrong."""
    status: int
    word: str
    body: dict

    def __str__(self):
        return f"{self.status} {self.word}"


class Clock:
    """The server's time: apps that sign have to go with it when it is moved."""

    def __init__(self, server):
        self.server, self.ahead = server, 0

    def now(self):
        return int(time.time()) + self.ahead

    def advance(self, seconds):
        self.server.advance(f"{seconds}s")
        self.ahead += seconds


class Client:
    """An app of the lane, and its keys where it has any."""

    def __init__(self, app, key=None, rsa=None):
        self.app, self.key, self.rsa, self.bound = app, key, rsa, key and Key()


class Lane:
    """What all have in common; `standard` is exactly this."""

    profile = "standard"
    authorize_path, token_path = s.AUTHORIZE, s.TOKEN
    scheme = "Bearer"

    def __init__(self, server, user, clock):
        self.server, self.clock, self.refused = server, clock, None
        self.browser = server.signed_in(user)
        self.client, self.other = self.make(), self.make()

    def make(self, *callbacks, **columns):
        return Client(s.make_app(self.server, *(callbacks or (CALLBACK,)), expiring=True,
                                 profile=self.profile, **columns))

    def now(self):
        return self.clock.now()

    def advance(self, seconds):
        self.clock.advance(seconds)

    def note(self, reply, refused):
        """Which request was refused first: `cause` says why."""
        if refused and self.refused is None:
            self.refused = reply
        return reply

    def cause(self):
        return s.cause(self.server, self.refused) if self.refused is not None else None

    # the authorization request

    def asked(self, **changes):
        """What an app of this profile sends."""
        return {"response_type": "code", "redirect_uri": CALLBACK, "scope": SCOPE, "state": "here",
                **changes}

    def ask(self, client=None, verifier=None, **changes):
        """The reply to an authorization request; with PKCE, whose verifier is kept."""
        self.verifier, challenge = pkce(verifier)
        params = self.asked(**{**challenged(challenge), **changes})
        return self.send(client or self.client, s.without_none(params))

    def send(self, client, params):
        return self.visit(client, params)

    def visit(self, client, params):
        """In the browser's address line."""
        return self.browser.get(self.authorize_path,
                                params={"client_id": client.app.client_id, **params})

    def answer(self, client=None, allow=True, **changes):
        """What the app is told in the end; a page says that it is one."""
        return self.read(self.ask(client, **changes), allow, changes.get("redirect_uri") or CALLBACK)

    def read(self, reply, allow=True, callback=CALLBACK):
        if reply.status_code == 200:
            reply = self.decide(reply, allow)
        if reply.status_code in (302, 303):
            assert reply.headers["Location"].startswith(callback + "?")
            got = dict(location_query(reply))
            self.note(reply, "error" in got)
            return got
        if reply.headers["Content-Type"].startswith("application/json"):
            return {"pushed": str(self.got(reply))}
        self.note(reply, True)
        return {"page": reply.status_code}

    def decide(self, reply, allow):
        return s.decide(self.browser, reply, allow)

    def code(self, client=None, **changes):
        got = self.answer(client, **changes)
        assert "code" in got, got
        return self.server.plant(got["code"])

    # the token endpoint

    def credentials(self, client, **_):
        return client.app.credentials

    def headers(self, client, **_):
        return {}

    def token(self, client=None, credentials=None, headers=None, **form):
        """`credentials` and `headers` take the place of what the client sends of its own."""
        client = client or self.client
        reply = self.server.post(
            self.token_path,
            s.without_none({**(self.credentials(client) if credentials is None else credentials),
                            **form}),
            headers=self.headers(client) if headers is None else headers)
        return self.got(reply)

    def got(self, reply):
        body = reply.json() if reply.content else {}
        s.plant(self.server, body)
        self.note(reply, "error" in body)
        return Got(reply.status_code, body.get("error", "ok"), body)

    def exchange(self, code, client=None, **more):
        return self.token(client, grant_type=more.pop("grant_type", "authorization_code"),
                          **{"code": code, "code_verifier": self.verifier,
                             "redirect_uri": CALLBACK, **more})

    def refresh(self, token, client=None, **more):
        return self.token(client, grant_type="refresh_token", refresh_token=token, **more)

    def sign_in(self, client=None, **changes):
        got = self.exchange(self.code(client, **changes), client)
        assert got.word == "ok", got
        return got.body

    # the token

    def use(self, token, headers=None):
        """The status of the API."""
        reply = self.server.get("/api/v3/user", headers={
            "Authorization": f"{self.scheme} {token}", **self.shown(token, "/api/v3/user"),
            **(headers or {})})
        return self.note(reply, reply.status_code != 200).status_code

    def shown(self, token, path, client=None):
        return {}

    def is_active(self, token, client=None):
        client = client or self.client
        reply = self.server.post(s.INTROSPECT, {**self.credentials(client), "token": token})
        return "active" if reply.json()["active"] else "inactive"

    def revoke(self, token, client=None):
        client = client or self.client
        return self.got(self.server.post(s.REVOKE, {**self.credentials(client), "token": token}))


class Github(Lane):
    """As GitHub has it: at the edge of its dialect, where most things have a default."""

    profile = "github"
    authorize_path, token_path = "/login/oauth/authorize", "/login/oauth/access_token"
    scheme = "token"

    def asked(self, **changes):
        return {"redirect_uri": CALLBACK, "scope": SCOPE, "state": "here", **changes}

    def decide(self, reply, allow):
        return self.browser.decide(reply, allow)

    def headers(self, client, **_):
        return {"Accept": "application/json"}

    def exchange(self, code, client=None, **more):
        return super().exchange(code, client, **{"grant_type": None, **more})

    def manage(self, method, token, client):
        app = (client or self.client).app
        return requests.request(
            method, self.server.url(f"/api/v3/applications/{app.client_id}/token"), timeout=60,
            data=json.dumps({"access_token": token}),
            headers=basic(app.client_id, app.client_secret))

    def is_active(self, token, client=None):
        return "active" if self.manage("POST", token, client).status_code == 200 else "inactive"

    def revoke(self, token, client=None):
        reply = self.manage("DELETE", token, client)
        return Got(reply.status_code, "ok" if reply.status_code == 204 else "not found", {})


class Strict(Lane):
    """FAPI 2.0: signed authentication, pushed requests, tokens bound to a key."""

    profile = "strict"
    scheme = "DPoP"

    def make(self, *callbacks, **columns):
        key, rsa = Key("ES256"), Key("RS256")
        made = s.make_app(self.server, *(callbacks or (CALLBACK,)), expiring=True, profile="strict",
                          auth_method="private_key_jwt", metadata={"jwks": jwks(key, rsa)}, **columns)
        return Client(made, key, rsa)

    def credentials(self, client, key=None, **claims):
        now = self.now()
        return by_assertion(assertion(self.server, client.app, key or client.key,
                                      **{"iat": now, "exp": now + 60, **claims}))

    def push(self, client, params):
        reply = self.server.post(s.PAR, {**self.credentials(client), **params})
        self.server.plant(reply.json().get("request_uri", "").removeprefix(s.PUSHED))
        return reply

    def send(self, client, params):
        """Only a reference goes through the browser; what is refused is known before."""
        reply = self.push(client, params)
        if reply.status_code != 201:
            return reply
        return self.visit(client, {"request_uri": reply.json()["request_uri"]})

    def headers(self, client, key=None, **claims):
        return {"DPoP": proof(key or client.bound, "POST", self.server.base + self.token_path,
                              **{"iat": self.now(), **claims})}

    def shown(self, token, path, client=None):
        return {"DPoP": proof((client or self.client).bound, "GET", self.server.base + path,
                              token=token, iat=self.now())}


LANES = {lane.profile: lane for lane in (Github, Lane, Strict)}
