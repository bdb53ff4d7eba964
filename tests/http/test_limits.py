"""Limits and life cycle of tokens: GitHub reference section 9 and check 13 of section 14."""

from llavero_http import Page


def tokens(server, app, browser, count, **params):
    return [server.token_for(app, browser, **params) for _ in range(count)]


def test_s14_13_the_eleventh_token_ends_the_oldest(server, octocat):
    # G27
    app = server.make_app()
    ten = tokens(server, app, octocat, 10, scope="repo")
    other = server.token_for(app, octocat, scope="user:email")
    assert all(server.is_alive(token) for token in ten)
    eleventh = server.token_for(app, octocat, scope="repo")
    assert not server.is_alive(ten[0])
    assert all(server.is_alive(token) for token in ten[1:] + [eleventh, other])
    twelfth = server.token_for(app, octocat, scope="repo")
    assert not server.is_alive(ten[1])
    assert all(server.is_alive(token) for token in ten[2:] + [eleventh, twelfth, other])


def test_codes_issued_ahead_push_out_in_their_order(server, octocat):
    app = server.make_app()
    codes = [octocat.code(app) for _ in range(12)]
    given = [server.exchange(app, code)["access_token"] for code in codes]
    assert [server.is_alive(token) for token in given] == [False, False] + [True] * 10


def test_a_code_that_is_never_redeemed_ends_nothing(server, octocat):
    app = server.make_app()
    ten = tokens(server, app, octocat, 10)
    octocat.code(app)
    assert all(server.is_alive(token) for token in ten)


def test_users_do_not_push_each_other_out(server, octocat):
    app = server.make_app()
    ten = tokens(server, app, octocat, 10)
    tokens(server, app, server.signed_in(server.make_user()), 2)
    assert all(server.is_alive(token) for token in ten)


def test_the_limit_is_a_setting(launch):
    own = launch(tokens_per_scope_set=2, signins_per_hour=0)
    app, browser = own.make_app(), own.signed_in()
    given = tokens(own, app, browser, 3)
    assert [own.is_alive(token) for token in given] == [False, True, True]
    free = launch(tokens_per_scope_set=0, signins_per_hour=0)
    app, browser = free.make_app(), free.signed_in()
    assert all(free.is_alive(token) for token in tokens(free, app, browser, 12))


def test_s9_the_eleventh_sign_in_of_an_hour_asks_again(launch):
    # G27
    own = launch(signins_per_hour=10)
    app, browser = own.make_app(), own.signed_in()
    assert browser.ask(app, scope="repo").status_code == 200  # the first consent
    browser.authorize(app, scope="repo")
    for _ in range(9):
        assert browser.ask(app, scope="repo").status_code == 302
    asked = browser.ask(app, scope="repo")
    assert asked.status_code == 200
    assert Page(asked.text).has_form("/login/oauth/authorize")
    assert "Authorize again" in asked.text
    # another set of scopes is counted apart, and agreeing once more goes on
    assert browser.ask(app, scope="public_repo").status_code == 302
    assert browser.decide(asked).status_code == 302
