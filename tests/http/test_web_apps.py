"""Settings: one's own apps, and apps that one has authorized. Issue 2, point 5; GitHub reference 1
and 9; assurance A058, A062."""

import re

import pytest

from llavero_http import INCORRECT, App, Page, unique
from own_database import columns
from raw_http import ask

LIST = "/settings/applications"
GOOD = {"homepage": "https://app.example/", "callback_1": "https://app.example/cb"}


@pytest.fixture(scope="module")
def owner(server):
    user = server.make_user()
    return user, server.signed_in(user)


@pytest.fixture
def browser(owner):
    return owner[1]


def new_form(browser):
    return browser.page(LIST + "/new").form(LIST)


def register(browser, **fields):
    """The path of a new app's page."""
    reply = browser.submit(new_form(browser), **{"name": unique("Web app"), **GOOD, **fields})
    assert reply.status_code == 303, Page(reply.text).text
    return reply.headers["Location"]


def input_value(text, name):
    return re.search(rf'id="{name}"[^>]* value="([^"]*)"', text)[1]


def add_secret(server, browser, path):
    """A new client secret, as the page shows it this once."""
    reply = browser.submit(browser.page(path).form(path + "/secrets"))
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"
    return server.plant(input_value(reply.text, "new_secret"))


def app_of(server, browser, path, secret=None):
    text = browser.get(path).text
    return App(int(path.split("/")[-1]), input_value(text, "client_id"),
               secret or add_secret(server, browser, path),
               dict(Page(text).form(path).fields)["callback_1"],
               dict(Page(text).form(path).fields)["name"], "")


class TestRegister:
    def test_from_nothing_to_a_token(self, server, browser):
        path = register(browser, description="What it does\nin two lines", wildcard_1="1",
                        device_flow="1")
        app = app_of(server, browser, path)
        assert re.fullmatch(r"Ov23[0-9A-Za-z]{16}", app.client_id)
        assert re.fullmatch(r"[0-9a-f]{40}", app.client_secret)
        assert server.is_alive(server.token_for(app, server.signed_in()))
        form = browser.page(path).form(path)
        assert form.value("description") == "What it does\nin two lines"
        assert (form.value("wildcard_1"), form.value("device_flow")) == ("1", "1")
        assert app.name in browser.page("/settings/developers").text

    @pytest.mark.parametrize("change", [
        {"name": ""}, {"name": " "}, {"name": "x" * 101}, {"name": "a\u202eb"}, {"name": "a\tb"},
        {"name": "a\nb"}, {"homepage": ""}, {"homepage": "app.example"}, {"homepage": "javascript:alert(1)"},
        {"homepage": "ftp://app.example/"}, {"homepage": "https://app.example/" + "x" * 2048},
        {"homepage": "https://user@app.example/\""}, {"callback_1": ""}, {"callback_1": "x"},
        {"callback_1": "javascript:alert(1)"}, {"callback_1": "https://*.example/*"},
        {"callback_1": "https://app.example/cb#x"}, {"callback_1": "https://app.example/../cb"},
        {"callback_2": "data:text/html,x"}, {"callback_2": "https://app.example/cb"},
        {"description": "x" * 1001}, {"description": "a\x01b"}, {"name": "Demo app"}, {"name": "DEMO APP"},
    ], ids=lambda c: ascii(c)[:40])
    def test_bad_fields_A013_A018_A174(self, server, browser, change):
        before = browser.get("/settings/developers").text.count("row-title")
        fields = {"name": unique("Bad"), **GOOD, **change}
        reply = browser.submit(new_form(browser), **fields)
        assert reply.status_code == 422
        page = Page(reply.text)
        form = page.form(LIST)
        for name, value in fields.items():  # nothing that was typed is lost
            assert form.value(name) == value.strip(), name
        assert 'aria-invalid="true"' in reply.text
        assert not any(link.startswith(("javascript:", "data:")) for link in page.links)
        assert browser.get("/settings/developers").text.count("row-title") == before

    def test_ten_callbacks_and_an_eleventh_A019(self, server, browser):
        uris = {f"callback_{i}": f"https://app.example/{i}" for i in range(1, 11)}
        path = register(browser, **uris, callback_11="https://eleventh.example/")
        form = browser.page(path).form(path)
        assert {n: v for n, v in form.fields if n.startswith("callback_")} == uris
        app = app_of(server, browser, path)
        octocat = server.signed_in()
        for uri in uris.values():
            location = octocat.authorize(app, redirect_uri=uri).headers["Location"]
            assert location.startswith(uri + "?code=")
        reply = octocat.ask(app, redirect_uri="https://eleventh.example/")
        assert reply.status_code == 400

    def test_at_most_a_hundred_apps(self, server, launch):
        own = launch()
        user = own.make_user()
        browser = own.signed_in(user)
        token = new_form(browser).value("authenticity_token")
        for i in range(100):
            reply = browser.post(LIST, {"authenticity_token": token, "name": f"App {i}", **GOOD})
            assert reply.headers["Location"].startswith(LIST + "/")
        reply = browser.post(LIST, {"authenticity_token": token, "name": "One more", **GOOD})
        assert reply.headers["Location"] == "/settings/developers"
        page = browser.page("/settings/developers")
        assert "One more" not in page.text and LIST + "/new" not in page.links
        done = own.cli("app", "create", "--owner", user.login, "--name", "One more", "--homepage",
                       "https://a.example", "--callback", "https://a.example/", status=1)
        assert "100" in done.stderr

    def test_the_owner_is_who_is_signed_in(self, server, browser, owner):
        path = register(browser, owner="octocat", owner_id="1", client_id="Ov23liAAAAAAAAAAAAAA")
        shown = server.cli_json("app", "show", input_value(browser.get(path).text, "client_id"))
        assert shown["owner"] == owner[0].login


class TestEdit:
    def test_fields(self, server, browser):
        path = register(browser)
        app = app_of(server, browser, path)
        form = browser.page(path).form(path)
        name = unique("Renamed <b>")
        reply = browser.submit(form, name=name, callback_1="https://new.example/cb", callback_2=
                               "http://127.0.0.1/")
        assert (reply.status_code, reply.headers["Location"]) == (303, path)
        assert name in browser.page(path).title
        octocat = server.signed_in()
        assert octocat.ask(app, redirect_uri=app.callback).status_code == 400
        assert octocat.authorize(app).headers["Location"].startswith("https://new.example/cb?")

    def test_bad_fields_change_nothing(self, browser):
        path = register(browser)
        form = browser.page(path).form(path)
        for change in ({"name": ""}, {"callback_1": ""}, {"callback_1": "javascript:x"},
                       {"homepage": "x"}, {"name": "Demo app"}):
            reply = browser.submit(form, **change)
            assert reply.status_code == 422
            assert Page(reply.text).form(path).value(list(change)[0]) == list(change.values())[0]
        assert browser.page(path).form(path).fields[1:] == form.fields[1:]


class TestSecrets:
    def test_several_shown_once_G31(self, server, browser):
        path = register(browser)
        octocat = server.signed_in()
        secrets = [add_secret(server, browser, path) for _ in range(3)]
        assert len(set(secrets)) == 3
        text = browser.get(path).text
        for secret in secrets:
            assert secret not in text and secret[-8:] in text
            app = app_of(server, browser, path, secret)
            assert server.is_alive(server.token_for(app, octocat))

    def test_deleted_secret_is_dead_A058(self, server, browser):
        path = register(browser)
        first, second = (add_secret(server, browser, path) for _ in range(2))
        octocat, old = server.signed_in(), app_of(server, browser, path, first)
        token = server.token_for(old, octocat)
        row = browser.get(path).text.split(first[-8:])[1]
        action = re.search(rf'action="({path}/secrets/\d+/delete)"', row)[1]
        assert browser.submit(browser.page(path).form(action)).status_code == 303
        assert first[-8:] not in browser.get(path).text
        assert server.exchange(old, octocat.code(old)) == INCORRECT
        assert server.is_alive(token)
        # the last one stays: an app without any could not be used
        form = [f for f in browser.page(path).forms if f.action.endswith("/delete")]
        assert len(form) == 1 and browser.submit(form[0]).status_code == 303
        assert second[-8:] in browser.get(path).text
        assert server.is_alive(server.token_for(app_of(server, browser, path, second), octocat))

    def test_at_most_ten(self, server, browser):
        path = register(browser)
        form = browser.page(path).form(path + "/secrets")
        for _ in range(10):
            server.plant(input_value(browser.submit(form).text, "new_secret"))
        assert not browser.page(path).has_form(path + "/secrets")
        reply = browser.submit(form)
        assert reply.status_code == 303 and "new_secret" not in browser.get(path).text

    def test_secrets_of_other_apps_are_out_of_reach(self, server, browser):
        mine, other = register(browser), register(browser)
        for path in (mine, other):
            add_secret(server, browser, path)
            add_secret(server, browser, path)
        form = next(f for f in browser.page(other).forms if f.action.endswith("/delete"))
        before = browser.get(other).text.count("/delete")
        form.action = form.action.replace(other, mine)
        browser.submit(form)
        for odd in ("0", "-1", "x", "99999999999999999999", "%00", "1%20OR%201"):
            form.action = f"{mine}/secrets/{odd}/delete"
            assert browser.submit(form).status_code in (303, 404)
        assert browser.get(other).text.count("/delete") == before
        assert browser.get(mine).text.count("/delete") == 2


class TestAdvanced:
    def test_revoke_all_tokens(self, server, browser):
        path = register(browser)
        app = app_of(server, browser, path)
        tokens = [server.token_for(app, server.signed_in(server.make_user())) for _ in range(2)]
        form = browser.page(path + "/advanced").form(path + "/revoke-tokens")
        assert browser.submit(form).status_code == 303
        assert not any(server.is_alive(t) for t in tokens)

    def test_delete_wants_the_name(self, server, browser):
        path = register(browser)
        app = app_of(server, browser, path)
        octocat = server.signed_in()
        token = server.token_for(app, octocat)
        form = browser.page(path + "/advanced").form(path + "/delete")
        for wrong in ("", app.name.upper(), app.name + "x"):
            assert browser.submit(form, confirm=wrong).status_code == 422
        assert server.is_alive(token)
        reply = browser.submit(form, confirm=app.name)
        assert (reply.status_code, reply.headers["Location"]) == (303, "/settings/developers")
        assert browser.get(path).status_code == 404
        assert not server.is_alive(token)
        assert octocat.ask(app).status_code == 404
        # its name is free again
        register(browser, name=app.name)

    def transfer(self, browser, path, name, to):
        form = browser.page(path + "/advanced").form(path + "/transfer")
        return browser.submit(form, transfer_name=name, transfer_owner=to)

    def test_transfer(self, server, browser):
        path = register(browser)
        app = app_of(server, browser, path)
        token = server.token_for(app, server.signed_in())
        user = server.make_user()
        to, stranger = server.signed_in(user), server.signed_in(server.make_user())
        offer = path.replace("applications", "transfers")
        for name, login in ((app.name + "x", user.login), (app.name, "nobody-here"),
                            (app.name, "")):
            assert self.transfer(browser, path, name, login).status_code == 422
        assert self.transfer(browser, path, app.name, user.login.upper()).status_code == 303
        # only who it is offered to sees it, and it is not theirs before they say so
        assert offer in to.page("/settings/developers").links
        assert to.get(path).status_code == 404
        for other in (stranger, browser):
            assert other.get(offer).status_code == 404
            token_field = other.page("/settings/profile").form("/logout").value("authenticity_token")
            reply = other.post(offer, {"authenticity_token": token_field, "accept": "1"})
            assert reply.status_code == 404
        reply = to.submit(to.page(offer).form(offer), ("accept", "1"))
        assert (reply.status_code, reply.headers["Location"]) == (303, path)
        assert to.get(path).status_code == 200 and browser.get(path).status_code == 404
        assert to.get(offer).status_code == 404
        assert server.is_alive(token)
        assert server.is_alive(server.token_for(app, server.signed_in()))

    def test_transfer_declined_and_cancelled(self, server, browser, owner):
        path = register(browser)
        name = browser.page(path).form(path).value("name")
        user = server.make_user()
        to = server.signed_in(user)
        offer = path.replace("applications", "transfers")
        assert self.transfer(browser, path, name, owner[0].login).status_code == 422
        self.transfer(browser, path, name, user.login)
        form = to.page(offer).form(offer)
        assert to.submit(form, ("accept", "0")).status_code == 303
        assert to.submit(form, ("accept", "1")).status_code == 404
        self.transfer(browser, path, name, user.login)
        form = browser.page(path + "/advanced").form(path + "/transfer/cancel")
        assert browser.submit(form).status_code == 303
        assert to.get(offer).status_code == 404
        assert browser.get(path).status_code == 200


def test_apps_of_others_are_404(server, browser):
    # P23
    path = register(browser)
    add_secret(server, browser, path)
    secret = next(f.action for f in browser.page(path).forms if f.action.endswith("/delete"))
    stranger = server.signed_in(server.make_user())
    token = stranger.page("/settings/profile").form("/logout").value("authenticity_token")
    shown = []
    for where in (path, LIST + "/999999", LIST + "/x", LIST + "/-1", LIST + "/0"):
        for page in ("", "/advanced"):
            reply = stranger.get(where + page)
            assert reply.status_code == 404
            shown.append(Page(reply.text).text.replace(reply.headers["X-GitHub-Request-Id"], ""))
        for action in ("", "/secrets", "/transfer", "/transfer/cancel", "/revoke-tokens", "/delete"):
            reply = stranger.post(where + action, {"authenticity_token": token, "name": "x", **GOOD})
            assert reply.status_code == 404, action
    assert stranger.post(secret, {"authenticity_token": token}).status_code == 404
    assert len(set(shown)) == 1
    assert browser.get(path).status_code == 200


FORMS = ["/settings/profile", "/settings/password", "/settings/sessions/end",
         "/settings/sessions/end-others", "/settings/connections/revoke-all", LIST, LIST + "/1",
         LIST + "/1/secrets", LIST + "/1/secrets/1/delete", LIST + "/1/transfer", LIST + "/1/delete",
         LIST + "/1/transfer/cancel", LIST + "/1/revoke-tokens", "/settings/transfers/1",
         "/settings/connections/applications/x/revoke", "/logout", "/session"]


@pytest.mark.parametrize("path", FORMS)
def test_every_form_needs_its_token_A064_A073(server, path):
    # P40
    browser = server.signed_in()
    form = browser.page("/settings/profile").form("/logout")
    good = form.value("authenticity_token")
    other = server.signed_in(server.make_user()).page("/settings/profile").form("/logout")
    for token in (None, "", "A" * 43, other.value("authenticity_token"), good[:-1]):
        assert browser.post(path, {"authenticity_token": token} if token is not None else {
            }, headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code == 403
    for headers in ({"Origin": "https://evil.com"}, {"Sec-Fetch-Site": "cross-site"}):
        reply = browser.post(path, {"authenticity_token": good}, headers=headers)
        assert reply.status_code == 403
    for method in ("GET", "HEAD"):
        cookie = f"Cookie: llavero_session={browser.cookie('llavero_session')}"
        reply = ask(server, method, f"{path}?authenticity_token={good}", cookie)
        assert reply.status in (200, 404, 405)
    assert browser.get("/settings/profile").status_code == 200


@pytest.mark.parametrize("path", [p for p in FORMS if p.startswith("/settings")])
def test_every_setting_needs_a_person(server, path):
    reply = server.browser().post(path, {"authenticity_token": "x"})
    assert reply.status_code == 303 and reply.headers["Location"].startswith("/login?return_to=")


class TestAuthorizedApps:
    def test_what_each_may_do(self, server):
        user, app = server.make_user(), server.make_app(name=unique("<i>Reader</i>"))
        browser = server.signed_in(user)
        assert app.name not in browser.page(LIST).text
        server.token_for(app, browser, scope="gist read:user")
        path = f"/settings/connections/applications/{app.client_id}"
        listed = browser.page(LIST)
        assert app.name in listed.text and path in listed.links
        page = browser.page(path)
        for words in (app.name, app.owner, "gist", "read:user"):
            assert words in page.text
        # nobody else's business
        assert server.signed_in(server.make_user()).get(path).status_code == 404
        reply = browser.submit(page.form(path + "/revoke"))
        assert (reply.status_code, reply.headers["Location"]) == (303, LIST)
        # told once, then gone
        assert app.name in browser.page(LIST).text
        assert app.name not in browser.page(LIST).text
        assert browser.get(path).status_code == 404

    def test_odd_client_ids(self, octocat):
        for odd in ("x", "%00", "%ff", "%2e%2e", "x" * 300, "%27"):
            assert octocat.get("/settings/connections/applications/" + odd).status_code == 404

    def test_the_security_log_names_what_was_done(self, server):
        user, app = server.make_user(), server.make_app()
        browser = server.signed_in(user)
        server.token_for(app, browser)
        path = f"/settings/connections/applications/{app.client_id}"
        browser.submit(browser.page(path).form(path + "/revoke"))
        text = browser.page("/settings/security-log").text
        for action in ("user.login", "oauth_authorization.create", "oauth_authorization.destroy"):
            assert action in text


def test_the_list_of_authorized_apps_bears_as_many_as_it_shows(launch):
    own = launch()
    user, app = own.make_user(), own.make_app()
    browser = own.signed_in(user)
    browser.code(app, scope="repo user admin:org gist")
    with own.database() as db:
        rows = {table: columns(db, table) for table in ("app", "app_grant")}
        for n in range(1, 220):
            for table, other in (("app", {"id": f"id + {n} * 10000", "client_id":
                                          f"client_id || '{n}'", "name_key": f"name_key || {n}"}),
                                 ("app_grant", {"id": f"id + {n} * 1000000",
                                                "app_id": f"app_id + {n} * 10000"})):
                values = ", ".join(other.get(c, c) for c in rows[table])
                key = "id" if table == "app" else "app_id"
                db.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {key} = ?",
                           (app.id,))
    page = browser.page("/settings/applications")
    assert len({link for link in page.links if "/connections/applications/" in link}) == 200
