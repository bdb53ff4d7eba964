"""Each way of being refused is told apart, and told to whoever may know: on the page, on the command
line and by the API, in both languages (issue 4, points 1 to 3)."""

import hashlib
import pathlib
import re
import secrets
import zlib

import pytest
import requests

import distinctions_altered  # more CASES  # noqa: F401
import distinctions_of_clients
import distinctions_of_grants  # more CASES  # noqa: F401
import distinctions_of_keys  # more CASES  # noqa: F401
import distinctions_openid  # more CASES  # noqa: F401
import distinctions_standard  # more CASES  # noqa: F401
from distinctions import CASES, OTHERWISE, World
from llavero_http import ROOT, Server, basic, location_query

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# Nobody knows whose request it was: only administrators see it.
OF_NO_APP = {
    "CLIENT_ID_MISSING", "CLIENT_NOTHING_SENT", "CLIENT_UNKNOWN", "CLIENT_OF_ANOTHER_SERVER",
    "AUTHORIZE_QUERY_MALFORMED", "AUTHORIZE_CLIENT_MISSING", "AUTHORIZE_CLIENT_UNKNOWN",
    "AUTHORIZE_CLIENT_OF_ANOTHER_SERVER", "TOKEN_CONTENT_TYPE", "CLIENT_BASIC_MALFORMED",
    "CLIENT_CREDENTIALS_CONFLICT", "CLIENT_METHODS_MIXED", "TOKEN_ABSENT", "TOKEN_WITHOUT_SCHEME", "TOKEN_MALFORMED",
    "TOKEN_CHECKSUM", "TOKEN_OF_ANOTHER_HOST", "TOKEN_UNKNOWN", "BODY_FIELD_INVALID",
    "BODY_FIELD_TAKEN", "AUTHORIZATION_UNKNOWN", "GRANT_UNKNOWN", "MANAGE_PATH_DIFFERS",
    "PASSWORD_ABSENT", "PASSWORD_IS_TOKEN", "PASSWORD_WRONG", "PASSWORD_USER_SUSPENDED",
    "PASSWORD_OTP", "PASSWORD_OTP_WRONG", "PASSWORD_OTP_CLOCK", "PASSWORD_THROTTLED",
    "REPORT_AUTHENTICATED", "PASSWORD_EMAIL_UNVERIFIED", "USER_UNKNOWN", "TOKEN_JWT",
    *distinctions_of_clients.OF_NO_APP,
}


def checksum(digits):
    value, out = zlib.crc32(digits.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        out = BASE62[digit] + out
    return out


class Explaining(Server):
    """A server with an administrator, and what only tests do to a database."""

    def __init__(self, data):
        super().__init__(data, signin_failures=5, signins_per_hour=0, trusted_proxies="127.0.0.1",
                         client_failures_per_hour=30, log_per_minute=60000)
        self.admin = self.make_user()
        self.cli("user", "admin", self.admin.login, "on")
        self._admin_token = None
        self._stranger = self.make_user()

    @property
    def stranger(self):
        return self.signed_in(self._stranger)

    def advance(self, seconds):
        reply = requests.post(self.url("/rehearsal/clock"), json={"advance": f"{seconds}s"},
                              timeout=60, headers={
                                  "Authorization": f"Bearer {self.demo['rehearsal_token']}"})
        assert reply.status_code == 200, reply.text

    def forget(self, table, text, column="hash"):
        """As if it had been cleared away long ago."""
        with self.database() as db:
            gone = db.execute(f"DELETE FROM {table} WHERE {column} = ?",
                              (hashlib.sha256(text.encode()).digest(),)).rowcount
        assert gone == 1

    def foreign_token(self):
        digits = "00" + "".join(secrets.choice(BASE62) for _ in range(28))
        return self.plant("gho_" + digits + checksum(digits))

    def forge(self, token):
        """One character of it is another, and the checksum is right again."""
        digits = token[4:60] + ("A" if token[60] != "A" else "B") + token[61:-6]
        return self.plant(token[:4] + digits + checksum(digits))

    def admin_token(self):
        if not self._admin_token:
            reply = requests.post(self.url("/api/v3/authorizations"), timeout=60,
                                  json={"note": "explain", "scopes": ["site_admin"]},
                                  headers=basic(self.admin.login, self.admin.password))
            assert reply.status_code == 201, reply.text
            self._admin_token = self.plant(reply.json()["token"])
        return self._admin_token


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    running = Explaining(tmp_path_factory.mktemp("still") / "data")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    """Where the clock is moved."""
    running = Explaining(tmp_path_factory.mktemp("moving") / "data")
    yield running
    running.stop()


def texts(lang):
    found = {}
    for path in (ROOT / "locales").glob(f"{lang}*.txt"):
        found.update(re.findall(r"^([a-z0-9_.-]+) = (.*)$", path.read_text(encoding="utf-8"), re.M))
    return found


TEXTS = {lang: texts(lang) for lang in ("en", "es")}


def said(cause, lang, which=""):
    return TEXTS[lang][f"why.{cause.lower()}" + (f".{which}" if which else "")]


def test_every_cause_has_a_case():
    table = (ROOT / "src/core/errors.def").read_text(encoding="utf-8")
    causes = re.findall(r"^CAUSE\((\w+), ", table, re.M)
    assert len(causes) > 100
    made = {cause for cause, _, _ in CASES}
    assert made | set(OTHERWISE) == set(causes) and not made & set(OTHERWISE)


def one_line(text):
    return " ".join(text.split())


class Reader:
    """Whoever may know of the request: the app's owner, or an administrator."""

    def __init__(self, w, cause):
        self.server, self.app = w.server, w.app
        self.of_no_app = cause in OF_NO_APP
        self.suspended = cause in ("APP_SUSPENDED", "TOKEN_APP_SUSPENDED")
        reader = w.server.admin if self.of_no_app else w.owner
        self.browser = w.server.signed_in(reader)

    def page(self, rid, lang):
        path = (f"/admin/requests/{rid}" if self.of_no_app else
                f"/settings/applications/{self.app.id}/requests/{rid}")
        return self.browser.page(f"{path}?lang={lang}").text

    def docs(self, rid, lang):
        path = f"/{lang}/apps/oauth-apps/maintaining-oauth-apps/reasons-for-refused-requests"
        return self.browser.page(f"{path}?request={rid}").text

    def api(self, rid, lang):
        if self.of_no_app or self.suspended:
            path = f"/api/v3/admin/refusals/{rid}"
            headers = {"Authorization": f"token {self.server.admin_token()}"}
        else:
            path = f"/api/v3/applications/{self.app.client_id}/refusals/{rid}"
            headers = basic(self.app.client_id, self.app.client_secret)
        reply = self.server.get(f"{path}?lang={lang}", headers=headers)
        assert reply.status_code == 200, (path, reply.text)
        return reply.json()

    def command(self, rid, lang):
        return one_line(self.server.cli("explain", rid, "--lang", lang).stdout)


def names(case):
    cause, make, expected = case
    return "-".join([cause, *(str(v) for v in expected.values())])


@pytest.mark.parametrize("case", CASES, ids=[names(c) for c in CASES])
def test_told_apart_and_explained(case, request):
    cause, make, expected = case
    moves = "advance" in make.__code__.co_names
    server = request.getfixturevalue("moving" if moves else "still")
    w = World(server)
    reply = make(w)
    rid = reply.headers["X-GitHub-Request-Id"]
    reader = Reader(w, cause)
    told = {lang: reader.api(rid, lang) for lang in TEXTS}
    assert told["en"]["cause"] == cause, told["en"]
    evidence = told["en"]["evidence"]
    assert {k: evidence.get(k) for k in expected} == expected
    assert told["en"]["error"] == (told_to_the_client(reply) or told["en"]["error"])
    if hasattr(reply, "first"):
        assert evidence["other_request"] == reply.first
    for lang in TEXTS:
        title, means, fix = (one_line(said(cause, lang, which)) for which in ("", "means", "fix"))
        assert (told[lang]["title"], told[lang]["means"], told[lang]["fix"]) == (title, means, fix)
        seen = one_line(told[lang]["seen"] or "")
        assert not re.search(r"[{}]", seen)
        for text in (reader.page(rid, lang), reader.command(rid, lang), reader.docs(rid, lang)):
            assert title in text and means in text and fix in text
            assert seen in text
            assert not server.found_in(text.encode())
    # whoever it does not concern learns nothing, not even that there is something
    path = f"/settings/applications/{w.app.id}/requests/{rid}"
    assert server.stranger.get(path).status_code == 404


def told_to_the_client(reply):
    """The error at the standard edge; None where a person saw a page, or at another edge."""
    if "/oauth2/" not in getattr(reply, "url", ""):
        return None
    if "Location" in reply.headers:
        return dict(location_query(reply))["error"]
    return reply.json()["error"] if "json" in reply.headers["Content-Type"] else None


@pytest.mark.parametrize("path, error", [
    ("/login/oauth/access_token", "incorrect_client_credentials"), ("/oauth2/token", "invalid_client")])
def test_the_error_is_named_as_the_client_saw_it(still, path, error):
    """The two edges have two names for it; whoever looks for theirs must find it."""
    w = World(still)
    reply = still.post(path, {"grant_type": "authorization_code", "client_id": w.app.client_id,
                              "client_secret": "0" * 40, "code": "0" * 40},
                       headers={"Accept": "application/json"})
    rid = reply.headers["X-GitHub-Request-Id"]
    reader = Reader(w, "CLIENT_SECRET_WRONG")
    assert reply.json()["error"] == error == reader.api(rid, "en")["error"]
    other = {"invalid_client": "incorrect_client_credentials",
             "incorrect_client_credentials": "invalid_client"}[error]
    listed = reader.browser.page(f"/settings/applications/{w.app.id}/requests").text
    for text in (reader.page(rid, "en"), reader.command(rid, "en"), listed):
        assert error in text and other not in text
    addresses = "/oauth2/" if path.startswith("/oauth2/") else "/login/"
    for lang in TEXTS:
        assert addresses in reader.page(rid, lang) and addresses in reader.command(rid, lang)


@pytest.mark.parametrize("path", ["/oauth2/introspect", "/oauth2/revoke"])
def test_what_is_wrong_with_a_token_is_no_error_where_it_is_asked_about(still, path):
    """RFC 7662 2.2, RFC 7009 2.2: the reply is a good one. The owner reads why all the same."""
    w, other = World(still), World(still)
    reply = still.post(path, {**w.app.credentials, "token": other.token()["access_token"]})
    assert reply.status_code == 200
    told = Reader(w, "").api(reply.headers["X-GitHub-Request-Id"], "en")
    assert (told["cause"], told["error"]) == ("MANAGE_TOKEN_OF_ANOTHER_APP", None)
    reply = still.post(path, w.app.credentials)
    assert Reader(w, "").api(reply.headers["X-GitHub-Request-Id"], "en")["error"] == \
        reply.json()["error"] == "invalid_request"


def test_nothing_that_was_planted_is_kept_or_shown(still):
    """After all of these: no table, no log and no page has a secret (point 1)."""
    still.check_log()
    still.check_storage()
    admin = still.signed_in(still.admin)
    for path in ("/admin/requests", "/admin/requests?lang=es"):
        assert not still.found_in(admin.get(path).content)


def test_the_documentation_lists_every_cause():
    for lang in TEXTS:
        page = pathlib.Path(ROOT / f"content/{lang}/apps/oauth-apps/maintaining-oauth-apps/"
                            "reasons-for-refused-requests.md").read_text(encoding="utf-8")
        for cause in {cause for cause, _, _ in CASES} | set(OTHERWISE):
            assert "{#" + cause.lower().replace("_", "-") + "}" in page, cause


