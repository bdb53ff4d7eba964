"""Headless Chromium, driven as a person would use it."""

import base64
import os
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

WIDE, NARROW = (1280, 900), (360, 740)
QUIET = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-quic", "--disable-extensions", "--disable-default-apps", "--mute-audio",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--password-store=basic",
         "--disable-features=PasswordLeakDetection,Translate,OptimizationHints,MediaRouter")


class Browser:
    def __init__(self, scripts=True):
        self.profile = tempfile.TemporaryDirectory(prefix="llavero-chromium-",
                                                   ignore_cleanup_errors=True)
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*QUIET, f"--user-data-dir={self.profile.name}"):
            options.add_argument(flag)
        if not scripts:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(executable_path="/usr/bin/chromedriver",
                                                       log_path=os.devnull), options=options)
        self.driver.set_page_load_timeout(20)
        self.agent = None
        self.fresh()

    def stop(self):
        self.driver.quit()
        self.profile.cleanup()

    # the surroundings of a visit

    def cdp(self, command, **arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def fresh(self):
        """As if started anew: nobody, English, a wide window, light."""
        self.driver.get("about:blank")
        self.cdp("Network.clearBrowserCookies")
        self.size(WIDE)
        self.scheme("light")
        self.accept("en-US,en")
        self.driver.get_log("browser")

    def size(self, size):
        self.cdp("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1],
                 deviceScaleFactor=1, mobile=False)

    def scheme(self, scheme):
        self.cdp("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def accept(self, languages):
        """What the browser says in Accept-Language."""
        if not self.agent:
            self.agent = self.cdp("Browser.getVersion")["userAgent"]
        self.cdp("Emulation.setUserAgentOverride", userAgent=self.agent, acceptLanguage=languages)

    # moving about

    @property
    def url(self):
        return self.driver.current_url

    def get(self, url):
        self.driver.get(url)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css):
        found = self.all(css)
        assert len(found) == 1, f"{len(found)} of {css!r} at {self.url}:\n{self.text()[:1500]}"
        return found[0]

    def text(self, css="body"):
        return self.driver.find_element(By.CSS_SELECTOR, css).text

    def heading(self):
        return self.text("h1")

    def language(self):
        return self.one("html").get_attribute("lang")

    def wait(self, what, until, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = until()
            if value:
                return value
            time.sleep(0.02)
        raise AssertionError(f"waited for {what} at {self.url}:\n{self.text()[:1500]}")

    def click(self, css):
        """Clicks and waits until another page is there."""
        element = self.one(css)
        self.wait(f"{css} to be enabled", element.is_enabled)
        self.leave(element.click)

    def leave(self, act):
        """Does `act` and waits until the page it was done on is gone."""
        before = self.driver.find_element(By.CSS_SELECTOR, "html").id
        act()
        self.wait("the next page", lambda: self._arrived(before))

    def _arrived(self, before):
        try:
            html = self.driver.find_elements(By.CSS_SELECTOR, "html")
            return bool(html) and html[0].id != before and bool(self.all("body"))
        except Exception:  # between two pages there is nothing to ask
            return False

    def fill(self, css, text):
        field = self.one(css)
        field.clear()
        field.send_keys(text)

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, css, limit=60):
        """Presses Tab until what has the focus matches; says what was passed."""
        passed = []
        for _ in range(limit):
            self.keys(Keys.TAB)
            focused = self.driver.switch_to.active_element
            passed.append(focused.get_attribute("outerHTML")[:90])
            if focused.id in {e.id for e in self.all(css)}:
                return focused
        raise AssertionError(f"Tab never reached {css!r}: {passed}")

    # what happened

    def complaints(self, expected_status=None):
        """Console lines since the last look, without the one that names a page's own status."""
        lines = [entry["message"] for entry in self.driver.get_log("browser")]
        own = f"the server responded with a status of {expected_status} "
        return [line for line in lines if not (expected_status and own in line)]

    def screenshot(self, path):
        """The whole page, however long."""
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 6000),
            "scale": 1})
        with open(path, "wb") as f:
            f.write(base64.b64decode(shot["data"]))
