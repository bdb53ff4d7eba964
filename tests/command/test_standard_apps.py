"""Apps of the standards on the command line: profiles, dialects, keys, metadata files; tokens that let
programs register apps."""
import json
import re

import pytest

KEYS = {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "a" * 43}]}
CREATE = ("app", "create", "--owner", "mona")
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def mona(box):
    box.user("mona")
    return box


def write(box, name, value):
    path = box.folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def show(box, app):
    return box.json("app", "show", app["client_id"])


def test_a_plain_app_is_as_before(mona):
    shown = show(mona, mona.app())
    assert shown["dialects"] == ["github", "standard"] and shown["profile"] == "github"
    assert shown["metadata"] is None and shown["origin"] == "person" and not shown["unverified"]


def test_a_public_app_has_no_secret(mona):
    app = mona.app("One", "--public", "--profile", "standard", "--dialect", "standard")
    assert app["client_secret"] is None
    shown = show(mona, app)
    assert shown["auth_method"] == "none" and shown["secrets"] == []
    assert shown["dialects"] == ["standard"] and shown["profile"] == "standard"
    words = mona.run(*CREATE, "--name", "Two", "--homepage", "https://two.example", "--callback",
                     "https://two.example/cb", "--auth-method", "none").stdout
    assert "secret" not in words


def test_an_app_with_keys(mona):
    keys = write(mona, "keys.json", KEYS)
    app = mona.app("One", "--auth-method", "private_key_jwt", "--jwks", keys, "--profile=strict")
    assert app["client_secret"] is None
    shown = show(mona, app)
    assert shown["metadata"]["jwks"] == KEYS and shown["profile"] == "strict"
    mona.run("app", "edit", app["client_id"], "--jwks-uri", "https://one.example.com/jwks")
    metadata = show(mona, app)["metadata"]
    assert metadata["jwks_uri"] == "https://one.example.com/jwks" and "jwks" not in metadata
    assert "keys:" in mona.run("app", "show", app["client_id"]).stdout


def test_grant_types(mona):
    app = mona.app("One", "--grant-type", "client_credentials", "--grant-type", DEVICE)
    shown = show(mona, app)
    assert shown["metadata"]["grant_types"] == ["client_credentials", DEVICE]
    assert shown["device_flow"]
    mona.run("app", "edit", app["client_id"], "--grant-type", "authorization_code")
    shown = show(mona, app)
    assert shown["metadata"]["grant_types"] == ["authorization_code"] and not shown["device_flow"]


def test_metadata_says_all_that_flags_do_not(mona):
    file = write(mona, "client.json", {
        "client_name": "From a file", "client_uri": "https://file.example/",
        "redirect_uris": ["https://file.example/cb", "https://file.example/2"],
        "token_endpoint_auth_method": "none", "scope": "openid",
        "post_logout_redirect_uris": ["https://file.example/out"]})
    app = mona.json(*CREATE, "--metadata", file)
    shown = show(mona, app)
    assert shown["name"] == "From a file" and shown["homepage"] == "https://file.example/"
    assert [c["url"] for c in shown["callbacks"]] == ["https://file.example/cb",
                                                      "https://file.example/2"]
    assert shown["metadata"]["post_logout_redirect_uris"] == ["https://file.example/out"]
    named = mona.json(*CREATE, "--metadata", file, "--name", "Other name", "--callback",
                      "https://other.example/")
    shown = show(mona, named)
    assert shown["name"] == "Other name"
    assert [c["url"] for c in shown["callbacks"]] == ["https://other.example/"]


def test_editing_keeps_what_is_not_named(mona):
    file = write(mona, "client.json", {"client_name": "F", "client_uri": "https://f.example/",
                                       "redirect_uris": ["https://f.example/cb"],
                                       "scope": "openid"})
    app = mona.json(*CREATE, "--metadata", file)
    before = show(mona, app)
    mona.run("app", "edit", app["client_id"], "--profile", "strict")
    assert show(mona, app) == {**before, "profile": "strict"}
    mona.run("app", "edit", app["client_id"], "--name", "G")
    assert show(mona, app) == {**before, "profile": "strict", "name": "G"}


@pytest.mark.parametrize("words, said", [
    (["--profile", "lax"], "'lax' is no profile"),
    (["--dialect", "klingon"], "'klingon' is no dialect"),
    (["--auth-method", "magic"], "'magic' is no method"),
    (["--auth-method", "private_key_jwt"], "jwks: this method needs"),
    (["--auth-method", "client_secret_jwt"], "token_endpoint_auth_method: "),
    (["--grant-type", "password"], "'password' is no grant type"),
    (["--public", "--grant-type", "client_credentials"], "grant_types: "),
    (["--jwks", "nowhere.json"], "'nowhere.json' cannot be read"),
    (["--jwks-uri", "http://one.example.com/"], "jwks_uri: it must be an https URL"),
    (["--metadata", "nowhere.json"], "'nowhere.json' cannot be read")])
def test_what_cannot_be(mona, words, said):
    base = (*CREATE, "--name", "One", "--homepage", "https://one.example.com", "--callback",
            "https://one.example.com/cb")
    assert said in mona.fails(*base, *words)
    app = mona.app("Two")
    before = show(mona, app)
    assert said in mona.fails("app", "edit", app["client_id"], *words)
    assert show(mona, app) == before


@pytest.mark.parametrize("text, said", [
    ("{", "not JSON"), ("[]", "not an object"), ('{"redirect_uris":["/x"]}', "redirect_uris: "),
    ('{"redirect_uris":["https://a.example/"],"jwks":{}}', "jwks: "),
    ('{"redirect_uris":["https://a.example/"]}', "has no name"),
    ('{"redirect_uris":["https://a.example/"],"client_name":"x"}', "has no homepage")])
def test_metadata_that_cannot_be_used(mona, text, said):
    assert said in mona.fails(*CREATE, "--metadata", write(mona, "client.json", text))


def test_private_keys_are_refused(mona):
    keys = {"keys": [{**KEYS["keys"][0], "d": "a" * 43}]}
    assert "private" in mona.fails(*CREATE, "--name", "One", "--homepage", "https://o.example",
                                   "--callback", "https://o.example/cb", "--jwks",
                                   write(mona, "keys.json", keys))


def test_registration_tokens(mona):
    made = mona.json("registration-token", "create", "--owner", "mona", "--uses", "3",
                     "--expires", "30d", "--note", "ci")
    assert re.fullmatch(r"lri_[0-9a-f]{40}", made["token"])
    assert made["token"].encode() not in mona.stored()
    mona.run("registration-token", "create")
    first, second = mona.json("registration-token", "list")
    assert first["owner"] == "mona" and first["uses_left"] == 3 and first["note"] == "ci"
    assert first["expires_at"] and first["revoked_at"] is None
    assert second["owner"] is None and second["uses_left"] is None and not second["expires_at"]
    assert "good" in mona.run("registration-token", "list").stdout
    mona.run("registration-token", "revoke", str(made["id"]))
    assert mona.json("registration-token", "list")[0]["revoked_at"]
    assert "no live" in mona.fails("registration-token", "revoke", str(made["id"]))
    assert mona.log_of("mona")[-1] == ("command line", "registration_token.create", "ci")


def test_registration_tokens_that_cannot_be(mona):
    assert "no user" in mona.fails("registration-token", "create", "--owner", "nobody")
    for words in (["--uses", "0"], ["--uses", "x"], ["--expires", "soon"], ["--expires", "0"]):
        mona.run("registration-token", "create", *words, status=2)
    mona.run("registration-token", "revoke", "x", status=2)


def test_verify(mona):
    app = mona.app()
    assert "already verified" in mona.run("app", "verify", app["client_id"]).stdout
    mona.sql("UPDATE app SET unverified = 1, origin = 'registration'")
    assert "registration, unverified" in mona.run("app", "show", app["client_id"]).stdout
    assert mona.run("app", "verify", app["client_id"]).stdout.endswith("is verified.\n")
    assert not show(mona, app)["unverified"]
