"""Making each error happen on purpose (issue 4, point 4): a scenario's request is refused for its
cause, by the code that refuses everybody's."""

import re
import urllib.parse

import pytest
import requests

from llavero_http import ROOT, basic, challenged, location_query, pkce

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
    # signed by the client: a scenario has no key
    "ASSERTION_MISSING", "ASSERTION_TYPE", "ASSERTION_MALFORMED", "ASSERTION_ALGORITHM",
    "ASSERTION_NO_KEY", "ASSERTION_KEY_UNKNOWN", "ASSERTION_SIGNATURE", "ASSERTION_SUBJECT",
    "ASSERTION_AUDIENCE", "ASSERTION_CLAIM", "ASSERTION_EXPIRED", "ASSERTION_AHEAD",
    "ASSERTION_LIFETIME", "ASSERTION_REPLAYED", "CERTIFICATE_MISSING",
    "CERTIFICATE_UNTRUSTED", "CERTIFICATE_NAME", "CERTIFICATE_KEY", "APP_PROFILE_METHOD",
    "AUTHORIZE_DPOP_KEY", "PROOF_MISSING", "PROOF_MALFORMED", "PROOF_ALGORITHM", "PROOF_KEY",
    "PROOF_SIGNATURE", "PROOF_CLAIM", "PROOF_METHOD", "PROOF_URL", "PROOF_CLOCK",
    "PROOF_REPLAYED", "PROOF_OF_ANOTHER_TOKEN", "PROOF_NONCE_MISSING", "PROOF_NONCE_OLD",
    "PUSH_OF_ANOTHER_KEY", "SENDER_UNBOUND", "CODE_OF_ANOTHER_KEY", "REFRESH_OF_ANOTHER_KEY", "TOKEN_JWT",
    "TOKEN_AUDIENCE", "TOKEN_SIGN_IN", "TOKEN_NEEDS_PROOF", "TOKEN_NOT_BOUND", "TOKEN_OF_ANOTHER_KEY",
    "TOKEN_OF_ANOTHER_CERTIFICATE",
    # of OpenID Connect
    "OBJECT_REQUIRED", "OBJECT_MIXED", "OBJECT_MALFORMED", "OBJECT_ALGORITHM", "OBJECT_KEY",
    "OBJECT_SIGNATURE", "OBJECT_CLAIM", "AUTHORIZE_REQUEST_URI", "AUTHORIZE_REGISTRATION",
    "AUTHORIZE_PROMPT", "AUTHORIZE_MAX_AGE", "AUTHORIZE_NONCE_TOO_LONG",
    "AUTHORIZE_CLAIMS_TOO_LONG", "AUTHORIZE_CLAIMS_MALFORMED", "AUTHORIZE_HINT",
    "AUTHORIZE_LOGIN_REQUIRED", "AUTHORIZE_LOGIN_TOO_OLD", "AUTHORIZE_OTHER_USER",
    "AUTHORIZE_SELECTION_REQUIRED", "AUTHORIZE_CONSENT_REQUIRED",
    "AUTHORIZE_INTERACTION_REQUIRED", "AUTHORIZE_CLASS", "CODE_SESSION_ENDED", "REFRESH_SESSION_ENDED",
    # that needs five thousand of them
    "PUSH_TOO_MANY",
    # that needs a database that fails over
    "CODE_FENCED", "DEVICE_CODE_FENCED", "PUSHED_FENCED",
    # a scenario sends each parameter once
    "RESOURCE_TOO_MANY",
    # that would shut the rehearsing address out
    "CLIENT_THROTTLED", "INTROSPECTION_THROTTLED", "JTI_TOO_MANY", "DEVICE_CODES_THROTTLED",
    # these need a token that went through the endpoint before
    "EXCHANGE_TOKEN_ENDED", "EXCHANGE_TOKEN_OTHERS", "EXCHANGE_KEY", "EXCHANGE_NO_PERSON",
    "EXCHANGE_MAY_ACT", "EXCHANGE_DEPTH", "EXCHANGE_SCOPE", "TOKEN_ORIGIN_ENDED",
    # an issuer is the operator's, and signs
    "BEARER_APP", "BEARER_ALGORITHM", "BEARER_NO_KEY", "BEARER_KEY_UNKNOWN", "BEARER_SIGNATURE",
    "BEARER_AUDIENCE", "BEARER_CLAIM", "BEARER_EXPIRED", "BEARER_AHEAD", "BEARER_LIFETIME",
    "BEARER_SUBJECT", "BEARER_USER_SUSPENDED", "BEARER_EMAIL_UNVERIFIED", "BEARER_REPLAYED", "BEARER_SCOPE",
    # a resource is the operator's, and stays
    "RESOURCE_SCOPE",
    # a scenario declares no types
    "DETAILS_MALFORMED", "DETAILS_TYPE", "DETAILS_FIELD", "DETAILS_NOT_GRANTED",
    # that would shut its address out for an hour; that needs fifty thousand apps
    "REGISTRATION_THROTTLED", "REGISTRATION_FULL",
    # a document of one's own is looked at by POST /rehearsal/client-documents
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


def error_of(reply):
    """What an app is told at the standard edge."""
    where = reply.headers.get("Location")
    return dict(location_query(reply))["error"] if where else reply.json()["error"]


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
    elif "/oauth2/" in made["request"]["url"] and "html" not in reply.headers["Content-Type"]:
        assert error_of(reply) == made["error"]


def test_every_cause_is_a_scenario_or_named_here(stage):
    table = (ROOT / "src/core/errors.def").read_text(encoding="utf-8")
    assert set(CAUSES) | NOT_REHEARSED == set(re.findall(r"^CAUSE\((\w+), ", table, re.M))
    assert not set(CAUSES) & NOT_REHEARSED
    listed = stage.rehearse("GET", "scenarios")["scenarios"]
    assert [s["cause"] for s in listed] == CAUSES or \
        sorted(s["cause"] for s in listed) == sorted(CAUSES)
    assert {s["cause"] for s in listed if s["after_authorize"]} == set(SPOILS)


@pytest.mark.parametrize("document, words", [
    ("README.md", "all {}."), ("docs/es/LEEME.md", "tiene los {}."),
    ("docs/testing-your-app.md", "{} reasons for which"),
    ("docs/es/probar-tu-app.md", "{} motivos por los que"), ("CHANGELOG.md", "lists {} causes")])
def test_the_documents_say_how_many_there_are(document, words):
    assert words.format(len(CAUSES)) in (ROOT / document).read_text(encoding="utf-8")


def test_each_scenario_has_its_group(stage):
    groups = {}
    for s in stage.rehearse("GET", "scenarios")["scenarios"]:
        groups.setdefault(s["group"], set()).add(s["cause"])
    assert set(groups) == {"clients", "authorize", "codes", "pkce", "refresh", "devices", "api",
                           "manage", "standard", "register"}
    assert all("VERIFIER" in cause for cause in groups["pkce"])
    for group, prefix in (("clients", "CLIENT_"), ("authorize", "AUTHORIZE_"), ("api", "TOKEN_"),
                          ("refresh", "REFRESH_"), ("devices", "DEVICE_")):
        assert all(cause.startswith(prefix) for cause in groups[group]), groups[group]
    assert {"CODE_EXPIRED", "TOKEN_BY_GET", "APP_SUSPENDED"} <= groups["codes"]
    assert {"CLIENT_METHODS_MIXED", "GRANT_TYPE_UNKNOWN"} <= groups["standard"]
    assert all(cause.startswith("REGISTRATION_") for cause in groups["register"])


def test_the_standard_edge_is_rehearsed_at_each_of_its_endpoints(stage):
    """And its errors are named as RFC 6749 names them, not as GitHub does."""
    paths = {}
    for s in stage.rehearse("GET", "scenarios")["scenarios"]:
        if s["group"] in ("standard", "register"):
            made = stage.rehearse("POST", "scenarios", {"cause": s["cause"]}, 201)
            path = urllib.parse.urlsplit(made["request"]["url"]).path
            paths.setdefault(re.sub("(register)/.*", r"\1/:id", path), []).append(s["error"])
            assert made["error"] == s["error"]
    assert set(paths) == {"/oauth2/" + name for name in (
        "authorize", "par", "token", "introspect", "revoke", "device_authorization", "register",
        "register/:id")}
    assert not {error for errors in paths.values() for error in errors} & {
        "incorrect_client_credentials", "bad_verification_code", "redirect_uri_mismatch",
        "Not Found"}


def test_nobody_rehearses_what_is_not_offered(launch):
    """Where programs may not register, there is no such request; its management stays."""
    server = launch(registration="off")
    listed = {s["cause"] for s in server.rehearse("GET", "scenarios")["scenarios"]}
    assert "REGISTRATION_BODY" not in listed and "REGISTRATION_MANAGE_TOKEN" in listed
    server.rehearse("POST", "scenarios", {"cause": "REGISTRATION_BODY"}, 400)
    assert "REGISTRATION_BODY" not in server.get("/demo").text


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


def standard_url(server, app, **params):
    return authorize_url(server, app, **params).replace("/login/oauth/", "/oauth2/")


def standard_exchange(server, app, code, **more):
    return server.post("/oauth2/token", {**app.credentials, "grant_type": "authorization_code",
                                         "code": code, "redirect_uri": app.callback, **more})


@pytest.mark.parametrize("cause", SPOILS)
def test_a_code_spoiled_on_its_way_to_a_client_of_the_standards(stage, cause):
    app, user = stage.make_app(), stage.make_user()
    verifier, challenge = pkce()
    pair = cause != "VERIFIER_MISSING"
    answer = stage.rehearse("POST", "authorize", {"login": user.login, "cause": cause, "url":
                            standard_url(stage, app, response_type="code",
                                         redirect_uri=app.callback,
                                         **(challenged(challenge) if pair else {}))})
    assert "&iss=" in answer["location"]
    reply = standard_exchange(stage, app, answer["code"],
                              **({"code_verifier": verifier} if pair else {}))
    assert reply.status_code in (400, 401) and reply.json()["error"].startswith(
        ("invalid_grant", "invalid_client", "unauthorized_client"))
    assert cause_of(stage, reply) == cause


def test_a_person_without_a_browser_at_the_standard_edge(stage):
    """Its rules hold: this is the endpoint that the client asked, not the other one."""
    app, user = stage.make_app(), stage.make_user()

    def answer(status=200, **params):
        return stage.rehearse("POST", "authorize", {"url": standard_url(stage, app, **params),
                                                    "login": user.login}, status)

    token = standard_exchange(stage, app, answer(response_type="code")["code"]).json()
    assert token["token_type"] == "Bearer" and token["expires_in"] > 0
    assert stage.plant(token["access_token"])
    assert "error=invalid_request" in answer()["location"]
    wrong = answer(409, response_type="code", redirect_uri=app.callback + "/")
    assert "a page: invalid_request." in wrong["error_description"]
    # RFC 6749 4.1.3: what the authorization request named, the token request repeats
    code = answer(response_type="code", redirect_uri=app.callback)["code"]
    refused = standard_exchange(stage, app, code, redirect_uri="")
    assert refused.json()["error"] == "invalid_grant"
    assert cause_of(stage, refused) == "CODE_REDIRECT_MISSING"


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
