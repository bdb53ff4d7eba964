"""This machine's clock, set forward and back under a server: assurance A032, A232, T06. What has ended stays so,
what has not has as much time left as before, and nothing is locked or alive for years."""

import json
import time

import pytest

import invariants
from between import Between, library_of
from conftest import needs_between
from llavero_http import BAD_CODE, BINARY, PASSWORD, Server, own_database

HOUR, YEAR = 3600, 365 * 86400
WAIT = 60  # a smaller step back is waited for
SAID = "the clock was set back"

pytestmark = [needs_between, pytest.mark.skipif(own_database.ON_POSTGRES, reason="nodes live by its clock")]


@pytest.fixture
def own(tmp_path):
    """A server whose clock is what `own.at` says."""
    control = Between(tmp_path / "data", library_of(BINARY))
    server = Server(tmp_path / "data", env=control.environment, workers=2, device_interval=1)
    server.at = control.clock
    yield server
    with server.database() as db:
        assert not invariants.broken(db)
    server.at(0)
    server.stop()


def said(server):
    return [json.loads(line) for line in server.log().splitlines() if SAID.encode() in line]


def until(so, what):
    for _ in range(500):
        if so():
            return
        time.sleep(0.02)
    raise AssertionError(f"in vain: {what}")


def settled(server, times=1):
    until(lambda: len(said(server)) == times, SAID)
    assert said(server)[-1]["settled"] == 1


def latest(server):
    with server.database() as db:
        return int(db.execute("SELECT value FROM instance WHERE name = 'clock_latest'").fetchone()[0])


def everything_works(server):
    app, browser = server.make_app(), server.signed_in(server.make_user())
    code = browser.code(app)
    token = server.exchange(app, code)
    assert server.is_alive(token["access_token"])
    assert server.exchange(app, code) == BAD_CODE
    assert not server.is_alive(token["access_token"])


@pytest.mark.parametrize("back", [HOUR, 2 * WAIT, 10 * YEAR])
def test_A032_an_expired_code_stays_so_when_the_clock_is_set_back(own, back):
    app, browser = own.make_app(), own.signed_in()
    old = browser.code(app)
    own.at(601)
    until(lambda: latest(own) > time.time() + WAIT, "the leap is noted")
    used = browser.code(app)
    own.exchange(app, used)
    waiting = browser.code(app)
    own.at(601 - back)
    assert own.exchange(app, old) == BAD_CODE
    settled(own)
    assert abs(said(own)[0]["seconds"] - back) <= 1
    for code in (old, used):
        assert own.exchange(app, code) == BAD_CODE
    assert "access_token" in own.exchange(app, waiting)
    assert browser.page("/settings/profile")
    everything_works(own)


def test_A032_nor_when_it_is_set_back_by_little(own):
    app, browser = own.make_app(), own.signed_in()
    old = browser.code(app)
    own.at(601)
    waiting = browser.code(app)
    own.at(601 - WAIT + 1)
    for _ in range(5):
        assert own.exchange(app, old) == BAD_CODE
        everything_works(own)
    assert "access_token" in own.exchange(app, waiting)
    assert not said(own)


def test_A032_nor_while_the_server_was_down(own):
    app, browser = own.make_app(), own.signed_in()
    old = browser.code(app)
    own.at(700)
    until(lambda: latest(own) > time.time() + 600, "the time is noted")
    waiting = browser.code(app)
    own.stop()
    own.at(-HOUR)
    own.start(f"127.0.0.1:{own.port}")
    settled(own)
    assert own.exchange(app, old) == BAD_CODE
    assert "access_token" in own.exchange(app, waiting)
    everything_works(own)
    own.stop()
    own.start(f"127.0.0.1:{own.port}")
    assert len(said(own)) == 1


def test_A232_nothing_lasts_for_years_after_a_clock_that_was_ahead(own):
    """Sessions, tokens, throttles and keys that were made ten years ahead."""
    everything_works(own)
    own.at(10 * YEAR)
    until(lambda: latest(own) > time.time() + 9 * YEAR, "the time is noted")
    user, app = own.make_user(), own.make_app()
    browser = own.signed_in(user)
    own.token_for(app, browser)
    own.at(0)
    settled(own)
    everything_works(own)
    day = time.time() + 86400
    with own.database() as db:
        for table, column, days in (("session", "expires_at", 400), ("pushed_request", "expires_at", 1),
                                    ("token", "expires_at", 400), ("throttle", "window_ends_at", 1),
                                    ("signing_key", "active_at", 2), ("refresh_family", "expires_at", 400)):
            late = db.execute(f"SELECT COUNT(*) FROM {table} WHERE {column} > ?", (day + days * 86400,))
            assert late.fetchone()[0] == 0, table
        assert db.execute("SELECT COUNT(*) FROM session WHERE auth_time > ?", (day,)).fetchone()[0] == 0
        assert db.execute("SELECT COUNT(*) FROM signing_key").fetchone()[0] <= 12
    assert browser.page("/settings/profile")


def test_A232_who_was_throttled_ahead_of_time_is_not_for_years(tmp_path):
    control = Between(tmp_path / "data", library_of(BINARY))
    own = Server(tmp_path / "data", env=control.environment, signin_failures=3)
    user, browser = own.make_user(), own.browser()
    control.clock(YEAR)
    for _ in range(4):
        form = browser.page("/login").form("/session")
        reply = browser.submit(form, login=user.login, password="wrong")
    assert reply.status_code == 429
    left = int(reply.headers["Retry-After"])
    control.clock(0)
    settled(own)
    reply = browser.submit(browser.page("/login").form("/session"), login=user.login, password=PASSWORD)
    assert reply.status_code == 429 and int(reply.headers["Retry-After"]) <= left
    control.clock(left + 1)
    assert own.signed_in(user)
    own.stop()


def test_A232_a_clock_of_2039_and_of_2106(own):
    for years in (13, 80):
        own.at(years * YEAR)
        everything_works(own)
    assert not said(own)
