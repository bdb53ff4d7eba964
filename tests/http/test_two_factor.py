"""Two-factor authentication: RFC 6238; issue 3 point 4; assurance A064, A075, A198, A202."""

import re
import urllib.parse

import pytest

from authenticator import settle, totp, wrong_code
from llavero_http import PASSWORD, Page

SETTINGS = "/settings/two_factor"


class Person:
    """An account with two-factor authentication on, and its authenticator."""

    def __init__(self, server, user=None):
        self.server = server
        self.user = user or server.make_user()
        self.browser = server.signed_in(self.user)
        self.secret, self.page = begin(self.browser, self.user)
        settle()
        # the code of the step before: two newer ones stay unused
        reply = self.browser.submit(self.page.form(SETTINGS + "/confirm"),
                                    otp=totp(self.secret, -1))
        assert reply.status_code == 200, reply.text
        self.codes = codes_of(reply)
        server.plant(*self.codes)

    def first_step(self, browser, return_to=None):
        path = "/login" + (f"?return_to={urllib.parse.quote(return_to)}" if return_to else "")
        return browser.submit(browser.page(path).form("/session"), login=self.user.login,
                              password=self.user.password)

    def at_second_step(self, return_to=None):
        browser = self.server.browser()
        reply = self.first_step(browser, return_to)
        assert reply.status_code == 200, reply.text
        return browser, Page(reply.text).form("/sessions/two-factor")

    def sign_in(self, otp):
        browser, form = self.at_second_step()
        return browser, browser.submit(form, otp=otp)


def begin(browser, user):
    form = browser.page(SETTINGS).form(SETTINGS + "/enable")
    reply = browser.submit(form, current_password=user.password)
    assert (reply.status_code, reply.headers["Location"]) == (303, SETTINGS + "/setup")
    page = browser.page(SETTINGS + "/setup")
    secret = re.search(r'id="secret"[^>]* value="([A-Z2-7]{32})"',
                       browser.get(SETTINGS + "/setup").text)[1]
    browser.server.plant(secret)
    return secret, page


def codes_of(reply):
    found = re.findall(r"<code>([0-9a-z]{4}(?:-[0-9a-z]{4}){3})</code>", reply.text)
    assert len(found) == 16 == len(set(found))
    return found


def is_signed_in(browser):
    reply = browser.get("/settings/profile")
    assert reply.status_code in (200, 302)
    return reply.status_code == 200


def is_on(person):
    return person.server.cli_json("user", "two-factor", person.user.login)["two_factor"]


@pytest.fixture
def person(server):
    return Person(server)


# enrolment

def test_enrolment_asks_for_the_password_again(server):
    # A072
    user = server.make_user()
    browser = server.signed_in(user)
    form = browser.page(SETTINGS).form(SETTINGS + "/enable")
    for password in ("", "wrong"):
        assert browser.submit(form, current_password=password).status_code == 422
        assert browser.get(SETTINGS + "/setup").status_code == 302
        assert browser.get(SETTINGS + "/qr.svg").status_code == 404


def test_enrolment_shows_a_qr_code_and_the_secret(server):
    user = server.make_user()
    browser = server.signed_in(user)
    begin(browser, user)
    assert SETTINGS + "/qr.svg" in browser.page(SETTINGS + "/setup").links
    qr = browser.get(SETTINGS + "/qr.svg")
    assert qr.status_code == 200
    assert qr.headers["Content-Type"] == "image/svg+xml"
    assert qr.headers["Cache-Control"] == "no-store"
    assert qr.text.startswith("<svg ") and qr.text.rstrip().endswith("</svg>")
    # not on yet
    assert server.browser().sign_in(user.login, user.password)


def test_only_the_session_that_gave_the_password_sees_the_secret(server):
    user = server.make_user()
    browser, other = server.signed_in(user), server.signed_in(user)
    secret, page = begin(browser, user)
    assert other.get(SETTINGS + "/setup").status_code == 302
    assert other.get(SETTINGS + "/qr.svg").status_code == 404
    stolen = other.page(SETTINGS).form(SETTINGS + "/enable")
    stolen.action = SETTINGS + "/confirm"
    assert other.submit(stolen, otp=totp(secret)).headers["Location"] == SETTINGS
    assert browser.submit(page.form(SETTINGS + "/confirm"), otp=totp(secret)).status_code == 200


def test_enrolment_ends_with_a_right_code_only(server):
    user = server.make_user()
    browser = server.signed_in(user)
    secret, page = begin(browser, user)
    form = page.form(SETTINGS + "/confirm")
    settle()
    for otp in ("", "12345", "abcdef", wrong_code(secret), totp(secret, -2), totp(secret, 2)):
        assert browser.submit(form, otp=otp).status_code == 422
    assert server.browser().sign_in(user.login, user.password)
    gap = totp(secret)[:3] + " " + totp(secret)[3:]
    reply = browser.submit(form, otp=gap)
    assert reply.status_code == 200
    server.plant(*codes_of(reply))
    # shown once: sending the form again shows nothing
    again = browser.submit(form, otp=totp(secret, 1))
    assert (again.status_code, again.headers["Location"]) == (303, SETTINGS)
    assert not re.search(r"[0-9a-z]{4}(-[0-9a-z]{4}){3}", browser.get(SETTINGS).text)
    assert browser.get(SETTINGS + "/setup").status_code == 302
    assert browser.get(SETTINGS + "/qr.svg").status_code == 404


def test_forms_need_their_token_A064(person):
    # A072, P40
    for path in ("/enable", "/confirm", "/change"):
        reply = person.browser.post(SETTINGS + path, {"current_password": PASSWORD,
                                                      "otp": totp(person.secret),
                                                      "change": "disable"})
        assert reply.status_code == 403
    browser, form = person.at_second_step()
    assert browser.submit(form, otp=totp(person.secret), authenticity_token=None).status_code == 403
    assert not is_signed_in(browser)


# signing in

def test_6238_sign_in_with_a_code(person):
    settle()
    browser, form = person.at_second_step("/settings/applications")
    assert not is_signed_in(browser)
    assert browser.cookie("llavero_session") is None
    reply = browser.submit(form, otp=totp(person.secret))
    assert (reply.status_code, reply.headers["Location"]) == (303, "/settings/applications")
    assert is_signed_in(browser)
    assert browser.cookie("llavero_second_step") is None


def test_accounts_without_it_sign_in_as_before(server):
    reply = server.browser().sign_in(*(lambda u: (u.login, u.password))(server.make_user()))
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")


def test_second_step_leads_on_to_the_app(person):
    app = person.server.make_app()
    browser = person.server.browser()
    form = Page(browser.follow(browser.ask(app)).text).form("/session")
    reply = browser.submit(form, login=person.user.login, password=person.user.password)
    settle()
    form = Page(reply.text).form("/sessions/two-factor")
    reply = browser.submit(form, otp=totp(person.secret))
    reply = browser.follow(reply)
    assert browser.decide(reply).headers["Location"].startswith(app.callback + "?code=")


@pytest.mark.parametrize("return_to", ["https://evil.com/", "//evil.com/", "/\\evil.com"])
def test_second_step_is_no_open_redirect(person, return_to):
    settle()
    browser, form = person.at_second_step()
    reply = browser.submit(form, otp=totp(person.secret), return_to=return_to)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")


def test_6238_5_2_replayed_code_is_refused(person):
    # P36
    settle()
    code = totp(person.secret)
    browser, reply = person.sign_in(code)
    assert reply.status_code == 303 and is_signed_in(browser)
    for again in (code, totp(person.secret, -1)):
        browser, reply = person.sign_in(again)
        assert reply.status_code == 422 and not is_signed_in(browser)
    browser, reply = person.sign_in(totp(person.secret, 1))
    assert reply.status_code == 303 and is_signed_in(browser)


def test_code_that_confirmed_is_refused_at_sign_in(server):
    user = server.make_user()
    browser = server.signed_in(user)
    settle()
    secret, page = begin(browser, user)
    code = totp(secret)
    server.plant(*codes_of(browser.submit(page.form(SETTINGS + "/confirm"), otp=code)))
    browser = server.browser()
    reply = browser.submit(browser.page("/login").form("/session"), login=user.login,
                           password=user.password)
    form = Page(reply.text).form("/sessions/two-factor")
    assert browser.submit(form, otp=code).status_code == 422


@pytest.mark.parametrize("otp", ["", " ", "12345", "1234567", "0" * 3000, "0000-0000-0000-0000",
                                 "ñandú", "<script>alert(1)</script>", "' OR 1=1--"])
def test_wrong_codes(person, otp):
    browser, form = person.at_second_step()
    reply = browser.submit(form, otp=otp)
    assert reply.status_code == 422 and not is_signed_in(browser)
    assert "<script>alert" not in reply.text
    # and again, on the page that said so
    settle()
    form = Page(reply.text).form("/sessions/two-factor")
    assert browser.submit(form, otp=totp(person.secret)).status_code == 303


def test_wrong_password_tells_nothing_of_two_factor_A198(person):
    plain = person.server.make_user()
    replies = []
    for login in (person.user.login, plain.login):
        browser = person.server.browser()
        reply = browser.submit(browser.page("/login").form("/session"), login=login,
                               password="wrong", otp=totp(person.secret))
        assert reply.status_code == 422 and browser.cookie("llavero_second_step") is None
        text = re.sub(r'(name="authenticity_token" value=")[^"]*', r"\1", reply.text)
        replies.append(text.replace(login, "LOGIN").replace(
            reply.headers["X-GitHub-Request-Id"], ""))
    assert replies[0] == replies[1]


def test_recovery_code_works_once(person):
    # P36
    code = person.codes[5]
    browser, reply = person.sign_in(code.upper().replace("-", " "))
    assert reply.status_code == 303 and is_signed_in(browser)
    browser, reply = person.sign_in(code)
    assert reply.status_code == 422 and not is_signed_in(browser)
    assert person.server.cli_json("user", "two-factor",
                                  person.user.login)["recovery_codes_left"] == 15


def test_recovery_code_of_another_account(person):
    other = Person(person.server)
    _, reply = person.sign_in(other.codes[0])
    assert reply.status_code == 422
    _, reply = other.sign_in(other.codes[0])
    assert reply.status_code == 303


# the pending sign-in

def test_pending_sign_in_is_no_session(person):
    # P35
    browser, form = person.at_second_step()
    for path in ("/settings/profile", SETTINGS, "/settings/applications"):
        assert browser.get(path).status_code == 302
    # the page can be shown again, in the other language
    page = browser.page("/sessions/two-factor?lang=es&return_to=/settings/profile")
    assert page.lang == "es"
    assert page.form("/sessions/two-factor").value("return_to") == "/settings/profile"


def test_pending_sign_in_belongs_to_its_browser_A075(person):
    browser, form = person.at_second_step()
    thief = person.server.browser()
    own = thief.page("/login").form("/session")
    thief.session.cookies.set("llavero_second_step", browser.cookie("llavero_second_step"),
                              domain="127.0.0.1")
    assert thief.get("/sessions/two-factor").status_code == 302
    settle()
    reply = thief.submit(own, otp=totp(person.secret))
    own.action = "/sessions/two-factor"
    reply = thief.submit(own, otp=totp(person.secret))
    assert reply.status_code == 422 and not is_signed_in(thief)
    # the code was not looked at, so it still works where it should
    assert browser.submit(form, otp=totp(person.secret)).status_code == 303


@pytest.mark.parametrize("change", ["account", "later", "mac", "short", "empty"])
def test_pending_sign_in_cannot_be_forged(person, change):
    # P35
    browser, form = person.at_second_step()
    account, expires, mac = browser.cookie("llavero_second_step").split(".")
    forged = {"account": f"{person.server.make_user().id}.{expires}.{mac}",
              "later": f"{account}.{int(expires) + 60}.{mac}",
              "mac": f"{account}.{expires}.{'A' * len(mac)}", "short": f"{account}.{expires}",
              "empty": ".."}[change]
    browser.session.cookies.clear("127.0.0.1", "/", "llavero_second_step")
    browser.session.cookies.set("llavero_second_step", forged, domain="127.0.0.1")
    settle()
    assert browser.submit(form, otp=totp(person.secret)).status_code == 422
    assert not is_signed_in(browser)


def test_pending_sign_in_ends_with_a_new_password(person):
    browser, form = person.at_second_step()
    person.server.cli("user", "password", person.user.login, "--password-stdin",
                      stdin="another good password\n")
    settle()
    assert browser.submit(form, otp=totp(person.secret)).status_code == 422
    assert not is_signed_in(browser)


def test_pending_sign_in_of_who_is_suspended_meanwhile(person):
    browser, form = person.at_second_step()
    person.server.cli("user", "suspend", person.user.login)
    settle()
    assert browser.submit(form, otp=totp(person.secret)).status_code == 422
    person.server.cli("user", "unsuspend", person.user.login)
    assert not is_signed_in(browser)


def test_without_a_pending_sign_in(server):
    # P35
    browser = server.browser()
    reply = browser.get("/sessions/two-factor")
    assert (reply.status_code, reply.headers["Location"]) == (302, "/login")
    form = browser.page("/login").form("/session")
    form.action = "/sessions/two-factor"
    assert browser.submit(form, otp="123456").status_code == 422


# guessing

def test_wrong_codes_are_throttled_A202(launch):
    # P36
    own = launch(signin_failures=4)
    person = Person(own)
    browser, form = person.at_second_step()
    for _ in range(4):
        assert browser.submit(form, otp=wrong_code(person.secret)).status_code == 422
    settle()
    reply = browser.submit(form, otp=totp(person.secret))
    assert reply.status_code == 429 and int(reply.headers["Retry-After"]) > 0
    assert not is_signed_in(browser)
    # a new first step does not start the count again, and recovery codes are codes too
    browser, reply = person.sign_in(person.codes[0])
    assert reply.status_code == 429
    # after the window
    own.stop()
    with own.database() as database:
        database.execute("DELETE FROM throttle")
    own.start()
    person.server = own
    browser, reply = person.sign_in(person.codes[0])
    assert reply.status_code == 303


# changing

def change(person, what, otp, password=None):
    form = person.browser.page(SETTINGS).form(SETTINGS + "/change")
    return person.browser.submit(form, ("change", what), otp=otp,
                                 current_password=password or person.user.password)


@pytest.mark.parametrize("what", ["disable", "recovery_codes"])
def test_change_needs_password_and_code(person, what):
    # P40
    settle()
    assert change(person, what, totp(person.secret), password="wrong").status_code == 422
    assert change(person, what, wrong_code(person.secret)).status_code == 422
    assert change(person, what, "").status_code == 422
    assert is_on(person)


def test_disable(person):
    settle()
    reply = change(person, "disable", totp(person.secret))
    assert (reply.status_code, reply.headers["Location"]) == (303, SETTINGS)
    assert not is_on(person)
    assert person.server.browser().sign_in(person.user.login, person.user.password)
    # on again: with another secret, and the old recovery codes are gone
    again = Person(person.server, person.user)
    assert again.secret != person.secret
    assert again.sign_in(person.codes[0])[1].status_code == 422


def test_regenerate(person):
    settle()
    reply = change(person, "recovery_codes", totp(person.secret))
    assert reply.status_code == 200
    fresh = codes_of(reply)
    person.server.plant(*fresh)
    assert not set(fresh) & set(person.codes)
    assert person.sign_in(person.codes[0])[1].status_code == 422
    assert person.sign_in(fresh[0])[1].status_code == 303


def test_unknown_change(person):
    assert change(person, "all", person.codes[0]).status_code == 400
    assert person.sign_in(person.codes[0])[1].status_code == 303


def test_enabled_from_another_window(person):
    form = person.browser.page(SETTINGS).form(SETTINGS + "/change")
    form.action = SETTINGS + "/enable"
    reply = person.browser.submit(form, current_password=person.user.password)
    assert (reply.status_code, reply.headers["Location"]) == (303, SETTINGS)
    settle()
    assert person.sign_in(totp(person.secret))[1].status_code == 303


def test_locked_out(person):
    person.server.cli("user", "two-factor", person.user.login, "--disable")
    assert person.server.browser().sign_in(person.user.login, person.user.password)


# what others are told

def test_s8_3_private_profile_tells_the_truth(server):
    user = server.make_user()
    app = server.make_app()
    token = server.token_for(app, server.signed_in(user), scope="read:user")
    assert server.api("/user", token).json()["two_factor_authentication"] is False
    person = Person(server, user)
    assert server.api("/user", token).json()["two_factor_authentication"] is True
    server.cli("user", "two-factor", user.login, "--disable")
    assert server.api("/user", token).json()["two_factor_authentication"] is False


def test_security_log(person):
    settle()
    person.sign_in(person.codes[0])
    person.sign_in(wrong_code(person.secret))
    change(person, "recovery_codes", totp(person.secret))
    change(person, "disable", totp(person.secret, 1))
    for lang, words in (
            ("en", ["Two-factor authentication turned on", "Recovery code used",
                    "Wrong authentication code", "New recovery codes made",
                    "Two-factor authentication turned off"]),
            ("es", ["Autenticación en dos pasos activada", "Código de recuperación usado",
                    "Código de autenticación incorrecto", "Códigos de recuperación nuevos",
                    "Autenticación en dos pasos desactivada"])):
        text = person.browser.page(f"/settings/security-log?lang={lang}").text
        assert all(w in text for w in words), text
