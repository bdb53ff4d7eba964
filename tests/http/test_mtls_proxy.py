"""Certificates that a proxy hands on: which keys they may have, and where those of a client are found. RFC 8705 2.2."""

import base64
import datetime
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from jwcrypto import jwk

from own_jose import Key
from test_mtls import ask, make, refused

KINDS = {"P-256": lambda: ec.generate_private_key(ec.SECP256R1()), "Ed25519": ed25519.Ed25519PrivateKey.generate,
         "RSA": lambda: rsa.generate_private_key(65537, 2048), "Ed448": ed448.Ed448PrivateKey.generate,
         "P-384": lambda: ec.generate_private_key(ec.SECP384R1())}
METHOD = "self_signed_tls_client_auth"


class Certificate:
    """Signed by its own key; good from `since` to `until` hours from now."""

    def __init__(self, kind="P-256", since=-1, until=1):
        key, now = KINDS[kind](), datetime.datetime.now(datetime.timezone.utc)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "self")])
        self.made = x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now + datetime.timedelta(hours=since),
            now + datetime.timedelta(hours=until)).sign(key, None if "Ed" in kind else hashes.SHA256())

    @property
    def key(self):
        pem = self.made.public_bytes(serialization.Encoding.PEM)
        return json.loads(jwk.JWK.from_pem(pem).export_public())

    @property
    def header(self):
        der = self.made.public_bytes(serialization.Encoding.DER)
        return {"Client-Cert": f":{base64.b64encode(der).decode()}:"}


@pytest.fixture(scope="module")
def behind(launch):
    """Behind a proxy that asks for certificates, and without authorities that any could come from."""
    return launch(client_cert_header="on", trusted_proxies="127.0.0.1")


def show(server, app, certificate):
    return ask(server, app, None, origin=server.base, headers=certificate.header)


@pytest.mark.parametrize("kind", ["P-256", "Ed25519", "RSA"])
def test_8705_02_keys_of_each_sort(behind, kind):
    one, other = Certificate(kind), Certificate(kind)
    app = make(behind, METHOD, jwks={"keys": [Key().listed(), one.key]})
    assert show(behind, app, one).status_code == 200
    refused(behind, show(behind, app, other), "CERTIFICATE_KEY")


@pytest.mark.parametrize("kind", ["P-384", "Ed448"])
def test_8705_02_a_key_that_is_not_ours(behind, kind):
    app = make(behind, METHOD, jwks={"keys": [Key().listed()]})
    why = refused(behind, show(behind, app, Certificate(kind)), "CERTIFICATE_UNTRUSTED")
    assert why["evidence"]["fault"] == "certificate_key"


def test_A061_its_own_dates_count(behind):
    for since, until, fault in (-2, -1, "certificate_expired"), (1, 2, "certificate_early"):
        one = Certificate(since=since, until=until)
        app = make(behind, METHOD, jwks={"keys": [one.key]})
        why = refused(behind, show(behind, app, one), "CERTIFICATE_UNTRUSTED")
        assert why["evidence"]["fault"] == fault


def test_8705_02_keys_that_the_client_publishes(behind, stub):
    # 7523-05
    one, other = Certificate(), Certificate()
    app = make(behind, METHOD, jwks_uri=stub.put("/keys", {"keys": [one.key]}))
    assert show(behind, app, one).status_code == 200
    refused(behind, show(behind, app, other), "CERTIFICATE_KEY")
    assert stub.times("/keys") == 1
    stub.put("/keys", {"keys": [other.key]})
    behind.advance("2m")
    assert show(behind, app, other).status_code == 200
    assert stub.times("/keys") == 2
    refused(behind, show(behind, app, one), "CERTIFICATE_KEY")


def test_8705_02_nowhere_to_find_keys(behind, stub):
    for app in make(behind, METHOD, jwks_uri=stub.put("/away", {}, 503)), make(behind, METHOD):
        refused(behind, show(behind, app, Certificate()), "CERTIFICATE_KEY")


def test_8705_01_without_authorities_nobody_is_vouched_for(behind):
    app = make(behind, tls_client_auth_subject_dn="CN=self")
    why = refused(behind, show(behind, app, Certificate()), "CERTIFICATE_UNTRUSTED")
    assert why["evidence"]["fault"] == "no_authorities"


def test_8705_02_what_is_no_certificate(behind):
    app = make(behind, METHOD, jwks={"keys": [Key().listed()]})
    reply = ask(behind, app, None, origin=behind.base, headers={"Client-Cert": ":AAAA:"})
    why = refused(behind, reply, "CERTIFICATE_UNTRUSTED")
    assert why["evidence"]["fault"] == "certificate_unreadable"
