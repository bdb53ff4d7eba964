"""Organisations and teams as login clients ask for them. GitHub reference 8.3, 13.5, 13.7; check 16
of section 14."""

import re

import pytest

SIMPLE_ORG = """login id node_id url repos_url events_url hooks_url issues_url members_url
    public_members_url avatar_url description""".split()
ACCEPTED = "admin:org, read:org, repo, user, write:org"


class World:
    """acme: an admin, a public and a private member; a team, and a secret one."""

    def __init__(self, server):
        self.server = server
        self.admin, self.public, self.private, self.stranger = (server.make_user()
                                                                for _ in range(4))
        self.org = server.cli_json("org", "create", f"Acme-{self.admin.id}", "--name", "Acme Inc",
                                   "--admin", self.admin.login)["login"]
        server.cli("org", "member", "add", self.org, self.public.login, "--public")
        server.cli("org", "member", "add", self.org, self.private.login)
        self.team = server.cli_json("team", "create", self.org, "Release Crew")
        self.secret = server.cli_json("team", "create", self.org, "Ninjas", "--secret")
        server.cli("team", "member", "add", self.org, "release-crew", self.public.login,
                   "--role", "maintainer")
        server.cli("team", "member", "add", self.org, "ninjas", self.private.login)
        self.app = server.make_app()

    def token(self, user, scope="read:org"):
        return self.server.token_for(self.app, self.server.signed_in(user), scope=scope)


@pytest.fixture(scope="module")
def world(server):
    return World(server)


@pytest.fixture(scope="module")
def tokens(world):
    return {name: world.token(getattr(world, name))
            for name in ("admin", "public", "private", "stranger")}


def test_8_3_own_orgs(server, world, tokens):
    for name in ("admin", "public", "private"):
        reply = server.api("/user/orgs", tokens[name])
        assert reply.status_code == 200
        assert reply.headers["X-Accepted-OAuth-Scopes"] == ACCEPTED
        (org,) = reply.json()
        assert list(org) == SIMPLE_ORG and org["login"] == world.org
        assert org["url"] == f"{server.base}/api/v3/orgs/{world.org}"
        assert "Link" not in reply.headers
    assert server.api("/user/orgs", tokens["stranger"]).json() == []


def test_8_3_own_teams(server, world, tokens):
    reply = server.api("/user/teams", tokens["public"])
    assert reply.headers["X-Accepted-OAuth-Scopes"] == ACCEPTED
    (team,) = reply.json()
    assert (team["id"], team["name"], team["slug"]) == (world.team["id"], "Release Crew",
                                                        "release-crew")
    assert team["organization"]["login"] == world.org
    assert list(team["organization"]) == SIMPLE_ORG
    assert team["privacy"] == "closed" and team["parent"] is None
    (team,) = server.api("/user/teams", tokens["private"]).json()
    assert team["privacy"] == "secret"


@pytest.mark.parametrize("scope, status", [(None, 403), ("gist", 403), ("read:user", 403),
                                           ("user:email", 403), ("public_repo", 403),
                                           ("read:org", 200), ("write:org", 200),
                                           ("admin:org", 200), ("repo", 200), ("user", 200)])
def test_6_5_scopes_for_organizations(server, world, scope, status):
    token = server.token_for(server.make_app(), server.signed_in(world.public), scope=scope)
    for path, what in (("/user/orgs", "organizations"), ("/user/teams", "teams")):
        reply = server.api(path, token)
        assert reply.status_code == status
        if status == 403:
            assert reply.json()["message"] == ("You need at least read:org scope or user scope to "
                                               f"list your {what}.")
    # without the scope the token is a stranger's
    member = server.api(f"/orgs/{world.org}/members/{world.private.login}", token)
    assert member.status_code == (204 if status == 200 else 302)
    own = server.api(f"/user/memberships/orgs/{world.org}", token)
    assert own.status_code == (200 if status == 200 else 404)


def test_8_1_no_token(server):
    for path in ("/user/orgs", "/user/teams", "/user/memberships/orgs/x", "/teams/1/members/x",
                 "/teams/1/memberships/x", "/orgs/x/memberships/y",
                 "/orgs/x/teams/y/memberships/z"):
        assert server.api(path).status_code == 401, path


def test_s14_16_paging_and_past_the_end(server):
    user = server.make_user()
    names = [f"paged-{user.id}-{i}" for i in range(5)]
    for name in names:
        server.cli("org", "create", name, "--admin", user.login)
        server.cli("team", "create", name, "Core")
        server.cli("team", "member", "add", name, "core", user.login)
    token = server.token_for(server.make_app(), server.signed_in(user), scope="read:org")
    for path, login in (("/user/orgs", lambda o: o["login"]),
                        ("/user/teams", lambda t: t["organization"]["login"])):
        # oauth2-proxy's loop
        seen, page = [], 1
        while True:
            reply = server.api(f"{path}?page={page}&per_page=2", token)
            assert reply.status_code == 200
            if not reply.json():
                break
            seen += [login(x) for x in reply.json()]
            page += 1
        assert (seen, page) == (names, 4)
        # octokit's
        seen, url = [], f"{server.base}/api/v3{path}?per_page=2"
        while url:
            reply = server.api(url.split("/api/v3")[1], token)
            seen += [login(x) for x in reply.json()]
            following = re.search(r'<([^>]+)>; rel="next"', reply.headers.get("Link", ""))
            url = following and following[1]
        assert seen == names
        assert server.api(f"{path}?page=1000000", token).text == "[]"


def test_8_3_a_user_as_everybody_sees(server, world, tokens):
    for token in (None, tokens["stranger"], tokens["admin"]):
        user = server.api(f"/users/{world.public.login.upper()}", token).json()
        assert user["login"] == world.public.login and user["user_view_type"] == "public"
        assert "plan" not in user and user["email"] is None
        orgs = server.api(f"/users/{world.public.login}/orgs", token)
        assert [o["login"] for o in orgs.json()] == [world.org]
        assert server.api(f"/users/{world.private.login}/orgs", token).json() == []
        assert server.api("/users/nobody-here/orgs", token).status_code == 404
        assert server.api("/users/nobody-here", token).status_code == 404
    assert server.api("/users/octocat", "gho_" + "0" * 36).status_code == 401
    # what a user object points to
    assert user["organizations_url"].endswith(f"/api/v3/users/{world.public.login}/orgs")
    assert server.get(user["url"][len(server.base):]).json() == user


def test_8_3_an_organization(server, world, tokens):
    for token in (None, tokens["stranger"]):
        org = server.api(f"/orgs/{world.org.lower()}", token).json()
        assert list(org)[:len(SIMPLE_ORG)] == SIMPLE_ORG
        assert (org["login"], org["name"], org["type"]) == (world.org, "Acme Inc", "Organization")
        assert org["description"] is None
    assert server.api("/orgs/nothing-here").status_code == 404
    # an account is no organisation, nor the other way round
    assert server.api("/orgs/octocat").status_code == 404
    assert server.api(f"/users/{world.org}").status_code == 404


def test_13_5_members(server, world, tokens):
    def ask(kind, who, token):
        login = getattr(world, who).login
        return server.api(f"/orgs/{world.org}/{kind}/{login}", token)

    for asker in ("admin", "public", "private"):
        for who in ("admin", "public", "private"):
            reply = ask("members", who, tokens[asker])
            assert (reply.status_code, reply.content) == (204, b"")
        assert ask("members", "stranger", tokens[asker]).status_code == 404
    for token in (None, tokens["stranger"]):
        for who in ("admin", "public", "private", "stranger"):
            reply = ask("members", who, token)
            assert reply.status_code == 302
            assert reply.headers["Location"] == (f"{server.base}/api/v3/orgs/{world.org}/"
                                                 f"public_members/{getattr(world, who).login}")
            public = ask("public_members", who, token)
            assert public.status_code == (204 if who == "public" else 404)
    assert server.api(f"/orgs/{world.org}/members/nobody-here", tokens["admin"]).status_code == 404


def test_8_3_memberships(server, world, tokens):
    base = f"{server.base}/api/v3/orgs/{world.org}"
    for who, role in (("admin", "admin"), ("private", "member")):
        login = getattr(world, who).login
        own = server.api(f"/user/memberships/orgs/{world.org}", tokens[who]).json()
        assert (own["state"], own["role"]) == ("active", role)
        assert own["url"] == f"{base}/memberships/{login}" and own["organization_url"] == base
        assert own["user"]["login"] == login and own["organization"]["login"] == world.org
        other = server.api(f"/orgs/{world.org}/memberships/{login}", tokens["public"])
        assert other.status_code == 200 and other.json() == own
        # what is said to be its address is
        assert server.api(own["url"].split("/api/v3")[1], tokens[who]).json() == own
        assert server.api(f"/orgs/{world.org}/memberships/{login}",
                          tokens["stranger"]).status_code == 404
    assert server.api(f"/user/memberships/orgs/{world.org}",
                      tokens["stranger"]).status_code == 404
    assert server.api(f"/orgs/{world.org}/memberships/{world.stranger.login}",
                      tokens["admin"]).status_code == 404


def test_13_5_teams(server, world, tokens):
    def status(team, who, token, kind="members"):
        login = getattr(world, who).login
        return server.api(f"/teams/{team['id']}/{kind}/{login}", tokens[token]).status_code

    for kind, good in (("members", 204), ("memberships", 200)):
        assert status(world.team, "public", "private", kind) == good
        assert status(world.team, "private", "public", kind) == 404
        assert status(world.team, "public", "stranger", kind) == 404
        # a secret team is there for its members and the organisation's admins
        assert status(world.secret, "private", "private", kind) == good
        assert status(world.secret, "private", "admin", kind) == good
        assert status(world.secret, "private", "public", kind) == 404
        for wrong in ("0", "x", "-1", "999999999", "99999999999999999999"):
            assert server.api(f"/teams/{wrong}/{kind}/x", tokens["admin"]).status_code == 404
    path = f"/orgs/{world.org}/teams/release-crew/memberships/{world.public.login}"
    told = server.api(path, tokens["private"])
    assert told.json() == {
        "state": "active", "role": "maintainer",
        "url": f"{server.base}/api/v3/teams/{world.team['id']}/memberships/{world.public.login}"}
    assert server.api(told.json()["url"].split("/api/v3")[1], tokens["private"]).json() == told.json()
    assert server.api(path, tokens["stranger"]).status_code == 404
    assert server.api(path.replace("release-crew", "nope"), tokens["private"]).status_code == 404
    assert server.api(path.replace(world.org, "nope"), tokens["private"]).status_code == 404


def test_leaving_is_seen_at_once(server, world):
    user = server.make_user()
    server.cli("org", "member", "add", world.org, user.login)
    server.cli("team", "member", "add", world.org, "release-crew", user.login)
    token = world.token(user)
    assert len(server.api("/user/teams", token).json()) == 1
    server.cli("org", "member", "remove", world.org, user.login)
    assert server.api("/user/teams", token).json() == []
    assert server.api("/user/orgs", token).json() == []
