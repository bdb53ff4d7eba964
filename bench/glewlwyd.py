"""Debian's glewlwyd beside the others: its OAuth 2 plugin on a SQLite database of its own.

It makes a change durable as SQLite does by itself (a rollback journal, synchronous=FULL). Its access
tokens are JWTs with an HMAC, of which it keeps a row each. Its refresh tokens do not rotate.

    glewlwyd.py CONFIGURATION PORT   becomes the server; a child says "ready URL" once it listens
"""
import base64
import hashlib
import hmac
import http.cookiejar
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

PROGRAM = shutil.which("glewlwyd")
SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
CLIENT, SECRET, USER, SCOPE, LIFETIME_S = "bench", "benchsecret", "user", "read", 86400
REDIRECT_URI = "http://127.0.0.1/callback"
CHALLENGE = "{SHA256}E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
KEY = "a key for the bench, as long as HS256 needs"
PLUGIN = {
    "jwt-type": "sha", "jwt-key-size": "256", "key": KEY, "access-token-duration": LIFETIME_S,
    "refresh-token-duration": LIFETIME_S, "code-duration": LIFETIME_S,
    "refresh-token-rolling": True, "auth-type-code-enabled": True,
    "auth-type-code-revoke-replayed": False, "auth-type-implicit-enabled": False,
    "auth-type-password-enabled": False, "auth-type-client-enabled": True,
    "auth-type-refresh-enabled": True, "scope": [], "pkce-allowed": True,
    "pkce-method-plain-allowed": False, "introspection-revocation-allowed": True,
    "introspection-revocation-allow-target-client": True}
CONFIGURATION = """\
port={port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:{port}/"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="ERROR"
log_file="{folder}/glewlwyd.log"
session_expiration=86400
session_key="GLEWLWYD2_SESSION_ID"
cookie_secure=0
admin_session_authentication="cookie"
profile_session_authentication="cookie"
login_api_enabled=true
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=false
secure_connection_key_file="{folder}/none"
secure_connection_pem_file="{folder}/none"
secure_connection_ca_file="{folder}/none"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{folder}/glewlwyd.db"; }};
"""


def version():
    """What is installed, or None."""
    if not PROGRAM:
        return None
    told = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=False)
    words = (told.stdout + told.stderr).split()
    return words[words.index("Version") + 1] if "Version" in words else "of Debian"


def prepare(folder, port):
    """An empty database with its administrator, and the configuration."""
    with open(SCHEMA, encoding="utf-8") as f, sqlite3.connect(folder / "glewlwyd.db") as db:
        db.executescript(f.read())
    text = CONFIGURATION.format(port=port, folder=folder)
    (folder / "glewlwyd.conf").write_text(text, encoding="utf-8")


class Api:
    """The administrator's calls."""

    def __init__(self, port):
        self.at = f"http://127.0.0.1:{port}/api"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def post(self, path, what):
        request = urllib.request.Request(self.at + path, json.dumps(what).encode(),
                                         {"Content-Type": "application/json"})
        self.opener.open(request, timeout=60).close()


def configure(port):
    api = Api(port)
    api.post("/auth/", {"username": "admin", "password": "password"})  # as its schema has it
    api.post("/mod/plugin/", {"module": "oauth2-glewlwyd", "name": "bench",
                              "display_name": "bench", "parameters": PLUGIN})
    api.post("/scope/", {"name": SCOPE, "display_name": SCOPE, "description": SCOPE,
                         "password_required": False, "scheme": {}})
    api.post("/client/?source=database", {
        "client_id": CLIENT, "name": CLIENT, "confidential": True, "client_secret": SECRET,
        "authorization_type": ["code", "client_credentials", "refresh_token"],
        "redirect_uri": [REDIRECT_URI], "scope": [SCOPE], "enabled": True})
    api.post("/user/?source=database", {
        "username": USER, "password": "a password", "name": USER, "email": "user@example.com",
        "scope": [SCOPE], "enabled": True})


def hashed(text):
    return "{SHA512}" + base64.b64encode(hashlib.sha512(text.encode()).digest()).decode()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def access_token(salt, now):
    head = base64url(b'{"typ":"JWT","alg":"HS256"}')
    claims = {"salt": salt, "client_id": CLIENT, "type": "client_token", "scope": SCOPE,
              "iat": now, "expires_in": LIFETIME_S, "exp": now + LIFETIME_S, "nbf": now}
    signed = f"{head}.{base64url(json.dumps(claims).encode())}"
    return f"{signed}.{base64url(hmac.digest(KEY.encode(), signed.encode(), 'sha256'))}"


def insert(db, table, **values):
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    return db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})",
                      list(values.values())).lastrowid


def put_code(db, text, now):
    row = insert(db, "gpg_code", gpgc_plugin_name="bench", gpgc_username=USER,
                 gpgc_client_id=CLIENT, gpgc_redirect_uri=REDIRECT_URI, gpgc_code_hash=hashed(text),
                 gpgc_expires_at=now + LIFETIME_S, gpgc_code_challenge=CHALLENGE, gpgc_enabled=1)
    insert(db, "gpg_code_scope", gpgc_id=row, gpgcs_scope=SCOPE)


def put_refresh_token(db, text, now):
    row = insert(db, "gpg_refresh_token", gpgr_plugin_name="bench", gpgr_authorization_type=0,
                 gpgr_username=USER, gpgr_client_id=CLIENT, gpgr_issued_at=now, gpgr_last_seen=now,
                 gpgr_expires_at=now + LIFETIME_S, gpgr_duration=LIFETIME_S,
                 gpgr_rolling_expiration=1, gpgr_token_hash=hashed(text), gpgr_enabled=1)
    insert(db, "gpg_refresh_token_scope", gpgr_id=row, gpgrs_scope=SCOPE)


def put_token(db, text, now):
    row = insert(db, "gpg_access_token", gpga_plugin_name="bench", gpga_authorization_type=3,
                 gpga_client_id=CLIENT, gpga_issued_at=now, gpga_token_hash=hashed(text),
                 gpga_enabled=1)
    insert(db, "gpg_access_token_scope", gpga_id=row, gpgas_scope=SCOPE)


def fill(folder, codes, tokens, refresh):
    """What waits to be asked for, and the files that say so, as fill.c makes them."""
    now = int(time.time())
    kinds = [("codes", codes, put_code, lambda i: os.urandom(20).hex()),
             ("tokens", tokens, put_token, lambda i: access_token(f"{i:016d}", now)),
             ("refresh", refresh, put_refresh_token, lambda i: os.urandom(20).hex())]
    with sqlite3.connect(folder / "glewlwyd.db", timeout=60) as db:
        for name, n, put, make in kinds:
            with open(folder / name, "w", encoding="utf-8") as out:
                for i in range(n):
                    text = make(i)
                    put(db, text, now)
                    out.write(text + "\n")
    for name in ("client", "service"):
        (folder / name).write_text(f"{CLIENT} {SECRET}\n")


def authorization():
    return "Authorization: Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()


def say_when_ready(server, port):
    while os.getppid() == server:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            print(f"ready http://127.0.0.1:{port}", flush=True)
            return
        except OSError:
            time.sleep(0.05)


def main():
    configuration, port = sys.argv[1], int(sys.argv[2])
    server = os.getpid()
    if os.fork() == 0:
        say_when_ready(server, port)
        os._exit(0)
    os.execv(PROGRAM, [PROGRAM, f"--config-file={configuration}"])


if __name__ == "__main__":
    main()
