"""Rich authorization requests: RFC 9396; assurance rows 9396-01 to 9396-06, A172."""

import json

import pytest

import own_openid as o
import standard as s
from llavero_http import Page, challenged, location_query, pkce
from test_oauth_device import approve, enter

PAYMENT = {
    "title": {"en": "Payment", "es": "Pago"},
    "fields": {
        "amount": {"type": "object", "required": True, "title": {"en": "Amount", "es": "Importe"},
                   "fields": {
                       "currency": {"type": "string", "required": True, "values": ["EUR", "USD"],
                                    "title": {"en": "Currency", "es": "Moneda"}},
                       "value": {"type": "string", "required": True}}},
        "creditor": {"type": "string", "title": {"en": "To", "es": "Para"}},
        "instant": {"type": "boolean", "title": {"en": "At once", "es": "Al momento"}},
        "times": {"type": "integer"},
        "notes": {"type": "string", "list": True}}}
FILES = {"title": {"en": "Files", "es": "Archivos"},
         "fields": {"actions": {"type": "string", "list": True, "values": ["read", "write"]}}}


def payment(value="12.30", **more):
    return {"type": "payment", "amount": {"currency": "EUR", "value": value}, **more}


READ = {"type": "https://files.example/access", "actions": ["read"]}


@pytest.fixture(scope="module")
def declare(server, tmp_path_factory):
    file = tmp_path_factory.mktemp("types") / "type.json"

    def add(name, definition, status=0, to=server):
        text = definition if isinstance(definition, str) else json.dumps(definition)
        file.write_text(text, encoding="utf-8")
        return to.cli("detail-type", "add", name, "--file", str(file), status=status)

    add("payment", PAYMENT)
    add("https://files.example/access", FILES)
    yield add
    # The server is shared, and its metadata lists what there is.
    for each in server.cli_json("detail-type", "list"):
        server.cli("detail-type", "remove", each["name"], "--yes")


@pytest.fixture
def app(server, declare):
    return s.make_app(server, expiring=True, device=True)


def asked(*objects):
    return {"authorization_details": json.dumps(list(objects))}


def sign_in(server, browser, app, *objects, **form):
    verifier, challenge = pkce()
    code = s.code(browser, app, **asked(*objects), **challenged(challenge))
    return s.exchange(server, app, code, code_verifier=verifier, **form)


def refused(server, reply, cause, **facts):
    """At the authorization endpoint."""
    got = dict(location_query(reply))
    assert (got["error"], got["iss"]) == ("invalid_authorization_details", server.base), got
    told = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert told["cause"] == cause
    return told


# 9396-01, 9396-02: what is read

@pytest.mark.parametrize("sent", [
    "{}", "1", '"x"', "null", "[]", "[1]", "[null]", "[[]]", "[{}]", '[{"type":1}]', '[{"type":""}]',
    '[{"amount":{}}]', "[", "]", "payment", "[" * 100 + "]" * 100,
    '[{"type":"payment","amount":' + '{"a":' * 100 + "1" + "}" * 100 + "}]",
    '[{"type":"payment","type":"payment","amount":{"currency":"EUR","value":"1"}}]',
    '[{"type":"payment","amount":{"currency":"EUR","value":"1","value":"2"}}]',
    '[{"type":"payment","amount":{"currency":"EUR","value":"\\u0000"}}]',
    '[{"type":"payment","amount":{"currency":"EUR","value":"1"}},]', '[{"type":"payment"}] x'])
def test_9396_01_only_an_array_of_typed_objects(server, octocat, app, sent):
    refused(server, s.ask(octocat, app, authorization_details=sent), "DETAILS_MALFORMED")


@pytest.mark.parametrize("objects, member", [
    ([payment(unknown=1)], "1.unknown"), ([payment(creditor=5)], "1.creditor"),
    ([payment(creditor=None)], "1.creditor"), ([payment(creditor=["x"])], "1.creditor"),
    ([payment(instant="true")], "1.instant"), ([payment(times=1.5)], "1.times"),
    ([payment(times="1")], "1.times"), ([payment(notes="x")], "1.notes"),
    ([payment(notes=["x", 1])], "1.notes"), ([payment(amount=[])], "1.amount"),
    ([{"type": "payment"}], "1.amount"),
    ([payment(amount={"currency": "EUR"})], "1.amount.value"),
    ([payment(amount={"currency": "GBP", "value": "1"})], "1.amount.currency"),
    ([payment(amount={"currency": "eur", "value": "1"})], "1.amount.currency"),
    ([payment(amount={"currency": "EUR", "value": "1", "x": 1})], "1.amount.x"),
    ([payment(), {**READ, "actions": ["delete"]}], "2.actions"),
    ([payment(creditor="a\nb")], "1.creditor"), ([payment(creditor="\x7f")], "1.creditor"),
    *(([payment(creditor=f"a{turn}b")], "1.creditor") for turn in
      "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")])
def test_9396_02_fields_are_as_their_type_has_them(server, octocat, app, objects, member):
    told = refused(server, s.ask(octocat, app, **asked(*objects)), "DETAILS_FIELD")
    assert member in json.dumps(told)


@pytest.mark.parametrize("name", ["loan", "Payment", "payment ", "https://files.example"])
def test_9396_02_9396_06_types_that_nobody_declared(server, octocat, app, name):
    refused(server, s.ask(octocat, app, **asked({"type": name})), "DETAILS_TYPE")


@pytest.mark.parametrize("n, good", [(7, True), (8, True), (9, False)])
def test_9396_01_how_many(server, octocat, app, n, good):
    objects = [payment(str(i)) for i in range(n)]
    if good:
        assert sign_in(server, octocat, app, *objects)["authorization_details"] == objects
    else:
        refused(server, s.ask(octocat, app, **asked(*objects)), "DETAILS_MALFORMED")


@pytest.mark.parametrize("n, good", [(4095, True), (4096, True), (4097, False)])
def test_9396_01_how_long(server, octocat, app, n, good):
    text = json.dumps([payment(creditor="")])
    text = json.dumps([payment(creditor="x" * (n - len(text)))])
    assert len(text) == n
    reply = s.ask(octocat, app, authorization_details=text)
    if good:
        assert reply.status_code == 200
    else:
        refused(server, reply, "DETAILS_MALFORMED")


def test_9396_without_any_nothing_changes(server, octocat, app):
    body = s.sign_in(server, octocat, app, authorization_details="")
    assert "authorization_details" not in body
    assert "authorization_details" not in s.introspect(server, app, body["access_token"])


# 9396-03: what is told

def test_9396_03_granted_details_are_returned_everywhere(server, octocat, app):
    objects = [payment(creditor="Ñandú & Söhne", instant=True, times=3, notes=["a", "b"]), READ]
    body = sign_in(server, octocat, app, *objects)
    assert body["authorization_details"] == objects
    for token in body["access_token"], body["refresh_token"]:
        assert s.introspect(server, app, token)["authorization_details"] == objects
    again = s.refresh(server, app, body["refresh_token"])
    assert again["authorization_details"] == objects
    # a reply that was lost
    repeated = s.refresh(server, app, body["refresh_token"])
    assert repeated["access_token"] == again["access_token"]
    assert repeated["authorization_details"] == objects
    assert s.introspect(server, app, again["access_token"])["authorization_details"] == objects


def test_9396_03_jwts_carry_them(server, octocat, app):
    resource = "https://pay.example/"
    server.cli("resource", "create", resource, "--format", "jwt")
    verifier, challenge = pkce()
    code = s.code(octocat, app, resource=resource, **asked(payment()), **challenged(challenge))
    body = s.exchange(server, app, code, code_verifier=verifier)
    assert o.verify(server, body["access_token"], "at+jwt")[1]["authorization_details"] == [payment()]


def test_9396_03_the_github_edge_tells_none(server, octocat, app):
    token = server.exchange(app, octocat.code(app, **asked(payment())))
    assert "authorization_details" not in token


# 9396-04: subsets

def test_9396_04_the_token_request_narrows_and_never_widens(server, octocat, app):
    first, second, other = payment("1"), payment("2"), payment("3")
    body = sign_in(server, octocat, app, first, second, authorization_details=json.dumps([second]))
    assert body["authorization_details"] == [second]
    assert s.introspect(server, app, body["access_token"])["authorization_details"] == [second]
    # the refresh token still has both
    again = s.refresh(server, app, body["refresh_token"], **asked(first))
    assert again["authorization_details"] == [first]
    assert s.refresh(server, app, again["refresh_token"])["authorization_details"] == [first, second]

    verifier, challenge = pkce()
    code = s.code(octocat, app, **asked(first), **challenged(challenge))
    for wrong, cause in ((asked(other), "NOT_GRANTED"), (asked(first, other), "NOT_GRANTED"),
                         (asked({**first, "creditor": "x"}), "NOT_GRANTED"),
                         (asked({"type": "loan"}), "TYPE"), (asked(payment(x=1)), "FIELD"),
                         ({"authorization_details": "x"}, "MALFORMED")):
        reply = s.post(server, s.TOKEN, {**app.credentials, "grant_type": "authorization_code",
                                         "code": code, "code_verifier": verifier, **wrong})
        assert reply.status_code == 400
        assert reply.json()["error"] == "invalid_authorization_details"
        assert s.cause(server, reply) == "DETAILS_" + cause
    # ... and the code is not used up.
    assert s.exchange(server, app, code, code_verifier=verifier)["access_token"]


def test_9396_04_a_refresh_never_widens(server, octocat, app):
    body = sign_in(server, octocat, app, payment("1"))
    plain = s.sign_in(server, octocat, app)
    for token in body, plain:
        wrong = s.refresh(server, app, token["refresh_token"], 400, **asked(payment("2")))
        assert wrong["error"] == "invalid_authorization_details"
    assert s.refresh(server, app, body["refresh_token"])["authorization_details"] == [payment("1")]


def test_9396_details_stand_in_no_url_of_the_token_endpoint(server, app):
    reply = s.post(server, s.TOKEN + "?authorization_details=[]",
                   {**app.credentials, "grant_type": "client_credentials"})
    assert s.cause(server, reply) == "TOKEN_PARAMETER_IN_URL"


# 9396-05: consent

HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "{{7*7}}%n%s", "</dd><h1>x",
           "&lt;b&gt;", "' onclick='x"]


@pytest.mark.parametrize("text", HOSTILE)
def test_9396_05_a172_consent_shows_them_escaped(server, octocat, app, text):
    reply = s.ask(octocat, app, **asked(payment(creditor=text, notes=[text])))
    assert reply.status_code == 200
    page = Page(reply.text)
    assert page.text.count(" ".join(text.split())) == 2
    assert "<script>alert" not in reply.text and "<img src=x" not in reply.text
    assert server.plant(dict(location_query(s.decide(octocat, reply)))["code"])


@pytest.mark.parametrize("language, words", [
    ("en", ["Exactly this", "Payment", "Amount › Currency EUR", "Amount › value 12.30",
            "To Ana", "At once yes", "times 3", "notes a, b", "notes c"]),
    ("es", ["Exactamente esto", "Pago", "Importe › Moneda EUR", "Importe › value 12.30",
            "Para Ana", "Al momento sí", "times 3", "notes a, b", "notes c"])])
def test_9396_05_consent_shows_them_complete(server, octocat, app, language, words):
    detail = payment(creditor="Ana", instant=True, times=3, notes=["a, b", "c"])
    reply = octocat.get(s.AUTHORIZE, headers={"Accept-Language": language}, params={
        "client_id": app.client_id, "response_type": "code", **asked(detail)})
    text = Page(reply.text).text
    assert all(word in text for word in words), text


def test_9396_05_consent_is_asked_again_when_they_differ(server, octocat, app):
    one, two = payment("1"), payment("2")

    def is_asked(*objects, **more):
        reply = s.ask(octocat, app, **(asked(*objects) if objects else {}), **more)
        if reply.status_code == 200:
            return True
        server.plant(dict(location_query(reply))["code"])
        return False

    s.code(octocat, app, **asked(one, two))
    assert not is_asked(one, two) and not is_asked(two, one) and not is_asked(one)
    assert not is_asked()
    assert is_asked(payment("1", creditor="x")) and is_asked(one, payment("3"))
    reply = s.ask(octocat, app, prompt="none", scope="openid", **asked(payment("3")))
    assert dict(location_query(reply))["error"] == "consent_required"
    # What was agreed to last counts: an old payment is asked about again.
    s.code(octocat, app, **asked(payment("3")))
    assert not is_asked(payment("3")) and is_asked(one)
    # refused, nothing is remembered
    s.decide(octocat, s.ask(octocat, app, **asked(one)), allow=False)
    assert is_asked(one)


def test_9396_05_the_form_brings_them_back_unchanged(server, octocat, app):
    """A065: what was shown is what is agreed to."""
    reply = s.ask(octocat, app, **asked(payment("1")))
    form = Page(reply.text).form(s.AUTHORIZE)
    fields = [(k, json.dumps([payment("1000")]) if k == "authorization_details" else v)
              for k, v in form.fields]
    form.fields[:] = fields
    assert octocat.submit(form, ("authorize", "1")).status_code in (400, 403)


# 9396-06: what an app is registered for

def test_9396_06_an_app_gets_the_types_it_has_registered(server, octocat, declare):
    app = s.make_app(server, metadata={"authorization_details_types": ["payment"]})
    assert sign_in(server, octocat, app, payment())["authorization_details"] == [payment()]
    refused(server, s.ask(octocat, app, **asked(READ)), "DETAILS_TYPE")
    refused(server, s.ask(octocat, app, **asked(payment(), READ)), "DETAILS_TYPE")


def test_9396_06_for_itself_only_those(server, declare):
    app = s.make_app(server, metadata={"authorization_details_types": ["payment"]})
    body = s.token(server, app, grant_type="client_credentials", **asked(payment()))
    assert body["authorization_details"] == [payment()]
    assert s.introspect(server, app, body["access_token"])["authorization_details"] == [payment()]
    plain = s.make_app(server)
    for of, objects in ((app, [READ]), (plain, [payment()])):
        body = s.token(server, of, 400, grant_type="client_credentials", **asked(*objects))
        assert body["error"] == "invalid_authorization_details"


def test_9396_06_metadata_lists_the_types(server, declare, launch):
    listed = server.get(s.METADATA).json()["authorization_details_types_supported"]
    assert {"payment", "https://files.example/access"} <= set(listed)
    assert "authorization_details_types_supported" not in launch().get(s.METADATA).json()


# devices

def test_9396_devices(server, octocat, app):
    for form, told in (({}, [payment("1"), payment("2")]), (asked(payment("2")), [payment("2")]),
                       (asked(payment("3")), None)):
        codes = s.plant(server, s.post(server, s.DEVICE, {
            **app.credentials, **asked(payment("1"), payment("2"))}).json())
        approve(octocat, codes)
        poll = {"grant_type": s.DEVICE_GRANT, "device_code": codes["device_code"]}
        body = s.token(server, app, 200 if told else 400, **poll, **form)
        assert body.get("authorization_details") == told
        assert told or body["error"] == "invalid_authorization_details"
    reply = s.post(server, s.DEVICE, {**app.credentials, **asked({"type": "loan"})})
    assert reply.status_code == 400
    assert reply.json()["error"] == "invalid_authorization_details"


def test_9396_05_the_device_page_shows_them(server, octocat, app):
    codes = s.plant(server, s.post(server, s.DEVICE, {
        **app.credentials, **asked(payment(creditor="<b>Ana</b>"))}).json())
    page = octocat.follow(enter(octocat, codes["user_code"]))
    assert "To <b>Ana</b>" in Page(page.text).text and "<b>Ana" not in page.text


# the operator

@pytest.mark.parametrize("definition", [
    "", "[]", "x", "{}", '{"title":{"en":"a","es":"b"}}', '{"fields":{}}',
    {"title": "Pay", "fields": {}}, {"title": {"en": "Pay"}, "fields": {}},
    {"title": {"en": "Pay", "es": ""}, "fields": {}}, {**FILES, "more": 1},
    {**FILES, "fields": []}, {**FILES, "fields": {"a": 1}}, {**FILES, "fields": {"a": {}}},
    {**FILES, "fields": {"a": {"type": "number"}}}, {**FILES, "fields": {"type": {"type": "string"}}},
    {**FILES, "fields": {"a": {"type": "string", "must": True}}},
    {**FILES, "fields": {"a": {"type": "string", "required": 1}}},
    {**FILES, "fields": {"a": {"type": "string", "values": []}}},
    {**FILES, "fields": {"a": {"type": "string", "values": [1]}}},
    {**FILES, "fields": {"a": {"type": "integer", "values": ["1"]}}},
    {**FILES, "fields": {"a": {"type": "string", "fields": {}}}},
    {**FILES, "fields": {"a": {"type": "object"}}}, {**FILES, "fields": {"a b": {"type": "string"}}},
    {**FILES, "fields": {"a": {"type": "string", "title": {"en": "A"}}}}])
def test_a_definition_that_means_nothing_is_not_taken(declare, definition):
    told = declare("broken", definition, status=1)
    assert "definition" in told.stderr


def nested(depth):
    field = {"type": "string"}
    for _ in range(depth - 1):
        field = {"type": "object", "fields": {"a": field}}
    return {**FILES, "fields": {"a": field}}


@pytest.mark.parametrize("depth, status", [(3, 0), (4, 0), (5, 1)])
def test_how_deep_a_definition_may_be(server, declare, depth, status):
    declare(f"deep{depth}", nested(depth), status)


@pytest.mark.parametrize("n, status", [(16383, 0), (16384, 0), (16385, 1)])
def test_how_long_a_definition_may_be(server, declare, n, status):
    text = json.dumps(FILES)
    declare(f"long{n}", text + " " * (n - len(text)), status)


@pytest.mark.parametrize("name, status", [
    ("x" * 254, 0), ("y" * 255, 0), ("z" * 256, 2), ("", 2), ("a b", 2), ('a"b', 2), ("é", 2)])
def test_what_a_type_may_be_called(declare, name, status):
    declare(name, FILES, status)


def test_at_most_fifty_types(declare, launch):
    own = launch()
    for i in range(49):
        declare(f"type{i}", FILES, to=own)
    declare("the fiftieth".replace(" ", "-"), FILES, to=own)
    assert "50 types" in declare("one-more", FILES, status=1, to=own).stderr


def test_the_command_line(server, octocat, app, declare):
    declare("loan-of-books", FILES)
    assert "already" in declare("loan-of-books", FILES, status=1).stderr
    assert server.cli_json("detail-type", "show", "loan-of-books") == {
        "name": "loan-of-books", "definition": FILES}
    listed = server.cli_json("detail-type", "list")
    assert "loan-of-books" in [t["name"] for t in listed]
    detail = {"type": "loan-of-books", "actions": ["read"]}
    body = sign_in(server, octocat, app, detail)
    server.cli("detail-type", "remove", "loan-of-books", status=2)
    server.cli("detail-type", "remove", "loan-of-books", "--yes")
    server.cli("detail-type", "remove", "loan-of-books", "--yes", status=1)
    refused(server, s.ask(octocat, app, **asked(detail)), "DETAILS_TYPE")
    # What was allowed stays allowed.
    assert s.refresh(server, app, body["refresh_token"])["authorization_details"] == [detail]


# pushed requests: RFC 9126

def test_9396_pushed(server, octocat, app):
    reply = s.post(server, s.PAR, {**app.credentials, "response_type": "code", **asked(payment())})
    uri = s.plant(server, reply.json())["request_uri"]
    shown = s.ask_pushed(octocat, app, uri)
    assert "Amount › value 12.30" in Page(shown.text).text
    got = dict(location_query(s.decide(octocat, shown)))
    body = s.exchange(server, app, server.plant(got["code"]))
    assert body["authorization_details"] == [payment()]
    wrong = s.post(server, s.PAR, {**app.credentials, "response_type": "code",
                                   **asked({"type": "loan"})})
    assert wrong.json()["error"] == "invalid_authorization_details"
