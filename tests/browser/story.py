"""The steps that a person takes on llavero's pages."""

import urllib.parse


class Story:
    """One person at one browser; `server` knows the base URL, `demo` its demo.json."""

    def __init__(self, browser, server, demo):
        self.browser, self.server, self.demo = browser, server, demo

    def go(self, path):
        self.browser.get(self.server.base + path)

    def path(self):
        parts = urllib.parse.urlsplit(self.browser.url)
        assert f"{parts.scheme}://{parts.netloc}" == self.server.base, self.browser.url
        return parts.path

    def at_sign_in(self):
        return self.path() == "/login"

    def at_consent(self):
        return bool(self.browser.all("#js-oauth-authorize-btn"))

    def sign_in_here(self, login=None, password=None):
        """Fills in the form of the page one is at."""
        self.browser.fill("#login", login or self.demo["login"])
        self.browser.fill("#password", password or self.demo["password"])
        self.browser.click("form[action='/session'] button")

    def sign_in(self, login=None, password=None):
        self.go("/login")
        self.sign_in_here(login, password)

    def sign_out(self):
        self.go("/logout")
        if self.browser.all("main form[action='/logout']"):
            self.browser.click("main form[action='/logout'] button")

    def decide(self, allow=True):
        self.browser.click("#js-oauth-authorize-btn" if allow else "#js-oauth-cancel-btn")

    def pass_through(self, allow=True):
        """Signs in and decides where asked, until the server asks no more."""
        for _ in range(4):
            if self.at_sign_in():
                self.sign_in_here()
            elif self.at_consent():
                self.decide(allow)
            else:
                return
        raise AssertionError(f"still asked at {self.browser.url}")

    def forget_consent(self):
        """Takes back what was allowed, so that consent is asked again. Signed in before and after."""
        self.go("/settings/applications")
        revoke = "form[action='/settings/connections/revoke-all'] button"
        if self.browser.all(revoke):
            self.browser.click(revoke)

    def authorize_path(self, **more):
        query = {"client_id": self.demo["client_id"], "redirect_uri": self.demo["callback_url"],
                 "state": "s1", **more}
        return "/login/oauth/authorize?" + urllib.parse.urlencode(
            {k: v for k, v in query.items() if v is not None})
