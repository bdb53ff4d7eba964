"""The device flow: RFC 8628, GitHub reference section 5, assurance 8628-01 to 8628-10, A107 to A116."""

import json
import re
import time
import urllib.parse
from dataclasses import dataclass

import pytest

from llavero_http import App, Page, basic, unique, wire

PAGE = "/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PENDING = wire("authorization_pending", "The authorization request is still pending.", PAGE)
SLOW_DOWN = wire("slow_down", "Too many requests have been made in the same timeframe.", PAGE)
EXPIRED = wire("expired_token", "This 'device_code' has expired.", PAGE)
INCORRECT = wire("incorrect_device_code", "The device_code provided is not valid.", PAGE)
DENIED = wire("access_denied", "The authorization request was denied.", PAGE)
DISABLED = wire("device_flow_disabled", "Device Flow must be explicitly enabled for this App", PAGE)
GRANT_TYPE = wire("unsupported_grant_type",
                  "The grant_type must be urn:ietf:params:oauth:grant-type:device_code.", PAGE)
JSON = {"Accept": "application/json"}
FAILURE = "/login/device/failure?reason="


@dataclass
class Codes:
    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int
    interval: int


def make_app(server, device=True):
    name = unique("Device")
    made = server.cli_json("app", "create", "--owner", server._owner_with_room(), "--name", name,
                           "--homepage", "https://app.example/", "--callback",
                           "https://app.example/cb", *(["--device-flow"] if device else []))
    server.plant(made["client_secret"])
    return App(made["id"], made["client_id"], made["client_secret"], "", name, "")


@pytest.fixture
def app(server):
    return make_app(server)


@pytest.fixture(scope="module")
def quick(launch):
    """Where devices poll each second."""
    return launch(device_interval=1, device_submissions_per_hour=0)


def begin(server, app, **more):
    reply = server.post("/login/device/code", {"client_id": app.client_id, **more}, headers=JSON)
    assert reply.status_code == 200, reply.text
    codes = Codes(**reply.json())
    server.plant(codes.device_code)
    return codes


def poll(server, app, code, status=200, headers=JSON, **more):
    form = {"client_id": app.client_id, "device_code": getattr(code, "device_code", code),
            "grant_type": GRANT, **more}
    reply = server.post("/login/oauth/access_token",
                        {k: v for k, v in form.items() if v is not None}, headers=headers)
    assert reply.status_code == status, reply.text
    body = reply.json()
    server.plant(body.get("access_token"))
    server.plant(body.get("refresh_token"))
    return body


def enter(browser, user_code):
    """Types a code into the eight fields, as a browser without scripts sends them."""
    form = browser.page("/login/device").form("/login/device")
    typed = user_code.replace("-", "").ljust(8)
    fields = [n for n, v in form.fields if n.startswith("user-code-") and v != "-"]
    assert len(fields) == 8
    return browser.submit(form, **dict(zip(fields, typed)))


def confirmation(browser, user_code):
    reply = enter(browser, user_code)
    assert reply.status_code == 303 and "confirmation" in reply.headers["Location"], (
        reply.status_code, reply.headers.get("Location"))
    return browser.follow(reply)


def decide(browser, page, allow=True):
    form = Page(page.text).form("/login/device/authorize")
    return browser.submit(form, ("authorize", "1" if allow else "0"))


def approve(browser, user_code):
    reply = decide(browser, confirmation(browser, user_code))
    assert reply.status_code == 303 and reply.headers["Location"] == "/login/device/success"
    return reply


# the first request

def test_s5_1_8628_01_codes_in_json(server, app):
    # G21
    reply = server.post("/login/device/code", {"client_id": app.client_id, "scope": "repo gist"},
                        headers=JSON)
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-store"
    body = reply.json()
    assert list(body) == ["device_code", "user_code", "verification_uri", "expires_in", "interval"]
    assert re.fullmatch("[0-9a-f]{40}", server.plant(body["device_code"]))
    assert re.fullmatch("[0-9A-F]{4}-[0-9A-F]{4}", body["user_code"])
    assert body["verification_uri"] == server.base + "/login/device"
    assert (body["expires_in"], body["interval"]) == (899, 5)


def test_s5_1_s13_8_codes_as_a_form_by_default(server, app):
    """gh sends no Accept and reads either."""
    reply = server.post("/login/device/code", {"client_id": app.client_id},
                        headers={"Accept": None})
    assert reply.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    uri = urllib.parse.quote(server.base + "/login/device", safe="")
    assert re.fullmatch("device_code=[0-9a-f]{40}&expires_in=899&interval=5"
                        f"&user_code=[0-9A-F]{{4}}-[0-9A-F]{{4}}&verification_uri={re.escape(uri)}",
                        reply.text)


def test_s5_1_codes_as_xml(server, app):
    reply = server.post("/login/device/code", {"client_id": app.client_id},
                        headers={"Accept": "application/xml"})
    assert re.search("<OAuth><device_code>[0-9a-f]{40}</device_code><user_code>", reply.text)
    assert "<interval>5</interval></OAuth>" in reply.text


def test_s5_1_s13_2_parameters_in_json_and_in_the_query(server, app):
    octokit = server.post("/login/device/code",
                          json.dumps({"client_id": app.client_id, "scope": ""}),
                          headers={**JSON, "Content-Type": "application/json; charset=utf-8"})
    query = server.post(f"/login/device/code?client_id={app.client_id}", headers=JSON)
    for reply in (octokit, query):
        assert reply.status_code == 200 and "device_code" in reply.json(), reply.text


@pytest.mark.parametrize("client_id", ["Ov23nobodyhasthisone", "", None])
def test_s14_3_unknown_client_id_is_not_found(server, client_id):
    reply = server.post("/login/device/code", {"client_id": client_id} if client_id is not None
                        else {}, headers=JSON)
    assert (reply.status_code, reply.text) == (404, '{"error":"Not Found"}')


def test_a116_s5_1_flow_off_is_400(server):
    # G23, P41
    app = make_app(server, device=False)
    reply = server.post("/login/device/code", {"client_id": app.client_id}, headers=JSON)
    assert (reply.status_code, reply.json()) == (400, DISABLED)


def test_s5_1_refusals_of_the_first_request(server, app):
    def start(data, **headers):
        reply = server.post("/login/device/code", data, headers={**JSON, **headers})
        return reply.status_code, reply.json()["error"]

    twice = f"client_id={app.client_id}&client_id={app.client_id}"
    form = "application/x-www-form-urlencoded"
    assert start(twice, **{"Content-Type": form}) == (400, "invalid_request")
    assert start("%zz", **{"Content-Type": form}) == (400, "invalid_request")
    assert start("x", **{"Content-Type": "text/plain"}) == (415, "invalid_request")
    assert start({"client_id": app.client_id, "scope": "x" * 9000}) == (400, "invalid_request")
    wrong = {"client_id": app.client_id, "client_secret": "0" * 40}
    assert start(wrong) == (200, "incorrect_client_credentials")
    assert server.post("/login/device/code", {"client_id": app.client_id},
                       headers={"Accept": "image/png"}).status_code == 406


# polling

def test_s14_12_device_from_start_to_token(quick):
    # G22
    # G25
    app, browser = make_app(quick), quick.signed_in()
    codes = begin(quick, app, scope="repo gist")
    assert poll(quick, app, codes) == PENDING            # an immediate poll
    assert poll(quick, app, codes) == PENDING            # golang's second request
    slow = poll(quick, app, codes)                       # too fast
    assert slow == {**SLOW_DOWN, "interval": 6}
    assert list(slow) == ["error", "error_description", "error_uri", "interval"]
    approve(browser, codes.user_code)
    assert poll(quick, app, codes) == {**SLOW_DOWN, "interval": 6}   # before the approval is seen
    time.sleep(6)
    token = poll(quick, app, codes)
    assert list(token) == ["access_token", "token_type", "scope"]
    assert (token["token_type"], token["scope"]) == ("bearer", "gist,repo")
    assert quick.is_alive(token["access_token"])
    assert poll(quick, app, codes) == INCORRECT          # 8628-05: reuse
    assert quick.is_alive(token["access_token"])


def test_s14_12_a_compliant_poll_clears_slow_down(quick):
    app = make_app(quick)
    codes = begin(quick, app)
    for expected in (PENDING, PENDING, {**SLOW_DOWN, "interval": 6}):
        assert poll(quick, app, codes) == expected
    time.sleep(6)
    assert poll(quick, app, codes) == PENDING
    time.sleep(1)
    assert poll(quick, app, codes) == PENDING            # the old interval holds again


def test_s5_4_slow_down_as_a_form(server, app):
    codes = begin(server, app)
    form = {"client_id": app.client_id, "device_code": codes.device_code, "grant_type": GRANT}
    for _ in range(3):
        reply = server.post("/login/oauth/access_token", form, headers={"Accept": None})
    assert reply.status_code == 200
    assert reply.text == "&".join((
        "error=slow_down",
        "error_description=Too+many+requests+have+been+made+in+the+same+timeframe.",
        "error_uri=" + urllib.parse.quote(PAGE, safe=""), "interval=10"))


def test_s5_5_fast_polling_never_ends_the_code(quick):
    app, browser = make_app(quick), quick.signed_in()
    codes = begin(quick, app)
    for _ in range(40):
        assert poll(quick, app, codes)["error"] in ("authorization_pending", "slow_down")
    approve(browser, codes.user_code)
    time.sleep(6)
    assert "access_token" in poll(quick, app, codes)


def test_8628_10_denied(quick):
    app, browser = make_app(quick), quick.signed_in()
    codes = begin(quick, app)
    page = confirmation(browser, codes.user_code)
    denied = decide(browser, page, allow=False)
    assert denied.headers["Location"] == FAILURE + "denied"
    assert "cancelled" in Page(browser.follow(denied).text).title
    assert poll(quick, app, codes) == DENIED
    time.sleep(1)
    assert poll(quick, app, codes) == DENIED
    # approving later changes nothing: from the page that was open, or by typing it again
    assert decide(browser, page).headers["Location"] == FAILURE + "not_found"
    assert enter(browser, codes.user_code).headers["Location"] == FAILURE + "not_found"
    time.sleep(1)
    assert poll(quick, app, codes) == DENIED


def test_a115_8628_10_expired(launch):
    # A109
    server = launch(device_code_lifetime=2, device_interval=1)
    app, browser = make_app(server), server.signed_in()
    codes = begin(server, app)
    assert codes.expires_in == 2
    page = confirmation(browser, codes.user_code)
    time.sleep(2.1)
    assert poll(server, app, codes) == EXPIRED
    late = decide(browser, page)
    assert late.headers["Location"] == FAILURE + "expired"
    assert "expired" in Page(browser.follow(late).text).title
    assert enter(browser, codes.user_code).headers["Location"] == FAILURE + "not_found"
    assert poll(server, app, codes) == EXPIRED


def test_a110_s5_4_wrong_device_codes(server, app):
    # G23
    codes = begin(server, app)
    altered = ("0" if codes.device_code[0] != "0" else "1") + codes.device_code[1:]
    for wrong in (altered, codes.device_code.upper(), codes.device_code[:-1], "x", "", None):
        assert poll(server, app, wrong) == INCORRECT, wrong


def test_a113_8628_05_a_code_is_bound_to_its_app(quick):
    # P11
    app, other, browser = make_app(quick), make_app(quick), quick.signed_in()
    codes = begin(quick, app)
    approve(browser, codes.user_code)
    assert poll(quick, other, codes) == INCORRECT
    assert "access_token" in poll(quick, app, codes)


def test_s5_4_grant_type_is_needed(server, app):
    codes = begin(server, app)
    for wrong in (None, "", "device_code", "password"):
        assert poll(server, app, codes, grant_type=wrong) == GRANT_TYPE
    assert poll(server, app, codes) == PENDING


def test_a116_switched_off_meanwhile(server, app):
    codes = begin(server, app)
    server.cli("app", "edit", app.client_id, "--no-device-flow")
    assert poll(server, app, codes) == DISABLED
    browser = server.signed_in()
    reply = enter(browser, codes.user_code)
    assert browser.follow(reply).headers["Location"] == FAILURE + "not_found"


def test_s14_5_8628_02_secrets(quick):
    app = make_app(quick)
    codes = begin(quick, app)
    assert poll(quick, app, codes, client_secret="0" * 40)["error"] == "incorrect_client_credentials"
    empty = {**JSON, **basic(app.client_id, "")}
    assert poll(quick, app, codes, headers=empty, client_id=None) == PENDING
    time.sleep(1)
    assert poll(quick, app, codes, client_secret=app.client_secret) == PENDING
    unknown = poll(quick, App(0, "Ov23nobodyhasthisone", "", "", "", ""), codes)
    assert unknown["error"] == "incorrect_client_credentials"


def test_s5_4_suspended_app(server, app):
    # P21
    codes = begin(server, app)
    server.cli("app", "suspend", app.client_id)
    assert poll(server, app, codes)["error"] == "application_suspended"
    reply = server.post("/login/device/code", {"client_id": app.client_id}, headers=JSON)
    assert reply.json()["error"] == "application_suspended"


def test_s5_3_access_taken_back_before_the_poll(quick):
    app, user = make_app(quick), quick.make_user()
    browser = quick.signed_in(user)
    codes = begin(quick, app)
    approve(browser, codes.user_code)
    path = f"/settings/connections/applications/{app.client_id}"
    browser.submit(browser.page(path).form(path + "/revoke"))
    assert poll(quick, app, codes) == DENIED


def test_s4_refresh_without_a_secret(quick):
    """What is born without a secret lives on without one."""
    app, browser = make_app(quick), quick.signed_in()
    codes = begin(quick, app, scope="repo offline_access")
    approve(browser, codes.user_code)
    token = poll(quick, app, codes)
    assert list(token)[:3] == ["access_token", "expires_in", "refresh_token"]
    again = quick.post("/login/oauth/access_token", {
        "client_id": app.client_id, "grant_type": "refresh_token",
        "refresh_token": token["refresh_token"]}, headers=JSON).json()
    assert quick.is_alive(quick.plant(again["access_token"])), again
    quick.plant(again["refresh_token"])


# clients, as they poll (5.5)

def through(server, app, rounds, start=None):
    """Polls as a client does while the person takes their time; approves before the last round.
    A round is what is slept before it and how often it asks."""
    browser = server.signed_in()
    codes = start() if start else begin(server, app, scope="repo")
    for at, (wait, sends) in enumerate(rounds):
        if at == len(rounds) - 1:
            approve(browser, codes.user_code)
        time.sleep(wait)
        for send in range(sends):
            headers = {**JSON, **basic(app.client_id, "")} if send == 0 and sends > 1 else JSON
            body = poll(server, app, codes, headers=headers,
                        client_id=None if headers is not JSON else app.client_id)
            if "access_token" in body:
                return body
            assert body == PENDING, (at, send, body)
    raise AssertionError("no token")


@pytest.mark.parametrize("rounds", [
    pytest.param([(0, 1), (0.999, 1), (0.999, 1)], id="octokit"),
    pytest.param([(1.2, 1), (1.2, 1), (1.2, 1)], id="gh"),
    pytest.param([(0, 1), (1, 1), (1, 1)], id="git-credential-manager"),
    pytest.param([(1, 1), (1, 1), (1, 1)], id="golang"),
    pytest.param([(1, 2), (1, 2), (1, 2)], id="golang-double-send"),
])
def test_s5_5_clients_as_they_poll(quick, rounds):
    token = through(quick, make_app(quick), rounds)
    assert quick.is_alive(token["access_token"])


# pages

def test_s5_2_the_page_has_nine_fields(server, octocat):
    page = octocat.get("/login/device")
    assert page.status_code == 200
    for at in range(9):
        field = re.search(f'<input[^>]*id="user-code-{at}"[^>]*>', page.text)[0]
        assert f'name="user-code-{at}"' in field
        assert ("readonly" in field) == (at == 4)
        assert ("js-user-code-field" in field) == (at != 4)
    assert re.search('<input type="submit"[^>]*name="commit"', page.text)
    assert Page(page.text).title.startswith("Device Activation")
    # 8628-09
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert page.headers["Referrer-Policy"] in ("no-referrer", "same-origin")


def test_s5_2_signing_in_comes_back_to_the_page(server):
    browser = server.browser()
    reply = browser.get("/login/device?user_code=78FA-2E45")
    assert reply.status_code in (302, 303)
    asked = Page(browser.follow(reply).text).form("/session")
    back = browser.submit(asked, login=server.demo["login"], password=server.demo["password"])
    page = browser.follow(back)
    assert [v for n, v in Page(page.text).form("/login/device").fields
            if n.startswith("user-code")] == list("78FA-2E45")


@pytest.mark.parametrize("shape", ["{}", " {} ", "lower", "spaces", "no dash", "one field"])
def test_8628_07_codes_however_they_are_typed(server, octocat, app, shape):
    codes = begin(server, app)
    typed = {"lower": codes.user_code.lower(), "spaces": codes.user_code.replace("-", "  "),
             "no dash": codes.user_code.replace("-", "")}.get(shape, shape.format(codes.user_code))
    if shape == "one field":
        typed = codes.user_code
    token = octocat.page("/login/device").form("/login/device").value("authenticity_token")
    reply = octocat.post("/login/device", {"authenticity_token": token, "user_code": typed})
    assert reply.headers["Location"] == f"/login/device/confirmation?user_code={codes.user_code}"


def test_a107_8628_08_the_confirmation_shows_what_it_is(server, octocat, app):
    # P41
    codes = begin(server, app, scope="repo")
    page = confirmation(octocat, codes.user_code)
    text = Page(page.text).text
    for told in (codes.user_code, app.name, "127.0.0.1", "Go on only if you started this",
                 "Repositories"):
        assert told in text, told
    form = Page(page.text).form("/login/device/authorize")
    assert form.buttons == [("authorize", "0"), ("authorize", "1")]
    assert "user_code" in dict(form.fields)


def test_8628_08_a_link_with_a_code_gives_nothing(server, octocat, app):
    # P41
    codes = begin(server, app)
    assert octocat.get(f"/login/device?user_code={codes.user_code}").status_code == 200
    shown = octocat.get(f"/login/device/confirmation?user_code={codes.user_code}")
    assert shown.headers["Location"] == FAILURE + "not_found"
    token = octocat.page("/login/device").form("/login/device").value("authenticity_token")
    for answer in ("1", "0"):
        decided = octocat.post("/login/device/authorize", {
            "authenticity_token": token, "user_code": codes.user_code, "authorize": answer})
        assert decided.headers["Location"] == FAILURE + "not_found"
    assert poll(server, app, codes) == PENDING


def test_8628_09_forms_need_their_token(server, octocat, app):
    # A071
    codes = begin(server, app)
    confirmation(octocat, codes.user_code)
    for path in ("/login/device", "/login/device/authorize"):
        reply = octocat.post(path, {"user_code": codes.user_code, "authorize": "1"})
        assert reply.status_code == 403
    assert poll(server, app, codes) == PENDING


def test_s5_2_consent_is_asked_for_again(quick):
    # P22
    app, browser = make_app(quick), quick.signed_in()
    for _ in range(2):
        codes = begin(quick, app, scope="repo")
        approve(browser, codes.user_code)   # which needs the confirmation page
        assert poll(quick, app, codes)["scope"] == "repo"


def test_a112_another_session_cannot_go_on(server, app):
    codes = begin(server, app)
    first, second = server.signed_in(), server.signed_in()
    page = confirmation(first, codes.user_code)
    token = second.page("/login/device").form("/login/device").value("authenticity_token")
    swapped = second.post("/login/device/authorize", {
        "authenticity_token": token, "user_code": codes.user_code, "authorize": "1"})
    assert swapped.headers["Location"] == FAILURE + "not_found"
    assert decide(first, page).headers["Location"] == "/login/device/success"
    assert decide(first, page).headers["Location"] == FAILURE + "not_found"   # twice


def test_a109_unknown_and_used_codes_are_told_alike(server, octocat, app):
    used = begin(server, app)
    approve(octocat, used.user_code)
    answers = [enter(octocat, code) for code in (used.user_code, "00000000", "not a code")]
    told = {(a.status_code, a.headers["Location"]) for a in answers}
    assert told == {(303, FAILURE + "not_found")}
    assert "couldn't find anything" in Page(octocat.follow(answers[0]).text).title


def test_a108_8628_06_guessing_is_slowed_down(launch):
    # P41
    server = launch(signin_failures=5)
    app, user = make_app(server), server.make_user()
    browser = server.signed_in(user)
    for _ in range(5):
        assert enter(browser, "00000000").headers["Location"] == FAILURE + "not_found"
    codes = begin(server, app)
    refused = enter(browser, codes.user_code)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0
    again = server.signed_in(user)
    assert enter(again, codes.user_code).status_code == 429


def test_s5_6_submissions_of_one_app_are_limited(launch):
    # 8628-06, G24
    server = launch(device_submissions_per_hour=2)
    app, other, browser = make_app(server), make_app(server), server.signed_in()
    for _ in range(2):
        confirmation(browser, begin(server, app).user_code)
    refused = enter(browser, begin(server, app).user_code)
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 3600
    confirmation(browser, begin(server, other).user_code)


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "' onfocus='x"])
def test_a114_no_text_of_the_query_reaches_the_page(server, octocat, text):
    for path in ("/login/device", "/login/device/failure"):
        reply = octocat.get(path, params={"user_code": text, "reason": text})
        assert reply.status_code == 200 and text not in reply.text
        assert "<script>alert" not in reply.text


def test_8628_06_a_code_from_before_a_standby_took_over(launch):
    """Whatever has become of it there, it opens nothing here."""
    server = launch(device_interval=1)
    app, browser = make_app(server), server.signed_in()
    codes = begin(server, app)
    page = confirmation(browser, codes.user_code)
    with server.database() as db:
        assert db.execute("UPDATE device_code SET fence = 1").rowcount == 1
    for allow in (True, False):
        assert decide(browser, page, allow).headers["Location"] == FAILURE + "expired"
    assert enter(browser, codes.user_code).headers["Location"] == FAILURE + "not_found"
    assert poll(server, app, codes) == EXPIRED
    again = begin(server, app)
    approve(browser, again.user_code)
    assert "access_token" in poll(server, app, again)


def test_8628_10_denied_twice_is_denied_once(server, octocat, app):
    codes = begin(server, app)
    page = confirmation(octocat, codes.user_code)
    assert decide(octocat, page, allow=False).headers["Location"] == FAILURE + "denied"
    assert decide(octocat, page, allow=False).headers["Location"] == FAILURE + "not_found"
    assert poll(server, app, codes) == DENIED


def test_8628_08_what_is_decided_has_a_code(server, octocat, app):
    codes = begin(server, app)
    form = Page(confirmation(octocat, codes.user_code).text).form("/login/device/authorize")
    for user_code in ("", "not a code", codes.user_code[:-1], None):
        reply = octocat.submit(form, ("authorize", "1"), user_code=user_code)
        assert reply.headers["Location"] == FAILURE + "not_found", user_code
    assert poll(server, app, codes) == PENDING


def test_s5_2_select_account(server, octocat):
    page = octocat.page("/login/device/select_account")
    assert page.has_form("/login/device") and "Continue" in page.text
    assert any(link.startswith("/login?switch=1") for link in page.links)


def test_s5_2_an_unverified_address_cannot_agree(server, app):
    browser = server.signed_in(server.make_user(verified=False))
    codes = begin(server, app)
    assert decide(browser, confirmation(browser, codes.user_code)).status_code == 403
    assert poll(server, app, codes) == PENDING


def test_qr_code_of_the_page(server):
    reply = server.get("/login/device/qr.svg")
    assert reply.headers["Content-Type"].startswith("image/svg+xml")
    assert reply.text.startswith("<svg ") and reply.headers["X-Content-Type-Options"] == "nosniff"


def test_s5_4_the_documentation_says_each_error(server):
    reply = server.get(PAGE.split("#")[0])
    page = server.get(reply.headers["Location"])
    assert 'id="error-codes-for-the-device-flow"' in page.text
    for code in (PENDING, SLOW_DOWN, EXPIRED, INCORRECT, DENIED, DISABLED, GRANT_TYPE):
        assert code["error"] in page.text


def test_s11_metadata_names_the_device_endpoint(server):
    metadata = server.get("/.well-known/oauth-authorization-server/login/oauth").json()
    assert metadata["device_authorization_endpoint"] == server.base + "/login/device/code"
    assert GRANT in metadata["grant_types_supported"]
