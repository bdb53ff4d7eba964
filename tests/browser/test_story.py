"""The demo client from "Sign in with llavero" to each documented error, as a newcomer goes."""

import json

import pytest

from story import Story

# The buttons of the demo page and the error that each ends at.
PROVOKED = {
    "denied": "access_denied",
    "suspended": "application_suspended",
    "redirect-mismatch": "redirect_uri_mismatch",
    "redirect-mismatch-token": "redirect_uri_mismatch",
    "wrong-secret": "incorrect_client_credentials",
    "unknown-client": "incorrect_client_credentials",
    "bad-code": "bad_verification_code",
    "code-twice": "bad_verification_code",
    "wrong-verifier": "bad_verification_code",
    "no-verifier": "bad_verification_code",
    "grant-type": "unsupported_grant_type",
}


def steps(story):
    """The steps shown, as (title, request, reply)."""
    found = []
    for item in story.browser.all("ol.steps > li"):
        blocks = [b.text for b in item.find_elements("css selector", "pre")]
        found.append((item.find_element("css selector", "h3").text, blocks))
    return found


def assert_secrets_are_masked(story):
    source = story.browser.driver.page_source
    assert story.demo["client_secret"] not in source
    assert "gho_" not in source.replace("gho_…", "")


def test_from_the_demo_page_to_the_result(either):
    story, browser = either, either.browser
    story.sign_in()
    story.forget_consent()
    story.sign_out()
    story.go("/")
    browser.leave(browser.all("main a[href='/demo']")[0].click)
    assert not browser.complaints()
    browser.click(".hero a.primary")

    assert story.at_sign_in()
    assert "Demo app" in browser.text(".card .lead")
    story.sign_in_here()

    assert story.at_consent()
    page = browser.text("main")
    assert "Demo app" in page and story.demo["login"] in page  # who asks, and for whom
    assert browser.text(".duration")                           # for how long
    assert browser.all(".permissions h3")                      # what
    assert browser.text(".destination").endswith(story.server.base)
    assert not browser.complaints()
    story.decide()

    assert story.path() == "/demo/result"
    assert browser.heading() == f"Signed in as {story.demo['login']}"
    shown = json.dumps(steps(story))
    for said in ("/login/oauth/authorize", "code_challenge=", "/login/oauth/access_token",
                 "client_secret=", "code_verifier=", "token_type", "bearer", "/api/v3/user",
                 "octocat", "iss="):
        assert said in shown, f"{said} is not shown"
    assert_secrets_are_masked(story)
    assert not browser.complaints()


def test_the_second_sign_in_asks_nothing(story):
    story.go("/demo/start/sign-in")
    story.pass_through()
    story.browser.leave(story.browser.one(".actions a[href*='/demo/start/sign-in']").click)

    assert story.path() == "/demo/result"
    assert story.demo["login"] in story.browser.heading()


def test_the_demo_page_offers_every_documented_error(story):
    story.go("/demo")
    offered = {}
    for tile in story.browser.all(".tiles > li"):
        link = tile.find_element("css selector", "a.button")
        offered[link.get_attribute("href").rsplit("/", 1)[1]] = \
            tile.find_element("css selector", "code").text
    assert offered == PROVOKED


def provoke(story, name):
    story.go("/demo")
    story.browser.click(f".tiles a[href$='/demo/start/{name}']")
    story.pass_through(allow=name != "denied")

    assert story.path() == "/demo/result"
    assert story.browser.text("section.verdict code") == PROVOKED[name]
    assert story.browser.all("section.verdict.bad")
    shown = steps(story)
    assert shown and all(blocks for _, blocks in shown)
    assert_secrets_are_masked(story)


@pytest.mark.parametrize("name", PROVOKED)
def test_a_button_provokes_its_error_and_leads_to_the_explanation(story, name):
    provoke(story, name)
    assert not story.browser.complaints()
    story.browser.click("section.verdict a.primary")

    assert_explained(story.browser)
    assert PROVOKED[name] in story.browser.text("main")
    assert not story.browser.complaints()


def test_buttons_work_without_scripts(chromium_without_scripts, server, demo):

    chromium_without_scripts.fresh()
    story = Story(chromium_without_scripts, server, demo)
    for name in PROVOKED:
        provoke(story, name)


def assert_explained(browser):
    """The page is at the fragment of its address, in view."""
    where = browser.wait("the anchor to be in view", lambda: browser.driver.execute_script("""
        const id = decodeURIComponent(location.hash.slice(1)), e = document.getElementById(id);
        const top = e && e.getBoundingClientRect().top;
        return e && top >= -1 && top < innerHeight ? id : null"""))
    assert where


def test_every_error_is_a_button(either):
    """From the list to the reason, and on to the request log."""
    story, browser = either, either.browser
    story.sign_in()
    story.go("/demo")
    browser.click(".every button[value=CODE_REDIRECT_DIFFERS]")
    assert story.path() == "/demo/result" and not browser.complaints()
    assert browser.text("section.verdict code") == "redirect_uri_mismatch"
    assert browser.text(".refusal h2") == "Why it was refused"
    assert [m.text for m in browser.all(".compare mark")][-1] == "/"
    assert_secrets_are_masked(story)
    browser.click("section.verdict button")  # again
    assert story.path() == "/demo/result"
    browser.click(".refusal .actions a.primary")
    assert "/requests/" in story.path() and not browser.complaints()
    assert "CODE_REDIRECT_DIFFERS" in browser.text("main")
    story.sign_out()
