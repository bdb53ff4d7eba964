"""/api/v3/applications/:client_id: an app looks after the tokens it was given. GitHub reference 7.1,
7.4; checks 14 and 15 of its section 14."""

import hashlib
import json
import zlib

import pytest

from llavero_http import basic, unique
from raw_http import ask

KEYS = """id url app token hashed_token token_last_eight note note_url created_at updated_at scopes
    fingerprint expires_at user""".split()
SIMPLE_USER = """login id node_id avatar_url gravatar_id url html_url followers_url following_url
    gists_url starred_url subscriptions_url organizations_url repos_url events_url
    received_events_url type site_admin""".split()
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CALLS = [("POST", "token"), ("PATCH", "token"), ("DELETE", "token"), ("DELETE", "grant")]


@pytest.fixture
def token(server, app, octocat):
    return server.token_for(app, octocat, scope="user,repo")


def call(server, app, method, what="token", token=None, body=None, credentials=None, **headers):
    """The body is JSON, on DELETE too."""
    if body is None:
        body = json.dumps({} if token is None else {"access_token": token})
    given = credentials or basic(app.client_id, app.client_secret)
    reply = ask(server, method, f"/api/v3/applications/{app.client_id}/{what}",
                f"Authorization: {given['Authorization']}", "Content-Type: application/json",
                *(f"{name}: {value}" for name, value in headers.items()), body=body.encode())
    return reply.status, json.loads(reply.body) if reply.body else None


def not_found(answer):
    status, body = answer
    assert status == 404, answer
    assert list(body) == ["message", "documentation_url", "status"]
    assert body["message"] == "Not Found"


class TestCheck:
    def test_s7_1_object_in_the_recorded_order(self, server, app, token):
        # G26
        status, body = call(server, app, "POST", token=token)
        assert status == 200
        assert list(body) == KEYS
        assert list(body["app"]) == ["name", "url", "client_id"]
        assert body["app"] == {"name": app.name, "url": "https://app.example/",
                               "client_id": app.client_id}
        assert body["token"] == token and body["token_last_eight"] == token[-8:]
        assert body["scopes"] == ["repo", "user"]
        assert body["url"] == f"{server.base}/api/v3/authorizations/{body['id']}"
        assert [body[k] for k in ("note", "note_url", "fingerprint", "expires_at")] == [None] * 4
        assert list(body["user"]) == SIMPLE_USER and body["user"]["login"] == "octocat"

    def test_s14_15_hash_and_checksum(self, server, app, token):
        body = call(server, app, "POST", token=token)[1]
        assert body["hashed_token"] == hashlib.sha256(token.encode()).hexdigest()
        number, digits = zlib.crc32(token[4:34].encode()), ""
        for _ in range(6):
            number, digit = divmod(number, 62)
            digits = BASE62[digit] + digits
        assert token[34:] == digits

    def test_s7_1_checking_is_no_use(self, server, app, token):
        first = call(server, app, "POST", token=token)[1]
        assert call(server, app, "POST", token=token)[1] == first
        assert first["updated_at"] == first["created_at"]

    @pytest.mark.parametrize("accept", ["application/vnd.github.doctor-strange-preview+json",
                                        "application/vnd.github+json", "*/*", "text/html"])
    def test_s7_1_media_types(self, server, app, token, accept):
        assert call(server, app, "POST", token=token, Accept=accept)[0] == 200

    def test_s14_5_lower_case_basic(self, server, app, token):
        given = basic(app.client_id, app.client_secret, "basic")
        assert call(server, app, "POST", token=token, credentials=given)[0] == 200

    def test_s7_1_scoped_is_for_other_apps(self, server, app, token):
        not_found(call(server, app, "POST", "token/scoped", token=token))


class TestReset:
    def test_s7_1_same_authorization_new_text(self, server, app, token):
        # G26
        before = call(server, app, "POST", token=token)[1]
        status, after = call(server, app, "PATCH", token=token)
        fresh = server.plant(after["token"])
        assert status == 200 and list(after) == KEYS
        assert fresh != token and fresh.startswith("gho_") and len(fresh) == 40
        for key in ("id", "created_at", "scopes", "app", "user", "url"):
            assert after[key] == before[key]
        assert after["hashed_token"] == hashlib.sha256(fresh.encode()).hexdigest()
        assert after["token_last_eight"] == fresh[-8:]
        # the old one is dead at once
        assert not server.is_alive(token) and server.is_alive(fresh)
        not_found(call(server, app, "PATCH", token=token))
        assert call(server, app, "POST", token=fresh)[0] == 200

    def test_s7_1_others_stay(self, server, app, octocat, token):
        other = server.token_for(app, octocat, scope="user,repo")
        server.plant(call(server, app, "PATCH", token=token)[1]["token"])
        assert server.is_alive(other)


def test_s9_where_no_token_ends_unused(launch):
    own = launch(token_unused_days=0)
    app = own.make_app()
    token = own.token_for(app, own.signed_in())
    own.advance("8784h")
    assert call(own, app, "POST", token=token)[0] == 200 and own.is_alive(token)


class TestDelete:
    def test_s14_14_one_token(self, server, app, octocat, token):
        # G26
        other = server.token_for(app, octocat, scope="user,repo")
        assert call(server, app, "DELETE", token=token) == (204, None)
        assert not server.is_alive(token) and server.is_alive(other)
        not_found(call(server, app, "DELETE", token=token))
        # the person need not agree again
        assert octocat.ask(app).status_code == 302

    def test_s14_14_grant_with_all_its_tokens(self, server, app, octocat, token):
        other = server.token_for(app, octocat, scope="gist")
        assert call(server, app, "DELETE", "grant", token=token) == (204, None)
        assert not server.is_alive(token) and not server.is_alive(other)
        assert octocat.ask(app).status_code == 200
        assert app.name in octocat.page("/settings/security-log").text

    def test_s14_14_a_suspended_users_token_can_be_ended_only(self, server, app):
        user = server.make_user()
        token = server.token_for(app, server.signed_in(user))
        server.cli("user", "suspend", user.login)
        not_found(call(server, app, "POST", token=token))
        not_found(call(server, app, "PATCH", token=token))
        assert call(server, app, "DELETE", token=token) == (204, None)
        server.cli("user", "unsuspend", user.login)
        assert not server.is_alive(token)


class TestRefused:
    @pytest.mark.parametrize("method,what", CALLS)
    def test_s14_14_foreign_and_unknown_tokens(self, server, app, octocat, token, method, what):
        other = server.make_app()
        not_found(call(server, other, method, what, token=token))
        for unknown in ("", "x", "gho_" + "0" * 36, token[:-1] + "!", "ghp_" + token[4:]):
            not_found(call(server, app, method, what, token=unknown))
        assert server.is_alive(token)

    @pytest.mark.parametrize("method,what", CALLS)
    def test_s7_1_wrong_credentials(self, server, app, token, method, what):
        other = server.make_app()
        for given in (basic(app.client_id, "wrong"), basic(app.client_id, ""), basic("", ""),
                      basic(other.client_id, other.client_secret),
                      basic(app.client_id, other.client_secret),
                      {"Authorization": f"token {token}"}, {"Authorization": "Basic %%%"}):
            not_found(call(server, app, method, what, token=token, credentials=given))
        # nothing is told of the body before the app is known
        not_found(call(server, app, method, what, body="{", credentials=basic("x", "y")))
        assert server.is_alive(token)

    @pytest.mark.parametrize("method,what", CALLS)
    def test_s7_4_missing_access_token(self, server, app, method, what):
        for body in ("{}", "", '{"access_token":null}', '{"token":"x"}'):
            status, answer = call(server, app, method, what, body=body)
            assert status == 422
            assert list(answer) == ["message", "errors", "documentation_url", "status"]
            assert answer["message"] == "Validation Failed" and answer["status"] == "422"
            assert answer["errors"] == [{"resource": "OauthApplication", "code": "missing_field",
                                         "field": "access_token"}]
            page, anchor = answer["documentation_url"].removeprefix(server.base).split("#")
            assert f'id="{anchor}"' in server.get(page).text

    @pytest.mark.parametrize("method,what", CALLS)
    def test_s7_4_bodies(self, server, app, method, what):
        for body, status, message in [
                ("{", 400, "Problems parsing JSON"), ("access_token=x", 400, "Problems parsing JSON"),
                ('{"access_token":"a","access_token":"b"}', 400, "Problems parsing JSON"),
                ("[" * 50, 400, "Problems parsing JSON"),
                ('["x"]', 400, "Body should be a JSON object"),
                ('"x"', 400, "Body should be a JSON object"),
                ("1", 400, "Body should be a JSON object")]:
            got, answer = call(server, app, method, what, body=body)
            assert (got, answer["message"]) == (status, message), body
        for wrong in (1, True, ["x"], {"a": 1}):
            got, answer = call(server, app, method, what, body=json.dumps({"access_token": wrong}))
            assert got == 422 and answer["message"].startswith("Invalid request.")

    def test_s7_1_app_suspended(self, server, octocat):
        app = server.make_app()
        token = server.token_for(app, octocat)
        server.cli("app", "suspend", app.client_id)
        not_found(call(server, app, "POST", token=token))

    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    def test_s7_1_removed_forms(self, server, app, method):
        """No token belongs into a path."""
        for path in ("tokens/" + unique("gho_made_up"), "grants/" + unique("gho_made_up"), "tokens"):
            reply = ask(server, method, f"/api/v3/applications/{app.client_id}/{path}",
                        f"Authorization: {basic(app.client_id, app.client_secret)['Authorization']}")
            assert reply.status == 404
