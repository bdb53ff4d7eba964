"""What the API says of itself, and what every answer of it has: /, /meta, ETag, CORS, limits.
GitHub reference 8.1 to 8.3, 13.7 to 13.9; check 16 of section 14."""

import re
import time

import pytest

from llavero_http import basic
from raw_http import ask

PATHS = ["", "/", "/user", "/user/emails", "/meta"]


@pytest.fixture(scope="module")
def token(server, octocat):
    return server.token_for(server.make_app(), octocat, scope="user")


# /meta and the root: 8.3

def test_8_3_meta(server, token):
    for reply in (server.get("/api/v3/meta"), server.api("/meta", token)):
        assert reply.status_code == 200
        assert reply.json() == {"verifiable_password_authentication": True,
                                "installed_version": "3.19.0"}


def test_13_9_meta_of_another_version(launch):
    server = launch(installed_version="3.21.2")
    assert server.get("/api/v3/meta").json()["installed_version"] == "3.21.2"


def test_s14_16_root_with_good_bad_and_no_token(server, token):
    for path in ("", "/"):
        assert server.api(path, token).status_code == 200
        assert server.api(path).status_code == 200
        assert server.api(path, "gho_" + "0" * 36).status_code == 401
        assert server.get("/api/v3" + path, headers=basic(token, "x-oauth-basic")
                          ).status_code == 200


def test_8_3_every_url_of_the_root_has_a_route(server, token):
    values = {"user": "octocat", "org": "none", "client_id": "none"}
    for name, url in server.api("", token).json().items():
        assert url.startswith(server.base), name
        path = re.sub(r"\{(/?)(\w+)\}", lambda m: m[1] + values[m[2]], url[len(server.base):])
        reply = ask(server, "DELETE", path, f"Authorization: token {token}")
        # without a route it would be 404, whatever the method
        assert reply.status in (405, 404) and (
            reply.status == 405 or "settings" in path), (name, path)


# ETag: 8.2, RFC 9110 13.1.2

@pytest.mark.parametrize("path", PATHS)
def test_8_2_etag(server, token, path):
    first = server.api(path, token)
    tag = first.headers["ETag"]
    assert re.fullmatch(r'W/"[0-9a-f]{64}"', tag)
    assert server.api(path, token).headers["ETag"] == tag
    for match in (tag, tag[2:], f'"x", {tag}', f'W/"y" , {tag[2:]}', "*"):
        again = server.api(path, token, **{"If-None-Match": match})
        assert again.status_code == 304 and again.content == b"", match
        assert again.headers["ETag"] == tag
        assert again.headers["X-OAuth-Scopes"] == "user"
        assert again.headers["Vary"] == first.headers["Vary"]
    for match in ("x", '""', tag[:-2] + '"', tag[3:-1], ""):
        assert server.api(path, token, **{"If-None-Match": match}).status_code == 200, match


def test_8_2_a_changed_answer_has_another_etag(server, token):
    tag = server.api("/user", token).headers["ETag"]
    other = server.token_for(server.make_app(), server.signed_in(server.make_user()))
    reply = server.api("/user", other, **{"If-None-Match": tag})
    assert reply.status_code == 200 and reply.headers["ETag"] != tag


def test_8_2_refusals_have_no_etag(server):
    for path in ("/user", "/nope"):
        reply = server.api(path, **{"If-None-Match": "*"})
        assert reply.status_code in (401, 404) and "ETag" not in reply.headers


# CORS: 8.2

@pytest.mark.parametrize("path", ["", "/", "/user", "/meta", "/users/octocat", "/user/orgs", "/nope"])
def test_8_2_preflight_of_every_path(server, path):
    reply = ask(server, "OPTIONS", "/api/v3" + path, "Origin: https://spa.example",
                "Access-Control-Request-Method: GET",
                "Access-Control-Request-Headers: authorization, if-none-match")
    assert (reply.status, reply.body) == (204, b"")
    assert reply.header("Access-Control-Allow-Origin") == "*"
    for name in ("Authorization", "If-None-Match"):
        assert name in reply.header("Access-Control-Allow-Headers")
    assert reply.header("Access-Control-Allow-Credentials") is None


def test_8_2_pages_elsewhere_may_read_the_limits(server, token):
    reply = server.api("/user", token, Origin="https://spa.example")
    exposed = reply.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Link", "X-OAuth-Scopes", "X-RateLimit-Remaining"} <= set(exposed)
    assert "Origin" in reply.headers["Vary"]


# rate limits: 8.1, 8.2

def test_8_2_no_limits_unless_set(server, token):
    assert not [h for h in server.api("/user", token).headers if h.lower().startswith("x-rate")]
    reply = server.api("/rate_limit", token)
    assert reply.status_code == 404
    assert reply.json()["message"] == "Rate limiting is not enabled."


@pytest.fixture(scope="module")
def limited(launch):
    return launch(api_rate_limit=5, api_rate_limit_anonymous=3)


def limits(reply):
    return {k.lower()[12:]: v for k, v in reply.headers.items()
            if k.lower().startswith("x-ratelimit-")}


def test_8_1_a_token_has_its_hour(limited):
    user = limited.make_user()
    browser = limited.signed_in(user)
    token = limited.token_for(limited.make_app(), browser)
    for used in range(1, 6):
        reply = limited.api("/user", token)
        assert reply.status_code == 200
        told = limits(reply)
        assert (told["limit"], told["used"], told["remaining"], told["resource"]) == (
            "5", str(used), str(5 - used), "core")
        assert 0 < int(told["reset"]) - time.time() <= 3601
    reply = limited.api("/user", token)
    assert reply.status_code == 403
    assert reply.json()["message"] == f"API rate limit exceeded for user ID {user.id}."
    assert limits(reply)["remaining"] == "0" and limits(reply)["used"] == "5"
    # neither asking for the limit nor another token is in the way
    rate = limited.api("/rate_limit", token).json()
    assert rate["rate"] == rate["resources"]["core"]
    assert (rate["rate"]["limit"], rate["rate"]["used"], rate["rate"]["remaining"]) == (5, 5, 0)
    assert rate["resources"]["graphql"]["used"] == 0
    other = limited.token_for(limited.make_app(), browser)
    assert limited.api("/user", other).status_code == 200


def test_8_1_an_address_has_its_hour(limited):
    answers = [limited.api("").status_code for _ in range(2)]
    assert limited.api("/user", "gho_" + "0" * 36).status_code == 401
    assert answers == [200, 200]
    reply = limited.api("")
    assert reply.status_code == 403
    assert reply.json()["message"] == "API rate limit exceeded for 127.0.0.1."
    assert limits(reply)["limit"] == "3"
    # guessing tokens counts too
    assert limited.api("/user", "gho_" + "0" * 36).status_code == 403


def test_avatar_is_a_picture_for_everybody_A202(server):
    known, unknown = server.get("/avatars/u/1"), server.get("/avatars/u/999999999")
    for reply in (known, unknown):
        assert reply.status_code == 200 and reply.headers["Content-Type"] == "image/svg+xml"
        assert reply.text.startswith("<svg ") and reply.headers["X-Content-Type-Options"] == "nosniff"
    assert known.text != unknown.text and known.text == server.get("/avatars/u/1").text
    assert "<script" not in server.get("/avatars/u/%3Cscript%3E").text
