"""The pictures of apps that registered themselves: fetched by the server, never by the browser, and
served from its own copy. MCP-10, 7591-09, assurance 4.12."""

import struct
import time
import zlib

import pytest

import standard as s
from llavero_http import challenged, pkce

MOST = 65536


def png(size=0, colour=(30, 90, 200)):
    """A real one; `size` pads it behind its end."""
    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + bytes(colour) * 64 for _ in range(64))
    made = (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return made + b"\0" * max(0, size - len(made))


@pytest.fixture(scope="module")
def own(launch):
    return launch()


@pytest.fixture(scope="module")
def person(own):
    return own.signed_in()


def register(server, **members):
    reply = server.post("/oauth2/register", json={
        "redirect_uris": ["https://app.example/cb"], "client_name": "Logo app",
        "token_endpoint_auth_method": "none", **members})
    assert reply.status_code == 201, reply.text
    server.plant(reply.json()["registration_access_token"])
    return reply.json()["client_id"]


def consent(browser, client_id, redirect="https://app.example/cb"):
    reply = browser.get(s.AUTHORIZE, params={
        "client_id": client_id, "response_type": "code", "redirect_uri": redirect,
        **challenged(pkce()[1])})
    assert reply.status_code == 200, reply.text
    return reply


def picture_of(page):
    return page.text.split('class="app-logo" src="')[1].split('"')[0]


def assert_safe(reply, type_):
    assert reply.status_code == 200 and reply.headers["Content-Type"] == type_
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "max-age" in reply.headers["Cache-Control"]


def assert_initial(reply, letter="L"):
    assert_safe(reply, "image/svg+xml")
    assert f">{letter}</text>" in reply.text


def show(server, stub, body, status=200, at="/picture", **headers):
    """The reply for an app whose picture is this, and the path of that."""
    url = stub.put(at, body, status, **headers)
    browser = server.signed_in()
    path = picture_of(consent(browser, register(server, logo_uri=url)))
    return server.get(path), path


def test_MCP_10_it_is_fetched_once_and_served_from_here(own, person, stub):
    # A154
    url = stub.put("/logo.png", png(), Content_Type="image/png")
    page = consent(person, register(own, logo_uri=url))
    path = picture_of(page)
    assert path.startswith("/logos/") and url not in page.text
    assert stub.times("/logo.png") == 0
    for _ in range(3):
        reply = own.get(path)
        assert_safe(reply, "image/png")
        assert reply.content == png()
    assert stub.times("/logo.png") == 1
    assert "image/png" in stub.headers[-1]["Accept"] and "Cookie" not in stub.headers[-1]
    known = own.get(path, headers={"If-None-Match": reply.headers["ETag"]})
    assert known.status_code == 304


def test_MCP_10_of_a_client_document_too(own, person, stub):
    logo = stub.put("/logo.gif", b"GIF89a" + b"\1" * 40, Content_Type="image/gif")
    client_id = stub.put_client("/client.json", logo_uri=logo)
    page = consent(person, client_id, "http://127.0.0.1:7777/cb")
    assert_safe(own.get(picture_of(page)), "image/gif")
    assert stub.times("/logo.gif") == 1


def test_MCP_10_what_it_is_is_told_by_its_bytes(own, stub):
    # A154, P50
    reply, _ = show(own, stub, png(), Content_Type="text/html")
    assert_safe(reply, "image/png")
    for i, body in enumerate((
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            b"<!DOCTYPE html><script>alert(1)</script>", b"", b"GIF89a")):
        reply, path = show(own, stub, body, at=f"/none/{i}", Content_Type="image/png")
        assert_initial(reply)
        assert_initial(own.get(path))  # and it is not asked for at every look
        assert stub.times(f"/none/{i}") == 1
        own.advance("3601s")
        assert_initial(own.get(path))
        assert stub.times(f"/none/{i}") == 2


@pytest.mark.parametrize("size, good", [(MOST - 1, True), (MOST, True), (MOST + 1, False)])
def test_MCP_10_its_size_is_bounded(own, stub, size, good):
    reply, _ = show(own, stub, png(size), Content_Type="image/png")
    if good:
        assert reply.content == png(size)
    else:
        assert_initial(reply)


def test_7591_09_nobody_is_led_anywhere(own, person, stub):
    reply, _ = show(own, stub, b"", 302, Location=stub.put("/there", png()))
    assert_initial(reply)
    assert stub.times("/there") == 0
    reply, _ = show(own, stub, png(), 404)
    assert_initial(reply)
    # an address of the inside, a name of the inside, and nobody at home
    for url in ("https://10.0.0.1/logo.png", "https://[fd00::1]/logo.png",
                "https://localhost.localdomain/logo.png", "http://127.0.0.1:9/logo.png"):
        assert_initial(own.get(picture_of(consent(person, register(own, logo_uri=url)))))


def test_MCP_10_it_is_looked_at_again_and_an_old_one_is_better_than_none(own, stub):
    reply, path = show(own, stub, png(), Content_Type="image/png", Cache_Control="max-age=60")
    other = png(colour=(200, 30, 30))
    stub.put("/picture", other, Content_Type="image/png", Cache_Control="max-age=60")
    assert own.get(path).content == png()
    own.advance("61s")
    assert own.get(path).content == other
    own.advance("61s")
    stub.put("/picture", b"", 503)
    assert own.get(path).content == other
    stub.put("/picture", b"", 404)
    assert_initial(own.get(path))


@pytest.mark.parametrize("copy", ["image/png", "image/png !", "image/png Z2lm", " "])
def test_a_copy_that_cannot_be_read_is_none(own, stub, copy):
    reply, path = show(own, stub, png(), at="/damaged", Content_Type="image/png", Cache_Control="max-age=60")
    assert reply.content == png()
    with own.database() as db:
        assert db.execute("UPDATE remote_document SET body = ? WHERE url = ?",
                          (copy, f"logo {stub.url('/damaged')}")).rowcount == 1
    assert_initial(own.get(path))
    own.advance("61s")  # and it is fetched again as any other
    assert own.get(path).content == png()


def test_without_one_there_is_the_initial(own, person):
    page = consent(person, register(own, client_name="<b>&"))
    assert "/logos/" not in page.text and 'class="initial"' in page.text
    client_id = register(own, client_name="<b>&", logo_uri="https://10.0.0.1/logo.png")
    assert "&lt;</text>" in own.get(picture_of(consent(person, client_id))).text
    for path in ("/logos/999999999", "/logos/0", "/logos/x", "/logos/-1"):
        assert_initial(own.get(path), "?")


def test_a_slow_server_delays_no_page(own, person, stub):
    # A156
    def hang(handler):
        time.sleep(7)
    url = stub.put("/slow", hang)
    client_id = register(own, logo_uri=url)
    page = consent(person, client_id)
    assert stub.times("/slow") == 0
    assert_initial(own.get(picture_of(page)))
