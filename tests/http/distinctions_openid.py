"""The ways of being refused that only OpenID Connect knows: more cases for distinctions.py."""

import json

import own_openid as o
import standard as s
from distinctions import OTHERWISE, case
from llavero_http import unique


def ask(w, browser=None, **params):
    return s.ask(browser or w.browser, w.app, **{"scope": "openid", **params})


@case("AUTHORIZE_REQUEST_URI")
def _(w):
    return ask(w, request_uri="https://app.example/request.jwt")


@case("AUTHORIZE_REGISTRATION")
def _(w):
    return ask(w, registration="{}")


@case("AUTHORIZE_PROMPT")
def _(w):
    return ask(w, prompt="none login")


@case("AUTHORIZE_MAX_AGE")
def _(w):
    return ask(w, max_age="soon")


@case("AUTHORIZE_NONCE_TOO_LONG", length="2049", most="2048")
def _(w):
    return ask(w, nonce="n" * 2049)


@case("AUTHORIZE_CLAIMS_TOO_LONG", most="4096")
def _(w):
    return ask(w, claims=json.dumps({"userinfo": {"x" * 4096: None}}))


@case("AUTHORIZE_CLAIMS_MALFORMED")
def _(w):
    return ask(w, claims='["email"]')


@case("AUTHORIZE_HINT", fault="hint_unreadable")
def _(w):
    return ask(w, id_token_hint="nonsense")


@case("AUTHORIZE_HINT", fault="hint_of_another")
def _(w):
    body, _ = o.sign_in(w.server, w.browser, w.another_app())
    return ask(w, id_token_hint=w.server.plant(body["id_token"]))


@case("AUTHORIZE_HINT", fault="hint_not_ours")
def _(w):
    body, _ = o.sign_in(w.server, w.browser, w.app)
    header, payload, signature = body["id_token"].split(".")
    return ask(w, id_token_hint=f"{header}.{payload}.{o.unb64(o.b64(signature)[::-1])}")


@case("AUTHORIZE_LOGIN_REQUIRED")
def _(w):
    return ask(w, w.server.browser(), prompt="none")


@case("AUTHORIZE_LOGIN_TOO_OLD")
def _(w):
    return ask(w, prompt="none", max_age="0")


@case("AUTHORIZE_OTHER_USER")
def _(w):
    demand = {"id_token": {"sub": {"value": "usr_somebody"}}}
    return ask(w, prompt="none", claims=json.dumps(demand))


@case("AUTHORIZE_SELECTION_REQUIRED")
def _(w):
    w.app = w.server.make_app("com.example.app:/cb", owner=w.owner.login)
    return ask(w, prompt="none")


@case("AUTHORIZE_CONSENT_REQUIRED")
def _(w):
    return ask(w, prompt="none")


@case("AUTHORIZE_INTERACTION_REQUIRED")
def _(w):
    user = w.server.make_user(unique("unverified"), verified=False)
    return ask(w, w.server.signed_in(user), prompt="none")


@case("AUTHORIZE_CLASS")
def _(w):
    demand = {"id_token": {"acr": {"essential": True, "value": o.TWO_FACTORS_CLASS}}}
    return ask(w, claims=json.dumps(demand))


@case("CODE_SESSION_ENDED")
def _(w):
    browser = w.server.signed_in(w.person)
    code = s.code(browser, w.app, scope="openid")
    browser.submit(browser.page("/logout").form("/logout"))
    return s.post(w.server, s.TOKEN, {**w.app.credentials, "grant_type": "authorization_code", "code": code})


OTHERWISE["REFRESH_SESSION_ENDED"] = "test_oidc_logout.py, where sessions end"
