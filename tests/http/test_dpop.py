"""Tokens that are bound to a key: RFC 9449; assurance 1.12, 4.11, F2-02, F2-06, F2-14, F2-15."""

import json
import secrets
import time

import pytest

import standard as s
from own_jose import LEFT_OUT, Key, assertion, b64, by_assertion, jwks, proof, sign, unsigned
from llavero_http import Server, challenged, pkce
from raw_http import Wire


@pytest.fixture(scope="module")
def app(server):
    return s.make_app(server, metadata={"scope": "repo user"})


@pytest.fixture(scope="module")
def lasting(server):
    return s.make_app(server, expiring=True)


@pytest.fixture(scope="module")
def key():
    return Key()


def token_url(server):
    return server.base + s.TOKEN


def own(server, app, text, **form):
    """A token for the app itself, with this proof."""
    reply = s.post(server, s.TOKEN, {"grant_type": "client_credentials", **app.credentials, **form},
                   headers={"DPoP": text} if text is not None else {})
    if reply.status_code == 200:
        server.plant(reply.json()["access_token"])
    return reply


def with_key(server, octocat, app, key, jkt=None, **form):
    """The reply to a code exchange with a proof."""
    verifier, challenge = pkce()
    asked = {"dpop_jkt": jkt} if jkt else {}
    code = s.code(octocat, app, **challenged(challenge), **asked)
    reply = s.post(server, s.TOKEN, {**s.credentials(server, app), "code": code,
                                     "grant_type": "authorization_code",
                                     "code_verifier": verifier, **form},
                   headers={"DPoP": proof(key, "POST", token_url(server))} if key else {})
    if reply.status_code == 200:
        s.plant(server, reply.json())
    return reply


def refresh(server, app, token, key):
    headers = {"DPoP": proof(key, "POST", token_url(server))} if key else {}
    reply = s.post(server, s.TOKEN, {**s.credentials(server, app), "grant_type": "refresh_token",
                                     "refresh_token": token}, headers=headers)
    if reply.status_code == 200:
        s.plant(server, reply.json())
    return reply


def user(server, token, key, scheme="DPoP", text=None, **changes):
    """GET /user with the token and a proof."""
    url = server.base + "/api/v3/user"
    text = text or proof(key, "GET", url, token=token, **changes)
    return server.get("/api/v3/user", headers={"Authorization": f"{scheme} {token}", "DPoP": text})


def refused(server, reply, cause, error="invalid_dpop_proof", status=400):
    assert reply.status_code == status, (reply.status_code, reply.text)
    if error:
        assert reply.json()["error"] == error
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert why["cause"] == cause, why
    return why


# at the token endpoint

@pytest.mark.parametrize("alg", ["ES256", "PS256", "RS256", "EdDSA"])
def test_9449_02_9449_08_each_algorithm(server, app, alg):
    key = Key(alg)
    reply = own(server, app, proof(key, "POST", token_url(server)))
    assert reply.status_code == 200 and reply.json()["token_type"] == "DPoP"
    told = s.introspect(server, app, reply.json()["access_token"])
    assert told["cnf"] == {"jkt": key.thumbprint} and told["token_type"] == "DPoP"


def test_9449_08_without_a_proof_it_is_a_bearer_token(server, app):
    reply = own(server, app, None)
    assert reply.json()["token_type"] == "Bearer"
    assert "cnf" not in s.introspect(server, app, reply.json()["access_token"])


def test_9449_01_A142_one_header_with_one_proof(server, app, key):
    one, two = (proof(key, "POST", token_url(server)) for _ in range(2))
    why = refused(server, own(server, app, f"{one}, {two}"), "PROOF_MALFORMED")
    assert why["evidence"]["fault"] == "bad_base64url" or why["evidence"]["fault"] == "not_compact"
    body = f"grant_type=client_credentials&client_id={app.client_id}" \
           f"&client_secret={app.client_secret}"
    with Wire(server) as wire:
        wire.send(f"POST {s.TOKEN} HTTP/1.1\r\nHost: {wire.host}\r\nDPoP: {one}\r\nDPoP: {two}\r\n"
                  f"Content-Length: {len(body)}\r\n"
                  f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}")
        reply = wire.read()
    assert reply.status == 400 and b'"invalid_dpop_proof"' in reply.body
    with Wire(server) as wire:  # on two lines
        wire.send(f"POST {s.TOKEN} HTTP/1.1\r\nHost: {wire.host}\r\nDPoP: {one[:40]}\r\n {one[40:]}\r\n"
                  f"Content-Length: {len(body)}\r\n"
                  f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}")
        assert wire.read().status == 400
    assert own(server, app, one).status_code == 200  # none of these has used it up
    for text in "x", "a.b.c", "..", one + ".", one[:-9]:
        reply = own(server, app, text)
        assert reply.status_code == 400 and reply.json()["error"] == "invalid_dpop_proof"


@pytest.mark.parametrize("typ", [LEFT_OUT, "JWT", "at+jwt", "dpop", 5])
def test_9449_02_its_type(server, app, key, typ):
    text = proof(key, "POST", token_url(server), {"typ": typ})
    why = refused(server, own(server, app, text), "PROOF_MALFORMED")
    assert why["evidence"]["fault"] == ("bad_header" if typ == 5 else "other_type")


def test_9449_02_A117_no_other_algorithm(server, app, key):
    claims = {"jti": "a", "htm": "POST", "htu": token_url(server), "iat": int(time.time())}
    header = {"typ": "dpop+jwt", "jwk": key.public}
    for text in (unsigned({**header, "alg": "none"}, claims),
                 sign(secrets.token_bytes(32), header, claims)):
        refused(server, own(server, app, text), "PROOF_ALGORITHM")


def test_9449_02_its_key(server, app, key):
    for jwk, fault in ((LEFT_OUT, "bad_member"), (key.private, "private_key"),
                       ({"kty": "oct", "k": "AAAA"}, "symmetric"), ("text", "not_keys"),
                       ({**key.public, "x": key.public["y"]}, "off_curve"),
                       (Key("RS256").public, "inconsistent")):
        text = proof(key, "POST", token_url(server), {"jwk": jwk})
        why = refused(server, own(server, app, text), "PROOF_KEY")
        assert why["evidence"]["fault"] == fault, jwk


def test_9449_07_another_key(server, app, key):
    text = proof(key, "POST", token_url(server), {"jwk": Key().public})
    refused(server, own(server, app, text), "PROOF_SIGNATURE")


@pytest.mark.parametrize("claim", ["jti", "htm", "htu", "iat"])
def test_9449_03_its_claims(server, app, key, claim):
    for value, fault in (LEFT_OUT, "missing"), ([1], "wrong_type"):
        text = proof(key, "POST", token_url(server), **{claim: value})
        why = refused(server, own(server, app, text), "PROOF_CLAIM")
        assert {"parameter": claim, "fault": fault}.items() <= why["evidence"].items()


def test_A141_a_jti_of_any_length(server, app, key):
    for n, good in (255, True), (256, False), (0, False):
        reply = own(server, app, proof(key, "POST", token_url(server),
                                       jti=secrets.token_hex(128)[:n]))
        assert (reply.status_code == 200) is good


def test_9449_14_others_are_passed_over(server, app, key):
    text = proof(key, "POST", token_url(server), {"extra": 1, "kid": "k"}, extra={"a": [1]})
    assert own(server, app, text).status_code == 200
    long = proof(key, "POST", token_url(server), extra="x" * 7000)
    refused(server, own(server, app, long), "PROOF_MALFORMED")


@pytest.mark.parametrize("method", ["PUT", "GET", "post", ""])
def test_9449_04_its_method(server, app, key, method):
    # P44
    why = refused(server, own(server, app, proof(key, method, token_url(server))), "PROOF_METHOD")
    assert why["expected"] == "POST"


def test_9449_04_its_url(server, app, key):
    # P44
    host = f"{server.host}:{server.port}"
    for same in (f"http://{host}{s.TOKEN}?a=b#c", f"HTTP://{host.upper()}{s.TOKEN}",
                 f"http://{host}/oauth2/%74oken", f"http://{host}/x/../oauth2/token"):
        assert own(server, app, proof(key, "POST", same)).status_code == 200, same
    for other in (f"http://{host}/oauth2/Token", f"http://{host}/oauth2/token/", s.TOKEN,
                  f"https://{host}{s.TOKEN}", f"http://other.example{s.TOKEN}", ""):
        why = refused(server, own(server, app, proof(key, "POST", other)), "PROOF_URL")
        assert why["expected"] == token_url(server)


def test_9449_05_F2_07_A136_its_time(server, app, key):
    now = int(time.time())
    for off in -10, 10, -60, 50, -250:
        assert own(server, app, proof(key, "POST", token_url(server), iat=now + off)
                   ).status_code == 200, off
    for off, way in (-3600, "behind"), (3600, "ahead"), (75, "ahead"), (-310, "behind"):
        why = refused(server, own(server, app, proof(key, "POST", token_url(server),
                                                     iat=now + off)), "PROOF_CLOCK")
        assert why["evidence"]["direction"] == way and why["evidence"]["parameter"] == "iat"


def test_9449_15_nbf_and_exp(server, app, key):
    now = int(time.time())
    assert own(server, app, proof(key, "POST", token_url(server), nbf=now, exp=now + 60)
               ).status_code == 200
    for more in {"nbf": now + 300}, {"exp": now - 300}:
        refused(server, own(server, app, proof(key, "POST", token_url(server), **more)),
                "PROOF_CLOCK")
    for more in {"nbf": "now"}, {"exp": "soon"}, {"exp": now + 0.5}, {"iat": -1}:
        why = refused(server, own(server, app, proof(key, "POST", token_url(server), **more)),
                      "PROOF_CLAIM")
        assert why["evidence"]["parameter"] in more and why["evidence"]["fault"] == "wrong_type"


def test_9449_06_A134_once(server, app, key):
    # P44
    text = proof(key, "POST", token_url(server))
    assert own(server, app, text).status_code == 200
    refused(server, own(server, app, text), "PROOF_REPLAYED")


def test_9449_06_A134_not_on_another_node(launch, key):
    one = launch()
    two = Server(one.data, demo=True, base_url=one.base)
    try:
        app = s.make_app(one, metadata={"scope": "repo"})
        text = proof(key, "POST", token_url(one))
        assert own(one, app, text).status_code == 200
        refused(two, own(two, app, text), "PROOF_REPLAYED")
    finally:
        two.stop()


def test_9449_02_a_wrong_proof_costs_no_code(server, octocat, app, key):
    verifier, challenge = pkce()
    form = {**app.credentials, "grant_type": "authorization_code", "code_verifier": verifier,
            "code": s.code(octocat, app, **challenged(challenge))}
    bad = proof(key, "POST", server.base + "/elsewhere")
    refused(server, s.post(server, s.TOKEN, form, headers={"DPoP": bad}), "PROOF_URL")
    good = proof(key, "POST", token_url(server))
    reply = s.post(server, s.TOKEN, form, headers={"DPoP": good})
    assert reply.status_code == 200
    s.plant(server, reply.json())


# nonces

def test_9449_11_A137_nonces(launch, key):
    one = launch(dpop_nonce="on")
    two = Server(one.data, demo=True, base_url=one.base, dpop_nonce="on")
    try:
        app = s.make_app(one, metadata={"scope": "repo"})
        reply = own(one, app, proof(key, "POST", token_url(one)))
        refused(one, reply, "PROOF_NONCE_MISSING", "use_dpop_nonce")
        nonce = reply.headers["DPoP-Nonce"]
        # on every node, and whatever the clock says
        for node in one, two:
            good = own(node, app, proof(key, "POST", token_url(one), nonce=nonce,
                                        iat=int(time.time()) - 3600))
            assert good.status_code == 200 and good.headers["DPoP-Nonce"]
        refused(one, own(one, app, proof(key, "POST", token_url(one), nonce="x" * 32)),
                "PROOF_NONCE_OLD", "use_dpop_nonce")
        # it rotates: the old one counts for a while, and its successor is told
        one.advance("301s")
        later = own(one, app, proof(key, "POST", token_url(one), nonce=nonce))
        assert later.status_code == 200 and later.headers["DPoP-Nonce"] != nonce
        one.advance("300s")
        refused(one, own(one, app, proof(key, "POST", token_url(one), nonce=nonce)),
                "PROOF_NONCE_OLD", "use_dpop_nonce")
    finally:
        two.stop()


def test_9449_11_nonces_at_the_api(launch, key):
    own_server = launch(dpop_nonce="on")
    browser, app = own_server.signed_in(), s.make_app(own_server)
    reply = with_key(own_server, browser, app, key)
    assert reply.status_code == 400
    nonce = reply.headers["DPoP-Nonce"]
    verifier, challenge = pkce()
    code = s.code(browser, app, **challenged(challenge))
    made = proof(key, "POST", token_url(own_server), nonce=nonce)
    reply = s.post(own_server, s.TOKEN, {**app.credentials, "grant_type": "authorization_code",
                                         "code": code, "code_verifier": verifier},
                   headers={"DPoP": made})
    token = own_server.plant(reply.json()["access_token"])
    asked = user(own_server, token, key)
    refused(own_server, asked, "PROOF_NONCE_MISSING", None, 401)
    assert 'DPoP realm="llavero", error="use_dpop_nonce"' in asked.headers["WWW-Authenticate"]
    answer = user(own_server, token, key, nonce=asked.headers["DPoP-Nonce"])
    assert answer.status_code == 200 and answer.headers["DPoP-Nonce"]


# the authorization request

def test_9449_12_F2_06_dpop_jkt_binds_the_code(server, octocat, app, key):
    # P11
    assert with_key(server, octocat, app, key, jkt=key.thumbprint).status_code == 200
    why = refused(server, with_key(server, octocat, app, Key(), jkt=key.thumbprint),
                  "CODE_OF_ANOTHER_KEY", "invalid_grant")
    assert why["expected"] == key.thumbprint[:16]
    refused(server, with_key(server, octocat, app, None, jkt=key.thumbprint), "PROOF_MISSING")


@pytest.mark.parametrize("jkt", ["x", "x" * 42, "x" * 44, "x" * 42 + "="])
def test_9449_12_a_dpop_jkt_that_is_none(server, octocat, app, jkt):
    verifier, challenge = pkce()
    reply = s.ask(octocat, app, **challenged(challenge), dpop_jkt=jkt)
    assert "error=invalid_request" in reply.headers["Location"]


# refreshing

def test_9449_13_a_public_client_keeps_its_key(server, octocat, key):
    # A105
    public = s.make_public(server, expiring=True)
    first = with_key(server, octocat, public, key).json()
    why = refused(server, refresh(server, public, first["refresh_token"], Key()),
                  "REFRESH_OF_ANOTHER_KEY", "invalid_grant")
    assert why["expected"] == key.thumbprint[:16]
    refused(server, refresh(server, public, first["refresh_token"], None), "PROOF_MISSING")
    second = refresh(server, public, first["refresh_token"], key)
    assert second.status_code == 200 and second.json()["token_type"] == "DPoP"
    assert user(server, second.json()["access_token"], key).status_code == 200


def test_9449_13_a_confidential_client_may_change_its_key(server, octocat, lasting, key):
    first = with_key(server, octocat, lasting, key).json()
    other = Key()
    second = refresh(server, lasting, first["refresh_token"], other).json()
    assert user(server, second["access_token"], other).status_code == 200
    refused(server, user(server, second["access_token"], key), "TOKEN_OF_ANOTHER_KEY", None, 401)
    refused(server, refresh(server, lasting, second["refresh_token"], None), "PROOF_MISSING")


# at the API

@pytest.fixture(scope="module")
def bound(server, octocat, app, key):
    return with_key(server, octocat, app, key).json()["access_token"]


def test_9449_07_with_its_key(server, key, bound):
    # 9700-07
    for scheme in "DPoP", "dpop", "dPoP":  # F2-15
        reply = user(server, bound, key, scheme)
        assert reply.status_code == 200 and reply.json()["login"] == "octocat"


def test_9449_07_A139_with_another_key(server, key, bound):
    other = Key()
    reply = user(server, bound, other)
    why = refused(server, reply, "TOKEN_OF_ANOTHER_KEY", None, 401)
    assert (why["expected"], why["received"]) == (key.thumbprint[:16], other.thumbprint[:16])
    assert 'DPoP realm="llavero", error="invalid_token"' in reply.headers["WWW-Authenticate"]


def test_9449_09_A143_no_downgrade_to_bearer(server, key, bound):
    # P44
    for scheme in "Bearer", "token":
        reply = server.get("/api/v3/user", headers={"Authorization": f"{scheme} {bound}"})
        refused(server, reply, "TOKEN_NEEDS_PROOF", None, 401)
        refused(server, user(server, bound, key, scheme), "TOKEN_NEEDS_PROOF", None, 401)
    for path in "/oauth2/userinfo", "/api/v3/user/emails", "/api/v3/user/orgs":
        reply = server.get(path, headers={"Authorization": f"Bearer {bound}"})
        refused(server, reply, "TOKEN_NEEDS_PROOF", None, 401)
    reply = server.post("/api/graphql", '{"query":"{viewer{login}}"}',
                        headers={"Authorization": f"Bearer {bound}", "Content-Type": "application/json"})
    refused(server, reply, "TOKEN_NEEDS_PROOF", None, 401)


def test_9449_10_a_bearer_token_is_not_bound(server, octocat, app, key):
    token = with_key(server, octocat, app, None).json()["access_token"]
    assert server.is_alive(token)
    refused(server, user(server, token, key), "TOKEN_NOT_BOUND", None, 401)


def test_9449_03_A138_ath(server, key, bound):
    # P44
    url = server.base + "/api/v3/user"
    refused(server, user(server, bound, key, ath=b64(bytes(32))), "PROOF_OF_ANOTHER_TOKEN", None,
            401)
    reply = user(server, bound, key, text=proof(key, "GET", url))
    refused(server, reply, "PROOF_CLAIM", None, 401)
    assert 'error="invalid_dpop_proof"' in reply.headers["WWW-Authenticate"]
    reply = server.get("/api/v3/user", headers={"Authorization": f"DPoP {bound}"})
    refused(server, reply, "PROOF_MISSING", None, 401)


def test_9449_04_A135_for_this_very_request(server, key, bound):
    text = proof(key, "POST", server.base + "/api/v3/user", token=bound)
    refused(server, user(server, bound, key, text=text), "PROOF_METHOD", None, 401)
    text = proof(key, "GET", server.base + "/api/v3/user/orgs", token=bound)
    refused(server, user(server, bound, key, text=text), "PROOF_URL", None, 401)


def test_9449_06_A134_once_at_the_api(server, key, bound):
    text = proof(key, "GET", server.base + "/api/v3/user", token=bound)
    assert user(server, bound, key, text=text).status_code == 200
    refused(server, user(server, bound, key, text=text), "PROOF_REPLAYED", None, 401)


def test_introspection_and_revocation_need_no_proof(server, octocat, app, key):
    token = with_key(server, octocat, app, key).json()["access_token"]
    assert s.is_active(server, app, token)
    s.revoke(server, app, token)
    assert not s.is_active(server, app, token)


# registration and profile

def test_9449_13_an_app_that_always_binds(server):
    # P53
    app = s.make_app(server, metadata={"scope": "repo", "dpop_bound_access_tokens": True})
    refused(server, own(server, app, None), "PROOF_MISSING")
    assert own(server, app, proof(Key(), "POST", token_url(server))).status_code == 200


def test_F2_02_strict_needs_a_bound_token(server):
    # P53
    key = Key()
    app = s.make_app(server, profile="strict", auth_method="private_key_jwt",
                     metadata={"scope": "repo", "jwks": jwks(key)})

    def sent(text):
        headers = {"DPoP": text} if text else {}
        return s.post(server, s.TOKEN, {"grant_type": "client_credentials",
                                        **by_assertion(assertion(server, app, key))},
                      headers=headers)
    refused(server, sent(None), "SENDER_UNBOUND", "invalid_request")
    refused(server, sent(proof(Key("RS256"), "POST", token_url(server))), "PROOF_ALGORITHM")
    reply = sent(proof(key, "POST", token_url(server)))
    assert reply.json()["token_type"] == "DPoP"
    server.plant(reply.json()["access_token"])


def test_F2_14_strict_takes_no_rs256_at_the_api_either(server, octocat):
    """A token that was bound while the app was of another profile."""
    for alg in ("RS256", "PS256"):
        key = Key(alg)
        app = s.make_app(server)
        token = with_key(server, octocat, app, key).json()["access_token"]
        assert user(server, token, key).status_code == 200
        s.serve(server, app, profile="strict", auth_method="private_key_jwt")
        reply = user(server, token, key)
        if alg == "PS256":
            assert reply.status_code == 200
            continue
        why = refused(server, reply, "PROOF_ALGORITHM", error=None, status=401)
        assert why["expected"] == "ES256 PS256 EdDSA"


def test_metadata_tells_the_algorithms(server):
    document = server.get(s.METADATA).json()
    assert set(document["dpop_signing_alg_values_supported"]) == {
        "ES256", "PS256", "RS256", "EdDSA"}
    assert json.dumps(document)


def test_9449_07_userinfo_takes_bound_tokens(server, octocat, key):
    """Where the scheme, the key and the proof count as at the API."""
    # P44
    app = s.make_app(server)
    url = server.base + "/oauth2/userinfo"
    verifier, challenge = pkce()
    code = s.code(octocat, app, scope="openid", **challenged(challenge))
    token = s.post(server, s.TOKEN, {
        **app.credentials, "grant_type": "authorization_code", "code": code,
        "code_verifier": verifier},
        headers={"DPoP": proof(key, "POST", token_url(server))}).json()["access_token"]
    server.plant(token)

    def ask(scheme, text):
        return server.get("/oauth2/userinfo", headers={
            "Authorization": f"{scheme} {token}", **({"DPoP": text} if text else {})})

    assert ask("DPoP", proof(key, "GET", url, token=token)).json()["sub"]
    reply = ask("Bearer", None)
    assert reply.status_code == 401 and "sub" not in reply.json()
    assert reply.headers["WWW-Authenticate"].startswith('DPoP realm="llavero"')
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]
    assert 'algs="' in reply.headers["WWW-Authenticate"]
    reply = ask("DPoP", proof(Key(), "GET", url, token=token))
    assert reply.status_code == 401 and reply.json()["error"] == "invalid_token"
    reply = ask("DPoP", None)
    assert reply.status_code == 401 and reply.json()["error"] == "invalid_dpop_proof"
    reply = ask("DPoP", proof(key, "POST", url, token=token))
    assert reply.status_code == 401 and reply.json()["error"] == "invalid_dpop_proof"
