"""More golden requests: of what is done once, or seldom, or again. Each needs something that was there before."""

import json
import time

import requests

import golden
import own_openid as o
import standard as s
from authenticator import totp, wrong_code
from golden import (ACCESS_TYPE, CALLBACK, EXCHANGE, GOLDEN, bearer, by, code_request, get,  # noqa: F401
                    given, json_of, post, pressed, take_back, token_request)
from golden import golden as golden_request
from llavero_http import Page, basic, unique
from own_issuer import JWT_TYPE
from own_jose import assertion, by_assertion, jwks, proof, sign
from test_authorization_details import PAYMENT, payment
from test_device import enter
from test_logos import png
from test_two_factor import Person

YEARS_S = 2 * 365 * 86400
ANY = {"grant_types": ["client_credentials", EXCHANGE, "authorization_code", "refresh_token"], "scope": "gist repo",
       "resource_server": True}
CLAIMS = {"userinfo": {"email": None, "email_verified": None, "name": None},
          "id_token": {"email": None, "preferred_username": None}}


class World(golden.World):
    def __init__(self, server):
        super().__init__(server)
        self.guarded = Person(server)
        self.declare()
        self.other_api = "https://other.example/"
        server.cli("resource", "create", self.other_api, "--scopes", "repo")
        self.serves = s.make_app(server, metadata=ANY, expiring=True)
        server.cli("resource", "serve", self.api, self.serves.client_id)
        self.apart = s.make_app(server, expiring=True, metadata={
            "subject_type": "pairwise", "userinfo_signed_response_alg": "ES256",
            "post_logout_redirect_uris": [CALLBACK]})
        self.keyed = s.make_app(server)
        self.by_secret = s.make_app(server, auth_method="client_secret_jwt",
                                    metadata={"grant_types": ["client_credentials"], "scope": "gist"})
        self.secret = server.plant(
            server.cli_json("app", "secret", "add", self.by_secret.client_id)["client_secret"]).encode()
        for app in (self.serves, self.apart):
            s.sign_in(server, self.octocat, app, scope="openid repo gist", nonce="n")
        self.asked = o.sign_in(server, self.octocat, self.agreed_to, claims=json.dumps(CLAIMS))[0]
        self.private = o.sign_in(server, self.octocat, self.apart, claims=json.dumps(CLAIMS))[0]
        self.jwt = self.for_resources(self.api)["access_token"]
        self.unused, _ = self.old_token()
        self.used, token_id = self.old_token()
        with server.database() as db:
            db.execute("INSERT INTO token_use (token_id, used_at) VALUES (?, ?)", (token_id, int(time.time())))
        self.bound = self.for_key()
        self.subject = self.shown(self.octocat)
        self.actor = s.token(server, self.serves, grant_type="client_credentials", scope="gist")["access_token"]
        self.chain = self.exchanged(self.exchanged(self.subject))
        self.registers = server.plant(server.cli_json("registration-token", "create", "--owner", self.owner.login,
                                                      "--uses", "1000")["token"])
        self.remember()

    def declare(self):
        file = self.server.data / "type.json"
        file.write_text(json.dumps(PAYMENT), encoding="utf-8")
        self.server.cli("detail-type", "add", "payment", "--file", str(file))

    def for_resources(self, *resources):
        """Tokens for some of the APIs, of which the first has JWTs."""
        code, verifier = self.code(resource=list(resources), nonce="n")
        return s.exchange(self.server, self.agreed_to, code, code_verifier=verifier, resource=resources[0])

    def for_key(self):
        """A token that is good with a proof of the key only."""
        code, verifier = self.code(nonce="n")
        form = {**self.agreed_to.credentials, "grant_type": "authorization_code", "code": code,
                "code_verifier": verifier}
        shown = {"DPoP": proof(self.key, "POST", self.server.base + s.TOKEN)}
        return s.plant(self.server, s.post(self.server, s.TOKEN, form, headers=shown).json())["access_token"]

    def shown(self, browser, **params):
        """What an app is shown that may exchange it."""
        return s.sign_in(self.server, browser, self.serves, **{"scope": "gist repo", **params})["access_token"]

    def exchanged(self, token):
        return s.token(self.server, self.serves, **exchange(token), **acting(self))["access_token"]

    def renewed(self):
        """Codes of the second factor that were used are as if they were not."""
        with self.server.database() as db:
            db.execute("UPDATE two_factor SET used_step = 0")
            db.execute("UPDATE recovery_code SET used_at = NULL")
            db.execute("DELETE FROM throttle")

    def old_token(self):
        """One that is older than an unused one gets, and its id."""
        token = self.server.token_for(self.app, self.octocat, scope="gist")
        with self.server.database() as db:
            token_id, = db.execute("SELECT id FROM token WHERE last_eight = ?", (token[-8:],)).fetchone()
            db.execute("UPDATE token SET created_at = created_at - ? WHERE id = ?", (YEARS_S, token_id))
        return token, token_id


# a second factor

@golden_request("page, code of the second factor", 303, to="/", once=True)
def _(w):
    w.renewed()
    browser, form = w.guarded.at_second_step()
    return pressed(browser, form, otp=totp(w.guarded.secret))


@golden_request("page, recovery code", 303, to="/", once=True)
def _(w):
    w.renewed()
    browser, form = w.guarded.at_second_step()
    return pressed(browser, form, otp=w.guarded.codes[0])


@golden_request("page, wrong code of the second factor", 422, 'name="otp"')
def _(w):
    w.renewed()
    browser, form = w.guarded.at_second_step()
    return pressed(browser, form, otp=wrong_code(w.guarded.secret))


def guarded(w, otp):
    w.renewed()
    return get("/api/v3/authorizations", {**basic(w.guarded.user.login, w.guarded.user.password), "X-GitHub-OTP": otp})


@golden_request("github authorizations, code of the second factor", 200, "[", once=True)
def _(w):
    return guarded(w, totp(w.guarded.secret))


@golden_request("github authorizations, recovery code", 200, "[", once=True)
def _(w):
    return guarded(w, w.guarded.codes[1])


@golden_request("github authorizations, wrong code of the second factor", 401, "OTP")
def _(w):
    return guarded(w, wrong_code(w.guarded.secret))


@golden_request("authorize, second factor asked for", 302, to="/login?")
def _(w):
    return by(w.guarded.browser, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="openid",
                                     acr_values=o.TWO_FACTORS_CLASS))


# for people

@golden_request("authorize, sign-in asked for", 302, to="/login?")
def _(w):
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="openid",
                             prompt="login"))


@golden_request("authorize, the person of an ID token", 302, to=CALLBACK + "?code=")
def _(w):
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="openid repo",
                             nonce="n", id_token_hint=w.openid["id_token"], prompt="none"))


@golden_request("authorize, claims and resources", 302, to=CALLBACK + "?code=")
def _(w):
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="openid repo",
                             nonce="n", resource=w.api, claims=json.dumps(CLAIMS)))


@golden_request("authorize, details", 200, "12.30", 'name="authorize"')
def _(w):
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, response_type="code", scope="openid",
                             authorization_details=json.dumps([payment()])))


@golden_request("authorize, pushed and used", 400, "</html>")
def _(w):
    w.tidy()
    uri = s.push_uri(w.server, w.agreed_to, scope="openid repo", nonce="n")
    s.ask_pushed(w.octocat, w.agreed_to, uri)
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.agreed_to.client_id, request_uri=uri))


@golden_request("authorize, signed request, keys fetched", 302, to=CALLBACK + "?code=", fetches=True)
def _(w):
    url = w.stub.put(f"/{unique('keys')}.json", jwks(w.key))
    s.serve(w.server, w.asks, {"jwks_uri": url})
    text = sign(w.key, {"kid": w.key.kid, "typ": "oauth-authz-req+jwt"},
                {"iss": w.asks.client_id, "client_id": w.asks.client_id, "aud": w.server.base, "scope": "openid repo",
                 "response_type": "code", "redirect_uri": CALLBACK, "nonce": "n", "exp": int(time.time()) + 60})
    return by(w.octocat, get(s.AUTHORIZE, client_id=w.asks.client_id, request=text))


@golden_request("logo, fetched", 200, fetches=True)
def _(w):
    url = w.stub.put(f"/{unique('logo')}.png", png(), Content_Type="image/png")
    s.serve(w.server, w.keyed, {"logo_uri": url})
    page = s.ask(w.octocat, w.keyed, scope="delete_repo").text
    return get(page.split('class="app-logo" src="')[1].split('"')[0])


@golden_request("page, device denied", 303, to="/login/device/failure", once=True)
def _(w):
    confirm = w.octocat.follow(enter(w.octocat, w.waiting()["user_code"]))
    return pressed(w.octocat, Page(confirm.text).form("/login/device/authorize"), ("authorize", "0"))


@golden_request("page, device allowed for the first time", 303, to="/login/device/success", once=True)
def _(w):
    take_back(w, w.device)
    confirm = w.browser.follow(enter(w.browser, w.waiting()["user_code"]))
    return pressed(w.browser, Page(confirm.text).form("/login/device/authorize"), ("authorize", "1"))


@golden_request("logout, by an ID token of one app's person", 302, to=CALLBACK, once=True)
def _(w):
    browser = w.new_user()
    token = o.sign_in(w.server, browser, w.apart)[0]["id_token"]
    return by(browser, get(o.LOGOUT, id_token_hint=token, post_logout_redirect_uri=CALLBACK))


# refresh tokens and codes that were used

@golden_request("token, refresh repeated", 200, '"refresh_token":"')
def _(w):
    used = given(w)["refresh_token"]
    s.refresh(w.server, w.agreed_to, used)
    return token_request(w, w.agreed_to, grant_type="refresh_token", refresh_token=used)


@golden_request("token, refresh replayed", 400, '"error":"invalid_grant"')
def _(w):
    used = given(w)["refresh_token"]
    s.refresh(w.server, w.agreed_to, s.refresh(w.server, w.agreed_to, used)["refresh_token"])
    return token_request(w, w.agreed_to, grant_type="refresh_token", refresh_token=used)


@golden_request("token, refresh for one resource", 200, '"access_token":"eyJ')
def _(w):
    whole = w.for_resources(w.api, w.other_api)["refresh_token"]
    return token_request(w, w.agreed_to, grant_type="refresh_token", refresh_token=whole, resource=w.api, scope="repo")


@golden_request("token, replayed code", 400, '"error":"invalid_grant"')
def _(w):
    code, verifier = w.code()
    s.exchange(w.server, w.agreed_to, code, code_verifier=verifier)
    return token_request(w, w.agreed_to, grant_type="authorization_code", code=code, code_verifier=verifier)


@golden_request("token, claims in the ID token", 200, '"id_token":"', once=True)
def _(w):
    return code_request(w, w.apart, claims=json.dumps(CLAIMS), nonce="n")


@golden_request("token, details", 200, '"authorization_details":[', once=True)
def _(w):
    return code_request(w, authorization_details=json.dumps([payment("1.00")]), nonce="n")


# other ways to a token

@golden_request("token, client_secret_jwt", 200, '"access_token":"', once=True)
def _(w):
    return post(s.TOKEN, {"grant_type": "client_credentials", "client_id": w.by_secret.client_id,
                          **by_assertion(assertion(w.server, w.by_secret, w.secret))})


@golden_request("token, assertion, keys fetched", 200, '"access_token":"', once=True, fetches=True)
def _(w):
    url = w.stub.put(f"/{unique('keys')}.json", jwks(w.issuer.key))
    with w.server.database() as db:
        db.execute("UPDATE issuer SET jwks = NULL, jwks_uri = ? WHERE issuer = ?", (url, w.issuer.name))
    return token_request(w, w.own, grant_type=golden.own_issuer.GRANT, assertion=w.issuer.says("octocat"), scope="gist")


def exchange(token, kind=ACCESS_TYPE):
    return {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": kind}


def acting(w):
    return {"actor_token": w.actor, "actor_token_type": ACCESS_TYPE}


@golden_request("token, exchange with an actor", 200, '"issued_token_type":"')
def _(w):
    return token_request(w, w.serves, **exchange(w.chain), **acting(w))


@golden_request("token, exchange for a JWT", 200, '"access_token":"eyJ')
def _(w):
    return token_request(w, w.serves, **exchange(w.chain), requested_token_type=JWT_TYPE, scope="gist")


@golden_request("token, exchange of a JWT, bound by DPoP", 200, '"token_type":"DPoP"', once=True)
def _(w):
    return token_request(w, w.serves, {"DPoP": proof(w.key, "POST", w.server.base + s.TOKEN)}, **exchange(w.jwt))


@golden_request("token, exchange of an assertion", 200, '"issued_token_type":"')
def _(w):
    return token_request(w, w.own, **exchange(w.issuer.says("octocat"), JWT_TYPE), scope="gist")


@golden_request("github device, polled too early", 200, '"error":"slow_down"')
def _(w):
    codes = w.waiting()
    request = golden.github_poll(w, codes)
    w.server.post(request.path, request.body, headers=request.headers)
    with w.server.database() as db:
        db.execute("UPDATE device_code SET slow = 10 WHERE user_code IS NOT NULL")
    return request


# what becomes of tokens

@golden_request("github credentials, refresh token revoked", 202)
def _(w):
    return json_of("POST", "/api/v3/credentials/revoke", {"credentials": [given(w)["refresh_token"]]})


@golden_request("github user, old token", 200, '"login":"octocat"')
def _(w):
    return get("/api/v3/user", bearer(w.used))


@golden_request("github user, token that was not used for long", 401, "Bad credentials")
def _(w):
    return get("/api/v3/user", bearer(w.unused))


@golden_request("introspection, JWT by who serves its resource", 200, '"active":true', '"username":"octocat"')
def _(w):
    return post(s.INTROSPECT, {**w.serves.credentials, "token": w.jwt})


@golden_request("introspection, exchanged token", 200, '"active":true', '"act":{')
def _(w):
    return post(s.INTROSPECT, {**w.serves.credentials, "token": w.chain})


@golden_request("introspection, refresh token", 200, '"active":true')
def _(w):
    return post(s.INTROSPECT, {**w.agreed_to.credentials, "token": w.openid["refresh_token"]})


@golden_request("introspection, used refresh token", 200, '{"active":false}')
def _(w):
    used = given(w)["refresh_token"]
    s.refresh(w.server, w.agreed_to, used)
    return post(s.INTROSPECT, {**w.agreed_to.credentials, "token": used})


@golden_request("userinfo, claims asked for", 200, '"sub":"', '"email":"', '"email_verified":true')
def _(w):
    return get(o.USERINFO, bearer(w.asked["access_token"]))


@golden_request("userinfo, signed, of one app's person", 200, "eyJ")
def _(w):
    return get(o.USERINFO, bearer(w.private["access_token"]))


@golden_request("userinfo, bound by DPoP", 200, '"sub":"', once=True)
def _(w):
    shown = proof(w.key, "GET", w.server.base + o.USERINFO, token=w.bound)
    return get(o.USERINFO, {**bearer(w.bound, "DPoP"), "DPoP": shown})


# registration

@golden_request("registration, by a token", 201, '"client_id":"', once=True)
def _(w):
    w.tidy()
    return json_of("POST", "/oauth2/register", {"redirect_uris": [CALLBACK], "client_name": unique("Made")},
                   bearer(w.registers))


@golden_request("registration, unknown token", 401, '"error":"invalid_token"')
def _(w):
    return json_of("POST", "/oauth2/register", {"redirect_uris": [CALLBACK], "client_name": unique("Made")},
                   bearer("x" * 40))


@golden_request("registration, sector fetched", 201, '"client_id":"', fetches=True)
def _(w):
    url = w.stub.put(f"/{unique('sector')}.json", [CALLBACK])
    return json_of("POST", "/oauth2/register", {"redirect_uris": [CALLBACK], "client_name": unique("Registered"),
                                                "subject_type": "pairwise", "sector_identifier_uri": url})


@golden_request("registration, replaced by a public one and back", 200, '"client_secret":"', once=True)
def _(w):
    made, path, token = w.registered()
    body = {"client_id": made["client_id"], "redirect_uris": [CALLBACK], "client_name": unique("Other")}
    public = requests.put(w.server.url(path), json={**body, "token_endpoint_auth_method": "none"}, headers=token,
                          timeout=60).json()
    return json_of("PUT", path, body, bearer(public["registration_access_token"]))


# sandboxes

@golden_request("rehearsal, sandbox", 201, '"client_secret":"', once=True, moving=True)  # its name is of chance
def _(w):
    return json_of("POST", "/rehearsal/sandboxes", {}, bearer(w.server.rehearsal_token))


@golden_request("rehearsal, sandbox deleted", 204, once=True)
def _(w):
    made = w.server.make_sandbox()
    return golden.Request("DELETE", f"/rehearsal/sandboxes/{made['id']}", bearer(w.server.rehearsal_token))
