"""Debian's gh, unmodified: device flow over TLS on port 443, then what it does with its token.
GitHub reference 1.3, 5.5, 13.8, check 14.17."""

import json
import os
import re
import shutil
import socket
import subprocess

import pytest

from certificates import Authority
from driven import decide_device
from llavero_http import Server

ADDRESSES = [f"127.0.44.{n}" for n in range(1, 30)]
CLIENT_ID = "178c6fc778ccc68e1d6a"


def address_with_port_443():
    """gh refuses a port in a host's name, but takes an address for a name."""
    for address in ADDRESSES:
        with socket.socket() as probe:
            try:
                probe.bind((address, 443))
                return address
            except PermissionError:
                pytest.skip("gh: port 443 is for root only here "
                            "(sysctl net.ipv4.ip_unprivileged_port_start=443)")
            except OSError:
                continue
    return pytest.skip("gh: port 443 is taken at every address that was tried")


class SecureServer(Server):
    def start(self, listen=None):
        super().start(listen=f"{address_with_port_443()}:443")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secure(tmp_path_factory, authority):
    if not shutil.which("gh"):
        pytest.skip("gh is not installed (apt-get install gh)")
    certificate, key = authority.issue("gh", *(f"IP:{address}" for address in ADDRESSES))
    before = os.environ.get("REQUESTS_CA_BUNDLE")
    os.environ["REQUESTS_CA_BUNDLE"] = str(authority.file)
    running = SecureServer(tmp_path_factory.mktemp("gh") / "data", demo=False, device_interval=1,
                           tls_certificate=certificate, tls_key=key)
    yield running
    running.stop()
    if before is None:
        del os.environ["REQUESTS_CA_BUNDLE"]
    else:
        os.environ["REQUESTS_CA_BUNDLE"] = before


@pytest.fixture(scope="module")
def monalisa(secure):
    user = secure.make_user("monalisa")
    secure.cli("app", "create", "--preset", "gh", "--owner", user.login)
    return user


@pytest.fixture
def gh(secure, monalisa, authority, tmp_path):
    """gh(words) starts it in a home of its own, which trusts our authority."""
    env = {name: value for name, value in os.environ.items()
           if not name.lower().endswith("_proxy") and not name.startswith(("GH_", "GITHUB_"))}
    env.update(HOME=str(tmp_path), GH_CONFIG_DIR=str(tmp_path / "gh"), NO_COLOR="1",
               SSL_CERT_FILE=str(authority.file), GH_NO_UPDATE_NOTIFIER="1")
    started = []

    def start(*words):
        started.append(subprocess.Popen(["gh", *words], env=env, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def run(process, status=0):
    out, err = process.communicate(timeout=60)
    assert process.returncode == status, (out, err)
    return out + err


def log_in(secure, process, user, allow=True):
    """Reads the code from what gh prints, as a person would, and decides in a browser."""
    said = ""
    while True:
        text = process.stderr.readline()
        assert text, "gh ended: " + said
        said += text
        code = re.search(r"one-time code: ([0-9A-Z]{4}-[0-9A-Z]{4})", said)
        url = re.search(r"Open this URL.*: (https://\S+)", said)
        if code and url:
            break
    assert url[1] == secure.base + "/login/device"
    decide_device(secure, user, code[1], allow)


def sign_in(secure, gh, user):
    process = gh("auth", "login", "--hostname", secure.host, "--web", "--git-protocol", "https")
    log_in(secure, process, user)
    return run(process)


def test_gh_signs_in_over_tls_and_uses_its_token(secure, gh, monalisa):
    assert f"Logged in as {monalisa.login}" in sign_in(secure, gh, monalisa)
    token = run(gh("auth", "token", "--hostname", secure.host)).strip()
    secure.plant(token)
    assert re.fullmatch(r"gho_[0-9A-Za-z]{36}", token)

    status = run(gh("auth", "status", "--hostname", secure.host))
    assert f"Logged in to {secure.host} as {monalisa.login}" in status
    # no complaint of a missing scope, and no unknown scopes
    assert "missing required scope" not in status.lower()

    me = json.loads(run(gh("api", "--hostname", secure.host, "user")))
    assert (me["id"], me["login"]) == (monalisa.id, monalisa.login)
    viewer = json.loads(run(gh("api", "--hostname", secure.host, "graphql", "-f",
                               "query=query{viewer{login}}")))
    assert viewer == {"data": {"viewer": {"login": monalisa.login}}}
    headers = run(gh("api", "--hostname", secure.host, "--include", "user"))
    scopes = re.search(r"^X-Oauth-Scopes: (.*?)\s*$", headers, re.M | re.I)[1]
    assert set(scopes.split(", ")) == {"gist", "read:org", "repo"}


def test_gh_refresh_asks_for_one_more_scope(secure, gh, monalisa):
    sign_in(secure, gh, monalisa)
    process = gh("auth", "refresh", "--hostname", secure.host, "--scopes", "workflow")
    log_in(secure, process, monalisa)
    run(process)
    headers = run(gh("api", "--hostname", secure.host, "--include", "user"))
    scopes = re.search(r"^X-Oauth-Scopes: (.*?)\s*$", headers, re.M | re.I)[1]
    assert "workflow" in scopes.split(", ")


def test_gh_tells_of_a_denial(secure, gh, monalisa):
    process = gh("auth", "login", "--hostname", secure.host, "--web", "--git-protocol", "https")
    log_in(secure, process, monalisa, allow=False)
    assert "access_denied" in run(process, status=1)


def test_gh_notices_that_its_token_is_revoked(secure, gh, monalisa):
    sign_in(secure, gh, monalisa)
    secure.cli("grant", "revoke", monalisa.login, CLIENT_ID)
    said = run(gh("auth", "status", "--hostname", secure.host), status=1)
    assert "authentication failed" in said or "no longer valid" in said
    assert "401" in run(gh("api", "--hostname", secure.host, "user"), status=1)


def test_gh_does_not_trust_another_authority(secure, gh, tmp_path, monkeypatch):
    other = Authority(tmp_path / "other", "another")
    done = subprocess.run(["gh", "auth", "login", "--hostname", secure.host, "--web",
                           "--git-protocol", "https"], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"], "HOME": str(tmp_path),
                               "SSL_CERT_FILE": str(other.file)})
    assert done.returncode == 1 and "certificate" in done.stderr
