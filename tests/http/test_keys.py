"""The server's public keys and their rotation: OD-02, OD-03, 8414-08, A132. Read with jwcrypto, which is none
of our code."""

import base64
import concurrent.futures
import subprocess
import time

import pytest
import requests
from jwcrypto import jwk

from llavero_http import BINARY, own_database

PATH = "/oauth2/jwks"
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
DAY = 86400


def keys(server):
    reply = server.get(PATH)
    assert reply.status_code == 200, reply.text
    return reply.json()["keys"]


def kids(server, alg=None):
    return [k["kid"] for k in keys(server) if alg in (None, k["alg"])]


def wait_for(what):
    """The housekeeping looks by the server's clock, soon after it was moved."""
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def states(server):
    """What `llavero key list` says: {kid: state}."""
    return {k["kid"]: k["state"] for k in server.cli_json("key", "list")}


@pytest.fixture(scope="module")
def own(launch):
    """A server whose keys and clock may be moved."""
    return launch(workers=2)


def test_OD_02_A132_the_set_is_public_and_sound(server):
    reply = server.get(PATH)
    assert reply.headers["Content-Type"] == "application/json"
    assert set(reply.json()) == {"keys"}
    found = reply.json()["keys"]
    assert {k["alg"] for k in found} == {"ES256", "RS256"}
    assert len({k["kid"] for k in found}) == len(found)
    for one in found:
        assert not PRIVATE & set(one)
        assert one["use"] == "sig"
        key = jwk.JWK(**one)
        assert not key.has_private
        assert key.thumbprint() == one["kid"], "RFC 7638"
        if one["kty"] == "RSA":
            modulus = one["n"] + "=" * (-len(one["n"]) % 4)
            assert int.from_bytes(base64.urlsafe_b64decode(modulus), "big").bit_length() >= 2048
            assert one["e"] == "AQAB"
        else:
            assert (one["kty"], one["crv"]) == ("EC", "P-256")


def test_8414_08_it_may_be_kept_and_asked_for_again(server):
    first = server.get(PATH)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in first.headers
    etag = first.headers["ETag"]
    for sent in (etag, f'W/{etag}', f'"x", {etag}', "*"):
        again = server.get(PATH, headers={"If-None-Match": sent})
        assert again.status_code == 304 and not again.content
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == "public, max-age=300"
    other = server.get(PATH, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200 and other.content == first.content


def test_8414_08_scripts_of_every_origin_may_read_it(server):
    reply = server.get(PATH, headers={"Origin": "https://rp.example"})
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in reply.headers
    preflight = requests.options(server.url(PATH), timeout=60, headers={
        "Origin": "https://rp.example", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match"})
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]


def test_other_methods(server):
    head = requests.head(server.url(PATH), timeout=60)
    assert head.status_code == 200 and not head.content
    assert head.headers["ETag"] == server.get(PATH).headers["ETag"]
    reply = requests.post(server.url(PATH), timeout=60)
    assert reply.status_code == 405 and "GET" in reply.headers["Allow"]


def test_a_demo_that_signs_nothing_makes_no_keys(launch):
    fresh = launch()
    assert states(fresh) == {}
    assert requests.head(fresh.url(PATH), timeout=60).status_code == 200
    assert set(states(fresh).values()) == {"active"}


def test_the_first_who_ask_get_the_same_keys(launch):
    fresh = launch(workers=2)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: fresh.get(PATH), range(16)))
    assert {r.status_code for r in replies} == {200}
    assert len({r.content for r in replies}) == 1
    assert len(replies[0].json()["keys"]) == 2


def test_other_algorithms(launch):
    own = launch(signing_algorithms="EdDSA,RS256,PS256,ES256")
    found = keys(own)
    assert {k["alg"] for k in found} == {"EdDSA", "RS256", "PS256", "ES256"}
    for one in found:
        assert jwk.JWK(**one).thumbprint() == one["kid"]
    assert len({k["n"] for k in found if k["kty"] == "RSA"}) == 2, "a key is for one algorithm"


@pytest.mark.parametrize("value", ["", "ES256", "RS256,HS256", "RS256,none", "RS256,RS256", "RS256,",
                                   "rs256", "RS256 ES256"])
def test_OD_02_algorithms_that_cannot_be(tmp_path, value):
    done = subprocess.run([BINARY, "serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path),
                           f"--signing-algorithms={value}"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 2 and "signing_algorithms" in done.stderr


def test_OD_03_rotation_by_the_clock(own):
    """A new key appears before it signs; the old one stays until what it signed has expired; then it goes."""
    first = kids(own, "ES256")
    assert len(first) == 1 and len(kids(own)) == 2
    own.advance("88d")
    assert kids(own, "ES256") == first
    own.advance("25h")
    wait_for(lambda: len(kids(own)) == 4)
    old, new = first[0], next(k for k in kids(own, "ES256") if k not in first)
    assert kids(own, "ES256") == [old, new], "the one that signs comes first"
    assert (states(own)[old], states(own)[new]) == ("active", "published")
    own.advance("24h")
    assert (states(own)[old], states(own)[new]) == ("retiring", "active")
    assert kids(own, "ES256") == [new, old]
    own.advance("11m")
    wait_for(lambda: not has_private(own, old))
    assert has_private(own, new)
    own.advance("23h")
    assert set(kids(own, "ES256")) == {new, old}
    own.advance("1h")
    assert kids(own, "ES256") == [new]
    assert states(own)[old] == "removed"
    own.rehearse("POST", "clock", {"reset": True})


def has_private(server, kid):
    with server.database() as db:
        return db.execute("SELECT sealed IS NOT NULL FROM signing_key WHERE kid = ?",
                          (kid,)).fetchone()[0] == 1


def test_6_6_a_leaked_key_is_gone_at_once(launch):
    own = launch(workers=2)
    leaked, kept = kids(own, "RS256"), kids(own, "ES256")
    own.cli("key", "retire", leaked[0], "--now")
    for _ in range(4):  # whichever worker answers
        assert kids(own, "ES256") == kept
        now = kids(own, "RS256")
        assert len(now) == 1 and now != leaked
    assert states(own)[leaked[0]] == "revoked"
    assert not has_private(own, leaked[0])


def test_6_6_two_servers_on_one_database_agree(launch):
    one = launch(demo=False)
    two = launch(demo=False, database=own_database.as_setting(one.data))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda s: s.get(PATH).content, (one, two))
    assert first == second
    one.cli("key", "rotate")
    assert one.get(PATH).content == two.get(PATH).content != first
    assert len(kids(two)) == 4
    leaked = kids(two, "ES256")[0]
    one.cli("key", "retire", leaked, "--now")
    assert leaked not in kids(two) and leaked not in kids(one)
    assert one.get(PATH).content == two.get(PATH).content
    one.cli("key", "retire", kids(one, "RS256")[1])
    assert len(kids(two, "RS256")) == 1
    assert one.get(PATH).headers["ETag"] == two.get(PATH).headers["ETag"]


def test_keys_outlive_a_restart(launch):
    own = launch()
    before = own.get(PATH).content
    own.stop()
    own.start()
    assert own.get(PATH).content == before


def test_A088_no_private_key_in_the_database(launch):
    # P29
    own = launch(signing_algorithms="RS256,ES256,EdDSA")
    kids(own)
    blob = b"".join(content for _, content in own_database.contents(own.data))
    assert b'"d":' not in blob and b'"dp"' not in blob
    assert b'"n":' in blob
