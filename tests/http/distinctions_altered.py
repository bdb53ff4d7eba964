"""distinctions.py for what suffered on its way: secrets, codes, verifiers and challenges that are nearly
right."""

import hashlib

from distinctions import case, redirects, with_pkce
from llavero_http import basic, challenged, pkce
from test_two_factor import Person


def secrets(cause, change, **expected):
    @case(cause, **expected)
    def _(w):
        return w.redeem(w.code(), client_secret=w.server.plant(change(w.app.client_secret)))


secrets("CLIENT_SECRET_SPACED", lambda s: f"{s}\r\n", stray="newline", place="end", length="42")
secrets("CLIENT_SECRET_SPACED", lambda s: f"\r{s}", stray="newline", place="start")
secrets("CLIENT_SECRET_SPACED", lambda s: f"\t{s}", stray="tab", place="start")
secrets("CLIENT_SECRET_SPACED", lambda s: f"{s}\t ", stray="tab", place="end")
secrets("CLIENT_SECRET_SPACED", lambda s: f"'{s}'", stray="quote", place="both", wanted_length="40")
for text, kind in (("YOUR_CLIENT_SECRET", "word"), ("changeMe", "word"), ("{{ secret }}", "variable"),
                   ("<secret>", "variable"), ("%SECRET%", "variable"), ("NULL", "null")):
    secrets("CLIENT_SECRET_PLACEHOLDER", lambda _, text=text: text, placeholder=kind)
secrets("CLIENT_SECRET_LENGTH", lambda _: " ", length="1")
secrets("CLIENT_SECRET_LENGTH", lambda _: '""', length="2")


@case("CLIENT_SECRET_OF_ANOTHER_APP")
def _(w):  # and with something around it
    return w.redeem(w.code(), client_secret=f" {w.another_app().client_secret}")


def over(w):
    """A secret of the app that has been revoked."""
    secret = w.server.cli_json("app", "secret", "add", w.app.client_id)
    w.server.plant(secret["client_secret"])
    w.server.cli("app", "secret", "revoke", w.app.client_id, str(secret["id"]))
    return secret["client_secret"]


@case("CLIENT_SECRET_REVOKED")
def _(w):  # and with something around it
    return w.redeem(w.code(), client_secret=over(w) + "\n")


def in_capitals(secret_of):
    @case("CLIENT_SECRET_WRONG", length="40")
    def _(w):
        return w.redeem(w.code(), client_secret=w.server.plant(secret_of(w).upper()))


# capitals are told where small letters would do
in_capitals(over)
in_capitals(lambda w: w.another_app().client_secret)


def by_basic(cause, secret_of, **expected):
    """Form-encoded as RFC 6749 2.3.1 asks, more than it has to be: not as it was given, but once it is decoded."""
    @case(cause, **expected)
    def _(w):
        secret = secret_of(w)
        sent = secret[0] + "".join(f"%{ord(c):02x}" for c in secret[1:])
        return w.post(headers=basic(w.app.client_id, sent), code=w.code())


by_basic("CLIENT_SECRET_REVOKED", over)
by_basic("CLIENT_SECRET_LENGTH", lambda w: w.another_app().client_secret, length="118", wanted_length="40")
by_basic("CLIENT_SECRET_LENGTH", lambda w: hashlib.sha1(b"no").hexdigest(), length="118")


@case("AUTHORIZE_SCOPE_TOO_LONG", length="101", most="100", unit="names")
def _(w):
    return w.ask(scope=",".join(f"s{i}" for i in range(101)))


# codes

@case("CODE_ALTERED", length="40")
def _(w):  # two characters changed places
    code = w.code()
    at = next(i for i in range(20, 39) if code[i] != code[i + 1])
    return w.redeem(code[:at] + code[at + 1] + code[at] + code[at + 2:])


@case("CODE_ALTERED", position="41")
def _(w):  # of an app whose requests are not shown to this one
    code = w.code()
    w.app = w.another_app()
    return w.redeem(code + "&")


def codes(cause, sent, **expected):
    @case(cause, **expected)
    def _(w):
        return w.redeem(sent)


codes("CODE_MALFORMED", "%zz", length="3")
codes("CODE_MALFORMED", "%41%42", length="6")
codes("CODE_MALFORMED", "%" + hashlib.sha1(b"no code").hexdigest(), length="41")
codes("CODE_MALFORMED", "x" * 40, length="40")
codes("CODE_MALFORMED", "".join(f"%{ord(c):02X}" for c in hashlib.sha1(b"no code").hexdigest()), length="120")


@case("CODE_REDIRECT_DIFFERS")
def _(w):  # what is no URI differs in no part of one
    return w.redeem(w.code(redirect_uri=w.app.callback), redirect_uri="no uri")


# access tokens and codes of a second factor

def shown(text, **expected):
    @case("TOKEN_MALFORMED", **expected)
    def _(w):
        return w.api(text)


shown("eyJ", length="3")
shown("eyJ.e30", length="7")


@case("PASSWORD_OTP_WRONG", length="8")
def _(w):
    return w.authorizations(user=Person(w.server, w.person).user, **{"X-GitHub-OTP": "nonsense"})


# verifiers and challenges

with_pkce("VERIFIER_MALFORMED", lambda v, c: "=" * 44, position="1", character="=")
with_pkce("VERIFIER_LENGTH", lambda v, c: v[:41] + "=", length="42")
with_pkce("VERIFIER_MALFORMED", lambda v, c: v[:43] + "\t", position="44", character="0x09")


def challenges(cause, challenge, **expected):
    @case(cause, **expected)
    def _(w):
        return w.ask(**challenged(challenge))


challenges("AUTHORIZE_PKCE_CHALLENGE_HEX", hashlib.sha256(b"verifier").hexdigest().upper(), length="64")
for letter in "-g":
    challenges("AUTHORIZE_PKCE_CHALLENGE", letter * 64, length="64", wanted_length="43")
challenges("AUTHORIZE_PKCE_CHALLENGE", pkce()[1][:42], length="42")
challenges("AUTHORIZE_PKCE_CHALLENGE_ALPHABET", "=" * 43, character="=", position="1")
challenges("AUTHORIZE_PKCE_CHALLENGE_ALPHABET", pkce()[1] + "\u00e9", character="0xC3", position="44")
redirects("AUTHORIZE_REDIRECT_HOST", "https://app.example/cb", "https://app.example.org/cb")
