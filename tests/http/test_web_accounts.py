"""People and their sessions: signing in, out and up, passwords, throttling. Assurance 4.5, 4.6 and
4.16; RFC 9700 4.11 and 4.12."""

import re
import time
import urllib.parse

import pytest

from llavero_http import PASSWORD, Page, unique
from raw_http import Wire, ask


@pytest.fixture(scope="module")
def open_server(launch):
    """Where people may sign up."""
    return launch(signup="on", signup_email_verified="on")


def login_form(browser, path="/login"):
    return browser.page(path).form("/session")


def is_signed_in(browser):
    reply = browser.get("/settings/profile")
    assert reply.status_code in (200, 302)
    return reply.status_code == 200


# signing in

def test_by_login_or_address_in_any_case(server):
    user = server.make_user()
    for name in (user.login, user.login.upper(), user.email, user.email.upper(),
                 f"  {user.login} "):
        browser = server.browser()
        reply = browser.submit(login_form(browser), login=name, password=user.password)
        assert (reply.status_code, reply.headers["Location"]) == (303, "/")  # 9700-12
        assert is_signed_in(browser)


def without_accidents(reply):
    """A page's bytes without what differs between any two requests."""
    text = re.sub(r'(name="authenticity_token" value=")[^"]*', r"\1", reply.text)
    return text.replace(reply.headers["X-GitHub-Request-Id"], "")


def test_wrong_password_and_unknown_user_look_alike_A198(server):
    # P17
    user = server.make_user(login="known" + "x" * 8)
    replies = []
    for login in (user.login, "never" + "x" * 8):
        browser = server.browser()
        form = login_form(browser)
        replies.append(browser.submit(form, login=login, password="wrong"))
        assert replies[-1].status_code == 422
        assert not is_signed_in(browser)
    one, other = (without_accidents(r) for r in replies)
    assert one.replace(user.login, "LOGIN") == other.replace("never" + "x" * 8, "LOGIN")
    names = [[n for n in r.headers if n not in ("Date", "X-GitHub-Request-Id")] for r in replies]
    assert names[0] == names[1]


@pytest.mark.parametrize("password", [
    None, "", " ", PASSWORD[:-1], PASSWORD + " ", PASSWORD.upper(), PASSWORD + "\0", "x" * 2000,
    "x" * 60000, "' OR 1=1--", "ñ" * 700,
], ids=lambda p: ascii(p)[:12])
def test_wrong_passwords(server, password):
    user = server.make_user()
    browser = server.browser()
    reply = browser.submit(login_form(browser), login=user.login, password=password)
    assert reply.status_code == (400 if "\0" in (password or "") else 422)
    assert not is_signed_in(browser)


def test_passwords_are_taken_as_they_are(server):
    for password in ("  leading and trailing  ", "ñandú 🔑 & <b> %41 + =", "x" * 1024):
        user = server.make_user(password=password)
        assert is_signed_in(server.signed_in(user))


@pytest.mark.parametrize("login", ["", " ", "%", "_", "a@b", "x" * 3000, "' OR '1'='1", "../x",
                                   "<script>alert(1)</script>", "octocat\u0000".strip("\0") + "%"])
def test_odd_logins(server, login):
    browser = server.browser()
    reply = browser.submit(login_form(browser), login=login, password=server.demo["password"])
    assert reply.status_code == 422
    assert "<script>alert" not in reply.text  # A173


def test_account_without_a_password(server):
    login = unique("nopass")
    server.cli("user", "create", "--login", login, "--email", f"{login}@example.com")
    for password in ("", "x", "null"):
        browser = server.browser()
        reply = browser.submit(login_form(browser), login=login, password=password)
        assert reply.status_code == 422


def test_suspended_account(server):
    user = server.make_user()
    server.cli("user", "suspend", user.login)
    browser = server.browser()
    # only who knows the password learns of it
    assert browser.submit(login_form(browser), login=user.login, password="x").status_code == 422
    reply = browser.submit(login_form(browser), login=user.login, password=user.password)
    assert reply.status_code == 403 and not is_signed_in(browser)
    server.cli("user", "unsuspend", user.login)
    assert is_signed_in(server.signed_in(user))


@pytest.mark.parametrize("agent", [None, "", b"\xff\xfe bad", "a\tb", "Firef\u00f3x".encode(),
                                   "a" * 2000])
def test_a_browser_that_does_not_say_what_it_is(server, agent):
    browser = server.browser(**{"User-Agent": agent})
    browser.sign_in(server.demo["login"], server.demo["password"])
    assert browser.get("/settings/sessions").status_code == 200


def test_login_page_of_who_is_signed_in(octocat):
    reply = octocat.get("/login?return_to=/settings/applications")
    assert (reply.status_code, reply.headers["Location"]) == (302, "/settings/applications")


# where one goes then: no open redirect

@pytest.mark.parametrize("return_to", [
    "https://evil.com/", "//evil.com/", "/\\evil.com", "\\/evil.com", "///evil.com", "http:evil.com",
    "javascript:alert(1)", "/\t/evil.com", "\t//evil.com", "/%0d%0aX: y\r\nSet-Cookie: a=b", "evil.com",
    "/a b", "/\x01", "/ñ", "@evil.com", ".evil.com", "", " /", "/x\\", "/" + "x" * 9000, "?x", "#x",
])
def test_return_to_is_local_A170(server, return_to):
    # P08
    user, browser = server.make_user(), server.browser()
    reply = browser.get("/login", params={"return_to": return_to})
    form = login_form(browser)
    if reply.status_code == 200:
        assert Page(reply.text).form("/session").value("return_to") == "/"
    else:
        assert reply.status_code == 414
    reply = browser.submit(form, login=user.login, password=user.password, return_to=return_to)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")
    # and when one is there already
    reply = browser.get("/login", params={"return_to": return_to})
    assert reply.status_code == 414 or reply.headers["Location"] == "/"


@pytest.mark.parametrize("return_to", ["/settings/profile", "/login/oauth/authorize?client_id=x&a=%2F",
                                       "/", "/x/../y", "/a//b", "/?x=https://evil.com/"])
def test_return_to_is_followed(server, return_to):
    user, browser = server.make_user(), server.browser()
    form = login_form(browser, "/login?" + urllib.parse.urlencode({"return_to": return_to}))
    reply = browser.submit(form, login=user.login, password=user.password)
    assert reply.headers["Location"] == return_to


def test_pages_of_signed_in_people_lead_to_sign_in_and_back(server):
    user, browser = server.make_user(), server.browser()
    reply = browser.get("/settings/sessions?x=1")
    assert reply.status_code == 302
    reply = browser.submit(login_form(browser, reply.headers["Location"]), login=user.login,
                           password=user.password)
    assert reply.headers["Location"] == "/settings/sessions?x=1"


# sessions

COOKIE = re.compile(r"llavero_session=([\w-]+); Path=/; Max-Age=(\d+); HttpOnly; SameSite=Lax")


def test_cookie_attributes_A076(server):
    user, browser = server.make_user(), server.browser()
    reply = browser.get("/login")
    assert re.fullmatch(r"llavero_browser=[\w-]{43}; Path=/; Max-Age=\d+; HttpOnly; SameSite=Lax",
                        reply.headers["Set-Cookie"])
    form = Page(reply.text).form("/session")
    reply = browser.submit(form, login=user.login, password=user.password)
    cookies = [c for n, c in reply.raw.headers.items() if n == "Set-Cookie"]
    assert sum(bool(COOKIE.fullmatch(c)) for c in cookies) == 1
    # the signed-out browser's is of no more use
    assert any(c.startswith("llavero_browser=; ") and "Max-Age=0" in c for c in cookies)
    assert browser.cookie("llavero_session") not in reply.text + reply.headers["Location"]


def test_every_sign_in_makes_a_new_session_A075(server):
    # P33
    user, browser = server.make_user(), server.browser()
    plant_cookies(browser, llavero_session="A" * 40)
    seen = set()
    for _ in range(3):
        form = login_form(browser, "/login?switch=1")
        browser.submit(form, login=user.login, password=user.password)
        seen.add(server.plant(browser.cookie("llavero_session")))
    assert len(seen) == 3 and "A" * 40 not in seen
    # those that were replaced have ended
    for old in seen - {browser.cookie("llavero_session")}:
        assert not is_signed_in(Stolen(server, old))


def plant_cookies(browser, **cookies):
    for name, value in cookies.items():
        browser.session.cookies.set(name, value, domain=browser.server.host, path="/")


class Stolen:
    """A browser with somebody's cookie."""

    def __init__(self, server, cookie):
        self.server, self.header = server, f"Cookie: llavero_session={cookie}"

    def get(self, path):
        reply = ask(self.server, "GET", path, self.header)
        reply.status_code = reply.status
        return reply


def test_a_fixed_session_does_not_become_anybodys_A075(server):
    # P33
    attacker = server.browser()
    attacker.get("/login")
    planted = attacker.cookie("llavero_browser")
    user, victim = server.make_user(), server.browser()
    plant_cookies(victim, llavero_browser=planted, llavero_session=planted)
    form = login_form(victim)
    assert victim.submit(form, login=user.login, password=user.password).status_code == 303
    assert not is_signed_in(attacker)
    assert not is_signed_in(Stolen(server, planted))


@pytest.mark.parametrize("cookie", ["", "x", "A" * 40, "A" * 43, "%00", "'", "a; b", "x" * 5000])
def test_cookies_that_are_none(server, cookie):
    assert not is_signed_in(Stolen(server, cookie))


def test_altered_and_doubled_cookies_A074(server):
    user = server.make_user()
    browser = server.signed_in(user)
    cookie = browser.cookie("llavero_session")
    assert is_signed_in(Stolen(server, cookie))
    for i in (0, 10, 20, len(cookie) - 2):
        other = cookie[:i] + ("A" if cookie[i] != "A" else "B") + cookie[i + 1:]
        assert not is_signed_in(Stolen(server, other))
    for line in (f"{cookie}; llavero_session=x", f"x; llavero_session={cookie}",
                 f"{cookie}; llavero_session={cookie}"):
        assert not is_signed_in(Stolen(server, line))


def test_login_form_needs_its_token_A063(server):
    # P39
    user, other = server.make_user(), server.browser()
    foreign = login_form(other).value("authenticity_token")
    for changes in ({"authenticity_token": None}, {"authenticity_token": "A" * 43},
                    {"authenticity_token": foreign}):
        browser = server.browser()
        form = login_form(browser)
        reply = browser.submit(form, login=user.login, password=user.password, **changes)
        assert reply.status_code == 403 and not is_signed_in(browser)
    # and without its cookie the token is nothing
    reply = server.post("/session", {"login": user.login, "password": user.password,
                                     "authenticity_token": foreign})
    assert reply.status_code == 403


def test_sign_out_ends_the_session_at_the_server_A078(server):
    user = server.make_user()
    browser = server.signed_in(user)
    cookie = browser.cookie("llavero_session")
    page = browser.page("/logout")  # A070: a link only asks
    assert is_signed_in(browser)
    reply = browser.submit(page.form("/logout"))
    assert (reply.status_code, reply.headers["Location"]) == (303, "/logout")
    assert not browser.cookie("llavero_session")
    assert not is_signed_in(Stolen(server, cookie))
    assert not browser.page("/logout").has_form("/logout")


def test_sign_out_needs_its_token_A070(server):
    browser = server.signed_in(server.make_user())
    for token in ("", "A" * 43):
        assert browser.post("/logout", {"authenticity_token": token}).status_code == 403
    assert is_signed_in(browser)
    assert browser.get("/logout?authenticity_token=x").status_code == 200 and is_signed_in(browser)


def test_sessions_are_listed_and_ended(server):
    user = server.make_user()
    linux = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
    here = server.browser(**{"User-Agent": linux})
    there = server.browser(**{"User-Agent": "<b>curl</b>/8"})
    for browser in (here, there):
        browser.sign_in(user.login, user.password)
    stranger = server.signed_in(server.make_user())
    page = here.page("/settings/sessions")
    assert "Firefox, Linux" in page.text and "<b>curl</b>/8" in page.text
    form = page.form("/settings/sessions/end")
    # nobody ends another's: the reply is the same, the session stays
    token = stranger.page("/settings/sessions").form("/logout").value("authenticity_token")
    stranger.post("/settings/sessions/end", {"authenticity_token": token,
                                             "session": form.value("session")})
    assert is_signed_in(there)
    assert here.submit(form).status_code == 303
    assert not is_signed_in(there) and is_signed_in(here) and is_signed_in(stranger)
    for odd in ("", "x", "-1", "99999999999999999999", "1 OR 1=1"):
        assert here.submit(form, session=odd).status_code in (303, 400)
    assert is_signed_in(here)


def test_all_other_sessions_are_ended(server):
    user = server.make_user()
    browsers = [server.signed_in(user) for _ in range(3)]
    form = browsers[1].page("/settings/sessions").form("/settings/sessions/end-others")
    assert browsers[1].submit(form).status_code == 303
    assert [is_signed_in(b) for b in browsers] == [False, True, False]
    assert not browsers[1].page("/settings/sessions").has_form("/settings/sessions/end-others")


def test_sessions_expire_A077(launch):
    idle = launch(session_idle=60, session_lifetime=60)
    browser = idle.signed_in()
    cookie = next(c for c in browser.session.cookies if c.name == "llavero_session")
    assert 0 < cookie.expires - time.time() <= 61


# passwords

def change_password(browser, current, new, path="/settings/profile"):
    form = browser.page(path).form("/settings/password")
    return browser.submit(form, current_password=current, new_password=new)


def test_a_new_password_ends_other_sessions_A079(server):
    # P28
    user = server.make_user()
    here, there = server.signed_in(user), server.signed_in(user)
    new = server.plant("a brand new battery")
    assert change_password(here, user.password, new).status_code == 303
    assert is_signed_in(here) and not is_signed_in(there)
    browser = server.browser()
    form = login_form(browser)
    assert browser.submit(form, login=user.login, password=user.password).status_code == 422
    assert browser.submit(form, login=user.login, password=new).status_code == 303


@pytest.mark.parametrize("current, new", [
    ("wrong", "good enough battery"), ("", "good enough battery"), (PASSWORD, "short"),
    (PASSWORD, ""), (PASSWORD, "x" * 1025), (PASSWORD, "LOGIN"), (PASSWORD, "EMAIL"),
])
def test_bad_password_changes(server, current, new):
    user = server.make_user()
    browser = server.signed_in(user)
    new = {"LOGIN": user.login, "EMAIL": user.email.upper()}.get(new, new)
    reply = change_password(browser, current, new)
    assert reply.status_code == 422
    assert not any(n.endswith("_password") and v for n, v in Page(reply.text).form(
        "/settings/password").fields)
    assert is_signed_in(server.signed_in(user))


# throttling: issue 2; assurance A059, A202

def test_throttling_and_recovery(launch):
    own = launch(signin_failures=3, signin_window=3)
    user = own.make_user()
    replies = []
    for password in ("wrong", "wrong", "wrong", "wrong", user.password):
        browser = own.browser()
        replies.append(browser.submit(login_form(browser), login=user.login, password=password))
    assert [r.status_code for r in replies] == [422, 422, 422, 429, 429]
    assert all(1 <= int(r.headers["Retry-After"]) <= 3 for r in replies[3:])
    assert Page(replies[3].text).lang == "en"
    time.sleep(3.2)
    assert is_signed_in(own.signed_in(user))


def guess(own, login, address, password="x"):
    browser = own.browser(**{"X-Forwarded-For": address})
    return browser.submit(login_form(browser), login=login, password=password).status_code


def test_throttling_by_account_does_not_tell_who_exists_A202(launch):
    own = launch(signin_failures=3, trusted_proxies="192.0.2.1, 127.0.0.1")
    user = own.make_user()
    for login in (own.demo["login"], "never-made"):
        assert [guess(own, login, f"203.0.113.{i}") for i in range(4)] == [422, 422, 422, 429]
    # others sign in from there all the same
    assert guess(own, user.login, "203.0.113.0", user.password) == 303


def test_throttling_by_address_A059_A220(launch):
    # P36
    own = launch(signin_failures=3, trusted_proxies="127.0.0.1")
    assert [guess(own, f"u{i}", "203.0.113.9") for i in range(4)] == [422, 422, 422, 429]
    assert guess(own, "u9", "203.0.113.10") == 422
    # the proxy's own word is the last: what its client wrote before it counts for nothing
    assert guess(own, "u10", "198.51.100.1, 203.0.113.9") == 429
    # also where the proxy adds a line of its own
    reply = ask(own, "GET", "/metrics", "X-Forwarded-For: 127.0.0.1", "X-Forwarded-For: 203.0.113.9")
    assert reply.status == 404
    plain = launch(signin_failures=3)
    assert [guess(plain, f"u{i}", f"203.0.113.{i}") for i in range(4)] == [422, 422, 422, 429]


def test_a_right_password_clears_its_account_only(launch):
    own = launch(signin_failures=4)
    user = own.make_user()

    def attempt(password):
        browser = own.browser()
        return browser.submit(login_form(browser), login=user.login,
                              password=password).status_code

    assert [attempt(p) for p in ("x", "x", "x")] == [422] * 3
    assert attempt(user.password) == 303
    # the address's count goes on: one account of one's own does not buy more guesses
    assert [attempt(p) for p in ("x", "x")] == [422, 429]


# signing up

def test_sign_up_is_off_by_default(server):
    browser = server.browser()
    assert browser.get("/join").status_code == 404
    token = login_form(browser).value("authenticity_token")
    reply = browser.post("/join", {"authenticity_token": token, "login": "x", "email": "x@y.zz",
                                   "password": PASSWORD})
    assert reply.status_code == 404


def test_sign_up(open_server):
    login, browser = unique("new"), open_server.browser()
    form = browser.page("/join?return_to=/settings/applications").form("/join")
    reply = browser.submit(form, login=login, email=f"{login}@example.com",
                           password=open_server.plant("a battery of my own"))
    assert (reply.status_code, reply.headers["Location"]) == (303, "/settings/applications")
    assert is_signed_in(browser)
    app = open_server.make_app()
    token = open_server.token_for(app, browser)
    assert open_server.api("/user", token).json()["login"] == login


GOOD = {"login": "newcomer-1", "email": "newcomer-1@example.com", "password": "a battery of my own"}


@pytest.mark.parametrize("change", [
    {"login": ""}, {"login": "-x"}, {"login": "x-"}, {"login": "a--b"}, {"login": "a b"}, {"login": "ñ"},
    {"login": "x" * 40}, {"login": "admin"}, {"login": "settings"}, {"login": "OCTOCAT"},
    {"login": "<b>"}, {"email": ""}, {"email": "x"}, {"email": "a@"}, {"email": "a@b c.de"},
    {"email": "a\r\nBcc: x@y.zz@b.de"}, {"email": "x" * 250 + "@b.de"}, {"email": "OCTOCAT@example.com"},
    {"password": ""}, {"password": "short"}, {"password": "x" * 1025}, {"password": "newcomer-1"},
    {"password": "newcomer-1@example.com"},
], ids=str)
def test_bad_sign_ups(open_server, change):
    browser = open_server.browser()
    fields = {**GOOD, **change}
    reply = browser.submit(browser.page("/join").form("/join"), **fields)
    assert reply.status_code == 422 and not is_signed_in(browser)
    form = Page(reply.text).form("/join")
    assert form.value("login") == fields["login"] and not form.value("password")
    assert "<b>" not in reply.text


def test_sign_up_needs_its_token(open_server):
    browser = open_server.browser()
    reply = browser.submit(browser.page("/join").form("/join"), authenticity_token="A" * 43, **GOOD)
    assert reply.status_code == 403 and not is_signed_in(browser)


def test_support_contact_is_on_every_page_when_there_is_one(launch):
    own = launch(support_contact="help@id.example.org <b>")
    for path in ("/", "/login", "/docs", "/nowhere"):
        assert "help@id.example.org &lt;b&gt;" in own.get(path).text


def test_guesses_sent_all_at_once_are_counted_P36_A184(launch):
    """They pass the first look together; no more than the limit are told whether they were right."""
    own = launch(signin_failures=3, workers=2)
    user = own.make_user()
    browser = own.browser()
    form = login_form(browser)
    body = urllib.parse.urlencode({**dict(form.fields), "login": user.login, "password": "wrong"})
    data = (f"POST /session HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Cookie: llavero_browser={browser.cookie('llavero_browser')}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}")
    wires = [Wire(own) for _ in range(40)]
    for wire in wires:
        wire.send(data)
    statuses = [wire.read().status for wire in wires]
    for wire in wires:
        wire.socket.close()
    assert statuses.count(422) == 3 and statuses.count(429) == 37, statuses
    assert browser.submit(login_form(browser), login=user.login, password=user.password).status_code == 429
