"""The device flow's pages in a browser, with and without JavaScript: GitHub reference 5.2."""

import pytest
import requests

JSON = {"Accept": "application/json"}
FIELDS = "input.js-user-code-field"


@pytest.fixture(scope="module")
def device_app(server):
    made = server.cli_json("app", "create", "--owner", "octocat", "--name", "Television",
                           "--homepage", "https://tv.example/", "--callback",
                           "https://tv.example/cb", "--device-flow")
    server.plant(made["client_secret"])
    return made["client_id"]


def begin(server, client_id):
    codes = requests.post(server.url("/login/device/code"), timeout=60, headers=JSON,
                          data={"client_id": client_id, "scope": "repo"}).json()
    server.plant(codes["device_code"])
    return codes


def poll(server, client_id, codes):
    reply = requests.post(server.url("/login/oauth/access_token"), timeout=60, headers=JSON, data={
        "client_id": client_id, "device_code": codes["device_code"],
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code"}).json()
    server.plant(reply.get("access_token"))
    return reply


def type_code(story, user_code):
    """As a person would: with scripts the fields pass the focus on, without one presses Tab."""
    fields = story.browser.all(FIELDS)
    assert len(fields) == 8
    digits = user_code.replace("-", "")
    if story.scripts:
        fields[0].click()
        story.browser.keys(digits.lower())
    else:
        for field, digit in zip(fields, digits):
            field.send_keys(digit)
    assert "".join(f.get_attribute("value") for f in fields).upper() == digits


def test_s5_2_a_device_is_connected(either, server, device_app):
    browser, codes = either.browser, begin(server, device_app)
    either.go("/login/device")
    assert either.at_sign_in()
    either.sign_in_here()
    assert either.path() == "/login/device" and browser.heading() == "Device Activation"
    type_code(either, codes["user_code"])
    browser.click("input[name='commit']")
    assert either.path() == "/login/device/confirmation"
    assert browser.text(".user-code-shown") == codes["user_code"]
    assert "Television" in browser.heading()
    either.decide()
    assert either.path() == "/login/device/success"
    assert browser.heading() == "Congratulations, you're all set!"
    assert "access_token" in poll(server, device_app, codes)
    assert browser.complaints() == []


def test_s5_2_cancel_and_a_wrong_code(either, server, device_app):
    browser, codes = either.browser, begin(server, device_app)
    either.sign_in()
    either.go("/login/device")
    type_code(either, codes["user_code"])
    browser.click("input[name='commit']")
    either.decide(allow=False)
    assert "reason=denied" in browser.url and browser.heading() == "You have cancelled"
    assert poll(server, device_app, codes)["error"] == "access_denied"
    browser.click("main a.primary")
    type_code(either, codes["user_code"])
    browser.click("input[name='commit']")
    assert "reason=not_found" in browser.url
    assert browser.heading() == "Uh oh, we couldn't find anything"


def test_s5_2_a_pasted_code_is_spread_out(story, server, device_app):
    browser, codes = story.browser, begin(server, device_app)
    story.sign_in()
    story.go("/login/device")
    browser.driver.execute_script("""
        const data = new DataTransfer();
        data.setData("text", arguments[0]);
        document.getElementById("user-code-0").dispatchEvent(
            new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        """, f" {codes['user_code']} ")
    values = [f.get_attribute("value") for f in browser.all(FIELDS)]
    assert "".join(values) == codes["user_code"].replace("-", "")
    browser.keys("\ue003")  # Backspace empties the last one, then goes back
    browser.keys("\ue003")
    assert [bool(f.get_attribute("value")) for f in browser.all(FIELDS)] == [True] * 6 + [False] * 2


def test_s5_2_the_qr_code_is_shown(story):
    story.sign_in()
    story.go("/login/device?user_code=78fa-2e45")
    browser = story.browser
    assert [f.get_attribute("value") for f in browser.all(FIELDS)] == list("78FA2E45")
    browser.one("details.held summary").click()
    browser.wait("the picture", lambda: browser.driver.execute_script(
        "const i = document.querySelector('main details img'); return i.complete && i.naturalWidth"))
