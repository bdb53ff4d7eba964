"""response_mode=form_post: OAuth 2.0 Form Post Response Mode; assurance OC-23, A172, A173, A175."""

import json

import pytest

import standard as s
from llavero_http import Page, challenged, location_query, pkce

CALLBACK = "https://app.example/cb"
HOSTILE = ['"><script>alert(1)</script>', "'><img src=x onerror=alert(1)>", "</form><form>",
           "&quot;&#39;&amp;lt;", "{{7*7}}${7*7}<%= 7 %>%n%s", "</title><base href=//evil.example>",
           "a b&c=d+e%2B", "ñ€😀", "x" * 2048]


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server, CALLBACK)


def policy(reply):
    parts = [part.split() for part in reply.headers["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in parts}


def form_of(reply, callback=CALLBACK):
    """The page's one form, as a browser would send it; the page must be fit to carry a code."""
    assert reply.status_code == 200, (reply.status_code, reply.headers, reply.text[:1000])
    assert "Location" not in reply.headers and "Refresh" not in reply.headers
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Content-Type"].startswith("text/html")
    rules = policy(reply)
    assert rules["default-src"] == ["'none'"] and rules["script-src"] == ["'self'"]
    assert rules["frame-ancestors"] == ["'none'"] and rules["base-uri"] == ["'none'"]
    page = Page(reply.text)
    assert not page.refreshes
    [form] = page.forms
    assert (form.action, form.method) == (callback, "post")
    fields = dict(form.fields)
    assert len(fields) == len(form.fields)
    # Nothing of the answer is in a link of the page, and no button adds to the form.
    code = fields.get("code")
    assert not any(code and code in link for link in page.links) and not form.buttons
    return fields


def posted(browser, app, **params):
    reply = s.ask(browser, app, response_mode="form_post", **params)
    if Page(reply.text).has_form(s.AUTHORIZE):
        reply = s.decide(browser, reply)
    return form_of(reply, app.callback)


def test_oc_23_9207_the_answer_is_in_the_form(server, octocat, app):
    verifier, challenge = pkce()
    got = posted(octocat, app, state="xyz", **challenged(challenge))
    server.plant(got["code"])
    assert list(got) == ["code", "iss", "state"]
    assert (got["iss"], got["state"]) == (server.base, "xyz")
    assert s.exchange(server, app, got["code"], code_verifier=verifier)["access_token"]


def test_oc_23_errors_too(server, octocat, app):
    s.authorize(octocat, app)
    got = form_of(s.ask(octocat, app, response_mode="form_post", state="s", scope="a\"b"))
    assert got.pop("error_description") and got.pop("error_uri").startswith(server.base)
    assert got == {"error": "invalid_scope", "iss": server.base, "state": "s"}
    # ... of checks that come before the one of the mode,
    reply = s.ask(octocat, app, response_mode="form_post", response_type="token", state="s")
    assert form_of(reply)["error"] == "unsupported_response_type"
    # ... and what a person has refused.
    fresh = s.make_app(server)
    reply = s.decide(octocat, s.ask(octocat, fresh, response_mode="form_post"), allow=False)
    assert form_of(reply)["error"] == "access_denied"


def test_oc_23_prompt_none(server, octocat):
    fresh = s.make_app(server)
    reply = s.ask(octocat, fresh, response_mode="form_post", prompt="none", scope="openid")
    assert form_of(reply)["error"] == "consent_required"


@pytest.mark.parametrize("state", HOSTILE)
def test_oc_23_a173_the_state_is_escaped_and_comes_back_exactly(server, octocat, app, state):
    # P05
    reply = s.ask(octocat, app, response_mode="form_post", state=state)
    if Page(reply.text).has_form(s.AUTHORIZE):
        reply = s.decide(octocat, reply)
    assert server.plant(form_of(reply)["code"]) and form_of(reply)["state"] == state
    assert "<script>alert" not in reply.text and "onerror=alert(1)>" not in reply.text
    assert "<base" not in reply.text


def test_a172_the_name_of_an_app_is_escaped(server, octocat):
    app = s.make_app(server, CALLBACK)
    s.serve(server, app, name='<img src=x onerror="alert(1)">')
    s.authorize(octocat, app)
    reply = s.ask(octocat, app, response_mode="form_post")
    server.plant(form_of(reply)["code"])
    assert "<img src=x" not in reply.text
    assert "&lt;img src=x" in reply.text


@pytest.mark.parametrize("callback, source", [
    ("https://app.example/cb", "https://app.example"),
    ("https://app.example:8443/cb?a=1", "https://app.example:8443"),
    ("http://127.0.0.1:3000/cb", "http://127.0.0.1:3000"),
    ("http://localhost/cb", "http://localhost"),
    ("http://[::1]:3000/cb", "http:")])
def test_a175_the_form_may_go_to_the_app_and_nowhere_else(server, octocat, callback, source):
    app = s.make_app(server, callback)
    s.authorize(octocat, app)
    reply = s.ask(octocat, app, response_mode="form_post")
    server.plant(form_of(reply, callback)["code"])
    assert policy(reply)["form-action"] == [source]


def test_no_token_of_ours_leaves_with_it(server, octocat, app):
    s.authorize(octocat, app)
    reply = s.ask(octocat, app, response_mode="form_post")
    server.plant(form_of(reply)["code"])
    assert "authenticity_token" not in reply.text


@pytest.mark.parametrize("language, word", [("en", "Continue"), ("es", "Continuar")])
def test_oc_23_without_a_script_there_is_a_button(server, octocat, app, language, word):
    s.authorize(octocat, app)
    reply = octocat.get(s.AUTHORIZE, headers={"Accept-Language": language}, params={
        "client_id": app.client_id, "response_type": "code", "response_mode": "form_post"})
    server.plant(form_of(reply)["code"])
    page = Page(reply.text)
    assert page.lang == language and word in page.text and "https://app.example" in page.text


def test_what_is_refused_on_a_page_stays_there(server, octocat, app):
    """8252: no form leads to an address that was not proven."""
    # P03
    reply = s.ask(octocat, app, response_mode="form_post", redirect_uri="https://evil.example/cb")
    assert reply.status_code == 400
    assert not any("evil.example" in form.action for form in Page(reply.text).forms)


def test_a_scheme_of_an_app_cannot_be_sent_a_form(server, octocat):
    app = s.make_app(server, "com.example.app:/cb")
    reply = s.ask(octocat, app, response_mode="form_post", state="s")
    assert dict(location_query(reply))["error"] == "invalid_request"
    assert s.cause(server, reply) == "AUTHORIZE_RESPONSE_MODE"


def test_a_mode_that_comes_twice_is_none(octocat, app):
    s.authorize(octocat, app)
    reply = octocat.get(s.AUTHORIZE + f"?client_id={app.client_id}&response_type=code"
                        "&response_mode=form_post&response_mode=query")
    assert dict(location_query(reply))["error"] == "invalid_request"


# what an app has registered

def test_an_app_may_say_which_modes_it_uses(server, octocat):
    only_form = s.make_app(server, CALLBACK, metadata={"response_modes": ["form_post"]})
    only_query = s.make_app(server, CALLBACK, metadata={"response_modes": ["query"]})
    assert server.plant(posted(octocat, only_form)["code"])
    for mode in (None, "query"):
        reply = s.ask(octocat, only_form, response_mode=mode)
        assert dict(location_query(reply))["error"] == "invalid_request"
        assert s.cause(server, reply) == "AUTHORIZE_RESPONSE_MODE"
    assert server.plant(s.code(octocat, only_query))
    assert form_of(s.ask(octocat, only_query, response_mode="form_post"))["error"] == \
        "invalid_request"


def test_an_app_that_wants_forms_gets_no_code_by_the_other_edge(server, octocat):
    app = s.make_app(server, CALLBACK, metadata={"response_modes": ["form_post"]})
    reply = octocat.get("/login/oauth/authorize", params={"client_id": app.client_id})
    assert "code" not in dict(location_query(reply))


def test_7591_response_modes_are_registered_and_told(server, tmp_path):
    metadata = tmp_path / "metadata.json"

    def create(modes, run, **more):
        metadata.write_text(json.dumps({"redirect_uris": [CALLBACK], "response_modes": modes}))
        return run("app", "create", "--owner", server._owner_with_room(), "--name", "Forms",
                   "--homepage", "https://app.example/", "--callback", CALLBACK, "--metadata",
                   str(metadata), **more)

    made = create(["form_post", "query"], server.cli_json)
    server.plant(made["client_secret"])
    shown = server.cli_json("app", "show", made["client_id"])
    assert shown["metadata"]["response_modes"] == ["form_post", "query"]
    assert "response_modes" in create(["fragment"], server.cli, status=1).stderr
