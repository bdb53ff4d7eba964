"""POST /login/oauth/access_token: how requests are read and replies written. DESIGN.md section 8;
GitHub reference 3.1 to 3.5 and 14. What is done with a code is in test_code.py."""

import base64
import json
import re
import urllib.parse

import pytest

from llavero_http import (BAD_CODE, GRANT_TYPE, INCORRECT, INVALID, MISMATCH, SUSPENDED, basic,
                          unique)
from raw_http import ask

PATH = "/login/oauth/access_token"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"
ACCEPTS = {FORM: "*/*", JSON: "application/json", XML: "application/xml"}
AS_FORM = "Content-Type: application/x-www-form-urlencoded"
AS_JSON = "Content-Type: application/json; charset=utf-8"
LIMIT_BODY, LIMIT_PARAMS = 65536, 128
UNKNOWN_CODE = "0" * 40


def encode(fields, encoding):
    """The reply that `fields`, in this order, must be, byte for byte."""
    if encoding == JSON:
        return json.dumps(fields, separators=(",", ":"))
    if encoding == FORM:
        return "&".join(f"{n}={urllib.parse.quote_plus(v, safe='*-._')}"
                        for n, v in sorted(fields.items()))
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<OAuth>' +
            "".join(f"<{n}>{v}</{n}>" for n, v in fields.items()) + "</OAuth>")


def assert_reply(reply, fields, encoding, status=200):
    assert reply.status_code == status
    assert reply.text == encode(fields, encoding)
    assert reply.headers["Content-Type"] == encoding
    # 6749-26, A085, A093
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["Pragma"] == "no-cache"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "Accept" in reply.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in reply.headers  # A092
    assert "Set-Cookie" not in reply.headers
    assert re.fullmatch(r"[0-9A-F]+(:[0-9A-F]+)+", reply.headers["X-GitHub-Request-Id"])


@pytest.fixture(scope="module")
def app(server):
    return server.make_app(name="Access token & <test>" + unique(""))


@pytest.fixture
def code(app, octocat):
    return octocat.code(app)


def post_json(server, text, **headers):
    return server.post(PATH, text if isinstance(text, (bytes, str)) else json.dumps(text),
                       headers={"Content-Type": "application/json", "Accept": "application/json",
                                **headers})


# the three errors of the mission, and the others, in three encodings

@pytest.mark.parametrize("encoding", [FORM, JSON, XML])
class TestErrorBytes:
    def send(self, server, encoding, **form):
        return server.post(PATH, form, headers={"Accept": ACCEPTS[encoding]})

    def test_incorrect_client_credentials(self, server, app, encoding):
        # G01, G04
        for secret in ("0" * 40, "", app.client_secret[:-1], app.client_secret.upper(),
                       app.client_secret + "x", "x" * 300):
            reply = self.send(server, encoding, client_id=app.client_id, client_secret=secret,
                              code=UNKNOWN_CODE)
            assert_reply(reply, INCORRECT, encoding)

    def test_unknown_client_is_like_a_wrong_secret_A200(self, server, app, encoding):
        # A057, P17
        for client_id in ("Ov23liAAAAAAAAAAAAAA", "", "x" * 300, app.client_id.lower(),
                          "https://app.example/metadata.json"):
            reply = self.send(server, encoding, client_id=client_id,
                              client_secret=app.client_secret, code=UNKNOWN_CODE)
            assert_reply(reply, INCORRECT, encoding)

    def test_bad_verification_code(self, server, app, encoding):
        # G01, G05
        assert_reply(self.send(server, encoding, **app.credentials, code=UNKNOWN_CODE), BAD_CODE,
                     encoding)

    def test_redirect_uri_mismatch(self, server, app, code, encoding):
        # G01, G06
        assert_reply(self.send(server, encoding, **app.credentials, code=code,
                               redirect_uri="https://app.example/other"), MISMATCH, encoding)

    def test_unsupported_grant_type_6749_38_9700_06(self, server, app, code, encoding):
        for grant in ("password", "client_credentials", "urn:x:y", "AUTHORIZATION_CODE"):
            assert_reply(self.send(server, encoding, **app.credentials, code=code,
                                   grant_type=grant), GRANT_TYPE, encoding)

    def test_application_suspended(self, server, encoding):
        demo = server.demo
        assert_reply(self.send(server, encoding, client_id=demo["suspended_client_id"],
                               client_secret=demo["suspended_client_secret"], code=UNKNOWN_CODE),
                     SUSPENDED, encoding)

    def test_invalid_request(self, server, app, encoding):
        reply = server.post(PATH, "client_id=%zz", headers={
            "Accept": ACCEPTS[encoding], "Content-Type": "application/x-www-form-urlencoded"})
        assert_reply(reply, INVALID, encoding, status=400)


class TestSuccessBytes:
    def exchange(self, server, app, octocat, accept, scope):
        reply = server.exchange(app, octocat.code(app, scope=scope), accept=accept)
        token = re.search("gho_[0-9A-Za-z]{36}", reply.text)[0]
        server.plant(token)
        return reply, token

    def test_form_alphabetical(self, server, app, octocat):
        # G02, G14
        reply, token = self.exchange(server, app, octocat, "*/*", "user repo")
        assert reply.text == f"access_token={token}&scope=repo%2Cuser&token_type=bearer"
        assert reply.headers["Content-Type"] == FORM

    def test_json_in_the_order_observed(self, server, app, octocat):
        # G14, G17, G18
        reply, token = self.exchange(server, app, octocat, "application/json;charset=utf-8",
                                     "public_repo,user:email")
        assert reply.text == (f'{{"access_token":"{token}","token_type":"bearer",'
                              '"scope":"public_repo,user:email"}')
        assert reply.headers["Content-Type"] == JSON
        assert reply.headers["Cache-Control"] == "no-store"

    def test_xml_in_the_order_documented(self, server, app, octocat):
        # G02
        reply, token = self.exchange(server, app, octocat, "application/xml", "repo gist")
        assert reply.text == (
            '<?xml version="1.0" encoding="UTF-8"?>\n<OAuth><token_type>bearer</token_type>'
            f"<scope>gist,repo</scope><access_token>{token}</access_token></OAuth>")
        assert reply.headers["Content-Type"] == XML

    def test_scope_is_there_when_it_is_empty(self, server, octocat):
        # G14
        plain = server.make_app()
        reply, token = self.exchange(server, plain, octocat, "*/*", None)
        assert reply.text == f"access_token={token}&scope=&token_type=bearer"
        reply, token = self.exchange(server, plain, octocat, "application/json;q=1", None)
        assert reply.text == f'{{"access_token":"{token}","token_type":"bearer","scope":""}}'
        reply, token = self.exchange(server, plain, octocat, "application/xml", None)
        assert "<scope></scope>" in reply.text


# Accept: reference 3.2

@pytest.mark.parametrize("accept, expected", [
    (None, FORM), ("", FORM), ("*/*", FORM), ("*/*;q=0.1", FORM),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", FORM),
    ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", FORM),
    ("application/json, text/plain, */*", FORM),  # axios: section 15, question 7
    ("application/*", FORM),
    ("application/x-www-form-urlencoded", FORM),
    ("application/x-www-form-urlencoded, application/json;q=0.9", FORM),
    ("application/json", JSON), ("APPLICATION/Json", JSON), ("application/json;q=1.0", JSON),
    ("application/json; charset=utf-8", JSON), (" application/json ", JSON),
    ("application/json, application/xml", JSON),
    ("application/json;q=0.5, application/xml;q=0.4", JSON),
    ("text/plain, application/json", JSON), ("application/json, */*;q=0.5", JSON),
    ("application/xml", XML), ("application/xml;q=0.5, application/json;q=0.3", XML),
    ("application/json;q=0, application/xml", XML),
    ("application/json;q=0, */*", FORM),
    ("application/vnd.github.v3+json", None), ("text/html", None), ("text/plain", None),
    ("application/json;q=0", None), ("nonsense", None),
])
def test_accept(server, app, accept, expected):
    # G02
    lines = [AS_FORM] + ([] if accept is None else [f"Accept: {accept}"])
    body = urllib.parse.urlencode({**app.credentials, "code": UNKNOWN_CODE}).encode()
    reply = ask(server, "POST", PATH, *lines, body=body)
    if expected is None:
        assert (reply.status, reply.body) == (406, b"")
    else:
        assert (reply.status, reply.header("Content-Type")) == (200, expected)
        assert reply.body.decode() == encode(BAD_CODE, expected)


def test_406_does_nothing(server, app, code):
    reply = server.exchange(app, code, accept="application/vnd.github.v3+json", status=406)
    assert reply.text == ""
    assert "access_token" in server.exchange(app, code)


# credentials: RFC 6749 2.3.1, reference 3.1

class TestCredentials:
    def send(self, server, code, headers, **form):
        return server.post(PATH, {"code": code, **form},
                           headers={"Accept": "application/json", **headers}).json()

    def test_body(self, server, app, code):
        assert "access_token" in server.exchange(app, code)

    @pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "bAsIc"])
    def test_basic_with_no_client_id_in_the_body(self, server, app, code, scheme):
        headers = basic(app.client_id, app.client_secret, scheme)
        assert "access_token" in self.send(server, code, headers)

    def test_basic_and_body_that_agree(self, server, app, code):
        headers = basic(app.client_id, app.client_secret)
        assert "access_token" in self.send(server, code, headers, **app.credentials)

    def test_basic_with_encoded_halves_6749_17(self, server, app, code):
        encoded = ["".join(f"%{ord(c):02X}" for c in text)
                   for text in (app.client_id, app.client_secret)]
        assert "access_token" in self.send(server, code, basic(*encoded))

    def test_basic_name_with_the_secret_in_the_body(self, server, app, code):
        assert "access_token" in self.send(server, code, basic(app.client_id, ""),
                                           client_secret=app.client_secret)

    def test_encoded_secret_in_the_body_is_not_decoded_again_6749_17(self, server, app, code):
        twice = "%" + f"{ord(app.client_secret[0]):02x}" + app.client_secret[1:]
        assert self.send(server, code, {}, client_id=app.client_id,
                         client_secret=twice) == INCORRECT
        assert "access_token" in server.exchange(app, code)

    def test_conflicting_id_A049(self, server, app, code):
        other = server.make_app()
        headers = basic(app.client_id, app.client_secret)
        assert self.send(server, code, headers, client_id=other.client_id) == INCORRECT
        assert self.send(server, code, headers, **other.credentials) == INCORRECT
        assert "access_token" in server.exchange(app, code)

    def test_conflicting_secret(self, server, app, code):
        headers = basic(app.client_id, app.client_secret)
        wrong = {"client_id": app.client_id, "client_secret": "0" * 40}
        assert self.send(server, code, headers, **wrong) == INCORRECT
        headers = basic(app.client_id, "0" * 40)
        assert self.send(server, code, headers, **app.credentials) == INCORRECT
        assert "access_token" in server.exchange(app, code)

    @pytest.mark.parametrize("value", [
        "Basic", "Basic ", "Basic !!!", "Basic =", "Basic Basic", "Basic YQ", "Basic YQ==",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"a\0b:c").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b":" * 600).decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"%zz:%").decode(),
        "Basic " + "A" * 9000,
    ])
    def test_malformed_basic_A060(self, server, app, value):
        reply = ask(server, "POST", PATH, f"Authorization: {value}", "Accept: application/json",
                    AS_FORM, body=b"code=" + UNKNOWN_CODE.encode())
        assert (reply.status, json.loads(reply.body)) == (200, INCORRECT)

    def test_malformed_basic_never_burns_a_code_A028(self, server, app, code):
        assert self.send(server, code, {"Authorization": "Basic !"},
                         **app.credentials) == INCORRECT
        assert "access_token" in server.exchange(app, code)

    def test_a_mebibyte_of_basic_A060(self, server):
        reply = ask(server, "POST", PATH, "Authorization: Basic " + "A" * (1 << 20), body=b"")
        assert reply is None or reply.status in (400, 413, 431)
        assert server.get("/healthz").status_code == 200

    def test_other_schemes_are_not_client_authentication(self, server, app, code):
        headers = {"Authorization": "Bearer gho_" + "0" * 36}
        assert self.send(server, code, headers) == INCORRECT
        assert "access_token" in self.send(server, code, headers, **app.credentials)

    def test_secret_alone_A047(self, server, app, code):
        assert self.send(server, code, {}, client_secret=app.client_secret) == INCORRECT
        assert self.send(server, code, {}, client_id=app.client_id) == INCORRECT
        assert self.send(server, code, {}) == INCORRECT


# where parameters may be: reference 3.1, assurance G03

class TestPlaces:
    def test_json_body(self, server, app, code):
        # G03
        reply = post_json(server, {**app.credentials, "code": code, "state": "x"})
        assert "access_token" in reply.json()

    def test_json_null_is_absent_and_numbers_are_text(self, server, app, code):
        reply = post_json(server, {**app.credentials, "code": code, "redirect_uri": None,
                                   "code_verifier": None, "repository_id": 7, "x": True})
        assert "access_token" in reply.json()

    def test_query_of_an_empty_post(self, server, app, code):
        query = urllib.parse.urlencode({**app.credentials, "code": code})
        reply = ask(server, "POST", f"{PATH}?{query}", "Accept: application/json", body=b"")
        assert "access_token" in json.loads(reply.body)

    def test_query_and_body_together(self, server, app, code):
        # G03
        query = urllib.parse.urlencode(app.credentials)
        reply = server.post(f"{PATH}?{query}", {"code": code}, headers={"Accept": "application/json"})
        assert "access_token" in reply.json()

    def test_form_without_a_content_type(self, server, app, code):
        body = urllib.parse.urlencode({**app.credentials, "code": code}).encode()
        reply = ask(server, "POST", PATH, "Accept: application/json", body=body)
        assert "access_token" in json.loads(reply.body)

    def test_chunked_body(self, server, app, code):
        pieces = urllib.parse.urlencode({**app.credentials, "code": code}).encode()
        reply = server.post(PATH, iter([pieces[:30], pieces[30:31], pieces[31:]]), headers={
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"})
        assert "access_token" in reply.json()

    def test_unknown_parameters_are_ignored_6749_02(self, server, app, code):
        odd = {"extra": "foobar", "foo[]": "1", "__proto__": "x", "": "y", "state": "x",
               "repository_id": "1"}
        assert "access_token" in server.exchange(app, code, **odd)

    def test_empty_parameters_are_absent_6749_03(self, server, app, code):
        assert "access_token" in server.exchange(app, code, redirect_uri="", code_verifier="",
                                                 grant_type="")


KNOWN = ["client_id", "client_secret", "code", "redirect_uri", "code_verifier", "grant_type"]


@pytest.mark.parametrize("name", KNOWN)
class TestRepeated:
    def fields(self, app, code):
        verifier = "v" * 43
        return {**app.credentials, "code": code, "redirect_uri": app.callback,
                "code_verifier": verifier, "grant_type": "authorization_code"}

    def refused(self, server, target, pairs):
        reply = ask(server, "POST", target, AS_FORM, "Accept: application/json",
                    body=urllib.parse.urlencode(pairs).encode())
        assert (reply.status, json.loads(reply.body)) == (400, INVALID)

    def test_in_the_body_6749_04(self, server, app, code, name):
        fields = self.fields(app, code)
        self.refused(server, PATH, [*fields.items(), (name, fields[name])])
        self.refused(server, PATH, [(name, "other"), *fields.items()])
        fields.pop("code_verifier")
        assert "access_token" in server.post(PATH, fields, headers={
            "Accept": "application/json"}).json()

    def test_in_query_and_body_A165(self, server, app, code, name):
        fields = self.fields(app, code)
        query = urllib.parse.urlencode({name: fields[name]})
        self.refused(server, f"{PATH}?{query}", list(fields.items()))
        self.refused(server, f"{PATH}?{query}&{query}", [])

    def test_in_json_and_query(self, server, app, code, name):
        # G03: in two places it is sent twice
        fields = self.fields(app, code)
        query = urllib.parse.urlencode({name: fields[name]})
        reply = ask(server, "POST", f"{PATH}?{query}", AS_JSON, "Accept: application/json",
                    body=json.dumps(fields).encode())
        assert (reply.status, json.loads(reply.body)) == (400, INVALID)


# what cannot be read

@pytest.mark.parametrize("body", [
    b"code=%", b"code=%4", b"code=%zz", b"code=%u0041", b"code=%00", b"code=a%00b", b"code=\0",
    b"code=%ff", b"code=%c0%af", b"code=%ed%a0%80", b"code=\xff", b"%zz=1", b"a=1&%=2",
    b"code=%f5%80%80%80",
], ids=repr)
def test_malformed_forms_A164(server, app, body):
    good = urllib.parse.urlencode(app.credentials).encode()
    for both in (good + b"&" + body, body + b"&" + good):
        reply = ask(server, "POST", PATH, AS_FORM, "Accept: application/json", body=both)
        assert (reply.status, json.loads(reply.body)) == (400, INVALID)


def test_malformed_query(server, app):
    for query in ("code=%zz", "code=%00", "code=%ff", "%"):
        reply = ask(server, "POST", f"{PATH}?{query}", AS_FORM, "Accept: application/json",
                    body=urllib.parse.urlencode(app.credentials).encode())
        assert (reply.status, json.loads(reply.body)) == (400, INVALID)


def test_semicolons_do_not_separate_A164(server, app, code):
    body = "&".join(f"{n}={v}" for n, v in app.credentials.items()) + f"&code={code};x=1"
    reply = ask(server, "POST", PATH, AS_FORM, "Accept: application/json", body=body.encode())
    assert json.loads(reply.body) == BAD_CODE


@pytest.mark.parametrize("text", [
    "", "{", "[]", "null", "1", '"code"', "{}x", "{'code':1}", '{"code":1,}', "\ufeff{}",
    '{"code":"a","code":"b"}', '{"code":"a","c\\u006fde":"b"}', '{"code":["a"]}',
    '{"code":{"a":1}}', '{"code":"\\ud800"}', '{"code":"a\\u0000b"}', '{"co\\u0000de":"a"}',
    '{"x":' * 15 + "{}" + "}" * 15, '{"x":' * 16 + "{}" + "}" * 16, "[" * 60000, '{"x":' * 9000,
], ids=lambda text: text[:24] or "empty")
def test_malformed_json(server, app, text):
    # P09
    reply = post_json(server, text.encode())
    if text == "":  # nothing was sent, so nothing is malformed
        assert (reply.status_code, reply.json()) == (200, INCORRECT)
    else:
        assert (reply.status_code, reply.json()) == (400, INVALID)


def test_json_of_too_many_members(server, app):
    for n, expected in ((LIMIT_PARAMS, 200), (LIMIT_PARAMS + 1, 400)):
        members = {**app.credentials, **{f"x{i}": "1" for i in range(n - 2)}}
        reply = post_json(server, members)
        assert (reply.status_code, reply.json()) == (expected,
                                                     BAD_CODE if expected == 200 else INVALID)


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "text/xml",
                                  "application/xml", "application/octet-stream", "nonsense",
                                  "application/jsonx", "application/x-www-form-urlencodedx"])
def test_wrong_content_type_is_415_A166(server, app, code, kind):
    # A197
    body = urllib.parse.urlencode({**app.credentials, "code": code}).encode()
    reply = ask(server, "POST", PATH, f"Content-Type: {kind}", "Accept: application/json",
                body=body)
    assert (reply.status, json.loads(reply.body)) == (415, INVALID)
    assert "access_token" in server.exchange(app, code)


def test_json_in_utf_16_A166(server, app):
    reply = post_json(server, json.dumps(app.credentials).encode("utf-16"),
                      **{"Content-Type": "application/json;charset=utf-16"})
    assert (reply.status_code, reply.json()) == (400, INVALID)


# limits: one below, at, above

@pytest.mark.parametrize("size, status", [(LIMIT_BODY - 1, 200), (LIMIT_BODY, 200),
                                          (LIMIT_BODY + 1, 413), (1 << 20, 413)])
def test_body_limit(server, app, size, status):
    body = urllib.parse.urlencode({**app.credentials, "pad": ""}).encode()
    body += b"x" * (size - len(body))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    for data in (body, iter([body[:1000], body[1000:]])):
        reply = server.post(PATH, data, headers=headers)
        assert reply.status_code == status
        assert status != 200 or reply.json() == BAD_CODE


def test_a_promised_body_that_is_too_large_is_refused_before_it_comes_A182(server):
    for length in (LIMIT_BODY + 1, 1 << 30, 1 << 62):
        reply = ask(server, "POST", PATH, AS_FORM, f"Content-Length: {length}")
        assert reply.status == 413


@pytest.mark.parametrize("n, status", [(LIMIT_PARAMS - 1, 200), (LIMIT_PARAMS, 200),
                                       (LIMIT_PARAMS + 1, 400), (15000, 400)])
def test_parameter_limit(server, app, n, status):
    body = urllib.parse.urlencode(app.credentials) + "&x=1" * (n - 2)
    for target, data in ((PATH, body), (f"{PATH}?{body}", "")):
        if len(target) > 8000:
            continue
        reply = ask(server, "POST", target, AS_FORM, "Accept: application/json",
                    body=data.encode())
        assert (reply.status, json.loads(reply.body)) == (status,
                                                          BAD_CODE if status == 200 else INVALID)


# methods: 6749-15, 6749-19

def test_get_is_not_found(server, app, code):
    for accept, body in (("application/json", '{"error":"Not Found"}'), ("*/*", "error=Not+Found")):
        reply = server.get(PATH, params={**app.credentials, "code": code},
                           headers={"Accept": accept})
        assert (reply.status_code, reply.text) == (404, body)
        assert reply.headers["Cache-Control"] == "no-store"
    assert "access_token" in server.exchange(app, code)


def test_head_is_not_found(server):
    reply = ask(server, "HEAD", PATH)
    assert (reply.status, reply.body) == (404, b"")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_other_methods_9700_16(server, app, code, method):
    body = urllib.parse.urlencode({**app.credentials, "code": code}).encode()
    reply = ask(server, method, PATH, AS_FORM, "Origin: https://spa.example",
                "Access-Control-Request-Method: POST", body=body)
    assert reply.status == 405
    assert "POST" in reply.header("Allow").split(", ")
    assert reply.header("Access-Control-Allow-Origin") is None
    assert reply.header("Content-Type") == JSON
    assert "access_token" in server.exchange(app, code)


# settings

def test_unknown_client_not_found_setting(launch):
    own = launch(unknown_client_not_found="on", error_uri_base="https://docs.example/base")
    send = {"client_id": "Ov23liAAAAAAAAAAAAAA", "client_secret": "x", "code": UNKNOWN_CODE}
    for encoding, text in ((JSON, '{"error":"Not Found"}'), (FORM, "error=Not+Found")):
        reply = own.post(PATH, send, headers={"Accept": ACCEPTS[encoding]})
        assert (reply.status_code, reply.text) == (404, text)
        assert reply.headers["Content-Type"] == encoding
    # a known app with a wrong secret keeps its answer, at the documentation's own origin
    send["client_id"] = own.demo["client_id"]
    reply = own.post(PATH, send, headers={"Accept": "application/json"})
    expected = {**INCORRECT, "error_uri": "https://docs.example/base" + INCORRECT["error_uri"]}
    assert_reply(reply, expected, JSON)


def test_secrets_in_the_query_are_not_logged_6749_19(server, app):
    # P06
    secret = server.plant("canary" + "0" * 34)
    ask(server, "POST", f"{PATH}?client_id={app.client_id}&client_secret={secret}&code={secret}",
        body=b"")
    server.check_log()
