"""The page "Standards" of one's own app, in both languages, without scripts."""

import json

import pytest

from llavero_http import Page

KEYS = {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "a" * 43}]}
CHOICES = {"profile": "github", "method": "client_secret_basic"}


@pytest.fixture
def own(server):
    """The path of an app's page, and its owner's browser."""
    owner = server.make_user()
    app = server.make_app(owner=owner.login)
    return app, f"/settings/applications/{app.id}/standards", server.signed_in(owner)


def save(browser, path, **fields):
    form = browser.page(path).form(path)
    return browser.submit(form, **{**CHOICES, **fields})


def shown(server, app):
    return server.cli_json("app", "show", app.client_id)


def test_a_github_app_as_it_is(server, own):
    app, path, browser = own
    text = browser.get(path).text
    assert '<option value="github" selected>' in text
    assert '<option value="client_secret_basic" selected>' in text
    form = dict(Page(text).form(path).fields)
    assert form["github"] == form["standard"] == "1" and not form["jwks"].strip()


def test_everything_is_kept(server, own):
    app, path, browser = own
    reply = save(browser, path, github=None, profile="strict", method="private_key_jwt",
                 jwks=json.dumps(KEYS), backchannel="https://app.example/logout",
                 post_logout="https://app.example/a\r\n\r\n  https://app.example/b \n")
    assert reply.status_code == 303 and reply.headers["Location"].endswith(path)
    now = shown(server, app)
    assert now["dialects"] == ["standard"] and now["profile"] == "strict"
    assert now["auth_method"] == "private_key_jwt"
    metadata = now["metadata"]
    assert metadata["jwks"] == KEYS
    assert metadata["post_logout_redirect_uris"] == ["https://app.example/a",
                                                     "https://app.example/b"]
    assert metadata["backchannel_logout_uri"] == "https://app.example/logout"
    text = browser.get(path).text
    assert '<option value="private_key_jwt" selected>' in text
    again = dict(Page(text).form(path).fields)
    assert json.loads(again["jwks"]) == KEYS
    assert again["post_logout"].split() == metadata["post_logout_redirect_uris"]
    reply = save(browser, path, method="none", jwks="", backchannel="", post_logout="")
    assert reply.status_code == 303
    assert "jwks" not in shown(server, app)["metadata"]


@pytest.mark.parametrize("fields, field", [
    ({"jwks": "x"}, "jwks"), ({"jwks": '{"keys":[{"kty":"oct","k":"x"}]}'}, "jwks"),
    ({"jwks": json.dumps(KEYS), "jwks_uri": "https://app.example/k"}, "jwks_uri"),
    ({"jwks_uri": "ftp://app.example/k"}, "jwks_uri"), ({"method": "private_key_jwt"}, "jwks"),
    ({"post_logout": "/out"}, "post_logout"), ({"post_logout": "https://a.example/\n" * 11},
                                               "post_logout"),
    ({"backchannel": "http://app.example/out"}, "backchannel"),
    ({"github": None, "standard": None}, "dialects")])
def test_what_is_wrong_is_said_beside_the_field(server, own, fields, field):
    app, path, browser = own
    before = shown(server, app)
    reply = save(browser, path, **fields)
    assert reply.status_code == 422
    assert f'id="{field}-error"' in reply.text
    assert shown(server, app) == before


def test_the_other_language(server, own):
    app, path, browser = own
    page = browser.page(path, headers={"Accept-Language": "es"})
    assert "Estándares" in page.text and "Cómo se acredita la aplicación" in page.text


def test_only_the_owner(server, own):
    app, path, browser = own
    stranger = server.signed_in(server.make_user())
    assert stranger.get(path).status_code == 404
    form = browser.page(path).form(path)
    assert stranger.submit(form, **CHOICES).status_code in (403, 404, 422)
    assert server.browser().get(path).status_code in (302, 303)


def test_unknown_choices_change_nothing(server, own):
    app, path, browser = own
    assert save(browser, path, profile="lax", method="magic").status_code == 303
    now = shown(server, app)
    assert now["profile"] == "github" and now["auth_method"] == "client_secret_basic"
