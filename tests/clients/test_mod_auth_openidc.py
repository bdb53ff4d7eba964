"""Debian's libapache2-mod-auth-openidc in front of a page, unmodified: apache2 on a port of the test's own, with a
virtual host for each way of being an app, and two that only look at tokens."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import pytest
import requests
from jwcrypto import jwk

import standard as s
from answers import query_of
from llavero_http import Page, Server, challenged, free_port, pkce
from own_jose import Key, jwks

MODULES = pathlib.Path("/usr/lib/apache2/modules")
APACHE = shutil.which("apache2") or "/usr/sbin/apache2"
PATIENCE_S = 60
API = "https://files.example/v1"

BASICS = """
ServerName 127.0.0.1
ServerRoot {folder}
DefaultRuntimeDir {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
LogLevel warn auth_openidc:info
{loads}
{user}
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
MinSpareThreads 1
MaxSpareThreads 8
DocumentRoot {folder}/site
"""
NEEDED = ("mpm_event", "authn_core", "authz_core", "authz_user", "headers", "alias", "auth_openidc")

# The claims come back to the browser, so that the test sees what the page behind would.
APP = """
Listen {port}
<VirtualHost 127.0.0.1:{port}>
OIDCProviderMetadataURL {base}/.well-known/openid-configuration
OIDCRedirectURI http://127.0.0.1:{port}/in/back
OIDCCryptoPassphrase "a passphrase of this test"
OIDCClientID {client_id}
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCPassRefreshToken On
OIDCRedirectURLsAllowed ^http://127.0.0.1:{port}/
{more}
<Location /in>
AuthType openid-connect
Require valid-user
Header always set X-Remote-User "expr=%{{REMOTE_USER}}"
Header always set X-Email "expr=%{{req:OIDC_CLAIM_email}}"
Header always set X-Login "expr=%{{req:OIDC_CLAIM_preferred_username}}"
Header always set X-Sub "expr=%{{req:OIDC_CLAIM_sub}}"
Header always set X-Acr "expr=%{{req:OIDC_CLAIM_acr}}"
Header always set X-Token "expr=%{{req:OIDC_access_token}}"
Header always set X-Refresh-Token "expr=%{{req:OIDC_refresh_token}}"
</Location>
</VirtualHost>
"""
RESOURCE = """
Listen {port}
<VirtualHost 127.0.0.1:{port}>
{more}
<Location />
AuthType oauth20
Require claim {claim}
Header always set X-Client "expr=%{{req:OIDC_CLAIM_client_id}}"
</Location>
</VirtualHost>
"""


class Apache:
    """apache2, no service of the system but a process of ours, in a folder that its own user may read."""

    def __init__(self, sites):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="llavero-apache-"))
        self.folder.chmod(0o755)
        (self.folder / "site" / "in").mkdir(parents=True)
        for page in "index.html", "in/index.html", "in/page.html":
            (self.folder / "site" / page).write_text(f"<p>{page}</p>\n", encoding="utf-8")
        loads = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in NEEDED)
        # whoever is root gives that up
        user = "User www-data\nGroup www-data" if os.getuid() == 0 else ""
        config = self.folder / "apache2.conf"
        config.write_text(BASICS.format(folder=self.folder, loads=loads, user=user) + sites,
                          encoding="utf-8")
        self.process = subprocess.Popen([APACHE, "-f", str(config), "-DFOREGROUND"],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def wait(self, port):
        until = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(requests.ConnectionError):
                requests.get(f"http://127.0.0.1:{port}/", timeout=10)
                return
            assert self.process.poll() is None and time.monotonic() < until, self.log()
            time.sleep(0.05)

    def log(self):
        log = self.folder / "error.log"
        said = self.process.stdout.read().decode() if self.process.poll() is not None else ""
        return said + (log.read_text(encoding="utf-8", errors="replace") if log.exists() else "")

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=PATIENCE_S)
        self.process.stdout.close()
        shutil.rmtree(self.folder)


class Site:
    """A virtual host, and the app that it is."""

    def __init__(self, server, more="", **columns):
        self.server, self.port, self.more = server, free_port(), more
        metadata = {"backchannel_logout_uri": self.url("/in/back?logout=backchannel"),
                    "post_logout_redirect_uris": [self.url("/bye")], **columns.pop("metadata", {})}
        self.app = s.make_app(server, self.url("/in/back"), expiring=True, metadata=metadata,
                              **columns)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def text(self):
        return APP.format(port=self.port, base=self.server.base, client_id=self.app.client_id,
                          more=self.more.replace("SECRET", self.app.client_secret))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A rehearsal tells apps of this machine that somebody has left; the module names the token
    endpoint as the audience of its assertions."""
    running = Server(tmp_path_factory.mktemp("apache") / "data", demo=False, rehearsal="on",
                     assertion_audience="token-endpoint")
    running.cli("resource", "create", API, "--format", "jwt", "--alg", "RS256")
    yield running
    running.stop()


@pytest.fixture
def user(server):
    """Somebody new, who is asked for consent."""
    return server.make_user()


def public_keys(server, folder):
    """What tokens are signed with, in files: the module takes a URL of it with https only."""
    for key in server.get("/oauth2/jwks").json()["keys"]:
        if key["alg"] == "RS256":
            pem = folder / key["kid"]
            pem.write_bytes(jwk.JWK(**key).export_to_pem())
            yield f"{key['kid']}#{pem}"


@pytest.fixture(scope="module")
def sites(server, tmp_path_factory):
    if not os.path.exists(APACHE) or not (MODULES / "mod_auth_openidc.so").exists():
        pytest.skip("mod_auth_openidc is not installed "
                    "(apt-get install libapache2-mod-auth-openidc)")
    key = Key("RS256")
    pem = tmp_path_factory.mktemp("key") / "app.pem"
    pem.write_bytes(key.jwk.export_to_pem(private_key=True, password=None))
    public = pem.with_suffix(".pub")
    public.write_bytes(key.jwk.export_to_pem())
    found = {
        "basic": Site(server, "OIDCClientSecret SECRET"),
        "post": Site(
            server, "OIDCClientSecret SECRET\nOIDCProviderTokenEndpointAuth client_secret_post\n"
            "OIDCIDTokenSignedResponseAlg ES256\nOIDCUserInfoSignedResponseAlg RS256\n"
            'OIDCResponseMode form_post\nOIDCAuthRequestParams "max_age=3600&ui_locales=es"',
            metadata={"id_token_signed_response_alg": "ES256",
                      "userinfo_signed_response_alg": "RS256"}),
        "keyed": Site(
            server, f"OIDCPrivateKeyFiles {key.kid}#{pem}\n"
            f"OIDCPublicKeyFiles {key.kid}#{public}\n"  # without it the module crashes
            "OIDCProviderTokenEndpointAuth private_key_jwt", auth_method="private_key_jwt",
            metadata={"token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(key)}),
    }
    asking = s.make_app(server, metadata={"resource_server": True})
    published = " ".join(public_keys(server, tmp_path_factory.mktemp("published")))
    found["asks"] = free_port()
    found["reads"] = free_port()
    resources = RESOURCE.format(port=found["asks"], claim="scope~repo", more=(
        f"OIDCOAuthServerMetadataURL {server.base}{s.METADATA}\n"
        f"OIDCOAuthClientID {asking.client_id}\nOIDCOAuthClientSecret {asking.client_secret}\n"
        "OIDCOAuthRemoteUserClaim sub")) + RESOURCE.format(
            port=found["reads"], claim=f"aud:{API}", more=(
                f"OIDCOAuthVerifyCertFiles {published}\nOIDCOAuthRemoteUserClaim sub"))
    apache = Apache("".join(site.text for site in found.values() if isinstance(site, Site)) +
                    resources)
    found["apache"] = apache
    with contextlib.closing(apache):
        apache.wait(found["basic"].port)
        yield found


def sign_in(site, person, path="/in/page.html", allow=True):
    """The person goes to the page; the browser that the app knows from then on, and what it shows."""
    browser = requests.Session()
    start = browser.get(site.url(path), allow_redirects=False, timeout=PATIENCE_S)
    assert start.status_code == 302, start.text
    if query_of(start.headers["Location"]).get("response_mode") == "form_post":
        form = person.authorize_by_form(start.headers["Location"], allow)
        assert form.action == site.url("/in/back")
        return browser, browser.post(form.action, data=form.fields, timeout=PATIENCE_S)
    callback = person.authorize(start.headers["Location"], allow)
    assert callback.startswith(site.url("/in/back?"))
    return browser, browser.get(callback, timeout=PATIENCE_S)


def is_out(site, browser):
    """The page is not shown any more: the browser is sent to sign in."""
    reply = browser.get(site.url("/in/page.html"), allow_redirects=False, timeout=PATIENCE_S)
    return reply.status_code == 302 and "/oauth2/authorize?" in reply.headers["Location"]


@pytest.mark.parametrize("name", ["basic", "post", "keyed"])
def test_a_person_reaches_the_page(server, sites, person, user, name):
    """The module checks issuer, signature, nonce, at_hash and times; the page behind sees the claims."""
    site = sites[name]
    _, page = sign_in(site, person)
    assert page.status_code == 200 and page.url == site.url("/in/page.html"), (
        page.text, sites["apache"].log())
    shown = page.headers
    server.plant(shown["X-Token"], shown["X-Refresh-Token"])
    assert (shown["X-Email"], shown["X-Login"]) == (user.email, user.login)
    assert shown["X-Sub"].startswith("usr_") and shown["X-Acr"] == "urn:llavero:acr:password"
    assert shown["X-Remote-User"] == f"{shown['X-Sub']}@{server.base}"
    assert server.is_alive(shown["X-Token"])


def test_what_the_module_asks_for(sites):
    for name in "basic", "post", "keyed":
        start = requests.get(sites[name].url("/in/page.html"), allow_redirects=False, timeout=30)
        asked = query_of(start.headers["Location"])
        assert asked["code_challenge_method"] == "S256" and asked["nonce"] and asked["state"]
        assert name != "post" or (asked["max_age"], asked["ui_locales"]) == ("3600", "es")


def test_9207_a_denial_is_an_error_page(sites, person):
    """RFC 9207 2 wants `iss` in errors too, and this version takes it for a request to sign in from
    elsewhere; it says so and lets nobody in."""
    browser, page = sign_in(sites["basic"], person, allow=False)
    assert query_of(page.url)["error"] == "access_denied"
    assert "X-Email" not in page.headers and "<title>Error</title>" in page.text
    assert is_out(sites["basic"], browser)


def test_a_refused_exchange_is_no_sign_in(server, sites, person):
    site = sites["basic"]
    browser = requests.Session()
    start = browser.get(site.url("/in/page.html"), allow_redirects=False, timeout=PATIENCE_S)
    callback = person.authorize(start.headers["Location"])
    code = query_of(callback)["code"]
    page = browser.get(callback.replace(code, "0" * 40), timeout=PATIENCE_S)
    assert "X-Email" not in page.headers and is_out(site, browser)


def test_tokens_are_refreshed(server, sites, person):
    """The module's own hook; the new refresh token counts, so the second time works too."""
    site = sites["basic"]
    browser, page = sign_in(site, person)
    for _ in range(2):
        before = page.headers["X-Token"]
        server.plant(before, page.headers["X-Refresh-Token"])
        page = browser.get(site.url("/in/back"), timeout=PATIENCE_S, params={
            "refresh": site.url("/in/page.html"), "access_token": before})
        assert page.status_code == 200 and "error_code" not in page.url, sites["apache"].log()
        after = page.headers["X-Token"]
        assert after != before and server.is_alive(after)
    server.plant(after, page.headers["X-Refresh-Token"])


def test_lo_01_the_app_logs_out(server, sites, person):
    """It revokes what it has and sends the browser to end the session, which needs no question."""
    site = sites["basic"]
    browser, page = sign_in(site, person)
    token = server.plant(page.headers["X-Token"])
    left = browser.get(site.url("/in/back"), params={"logout": site.url("/bye")},
                       allow_redirects=False, timeout=PATIENCE_S)
    assert left.headers["Location"].startswith(server.base + "/oauth2/logout?")
    assert is_out(site, browser) and not server.is_alive(token)
    bye = person.browser.get(left.headers["Location"])
    assert bye.headers["Location"] == site.url("/bye")
    assert Page(person.browser.get("/login").text).has_form("/session")


@pytest.mark.parametrize("name", ["basic", "keyed"])
def test_bl_01_leaving_here_ends_the_apps_session(sites, person, name):
    """Back-channel logout: signature, aud, iss, events, jti and sid are the module's to check."""
    site = sites[name]
    browser, page = sign_in(site, person)
    assert page.status_code == 200 and not is_out(site, browser)
    page = person.browser.page("/settings/profile")
    person.browser.submit(page.form("/logout"))
    until = time.monotonic() + PATIENCE_S
    while not is_out(site, browser):
        assert time.monotonic() < until, sites["apache"].log()
        time.sleep(0.05)


# in front of an API

def token_for(server, user, **params):
    app = s.make_app(server, metadata={"scope": "repo"})
    verifier, challenge = pkce()
    browser = server.signed_in(user)
    asked = {k: v for k, v in params.items() if k == "resource"}
    of = s.code(browser, app, **challenged(challenge), **params)
    return app, s.exchange(server, app, of, code_verifier=verifier, **asked)["access_token"]


def call(port, token):
    return requests.get(f"http://127.0.0.1:{port}/index.html", timeout=PATIENCE_S,
                        headers={"Authorization": f"Bearer {token}"} if token else {})


def test_7662_it_asks_about_tokens(server, sites, user):
    app, token = token_for(server, user, scope="repo read:user")
    reply = call(sites["asks"], token)
    assert (reply.status_code, reply.headers["X-Client"]) == (200, app.client_id), \
        sites["apache"].log()
    _, narrow = token_for(server, user, scope="read:user")
    assert call(sites["asks"], narrow).status_code == 401  # its word for a scope that is missing
    assert call(sites["asks"], None).status_code == 401
    assert call(sites["asks"], "gho_" + "0" * 36).status_code == 401
    # what has ended is refused where the module has not seen it before, since it remembers answers
    app, token = token_for(server, user, scope="repo")
    s.revoke(server, app, token)
    assert call(sites["asks"], token).status_code == 401


def test_9068_it_reads_tokens_itself(server, sites, user):
    app, token = token_for(server, user, scope="repo", resource=API)
    reply = call(sites["reads"], token)
    assert (reply.status_code, reply.headers["X-Client"]) == (200, app.client_id), \
        sites["apache"].log()
    header, claims, signature = token.split(".")
    assert call(sites["reads"], f"{header}.{claims}.{signature[::-1]}").status_code == 401
    assert call(sites["reads"], None).status_code == 401
