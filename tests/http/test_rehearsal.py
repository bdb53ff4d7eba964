"""Rehearsals: who may, the movable clock, faults on purpose, sandboxes. Issue 4, point 4."""

import concurrent.futures
import json
import re
import signal
import stat
import subprocess
import time

import pytest
import requests

from authenticator import STEP, settle, totp
from certificates import Authority
from llavero_http import BAD_CODE, BINARY, App, Server, User, basic, unique
from raw_http import ask
from test_device import EXPIRED, INCORRECT, SLOW_DOWN, approve, begin, poll
from test_device import make_app as make_device_app
from test_process import needs_failpoints
from test_refresh import BAD_REFRESH, expiring_app, refresh
from test_two_factor import SETTINGS, Person, is_signed_in
from test_two_factor import begin as begin_two_factor

ROUTES = [("GET", "clock"), ("POST", "clock"), ("GET", "faults"), ("POST", "faults"),
          ("DELETE", "faults"), ("GET", "sandboxes"), ("POST", "sandboxes"),
          ("DELETE", "sandboxes/x")]
SERVER_ERROR = {
    "error": "server_error", "error_description": "The server could not answer. Try again.",
    "error_uri": "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"
                 "#server-error"}
TEN_YEARS = 315360000


@pytest.fixture(scope="module")
def own(launch):
    """A server whose clock may be moved: others must not share it."""
    return launch(workers=2)


@pytest.fixture
def moved(own):
    """The same, back in real time afterwards."""
    yield own
    own.rehearse("POST", "clock", {"reset": True})


def offset(server):
    return server.rehearse("GET", "clock")["offset"]


def refused(server, path, body, status=400, error="invalid_request"):
    reply = server.rehearse("POST", path, body, status=status)
    assert set(reply) == {"error", "error_description"} and reply["error"] == error, reply
    return reply["error_description"]


def rows(server, text, *values):
    with server.database() as db:
        found = db.execute(text, values).fetchall()
    return found


def until_gone(server, text, *values):
    """The background job deletes what `text` counts; how soon is its own affair."""
    end = time.monotonic() + 60
    while rows(server, text, *values) != [(0,)]:
        assert time.monotonic() < end, text
        time.sleep(0.05)


# who may

def test_without_rehearsal_there_is_nothing(launch):
    # A221
    plain = launch(demo=False)
    for method, path in ROUTES:
        assert plain.rehearse_plainly(method, path).status_code == 404, path
    assert not (plain.data / "rehearsal.json").exists()


@pytest.mark.parametrize("method, path", ROUTES)
@pytest.mark.parametrize("headers", [
    {}, {"Authorization": "Bearer " + "0" * 40}, {"Authorization": "Bearer"},
    {"Authorization": "Bearer "}, basic("octocat", "x"), {"Cookie": "token=x"}])
def test_a_wrong_token_is_refused(own, method, path, headers):
    # P51
    reply = own.rehearse_plainly(method, path, headers=headers)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"].startswith('Bearer realm="llavero rehearsal"')
    assert reply.json()["error"] == "invalid_token"
    assert own.rehearsal_token not in reply.text


def test_the_token_is_in_the_file_of_the_demo(own):
    assert re.fullmatch("[0-9a-f]{40}", own.demo["rehearsal_token"])
    assert not (own.data / "rehearsal.json").exists()
    assert offset(own) == 0
    assert own.rehearse_plainly("PUT", "clock").status_code == 405
    assert ask(own, "HEAD", "/rehearsal/clock").status == 401


def test_a_rehearsal_without_a_demo_has_a_file_of_its_own(launch):
    own = launch(demo=False, rehearsal="on")
    path = own.data / "rehearsal.json"
    known = json.loads(path.read_text(encoding="utf-8"))
    assert known == {"base_url": own.base, "rehearsal_token": own.rehearsal_token}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert offset(own) == 0
    assert not (own.data / "demo.json").exists()
    before = own.rehearsal_token
    own.stop()
    own.start()
    assert own.rehearsal_token == before  # a CI job's secret outlives a restart
    assert own.get("/demo").status_code == 404


def test_a_public_name_is_refused(tmp_path):
    # A221
    done = subprocess.run(
        [BINARY, "serve", "--rehearsal", "--listen", "127.0.0.1:0", "--data", tmp_path / "data",
         "--base-url", "https://id.llavero.dev"], capture_output=True, text=True, timeout=60,
        check=False)
    assert done.returncode == 1 and "ready" not in done.stdout
    assert "rehearsal is on, but base_url (https://id.llavero.dev) is a public name" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_public_demo_goes_without(launch):
    own = launch(base_url="https://id.llavero.dev")
    assert "rehearsal_token" not in own.demo and own.rehearsal_token is None
    assert own.get("/rehearsal/clock").status_code == 404
    warned = [json.loads(line) for line in own.log().splitlines() if b"demo without" in line]
    assert [(w["level"], w["why"]) for w in warned] == [
        ("warn", "base_url (https://id.llavero.dev) is a public name or address")]
    assert "is no rehearsal" in own.cli("clock", "show", status=1).stderr or \
        "belongs to no rehearsal" in own.cli("clock", "show", status=1).stderr


@pytest.mark.parametrize("base_url", ["https://id.example.org", "http://llavero.test",
                                      "http://llavero:9292", "http://192.168.7.7"])
def test_a_private_name_is_fine(launch, base_url):
    assert offset(launch(base_url=base_url)) == 0


def test_the_command_line_trusts_the_servers_own_certificate(launch, tmp_path, monkeypatch):
    authority = Authority(tmp_path / "authority")
    certificate, key = authority.issue("own", "IP:127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    own = launch(tls_certificate=certificate, tls_key=key)
    assert offset(own) == 0 and own.base.startswith("https://")
    assert "does not answer" in own.cli("clock", "show", status=1).stderr
    assert own.cli("clock", "show", "--tls_certificate", str(certificate)).returncode == 0
    own.stop()


# the clock

def test_the_clock_moves_forward_and_back(moved):
    assert moved.rehearse("GET", "clock")["offset"] == 0
    first = moved.advance("1h30m")
    assert list(first) == ["now", "offset"] and first["offset"] == 5400
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["now"])
    assert moved.advance("90")["offset"] == 5490
    assert moved.advance(10)["offset"] == 5500
    assert moved.advance("2d")["offset"] == 5500 + 172800
    assert moved.rehearse("POST", "clock", {"reset": True})["offset"] == 0


@pytest.mark.parametrize("body", [
    {}, {"advance": None}, {"advance": "-5m"}, {"advance": -5}, {"advance": "5x"},
    {"advance": ""}, {"advance": 1.5}, {"advance": ["1m"]}, {"advance": True}, {"reset": "yes"},
    {"reset": False}, {"reset": True, "advance": "1m"}, {"reset": 1}, {"advance": "3651d"}])
def test_what_cannot_be_understood_moves_nothing(own, body):
    refused(own, "clock", body)
    assert offset(own) == 0


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"advance=5m"])
def test_a_body_that_is_no_object(own, text):
    headers = {"Authorization": f"Bearer {own.rehearsal_token}"}
    assert own.post("/rehearsal/clock", text, headers=headers).status_code == 400


def test_ten_years_are_the_most(moved):
    # A232
    assert moved.advance(TEN_YEARS - 1)["offset"] == TEN_YEARS - 1
    refused(moved, "clock", {"advance": "2s"})
    assert moved.advance("1s")["offset"] == TEN_YEARS
    refused(moved, "clock", {"advance": "1s"})
    assert offset(moved) == TEN_YEARS


def test_of_many_advances_none_is_lost(moved):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: moved.advance("1m"), range(24)))
    assert offset(moved) == 24 * 60


def test_a_code_is_over_after_ten_minutes(moved, app_of):
    app, browser = app_of(moved)
    late, early = browser.code(app), browser.code(app)
    moved.advance("9m")
    assert "access_token" in moved.exchange(app, early)
    moved.advance("2m")
    assert moved.exchange(app, late) == BAD_CODE


def test_a_device_code_is_over(moved):
    app = make_device_app(moved)
    codes = begin(moved, app)
    moved.advance("15m")
    assert poll(moved, app, codes) == EXPIRED


def test_a_device_that_waited_is_in_time(moved):
    app = make_device_app(moved)
    codes = begin(moved, app)
    for _ in range(5):
        assert poll(moved, app, codes)["error"] == "authorization_pending"
        moved.advance("5s")


def test_tokens_expire_and_their_families(moved):
    app, browser = expiring_app(moved), moved.signed_in(moved.make_user())
    pair = moved.exchange(app, browser.code(app))
    moved.plant(pair["refresh_token"])
    moved.advance("7h59m")
    assert moved.is_alive(pair["access_token"])
    moved.advance("2m")
    assert not moved.is_alive(pair["access_token"])
    fresh = refresh(moved, app, pair["refresh_token"])
    assert moved.is_alive(fresh["access_token"])
    moved.advance("183d")
    fresh = refresh(moved, app, fresh["refresh_token"])
    moved.advance("185d")
    assert refresh(moved, app, fresh["refresh_token"]) == BAD_REFRESH


def test_a_token_ends_by_disuse(moved, app_of):
    app, browser = app_of(moved)
    used, unused = moved.token_for(app, browser), moved.token_for(app, browser)
    moved.advance("200d")
    assert moved.is_alive(used)
    moved.advance("200d")
    assert moved.is_alive(used) and not moved.is_alive(unused)


def test_a_session_ends_when_it_is_idle(moved, app_of):
    app, browser = app_of(moved)
    moved.advance("13d")
    assert "code" in browser.answer(app)
    moved.advance("13d")
    assert browser.get("/settings/profile").status_code == 200
    moved.advance("2d")
    assert browser.get("/settings/profile").status_code == 302


def test_a_session_ends_at_last(moved):
    browser = moved.signed_in(moved.make_user())
    for _ in range(3):
        moved.advance("10d")
        last = browser.get("/settings/profile").status_code
    assert last == 302


def test_a_rate_window_is_over(launch):
    own = launch(api_rate_limit=2)
    token = own.token_for(own.make_app(), own.signed_in())
    assert [own.api("/user", token).status_code for _ in range(3)] == [200, 200, 403]
    own.advance("59m")
    assert own.api("/user", token).status_code == 403
    own.advance("2m")
    assert own.api("/user", token).status_code == 200
    assert own.api("/user", token).status_code == 200
    own.rehearse("POST", "clock", {"reset": True})  # the window of then is no window of now
    assert own.api("/user", token).status_code == 200


def sign_in_status(server, user, password):
    browser = server.browser()
    form = browser.page("/login").form("/session")
    return browser.submit(form, login=user.login, password=password).status_code


def test_a_throttled_account_waits_no_longer(launch):
    own = launch(signin_failures=2)
    user = own.make_user()
    assert [sign_in_status(own, user, "wrong") for _ in range(3)] == [422, 422, 429]
    own.advance("16m")
    assert sign_in_status(own, user, user.password) == 303
    assert [sign_in_status(own, user, "wrong") for _ in range(3)] == [422, 422, 429]
    own.rehearse("POST", "clock", {"reset": True})
    assert sign_in_status(own, user, user.password) == 303


def test_one_time_codes_are_those_of_the_moved_clock(moved):
    user = moved.make_user()
    browser = moved.signed_in(user)
    moved.advance(20 * STEP)
    secret, page = begin_two_factor(browser, user)
    settle()
    confirm = page.form(SETTINGS + "/confirm")
    assert browser.submit(confirm, otp=totp(secret)).status_code == 422  # that of real time
    assert browser.submit(confirm, otp=totp(secret, 20)).status_code == 200


def test_the_proof_between_two_factors_lasts_five_minutes(moved):
    person = Person(moved)
    for span, signed_in in (("4m30s", True), ("5m", False)):
        browser, form = person.at_second_step()
        moved.advance(span)
        settle()
        now = moved.rehearse("GET", "clock")["offset"] // STEP
        browser.submit(form, otp=totp(person.secret, now))
        assert is_signed_in(browser) == signed_in


def test_the_clock_survives_a_restart_and_rules_the_command_line(launch):
    own = launch()
    own.advance("400d")
    user = own.make_user()
    year = int(own.rehearse("GET", "clock")["now"][:4])
    assert own.cli_json("user", "show", user.login)["created_at"].startswith(str(year))
    own.stop()
    own.start()
    assert offset(own) == 400 * 86400
    # A server that is no rehearsal lives in real time, and so does the command line then.
    own.stop()
    own.with_demo = False
    own.start()
    assert b"the clock was moved by a rehearsal: ignored" in own.log()
    other = own.make_user()
    made = own.cli_json("user", "show", other.login)["created_at"]
    assert made < own.cli_json("user", "show", user.login)["created_at"]
    assert own.cli("clock", "advance", "1m", status=1).stderr.startswith("llavero: the server at ")
    # As long as nobody sets it back, the next rehearsal goes on from there.
    own.stop()
    own.with_demo = True
    own.start()
    assert offset(own) == 400 * 86400


def test_what_is_over_is_cleared_out(launch, app_of):
    own = launch()
    app, browser = app_of(own)
    browser.code(app)
    begin(own, make_device_app(own))
    expiring = expiring_app(own)
    own.plant(own.exchange(expiring, browser.code(expiring))["refresh_token"])
    tables = ["code", "device_code", "session", "refresh_family"]
    assert all(rows(own, f"SELECT COUNT(*) > 0 FROM {t}") == [(1,)] for t in tables)
    own.advance("300d")
    for table in tables:
        until_gone(own, f"SELECT COUNT(*) FROM {table}")


@pytest.fixture
def app_of():
    """An app of a server, and a browser where some user of it is signed in."""
    def make(server):
        return server.make_app(), server.signed_in(server.make_user())
    return make


# faults

def lost(call, *words, **more):
    """The connection was closed without an answer."""
    with pytest.raises(requests.exceptions.ConnectionError):
        call(*words, **more)


def token_request(server, app, code, **headers):
    return server.post("/login/oauth/access_token", {**app.credentials, "code": code},
                       headers={"Accept": "application/json", **headers})


def test_a_server_error_at_the_token_endpoint_changes_nothing(own, app_of):
    app, browser = app_of(own)
    code = browser.code(app)
    assert own.script(app, "server_error", count=2) == {
        "client_id": app.client_id, "fault": "server_error", "endpoint": "any", "left": 2}
    reply = token_request(own, app, code)
    assert reply.status_code == 500 and reply.json() == SERVER_ERROR
    assert reply.headers["Cache-Control"] == "no-store"
    xml = token_request(own, app, code, Accept="application/xml")
    assert xml.status_code == 500 and "<error>server_error</error>" in xml.text
    assert "access_token" in own.exchange(app, code)


def test_a_server_error_elsewhere(own, app_of):
    app, browser = app_of(own)
    token = own.token_for(app, browser)
    device = make_device_app(own)
    own.script(device, "server_error", endpoint="device")
    own.script(app, "server_error", endpoint="api", count=2)
    own.script(app, "server_error", endpoint="authorize")
    reply = own.post("/login/device/code", {"client_id": device.client_id},
                     headers={"Accept": "application/json"})
    assert reply.status_code == 500 and reply.json() == SERVER_ERROR
    assert own.api("/user", token).json()["message"] == "Server Error"
    managed = own.post(f"/api/v3/applications/{app.client_id}/token",
                       json.dumps({"access_token": token}),
                       headers=basic(app.client_id, app.client_secret))
    assert managed.status_code == 500 and managed.json()["status"] == "500"
    page = browser.ask(app)
    assert page.status_code == 500 and page.headers["Content-Type"].startswith("text/html")
    assert own.is_alive(token) and "code" in browser.answer(app)
    assert own.rehearse("GET", "faults") == {"faults": []}


def test_other_apps_notice_nothing(own, app_of):
    (app, browser), (other, _) = app_of(own), app_of(own)
    own.script(app, "server_error", count=1000)
    own.token_for(other, browser)
    assert own.rehearse("DELETE", "faults") == {"cleared": 1}
    own.token_for(app, browser)


def test_a_timeout_holds_the_reply_and_does_nothing(own, app_of):
    app, browser = app_of(own)
    code = browser.code(app)
    assert own.script(app, "timeout", seconds=1)["seconds"] == 1
    reply = token_request(own, app, code)
    assert reply.status_code == 504 and reply.json() == SERVER_ERROR
    own.script(app, "timeout", seconds=300)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.post(own.url("/login/oauth/access_token"), {**app.credentials, "code": code},
                      timeout=0.5)
    assert "access_token" in own.exchange(app, code)


def test_nobody_else_waits_for_a_timeout(launch, app_of):
    own = launch(workers=1)
    app, browser = app_of(own)
    code = browser.code(app)
    own.script(app, "timeout", seconds=300, count=20)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        held = [pool.submit(token_request, own, app, code) for _ in range(20)]
        while own.rehearse("GET", "faults")["faults"]:
            time.sleep(0.01)
        assert own.get("/healthz").status_code == 200
        assert "access_token" in own.exchange(app, code)
        # A stop answers them, at once.
        own.stop(signal.SIGTERM)
        assert [h.result().status_code for h in held] == [504] * 20


def test_a_lost_reply_has_redeemed_the_code(own, app_of):
    # A036
    app, browser = app_of(own)
    code = browser.code(app)
    before = rows(own, "SELECT COUNT(*) FROM token")[0][0]
    own.script(app, "drop_after_commit", endpoint="token")
    lost(token_request, own, app, code)
    assert rows(own, "SELECT COUNT(*) FROM token") == [(before + 1,)]
    assert own.exchange(app, code) == BAD_CODE


@needs_failpoints
def test_what_is_not_kept_is_told(tmp_path):
    """Only a reply whose work was done is dropped."""
    own = Server(tmp_path / "data", workers=1)
    app, code = own.make_app(), None
    code = own.signed_in().code(app)
    own.stop()
    for n in range(1, 12):  # from the first commit after the start on, whichever that is
        try:
            own.env = {"LLAVERO_FAIL": f"store.commit:{n}+"}
            own.start(f"127.0.0.1:{own.port}")
            break
        except AssertionError:
            continue
    own.script(app, "drop_after_commit", count=3)
    status = None
    while status is None:
        try:
            status = token_request(own, app, code).status_code
        except requests.exceptions.ConnectionError:
            continue  # a commit that was still good
    assert status == 503
    own.stop()


def test_a_lost_refresh_can_be_asked_for_again(own, app_of):
    app, browser = expiring_app(own), app_of(own)[1]
    pair = own.exchange(app, browser.code(app))
    own.plant(pair["refresh_token"])
    own.script(app, "drop_after_commit")
    lost(refresh, own, app, pair["refresh_token"])
    again = refresh(own, app, pair["refresh_token"])
    assert own.is_alive(again["access_token"]) and not own.is_alive(pair["access_token"])


def test_replies_are_lost_elsewhere_too(own, app_of):
    app, browser = app_of(own)
    token = own.token_for(app, browser)
    own.script(app, "drop_after_commit", endpoint="api")
    lost(own.api, "/user", token)
    own.script(app, "drop_after_commit", endpoint="authorize")
    before = rows(own, "SELECT COUNT(*) FROM code")[0][0]
    lost(browser.ask, app)
    assert rows(own, "SELECT COUNT(*) FROM code") == [(before + 1,)]
    device = make_device_app(own)
    own.script(device, "drop_after_commit", endpoint="device")
    lost(begin, own, device)
    assert own.is_alive(token)


def test_a_device_is_told_to_slow_down(moved):
    app = make_device_app(moved)
    moved.script(app, "slow_down")
    codes = begin(moved, app)  # that is no poll
    assert poll(moved, app, codes) == {**SLOW_DOWN, "interval": 10}
    moved.advance("6s")
    assert poll(moved, app, codes) == {**SLOW_DOWN, "interval": 10}  # the real one
    moved.advance("10s")
    assert poll(moved, app, codes)["error"] == "authorization_pending"
    moved.advance("5s")
    assert poll(moved, app, codes)["error"] == "authorization_pending"
    moved.script(app, "slow_down", endpoint="device")
    assert poll(moved, app, "0" * 40) == INCORRECT
    moved.advance("5s")
    moved.script(app, "server_error", endpoint="device")
    assert poll(moved, app, codes, status=500) == SERVER_ERROR


def test_an_exchange_is_told_to_come_later(own, app_of):
    app, browser = app_of(own)
    code = browser.code(app)
    own.script(app, "slow_down", endpoint="token")
    reply = token_request(own, app, code)
    assert reply.status_code == 429 and reply.headers["Retry-After"] == "10"
    assert reply.json() == SLOW_DOWN
    assert "access_token" in own.exchange(app, code)


def test_scripts_are_taken_in_their_order(own, app_of):
    app, browser = app_of(own)
    code = browser.code(app)
    own.script(app, "server_error")
    own.script(app, "slow_down")
    assert [token_request(own, app, code).status_code for _ in range(3)] == [500, 429, 200]


@pytest.mark.parametrize("body, status", [
    ({}, 400), ({"fault": "timeout"}, 400), ({"fault": "timeout", "client_id": 1}, 400),
    ({"fault": "expired_key", "endpoint": "api"}, 400), ({"fault": "none"}, 400), ({"fault": ""}, 400),
    ({"fault": "timeout", "client_id": "Ov23nobody"}, 404),
    ({"fault": "timeout", "client_id": "x" * 256}, 404),
    ({"fault": "timeout", "seconds": 0}, 400), ({"fault": "timeout", "seconds": 301}, 400),
    ({"fault": "timeout", "seconds": "30"}, 400), ({"fault": "timeout", "count": 0}, 400),
    ({"fault": "timeout", "count": 1001}, 400), ({"fault": "timeout", "endpoint": "web"}, 400),
    ({"fault": "timeout", "endpoint": 1}, 400), ({"fault": "slow_down", "endpoint": "api"}, 400),
    ({"fault": "slow_down", "endpoint": "authorize"}, 400)])
def test_faults_that_cannot_be(own, body, status):
    if "seconds" in body or "count" in body or "endpoint" in body:
        body = {"client_id": own.demo["client_id"], **body}
    refused(own, "faults", body, status, "not_found" if status == 404 else "invalid_request")


def test_faults_are_listed_and_cleared(own):
    first, second = own.make_app(), own.make_app()
    own.script(first, "timeout", count=1000, seconds=300, endpoint="token")
    own.script(second, "drop_after_commit", endpoint="api")
    listed = own.rehearse("GET", "faults")["faults"]
    assert listed == [
        {"client_id": first.client_id, "fault": "timeout", "endpoint": "token", "left": 1000,
         "seconds": 300},
        {"client_id": second.client_id, "fault": "drop_after_commit", "endpoint": "api",
         "left": 1}]
    assert own.rehearse("DELETE", f"faults?client_id={first.client_id}") == {"cleared": 1}
    assert ask(own, "DELETE", "/rehearsal/faults?client_id=%zz",
               f"Authorization: Bearer {own.rehearsal_token}").status == 400
    for _ in range(99):
        own.script(second, "server_error")
    refused(own, "faults", {"client_id": second.client_id, "fault": "timeout"}, 409,
            "limit_reached")
    assert own.rehearse("DELETE", "faults") == {"cleared": 100}


# sandboxes

def parts(server, made, i=0):
    """The app and a user, as the other helpers take them."""
    app, user = made["app"], made["users"][i]
    return (App(app["id"], app["client_id"], app["client_secret"], app["callback_urls"][0],
                app["name"], made["users"][0]["login"]),
            User(user["id"], user["login"], user["email"], user["password"]))


def test_a_sandbox_is_an_app_and_users(own):
    made = own.make_sandbox(name="pr-42", users=2, lifetime="1h", device_flow=True,
                            callbacks=["http://127.0.0.1:3000/cb", "https://app.example/cb"])
    assert list(made) == ["id", "name", "created_at", "expires_at", "base_url", "app", "users"]
    assert re.fullmatch("[a-z2-9]{8}", made["id"]) and made["base_url"] == own.base
    assert made["app"]["callback_urls"] == ["http://127.0.0.1:3000/cb", "https://app.example/cb"]
    assert made["app"]["device_flow"] is True and made["app"]["token_expiration"] is False
    assert made["app"]["name"] == f"pr-42 (sandbox {made['id']})"
    shown = own.cli_json("app", "show", made["app"]["client_id"])
    assert shown["owner"] == made["users"][0]["login"] and shown["device_flow"] is True
    for i in range(2):
        app, user = parts(own, made, i)
        browser = own.signed_in(user)
        token = own.token_for(app, browser, scope="user:email")
        emails = own.api("/user/emails", token).json()
        assert [(e["email"], e["verified"]) for e in emails] == [(user.email, True)]
        assert own.api("/user", token).json()["id"] == user.id
    listed = own.rehearse("GET", "sandboxes")["sandboxes"]
    assert [one for one in listed if one["id"] == made["id"]] == [
        {"id": made["id"], "name": "pr-42", "created_at": made["created_at"],
         "expires_at": made["expires_at"], "client_id": app.client_id, "user_count": 2}]


def test_the_usual_sandbox(own):
    made = own.make_sandbox()
    app, user = parts(own, made)
    assert made["name"] is None and len(made["users"]) == 1
    assert app.callback == "http://127.0.0.1/callback"
    # any port of this machine
    browser = own.signed_in(user)
    where = browser.authorize(app, redirect_uri="http://127.0.0.1:40123/callback")
    assert where.headers["Location"].startswith("http://127.0.0.1:40123/callback?code=")
    pair = own.make_sandbox(token_expiration=True)
    app, user = parts(own, pair)
    assert "refresh_token" in own.exchange(app, own.signed_in(user).code(app))


def tables_of(server, made):
    """How many rows there are of this sandbox, everywhere."""
    ids = ", ".join(str(user["id"]) for user in made["users"])
    app = made["app"]["id"]
    of_users = ["email", "session", "app_grant", "code", "token", "device_code", "refresh_family",
                "audit"]
    texts = [f"SELECT COUNT(*) FROM {t} WHERE account_id IN ({ids})" for t in of_users]
    texts += [f"SELECT COUNT(*) FROM {t} WHERE app_id = {app}"
              for t in ("app_callback", "app_secret", "app_grant", "code", "token")]
    return texts + [f"SELECT COUNT(*) FROM account WHERE id IN ({ids})",
                    f"SELECT COUNT(*) FROM app WHERE id = {app}",
                    f"SELECT COUNT(*) FROM sandbox WHERE id = '{made['id']}'",
                    f"SELECT COUNT(*) FROM sandbox_user WHERE sandbox_id = '{made['id']}'"]


def use(server, made):
    """Everything that can be had of a sandbox."""
    app, user = parts(server, made)
    browser = server.signed_in(user)
    codes = begin(server, app)
    approve(browser, codes.user_code)
    return {"browser": browser, "app": app, "user": user, "device": codes,
            "token": server.token_for(app, browser), "code": browser.code(app),
            "pair": server.exchange(app, browser.code(app))}


def assert_gone(server, made, used):
    app, user = used["app"], used["user"]
    assert not server.is_alive(used["token"]) and not server.is_alive(used["pair"]["access_token"])
    for code in (used["code"], "0" * 40):
        assert server.exchange(app, code)["error"] == "incorrect_client_credentials"
    assert refresh(server, app, used["pair"]["refresh_token"])["error"] == \
        "incorrect_client_credentials"
    assert poll(server, app, used["device"])["error"] == "incorrect_client_credentials"
    assert used["browser"].get("/settings/profile").status_code == 302
    assert sign_in_status(server, user, user.password) == 422
    assert used["browser"].get("/login/oauth/authorize",
                               params={"client_id": app.client_id}).status_code in (302, 404)
    assert made["id"] not in [s["id"] for s in server.rehearse("GET", "sandboxes")["sandboxes"]]
    server.rehearse("DELETE", f"sandboxes/{made['id']}", status=404)
    for text in tables_of(server, made):
        until_gone(server, text)


def test_a_sandbox_ends_by_itself(moved):
    made = moved.make_sandbox(lifetime="1h", users=3, device_flow=True, token_expiration=True)
    kept = moved.make_sandbox(lifetime="2d", device_flow=True, token_expiration=True)
    used, alive = use(moved, made), use(moved, kept)
    assert all(rows(moved, text) != [(0,)] for text in tables_of(moved, made))
    moved.advance("59m")
    assert moved.is_alive(used["token"])
    moved.advance("1m")
    assert_gone(moved, made, used)
    assert moved.is_alive(alive["token"])
    assert rows(moved, "SELECT COUNT(*) FROM token WHERE app_id = ?", kept["app"]["id"]) == [(2,)]


@pytest.mark.parametrize("what", ["token", "sign in", "session", "exchange", "authorize"])
def test_the_first_request_after_its_end_finds_it_gone(launch, what):
    """Whether the background job was there before or not."""
    own = launch(workers=1)
    made = own.make_sandbox(lifetime="1m", device_flow=True, token_expiration=True)
    used = use(own, made)
    own.advance("1m")
    if what == "token":
        assert not own.is_alive(used["token"])
    elif what == "session":
        assert used["browser"].get("/settings/profile").status_code == 302
    elif what == "exchange":
        assert own.exchange(used["app"], used["code"])["error"] == "incorrect_client_credentials"
    elif what == "authorize":
        assert used["browser"].ask(used["app"]).status_code == 404
    else:
        assert sign_in_status(own, used["user"], used["user"].password) == 422


def test_a_sandbox_is_ended_early(own):
    made = own.make_sandbox(device_flow=True, token_expiration=True)
    used = use(own, made)
    assert own.rehearse("DELETE", f"sandboxes/{made['id']}", status=204) is None
    assert_gone(own, made, used)


def test_what_its_users_have_made_goes_too(own):
    made = own.make_sandbox(users=2)
    _, user = parts(own, made)
    name = unique("Theirs")
    theirs = own.cli_json("app", "create", "--owner", user.login, "--name", name, "--homepage",
                          "https://app.example/", "--callback", "https://app.example/cb")
    own.plant(theirs["client_secret"])
    org = unique("org")
    own.cli("org", "create", org, "--admin", user.login)
    own.rehearse("DELETE", f"sandboxes/{made['id']}", status=204)
    own.cli("app", "show", theirs["client_id"], status=1)
    own.cli("org", "show", org, status=1)


@pytest.mark.parametrize("body", [
    {"users": 0}, {"users": 21}, {"users": "2"}, {"users": -1}, {"lifetime": "0s"},
    {"lifetime": "8d"}, {"lifetime": 604801}, {"lifetime": "soon"}, {"name": ""}, {"name": " "},
    {"name": "x" * 61}, {"name": "a\u202eb"}, {"name": 7}, {"callbacks": "http://127.0.0.1/cb"},
    {"callbacks": ["javascript:alert(1)"]}, {"callbacks": [1]}, {"callbacks": ["/cb"]},
    {"callbacks": ["http://127.0.0.1/cb"] * 2},
    {"callbacks": [f"http://127.0.0.1/{i}" for i in range(11)]}, {"device_flow": "on"},
    {"token_expiration": 1}])
def test_sandboxes_that_cannot_be(own, body):
    before = rows(own, "SELECT COUNT(*) FROM account")
    refused(own, "sandboxes", body)
    assert rows(own, "SELECT COUNT(*) FROM account") == before


def test_the_most_of_a_sandbox(own):
    made = own.make_sandbox(users=20, lifetime="7d", name="ñ" * 60,
                            callbacks=[f"http://127.0.0.1/{i}" for i in range(10)])
    assert len({user["login"] for user in made["users"]}) == 20
    assert len({user["password"] for user in made["users"]}) == 20
    assert own.make_sandbox(lifetime=1)
    own.rehearse("DELETE", f"sandboxes/{made['id']}", status=204)


def test_a_thousand_sandboxes_are_the_most(launch):
    own = launch()
    with own.database() as db:
        db.executemany("INSERT INTO sandbox VALUES (?, NULL, 0, 1, ?)",
                       [(f"full{i}", int(time.time()) + 10000 + i) for i in range(999)])
    own.make_sandbox()
    assert "1000 sandboxes" in refused(own, "sandboxes", {}, 409, "limit_reached")
    assert len(own.rehearse("GET", "sandboxes")["sandboxes"]) == 1000
    own.rehearse("DELETE", "sandboxes/full7", status=204)
    own.make_sandbox()
    # All at once, their time is over.
    own.advance("7d")
    assert own.rehearse("GET", "sandboxes")["sandboxes"] == []


def test_a_server_that_is_no_rehearsal_has_no_sandboxes(launch):
    own = launch()
    made = own.make_sandbox()
    _, user = parts(own, made)
    own.stop()
    own.with_demo = False
    own.start()
    assert sign_in_status(own, user, user.password) == 422
    assert rows(own, "SELECT COUNT(*) FROM sandbox") == [(0,)]
    assert b"sandboxes of a rehearsal are ended" in own.log()


def test_jobs_side_by_side_do_not_meet(own):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda i: own.make_sandbox(name="pr-7", users=2), range(12)))
    assert len({m["id"] for m in made}) == 12
    assert len({m["app"]["client_id"] for m in made}) == 12
    assert len({u["login"] for m in made for u in m["users"]}) == 24
