"""Client certificates: RFC 8705; assurance 1.13, A061, F2-02, F2-03."""

import base64
import datetime
import hashlib
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import urllib.parse

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto import jwk

import standard as s
import test_token_exchange as exchange
from certificates import Authority, openssl
from own_jose import Key, assertion, b64, by_assertion, jwks, proof, verified
from llavero_http import BINARY, Server, challenged, free_port, pkce
from test_tls import await_log


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("mtls")


@pytest.fixture(scope="module")
def authority(folder):
    return Authority(folder / "ca")


@pytest.fixture(scope="module")
def stranger(folder):
    """Another authority of the very same name."""
    return Authority(folder / "other")


def issue(authority, subject, names="DNS:client.example", usage="clientAuth", days=2):
    """A client's certificate and key in one file each; `subject` as openssl writes it."""
    stem = authority.folder / secrets.token_hex(4)
    certificate, key = stem.with_suffix(".pem"), stem.with_suffix(".key")
    request, extensions = stem.with_suffix(".csr"), stem.with_suffix(".ext")
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8",
            "-multivalue-rdn", "-keyout", str(key), "-out", str(request), "-subj", subject)
    extensions.write_text(f"subjectAltName={names}\nextendedKeyUsage={usage}\n", encoding="utf-8")
    openssl("x509", "-req", "-in", str(request), "-CA", str(authority.file), "-CAkey",
            str(authority.key), "-CAcreateserial", "-days", str(days), "-out", str(certificate),
            "-extfile", str(extensions))
    return str(certificate), str(key)


def self_signed(folder, kind=("ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
    stem = folder / secrets.token_hex(4)
    certificate, key = stem.with_suffix(".pem"), stem.with_suffix(".key")
    openssl("req", "-x509", "-newkey", *kind, "-nodes", "-keyout", str(key), "-out",
            str(certificate), "-days", "2", "-subj", "/CN=self")
    return str(certificate), str(key)


def der(certificate):
    with open(certificate, encoding="ascii") as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


def thumbprint(certificate):
    return b64(hashlib.sha256(der(certificate)).digest())


@pytest.fixture(scope="module")
def secure(folder, authority):
    """A server with a second listener that asks for certificates."""
    before = os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ["REQUESTS_CA_BUNDLE"] = str(authority.file)
    own = authority.issue("server", "IP:127.0.0.1")
    port = free_port()
    running = Server(folder / "data", tls_certificate=own[0], tls_key=own[1],
                     mtls_listen=f"127.0.0.1:{port}", tls_client_ca=authority.file)
    running.mtls = f"https://127.0.0.1:{port}"
    yield running
    running.stop()
    if before is None:
        del os.environ["REQUESTS_CA_BUNDLE"]
    else:
        os.environ["REQUESTS_CA_BUNDLE"] = before


def make(server, method="tls_client_auth", **metadata):
    profile = metadata.pop("profile", "github")
    return s.make_app(server, auth_method=method, profile=profile,
                      metadata={"scope": "repo", **metadata})


def ask(server, app, cert, path=s.TOKEN, origin=None, headers=None, **form):
    reply = requests.post((origin or server.mtls) + path, timeout=60, cert=cert, headers=headers, data={
        "client_id": app.client_id, "grant_type": "client_credentials", **form})
    if reply.status_code == 200 and "access_token" in reply.json():
        server.plant(reply.json()["access_token"])
    return reply


def refused(server, reply, cause, status=401):
    assert reply.status_code == status, (reply.status_code, reply.text)
    why = server.cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert why["cause"] == cause, why
    return why


# tls_client_auth

def test_8705_01_the_subject(secure, authority):
    cert = issue(authority, "/C=ES/O=Bank, Inc./CN=client one")
    app = make(secure, tls_client_auth_subject_dn=r"CN=client one,O=Bank\, Inc.,C=ES")
    assert ask(secure, app, cert).status_code == 200
    other = issue(authority, "/C=ES/O=Bank, Inc./CN=client two")
    why = refused(secure, ask(secure, app, other), "CERTIFICATE_NAME")
    assert "client two" in why["received"] and "client one" in why["expected"]


@pytest.mark.parametrize("written", [
    "CN=client  One , o=bank, C=ES", r"cn=client\20one,O=Bank,C=ES", "2.5.4.3=client one,O=Bank,C=ES"])
def test_8705_07_names_are_no_text(secure, authority, written):
    cert = issue(authority, "/C=ES/O=Bank/CN=client one")
    assert ask(secure, make(secure, tls_client_auth_subject_dn=written), cert).status_code == 200


@pytest.mark.parametrize("written", [
    "C=ES,O=Bank,CN=client one", "CN=client one,O=Bank", "CN=client one", "CN=client one+O=Bank,C=ES",
    r"CN=client one\,O=Bank,C=ES", r"CN=client one\00,O=Bank,C=ES", "client one", "CN=", ""])
def test_8705_07_other_names(secure, authority, written):
    cert = issue(authority, "/C=ES/O=Bank/CN=client one")
    app = make(secure, tls_client_auth_subject_dn=written)
    refused(secure, ask(secure, app, cert), "CERTIFICATE_NAME")


@pytest.mark.parametrize("member, good, bad", [
    ("san_dns", "Client.Example", "other.example"), ("san_uri", "spiffe://a/b", "spiffe://a/B"),
    ("san_ip", "192.0.2.1", "192.0.2.2"), ("san_ip", "2001:db8::1", "2001:db8::2"),
    ("san_email", "me@client.example", "me@client.exampl")])
def test_8705_01_alternative_names(secure, authority, member, good, bad):
    cert = issue(authority, "/CN=x", "DNS:client.example,URI:spiffe://a/b,IP:192.0.2.1,"
                 "IP:2001:db8::1,email:me@client.example")
    member = f"tls_client_auth_{member}"
    assert ask(secure, make(secure, **{member: good}), cert).status_code == 200
    refused(secure, ask(secure, make(secure, **{member: bad}), cert), "CERTIFICATE_NAME")


def test_A061_of_another_authority_with_the_same_name(secure, authority, stranger):
    app = make(secure, tls_client_auth_subject_dn="CN=client")
    assert ask(secure, app, issue(authority, "/CN=client")).status_code == 200
    for cert in issue(stranger, "/CN=client"), self_signed(authority.folder):
        why = refused(secure, ask(secure, app, cert), "CERTIFICATE_UNTRUSTED")
        assert why["evidence"]["fault"] == "certificate_authority"


def test_A061_not_for_clients_and_expired(secure, authority):
    app = make(secure, tls_client_auth_subject_dn="CN=client")
    why = refused(secure, ask(secure, app, issue(authority, "/CN=client", usage="serverAuth")),
                  "CERTIFICATE_UNTRUSTED")
    assert why["evidence"]["fault"] == "certificate_purpose"
    why = refused(secure, ask(secure, app, issue(authority, "/CN=client", days=-1)),
                  "CERTIFICATE_UNTRUSTED")
    assert why["evidence"]["fault"] == "certificate_expired"


def test_8705_01_without_a_certificate(secure, authority):
    app = make(secure, tls_client_auth_subject_dn="CN=client")
    refused(secure, ask(secure, app, None), "CERTIFICATE_MISSING")
    refused(secure, ask(secure, app, None, origin=secure.base), "CERTIFICATE_MISSING")
    why = refused(secure, ask(secure, app, issue(authority, "/CN=client"),
                              client_secret=app.client_secret), "CLIENT_AUTH_METHOD")
    assert why["expected"] == "tls_client_auth"


def test_8705_04_only_the_second_listener_asks(secure, authority):
    cert = issue(authority, "/CN=client")
    app = make(secure, tls_client_auth_subject_dn="CN=client")
    refused(secure, ask(secure, app, cert, origin=secure.base), "CERTIFICATE_MISSING")
    for origin, asks in (secure.base, False), (secure.mtls, True):
        where = urllib.parse.urlsplit(origin)
        done = subprocess.run(["openssl", "s_client", "-connect", where.netloc, "-tls1_2"],
                              input=b"", capture_output=True, timeout=60)
        assert (b"No client certificate CA names sent" in done.stdout)
        assert (b"Client Certificate Types" in done.stdout) is asks


def test_8705_04_aliases(secure, server):
    document = requests.get(secure.base + s.METADATA, timeout=60).json()
    aliases = document["mtls_endpoint_aliases"]
    assert aliases["token_endpoint"] == secure.mtls + s.TOKEN
    assert set(aliases) <= set(document)
    assert document["tls_client_certificate_bound_access_tokens"] is True
    assert {"tls_client_auth", "self_signed_tls_client_auth"} <= set(
        document["token_endpoint_auth_methods_supported"])
    assert "mtls_endpoint_aliases" not in server.get(s.METADATA).json()


# self_signed_tls_client_auth

@pytest.mark.parametrize("kind", [("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), ("rsa:2048",)])
def test_8705_02_the_key_is_registered(secure, folder, kind):
    cert = self_signed(folder, kind)
    with open(cert[0], "rb") as file:
        public = json.loads(jwk.JWK.from_pem(file.read()).export_public())
    app = make(secure, "self_signed_tls_client_auth", jwks={"keys": [Key().listed(), public]})
    assert ask(secure, app, cert).status_code == 200
    refused(secure, ask(secure, app, self_signed(folder, kind)), "CERTIFICATE_KEY")
    refused(secure, ask(secure, app, None), "CERTIFICATE_MISSING")


def test_8705_02_what_is_registered_cannot_be_read(secure, folder):
    cert = self_signed(folder)
    with open(cert[0], "rb") as file:
        listed = {"jwks": {"keys": [json.loads(jwk.JWK.from_pem(file.read()).export_public())]}}
    app = make(secure, "self_signed_tls_client_auth", **listed)
    for metadata, status in ("{", 503), ('{"jwks":{"keys":[7]}}', 401), (json.dumps({"scope": "repo", **listed}), 200):
        with secure.database() as db:
            db.execute("UPDATE app SET metadata = ? WHERE client_id = ?", (metadata, app.client_id))
        assert ask(secure, app, cert).status_code == status


# tokens bound to a certificate

def test_8705_03_bound_tokens(secure, authority):
    # 9700-07
    cert, other = issue(authority, "/CN=client"), issue(authority, "/CN=client")
    app = make(secure, tls_client_auth_subject_dn="CN=client",
               tls_client_certificate_bound_access_tokens=True)
    body = ask(secure, app, cert).json()
    assert body["token_type"] == "Bearer"
    told = ask(secure, app, other, s.INTROSPECT, token=body["access_token"]).json()
    assert told["cnf"] == {"x5t#S256": thumbprint(cert[0])}


def test_8705_03_a_jwt_says_the_certificate(secure, authority):
    # 9068-02
    api = "https://api.example/certified"
    secure.cli("resource", "create", api, "--format", "jwt")
    cert = issue(authority, "/CN=client")
    app = make(secure, tls_client_auth_subject_dn="CN=client", tls_client_certificate_bound_access_tokens=True)
    token = ask(secure, app, cert, resource=api).json()["access_token"]
    claims = verified(token, requests.get(secure.url("/oauth2/jwks"), timeout=60).json())
    assert claims["aud"] == api and claims["cnf"] == {"x5t#S256": thumbprint(cert[0])}


def person_token(secure, octocat, app, cert):
    verifier, challenge = pkce()
    code = s.code(octocat, app, **challenged(challenge))
    reply = requests.post(secure.mtls + s.TOKEN, timeout=60, cert=cert, data={
        "client_id": app.client_id, "client_secret": app.client_secret, "code": code,
        "grant_type": "authorization_code", "code_verifier": verifier})
    return reply


def user(secure, token, cert, origin=None):
    return requests.get((origin or secure.mtls) + "/api/v3/user", timeout=60, cert=cert,
                        headers={"Authorization": f"Bearer {token}"})


def test_8705_03_the_api_compares(secure, authority):
    octocat = secure.signed_in()
    cert, other = issue(authority, "/CN=client"), issue(authority, "/CN=other")
    app = s.make_app(secure, metadata={"tls_client_certificate_bound_access_tokens": True})
    token = secure.plant(person_token(secure, octocat, app, cert).json()["access_token"])
    assert user(secure, token, cert).status_code == 200
    for shown, origin in (other, None), (None, None), (cert, secure.base):
        reply = user(secure, token, shown, origin)
        why = refused(secure, reply, "TOKEN_OF_ANOTHER_CERTIFICATE")
        assert why["expected"] == thumbprint(cert[0])[:16]
    # an app that is registered so gets none without a certificate
    refused(secure, person_token(secure, octocat, app, None), "SENDER_UNBOUND", 400)


def refreshing(server, octocat, app, cert):
    """What sends to the token endpoint with a certificate, and a refresh token that was got with `cert`."""
    verifier, challenge = pkce()
    code = s.code(octocat, app, **challenged(challenge))
    known = {"client_id": app.client_id} if s.is_public(server, app) else app.credentials

    def sent(shown, **form):
        return requests.post(server.mtls + s.TOKEN, timeout=60, cert=shown, data={**known, **form})
    body = s.plant(server, sent(cert, grant_type="authorization_code", code=code,
                                code_verifier=verifier).json())
    return sent, {"grant_type": "refresh_token", "refresh_token": body["refresh_token"]}


def test_8705_06_a_public_clients_refresh_token(secure, authority):
    # A105
    cert, other = issue(authority, "/CN=client"), issue(authority, "/CN=other")
    app = s.make_public(secure, expiring=True,
                        metadata={"tls_client_certificate_bound_access_tokens": True})
    sent, again = refreshing(secure, secure.signed_in(), app, cert)
    why = refused(secure, sent(other, **again), "REFRESH_OF_ANOTHER_KEY", 400)
    assert why["received"] == thumbprint(other[0])[:16]
    good = sent(cert, **again)
    assert good.status_code == 200
    again["refresh_token"] = s.plant(secure, good.json())["refresh_token"]
    # it is bound still when the app is registered in another way since
    s.serve(secure, app, {})
    for shown, received in (None, ""), (other, thumbprint(other[0])[:16]):
        why = refused(secure, sent(shown, **again), "REFRESH_OF_ANOTHER_KEY", 400)
        assert why["received"] == received
    good = sent(cert, **again)
    assert good.status_code == 200, good.text
    token = s.plant(secure, good.json())["access_token"]
    assert user(secure, token, cert).status_code == 200
    refused(secure, user(secure, token, other), "TOKEN_OF_ANOTHER_CERTIFICATE")


def test_8705_06_a_public_client_that_changed_to_proofs(secure, authority):
    cert, other, key = issue(authority, "/CN=client"), issue(authority, "/CN=other"), Key()
    app = s.make_public(secure, expiring=True,
                        metadata={"tls_client_certificate_bound_access_tokens": True})
    sent, again = refreshing(secure, secure.signed_in(), app, cert)
    s.serve(secure, app, {"dpop_bound_access_tokens": True})

    def proven(shown):
        return requests.post(secure.mtls + s.TOKEN, timeout=60, cert=shown,
                             data={"client_id": app.client_id, **again},
                             headers={"DPoP": proof(key, "POST", secure.mtls + s.TOKEN)})
    refused(secure, sent(cert, **again), "PROOF_MISSING", 400)
    for shown in None, other:
        refused(secure, proven(shown), "REFRESH_OF_ANOTHER_KEY", 400)
    good = proven(cert)
    assert good.status_code == 200, good.text
    assert s.plant(secure, good.json())["token_type"] == "DPoP"


def test_8705_06_a_confidential_clients_refresh_token(secure, authority):
    """It authenticates, so it may have another certificate; but what was bound stays bound to one."""
    cert, other = issue(authority, "/CN=client"), issue(authority, "/CN=other")
    app = s.make_app(secure, expiring=True,
                     metadata={"tls_client_certificate_bound_access_tokens": True})
    sent, again = refreshing(secure, secure.signed_in(), app, cert)
    s.serve(secure, app, {})
    refused(secure, sent(None, **again), "REFRESH_OF_ANOTHER_KEY", 400)
    for shown, wrong in (cert, other), (other, cert):
        good = sent(shown, **again)
        assert good.status_code == 200, good.text
        body = s.plant(secure, good.json())
        again["refresh_token"] = body["refresh_token"]
        assert user(secure, body["access_token"], shown).status_code == 200
        refused(secure, user(secure, body["access_token"], wrong), "TOKEN_OF_ANOTHER_CERTIFICATE")


def test_8705_03_an_exchange_however_the_app_is_registered_since(secure, authority):
    cert, other = issue(authority, "/CN=client"), issue(authority, "/CN=client")
    grants = {"grant_types": ["client_credentials", exchange.GRANT], "tls_client_auth_subject_dn": "CN=client"}
    app = make(secure, **grants, tls_client_certificate_bound_access_tokens=True)
    token = ask(secure, app, cert).json()["access_token"]
    s.serve(secure, app, {"scope": "repo", **grants})
    form = {"grant_type": exchange.GRANT, "subject_token": token, "subject_token_type": exchange.ACCESS}
    refused(secure, ask(secure, app, other, **form), "EXCHANGE_KEY", 400)
    good = ask(secure, app, cert, **form)
    assert good.status_code == 200, good.text
    told = ask(secure, app, cert, s.INTROSPECT, token=good.json()["access_token"]).json()
    assert told["cnf"] == {"x5t#S256": thumbprint(cert[0])}


def test_F2_02_F2_03_strict_by_certificate(secure, authority):
    cert = issue(authority, "/CN=client")
    app = make(secure, profile="strict", tls_client_auth_subject_dn="CN=client")
    token = ask(secure, app, cert).json()["access_token"]
    told = ask(secure, app, cert, s.INTROSPECT, token=token).json()
    assert told["cnf"] == {"x5t#S256": thumbprint(cert[0])}


def test_F2_02_a_proof_at_the_alias(secure, authority):
    cert, key = issue(authority, "/CN=client"), Key()
    app = make(secure, profile="strict", tls_client_auth_subject_dn="CN=client")
    for origin in secure.mtls, secure.base:
        reply = ask(secure, app, cert, headers={"DPoP": proof(key, "POST", origin + s.TOKEN)})
        assert reply.json()["token_type"] == "DPoP"


# behind a proxy

def header_of(certificate):
    return f":{base64.b64encode(der(certificate)).decode()}:"


def test_8705_05_a_trusted_proxy(launch, authority):
    behind = launch(client_cert_header="on", trusted_proxies="127.0.0.1",
                    tls_client_ca=authority.file, mtls_url="https://mtls.example")
    cert = issue(authority, "/CN=client")
    app = make(behind, tls_client_auth_subject_dn="CN=client")
    with open(cert[0], encoding="ascii") as file:
        escaped = urllib.parse.quote(file.read())
    for value in header_of(cert[0]), escaped:
        assert ask(behind, app, None, origin=behind.base,
                   headers={"Client-Cert": value}).status_code == 200
    for value in "", "::", ":AAAA:", "x", escaped[:200], header_of(cert[0])[:-9]:
        reply = ask(behind, app, None, origin=behind.base, headers={"Client-Cert": value})
        assert reply.status_code == 401, value
    aliases = behind.get(s.METADATA).json()["mtls_endpoint_aliases"]
    assert aliases["token_endpoint"] == "https://mtls.example" + s.TOKEN


@pytest.mark.parametrize("settings", [{"client_cert_header": "on"},
                                      {"trusted_proxies": "127.0.0.1"},
                                      {"client_cert_header": "on", "trusted_proxies": "192.0.2.1"}])
def test_8705_05_anybody_else_is_not_believed(launch, authority, settings):
    # 9700-19, A220
    open_ = launch(tls_client_ca=authority.file, **settings)
    cert = issue(authority, "/CN=client")
    app = make(open_, tls_client_auth_subject_dn="CN=client")
    for name in "Client-Cert", "X-SSL-Cert", "X-Client-Cert":
        refused(open_, ask(open_, app, None, origin=open_.base,
                           headers={name: header_of(cert[0])}), "CERTIFICATE_MISSING")


def test_8705_05_the_header_twice(launch, authority):
    behind = launch(client_cert_header="on", trusted_proxies="127.0.0.1",
                    tls_client_ca=authority.file)
    with socket.create_connection((behind.host, behind.port), timeout=30) as wire:
        wire.sendall(b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nClient-Cert: :AA==:\r\n"
                     b"Client-Cert: :AA==:\r\nContent-Length: 0\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 400")


# settings

@pytest.mark.parametrize("settings, sentence", [
    ({"mtls_listen": "127.0.0.1:0"}, "mtls_listen is set, but tls_certificate is not"),
    ({"tls_client_ca": "/dev/null"}, "holds no certificates"),
    ({"mtls_url": "http://x.example"}, "is not an https origin")])
def test_settings_that_do_not_fit(tmp_path, settings, sentence):
    flags = [f"--{k.replace('_', '-')}={v}" for k, v in settings.items()]
    done = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "d"), "--listen",
                           "127.0.0.1:0", *flags], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and sentence in done.stderr, done.stderr


def test_an_assertion_works_on_the_second_listener_too(secure):
    key = Key()
    app = make(secure, "private_key_jwt", jwks=jwks(key))
    reply = ask(secure, app, None, **by_assertion(assertion(secure, app, key)))
    assert reply.status_code == 200


def test_A061_not_yet(secure, authority):
    app, key = make(secure, tls_client_auth_subject_dn="CN=client"), ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    ca = x509.load_pem_x509_certificate(authority.file.read_bytes())
    signer = serialization.load_pem_private_key(authority.key.read_bytes(), None)
    stem = authority.folder / secrets.token_hex(4)
    certificate, file = stem.with_suffix(".pem"), stem.with_suffix(".key")
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                       serialization.NoEncryption()))
    for hours, good in (-1, True), (2, False):
        made = x509.CertificateBuilder(
            ca.subject, x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "client")]), key.public_key(),
            x509.random_serial_number(), now + datetime.timedelta(hours=hours), now + datetime.timedelta(days=2)
        ).add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH]), False)
        certificate.write_bytes(made.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        reply = ask(secure, app, (str(certificate), str(file)))
        if good:
            assert reply.status_code == 200
        else:
            refused(secure, reply, "CERTIFICATE_UNTRUSTED")


def test_A061_sighup_reads_the_authorities_again(folder, authority, stranger, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    ca, own, port = folder / "trusted.pem", authority.issue("again", "IP:127.0.0.1"), free_port()
    ca.write_bytes(authority.file.read_bytes())
    server = Server(folder / "again", tls_certificate=own[0], tls_key=own[1],
                    mtls_listen=f"127.0.0.1:{port}", tls_client_ca=ca)
    server.mtls = f"https://127.0.0.1:{port}"
    app = make(server, tls_client_auth_subject_dn="CN=client")
    one, two = (issue(a, "/CN=client") for a in (authority, stranger))

    def again(text, event, times):
        ca.write_bytes(text)
        server.process.send_signal(signal.SIGHUP)
        await_log(server, event, times)

    def statuses():
        return [ask(server, app, cert).status_code for cert in (one, two)]

    assert statuses() == [200, 401]
    again(stranger.file.read_bytes(), "client authorities read again", 1)
    assert statuses() == [401, 200]
    again(b"nothing\n", "client authorities not read again", 1)
    assert statuses() == [401, 200]
    again(authority.file.read_bytes() + stranger.file.read_bytes(),
          "client authorities read again", 2)
    assert statuses() == [200, 200]
    server.stop()
