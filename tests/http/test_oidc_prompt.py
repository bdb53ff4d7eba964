"""What an authentication request may ask of the sign-in: OpenID Connect Core 3.1.2.1 to 3.1.2.6 and 5.5.1.1,
RFC 9470; assurance OC-05 to OC-11, OC-16, OC-18, and modules of the conformance suite's basic plan."""

import json
import time

import pytest

import own_openid as o
import standard as s
from authenticator import settle, totp
from llavero_http import Page, location_query, unique
from test_two_factor import Person

NATIVE = "com.example.app:/cb"


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server)


@pytest.fixture(scope="module")
def person(server):
    return server.make_user()


@pytest.fixture
def browser(server, person):
    return server.signed_in(person)


def claims_of(server, app, reply, nonce=None, **form):
    if reply.status_code == 200:
        raise AssertionError(Page(reply.text).text[:500])
    return o.exchange(server, app, o.code_of(reply), nonce, **form)[1]


def allowed(server, browser, app, **params):
    """The person has allowed it once already."""
    return o.sign_in(server, browser, app, **params)[1]


# prompt=none

def test_oidcc_prompt_none_not_logged_in_oc_05(server, app):
    assert o.error(server.browser(), app, prompt="none") == "login_required"


def test_oidcc_prompt_none_logged_in_oc_05(server, browser, app):
    first = allowed(server, browser, app)
    again = claims_of(server, app, s.ask(browser, app, scope="openid", prompt="none"))
    assert again["sub"] == first["sub"] and again["auth_time"] == first["auth_time"]


def test_oc_05_consent_required(server, browser):
    app = s.make_app(server)
    assert o.error(browser, app, prompt="none") == "consent_required"
    allowed(server, browser, app)
    assert o.error(browser, app, prompt="none", scope="openid email") == "consent_required"


def test_oc_05_interaction_required(server):
    app, user = s.make_app(server), server.make_user(verified=False)
    assert o.error(server.signed_in(user), app, prompt="none") == "interaction_required"


def test_oc_05_account_selection_required(server, browser):
    app = s.make_app(server, NATIVE)
    assert o.error(browser, app, prompt="none") == "account_selection_required"


@pytest.mark.parametrize("prompt", ["none login", "consent none", "select_account none",
                                    "None", "create", "login,consent"])
def test_oc_05_none_stands_alone_and_names_are_exact(server, browser, app, prompt):
    assert o.error(browser, app, prompt=prompt) == "invalid_request"


def test_a082_a_suspended_user_is_nobody(server, app):
    user = server.make_user()
    browser = server.signed_in(user)
    allowed(server, browser, app)
    server.cli("user", "suspend", user.login)
    assert o.error(browser, app, prompt="none") == "login_required"


# signing in again

def test_oidcc_prompt_login_oc_06(server, browser, app, person):
    first = allowed(server, browser, app)
    time.sleep(1.1)
    reply = o.sign_in_again(browser, s.ask(browser, app, scope="openid", prompt="login"), person)
    again = claims_of(server, app, reply)
    assert again["auth_time"] > first["auth_time"] and again["sub"] == first["sub"]
    # the app knows the session by the same name: nobody has signed out
    assert again["sid"] == first["sid"]


def test_oc_06_the_password_is_really_asked_for(server, browser, app, person):
    reply = s.ask(browser, app, scope="openid", prompt="login")
    assert o.is_sign_in(reply)
    page = Page(browser.follow(reply).text)
    form = page.form("/session")
    assert form.value("login") == person.login
    wrong = browser.submit(form, login=person.login, password="wrong password")
    assert wrong.status_code == 422
    # going back to the request without it changes nothing: asked again
    assert o.is_sign_in(browser.get(form.value("return_to")))
    assert o.is_sign_in(s.ask(browser, app, scope="openid", prompt="login"))


def test_oc_06_asked_once_although_signed_out_before(server, app, person):
    browser = server.browser()
    reply = o.sign_in_again(browser, s.ask(browser, app, scope="openid", prompt="login"), person)
    assert reply.status_code in (200, 302) and not o.is_sign_in(reply)


def test_oc_06_a_mark_is_this_servers_and_this_apps(server, browser, app, person):
    reply = s.ask(browser, app, scope="openid", prompt="login")
    mark = dict(location_query(reply))["return_to"].split("sign_in_mark=")[1]
    reply = o.sign_in_again(browser, reply, person)
    assert not o.is_sign_in(reply)
    other = s.make_app(server)
    assert o.is_sign_in(s.ask(browser, other, scope="openid", prompt="login", sign_in_mark=mark))
    for made_up in ("x", "..", mark[:-1], "9" + mark, mark.replace(".", ".A", 1)):
        assert o.is_sign_in(s.ask(browser, app, scope="openid", prompt="login",
                                  sign_in_mark=made_up))


def test_a075_signing_in_again_changes_the_cookie(server, browser, app, person):
    # P33
    before = browser.cookie("llavero_session")
    o.sign_in_again(browser, s.ask(browser, app, scope="openid", prompt="login"), person)
    assert browser.cookie("llavero_session") != before
    thief = server.browser()
    thief.session.cookies.set("llavero_session", before)
    assert thief.get("/settings/profile").status_code == 302


def test_a083_signing_in_again_as_somebody_else(server, browser, app, person):
    first = allowed(server, browser, app)
    other = server.make_user()
    reply = o.sign_in_again(browser, s.ask(browser, app, scope="openid", prompt="login"), other)
    again = claims_of(server, app, s.decide(browser, reply))
    assert again["sub"] != first["sub"] and again["sid"] != first["sid"]


def test_oidcc_max_age_1_oc_08(server, browser, app, person):
    first = allowed(server, browser, app)
    time.sleep(2.1)
    reply = s.ask(browser, app, scope="openid", max_age="1")
    again = claims_of(server, app, o.sign_in_again(browser, reply, person))
    assert again["auth_time"] > first["auth_time"]


def test_oidcc_max_age_10000_oc_08(server, browser, app):
    first = allowed(server, browser, app)
    again = claims_of(server, app, s.ask(browser, app, scope="openid", max_age="10000"))
    assert again["auth_time"] == first["auth_time"]


def test_oc_08_max_age_0_means_now(server, browser, app, person):
    allowed(server, browser, app)
    reply = s.ask(browser, app, scope="openid", max_age="0")
    assert "auth_time" in claims_of(server, app, o.sign_in_again(browser, reply, person))
    assert o.error(browser, app, max_age="0", prompt="none") == "login_required"


@pytest.mark.parametrize("max_age", ["-1", "1.5", "x", "1e3", "99999999999999999999"])
def test_oc_08_max_age_is_a_number(server, browser, app, max_age):
    assert o.error(browser, app, max_age=max_age) == "invalid_request"


def test_oc_08_a_registered_default(launch):
    own = launch(rehearsal="yes")
    user = own.make_user()
    browser = own.signed_in(user)
    app = s.make_app(own, metadata={"default_max_age": 3600})
    assert "code" in o.answer(browser, app)
    own.advance("2h")
    assert o.error(browser, app, prompt="none") == "login_required"
    assert "code" in dict(location_query(s.ask(browser, app, scope="openid", max_age="100000")))


# consent and the choice of an account

def test_oc_07_consent_is_shown_again(server, browser, app):
    allowed(server, browser, app)
    assert s.ask(browser, app, scope="openid").status_code == 302
    reply = s.ask(browser, app, scope="openid", prompt="consent")
    assert Page(reply.text).has_form(s.AUTHORIZE)
    claims_of(server, app, s.decide(browser, reply))


def test_oc_07_select_account_is_shown(server, browser, app):
    first = allowed(server, browser, app)
    reply = s.ask(browser, app, scope="openid", prompt="select_account")
    form = Page(reply.text).form("/oauth2/select_account")
    assert claims_of(server, app, browser.submit(form))["sub"] == first["sub"]


def test_oc_07_select_account_and_consent(server, browser, app):
    allowed(server, browser, app)
    reply = s.ask(browser, app, scope="openid", prompt="consent select_account")
    chosen = browser.submit(Page(reply.text).form("/oauth2/select_account"))
    claims_of(server, app, s.decide(browser, chosen))


def test_oc_07_all_three(server, browser, app, person):
    allowed(server, browser, app)
    reply = s.ask(browser, app, scope="openid", prompt="login consent select_account")
    reply = o.sign_in_again(browser, reply, person)
    chosen = browser.submit(Page(reply.text).form("/oauth2/select_account"))
    claims_of(server, app, s.decide(browser, chosen))


@pytest.mark.parametrize("lang, words", [("en", "also while you are not signed in"),
                                         ("es", "cuando no tengas la sesión iniciada")])
def test_oc_16_the_page_says_what_outlives_the_session(server, browser, lang, words):
    app = s.make_app(server)

    def text(**params):
        return Page(s.ask(browser, app, prompt="consent", ui_locales=lang, **params).text).text
    assert words in text(scope="openid offline_access")
    assert words not in text(scope="openid")


# id_token_hint

def hint_for(server, browser, app, **params):
    return o.sign_in(server, browser, app, **params)[0]["id_token"]


def test_oidcc_id_token_hint_oc_09(server, browser, app):
    hint = hint_for(server, browser, app)
    reply = s.ask(browser, app, scope="openid", prompt="none", id_token_hint=hint)
    claims_of(server, app, reply)


def test_oc_09_of_somebody_else(server, browser, app, person):
    other = server.make_user()
    hint = hint_for(server, server.signed_in(other), app)
    allowed(server, browser, app)
    assert o.error(browser, app, prompt="none", id_token_hint=hint) == "login_required"
    # with pages the other one may sign in
    reply = s.ask(browser, app, scope="openid", id_token_hint=hint)
    assert claims_of(server, app, o.sign_in_again(browser, reply, other))
    # and who signs in as another again is told to the app
    browser = server.signed_in(person)
    reply = o.sign_in_again(browser, s.ask(browser, app, scope="openid", id_token_hint=hint), person)
    assert dict(location_query(reply))["error"] == "login_required"


def test_oc_09_an_expired_one_will_do(launch):
    own = launch(rehearsal="yes")
    browser, app = own.signed_in(), s.make_app(own)
    hint = s.exchange(own, app, o.answer(browser, app)["code"])["id_token"]
    own.advance("1h")
    reply = s.ask(browser, app, scope="openid", prompt="none", id_token_hint=hint)
    assert "code" in dict(location_query(reply))


def forged(server, app, browser):
    header, payload, signature = hint_for(server, browser, app).split(".")
    none = o.unb64(b'{"alg":"none","typ":"JWT"}')
    yield f"{header}.{payload}.{o.unb64(o.b64(signature)[::-1])}"
    yield f"{none}.{payload}."
    yield f"{header}.{payload}"
    yield "nonsense"
    yield hint_for(server, browser, s.make_app(server))  # another app's


def test_oc_09_lo_03_a_forged_one_is_refused(server, browser, app):
    for hint in forged(server, app, browser):
        assert o.error(browser, app, prompt="none", id_token_hint=hint) == "invalid_request"


def test_5_5_1_a_demanded_subject(server, browser, app):
    sub = allowed(server, browser, app)["sub"]

    def demand(of):
        return json.dumps({"id_token": {"sub": {"value": of}}})
    assert claims_of(server, app, s.ask(browser, app, scope="openid", prompt="none",
                                        claims=demand(sub)))["sub"] == sub
    assert o.error(browser, app, prompt="none", claims=demand("usr_other")) == "login_required"


# hints that never fail

@pytest.mark.parametrize("params", [
    {"display": "page"}, {"display": "popup"}, {"display": "hologram"}, {"login_hint": "mona"},
    {"login_hint": "<script>"}, {"ui_locales": "es fr"}, {"ui_locales": "xx-YY;;"},
    {"claims_locales": "se"}, {"acr_values": "1 2"}, {"acr_values": "urn:mace:incommon:iap:gold"},
    {"extra": "foobar"}],
    ids=lambda p: "-".join(*p.items()))
def test_oidcc_display_login_hint_locales_acr_values_unknown_parameter_oc_10(
        server, browser, app, params):
    o.sign_in(server, browser, app, **params)


def test_oc_10_login_hint_is_filled_in(server, app):
    # A202
    browser = server.browser()
    reply = s.ask(browser, app, scope="openid", login_hint="mona@example.com")
    form = Page(browser.follow(reply).text).form("/session")
    assert form.value("login") == "mona@example.com"


def test_oc_10_ui_locales_choose_the_language_of_our_pages(server, person):
    app, browser = s.make_app(server), server.browser(**{"Accept-Language": "en"})
    reply = s.ask(browser, app, scope="openid", ui_locales="fr es-MX en")
    page = Page(browser.follow(reply).text)
    assert page.lang == "es"
    form = page.form("/session")
    wrong = browser.submit(form, login=person.login, password="wrong password")
    assert Page(wrong.text).lang == "es"
    consent = o.sign_in_again(browser, reply, person)
    assert Page(consent.text).lang == "es"
    # what a person chose by hand goes before
    browser.get("/login?lang=en")
    assert Page(s.ask(browser, app, scope="openid", ui_locales="es").text).lang == "en"


def test_oidcc_ensure_post_request_succeeds_oc_11(server, browser, app):
    allowed(server, browser, app)
    form = {"client_id": app.client_id, "response_type": "code", "scope": "openid", "nonce": "n",
            "redirect_uri": app.callback}
    reply = browser.follow(browser.post(s.AUTHORIZE, form))
    claims = claims_of(server, app, reply, "n", redirect_uri=app.callback)
    assert claims["nonce"] == "n"


def test_oidcc_response_type_missing(server, browser, app):
    assert o.error(browser, app, response_type=None) == "invalid_request"


def test_oidcc_ensure_registered_redirect_uri(server, browser, app):
    reply = o.ask(browser, app, redirect_uri=f"https://app.example/{unique('other')}")
    assert reply.status_code in (400, 403, 404) and "Location" not in reply.headers


def test_oidcc_ensure_redirect_uri_in_authorization_request(server, browser):
    app = s.make_app(server, "https://a.example/1", "https://a.example/2")
    reply = o.ask(browser, app)
    assert reply.status_code == 400 and "Location" not in reply.headers


@pytest.mark.parametrize("name, error", [
    ("request_uri", "request_uri_not_supported"),
    ("registration", "registration_not_supported")])
def test_oidcc_request_objects_are_refused_as_unsupported_oc_18(server, browser, app, name, error):
    # 9101-08
    value = "https://app.example/request.jwt" if name == "request_uri" else "e30.e30."
    assert o.error(browser, app, **{name: value}) == error


def test_oidcc_ensure_request_object_with_redirect_uri(server, browser, app):
    """The inner one does not win, since nobody signed it; and nothing leads anywhere."""
    inner = "e30." + o.unb64(json.dumps({"redirect_uri": "https://evil.example/"}).encode()) + "."
    reply = o.ask(browser, app, request=inner)
    assert reply.status_code == 400 and "Location" not in reply.headers


# classes

def test_9470_stepping_up(server, app):
    """A session from before the second factor was turned on is not enough."""
    # 9470-02
    user = server.make_user()
    browser = server.signed_in(user)
    assert allowed(server, browser, app, acr_values=o.TWO_FACTORS_CLASS)["acr"] == o.PASSWORD_CLASS
    person = Person(server, user)
    assert o.error(browser, app, prompt="none", acr_values=o.TWO_FACTORS_CLASS) == "login_required"
    reply = s.ask(browser, app, scope="openid", acr_values=o.TWO_FACTORS_CLASS)
    form = Page(browser.follow(reply).text).form("/session")
    second = browser.submit(form, login=person.user.login, password=person.user.password)
    settle()
    done = browser.submit(Page(second.text).form("/sessions/two-factor"), otp=totp(person.secret))
    assert done.status_code == 303, done.text[:500]
    claims = claims_of(server, app, browser.follow(done))
    assert claims["acr"] == o.TWO_FACTORS_CLASS and claims["amr"] == ["pwd", "otp", "mfa"]
    # better than what is asked for is good enough
    claims = claims_of(server, app, s.ask(browser, app, scope="openid",
                                          acr_values=o.PASSWORD_CLASS))
    assert claims["acr"] == o.TWO_FACTORS_CLASS


def test_or_01_the_classes_that_an_app_is_registered_with(server):
    """They count for OpenID requests that name none: the first that is known."""
    app = s.make_app(server, metadata={"default_acr_values": ["gold", o.TWO_FACTORS_CLASS]})
    unknown = s.make_app(server, metadata={"default_acr_values": ["gold"]})
    user = server.make_user()
    browser = server.signed_in(user)
    for one in app, unknown:
        assert allowed(server, browser, one)["acr"] == o.PASSWORD_CLASS
    Person(server, user)
    assert o.error(browser, app, prompt="none") == "login_required"
    assert "code" in s.answer(browser, app, scope="openid", acr_values=o.PASSWORD_CLASS)
    assert "code" in s.answer(browser, app, scope="user:email")
    assert "code" in s.answer(browser, unknown, scope="openid")


def test_a080_another_session_is_not_stepped_up(server, app):
    user = server.make_user()
    weak, strong = server.signed_in(user), server.browser()
    assert allowed(server, weak, app)["acr"] == o.PASSWORD_CLASS
    person = Person(server, user)
    form = strong.page("/login").form("/session")
    second = strong.submit(form, login=user.login, password=user.password)
    settle()
    strong.submit(Page(second.text).form("/sessions/two-factor"), otp=totp(person.secret))
    server.plant(strong.cookie("llavero_session"))
    assert allowed(server, strong, app)["acr"] == o.TWO_FACTORS_CLASS
    assert allowed(server, weak, app)["acr"] == o.PASSWORD_CLASS
    assert o.error(weak, app, prompt="none", acr_values=o.TWO_FACTORS_CLASS) == "login_required"


@pytest.mark.parametrize("acr", [{"value": "gold"}, {"values": ["gold", "silver"]},
                                 {"values": [o.TWO_FACTORS_CLASS]}])
def test_5_5_1_1_an_essential_class_that_cannot_be_reached(server, browser, app, acr):
    # 9470-03
    claims = json.dumps({"id_token": {"acr": {"essential": True, **acr}}})
    assert o.error(browser, app, claims=claims) == "unmet_authentication_requirements"


def test_5_5_1_1_one_of_several_will_do(server, browser, app):
    claims = json.dumps({"id_token": {"acr": {"essential": True,
                                              "values": ["gold", o.PASSWORD_CLASS]}}})
    assert allowed(server, browser, app, claims=claims)["acr"] == o.PASSWORD_CLASS
    # and a wish is only a wish
    claims = json.dumps({"id_token": {"acr": {"value": "gold"}}})
    assert allowed(server, browser, app, claims=claims)["acr"] == o.PASSWORD_CLASS


# the other dialect has its own rules

def test_at_the_github_edge_prompt_means_one_thing(server, browser):
    app = s.make_app(server)
    assert browser.ask(app, prompt="none").status_code == 200
    assert browser.ask(app, prompt="login").status_code == 200
