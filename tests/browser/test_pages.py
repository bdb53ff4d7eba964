"""Each page as a person meets it: both languages, narrow and wide, light and dark."""

import os
import pathlib

import pytest

from browser import NARROW, WIDE
from llavero_http import Server
from look import CONTRAST, STRUCTURE, WIDTH, ask
from story import Story
from tour import DOCS, PAGES, People, Tour, allow_reader, offer

LANGUAGES = {"en": "en-US,en", "es": "es-ES,es;q=0.9,en;q=0.5"}
SCREENSHOTS = pathlib.Path(__file__).resolve().parents[2] / "build" / "screenshots"


@pytest.fixture(scope="module")
def people(server, demo, chromium):
    """Those whose pages are shown, with something to show on each."""
    made = People(server, demo)
    made.cookies = {}
    for before in (allow_reader, offer):
        chromium.fresh()
        before(Tour(chromium, made, made.cookies))
    return made


@pytest.fixture
def tour(browser, people):
    return Tour(browser, people, people.cookies)


@pytest.fixture(scope="module")
def server_that_soon_refuses(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("refusing") / "data", signin_failures=1)
    yield running
    running.stop()


def take_screenshots(browser, name):
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for scheme in ("dark", "light"):
        browser.scheme(scheme)
        browser.screenshot(SCREENSHOTS / f"{name}.{scheme}.png")


def look(browser, name, language):
    """All ways of looking at the page one is at; what is wrong with it."""
    wrong = [f"structure: {w}" for w in ask(browser, STRUCTURE)]
    for scheme in ("dark", "light"):
        browser.scheme(scheme)
        wrong += [f"{scheme}: {w}" for w in ask(browser, CONTRAST)]
    for width, size in (("narrow", NARROW), ("wide", WIDE)):
        browser.size(size)
        wrong += [f"{width}: {w}" for w in ask(browser, WIDTH)]
        if os.environ.get("LLAVERO_SCREENSHOTS") == "1":
            take_screenshots(browser, f"{name}.{language}.{width}")
    return wrong


def shown_texts(browser):
    """Sentences, not single words: those may well be the same in two languages."""
    return set(browser.driver.execute_script(
        "return [...document.querySelectorAll('main :is(h1, h2, h3, p, li, label, button, legend, "
        "dt, summary)')].map((e) => e.innerText.trim()).filter((t) => t.length > 24)"))


# What people wrote, and names that are no language.
OF_NO_LANGUAGE = ("http://127.0.0.1:", "Lector de repositorios", "elsewhere.example", "user.",
                  "oauth_", "401 Requires authentication")


@pytest.mark.parametrize("name", PAGES)
def test_page(tour, name):
    way, status = PAGES[name]
    browser, texts = tour.browser, {}
    for language, accept in LANGUAGES.items():
        browser.fresh()
        browser.accept(accept)
        way(tour)

        assert browser.language() == language
        assert not look(browser, name, language)
        assert not browser.complaints(status)
        texts[language] = shown_texts(browser)
    untranslated = texts["en"] & texts["es"]
    assert not [t for t in untranslated if not any(known in t for known in OF_NO_LANGUAGE)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_many_attempts(browser, server_that_soon_refuses, language):
    browser.accept(LANGUAGES[language])
    story = Story(browser, server_that_soon_refuses, server_that_soon_refuses.demo)
    for _ in range(2):
        story.go("/login")
        story.sign_in_here(password="not this one")

    assert browser.language() == language
    assert browser.text(".status") == "429"
    assert not look(browser, "too-many-attempts", language)


def test_the_documentation_leads_to_each_of_its_pages(tour):
    tour.go("/docs")
    linked = {a.get_attribute("href") for a in tour.browser.all("main article a")}
    assert linked == {tour.server.base + "/en" + path for path in DOCS}


def test_copy_buttons_are_there_only_where_they_work(either, people):
    tour = Tour(either.browser, people, {})
    PAGES["app-edit"][0](tour)
    shown = [b.is_displayed() for b in tour.browser.all("button[data-copy]")]
    assert shown == [either.scripts]
