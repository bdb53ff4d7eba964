"""/organizations: who may look, who may manage, and what the forms do."""

import pytest

from llavero_http import Page


@pytest.fixture(scope="module")
def root(server):
    user = server.make_user()
    server.cli("user", "admin", user.login, "on")
    return server.signed_in(user)


@pytest.fixture(scope="module")
def world(server):
    admin, member, stranger = (server.make_user() for _ in range(3))
    org = server.cli_json("org", "create", f"web-{admin.id}", "--name", "Web <b>", "--admin",
                          admin.login)["login"]
    server.cli("org", "member", "add", org, member.login)
    server.cli("team", "create", org, "Open")
    server.cli("team", "create", org, "Hidden", "--secret")
    return org, admin, member, stranger


def members(server, org):
    return {m["login"]: (m["role"], m["public"])
            for m in server.cli_json("org", "member", "list", org)}


def change(browser, page, do, **fields):
    """Sends the form of the page that has this button."""
    shown = browser.page(page)
    for form in shown.forms:
        same = all(form.value(k) == v for k, v in fields.items() if k == "user" and form.value(k))
        if ("do", do) in form.buttons and same:
            return browser.submit(form, ("do", do), **fields)
    raise AssertionError(f"no form does {do}")


def test_signed_out_people_sign_in_first(server, world):
    for path in ("/organizations", f"/organizations/{world[0]}",
                 f"/organizations/{world[0]}/teams/open"):
        assert server.get(path).status_code in (302, 303)


def test_everybody_sees_their_own(server, world, root):
    org, admin, member, stranger = world
    assert org not in server.signed_in(stranger).page("/organizations").text
    for user in (admin, member):
        page = server.signed_in(user).page("/organizations")
        assert org in page.text and "Web <b>" in page.text
        assert f"/organizations/{org}" in page.links
        assert not [f for f in page.forms if f.action == "/organizations"]
    page = root.page("/organizations")
    assert org in page.text and [f for f in page.forms if f.action == "/organizations"]


def test_strangers_find_nothing(server, world):
    org, _, _, stranger = world
    browser = server.signed_in(stranger)
    token = browser.page("/settings/profile").form("/settings/profile").value("authenticity_token")
    for path in (f"/organizations/{org}", f"/organizations/{org}/teams/open", "/organizations/nope",
                 f"/organizations/{org}/teams/nope"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, {"authenticity_token": token, "do": "add", "user": stranger.login}
                            ).status_code == 404
    assert browser.post("/organizations", {"authenticity_token": token, "org_login": "x"}
                        ).status_code == 404


def test_members_look_and_change_nothing(server, world):
    org, admin, member, _ = world
    browser = server.signed_in(member)
    page = browser.page(f"/organizations/{org}")
    assert admin.login in page.text and "Open" in page.text and "Hidden" not in page.text
    assert not [f for f in page.forms if f.action.startswith("/organizations")]
    assert browser.get(f"/organizations/{org}/teams/open").status_code == 200
    assert browser.get(f"/organizations/{org}/teams/hidden").status_code == 404
    token = browser.page("/settings/profile").form("/settings/profile").value("authenticity_token")
    before = members(server, org)
    for do in ("add", "remove", "admin", "public", "team"):
        reply = browser.post(f"/organizations/{org}", {
            "authenticity_token": token, "do": do, "user": member.login, "admin": "1",
            "team_name": "Mine"})
        assert reply.status_code == 404
    assert members(server, org) == before
    assert len(server.cli_json("team", "list", org)) == 2


def test_a_server_admin_makes_organizations(server, root):
    login = f"made-{root.page('/organizations').forms.__len__()}"
    form = root.page("/organizations").form("/organizations")
    for bad, words in (("x y", "A login has"), ("", "A login has"), ("octocat", "is taken"),
                       ("settings", "A login has"), ("<b>", "A login has")):
        reply = root.submit(form, org_login=bad)
        assert reply.status_code == 422 and words in Page(reply.text).text
    reply = root.submit(form, org_login=login, org_name="Made Here")
    assert reply.status_code == 303 and reply.headers["Location"] == f"/organizations/{login}"
    page = Page(root.follow(reply).text)
    assert "The organization is made." in page.text and "Made Here" in page.text
    assert root.submit(form, org_login=login.upper()).status_code == 422
    # without the page's token nothing is made
    assert root.submit(form, org_login="forged", authenticity_token=None).status_code in (403, 422)
    assert "forged" not in str(server.cli_json("org", "list"))


def test_an_admin_manages_members(server, world):
    org, admin, member, _ = world
    browser, path = server.signed_in(admin), f"/organizations/{org}"
    new = server.make_user()
    assert change(browser, path, "add", user=new.login, public="1").status_code == 303
    assert members(server, org)[new.login] == ("member", True)
    for do, now in (("private", ("member", False)), ("admin", ("admin", False)),
                    ("public", ("admin", True)), ("member", ("member", True))):
        assert change(browser, path, do, user=new.login).status_code == 303
        assert members(server, org)[new.login] == now
    assert "Put in an organization" in server.signed_in(new).page("/settings/security-log").text
    assert change(browser, path, "remove", user=new.login).status_code == 303
    assert new.login not in members(server, org)
    # who leaves is led to where there is something to see
    assert change(browser, path, "add", user=new.login, admin="1").status_code == 303
    leaving = server.signed_in(new)
    reply = change(leaving, path, "remove", user=new.login)
    assert reply.headers["Location"] == "/organizations"
    assert "You are not in any organization." in Page(leaving.follow(reply).text).text
    reply = change(browser, path, "add", user="nobody-here")
    assert reply.status_code == 422 and "There is no user" in Page(reply.text).text
    # somebody has to be left
    for do in ("member", "remove"):
        reply = change(browser, path, do, user=admin.login)
        assert reply.status_code == 422 and "at least one admin" in Page(reply.text).text
    assert members(server, org)[admin.login][0] == "admin"


def test_an_admin_manages_teams(server, world):
    org, admin, member, stranger = world
    browser, path = server.signed_in(admin), f"/organizations/{org}"
    assert "Hidden" in browser.page(path).text
    assert change(browser, path, "team", team_name="Web Crew", secret="1").status_code == 303
    for bad, words in (("!!", "needs a letter"), ("web crew", "has a team")):
        reply = change(browser, path, "team", team_name=bad)
        assert reply.status_code == 422 and words in Page(reply.text).text
    team = path + "/teams/web-crew"
    assert change(browser, team, "add", user=member.login, maintainer="1").status_code == 303
    assert server.cli_json("team", "member", "list", org, "web-crew") == [
        {"login": member.login, "role": "maintainer"}]
    reply = change(browser, team, "add", user=stranger.login)
    assert reply.status_code == 422 and "not in the organization" in Page(reply.text).text
    # a maintainer of a team manages that team, and no more
    own = server.signed_in(member)
    assert change(own, team, "add", user=admin.login).status_code == 303
    assert change(own, team, "remove", user=admin.login).status_code == 303
    assert change(browser, team, "remove", user=member.login).status_code == 303
    assert own.get(team).status_code == 404
    assert change(browser, team, "delete").status_code == 303
    assert "web-crew" not in [t["slug"] for t in server.cli_json("team", "list", org)]


def test_in_spanish(server, world):
    browser = server.signed_in(world[1])
    page = browser.page(f"/organizations/{world[0]}?lang=es")
    assert page.lang == "es" and "Miembros" in page.text and "Equipos" in page.text
    assert "Organizaciones" in browser.page("/settings/profile?lang=es").text
