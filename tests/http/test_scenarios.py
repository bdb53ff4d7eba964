"""Making each error happen on purpose (issue 4, point 4): a scenario's request is refused for its
cause, by the code that refuses everybody's."""

import re

import pytest
import requests

from llavero_http import ROOT, basic, challenged, pkce

CAUSES = re.findall(r"\{CAUSE_(\w+), STAGE_", "".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "src/rehearsal").glob("*.c"))))
CAUSES = [cause for cause in CAUSES if cause != "NONE"]
SPOILS = re.findall(r"\{CAUSE_(\w+), \w+\}", (ROOT / "src/rehearsal/spoil.c").read_text())
# What may be rehearsed by nobody but the owner of a server: passwords, administrators, ours.
NOT_REHEARSED = {
    "AUTHORIZE_QUERY_MALFORMED", "AUTHORIZE_PARAMETER_REPEATED", "AUTHORIZE_REDIRECT_UNREGISTERED",
    "AUTHORIZE_NO_CALLBACK", "AUTHORIZE_DENIED", "SCOPE_DROPPED", "CODE_EMAIL_UNVERIFIED",
    "REFRESH_FORGED", "DEVICE_SCOPE_TOO_LONG", "DEVICE_CODE_OF_ANOTHER_APP",
    "DEVICE_EMAIL_UNVERIFIED", "TOKEN_EXPIRED", "BODY_FIELD_INVALID", "BODY_FIELD_TAKEN",
    "AUTHORIZATION_UNKNOWN", "GRANT_UNKNOWN", "ADMIN_REQUIRED", "USER_UNKNOWN", "PASSWORD_ABSENT",
    "PASSWORD_IS_TOKEN", "PASSWORD_WRONG", "PASSWORD_OTP", "PASSWORD_OTP_WRONG",
    "PASSWORD_OTP_CLOCK", "PASSWORD_THROTTLED", "PASSWORD_USER_SUSPENDED",
    "PASSWORD_EMAIL_UNVERIFIED", "REPORT_AUTHENTICATED", "REPORT_THROTTLED", "FAILURE",
    # of OpenID Connect
    "AUTHORIZE_REQUEST_OBJECT", "AUTHORIZE_REQUEST_URI", "AUTHORIZE_REGISTRATION",
    "AUTHORIZE_PROMPT", "AUTHORIZE_MAX_AGE", "AUTHORIZE_NONCE_TOO_LONG",
    "AUTHORIZE_CLAIMS_TOO_LONG", "AUTHORIZE_CLAIMS_MALFORMED", "AUTHORIZE_HINT",
    "AUTHORIZE_LOGIN_REQUIRED", "AUTHORIZE_LOGIN_TOO_OLD", "AUTHORIZE_OTHER_USER",
    "AUTHORIZE_SELECTION_REQUIRED", "AUTHORIZE_CONSENT_REQUIRED",
    "AUTHORIZE_INTERACTION_REQUIRED", "AUTHORIZE_CLASS", "REFRESH_SESSION_ENDED",
    # of the standard edge, or of an app that is not served as GitHub's are
    "CLIENT_METHODS_MIXED", "CLIENT_AUTH_METHOD", "CLIENT_IS_PUBLIC", "APP_DIALECT",
    "APP_PROFILE_PUBLIC", "AUTHORIZE_REDIRECT_MISSING", "AUTHORIZE_REDIRECT_PLAIN",
    "AUTHORIZE_RESPONSE_TYPE_MISSING", "AUTHORIZE_RESPONSE_MODE", "SCOPE_MALFORMED",
    "AUTHORIZE_PKCE_REQUIRED", "TOKEN_NOT_A_FORM", "TOKEN_PARAMETER_IN_URL",
    "TOKEN_PARAMETER_MISSING", "GRANT_TYPE_UNKNOWN", "CLIENT_GRANT_SCOPE", "CODE_REDIRECT_MISSING",
    "CODE_WITHOUT_CHALLENGE", "REFRESH_SCOPE_WIDER", "TOKEN_OF_NO_USER",
    # of programs that are no app yet; documents have /rehearsal/client-documents
    "REGISTRATION_TOKEN_ABSENT", "REGISTRATION_TOKEN_WRONG", "REGISTRATION_TOKEN_OVER",
    "REGISTRATION_MANAGE_TOKEN", "REGISTRATION_THROTTLED", "REGISTRATION_FULL",
    "REGISTRATION_BODY", "REGISTRATION_REDIRECT_URI", "REGISTRATION_MEMBER",
    "REGISTRATION_SECTOR", "REGISTRATION_CLIENT_DIFFERS", "REGISTRATION_STATEMENT",
    "DOCUMENT_URL", "DOCUMENT_ADDRESS", "DOCUMENT_UNREACHABLE", "DOCUMENT_STATUS",
    "DOCUMENT_REPLY", "DOCUMENT_ID_DIFFERS", "DOCUMENT_METADATA",
}


@pytest.fixture(scope="module")
def stage(launch):
    return launch()


def send(made):
    """The request as a client would send it."""
    r = made["request"]
    return requests.request(r["method"], r["url"], headers=r["headers"], data=r["body"],
                            allow_redirects=False, timeout=60)


def cause_of(server, reply):
    told = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    return told["cause"]


@pytest.mark.parametrize("cause", CAUSES)
def test_a_scenario_is_refused_for_its_cause(stage, cause):
    made = stage.rehearse("POST", "scenarios", {"cause": cause}, 201)
    assert made["cause"] == cause
    reply = send(made)
    if cause == "DEVICE_PENDING":  # waiting is no refusal worth keeping
        assert reply.json()["error"] == made["error"] == "authorization_pending"
        return
    assert cause_of(stage, reply) == cause
    if "/login/" in made["request"]["url"] and "json" in reply.headers["Content-Type"]:
        assert reply.json()["error"] in (made["error"], "Not Found")


def test_every_cause_is_a_scenario_or_named_here(stage):
    table = (ROOT / "src/core/errors.def").read_text(encoding="utf-8")
    assert set(CAUSES) | NOT_REHEARSED == set(re.findall(r"^CAUSE\((\w+), ", table, re.M))
    assert not set(CAUSES) & NOT_REHEARSED
    listed = stage.rehearse("GET", "scenarios")["scenarios"]
    assert [s["cause"] for s in listed] == CAUSES or \
        sorted(s["cause"] for s in listed) == sorted(CAUSES)
    assert {s["cause"] for s in listed if s["after_authorize"]} == set(SPOILS)


def test_each_scenario_has_its_group(stage):
    groups = {}
    for s in stage.rehearse("GET", "scenarios")["scenarios"]:
        groups.setdefault(s["group"], set()).add(s["cause"])
    assert set(groups) == {"clients", "authorize", "codes", "pkce", "refresh", "devices", "api",
                           "manage"}
    assert all("VERIFIER" in cause for cause in groups["pkce"])
    for group, prefix in (("clients", "CLIENT_"), ("authorize", "AUTHORIZE_"), ("api", "TOKEN_"),
                          ("refresh", "REFRESH_"), ("devices", "DEVICE_")):
        assert all(cause.startswith(prefix) for cause in groups[group]), groups[group]
    assert {"CODE_EXPIRED", "TOKEN_BY_GET", "APP_SUSPENDED"} <= groups["codes"]


def authorize_url(server, app, **params):
    query = {"client_id": app.client_id, "state": "s", **params}
    return requests.Request("GET", server.url("/login/oauth/authorize"), params=query).prepare().url


@pytest.mark.parametrize("cause", SPOILS)
def test_a_code_spoiled_on_its_way_to_a_client(stage, cause):
    """The client is its author's own, and does nothing wrong."""
    app, user = stage.make_app(), stage.make_user()
    verifier, challenge = pkce()
    # as RFC 7636 has it, but where the cause is that the two do not fit
    params = {} if cause in ("VERIFIER_MISSING",) else challenged(challenge)
    answer = stage.rehearse("POST", "authorize", {
        "url": authorize_url(stage, app, **params), "login": user.login, "cause": cause})
    form = {**app.credentials, "code": answer["code"], "redirect_uri": app.callback}
    if params:
        form["code_verifier"] = verifier
    assert answer["location"].startswith(app.callback + "?code=")
    reply = stage.post("/login/oauth/access_token", form, headers={"Accept": "application/json"})
    assert "error" in reply.json()
    assert cause_of(stage, reply) == cause


def test_a_person_without_a_browser_allows_and_denies(stage):
    app, user = stage.make_app(), stage.make_user()
    url = authorize_url(stage, app, scope="user:email")
    answer = stage.rehearse("POST", "authorize", {"url": url, "login": user.login})
    token = stage.exchange(app, answer["code"])["access_token"]
    assert stage.api("/user", token).json()["login"] == user.login
    denied = stage.rehearse("POST", "authorize",
                            {"url": url, "login": user.login, "decision": "deny"})
    assert "error=access_denied" in denied["location"] and denied["code"] is None


def test_what_production_refuses_is_refused_here(stage):
    """peers.md 1.6: doubles for GitHub take another app's code, a wrong redirect URI, a wrong
    verifier."""
    app, other, user = stage.make_app(), stage.make_app(), stage.make_user()
    verifier, challenge = pkce()

    def code():
        return stage.rehearse("POST", "authorize", {
            "url": authorize_url(stage, app, **challenged(challenge)), "login": user.login})["code"]

    good = {"code_verifier": verifier}
    assert stage.exchange(other, code(), **good)["error"] == "bad_verification_code"
    assert stage.exchange(app, code(), **good, redirect_uri=app.callback + "/")["error"] == \
        "redirect_uri_mismatch"
    assert stage.exchange(app, code(), code_verifier=pkce()[0])["error"] == "bad_verification_code"
    assert stage.exchange(app, code())["error"] == "bad_verification_code"
    assert stage.exchange(app, code(), **good, client_secret="0" * 40)["error"] == \
        "incorrect_client_credentials"
    wrong = stage.rehearse("POST", "authorize", {
        "url": authorize_url(stage, app, redirect_uri="https://elsewhere.example/"),
        "login": user.login}, 409)
    assert "redirect_uri_mismatch" in wrong["error_description"]


def test_many_scenarios_at_once_crowd_nobody_out(stage):
    """Nobody may own more than a hundred apps; these make room for each other, and the newest
    works, also when all of them are of one second."""
    owner = stage.make_user().login
    for _ in range(130):
        made = stage.rehearse("POST", "scenarios",
                              {"cause": "CLIENT_SECRET_OF_ANOTHER_APP", "owner": owner}, 201)
    assert cause_of(stage, send(made)) == "CLIENT_SECRET_OF_ANOTHER_APP"
    apps = stage.cli_json("app", "list", "--owner", owner)
    assert 2 <= len(apps) <= 30


@pytest.mark.parametrize("path, body, member", [
    ("scenarios", {}, "cause"), ("scenarios", {"cause": "NO_SUCH"}, "cause"),
    ("scenarios", {"cause": "FAILURE"}, "cause"),
    ("scenarios", {"cause": "CODE_EXPIRED", "owner": "nobody-at-all"}, "owner"),
    ("authorize", {}, "url"), ("authorize", {"url": "https://elsewhere.example/"}, "url"),
    ("authorize", {"url": "x", "cause": "CLIENT_ID_MISSING"}, "cause"),
    ("authorize", {"url": "x", "decision": "perhaps"}, "decision")])
def test_bad_calls_are_told(stage, path, body, member):
    told = stage.rehearse("POST", path, body, 400)
    assert member in told["error_description"]


def test_calls_need_the_token_and_the_mode(stage, launch):
    for path in ("scenarios", "authorize"):
        assert stage.rehearse_plainly("POST", path).status_code == 401
    plain = launch(demo=False)
    for path in ("scenarios", "authorize"):
        assert plain.rehearse_plainly("POST", path).status_code == 404


def test_the_owner_reads_the_explanation(stage):
    made = stage.rehearse("POST", "scenarios", {"cause": "CODE_EXPIRED"}, 201)
    reply = send(made)
    app = made["app"]
    told = stage.get(f"/api/v3/applications/{app['client_id']}/refusals/"
                     + reply.headers["X-GitHub-Request-Id"],
                     headers=basic(app["client_id"], app["client_secret"])).json()
    assert told["cause"] == "CODE_EXPIRED" and app["owner"] == stage.demo["login"]
