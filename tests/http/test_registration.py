"""Registration of apps by programs (RFC 7591) and its management (RFC 7592); row ids of assurance.md
are in the names."""

import json
import re

import pytest
import requests

import own_openid as o
from client_stub import Stub
from llavero_http import App, Page, challenged, pkce, unique

PATH = "/oauth2/register"
WEB = {"redirect_uris": ["https://app.example/cb"]}


@pytest.fixture(scope="module")
def open_server(launch):
    return launch(registrations_per_hour=0, registration_dialects="both")


@pytest.fixture(scope="module")
def closed(launch):
    """As it is without a demo: a token is needed."""
    server = launch(registration="token", registrations_per_hour=0, registration_dialects="both")
    return server


@pytest.fixture(scope="module")
def stub():
    running = Stub()
    yield running
    running.close()


def post(server, metadata, token=None, data=None, path=PATH, method="POST"):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = data if data is not None else json.dumps(metadata)
    return requests.request(method, server.url(path), data=body, headers=headers, timeout=60,
                            allow_redirects=False)


def register(server, token=None, **metadata):
    reply = post(server, {**WEB, "client_name": unique("Registered"), **metadata}, token)
    assert reply.status_code == 201, (reply.status_code, reply.text)
    made = reply.json()
    server.plant(made["registration_access_token"], made.get("client_secret"))
    return made


def manage(server, made, method="GET", metadata=None, token=None):
    assert made["registration_client_uri"].startswith(server.ready)
    path = made["registration_client_uri"].removeprefix(server.ready)
    reply = post(server, metadata, token or made["registration_access_token"],
                 None if metadata is not None else "", path, method)
    if reply.status_code == 200:
        server.plant(reply.json()["registration_access_token"], reply.json().get("client_secret"))
    return reply


def make_token(server, *words):
    return server.plant(server.cli_json("registration-token", "create", *words)["token"])


def app_of(made):
    return App(0, made["client_id"], made.get("client_secret"), made["redirect_uris"][0],
               made["client_name"], "")


def refused(reply, error, status=400):
    assert reply.status_code == status, (reply.status_code, reply.text)
    body = reply.json()
    assert body["error"] == error and body["error_description"]
    assert reply.headers["Cache-Control"] == "no-store"
    return body["error_description"]


def test_7591_01_a_registration(open_server):
    reply = post(open_server, {**WEB, "client_name": "One"})
    assert reply.status_code == 201
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.headers["Cache-Control"] == "no-store" and reply.headers["Pragma"] == "no-cache"
    made = reply.json()
    open_server.plant(made["client_secret"], made["registration_access_token"])
    assert made["client_secret_expires_at"] == 0 and len(made["client_secret"]) == 40
    assert not made["client_id"].startswith("http")  # MCP-11
    assert isinstance(made["client_id_issued_at"], int)
    assert made["token_endpoint_auth_method"] == "client_secret_basic"
    assert made["grant_types"] == ["authorization_code"] and made["response_types"] == ["code"]
    assert made["application_type"] == "web" and made["redirect_uris"] == WEB["redirect_uris"]


def test_7591_01_a_public_client_has_no_secret(open_server):
    # 8252-04
    made = register(open_server, token_endpoint_auth_method="none")
    assert "client_secret" not in made and "client_secret_expires_at" not in made


@pytest.mark.parametrize("wanted", ["octocat", "1", "usr_" + "A" * 22, "https://app.example/"])
def test_9700_18_a_program_does_not_choose_its_id(open_server, wanted):
    """Nor its secret, nor its tokens: what the server makes is not the client's to say."""
    # A205, P43
    made = register(open_server, client_id=wanted, client_secret="s" * 40,
                    registration_access_token="t", client_id_issued_at=1)
    assert re.fullmatch("Ov23[A-Za-z0-9]{16}", made["client_id"])
    assert made["client_secret"] != "s" * 40 and made["registration_access_token"] != "t"
    assert made["client_id_issued_at"] > 1


def test_7591_02_all_metadata_comes_back_as_stored(open_server):
    # OR-01
    sent = {
        "client_name": unique("Whole"), "client_name#es": "Todo",
        "client_uri": "https://app.example/", "logo_uri": "https://app.example/logo.png",
        "tos_uri": "https://app.example/tos", "policy_uri": "https://app.example/policy",
        "contacts": ["a@app.example"], "scope": "user repo", "software_id": "x",
        "software_version": "1.2", "token_endpoint_auth_method": "client_secret_post",
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "default_max_age": 60, "require_auth_time": True, "default_acr_values": ["1"],
        "post_logout_redirect_uris": ["https://app.example/out"],
        "backchannel_logout_uri": "https://app.example/logout",
        "backchannel_logout_session_required": True, "subject_type": "public",
        "id_token_signed_response_alg": "ES256", "dpop_bound_access_tokens": True,
        "require_pushed_authorization_requests": True, "resources": ["https://api.example/"],
        "authorization_details_types": ["payment"], **WEB}
    made = register(open_server, **sent)
    assert {name: made[name] for name in sent} == sent
    read = manage(open_server, made)
    assert read.status_code == 200 and {name: read.json()[name] for name in sent} == sent
    assert read.json()["registration_access_token"] == made["registration_access_token"]


@pytest.mark.parametrize("uris", [
    [], ["https://app.example/cb#x"], ["javascript:alert(1)"], ["data:text/html,x"], ["/cb"],
    ["http://app.example/cb"], ["https://*.app.example/cb"], ["myapp:/cb"], ["vbscript:x"]])
def test_7591_03_redirect_uris(open_server, uris):
    reply = post(open_server, {"redirect_uris": uris})
    described = refused(reply, "invalid_redirect_uri")
    assert described.startswith("redirect_uris: ")
    assert reply.json()["error_uri"].endswith("#invalid-redirect-uri")


@pytest.mark.parametrize("member, more", [
    ("jwks_uri", {"jwks_uri": "https://app.example/k", "jwks": {"keys": [
        {"kty": "OKP", "crv": "Ed25519", "x": "a" * 43}]}}),
    ("jwks", {"jwks": {"keys": [{"kty": "oct", "k": "a" * 43}]}}),
    ("jwks", {"token_endpoint_auth_method": "private_key_jwt"}),
    ("response_types", {"response_types": []}),
    ("grant_types", {"grant_types": ["password"]}),
    ("client_name", {"client_name": 1}),
    ("contacts", {"contacts": "x"}),
    ("logo_uri", {"logo_uri": "http://app.example/"}),
    ("id_token_signed_response_alg", {"id_token_signed_response_alg": "none"}),
    ("application_type", {"application_type": "desktop"})])
def test_7591_04_05_06_09_what_cannot_be_used(open_server, member, more):
    # P43
    described = refused(post(open_server, {**WEB, **more}), "invalid_client_metadata")
    assert described.startswith(member + ": ")


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "null", "redirect_uris=x",
                                  '{"client_name":"a","client_name":"b"}'])
def test_7591_06_what_is_no_object(open_server, body):
    refused(post(open_server, None, data=body), "invalid_client_metadata")


def test_7591_06_unknown_members_are_passed_over(open_server):
    made = register(open_server, x_ours=1, client_id="mine", client_secret="mine-too-12345678")
    assert "x_ours" not in made and made["client_id"] != "mine"
    assert made["client_secret"] != "mine-too-12345678"


def test_7591_07_a_token_is_needed_unless_it_is_open(closed):
    reply = post(closed, WEB)
    refused(reply, "invalid_token", 401)
    assert reply.headers["WWW-Authenticate"].startswith("Bearer ")
    reply = post(closed, WEB, "lri_" + "0" * 40)
    refused(reply, "invalid_token", 401)
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]
    made = register(closed, make_token(closed))
    assert made["client_id"]


def test_7591_07_a_token_that_is_sent_must_be_good_anyway(open_server):
    refused(post(open_server, WEB, "lri_" + "0" * 40), "invalid_token", 401)


def test_7591_07_a_token_is_over(closed):
    once = make_token(closed, "--uses", "1")
    register(closed, once)
    refused(post(closed, WEB, once), "invalid_token", 401)
    spent = closed.cli_json("registration-token", "create", "--note", "ci")
    closed.plant(spent["token"])
    closed.cli("registration-token", "revoke", str(spent["id"]))
    refused(post(closed, WEB, spent["token"]), "invalid_token", 401)
    short = make_token(closed, "--expires", "1h")
    register(closed, short)
    closed.advance("2h")
    refused(post(closed, WEB, short), "invalid_token", 401)


def test_7591_07_a_failed_registration_takes_no_use(closed):
    once = make_token(closed, "--uses", "1")
    refused(post(closed, {"redirect_uris": []}, once), "invalid_redirect_uri")
    register(closed, once)


def test_7591_07_off_there_is_no_such_place(launch):
    server = launch(registration="off")
    assert post(server, WEB).status_code == 404


def test_7591_07_an_anonymous_flood(launch):
    # A187, P43
    server = launch(registrations_per_hour=5, trusted_proxies="127.0.0.1")

    def try_from(address):
        return requests.post(server.url(PATH), json=WEB, timeout=60,
                             headers={"X-Forwarded-For": address})

    for _ in range(5):
        made = try_from("203.0.113.1")
        assert made.status_code == 201
        server.plant(made.json()["client_secret"], made.json()["registration_access_token"])
    late = try_from("203.0.113.1")
    assert late.status_code == 429 and late.json()["error"] == "too_many_requests"
    assert 0 < int(late.headers["Retry-After"]) <= 3600
    other = try_from("203.0.113.2")
    assert other.status_code == 201
    server.plant(other.json()["client_secret"], other.json()["registration_access_token"])


def ask(server, made, browser=None, **params):
    """The authorization page of a registered app, by the GitHub edge, which needs dialect both."""
    browser = browser or server.signed_in(server.make_user())
    _, challenge = pkce()
    return browser, browser.ask(app_of(made), redirect_uri=made["redirect_uris"][0],
                                response_type="code", **challenged(challenge), **params)


def test_7591_07_consent_says_that_nobody_answers_for_it(open_server):
    # 21-11
    _, reply = ask(open_server, register(open_server))
    assert reply.status_code == 200
    text = Page(reply.text).text
    assert "Nobody on this server answers for this app" in text
    assert "https://app.example" in text


def test_7591_07_with_an_accounts_token_the_account_answers(closed):
    owner = closed.make_user()
    made = register(closed, make_token(closed, "--owner", owner.login))
    _, reply = ask(closed, made)
    page = Page(reply.text).text
    assert owner.login in page and "Nobody on this server answers" not in page
    shown = closed.cli_json("app", "show", made["client_id"])
    assert shown["owner"] == owner.login


def test_7591_07_an_operator_can_answer_for_it(open_server):
    made = register(open_server)
    open_server.cli("app", "verify", made["client_id"])
    _, reply = ask(open_server, made)
    assert "Nobody on this server answers" not in reply.text


def test_21_10_no_error_leads_to_where_nobody_answers_for(open_server):
    # A021
    made = register(open_server)
    browser, reply = ask(open_server, made, scope="x" * 9000)
    assert reply.status_code in (400, 414) and "Location" not in reply.headers
    browser, reply = ask(open_server, made, browser, state="x" * 2049)
    assert reply.status_code == 400 and "Location" not in reply.headers
    _, reply = ask(open_server, made, browser)
    denied = browser.decide(reply, allow=False)
    assert denied.status_code == 302 and "error=access_denied" in denied.headers["Location"]


def test_a_person_takes_the_name_that_a_program_has(open_server):
    name = unique("Wanted")
    first, second = register(open_server, client_name=name), register(open_server, client_name=name)
    assert first["client_id"] != second["client_id"]
    assert open_server.make_app(name=name).name == name


def test_a_registered_app_gets_a_token(open_server):
    made = register(open_server)
    app, browser = app_of(made), open_server.signed_in(open_server.make_user())
    verifier, challenge = pkce()
    code = browser.code(app, redirect_uri=app.callback, response_type="code", state="s",
                        **challenged(challenge))
    token = open_server.exchange(app, code, code_verifier=verifier, redirect_uri=app.callback)
    assert open_server.is_alive(token["access_token"])


def test_OR_01_what_is_registered_of_openid_is_obeyed(open_server):
    person = open_server.signed_in(open_server.make_user())
    plain = app_of(register(open_server))
    made = register(open_server, id_token_signed_response_alg="ES256", subject_type="pairwise",
                    userinfo_signed_response_alg="RS256", default_max_age=60)
    body, claims = o.sign_in(open_server, person, app_of(made))
    assert o.verify(open_server, body["id_token"])[0]["alg"] == "ES256"
    assert claims["sub"] != o.sign_in(open_server, person, plain)[1]["sub"]
    told = open_server.get(o.USERINFO, headers={"Authorization": f"Bearer {body['access_token']}"})
    header, signed = o.verify(open_server, told.text)
    assert header["alg"] == "RS256" and signed["sub"] == claims["sub"]
    assert abs(claims["auth_time"] - claims["iat"]) < 60


def test_7591_08_software_statements(open_server):
    refused(post(open_server, {**WEB, "software_statement": "e30.e30."}),
            "unapproved_software_statement")


def test_OC_19_a_sector_identifier_has_every_redirect_uri(open_server, stub):
    uris = ["https://a.example/cb", "https://b.example/cb"]
    good = stub.put("/sector", [*uris, "https://c.example/cb"])
    made = register(open_server, redirect_uris=uris, subject_type="pairwise",
                    sector_identifier_uri=good)
    assert made["sector_identifier_uri"] == good and made["subject_type"] == "pairwise"
    for value in (uris[:1], {"list": uris}, [1], "x", b"{", b""):
        bad = stub.put("/bad", value)
        described = refused(post(open_server, {"redirect_uris": uris,
                                               "sector_identifier_uri": bad}),
                            "invalid_client_metadata")
        assert described.startswith("sector_identifier_uri: ")
    for where in (stub.url("/nowhere"), stub.put("/moved", b"", 302, Location=good),
                  "https://10.0.0.1/sector", "https://169.254.169.254/sector"):
        refused(post(open_server, {"redirect_uris": uris, "sector_identifier_uri": where}),
                "invalid_client_metadata")


def test_A144_without_a_rehearsal_this_machine_is_out_of_reach(launch, stub):
    # P43
    server = launch(demo=False, registration="open")
    for host in (f"https://127.0.0.1:{stub.port}", f"https://localhost:{stub.port}",
                 f"https://[::1]:{stub.port}", f"https://127.0.0.2:{stub.port}"):
        before = len(stub.asked)
        described = refused(post(server, {**WEB, "sector_identifier_uri": host + "/sector"}),
                            "invalid_client_metadata")
        assert described.startswith("sector_identifier_uri: ") and len(stub.asked) == before
    refused(post(server, {**WEB, "sector_identifier_uri": stub.url("/sector")}),
            "invalid_client_metadata")
    reply = post(server, {"redirect_uris": ["http://127.0.0.1/cb"], "application_type": "web"})
    refused(reply, "invalid_redirect_uri")


# RFC 7592

def test_7592_01_only_the_token_of_the_app(open_server):
    made, other = register(open_server), register(open_server)
    user_token = open_server.token_for(open_server.make_app(), open_server.signed_in())
    for token in ("lrm_" + "0" * 40, other["registration_access_token"], user_token,
                  made["client_secret"]):
        for method, metadata in (("GET", None), ("PUT", {**WEB}), ("DELETE", None)):
            reply = manage(open_server, made, method, metadata, token)
            refused(reply, "invalid_token", 401)
    path = f"{PATH}/{made['client_id']}"
    assert post(open_server, None, None, "", path, "GET").status_code == 401
    assert manage(open_server, made).status_code == 200


def test_7592_01_an_app_that_a_person_made_has_no_such_token(open_server):
    app = open_server.make_app()
    reply = post(open_server, None, app.client_secret, "", f"{PATH}/{app.client_id}", "GET")
    refused(reply, "invalid_token", 401)


def test_7592_02_what_is_left_out_is_gone(open_server):
    made = register(open_server, logo_uri="https://app.example/l", scope="user",
                    contacts=["a@app.example"])
    reply = manage(open_server, made, "PUT", {
        "client_id": made["client_id"], "client_name": "New name",
        "redirect_uris": ["https://app.example/new"]})
    assert reply.status_code == 200, reply.text
    now = reply.json()
    assert now["client_name"] == "New name" and now["redirect_uris"] == ["https://app.example/new"]
    assert not {"logo_uri", "scope", "contacts"} & set(now)
    assert manage(open_server, now).json()["redirect_uris"] == ["https://app.example/new"]


def test_7592_02_it_must_be_the_same_client(open_server):
    # P43
    made = register(open_server)
    for changes in ({"client_id": "other"}, {"client_id": None}, {"client_secret": "0" * 40},
                    {"client_secret": 1}, {"registration_access_token": "x"},
                    {"client_secret_expires_at": 0}, {"client_id_issued_at": 1}):
        metadata = {"client_id": made["client_id"], **WEB, **changes}
        metadata = {k: v for k, v in metadata.items() if v is not None}
        refused(manage(open_server, made, "PUT", metadata), "invalid_client_metadata")
    reply = manage(open_server, made, "PUT", {
        "client_id": made["client_id"], "client_secret": made["client_secret"], **WEB})
    assert reply.status_code == 200, reply.text


def test_7592_02_bad_metadata_changes_nothing(open_server):
    made = register(open_server)
    refused(manage(open_server, made, "PUT", {"client_id": made["client_id"],
                                              "redirect_uris": ["/x"]}), "invalid_redirect_uri")
    assert manage(open_server, made).json()["redirect_uris"] == WEB["redirect_uris"]


def test_7592_02_a_client_that_becomes_public_loses_its_secret(open_server):
    made = register(open_server)
    reply = manage(open_server, made, "PUT", {"client_id": made["client_id"], **WEB,
                                              "token_endpoint_auth_method": "none"})
    assert reply.status_code == 200 and "client_secret" not in reply.json()
    assert open_server.cli_json("app", "show", made["client_id"])["secrets"] == []
    back = manage(open_server, reply.json(), "PUT", {"client_id": made["client_id"], **WEB})
    assert back.status_code == 200 and back.json()["client_secret"] != made["client_secret"]


def test_7592_03_deletion_ends_everything_at_once(open_server):
    made = register(open_server)
    app, browser = app_of(made), open_server.signed_in(open_server.make_user())
    verifier, challenge = pkce()  # the profile of apps that programs register wants it
    token = open_server.exchange(app, browser.code(app, **challenged(challenge)),
                                 code_verifier=verifier)["access_token"]
    code = browser.code(app, **challenged(challenge))
    assert open_server.is_alive(token)
    reply = manage(open_server, made, "DELETE")
    assert reply.status_code == 204 and not reply.content
    assert not open_server.is_alive(token)
    assert "error" in open_server.exchange(app, code, code_verifier=verifier)
    refused(manage(open_server, made), "invalid_token", 401)
    refused(manage(open_server, made, "DELETE"), "invalid_token", 401)


def test_7592_02_7592_03_what_cannot_be_noted_is_not_done(open_server):
    owner = open_server.make_user()
    made = register(open_server, make_token(open_server, "--owner", owner.login))
    changed = {"client_id": made["client_id"], **WEB, "client_name": unique("Changed")}

    def rename(old, new):
        with open_server.database() as db:
            db.execute(f"ALTER TABLE {old} RENAME TO {new}")
    rename("audit", "aside")
    try:
        replies = [manage(open_server, made, *how) for how in (("PUT", changed), ("DELETE",))]
    finally:
        rename("aside", "audit")
    assert [r.status_code for r in replies] == [503, 503]
    assert manage(open_server, made).json()["client_name"] == made["client_name"]
    assert manage(open_server, made, "DELETE").status_code == 204


def test_7592_04_the_token_rotates(open_server):
    made = register(open_server)
    now = manage(open_server, made, "PUT", {"client_id": made["client_id"], **WEB}).json()
    assert now["registration_access_token"] != made["registration_access_token"]
    refused(manage(open_server, made), "invalid_token", 401)
    assert manage(open_server, now).status_code == 200


def test_MCP_15_a_replacement_asks_for_consent_again(open_server):
    made = register(open_server)
    browser, reply = ask(open_server, made)
    assert browser.decide(reply).status_code == 302
    assert ask(open_server, made, browser)[1].status_code == 302
    open_server.advance("10s")
    now = manage(open_server, made, "PUT", {"client_id": made["client_id"], **WEB,
                                            "client_name": "Somebody else"}).json()
    again = ask(open_server, now, browser)[1]
    assert again.status_code == 200 and "Somebody else" in again.text
    assert browser.decide(again).status_code == 302
    assert ask(open_server, now, browser)[1].status_code == 302


def test_A187_apps_of_nobody_go_when_nobody_uses_them(launch):
    server = launch(registrations_per_hour=0, registration_unused_days=3,
                    registration_dialects="both")
    unused, used = register(server), register(server)
    browser, reply = ask(server, used)
    assert browser.decide(reply).status_code == 302
    server.advance("4d")
    for _ in range(100):
        if manage(server, unused).status_code == 401:
            break
        server.advance("40s")
    else:
        raise AssertionError("the unused app is still there")
    assert manage(server, used).status_code == 200


def test_methods_and_sizes(open_server):
    assert open_server.get(PATH).status_code == 405
    big = json.dumps({**WEB, "x": "a" * 66000})
    assert post(open_server, None, data=big).status_code == 413


def test_P21_a_suspended_app_stays_so_whatever_its_program_changes(open_server):
    """The access token of a registration is no way around who suspended the app."""
    made = register(open_server)
    open_server.cli("app", "suspend", made["client_id"])
    for method, metadata in (("GET", None), ("PUT", {**WEB, "client_id": made["client_id"]})):
        manage(open_server, made, method, metadata)
    assert open_server.cli_json("app", "show", made["client_id"])["suspended_at"]
    reply = open_server.post("/oauth2/token", {
        "grant_type": "authorization_code", "code": "x", "client_id": made["client_id"],
        "client_secret": made["client_secret"]})
    assert reply.status_code == 400 and reply.json()["error"] == "unauthorized_client"


@pytest.mark.parametrize("uris, more, name", [
    (["https://apps.example/cb"], {}, "apps.example"),
    (["http://127.0.0.1/cb"], {"application_type": "native"}, None),
    (["com.example.app:/cb"], {"application_type": "native"}, None),
    ([], {"grant_types": ["client_credentials"], "response_types": []}, None)])
def test_7591_02_an_app_without_a_name(open_server, uris, more, name):
    """People are shown where it is at home; a place that anybody may have names nobody."""
    made = post(open_server, {"redirect_uris": uris, **more}).json()
    open_server.plant(made["client_secret"], made["registration_access_token"])
    shown = open_server.cli_json("app", "show", made["client_id"])
    assert shown["name"] == (name or made["client_id"])


@pytest.mark.parametrize("change, again", [
    ({}, False), ({"logo_uri": "https://app.example/logo.png"}, False),
    ({"redirect_uris": ["https://other.example/cb"]}, True),
    ({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example/k"}, True),
    ({"jwks": {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "a" * 43}]}}, True),
    ({"jwks_uri": "https://app.example/k"}, True)])
def test_MCP_15_which_changes_ask_for_consent_again(open_server, change, again):
    made = register(open_server)
    browser, reply = ask(open_server, made)
    assert browser.decide(reply).status_code == 302
    open_server.advance("10s")
    reply = manage(open_server, made, "PUT", {"client_id": made["client_id"], **WEB,
                                              "client_name": made["client_name"], **change})
    assert reply.status_code == 200, reply.text
    assert ask(open_server, reply.json(), browser)[1].status_code == (200 if again else 302)


def test_7592_02_a_secret_that_was_revoked_is_not_the_current_one(open_server):
    made = register(open_server)
    more = open_server.cli_json("app", "secret", "add", made["client_id"])
    old = open_server.plant(more["client_secret"])
    same = {"client_id": made["client_id"], **WEB}
    made = manage(open_server, made, "PUT", {**same, "client_secret": old}).json()
    open_server.cli("app", "secret", "revoke", made["client_id"], str(more["id"]))
    refused(manage(open_server, made, "PUT", {**same, "client_secret": old}),
            "invalid_client_metadata")


def test_7592_01_an_id_longer_than_any(open_server):
    made = register(open_server)
    reply = post(open_server, None, made["registration_access_token"], "", f"{PATH}/{'x' * 1100}", "GET")
    refused(reply, "invalid_token", 401)


def test_A187_whose_token_it_is_has_a_hundred_apps_at_most(closed):
    owner = closed.make_user()
    token = make_token(closed, "--owner", owner.login)
    for _ in range(100):
        register(closed, token)
    refused(post(closed, WEB, token), "invalid_token", 401)


CROWD = """
    INSERT INTO app (id, owner_id, client_id, name, name_key, homepage, device_flow, epoch, created_at,
        updated_at, unverified)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 49997)
    SELECT 1000000 + n.i, app.owner_id, 'crowd' || n.i, 'Crowd', 'crowd ' || n.i, app.homepage, 0, 1,
        app.created_at, app.updated_at, 1
    FROM app, n WHERE app.client_id = ?"""


def test_A187_strangers_have_fifty_thousand_apps_at_most(launch, stub):
    """However they come: by registration or by documents. Whom somebody answers for is not counted."""
    server = launch(registrations_per_hour=0)
    made, owner = register(server), server.make_user()

    def look(where, status):
        url = stub.put_client(where, headers={"Cache-Control": "max-age=60"})
        return server.rehearse("POST", "client-documents", {"client_id": url}, status)
    look("/before", 200)
    with server.database() as db:
        assert db.execute(CROWD, (made["client_id"],)).rowcount == 49997
    register(server)
    reply = post(server, WEB)
    refused(reply, "too_many_requests", 429)
    assert server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])["cause"] == "REGISTRATION_FULL"
    told = look("/after", 422)
    assert (told["cause"], told["evidence"]["fault"]) == ("DOCUMENT_UNREACHABLE", "apps_full")
    server.advance("2m")
    assert look("/before", 200)["fetched"]
    register(server, make_token(server, "--owner", owner.login))
    assert manage(server, made, "DELETE").status_code == 204
    look("/after", 200)
