"""distinctions.py for what somebody else says of a person: assertions of trusted issuers."""

import functools

import own_issuer
import standard as s
from distinctions import case
from distinctions_of_keys import now
from distinctions_standard import served
from own_jose import LEFT_OUT, Key, proof

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
GRANTS = {"grant_types": [own_issuer.GRANT, EXCHANGE, "client_credentials"]}


@functools.cache
def issuer(server):
    return own_issuer.Issuer(server, "--subject", "login", "--scopes", "repo", "--alg", "ES256")


def bring(w, text, **form):
    with served(w, metadata=GRANTS):
        return own_issuer.ask(w.server, w.app, text, **form)


def says(w, header=None, key=None, subject=None, **claims):
    """The server's clock may have been moved by other cases."""
    times = {"exp": now(w) + 600, "iat": LEFT_OUT, **claims}
    return issuer(w.server).says(subject or w.owner.login, header, key, **times)


@case("BEARER_MALFORMED", fault="not_compact")
def _(w):
    return bring(w, "a.b")


@case("BEARER_OWN")
def _(w):
    return bring(w, says(w, iss=w.server.base))


@case("BEARER_ISSUER")
def _(w):
    return bring(w, says(w, iss="https://unknown.example"))


@case("BEARER_APP")
def _(w):
    own = own_issuer.Issuer(w.server, "--subject", "login", apps=[w.another_app()])
    return bring(w, own.says(w.owner.login))


@case("BEARER_ALGORITHM")
def _(w):
    return bring(w, says(w, key=Key("RS256")))


@case("BEARER_NO_KEY", fault="no_key")
def _(w):
    own = own_issuer.Issuer(w.server, keys=[Key("RS256")])  # another kind than it signs with
    return bring(w, own.says(w.owner.login, {"kid": LEFT_OUT}))


@case("BEARER_KEY_UNKNOWN")
def _(w):
    return bring(w, says(w, key=Key()))


@case("BEARER_SIGNATURE")
def _(w):
    return bring(w, says(w, {"kid": issuer(w.server).key.kid}, key=Key()))


@case("BEARER_AUDIENCE")
def _(w):
    return bring(w, says(w, aud="https://other.example"))


@case("BEARER_CLAIM", parameter="sub", fault="missing")
def _(w):
    return bring(w, says(w, sub=LEFT_OUT))


@case("BEARER_EXPIRED")
def _(w):
    return bring(w, says(w, exp=1000))


@case("BEARER_AHEAD", parameter="nbf")
def _(w):
    return bring(w, says(w, nbf=now(w) + 600))


@case("BEARER_LIFETIME", parameter="exp")
def _(w):
    return bring(w, says(w, exp=now(w) * 1000))


@case("BEARER_SUBJECT")
def _(w):
    return bring(w, says(w, subject="nobody-of-that-name"))


@case("BEARER_USER_SUSPENDED")
def _(w):
    user = w.server.make_user()
    w.server.cli("user", "suspend", user.login)
    return bring(w, says(w, subject=user.login))


@case("BEARER_EMAIL_UNVERIFIED")
def _(w):
    return bring(w, says(w, subject=w.server.make_user(verified=False).login))


@case("BEARER_REPLAYED")
def _(w):
    text = says(w)
    bring(w, text)
    return bring(w, text)


@case("BEARER_SCOPE")
def _(w):
    return bring(w, says(w), scope="gist")


def swap(w, token, kind=ACCESS, headers=None, **form):
    with served(w, metadata=GRANTS):
        reply = s.post(w.server, s.TOKEN, {
            **w.app.credentials, "grant_type": EXCHANGE, "subject_token": token,
            "subject_token_type": kind, **form}, headers=headers or {})
    s.plant(w.server, reply.json())
    return reply


def subject(w, scope="repo", app=None):
    app = app or w.app
    return s.exchange(w.server, app, s.code(w.browser, app, scope=scope))["access_token"]


@case("EXCHANGE_TYPE", parameter="requested_token_type")
def _(w):
    return swap(w, subject(w), requested_token_type="urn:ietf:params:oauth:token-type:saml2")


@case("EXCHANGE_TOKEN_BAD", parameter="subject_token")
def _(w):
    return swap(w, "gho_x")


@case("EXCHANGE_TOKEN_ENDED", parameter="subject_token")
def _(w):
    token = subject(w)
    s.revoke(w.server, w.app, token)
    return swap(w, token)


@case("EXCHANGE_TOKEN_OTHERS", parameter="subject_token")
def _(w):
    return swap(w, subject(w, app=w.another_app()))


@case("EXCHANGE_KEY")
def _(w):
    url, iat = w.server.base + s.TOKEN, now(w)
    code = s.code(w.browser, w.app, scope="repo")
    bound = s.plant(w.server, s.post(w.server, s.TOKEN, {
        **w.app.credentials, "grant_type": "authorization_code", "code": code},
        headers={"DPoP": proof(Key(), "POST", url, iat=iat)}).json())
    return swap(w, bound["access_token"], headers={"DPoP": proof(Key(), "POST", url, iat=iat)})


@case("EXCHANGE_NO_PERSON")
def _(w):
    other, uri = w.another_app(), w.server.base + "/api/v3"
    own = s.token(w.server, other, grant_type="client_credentials", resource=uri)["access_token"]
    w.server.cli("resource", "create", uri)
    w.server.cli("resource", "serve", uri, w.app.client_id)
    reply = swap(w, own)
    w.server.cli("resource", "delete", uri, "--yes")
    return reply


@case("EXCHANGE_MAY_ACT")
def _(w):
    return swap(w, says(w, may_act={"sub": "another"}), own_issuer.JWT_TYPE)


@case("EXCHANGE_DEPTH", most="8")
def _(w):
    token = subject(w)
    for _ in range(8):
        token = swap(w, token).json()["access_token"]
    return swap(w, token)


@case("EXCHANGE_SCOPE")
def _(w):
    return swap(w, subject(w), scope="gist")


@case("TOKEN_ORIGIN_ENDED")
def _(w):
    token = subject(w)
    other = swap(w, token).json()["access_token"]
    s.revoke(w.server, w.app, token)
    return w.api(other)
