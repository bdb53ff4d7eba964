"""Between an authorization request and its answer: signing in, picking an account, consenting.
GitHub reference 2.4, 2.5 and 10; RFC 6749 10.12; assurance 4.5 and 4.14."""

import re
import urllib.parse

import pytest

from llavero_http import Page, challenged, location_query, pkce

AUTHORIZE, PICKER = "/login/oauth/authorize", "/login/oauth/select_account"
CALLBACK = "https://app.example/cb"


@pytest.fixture
def issued(server):
    """How many codes there are; a test that ends has made none unless it says so."""
    return lambda: server.metric("llavero_codes_issued_total")


def consent_of(browser, app, **params):
    reply = browser.ask(app, **params)
    assert reply.status_code == 200, (reply.status_code, reply.text[:500])
    return Page(reply.text).form(AUTHORIZE)


def refused(browser, reply, before, issued):
    assert reply.status_code == 403, (reply.status_code, reply.headers)
    assert "Location" not in reply.headers and "code=" not in reply.text
    assert not Page(reply.text).refreshes
    assert issued() == before


# the page

class TestConsentPage:
    def test_says_what_for_whom_and_where_to(self, server, octocat):
        app = server.make_app("https://app.example:8443/cb?x=1")
        reply = octocat.ask(app, scope="repo user:email")
        page = Page(reply.text)
        for words in (app.name, app.owner, "octocat", "https://app.example:8443", "repo",
                      "user:email"):
            assert words in page.text, words
        assert app.name in page.title
        assert page.form(AUTHORIZE).buttons == [("authorize", "0"), ("authorize", "1")]
        assert {"js-oauth-authorize-btn", "js-oauth-cancel-btn"} <= page.ids

    def test_carries_the_request_and_nothing_else(self, server, octocat, app):
        params = {"redirect_uri": CALLBACK, "scope": "gist", "state": "a<&>\"'ñ",
                  **challenged(pkce()[1]), "response_type": "code"}
        form = consent_of(octocat, app, **params, extra="no", authorize="1")
        fields = dict(form.fields)
        token = fields.pop("authenticity_token")
        assert fields == {"client_id": app.client_id, **params}
        assert re.fullmatch(r"[\w-]{43}\.[\w-]{43}", token)

    def test_shows_what_is_new_apart_from_what_was_granted(self, server, octocat, app):
        octocat.code(app, scope="gist")
        page = Page(octocat.ask(app, scope="gist repo").text)
        assert "gist" in page.text and "repo" in page.text
        # and in both languages
        spanish = Page(octocat.ask(app, scope="gist repo", lang="es").text)
        assert (page.lang, spanish.lang) == ("en", "es") and page.text != spanish.text
        octocat.get("/?lang=en")

    def test_names_are_text_A172_A176_A177(self, server, octocat):
        # P05
        names = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "{{7*7}} ${7*7}",
                 "%n%s%x", "</title><svg onload=alert(1)>", "a'b&amp;c"]
        for name in names:
            app = server.make_app(CALLBACK, name=name)
            for reply in (octocat.ask(app), octocat.get("/settings/developers"),
                          octocat.ask(app, redirect_uri="https://evil.com/"),
                          octocat.ask(app, prompt="select_account")):
                assert "<script>alert" not in reply.text and "<img src=x" not in reply.text
                assert "<svg onload" not in reply.text
            assert name in Page(octocat.ask(app).text).text
            server.cli("app", "delete", app.client_id, "--yes")

    def test_is_never_kept_or_framed_6749_35_A084(self, octocat, app):
        headers = octocat.ask(app).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"

    def test_pressing_a_button_of_another_value_allows_nothing(self, server, octocat, app, issued):
        before = issued()
        for button in (None, ("authorize", ""), ("authorize", "2"), ("authorize", "true"),
                       ("authorize", "1 "), ("Authorize", "1")):
            reply = octocat.submit(consent_of(octocat, app), button)
            assert dict(location_query(reply))["error"] == "access_denied"
        assert issued() == before


# the form: A064 to A066

class TestForm:
    ALLOW = ("authorize", "1")

    def test_works_from_its_own_origin(self, server, app):
        for headers in ({}, {"Origin": server.base, "Sec-Fetch-Site": "same-origin"},
                        {"Origin": "null"}, {"Sec-Fetch-Site": "none"}):
            browser = server.signed_in(server.make_user())
            reply = browser.submit(consent_of(browser, app), self.ALLOW, headers=headers)
            assert reply.status_code == 302 and "code" in dict(location_query(reply))

    @pytest.mark.parametrize("headers", [
        {"Origin": "https://evil.com"}, {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:1"}, {"Origin": "https://127.0.0.1"},
        {"Sec-Fetch-Site": "Cross-Site"}, {"Origin": "file://"},
    ])
    def test_from_elsewhere_A064(self, server, octocat, app, issued, headers):
        before = issued()
        form = consent_of(octocat, app)
        refused(octocat, octocat.submit(form, self.ALLOW, headers=headers), before, issued)

    @pytest.mark.parametrize("token", [None, "", "x", "A" * 43, "A" * 87, "A" * 43 + "." + "A" * 43])
    def test_without_its_token_A064_6749_34(self, server, octocat, app, issued, token):
        before = issued()
        form = consent_of(octocat, app)
        refused(octocat, octocat.submit(form, self.ALLOW, authenticity_token=token), before, issued)

    def test_altered_tokens(self, server, octocat, app, issued):
        before = issued()
        form = consent_of(octocat, app)
        token = form.value("authenticity_token")
        for wrong in (token[:-1], token + "A", token[:43], token[44:], token[::-1], "." + token,
                      token[44:] + "." + token[:43], token[:43] + "." + token[:43]):
            refused(octocat, octocat.submit(form, self.ALLOW, authenticity_token=wrong), before,
                    issued)

    def test_twice_the_token(self, server, octocat, app, issued):
        before = issued()
        form = consent_of(octocat, app)
        fields = form.fields + [("authenticity_token", form.value("authenticity_token")), self.ALLOW]
        refused(octocat, octocat.post(AUTHORIZE, fields), before, issued)

    def test_token_of_another_person_A064(self, server, octocat, app, issued):
        other = server.signed_in(server.make_user())
        before = issued()
        foreign = consent_of(other, app)
        refused(octocat, octocat.submit(foreign, self.ALLOW), before, issued)
        refused(octocat, server.browser().submit(foreign, self.ALLOW), before, issued)

    def test_token_of_another_page(self, server, octocat, app, issued):
        """The frame's token signs out and saves settings; it must not consent."""
        before = issued()
        frame = Page(octocat.get("/settings/profile").text).form("/logout")
        form = consent_of(octocat, app)
        for token in (frame.value("authenticity_token"),
                      frame.value("authenticity_token") + form.value("authenticity_token")[43:44]):
            refused(octocat, octocat.submit(form, self.ALLOW, authenticity_token=token), before,
                    issued)

    def test_token_of_the_picker(self, server, octocat, app, issued):
        before = issued()
        params = {"scope": "gist"}
        picker = Page(octocat.ask(app, prompt="select_account", **params).text).form(PICKER)
        form = consent_of(octocat, app, **params)
        refused(octocat, octocat.submit(
            form, self.ALLOW, authenticity_token=picker.value("authenticity_token")), before, issued)

    @pytest.mark.parametrize("change", [
        {"scope": "user repo delete_repo"}, {"scope": None}, {"state": "other"}, {"state": None},
        {"redirect_uri": "https://app.example/other"}, {"redirect_uri": None},
        {"code_challenge": "A" * 43}, {"code_challenge": None, "code_challenge_method": None},
        {"response_type": "code"}, {"prompt": "x"}, {"client_id": None}, {"login": "x"},
    ], ids=str)
    def test_tampering_with_hidden_fields_A065(self, server, octocat, issued, change):
        app = server.make_app(CALLBACK, "https://app.example/other")
        before = issued()
        form = consent_of(octocat, app, redirect_uri=CALLBACK, scope="gist", state="s",
                          **challenged(pkce()[1]))
        refused(octocat, octocat.submit(form, self.ALLOW, **change), before, issued)

    def test_doubled_hidden_fields_A065(self, server, octocat, app, issued):
        before = issued()
        form = consent_of(octocat, app, scope="gist")
        for more in (("scope", "repo"), ("scope", "gist"), ("client_id", app.client_id),
                     ("redirect_uri", CALLBACK)):
            for fields in ([*form.fields, more], [more, *form.fields]):
                refused(octocat, octocat.post(AUTHORIZE, [*fields, self.ALLOW]), before, issued)

    def test_the_query_is_not_the_form(self, server, octocat, app, issued):
        before = issued()
        form = consent_of(octocat, app, scope="gist")
        token = ("authenticity_token", form.value("authenticity_token"))
        query = urllib.parse.urlencode([(n, v) for n, v in form.fields if n != token[0]])
        refused(octocat, octocat.post(f"{AUTHORIZE}?{query}", [token, self.ALLOW]), before, issued)
        # and what is in the query beside a good form changes nothing
        fields = [*form.fields, self.ALLOW]
        reply = octocat.post(AUTHORIZE + "?scope=repo&state=x&redirect_uri=https://evil.com", fields)
        answer = dict(location_query(reply))
        assert reply.headers["Location"].startswith(CALLBACK) and "state" not in answer
        assert server.exchange(app, answer["code"])["scope"] == "gist"

    def test_two_tabs_are_not_swapped_A066(self, server, octocat, issued):
        good, evil = server.make_app(CALLBACK), server.make_app("https://evil.com/cb")
        before = issued()
        one, two = consent_of(octocat, good, scope="gist"), consent_of(octocat, evil, scope="gist")
        for form, other, app in ((one, two, evil), (two, one, good)):
            token = form.value("authenticity_token")
            refused(octocat, octocat.submit(other, self.ALLOW, authenticity_token=token), before,
                    issued)
            refused(octocat, octocat.submit(form, self.ALLOW, client_id=app.client_id), before,
                    issued)
        # each tab still does what it showed
        for form, uri in ((two, "https://evil.com/cb"), (one, CALLBACK)):
            reply = octocat.submit(form, self.ALLOW)
            assert reply.headers["Location"].startswith(uri + "?code=")

    @pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
    def test_other_content_types(self, octocat, app, issued, kind):
        before = issued()
        form = consent_of(octocat, app)
        body = urllib.parse.urlencode([*form.fields, self.ALLOW])
        reply = octocat.post(AUTHORIZE, body, headers={"Content-Type": kind})
        assert reply.status_code == 415 and issued() == before

    def test_malformed_forms(self, octocat, app, issued):
        before = issued()
        form = consent_of(octocat, app)
        body = urllib.parse.urlencode([*form.fields, self.ALLOW])
        for more in ("&x=%zz", "&x=%00", "&x=%ff", "&x=1" * 130):
            reply = octocat.post(AUTHORIZE, body + more, headers={
                "Content-Type": "application/x-www-form-urlencoded"})
            assert reply.status_code == 400 and issued() == before

    def test_what_changed_since_the_page_was_shown_counts(self, server, octocat, issued):
        """The rules are looked at again when the form comes back."""
        app = server.make_app(CALLBACK)
        form = consent_of(octocat, app, redirect_uri=CALLBACK)
        before = issued()
        server.cli("app", "suspend", app.client_id)
        reply = octocat.submit(form, self.ALLOW)
        assert dict(location_query(reply))["error"] == "application_suspended"
        server.cli("app", "unsuspend", app.client_id)
        server.cli("app", "edit", app.client_id, "--callback", "https://new.example/cb")
        reply = octocat.submit(form, self.ALLOW)
        assert reply.status_code == 400 and "Location" not in reply.headers
        server.cli("app", "delete", app.client_id, "--yes")
        assert octocat.submit(form, self.ALLOW).status_code == 404
        assert issued() == before

    def test_session_that_ended_meanwhile(self, server, app, issued):
        user = server.make_user()
        browser = server.signed_in(user)
        form = consent_of(browser, app, state="kept")
        server.cli("session", "end", user.login, "--all")
        before = issued()
        reply = browser.submit(form, self.ALLOW)
        assert reply.status_code == 303 and reply.headers["Location"].startswith("/login?")
        assert issued() == before
        # signing in leads back to the very request, which is asked again
        page = Page(browser.follow(reply).text)
        reply = browser.submit(page.form("/session"), login=user.login, password=user.password)
        reply = browser.decide(browser.follow(reply))
        assert dict(location_query(reply))["state"] == "kept"

    def test_suspended_user_cannot_consent(self, server, app, issued):
        user = server.make_user()
        browser = server.signed_in(user)
        form = consent_of(browser, app)
        before = issued()
        server.cli("user", "suspend", user.login)
        reply = browser.submit(form, self.ALLOW)
        assert reply.status_code == 303 and issued() == before
        assert reply.headers["Location"].startswith("/login?")


# signing in on the way

class TestSignIn:
    def test_leads_to_the_request_and_back(self, server, app):
        user, browser = server.make_user(), server.browser()
        reply = browser.ask(app, scope="gist", state="a b+c", redirect_uri=CALLBACK)
        assert reply.status_code == 302
        query = dict(location_query(reply))
        assert reply.headers["Location"].startswith("/login?client_id=" + app.client_id)
        assert query["return_to"].startswith(AUTHORIZE + "?client_id=")
        page = Page(browser.follow(reply).text)
        assert app.name in page.text
        reply = browser.submit(page.form("/session"), login=user.login, password=user.password)
        assert reply.status_code == 303  # 9700-12
        assert reply.headers["Location"] == query["return_to"]
        assert Page(browser.follow(reply).text).has_form(AUTHORIZE)

    def test_wrong_password_on_the_way_loses_nothing(self, server, app):
        user, browser = server.make_user(), server.browser()
        page = Page(browser.follow(browser.ask(app, state="s")).text)
        form = page.form("/session")
        reply = browser.submit(form, login=user.login, password="wrong")
        assert reply.status_code == 422
        again = Page(reply.text).form("/session")
        assert again.value("return_to") == form.value("return_to")
        assert again.value("login") == user.login and not again.value("password")

    def test_login_is_filled_in_and_does_not_force(self, server, app):
        # G28
        browser = server.browser()
        page = Page(browser.follow(browser.ask(app, login="mona<&>\"")).text)
        assert page.form("/session").value("login") == "mona<&>\""
        signed_in = server.signed_in(server.make_user())
        assert Page(signed_in.ask(app, login="mona").text).has_form(AUTHORIZE)

    def test_allow_signup(self, launch):
        # G28
        own = launch(signup="on")
        app = own.make_app(CALLBACK)
        for value, offered in ((None, True), ("true", True), ("", True), ("false", False)):
            browser = own.browser()
            page = Page(browser.follow(browser.ask(app, allow_signup=value)).text)
            assert any(link.startswith("/join?") for link in page.links) is offered

    def test_no_sign_up_where_the_server_has_none(self, server, app):
        browser = server.browser()
        page = Page(browser.follow(browser.ask(app, allow_signup="true")).text)
        assert not any(link.startswith("/join") for link in page.links)


# the account picker: reference 2.4, G28

class TestPicker:
    def test_prompt_select_account(self, server, octocat, app):
        # G28
        octocat.code(app, scope="gist")
        page = Page(octocat.ask(app, prompt="select_account", scope="gist", state="s").text)
        assert "octocat" in page.text
        reply = octocat.submit(page.form(PICKER))
        assert [n for n, _ in location_query(reply)] == ["code", "iss", "state"]

    def test_other_prompts_mean_nothing(self, octocat, app):
        octocat.code(app)
        for prompt in ("none", "login", "consent", "SELECT_ACCOUNT", ""):
            assert "code" in octocat.answer(app, prompt=prompt)

    def test_then_consent(self, server, octocat):
        app = server.make_app(CALLBACK)
        page = Page(octocat.ask(app, prompt="select_account", state="s").text)
        reply = octocat.decide(octocat.submit(page.form(PICKER)))
        assert dict(location_query(reply))["state"] == "s"

    def test_by_its_own_address(self, server, octocat, app):
        octocat.code(app)
        reply = octocat.get(PICKER, params={"client_id": app.client_id, "state": "s"})
        assert reply.status_code == 200
        reply = octocat.submit(Page(reply.text).form(PICKER))
        assert dict(location_query(reply))["state"] == "s"

    def test_its_requests_are_checked_like_any(self, server, octocat, app):
        assert octocat.get(PICKER).status_code == 404
        for params, status in (({"redirect_uri": "https://evil.com/"}, 400),
                               ({"response_type": "token"}, 302)):
            reply = octocat.get(PICKER, params={"client_id": app.client_id, **params})
            assert reply.status_code == status
        assert octocat.get(PICKER + "?client_id=x&client_id=y").status_code == 400

    def test_another_account_A083(self, server, app):
        one, two = server.make_user(), server.make_user()
        browser = server.signed_in(one)
        page = Page(browser.ask(app, prompt="select_account", state="s").text)
        other = next(link for link in page.links if link.startswith("/login?switch=1"))
        page = browser.page(other)
        reply = browser.submit(page.form("/session"), login=two.login, password=two.password)
        # picked by signing in: consent follows at once
        answer = dict(location_query(browser.decide(browser.follow(reply))))
        assert answer["state"] == "s"
        token = server.exchange(app, answer["code"])["access_token"]
        assert server.api("/user", token).json()["login"] == two.login

    def test_signed_out(self, server, app):
        browser = server.browser()
        reply = browser.get(PICKER, params={"client_id": app.client_id})
        assert reply.status_code == 302 and reply.headers["Location"].startswith("/login?")

    def test_its_form_needs_its_token_A064(self, server, octocat, app, issued):
        octocat.code(app)
        before = issued()
        form = Page(octocat.ask(app, prompt="select_account", scope="").text).form(PICKER)
        for changes in ({"authenticity_token": None}, {"authenticity_token": "A" * 87},
                        {"client_id": server.demo["client_id"]}, {"state": "x"}):
            refused(octocat, octocat.submit(form, **changes), before, issued)
