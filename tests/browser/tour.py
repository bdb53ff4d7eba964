"""Every page a person can come to, and the way there. `PAGES` lists them by name.

Each way is a function of a Tour; it ends on the page. `status` is what the server answers there
when that is not 200 (the browser's console names it then).
"""

import time
import urllib.parse

from authenticator import settle, totp
from llavero_http import User, unique
from story import Story

PASSWORD = "a lock without its key"
NOWHERE = "http://127.0.0.1/callback"
MAINTAINING = "/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-"


class People:
    """Accounts and apps that the pages show, made once on the command line."""

    def __init__(self, server, demo):
        self.server, self.demo = server, demo
        self.recovery_codes = None
        for login in ("ines", "otto", "tess"):
            server.make_user(login, PASSWORD)
        server.make_user("uma", PASSWORD, verified=False)
        self.reader = server.make_app(
            NOWHERE, owner="otto", name="Lector de repositorios con un nombre bastante largo")
        self.owned = server.make_app(
            NOWHERE, "https://a-rather-long-host-name.of.a.bicycle.example/sign-in/callback",
            owner="ines", name="Bicycle repair shop")
        self.given = server.make_app(NOWHERE, owner="otto", name="Hand-me-down")
        self.watched = server.make_app(
            "https://bakery.example/oauth/callback", owner="ines", name="Bakery at the corner")
        server.make_user("root", PASSWORD)
        server.cli("user", "admin", "root", "on")
        self.refused = None


class Tour(Story):
    def __init__(self, browser, people, cookies):
        super().__init__(browser, people.server, people.demo)
        self.people, self.cookies = people, cookies

    def become(self, login):
        """Signed in as `login`, without showing the way: once a session, then by its cookie."""
        if login not in self.cookies:
            self.sign_in(login, PASSWORD)
            self.cookies[login] = [c for c in self.browser.driver.get_cookies()
                                   if c["name"].endswith("llavero_session")]
        for cookie in self.cookies[login]:
            self.browser.cdp("Network.setCookie", name=cookie["name"], value=cookie["value"],
                             url=self.server.base, httpOnly=True, sameSite="Lax")

    def ask(self, app, path="/login/oauth/authorize", **more):
        query = {"client_id": app.client_id, "redirect_uri": NOWHERE, **more}
        self.go(path + "?" + urllib.parse.urlencode(query, doseq=True))


def page(path, who=None):
    def way(tour):
        if who:
            tour.become(who)
        tour.go(path)
    return way


def app_page(rest):
    def way(tour):
        tour.become("ines")
        tour.go(f"/settings/applications/{tour.people.owned.id}{rest}")
    return way


def open_menu(tour):
    tour.become("ines")
    tour.go("/settings/profile")
    tour.browser.one("details.menu summary").click()


def sign_in_for_an_app(tour):
    tour.ask(tour.people.owned, scope="repo", login="ines")


def wrong_password(tour):
    tour.go("/login")
    tour.sign_in_here("ines", "not this one")


def wrong_sign_up(tour):
    tour.go("/join")
    tour.browser.fill("#login", "-no-")
    tour.browser.fill("#email", "ines@example.com")
    tour.browser.fill("#password", "short")
    tour.browser.click("form[action='/join'] button")


def expired_form(tour):
    tour.go("/login")
    tour.browser.driver.execute_script(
        "document.querySelector('[name=authenticity_token]').value = 'x'")
    tour.sign_in_here("ines", PASSWORD)


def consent(tour):
    tour.become("otto")
    tour.ask(tour.people.owned, scope="repo read:user user:email gist delete_repo admin:org")


def more_consent(tour):
    """New access beside what the app has already."""
    tour.become("ines")
    tour.ask(tour.people.reader, scope="repo notifications")


def allow_reader(tour):
    """ines has allowed one app something; nothing listens at its callback."""
    tour.become("ines")
    tour.ask(tour.people.reader, scope="read:user user:email")
    if tour.at_consent():
        tour.decide()


def authorized_app(tour):
    tour.become("ines")
    tour.go("/settings/applications")
    tour.browser.click(f"a[href$='{tour.people.reader.client_id}'].button")


def picker(tour):
    tour.become("ines")
    tour.ask(tour.people.owned, prompt="select_account")


def unverified(tour):
    tour.become("uma")
    tour.ask(tour.people.owned, scope="repo")


def unknown_app(tour):
    tour.go("/login/oauth/authorize?client_id=nobody")


def elsewhere(tour):
    tour.ask(tour.people.owned, redirect_uri="https://elsewhere.example/a/rather/long/path?x=1")


def asked_twice(tour):
    tour.ask(tour.people.owned, redirect_uri=[NOWHERE, NOWHERE])


def wrong_new_app(tour):
    tour.become("ines")
    tour.go("/settings/applications/new")
    tour.browser.fill("#name", "Bicycle repair shop")
    tour.browser.fill("#homepage", "ftp://nowhere")
    tour.browser.fill("#callback_1", "nonsense")
    tour.browser.click("form[action='/settings/applications'] button.primary")


def new_secret(tour):
    tour.become("otto")
    tour.go(f"/settings/applications/{tour.people.given.id}")
    tour.browser.click("#secrets .head-line button")


def new_token(tour):
    tour.become("otto")
    tour.go("/settings/tokens/new")
    tour.browser.fill("#note", f"A script of {time.time_ns()}")  # each note once
    tour.browser.one("#scope-repo").click()
    tour.browser.click("form[action='/settings/tokens'] button")


def device_confirmation(tour):
    tour.become("ines")
    made = tour.server.cli_json(
        "app", "create", "--owner", "otto", "--name", unique("Televisor del salón"), "--homepage",
        "https://tv.example/", "--callback", NOWHERE, "--device-flow")
    codes = tour.server.post("/login/device/code", {
        "client_id": made["client_id"], "scope": "repo user"},
        headers={"Accept": "application/json"}).json()
    tour.go("/login/device?user_code=" + codes["user_code"])
    tour.browser.click("input[name='commit']")


def wrong_new_password(tour):
    tour.become("ines")
    tour.go("/settings/profile")
    tour.browser.fill("#current_password", "not this one")
    tour.browser.fill("#new_password", "another one, longer")
    tour.browser.click("form[action='/settings/password'] button")


def offer(tour):
    """otto offers ines an app, unless he has already."""
    tour.become("otto")
    tour.go(f"/settings/applications/{tour.people.given.id}/advanced")
    if tour.browser.all("#transfer_name"):
        tour.browser.fill("#transfer_name", "Hand-me-down")
        tour.browser.fill("#transfer_owner", "ines")
        tour.browser.click("#transfer button")


def transfer(tour):
    tour.become("ines")
    tour.go("/settings/developers")
    tour.browser.click("a[href^='/settings/transfers/']")


def demo_signed_in(tour):
    tour.become("ines")
    tour.go("/demo/start/sign-in")
    tour.pass_through()


def rehearsed(tour):
    tour.become("ines")
    tour.go("/demo")
    tour.browser.click(".every button[value=CODE_REDIRECT_DIFFERS]")


def two_factor_setup(tour, who="ines"):
    tour.become(who)
    tour.go("/settings/two_factor")
    tour.browser.fill("#current_password", PASSWORD)
    tour.browser.click("form[action='/settings/two_factor/enable'] button")


def two_factor_setup_wrong(tour):
    two_factor_setup(tour)
    tour.browser.fill("#otp", "no code")
    tour.browser.click("form[action='/settings/two_factor/confirm'] button")


def keep_recovery_codes(tour):
    tour.people.recovery_codes = [e.text for e in tour.browser.all(".codes code")]


def two_factor_on(tour):
    """tess has two-factor authentication."""
    if not tour.people.recovery_codes:
        two_factor_setup(tour, "tess")
        settle()
        tour.browser.fill("#otp", totp(tour.browser.one("#secret").get_attribute("value")))
        tour.browser.click("form[action='/settings/two_factor/confirm'] button")
        keep_recovery_codes(tour)
    tour.become("tess")
    tour.go("/settings/two_factor")


def two_factor_change(tour, otp):
    two_factor_on(tour)
    tour.browser.fill("#current_password", PASSWORD)
    tour.browser.fill("#otp", otp or tour.people.recovery_codes[0])
    tour.browser.click("button[value=recovery_codes]")


def two_factor_wrong(tour):
    two_factor_change(tour, "no code")


def two_factor_codes(tour):
    two_factor_change(tour, None)
    keep_recovery_codes(tour)


def second_step(tour):
    two_factor_on(tour)
    tour.browser.driver.delete_all_cookies()
    tour.sign_in("tess", PASSWORD)


def second_step_wrong(tour):
    second_step(tour)
    tour.browser.fill("#otp", "no code")
    tour.browser.click("form[action='/sessions/two-factor'] button")


def refusals(tour):
    """Something in the log of ines's app: sign-ins that went well and badly, and single requests.
    The ids of the refused requests, by what was wrong."""
    people = tour.people
    if people.refused:
        return people.refused
    server, app = people.server, people.watched
    ines = server.signed_in(User(0, "ines", "", PASSWORD))

    def exchange(code, **more):
        reply = server.post("/login/oauth/access_token",
                            {**app.credentials, "code": code, **more})
        return reply.headers["X-GitHub-Request-Id"]

    exchange(ines.code(app))
    code = ines.code(app, scope="repo")
    people.refused = {
        "differs": exchange(code, redirect_uri=app.callback + "/"),
        "secret": exchange(code, client_secret="x" * 40),
        "long": ines.ask(app, redirect_uri="https://bakery.example/another/way?" + "a=b&" * 60)
        .headers["X-GitHub-Request-Id"],
        "scope": ines.authorize(app, scope="no:such:scope").headers["X-GitHub-Request-Id"],
        "nobody": server.get("/login/oauth/authorize?client_id=nobody").headers[
            "X-GitHub-Request-Id"],
    }
    return people.refused


def log_page(rest):
    def way(tour):
        refusals(tour)
        tour.become("ines")
        tour.go(f"/settings/applications/{tour.people.watched.id}/requests{rest}")
    return way


def request_page(what):
    def way(tour):
        log_page("/" + refusals(tour)[what])(tour)
    return way


def flow_page(tour):
    log_page("?view=flows")(tour)
    tour.browser.leave(tour.browser.all(".log-title a[href*='/flows/']")[0].click)


def empty_log(tour):
    tour.become("otto")
    tour.go(f"/settings/applications/{tour.people.given.id}/requests")


def admin_page(rest, what=None):
    def way(tour):
        found = refusals(tour).get(what, "")
        tour.become("root")
        tour.go("/admin/requests" + rest + found)
    return way


def explained(page, what, who=None):
    def way(tour):
        asked = refusals(tour).get(what, what)
        if who:
            tour.become(who)
        tour.go(f"{MAINTAINING}{page}?request={asked}")
    return way


# name: (way, status)
PAGES = {
    "home": (page("/"), 200),
    "home-signed-in": (page("/", "ines"), 200),
    "menu-open": (open_menu, 200),
    "login": (page("/login"), 200),
    "login-for-app": (sign_in_for_an_app, 200),
    "login-wrong": (wrong_password, 422),
    "join": (page("/join"), 200),
    "join-wrong": (wrong_sign_up, 422),
    "signed-out": (page("/logout"), 200),
    "logout": (page("/logout", "ines"), 200),
    "not-found": (page("/no/such/page"), 404),
    "form-expired": (expired_form, 403),
    "consent": (consent, 200),
    "consent-more": (more_consent, 200),
    "select-account": (picker, 200),
    "unverified-email": (unverified, 403),
    "authorize-unknown-app": (unknown_app, 404),
    "authorize-elsewhere": (elsewhere, 400),
    "authorize-malformed": (asked_twice, 400),
    "profile": (page("/settings/profile", "ines"), 200),
    "profile-wrong": (wrong_new_password, 422),
    "two-factor-off": (page("/settings/two_factor", "ines"), 200),
    "two-factor-setup": (two_factor_setup, 200),
    "two-factor-setup-wrong": (two_factor_setup_wrong, 422),
    "two-factor-on": (two_factor_on, 200),
    "two-factor-wrong": (two_factor_wrong, 422),
    "two-factor-codes": (two_factor_codes, 200),
    "second-step": (second_step, 200),
    "second-step-wrong": (second_step_wrong, 422),
    "device": (page("/login/device", "ines"), 200),
    "device-filled": (page("/login/device?user_code=78FA-2E45", "ines"), 200),
    "device-account": (page("/login/device/select_account", "ines"), 200),
    "device-confirmation": (device_confirmation, 200),
    "device-success": (page("/login/device/success", "ines"), 200),
    "device-failure": (page("/login/device/failure?reason=not_found", "ines"), 200),
    "sessions": (page("/settings/sessions", "ines"), 200),
    "security-log": (page("/settings/security-log", "ines"), 200),
    "authorized-apps": (page("/settings/applications", "ines"), 200),
    "authorized-apps-none": (page("/settings/applications", "otto"), 200),
    "authorized-app": (authorized_app, 200),
    "developer-apps": (page("/settings/developers", "ines"), 200),
    "tokens": (page("/settings/tokens", "ines"), 200),
    "token-new": (page("/settings/tokens/new", "ines"), 200),
    "token-made": (new_token, 200),
    "app-new": (page("/settings/applications/new", "ines"), 200),
    "app-new-wrong": (wrong_new_app, 422),
    "app-edit": (app_page(""), 200),
    "app-secret": (new_secret, 200),
    "app-advanced": (app_page("/advanced"), 200),
    "transfer": (transfer, 200),
    "log": (log_page(""), 200),
    "log-week": (log_page("?days=7&show=all"), 200),
    "log-cause": (log_page("?cause=CODE_REDIRECT_DIFFERS"), 200),
    "log-none-like-that": (log_page("?cause=CODE_CUT"), 200),
    "log-empty": (empty_log, 200),
    "log-flows": (log_page("?view=flows"), 200),
    "flow": (flow_page, 200),
    "request": (request_page("differs"), 200),
    "request-unproven": (request_page("secret"), 200),
    "request-long": (request_page("long"), 200),
    "request-several": (request_page("scope"), 200),
    "admin-requests": (admin_page(""), 200),
    "admin-request-none": (admin_page("?request=nonsense"), 404),
    "admin-request": (admin_page("/", "differs"), 200),
    "admin-request-nobody": (admin_page("/", "nobody"), 200),
    "explained": (explained("oauth-app-access-token-request-errors", "secret", "ines"), 200),
    "explained-elsewhere": (explained("authorization-request-errors", "differs", "ines"), 200),
    "explained-nothing": (explained("authorization-request-errors", "nonsense", "ines"), 200),
    "explained-signed-out": (explained("authorization-request-errors", "nonsense"), 200),
    "demo": (page("/demo"), 200),
    "demo-signed-in": (demo_signed_in, 200),
    "demo-refused": (page("/demo/start/bad-code"), 200),
    "demo-rehearsed": (rehearsed, 200),
    "docs": (page("/docs"), 200),
}
DOCS = """
/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
/apps/oauth-apps/building-oauth-apps/creating-an-oauth-app
/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
/apps/oauth-apps/building-oauth-apps/testing-your-app
/apps/oauth-apps/maintaining-oauth-apps/deleting-an-oauth-app
/apps/oauth-apps/maintaining-oauth-apps/modifying-an-oauth-app
/apps/oauth-apps/maintaining-oauth-apps/reasons-for-refused-requests
/apps/oauth-apps/maintaining-oauth-apps/transferring-ownership-of-an-oauth-app
/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors
/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
/authentication/keeping-your-account-and-data-secure/sudo-mode
/authentication/keeping-your-account-and-data-secure/two-factor-authentication
/rest/apps/oauth-applications
/rest/authentication/authenticating-to-the-rest-api
/rest/oauth-authorizations/oauth-authorizations
/rest/using-the-rest-api/troubleshooting-the-rest-api
""".split()
PAGES.update({"docs-" + path.rsplit("/", 1)[1]: (page(path), 200) for path in DOCS})
