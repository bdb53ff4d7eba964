"""Attacks with what has been issued: lines of tests/attacks/protocol.txt that have no file of their own."""

import threading
import urllib.parse

import pytest

import own_issuer
import own_openid as o
import standard as s
import test_device
import test_oauth_device as device
from llavero_http import challenged, pkce
from own_jose import Key, assertion, by_assertion, jwks, proof
from raw_http import ask
from test_oidc_logout import Rp
from test_refresh import BAD_REFRESH, expiring_app, refresh

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"
CALLBACK = "https://app.example/cb"


# refreshing while something ends

def run(workers, work):
    """Starts `work` that often, waits until each has begun, and gives what stops them."""
    begun, over = threading.Barrier(workers + 1), threading.Event()

    def one():
        first = True
        while not over.is_set():
            work()
            if first:
                begun.wait()
            first = False

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    begun.wait()

    def stop():
        over.set()
        for thread in threads:
            thread.join()
    return stop


ENDS = {
    "revoked": lambda w: s.revoke(w.server, w.app, w.newest()["refresh_token"]),
    "grant": lambda w: w.server.cli("grant", "revoke", w.user.login, w.app.client_id),
    "suspended": lambda w: w.server.cli("user", "suspend", w.user.login),
    "signed out": lambda w: w.browser.submit(w.browser.page("/logout").form("/logout")),
    "app": lambda w: w.server.cli("app", "revoke-tokens", w.app.client_id),
}


class Chain:
    """A family of tokens that some go on refreshing, each from the newest that anybody has seen."""

    def __init__(self, server):
        self.server, self.user = server, server.make_user()
        self.browser, self.app = server.signed_in(self.user), s.make_app(server, expiring=True)
        self.lock, self.pairs = threading.Lock(), [o.sign_in(server, self.browser, self.app)[0]]

    def newest(self):
        with self.lock:
            return self.pairs[-1]

    def go_on(self):
        reply = s.post(self.server, s.TOKEN, {**self.app.credentials, "grant_type": "refresh_token",
                                              "refresh_token": self.newest()["refresh_token"]})
        if reply.status_code == 200:
            with self.lock:
                self.pairs.append(s.plant(self.server, reply.json()))


@pytest.mark.parametrize("end", ENDS)
def test_a102_whatever_races_with_the_end_nothing_lives_after_it(server, end):
    chain = Chain(server)
    stop = run(6, chain.go_on)
    try:
        ENDS[end](chain)
    finally:
        # those that are under way may still be answered; what they got is as dead
        stop()
    assert len(chain.pairs) > 1
    for pair in chain.pairs[-3:]:
        answer = s.refresh(server, chain.app, pair["refresh_token"], 400)
        assert answer["error"] == "invalid_grant"
    if end != "signed out":  # that ends what refreshes, and lets an hour's token run out
        assert not any(server.is_alive(pair["access_token"]) if end != "suspended" else
                       server.api("/user", pair["access_token"]).status_code == 200 for pair in chain.pairs)


def test_a104_a_lost_reply_is_given_again_for_a_while_only(launch):
    own = launch(refresh_grace=30)
    app, browser = expiring_app(own), own.signed_in()
    pair = own.exchange(app, browser.code(app))
    child = refresh(own, app, pair["refresh_token"])
    own.advance("15s")  # a slow machine has the other half for what is asked here
    assert refresh(own, app, pair["refresh_token"])["refresh_token"] == child["refresh_token"]
    own.advance("16s")
    assert refresh(own, app, pair["refresh_token"]) == BAD_REFRESH
    # it may have been stolen by now, so that nobody has anything any more
    assert not own.is_alive(child["access_token"])
    assert refresh(own, app, child["refresh_token"]) == BAD_REFRESH


def test_a106_nothing_wider_by_way_of_something_narrower(server, octocat):
    app = s.make_app(server, expiring=True)
    pair = s.sign_in(server, octocat, app, scope="repo:status read:user")
    narrow = s.refresh(server, app, pair["refresh_token"], scope="read:user")
    for wider in ("repo", "user", "repo:status read:user gist", "admin:org", "read:user site_admin"):
        answer = s.refresh(server, app, narrow["refresh_token"], 400, scope=wider)
        assert answer["error"] == "invalid_scope", wider
    again = s.refresh(server, app, narrow["refresh_token"])
    assert again["scope"] == "read:user repo:status"


# one thing in another one's place: A131

class Things:
    """One of each that a server gives out or an app makes, and each place where one is taken."""

    def __init__(self, server):
        self.server, self.browser = server, server.signed_in()
        server.cli("resource", "create", server.base + "/api/v3", "--format", "jwt")
        self.key, rp = Key(), Rp()
        self.issuer = own_issuer.Issuer(server, "--subject", "login", "--scopes", "repo")
        self.app = s.make_app(server, CALLBACK, device=True, expiring=True, metadata={
            "grant_types": ["authorization_code", "refresh_token", s.DEVICE_GRANT, EXCHANGE, own_issuer.GRANT],
            "scope": "repo", "backchannel_logout_uri": rp.uri, "jwks": jwks(self.key)})
        self.signer = s.make_app(server, CALLBACK, auth_method="private_key_jwt", metadata={
            "grant_types": ["client_credentials"], "scope": "repo", "jwks": jwks(self.key)})
        self.things = self.make(rp)

    def make(self, rp):
        server, app, browser = self.server, self.app, self.browser
        leaving = server.signed_in()
        o.sign_in(server, leaving, app)
        leaving.submit(leaving.page("/logout").form("/logout"))
        logout_token, = rp.wait()
        rp.close()
        body = o.sign_in(server, browser, app, scope="openid repo")[0]
        self.verifier, challenge = pkce()
        jwt = s.exchange(server, app, s.code(browser, app, scope="repo", resource=server.base + "/api/v3",
                                             redirect_uri=CALLBACK, **challenged(challenge)),
                         code_verifier=self.verifier)
        codes = device.begin(server, app)
        device.approve(browser, codes)
        return {
            "access token": body["access_token"], "access token as JWT": jwt["access_token"],
            "refresh token": body["refresh_token"], "id token": body["id_token"],
            "logout token": logout_token, "device code": codes["device_code"], "user code": codes["user_code"],
            "code": s.code(browser, app, redirect_uri=CALLBACK, **challenged(challenge)),
            "request": s.push_uri(server, app, redirect_uri=CALLBACK)[len(s.PUSHED):],
            "session": browser.cookie("llavero_session"), "secret": app.client_secret,
            "assertion of a client": assertion(server, self.signer, self.key),
            "assertion of an issuer": self.issuer.says("octocat"),
            "proof": proof(self.key, "POST", server.base + s.TOKEN)}

    def grant(self, **form):
        reply = s.post(self.server, s.TOKEN, {**self.app.credentials, **form})
        s.plant(self.server, reply.json())
        return reply.status_code == 200

    def bearer(self, path, token):
        # what is no header's text cannot even be sent
        return self.server.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200

    def introspect(self, token):
        return s.introspect(self.server, self.app, token)["active"]

    def client(self, text):
        reply = s.post(self.server, s.TOKEN, {"grant_type": "client_credentials", **by_assertion(text)})
        s.plant(self.server, reply.json())
        return reply.status_code == 200

    def hint(self, text):
        """Who is signed in is the one that is meant."""
        reply = s.ask(self.browser, self.app, scope="openid", prompt="none", id_token_hint=text,
                      redirect_uri=CALLBACK)
        return "code=" in reply.headers["Location"]

    def pushed(self, text):
        reply = s.ask_pushed(self.browser, self.app, s.PUSHED + text)
        return reply.status_code == 302 and "code=" in reply.headers["Location"]

    def signed_in(self, text):
        other = self.server.browser()
        other.session.cookies.set("llavero_session", urllib.parse.quote(text, safe=""))
        return other.get("/settings/profile").status_code == 200

    def authenticates(self, text):
        reply = s.post(self.server, s.REVOKE, {"client_id": self.app.client_id, "client_secret": text, "token": "x"})
        return reply.status_code == 200

    def places(self):
        """The place, and what is taken there."""
        access = {"access token", "access token as JWT"}
        return {
            "api": (lambda t: self.bearer("/api/v3/user", t), access),
            "userinfo": (lambda t: self.bearer(o.USERINFO, t), {"access token"}),
            "introspection": (self.introspect, access | {"refresh token"}),
            "session": (self.signed_in, {"session"}),
            "id_token_hint": (self.hint, {"id token"}),
            "client_secret": (self.authenticates, {"secret"}),
            "subject_token": (lambda t: self.grant(grant_type=EXCHANGE, subject_token=t,
                                                   subject_token_type=ACCESS), access),
            "client_assertion": (self.client, {"assertion of a client"}),
            "assertion": (lambda t: self.grant(grant_type=own_issuer.GRANT, assertion=t),
                          {"assertion of an issuer"}),
            "request_uri": (self.pushed, {"request"}),
            "device_code": (lambda t: self.grant(grant_type=s.DEVICE_GRANT, device_code=t), {"device code"}),
            "code": (lambda t: self.grant(grant_type="authorization_code", code=t, code_verifier=self.verifier),
                     {"code"}),
            "refresh_token": (lambda t: self.grant(grant_type="refresh_token", refresh_token=t),
                              {"refresh token"}),
        }


@pytest.fixture(scope="module")
def things(launch):
    return Things(launch(device_interval=1, device_submissions_per_hour=0, unknown_tokens_per_minute=0,
                         client_failures_per_hour=0))


def test_a131_p12_p32_each_thing_in_its_own_place_only(things):
    taken = {}
    # what fits comes last: it is used up there
    for fits in (False, True):
        for place, (take, right) in things.places().items():
            for name, text in things.things.items():
                if (name in right) == fits:
                    taken[place, name] = take(text)
    wrong = [(place, name) for (place, name), was in taken.items() if was != (name in things.places()[place][1])]
    assert not wrong
    assert len(taken) == 13 * 14


# JSON

def wide(depth):
    return "[" * depth + "]" * depth


BAD_JSON = {
    "deep": '{"query":"{viewer{login}}","variables":{"x":%s}}' % wide(30000),
    "deep objects": '{"a":' * 10000 + "1" + "}" * 10000,
    "a long number": '{"query":"{viewer{login}}","note":%s}' % ("9" * 60000),
    "a huge exponent": '{"query":"{viewer{login}}","note":1e400}',
    "a lone surrogate": '{"note":"\\ud800","query":"\\udc00"}',
    "a byte order mark": '\ufeff{"query":"{viewer{login}}"}',
    "NUL": '{"note":"a\\u0000b","query":"{viewer{login}}\\u0000"}',
    "a NUL between": '{"note":"a"\0,"query":"x"}',
    "a name twice": '{"query":"{viewer{login}}","query":"x","note":"a","note":"b","credentials":[],"credentials":[1]}',
    "more behind": '{"query":"{viewer{login}}"}{"note":"b"}',
    "comments": '{"query":"{viewer{login}}" /* x */}',
    "NaN": '{"note":NaN}', "single quotes": "{'note':'x'}", "cut": '{"note":"x', "nothing": "", "a text": '"x"',
}
TAKE_JSON = [("POST", "/api/graphql"), ("POST", "/api/v3/authorizations"), ("POST", "/oauth2/register"),
             ("POST", "/api/v3/credentials/revoke")]


@pytest.mark.parametrize("name", [*BAD_JSON, "overlong", "no UTF-8"])
def test_a133_json_that_is_none(server, octocat, name):
    """Refused by each that reads JSON, and nobody falls over."""
    text = BAD_JSON.get(name, "").encode() or {"overlong": b'{"note":"\xc0\xaf","query":"\xe0\x80\xaf"}',
                                               "no UTF-8": b'{"note":"\xff","query":"\xed\xa0\x80"}'}.get(name, b"")
    token = server.token_for(server.make_app(), octocat)
    for method, path in TAKE_JSON:
        lines = ["Content-Type: application/json"]
        if path == "/api/graphql":
            lines.append(f"Authorization: token {token}")
        reply = ask(server, method, path, *lines, body=text)
        # the GraphQL edge answers what it cannot read with 200 and errors, as GitHub's does
        assert reply.status in (400, 401, 403, 404, 413, 422) or b'"errors"' in reply.body, (path, reply.text[:300])
        assert b'"data"' not in reply.body and b'"client_id"' not in reply.body
    assert server.is_alive(token)


# devices

def test_a111_a_device_that_never_pauses(launch):
    """It is told to slow down, and nothing else until it does; what was decided meanwhile waits for it."""
    own = launch(device_interval=5)
    app, browser = test_device.make_app(own), own.signed_in()
    codes = test_device.begin(own, app)
    for _ in range(2):  # a client that asks twice in a row
        assert test_device.poll(own, app, codes) == test_device.PENDING
    for _ in range(20):
        assert test_device.poll(own, app, codes) == {**test_device.SLOW_DOWN, "interval": 10}
    test_device.approve(browser, codes.user_code)
    assert test_device.poll(own, app, codes)["error"] == "slow_down"
    own.advance("11s")
    assert test_device.poll(own, app, codes)["access_token"]
