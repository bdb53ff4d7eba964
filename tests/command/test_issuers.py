"""llavero issuer: whose assertions about people are believed."""

import json

import pytest

KEYS = {"keys": [{"kty": "EC", "crv": "P-256", "kid": "one",
                  "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                  "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
NAME = "https://idp.example"


@pytest.fixture
def mona(box):
    box.user("mona")
    return box


@pytest.fixture
def keys(tmp_path):
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps(KEYS), encoding="utf-8")
    return str(file)


def add(mona, keys, *flags, name=NAME):
    return mona.json("issuer", "add", name, "--jwks", keys, *(flags or ["--any-app"]))


def test_add_and_show(mona, keys):
    app = mona.app("One")
    made = add(mona, keys, "--app", app["client_id"], "--subject", "email", "--scopes", "repo gist",
               "--alg", "ES256", "--alg", "EdDSA")
    assert made["issuer"] == NAME and made["jwks"] == KEYS and made["jwks_uri"] is None
    assert (made["algs"], made["subject"], made["scopes"]) == ("ES256 EdDSA", "email", "gist repo")
    assert (made["any_app"], made["apps"], made["links"]) == (False, [app["client_id"]], {})
    shown = mona.json("issuer", "show", NAME)
    assert shown == made
    text = mona.run("issuer", "show", NAME).stdout
    assert app["client_id"] in text and "ES256 EdDSA" in text
    assert [i["issuer"] for i in mona.json("issuer", "list")] == [NAME]
    assert NAME in mona.run("issuer", "list").stdout


def test_what_is_left_out(mona, keys):
    made = add(mona, keys)
    assert (made["subject"], made["scopes"], made["any_app"]) == ("link", None, True)
    assert made["algs"] == "ES256 RS256 PS256 EdDSA"


def test_edit_changes_what_is_given(mona, keys):
    app = mona.app("One")
    add(mona, keys, "--app", app["client_id"], "--scopes", "repo")
    mona.run("issuer", "edit", NAME, "--jwks-uri", "https://idp.example/jwks")
    shown = mona.json("issuer", "show", NAME)
    assert shown["jwks_uri"] == "https://idp.example/jwks" and shown["jwks"] is None
    assert shown["apps"] == [app["client_id"]] and shown["scopes"] == "repo"
    mona.run("issuer", "edit", NAME, "--any-app", "--scopes=")
    shown = mona.json("issuer", "show", NAME)
    assert (shown["any_app"], shown["apps"], shown["scopes"]) == (True, [], None)
    assert "nothing is said" in mona.run("issuer", "edit", NAME, status=2).stderr


def test_links(mona, keys):
    add(mona, keys)
    linked = mona.json("issuer", "link", NAME, "u-1", "mona")
    assert linked["links"] == {"u-1": "mona"}
    assert "u-1 is mona" in mona.run("issuer", "show", NAME).stdout
    assert "no user 'nobody'" in mona.run("issuer", "link", NAME, "u-1", "nobody", status=1).stderr
    assert mona.json("issuer", "unlink", NAME, "u-1")["links"] == {}
    assert "has no link" in mona.run("issuer", "unlink", NAME, "u-1", status=1).stderr


def test_remove(mona, keys):
    add(mona, keys)
    assert "'--yes' is missing" in mona.run("issuer", "remove", NAME, status=2).stderr
    mona.run("issuer", "remove", NAME, "--yes")
    assert "is trusted" in mona.run("issuer", "show", NAME, status=1).stderr
    assert "No issuer is trusted" in mona.run("issuer", "list").stdout


@pytest.mark.parametrize("flags, status, words", [
    (["--any-app"], 2, "'--jwks' or '--jwks-uri'"),
    (["--jwks", "KEYS"], 2, "'--app' or '--any-app'"),
    (["--jwks", "KEYS", "--any-app", "--app", "x"], 2, "exclude each other"),
    (["--jwks", "KEYS", "--jwks-uri", "https://a.example/", "--any-app"], 2, "exclude each other"),
    (["--jwks", "KEYS", "--app", "unknown"], 1, "no app with client ID 'unknown'"),
    (["--jwks", "/nothing/there", "--any-app"], 1, "cannot be read"),
    (["--jwks", "/dev/null", "--any-app"], 1, "no set of public keys"),
    (["--jwks-uri", "ftp://a.example/", "--any-app"], 2, "no https URL"),
    (["--jwks", "KEYS", "--any-app", "--alg", "HS256"], 2, "must be ES256"),
    (["--jwks", "KEYS", "--any-app", "--subject", "name"], 2, "login, email or link"),
    (["--jwks", "KEYS", "--any-app", "--scopes", "nonsense"], 2, "no scope here")])
def test_what_cannot_be(mona, keys, flags, status, words):
    flags = [keys if f == "KEYS" else f for f in flags]
    assert words in mona.run("issuer", "add", NAME, *flags, status=status).stderr
    assert mona.json("issuer", "list") == []


@pytest.mark.parametrize("name", ["idp", "urn:idp", NAME + "#a", NAME + "?a=b", "https://" + "x" * 2048])
def test_what_is_no_issuer(mona, keys, name):
    assert "is no issuer" in mona.run("issuer", "add", name, "--jwks", keys, "--any-app",
                                      status=2).stderr


def test_a_second_one_of_the_name(mona, keys):
    add(mona, keys)
    assert "trusted already" in mona.run("issuer", "add", NAME, "--jwks", keys, "--any-app",
                                         status=1).stderr
