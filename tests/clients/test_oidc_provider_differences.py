"""llavero beside npm oidc-provider, a certified server of another hand: both are configured alike and asked the
same (oidc_provider_cases.py). What they answer is compared where a standard says something about it; where they
differ, the sentence that makes ours right stands in oidc_provider_differences.py."""

import base64
import re
import shutil
import subprocess
import threading
import urllib.parse

import pytest
import requests

from driven import HERE, PATIENCE_S
from llavero_http import ROOT, App, Page, Server, challenged, free_port, pkce
from oidc_provider_cases import (AFTER, API, CALLBACK, CASES, DEVICE_GRANT, JWT_BEARER, SCOPE, USUAL)
from oidc_provider_differences import DIFFERENCES
from own_jose import Key, assertion, jwks, proof

BENCH = ROOT / "bench" / "node_modules"
GRANTS = ["authorization_code", "refresh_token", "client_credentials", DEVICE_GRANT]
# RFC 6749 5.2: optional, and for people
TOLD = {"error_description", "error_uri"}


class Side:
    """One of the two servers, and the apps on it."""

    def __init__(self, base, initial_token=None):
        self.base, self.initial_token = base, initial_token
        self.metadata = self.call("GET", "/.well-known/openid-configuration").json()
        self.key, self.bound = Key("ES256"), Key("ES256")
        usual = {"redirect_uris": [CALLBACK], "post_logout_redirect_uris": [AFTER], "scope": SCOPE}
        self.clients = {
            name: self.register({**usual, **more}) for name, more in {
                "one": {"grant_types": GRANTS}, "two": {"grant_types": GRANTS},
                "public": {"grant_types": GRANTS[:2] + GRANTS[3:],
                           "token_endpoint_auth_method": "none"},
                "keyed": {"grant_types": GRANTS, "token_endpoint_auth_method": "private_key_jwt",
                          "jwks": jwks(self.key)},
                "narrow": {"grant_types": GRANTS[:1]}}.items()}
        self.browser = requests.Session()
        for name in self.clients:
            self.ask(name, scope=SCOPE)

    def call(self, method, where, **options):
        return requests.request(method, urllib.parse.urljoin(self.base, where), timeout=PATIENCE_S,
                                allow_redirects=False, **options)

    def register(self, metadata):
        reply = self.call("POST", self.metadata["registration_endpoint"], json=metadata,
                          headers=self.registering())
        assert reply.status_code == 201, reply.text
        return reply.json()

    def registering(self):
        return {"Authorization": f"Bearer {self.initial_token}"} if self.initial_token else {}

    # a person

    def walk(self, reply):
        """Signs in and agrees where that is asked, until the browser leaves the server."""
        while True:
            if reply.status_code in (302, 303):
                target = urllib.parse.urljoin(reply.url, reply.headers["Location"])
                if not target.startswith(self.base):
                    return target
                reply = self.browser.get(target, allow_redirects=False, timeout=PATIENCE_S)
                continue
            assert reply.status_code == 200, (reply.url, reply.text)
            form = next(f for f in Page(reply.text).forms if f.value("prompt") or
                        f.action == "/session" or ("authorize", "1") in f.buttons)
            fields = {**dict(form.fields), **dict(b for b in form.buttons if b[1] == "1")}
            if "login" in fields:
                fields.update(self.person)
            reply = self.browser.post(urllib.parse.urljoin(reply.url, form.action), data=fields,
                                      allow_redirects=False, timeout=PATIENCE_S)

    person = {"login": "ana", "password": "correct horse battery staple"}

    def ask(self, name, **params):
        """A code, and the verifier to it."""
        verifier, challenge = pkce()
        url = self.metadata["authorization_endpoint"] + "?" + urllib.parse.urlencode({
            "client_id": self.clients[name]["client_id"], "redirect_uri": CALLBACK,
            "response_type": "code", "state": "s", **challenged(challenge), **params})
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.walk(self.browser.get(
            url, allow_redirects=False, timeout=PATIENCE_S))).query))
        assert "code" in answer, answer
        return answer["code"], verifier

    def tokens(self, name, by, headers=None, **params):
        code, verifier = self.ask(name, **{"scope": SCOPE, **params})
        return self.grant(f"{by} {name}", headers, grant_type="authorization_code", code=code,
                          code_verifier=verifier, redirect_uri=CALLBACK)

    def grant(self, by, headers=None, **form):
        more, extra = self.authentication(by)
        reply = self.call("POST", self.metadata["token_endpoint"], data={**form, **extra},
                          headers={**more, **(headers or {})})
        assert reply.status_code == 200, reply.text
        return reply.json()

    # who asks

    def authentication(self, by):
        """Headers and parameters of `by`."""
        if not by:
            return {}, {}
        if by in ("registering", "managing", "mismanaging"):
            return getattr(self, by)(), {}
        how, name = by.split()
        client = self.clients.get(name, {"client_id": "nobody"})
        secret = "0" * 40 if how.startswith("wrong") else client.get("client_secret", "x" * 40)
        named = {"client_id": client["client_id"]}
        header = {"Authorization": "Basic " + base64.b64encode(
            f"{urllib.parse.quote(client['client_id'])}:{urllib.parse.quote(secret)}".encode()
            ).decode()}
        return {
            "basic": (header, {}), "wrong-basic": (header, {}), "id": ({}, named),
            "post": ({}, {**named, "client_secret": secret}),
            "wrong-post": ({}, {**named, "client_secret": secret}),
            "both": (header, {**named, "client_secret": secret}),
            "signed": ({}, {**named, "client_assertion_type": JWT_BEARER,
                            "client_assertion": assertion(self, app_of(client), self.key)}),
        }[how]

    def managing(self):
        return {"Authorization": "Bearer " + self.managed()["registration_access_token"]}

    def mismanaging(self):
        return {"Authorization": "Bearer " + "0" * 43}

    def managed(self):
        if "managed" not in self.made:
            self.made["managed"] = self.register({"redirect_uris": [CALLBACK]})
        return self.made["managed"]

    # what the words in braces are

    def word(self, name):
        if name not in self.made:
            self.made[name] = getattr(self, "make_" + name, lambda: self.make(name))()
        return self.made[name]

    def make(self, name):
        if name in self.clients:
            return self.clients[name]["client_id"]
        raise AssertionError(f"nobody knows what {name} is")

    def with_verifier(self, name, **params):
        code, self.made["verifier"] = self.ask(name, scope=SCOPE, **params)
        return code

    def make_challenge(self):
        return pkce()[1]

    def make_verifier(self):
        self.made["code"] = self.with_verifier("one")
        return self.made["verifier"]

    def make_code(self):
        return self.with_verifier("one")

    def make_public_code(self):
        return self.with_verifier("public")

    def make_keyed_code(self):
        return self.with_verifier("keyed")

    def make_other_code(self):
        return self.with_verifier("two")

    def make_resource_code(self):
        code, self.made["verifier"] = self.ask("one", scope="repo", resource=API)
        return code

    def make_narrow_code(self):
        return self.with_verifier("narrow")

    def make_used_code(self):
        code = self.with_verifier("one")
        self.grant("basic one", grant_type="authorization_code", code=code,
                   code_verifier=self.made["verifier"], redirect_uri=CALLBACK)
        return code

    def make_access(self):
        return self.tokens("one", "basic")["access_token"]

    def make_narrow_access(self):
        return self.tokens("one", "basic", scope="repo")["access_token"]

    def make_bound_access(self):
        return self.tokens("one", "basic", {"DPoP": self.make_proof()})["access_token"]

    def make_public_access(self):
        return self.tokens("public", "id")["access_token"]

    def make_id_token(self):
        return self.tokens("one", "basic")["id_token"]

    def make_refresh(self):
        return self.tokens("one", "basic")["refresh_token"]

    def make_public_refresh(self):
        return self.tokens("public", "id")["refresh_token"]

    def make_other_refresh(self):
        return self.tokens("two", "basic")["refresh_token"]

    def make_used_refresh(self):
        first = token = self.make_refresh()
        for _ in range(2):
            token = self.grant("basic one", grant_type="refresh_token", refresh_token=token)[
                "refresh_token"]
        return first

    def make_revoked(self):
        token = self.make_access()
        headers, extra = self.authentication("basic one")
        self.call("POST", self.metadata["revocation_endpoint"], headers=headers,
                  data={"token": token, **extra})
        return token

    def make_device_code(self):
        headers, extra = self.authentication("basic one")
        return self.call("POST", self.metadata["device_authorization_endpoint"], headers=headers,
                         data={"client_id": self.clients["one"]["client_id"], "scope": "openid",
                               **extra}).json()["device_code"]

    def make_proof(self):
        return proof(self.bound, "POST", self.metadata["token_endpoint"])

    def make_push_proof(self):
        return proof(self.bound, "POST", self.metadata["pushed_authorization_request_endpoint"])

    def make_request_uri(self):
        headers, _ = self.authentication("basic one")
        return self.call("POST", self.metadata["pushed_authorization_request_endpoint"],
                         headers=headers, data={**USUAL, "client_id": self.word("one"),
                                                "code_challenge": self.word("challenge")}
                         ).json()["request_uri"]

    def make_used_request_uri(self):
        uri = self.make_request_uri()
        self.walk(self.browser.get(
            self.metadata["authorization_endpoint"], allow_redirects=False, timeout=PATIENCE_S,
            params={"client_id": self.word("one"), "request_uri": uri}))
        return uri

    def make_registration_client_uri(self):
        return self.managed()["registration_client_uri"]

    def fill(self, text):
        if text is None or text.startswith("{\"") or text in ("{", "{}"):
            return text
        return re.sub(r"\{(\w+)\}", lambda m: self.word(m[1]), text)

    # what it answers

    def answer(self, case):
        self.made = {}
        where = self.metadata.get(case.endpoint) or self.fill(case.endpoint)
        form = [(name, self.fill(value)) for name, value in case.form]
        more, extra = self.authentication(case.by)
        headers = {**{n: self.fill(v) for n, v in case.headers.items()}, **more}
        form += [(n, v) for n, v in extra.items() if n not in dict(form)]
        sent = {"params": form} if case.method == "GET" else {
            "data": form if case.body is None else case.body}
        asks = requests if case.fresh or case.endpoint != "authorization_endpoint" else self.browser
        reply = asks.request(case.method, urllib.parse.urljoin(self.base, where), headers=headers,
                             allow_redirects=False, timeout=PATIENCE_S, **sent)
        again = urllib.parse.urljoin(reply.url, reply.headers.get("Location", ""))
        if case.method == "POST" and again.startswith(where + "?"):  # the same by GET
            reply = asks.get(again, allow_redirects=False, timeout=PATIENCE_S)
        return self.read(reply)

    def read(self, reply):
        if reply.status_code in (302, 303):
            return self.read_redirect(urllib.parse.urljoin(reply.url, reply.headers["Location"]))
        kind = reply.headers.get("Content-Type", "").split(";")[0]
        if kind == "text/html":
            return self.read_page(reply)
        seen = {"status": reply.status_code, "type": kind or None,
                "no-store": "no-store" in reply.headers.get("Cache-Control", ""),
                "challenge": challenge(reply)}
        return {**seen, **facts(reply.json() if kind.endswith("json") else {})}

    def read_redirect(self, target):
        if target.startswith(self.base):
            return {"where": "person"}
        parts = urllib.parse.urlsplit(target)
        assert target.startswith((CALLBACK, AFTER)), target
        return {"where": "app", "by": "fragment" if parts.fragment else "query",
                **facts(dict(urllib.parse.parse_qsl(parts.query or parts.fragment)))}

    def read_page(self, reply):
        forms = Page(reply.text).forms
        answers = [f for f in forms if f.action.startswith(CALLBACK)]
        if answers:
            return {"where": "app", "by": "form", **facts(dict(answers[0].fields))}
        asks = reply.status_code == 200 and any(f.method.lower() == "post" for f in forms)
        return {"where": "person"} if asks else {"where": "page", "status": reply.status_code}


def app_of(client):
    return App(0, client["client_id"], None, CALLBACK, "", "")


def challenge(reply):
    """Scheme and error of the header that a 401 has."""
    text = reply.headers.get("WWW-Authenticate")
    if text is None:
        return None
    error = re.search(r'error="(\w+)"', text)
    return " ".join([text.split()[0].rstrip(",")] + ([error[1]] if error else []))


def differences(mine, other):
    """By the name of what differs: ours and theirs. Of members only those that one has alone; what our
    metadata have more is no difference, since they list what is offered besides."""
    found = {name: (mine.get(name), other.get(name)) for name in {**mine, **other}
             if mine.get(name) != other.get(name)}
    if "members" in found:
        here, there = (set(side.get("members", [])) for side in (mine, other))
        alone = set() if "issuer" in here else here - there
        found["members"] = (" ".join(sorted(alone)), " ".join(sorted(there - here)))
    return {name: pair for name, pair in found.items() if pair != ("", "")}


def facts(body):
    """The names of members, and the values that a standard fixes."""
    seen = {"members": sorted(set(body) - TOLD)}
    for name in "error", "active", "token_type", "expires_in", "interval":
        if name in body:
            seen[name] = body[name]
    if "scope" in body:
        seen["scope"] = " ".join(sorted(body["scope"].split()))
    return seen


class Process:
    """oidc-provider, run by the Node.js that it supports."""

    def __init__(self):
        node = BENCH / ".bin" / "node"
        program = str(node) if node.exists() else shutil.which("node")
        if not program or not (BENCH / "oidc-provider").is_dir():
            pytest.skip("oidc-provider is not installed (npm ci in bench)")
        self.process = subprocess.Popen([program, str(HERE / "oidc_provider.mjs"), str(free_port()), API],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        overdue = threading.Timer(PATIENCE_S, self.process.kill)
        overdue.start()
        line = self.process.stdout.readline()
        overdue.cancel()
        assert line.startswith("ready "), self.process.stderr.read()
        self.base = line.split()[1]
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE_S)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def theirs():
    process = Process()
    yield Side(process.base)
    process.stop()


@pytest.fixture(scope="module")
def ours(theirs, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("differences") / "data", demo=False,
                    registrations_per_hour=0, tokens_per_scope_set=0)
    user = server.make_user("ana")
    assert user.password == Side.person["password"]
    server.cli("resource", "create", API)
    token = server.cli_json("registration-token", "create", "--owner", user.login)["token"]
    yield Side(server.base, server.plant(token))
    server.stop()


def test_cases_have_names_of_their_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_answer_alike_but_for_what_is_listed(ours, theirs, case):
    """What is listed has to be there still: a difference that is gone leaves the list."""
    found = differences(ours.answer(case), theirs.answer(case))
    assert found == DIFFERENCES.get(case.name, {})


def test_nothing_is_listed_that_nobody_asks():
    assert set(DIFFERENCES) <= {case.name for case in CASES}
