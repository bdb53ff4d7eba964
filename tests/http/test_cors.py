"""Programs in browsers (Fetch 3.2): a matrix over the route table of the standard edge, so that no new
endpoint is forgotten. Assurance 9700-16, 21-07, 8414-08, A092, G30."""

import re

import pytest

import standard as s
from llavero_http import ROOT
from raw_http import ask as raw

SOURCE = (ROOT / "src/oauth/routes.c").read_text(encoding="utf-8")
DEFINED = {name: path for text in (SOURCE, (ROOT / "src/flow/own_resource.h").read_text(encoding="utf-8"))
           for name, path in re.findall(r'^#define (\w+) "([^"]+)"$', text, re.M)}
# For programs that can keep a secret, and for those only.
NOT_FOR_BROWSERS = {s.INTROSPECT}
EXPOSED = {"DPoP-Nonce", "ETag", "Retry-After", "WWW-Authenticate", "X-GitHub-Request-Id"}
ORIGIN = "Origin: https://spa.example"


def routes():
    """{path: (methods, is a page)}, as the table has them."""
    found = {}
    for method, words, flags in re.findall(
            r"^\t\{HTTP_(\w+), ([^,]+), \w+, ([^,]+), [^,}]+\},$", SOURCE, re.M):
        if words == "NULL":
            continue
        path = "".join(DEFINED.get(w, w.strip('"')) for w in words.split())
        methods, page = found.setdefault(path, (set(), "ROUTE_PAGE" in flags))
        assert page == ("ROUTE_PAGE" in flags)
        methods.add(method)
    return found


ROUTES = routes()
PAGES = sorted(p for p, (_, page) in ROUTES.items() if page)
CLOSED = PAGES + sorted(NOT_FOR_BROWSERS)
OPEN = sorted(set(ROUTES) - set(CLOSED))


def there(path):
    return re.sub(r":\w+", "x", path)


def allowed(reply):
    return [(n, v) for n, v in reply.headers if n.startswith("access-control")]


def listed(text):
    return {word.strip() for word in text.split(",")}


def test_the_table_was_understood():
    rows = len(re.findall(r"^\t\{HTTP_\w+, [^N]", SOURCE, re.M))
    assert sum(len(m) for m, _ in ROUTES.values()) == rows > 20
    assert "OPTIONS" not in {m for methods, _ in ROUTES.values() for m in methods}
    assert {s.AUTHORIZE, "/oauth2/logout"} <= set(PAGES)
    assert {s.TOKEN, s.REVOKE, s.DEVICE, s.METADATA, "/oauth2/register",
            "/oauth2/register/:client_id", "/oauth2/jwks"} <= set(OPEN)
    # a new endpoint is for browsers (ROUTE_CORS), a page, or named above
    marked = {"".join(DEFINED.get(w, w.strip('"')) for w in words.split()) for words in
              re.findall(r"^\t\{HTTP_\w+, ([^,]+), \w+, [^,]*ROUTE_CORS", SOURCE, re.M)}
    assert marked == set(OPEN)


@pytest.mark.parametrize("path", OPEN)
def test_8414_08_a_browser_may_ask(server, path):
    methods = ROUTES[path][0]
    for method in sorted(methods):
        reply = raw(server, "OPTIONS", there(path), ORIGIN,
                    f"Access-Control-Request-Method: {method}",
                    "Access-Control-Request-Headers: authorization, content-type, dpop")
        assert reply.status == 204 and reply.body == b""
        assert reply.header("Access-Control-Allow-Origin") == "*"
        offered = listed(reply.header("Access-Control-Allow-Methods"))
        assert methods | {"OPTIONS"} <= offered <= methods | {"OPTIONS", "HEAD"}
        assert {"Authorization", "Content-Type", "DPoP"} <= listed(
            reply.header("Access-Control-Allow-Headers"))
        assert int(reply.header("Access-Control-Max-Age")) > 0
        assert reply.header("Access-Control-Allow-Credentials") is None


@pytest.mark.parametrize("path", OPEN)
def test_A092_and_may_read_whatever_the_answer_is(server, path):
    for method in sorted(ROUTES[path][0] | {"PATCH"}):
        reply = raw(server, method, there(path), ORIGIN,
                    "Content-Type: application/x-www-form-urlencoded", body=b"x")
        assert reply.header("Access-Control-Allow-Origin") == "*", (method, reply.status)
        assert listed(reply.header("Access-Control-Expose-Headers")) == EXPOSED
        assert reply.header("Access-Control-Allow-Credentials") is None
        if method == "PATCH":
            assert reply.status == 405 and "OPTIONS" in listed(reply.header("Allow"))


def test_A092_also_when_it_went_well_or_was_no_form(server, octocat):
    public = s.make_public(server)
    got = s.sign_in(server, octocat, public)
    forms = {s.REVOKE: {"client_id": public.client_id, "token": got["access_token"]}}
    for path, form in forms.items():
        reply = s.post(server, path, form, headers={"Origin": "https://spa.example"})
        assert reply.status_code == 200 and reply.headers["Access-Control-Allow-Origin"] == "*"
    reply = server.post(s.TOKEN, json={}, headers={"Origin": "https://spa.example"})
    assert reply.status_code == 415 and reply.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", CLOSED)
def test_9700_16_21_07_not_where_people_come_and_not_at_introspection(server, octocat, path):
    # P50
    for method in sorted(ROUTES[path][0] | {"OPTIONS"}):
        reply = raw(server, method, there(path), ORIGIN, "Access-Control-Request-Method: GET",
                    body=b"")
        assert not allowed(reply), (method, reply.headers)
        if method == "OPTIONS":
            assert reply.status == 405
    got = octocat.get(there(path), headers={"Origin": "https://spa.example"})
    assert "Access-Control-Allow-Origin" not in got.headers


@pytest.mark.parametrize("path", ["/login/oauth/access_token", "/login/device/code",
                                  "/login/oauth/authorize", "/oauth2/nothing"])
def test_G30_never_at_the_github_edge_nor_where_nothing_is(server, path):
    for method in ("OPTIONS", "GET", "POST"):
        reply = raw(server, method, path, ORIGIN, "Access-Control-Request-Method: POST",
                    body=b"")
        assert not allowed(reply)
