"""Unmodified client libraries sign in through llavero; only their settings name it.

GitHub reference 13.1 (passport-github2), 13.2 (octokit) and 13.10 (oauth4webapi,
openid-client). Each also has to report the documented errors.
"""

import json
import pathlib

import pytest
import requests

from answers import DENIED, TOKEN, WRONG_CODE, WRONG_SECRET, query_of, replace
from llavero_http import BAD_CODE, INCORRECT, SUSPENDED

HERE = pathlib.Path(__file__).resolve().parent

def authorize_url(client):
    """What the app's own "sign in" answers with."""
    reply = requests.get(client.start, allow_redirects=False, timeout=10)
    assert reply.status_code == 302
    return reply.headers["Location"]


def deliver(client, callback):
    """The browser arrives at the app; what the library made of it."""
    assert callback.startswith(client.start.replace("/login", "/callback") + "?"), callback
    requests.get(callback, timeout=30)
    return client.line()


def sign_in(client, person, allow=True, **changed):
    """The whole way; `changed` are parameters that are altered on the way back."""
    callback = person.authorize(authorize_url(client), allow)
    return deliver(client, replace(callback, **changed))


def assert_user(result, user):
    assert result["ok"], result
    assert TOKEN.fullmatch(result["token"])
    assert str(result["user"]["id"]) == str(user.id)
    assert result["user"]["login"] == user.login


# passport-github2

@pytest.mark.parametrize("pkce", [False, "S256"])
def test_passport_github2_signs_in_and_reads_addresses(client, person, user, pkce):
    passport = client("passport_github2.mjs", scope=["user:email"], pkce=pkce)
    result = sign_in(passport, person)

    assert_user(result, user)
    assert result["emails"] == [{"value": user.email}]
    # node-oauth falls back to form decoding, which GitHub's default encoding relies on.
    assert (result["scope"], result["token_type"]) == ("user:email", "bearer")
    assert result["user"]["html_url"].endswith("/" + user.login)


def test_passport_github2_gives_every_address_with_its_marks(client, person, user):
    passport = client("passport_github2.mjs", scope=["read:user", "user:email"], all_emails=True)
    result = sign_in(passport, person)

    assert_user(result, user)
    assert [(e["value"], e["primary"]) for e in result["emails"]] == [(user.email, True)]


def test_passport_github2_denied_is_a_soft_failure_with_the_words(client, person):
    passport = client("passport_github2.mjs", scope=["user:email"])
    result = sign_in(passport, person, allow=False)

    assert (result["ok"], result["soft"]) == (False, True)
    assert result["message"] == DENIED["error_description"]


@pytest.mark.parametrize("wrong", ["secret", "code"])
def test_passport_github2_refused_exchange_is_no_sign_in(client, person, wrong):
    """node-oauth looks for access_token only, so the library has one sentence for all errors."""
    settings = {"client_secret": WRONG_SECRET} if wrong == "secret" else {}
    changed = {"code": WRONG_CODE} if wrong == "code" else {}
    passport = client("passport_github2.mjs", scope=["user:email"], **settings)
    result = sign_in(passport, person, **changed)

    assert (result["ok"], result["soft"]) == (False, False)
    assert result["message"] == "Failed to obtain access token"


def test_passport_github2_suspended_app_is_an_authorization_error(server, client, app, person):
    passport = client("passport_github2.mjs", scope=["user:email"])
    server.cli("app", "suspend", app.client_id)
    result = sign_in(passport, person)

    assert (result["ok"], result["code"]) == (False, "application_suspended")
    assert result["uri"] == SUSPENDED["error_uri"]


# @octokit/oauth-app

@pytest.mark.parametrize("scope", [[], ["user:email"], ["repo", "read:user", "user:email"]])
def test_octokit_creates_a_token_and_reads_the_user(client, person, user, scope):
    octokit = client("octokit_oauth_app.mjs", scope=scope)
    url = authorize_url(octokit)
    result = deliver(octokit, person.authorize(url))

    assert_user(result, user)
    assert result["event"], "token.created was not told"
    assert query_of(url).get("scope", "") == ",".join(scope)
    granted = [s for s in result["granted"].split(", ") if s]
    assert set(granted) == set(scope)
    assert result["request_id"]
    assert [e["email"] for e in result["emails"]] == ([user.email] if scope else [])


def assert_octokit_error(result, error):
    assert not result["ok"]
    assert result["data"] == error
    assert (result["name"], result["status"]) == ("HttpError", 400)
    assert result["message"].startswith(
        f"{error['error_description']} ({error['error']}, {error['error_uri']})")


def test_octokit_reports_a_wrong_secret(client, person):
    octokit = client("octokit_oauth_app.mjs", scope=[], client_secret=WRONG_SECRET)
    assert_octokit_error(sign_in(octokit, person), INCORRECT)


def test_octokit_reports_a_wrong_code(client, person):
    octokit = client("octokit_oauth_app.mjs", scope=[])
    assert_octokit_error(sign_in(octokit, person, code=WRONG_CODE), BAD_CODE)


def test_octokit_reports_a_code_sent_twice(client, person, user):
    octokit = client("octokit_oauth_app.mjs", scope=[])
    callback = person.authorize(authorize_url(octokit))

    assert_user(deliver(octokit, callback), user)
    assert_octokit_error(deliver(octokit, callback), BAD_CODE)


def test_octokit_app_is_told_of_a_denial(client, person):
    octokit = client("octokit_oauth_app.mjs", scope=["repo"])
    result = sign_in(octokit, person, allow=False)

    assert not result["ok"]
    assert {k: result["data"][k] for k in DENIED} == DENIED


# oauth4webapi and openid-client

STANDARD = [("oauth4webapi.mjs", "basic"), ("oauth4webapi.mjs", "post"),
            ("openid_client.mjs", "basic")]


@pytest.mark.parametrize("script, authentication", STANDARD)
def test_standard_client_signs_in_by_metadata_pkce_and_issuer(server, client, person, user, script,
                                                              authentication):
    standard = client(script, scope="read:user", authentication=authentication)
    url = authorize_url(standard)
    assert query_of(url)["code_challenge_method"] == "S256"
    callback = person.authorize(url)
    assert query_of(callback)["iss"] == server.base + "/login/oauth"
    result = deliver(standard, callback)

    assert_user(result, user)
    assert (result["scope"], result["token_type"]) == ("read:user", "bearer")
    assert result["issuer"] == server.base + "/login/oauth"


def assert_standard_error(result, error):
    """Status 200 and no token: the libraries hand over the body."""
    assert not result["ok"]
    assert result["code"] == "OAUTH_INVALID_RESPONSE"
    assert result["body"] == error


@pytest.mark.parametrize("script, authentication", STANDARD)
def test_standard_client_reports_a_wrong_secret(client, person, script, authentication):
    standard = client(script, scope="", authentication=authentication, client_secret=WRONG_SECRET)
    assert_standard_error(sign_in(standard, person), INCORRECT)


@pytest.mark.parametrize("script, authentication", STANDARD)
def test_standard_client_reports_a_wrong_code(client, person, script, authentication):
    standard = client(script, scope="", authentication=authentication)
    assert_standard_error(sign_in(standard, person, code=WRONG_CODE), BAD_CODE)


def test_standard_client_reports_another_verifier(client, person):
    standard = client("oauth4webapi.mjs", scope="", authentication="post", wrong_verifier=True)
    assert_standard_error(sign_in(standard, person), BAD_CODE)


@pytest.mark.parametrize("script, authentication", STANDARD)
def test_standard_client_reports_a_denial(client, person, script, authentication):
    standard = client(script, scope="repo", authentication=authentication)
    result = sign_in(standard, person, allow=False)

    assert (result["ok"], result["error"]) == (False, "access_denied")
    assert result["name"] == "AuthorizationResponseError"
    assert result["description"] == DENIED["error_description"]


@pytest.mark.parametrize("script, authentication", STANDARD)
def test_standard_client_refuses_an_answer_of_another_issuer(client, person, script,
                                                             authentication):
    """RFC 9207 2.4: the metadata promise `iss`, so libraries check what comes back."""
    standard = client(script, scope="", authentication=authentication)
    result = sign_in(standard, person, iss="http://127.0.0.1:1/login/oauth")

    assert (result["ok"], result["code"]) == (False, "OAUTH_INVALID_RESPONSE")
    assert "body" not in result


def test_the_lock_file_names_versions_and_no_registry():
    """Anybody's registry will do; `npm ci` compares the hashes."""
    packages = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    del packages[""]
    assert packages
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert package["integrity"].startswith("sha512-"), name
        assert not package.get("hasInstallScript"), name
