"""distinctions.py for what somebody else says of a person: assertions of trusted issuers."""

import functools

import own_issuer
from distinctions import case
from distinctions_of_keys import now
from distinctions_standard import served
from own_jose import LEFT_OUT, Key

GRANTS = {"grant_types": [own_issuer.GRANT]}


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


@case("BEARER_REPLAYED")
def _(w):
    text = says(w)
    bring(w, text)
    return bring(w, text)


@case("BEARER_SCOPE")
def _(w):
    return bring(w, says(w), scope="gist")
