"""Logging out at an app's wish, and telling the others: OpenID Connect RP-Initiated Logout, Back-Channel
Logout; assurance LO-01 to LO-06, BL-01 to BL-05, and the logout modules of the conformance suite."""

import http.server
import json
import threading
import time
import urllib.parse

import pytest

import own_openid as o
import standard as s
from llavero_http import Page, location_query, unique
from test_oauth_device import approve
from test_redirect_uri import HOSTILE

AFTER = "https://app.example/bye"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Rp:
    """An app's server that is told of logouts. `hang`: it takes each connection and says nothing."""

    def __init__(self, status=200, hang=False):
        self.tokens, self.requests, self.status = [], [], status
        self.heard, self.go_on = threading.Event(), threading.Event()
        if not hang:
            self.go_on.set()
        rp = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                rp.requests.append((self.path, dict(self.headers), body))
                rp.heard.set()
                rp.go_on.wait(60)
                rp.tokens.append(dict(urllib.parse.parse_qsl(body))["logout_token"])
                try:
                    self.send_response(rp.status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.uri = f"http://127.0.0.1:{self.server.server_port}/logout"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, n=1, seconds=30):
        until = time.monotonic() + seconds
        while len(self.tokens) < n and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.tokens) >= n, "the app was not told"
        return self.tokens

    def close(self):
        self.go_on.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def rp():
    running = Rp()
    yield running
    running.close()


@pytest.fixture
def app(server):
    return s.make_app(server, metadata={"post_logout_redirect_uris": [AFTER, AFTER + "?x=1"]})


@pytest.fixture(scope="module")
def person(server):
    return server.make_user()


@pytest.fixture
def browser(server, person):
    return server.signed_in(person)


def log_out(browser, **params):
    return browser.get(o.LOGOUT, params={k: v for k, v in params.items() if v is not None})


def is_signed_in(browser):
    return browser.get("/settings/profile").status_code == 200


def confirmation(reply):
    assert reply.status_code == 200, (reply.status_code, reply.headers)
    return Page(reply.text).form(o.LOGOUT)


# RP-initiated

def test_lo_01_happy_path(server, browser, app):
    body, _ = o.sign_in(server, browser, app)
    reply = log_out(browser, id_token_hint=body["id_token"], post_logout_redirect_uri=AFTER,
                    state="s p&é")
    assert reply.status_code == 302 and reply.headers["Location"].startswith(AFTER + "?")
    assert location_query(reply) == [("state", "s p&é")]
    assert not is_signed_in(browser)
    assert o.error(browser, app, prompt="none") == "login_required"


def test_lo_01_without_state_and_with_a_query(server, browser, app):
    body, _ = o.sign_in(server, browser, app)
    reply = log_out(browser, id_token_hint=body["id_token"], post_logout_redirect_uri=AFTER)
    assert reply.headers["Location"] == AFTER
    again = log_out(browser, id_token_hint=body["id_token"],
                    post_logout_redirect_uri=AFTER + "?x=1", state="s")
    assert again.headers["Location"] == AFTER + "?x=1&state=s"


def test_lo_01_by_post(server, browser, app):
    body, _ = o.sign_in(server, browser, app)
    reply = browser.post(o.LOGOUT, {"id_token_hint": body["id_token"], "state": "s",
                                    "post_logout_redirect_uri": AFTER})
    assert reply.status_code == 303 and is_signed_in(browser)
    assert browser.follow(reply).headers["Location"] == AFTER + "?state=s"
    assert not is_signed_in(browser)


@pytest.mark.parametrize("uri", [AFTER + "/", AFTER + "?y=1", "https://evil.example/", "//evil",
                                 AFTER + "#x", "javascript:alert(1)", "https://app.example/cb"])
def test_lo_02_where_nothing_is_registered_nobody_is_sent(server, browser, app, uri):
    # A022, P08
    body, _ = o.sign_in(server, browser, app)
    reply = log_out(browser, id_token_hint=body["id_token"], post_logout_redirect_uri=uri)
    assert reply.headers["Location"] == "/logout"


def test_lo_02_a022_none_of_the_ways_to_another_place(server, browser, app):
    """What is tried on the authorization endpoint (test_redirect_uri.py) is tried here, and more."""
    body, _ = o.sign_in(server, browser, app)
    moved = [uri.replace("cb.example/cb", "app.example/bye").replace("cb.example", "app.example") for uri in HOSTILE]
    more = ["/\\evil.example", "//app.example/bye", "HTTPS://APP.EXAMPLE/bye", AFTER + "?x=1&x=1", AFTER + "%20",
            "http://127.0.0.1:1/bye", "https://app.example:443/bye"]
    for uri in moved + more:
        reply = log_out(browser, id_token_hint=body["id_token"], post_logout_redirect_uri=uri, state="s")
        assert reply.status_code in (302, 303, 400), (uri, reply.status_code)
        assert reply.headers.get("Location", "/logout") == "/logout", (uri, reply.headers)
    twice = browser.get(o.LOGOUT, params=[("id_token_hint", body["id_token"]), ("post_logout_redirect_uri", AFTER),
                                          ("post_logout_redirect_uri", "https://evil.example/")])
    assert "evil" not in twice.headers.get("Location", "")
    assert log_out(browser, id_token_hint=body["id_token"],
                   post_logout_redirect_uri=AFTER).headers["Location"] == AFTER


def test_lo_02_nobody_says_whose_the_address_is(server, browser, app):
    # P08
    done = browser.submit(confirmation(log_out(browser, post_logout_redirect_uri=AFTER)),
                          ("logout", "1"))
    assert done.headers["Location"] == "/logout"


def test_lo_02_a_client_id_will_do_once_the_person_agrees(server, browser, app):
    reply = log_out(browser, client_id=app.client_id, post_logout_redirect_uri=AFTER, state="s")
    page = Page(reply.text)
    assert app.name in page.text and "https://app.example" in page.text
    done = browser.submit(confirmation(reply), ("logout", "1"))
    assert done.status_code == 302 and done.headers["Location"] == AFTER + "?state=s"
    assert not is_signed_in(browser)


def forged(server, browser, app):
    token = o.sign_in(server, browser, app)[0]["id_token"]
    header, payload, signature = token.split(".")
    return {"signature": f"{header}.{payload}.{o.unb64(o.b64(signature)[::-1])}",
            "none": o.unb64(b'{"alg":"none","typ":"JWT"}') + f".{payload}.",
            "nonsense": "nonsense",
            "other app": o.sign_in(server, browser, s.make_app(server))[0]["id_token"]}


@pytest.mark.parametrize("kind", ["signature", "none", "nonsense", "other app"])
def test_lo_03_a_forged_hint_is_not_trusted(server, browser, app, kind):
    hint = forged(server, browser, app)[kind]
    reply = log_out(browser, id_token_hint=hint, client_id=app.client_id,
                    post_logout_redirect_uri=AFTER)
    form = confirmation(reply)
    assert is_signed_in(browser)
    assert browser.submit(form, ("logout", "1")).headers["Location"] == "/logout"


def test_lo_03_no_other_jwt_of_ours_is_a_hint(server, browser):
    # P32
    app = s.make_app(server, metadata={"post_logout_redirect_uris": [AFTER],
                                       "userinfo_signed_response_alg": "RS256"})
    body, _ = o.sign_in(server, browser, app)
    info = server.get(o.USERINFO, headers={"Authorization": f"Bearer {body['access_token']}"}).text
    confirmation(log_out(browser, id_token_hint=info, post_logout_redirect_uri=AFTER))
    assert is_signed_in(browser)


def test_lo_04_an_expired_hint_will_do(launch):
    own = launch(rehearsal="yes")
    browser = own.signed_in()
    app = s.make_app(own, metadata={"post_logout_redirect_uris": [AFTER]})
    hint = s.exchange(own, app, o.answer(browser, app)["code"])["id_token"]
    own.advance("3h")
    reply = log_out(browser, id_token_hint=hint, post_logout_redirect_uri=AFTER)
    assert reply.headers["Location"] == AFTER and not is_signed_in(browser)


def test_lo_05_nobody_else_can_sign_a_person_out(server, browser, app, person):
    # an image on a page elsewhere, with and without a hint of the attacker's own
    other = o.sign_in(server, server.signed_in(server.make_user()), app)[0]["id_token"]
    for hint in (None, other, "x", "a.b", "W10.e30.AAAA", "e30.e30.AAAA", "x" * 5000):
        confirmation(log_out(browser, id_token_hint=hint, post_logout_redirect_uri=AFTER))
        assert is_signed_in(browser)
    # nor can a form that is not ours
    form = confirmation(log_out(browser))
    assert browser.submit(form, ("logout", "1"), authenticity_token="x").status_code == 403
    assert browser.submit(form, ("logout", "1"),
                          headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert is_signed_in(browser)


def test_lo_05_a_hint_of_another_session_asks(server, app, person):
    one, two = server.signed_in(person), server.signed_in(person)
    hint = o.sign_in(server, one, app)[0]["id_token"]
    confirmation(log_out(two, id_token_hint=hint))
    assert is_signed_in(two) and is_signed_in(one)


@pytest.mark.parametrize("params", [{}, {"state": "s"}], ids=["nothing", "state"])
def test_lo_06_without_parameters(server, browser, params):
    form = confirmation(log_out(browser, **params))
    done = browser.submit(form, ("logout", "1"))
    assert done.headers["Location"] == "/logout" and not is_signed_in(browser)
    assert browser.follow(done).status_code == 200


def test_lo_05_a_hint_of_an_app_that_is_gone_asks(server, browser):
    app = s.make_app(server, metadata={"post_logout_redirect_uris": [AFTER]})
    hint = o.sign_in(server, browser, app)[0]["id_token"]
    server.cli("app", "delete", app.client_id, "--yes")
    form = confirmation(log_out(browser, id_token_hint=hint, post_logout_redirect_uri=AFTER))
    assert is_signed_in(browser)
    assert browser.submit(form, ("logout", "1")).headers["Location"] == "/logout"
    assert not is_signed_in(browser)


def test_lo_05_a_hint_that_a_device_got_is_the_persons(server, person):
    """It was given for no session, and names none."""
    one, two = server.signed_in(person), server.signed_in(person)
    app = s.make_app(server, device=True, metadata={"post_logout_redirect_uris": [AFTER]})
    codes = s.post(server, s.DEVICE, {**app.credentials, "scope": "openid"}).json()
    approve(one, codes)
    hint = s.token(server, app, grant_type=s.DEVICE_GRANT, device_code=server.plant(codes["device_code"]))["id_token"]
    assert "sid" not in o.verify(server, hint)[1]
    assert log_out(two, id_token_hint=hint, post_logout_redirect_uri=AFTER).headers["Location"] == AFTER
    assert not is_signed_in(two) and is_signed_in(one)


def test_lo_06_without_redirect_uri(server, browser, app):
    body, _ = o.sign_in(server, browser, app)
    assert log_out(browser, id_token_hint=body["id_token"]).headers["Location"] == "/logout"
    assert not is_signed_in(browser)


def test_the_person_may_stay(server, browser, app):
    reply = log_out(browser, client_id=app.client_id, post_logout_redirect_uri=AFTER)
    done = browser.submit(confirmation(reply), ("logout", "0"))
    assert done.headers["Location"] == "/" and is_signed_in(browser)


def test_nobody_is_signed_in(server, app):
    assert log_out(server.browser()).headers["Location"] == "/logout"
    reply = log_out(server.browser(), client_id=app.client_id, post_logout_redirect_uri=AFTER)
    assert reply.headers["Location"] == AFTER


def test_a078_the_old_cookie_is_dead(server, browser, app):
    cookie = browser.cookie("llavero_session")
    log_out(browser, id_token_hint=o.sign_in(server, browser, app)[0]["id_token"])
    thief = server.browser()
    thief.session.cookies.set("llavero_session", cookie)
    assert not is_signed_in(thief)


@pytest.mark.parametrize("lang, title", [("en", "Sign out?"), ("es", "¿Cerrar la sesión?")])
def test_the_page_is_in_both_languages_and_needs_no_script(server, browser, app, lang, title):
    reply = log_out(browser, client_id=app.client_id, ui_locales=lang, state="\"><script>")
    page = Page(reply.text)
    assert page.lang == lang and title in page.text
    assert page.form(o.LOGOUT).value("state") == "\"><script>"
    assert "<script>" not in reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]


# back-channel

def told_app(server, rp, **metadata):
    return s.make_app(server, metadata={"backchannel_logout_uri": rp.uri,
                                        "backchannel_logout_session_required": True, **metadata})


def test_bl_01_bl_03_what_an_app_is_told(server, browser, rp):
    app = told_app(server, rp)
    _, claims = o.sign_in(server, browser, app)
    assert claims["sid"]
    browser.submit(confirmation(log_out(browser)), ("logout", "1"))
    token = rp.wait()[0]
    header, told = o.verify(server, token, typ="logout+jwt")
    assert header["alg"] == "RS256"
    assert set(told) == {"iss", "aud", "iat", "exp", "jti", "sub", "sid", "events"}
    assert told["iss"] == server.base and told["aud"] == app.client_id
    assert told["sub"] == claims["sub"] and told["sid"] == claims["sid"]
    assert told["events"] == {EVENT: {}}
    assert told["exp"] - told["iat"] <= 120 and abs(told["iat"] - time.time()) < 60
    path, headers, body = rp.requests[0]
    assert path == "/logout" and body.startswith("logout_token=") and "&" not in body
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_bl_01_every_app_of_the_session_and_no_other(server, person, rp):
    one, two = server.signed_in(person), server.signed_in(person)
    first, second, other = (told_app(server, rp) for _ in range(3))
    o.sign_in(server, one, first)
    o.sign_in(server, one, second)
    o.sign_in(server, one, second)  # twice is once
    o.sign_in(server, two, other)
    one.submit(one.page("/logout").form("/logout"))
    heard = {o.verify(server, t, typ="logout+jwt")[1]["aud"] for t in rp.wait(2)}
    assert heard == {first.client_id, second.client_id}
    # sessions that are ended from a list count too
    o.sign_in(server, one := server.signed_in(person), first)
    two.submit(two.page("/settings/sessions").form("/settings/sessions/end-others"))
    rp.wait(3)
    assert not is_signed_in(one) and is_signed_in(two)


def test_bl_01_signing_in_again_tells_nobody(server, browser, person, rp):
    app = told_app(server, rp)
    o.sign_in(server, browser, app)
    o.sign_in_again(browser, s.ask(browser, app, scope="openid", prompt="login"), person)
    # what would have been told first, comes after what is told now
    marker = Rp()
    o.sign_in(server, browser, told_app(server, marker))
    browser.submit(browser.page("/logout").form("/logout"))
    marker.wait()
    marker.close()
    assert len(rp.wait()) == 1


def test_bl_01_pairwise_and_another_algorithm(server, browser, rp):
    app = told_app(server, rp, subject_type="pairwise", id_token_signed_response_alg="ES256")
    _, claims = o.sign_in(server, browser, app)
    browser.submit(browser.page("/logout").form("/logout"))
    header, told = o.verify(server, rp.wait()[0], typ="logout+jwt")
    assert header["alg"] == "ES256" and told["sub"] == claims["sub"]


def test_bl_02_an_app_that_hangs_delays_nobody(server, browser, rp):
    hanging = [Rp(hang=True) for _ in range(3)]
    for one in (*hanging, rp):
        o.sign_in(server, browser, told_app(server, one))
    done = browser.submit(browser.page("/logout").form("/logout"))
    assert done.status_code == 303
    rp.wait()
    assert all(not one.tokens for one in hanging)
    for one in hanging:
        one.close()


def test_bl_04_refresh_tokens_end_with_the_session(server, browser):
    # P28
    app = s.make_app(server, expiring=True)
    bound, _ = o.sign_in(server, browser, app)
    lasting, _ = o.sign_in(server, browser, app, scope="openid offline_access", prompt="consent")
    bound = s.refresh(server, app, bound["refresh_token"])
    plain = s.sign_in(server, browser, app, scope="email")
    assert s.is_active(server, app, bound["refresh_token"])
    browser.submit(browser.page("/logout").form("/logout"))
    # whoever asks is told the same
    reply = s.post(server, s.INTROSPECT, {**app.credentials, "token": bound["refresh_token"]})
    assert reply.json() == {"active": False}
    assert s.cause(server, reply) == "REFRESH_SESSION_ENDED"
    assert s.is_active(server, app, lasting["refresh_token"])
    assert s.is_active(server, app, plain["refresh_token"])
    reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "refresh_token",
                                     "refresh_token": bound["refresh_token"]})
    assert reply.status_code == 400 and reply.json()["error"] == "invalid_grant"
    assert s.cause(server, reply) == "REFRESH_SESSION_ENDED"
    assert "id_token" in s.refresh(server, app, lasting["refresh_token"])
    # plain OAuth knows no sessions
    s.refresh(server, app, plain["refresh_token"])


def end_session_of(own, app, user):
    browser = own.signed_in(user)
    code = o.answer(browser, app)["code"]
    s.exchange(own, app, code)
    browser.submit(browser.page("/logout").form("/logout"))


def test_bl_05_a_crash_before_the_app_has_heard(launch):
    own = launch(rehearsal="yes")
    rp = Rp(hang=True)
    app = told_app(own, rp)
    end_session_of(own, app, own.make_user())
    assert rp.heard.wait(30)
    own.kill()
    rp.go_on.set()
    own.start()
    own.advance("1m")
    tokens = rp.wait(2)
    jtis = {json.loads(o.b64(t.split(".")[1]))["jti"] for t in tokens}
    assert len(jtis) == 1  # at least once, and always the same event
    rp.close()


def test_bl_05_it_is_tried_again_until_it_is_heard(launch):
    own = launch(rehearsal="yes")
    rp = Rp(status=503)
    app = told_app(own, rp)
    end_session_of(own, app, own.make_user())
    rp.wait(1)
    rp.status = 204
    own.advance("1m")
    rp.wait(2)
    own.advance("2h")
    time.sleep(1)
    assert len(rp.tokens) == 2
    rp.close()


def test_bl_05_at_some_time_it_is_enough(launch):
    own = launch(rehearsal="yes")
    rp = Rp(status=400)
    app = told_app(own, rp)
    end_session_of(own, app, own.make_user())
    for n in range(1, 6):
        rp.wait(n)
        time.sleep(0.3)
        own.advance("2h")
    time.sleep(1)
    assert len(rp.tokens) == 5
    rp.close()


def test_a144_only_where_an_app_may_be(launch):
    """What is no rehearsal and no demo tells nobody on this machine."""
    own = launch(demo=False)
    rp = Rp()
    user = own.make_user()
    app = told_app(own, rp)
    end_session_of(own, app, user)
    until = time.monotonic() + 30
    while b"app cannot be told of logout" not in own.log() and time.monotonic() < until:
        time.sleep(0.05)
    assert b"app cannot be told of logout" in own.log()
    assert not rp.requests
    rp.close()
