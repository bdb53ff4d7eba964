"""The request log as its readers meet it: lists, pages, diagrams, live updates, documentation."""

import contextlib
import html
import json
import re
import time

import pytest

from llavero_http import Page, unique

GOOD = "https://app.example/cb"
HOSTILE = 'https://app.example/"><script>alert(1)</script><b title=\''
AUTHORIZE_DOCS = ("/apps/oauth-apps/maintaining-oauth-apps/"
                  "troubleshooting-authorization-request-errors")
TOKEN_DOCS = ("/apps/oauth-apps/maintaining-oauth-apps/"
              "troubleshooting-oauth-app-access-token-request-errors")


class Owner:
    """Somebody with an app, signed in."""

    def __init__(self, server):
        self.server, self.user = server, server.make_user()
        self.app = server.make_app(GOOD, owner=self.user.login, name=unique("Log <i>"))
        self.browser = server.signed_in(self.user)
        self.path = f"/settings/applications/{self.app.id}"
        self.log = self.path + "/requests"

    def ask(self, **params):
        """The id of an authorization request."""
        return self.browser.ask(self.app, **params).headers["X-GitHub-Request-Id"]

    def exchange(self, code, **more):
        """The id of a token request."""
        reply = self.server.post("/login/oauth/access_token",
                                 {**self.app.credentials, "code": code, **more})
        return reply.headers["X-GitHub-Request-Id"]

    def wrong_secret(self):
        return self.exchange("0" * 40, client_secret="x" * 40)

    def unknown_code(self):
        return self.exchange("0" * 40)

    def listed(self, query=""):
        """Ids of the entries on a page of the log, in order."""
        return ids_of(self.browser.get(self.log + query).text, self.log)


def ids_of(text, log):
    return re.findall(rf'class="log-title"><a href="{log}/([0-9A-F:]+)"', text)


@pytest.fixture
def owner(server):
    return Owner(server)


@pytest.fixture(scope="module")
def admin(server):
    user = server.make_user()
    server.cli("user", "admin", user.login, "on")
    return server.signed_in(user)


class TestList:
    def test_nothing_yet_tells_what_will_be_there(self, server, owner):
        page = owner.browser.page(owner.log)
        assert "/demo" in page.links and owner.listed() == []
        assert owner.app.name in page.title
        assert owner.log in owner.browser.page(owner.path).links  # the tab
        assert "in the last 24 hours" not in owner.browser.page(owner.path).text

    def test_refusals_newest_first(self, owner):
        made = [owner.unknown_code(), owner.wrong_secret(), owner.ask(redirect_uri=GOOD + "/")]
        assert owner.listed() == made[::-1]
        text = owner.browser.page(owner.log).text
        assert "127.0.0.1" in text and "bad_verification_code" in text
        assert "3 requests were refused in the last 24 hours" in owner.browser.page(owner.path).text

    def test_what_showed_nothing_of_the_app_is_marked(self, owner):
        owner.unknown_code()
        assert "Unproven" not in owner.browser.page(owner.log).text
        owner.wrong_secret()
        page = owner.browser.page(owner.log).text
        assert page.count("Unproven") == 2 and "anybody can send such a request" in page

    def test_filters(self, server, owner):
        code, secret = owner.unknown_code(), owner.wrong_secret()
        uri = owner.ask(redirect_uri="https://elsewhere.example/")
        for query, expected in {
                "?cause=CODE_UNKNOWN": [code], "?endpoint=authorize": [uri],
                "?endpoint=token": [secret, code], "?cause=CODE_UNKNOWN&endpoint=authorize": [],
                "?days=7": [uri, secret, code], "?cause=NONSENSE&endpoint=%00&days=x&before=x": [
                    uri, secret, code]}.items():
            assert owner.listed(query) == expected, query
        page = owner.browser.page(owner.log + "?cause=CODE_UNKNOWN&endpoint=authorize")
        assert owner.log in page.links  # without filters

    def test_successes_too(self, server, owner):
        server.token_for(owner.app, owner.browser)
        assert owner.listed() == []
        assert len(owner.listed("?show=all")) == 2

    def test_totals_lead_to_their_entries(self, owner):
        first = owner.unknown_code()
        owner.wrong_secret()
        wait_for_counts(owner, 2)
        page = owner.browser.page(owner.log)
        assert owner.log + "?cause=CODE_UNKNOWN" in page.links
        assert owner.listed("?cause=CODE_UNKNOWN") == [first]
        assert owner.log in owner.browser.page(owner.log + "?cause=CODE_UNKNOWN").links

    @pytest.mark.parametrize("days", ["1", "7"])
    def test_the_chart_has_a_table(self, owner, days):
        for _ in range(3):
            owner.unknown_code()
        wait_for_counts(owner, 3)
        text = owner.browser.get(f"{owner.log}?days={days}").text
        assert text.count("<rect ") == 1 and text.count('<th scope="row">') == 1
        assert re.search(r'<th scope="row">[^<]+</th><td>3</td>', text)

    def test_pages(self, owner):
        made = [owner.unknown_code() for _ in range(51)]
        first = owner.browser.get(owner.log).text
        assert ids_of(first, owner.log) == made[:0:-1]
        older = html.unescape(re.search(rf'href="({owner.log}\?before=\d+)"', first)[1])
        second = owner.browser.get(older).text
        assert ids_of(second, owner.log) == made[:1]
        assert 'rel="next"' in first and 'rel="next"' not in second
        assert owner.log in Page(second).links

    def test_exactly_one_page_has_no_next(self, owner):
        for _ in range(50):
            owner.unknown_code()
        assert 'rel="next"' not in owner.browser.get(owner.log).text

    def test_a_flood_of_long_values_is_shown(self, server, owner):
        for _ in range(220):
            server.get("/login/oauth/authorize", params={
                "client_id": owner.app.client_id, "redirect_uri": GOOD + "?" + "\u00e9<" * 200,
                "scope": "s" * 300, "prompt": "p" * 300, "response_type": "code"})
        for query in ("", "?days=7&show=all", "?cause=CODE_CUT", "?view=flows"):
            owner.browser.page(owner.log + query)
        owner.browser.page(f"{owner.log}/{owner.listed()[0]}")


def wait_for_counts(owner, n):
    """Counts are written with what is written anyway, at the latest after some seconds."""
    words = f"{n} requests were refused"
    deadline = time.monotonic() + 60
    while words not in owner.browser.page(owner.path).text:
        assert time.monotonic() < deadline, owner.browser.page(owner.path).text
        time.sleep(0.1)


class TestRequest:
    def test_expected_beside_received(self, owner):
        request = owner.ask(redirect_uri="http://app.example/cb")
        text = owner.browser.get(f"{owner.log}/{request}").text
        assert f"http<mark>s</mark>://app.example/cb" in text
        assert re.search(r'http<mark class="gap"><span class="hidden-label">[^<]+</span></mark>'
                         r'://app.example/cb', text)
        page = Page(text)
        for words in ("AUTHORIZE_REDIRECT_SCHEME", "redirect_uri_mismatch", request, "127.0.0.1",
                      "character 5", "Expected", "Received"):
            assert words in page.text

    def test_the_report_is_plain_text(self, server, owner):
        request = owner.exchange("0" * 40)
        text = owner.browser.get(f"{owner.log}/{request}").text
        report = html.unescape(re.search(r"<textarea [^>]*readonly[^>]*>(.*?)</textarea>", text,
                                         re.S)[1])
        for words in (request, "CODE_UNKNOWN", "bad_verification_code"):
            assert words in report
        assert not server.found_in(report.encode())

    def test_hostile_values_are_shown_and_never_run(self, owner):
        request = owner.ask(redirect_uri=HOSTILE)
        for path in (f"{owner.log}/{request}", owner.log, owner.log + "?view=flows",
                     f"{AUTHORIZE_DOCS}?request={request}"):
            text = owner.browser.get(path).text
            assert "<script>alert" not in text and "<b title" not in text
        text = owner.browser.get(f"{owner.log}/{request}").text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert owner.app.name.replace("<", "&lt;").replace(">", "&gt;") in text

    def test_what_was_right_before(self, server, owner):
        code = owner.browser.code(owner.app)
        request = owner.exchange(code, redirect_uri=GOOD + "/")
        text = owner.browser.get(f"{owner.log}/{request}").text
        assert text.count('<li class="good"><span') >= 3 and text.count('<li class="bad"><span') == 1
        assert f"{owner.path}/flows/" in text

    def test_a_replay_leads_to_the_first_exchange(self, server, owner):
        code = owner.browser.code(owner.app)
        first, second = owner.exchange(code), owner.exchange(code)
        page = owner.browser.page(f"{owner.log}/{second}")
        assert f"{owner.log}/{first}" in page.links
        owner.browser.page(f"{owner.log}/{first}")

    def test_several_entries_of_one_request(self, owner):
        """A notice and a step."""
        reply = owner.browser.authorize(owner.app, scope="repo no:such:scope")
        request = reply.headers["X-GitHub-Request-Id"]
        text = owner.browser.get(f"{owner.log}/{request}").text
        assert "SCOPE_DROPPED" in text and text.count('<section class="refusal"') == 2

    @pytest.mark.parametrize("odd", ["x", "%00", "%ff", "x" * 300, "%27", "..%2f", "0:0:0:0:0",
                                     "events/x"])
    def test_unknown_ids(self, owner, odd):
        assert owner.browser.get(f"{owner.log}/{odd}").status_code == 404

    def test_requests_of_other_apps(self, server, owner):
        other = Owner(server)
        request = other.unknown_code()
        assert other.browser.get(f"{other.log}/{request}").status_code == 200
        for browser in (owner.browser, other.browser):
            assert browser.get(f"{owner.log}/{request}").status_code == 404


class TestFlows:
    def flows(self, owner):
        text = owner.browser.get(owner.log + "?view=flows").text
        return re.findall(rf'href="({owner.path}/flows/\d+)"', text)

    def test_a_flow_beside_the_last_that_went_well(self, server, owner):
        assert self.flows(owner) == []
        server.token_for(owner.app, owner.browser)
        good, = self.flows(owner)
        assert "it came to a token" in owner.browser.page(good).text
        code = owner.browser.code(owner.app, scope="repo")
        owner.exchange(code, redirect_uri=GOOD + "/x")
        bad = self.flows(owner)[0]
        text = owner.browser.get(bad).text
        assert good in Page(text).links and text.count("lane-step from") == 2
        assert text.count(" different") == 1 and "<td><span" in text
        assert "CODE_REDIRECT_DIFFERS" in owner.browser.get(
            f"{owner.log}/{owner.listed()[0]}").text

    def test_a_flow_of_a_device_has_no_app_in_it(self, server, owner):
        form = owner.browser.page(owner.path).form(owner.path)
        assert owner.browser.submit(form, device_flow="1").status_code == 303
        codes = server.post("/login/device/code", {"client_id": owner.app.client_id},
                            headers={"Accept": "application/json"}).json()
        server.plant(codes["device_code"])
        for _ in range(5):  # until one comes too early
            reply = server.post("/login/oauth/access_token", {
                "client_id": owner.app.client_id, "device_code": codes["device_code"],
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code"})
            if "slow_down" in reply.text:
                break
        text = owner.browser.page(self.flows(owner)[0]).text
        assert text.count("Device → llavero") == 2 and "App → llavero" not in text
        assert "slow_down" in text

    def test_requests_of_no_flow_lead_to_themselves(self, owner):
        request = owner.wrong_secret()
        assert f"{owner.log}/{request}" in owner.browser.page(owner.log + "?view=flows").links

    def test_flows_of_others_and_of_nobody(self, server, owner):
        server.token_for(owner.app, owner.browser)
        flow = self.flows(owner)[0].rsplit("/", 1)[1]
        other = Owner(server)
        for path in (f"{other.path}/flows/{flow}", f"{owner.path}/flows/0", f"{owner.path}/flows/x",
                     f"{owner.path}/flows/-1", f"{owner.path}/flows/{'9' * 30}"):
            assert other.browser.get(path).status_code == 404
            assert owner.browser.get(path).status_code == 404


class TestAccess:
    def paths(self, owner):
        request = owner.unknown_code()
        return [owner.log, owner.log + "?view=flows", f"{owner.log}/{request}",
                owner.log + "/events", owner.path + "/flows/1"]

    def test_another_person_sees_nothing(self, server, owner):
        stranger = server.signed_in()
        for path in self.paths(owner):
            assert stranger.get(path).status_code == 404, path

    def test_signed_out(self, server, owner):
        for path in [*self.paths(owner), "/admin/requests", "/admin/requests/x",
                     "/admin/requests/events"]:
            reply = server.get(path)
            assert reply.status_code == 302
            assert reply.headers["Location"].startswith("/login?return_to=")

    def test_head(self, owner):
        for path in self.paths(owner)[:4]:
            reply = owner.browser.session.head(owner.server.url(path), timeout=30)
            assert reply.status_code == 200 and reply.content == b""

    def test_the_policy_lets_the_list_listen_and_nothing_else(self, owner):
        request = owner.unknown_code()
        for path, connects in ((owner.log, True), (f"{owner.log}/{request}", False),
                               (owner.path, False)):
            policy = owner.browser.get(path).headers["Content-Security-Policy"]
            assert ("connect-src 'self'" in policy) == connects

    def test_spanish(self, owner):
        owner.ask(redirect_uri=GOOD + "/")
        for path in (owner.log, f"{owner.log}/{owner.listed()[0]}", owner.log + "?view=flows"):
            page = Page(owner.browser.get(path, headers={"Accept-Language": "es"}).text)
            assert page.lang == "es" and "Registro de solicitudes" in page.text


class TestAdministrators:
    def nobody(self, server):
        return server.get("/login/oauth/authorize?client_id=" + unique("nobody")).headers[
            "X-GitHub-Request-Id"]

    def test_requests_of_no_app(self, server, admin):
        request = self.nobody(server)
        page = admin.page("/admin/requests")
        assert f"/admin/requests/{request}" in page.links
        assert "AUTHORIZE_CLIENT_UNKNOWN" in admin.page(f"/admin/requests/{request}").text

    def test_any_request_can_be_opened(self, server, admin, owner):
        request = owner.unknown_code()
        reply = admin.get("/admin/requests", params={"request": f"  {request} "})
        assert reply.headers["Location"] == f"/admin/requests/{request}"
        text = admin.page(f"/admin/requests/{request}").text
        assert owner.app.name in text and owner.user.login in text
        for odd in ("x", "'", "x" * 500, "<script>"):
            reply = admin.get("/admin/requests", params={"request": odd})
            assert reply.status_code == 404 and "<script>" not in reply.text

    def test_others_do_not_know_of_it(self, server, admin, owner):
        request = self.nobody(server)
        for path in ("", "/" + request, "/events"):
            assert owner.browser.get("/admin/requests" + path).status_code == 404
        assert "/admin/requests" not in owner.browser.page("/settings/profile").links
        assert "/admin/requests" in admin.page("/settings/profile").links

    def test_who_is_no_administrator_any_more(self, server):
        user = server.make_user()
        server.cli("user", "admin", user.login, "on")
        browser = server.signed_in(user)
        browser.page("/admin/requests")
        server.cli("user", "admin", user.login, "off")
        assert browser.get("/admin/requests").status_code == 404


class Events:
    """A stream of server-sent events, read as they come."""

    def __init__(self, browser, path):
        self.reply = browser.session.get(browser.server.url(path), stream=True, timeout=60,
                                         allow_redirects=False)
        assert self.reply.status_code == 200, self.reply.text
        assert self.reply.headers["Content-Type"] == "text/event-stream"
        assert self.reply.headers["Cache-Control"] == "no-store"
        self.lines = self.reply.iter_lines()

    def next(self):
        """The next event and its data; None when the stream has ended."""
        event = None
        for line in self.lines:
            if line.startswith(b"event: "):
                event = line[7:].decode()
            elif line.startswith(b"data: "):
                return event, json.loads(line[6:])
        return None


@contextlib.contextmanager
def events(browser, path):
    stream = Events(browser, path)
    try:
        yield stream
    finally:
        stream.reply.close()


class TestEvents:
    def test_new_entries_are_told_once(self, server, owner):
        owner.unknown_code()
        with events(owner.browser, owner.log + "/events") as stream:
            assert stream.next() == ("ready", {})
            server.token_for(owner.app, owner.browser)  # no refusal: not told
            made = [owner.unknown_code(), owner.wrong_secret()]
            told = [stream.next() for _ in made]
            assert {data["request"] for _, data in told} == set(made)
            assert {data["cause"] for _, data in told} == {"CODE_UNKNOWN", "CLIENT_SECRET_WRONG"}
            assert all(abs(data["at"] - time.time()) < 600 for _, data in told)
            last = owner.unknown_code()
            assert stream.next()[1]["request"] == last

    def test_successes_for_those_who_see_them(self, server, owner):
        with events(owner.browser, owner.log + "/events?show=all") as stream:
            stream.next()
            server.token_for(owner.app, owner.browser)
            told = [stream.next()[1] for _ in range(2)]
            assert [data["cause"] for data in told] == [None, None]

    def test_entries_of_other_apps_are_not_told(self, server, owner):
        other = Owner(server)
        with events(owner.browser, owner.log + "/events") as stream:
            stream.next()
            other.unknown_code()
            mine = owner.unknown_code()
            assert stream.next()[1]["request"] == mine

    def test_it_ends_when_signed_out(self, owner):
        with events(owner.browser, owner.log + "/events") as stream:
            stream.next()
            form = owner.browser.page("/settings/profile").form("/logout")
            assert owner.browser.submit(form).status_code == 303
            assert stream.next() is None

    def test_it_ends_when_the_app_is_gone(self, owner):
        with events(owner.browser, owner.log + "/events") as stream:
            stream.next()
            owner.server.cli("app", "delete", str(owner.app.client_id), "--yes")
            assert stream.next() is None

    def test_it_ends_when_suspended(self, owner):
        with events(owner.browser, owner.log + "/events") as stream:
            stream.next()
            owner.server.cli("user", "suspend", owner.user.login)
            assert stream.next() is None

    def test_administrators(self, server, admin):
        with events(admin, "/admin/requests/events") as stream:
            stream.next()
            reply = server.get("/login/oauth/authorize?client_id=nobody-at-all")
            asked = reply.headers["X-GitHub-Request-Id"]
            told = stream.next()[1]
            while told["request"] != asked:  # other tests' requests of nobody
                told = stream.next()[1]


class TestDocumentation:
    def test_error_pages_lead_to_their_own_explanation(self, owner):
        reply = owner.browser.ask(owner.app, redirect_uri=GOOD + "/")
        request = reply.headers["X-GitHub-Request-Id"]
        link = next(h for h in Page(reply.text).links if "redirect-uri-mismatch" in h)
        page, query = link.split("#")[0].split("?")
        assert page == AUTHORIZE_DOCS
        text = owner.browser.get(f"{page}?{query}").text
        section = text.split('id="redirect-uri-mismatch"')[1]
        answer = section.split("</h2>", 1)[1].lstrip()
        assert answer.startswith('<aside class="answer" id="your-request"')
        assert f"{owner.log}/{request}" in Page(text).links
        assert "<mark>/</mark>" in text

    def test_the_field_of_the_token_errors(self, owner):
        request = owner.unknown_code()
        for prefix in ("", "/en", "/es"):
            reply = owner.browser.get(prefix + TOKEN_DOCS, params={"request": f" {request}\t"})
            assert 'id="your-request"' in reply.text
            assert f'action="{prefix}{TOKEN_DOCS}#your-request"' in reply.text

    def test_the_old_address_keeps_the_request(self, owner):
        old = "/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/"
        reply = owner.browser.get(old + "?request=1:2:3")
        assert reply.headers["Location"] == AUTHORIZE_DOCS + "?request=1:2:3"

    def test_the_other_language_keeps_the_request(self, owner):
        page = owner.browser.page("/en" + AUTHORIZE_DOCS + "?request=1:2")
        assert "/es" + AUTHORIZE_DOCS + "?request=1%3A2" in page.links

    def test_signed_out(self, server, owner):
        request = owner.unknown_code()
        browser = server.browser()
        text = browser.get(f"{TOKEN_DOCS}?request={request}").text
        assert 'id="your-request"' not in text and "CODE_UNKNOWN" not in text
        link = next(h for h in Page(text).links if h.startswith("/login?return_to="))
        form = browser.page(link).form("/session")
        reply = browser.submit(form, login=owner.user.login, password=owner.user.password)
        assert reply.headers["Location"].startswith(TOKEN_DOCS + "?request=")
        assert 'id="your-request"' in browser.follow(reply).text

    def test_one_answer_for_all_that_is_not_theirs(self, server, owner, admin):
        other = Owner(server)
        theirs = other.unknown_code()
        nobodys = server.get("/login/oauth/authorize?client_id=nobody").headers[
            "X-GitHub-Request-Id"]
        shown = set()
        for sent in (theirs, nobodys, "1:2:3:4:5", "x", "x" * 2000, "<script>alert(1)</script>",
                     "'\"", "\u00e9" * 39 + "x"):
            reply = owner.browser.get(TOKEN_DOCS, params={"request": sent})
            assert reply.status_code == 200 and "<script>alert" not in reply.text
            shown.add(re.sub(r'value="[^"]*"|\?lang=[^"]*', "", reply.text))
        assert len(shown) == 1 and "only administrators see" in shown.pop()
        assert 'id="your-request"' in admin.get(TOKEN_DOCS, params={"request": nobodys}).text
        link = f"/admin/requests/{theirs}"
        assert link in admin.page(f"{TOKEN_DOCS}?request={theirs}").links

    def test_pages_that_explain_no_errors_do_not_ask(self, owner):
        page = owner.browser.page("/rest/apps/oauth-applications?request=x")
        assert not [f for f in page.forms if f.method == "get"]
