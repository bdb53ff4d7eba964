"""Client ID metadata documents (draft-ietf-oauth-client-id-metadata-document): rows MCP-07 to MCP-11
and MCP-15 of assurance.md, and what a fetch may reach (4.12)."""

import concurrent.futures
import socket
import ssl
import threading

import pytest

import standard as s
from certificates import Authority
from client_stub import Stub, drip
from llavero_http import App, Page, challenged, location_query, pkce, unique

KEY = {"kty": "OKP", "crv": "Ed25519", "x": "a" * 43}


@pytest.fixture(scope="module")
def stage(launch):
    """A rehearsal, where http to this machine will do."""
    return launch(registration_dialects="both")


@pytest.fixture(scope="module")
def stub():
    running = Stub()
    yield running
    running.close()


def look(server, url, status=200):
    return server.rehearse("POST", "client-documents", {"client_id": url}, status)


def refused(server, url, cause, **evidence):
    told = look(server, url, 422)
    assert told["cause"] == cause, told
    for name, value in evidence.items():
        assert told["evidence"][name] == value, told
    return told


def path():
    return "/" + unique("doc")


def test_MCP_08_a_good_document_becomes_an_app(stage, stub):
    where = path()
    url = stub.put_client(where, client_name="Fine app", client_uri=stub.url("/"))
    told = look(stage, url)
    assert told["client_id"] == url and told["fetched"] and told["unverified"]
    assert told["metadata"]["client_name"] == "Fine app"
    assert told["metadata"]["token_endpoint_auth_method"] == "none"
    assert told["metadata"]["application_type"] == "native"
    assert stub.headers[-1]["Accept"] == "application/json"
    assert "Cookie" not in stub.headers[-1] and "Accept-Encoding" not in stub.headers[-1]
    assert stub.headers[-1]["User-Agent"].startswith("llavero/")


def test_MCP_08_it_is_kept_by_the_rules_of_HTTP(stage, stub):
    for headers, fresh in (({"Cache-Control": "max-age=600"}, 600), ({}, 3600),
                           ({"Cache-Control": "no-store"}, 60),
                           ({"Cache-Control": f"max-age=600, x={'y' * 300}, no-store"}, 60),
                           ({"Cache-Control": "max-age=999999999"}, 86400),
                           ({"Cache-Control": "max-age=600", "Age": "500"}, 100)):
        where = path()
        url = stub.put_client(where, headers=headers)
        assert look(stage, url)["fetched"]
        assert not look(stage, url)["fetched"] and stub.times(where) == 1
        stage.advance(f"{fresh - 20}s")
        assert not look(stage, url)["fetched"]
        stage.advance("25s")
        assert look(stage, url)["fetched"] and stub.times(where) == 2


def test_MCP_08_errors_are_never_kept(stage, stub):
    where = path()
    url = stub.put(where, {}, 503)
    for n in range(1, 4):
        refused(stage, url, "DOCUMENT_STATUS", status="503")
        assert stub.times(where) == n
    stub.put(where, {"client_id": "other"})
    for n in range(4, 6):
        refused(stage, url, "DOCUMENT_ID_DIFFERS")
        assert stub.times(where) == n
    stub.put_client(where)
    assert look(stage, url)["fetched"]


@pytest.mark.parametrize("status", [201, 204, 400, 401, 403, 404, 410, 500, 503])
def test_MCP_08_only_200_counts(stage, stub, status):
    where = path()
    refused(stage, stub.put_client(where, status), "DOCUMENT_STATUS", status=str(status))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_MCP_08_A147_redirects_are_not_followed(stage, stub, status):
    # P43
    target = path()
    stub.put_client(target)
    where = path()
    url = stub.put(where, b"", status, Location=stub.url(target))
    refused(stage, url, "DOCUMENT_REPLY", fault="fetch_redirect")
    assert stub.times(target) == 0


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/javascript", "",
                                  "application/json5", "image/svg+xml"])
def test_MCP_08_it_is_labelled_as_JSON(stage, stub, kind):
    url = stub.put_client(path(), headers={"Content-Type": kind})
    refused(stage, url, "DOCUMENT_REPLY", fault="fetch_type")


def test_MCP_08_other_labels_of_JSON(stage, stub):
    for kind in ("application/json; charset=utf-8", "application/client-metadata+json"):
        assert look(stage, stub.put_client(path(), headers={"Content-Type": kind}))["fetched"]


def test_MCP_08_A150_size(stage, stub):
    # P43
    where = path()
    url = stub.put_client(where)
    document = stub.pages[where][2]
    stub.put(where, document + b" " * (5120 - len(document)))
    assert look(stage, url)["fetched"]
    where = path()
    url = stub.put_client(where)
    document = stub.pages[where][2]
    stub.put(where, document + b" " * (5121 - len(document)))
    refused(stage, url, "DOCUMENT_REPLY", fault="fetch_size")
    stub.put(where, b" " * 1000, Content_Length="1000000000")
    refused(stage, url, "DOCUMENT_REPLY", fault="fetch_size")


def test_MCP_08_A150_a_slow_server_costs_seconds_and_nobody_else(stage, stub):
    # A156
    url = stub.put(path(), drip(60))
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(refused, stage, url, "DOCUMENT_UNREACHABLE",
                               fault="fetch_timeout") for _ in range(6)]
        # passwords have threads of their own
        browser = stage.signed_in()
        assert browser.page("/settings/profile")
        assert not any(w.done() for w in waiting)
        for w in waiting:
            w.result()


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b'{"client_id":1,"client_id":2}',
                                  b"\xff\xfe", b"[" * 5000])
def test_MCP_08_what_is_no_document(stage, stub, text):
    told = look(stage, stub.put(path(), text), 422)
    assert told["cause"] in ("DOCUMENT_METADATA", "DOCUMENT_ID_DIFFERS")


@pytest.mark.parametrize("change", [
    lambda url: url + "/", lambda url: url.upper(), lambda url: url.replace("127.0.0.1", "localhost"),
    lambda url: url + "?", lambda url: None, lambda url: url.replace("doc", "d%6Fc"),
    lambda url: 1, lambda url: [url], lambda url: ""])
def test_MCP_07_the_document_names_itself_letter_by_letter(stage, stub, change):
    where = path()
    url = stub.url(where)
    refused(stage, stub.put_client(where, client_id=change(url)), "DOCUMENT_ID_DIFFERS")


@pytest.mark.parametrize("url, fault", [
    ("https://client.example", "url_path"), ("https://client.example/x?y=1", "url_query"),
    ("https://client.example/x#y", "url_form"), ("https://u@client.example/x", "url_form"),
    ("https://client.example/a/../b", "url_form"), ("https://client.example/%2e%2e/b", "url_form"),
    ("https://client.example/./b", "url_form"), ("http://client.example/x", "not_https"),
    ("https://2130706433/x", "url_form"), ("https://0x7f.1/x", "url_form"),
    ("https://0177.0.0.1/x", "url_form"), ("https://client.example./x", "url_form"),
    ("https://xn--/x\u00e9", "url_form"), ("https:///x", "url_form"),
    ("https://client.example/" + "x" * 1100, "url_long"), ("http://10.0.0.1/x", "not_https")])
def test_MCP_07_urls_that_name_no_client(stage, url, fault):
    # A148, A149
    refused(stage, url, "DOCUMENT_URL", fault=fault)


@pytest.mark.parametrize("host", [
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "127.0.0.2", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "255.255.255.255", "[::]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]",
    "[fc00::1]", "[fe80::1]", "[ff02::1]", "[2001:db8::1]", "printer", "x.localhost", "x.local",
    "metadata.google.internal"])
def test_A144_special_addresses(stage, host):
    # P43
    refused(stage, f"https://{host}/client", "DOCUMENT_ADDRESS")


def test_names_that_mean_nothing(stage):
    refused(stage, "https://nobody.invalid/client", "DOCUMENT_UNREACHABLE", fault="fetch_name")


def test_A152_a_certificate_that_nobody_vouches_for(stage, tmp_path):
    certificate, key = Authority(tmp_path).issue("stub", "IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def serve():
            try:
                connection, _ = listening.accept()
                with context.wrap_socket(connection, server_side=True) as tls:
                    tls.recv(100)
            except OSError:
                pass
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        refused(stage, f"https://127.0.0.1:{port}/client", "DOCUMENT_UNREACHABLE",
                fault="fetch_tls")
        thread.join(10)


def test_a_server_that_is_not_there(stage):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    refused(stage, f"http://127.0.0.1:{port}/x", "DOCUMENT_UNREACHABLE", fault="fetch_connect")


@pytest.mark.parametrize("more, member", [
    ({"token_endpoint_auth_method": "client_secret_basic"}, "token_endpoint_auth_method"),
    ({"token_endpoint_auth_method": "client_secret_post"}, "token_endpoint_auth_method"),
    ({"token_endpoint_auth_method": "client_secret_jwt"}, "token_endpoint_auth_method"),
    ({"client_secret": "x"}, "client_secret"),
    ({"client_secret_expires_at": 0}, "client_secret")])
def test_MCP_09_no_shared_secret(stage, stub, more, member):
    refused(stage, stub.put_client(path(), **more), "DOCUMENT_METADATA", parameter=member,
            fault="shared_secret")


@pytest.mark.parametrize("more, member", [
    ({"redirect_uris": []}, "redirect_uris"), ({"redirect_uris": ["http://a.example/"]},
                                               "redirect_uris"),
    ({"grant_types": ["password"]}, "grant_types"), ({"jwks": {"keys": [{"kty": "oct", "k": "x"}]}},
                                                     "jwks"),
    ({"client_name": "\u202eevil"}, "client_name"), ({"software_statement": "x"},
                                                     "software_statement")])
def test_MCP_08_metadata_that_cannot_be_used(stage, stub, more, member):
    refused(stage, stub.put_client(path(), **more), "DOCUMENT_METADATA", parameter=member)


def test_a_client_that_proves_itself_with_a_key(stage, stub):
    told = look(stage, stub.put_client(path(), token_endpoint_auth_method="private_key_jwt",
                                       jwks={"keys": [KEY]}))
    assert told["metadata"]["jwks"] == {"keys": [KEY]}


def test_a_stale_copy_serves_a_day_while_its_server_is_away(stage, stub):
    where = path()
    url = stub.put_client(where)
    assert look(stage, url)["fetched"]
    stage.advance("2h")
    stub.put(where, b"", 503)
    assert look(stage, url)["client_id"] == url
    stub.put(where, b"", 404)  # this one says that it is gone
    refused(stage, url, "DOCUMENT_STATUS")
    stub.put(where, b"", 503)
    stage.advance("1d")
    refused(stage, url, "DOCUMENT_STATUS")


def authorize(server, url, browser, redirect="http://127.0.0.1:4711/cb", **params):
    """By the GitHub edge, which needs dialect both, once the app is there."""
    _, challenge = pkce()
    return browser.ask(App(0, url, None, redirect, "", ""), redirect_uri=redirect,
                       response_type="code", **challenged(challenge), **params)


def test_MCP_10_the_consent_page_names_hosts(stage, stub):
    url = stub.put_client(path(), redirect_uris=["http://127.0.0.1/cb", "https://app.example/cb"])
    look(stage, url)
    browser = stage.signed_in(stage.make_user())
    text = Page(authorize(stage, url, browser).text).text
    assert "says that it comes from 127.0.0.1" in text
    assert "a program on the machine that you are using" in text
    text = Page(authorize(stage, url, browser, "https://app.example/cb").text).text
    assert "https://app.example" in text
    assert "a program on the machine that you are using" not in text
    spanish = browser.get("/login/oauth/authorize", headers={"Accept-Language": "es"}, params={
        "client_id": url, "redirect_uri": "http://127.0.0.1/cb", "response_type": "code",
        **challenged(pkce()[1])})
    assert "La app dice que viene de" in spanish.text


@pytest.mark.parametrize("more", [
    {"client_name": "Another"}, {"redirect_uris": ["http://127.0.0.1/cb", "https://a.example/"]},
    {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [KEY]}}])
def test_MCP_15_a_change_asks_for_consent_again(stage, stub, more):
    # A155
    where = path()
    url = stub.put_client(where)
    look(stage, url)
    browser = stage.signed_in(stage.make_user())
    browser.decide(authorize(stage, url, browser))
    stage.advance("2h")
    look(stage, url)  # fetched again, the same
    browser = stage.signed_in(stage.make_user())
    browser.decide(authorize(stage, url, browser))
    stage.advance("2h")
    stub.put_client(where, **more)
    assert look(stage, url)["fetched"]
    assert authorize(stage, url, browser).status_code == 200


def test_MCP_15_what_nobody_agreed_to_may_change_silently(stage, stub):
    # A155
    where = path()
    url = stub.put_client(where, redirect_uris=["https://app.example/cb"],
                          headers={"Cache-Control": "max-age=60"})
    look(stage, url)
    browser = stage.signed_in(stage.make_user())
    to = "https://app.example/cb"
    assert browser.decide(authorize(stage, url, browser, to)).status_code == 302
    stage.advance("2m")
    stub.put_client(where, redirect_uris=["https://app.example/cb"],
                    policy_uri="https://app.example/p")
    assert look(stage, url)["fetched"]
    assert authorize(stage, url, browser, to).status_code == 302


def test_MCP_11_documents_are_a_setting(launch, stub):
    server = launch(client_id_documents="off")
    url = stub.put_client(path())
    before = len(stub.asked)
    assert look(server, url, 404) and len(stub.asked) == before


def test_many_at_once_make_one_app(stage, stub):
    url = stub.put_client(path())
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: look(stage, url), range(8)))
    assert len({t["id"] for t in told}) == 1


# From outside, as a client that nobody has registered

def test_MCP_08_a_client_that_nobody_knew_signs_somebody_in(stage, stub):
    """The document is fetched because of the authorization request, and by nothing before."""
    where = path()
    url = stub.put_client(where)
    app = App(0, url, None, "http://127.0.0.1:4711/cb", "", "")
    verifier, challenge = pkce()
    browser = stage.signed_in(stage.make_user())
    reply = s.ask(browser, app, redirect_uri=app.callback, state="here", **challenged(challenge))
    assert stub.times(where) == 1
    assert "Document app" in Page(reply.text).text
    got = dict(location_query(s.decide(browser, reply)))
    assert got["state"] == "here"
    stage.plant(got["code"])
    body = s.post(stage, s.TOKEN, {
        "grant_type": "authorization_code", "client_id": url, "code": got["code"],
        "redirect_uri": app.callback, "code_verifier": verifier}).json()
    stage.plant(body["access_token"])
    assert stage.is_alive(body["access_token"])
    assert stub.times(where) == 1


def test_MCP_09_a_document_of_no_use_is_told_on_a_page(stage, stub):
    for url in (stub.put(path(), {}, 503), stub.put_client(path(), client_id="http://127.0.0.1/x"),
                stub.put_client(path(), redirect_uris=["http://a.example/"])):
        app = App(0, url, None, "http://127.0.0.1:4711/cb", "", "")
        reply = s.ask(stage.browser(), app, redirect_uri=app.callback)
        assert reply.status_code == 400 and "Location" not in reply.headers, url
        assert reply.headers["X-GitHub-Request-Id"] in reply.text


def test_MCP_07_it_is_advertised(stage):
    document = stage.get(s.METADATA).json()
    assert document["client_id_metadata_document_supported"] is True
    assert document["registration_endpoint"] == stage.base + "/oauth2/register"
