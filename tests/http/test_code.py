"""What becomes of an authorization code. RFC 6749 4.1.2 and 4.1.3, RFC 7636 4.6; assurance 4.2,
4.3 and 6.1. How requests are read and replies worded is in test_access_token.py."""

import time

import pytest

from llavero_http import (BAD_CODE, INCORRECT, MISMATCH, SUSPENDED, Page, basic, challenged,
                          pkce)

# RFC 7636 appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture(scope="module")
def app(server):
    return server.make_app()


@pytest.fixture(scope="module")
def other_app(server):
    return server.make_app()


@pytest.fixture
def code(app, octocat):
    return octocat.code(app)


def token_of(reply):
    assert set(reply) == {"access_token", "token_type", "scope"}, reply
    return reply["access_token"]


# codes that are none

def test_missing_code(server, app):
    assert server.exchange(app, None) == BAD_CODE
    assert server.exchange(app, "") == BAD_CODE


@pytest.mark.parametrize("damage", [
    lambda c: c[:-1], lambda c: c + "0", lambda c: c[1:], lambda c: c.upper(),
    lambda c: c + " ", lambda c: " " + c, lambda c: c[:20], lambda c: c * 2, lambda c: "%",
    lambda c: "_" * 40, lambda c: c[:39] + "%", lambda c: "'" + c, lambda c: c + "'--",
    lambda c: c[::-1], lambda c: "0" * 40, lambda c: "f" * 40, lambda c: "g" * 40,
    lambda c: c[:-1] + ("0" if c[-1] != "0" else "1"),
    lambda c: ("0" if c[0] != "0" else "1") + c[1:], lambda c: "ñ" * 20, lambda c: "x" * 60000,
    lambda c: "gho_" + "0" * 36, lambda c: c + "\n", lambda c: "\x01" + c,
])
def test_nothing_but_the_very_code_A033_A034(server, app, code, damage):
    wrong = damage(code)
    if wrong != code:  # a code of digits alone is its own upper case
        assert server.exchange(app, wrong) == BAD_CODE
    token_of(server.exchange(app, code))


def test_codes_look_alike_and_are_all_different(server, app, octocat):
    # A205
    codes = {octocat.code(app) for _ in range(50)}
    assert len(codes) == 50
    assert all(len(c) == 40 and set(c) <= set("0123456789abcdef") for c in codes)


# single use

def test_replay_is_refused_and_kills_the_token_A025_6749_13(server, app, code):
    # P13
    token = token_of(server.exchange(app, code))
    assert server.is_alive(token)
    assert server.exchange(app, code) == BAD_CODE
    assert not server.is_alive(token)
    assert server.exchange(app, code) == BAD_CODE


def test_whose_token_a_replay_ended_reads_of_it_once_A025(server, app):
    browser = server.signed_in(server.make_user())
    code = browser.code(app)
    server.exchange(app, code)
    said = "what it came from was used twice"
    assert said not in browser.page("/settings/security-log").text
    for _ in range(3):
        assert server.exchange(app, code) == BAD_CODE
    log = browser.page("/settings/security-log").text
    assert log.count(said) == 1 and app.name in log
    assert "se usó dos veces" in browser.page("/settings/security-log?lang=es").text


def test_replay_kills_no_other_token_A025(server, app, octocat):
    first = octocat.code(app)
    tokens = [token_of(server.exchange(app, first)), server.token_for(app, octocat)]
    server.exchange(app, first)
    assert [server.is_alive(t) for t in tokens] == [False, True]


def test_replay_that_is_wrong_otherwise_kills_nothing_A027_9700_22(server, app, other_app, octocat):
    # P13
    verifier, challenge = pkce()
    code = octocat.code(app, **challenged(challenge))
    token = token_of(server.exchange(app, code, code_verifier=verifier))
    good = {"code_verifier": verifier}
    for expected, changes in [
            (BAD_CODE, {"code_verifier": pkce()[0]}), (BAD_CODE, {}),
            (INCORRECT, {**good, "client_secret": "0" * 40}),
            (INCORRECT, {**good, "client_secret": None}),
            (BAD_CODE, {**good, **other_app.credentials}),
            (MISMATCH, {**good, "redirect_uri": app.callback + "/x"})]:
        assert server.exchange(app, code, **changes) == expected
        assert server.is_alive(token)
    assert server.exchange(app, code, **good) == BAD_CODE
    assert not server.is_alive(token)


def test_wrong_secret_first_then_right_A028(server, app, code):
    # as golang.org/x/oauth2 does: Basic first, then the body
    assert server.post("/login/oauth/access_token", {"code": code}, headers={
        "Accept": "application/json", **basic(app.client_id, "0" * 40)}).json() == INCORRECT
    for wrong in ("0" * 40, "", None):
        assert server.exchange(app, code, client_secret=wrong) == INCORRECT
    token = token_of(server.exchange(app, code))
    assert server.is_alive(token)


def test_refusals_never_burn_a_code(server, app, other_app, octocat):
    verifier, challenge = pkce()
    code = octocat.code(app, **challenged(challenge))
    for changes in ({}, {"code_verifier": "short"}, {"code_verifier": pkce()[0]},
                    {"code_verifier": verifier, "redirect_uri": "https://other.example/"},
                    {"code_verifier": verifier, "grant_type": "password"}) * 3:
        assert "error" in server.exchange(app, code, **changes)
    token_of(server.exchange(app, code, code_verifier=verifier))


def test_code_of_another_app_A029_A030(server, app, other_app, octocat):
    # P11
    code = octocat.code(app)
    assert server.exchange(other_app, code) == BAD_CODE
    assert server.exchange(other_app, code, redirect_uri=app.callback) == BAD_CODE
    token_of(server.exchange(app, code))
    # with PKCE: the thief's verifier is of another request
    verifier, challenge = pkce()
    stolen = octocat.code(app, **challenged(challenge))
    assert server.exchange(app, stolen, code_verifier=pkce()[0]) == BAD_CODE


def test_the_token_is_of_who_allowed_it(server, app):
    for user in (server.make_user(), server.make_user()):
        token = server.token_for(app, server.signed_in(user))
        assert server.api("/user", token).json()["login"] == user.login


def test_every_exchange_makes_a_new_token(server, app, octocat):
    tokens = [server.token_for(app, octocat) for _ in range(3)]
    assert len(set(tokens)) == 3 and all(server.is_alive(t) for t in tokens)


def test_expired_code_A032_6749_12(launch):
    own = launch(code_lifetime=1)
    app, browser = own.make_app(), own.signed_in()
    code = browser.code(app)
    token_of(own.exchange(app, browser.code(app)))
    time.sleep(2.1)
    assert own.exchange(app, code) == BAD_CODE
    assert own.metric('llavero_refusals_total{cause="CODE_EXPIRED",'
                      'error="bad_verification_code"}') == 1


# redirect_uri at the token endpoint: RFC 6749 4.1.3, reference 2.6

def test_redirect_uri_may_be_left_out_or_be_equal(server, app, octocat):
    # G11
    for asked in (None, app.callback):
        for told in (None, "", app.callback):
            token_of(server.exchange(app, octocat.code(app, redirect_uri=asked),
                                     redirect_uri=told))


@pytest.mark.parametrize("change", [
    lambda u: u + "/", lambda u: u + "?", lambda u: u + "?a=1", lambda u: u + "#", lambda u: u[:-1],
    lambda u: u.upper(), lambda u: u.replace("https", "http"), lambda u: u + " ",
    lambda u: u.replace(".example", ".example:443"), lambda u: u.replace("cb", "c%62"),
    lambda u: "HTTPS" + u[5:], lambda u: "x", lambda u: u + "x" * 5000,
    lambda u: "https://app.example/cb/../cb",
])
def test_redirect_uri_is_compared_byte_by_byte_6749_14(server, app, code, change):
    assert server.exchange(app, code, redirect_uri=change(app.callback)) == MISMATCH
    token_of(server.exchange(app, code, redirect_uri=app.callback))


def test_redirect_uri_is_that_of_the_request_not_any_registered(server, octocat):
    one, two = "https://app.example/one", "https://app.example/two"
    app = server.make_app(one, two)
    code = octocat.code(app, redirect_uri=two)
    assert server.exchange(app, code, redirect_uri=one) == MISMATCH
    token_of(server.exchange(app, code, redirect_uri=two))
    # none was asked for: it was the first
    code = octocat.code(app)
    assert server.exchange(app, code, redirect_uri=two) == MISMATCH
    token_of(server.exchange(app, code, redirect_uri=one))


def test_loopback_port_is_part_of_it(server, octocat):
    app = server.make_app("http://127.0.0.1/callback")
    asked = "http://127.0.0.1:49152/callback"
    code = octocat.code(app, redirect_uri=asked)
    for wrong in (app.callback, asked.replace("49152", "49153")):
        assert server.exchange(app, code, redirect_uri=wrong) == MISMATCH
    token_of(server.exchange(app, code, redirect_uri=asked))


# PKCE: RFC 7636

class TestPkce:
    def test_vector_of_appendix_b_7636_01(self, server, app, octocat):
        code = octocat.code(app, **challenged(CHALLENGE))
        token_of(server.exchange(app, code, code_verifier=VERIFIER))

    @pytest.mark.parametrize("verifier", [
        None, "", CHALLENGE, VERIFIER[:-1], VERIFIER + "a", VERIFIER.swapcase(), VERIFIER + "=",
        VERIFIER[:42], "a" * 129, VERIFIER.replace("-", "+"), VERIFIER.replace("_", "/"),
        VERIFIER + " ", " " + VERIFIER, VERIFIER.replace("d", "%64", 1), "ñ" * 22, "x" * 5000,
        "é" * 43, VERIFIER[:20] + "\t" + VERIFIER[21:], VERIFIER[:-1] + "l",
    ])
    def test_wrong_verifiers_7636_02_05_06_A041_A044(self, server, app, octocat, verifier):
        # G12
        code = octocat.code(app, **challenged(CHALLENGE))
        assert server.exchange(app, code, code_verifier=verifier) == BAD_CODE
        # and it does not die of it: 7636-09, assurance 6.1
        token_of(server.exchange(app, code, code_verifier=VERIFIER))

    @pytest.mark.parametrize("verifier", ["a" * 43, "a" * 128, "-._~" + "0" * 39, "Z9" * 40])
    def test_verifiers_of_every_length_and_character(self, server, app, octocat, verifier):
        code = octocat.code(app, **challenged(pkce(verifier)[1]))
        token_of(server.exchange(app, code, code_verifier=verifier))

    def test_verifier_without_challenge_7636_07_A039(self, server, app, octocat):
        code = octocat.code(app)
        assert server.exchange(app, code, code_verifier=VERIFIER) == BAD_CODE
        token_of(server.exchange(app, code))
        # an empty challenge is none: 6749-03, A042
        code = octocat.code(app, code_challenge="", code_challenge_method="")
        assert server.exchange(app, code, code_verifier=VERIFIER) == BAD_CODE
        token_of(server.exchange(app, code))

    def test_equal_challenges_7636_08_A046(self, server, app, octocat):
        one, two = (octocat.code(app, **challenged(CHALLENGE)) for _ in range(2))
        assert one != two and CHALLENGE not in one + two
        tokens = [token_of(server.exchange(app, c, code_verifier=VERIFIER)) for c in (one, two)]
        assert all(server.is_alive(t) for t in tokens)

    def test_secret_is_needed_beside_the_verifier_A047(self, server, app, octocat):
        code = octocat.code(app, **challenged(CHALLENGE))
        assert server.exchange(app, code, code_verifier=VERIFIER,
                               client_secret=None) == INCORRECT
        token_of(server.exchange(app, code, code_verifier=VERIFIER))

    def test_many_wrong_guesses_stay_wrong_7636_09(self, server, app, octocat):
        code = octocat.code(app, **challenged(CHALLENGE))
        for _ in range(20):
            assert server.exchange(app, code, code_verifier=pkce()[0]) == BAD_CODE


# what was taken back between the two steps: A031, A058, A062

class TestTakenBack:
    def begin(self, server):
        user, app = server.make_user(), server.make_app()
        browser = server.signed_in(user)
        token = server.token_for(app, browser)
        return user, app, browser, token, browser.code(app)

    def refused_at(self, server, app, code, token, expected):
        assert server.exchange(app, code) == expected
        assert server.exchange(app, code) == expected
        assert not server.is_alive(token)

    def test_grant_revoked_by_the_user(self, server):
        # A031
        user, app, browser, token, code = self.begin(server)
        path = f"/settings/connections/applications/{app.client_id}"
        form = browser.page(path).form(path + "/revoke")
        assert browser.submit(form).status_code == 303
        self.refused_at(server, app, code, token, BAD_CODE)
        # consent is asked again from scratch, and does not wake the old code
        assert Page(browser.ask(app).text).has_form("/login/oauth/authorize")
        fresh = server.token_for(app, browser)
        self.refused_at(server, app, code, token, BAD_CODE)
        assert server.is_alive(fresh)

    def test_grant_revoked_by_the_operator(self, server):
        # A031
        user, app, browser, token, code = self.begin(server)
        server.cli("grant", "revoke", user.login, app.client_id)
        self.refused_at(server, app, code, token, BAD_CODE)

    def test_all_tokens_of_the_app_revoked(self, server):
        # A031
        user, app, browser, token, code = self.begin(server)
        server.cli("app", "revoke-tokens", app.client_id)
        self.refused_at(server, app, code, token, BAD_CODE)
        assert Page(browser.ask(app).text).has_form("/login/oauth/authorize")
        assert server.is_alive(server.token_for(app, browser))

    def test_user_suspended(self, server):
        # A031
        user, app, browser, token, code = self.begin(server)
        server.cli("user", "suspend", user.login)
        assert server.exchange(app, code) == BAD_CODE
        assert server.api("/user", token).status_code == 403
        server.cli("user", "unsuspend", user.login)
        assert server.is_alive(token)
        token_of(server.exchange(app, code))

    def test_app_suspended(self, server):
        # A031, A062
        user, app, browser, token, code = self.begin(server)
        server.cli("app", "suspend", app.client_id)
        self.refused_at(server, app, code, token, SUSPENDED)
        # who does not hold the secret learns nothing of it
        assert server.exchange(app, code, client_secret="0" * 40) == INCORRECT
        server.cli("app", "unsuspend", app.client_id)
        assert server.is_alive(token)
        token_of(server.exchange(app, code))

    def test_app_deleted(self, server):
        user, app, browser, token, code = self.begin(server)
        server.cli("app", "delete", app.client_id, "--yes")
        self.refused_at(server, app, code, token, INCORRECT)
        assert browser.ask(app).status_code == 404

    def test_secret_revoked_A058(self, server):
        user, app, browser, token, code = self.begin(server)
        added = server.cli_json("app", "secret", "add", app.client_id)["client_secret"]
        server.plant(added)
        listed = server.cli_json("app", "secret", "list", app.client_id)
        first = next(s for s in listed if s["last_eight"] == app.client_secret[-8:])
        token_of(server.exchange(app, browser.code(app), client_secret=added))
        token_of(server.exchange(app, browser.code(app)))
        server.cli("app", "secret", "revoke", app.client_id, str(first["id"]))
        assert server.exchange(app, code) == INCORRECT
        token_of(server.exchange(app, code, client_secret=added))
        assert server.is_alive(token)

    def test_callback_removed(self, server):
        """The code was sent to a place that was the app's then; nobody else can redeem it."""
        user, app, browser, token, code = self.begin(server)
        server.cli("app", "edit", app.client_id, "--callback", "https://new.example/cb")
        assert server.exchange(app, code, redirect_uri="https://new.example/cb") == MISMATCH
        token_of(server.exchange(app, code, redirect_uri=app.callback))


def test_unverified_address_gives_no_code_G09(server, app):
    user = server.make_user(verified=False)
    browser = server.signed_in(user)
    reply = browser.ask(app)
    assert reply.status_code == 403 and "Location" not in reply.headers
    assert not Page(reply.text).has_form("/login/oauth/authorize")
    server.cli("user", "verify-email", user.login, user.email)
    assert server.is_alive(server.token_for(app, browser))
