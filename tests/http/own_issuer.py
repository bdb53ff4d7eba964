"""Somebody whom the server trusts to speak for people: keys and assertions by jwcrypto."""

import json
import secrets
import time

import standard as s
from llavero_http import unique
from own_jose import Key, jwks, sign

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"


class Issuer:
    """Trusted by `server` for `apps`, as the flags of `llavero issuer add` say."""

    def __init__(self, server, *flags, apps=(), key=None, name=None, keys=None):
        self.server, self.key = server, key or Key()
        self.name = name or f"https://{unique('issuer')}.example"
        self.file = server.data / f"{unique('jwks')}.json"
        self.publish(*(keys or [self.key]))
        given = [] if "--jwks-uri" in flags else ["--jwks", str(self.file)]
        listed = [w for app in apps for w in ("--app", app.client_id)] or ["--any-app"]
        server.cli("issuer", "add", self.name, *given, *listed, *flags)

    def publish(self, *keys):
        self.file.write_text(json.dumps(jwks(*keys)), encoding="utf-8")

    def edit(self, *flags):
        self.server.cli("issuer", "edit", self.name, *flags)

    def says(self, subject, header=None, key=None, **claims):
        now = int(time.time())
        usual = {"iss": self.name, "sub": subject, "aud": self.server.base, "exp": now + 60,
                 "iat": now, "jti": secrets.token_urlsafe(12)}
        key = key or self.key
        named = {"kid": key.kid} if isinstance(key, Key) else {}
        return sign(key, {**named, **(header or {})}, {**usual, **claims})


def make_app(server, *grants, **more):
    metadata = {"grant_types": [GRANT, *grants], **more.pop("metadata", {})}
    return s.make_app(server, metadata=metadata, **more)


def ask(server, app, assertion, **form):
    reply = s.post(server, s.TOKEN, {**s.credentials(server, app), "grant_type": GRANT,
                                     "assertion": assertion, **form})
    if reply.status_code == 200:
        s.plant(server, reply.json())
    return reply


def told(server, reply):
    return server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])


def refused(server, reply, cause, error="invalid_grant"):
    assert reply.status_code == 400 and reply.json()["error"] == error, reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    why = told(server, reply)
    assert why["cause"] == cause, why
    return why
