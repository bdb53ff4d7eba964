"""Clients that prove themselves by what they have signed: RFC 7521 4.2, RFC 7523 2.2 and 3, OpenID
Connect Core 9, FAPI 2.0 5.3; assurance 1.14, 4.4 (A048 to A055), F2-03, F2-07, F2-14."""

import http.server
import json
import secrets
import threading
import time

import pytest

import own_openid as o
import standard as s
from own_jose import (ASSERTION_TYPE, LEFT_OUT, Key, assertion, b64, by_assertion, jwks, proof, sign, unsigned)
from llavero_http import Server, basic

SCOPES = {"scope": "repo"}


def make(server, *keys, method="private_key_jwt", **more):
    metadata = {"grant_types": ["client_credentials", "authorization_code"], **SCOPES, **more.pop("metadata", {})}
    if keys:
        metadata["jwks"] = jwks(*keys)
    return s.make_app(server, auth_method=method, metadata=metadata, **more)


def ask(server, text, type_=ASSERTION_TYPE, **form):
    reply = s.post(server, s.TOKEN, {"grant_type": "client_credentials", "client_assertion": text,
                                     "client_assertion_type": type_, **form})
    if reply.status_code == 200:
        server.plant(reply.json()["access_token"])
    return reply


def told(server, reply):
    return server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])


def refused(server, reply, cause, error="invalid_client", status=401):
    assert reply.status_code == status, (reply.status_code, reply.text)
    assert reply.json()["error"] == error
    why = told(server, reply)
    assert why["cause"] == cause, why
    return why


@pytest.fixture(scope="module")
def key():
    return Key()


@pytest.fixture(scope="module")
def signer(server, key):
    return make(server, key)


# it works

@pytest.mark.parametrize("alg", ["ES256", "PS256", "RS256", "EdDSA"])
def test_7523_01_each_algorithm(server, alg):
    key = Key(alg)
    app = make(server, key)
    assert ask(server, assertion(server, app, key)).status_code == 200


def test_7523_01_the_client_id_may_be_sent_too(server, signer, key):
    assert ask(server, assertion(server, signer, key),
               client_id=signer.client_id).status_code == 200


def test_7523_01_the_type_may_be_named(server, signer, key):
    for typ in "JWT", "client-authentication+jwt", "application/client-authentication+jwt":
        text = assertion(server, signer, key, {"typ": typ})
        assert ask(server, text).status_code == 200


def test_7523_01_at_every_endpoint(server, octocat):
    key = Key()
    app = make(server, key, device=True,
               metadata={"grant_types": ["client_credentials", s.DEVICE_GRANT]})
    token = ask(server, assertion(server, app, key)).json()["access_token"]

    def sent(path, **form):
        return s.post(server, path, {**by_assertion(assertion(server, app, key)), **form})
    assert sent(s.INTROSPECT, token=token).json()["active"] is True
    device = sent(s.DEVICE)
    assert device.status_code == 200
    server.plant(device.json()["device_code"])
    poll = sent(s.TOKEN, grant_type=s.DEVICE_GRANT, device_code=device.json()["device_code"])
    assert poll.json()["error"] == "authorization_pending"
    assert sent(s.REVOKE, token=token).status_code == 200
    assert sent(s.INTROSPECT, token=token).json() == {"active": False}


def test_7523_01_a_code_is_redeemed(server, octocat, signer, key):
    from llavero_http import challenged, pkce
    verifier, challenge = pkce()
    code = s.code(octocat, signer, **challenged(challenge))
    reply = s.post(server, s.TOKEN, {
        "grant_type": "authorization_code", "code": code, "code_verifier": verifier,
        **by_assertion(assertion(server, signer, key))})
    assert reply.status_code == 200
    server.plant(reply.json()["access_token"])


# what is missing or wrong

@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "jti"])
def test_7523_01_a_claim_is_missing(server, signer, key, claim):
    text = assertion(server, signer, key, **{claim: LEFT_OUT})
    why = refused(server, ask(server, text, client_id=signer.client_id), "ASSERTION_CLAIM")
    assert {"parameter": claim, "fault": "missing"}.items() <= why["evidence"].items()


@pytest.mark.parametrize("claim", ["iss", "sub"])
def test_7523_01_it_is_about_another(server, signer, key, claim):
    text = assertion(server, signer, key, **{claim: "Ov23liSomebodyElse00"})
    why = refused(server, ask(server, text, client_id=signer.client_id), "ASSERTION_SUBJECT")
    assert (why["expected"], why["received"]) == (signer.client_id, "Ov23liSomebodyElse00")


@pytest.mark.parametrize("claim, value", [("exp", "soon"), ("exp", 1e400), ("exp", -1),
                                          ("exp", 1.5), ("iat", "now"), ("jti", 5), ("jti", "")])
def test_A129_claims_of_a_wrong_type(server, signer, key, claim, value):
    text = assertion(server, signer, key, **{claim: value})
    if value == 1e400:
        refused(server, ask(server, text), "CLIENT_ID_MISSING")  # Infinity is no JSON
    else:
        refused(server, ask(server, text), "ASSERTION_CLAIM")


@pytest.mark.parametrize("audience", ["/oauth2/token", "/oauth2/par", "/", "/login/oauth"])
def test_7523_02_A054_only_the_issuer_is_the_audience(server, signer, key, audience):
    text = assertion(server, signer, key, aud=server.base + audience)
    why = refused(server, ask(server, text), "ASSERTION_AUDIENCE")
    assert (why["expected"], why["received"]) == (server.base, server.base + audience)


def test_7523_02_A054_no_list(server, signer, key):
    # P20
    for audience in [server.base], [server.base, "https://evil.example"], []:
        refused(server, ask(server, assertion(server, signer, key, aud=audience)),
                "ASSERTION_AUDIENCE")


def test_7523_02_the_legacy_switch(launch):
    lenient = launch(assertion_audience="token-endpoint")
    key = Key()
    app, strict = make(lenient, key), make(lenient, key, profile="strict")
    for audience in (lenient.base + "/oauth2/token", [lenient.base + "/oauth2/token"],
                     lenient.base, [lenient.base, "https://other.example"]):
        assert ask(lenient, assertion(lenient, app, key, aud=audience)).status_code == 200
        if audience != lenient.base:
            refused(lenient, ask(lenient, assertion(lenient, strict, key, aud=audience)),
                    "ASSERTION_AUDIENCE")
    for audience in lenient.base + "/oauth2/par", [lenient.base + "/oauth2/par"], [], [7]:
        refused(lenient, ask(lenient, assertion(lenient, app, key, aud=audience)),
                "ASSERTION_AUDIENCE")


# clocks

def test_7523_04_F2_07_clocks_that_are_a_little_fast(server, signer, key):
    now = int(time.time())
    for ahead in 8, 50:
        assert ask(server, assertion(server, signer, key, iat=now + ahead, nbf=now + ahead)
                   ).status_code == 200


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_7523_04_F2_07_from_the_future(server, signer, key, claim):
    text = assertion(server, signer, key, **{claim: int(time.time()) + 75})
    why = refused(server, ask(server, text), "ASSERTION_AHEAD")
    assert why["evidence"]["parameter"] == claim and 60 < int(why["evidence"]["skew"]) <= 75


def test_7523_04_expired(server, signer, key):
    text = assertion(server, signer, key, exp=int(time.time()) - 300)
    why = refused(server, ask(server, text), "ASSERTION_EXPIRED")
    assert 295 <= int(why["evidence"]["age"]) <= 400


def test_7523_04_the_end_is_bounded(server, signer, key):
    # P20
    now = int(time.time())
    assert ask(server, assertion(server, signer, key, exp=now + 3590)).status_code == 200
    for exp in now + 3700, now * 1000:
        refused(server, ask(server, assertion(server, signer, key, exp=exp)), "ASSERTION_LIFETIME")


# signatures and keys

def test_A050_no_signature(server, signer):
    now = int(time.time())
    claims = {"iss": signer.client_id, "sub": signer.client_id, "aud": server.base,
              "exp": now + 60, "jti": "x1"}
    for alg in "none", "None", "NONE", "nOnE":
        refused(server, ask(server, unsigned({"alg": alg}, claims), client_id=signer.client_id),
                "ASSERTION_ALGORITHM")


def test_A050_an_all_zero_signature(server, signer, key):
    text = assertion(server, signer, key).rsplit(".", 1)[0] + "." + b64(bytes(64))
    refused(server, ask(server, text), "ASSERTION_SIGNATURE")


def test_A050_A118_a_public_key_is_no_secret(server):
    # P20
    key = Key("RS256")
    app = make(server, key)
    for secret in (key.jwk.export_to_pem(), json.dumps(key.public).encode(),
                   app.client_id.encode().ljust(32)):
        refused(server, ask(server, assertion(server, app, secret, {"kid": key.kid})),
                "ASSERTION_ALGORITHM")


def test_7523_05_the_algorithm_is_that_of_the_registration(server):
    key, other = Key("ES256"), Key("PS256")
    app = make(server, key, other, metadata={"token_endpoint_auth_signing_alg": "ES256"})
    assert ask(server, assertion(server, app, key)).status_code == 200
    why = refused(server, ask(server, assertion(server, app, other)), "ASSERTION_ALGORITHM")
    assert (why["expected"], why["received"]) == ("ES256", "PS256")


def test_F2_14_strict_takes_no_RS256(server):
    rs, es = Key("RS256"), Key("ES256")
    app = make(server, rs, es, profile="strict")
    why = refused(server, ask(server, assertion(server, app, rs)), "ASSERTION_ALGORITHM")
    assert "RS256" not in why["expected"]
    # the assertion is good then, and the next thing is missing
    refused(server, ask(server, assertion(server, app, es)), "SENDER_UNBOUND", "invalid_request",
            400)


def test_7523_05_keys_by_their_kid(server):
    one, two = Key(kid="one"), Key(kid="two")
    app = make(server, one, two)
    assert ask(server, assertion(server, app, two)).status_code == 200
    refused(server, ask(server, assertion(server, app, two, {"kid": "one"})),
            "ASSERTION_SIGNATURE")
    why = refused(server, ask(server, assertion(server, app, two, {"kid": "three"})),
                  "ASSERTION_KEY_UNKNOWN")
    assert (why["expected"], why["received"]) == ("one, two", "three")
    nameless = {k: v for k, v in two.listed().items() if k != "kid"}
    some = s.make_app(server, auth_method="private_key_jwt", metadata={
        "jwks": {"keys": [nameless, one.listed()]}})
    why = refused(server, ask(server, assertion(server, some, two, {"kid": "three"})),
                  "ASSERTION_KEY_UNKNOWN")
    assert why["expected"] == "one"
    why = refused(server, ask(server, assertion(server, app, two, {"kid": LEFT_OUT})),
                  "ASSERTION_NO_KEY")
    assert why["evidence"]["fault"] == "kid_needed"


@pytest.mark.parametrize("kid", ["../../dev/null", "' OR 1=1 --", "x" * 256])
def test_A051_kids_of_all_sorts(server, signer, key, kid):
    refused(server, ask(server, assertion(server, signer, key, {"kid": kid}),
                        client_id=signer.client_id),
            "ASSERTION_MALFORMED" if len(kid) > 255 else "ASSERTION_KEY_UNKNOWN")


def test_A051_a_kid_is_not_needed_with_one_key(server, signer, key):
    assert ask(server, assertion(server, signer, key, {"kid": LEFT_OUT})).status_code == 200


def test_A052_nobody_brings_a_key_along(server, signer, key):
    stranger = Key()
    for header in ({"jwk": stranger.public}, {"jku": "https://evil.example/jwks"},
                   {"x5u": "https://evil.example/x5u"}, {"x5c": ["MIIB"]}):
        refused(server, ask(server, assertion(server, signer, stranger,
                                              {**header, "kid": key.kid})), "ASSERTION_SIGNATURE")


def test_A055_what_was_made_for_something_else(server, signer, key):
    # 9101-05, 9101-06, P32
    for typ in "dpop+jwt", "oauth-authz-req+jwt", "at+jwt", "logout+jwt":
        why = refused(server, ask(server, assertion(server, signer, key, {"typ": typ}),
                                  client_id=signer.client_id), "ASSERTION_MALFORMED")
        assert why["evidence"]["fault"] == "other_type"


def test_A055_the_real_ones(server, octocat, signer, key):
    """What really is an ID token, a proof or a request object, the last two by the very key that is registered."""
    app = s.make_app(server)
    id_token = o.sign_in(server, octocat, app)[0]["id_token"]
    now = int(time.time())
    request = sign(key, {"typ": "oauth-authz-req+jwt", "kid": key.kid}, {
        "iss": signer.client_id, "aud": server.base, "exp": now + 60, "client_id": signer.client_id,
        "response_type": "code", "jti": secrets.token_hex(8)})
    untyped = sign(key, {"kid": key.kid}, {
        "iss": signer.client_id, "aud": server.base, "exp": now + 60, "jti": secrets.token_hex(8)})
    for text in id_token, proof(key, "POST", server.base + s.TOKEN), request, untyped:
        reply = ask(server, text, client_id=signer.client_id)
        assert reply.status_code == 401 and reply.json()["error"] == "invalid_client", reply.text


def test_A119_A120_no_other_spelling(server, signer, key):
    good = assertion(server, signer, key)
    head, body, signature = good.split(".")
    for text in (good + "=", good + ".", " " + good, f"{head}.{body}", f"{head}.{body}.",
                 f"{head}\n.{body}.{signature}"):
        reply = ask(server, text, client_id=signer.client_id)
        assert reply.status_code == 401, text
    twice = sign(key, {"kid": key.kid}, '{"iss":"a","iss":"b"}')
    refused(server, ask(server, twice, client_id=signer.client_id), "ASSERTION_MALFORMED")
    assert ask(server, good).status_code == 200  # none of these has used it up


@pytest.mark.parametrize("header", [
    {"alg": "RSA1_5", "enc": "A128CBC-HS256"}, {"alg": "dir", "enc": "A128GCM", "zip": "DEF"},
    {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2 ** 31, "p2s": "AAAAAAAA"}])
def test_A123_A125_A126_nothing_is_decrypted(server, signer, header):
    """Five parts are no assertion, whatever the first says: no key is derived, nothing unpacked."""
    text = ".".join([b64(json.dumps(header).encode()), b64(b"k" * 256), b64(b"i" * 12),
                     b64(b"c" * 64), b64(b"t" * 16)])
    refused(server, ask(server, text, client_id=signer.client_id), "ASSERTION_MALFORMED")


def test_A121_A122_no_extension(server, signer, key):
    # P20
    _, body, signature = assertion(server, signer, key).split(".")
    for more in {"b64": False}, {"crit": ["exp"], "exp": 1}, {"crit": []}:
        head = b64(json.dumps({"alg": "ES256", "kid": key.kid, **more}).encode())
        why = refused(server, ask(server, f"{head}.{body}.{signature}",
                                  client_id=signer.client_id), "ASSERTION_MALFORMED")
        assert why["evidence"]["fault"] == "unknown_extension"


# once

def test_7523_03_A053_a_jti_counts_once(server, signer, key):
    # P20
    text = assertion(server, signer, key)
    assert ask(server, text).status_code == 200
    refused(server, ask(server, text), "ASSERTION_REPLAYED")
    jti = secrets.token_hex(8)
    assert ask(server, assertion(server, signer, key, jti=jti)).status_code == 200
    refused(server, ask(server, assertion(server, signer, key, jti=jti)), "ASSERTION_REPLAYED")


def test_7523_03_a_jti_is_of_one_client(server, signer, key):
    other_key = Key()
    other = make(server, other_key)
    jti = secrets.token_hex(8)
    assert ask(server, assertion(server, signer, key, jti=jti)).status_code == 200
    assert ask(server, assertion(server, other, other_key, jti=jti)).status_code == 200


def test_7523_03_A053_not_on_another_node_and_not_after_a_restart(launch):
    one = launch()
    two = Server(one.data, demo=True, base_url=one.base)
    try:
        key = Key()
        app = make(one, key)
        text = assertion(one, app, key)
        assert ask(one, text).status_code == 200
        refused(two, ask(two, text), "ASSERTION_REPLAYED")
        again = assertion(one, app, key)
        assert ask(two, again).status_code == 200
        refused(one, ask(one, again), "ASSERTION_REPLAYED")
    finally:
        two.stop()


def test_7523_03_of_many_at_once_one_is_first(server, signer, key):
    text = assertion(server, signer, key)
    got, threads = [], []
    for _ in range(8):
        threads.append(threading.Thread(
            target=lambda: got.append(ask(server, text).status_code)))
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(got) == [200] + [401] * 7


# methods

def test_A048_no_other_method_than_the_registered_one(server, signer, key):
    for auth, form in ((None, signer.credentials), ((signer.client_id, signer.client_secret), {})):
        reply = s.post(server, s.TOKEN, {"grant_type": "client_credentials", **form}, auth)
        why = refused(server, reply, "CLIENT_AUTH_METHOD")
        assert why["expected"] == "private_key_jwt"
    reply = s.post(server, s.TOKEN, {"grant_type": "client_credentials",
                                     "client_id": signer.client_id})
    refused(server, reply, "ASSERTION_MISSING")
    secret_app = s.make_app(server, metadata=SCOPES)
    why = refused(server, ask(server, assertion(server, secret_app, key)), "CLIENT_AUTH_METHOD")
    assert why["received"] == "client_assertion"
    public = s.make_public(server)
    refused(server, ask(server, assertion(server, public, key)), "CLIENT_AUTH_METHOD")


def test_A048_not_two_methods_at_once(server, signer, key):
    reply = ask(server, assertion(server, signer, key), client_id=signer.client_id,
                client_secret=signer.client_secret)
    refused(server, reply, "CLIENT_METHODS_MIXED", "invalid_request", 400)


def test_7523_01_the_assertion_type(server, signer, key):
    refused(server, ask(server, assertion(server, signer, key), None), "ASSERTION_TYPE")
    why = refused(server, ask(server, assertion(server, signer, key),
                              "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
                  "ASSERTION_TYPE")
    assert why["expected"] == ASSERTION_TYPE


def test_F2_03_strict_takes_no_secret(server):
    app = s.make_app(server, profile="strict", metadata=SCOPES)
    reply = s.post(server, s.TOKEN, {"grant_type": "client_credentials", **app.credentials})
    why = refused(server, reply, "APP_PROFILE_METHOD", "unauthorized_client", 400)
    assert why["received"] == "client_secret_basic"


def test_7523_05_no_keys(server, key):
    app = make(server)
    why = refused(server, ask(server, assertion(server, app, key)), "ASSERTION_NO_KEY")
    assert why["evidence"]["fault"] == "needs_keys"


# client_secret_jwt

def test_7523_07_signed_with_the_secret(server):
    app = make(server, method="client_secret_jwt")
    why = refused(server, ask(server, assertion(server, app, app.client_secret.encode())),
                  "ASSERTION_NO_KEY")
    assert why["evidence"]["fault"] == "no_key"  # that secret was made before
    new = server.cli_json("app", "secret", "add", app.client_id)
    secret = server.plant(new["client_secret"]).encode()
    assert ask(server, assertion(server, app, secret)).status_code == 200
    refused(server, ask(server, assertion(server, app, secret[:-1] + b"x")), "ASSERTION_SIGNATURE")
    refused(server, ask(server, assertion(server, app, Key())), "ASSERTION_ALGORITHM")
    server.cli("app", "secret", "revoke", app.client_id, str(new["id"]))
    refused(server, ask(server, assertion(server, app, secret)), "ASSERTION_NO_KEY")


def test_metadata_tells_the_methods(server):
    # 9700-11
    document = server.get(s.METADATA).json()
    assert {"private_key_jwt", "client_secret_jwt"} <= set(
        document["token_endpoint_auth_methods_supported"])
    assert set(document["token_endpoint_auth_signing_alg_values_supported"]) == {
        "ES256", "PS256", "RS256", "EdDSA", "HS256"}


# keys of elsewhere

class Keys(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked += 1
        keys = self.server.keys
        body = keys if isinstance(keys, bytes) else json.dumps(keys).encode()
        self.send_response(self.server.status)
        for name, value in self.server.more.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    server.keys, server.asked, server.status, server.more = {"keys": []}, 0, 200, {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}/jwks"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def moving(launch):
    """Its clock is moved."""
    return launch()


def test_7523_05_keys_at_jwks_uri(moving, elsewhere):
    server = moving
    key, new = Key(), Key()
    elsewhere.keys = jwks(key)
    app = make(server, metadata={"jwks_uri": elsewhere.url})
    assert ask(server, assertion(server, app, key)).status_code == 200
    assert ask(server, assertion(server, app, key)).status_code == 200
    assert elsewhere.asked == 1
    elsewhere.keys = jwks(key, new)  # a key is unknown: not asked again within a minute
    refused(server, ask(server, assertion(server, app, new)), "ASSERTION_KEY_UNKNOWN")
    assert elsewhere.asked == 1
    server.advance("61s")
    assert ask(server, assertion(server, app, new, iat=LEFT_OUT, exp=int(time.time()) + 600)
               ).status_code == 200
    assert elsewhere.asked == 2


def test_A056_a_server_that_does_not_answer(moving, elsewhere):
    # P20
    server = moving
    elsewhere.status = 500
    app = make(server, metadata={"jwks_uri": elsewhere.url})
    why = refused(server, ask(server, assertion(server, app, Key(), iat=LEFT_OUT,
                                                exp=int(time.time()) + 600)), "ASSERTION_NO_KEY")
    assert why["evidence"]["fault"]
    assert elsewhere.asked == 1


POISON = {
    "ten megabytes": lambda key: b'{"keys":[' + b" " * (10 << 20) + b"]}",
    "a hundred thousand keys": lambda key: json.dumps({"keys": [{"kty": "EC"}] * 100000}).encode(),
    "thousands of good keys": lambda key: {"keys": [{**key.listed(), "kid": str(i)} for i in range(3000)]},
    "private keys": lambda key: {"keys": [{**key.listed(), **key.private}]},
    "a secret": lambda key: {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": key.kid}]},
    "a page": lambda key: b"<html>404</html>", "nothing": lambda key: b"", "a list": lambda key: [key.listed()],
    "deep": lambda key: b"[" * 100000,
}


@pytest.mark.parametrize("poison", POISON)
def test_A056_a_poisoned_set_of_keys(moving, elsewhere, poison):
    """It opens nothing, and does not take the place of the keys that were there."""
    server, key, stranger = moving, Key(), Key()
    elsewhere.keys = jwks(key)
    app = make(server, metadata={"jwks_uri": elsewhere.url})

    def says(by):
        return ask(server, assertion(server, app, by, iat=LEFT_OUT, exp=server_now(server) + 600))

    assert says(key).status_code == 200
    elsewhere.keys = POISON[poison](stranger)
    server.advance("61s")
    assert says(stranger).status_code == 401  # makes it look
    assert elsewhere.asked == 2
    assert says(stranger).status_code == 401
    assert says(key).status_code == 200


def test_A056_keys_that_are_elsewhere_again(moving, elsewhere):
    """A redirect is not followed, wherever it leads."""
    server, key = moving, Key()
    app = make(server, metadata={"jwks_uri": elsewhere.url})
    elsewhere.keys, elsewhere.status = jwks(key), 302
    for where in "http://169.254.169.254/latest/meta-data/", elsewhere.url + "2":
        elsewhere.more = {"Location": where}
        asked = elsewhere.asked
        reply = ask(server, assertion(server, app, key, iat=LEFT_OUT, exp=server_now(server) + 600))
        refused(server, reply, "ASSERTION_NO_KEY")
        assert elsewhere.asked <= asked + 1
        server.advance("61s")


def server_now(server):
    """Its clock is ahead of ours by what other tests have moved it."""
    return int(time.time()) + server.rehearse("GET", "clock")["offset"]
