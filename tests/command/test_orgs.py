"""org and team: organisations, members and teams from the command line."""
import pytest


@pytest.fixture
def acme(box):
    box.user("mona")
    box.user("hubot")
    return box.json("org", "create", "Acme", "--name", "Acme Inc", "--admin", "mona")


def test_create_list_show_delete(box, acme):
    assert (acme["id"], acme["login"], acme["name"], acme["description"]) == (
        1, "Acme", "Acme Inc", None)
    assert box.json("org", "list") == [acme]
    assert "Acme Inc" in box.run("org", "list").stdout
    shown = box.json("org", "show", "ACME")
    assert shown == {**acme, "members": [{"login": "mona", "role": "admin", "public": False}],
                     "teams": []}
    assert "mona, admin" in box.run("org", "show", "acme").stdout
    assert box.run("org", "delete", "acme", status=2).stdout == ""
    assert box.json("org", "delete", "acme", "--yes")["login"] == "Acme"
    assert box.json("org", "list") == []
    assert box.run("org", "list").stdout == "There are no organizations.\n"
    assert "there is no organization 'acme'" in box.fails("org", "show", "acme")


def test_logins_are_unique_among_users_too(box, acme):
    for login in ("acme", "MONA"):
        assert box.fails("org", "create", login) == f"the login '{login}' is taken"
    assert "login 'aCme' is taken" in box.fails("user", "create", "--login", "aCme", "--email",
                                                "x@example.com")
    for login in ("x-", "settings", "a b", "x" * 40):
        box.fails("org", "create", login)
    # nothing of a refused one stays
    assert "no user 'nobody'" in box.fails("org", "create", "other", "--admin", "nobody")
    assert len(box.json("org", "list")) == 1


def test_members(box, acme):
    assert box.json("org", "member", "add", "acme", "hubot", "--public") == {
        "login": "hubot", "role": "member", "public": True}
    box.run("org", "member", "add", "acme", "hubot", "--role", "admin")
    assert box.json("org", "member", "list", "acme") == [
        {"login": "mona", "role": "admin", "public": False},
        {"login": "hubot", "role": "admin", "public": False}]
    assert "cannot be a role" in box.fails("org", "member", "add", "acme", "hubot", "--role", "x")
    assert "is no member of Acme any more" in box.run("org", "member", "remove", "acme",
                                                      "hubot").stdout
    assert box.fails("org", "member", "remove", "acme", "hubot") == (
        "'hubot' is no member of 'Acme'")
    assert "no user" in box.fails("org", "member", "add", "acme", "nobody")
    assert "no organization" in box.fails("org", "member", "add", "nope", "mona")


def test_teams(box, acme):
    team = box.json("team", "create", "acme", "Release Crew", "--description", "Ships")
    assert (team["slug"], team["organization"], team["privacy"]) == ("release-crew", "Acme",
                                                                     "closed")
    assert "already" in box.fails("team", "create", "acme", "release crew")
    assert "slug" in box.fails("team", "create", "acme", "!!")
    assert box.json("team", "create", "acme", "Hidden", "--secret")["privacy"] == "secret"
    assert [t["slug"] for t in box.json("team", "list", "acme")] == ["hidden", "release-crew"]
    assert "(secret)" in box.run("team", "list", "acme").stdout
    assert box.fails("team", "member", "add", "acme", "release-crew", "hubot") == (
        "'hubot' is no member of 'Acme'")
    assert box.json("team", "member", "add", "acme", "release-crew", "mona", "--role",
                    "maintainer") == {"login": "mona", "role": "maintainer"}
    assert box.json("team", "member", "list", "acme", "release-crew") == [
        {"login": "mona", "role": "maintainer"}]
    box.run("team", "member", "remove", "acme", "release-crew", "mona")
    assert box.fails("team", "member", "remove", "acme", "release-crew", "mona") == (
        "'mona' is not in the team 'release-crew'")
    assert box.fails("team", "member", "list", "acme", "nope") == "'Acme' has no team 'nope'"
    assert box.run("team", "delete", "acme", "hidden", status=2).stdout == ""
    box.run("team", "delete", "acme", "hidden", "--yes")
    assert [t["slug"] for t in box.json("team", "list", "acme")] == ["release-crew"]
