"""POST /credentials/revoke: tokens that somebody found. GitHub reference 7.3."""

import hashlib
import json
import secrets

import pytest

from llavero_http import basic
from test_distinctions import BASE62, checksum

PATH = "/api/v3/credentials/revoke"


def report(server, credentials, **headers):
    body = credentials if isinstance(credentials, str) else json.dumps({"credentials": credentials})
    return server.post(PATH, body, headers=headers)


@pytest.fixture(scope="module")
def mine(launch):
    return launch(reports_per_hour=0)


def personal(server, user, note="found"):
    reply = server.post("/api/v3/authorizations", json.dumps({"note": note}),
                        headers=basic(user.login, user.password))
    assert reply.status_code == 201
    return server.plant(reply.json()["token"])


def test_s7_3_each_kind(mine):
    user, app = mine.make_user(), mine.make_app()
    browser = mine.signed_in(user)
    lasting, found = personal(mine, user, "stays"), personal(mine, user)
    oauth = mine.token_for(app, browser)
    expiring = mine.exchange(app, browser.code(app, scope="gist offline_access"))
    mine.plant(expiring["refresh_token"])
    reply = report(mine, [found, oauth, expiring["refresh_token"], "unknown", "", found[:-1] + "!"])
    assert reply.status_code == 202 and reply.text == "{}"
    for token in (found, oauth, expiring["access_token"]):
        assert not mine.is_alive(token)
    assert mine.is_alive(lasting)
    refused = mine.post("/login/oauth/access_token", {
        **app.credentials, "grant_type": "refresh_token",
        "refresh_token": expiring["refresh_token"]}, headers={"Accept": "application/json"})
    assert refused.json()["error"] == "bad_refresh_token"
    # whose it was can read of it, with the last eight characters and never the whole
    log = browser.page("/settings/security-log").text
    for token in (found, oauth, expiring["refresh_token"]):
        assert token[:4] + "…" + token[-8:] in log and token not in log
    assert report(mine, [found]).status_code == 202


def test_s7_3_an_access_token_takes_its_refresh_token_along(mine):
    app = mine.make_app()
    pair = mine.exchange(app, mine.signed_in().code(app, scope="offline_access"))
    mine.plant(pair["refresh_token"])
    assert report(mine, [pair["access_token"]]).status_code == 202
    again = mine.post("/login/oauth/access_token", {
        **app.credentials, "grant_type": "refresh_token", "refresh_token": pair["refresh_token"]},
        headers={"Accept": "application/json"})
    assert again.json()["error"] == "bad_refresh_token"


def refreshed(server, app, token):
    body = server.post("/login/oauth/access_token", {
        **app.credentials, "grant_type": "refresh_token", "refresh_token": token},
        headers={"Accept": "application/json"}).json()
    server.plant(body.get("access_token"), body.get("refresh_token"))
    return body


def test_s7_3_a_refresh_token_that_was_used_long_ago_ends_what_became_of_it(mine):
    app, browser = mine.make_app(), mine.signed_in()
    first = mine.exchange(app, browser.code(app, scope="offline_access"))
    mine.plant(first["refresh_token"])
    last = refreshed(mine, app, refreshed(mine, app, first["refresh_token"])["refresh_token"])
    assert mine.is_alive(last["access_token"])
    assert report(mine, [first["refresh_token"]]).status_code == 202
    assert not mine.is_alive(last["access_token"])
    assert refreshed(mine, app, last["refresh_token"])["error"] == "bad_refresh_token"


def test_s7_3_what_is_suspended_does_not_come_back(mine):
    for what, why in ("app", "its app"), ("user", "its person"):
        user, app = mine.make_user(), mine.make_app()
        token, other = (mine.token_for(app, mine.signed_in(user)) for _ in range(2))
        named = app.client_id if what == "app" else user.login
        mine.cli(what, "suspend", named)
        assert report(mine, [token]).status_code == 202
        mine.cli(what, "unsuspend", named)
        assert mine.is_alive(other) and not mine.is_alive(token), why


def test_s7_3_a_used_refresh_token_ends_its_family_too(mine):
    app = mine.make_app()
    first = mine.exchange(app, mine.signed_in().code(app, scope="offline_access"))
    second = refreshed(mine, app, first["refresh_token"])
    assert mine.is_alive(second["access_token"])
    for _ in range(2):  # said twice it ends but once
        assert report(mine, [first["refresh_token"]]).status_code == 202
    assert refreshed(mine, app, second["refresh_token"])["error"] == "bad_refresh_token"


def test_s7_3_a_refresh_token_that_nobody_remembers(mine):
    app = mine.make_app()
    pair = mine.exchange(app, mine.signed_in().code(app, scope="offline_access"))
    mine.plant(pair["refresh_token"])
    with mine.database() as db:
        gone = db.execute("DELETE FROM refresh_family WHERE current_hash = ?", (
            hashlib.sha256(pair["refresh_token"].encode()).digest(),)).rowcount
    assert gone == 1
    other = mine.token_for(app, mine.signed_in())
    assert report(mine, [pair["refresh_token"], other]).status_code == 202
    assert not mine.is_alive(other)


def test_s7_3_who_only_knows_how_tokens_look_ends_nothing(mine):
    """Checksums are no secret: what stands in a row is compared as a whole."""
    app = mine.make_app()
    pair = mine.exchange(app, mine.signed_in().code(app, scope="offline_access"))
    genuine = pair["refresh_token"]
    altered = genuine[4:60] + ("A" if genuine[60] != "A" else "B") + genuine[61:-6]
    nothing, never = ("".join(secrets.choice("0123456789") for _ in range(n)) for n in (30, 70))
    assert set(altered) <= set(BASE62)
    assert report(mine, ["ghr_" + altered + checksum(altered), "ghr_" + never + checksum(never),
                         "gho_" + nothing + checksum(nothing),
                         *("ghr_" + c * 70 + checksum(c * 70) for c in "z-")]).status_code == 202
    assert mine.is_alive(pair["access_token"])
    assert "access_token" in refreshed(mine, app, genuine)


@pytest.mark.parametrize("n,status", [(1, 202), (999, 202), (1000, 202), (1001, 422), (0, 422)])
def test_s7_3_how_many(mine, n, status):
    assert report(mine, ["ghp_" + "0" * 36] * n).status_code == status


def test_s7_3_a_thousand_of_the_longest(mine):
    token = personal(mine, mine.make_user())
    assert report(mine, ["ghr_" + "0" * 76] * 999 + [token]).status_code == 202
    assert not mine.is_alive(token)


@pytest.mark.parametrize("size,status", [(131071, 202), (131072, 202), (131073, 413)])
def test_size_of_the_body(mine, size, status):
    body = '{"credentials":["x"]}'
    assert report(mine, body + " " * (size - len(body))).status_code == status


@pytest.mark.parametrize("body,status,message", [
    ("{", 400, "Problems parsing JSON"), ("[]", 400, "Body should be a JSON object"),
    ("{}", 422, "Invalid request."), ("", 422, "Invalid request."),
    ('{"credentials":"gho_x"}', 422, "Invalid request."),
    ('{"credentials":[1]}', 422, "Invalid request."),
    ('{"credentials":null}', 422, "Invalid request.")])
def test_s7_3_wrong_shapes(mine, body, status, message):
    reply = report(mine, body)
    assert reply.status_code == status
    assert reply.json()["message"].startswith(message)


def test_s7_3_one_wrong_element_revokes_nothing(mine):
    token = personal(mine, mine.make_user())
    assert report(mine, [token, 5]).status_code == 422
    assert mine.is_alive(token)


def test_s7_3_not_with_credentials(mine):
    user, app = mine.make_user(), mine.make_app()
    token = personal(mine, user)
    for headers in ({"Authorization": f"token {token}"}, basic(user.login, user.password),
                    basic(app.client_id, app.client_secret), {"Authorization": "Bearer x"}):
        assert report(mine, [token], **headers).status_code == 403
    assert mine.is_alive(token)


def test_s7_3_rate(launch):
    server = launch(reports_per_hour=3)
    token = personal(server, server.make_user())
    for _ in range(3):
        assert report(server, ["unknown"]).status_code == 202
    reply = report(server, [token])
    assert reply.status_code == 403
    assert reply.json()["message"].startswith("API rate limit exceeded")
    assert reply.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < int(reply.headers["Retry-After"]) <= 3600
    assert server.is_alive(token)


def test_s7_3_by_get(mine):
    assert mine.get(PATH).status_code == 405
