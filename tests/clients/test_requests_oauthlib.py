"""Debian's python3-requests-oauthlib signs in through llavero: GitHub reference 13.5's way."""

import dataclasses

import pytest
import requests

from answers import TOKEN, WRONG_CODE, WRONG_SECRET, query_of, replace
from llavero_http import BAD_CODE, INCORRECT

oauthlib = pytest.importorskip("requests_oauthlib",
                               reason="python3-requests-oauthlib is not installed")
CALLBACK = "http://127.0.0.1:45678/callback"  # nothing listens: the test reads the redirect


@pytest.fixture
def plain_http(monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")  # commas, as GitHub joins scopes


def pkce_arguments(session):
    """requests-oauthlib 1.3 leaves PKCE to oauthlib."""
    verifier = session._client.create_code_verifier(64)
    challenge = session._client.create_code_challenge(verifier, "S256")
    return verifier, {"code_challenge": challenge, "code_challenge_method": "S256"}


def authorize(server, app, person, scope, allow=True):
    session = oauthlib.OAuth2Session(app.client_id, redirect_uri=CALLBACK, scope=scope)
    verifier, pkce = pkce_arguments(session)
    url, state = session.authorization_url(server.base + "/login/oauth/authorize", **pkce)
    callback = person.authorize(url, allow)
    assert query_of(callback)["state"] == state
    return session, callback, verifier


def fetch(server, session, callback, **more):
    token = session.fetch_token(server.base + "/login/oauth/access_token",
                               authorization_response=callback, **more)
    server.plant(token["access_token"])
    return token


def credentials(app, authentication):
    """How requests-oauthlib is told to send the secret: in the body, or with Basic."""
    return {"client_secret": app.client_secret,
            "include_client_id": authentication == "body",
            **({} if authentication == "body" else
               {"auth": requests.auth.HTTPBasicAuth(app.client_id, app.client_secret)})}


@pytest.mark.parametrize("accept", [None, "application/json"])
@pytest.mark.parametrize("authentication", ["body", "basic"])
def test_requests_oauthlib_signs_in(plain_http, server, app, person, user, authentication, accept):
    session, callback, verifier = authorize(server, app, person, ["read:user", "repo"])
    headers = {"Accept": accept} if accept else {"Accept": "*/*"}
    token = fetch(server, session, callback, code_verifier=verifier, headers=headers,
                  **credentials(app, authentication))

    assert TOKEN.fullmatch(token["access_token"])
    assert token["token_type"] == "bearer"
    me = session.get(server.base + "/api/v3/user")
    assert (me.status_code, me.json()["login"]) == (200, user.login)
    assert set(me.headers["X-OAuth-Scopes"].split(", ")) == {"read:user", "repo"}


@pytest.mark.parametrize("authentication", ["body", "basic"])
def test_requests_oauthlib_reports_a_wrong_secret(plain_http, server, app, person, authentication):
    session, callback, verifier = authorize(server, app, person, [])
    with pytest.raises(Exception) as caught:
        fetch(server, session, callback, code_verifier=verifier,
              **credentials(dataclasses.replace(app, client_secret=WRONG_SECRET), authentication))

    assert oauth_error(caught.value) == INCORRECT
    # A failed client authentication leaves the code as it was (GitHub reference 3.4).
    assert fetch(server, session, callback, code_verifier=verifier,
                 **credentials(app, authentication))["access_token"]


@pytest.mark.parametrize("wrong", ["code", "verifier"])
def test_requests_oauthlib_reports_a_bad_code(plain_http, server, app, person, wrong):
    session, callback, verifier = authorize(server, app, person, [])
    if wrong == "code":
        callback = replace(callback, code=WRONG_CODE)
    else:
        verifier = session._client.create_code_verifier(64)
    with pytest.raises(Exception) as caught:
        fetch(server, session, callback, code_verifier=verifier, **credentials(app, "body"))

    assert oauth_error(caught.value) == BAD_CODE


def test_requests_oauthlib_reports_a_denial(plain_http, server, app, person):
    session, callback, verifier = authorize(server, app, person, ["repo"], allow=False)
    with pytest.raises(Exception) as caught:
        fetch(server, session, callback, code_verifier=verifier, **credentials(app, "body"))

    assert caught.value.error == "access_denied"


def oauth_error(error):
    return {"error": error.error, "error_description": error.description, "error_uri": error.uri}
