"""Settings: personal access tokens. Issue 3, point 4; GitHub reference 7.2."""

import re

import pytest

from llavero_http import Page, basic

LIST = "/settings/tokens"


@pytest.fixture
def person(server):
    user = server.make_user()
    return user, server.signed_in(user)


def make(server, browser, note="a script", *scopes):
    """The new token, as the page shows it this once."""
    form = browser.page(LIST + "/new").form(LIST)
    fields = [(n, note if n == "note" else v) for n, v in form.fields if n]
    reply = browser.post(LIST, fields + [("scope", s) for s in scopes])
    assert reply.status_code == 200, (reply.status_code, Page(reply.text).text)
    return shown(server, reply)


def shown(server, reply):
    assert reply.headers["Cache-Control"] == "no-store"
    return server.plant(re.search(r'id="new_token"[^>]* value="([^"]+)"', reply.text)[1])


def test_from_nothing_to_the_api(server, person):
    user, browser = person
    assert "not made a token yet" in browser.page(LIST).text
    token = make(server, browser, "a script", "repo", "public_repo", "read:user", "unknown")
    assert re.fullmatch("ghp_[0-9A-Za-z]{36}", token)
    reply = server.api("/user", token)
    assert reply.json()["login"] == user.login
    assert reply.headers["X-OAuth-Scopes"] == "read:user, repo"
    assert "X-OAuth-Client-Id" not in reply.headers
    page = browser.get(LIST)
    assert token not in page.text
    words = Page(page.text).text
    for text in ("a script", token[-8:], "read:user, repo"):
        assert text in words
    assert "Personal access token made" in browser.page("/settings/security-log").text
    # the API has the same
    listed = server.get("/api/v3/authorizations", headers=basic(user.login, user.password)).json()
    assert [t["note"] for t in listed] == ["a script"]


def test_renewed(server, person):
    browser = person[1]
    old = make(server, browser)
    form, = [f for f in browser.page(LIST).forms if f.action.endswith("/regenerate")]
    fresh = shown(server, browser.submit(form))
    assert fresh != old and fresh.startswith("ghp_")
    assert not server.is_alive(old) and server.is_alive(fresh)


def test_deleted(server, person):
    browser = person[1]
    token, other = make(server, browser, "one"), make(server, browser, "two")
    forms = [f for f in browser.page(LIST).forms if f.action.endswith("/delete")]
    assert len(forms) == 2
    reply = browser.submit(forms[0])
    assert reply.status_code == 303 and reply.headers["Location"] == LIST
    assert "The token is deleted" in Page(browser.follow(reply).text).text
    assert sorted([server.is_alive(token), server.is_alive(other)]) == [False, True]


@pytest.mark.parametrize("note", ["", "   ", "n" * 256, "a\nb", "taken"])
def test_notes_that_will_not_do(server, person, note):
    browser = person[1]
    make(server, browser, "taken")
    form = browser.page(LIST + "/new").form(LIST)
    token = dict(form.fields)["authenticity_token"]
    reply = browser.post(LIST, [("authenticity_token", token), ("note", note), ("scope", "gist")])
    assert reply.status_code == 422
    # what was chosen stays chosen
    assert ("scope", "gist") in Page(reply.text).form(LIST).fields
    assert len([f for f in browser.page(LIST).forms if f.action.endswith("/delete")]) == 1


def test_others_tokens(server, person):
    token = make(server, person[1])
    form, = [f for f in person[1].page(LIST).forms if f.action.endswith("/delete")]
    stranger = server.signed_in(server.make_user())
    own = dict(stranger.page(LIST + "/new").form(LIST).fields)["authenticity_token"]
    for action in (form.action, form.action.replace("/delete", "/regenerate"),
                   LIST + "/x/delete", LIST + "/0/delete"):
        assert stranger.post(action, {"authenticity_token": own}).status_code == 404
    assert server.is_alive(token)


def test_tokens_of_apps_are_not_these(server, person, app):
    user, browser = person
    token = server.token_for(app, browser)
    made, = server.get("/api/v3/authorizations", headers=basic(user.login, user.password)).json()
    own = dict(browser.page(LIST + "/new").form(LIST).fields)["authenticity_token"]
    reply = browser.post(f"{LIST}/{made['id']}/delete", {"authenticity_token": own})
    assert reply.status_code == 404 and server.is_alive(token)
    path = f"/settings/connections/applications/{app.client_id}"
    assert "1 live token." in browser.page(path).text


def test_only_administrators_are_offered_site_admin(server, person):
    # A222
    user, browser = person
    assert 'value="site_admin"' not in browser.get(LIST + "/new").text
    token = make(server, browser, "no", "site_admin", "gist")
    assert server.api("/user", token).headers["X-OAuth-Scopes"] == "gist"
    server.cli("user", "admin", user.login, "on")
    assert 'value="site_admin"' in browser.get(LIST + "/new").text


def test_spanish(server, person):
    page = person[1].page(LIST + "/new?lang=es")
    assert page.lang == "es" and "Nuevo token de acceso personal" in page.text


def test_signed_out(server):
    for path in (LIST, LIST + "/new"):
        assert server.browser().get(path).headers["Location"].startswith("/login?")
