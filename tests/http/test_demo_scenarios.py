"""The demo client meets every error: pressed on its page, and explained in place."""

import re

import pytest

from llavero_http import Page
from test_scenarios import CAUSES

WAITING = "DEVICE_PENDING"  # waiting is no refusal, and the log does not keep it
# What nobody may read on a page: secrets, codes, tokens. A client ID is no secret.
SECRET = re.compile(r"(?i)[0-9a-f]{20,}|gh[opr]_[0-9a-z]{20,}|Basic [^•\s]{12,}|"
                    r"(?:client_secret|code|code_verifier|refresh_token|device_code)=[^•\s]{18,}")
PUBLIC = ("%24%7BCLIENT_SECRET%7D", "this-is-not-a-code-of-this-server")


@pytest.fixture(scope="module")
def stage(launch):
    return launch()


@pytest.fixture(scope="module")
def owner(stage):
    return stage.signed_in()


def press(browser, cause):
    """The result page, as text."""
    form = browser.page("/demo").form("/demo/scenarios")
    reply = browser.submit(form, ("cause", cause))
    assert (reply.status_code, reply.headers["Location"]) == (303, "/demo/result"), reply.text
    shown = browser.get("/demo/result")
    assert shown.status_code == 200
    return shown.text


def log_links(text):
    return re.findall(r'href="(/settings/applications/\d+/requests/[^"]+)"', text)


def test_every_scenario_stands_on_the_page_in_its_group(stage):
    page = Page(stage.get("/demo").text)
    form = page.form("/demo/scenarios")
    assert sorted(value for name, value in form.buttons if name == "cause") == sorted(CAUSES)
    listed = {s["group"] for s in stage.rehearse("GET", "scenarios")["scenarios"]}
    assert {f"every-{n + 1}" for n in range(len(listed))} <= page.ids


@pytest.mark.parametrize("cause", CAUSES)
def test_a_scenario_is_pressed_and_explained(stage, owner, cause):
    text = press(owner, cause)
    page = Page(text)
    sent = page.text.split("What happened, step by step")[1]
    if cause != "AUTHORIZE_PKCE_CHALLENGE_HEX":  # a challenge is no secret
        found = SECRET.search(sent)
        assert not found or any(p in found[0] for p in PUBLIC), found
    assert page.text.count("HTTP ") >= 1 and "Try again" in page.text
    if cause == WAITING:
        assert "authorization_pending" in page.text
        return
    assert "Why it was refused" in page.text and "What it means" in page.text
    assert "It went otherwise" not in page.text
    assert re.search(r"reasons-for-refused-requests[^\"]*#" + cause.lower().replace("_", "-"), text)
    links = log_links(text)
    if links:  # a request of no app that is known has no owner to read it
        log = owner.page(links[0])
        assert cause in log.text


def test_most_scenarios_have_a_page_in_the_log(stage, owner):
    for cause in ("CODE_EXPIRED", "AUTHORIZE_REDIRECT_SLASH", "TOKEN_REVOKED", "REFRESH_REPLAYED",
                  "CLIENT_SECRET_WRONG", "DEVICE_DENIED", "MANAGE_TOKEN_OF_ANOTHER_APP"):
        assert log_links(press(owner, cause)), cause


def test_the_first_difference_is_marked(stage, owner):
    text = press(owner, "CODE_REDIRECT_DIFFERS")
    assert re.search(r"callback<mark>/</mark>", text) and "The first difference is at" in text


def test_a_persons_page_can_be_opened(stage, owner):
    shown = press(owner, "AUTHORIZE_REDIRECT_HOST")
    found = re.search(r'href="(http[^"]+/login/oauth/authorize\?[^"]+)">See the page', shown)
    assert owner.get(found[1].replace("&amp;", "&")).status_code == 400
    # one that goes back to the app has no page of ours
    assert "See the page" not in press(owner, "AUTHORIZE_RESPONSE_TYPE")


def test_again(stage, owner):
    again = Page(press(owner, "CODE_CUT"))
    reply = owner.submit(again.form("/demo/scenarios"), ("cause", "CODE_CUT"))
    assert reply.headers["Location"] == "/demo/result"


def test_in_spanish(stage):
    browser = stage.browser(**{"Accept-Language": "es"})
    text = Page(press(browser, "CODE_EXPIRED")).text
    assert "Por qué se ha rechazado" in text and "Probar de nuevo" in text


def test_whose_app_it_is(stage):
    """Of whoever is signed in, so that they can read on; else of the demo's user."""
    user = stage.make_user()
    signed_in, nobody = stage.signed_in(user), stage.browser()
    own = press(signed_in, "CODE_EXPIRED")
    assert f"An app of {user.login} was made" in Page(own).text
    assert signed_in.get(log_links(own)[0]).status_code == 200
    shown = press(nobody, "CODE_EXPIRED")
    assert "An app of octocat was made" in Page(shown).text
    asked = nobody.get(log_links(shown)[0])
    assert asked.status_code in (302, 303) and "/login?" in asked.headers["Location"]
    assert stage.signed_in(user).get(log_links(shown)[0]).status_code == 404


def test_only_a_form_of_ours_presses(stage):
    browser = stage.browser()
    form = browser.page("/demo").form("/demo/scenarios")
    assert browser.submit(form, ("cause", "CODE_EXPIRED"),
                          authenticity_token="x").status_code == 403
    assert browser.get("/demo/scenarios").status_code == 405
    for cause in ("NO_SUCH", "FAILURE", ""):
        assert browser.submit(form, ("cause", cause)).status_code == 404
    assert browser.submit(form).status_code == 404


def test_a_demo_that_is_no_rehearsal_has_none(launch):
    """On a public address a demo goes without."""
    public = launch(base_url="https://id.llavero.dev")
    browser = public.browser()
    page = browser.page("/demo")
    assert not page.has_form("/demo/scenarios") and "Every error" not in page.text


# the older buttons

def begin(browser, case, decide=None):
    reply = browser.get(f"/demo/start/{case}")
    for _ in range(4):
        if reply.status_code == 200:
            reply = browser.decide(reply, decide)
        elif reply.headers["Location"].endswith("/demo/result"):
            break
        else:
            reply = browser.follow(reply)
    return browser.page("/demo/result")


@pytest.mark.parametrize("case, cause", [
    ("wrong-secret", "CLIENT_SECRET_WRONG"), ("unknown-client", "CLIENT_UNKNOWN"),
    ("bad-code", "CODE_UNKNOWN"), ("grant-type", "TOKEN_GRANT_TYPE"),
    ("redirect-mismatch", "AUTHORIZE_REDIRECT_UNREGISTERED"), ("suspended", "APP_SUSPENDED")])
def test_a_case_is_explained_in_place(stage, case, cause):
    told = stage.cli_json("rehearse")
    title = {s["cause"]: s["title"] for s in told}.get(cause, "callback")
    for browser in (stage.browser(), stage.signed_in()):
        page = begin(browser, case)
        assert "What it means" in page.text and "What to do" in page.text, page.text
        assert title in page.text or cause == "CLIENT_UNKNOWN", page.text


def test_a_refusal_of_the_person_is_explained_to_that_browser_only(stage):
    page = begin(stage.signed_in(), "denied", False)
    assert "What it means" in page.text
    # somebody else comes to the callback with that error, and learns nothing of it
    other = stage.browser(**{"User-Agent": "another"})
    reply = other.get("/demo/start/denied")
    state = re.search(r"state=([^&]+)", reply.headers["Location"])[1]
    back = other.get(f"/demo/callback?error=access_denied&state={state}")
    assert back.headers["Location"] == "/demo/result"
    assert "What it means" not in other.page("/demo/result").text


def test_a_code_twice_has_two_explanations(stage):
    page = begin(stage.signed_in(), "code-twice", True)
    assert page.text.count("What it means") == 2
