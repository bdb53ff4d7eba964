"""Tokens that expire and the ones that refresh them: GitHub reference section 4, RFC 6749 6,
RFC 9700 4.14, assurance 4.8 and 6.2."""

import threading
import time

import pytest

from llavero_http import INCORRECT, wire

BAD_REFRESH = wire("bad_refresh_token", "The refresh token passed is incorrect or expired.",
                   "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"
                   "#bad-refresh-token")
KEYS = ["access_token", "expires_in", "refresh_token", "refresh_token_expires_in", "token_type",
        "scope"]


def expiring_app(server):
    app = server.make_app()
    server.cli("app", "edit", app.client_id, "--expiring-tokens")
    return app


@pytest.fixture(scope="module")
def app(server):
    return expiring_app(server)


@pytest.fixture
def pair(server, app, octocat):
    return server.exchange(app, octocat.code(app, scope="user:email"))


def refresh(server, app, token, **more):
    reply = server.exchange(app, None, grant_type="refresh_token", refresh_token=token, **more)
    server.plant(reply.get("refresh_token"))
    return reply


def test_s4_the_exchange_gives_a_pair(server, pair):
    assert list(pair) == KEYS
    assert pair["expires_in"] == 28800 and pair["refresh_token_expires_in"] == 15897600
    assert pair["access_token"].startswith("gho_") and pair["scope"] == "user:email"
    assert pair["refresh_token"].startswith("ghr_") and len(pair["refresh_token"]) == 80
    assert server.is_alive(pair["access_token"])


def test_s4_form_keys_are_alphabetical(server, app, octocat):
    body = server.exchange(app, octocat.code(app), accept="*/*").text
    assert [part.split("=")[0] for part in body.split("&")] == sorted(KEYS)
    assert "expires_in=28800&" in body


def test_s4_off_by_default_and_on_request(server, octocat):
    plain = server.make_app()
    assert list(server.exchange(plain, octocat.code(plain))) == ["access_token", "token_type",
                                                                 "scope"]
    asked = server.exchange(plain, octocat.code(plain, scope="offline_access user:email"))
    assert list(asked) == KEYS and asked["scope"] == "user:email"
    assert list(refresh(server, plain, asked["refresh_token"])) == KEYS


def test_s4_both_old_ones_end_with_a_refresh(server, app, pair):
    after = refresh(server, app, pair["refresh_token"])
    assert list(after) == KEYS and after["scope"] == "user:email"
    assert not server.is_alive(pair["access_token"]) and server.is_alive(after["access_token"])
    again = refresh(server, app, after["refresh_token"])
    assert server.is_alive(again["access_token"])
    assert len({pair["refresh_token"], after["refresh_token"], again["refresh_token"]}) == 3


def test_a_lost_reply_can_be_asked_for_again_A104(server, app, pair):
    # F2-04, P25
    first = refresh(server, app, pair["refresh_token"])
    second = refresh(server, app, pair["refresh_token"])
    assert first["refresh_token"] == second["refresh_token"]
    assert first["access_token"] == second["access_token"]
    assert server.is_alive(first["access_token"])


def test_two_apps_of_one_session_refresh_at_once_A101(server, octocat):
    apps = [expiring_app(server) for _ in range(2)]
    pairs = [server.exchange(app, octocat.code(app)) for app in apps]
    replies, gate = {}, threading.Barrier(2)

    def run(at):
        gate.wait()
        replies[at] = refresh(server, apps[at], pairs[at]["refresh_token"])

    threads = [threading.Thread(target=run, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for at, app in enumerate(apps):
        assert server.is_alive(replies[at]["access_token"])
        assert list(refresh(server, app, replies[at]["refresh_token"])) == KEYS


def test_parallel_refreshes_make_one_chain_A098(server, app, pair):
    # P24
    replies, gate = [], threading.Barrier(16)

    def run():
        gate.wait()
        replies.append(refresh(server, app, pair["refresh_token"]))

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.get("refresh_token") for reply in replies} == {replies[0]["refresh_token"]}
    assert {reply["access_token"] for reply in replies} == {replies[0]["access_token"]}
    assert list(refresh(server, app, replies[0]["refresh_token"])) == KEYS


def test_a_grandparent_ends_the_family_A097(server, app, pair):
    # P25
    # A099: within one second
    child = refresh(server, app, pair["refresh_token"])
    grandchild = refresh(server, app, child["refresh_token"])
    assert refresh(server, app, pair["refresh_token"]) == BAD_REFRESH
    assert not server.is_alive(grandchild["access_token"])
    assert refresh(server, app, grandchild["refresh_token"]) == BAD_REFRESH


def test_a_used_one_ends_the_family_when_no_grace_is_given_A096(launch):
    strict = launch(refresh_grace=0)
    app, browser = expiring_app(strict), strict.signed_in()
    pair = strict.exchange(app, browser.code(app))
    child = refresh(strict, app, pair["refresh_token"])
    assert refresh(strict, app, pair["refresh_token"]) == BAD_REFRESH
    assert not strict.is_alive(child["access_token"])
    assert refresh(strict, app, pair["refresh_token"]) == BAD_REFRESH
    log = browser.page("/settings/security-log").text  # whose it was reads of it, once
    assert log.count("what it came from was used twice") == 1 and app.name in log


def test_a100_a_restart_forgets_nothing(launch):
    # P14
    own = launch(refresh_grace=0)
    app, browser = expiring_app(own), own.signed_in()
    pair = own.exchange(app, browser.code(app))
    child = refresh(own, app, pair["refresh_token"])
    own.stop()
    own.start()
    assert list(refresh(own, app, child["refresh_token"])) == KEYS
    assert refresh(own, app, pair["refresh_token"]) == BAD_REFRESH


def test_tokens_expire(launch):
    quick = launch(access_token_lifetime=60, refresh_token_lifetime=60)
    app, browser = expiring_app(quick), quick.signed_in()
    pair = quick.exchange(app, browser.code(app))
    assert pair["expires_in"] == 60 and pair["refresh_token_expires_in"] == 60


@pytest.mark.parametrize("damage", [
    lambda t: None, lambda t: "", lambda t: t[:-1], lambda t: t + "0", lambda t: t.lower(),
    lambda t: t[:30] + ("0" if t[30] != "0" else "1") + t[31:], lambda t: "ghr_" + "0" * 76,
    lambda t: t.replace("ghr_", "gho_"), lambda t: "x" * 5000,
])
def test_nothing_but_the_very_token(server, app, pair, damage):
    assert refresh(server, app, damage(pair["refresh_token"])) == BAD_REFRESH
    assert list(refresh(server, app, pair["refresh_token"])) == KEYS


def test_6749_30_another_client_gets_nothing_and_harms_nothing(server, app, pair):
    assert refresh(server, server.make_app(), pair["refresh_token"]) == BAD_REFRESH
    assert list(refresh(server, app, pair["refresh_token"])) == KEYS


def test_6749_21_a_confidential_client_must_authenticate(server, app, pair):
    assert refresh(server, app, pair["refresh_token"], client_secret=None) == INCORRECT
    assert refresh(server, app, pair["refresh_token"], client_secret="0" * 40) == INCORRECT
    assert list(refresh(server, app, pair["refresh_token"])) == KEYS


def test_an_access_token_is_no_refresh_token_nor_the_reverse(server, app, pair):
    # A131
    assert refresh(server, app, pair["access_token"]) == BAD_REFRESH
    assert server.api("/user", pair["refresh_token"]).status_code == 401


def test_21_08_a_revoked_grant_ends_the_chain(server, app, pair):
    server.cli("grant", "revoke", "octocat", app.client_id)
    assert refresh(server, app, pair["refresh_token"]) == BAD_REFRESH


def test_revoking_all_tokens_of_the_app_ends_the_chain(server, octocat):
    app = expiring_app(server)
    pair = server.exchange(app, octocat.code(app))
    server.cli("app", "revoke-tokens", app.client_id)
    assert refresh(server, app, pair["refresh_token"]) == BAD_REFRESH


def test_a_suspended_user_cannot_refresh(server):
    # P21
    user = server.make_user()
    app, browser = expiring_app(server), server.signed_in(user)
    pair = server.exchange(app, browser.code(app))
    server.cli("user", "suspend", user.login)
    assert refresh(server, app, pair["refresh_token"]) == BAD_REFRESH


def test_a_replayed_code_ends_its_chain_too(server, app, octocat):
    code = octocat.code(app)
    pair = server.exchange(app, code)
    server.exchange(app, code)
    assert not server.is_alive(pair["access_token"])
    assert refresh(server, app, pair["refresh_token"]) == BAD_REFRESH
