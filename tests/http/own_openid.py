"""A relying party as OpenID Connect describes one; JWTs are read with jwcrypto, which shares nothing with
the server. The checks that the conformance suite makes in each of its flows are made here."""

import base64
import hashlib
import json
import time

from jwcrypto import jwk, jws

import standard as s
from llavero_http import Page, challenged, location_query, pkce, unique

USERINFO, JWKS, LOGOUT = "/oauth2/userinfo", "/oauth2/jwks", "/oauth2/logout"
DISCOVERY = "/.well-known/openid-configuration"
PASSWORD_CLASS = "urn:llavero:acr:password"
TWO_FACTORS_CLASS = "urn:llavero:acr:two-factors"


def verify(server, text, typ="JWT"):
    """Header and claims of a JWT of the server, its signature checked with the published keys."""
    keys = jwk.JWKSet.from_json(server.get(JWKS).text)
    header = json.loads(b64(text.split(".")[0]))
    assert header["typ"] == typ and header["alg"] != "none"
    key = keys.get_key(header["kid"])
    assert key, (header, keys.export())
    token = jws.JWS()
    token.deserialize(text, key, alg=header["alg"])
    return header, json.loads(token.payload)


def b64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def unb64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def half_hash(text, of=hashlib.sha256):
    digest = of(text.encode()).digest()
    return unb64(digest[:len(digest) // 2])


def ask(browser, app, **params):
    return s.ask(browser, app, **{"scope": "openid", "nonce": unique("nonce"), **params})


def answer(browser, app, **params):
    return s.answer(browser, app, **{"scope": "openid", **params})


def exchange(server, app, of, nonce=None, **form):
    """The token reply, and what its ID token says; with the checks of the conformance suite."""
    body = s.exchange(server, app, of, **form)
    header, claims = verify(server, body["id_token"])
    now = time.time()
    assert claims["iss"] == server.base and claims["aud"] == app.client_id
    assert now - 300 < claims["iat"] <= now + 5 and now < claims["exp"] <= now + 3600
    assert claims.get("nonce") == nonce
    assert 0 < len(claims["sub"]) <= 255 and claims["sub"].isascii()
    assert claims["at_hash"] == half_hash(body["access_token"])
    assert isinstance(body["expires_in"], int) and 0 < body["expires_in"] <= 31_536_000
    return body, claims


def sign_in(server, browser, app, **params):
    """The whole way, with PKCE and nonce: token reply and claims of the ID token."""
    verifier, challenge = pkce()
    params = {"nonce": unique("nonce"), **params}
    got = answer(browser, app, **challenged(challenge), **params)
    assert "code" in got, got
    assert got["iss"] == server.base
    return exchange(server, app, server.plant(got["code"]), params["nonce"],
                    code_verifier=verifier)


def userinfo(server, token, status=200):
    reply = server.get(USERINFO, headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == status, (reply.status_code, reply.text)
    return reply.json()


def error(browser, app, **params):
    """The error that a request is answered with, at the app."""
    reply = s.ask(browser, app, **{"scope": "openid", **params})
    assert reply.status_code == 302, (reply.status_code, reply.text[:500])
    assert reply.headers["Location"].startswith(app.callback + "?"), reply.headers["Location"]
    got = dict(location_query(reply))
    assert set(got) <= {"error", "error_description", "error_uri", "state", "iss"}, got
    return got["error"]


def is_sign_in(reply):
    return reply.status_code in (302, 303) and "/login?" in reply.headers["Location"]


def sign_in_again(browser, reply, user, password=None, **changes):
    """At the sign-in page that the reply leads to; the answer of the authorization endpoint."""
    assert is_sign_in(reply), (reply.status_code, reply.headers)
    page = browser.follow(reply)
    assert page.status_code == 200, page.headers
    form = Page(page.text).form("/session")
    done = browser.submit(form, login=user.login, password=password or user.password, **changes)
    assert done.status_code == 303, (done.status_code, done.text[:500])
    browser.server.plant(browser.cookie("llavero_session"))
    return browser.follow(done)


def code_of(reply):
    assert reply.status_code == 302, (reply.status_code, reply.text[:800])
    got = dict(location_query(reply))
    assert "code" in got, got
    return got["code"]


def name(server, login, text):
    """Gives an account a name, as its settings page does."""
    with server.database() as db:
        db.execute("UPDATE account SET name = ? WHERE login = ?", (text, login))
