"""More unmodified clients: GitHub reference 13.2 to 13.6, checks 14.14 and 14.17. Only their
settings name llavero. What a machine cannot install is skipped by its name."""

import hashlib
import importlib

import pytest

from answers import DENIED, TOKEN, WRONG_CODE, WRONG_SECRET, query_of, replace
from driven import drive, go, node, ruby  # noqa: F401
from llavero_http import BAD_CODE, INCORRECT


def sign_in(client, person, allow=True, **changed):
    """The whole way; `changed` are parameters that are altered on the way back."""
    client.say(replace(person.authorize(client.line()["authorize"], allow), **changed))
    return client.line()


# @octokit/oauth-methods

def test_octokit_oauth_methods_s14_14_check_reset_and_delete_a_token(server, app, person, user,
                                                                     drive):
    octokit = drive(node("octokit_oauth_methods.mjs", "@octokit/oauth-methods"), server, app,
                    scope=["repo", "user"])
    signed = sign_in(octokit, person)
    token = server.plant(signed["token"])
    assert TOKEN.fullmatch(token)
    # As with GitHub, which joins them with commas where this library splits at spaces.
    assert signed["scopes"] == ["repo,user"]

    checked = octokit.ask("check")
    assert (checked["status"], checked["login"]) == (200, user.login)
    assert checked["client_id"] == app.client_id
    assert checked["scopes"] == ["repo", "user"]
    assert checked["hashed"] == hashlib.sha256(token.encode()).hexdigest()

    reset = octokit.ask("reset")
    fresh = server.plant(reset["token"])
    assert reset["status"] == 200 and fresh != token
    assert not server.is_alive(token) and server.is_alive(fresh)

    assert octokit.ask("deleteToken")["status"] == 204
    assert not server.is_alive(fresh)
    assert octokit.ask("check")["status"] == 404
    octokit.say("end")
    assert octokit.line() == {"ok": True}


def test_octokit_oauth_methods_delete_the_authorization(server, app, person, drive):
    octokit = drive(node("octokit_oauth_methods.mjs", "@octokit/oauth-methods"), server, app,
                    scope=["repo"])
    token = server.plant(sign_in(octokit, person)["token"])
    assert octokit.ask("deleteAuthorization")["status"] == 204
    assert not server.is_alive(token)
    # The person is asked again.
    url = f"{server.base}/login/oauth/authorize?client_id={app.client_id}&scope=repo"
    assert person.browser.get(url).status_code == 200


def test_octokit_oauth_methods_report_a_wrong_secret_and_a_wrong_code(server, app, person, drive):
    script = node("octokit_oauth_methods.mjs", "@octokit/oauth-methods")
    for more, changed, error in (({"client_secret": WRONG_SECRET}, {}, INCORRECT),
                                 ({}, {"code": WRONG_CODE}, BAD_CODE)):
        result = sign_in(drive(script, server, app, scope=[], **more), person, **changed)
        assert (result["ok"], result["status"], result["data"]) == (False, 400, error)


# @octokit/auth-oauth-user

def test_octokit_auth_oauth_user_checks_resets_and_deletes(server, app, person, user, drive):
    octokit = drive(node("octokit_auth_oauth_user.mjs", "@octokit/auth-oauth-user"), server, app,
                    scope=["read:user"])
    signed = sign_in(octokit, person)
    first = server.plant(signed["token"])
    assert signed["user"] == {"id": user.id, "login": user.login}
    assert octokit.ask("check")["token"] == first

    second = server.plant(octokit.ask("reset")["token"])
    assert second != first and not server.is_alive(first) and server.is_alive(second)

    assert octokit.ask("delete")["invalid"] is True
    assert not server.is_alive(second)
    assert "invalid" in octokit.ask("check")["message"]


def test_octokit_auth_oauth_user_sees_a_revoked_token(server, app, person, user, drive):
    octokit = drive(node("octokit_auth_oauth_user.mjs", "@octokit/auth-oauth-user"), server, app,
                    scope=[])
    sign_in(octokit, person)
    server.cli("grant", "revoke", user.login, app.client_id)
    assert "invalid" in octokit.ask("check")["message"]


def test_octokit_auth_oauth_user_deletes_the_authorization(server, app, person, drive):
    octokit = drive(node("octokit_auth_oauth_user.mjs", "@octokit/auth-oauth-user"), server, app,
                    scope=[])
    token = server.plant(sign_in(octokit, person)["token"])
    assert octokit.ask("deleteAuthorization")["invalid"] is True
    assert not server.is_alive(token)


# Auth.js

def test_authjs_github_provider_signs_in(server, user, person, drive):
    app = server.make_app("http://127.0.0.1:45679/auth/callback/github", owner=user.login)
    result = sign_in(drive(node("authjs.mjs", "@auth/core"), server, app), person)

    assert result["ok"], result
    assert TOKEN.fullmatch(server.plant(result["token"]))
    assert result["user"] == {"id": user.id, "login": user.login}
    assert result["profile"]["email"] == user.email
    assert result["session"]["user"]["email"] == user.email
    assert result["location"] == "http://127.0.0.1:45679/home"
    assert result["token_type"].lower() == "bearer"


@pytest.mark.parametrize("wrong", ["secret", "code"])
def test_authjs_github_provider_refuses_what_is_refused(server, user, person, drive, wrong):
    """At 200 it looks for access_token only, with GitHub too (reference 13.3)."""
    app = server.make_app("http://127.0.0.1:45679/auth/callback/github", owner=user.login)
    more = {"client_secret": WRONG_SECRET} if wrong == "secret" else {}
    client = drive(node("authjs.mjs", "@auth/core"), server, app, **more)
    result = sign_in(client, person, **({"code": WRONG_CODE} if wrong == "code" else {}))
    assert result["ok"] is False
    assert "access_token" in str(result), result


def test_authjs_github_provider_denied(server, user, person, drive):
    app = server.make_app("http://127.0.0.1:45679/auth/callback/github", owner=user.login)
    result = sign_in(drive(node("authjs.mjs", "@auth/core"), server, app), person, allow=False)
    assert result["ok"] is False
    assert result["type"] == "OAuthCallbackError", result


# omniauth-github

@pytest.mark.parametrize("pkce", [False, True])
def test_omniauth_github_signs_in(server, user, person, drive, pkce):
    app = server.make_app("http://127.0.0.1:45680/auth/github/callback", owner=user.login)
    client = drive(ruby("omniauth_github.rb", "omniauth-github"), server, app,
                   scope="user:email,read:org", pkce=pkce)
    start = client.line()["authorize"]
    assert ("code_challenge" in query_of(start)) is pkce
    client.say(person.authorize(start))
    result = client.line()

    assert result["ok"], result
    assert TOKEN.fullmatch(server.plant(result["token"]))
    assert (result["uid"], result["info"]["nickname"]) == (str(user.id), user.login)
    assert result["info"]["email"] == user.email
    assert result["expires"] is False
    assert result["scope"] == "read:org,user:email"
    assert [e["primary"] and e["verified"] for e in result["emails"]] == [True]


def test_omniauth_github_reports_refusals(server, user, person, drive):
    app = server.make_app("http://127.0.0.1:45680/auth/github/callback", owner=user.login)
    script = ruby("omniauth_github.rb", "omniauth-github")
    result = sign_in(drive(script, server, app, scope="", client_secret=WRONG_SECRET), person)
    assert (result["ok"], result["type"]) == (False, "invalid_credentials")
    assert INCORRECT["error"] in result["message"]
    result = sign_in(drive(script, server, app, scope=""), person, code=WRONG_CODE)
    assert (result["ok"], result["type"]) == (False, "invalid_credentials")
    assert BAD_CODE["error"] in result["message"]
    result = sign_in(drive(script, server, app, scope="repo"), person, allow=False)
    assert (result["ok"], result["type"]) == (False, "access_denied")
    assert DENIED["error_description"] in result["message"]


def test_omniauth_github_wants_its_state_back(server, user, person, drive):
    app = server.make_app("http://127.0.0.1:45680/auth/github/callback", owner=user.login)
    client = drive(ruby("omniauth_github.rb", "omniauth-github"), server, app, scope="")
    result = sign_in(client, person, state="another")
    assert (result["ok"], result["type"]) == (False, "csrf_detected")


# python-social-auth

CALLBACK = "http://127.0.0.1:45681/complete/github-enterprise/"


@pytest.fixture
def social(server, user):
    """social(callback's query, ...) makes a backend as a site would have it, on a dict for a
    session."""
    try:
        strategy = importlib.import_module("social_core.strategy")
        storage = importlib.import_module("social_core.storage")
        enterprise = importlib.import_module("social_core.backends.github_enterprise")
    except ImportError:
        pytest.skip("python-social-auth is not installed (apt-get install python3-social-auth-core)")
    app = server.make_app(CALLBACK, owner=user.login)

    class Strategy(strategy.BaseStrategy):
        def __init__(self, settings):
            self.settings, self.session, self.query = settings, {}, {}
            super().__init__(storage.BaseStorage)

        def get_setting(self, name):
            return self.settings[name]

        def request_data(self, merge=True):
            return self.query

        def session_get(self, name, default=None):
            return self.session.get(name, default)

        def session_set(self, name, value):
            self.session[name] = value

        def session_pop(self, name):
            return self.session.pop(name, None)

        def build_absolute_uri(self, path=None):
            return path

    def make(cls="GithubEnterpriseOAuth2", **more):
        backend = getattr(enterprise, cls)
        prefix = "SOCIAL_AUTH_" + backend.name.upper().replace("-", "_")
        settings = {"URL": server.base, "API_URL": server.base + "/api/v3",
                    "KEY": app.client_id, "SECRET": app.client_secret, **more}
        chosen = Strategy({f"{prefix}_{name}": value for name, value in settings.items()})
        return backend(chosen, redirect_uri=CALLBACK)

    return make


def complete(backend, person, allow=True, **changed):
    """What the site learns of the person before its own pipeline."""
    callback = replace(person.authorize(backend.auth_url(), allow), **changed)
    backend.strategy.query = backend.data = query_of(callback)
    backend.process_error(backend.data)
    state = backend.validate_state()
    response = backend.request_access_token(
        backend.access_token_url(), data=backend.auth_complete_params(state),
        headers=backend.auth_headers(), auth=backend.auth_complete_credentials(),
        method=backend.ACCESS_TOKEN_METHOD)
    backend.process_error(response)
    return response, backend.user_data(response["access_token"])


def test_python_social_auth_signs_in(server, user, person, social):
    backend = social(SCOPE=["read:user", "user:email"])
    response, data = complete(backend, person)
    assert TOKEN.fullmatch(server.plant(response["access_token"]))
    assert (data["id"], data["login"], data["email"]) == (user.id, user.login, user.email)
    assert backend.get_user_details(data)["username"] == user.login


def test_python_social_auth_reports_refusals(person, social):
    exceptions = importlib.import_module("social_core.exceptions")
    with pytest.raises(exceptions.AuthFailed) as caught:
        complete(social(SECRET=WRONG_SECRET), person)
    assert INCORRECT["error_description"] in str(caught.value)
    with pytest.raises(exceptions.AuthFailed) as caught:
        complete(social(), person, code=WRONG_CODE)
    assert BAD_CODE["error_description"] in str(caught.value)
    with pytest.raises(exceptions.AuthCanceled) as caught:
        complete(social(SCOPE=["repo"]), person, allow=False)
    assert DENIED["error_description"] in str(caught.value)
    with pytest.raises(exceptions.AuthStateForbidden):
        complete(social(), person, state="another")


# golang.org/x/oauth2

@pytest.mark.parametrize("pkce", [False, True])
def test_golang_oauth2_signs_in(server, user, app, person, drive, pkce):
    client = drive(go("go_oauth2", what="golang.org/x/oauth2"), server, app,
                   scope=["repo", "read:user"], pkce=pkce)
    result = sign_in(client, person)
    assert result["ok"], result
    assert TOKEN.fullmatch(server.plant(result["token"]))
    assert result["user"] == {"id": user.id, "login": user.login}
    assert (result["token_type"], result["expires"]) == ("Bearer", False)
    assert result["scope"] == "read:user,repo"


@pytest.mark.parametrize("wrong, error", [("secret", INCORRECT), ("code", BAD_CODE)])
def test_golang_oauth2_reports_refusals(server, app, person, drive, wrong, error):
    """It asks twice, with Basic and with the body; the second refusal is told."""
    more = {"client_secret": WRONG_SECRET} if wrong == "secret" else {}
    client = drive(go("go_oauth2", what="golang.org/x/oauth2"), server, app, scope=[], **more)
    result = sign_in(client, person, **({"code": WRONG_CODE} if wrong == "code" else {}))
    assert result["ok"] is False
    assert {name: result[name] for name in error} == error
