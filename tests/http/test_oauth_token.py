"""POST /oauth2/token: RFC 6749 3.2, 4.1.3, 4.4, 5 and 6, RFC 7636 4.5; assurance 1.1, 1.3, 1.18, 1.19
and the rows of section 4 that belong here."""

import collections
import json
import math
import re
import threading
import time
import urllib.parse

import pytest

import standard as s
from own_jose import LEFT_OUT, Key, assertion, by_assertion, jwks, proof
from llavero_http import basic, challenged, location_query, pkce
from raw_http import ask as raw
from test_single_use import Crowd, PARALLEL

CALLBACK = "https://app.example/cb"
WIRE = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*")


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server)


@pytest.fixture(scope="module")
def public(server):
    return s.make_public(server)


@pytest.fixture(scope="module")
def lasting(server):
    return s.make_app(server, expiring=True)


def fresh(octocat, app, **params):
    """A code with PKCE, and what its exchange needs."""
    verifier, challenge = pkce()
    of = s.code(octocat, app, **challenged(challenge), **params)
    return {"grant_type": "authorization_code", "code": of, "code_verifier": verifier}


def assert_error(reply, error, status=400):
    assert reply.status_code == status, (reply.status_code, reply.text)
    body = reply.json()
    assert body["error"] == error, body
    assert set(body) <= {"error", "error_description", "error_uri", "interval"}
    for name in ("error", "error_description", "error_uri"):  # 6749-24
        assert WIRE.fullmatch(body[name])
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Pragma"] == "no-cache"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    return body


# what a reply is

def test_6749_25_success_is_json_with_these_members(server, octocat, app):
    body = s.sign_in(server, octocat, app, scope="repo user:email")
    assert list(body) == ["access_token", "token_type", "expires_in", "scope"]
    assert body["token_type"] == "Bearer" and body["expires_in"] == 3600
    assert body["scope"] == "repo user:email"
    assert server.is_alive(body["access_token"])


def test_6749_25_the_scope_is_told_when_it_differs(server, octocat, app):
    assert s.sign_in(server, octocat, app, scope="user:email nonsense")["scope"] == "user:email"
    assert s.sign_in(server, octocat, app, scope="nonsense")["scope"] == ""


def test_6749_06_the_order_of_scopes_is_nothing(server, octocat, app):
    a, b = (s.sign_in(server, octocat, app, scope=scope)["scope"]
            for scope in ("gist repo", "repo gist"))
    assert a == b == "gist repo"


def test_6749_26_nothing_may_be_kept(server, octocat, app):
    # P50
    reply = s.post(server, s.TOKEN, {**app.credentials, **fresh(octocat, app)})
    s.plant(server, reply.json())
    assert reply.headers["Cache-Control"] == "no-store" and reply.headers["Pragma"] == "no-cache"
    assert "Set-Cookie" not in reply.headers


def test_g02_accept_does_not_matter(server, octocat, app):
    for accept in ("application/xml", "text/html", "*/*", "nonsense"):
        reply = s.post(server, s.TOKEN, {**app.credentials, **fresh(octocat, app)},
                       headers={"Accept": accept})
        assert "access_token" in s.plant(server, reply.json())


def test_9700_errors_point_to_pages_of_this_server(server, app):
    body = assert_error(s.post(server, s.TOKEN, {**app.credentials, "grant_type": "password"}),
                        "unsupported_grant_type")
    assert body["error_uri"] == server.base + s.PAGE + "grant-type-not-offered"
    path = urllib.parse.urlsplit(body["error_uri"]).path
    page = server.browser().get(path)
    while page.status_code in (301, 302, 303, 308):
        page = server.browser().get(page.headers["Location"])
    assert page.status_code == 200 and 'id="grant-type-not-offered"' in page.text


# how a request is read

@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier", "scope",
                                  "resource", "client_id", "client_secret", "refresh_token"])
def test_6749_24_odd_bytes_do_not_reach_the_reply(server, app, name):
    """assert_error has the alphabet."""
    for grant in ("authorization_code", "refresh_token"):
        reply = s.post(server, s.TOKEN, {"grant_type": grant, **app.credentials, "code": "x",
                                         name: '"<\\\r\n\té\x7f'})
        assert_error(reply, reply.json()["error"], reply.status_code)
        assert reply.status_code in (400, 401)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "TRACE"])
def test_6749_15_post_only(server, method):
    for path in (s.TOKEN, s.INTROSPECT, s.REVOKE, s.DEVICE):
        reply = raw(server, method, path, "Content-Length: 0")
        assert reply.status == 405 and "POST" in reply.header("Allow")


@pytest.mark.parametrize("kind,body", [
    ("application/json", lambda f: json.dumps(f)),
    ("multipart/form-data; boundary=x", lambda f: "--x--"),
    ("text/plain", urllib.parse.urlencode), (None, urllib.parse.urlencode),
    ("application/xml", lambda f: "<a/>"),
])
def test_6749_16_a_form_and_nothing_else(server, octocat, app, kind, body):
    form = {**app.credentials, **fresh(octocat, app)}
    reply = server.post(s.TOKEN, body(form).encode(), headers={"Content-Type": kind} if kind else {})
    assert_error(reply, "invalid_request", 415)
    assert "access_token" in s.token(server, app, **form)


def test_6749_16_a_charset_is_no_harm(server, octocat, app):
    form = urllib.parse.urlencode({**app.credentials, **fresh(octocat, app)})
    reply = server.post(s.TOKEN, form, headers={
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"})
    assert "access_token" in s.plant(server, reply.json())


@pytest.mark.parametrize("body", [b"a=%zz", b"a=%00", b"a=%ff", b"&".join([b"a=b"] * 129)])
def test_6749_16_an_unreadable_form_is_400(server, body):
    assert_error(server.post(s.TOKEN, body, headers={
        "Content-Type": "application/x-www-form-urlencoded"}), "invalid_request")


def test_6749_02_unknown_parameters_are_ignored(server, octocat, app):
    s.token(server, app, **fresh(octocat, app), extra="foobar", **{"foo[]": "1", "__proto__": "x"})


@pytest.mark.parametrize("name", ["client_id", "client_secret", "grant_type", "code",
                                  "redirect_uri", "code_verifier", "nobody_knows"])
@pytest.mark.parametrize("same", [True, False])
def test_6749_04_21_12_a_parameter_comes_once(server, octocat, app, name, same):
    form = {**app.credentials, **fresh(octocat, app), "redirect_uri": CALLBACK,
            "nobody_knows": "x"}
    pairs = [*form.items(), (name, form[name] if same else "other")]
    assert_error(server.post(s.TOKEN, pairs), "invalid_request")
    assert "access_token" in s.token(server, app, **form)


@pytest.mark.parametrize("name", ["client_id", "client_secret", "code", "grant_type",
                                  "code_verifier", "redirect_uri"])
def test_6749_19_nothing_in_the_url(server, octocat, app, name):
    # P18
    form = {**app.credentials, **fresh(octocat, app), "redirect_uri": CALLBACK}
    query = urllib.parse.urlencode({name: form[name]})
    rest = {k: v for k, v in form.items() if k != name}
    for body in (form, rest):
        reply = server.post(f"{s.TOKEN}?{query}", body)
        assert_error(reply, "invalid_request")
    assert s.cause(server, reply) == "TOKEN_PARAMETER_IN_URL"
    assert "access_token" in s.token(server, app, **form)


@pytest.mark.parametrize("missing", ["grant_type", "code"])
@pytest.mark.parametrize("how", [None, ""])
def test_6749_03_a_required_parameter_without_a_value_is_missing(server, octocat, app, missing, how):
    form = {**app.credentials, **fresh(octocat, app), missing: how}
    assert_error(s.post(server, s.TOKEN, form), "invalid_request")


@pytest.mark.parametrize("grant", ["password", "implicit", "urn:x:y", "AUTHORIZATION_CODE", "code",
                                   "urn:ietf:params:oauth:grant-type:saml2-bearer", " refresh_token"])
def test_6749_38_9700_06_unknown_grant_types(server, app, grant):
    # 6749-28
    assert_error(s.post(server, s.TOKEN, {**app.credentials, "grant_type": grant,
                                          "username": "octocat", "password": "x"}),
                 "unsupported_grant_type")


# who is asking

def test_6749_17_21_01_basic_and_body_both_work(server, octocat, app):
    for _ in range(2):
        reply = s.post(server, s.TOKEN, fresh(octocat, app),
                       auth=(app.client_id, app.client_secret))
        assert "access_token" in s.plant(server, reply.json())
    s.token(server, app, **fresh(octocat, app))


def test_6749_17_basic_halves_are_form_decoded(server, octocat, app):
    # P19
    def encoded(text):
        return "".join(f"%{ord(c):02x}" for c in text)

    good = s.post(server, s.TOKEN, fresh(octocat, app), headers=basic(
        encoded(app.client_id), encoded(app.client_secret)))
    assert "access_token" in s.plant(server, good.json())
    twice = urllib.parse.quote(encoded(app.client_secret), safe="")
    assert_error(s.post(server, s.TOKEN, fresh(octocat, app),
                        headers=basic(app.client_id, twice)), "invalid_client", 401)


@pytest.mark.parametrize("change", [
    lambda a: {"client_secret": "0" * 40}, lambda a: {"client_secret": None},
    lambda a: {"client_secret": ""}, lambda a: {"client_secret": a.client_secret[:-1]},
    lambda a: {"client_secret": a.client_secret.upper()}, lambda a: {"client_id": "nobody"},
    lambda a: {"client_id": None}, lambda a: {"client_id": "x" * 300},
    lambda a: {"client_id": "' OR 1=1 --"},
])
def test_6749_27_a047_a_wrong_client_is_401_and_harms_no_code(server, octocat, app, change):
    # A200
    form = {**app.credentials, **fresh(octocat, app)}
    reply = s.post(server, s.TOKEN, {**form, **change(app)})
    assert_error(reply, "invalid_client", 401)
    assert reply.headers["WWW-Authenticate"] == 'Basic realm="llavero"'
    assert "access_token" in s.token(server, app, **form)  # A028


def test_6749_27_a_wrong_basic_is_told_to_use_basic(server, octocat, app):
    reply = s.post(server, s.TOKEN, fresh(octocat, app), auth=(app.client_id, "0" * 40))
    assert_error(reply, "invalid_client", 401)
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("value", ["Basic", "Basic !!!", "Basic " + "QQ==" * 3000, "Basic Og",
                                   "Basic Basic", "Bearer x", "Basic bm9jb2xvbg=="])
def test_a060_malformed_authorization_headers(server, octocat, app, value):
    reply = s.post(server, s.TOKEN, fresh(octocat, app), headers={"Authorization": value})
    assert reply.status_code in (400, 401, 431)


def test_6749_18_one_method_per_request(server, octocat, app):
    # P18
    form = fresh(octocat, app)
    auth = (app.client_id, app.client_secret)
    for more in ({"client_secret": app.client_secret}, app.credentials,
                 {"client_secret": "wrong"}):
        reply = s.post(server, s.TOKEN, {**form, **more}, auth=auth)
        assert_error(reply, "invalid_request")
        assert s.cause(server, reply) == "CLIENT_METHODS_MIXED"
    # the id alone is no method
    reply = s.post(server, s.TOKEN, {**form, "client_id": app.client_id}, auth=auth)
    assert "access_token" in s.plant(server, reply.json())


def test_a049_two_client_ids_are_refused(server, octocat, app, lasting):
    # P18
    reply = s.post(server, s.TOKEN, {**fresh(octocat, app), "client_id": lasting.client_id},
                   auth=(app.client_id, app.client_secret))
    assert_error(reply, "invalid_request")


def test_6749_22_a_public_client_names_itself(server, octocat, public):
    assert "access_token" in s.token(server, public, **fresh(octocat, public))
    assert_error(s.post(server, s.TOKEN, fresh(octocat, public)), "invalid_client", 401)


def test_a048_a_public_client_has_no_secret(server, octocat, public):
    # 8252-04
    form = fresh(octocat, public)
    for how in ({"form": {**public.credentials, **form}},
                {"form": form, "auth": (public.client_id, public.client_secret)}):
        reply = s.post(server, s.TOKEN, **how)
        assert_error(reply, "invalid_client", 401)
        assert s.cause(server, reply) == "CLIENT_AUTH_METHOD"
    assert "access_token" in s.token(server, public, **form)


@pytest.mark.parametrize("method", ["private_key_jwt", "client_secret_jwt", "tls_client_auth",
                                    "self_signed_tls_client_auth"])
def test_a048_no_falling_back_to_a_secret(server, octocat, method):
    app = s.make_app(server, auth_method=method)
    missing = "CERTIFICATE_MISSING" if "tls" in method else "ASSERTION_MISSING"
    for form, cause in ((app.credentials, "CLIENT_AUTH_METHOD"),
                        ({"client_id": app.client_id}, missing)):
        reply = s.post(server, s.TOKEN, {**form, **fresh(octocat, app)})
        assert_error(reply, "invalid_client", 401)
        assert s.cause(server, reply) == cause


def test_a058_a_revoked_secret_is_refused(server, octocat):
    app = s.make_app(server)
    listed = server.cli_json("app", "secret", "list", app.client_id)
    secret = listed[0] if isinstance(listed, list) else listed["secrets"][0]
    server.cli("app", "secret", "revoke", app.client_id, str(secret["id"]))
    assert_error(s.post(server, s.TOKEN, {**app.credentials, **fresh(octocat, app)}),
                 "invalid_client", 401)


def test_a_suspended_app_is_an_unauthorized_client(server, octocat):
    app = s.make_app(server)
    form = fresh(octocat, app)
    server.cli("app", "suspend", app.client_id)
    assert_error(s.post(server, s.TOKEN, {**app.credentials, **form}), "unauthorized_client")


# the code

def test_6749_13_a025_a_replay_with_everything_right_ends_the_token(server, octocat, app):
    # F2-10
    form = fresh(octocat, app)
    body = s.token(server, app, **form)
    assert_error(s.post(server, s.TOKEN, {**app.credentials, **form}), "invalid_grant")
    assert not server.is_alive(body["access_token"])


def test_9700_22_21_06_a027_a_replay_with_something_wrong_ends_nothing(server, octocat, app):
    form = fresh(octocat, app)
    body = s.token(server, app, **form)
    for wrong in ({"code_verifier": pkce()[0]}, {"redirect_uri": CALLBACK + "/"}):
        assert_error(s.post(server, s.TOKEN, {**app.credentials, **form, **wrong}), "invalid_grant")
    assert_error(s.post(server, s.TOKEN, {**app.credentials, **form, "client_secret": "no"}),
                 "invalid_client", 401)
    assert server.is_alive(body["access_token"])


def test_6749_14_a029_a_code_is_its_clients_own(server, octocat, app, public, lasting):
    # P11
    form = fresh(octocat, app)
    for other in (lasting, public):
        assert s.token(server, other, 400, **form)["error"] == "invalid_grant"
    assert "access_token" in s.token(server, app, **form)


def test_6749_14_the_redirect_uri_is_bound(server, octocat, app):
    # P11
    form = {**fresh(octocat, app), "redirect_uri": CALLBACK}
    for wrong in (CALLBACK + "/", CALLBACK.upper(), CALLBACK + "?x=1", "https://evil.example/cb"):
        assert s.token(server, app, 400, **{**form, "redirect_uri": wrong})["error"] == \
            "invalid_grant"
    assert "access_token" in s.token(server, app, **form)


def test_21_04_with_pkce_the_redirect_uri_may_be_left_out(server, octocat, app):
    form = fresh(octocat, app, redirect_uri=CALLBACK)
    assert "access_token" in s.token(server, app, **form)


def test_6749_14_without_pkce_it_may_not_when_it_was_sent(server, octocat, app):
    of = s.code(octocat, app, redirect_uri=CALLBACK)
    reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "authorization_code",
                                     "code": of})
    assert_error(reply, "invalid_grant")
    assert s.cause(server, reply) == "CODE_REDIRECT_MISSING"
    assert "access_token" in s.exchange(server, app, of, redirect_uri=CALLBACK)
    assert "access_token" in s.exchange(server, app, s.code(octocat, app))


@pytest.mark.parametrize("of", ["%", "_", "a\0b", "0" * 40, "x" * 5000, "' OR 1=1 --", "é"])
def test_a033_a034_what_is_no_code(server, app, of):
    reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "authorization_code",
                                     "code": of})
    assert reply.status_code == 400 and reply.json()["error"] in ("invalid_grant",
                                                                  "invalid_request")


def test_6749_12_a032_a_code_ends_on_time(launch):
    own = launch(code_lifetime=60)
    app, browser = s.make_app(own), own.signed_in()
    early, late = fresh(browser, app), fresh(browser, app)
    own.advance("58s")
    assert "access_token" in s.token(own, app, **early)
    own.advance("3s")
    assert s.token(own, app, 400, **late)["error"] == "invalid_grant"


def test_a031_a_code_dies_with_the_permission(server, octocat, app):
    form = fresh(octocat, app)
    path = f"/settings/connections/applications/{app.client_id}"
    page = octocat.page(path)
    octocat.submit(page.form(f"{path}/revoke"))
    assert s.token(server, app, 400, **form)["error"] == "invalid_grant"


def shannon_bits(text):
    """The measure of the conformance suite: of the characters that this very text has."""
    counts = collections.Counter(text).values()
    return -sum(n * math.log2(n / len(text)) for n in counts)


def test_6749_33_21_09_codes_and_tokens_are_long_and_never_the_same(server, octocat, lasting):
    """128 bits of length and 96 of measured entropy, as the conformance suite asks."""
    seen = set()
    for _ in range(8):
        verifier, challenge = pkce()
        of = s.code(octocat, lasting, **challenged(challenge))
        pair = s.exchange(server, lasting, of, code_verifier=verifier)
        for text in (of, pair["access_token"], pair["refresh_token"]):
            assert len(text) * 8 >= 128 and shannon_bits(text) >= 96, text
            seen.add(text)
    assert len(seen) == 24
    # nothing of two tokens stands at the same place but what every token has there
    tokens = [t for t in seen if t.startswith("gho_")]
    assert all(len({t[at] for t in tokens}) > 1 for at in range(4, 34))


def test_6750_08_tokens_are_short_and_in_no_cookie(server, app):
    browser = server.signed_in(server.make_user())
    body = s.sign_in(server, browser, app)
    assert 0 < body["expires_in"] <= 3600
    assert not any(body["access_token"] in cookie.value for cookie in browser.session.cookies)


def test_9700_10_a_refresh_token_ends_unused(launch):
    own = launch(refresh_token_lifetime=600)
    app, browser = s.make_app(own, expiring=True), own.signed_in()
    used, unused = s.sign_in(own, browser, app), s.sign_in(own, browser, app)
    own.advance("590s")
    used = s.refresh(own, app, used["refresh_token"])
    own.advance("20s")
    assert s.refresh(own, app, unused["refresh_token"], 400)["error"] == "invalid_grant"
    assert "access_token" in s.refresh(own, app, used["refresh_token"])


# PKCE

def test_7636_01_the_vector_of_appendix_b(server, octocat, app):
    of = s.code(octocat, app, **challenged("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"))
    s.exchange(server, app, of, code_verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")


@pytest.mark.parametrize("damage", [
    lambda v: None, lambda v: "", lambda v: v[:-1], lambda v: v.swapcase(), lambda v: pkce(v)[1],
    lambda v: v[:42], lambda v: v * 3, lambda v: v[:-1] + "=", lambda v: v[:-1] + "é",
    lambda v: v + " ",
])
def test_7636_05_06_02_a041_a044_only_the_very_verifier(server, octocat, app, damage):
    # P15
    form = fresh(octocat, app)
    wrong = {**form, "code_verifier": damage(form["code_verifier"])}
    for _ in range(2):  # 7636-09
        assert s.token(server, app, 400, **wrong)["error"] == "invalid_grant"
    assert "access_token" in s.token(server, app, **form)


def test_7636_07_21_02_a039_a_verifier_without_a_challenge(server, octocat, app):
    # P15
    of = s.code(octocat, app)
    assert s.exchange(server, app, of, 400, code_verifier=pkce()[0])["error"] == "invalid_grant"


def test_a030_a_code_in_another_session_is_of_no_use(server, octocat, public):
    # 9700-14, P11
    stolen, own = fresh(octocat, public), fresh(octocat, public)
    mixed = {**stolen, "code_verifier": own["code_verifier"]}
    assert s.token(server, public, 400, **mixed)["error"] == "invalid_grant"


def test_21_03_a_code_without_a_challenge_is_refused_for_a_public_client(server, octocat):
    app = s.make_app(server)
    of = s.code(octocat, app)
    s.serve(server, app, auth_method="none")
    reply = s.post(server, s.TOKEN, {"client_id": app.client_id, "code": of,
                                     "grant_type": "authorization_code"})
    assert_error(reply, "invalid_grant")
    assert s.cause(server, reply) == "CODE_WITHOUT_CHALLENGE"


# refreshing

@pytest.fixture
def pair(server, octocat, lasting):
    return s.sign_in(server, octocat, lasting, scope="repo user:email")


def test_a_pair_is_given_by_the_apps_setting_or_for_offline_access(server, octocat, app, pair):
    assert list(pair) == ["access_token", "token_type", "expires_in", "refresh_token", "scope"]
    assert pair["expires_in"] == 3600
    asked = s.sign_in(server, octocat, app, scope="offline_access repo")
    assert "refresh_token" in asked and asked["scope"] == "repo"
    assert "refresh_token" not in s.sign_in(server, octocat, app, scope="repo")


def test_s62_a_refresh_ends_both_old_ones(server, lasting, pair):
    after = s.refresh(server, lasting, pair["refresh_token"])
    assert after["scope"] == pair["scope"] and after["refresh_token"] != pair["refresh_token"]
    assert not server.is_alive(pair["access_token"]) and server.is_alive(after["access_token"])


def test_6749_29_a106_narrower_once_and_wide_again(server, lasting, pair):
    narrow = s.refresh(server, lasting, pair["refresh_token"], scope="repo:status")
    assert narrow["scope"] == "repo:status"
    assert s.introspect(server, lasting, narrow["access_token"])["scope"] == "repo:status"
    # a lost reply is answered with what was given
    again = s.refresh(server, lasting, pair["refresh_token"])
    assert again == {**narrow, "expires_in": again["expires_in"]}
    wide = s.refresh(server, lasting, narrow["refresh_token"])
    assert wide["scope"] == "repo user:email"


@pytest.mark.parametrize("scope", ["repo user:email gist", "admin:org", "user", "repo gist"])
def test_6749_29_never_wider(server, lasting, pair, scope):
    # 6749-28, P26
    reply = s.post(server, s.TOKEN, {**lasting.credentials, "grant_type": "refresh_token",
                                     "refresh_token": pair["refresh_token"], "scope": scope})
    assert_error(reply, "invalid_scope")
    assert s.cause(server, reply) == "REFRESH_SCOPE_WIDER"
    s.refresh(server, lasting, pair["refresh_token"])


def test_6749_30_another_client_gets_nothing_and_harms_nothing(server, app, lasting, pair):
    # P26
    assert s.refresh(server, app, pair["refresh_token"], 400)["error"] == "invalid_grant"
    s.refresh(server, lasting, pair["refresh_token"])


def test_6749_21_a_confidential_client_authenticates_for_each_grant(server, lasting, pair):
    reply = s.post(server, s.TOKEN, {"client_id": lasting.client_id, "grant_type": "refresh_token",
                                     "refresh_token": pair["refresh_token"]})
    assert_error(reply, "invalid_client", 401)
    s.refresh(server, lasting, pair["refresh_token"])


def test_9700_09_a_public_client_refreshes_with_rotation(server, octocat):
    # MCP-05
    app = s.make_public(server)
    pair = s.sign_in(server, octocat, app, scope="offline_access")
    child = s.refresh(server, app, pair["refresh_token"])
    grandchild = s.refresh(server, app, child["refresh_token"])
    assert s.refresh(server, app, pair["refresh_token"], 400)["error"] == "invalid_grant"  # A096
    assert not server.is_alive(grandchild["access_token"])
    assert s.refresh(server, app, grandchild["refresh_token"], 400)["error"] == "invalid_grant"


def test_a098_parallel_refreshes_make_one_chain(server, lasting, pair):
    replies, gate = [], threading.Barrier(12)

    def run():
        gate.wait()
        replies.append(s.refresh(server, lasting, pair["refresh_token"]))

    threads = [threading.Thread(target=run) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {r["refresh_token"] for r in replies} == {replies[0]["refresh_token"]}
    assert {r["access_token"] for r in replies} == {replies[0]["access_token"]}


def test_7662_07_a_refresh_token_is_no_access_token(server, pair):
    assert not server.is_alive(pair["refresh_token"])


# an app for itself

@pytest.fixture(scope="module")
def machine(server):
    return s.make_app(server, metadata={"scope": "repo read:org"})


def own_token(server, app, status=200, **form):
    return s.token(server, app, status, grant_type="client_credentials", **form)


def test_6749_31_client_credentials_give_a_token_and_no_refresh_token(server, machine):
    body = own_token(server, machine)
    assert list(body) == ["access_token", "token_type", "expires_in", "scope"]
    assert body["scope"] == "read:org repo" and body["expires_in"] == 3600
    assert own_token(server, machine, scope="repo:status offline_access")["scope"] == "repo:status"
    told = s.introspect(server, machine, body["access_token"])
    assert told["active"] and told["sub"] == told["client_id"] == machine.client_id
    assert "username" not in told


def test_6749_31_a_public_client_may_not(server, public):
    reply = s.post(server, s.TOKEN, {"client_id": public.client_id,
                                     "grant_type": "client_credentials"})
    assert_error(reply, "unauthorized_client")


def test_6749_28_no_more_than_it_is_registered_for(server, machine, app):
    # P26
    for scope in ("gist", "repo gist", "admin:org"):
        assert own_token(server, machine, 400, scope=scope)["error"] == "invalid_scope"
    assert own_token(server, app)["scope"] == ""
    assert own_token(server, app, 400, scope="repo")["error"] == "invalid_scope"


def test_a_token_of_an_app_opens_nobodys_data(server, machine):
    of = own_token(server, machine)["access_token"]
    assert server.api("/user", of).status_code == 403
    assert server.api("/user/emails", of).status_code == 403


def test_a062_it_ends_with_all_tokens_of_the_app(server):
    app = s.make_app(server)
    first = own_token(server, app)["access_token"]
    server.cli("app", "revoke-tokens", app.client_id)
    assert not s.is_active(server, app, first)
    assert s.is_active(server, app, own_token(server, app)["access_token"])


def test_client_credentials_keep_no_list(server, machine):
    tokens = [own_token(server, machine)["access_token"] for _ in range(15)]
    assert all(s.is_active(server, machine, t) for t in tokens)


def test_an_app_itself_is_no_user_of_it(server, octocat):
    app = s.make_app(server)
    own_token(server, app)
    assert server.cli_json("app", "show", app.client_id)["users"] == 0
    s.sign_in(server, octocat, app)
    assert server.cli_json("app", "show", app.client_id)["users"] == 1


# scopes

@pytest.mark.parametrize("scope", ['re"po', "re\\po", "repo\tuser", "répo", "repo\x7f"])
def test_6749_32_scopes_have_an_alphabet(server, machine, scope):
    reply = s.post(server, s.TOKEN, {**machine.credentials, "grant_type": "client_credentials",
                                     "scope": scope})
    assert_error(reply, "invalid_scope")
    assert s.cause(server, reply) == "SCOPE_MALFORMED"


def test_6749_32_case_counts_and_a_comma_parts_nothing(server, octocat, app):
    assert s.sign_in(server, octocat, app, scope="Repo")["scope"] == ""
    assert s.sign_in(server, octocat, app, scope="repo,gist")["scope"] == ""


# profiles

def test_profiles_keep_tokens_to_an_hour(launch):
    own = launch(standard_token_lifetime=86400, access_token_lifetime=28800)
    app, browser = s.make_app(own, profile="standard"), own.signed_in()
    assert s.sign_in(own, browser, app)["expires_in"] == 3600
    plain = s.make_app(own)
    assert s.sign_in(own, browser, plain)["expires_in"] == 86400
    verifier, challenge = pkce()
    of = browser.code(app, redirect_uri=CALLBACK, **challenged(challenge))
    github = own.exchange(app, of, code_verifier=verifier)
    assert list(github) == ["access_token", "expires_in", "token_type", "scope"]
    assert github["expires_in"] == 3600
    strict, key = make_strict(own)
    form = strict_code(own, browser, strict, key)
    assert strict_exchange(own, strict, key, form).json()["expires_in"] == 3600


def make_strict(server):
    key = Key()
    return s.make_app(server, profile="strict", auth_method="private_key_jwt",
                      metadata={"jwks": jwks(key)}), key


def strict_code(server, browser, app, key):
    """As `fresh`, from a pushed request."""
    verifier, challenge = pkce()
    text = assertion(server, app, key, exp=int(time.time()) + 600, iat=LEFT_OUT)
    uri = s.push_uri(server, app, **by_assertion(text), redirect_uri=CALLBACK,
                     **challenged(challenge))
    reply = s.ask_pushed(browser, app, uri)
    reply = s.decide(browser, reply) if reply.status_code == 200 else reply
    of = server.plant(dict(location_query(reply))["code"])
    return {"grant_type": "authorization_code", "code": of, "code_verifier": verifier}


def strict_exchange(server, app, key, form):
    """As FAPI 2.0 wants it: signed by the client, bound to a key."""
    text = assertion(server, app, key, exp=int(time.time()) + 600, iat=LEFT_OUT)
    reply = s.post(server, s.TOKEN, {**by_assertion(text), **form},
                   headers={"DPoP": proof(key, "POST", server.base + s.TOKEN)})
    s.plant(server, reply.json())
    return reply


def test_f2_05_codes_of_strict_apps_live_a_minute(launch):
    own = launch()
    (app, key), browser = make_strict(own), own.signed_in()
    early, late = (strict_code(own, browser, app, key) for _ in range(2))
    own.advance("57s")
    assert "access_token" in strict_exchange(own, app, key, early).json()
    own.advance("4s")
    assert_error(strict_exchange(own, app, key, late), "invalid_grant")


def test_f2_01_strict_apps_are_confidential(server):
    app = s.make_public(server, profile="strict")
    reply = s.post(server, s.TOKEN, {"client_id": app.client_id, "code": "0" * 40,
                                     "grant_type": "authorization_code"})
    assert_error(reply, "unauthorized_client")
    assert s.cause(server, reply) == "APP_PROFILE_PUBLIC"


# browsers

def test_cors_at_the_token_endpoint_a092(server, octocat, public):
    preflight = raw(server, "OPTIONS", s.TOKEN, "Origin: https://spa.example",
                    "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: authorization")
    assert preflight.status == 204 and preflight.header("Access-Control-Allow-Origin") == "*"
    assert "POST" in preflight.header("Access-Control-Allow-Methods")
    assert "Authorization" in preflight.header("Access-Control-Allow-Headers")
    assert preflight.header("Access-Control-Allow-Credentials") is None
    for form in (fresh(octocat, public), {"grant_type": "x"}):
        reply = s.post(server, s.TOKEN, {"client_id": public.client_id, **form},
                       headers={"Origin": "https://spa.example"})
        s.plant(server, reply.json())
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in reply.headers


# one code, many at once

def request_of(wire, app, of, **more):
    body = urllib.parse.urlencode({**app.credentials, "grant_type": "authorization_code",
                                   "code": of, **more}).encode()
    return (f"POST {s.TOKEN} HTTP/1.1\r\nHost: {wire.host}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class StandardCrowd(Crowd):
    def round(self, requests):
        self.requests, self.replies = requests, [None] * PARALLEL
        self.start.wait()
        self.end.wait()
        assert all(r is not None and r.status in (200, 400) for r in self.replies)
        return [json.loads(r.body) for r in self.replies]


@pytest.mark.parametrize("workers", [1, 4])
def test_64_parallel_redemptions_give_one_token_a026_21_05(launch, workers):
    own = launch(workers=workers, access_log="off", log_level="error")
    browser, app = own.signed_in(), s.make_app(own)
    crowd = StandardCrowd(PARALLEL, own)
    try:
        for _ in range(20):
            form = fresh(browser, app)
            replies = crowd.round([request_of(crowd.wires[0], app, form["code"],
                                              code_verifier=form["code_verifier"])] * PARALLEL)
            tokens = [r["access_token"] for r in replies if "access_token" in r]
            own.plant(*tokens)
            assert len(tokens) == 1
            assert [r["error"] for r in replies if "error" in r] == \
                ["invalid_grant"] * (PARALLEL - 1)
            assert not own.is_alive(tokens[0])  # whoever came second was right in everything
    finally:
        crowd.stop()


# rehearsals

def test_scripted_faults_happen_here_too(launch):
    own = launch()
    app, browser = s.make_app(own), own.signed_in()
    form = fresh(browser, app)
    own.script(app, "server_error", endpoint="token", count=1)
    reply = s.post(own, s.TOKEN, {**app.credentials, **form})
    assert_error(reply, "server_error", 500)
    own.script(app, "slow_down", endpoint="token", count=1)
    reply = s.post(own, s.TOKEN, {**app.credentials, **form})
    assert_error(reply, "slow_down", 429)
    assert int(reply.headers["Retry-After"]) > 0
    assert "access_token" in s.token(own, app, **form)
    own.script(app, "server_error", endpoint="authorize", count=1)
    assert s.ask(browser, app).status_code == 500
    assert s.ask(browser, app).status_code == 302
