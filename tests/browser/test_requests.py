"""The request log in a browser: what happens while it is open, and what works without scripts."""

import pytest

from tour import PASSWORD, People, Tour, refusals
from llavero_http import User, unique


@pytest.fixture(scope="module")
def people(server, demo):
    made = People.__new__(People)
    made.server, made.demo, made.refused, made.cookies = server, demo, None, {}
    login = unique("lena")
    made.owner = server.make_user(login, PASSWORD)
    made.watched = server.make_app("https://bakery.example/cb", owner=login, name=unique("Bakery"))
    return made


def refuse(people):
    """A request that is refused; its id."""
    reply = people.server.post("/login/oauth/access_token",
                               {**people.watched.credentials, "code": "0" * 40})
    return reply.headers["X-GitHub-Request-Id"]


def open_log(told, people, rest=""):
    tour = Tour(told.browser, people, {})
    tour.sign_in(people.owner.login, PASSWORD)
    tour.go(f"/settings/applications/{people.watched.id}/requests{rest}")
    return tour.browser


def test_what_happens_is_seen_while_the_log_is_open(story, people):
    browser = open_log(story, people)
    browser.wait("the live mark", lambda: browser.one("#live-mark").is_displayed())
    assert not browser.one("#refresh").is_displayed()
    before = browser.driver.find_element("css selector", "html").id
    made = [refuse(people)]
    row = "a[href$='{}']"
    browser.wait("the new entry", lambda: browser.all(row.format(made[0])))
    made.append(refuse(people))
    browser.wait("one more entry", lambda: browser.all(row.format(made[1])))
    assert browser.driver.find_element("css selector", "html").id == before
    assert not browser.complaints()


def test_an_update_keeps_filters_and_focus(story, people):
    first = refuse(people)
    browser = open_log(story, people, "?cause=CODE_UNKNOWN&days=7")
    browser.wait("the live mark", lambda: browser.one("#live-mark").is_displayed())
    browser.wait("the entry", lambda: browser.all(f"a[href$='{first}']"))
    browser.driver.execute_script("arguments[0].focus()", browser.one(f"a[href$='{first}']"))
    second = refuse(people)
    browser.wait("the new entry", lambda: browser.all(f"a[href$='{second}']"))
    focused = browser.driver.switch_to.active_element
    assert focused.get_attribute("href").endswith(first)
    assert browser.one("#cause option:checked").get_attribute("value") == "CODE_UNKNOWN"
    assert browser.url.endswith("?cause=CODE_UNKNOWN&days=7")


def test_the_mark_goes_when_somebody_signs_out_elsewhere(story, people):
    browser = open_log(story, people)
    browser.wait("the live mark", lambda: browser.one("#live-mark").is_displayed())
    for cookie in browser.driver.get_cookies():
        if cookie["name"] == "llavero_session":
            session = cookie["value"]
    elsewhere = people.server.browser()
    elsewhere.session.cookies.set("llavero_session", session)
    elsewhere.submit(elsewhere.page("/settings/profile").form("/logout"))
    browser.wait("the mark to go", lambda: not browser.one("#live-mark").is_displayed())
    assert browser.one("#refresh").is_displayed()


def test_without_scripts_the_page_is_asked_for_again(either, people):
    browser = open_log(either, people)
    if either.scripts:
        browser.wait("the live mark", lambda: browser.one("#live-mark").is_displayed())
        return
    assert not browser.one("#live-mark").is_displayed()
    made = refuse(people)
    browser.click("#refresh")
    assert browser.all(f"a[href$='{made}']")


def test_filters_work_without_scripts(either, people):
    made = refuse(people)
    browser = open_log(either, people)
    browser.one("#endpoint option[value=token]").click()
    browser.one("#days option[value='7']").click()
    browser.click(".filters button")
    assert "endpoint=token" in browser.url and "days=7" in browser.url
    browser.click(f"a[href$='{made}']")
    assert made in browser.text("main")


def test_the_report_can_be_copied(either, people):
    made = refuse(people)
    browser = open_log(either, people, "/" + made)
    report = browser.one("#report-1")
    assert report.get_attribute("readonly") and made in report.get_attribute("value")
    button = browser.one("button[data-copy=report-1]")
    assert button.is_displayed() == either.scripts
    if not either.scripts:
        return
    browser.cdp("Browser.grantPermissions", origin=people.server.base,
                permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    button.click()
    browser.wait("word that it is copied", lambda: button.text == "Copied")
    copied = browser.driver.execute_async_script(
        "navigator.clipboard.readText().then(arguments[0])")
    assert copied == report.get_attribute("value")


def test_the_way_from_an_error_page_to_its_explanation(either, people):
    browser = open_log(either, people)
    tour = Tour(browser, people, {})
    tour.ask(people.watched, redirect_uri="http://bakery.example/cb")
    browser.click("a.button[href*='?request=']")
    assert browser.text(".answer mark") == "s"
    top = browser.driver.execute_script(
        "return document.querySelector('.answer').getBoundingClientRect().top")
    assert 0 <= top < 900
    browser.click(".answer a.button.primary")
    assert "/requests/" in browser.url


@pytest.mark.parametrize("size", [(360, 740), (1280, 900)])
def test_a_flow_says_who_sent_what(story, people, size):
    refusals_of(people)
    browser = open_log(story, people, "?view=flows")
    browser.size(size)
    browser.leave(browser.all(".log-title a[href*='/flows/']")[0].click)
    words = browser.driver.execute_script(
        "return [...document.querySelectorAll('.arrow')].map((e) => e.textContent.trim())")
    assert [w.split(" ")[:3] for w in words] == [
        ["Browser", "→", "llavero"], ["llavero", "→", "Browser"],
        ["App", "→", "llavero"], ["llavero", "→", "App"]]
    assert len(browser.all(".different")) == 1 and browser.all(".differences")


def refusals_of(people):
    """A sign-in that went well, then one that did not."""
    server, app = people.server, people.watched
    lena = server.signed_in(User(0, people.owner.login, "", PASSWORD))
    for more in ({}, {"redirect_uri": app.callback + "/"}):
        server.post("/login/oauth/access_token",
                    {**app.credentials, "code": lena.code(app), **more})
