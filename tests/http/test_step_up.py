"""Step-up authentication: RFC 9470. A resource says how a person must have signed in; tokens that
fall short are answered with what is needed."""

import time

import pytest

import own_openid as o
import standard as s
from authenticator import settle, totp
from llavero_http import Page, challenged, pkce
from test_protected_resource_metadata import WELL_KNOWN, challenge
from test_two_factor import Person

API = "/api/v3"


@pytest.fixture
def own(launch):
    return launch()


@pytest.fixture
def app(own):
    return s.make_app(own, expiring=True, metadata={"scope": "repo"})


def ask(own, path, token):
    """Rules of resources are kept for a second; asked again until they hold."""
    return own.get(path, headers={"Authorization": f"Bearer {token}"})


def until(own, path, token, status):
    end = time.monotonic() + 20
    reply = ask(own, path, token)
    while reply.status_code != status and time.monotonic() < end:
        reply = ask(own, path, token)
    assert reply.status_code == status, (reply.status_code, reply.text)
    return reply


def want(own, path, *flags):
    own.cli("resource", "create", own.base + path, *flags)


def assert_stepped(own, reply, resource, **wants):
    assert reply.status_code == 401
    scheme, told = challenge(reply)
    assert (scheme, told.pop("error")) == ("Bearer", "insufficient_user_authentication")
    told.pop("error_description", None)
    assert told == {"realm": "llavero", "resource_metadata": own.base + WELL_KNOWN + resource,
                    **wants}
    assert s.cause(own, reply) == "TOKEN_SIGN_IN"


def test_9470_01_userinfo_asks_for_a_recent_sign_in(own, app):
    browser = own.signed_in()
    token = o.sign_in(own, browser, app)[0]["access_token"]
    assert ask(own, o.USERINFO, token).status_code == 200
    want(own, o.USERINFO, "--max-age", "600")
    own.advance("10m")
    assert ask(own, o.USERINFO, token).status_code in (200, 401)
    own.advance("5s")
    assert_stepped(own, until(own, o.USERINFO, token, 401), o.USERINFO, max_age="600")
    # The client asks again, with what it was told: the person signs in, and the token is good.
    reply = o.ask(browser, app, max_age="600")
    assert reply.status_code == 302 and reply.headers["Location"].startswith("/login")
    got = s.sign_in(own, own.signed_in(), app, scope="openid", max_age="600")["access_token"]
    assert ask(own, o.USERINFO, got).status_code == 200
    # ... and a refresh makes no sign-in of it.
    assert_stepped(own, ask(own, o.USERINFO, token), o.USERINFO, max_age="600")


def test_9470_01_the_rest_api_asks_for_a_class(own, app):
    browser = own.signed_in()
    token = s.sign_in(own, browser, app)["access_token"]
    assert ask(own, API + "/user", token).status_code == 200
    want(own, API, "--acr-values", o.TWO_FACTORS_CLASS, "--max-age", "3600")
    reply = until(own, API + "/user", token, 401)
    assert_stepped(own, reply, API, acr_values=o.TWO_FACTORS_CLASS, max_age="3600")
    # the other APIs did not ask
    assert own.post("/api/graphql", json={"query": "{viewer{login}}"},
                    headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_9470_two_factors_reach_it(own, app):
    user = own.make_user()
    browser = own.signed_in(user)
    weak = s.sign_in(own, browser, app)["access_token"]
    want(own, API, "--acr-values", f"{o.TWO_FACTORS_CLASS}")
    assert_stepped(own, until(own, API + "/user", weak, 401), API,
                   acr_values=o.TWO_FACTORS_CLASS)
    person = Person(own, user)
    verifier, code_challenge = pkce()
    reply = s.ask(browser, app, acr_values=o.TWO_FACTORS_CLASS, **challenged(code_challenge))
    form = Page(browser.follow(reply).text).form("/session")
    second = browser.submit(form, login=user.login, password=user.password)
    settle()
    done = browser.submit(Page(second.text).form("/sessions/two-factor"), otp=totp(person.secret))
    code = own.plant(o.code_of(browser.follow(done)))
    token = s.exchange(own, app, code, code_verifier=verifier)["access_token"]
    assert ask(own, API + "/user", token).status_code == 200
    assert s.introspect(own, app, token)["acr"] == o.TWO_FACTORS_CLASS


def test_9470_what_tells_nothing_of_a_sign_in_falls_short(own, app):
    """Tokens of the GitHub dialect, too: else they would be the way around it."""
    browser = own.signed_in()
    token = own.token_for(app, browser)
    assert ask(own, API + "/user", token).status_code == 200
    want(own, "", "--acr-values", o.PASSWORD_CLASS)
    assert_stepped(own, until(own, API + "/user", token, 401), API, acr_values=o.PASSWORD_CLASS)
    assert s.sign_in(own, browser, app)["access_token"]
    assert ask(own, API + "/user", s.sign_in(own, browser, app)["access_token"]).status_code == 200


def test_9470_01_nobody_knows_how_long_ago_it_was(own, app):
    token = own.token_for(app, own.signed_in())
    want(own, API, "--max-age", "100000")
    assert_stepped(own, until(own, API + "/user", token, 401), API, max_age="100000")
    assert ask(own, API + "/user", s.sign_in(own, own.signed_in(), app)["access_token"]
               ).status_code == 200


def test_9470_what_is_said_of_an_api_counts_before_what_is_said_of_the_server(own, app):
    token = s.sign_in(own, own.signed_in(), app)["access_token"]
    want(own, "", "--acr-values", o.TWO_FACTORS_CLASS)
    until(own, API + "/user", token, 401)
    want(own, API)
    until(own, API + "/user", token, 200)
    own.cli("resource", "edit", own.base + API, "--acr-values", o.TWO_FACTORS_CLASS)
    until(own, API + "/user", token, 401)
    own.cli("resource", "edit", own.base + API, "--acr-values", "", "--max-age", "")
    until(own, API + "/user", token, 200)
    own.cli("resource", "delete", own.base + API, "--yes")
    until(own, API + "/user", token, 401)


# RFC 9470 6: what tokens tell

def test_9470_04_introspection_and_jwts_tell_class_and_time(own, app):
    browser = own.signed_in()
    own.cli("resource", "create", "https://files.example/", "--format", "jwt")
    for more in {}, {"resource": "https://files.example/"}:
        verifier, code_challenge = pkce()
        code = s.code(browser, app, **challenged(code_challenge), **more)
        body = s.exchange(own, app, code, code_verifier=verifier)
        told = s.introspect(own, app, body["access_token"])
        assert told["acr"] == o.PASSWORD_CLASS and isinstance(told["auth_time"], int)
        assert s.introspect(own, app, body["refresh_token"])["auth_time"] == told["auth_time"]
        if more:
            claims = o.verify(own, body["access_token"], "at+jwt")[1]
            assert (claims["acr"], claims["auth_time"]) == (told["acr"], told["auth_time"])
        own.advance("1h")
        again = s.refresh(own, app, body["refresh_token"])
        assert s.introspect(own, app, again["access_token"])["auth_time"] == told["auth_time"]
    client = s.token(own, app, grant_type="client_credentials")
    assert not {"acr", "auth_time"} & set(s.introspect(own, app, client["access_token"]))


def test_9470_02_max_age_and_classes_of_requests_that_are_not_openid(own, app):
    browser = own.signed_in()
    own.advance("10m")
    reply = s.ask(browser, app, max_age="60")
    assert reply.status_code == 302 and reply.headers["Location"].startswith("/login")
    assert "code" in s.answer(browser, app, max_age="100000")
    assert s.answer(browser, app, max_age="x")["error"] == "invalid_request"


@pytest.mark.parametrize("flags", [
    ("--acr-values", "gold"), ("--acr-values", o.PASSWORD_CLASS + " x"), ("--max-age", "-1"),
    ("--max-age", "soon"), ("--acr-values", " ".join([o.PASSWORD_CLASS] * 11))])
def test_what_nobody_could_reach_is_not_taken(own, flags):
    own.cli("resource", "create", "https://files.example/", *flags, status=2)


@pytest.mark.parametrize("ones, twos, length, status", [
    (0, 9, 251, 0), (8, 2, 255, 0), (7, 3, 258, 2)])
def test_how_long_the_classes_may_be(own, ones, twos, length, status):
    """255 bytes; two names give no length that is nearer."""
    words = " ".join([o.PASSWORD_CLASS] * ones + [o.TWO_FACTORS_CLASS] * twos)
    assert len(words) == length
    own.cli("resource", "create", "https://files.example/", "--acr-values", words, status=status)


def test_the_command_line_tells_it(own):
    made = own.cli_json("resource", "create", "https://files.example/", "--acr-values",
                        o.TWO_FACTORS_CLASS, "--max-age", "0", "--listed", "no")
    assert (made["acr_values"], made["max_age"], made["listed"]) == (o.TWO_FACTORS_CLASS, 0, False)
    shown = own.cli_json("resource", "show", "https://files.example/")
    assert shown == made
    plain = own.cli_json("resource", "create", "https://mail.example/")
    assert (plain["acr_values"], plain["max_age"], plain["listed"]) == (None, None, True)
