"""The OAuth Authorizations API: tokens by password. GitHub reference 7.2, 7.4; issue 3, point 4."""

import hashlib
import json
import re
import subprocess

import pytest

import test_two_factor as two_factor
from llavero_http import PASSWORD, basic

KEYS = """id url scopes token token_last_eight hashed_token app note note_url updated_at created_at
    fingerprint""".split()
NO_CLIENT = "00000000000000000000"
PHRASE = "This API can only be accessed with username and password Basic Auth"


class Person:
    """A user with a password at the API."""

    def __init__(self, server, user):
        self.server, self.user = server, user

    def ask(self, method, path, body=None, status=None, **headers):
        import requests
        reply = requests.request(
            method, self.server.url("/api/v3" + path), timeout=60, allow_redirects=False,
            data=None if body is None else body if isinstance(body, str) else json.dumps(body),
            headers={**basic(self.user.login, self.user.password), **headers})
        if status is not None:
            assert reply.status_code == status, (reply.status_code, reply.text)
        return reply

    def make(self, status=201, **body):
        reply = self.ask("POST", "/authorizations", body, status)
        made = reply.json()
        if made.get("token"):
            self.server.plant(made["token"])
        return made


@pytest.fixture
def me(server):
    return Person(server, server.make_user())


def invalid(reply, code, field, resource="OauthAccess"):
    assert reply.status_code == 422, (reply.status_code, reply.text)
    body = reply.json()
    assert list(body) == ["message", "errors", "documentation_url", "status"]
    assert body["message"] == "Validation Failed" and body["status"] == "422"
    assert body["errors"] == [{"resource": resource, "code": code, "field": field}]


def refused(reply, status, message):
    assert reply.status_code == status, (reply.status_code, reply.text)
    body = reply.json()
    assert body["message"].startswith(message) and body["status"] == str(status)


class TestPersonalTokens:
    def test_s7_2_create(self, server, me):
        reply = me.ask("POST", "/authorizations", {
            "scopes": ["repo", "user", "public_repo", "no such scope"], "note": "admin script",
            "note_url": "https://example.com/why"}, 201)
        made = reply.json()
        token = server.plant(made["token"])
        assert list(made) == KEYS
        assert re.fullmatch(r"ghp_[0-9A-Za-z]{36}", token)
        assert made["scopes"] == ["repo", "user"]
        assert made["hashed_token"] == hashlib.sha256(token.encode()).hexdigest()
        assert made["token_last_eight"] == token[-8:]
        assert list(made["app"]) == ["name", "url", "client_id"]
        assert made["app"]["name"] == made["note"] == "admin script"
        assert made["app"]["client_id"] == NO_CLIENT
        assert made["note_url"] == "https://example.com/why" and made["fingerprint"] is None
        assert reply.headers["Location"] == made["url"] == \
            f"{server.base}/api/v3/authorizations/{made['id']}"
        user = server.api("/user", token)
        assert user.json()["login"] == me.user.login
        assert user.headers["X-OAuth-Scopes"] == "repo, user"
        # never again
        again = me.ask("GET", f"/authorizations/{made['id']}", status=200).json()
        assert again == {**made, "token": ""}
        assert me.ask("GET", "/authorizations", status=200).json() == [again]

    def test_s7_2_the_missions_patch(self, server, me):
        made = me.make(note="old name", scopes=["gist"])
        changed = me.ask("PATCH", f"/authorizations/{made['id']}",
                         '{"add_scopes":["repo"],"note":"admin script"}', 200).json()
        assert changed["scopes"] == ["gist", "repo"] and changed["note"] == "admin script"
        assert changed["token"] == "" and changed["id"] == made["id"]
        assert changed["hashed_token"] == made["hashed_token"]
        assert server.api("/user", made["token"]).headers["X-OAuth-Scopes"] == "gist, repo"

    @pytest.mark.parametrize("key,names,after", [
        ("scopes", ["user"], ["user"]), ("scopes", [], []),
        ("add_scopes", ["user", "public_repo"], ["gist", "repo", "user"]),
        ("remove_scopes", ["repo"], ["gist"]), ("remove_scopes", ["user"], ["gist", "repo"]),
    ])
    def test_s7_2_scope_keys(self, server, me, key, names, after):
        made = me.make(note="n", scopes=["gist", "repo"])
        changed = me.ask("PATCH", f"/authorizations/{made['id']}", {key: names}, 200).json()
        assert changed["scopes"] == after
        assert server.api("/user", made["token"]).headers["X-OAuth-Scopes"].strip() == \
            ", ".join(after)

    def test_s7_2_one_scope_key_at_a_time(self, me):
        made = me.make(note="n", scopes=["gist"])
        for two in (["scopes", "add_scopes"], ["add_scopes", "remove_scopes"]):
            reply = me.ask("PATCH", f"/authorizations/{made['id']}",
                           {**{k: ["repo"] for k in two}, "note": "changed"})
            refused(reply, 422, "Invalid request.")
        # a refusal changes nothing
        assert me.ask("GET", f"/authorizations/{made['id']}").json()["note"] == "n"

    @pytest.mark.parametrize("member", ["note", "fingerprint"])
    def test_s7_2_no_control_characters(self, me, member):
        for text in "a\u0001b", "a\u001fb", "a\u007fb", "\n":
            assert me.ask("POST", "/authorizations", {"note": "n", member: text}).status_code == 422
        made = me.make(**{"note": "n", member: "a b~\u00e9"})
        assert made[member] == "a b~\u00e9"

    def test_s7_2_notes_are_unique(self, server, me):
        made = me.make(note="twice")
        invalid(me.ask("POST", "/authorizations", {"note": "twice"}), "already_exists",
                "description")
        other = me.make(note="once")
        invalid(me.ask("PATCH", f"/authorizations/{other['id']}", {"note": "twice"}),
                "already_exists", "description")
        me.ask("PATCH", f"/authorizations/{made['id']}", {"note": "twice"}, 200)
        Person(server, server.make_user()).make(note="twice")
        me.ask("DELETE", f"/authorizations/{made['id']}", status=204)
        me.make(note="twice")

    @pytest.mark.parametrize("body", [{}, {"note": None}, {"scopes": ["repo"]}])
    def test_s7_2_a_note_is_required(self, me, body):
        invalid(me.ask("POST", "/authorizations", body), "missing_field", "description")

    @pytest.mark.parametrize("body,field", [
        ({"note": ""}, "description"), ({"note": "a\nb"}, "description"),
        ({"note": "n" * 256}, "description"), ({"note": "n", "note_url": "javascript:x"}, "note_url"),
        ({"note": "n", "fingerprint": "\u0001impersonation"}, "fingerprint"),
        ({"note": "n", "scopes": [f"s{i}" for i in range(101)]}, "scopes")])
    def test_s7_4_unusable_fields(self, me, body, field):
        invalid(me.ask("POST", "/authorizations", body), "invalid", field)

    @pytest.mark.parametrize("body", [
        {"note": 1}, {"note": ["n"]}, {"note": "n", "scopes": "repo"}, {"note": "n", "scopes": [1]},
        {"note": "n", "scopes": {"repo": True}}, {"note": "n", "client_id": 5}])
    def test_s7_4_wrong_types(self, me, body):
        refused(me.ask("POST", "/authorizations", body), 422, "Invalid request.")

    def test_s7_4_bodies(self, me):
        refused(me.ask("POST", "/authorizations", "{"), 400, "Problems parsing JSON")
        refused(me.ask("POST", "/authorizations", "[]"), 400, "Body should be a JSON object")

    def test_longest_texts(self, me):
        """One below and at the limit; above it is refused above."""
        for n in (254, 255):
            made = me.make(note="ñ" + "n" * (n - 2), fingerprint="f" * n)
            assert len(made["note"]) == n - 1 and made["fingerprint"] == "f" * n

    @pytest.mark.parametrize("scopes", [None, []])
    def test_s7_2_null_scopes(self, me, scopes):
        assert me.make(note="none", scopes=scopes)["scopes"] == []

    def test_s7_2_deleted(self, server, me):
        made = me.make(note="short")
        assert me.ask("DELETE", f"/authorizations/{made['id']}", status=204).content == b""
        assert not server.is_alive(made["token"])
        for method in ("GET", "PATCH", "DELETE"):
            refused(me.ask(method, f"/authorizations/{made['id']}"), 404, "Not Found")

    def test_s7_2_others_tokens_are_not_there(self, server, me):
        made = Person(server, server.make_user()).make(note="mine")
        for method in ("GET", "PATCH", "DELETE"):
            for name in (made["id"], "0", "x", "-1", 2 ** 70):
                refused(me.ask(method, f"/authorizations/{name}"), 404, "Not Found")
        assert server.is_alive(made["token"])

    def test_s13_9_json_labelled_as_a_form(self, server, me):
        """git-credential-manager; it reads the token with a regular expression."""
        reply = me.ask("POST", "/authorizations", {"scopes": ["repo", "gist"], "note": "git"}, 201,
                       **{"Content-Type": "application/x-www-form-urlencoded"})
        assert server.plant(re.search(r'"token":"([^"]+)"', reply.text)[1]).startswith("ghp_")

    def test_s7_2_by_curl(self, server, me):
        made = subprocess.run(
            ["curl", "-s", "-u", f"{me.user.login}:{me.user.password}", "-d",
             '{"scopes":["repo"],"note":"admin script"}', server.url("/api/v3/authorizations")],
            capture_output=True, check=True).stdout
        assert server.plant(json.loads(made)["token"]).startswith("ghp_")


class TestPaging:
    def test_s8_3_pages_and_links(self, server, me):
        made = {me.make(note=f"n{i}")["id"] for i in range(5)}
        ids = [a["id"] for a in me.ask("GET", "/authorizations").json()]
        assert set(ids) == made and len(ids) == 5
        url = f"{server.base}/api/v3/authorizations"
        first = me.ask("GET", "/authorizations?per_page=2", status=200)
        assert [a["id"] for a in first.json()] == ids[:2]
        assert first.headers["Link"] == (f'<{url}?per_page=2&page=2>; rel="next", '
                                         f'<{url}?per_page=2&page=3>; rel="last"')
        assert first.links["last"]["url"].endswith("page=3")
        second = me.ask("GET", "/authorizations?page=2&per_page=2")
        assert set(second.links) == {"prev", "next", "last", "first"}
        last = me.ask("GET", "/authorizations?page=3&per_page=2")
        assert [a["id"] for a in last.json()] == ids[4:]
        assert set(last.links) == {"prev", "first"}
        for past in ("4", "999999999999999999"):
            assert me.ask("GET", f"/authorizations?page={past}&per_page=2", status=200).json() == []
        for odd in ("page=0", "page=x", "per_page=-1", "per_page=101", "per_page="):
            assert len(me.ask("GET", f"/authorizations?{odd}", status=200).json()) == 5
        assert "Link" not in me.ask("GET", "/authorizations").headers

    def test_s7_2_client_id_filter(self, server, me, app):
        me.make(note="personal")
        of_app = me.make(**app.credentials)
        found = me.ask("GET", f"/authorizations?client_id={app.client_id}").json()
        assert [a["id"] for a in found] == [of_app["id"]]
        assert me.ask("GET", "/authorizations?client_id=unknown", status=200).json() == []
        assert len(me.ask("GET", f"/authorizations?client_id={NO_CLIENT}").json()) == 1


class TestAppTokens:
    def put(self, me, app, path="", status=201, **body):
        reply = me.ask("PUT", f"/authorizations/clients/{app.client_id}{path}",
                       {"client_secret": app.client_secret, **body}, status)
        if reply.json().get("token"):
            me.server.plant(reply.json()["token"])
        return reply

    def test_s7_2_post_for_an_app(self, server, me, app):
        made = me.make(**app.credentials, scopes=["gist"], note="why", fingerprint="laptop")
        assert made["token"].startswith("gho_") and made["fingerprint"] == "laptop"
        assert made["app"] == {"name": app.name, "url": "https://app.example/",
                               "client_id": app.client_id}
        assert server.api("/user", made["token"]).headers["X-OAuth-Client-Id"] == app.client_id
        invalid(me.ask("POST", "/authorizations",
                       {**app.credentials, "fingerprint": "laptop"}), "already_exists",
                "fingerprint")
        me.make(**app.credentials, fingerprint="phone")

    def test_s7_2_put_makes_one_only(self, server, me, app):
        made = self.put(me, app, scopes=["gist"])
        assert made.json()["token"] and made.headers["Location"] == made.json()["url"]
        again = self.put(me, app, status=200, scopes=["repo"])
        assert again.json()["token"] == "" and again.json()["id"] == made.json()["id"]
        assert again.json()["scopes"] == ["gist"]
        assert again.headers["Location"] == made.headers["Location"]
        assert server.is_alive(made.json()["token"])

    def test_s7_2_put_by_fingerprint(self, me, app):
        plain = self.put(me, app).json()["id"]
        laptop = self.put(me, app, "/laptop").json()
        assert laptop["fingerprint"] == "laptop" and laptop["id"] != plain
        assert self.put(me, app, "/laptop", 200).json()["id"] == laptop["id"]
        assert self.put(me, app, status=200, fingerprint="laptop").json()["id"] == laptop["id"]
        assert self.put(me, app, "/my%20phone").json()["fingerprint"] == "my phone"
        invalid(self.put(me, app, "/laptop", 422, fingerprint="phone"), "invalid", "fingerprint")

    def test_s7_2_secrets(self, server, me, app):
        path = f"/authorizations/clients/{app.client_id}"
        invalid(me.ask("PUT", path, {}), "missing_field", "client_secret", "OauthApplication")
        invalid(me.ask("POST", "/authorizations", {"client_id": app.client_id}), "missing_field",
                "client_secret", "OauthApplication")
        for credentials in ({"client_secret": "wrong"}, {"client_secret": "0" * 40}):
            refused(me.ask("PUT", path, credentials), 422, "Invalid OAuth application")
            refused(me.ask("POST", "/authorizations", {"client_id": app.client_id, **credentials}),
                    422, "Invalid OAuth application")
        refused(me.ask("PUT", f"/authorizations/clients/{NO_CLIENT}", {"client_secret": "x"}), 422,
                "Invalid OAuth application")

    def test_s9_the_eleventh_ends_the_oldest(self, server, me, app):
        """s14_13, by password."""
        made = [me.make(**app.credentials, scopes=["gist"])["token"] for _ in range(11)]
        alive = [server.is_alive(t) for t in made]
        # which of them is oldest is known to the second
        assert alive.count(True) == 10 and alive[-1]

    def test_s8_1_unverified(self, server, app):
        user = Person(server, server.make_user(verified=False))
        refused(user.ask("POST", "/authorizations", app.credentials), 403,
                "At least one email address must be verified")
        user.make(note="personal")


class TestGrants:
    def test_s6_4_the_union(self, server, me, app):
        one = me.make(**app.credentials, scopes=["gist", "user:email"], fingerprint="a")
        me.make(**app.credentials, scopes=["public_repo"], fingerprint="b")
        me.make(note="no app", scopes=["user"])
        reply = me.ask("GET", "/applications/grants", status=200)
        grant, = reply.json()
        assert list(grant) == ["id", "url", "app", "created_at", "updated_at", "scopes"]
        assert list(grant["app"]) == ["url", "name", "client_id"]
        assert grant["scopes"] == ["gist", "public_repo", "user:email"]
        assert grant["url"] == f"{server.base}/api/v3/applications/grants/{grant['id']}"
        path = f"/applications/grants/{grant['id']}"
        assert me.ask("GET", path, status=200).json() == grant
        me.ask("PATCH", f"/authorizations/{one['id']}", {"remove_scopes": ["gist"]}, 200)
        assert me.ask("GET", path).json()["scopes"] == ["public_repo", "user:email"]
        assert me.ask("GET", "/applications/grants?client_id=x", status=200).json() == []

    def test_s7_2_delete(self, server, me, app):
        tokens = [me.make(**app.credentials, fingerprint=f)["token"] for f in "ab"]
        own = me.make(note="stays")["token"]
        grant, = me.ask("GET", "/applications/grants").json()
        path = f"/applications/grants/{grant['id']}"
        stranger = Person(server, server.make_user())
        for method in ("GET", "DELETE"):
            refused(stranger.ask(method, path), 404, "Not Found")
        me.ask("DELETE", path, status=204)
        assert [server.is_alive(t) for t in [*tokens, own]] == [False, False, True]
        refused(me.ask("DELETE", path), 404, "Not Found")


class TestWhoAsks:
    PATHS = [("GET", "/authorizations"), ("POST", "/authorizations"), ("GET", "/authorizations/1"),
             ("PATCH", "/authorizations/1"), ("DELETE", "/authorizations/1"),
             ("PUT", "/authorizations/clients/x"), ("GET", "/applications/grants"),
             ("GET", "/applications/grants/1"), ("DELETE", "/applications/grants/1")]

    @pytest.mark.parametrize("method,path", PATHS)
    def test_s7_2_nobody(self, me, method, path):
        refused(me.ask(method, path, Authorization=""), 401, "Requires authentication")

    @pytest.mark.parametrize("method,path", PATHS)
    def test_s7_2_wrong_password(self, me, method, path):
        for login, password in ((me.user.login, "wrong"), (me.user.login, ""), ("nobody", PASSWORD),
                                ("", "")):
            refused(me.ask(method, path, **basic(login, password)), 401, "Bad credentials")

    @pytest.mark.parametrize("method,path", PATHS)
    def test_s7_2_a_token_is_no_password(self, me, method, path):
        token = me.make(note="token", scopes=["user", "repo", "site_admin"])["token"]
        for given in ({"Authorization": f"token {token}"}, basic(me.user.login, token),
                      basic(token, "x-oauth-basic"), basic(token, "")):
            refused(me.ask(method, path, **given), 403, PHRASE)

    def test_s7_2_malformed(self, me):
        for given in ("Basic %%%", "Basic", "Digest x", "Bearer x"):
            refused(me.ask("GET", "/authorizations", Authorization=given), 401, "Bad credentials")

    def test_s7_2_by_address(self, server, me):
        given = basic(me.user.email, me.user.password)
        assert me.ask("GET", "/authorizations", **given).status_code == 200

    def test_s7_2_suspended(self, server, me):
        server.cli("user", "suspend", me.user.login)
        refused(me.ask("GET", "/authorizations"), 403, "Sorry. Your account was suspended")

    def test_s8_1_throttled(self, launch):
        server = launch(signin_failures=3)
        me = Person(server, server.make_user())
        for _ in range(3):
            refused(me.ask("GET", "/authorizations", **basic(me.user.login, "x")), 401,
                    "Bad credentials")
        reply = me.ask("GET", "/authorizations")
        refused(reply, 403, "Maximum number of login attempts exceeded")
        assert int(reply.headers["Retry-After"]) > 0


class TestSecondFactor:
    REQUIRED = "Must specify two-factor authentication OTP code."

    @pytest.fixture(scope="class")
    def guarded(self, server):
        return two_factor.Person(server)

    @pytest.mark.parametrize("method,path", TestWhoAsks.PATHS)
    def test_s7_2_without_a_code(self, server, guarded, method, path):
        me = Person(server, guarded.user)
        for headers in ({}, {"X-GitHub-OTP": ""},
                        {"X-GitHub-OTP": two_factor.wrong_code(guarded.secret)}):
            reply = me.ask(method, path, **headers)
            refused(reply, 401, self.REQUIRED)
            # go-github wants it to begin with "required", git-credential-manager to say "app"
            assert reply.headers["X-GitHub-OTP"] == "required; app"

    def test_s7_2_a_wrong_password_says_nothing_of_it(self, server, guarded):
        reply = Person(server, guarded.user).ask("GET", "/authorizations",
                                                 **basic(guarded.user.login, "wrong"))
        refused(reply, 401, "Bad credentials")
        assert "X-GitHub-OTP" not in reply.headers

    def test_s7_2_with_a_code(self, server, guarded):
        me = Person(server, guarded.user)
        two_factor.settle()
        code = {"X-GitHub-OTP": two_factor.totp(guarded.secret)}
        made = me.ask("POST", "/authorizations", {"note": "by code"}, 201, **code).json()
        server.plant(made["token"])
        # RFC 6238 5.2: a code works once
        refused(me.ask("GET", "/authorizations", **code), 401, self.REQUIRED)
        recovery = {"X-GitHub-OTP": guarded.codes[0]}
        assert [a["id"] for a in me.ask("GET", "/authorizations", **recovery).json()] == [made["id"]]
        refused(me.ask("GET", "/authorizations", **recovery), 401, self.REQUIRED)


class TestAdmin:
    @pytest.fixture
    def admin(self, server):
        user = server.make_user()
        server.cli("user", "admin", user.login, "on")
        return Person(server, user)

    def call(self, server, method, login, token, body=None):
        import requests
        return requests.request(method, server.url(f"/api/v3/admin/users/{login}/authorizations"),
                                headers={"Authorization": f"token {token}"}, timeout=60,
                                data=body and json.dumps(body))

    def test_s7_2_acting_as_a_user(self, server, admin, me):
        token = admin.make(note="ops", scopes=["site_admin"])["token"]
        login = me.user.login
        reply = self.call(server, "POST", login, token, {"scopes": ["repo"]})
        made = reply.json()
        assert reply.status_code == 201 and reply.headers["Location"] == made["url"]
        assert server.api("/user", server.plant(made["token"])).json()["login"] == login
        again = self.call(server, "POST", login, token, {"scopes": ["user"]})
        assert again.status_code == 200 and again.json() == {**made, "token": ""}
        # the user can see it
        assert [a["id"] for a in me.ask("GET", "/authorizations").json()] == [made["id"]]
        log = server.signed_in(me.user).page("/settings/security-log").text
        assert admin.user.login in log
        assert self.call(server, "DELETE", login, token).status_code == 204
        assert not server.is_alive(made["token"])
        assert self.call(server, "DELETE", login, token).status_code == 204

    def test_s7_2_others_may_not(self, server, admin, me):
        without = admin.make(note="no scope", scopes=["repo"])["token"]
        no_admin = me.make(note="scope only", scopes=["site_admin"])["token"]
        good = admin.make(note="good", scopes=["site_admin"])["token"]
        for method in ("POST", "DELETE"):
            for token in (without, no_admin):
                refused(self.call(server, method, me.user.login, token), 404, "Not Found")
            refused(self.call(server, method, "nobody-at-all", good), 404, "Not Found")
            refused(self.call(server, method, me.user.login, "x"), 401, "Bad credentials")
