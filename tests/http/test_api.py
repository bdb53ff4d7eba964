"""/api/v3: what login libraries call with their token. GitHub reference 7.4 and 8; RFC 6750 2 and 3;
assurance 1.2, G19, G20."""

import base64
import re

import pytest

from llavero_http import Page, basic
from raw_http import ask

USER_KEYS = """login id node_id avatar_url gravatar_id url html_url followers_url following_url
    gists_url starred_url subscriptions_url organizations_url repos_url events_url
    received_events_url type site_admin user_view_type name company blog location email hireable
    bio twitter_username notification_email public_repos public_gists followers following
    created_at updated_at""".split()
PRIVATE_KEYS = """private_gists total_private_repos owned_private_repos disk_usage collaborators
    two_factor_authentication plan""".split()
PATHS = ["", "/", "/user", "/user/emails"]
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def app(server):
    return server.make_app()


@pytest.fixture(scope="module")
def token(server, app, octocat):
    """Of all of `user`."""
    return server.token_for(app, octocat, scope="user")


@pytest.fixture(scope="module")
def plain_token(server, octocat):
    return server.token_for(server.make_app(), octocat)


def refused(server, reply, message, status=401):
    assert reply.status_code == status
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    body = reply.json()
    assert list(body) == ["message", "documentation_url", "status"]
    assert body["message"] == message and body["status"] == str(status)
    # the documentation is a page of this very server
    assert body["documentation_url"].startswith(server.base + "/")
    assert server.get(body["documentation_url"][len(server.base):]).status_code == 200


def send(server, path, *authorization):
    return ask(server, "GET", "/api/v3" + path, *(f"Authorization: {a}" for a in authorization))


# the token's place: reference 8.1, G19, 6750-01

@pytest.mark.parametrize("form", [
    "token {t}", "Token {t}", "TOKEN {t}", "Bearer {t}", "bearer {t}", "BEARER {t}", "BeArEr {t}",
    "token  {t}", "token {t} ", "Basic {user}", "basic {user}", "BASIC {password}",
    "Basic {password}", "Basic {x_oauth}", "Basic {anyone}",
])
def test_header_forms(server, token, form):
    # 6750-01, G19
    def b64(text):
        return base64.b64encode(text.encode()).decode()

    value = form.format(t=token, user=b64(token + ":"), password=b64(":" + token),
                        x_oauth=b64(token + ":x-oauth-basic"), anyone=b64("octocat:" + token))
    reply = send(server, "/user", value)
    assert reply.status == 200 and b'"login":"octocat"' in reply.body


@pytest.mark.parametrize("form", [
    "{t}", "Token", "token ", "Digest {t}", "tokens {t}", "Bearer", "Bearer: {t}", "Basic {t}",
    "token {t} x", "token '{t}'", 'token "{t}"', "Bearer token {t}", "token,{t}", "token={t}",
    "DPoP {t}", "Basic",
])
def test_other_header_forms(server, token, form):
    assert send(server, "/user", form.format(t=token)).status == 401


def test_doubled_authorization_A167_6750_02(server, token):
    for pair in ([f"token {token}"] * 2, [f"token {token}", "token x"], ["x", f"token {token}"]):
        assert send(server, "/user", *pair).status == 400


def test_token_in_the_query_is_ignored_6750_04(server, token):
    for name in ("access_token", "oauth_token", "token"):
        refused(server, server.get(f"/api/v3/user?{name}={token}"), "Requires authentication")
    server.check_log()


def test_token_in_a_body_is_ignored_6750_03(server, token):
    reply = ask(server, "GET", "/api/v3/user", "Content-Type: application/x-www-form-urlencoded",
                body=f"access_token={token}".encode())
    assert reply.status == 401


def test_a_session_is_no_token(server, octocat):
    assert octocat.get("/api/v3/user").status_code == 401
    cookie = octocat.cookie("llavero_session")
    assert server.api("/user", cookie).status_code == 401


# refusals

def described(server):
    """9728-03"""
    there = f"{server.base}/.well-known/oauth-protected-resource/api/v3"
    return f'resource_metadata="{there}"'


def test_no_token(server):
    for path in ("/user", "/user/emails"):
        reply = server.get("/api/v3" + path)
        refused(server, reply, "Requires authentication")
        # 6750-05: no error attribute when nothing was sent
        assert reply.headers["WWW-Authenticate"] == f'Bearer realm="llavero", {described(server)}'


def crc_wrong(token):
    return token[:-1] + BASE62[(BASE62.index(token[-1]) + 1) % 62]


@pytest.mark.parametrize("damage", [
    crc_wrong, lambda t: t[:-1], lambda t: t + "0", lambda t: t.swapcase(), lambda t: t[4:],
    lambda t: "ghp_" + t[4:], lambda t: "gho_" + t[4:][::-1], lambda t: t[:10] + "%" + t[11:],
    lambda t: "gho_" + "0" * 36, lambda t: "f" * 40, lambda t: "x", lambda t: "x" * 9000,
    lambda t: t[:4] + ("A" if t[4] != "A" else "B") + t[5:], lambda t: "gho_" + "'" * 36,
    lambda t: "gho_" + "\xff" * 36,
])
def test_bad_credentials_A091_A201(server, token, damage):
    # G20
    for path in PATHS:
        reply = server.get("/api/v3" + path, headers={"Authorization": b"token " +
                                                      damage(token).encode("latin-1")})
        refused(server, reply, "Bad credentials")
        # 6750-06
        assert reply.headers["WWW-Authenticate"] == \
            f'Bearer realm="llavero", error="invalid_token", {described(server)}'
        assert not [h for h in reply.headers if h.lower().startswith("x-oauth")]


def test_an_unknown_token_with_a_right_checksum(server, token):
    import zlib
    body = "A" * 30
    crc, tail = zlib.crc32(body.encode()), ""
    for _ in range(6):
        crc, digit = divmod(crc, 62)
        tail = BASE62[digit] + tail
    refused(server, server.api("/user", "gho_" + body + tail), "Bad credentials")
    assert server.metric('llavero_refusals_total{cause="TOKEN_UNKNOWN",'
                         'error="Bad credentials"}') >= 1


def test_the_checksum_of_issued_tokens_A095(token):
    import zlib
    value = 0
    for c in token[-6:]:
        value = value * 62 + BASE62.index(c)
    assert re.fullmatch(r"gho_[0-9A-Za-z]{36}", token)
    assert zlib.crc32(token[4:34].encode()) == value


class TestTakenBack:
    def begin(self, server):
        user, app = server.make_user(), server.make_app()
        browser = server.signed_in(user)
        token = server.token_for(app, browser, scope="user")
        assert server.is_alive(token)
        return user, app, browser, token

    def gone(self, server, token):
        for path in PATHS:
            refused(server, server.api(path, token), "Bad credentials")

    def test_by_the_user(self, server):
        # 21-11
        user, app, browser, token = self.begin(server)
        second = server.token_for(app, browser)
        other = server.token_for(server.make_app(), browser)
        path = f"/settings/connections/applications/{app.client_id}"
        browser.submit(browser.page(path).form(path + "/revoke"))
        self.gone(server, token)
        self.gone(server, second)
        assert server.is_alive(other)

    def test_all_by_the_user(self, server):
        user, app, browser, token = self.begin(server)
        other = server.token_for(server.make_app(), browser)
        foreign = server.token_for(app, server.signed_in(server.make_user()))
        form = browser.page("/settings/applications").form("/settings/connections/revoke-all")
        assert browser.submit(form).status_code == 303
        self.gone(server, token)
        self.gone(server, other)
        assert server.is_alive(foreign)

    def test_by_the_owner(self, server):
        user, app, browser, token = self.begin(server)
        foreign = server.token_for(app, server.signed_in(server.make_user()))
        server.cli("app", "revoke-tokens", app.client_id)
        self.gone(server, token)
        self.gone(server, foreign)
        fresh = server.token_for(app, browser)
        assert server.is_alive(fresh)
        self.gone(server, token)

    def test_app_deleted_A062(self, server):
        user, app, browser, token = self.begin(server)
        server.cli("app", "delete", app.client_id, "--yes")
        self.gone(server, token)

    def test_app_suspended(self, server):
        user, app, browser, token = self.begin(server)
        server.cli("app", "suspend", app.client_id)
        self.gone(server, token)
        server.cli("app", "unsuspend", app.client_id)
        assert server.is_alive(token)

    def test_user_suspended(self, server):
        user, app, browser, token = self.begin(server)
        server.cli("user", "suspend", user.login)
        for path in ("/user", "/user/emails"):
            refused(server, server.api(path, token), "Sorry. Your account was suspended.", 403)
        server.cli("user", "unsuspend", user.login)
        assert server.is_alive(token)

    def test_a_new_password_takes_no_token(self, server):
        user, app, browser, token = self.begin(server)
        server.cli("user", "password", user.login, "--password-stdin",
                   stdin=server.plant("another fine battery") + "\n")
        assert browser.get("/settings/profile").status_code == 302
        assert server.is_alive(token)


# headers: reference 6.5 and 8.2

@pytest.mark.parametrize("path", PATHS)
def test_headers_of_a_token_request(server, app, token, path):
    # G20
    reply = server.api(path, token)
    assert reply.status_code == 200
    h = reply.headers
    assert h["X-OAuth-Scopes"] == "user"
    assert h["X-Accepted-OAuth-Scopes"] == ("user, user:email" if path == "/user/emails" else "")
    assert h["X-OAuth-Client-Id"] == app.client_id
    assert h["Content-Type"] == "application/json; charset=utf-8"
    assert h["X-GitHub-Media-Type"] == "github.v3; format=json"
    assert re.fullmatch(r"[0-9A-F]{1,8}(:[0-9A-F]+){4}", h["X-GitHub-Request-Id"])
    assert h["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in h["Cache-Control"] and "Authorization" in h["Vary"]  # A085
    assert "Date" in h and "Set-Cookie" not in h and "Deprecation" not in h


def test_scopes_are_joined_by_comma_and_space(server, octocat):
    token = server.token_for(server.make_app(), octocat, scope="repo user gist")
    assert server.api("/user", token).headers["X-OAuth-Scopes"] == "gist, repo, user"


def test_scopes_header_is_there_when_empty(server, plain_token):
    reply = ask(server, "GET", "/api/v3/", f"Authorization: token {plain_token}")
    assert reply.header("X-OAuth-Scopes") == "" and reply.header("X-Accepted-OAuth-Scopes") == ""


def test_request_ids_are_on_every_answer_and_differ(server, octocat):
    paths = ["/", "/login", "/nope", "/api/v3", "/api/v3/nope", "/healthz", "/metrics", "/readyz",
             "/login/oauth/authorize", "/login/oauth/access_token", "/docs", "/favicon.ico",
             "/settings/profile", "/static/nope", "/api/v3/user"]
    ids = [octocat.get(path).headers["X-GitHub-Request-Id"] for path in paths * 3]
    assert len(set(ids)) == len(ids)
    for reply in (ask(server, "FOO", "/"), ask(server, "GET", "/" + "x" * 8200),
                  ask(server, "POST", "/session", body=b"x" * 70000)):
        assert reply.status >= 400 and reply.header("X-GitHub-Request-Id")


def test_an_error_page_shows_its_request_id(octocat):
    # A179
    reply = octocat.get("/nope")
    assert reply.headers["X-GitHub-Request-Id"] in Page(reply.text).text


# the root

def test_root(server, token):
    for path in ("", "/"):
        for reply in (server.get("/api/v3" + path), server.api(path, token)):
            assert reply.status_code == 200
            body = reply.json()
            assert body["current_user_url"] == server.base + "/api/v3/user"
            assert body["emails_url"] == server.base + "/api/v3/user/emails"
    assert "X-OAuth-Scopes" not in server.get("/api/v3").headers


# /user and /user/emails: reference 8.3

def test_user_private(server, token):
    reply = server.api("/user", token)
    user = reply.json()
    assert list(user) == USER_KEYS + PRIVATE_KEYS
    assert (user["login"], user["type"], user["user_view_type"]) == ("octocat", "User", "private")
    assert isinstance(user["id"], int) and user["site_admin"] is False
    assert base64.b64decode(user["node_id"]).decode() == f"04:User{user['id']}"
    assert user["gravatar_id"] == "" and user["blog"] == "" and user["email"] is None
    assert user["following_url"].endswith("/octocat/following{/other_user}")
    assert user["starred_url"].endswith("/octocat/starred{/owner}{/repo}")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", user["created_at"])
    assert list(user["plan"]) == ["name", "space", "collaborators", "private_repos"]
    assert ": " not in reply.text


@pytest.mark.parametrize("scope, view", [(None, "public"), ("gist", "public"),
                                         ("user:email", "public"), ("user:follow", "public"),
                                         ("read:user", "private"), ("user", "private")])
def test_user_by_scope(server, octocat, scope, view):
    token = server.token_for(server.make_app(), octocat, scope=scope)
    user = server.api("/user", token).json()
    assert user["user_view_type"] == view
    assert list(user) == USER_KEYS + (PRIVATE_KEYS if view == "private" else [])


@pytest.mark.parametrize("scope, status", [(None, 404), ("gist", 404), ("read:user", 404),
                                           ("repo", 404), ("user:email", 200), ("user", 200)])
def test_emails_by_scope_G20(server, octocat, scope, status):
    token = server.token_for(server.make_app(), octocat, scope=scope)
    reply = server.api("/user/emails", token)
    assert reply.headers["X-Accepted-OAuth-Scopes"] == "user, user:email"
    assert reply.headers["X-OAuth-Scopes"] == (scope or "")
    if status == 404:
        refused(server, reply, "Not Found", 404)
    else:
        assert reply.text == ('[{"email":"octocat@example.com","primary":true,"verified":true,'
                              '"visibility":"private"}]')


def test_names_are_escaped_and_null_when_absent(server, app):
    name = 'Mónica "<b>" \\ 🐙'
    user = server.make_user()
    browser = server.signed_in(user)
    token = server.token_for(app, browser)
    assert server.api("/user", token).json()["name"] is None
    form = browser.page("/settings/profile").form("/settings/profile")
    assert browser.submit(form, name=name).status_code == 303
    assert server.api("/user", token).json()["name"] == name
    assert browser.submit(form, name="").status_code == 303
    assert server.api("/user", token).json()["name"] is None


# paths, methods, CORS, Accept

@pytest.mark.parametrize("path", ["/user/", "/user/emails/", "//user", "/User", "/users/octocat/",
                                  "/user.json", "/user;x", "/%75ser", "/user/../user", "/nope",
                                  "/user%00", "/user/emails/x"])
def test_other_paths_are_not_found_A168_A085(server, token, path):
    reply = ask(server, "GET", "/api/v3" + path, f"Authorization: token {token}")
    assert reply.status == 404 and reply.header("Content-Type").startswith("application/json")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO"])
def test_other_methods(server, token, method):
    reply = ask(server, method, "/api/v3/user", f"Authorization: token {token}", body=b"")
    assert reply.status == 405 and reply.header("Content-Type").startswith("application/json")
    assert reply.header("Allow") == "GET, HEAD, OPTIONS"


def test_head(server, token):
    reply = ask(server, "HEAD", "/api/v3/user", f"Authorization: token {token}")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.header("X-OAuth-Scopes") == "user"
    assert int(reply.header("Content-Length")) == len(server.api("/user", token).content)


def test_cors_of_the_api_A092(server, token):
    for path in ("/user", "/user/emails"):
        reply = ask(server, "OPTIONS", "/api/v3" + path, "Origin: https://spa.example",
                    "Access-Control-Request-Method: GET",
                    "Access-Control-Request-Headers: authorization")
        assert (reply.status, reply.body) == (204, b"")
        assert reply.header("Access-Control-Allow-Origin") == "*"
        assert "Authorization" in reply.header("Access-Control-Allow-Headers")
        assert "GET" in reply.header("Access-Control-Allow-Methods")
        assert reply.header("Access-Control-Allow-Credentials") is None
        for authorization in ({"Authorization": f"token {token}"}, {}, {"Authorization": "token x"}):
            reply = server.get("/api/v3" + path, headers={"Origin": "https://spa.example",
                                                          **authorization})
            assert reply.headers["Access-Control-Allow-Origin"] == "*"
            assert "X-OAuth-Scopes" in reply.headers["Access-Control-Expose-Headers"]
            assert "Access-Control-Allow-Credentials" not in reply.headers


def test_no_cors_elsewhere_9700_16_G30(server, octocat):
    for path in ("/", "/login", "/settings/profile", "/login/oauth/authorize", "/session",
                 "/login/oauth/access_token", "/metrics", "/healthz", "/nope"):
        for method in ("GET", "OPTIONS"):
            reply = ask(server, method, path, "Origin: https://spa.example",
                        "Access-Control-Request-Method: POST")
            assert not [n for n, _ in reply.headers if n.startswith("access-control")], path


@pytest.mark.parametrize("accept", ["application/vnd.github+json", "application/vnd.github.v3+json",
                                    "application/json", "*/*", "text/html", "application/xml",
                                    "nonsense", ""])
def test_any_accept_is_json(server, token, accept):
    # A179
    reply = server.api("/user", token, Accept=accept)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"


def test_basic_with_a_password_is_not_taken(server):
    for password in (server.demo["password"], server.demo["client_secret"]):
        reply = server.get("/api/v3/user", headers=basic("octocat", password))
        refused(server, reply, "Bad credentials")
