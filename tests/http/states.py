"""Somebody and an app, each with one of everything that an app is given, and what may befall them afterwards.
test_states.py says what comes of each thing then."""

import dataclasses
import json
import re
import secrets

import requests

import own_issuer
import own_openid as o
import standard as s
import test_device as github_device
import test_oauth_device as standard_device
from authenticator import totp
from llavero_http import App, Page, User, basic, challenged, location_query, pkce, wire

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
CALLBACK = "https://app.example/cb"
REGISTERED = {"grant_types": ["authorization_code", "refresh_token", "client_credentials", s.DEVICE_GRANT,
                              EXCHANGE, own_issuer.GRANT], "scope": "repo user gist"}
SCOPE = "user repo read:org"
JSON = {"Accept": "application/json"}
FAILURES = 3  # that lock an account


@dataclasses.dataclass
class Surroundings:
    """What all worlds of a server share."""
    issuer: own_issuer.Issuer
    organization: str
    admin_token: str


class World:
    """A person with a browser, and an app that has what the person allowed."""

    def __init__(self, server, around):
        self.server, self.around = server, around
        self.theirs, self.owners = server.make_sandbox(), server.make_sandbox(
            callbacks=[CALLBACK], device_flow=True, token_expiration=True)
        user, app = self.theirs["users"][0], self.owners["app"]
        self.owner = self.owners["users"][0]["login"]
        self.user = User(user["id"], user["login"], user["email"], user["password"])
        self.app = App(app["id"], app["client_id"], app["client_secret"], CALLBACK, app["name"], self.owner)
        s.serve(server, self.app, metadata=REGISTERED)
        server.cli("org", "member", "add", around.organization, self.user.login)
        # Each is somewhere else: who locks himself out locks out nobody else.
        self.address = ".".join(["10"] + [str(secrets.randbelow(256)) for _ in range(3)])
        self.browser = self.elsewhere()
        self.browser.sign_in(self.user.login, self.user.password)
        self.prepare()

    def elsewhere(self):
        return self.server.browser(**{"X-Forwarded-For": self.address})

    def api(self, method, path, body=None, **headers):
        return requests.request(method, self.server.url("/api/v3" + path), json=body, timeout=60,
                                headers={"X-Forwarded-For": self.address, **headers})

    def prepare(self):
        """One of everything, so that trying one thing leaves the others as they are."""
        server, app, browser = self.server, self.app, self.browser
        self.github_pair = server.exchange(app, browser.code(app, scope=SCOPE))
        server.plant(self.github_pair["refresh_token"])
        self.reset_token, self.deleted_token = (
            server.exchange(app, browser.code(app, scope=SCOPE))["access_token"] for _ in range(2))
        self.session_pair, self.revoked_pair = (
            s.sign_in(server, browser, app, scope=f"openid {SCOPE}") for _ in range(2))
        self.lasting_pair, self.listed_pair = (
            s.sign_in(server, browser, app, scope=f"openid {SCOPE} offline_access", prompt="consent")
            for _ in range(2))
        self.exchanged = self.exchange(self.session_pair["access_token"])["access_token"]
        self.own_token = s.token(server, app, grant_type="client_credentials")["access_token"]
        self.personal_token = server.plant(self.api(
            "POST", "/authorizations", {"note": "own", "scopes": ["user"]},
            **basic(self.user.login, self.user.password)).json()["token"])
        self.github_code = browser.code(app, scope=SCOPE)
        self.verifier, challenge = pkce()
        self.standard_code, self.openid_code = (
            s.code(browser, app, scope=scope, **challenged(challenge)) for scope in (SCOPE, "openid"))
        self.github_device = github_device.begin(server, app)
        github_device.approve(browser, self.github_device.user_code)
        self.standard_device, self.undecided_device = (standard_device.begin(server, app) for _ in range(2))
        standard_device.approve(browser, self.standard_device)
        self.undecided = Page(browser.follow(standard_device.enter(
            browser, self.undecided_device["user_code"])).text)
        self.pushed = s.push_uri(server, app, scope=SCOPE, redirect_uri=CALLBACK)
        self.consent = Page(s.ask(browser, app, scope="gist").text)

    def exchange(self, token, status=200):
        return s.token(self.server, self.app, status, grant_type=EXCHANGE, subject_token=token,
                       subject_token_type=ACCESS)


# What befalls the person.

def two_factor_on(w):
    form = w.browser.page("/settings/two_factor").form("/settings/two_factor/enable")
    w.browser.submit(form, current_password=w.user.password)
    setup = w.browser.get("/settings/two_factor/setup").text
    secret = w.server.plant(re.search(r'id="secret"[^>]* value="([A-Z2-7]{32})"', setup)[1])
    form = Page(setup).form("/settings/two_factor/confirm")
    done = w.browser.submit(form, otp=totp(secret))
    assert done.status_code == 200, done.text


def lock_out(w):
    for _ in range(FAILURES):
        other = w.elsewhere()
        form = other.page("/login").form("/session")
        assert other.submit(form, login=w.user.login, password="wrong").status_code == 422


def never_verified(w):
    """No command takes a verification back: it is as if it had never been."""
    with w.server.database() as db:
        db.execute("UPDATE account SET primary_verified = 0 WHERE id = ?", (w.user.id,))
        db.execute("UPDATE email SET verified_at = NULL WHERE account_id = ?", (w.user.id,))


def suspended_for_a_while(w):
    w.server.cli("user", "suspend", w.user.login)
    w.server.cli("user", "unsuspend", w.user.login)


def new_password(w):
    w.user.password = w.server.plant("a brand new battery")
    w.server.cli("user", "password", w.user.login, "--password-stdin", stdin=w.user.password + "\n")


OF_THE_PERSON = {
    "active": lambda w: None,
    "unverified": never_verified,
    "suspended": lambda w: w.server.cli("user", "suspend", w.user.login),
    "restored": suspended_for_a_while,
    "deleted": lambda w: w.server.rehearse("DELETE", f"sandboxes/{w.theirs['id']}", status=204),
    "password": new_password,
    "signed_out": lambda w: w.server.cli("session", "end", w.user.login, "--all"),
    "two_factors": two_factor_on,
    "locked": lock_out,
    "took_back": lambda w: w.server.cli("grant", "revoke", w.user.login, w.app.client_id),
    "left": lambda w: w.server.cli("org", "member", "remove", w.around.organization, w.user.login),
}


# What befalls the app.

def new_secret(w):
    made = w.server.cli_json("app", "secret", "add", w.app.client_id)
    old = w.server.cli_json("app", "secret", "list", w.app.client_id)[0]
    w.server.plant(made["client_secret"])
    w.server.cli("app", "secret", "revoke", w.app.client_id, str(old["id"]))


def of_the_app(*words):
    return lambda w: w.server.cli("app", *words[:1], w.app.client_id, *words[1:])


OF_THE_APP = {
    "active": lambda w: None,
    "suspended": of_the_app("suspend"),
    "restored": lambda w: (of_the_app("suspend")(w), of_the_app("unsuspend")(w)),
    "deleted": of_the_app("delete", "--yes"),
    "ended_all": of_the_app("revoke-tokens"),
    "old_secret": new_secret,
    "no_devices": of_the_app("edit", "--no-device-flow"),
    "owner_suspended": lambda w: w.server.cli("user", "suspend", w.owner),
    "owner_deleted": lambda w: w.server.rehearse("DELETE", f"sandboxes/{w.owners['id']}", status=204),
    "transferred": of_the_app("transfer", "--to", "octocat"),
}


# What is tried then. Each says in a word what came of it.

# What is refused is told in a word of each dialect; these mean the same.
SAME = {
    "no": ("bad_verification_code", "invalid_grant", "bad_refresh_token", "incorrect_device_code",
           "access_denied", "invalid_request"),           # there is nothing (any more) to be had for it
    "app": ("application_suspended", "unauthorized_client", "device_flow_disabled"),
    "client": ("incorrect_client_credentials", "invalid_client"),
    "mail": ("unverified_user_email", "interaction_required"),
    "login": ("login_required",),
    "consent": ("consent_required",),
}
WORDS = {error: word for word, errors in SAME.items() for error in errors}


def word_of(body):
    return WORDS.get(body["error"], body["error"]) if "error" in body else "ok"


def github_token(w, **form):
    reply = w.server.post("/login/oauth/access_token", {**w.app.credentials, **form}, headers=JSON)
    body = reply.json()
    w.server.plant(body.get("access_token"), body.get("refresh_token"))
    return word_of(body)


def standard_token(w, **form):
    return word_of(s.plant(w.server, s.post(w.server, s.TOKEN, {**w.app.credentials, **form}).json()))


def answered(w, reply):
    """What a browser is told: a code, an error at the app, or a page."""
    if reply.status_code in (302, 303) and "/login?" in reply.headers["Location"]:
        return "login"
    if reply.status_code in (302, 303) and reply.headers["Location"].startswith(CALLBACK + "?"):
        got = dict(location_query(reply))
        w.server.plant(got.get("code"))
        return word_of(got)
    if reply.status_code == 200 and (Page(reply.text).has_form(s.AUTHORIZE) or
                                     Page(reply.text).has_form("/login/oauth/authorize")):
        return "consent"
    return str(reply.status_code)


def device_decided(w):
    form = w.undecided.form("/login/device/authorize")
    reply = w.browser.submit(form, ("authorize", "1"))
    where = reply.headers.get("Location", "")
    if reply.status_code == 303 and "/login?" in where:
        return "login"
    return "ok" if where == "/login/device/success" else \
        where.partition("reason=")[2] or str(reply.status_code)


def sign_in(w):
    browser = w.elsewhere()
    reply = browser.submit(browser.page("/login").form("/session"), login=w.user.login,
                           password=w.user.password)
    if reply.status_code == 200 and Page(reply.text).has_form("/sessions/two-factor"):
        return "second"
    w.server.plant(browser.cookie("llavero_session"))
    return "ok" if reply.status_code == 303 else str(reply.status_code)


def status(reply):
    return "ok" if reply.status_code in (200, 201, 202, 204) else str(reply.status_code)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def introspected(w, token):
    reply = s.post(w.server, s.INTROSPECT, {**w.app.credentials, "token": token})
    body = reply.json()
    return word_of(body) if "error" in body or body["active"] else "inactive"


def managed(w, method, token):
    return status(w.api(method, f"/applications/{w.app.client_id}/token", {"access_token": token},
                        **basic(w.app.client_id, w.app.client_secret)))


def organizations(w):
    reply = w.api("GET", "/user/orgs", **bearer(w.github_pair["access_token"]))
    return ("ok" if reply.json() else "none") if reply.status_code == 200 else status(reply)


def query(w):
    reply = requests.post(w.server.url("/api/graphql"), json={"query": "{viewer{login}}"}, timeout=60,
                          headers=bearer(w.github_pair["access_token"]))
    return status(reply)


def revoked(w):
    """RFC 7009 2.2: 200 whatever the token was, so what counts is that it is dead."""
    token = w.revoked_pair["access_token"]
    reply = s.post(w.server, s.REVOKE, {**w.app.credentials, "token": token})
    dead = w.api("GET", "/user", **bearer(token)).status_code
    return "dead" if reply.status_code == 200 and dead == 401 else \
        word_of(reply.json()) if reply.content else f"alive {dead}"


def bearer_grant(w):
    return standard_token(w, grant_type=own_issuer.GRANT, assertion=w.around.issuer.says(w.user.login))


def pushed(w):
    reply = s.post(w.server, s.PAR, {**w.app.credentials, "response_type": "code"})
    return "ok" if reply.status_code == 201 else word_of(reply.json())


def device_begun(w):
    reply = s.post(w.server, s.DEVICE, w.app.credentials)
    return "ok" if reply.status_code == 200 else word_of(reply.json())


def consented(w):
    reply = w.browser.submit(w.consent.form(s.AUTHORIZE), ("authorize", "1"))
    return answered(w, reply)


def password_token(w):
    """GitHub reference 7.2: a token for an app by the person's password."""
    reply = w.api("PUT", f"/authorizations/clients/{w.app.client_id}",
                  {"client_secret": w.app.client_secret, "scopes": ["gist"], "fingerprint": "matrix"},
                  **basic(w.user.login, w.user.password))
    w.server.plant(reply.json().get("token"))
    return status(reply)


def impersonated(w):
    """An administrator's token in the person's name: is it one that works?"""
    reply = w.api("POST", f"/admin/users/{w.user.login}/authorizations", {"scopes": ["user"]},
                  **bearer(w.around.admin_token))
    token = w.server.plant(reply.json().get("token"))
    return status(w.api("GET", "/user", **bearer(token))) if token else status(reply)


def exchanged(w):
    return standard_token(w, grant_type=EXCHANGE, subject_token=w.lasting_pair["access_token"],
                          subject_token_type=ACCESS)


# In this order: what ends anything comes last.
DEEDS = {
    # a token for what was allowed
    "code, github": lambda w: github_token(w, code=w.github_code),
    "code, standard": lambda w: standard_token(
        w, grant_type="authorization_code", code=w.standard_code, code_verifier=w.verifier),
    "code, openid": lambda w: standard_token(
        w, grant_type="authorization_code", code=w.openid_code, code_verifier=w.verifier),
    "device, github": lambda w: github_token(w, grant_type=github_device.GRANT,
                                             device_code=w.github_device.device_code),
    "device, standard": lambda w: standard_token(w, grant_type=s.DEVICE_GRANT,
                                                 device_code=w.standard_device["device_code"]),
    # with a token that was given
    "api": lambda w: status(w.api("GET", "/user", **bearer(w.github_pair["access_token"]))),
    "api, standard": lambda w: status(w.api("GET", "/user", **bearer(w.lasting_pair["access_token"]))),
    "api, exchanged": lambda w: status(w.api("GET", "/user", **bearer(w.exchanged))),
    "api, personal": lambda w: status(w.api("GET", "/user", **bearer(w.personal_token))),
    "organizations": organizations,
    "graphql": query,
    "userinfo": lambda w: status(w.server.get(o.USERINFO, headers=bearer(w.lasting_pair["access_token"]))),
    "introspect": lambda w: introspected(w, w.lasting_pair["access_token"]),
    "introspect refresh": lambda w: introspected(w, w.listed_pair["refresh_token"]),
    "introspect own": lambda w: introspected(w, w.own_token),
    "check token": lambda w: managed(w, "POST", w.github_pair["access_token"]),
    "reset token": lambda w: managed(w, "PATCH", w.reset_token),
    "delete token": lambda w: managed(w, "DELETE", w.deleted_token),
    # a token for a token, or for somebody's word
    "exchange": exchanged,
    "jwt bearer": bearer_grant,
    "client credentials": lambda w: standard_token(w, grant_type="client_credentials"),
    "refresh, github": lambda w: github_token(w, grant_type="refresh_token",
                                              refresh_token=w.github_pair["refresh_token"]),
    "refresh, session": lambda w: standard_token(w, grant_type="refresh_token",
                                                 refresh_token=w.session_pair["refresh_token"]),
    "refresh, offline": lambda w: standard_token(w, grant_type="refresh_token",
                                                 refresh_token=w.lasting_pair["refresh_token"]),
    # in the browser
    "ask, github": lambda w: answered(w, w.browser.ask(w.app, scope=SCOPE)),
    "ask, standard": lambda w: answered(w, s.ask(w.browser, w.app, scope=SCOPE)),
    "prompt=none": lambda w: answered(w, s.ask(w.browser, w.app, scope=SCOPE, prompt="none")),
    "pushed": lambda w: answered(w, s.ask_pushed(w.browser, w.app, w.pushed)),
    "consent": consented,
    "device decided": device_decided,
    "settings": lambda w: "login" if o.is_sign_in(reply := w.browser.get("/settings/profile"))
    else status(reply),
    # from the start
    "push": pushed,
    "device begun": device_begun,
    "password, api": lambda w: status(w.api("GET", "/authorizations",
                                            **basic(w.user.login, w.user.password))),
    "password, token": password_token,
    "password, page": sign_in,
    "impersonated": impersonated,
    "revoke": revoked,
}
