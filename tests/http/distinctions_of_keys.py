"""distinctions.py for what is signed: client assertions, DPoP proofs, tokens that are JWTs."""

import functools
import time

import standard as s
from distinctions import case
from distinctions_standard import served
from own_jose import LEFT_OUT, Key, assertion, by_assertion, jwks, proof, sign
from llavero_http import challenged, pkce

GRANT = {"grant_type": "client_credentials"}


@functools.cache
def key():
    return Key(kid="of-the-tests")


def metadata(*keys):
    return {"scope": "repo", "jwks": jwks(*(keys or [key()]))}


def by_key(w, header=None, with_=None, profile="github", auth_method="private_key_jwt",
           headers=None, form=(), **claims):
    """A token request by an app that signs."""
    with served(w, auth_method=auth_method, profile=profile, metadata=metadata()):
        text = assertion(w.server, w.app, with_ or key(), header, **claims)
        reply = s.post(w.server, s.TOKEN, {**GRANT, "client_id": w.app.client_id,
                                           **by_assertion(text), **dict(form)},
                       headers=headers or {})
        return s.plant(w.server, reply.json()) and reply


@case("ASSERTION_MISSING")
def _(w):
    return by_key(w, form={"client_assertion": None})


@case("ASSERTION_TYPE")
def _(w):
    return by_key(w, form={"client_assertion_type": "jwt"})


@case("ASSERTION_MALFORMED", fault="not_compact")
def _(w):
    return by_key(w, form={"client_assertion": "none.at-all"})


@case("ASSERTION_ALGORITHM")
def _(w):
    return by_key(w, with_=b"0123456789abcdef0123456789abcdef")


@case("ASSERTION_NO_KEY", fault="no_key")
def _(w):
    return by_key(w, auth_method="client_secret_jwt", with_=b"0123456789abcdef0123456789abcdef")


@case("ASSERTION_KEY_UNKNOWN")
def _(w):
    return by_key(w, {"kid": "another"})


@case("ASSERTION_SIGNATURE")
def _(w):
    return by_key(w, {"kid": key().kid}, with_=Key())


@case("ASSERTION_SUBJECT", parameter="iss")
def _(w):
    return by_key(w, iss="somebody")


@case("ASSERTION_AUDIENCE")
def _(w):
    return by_key(w, aud="https://other.example")


@case("ASSERTION_CLAIM", parameter="jti", fault="missing")
def _(w):
    return by_key(w, jti=LEFT_OUT)


# The server's clock may have been moved by other cases: hours are far off in any case.

@case("ASSERTION_EXPIRED")
def _(w):
    return by_key(w, exp=1000)


@case("ASSERTION_AHEAD", parameter="iat")
def _(w):
    return by_key(w, iat=now(w) + 600, exp=now(w) + 900)


@case("ASSERTION_LIFETIME", parameter="exp")
def _(w):
    return by_key(w, exp=now(w) * 1000)


@case("ASSERTION_REPLAYED")
def _(w):
    by_key(w, jti="once", exp=now(w) + 60, iat=LEFT_OUT)
    return by_key(w, jti="once", exp=now(w) + 60, iat=LEFT_OUT)


@case("CERTIFICATE_MISSING")
def _(w):
    return by_key(w, auth_method="tls_client_auth",
                  form={"client_assertion": None, "client_assertion_type": None})


@case("APP_PROFILE_METHOD")
def _(w):
    with served(w, profile="strict", metadata=metadata()):
        return s.post(w.server, s.TOKEN, {**GRANT, **w.app.credentials})


@case("SENDER_UNBOUND")
def _(w):
    return by_key(w, profile="strict", exp=now(w) + 60, iat=LEFT_OUT)


# DPoP

def now(w):
    """Of the server: cases before may have moved its clock."""
    offset = w.server.get("/rehearsal/clock", headers={
        "Authorization": f"Bearer {w.server.rehearsal_token}"}).json()
    return int(time.time()) + int(offset.get("offset_s", offset.get("offset", 0)) or 0)


def made(w, method="POST", path=s.TOKEN, header=None, with_=None, **claims):
    return proof(with_ or key(), method, w.server.base + path, header,
                 **{"iat": now(w), **claims})


def by_proof(w, text):
    with served(w, metadata=metadata()):
        reply = s.post(w.server, s.TOKEN, {**GRANT, **w.app.credentials},
                       headers={"DPoP": text} if text else {})
        return s.plant(w.server, reply.json()) and reply


@case("PROOF_MISSING")
def _(w):
    with served(w, metadata={**metadata(), "dpop_bound_access_tokens": True}):
        return s.post(w.server, s.TOKEN, {**GRANT, **w.app.credentials})


@case("PROOF_MALFORMED", fault="not_compact")
def _(w):
    return by_proof(w, "nothing")


@case("PROOF_ALGORITHM")
def _(w):
    return by_proof(w, sign(b"0" * 32, {"typ": "dpop+jwt", "jwk": key().public}, {}))


@case("PROOF_KEY", fault="private_key")
def _(w):
    return by_proof(w, made(w, header={"jwk": key().private}))


@case("PROOF_SIGNATURE")
def _(w):
    return by_proof(w, made(w, header={"jwk": Key().public}))


@case("PROOF_CLAIM", parameter="htm", fault="missing")
def _(w):
    return by_proof(w, made(w, htm=LEFT_OUT))


@case("PROOF_METHOD")
def _(w):
    return by_proof(w, made(w, "GET"))


@case("PROOF_URL")
def _(w):
    return by_proof(w, made(w, path="/oauth2/elsewhere"))


@case("PROOF_CLOCK", direction="behind", parameter="iat")
def _(w):
    return by_proof(w, made(w, iat=now(w) - 4000))


@case("PROOF_REPLAYED")
def _(w):
    text = made(w)
    by_proof(w, text)
    return by_proof(w, text)


# request objects

def object_of(w, header=None, with_=None, **claims):
    usual = {"iss": w.app.client_id, "client_id": w.app.client_id, "aud": w.server.base,
             "exp": now(w) + 300, "response_type": "code"}
    return sign(with_ or key(), {"kid": key().kid, **(header or {})}, {**usual, **claims})


def by_object(w, text, **more):
    with served(w, metadata=metadata()):
        return s.ask(w.browser, w.app, request=text, **more)


@case("OBJECT_REQUIRED")
def _(w):
    with served(w, metadata={**metadata(), "require_signed_request_object": True}):
        return s.ask(w.browser, w.app)


@case("OBJECT_MIXED", parameter="request_uri")
def _(w):
    return by_object(w, object_of(w), request_uri="https://app.example/request.jwt")


@case("OBJECT_MALFORMED", fault="not_compact")
def _(w):
    return by_object(w, "nothing")


@case("OBJECT_ALGORITHM")
def _(w):
    return by_object(w, object_of(w, with_=b"0" * 32))


@case("OBJECT_KEY", fault="unknown_kid")
def _(w):
    return by_object(w, object_of(w, {"kid": "another"}))


@case("OBJECT_SIGNATURE")
def _(w):
    return by_object(w, object_of(w, with_=Key()))


@case("OBJECT_CLAIM", parameter="aud")
def _(w):
    return by_object(w, object_of(w, aud="https://elsewhere.example"))


@case("PUSH_OF_ANOTHER_KEY")
def _(w):
    form = {**w.app.credentials, "response_type": "code", "dpop_jkt": Key().thumbprint}
    return s.post(w.server, s.PAR, form, headers={"DPoP": made(w, path=s.PAR)})


@case("AUTHORIZE_DPOP_KEY", length="5", wanted_length="43")
def _(w):
    _, challenge = pkce()
    return s.ask(w.again(), w.app, **challenged(challenge), dpop_jkt="short")


def exchange(w, text, jkt=None, **form):
    verifier, challenge = pkce()
    code = s.code(w.again(), w.app, **challenged(challenge), **({"dpop_jkt": jkt} if jkt else {}))
    reply = s.post(w.server, s.TOKEN, {**w.app.credentials, "code": code, **form,
                                       "grant_type": "authorization_code",
                                       "code_verifier": verifier},
                   headers={"DPoP": text} if text else {})
    s.plant(w.server, reply.json())
    return reply


@case("CODE_OF_ANOTHER_KEY")
def _(w):
    return exchange(w, made(w, with_=Key()), jkt=key().thumbprint)


@case("REFRESH_OF_ANOTHER_KEY")
def _(w):
    s.serve(w.server, w.app, auth_method="none")
    w.server.cli("app", "edit", w.app.client_id, "--expiring-tokens")
    body = exchange(w, made(w), client_secret=None).json()
    reply = s.post(w.server, s.TOKEN, {"client_id": w.app.client_id,
                                       "grant_type": "refresh_token",
                                       "refresh_token": body["refresh_token"]},
                   headers={"DPoP": made(w, with_=Key())})
    s.serve(w.server, w.app, auth_method="client_secret_basic")
    return reply


def api(w, token, text=None, scheme="DPoP"):
    headers = {"Authorization": f"{scheme} {token}"}
    return w.server.get("/api/v3/user", headers={**headers, **({"DPoP": text} if text else {})})


def user_proof(w, token, with_=None, **claims):
    return proof(with_ or key(), "GET", w.server.base + "/api/v3/user", token=token,
                 **{"iat": now(w), **claims})


@case("TOKEN_NEEDS_PROOF")
def _(w):
    return api(w, exchange(w, made(w)).json()["access_token"], scheme="Bearer")


@case("TOKEN_NOT_BOUND")
def _(w):
    token = exchange(w, None).json()["access_token"]
    return api(w, token, user_proof(w, token))


@case("TOKEN_OF_ANOTHER_KEY")
def _(w):
    token = exchange(w, made(w)).json()["access_token"]
    return api(w, token, user_proof(w, token, Key()))


@case("PROOF_OF_ANOTHER_TOKEN")
def _(w):
    token = exchange(w, made(w)).json()["access_token"]
    return api(w, token, user_proof(w, "another"))


@case("TOKEN_JWT", fault="bad_signature")
def _(w):
    kid = w.server.get("/oauth2/jwks").json()["keys"]
    header = {"typ": "at+jwt", **({"kid": kid[0]["kid"]} if kid else {})}
    return api(w, sign(Key(), header, {}), scheme="Bearer")
