"""The profiles `github`, `standard` and `strict`, side by side: each scenario is written once and run as an app
of each profile runs it (lanes.py). The table says what comes of it, so that one reads along a row what a
profile asks for more. Rows F2-.. of assurance.md, FAPI 2.0, are named where the lane `strict` shows them; F2-13
is in test_tls.py."""

import secrets

import pytest

import standard as s
from lanes import CALLBACK, LANES, Clock
from llavero_http import challenged, pkce
from own_jose import Key, parts

NONE = "0" * 40  # a code, a secret, that nobody gave
SCENARIOS = {}


def scenario(*rows):
    def keep(function):
        SCENARIOS[function.__name__] = function, rows
        return function
    return keep


@pytest.fixture(scope="module")
def server(launch):
    return launch(tokens_per_scope_set=0)


@pytest.fixture(scope="module")
def lanes(server):
    clock = Clock(server)
    return {name: lane(server, server.make_user(), clock) for name, lane in LANES.items()}


# the authorization request

@scenario("F2-08", "F2-10")
def a_person_agrees(lane):
    """The code comes with the state and the name of who gives it."""
    got = lane.answer()
    assert got["state"] == "here"
    return "code, iss" if got["iss"].startswith(lane.server.base) else "code"


@scenario("F2-10")
def the_redirect(lane):
    """Never 307, which would send the person's form along."""
    lane.sign_in()
    return str(lane.ask().status_code)


@scenario()
def the_person_says_no(lane):
    return lane.answer(allow=False, prompt="consent", scope="repo gist")["error"]


def told(got):
    """A code, an error, a page from which nothing leads to the app, or what the push was answered."""
    return "code" if "code" in got else \
        got.get("error") or got.get("pushed") or f"page {got['page']}"


@scenario("F2-08")
def parameters_in_the_browser(lane):
    """Which strict has pushed by the client, where nobody else can change them."""
    verifier, challenge = pkce()
    reply = lane.visit(lane.client, {**lane.asked(), **challenged(challenge)})
    return told(lane.read(reply))


@scenario("F2-11")
def a_pushed_request(lane):
    """Good for less than ten minutes."""
    reply = lane.push(lane.client, {**lane.asked(), **challenged(pkce()[1])})
    return f"{reply.status_code}, {0 < reply.json()['expires_in'] < 600}"


@scenario("F2-08")
def a_request_that_another_app_pushed(lane):
    reply = lane.push(lane.other, {**lane.asked(), **challenged(pkce()[1])})
    return told(lane.read(lane.visit(lane.client, {"request_uri": reply.json()["request_uri"]})))


@scenario("F2-08")
def a_push_that_nobody_signed(lane):
    return str(lane.got(lane.server.post(s.PAR, {
        "client_id": lane.client.app.client_id, **lane.asked(), **challenged(pkce()[1])})))


@scenario("F2-08")
def without_pkce(lane):
    return told(lane.answer(code_challenge=None, code_challenge_method=None))


@scenario("F2-08")
def pkce_plain(lane):
    return told(lane.answer(code_challenge_method="plain"))


@scenario("F2-08")
def without_response_type(lane):
    return told(lane.answer(response_type=None))


@scenario("F2-08")
def response_type_token(lane):
    return told(lane.answer(response_type="token"))


@scenario("F2-08")
def without_redirect_uri(lane):
    return told(lane.answer(redirect_uri=None))


@scenario()
def somebody_elses_redirect_uri(lane):
    return told(lane.answer(redirect_uri="https://attacker.example/cb"))


@scenario()
def a_path_below_the_callback(lane):
    return told(lane.answer(redirect_uri=CALLBACK + "/more"))


@scenario("F2-09")
def a_redirect_uri_without_tls(lane):
    client = lane.make("http://app.example/cb")
    return told(lane.answer(client, redirect_uri="http://app.example/cb"))


@scenario()
def a_scope_that_nobody_knows(lane):
    return told(lane.answer(scope="repo unknown"))


@scenario("F2-12")
def long_nonces(lane):
    """They come back whole."""
    for length in 64, 384:
        token = lane.sign_in(scope="openid", nonce="n" * length)["id_token"]
        assert parts(token)[1]["nonce"] == "n" * length
    return "64, 384"


# the code

@scenario("F2-02", "F2-03")
def a_code(lane):
    got = lane.exchange(lane.code())
    return f"{got} {got.body['token_type']}"


@scenario("F2-10")
def a_code_twice(lane):
    """The second time ends what the first gave."""
    code = lane.code()
    first = lane.exchange(code).body
    return f"{lane.exchange(code)}, the token {lane.use(first['access_token'])}"


@scenario()
def a_code_that_nobody_gave(lane):
    lane.code()
    return str(lane.exchange(NONE))


@scenario()
def a_code_of_another_app(lane):
    return str(lane.exchange(lane.code(lane.other), lane.client))


@scenario()
def another_verifier(lane):
    return str(lane.exchange(lane.code(), code_verifier=secrets.token_urlsafe(43)))


@scenario()
def without_verifier(lane):
    return str(lane.exchange(lane.code(), code_verifier=None))


@scenario()
def another_redirect_uri_at_the_token_endpoint(lane):
    return str(lane.exchange(lane.code(), redirect_uri="https://app.example/other"))


@scenario("F2-05")
def a_code_after_a_minute(lane):
    code = lane.code()
    lane.advance(61)
    return str(lane.exchange(code))


@scenario()
def a_code_after_ten_minutes(lane):
    code = lane.code()
    lane.advance(601)
    return str(lane.exchange(code))


# who asks

@scenario("F2-03")
def nobody_asks(lane):
    return str(lane.exchange(lane.code(), credentials={"client_id": lane.client.app.client_id}))


@scenario("F2-03")
def a_shared_secret(lane):
    return str(lane.exchange(lane.code(), credentials=lane.client.app.credentials))


@scenario()
def a_wrong_secret_or_key(lane):
    wrong = ({"client_id": lane.client.app.client_id, "client_secret": NONE}
             if not lane.client.key else lane.credentials(lane.client, Key()))
    return str(lane.exchange(lane.code(), credentials=wrong))


@scenario("F2-01")
def a_public_client(lane):
    client = lane.make()
    s.serve(lane.server, client.app, auth_method="none")
    lane.code()
    return str(lane.exchange(NONE, client, credentials={"client_id": client.app.client_id}))


@scenario("F2-01")
def the_password_grant(lane):
    return str(lane.token(grant_type="password", username="ana", password="x"))


@scenario("F2-03")
def an_assertion_for_the_token_endpoint(lane):
    aud = lane.server.base + lane.token_path
    return str(lane.exchange(lane.code(), credentials=lane.credentials(lane.client, aud=aud)))


@scenario("F2-07")
def a_clock_eight_seconds_ahead(lane):
    now = lane.now()
    got = lane.exchange(lane.code(), credentials=lane.credentials(lane.client, iat=now + 8, nbf=now + 8),
                        headers=lane.headers(lane.client, iat=now + 8))
    return str(got)


@scenario("F2-07")
def a_clock_a_minute_ahead(lane):
    now = lane.now() + 61
    return str(lane.exchange(lane.code(), credentials=lane.credentials(
        lane.client, iat=now, nbf=now, exp=now + 60)))


@scenario("F2-14")
def an_assertion_with_RS256(lane):
    return str(lane.exchange(lane.code(), credentials=lane.credentials(lane.client, lane.client.rsa)))


# what it is bound to

@scenario("F2-02")
def a_code_without_a_proof(lane):
    return str(lane.exchange(lane.code(), headers={"Accept": "application/json"}))


@scenario("F2-06")
def a_code_for_a_key_by_another(lane):
    code = lane.code(dpop_jkt=lane.client.bound.thumbprint)
    return str(lane.exchange(code, headers=lane.headers(lane.client, Key())))


@scenario("F2-14")
def a_proof_with_RS256(lane):
    return str(lane.exchange(lane.code(), headers=lane.headers(lane.client, Key("RS256"))))


@scenario("F2-02")
def the_token_is_used(lane):
    return str(lane.use(lane.sign_in()["access_token"]))


@scenario("F2-15")
def the_name_of_the_scheme_in_other_letters(lane):
    token = lane.sign_in()["access_token"]
    name = "".join(c.upper() if i % 2 else c.lower() for i, c in enumerate(lane.scheme))
    return str(lane.use(token, {"Authorization": f"{name} {token}"}))


@scenario("F2-02")
def the_token_as_a_bearer_token(lane):
    token = lane.sign_in()["access_token"]
    return str(lane.use(token, {"Authorization": f"Bearer {token}", "DPoP": None}))


@scenario("F2-02")
def the_token_with_anothers_key(lane):
    token = lane.sign_in()["access_token"]
    return str(lane.use(token, lane.shown(token, "/api/v3/user", lane.other)))


# refreshing

@scenario("F2-04")
def a_refresh(lane):
    """A new pair; the access token goes on until its time."""
    first = lane.sign_in()
    got = lane.refresh(first["refresh_token"])
    new = got.body.get("refresh_token") != first["refresh_token"]
    return f"{got}, {'rotated' if new else 'kept'}, the old token {lane.use(first['access_token'])}"


@scenario("F2-04")
def a_refresh_whose_reply_was_lost(lane):
    """The same again: what was given is told once more."""
    token = lane.sign_in()["refresh_token"]
    first, second = lane.refresh(token), lane.refresh(token)
    same = first.body.get("refresh_token") == second.body.get("refresh_token")
    return f"{second}, {'the same' if same else 'another'}"


@scenario("F2-04")
def a_refresh_with_one_that_was_used_up(lane):
    """Somebody has stolen it: the chain ends."""
    first = lane.sign_in()
    second = lane.refresh(first["refresh_token"]).body
    third = lane.refresh(second["refresh_token"]).body
    return f"{lane.refresh(first['refresh_token'])}, the chain {lane.refresh(third['refresh_token'])}"


@scenario()
def a_refresh_of_another_app(lane):
    return str(lane.refresh(lane.sign_in(lane.other)["refresh_token"], lane.client))


@scenario()
def a_refresh_for_more_scopes(lane):
    return str(lane.refresh(lane.sign_in(scope="repo")["refresh_token"], scope="repo user"))


@scenario()
def a_refresh_for_fewer_scopes(lane):
    got = lane.refresh(lane.sign_in()["refresh_token"], scope="repo")
    return f"{got}: {got.body.get('scope')}"


@scenario("F2-02")
def a_refresh_without_a_proof(lane):
    return str(lane.refresh(lane.sign_in()["refresh_token"], headers={"Accept": "application/json"}))


@scenario("F2-02")
def a_refresh_with_another_key(lane):
    token = lane.sign_in()["refresh_token"]
    return str(lane.refresh(token, headers=lane.headers(lane.client, Key())))


# asking about it and ending it

@scenario()
def the_app_asks_about_its_token(lane):
    return lane.is_active(lane.sign_in()["access_token"])


@scenario()
def another_app_asks_about_it(lane):
    return lane.is_active(lane.sign_in()["access_token"], lane.other)


@scenario()
def the_app_ends_its_token(lane):
    token = lane.sign_in()["access_token"]
    return f"{lane.revoke(token)}, then {lane.use(token)} and {lane.is_active(token)}"


@scenario()
def another_app_tries_to_end_it(lane):
    token = lane.sign_in()["access_token"]
    return f"{lane.revoke(token, lane.other)}, then {lane.use(token)}"


@scenario()
def the_token_after_an_hour(lane):
    token = lane.sign_in()["access_token"]
    lane.advance(3601)
    return str(lane.use(token))


# scenario: github, standard, strict, and the cause of what is refused; a tuple where it is not one for all
EXPECTED = {
    "a_person_agrees": ("code, iss", "code, iss", "code, iss", None),
    "the_redirect": ("302", "302", "302", None),
    "the_person_says_no": ("access_denied", "access_denied", "access_denied", "AUTHORIZE_DENIED"),
    "parameters_in_the_browser": ("code", "code", "invalid_request", "PUSH_REQUIRED"),
    "a_pushed_request": (None, None, "201, True", None),
    "a_request_that_another_app_pushed": (None, None, "page 400", "PUSHED_OF_ANOTHER_APP"),
    "a_push_that_nobody_signed": (None, None, "401 invalid_client", "ASSERTION_MISSING"),
    "without_pkce": ("code", "invalid_request", "400 invalid_request", "AUTHORIZE_PKCE_REQUIRED"),
    "pkce_plain": (
        "invalid_request", "invalid_request", "400 invalid_request", "AUTHORIZE_PKCE_METHOD"),
    "without_response_type": (
        "code", "invalid_request", "400 invalid_request", "AUTHORIZE_RESPONSE_TYPE_MISSING"),
    "response_type_token": (
        "unsupported_response_type", "unsupported_response_type", "400 unsupported_response_type",
        "AUTHORIZE_RESPONSE_TYPE"),
    "without_redirect_uri": ("code", "code", "400 invalid_request", "AUTHORIZE_REDIRECT_MISSING"),
    "somebody_elses_redirect_uri": (
        "page 400", "page 400", "400 invalid_request", "AUTHORIZE_REDIRECT_HOST"),
    "a_path_below_the_callback": (
        "page 400", "page 400", "400 invalid_request", "AUTHORIZE_REDIRECT_PATH"),
    "a_redirect_uri_without_tls": ("code", "code", "400 invalid_request", "AUTHORIZE_REDIRECT_PLAIN"),
    "a_scope_that_nobody_knows": ("code", "code", "code", None),
    "long_nonces": (None, "64, 384", "64, 384", None),
    "a_code": ("200 ok bearer", "200 ok Bearer", "200 ok DPoP", None),
    "a_code_twice": (
        "200 bad_verification_code, the token 401",
        "400 invalid_grant, the token 401",
        "400 invalid_grant, the token 401",
        "CODE_REDEEMED"),
    "a_code_that_nobody_gave": (
        "200 bad_verification_code", "400 invalid_grant", "400 invalid_grant", "CODE_UNKNOWN"),
    "a_code_of_another_app": (
        "200 bad_verification_code", "400 invalid_grant", "400 invalid_grant", "CODE_OF_ANOTHER_APP"),
    "another_verifier": (
        "200 bad_verification_code", "400 invalid_grant", "400 invalid_grant", "VERIFIER_WRONG"),
    "without_verifier": (
        "200 bad_verification_code", "400 invalid_grant", "400 invalid_grant", "VERIFIER_MISSING"),
    "another_redirect_uri_at_the_token_endpoint": (
        "200 redirect_uri_mismatch", "400 invalid_grant", "400 invalid_grant", "CODE_REDIRECT_DIFFERS"),
    "a_code_after_a_minute": ("200 ok", "200 ok", "400 invalid_grant", "CODE_EXPIRED"),
    "a_code_after_ten_minutes": (
        "200 bad_verification_code", "400 invalid_grant", "400 invalid_grant", "CODE_EXPIRED"),
    "nobody_asks": (
        "200 incorrect_client_credentials", "401 invalid_client", "401 invalid_client",
        ("CLIENT_SECRET_MISSING", "CLIENT_SECRET_MISSING", "ASSERTION_MISSING")),
    "a_shared_secret": ("200 ok", "200 ok", "401 invalid_client", "CLIENT_AUTH_METHOD"),
    "a_wrong_secret_or_key": (
        "200 incorrect_client_credentials", "401 invalid_client", "401 invalid_client",
        ("CLIENT_SECRET_WRONG", "CLIENT_SECRET_WRONG", "ASSERTION_KEY_UNKNOWN")),
    "a_public_client": (
        "200 bad_verification_code", "400 invalid_grant", "400 unauthorized_client",
        ("CODE_UNKNOWN", "CODE_UNKNOWN", "APP_PROFILE_PUBLIC")),
    "the_password_grant": (
        "200 unsupported_grant_type", "400 unsupported_grant_type", "400 unsupported_grant_type",
        ("TOKEN_GRANT_TYPE", "GRANT_TYPE_UNKNOWN", "GRANT_TYPE_UNKNOWN")),
    "an_assertion_for_the_token_endpoint": (None, None, "401 invalid_client", "ASSERTION_AUDIENCE"),
    "a_clock_eight_seconds_ahead": (None, None, "200 ok", None),
    "a_clock_a_minute_ahead": (None, None, "401 invalid_client", "ASSERTION_AHEAD"),
    "an_assertion_with_RS256": (None, None, "401 invalid_client", "ASSERTION_ALGORITHM"),
    "a_code_without_a_proof": ("200 ok", "200 ok", "400 invalid_request", "SENDER_UNBOUND"),
    "a_code_for_a_key_by_another": (None, None, "400 invalid_grant", "CODE_OF_ANOTHER_KEY"),
    "a_proof_with_RS256": (None, None, "400 invalid_dpop_proof", "PROOF_ALGORITHM"),
    "the_token_is_used": ("200", "200", "200", None),
    "the_name_of_the_scheme_in_other_letters": ("200", "200", "200", None),
    "the_token_as_a_bearer_token": ("200", "200", "401", "TOKEN_NEEDS_PROOF"),
    "the_token_with_anothers_key": ("200", "200", "401", "TOKEN_OF_ANOTHER_KEY"),
    "a_refresh": (
        "200 ok, rotated, the old token 401",
        "200 ok, rotated, the old token 401",
        "200 ok, rotated, the old token 401",
        "TOKEN_REVOKED"),
    "a_refresh_whose_reply_was_lost": (
        "200 ok, the same", "200 ok, the same", "200 ok, the same", None),
    "a_refresh_with_one_that_was_used_up": (
        "200 bad_refresh_token, the chain 200 bad_refresh_token",
        "400 invalid_grant, the chain 400 invalid_grant",
        "400 invalid_grant, the chain 400 invalid_grant",
        "REFRESH_REPLAYED"),
    "a_refresh_of_another_app": (
        "200 bad_refresh_token", "400 invalid_grant", "400 invalid_grant", "REFRESH_OF_ANOTHER_APP"),
    "a_refresh_for_more_scopes": (
        "200 ok", "400 invalid_scope", "400 invalid_scope", "REFRESH_SCOPE_WIDER"),
    "a_refresh_for_fewer_scopes": ("200 ok: repo,user", "200 ok: repo", "200 ok: repo", None),
    "a_refresh_without_a_proof": ("200 ok", "200 ok", "400 invalid_request", "SENDER_UNBOUND"),
    "a_refresh_with_another_key": (None, None, "200 ok", None),
    "the_app_asks_about_its_token": ("active", "active", "active", None),
    "another_app_asks_about_it": ("inactive", "inactive", "inactive", None),
    "the_app_ends_its_token": (
        "204 ok, then 401 and inactive",
        "200 ok, then 401 and inactive",
        "200 ok, then 401 and inactive",
        "TOKEN_REVOKED"),
    "another_app_tries_to_end_it": (
        "404 not found, then 200", "200 ok, then 200", "200 ok, then 200", None),
    "the_token_after_an_hour": ("200", "401", "401", "TOKEN_EXPIRED"),
}
COLUMNS = list(LANES)
ROWS = [pytest.param(name, lane, id="-".join([lane, *(rows if lane == "strict" else ()), name]))
        for name, (_, rows) in SCENARIOS.items() for lane, expected in zip(COLUMNS, EXPECTED[name])
        if expected]


@pytest.mark.parametrize("name, lane", ROWS)
def test_lane(lanes, name, lane):
    function, _ = SCENARIOS[name]
    column, cause = COLUMNS.index(lane), EXPECTED[name][-1]
    lanes[lane].refused = None
    assert function(lanes[lane]) == EXPECTED[name][column]
    if lanes[lane].refused is not None:
        assert lanes[lane].cause() == (cause if isinstance(cause, str) else cause[column])


def test_the_table_is_whole():
    assert set(EXPECTED) == set(SCENARIOS)
    strict = {row for _, rows in SCENARIOS.values() for row in rows}
    assert strict == {f"F2-{n:02}" for n in range(1, 16)} - {"F2-13"}
