"""One app, both dialects: what was got through one edge is used, asked about, refreshed and ended
through either. RFC 6749 meets GitHub in assurance 1.24; A037."""

import itertools
import json

import pytest
import requests

import standard as s
from llavero_http import basic, challenged, pkce
from test_oauth_device import approve

EDGES = ["github", "standard"]
SCOPE = "repo user:email"


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server, device=True, expiring=True)


class Github:
    """The same as standard.py does, in the other dialect."""

    @staticmethod
    def code(browser, app, **params):
        return browser.code(app, **params)

    @staticmethod
    def exchange(server, app, of, **form):
        body = server.exchange(app, of, **form)
        server.plant(body.get("refresh_token"))
        return body

    @staticmethod
    def refresh(server, app, of):
        body = server.exchange(app, None, grant_type="refresh_token", refresh_token=of)
        server.plant(body.get("refresh_token"))
        return body

    @staticmethod
    def manage(server, app, method, token):
        return requests.request(
            method, server.url(f"/api/v3/applications/{app.client_id}/token"), timeout=60,
            data=json.dumps({"access_token": token}),
            headers=basic(app.client_id, app.client_secret))

    @classmethod
    def is_active(cls, server, app, token):
        return cls.manage(server, app, "POST", token).status_code == 200

    @classmethod
    def end(cls, server, app, token):
        assert cls.manage(server, app, "DELETE", token).status_code == 204


class Standard:
    code = staticmethod(s.code)
    refresh = staticmethod(s.refresh)
    is_active = staticmethod(s.is_active)

    @staticmethod
    def exchange(server, app, of, **form):
        return s.exchange(server, app, of, **form)

    @staticmethod
    def end(server, app, token):
        s.revoke(server, app, token)


OF = {"github": Github, "standard": Standard}


def names(scope):
    return set(scope.replace(",", " ").split())


def get(server, browser, app, at_authorize, at_token, **params):
    verifier, challenge = pkce()
    of = OF[at_authorize].code(browser, app, scope=SCOPE, **challenged(challenge), **params)
    return OF[at_token].exchange(server, app, of, code_verifier=verifier)


@pytest.mark.parametrize("at_authorize,at_token", itertools.product(EDGES, EDGES))
def test_a_code_of_one_edge_is_exchanged_at_the_other(server, octocat, app, at_authorize, at_token):
    body = get(server, octocat, app, at_authorize, at_token)
    assert names(body["scope"]) == names(SCOPE)
    assert body["token_type"] == ("bearer" if at_token == "github" else "Bearer")
    # whoever of the two is stricter decides how long it lives
    assert body["expires_in"] == (28800 if {at_authorize, at_token} == {"github"} else 3600)
    assert server.is_alive(body["access_token"])
    assert server.api("/user", body["access_token"]).headers["X-OAuth-Scopes"] == \
        "repo, user:email"


@pytest.mark.parametrize("made,asked", itertools.product(EDGES, EDGES))
def test_either_edge_tells_of_a_token(server, octocat, app, made, asked):
    token = get(server, octocat, app, made, made)["access_token"]
    assert OF[asked].is_active(server, app, token)
    other = s.make_app(server)
    assert not OF[asked].is_active(server, other, token)


@pytest.mark.parametrize("made,ended,asked", itertools.product(EDGES, EDGES, EDGES))
def test_either_edge_ends_a_token_at_once_for_both(server, octocat, app, made, ended, asked):
    pair = get(server, octocat, app, made, made)
    OF[ended].end(server, app, pair["access_token"])
    assert not OF[asked].is_active(server, app, pair["access_token"])
    assert not server.is_alive(pair["access_token"])
    assert "error" in Github.refresh(server, app, pair["refresh_token"])


@pytest.mark.parametrize("made,first,second", itertools.product(EDGES, EDGES, EDGES))
def test_one_chain_of_refresh_tokens_for_both(server, octocat, app, made, first, second):
    pair = get(server, octocat, app, made, made)
    child = OF[first].refresh(server, app, pair["refresh_token"])
    assert names(child["scope"]) == names(SCOPE)
    # a lost reply is answered with the same pair, wherever it is asked for again
    again = OF[second].refresh(server, app, pair["refresh_token"])
    assert again["access_token"] == child["access_token"]
    assert again["refresh_token"] == child["refresh_token"]
    assert abs(again["expires_in"] - child["expires_in"]) <= 5
    grandchild = OF[second].refresh(server, app, child["refresh_token"])
    assert server.is_alive(grandchild["access_token"])
    assert not server.is_alive(child["access_token"])
    # and a grandparent ends it for both
    refused = Github.refresh(server, app, pair["refresh_token"])
    assert refused["error"] == "bad_refresh_token"
    assert not server.is_alive(grandchild["access_token"])


@pytest.mark.parametrize("first,second", itertools.product(EDGES, EDGES))
def test_a026_a_code_is_exchanged_once_in_all(server, octocat, app, first, second):
    verifier, challenge = pkce()
    of = s.code(octocat, app, **challenged(challenge))
    body = OF[first].exchange(server, app, of, code_verifier=verifier)
    if second == "github":
        told = server.exchange(app, of, code_verifier=verifier)
        assert told["error"] == "bad_verification_code"
    else:
        assert s.exchange(server, app, of, 400, code_verifier=verifier)["error"] == "invalid_grant"
    assert not server.is_alive(body["access_token"])


@pytest.mark.parametrize("at_authorize,at_token", itertools.product(EDGES, EDGES))
def test_a037_pkce_is_never_lost(server, octocat, app, at_authorize, at_token):
    of = OF[at_authorize].code(octocat, app, **challenged(pkce()[1]))
    for wrong in ({}, {"code_verifier": pkce()[0]}):
        if at_token == "github":
            assert server.exchange(app, of, **wrong)["error"] == "bad_verification_code"
        else:
            assert s.exchange(server, app, of, 400, **wrong)["error"] == "invalid_grant"


def test_6749_14_the_redirect_rule_of_a_standard_code_holds_at_the_github_edge(server, octocat, app):
    of = s.code(octocat, app, redirect_uri=app.callback)
    assert server.exchange(app, of)["error"] == "redirect_uri_mismatch"
    assert "access_token" in server.exchange(app, of, redirect_uri=app.callback)


@pytest.mark.parametrize("begun,polled", itertools.product(EDGES, EDGES))
def test_a_device_code_of_one_edge_is_polled_at_the_other(server, octocat, app, begun, polled):
    where = s.DEVICE if begun == "standard" else "/login/device/code"
    reply = s.post(server, where, {**app.credentials, "scope": SCOPE},
                   headers={"Accept": "application/json"})
    codes = s.plant(server, reply.json())
    approve(octocat, codes)
    form = {"device_code": codes["device_code"], "grant_type": s.DEVICE_GRANT}
    body = s.token(server, app, **form) if polled == "standard" else \
        server.exchange(app, None, **form)
    server.plant(body.get("refresh_token"))
    assert names(body["scope"]) == names(SCOPE) and server.is_alive(body["access_token"])
    assert body["expires_in"] == (28800 if {begun, polled} == {"github"} else 3600)


def test_consent_counts_at_both(server):
    browser, app = server.signed_in(server.make_user()), s.make_app(server)
    browser.code(app, scope="repo")
    assert s.ask(browser, app, scope="repo").status_code == 302
    s.code(browser, app, scope="repo gist")
    assert browser.ask(app, scope="gist").status_code == 302


def test_a_public_client_needs_no_secret_at_the_github_edge_either(server, octocat):
    app = s.make_public(server)
    for at in EDGES:
        verifier, challenge = pkce()
        of = OF[at].code(octocat, app, **challenged(challenge))
        body = server.exchange(app, of, client_secret=None, code_verifier=verifier)
        assert server.is_alive(body["access_token"])
    # and one that is sent is no use
    of = s.code(octocat, app, **challenged(challenge))
    assert server.exchange(app, of, code_verifier=verifier)["error"] == \
        "incorrect_client_credentials"
    # what needs an app that is proven stays closed to it
    for headers in (basic(app.client_id, ""), basic(app.client_id, app.client_secret)):
        reply = requests.post(server.url(f"/api/v3/applications/{app.client_id}/token"),
                              json={"access_token": body["access_token"]}, headers=headers,
                              timeout=60)
        assert reply.status_code == 404


def test_the_log_tells_which_addresses_were_used(server, octocat, app):
    for at, path in (("github", "/login/oauth/access_token"), ("standard", s.TOKEN)):
        reply = s.post(server, path, {**app.credentials, "code": "0" * 40,
                                      "grant_type": "authorization_code"})
        told = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
        assert told["request"]["dialect"] == at if "request" in told else \
            told["facts"]["dialect"] == at
        assert told["endpoint"] == "token"
