"""POST /oauth2/device_authorization and the device grant at /oauth2/token: RFC 8628, assurance 1.7
and 4.9. The pages are those of test_device.py."""

import re
import time
import urllib.parse

import pytest

import standard as s
from llavero_http import Page
from test_device import enter

FILES, MAIL = "https://files.example/v1", "https://mail.example/"


@pytest.fixture(scope="module")
def quick(launch):
    return launch(device_interval=1, device_submissions_per_hour=0)


@pytest.fixture
def app(server):
    return s.make_app(server, device=True)


@pytest.fixture
def public(server):
    return s.make_public(server, device=True)


def begin(server, app, status=200, **form):
    reply = s.post(server, s.DEVICE, {**s.credentials(server, app), **form})
    assert reply.status_code == status, (reply.status_code, reply.text)
    return s.plant(server, reply.json())


def poll(server, app, codes, status=200, **form):
    return s.token(server, app, status, grant_type=s.DEVICE_GRANT,
                   device_code=codes["device_code"], **form)


def approve(browser, codes, allow=True):
    confirm = browser.follow(enter(browser, codes["user_code"]))
    form = Page(confirm.text).form("/login/device/authorize")
    return browser.submit(form, ("authorize", "1" if allow else "0"))


def test_8628_01_the_codes(server, app):
    reply = s.post(server, s.DEVICE, {**app.credentials, "scope": "repo"})
    body = s.plant(server, reply.json())
    assert list(body) == ["device_code", "user_code", "verification_uri",
                          "verification_uri_complete", "expires_in", "interval"]
    assert re.fullmatch("[0-9A-Z]{4}-[0-9A-Z]{4}", body["user_code"])
    assert re.fullmatch("[0-9a-f]{40}", body["device_code"])
    assert body["verification_uri"] == server.base + "/login/device"
    assert body["verification_uri_complete"] == \
        body["verification_uri"] + "?user_code=" + body["user_code"]
    assert body["expires_in"] == 899 and body["interval"] == 5
    assert reply.headers["Cache-Control"] == "no-store"


def test_8628_02_a_confidential_client_authenticates(server, app, public):
    for form in ({"client_id": app.client_id}, {**app.credentials, "client_secret": "x"}, {}):
        reply = s.post(server, s.DEVICE, form)
        assert reply.status_code == 401 and reply.json()["error"] == "invalid_client"
    begin(server, public)
    codes = begin(server, app)
    reply = s.post(server, s.TOKEN, {"client_id": app.client_id, "grant_type": s.DEVICE_GRANT,
                                     "device_code": codes["device_code"]})
    assert reply.status_code == 401


def test_8628_the_whole_way(server, octocat, app):
    codes = begin(server, app, scope="repo user:email")
    assert poll(server, app, codes, 400)["error"] == "authorization_pending"
    assert octocat.follow(approve(octocat, codes)).status_code == 200
    body = poll(server, app, codes)
    assert list(body) == ["access_token", "token_type", "expires_in", "scope"]
    assert body["scope"] == "repo user:email" and body["expires_in"] == 3600
    assert server.is_alive(body["access_token"])
    assert poll(server, app, codes, 400)["error"] == "invalid_grant"  # 8628-05
    assert server.is_alive(body["access_token"])


def test_without_a_scope_nothing_is_asked_for(server, octocat, app):
    for scope, given in (("repo", "repo"), (None, "")):
        codes = begin(server, app, scope=scope)
        approve(octocat, codes)
        assert poll(server, app, codes)["scope"] == given


def test_8628_a_public_client_refreshes_without_a_secret(server, octocat, public):
    codes = begin(server, public, scope="offline_access")
    approve(octocat, codes)
    pair = poll(server, public, codes)
    assert "refresh_token" in s.refresh(server, public, pair["refresh_token"])


def test_8628_a_confidential_client_does_not(server, octocat, app):
    codes = begin(server, app, scope="offline_access")
    approve(octocat, codes)
    pair = poll(server, app, codes)
    reply = s.post(server, s.TOKEN, {"client_id": app.client_id, "grant_type": "refresh_token",
                                     "refresh_token": pair["refresh_token"]})
    assert reply.status_code == 401
    assert "refresh_token" in s.refresh(server, app, pair["refresh_token"])


def test_8628_03_denied(server, octocat, app):
    codes = begin(server, app)
    approve(octocat, codes, allow=False)
    assert poll(server, app, codes, 400)["error"] == "access_denied"


def test_8628_03_expired(launch):
    own = launch(device_code_lifetime=60)
    app = s.make_app(own, device=True)
    codes = begin(own, app)
    own.advance("61s")
    assert poll(own, app, codes, 400)["error"] == "expired_token"


def test_8628_03_g22_slow_down_tells_the_wait(server, app):
    codes = begin(server, app)
    assert poll(server, app, codes, 400)["error"] == "authorization_pending"
    body = poll(server, app, codes, 400)
    if body["error"] == "authorization_pending":  # one early poll is forgiven
        body = poll(server, app, codes, 400)
    assert body["error"] == "slow_down" and body["interval"] == 10


def test_8628_05_a113_another_client_gets_nothing(server, octocat, app):
    codes = begin(server, app)
    approve(octocat, codes)
    assert poll(server, s.make_app(server, device=True), codes, 400)["error"] == "invalid_grant"
    assert "access_token" in poll(server, app, codes)


def test_8628_08_a107_the_complete_address_decides_nothing(server, octocat, app):
    codes = begin(server, app)
    url = urllib.parse.urlsplit(codes["verification_uri_complete"])
    page = octocat.page(f"{url.path}?{url.query}")
    form = page.form("/login/device")
    typed = "".join(v for n, v in form.fields if n and n.startswith("user-code-"))
    assert typed == codes["user_code"]
    assert poll(server, app, codes, 400)["error"] == "authorization_pending"
    confirm = octocat.follow(octocat.submit(form, ("commit", "Continue")))
    shown = Page(confirm.text)
    assert codes["user_code"] in shown.text and app.name in shown.text  # compared, and confirmed
    octocat.submit(shown.form("/login/device/authorize"), ("authorize", "1"))
    # and whoever is signed out comes back to it
    reply = server.browser().get(f"{url.path}?{url.query}")
    assert codes["user_code"] in urllib.parse.unquote(reply.headers["Location"])


@pytest.mark.parametrize("code", ["<script>alert(1)</script>", '"><img src=x>', "{{7*7}}"])
def test_a114_a_user_code_in_the_address_is_only_a_code(octocat, code):
    page = octocat.get("/login/device", params={"user_code": code})
    assert page.status_code == 200 and code not in page.text


def test_a116_the_device_flow_is_off_unless_wanted(server):
    app = s.make_app(server)
    assert begin(server, app, 400)["error"] == "unauthorized_client"


def test_8628_10_denied_codes_stay_denied(server, octocat, app):
    codes = begin(server, app)
    approve(octocat, codes, allow=False)
    assert "failure" in enter(octocat, codes["user_code"]).headers["Location"]
    assert poll(server, app, codes, 400)["error"] == "access_denied"


def test_requests_are_forms(server, app):
    reply = server.post(s.DEVICE, json=app.credentials)
    assert reply.status_code == 415 and reply.json()["error"] == "invalid_request"
    assert begin(server, app, 400, scope='re"po')["error"] == "invalid_scope"
    reply = server.post(s.DEVICE + "?client_secret=x", app.credentials)
    assert reply.status_code == 400
    assert poll(server, app, {"device_code": ""}, 400)["error"] == "invalid_request"
    for bad in ("x", "0" * 40, "%", "x" * 5000):
        assert poll(server, app, {"device_code": bad}, 400)["error"] == "invalid_grant"


# RFC 8707 2.2

@pytest.fixture(scope="module")
def places(quick):
    for uri in FILES, MAIL:
        quick.cli("resource", "create", uri)
    return [FILES, MAIL]


def granted(server, browser, app, **form):
    codes = begin(server, app, **form)
    approve(browser, codes)
    return codes


def test_8707_03_a_device_may_ask_for_fewer_resources(quick, places):
    app = s.make_app(quick, device=True, expiring=True)
    browser = quick.signed_in()
    for asked, told in ((MAIL, MAIL), ([MAIL, FILES], [MAIL, FILES]), (None, places)):
        body = poll(quick, app, granted(quick, browser, app, resource=places), resource=asked)
        assert s.introspect(quick, app, body["access_token"])["aud"] == told
        # the refresh token is for all of them
        again = s.refresh(quick, app, body["refresh_token"])
        assert s.introspect(quick, app, again["access_token"])["aud"] == places


def test_8707_03_a_device_may_ask_for_no_others(quick, places):
    # P26
    app = s.make_app(quick, device=True)
    codes = granted(quick, quick.signed_in(), app, resource=MAIL)
    reply = s.post(quick, s.TOKEN, {**app.credentials, "grant_type": s.DEVICE_GRANT, "resource": FILES,
                                    "device_code": codes["device_code"]})
    assert reply.status_code == 400 and reply.json()["error"] == "invalid_target"
    assert s.cause(quick, reply) == "RESOURCE_NOT_GRANTED"
    time.sleep(1.1)  # the interval
    body = poll(quick, app, codes)  # it was not used up
    assert s.introspect(quick, app, body["access_token"])["aud"] == MAIL
