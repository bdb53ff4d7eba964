"""distinctions.py for apps that register themselves and for client documents."""

import atexit
import functools

import requests

from client_stub import Stub
from distinctions import CASES, OTHERWISE, case

PATH = "/oauth2/register"
WEB = {"redirect_uris": ["https://app.example/cb"]}


@functools.cache
def stub():
    running = Stub()
    atexit.register(running.close)
    return running


def send(w, method="POST", path=PATH, token=None, body=None, **options):
    headers = {"X-Forwarded-For": w.address}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return requests.request(method, w.server.url(path), headers=headers, timeout=60, json=body,
                            **options)


def register(w, **metadata):
    made = send(w, body={**WEB, **metadata}).json()
    w.server.plant(made["registration_access_token"], made.get("client_secret"))
    return made


def look(w, url):
    return requests.post(w.server.url("/rehearsal/client-documents"), json={"client_id": url},
                         headers={"Authorization": f"Bearer {w.server.rehearsal_token}"},
                         timeout=60)


@case("REGISTRATION_TOKEN_ABSENT")
def _(w):
    return send(w, "GET", f"{PATH}/{w.app.client_id}")


@case("REGISTRATION_TOKEN_WRONG", length="44")
def _(w):
    return send(w, token=w.server.plant("lri_" + "0123456789" * 4), body=WEB)


@case("REGISTRATION_TOKEN_OVER", fault="token_used")
def _(w):
    made = w.server.cli_json("registration-token", "create", "--uses", "1")
    reply = send(w, token=w.server.plant(made["token"]), body=WEB).json()
    w.server.plant(reply["client_secret"], reply["registration_access_token"])
    return send(w, token=made["token"], body=WEB)


@case("REGISTRATION_TOKEN_OVER", fault="token_owner")
def _(w):
    made = w.server.cli_json("registration-token", "create", "--owner", w.owner.login)
    w.server.cli("user", "suspend", w.owner.login)
    reply = send(w, token=w.server.plant(made["token"]), body=WEB)
    w.server.cli("user", "unsuspend", w.owner.login)
    return reply


@case("REGISTRATION_MANAGE_TOKEN", length="44")
def _(w):
    made = register(w)
    return send(w, "GET", f"{PATH}/{made['client_id']}",
                token=w.server.plant("lrm_" + "0123456789" * 4))


@case("REGISTRATION_THROTTLED")
def _(w):
    for _ in range(60):
        send(w, data="x")
    return send(w, data="x")


@case("REGISTRATION_BODY", fault="not_json")
def _(w):
    return send(w, data="redirect_uris=https://app.example/")


@case("REGISTRATION_BODY", fault="no_object")
def _(w):
    return send(w, body=["x"])


@case("REGISTRATION_BODY", fault="not_json")
def _(w):  # instead of what an app has
    made = register(w)
    return send(w, "PUT", f"{PATH}/{made['client_id']}", token=made["registration_access_token"], data="{")


@case("REGISTRATION_REDIRECT_URI", parameter="redirect_uris", fault="uri_fragment")
def _(w):
    return send(w, body={"redirect_uris": ["https://app.example/#x"]})


@case("REGISTRATION_REDIRECT_URI", parameter="redirect_uris", fault="uri_dot")
def _(w):
    return send(w, body={"redirect_uris": ["myapp:/cb"]})


@case("REGISTRATION_MEMBER", parameter="grant_types", fault="unsupported")
def _(w):
    return send(w, body={**WEB, "grant_types": ["implicit"]})


@case("REGISTRATION_SECTOR", host="10.0.0.1", fault="fetch_address")
def _(w):
    return send(w, body={**WEB, "sector_identifier_uri": "https://10.0.0.1/sector"})


@case("REGISTRATION_SECTOR", fault="sector_lacks")
def _(w):
    return send(w, body={**WEB, "sector_identifier_uri": stub().put("/sector", [])})


@case("REGISTRATION_CLIENT_DIFFERS", parameter="client_id")
def _(w):
    made = register(w)
    return send(w, "PUT", f"{PATH}/{made['client_id']}",
                token=made["registration_access_token"], body={**WEB, "client_id": "another"})


@case("REGISTRATION_STATEMENT")
def _(w):
    return send(w, body={**WEB, "software_statement": "e30.e30."})


@case("DOCUMENT_URL", fault="url_path")
def _(w):
    return look(w, "https://client.example")


@case("DOCUMENT_ADDRESS", host="169.254.169.254")
def _(w):
    return look(w, "https://169.254.169.254/client")


@case("DOCUMENT_UNREACHABLE", host="nobody.invalid", fault="fetch_name")
def _(w):
    return look(w, "https://nobody.invalid/client")


@case("DOCUMENT_STATUS", status="404")
def _(w):
    return look(w, stub().url("/nowhere"))


@case("DOCUMENT_REPLY", fault="fetch_type")
def _(w):
    return look(w, stub().put_client("/text", headers={"Content-Type": "text/plain"}))


@case("DOCUMENT_ID_DIFFERS")
def _(w):
    return look(w, stub().put_client("/other", client_id="https://client.example/"))


@case("DOCUMENT_METADATA", parameter="token_endpoint_auth_method", fault="shared_secret")
def _(w):
    return look(w, stub().put_client("/secret",
                                     token_endpoint_auth_method="client_secret_basic"))


OTHERWISE["REGISTRATION_FULL"] = "fifty thousand apps would have to be registered first"
OF_NO_APP = {name for name, _, _ in CASES
             if name.startswith(("REGISTRATION_", "DOCUMENT_"))}
