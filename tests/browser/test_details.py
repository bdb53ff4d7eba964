"""The consent page for rich authorization requests: RFC 9396; assurance 9396-05, A172."""

import json
import urllib.parse

import pytest

import look
import standard as s
from browser import NARROW, WIDE
from story import Story

TYPE = {"title": {"en": "Payment", "es": "Pago"}, "fields": {
    "amount": {"type": "object", "title": {"en": "Amount", "es": "Importe"}, "fields": {
        "currency": {"type": "string", "title": {"en": "Currency", "es": "Moneda"}},
        "value": {"type": "string", "title": {"en": "Value", "es": "Valor"}}}},
    "creditor": {"type": "string", "title": {"en": "To", "es": "Para"}},
    "instant": {"type": "boolean", "title": {"en": "At once", "es": "Al momento"}},
    "reference": {"type": "string", "list": True, "title": {"en": "Reference", "es": "Concepto"}}}}
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def app(server, tmp_path_factory):
    file = tmp_path_factory.mktemp("types") / "payment.json"
    file.write_text(json.dumps(TYPE), encoding="utf-8")
    server.cli("detail-type", "add", "payment", "--file", str(file))
    return s.make_app(server, "https://app.example/cb")


def ask(story, app, *details):
    query = {"client_id": app.client_id, "response_type": "code",
             "authorization_details": json.dumps(details)}
    story.go(f"{s.AUTHORIZE}?{urllib.parse.urlencode(query)}")


@pytest.mark.parametrize("language, size, scheme", [
    ("en", WIDE, "light"), ("es", WIDE, "dark"), ("en", NARROW, "dark"), ("es", NARROW, "light")])
def test_9396_05_what_a_person_sees(browser, server, demo, app, tmp_path, language, size, scheme):
    story = Story(browser, server, demo)
    browser.accept(language)
    browser.size(size)
    browser.scheme(scheme)
    details = [{"type": "payment", "amount": {"currency": "EUR", "value": "123.50"},
                "creditor": "Imprenta Ñandú & Söhne", "instant": True,
                "reference": [HOSTILE, "x" * 200]},
               {"type": "payment", "creditor": "\u05d0\u05d1 12 evil"}]
    ask(story, app, *details)
    story.sign_in_here()
    assert story.at_consent() and browser.language() == language
    text = browser.text()
    for value in ("123.50", "Imprenta Ñandú & Söhne", HOSTILE, "x" * 200, "evil"):
        assert value in text.replace("\n", " "), value
    assert "owned" not in browser.driver.title
    browser.screenshot(tmp_path / f"details-{language}-{scheme}.png")
    assert browser.complaints() == []
    for what in (look.STRUCTURE, look.WIDTH, look.CONTRAST):
        assert look.ask(browser, what) == []
