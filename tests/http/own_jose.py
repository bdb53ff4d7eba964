"""Keys and signatures by somebody else's hand: Debian's python3-jwcrypto."""

import base64
import hashlib
import json
import secrets
import time

from jwcrypto import jwk, jws

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KINDS = {"ES256": {"kty": "EC", "crv": "P-256"}, "RS256": {"kty": "RSA", "size": 2048},
         "PS256": {"kty": "RSA", "size": 2048}, "EdDSA": {"kty": "OKP", "crv": "Ed25519"}}
LEFT_OUT = object()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Key:
    """A private key for one algorithm."""

    def __init__(self, alg="ES256", kid=None):
        self.alg = alg
        self.kid = kid or secrets.token_hex(4)
        self.jwk = jwk.JWK.generate(**KINDS[alg])

    @property
    def public(self):
        return json.loads(self.jwk.export_public())

    @property
    def private(self):
        return json.loads(self.jwk.export_private())

    @property
    def thumbprint(self):
        return self.jwk.thumbprint()

    def listed(self, **more):
        """As it stands in a JWK set."""
        return {**self.public, "kid": self.kid, "use": "sig", "alg": self.alg, **more}


def jwks(*keys):
    return {"keys": [k.listed() for k in keys]}


def without(members):
    return {k: v for k, v in members.items() if v is not LEFT_OUT}


def sign(key, header, claims, alg=None):
    """`key` is a Key, or bytes for HS256; a claim LEFT_OUT is left out. `claims` may be text."""
    alg = alg or getattr(key, "alg", "HS256")
    payload = claims if isinstance(claims, str) else json.dumps(without(claims))
    token = jws.JWS(payload)
    token.allowed_algs = list(KINDS) + ["HS256", "ES384", "PS384"]
    material = key.jwk if isinstance(key, Key) else jwk.JWK(kty="oct", k=b64(key))
    token.add_signature(material, alg, json.dumps(without({"alg": alg, **header})))
    return token.serialize(compact=True)


def unsigned(header, claims):
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}."


def parts(token):
    """Header and claims, not verified."""
    header, payload, _ = token.split(".")
    return json.loads(unb64(header)), json.loads(unb64(payload))


def verified(token, keys):
    """The claims, verified with one of a JWK set."""
    header, _ = parts(token)
    found = [k for k in keys["keys"] if k["kid"] == header["kid"]]
    assert len(found) == 1 and found[0]["alg"] == header["alg"]
    signed = jws.JWS()
    signed.allowed_algs = list(KINDS)
    signed.deserialize(token, jwk.JWK(**found[0]))
    return json.loads(signed.payload)


# RFC 7523

def assertion(server, app, key, header=None, **claims):
    now = int(time.time())
    usual = {"iss": app.client_id, "sub": app.client_id, "aud": server.base,
             "exp": now + 60, "iat": now, "jti": secrets.token_urlsafe(12)}
    named = {"kid": key.kid} if isinstance(key, Key) else {}
    return sign(key, {**named, **(header or {})}, {**usual, **claims})


def by_assertion(text):
    return {"client_assertion": text, "client_assertion_type": ASSERTION_TYPE}


# RFC 9449

def proof(key, method, url, header=None, token=None, **claims):
    usual = {"jti": secrets.token_urlsafe(12), "htm": method, "htu": url,
             "iat": int(time.time())}
    if token:
        usual["ath"] = b64(hashlib.sha256(token.encode()).digest())
    return sign(key, {"typ": "dpop+jwt", "jwk": key.public, **(header or {})}, {**usual, **claims})
