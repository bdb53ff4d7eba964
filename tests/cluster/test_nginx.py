"""nginx with the shipped packaging/nginx/llavero.conf: what it passes on, and what it must not."""

import collections
import json
import socket
import threading

import pytest
import requests
from jwcrypto import jwk

import standard as s
from cluster import Nginx
from llavero_http import challenged, location_query, pkce
from own_jose import Key, proof
from test_mtls import self_signed, thumbprint


def cause(cluster, reply):
    return s.cause(cluster.nodes[0], reply)


def test_a_browser_and_an_app_through_nginx(cluster, user, app):
    """Every URL is the one that people know, whatever a request says of its host."""
    person = cluster.signed_in(user, cluster.front)
    answer = person.answer(app, state="x")
    reply = cluster.front.post("/login/oauth/access_token",
                               {**app.credentials, "code": answer["code"]},
                               headers={"Accept": "application/json"})
    token = cluster.nodes[0].plant(reply.json()["access_token"])
    assert all(node.is_alive(token) for node in cluster.nodes)
    told = cluster.front.get(s.METADATA, headers={"Host": "evil.example"}).json()
    assert told["issuer"] == cluster.front.base
    assert told["mtls_endpoint_aliases"]["token_endpoint"] == cluster.nginx.mtls + s.TOKEN


def test_9449_a_proof_names_what_the_client_asked_for(cluster, person):
    """DPoP's htu: the path comes to the node as the client wrote it."""
    app, key = s.make_app(cluster.nodes[0], metadata={"scope": "repo"}), Key()
    verifier, challenge = pkce()
    code = s.code(person, app, **challenged(challenge))
    form = {**app.credentials, "grant_type": "authorization_code", "code": code,
            "code_verifier": verifier}

    def ask(url):
        return s.post(cluster.front, s.TOKEN, form, headers={"DPoP": proof(key, "POST", url)})

    assert cause(cluster, ask("http://llavero" + s.TOKEN)) == "PROOF_URL"
    assert cause(cluster, ask(cluster.nodes[0].base + s.TOKEN)) == "PROOF_URL"
    reply = ask(cluster.front.base + s.TOKEN)
    assert reply.status_code == 200 and reply.json()["token_type"] == "DPoP"
    s.plant(cluster.nodes[0], reply.json())


def test_8705_05_who_shows_a_certificate(cluster, tmp_path):
    """At the second name nginx asks for it; at the first nobody has one, whatever they say."""
    cert = self_signed(tmp_path)
    with open(cert[0], "rb") as file:
        pem = file.read()
    key = json.loads(jwk.JWK.from_pem(open(cert[1], "rb").read()).export_public())
    app = s.make_app(cluster.nodes[0], auth_method="self_signed_tls_client_auth", metadata={
        "scope": "repo", "tls_client_certificate_bound_access_tokens": True,
        "jwks": {"keys": [{**key, "use": "sig"}]}})
    form = {"grant_type": "client_credentials", "client_id": app.client_id}

    def ask(origin, shown=None, **headers):
        return requests.post(origin + s.TOKEN, form, cert=shown, headers=headers, timeout=60,
                             verify=cluster.front.verify)

    reply = ask(cluster.nginx.mtls, cert)
    assert reply.status_code == 200, reply.text
    token = cluster.nodes[0].plant(reply.json()["access_token"])
    told = requests.post(cluster.nginx.mtls + s.INTROSPECT, {**form, "token": token}, cert=cert,
                         timeout=60, verify=cluster.front.verify).json()
    assert told["cnf"] == {"x5t#S256": thumbprint(cert[0])}
    escaped = requests.utils.quote(pem.decode())
    for reply in (ask(cluster.nginx.mtls), ask(cluster.front.base),
                  ask(cluster.front.base, **{"Client-Cert": escaped}),
                  ask(cluster.nginx.mtls, **{"Client-Cert": escaped})):
        assert reply.status_code == 401 and cause(cluster, reply) == "CERTIFICATE_MISSING"
    assert requests.get(cluster.nginx.mtls + "/login", timeout=60,
                        verify=cluster.front.verify).status_code == 404


def test_nobody_chooses_an_address_for_themselves(cluster, app):
    # A220
    reply = cluster.front.post("/login/oauth/access_token", {**app.credentials, "code": "0" * 40},
                               headers={"X-Forwarded-For": "198.51.100.9"})
    told = cluster.nodes[0].cli_json("explain", reply.headers["X-GitHub-Request-Id"])
    assert "127.0.0.1" in json.dumps(told) and "198.51.100.9" not in json.dumps(told)


def test_what_llavero_takes_nginx_takes(cluster, app, person):
    """Targets, headers and bodies of full length; and one more, which llavero itself refuses."""
    front = cluster.signed_in(cluster.nodes[0].make_user(), cluster.front)
    state = "s" * 2048
    answer = front.answer(app, state=state)
    cluster.nodes[0].plant(answer["code"])
    assert answer["state"] == state
    long = cluster.front.get("/login?x=" + "y" * 8100)
    assert long.status_code == 200
    assert cluster.front.get("/login?x=" + "y" * 8192).status_code == 414
    assert cluster.front.get("/api/v3/user", headers={"DPoP": "x" * 8192,
                                                      "Authorization": "token x"}).status_code == 401
    tokens = ["gho_" + "0" * 36] * 1000
    assert cluster.front.post("/api/v3/credentials/revoke",
                              json.dumps({"credentials": tokens})).status_code == 202
    assert cluster.front.get("/metrics").status_code == 404
    for path in "/healthz", "/readyz":
        assert cluster.front.get(path).status_code == 200


def test_I7_secrets_are_in_no_file_of_nginx(cluster, app, person):
    code = person.code(app)
    cluster.front.post("/login/oauth/access_token", {**app.credentials, "code": code})
    cluster.front.get("/api/v3/user?access_token=" + code)
    for path in cluster.nginx.folder.rglob("*"):
        if path.is_file() and "ca" not in path.parts:
            text = path.read_bytes()
            assert not cluster.nodes[0].found_in(text), path
            assert code.encode() not in text, path


# nodes that fail: stubs stand in for them

class Stub(threading.Thread):
    """A node that reads requests and answers each with `reply`, or hangs up when that is empty."""

    def __init__(self, seen, reply):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.seen, self.reply = self.listener.getsockname()[1], seen, reply

    def run(self):
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            with wire:
                head = wire.recv(65536)
                self.seen.append(head.split(b" ")[0].decode())
                wire.sendall(self.reply)

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


UNAVAILABLE = (b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
               b"Connection: close\r\n\r\n")


@pytest.mark.parametrize("reply, status", [(b"", 502), (UNAVAILABLE, 503)])
@pytest.mark.parametrize("method", ["POST", "PATCH", "GET", "PUT", "DELETE"])
def test_what_may_have_been_done_is_not_sent_to_another_node(tmp_path, method, reply, status):
    seen = []
    nginx, stubs = Nginx(tmp_path / "nginx"), [Stub(seen, reply) for _ in range(3)]
    for stub in stubs:
        stub.start()
    nginx.start(stubs)
    try:
        got = requests.request(method, nginx.base + s.TOKEN, data="code=x", timeout=60,
                               verify=str(nginx.authority.file))
        assert got.status_code == status
        assert seen == [method] * (1 if method in ("POST", "PATCH") else 2)
    finally:
        nginx.stop()
        for stub in stubs:
            stub.stop()


def test_what_was_not_sent_is_sent_to_another_node(cluster, tmp_path, app):
    """A node that takes no connections costs nobody anything, be it a POST."""
    nginx, gone = Nginx(tmp_path / "nginx"), socket.create_server(("127.0.0.1", 0))
    closed = collections.namedtuple("Closed", "port")(gone.getsockname()[1])
    gone.close()
    nginx.start([closed, cluster.nodes[1], cluster.nodes[2]])
    try:
        for _ in range(12):
            reply = requests.post(nginx.base + "/login/oauth/access_token", {
                **app.credentials, "code": "0" * 40}, timeout=60, verify=str(nginx.authority.file),
                headers={"Accept": "application/json"})
            assert reply.status_code == 200 and reply.json()["error"] == "bad_verification_code"
    finally:
        nginx.stop()
