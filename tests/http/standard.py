"""The standard edge as a client and a person use it: /oauth2/ and /.well-known/."""

import json
import urllib.parse

from llavero_http import App, Page, basic, challenged, location_query, pkce, unique

AUTHORIZE, TOKEN = "/oauth2/authorize", "/oauth2/token"
INTROSPECT, REVOKE = "/oauth2/introspect", "/oauth2/revoke"
DEVICE = "/oauth2/device_authorization"
PAR = "/oauth2/par"
PUSHED = "urn:ietf:params:oauth:request_uri:"
METADATA = "/.well-known/oauth-authorization-server"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
PAGE = "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/#"


def serve(server, app, metadata=None, **columns):
    """How the app is served; `metadata` as a dictionary."""
    if metadata is not None:
        columns["metadata"] = json.dumps(metadata)
    assignments = ", ".join(f"{name} = ?" for name in columns)
    with server.database() as db:
        changed = db.execute(f"UPDATE app SET {assignments} WHERE client_id = ?",
                             (*columns.values(), app.client_id)).rowcount
    assert changed == 1
    return app


def make_app(server, *callbacks, device=False, expiring=False, **columns):
    name = unique("Standard")
    callbacks = callbacks or ("https://app.example/cb",)
    made = server.cli_json(
        "app", "create", "--owner", server._owner_with_room(), "--name", name, "--homepage",
        "https://app.example/", *(w for uri in callbacks for w in ("--callback", uri)),
        *(["--device-flow"] if device else []), *(["--expiring-tokens"] if expiring else []))
    server.plant(made["client_secret"])
    app = App(made["id"], made["client_id"], made["client_secret"], callbacks[0], name, "octocat")
    return serve(server, app, **columns) if columns else app


def make_public(server, *callbacks, **more):
    return make_app(server, *callbacks, auth_method="none", **more)


def is_public(server, app):
    with server.database() as db:
        found = db.execute("SELECT auth_method FROM app WHERE client_id = ?", (app.client_id,))
        method = found.fetchone()[0]
    return method == "none"


def without_none(params):
    return {k: v for k, v in params.items() if v is not None}


def ask(browser, app, **params):
    return browser.get(AUTHORIZE, params=without_none(
        {"client_id": app.client_id, "response_type": "code", **params}))


def push(server, app, status=201, headers=None, **params):
    """A pushed request; `params` may have the client's proof."""
    given = {"client_secret", "client_assertion"} & set(params)
    reply = post(server, PAR, {"response_type": "code", **({} if given else credentials(server, app)),
                               **params}, headers=headers or {})
    assert reply.status_code == status, (reply.status_code, reply.text)
    assert reply.headers["Cache-Control"] == "no-store"
    if status == 201:
        server.plant(reply.json()["request_uri"][len(PUSHED):])
    return reply


def push_uri(server, app, **params):
    return push(server, app, **params).json()["request_uri"]


def ask_pushed(browser, app, uri, **params):
    """Only the reference goes with the browser."""
    return browser.get(AUTHORIZE, params=without_none(
        {"client_id": app.client_id, "request_uri": uri, **params}))


def decide(browser, reply, allow=True):
    assert reply.status_code == 200, (reply.status_code, reply.headers, reply.text[:500])
    return browser.submit(Page(reply.text).form(AUTHORIZE), ("authorize", "1" if allow else "0"))


def authorize(browser, app, **params):
    reply = ask(browser, app, **params)
    if reply.status_code == 200:
        reply = decide(browser, reply)
    assert reply.status_code == 302, (reply.status_code, reply.text[:2000])
    return reply


def answer(browser, app, **params):
    return dict(location_query(authorize(browser, app, **params)))


def code(browser, app, **params):
    got = answer(browser, app, **params)
    assert "code" in got, got
    return browser.server.plant(got["code"])


def post(server, path, form, auth=None, **options):
    """`auth`: (client_id, client_secret) for HTTP Basic, form-encoded as RFC 6749 2.3.1 asks."""
    headers = dict(options.pop("headers", {}))
    if auth:
        headers.update(basic(*(urllib.parse.quote(half, safe="") for half in auth)))
    return server.post(path, without_none(form), headers=headers, **options)


def credentials(server, app):
    return {"client_id": app.client_id} if is_public(server, app) else app.credentials


def plant(server, body):
    for name in ("access_token", "refresh_token", "device_code"):
        server.plant(body.get(name))
    return body


def token(server, app, status=200, **form):
    """One request of the token endpoint, the secret among the parameters."""
    reply = post(server, TOKEN, {**credentials(server, app), **form})
    assert reply.status_code == status, (reply.status_code, reply.text)
    assert reply.headers["Cache-Control"] == "no-store"
    return plant(server, reply.json())


def exchange(server, app, of, status=200, **form):
    return token(server, app, status, grant_type="authorization_code", code=of, **form)


def refresh(server, app, of, status=200, **form):
    return token(server, app, status, grant_type="refresh_token", refresh_token=of, **form)


def sign_in(server, browser, app, **params):
    """The whole way, with PKCE: the token reply."""
    verifier, challenge = pkce()
    of = code(browser, app, **challenged(challenge), **params)
    return exchange(server, app, of, code_verifier=verifier)


def introspect(server, app, of, status=200, **form):
    reply = post(server, INTROSPECT, {**app.credentials, "token": of, **form})
    assert reply.status_code == status, (reply.status_code, reply.text)
    return reply.json()


def is_active(server, app, of):
    body = introspect(server, app, of)
    assert body["active"] is True or body == {"active": False}
    return body["active"]


def revoke(server, app, of, status=200, **form):
    reply = post(server, REVOKE, {**credentials(server, app), "token": of, **form})
    assert reply.status_code == status, (reply.status_code, reply.text)
    return reply


def cause(server, reply):
    """Why it was refused, as the operator is told."""
    return server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])["cause"]
