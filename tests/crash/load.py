"""The load: many kinds of effects over HTTP, each written down before it is asked for and again once its whole
reply has been received; and the replay, which holds a server to what was acknowledged. Codes, refreshes and
revocations are those of tests/failover/oracle.py; here are people, devices and apps besides."""

import concurrent.futures
import json
import pathlib
import random
import re
import sys
import threading
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "http"), str(ROOT / "tests" / "failover")]

import oracle  # noqa: E402
from llavero_http import PASSWORD, Browser, Page, unique  # noqa: E402
from oracle import Unknown  # noqa: E402

WALKERS = 3      # threads for codes, tokens and refreshes
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
REDIRECT, WITH_TOKEN = 302, 303
KEPT = 6         # of what a thread has made, that it does something with later
OF_ALL = 40      # acknowledged effects of each kind that are looked at again


class Node:
    """The server as tests/failover/oracle.py sees it: it is started again at other ports."""

    name = "the server"

    def __init__(self, server):
        self.server = server

    @property
    def host(self):
        return self.server.host

    @property
    def PORT(self):  # noqa: N802
        return self.server.port


class Person(Browser):
    """Whose replies are whole, or unknown."""

    def _whole(self, ask, *words, **more):
        try:
            reply = ask(*words, **more)
        except requests.RequestException as problem:
            raise Unknown(str(problem)) from problem
        length = reply.headers.get("Content-Length")  # the last line of a head
        if length is None or int(length) != len(reply.content):
            raise Unknown("half a reply")
        if reply.status_code >= 500:
            assert reply.status_code == 503, (words, reply.status_code, reply.text)
            raise Unknown("503")
        return reply

    def get(self, path, **options):
        return self._whole(super().get, path, **options)

    def post(self, path, data, **options):
        return self._whole(super().post, path, data, **options)

    def cookies(self):
        return "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)

    def is_signed_in(self):
        return self.get("/settings/profile").status_code == 200


class Household:
    """What a load needs: apps, and people who are signed in and have agreed to the first two."""

    def __init__(self, server):
        self.server, self.node = server, Node(server)
        people = [server.make_user() for _ in range(WALKERS + 2)]
        owner = people[-1].login
        self.people, self.owner = people[:WALKERS], people[-1]
        self.visitor = people[WALKERS]
        self.apps = {"plain": self._make_app(owner, "Plain"),
                     "refreshing": self._make_app(owner, "Refreshing", "--expiring-tokens"),
                     "asked": self._make_app(owner, "Asked"),
                     "device": self._make_app(owner, "Device", "--device-flow")}
        self.edited = self._make_app(owner, "Edited")
        self.cookies = [self._signed_in(user) for user in self.people]

    def _make_app(self, owner, name, *flags):
        return self.server.cli_json("app", "create", "--owner", owner, "--name", unique(name), "--homepage",
                                    "https://app.example/", "--callback", "https://app.example/cb", *flags)

    def person(self, user):
        person = Person(self.server)
        person.sign_in(user.login, PASSWORD)
        return person

    def _signed_in(self, user):
        person = self.person(user)
        for name in ("plain", "refreshing"):
            reply = person.get("/login/oauth/authorize", params={"client_id": self.apps[name]["client_id"]})
            assert person.decide(reply).status_code == REDIRECT
        return person.cookies()


class Load:
    """Threads that go on until they are stopped, whatever becomes of the server."""

    def __init__(self, household, path, seed):
        self.household, self.apps = household, household.apps
        self.nodes = [household.node]
        self.log = oracle.Log(path)
        self.stopping = threading.Event()
        self.revoked = []  # oracle.Walker looks only at what is older than a round lasts
        steps = [oracle.Walker(self, household.node, cookies).run for cookies in household.cookies]
        others = [SignIns, Consents, Devices, Apps]
        steps += [kind(self, random.Random(f"{seed} {kind.__name__}")).run for kind in others]
        self.pool = concurrent.futures.ThreadPoolExecutor(len(steps))
        self.running = [self.pool.submit(step) for step in steps]

    def stop(self):
        self.stopping.set()
        for one in self.running:
            one.result()
        self.pool.shutdown()
        self.log.close()


class Thread:
    """One kind of effect, again and again."""

    def __init__(self, load, rng):
        self.load, self.rng, self.household = load, rng, load.household
        self.server, self.apps = load.household.server, load.apps
        self.client = oracle.Client(None)
        self.kept = []

    def run(self):
        while not self.load.stopping.is_set():
            try:
                self.step()
            except Unknown:
                self.kept.clear()  # whatever was under way: never twice
                time.sleep(0.05)
            time.sleep(0.002)

    def note(self, event, name, **facts):
        self.load.log.write(event, name=name, **facts)

    def post(self, path, form, **headers):
        reply, text = self.client.ask(self.household.node, "POST", path, form, **headers)
        return reply, json.loads(text) if text.startswith(b"{") else text.decode()


class SignIns(Thread):
    """Sessions that begin and end."""

    def step(self):
        if len(self.kept) < 3:
            person = Person(self.server)
            person.sign_in(self.household.visitor.login, PASSWORD)
            self.note("sign in", person.cookie("llavero_session"))
            self.kept.append(person)
            return
        person = self.kept.pop(0)
        name = person.cookie("llavero_session")
        page = person.page("/logout")
        self.note("try sign out", name)
        reply = person.submit(page.form("/logout"))
        if reply.status_code in (REDIRECT, WITH_TOKEN):
            self.note("sign out", name)


class Consents(Thread):
    """Somebody agrees to an app and takes it back."""

    person = None

    def step(self):
        if self.person is None:
            self.person = self.household.person(self.household.visitor)
        app = self.apps["asked"]
        reply = self.person.get("/login/oauth/authorize", params={"client_id": app["client_id"]})
        if reply.status_code == 200:
            self.note("try consent", app["client_id"])
            reply = self.person.decide(reply)
        code = re.search(r"[?&]code=([^&]+)", reply.headers.get("Location") or "")
        if not code:
            self.person = None
            return
        self.note("consent", app["client_id"])
        told, _ = self.client.grant(self.household.node, app, code=code[1])
        self._withdraw(app, told["access_token"])

    def _withdraw(self, app, token):
        path = f"/settings/connections/applications/{app['client_id']}"
        form = self.person.page(path).form(path + "/revoke")
        self.note("try withdraw", app["client_id"])
        reply = self.person.submit(form)
        assert reply.status_code in (REDIRECT, WITH_TOKEN), (reply.status_code, reply.text)
        self.note("withdraw", app["client_id"])
        self.note("withdrawn", token)


class Devices(Thread):
    """Devices that are let in and get their token."""

    person = None

    def step(self):
        if self.person is None:
            self.person = self.household.person(self.household.people[0])
        if self.kept and self.rng.random() < 0.6:
            return self._poll(self.kept.pop(0))
        app = self.apps["device"]
        _, told = self.post("/login/device/code", {"client_id": app["client_id"]})
        self._enter(told["user_code"])
        self.note("try approve", told["device_code"])
        reply = self.person.submit(self.form, ("authorize", "1"))
        if reply.headers.get("Location") != "/login/device/success":
            self.person = None
            return None
        self.note("approve", told["device_code"])
        self.kept.append(told["device_code"])
        return None

    def _enter(self, user_code):
        form = self.person.page("/login/device").form("/login/device")
        names = [n for n, v in form.fields if n.startswith("user-code-") and v != "-"]
        reply = self.person.submit(form, **dict(zip(names, user_code.replace("-", ""))))
        self.form = Page(self.person.follow(reply).text).form("/login/device/authorize")

    def _poll(self, code):
        self.note("try device token", code)
        _, told = self.post("/login/oauth/access_token", {
            "client_id": self.apps["device"]["client_id"], "device_code": code, "grant_type": DEVICE})
        if "access_token" in told:
            self.note("device token", code, token=told["access_token"])


class Apps(Thread):
    """Apps that register themselves, and one whose secrets are made and taken away."""

    owner = None

    def step(self):
        if self.owner is None:
            self.owner = self.household.person(self.household.owner)
        if self.rng.random() < 0.5:
            return self._register()
        if len(self.kept) < 2:
            return self._make_secret()
        return self._delete_secret()

    def _register(self):
        body = json.dumps({"redirect_uris": ["https://app.example/cb"], "client_name": unique("Registered")})
        reply, text = self.client._send(self.household.node, "POST", "/oauth2/register", body,
                                        {"Content-Type": "application/json"})
        if reply.status == 201:
            made = json.loads(text)
            self.note("register", made["client_id"], secret=made["client_secret"])

    def _page(self):
        return f"/settings/applications/{self.household.edited['id']}"

    def _make_secret(self):
        form = self.owner.page(self._page())
        if not form.has_form(self._page() + "/secrets"):
            return self._delete_oldest(form)
        reply = self.owner.submit(form.form(self._page() + "/secrets"))
        assert reply.status_code == 200, (reply.status_code, reply.text)
        secret = re.search(r'id="new_secret"[^>]* value="([^"]*)"', reply.text)[1]
        self.note("secret", secret)
        self.kept.append(secret)
        return None

    def _delete_oldest(self, page):
        """There are ten, of rounds before: nobody knows them any more."""
        for form in [f for f in page.forms if f.action.endswith("/delete")][:8]:
            self.owner.submit(form)

    def _delete_secret(self):
        secret = self.kept.pop(0)
        text = self.owner.get(self._page()).text
        row = text.split(secret[-8:])
        assert len(row) > 1, "a secret that was made is not there"
        action = re.search(rf'action="({self._page()}/secrets/\d+/delete)"', row[1])[1]
        self.note("try delete secret", secret)
        reply = self.owner.submit(Page(text).form(action))
        assert reply.status_code in (REDIRECT, WITH_TOKEN), (reply.status_code, reply.text)
        self.note("delete secret", secret)


class Replay(oracle.Replay):
    """Holds the server to all of it. `wrong` has what does not hold, in words."""

    EFFECTS = ("code", "redeem", "refresh", "revoke", "sign in", "sign out", "consent", "withdraw", "approve",
               "device token", "register", "secret", "delete secret")

    def __init__(self, load):
        super().__init__(load)
        self.household, self.server = load.household, load.household.server
        self.client, self.wrong = oracle.Client(None), []
        self.retried = {"done": 0, "not done": 0}

    def acknowledged(self):
        return sum(e["event"] in self.EFFECTS for e in self.events)

    def unknown(self):
        tried = ("redeem", "refresh", "revoke", "sign out", "approve", "device token", "delete secret")
        return sum(len(set(self.of[f"try {what}"]) - set(self.of[what]) - set(self.of[f"refused {what}"]))
                   for what in tried)

    def run(self):
        self._sessions()
        self._consents()
        self._devices()
        self._registered()
        self._secrets()
        self._unanswered()
        super().run()
        for sort in ("lost", "double", "resurrected"):
            self.wrong += [f"{sort}: {one}" for one in getattr(self, sort)]
        return self.wrong

    def _some(self, names):
        names = list(names)
        return names if len(names) <= OF_ALL else random.sample(names, OF_ALL)

    def hold(self, so, words, name):
        if not so:
            self.wrong.append(f"{words}: {name}")

    def _insist(self, ask):
        return self.client.insist(lambda node, **_: ask(), self.household.node)

    def _asks(self, path, form, **headers):
        return self._insist(lambda: json.loads(self.client.ask(
            self.household.node, "POST", path, form, **headers)[1]))

    def _sessions(self):
        for name in self._some(self.of["sign in"]):
            tried, ended = name in self.of["try sign out"], name in self.of["sign out"]
            if tried and not ended:
                continue
            person = Person(self.server)
            person.session.cookies.set("llavero_session", name)
            self.hold(self._insist(person.is_signed_in) != ended,
                      "a session lives again" if ended else "a session is lost", name)

    def _consents(self):
        events = [e["event"] for e in self.events if e["event"] in (
            "try consent", "consent", "try withdraw", "withdraw")]
        for token in self._some(self.of["withdrawn"]):
            self.hold(not self._is_active("asked", token), "a token outlives its consent", token)
        if not events or events[-1].startswith("try"):
            return
        person = self.household.person(self.household.visitor)
        reply = self._insist(lambda: person.get("/login/oauth/authorize", params={
            "client_id": self.apps["asked"]["client_id"]}))
        agreed = events[-1] == "consent"
        self.hold((reply.status_code == REDIRECT) == agreed,
                  "a consent is lost" if agreed else "a consent is there again", reply.status_code)

    def _is_active(self, app, token):
        return self.client.insist(self.client.is_active, self.household.node, self.apps[app], token)

    def _poll(self, code):
        return self._asks("/login/oauth/access_token", {
            "client_id": self.apps["device"]["client_id"], "device_code": code, "grant_type": DEVICE})

    def _poll_patiently(self, code):
        told = self._poll(code)
        while told.get("error") == "slow_down":
            time.sleep(told["interval"])
            told = self._poll(code)
        return told

    def _devices(self):
        for code in self._some(self.of["approve"]):
            if code in self.of["device token"]:
                self.hold(self._is_active("device", self.of["device token"][code]["token"]),
                          "a device's token is lost", code)
            else:
                told = self._poll_patiently(code)
                self.hold("access_token" in told or code in self.of["try device token"],
                          "an approval is lost", code)
            self.hold("access_token" not in self._poll_patiently(code), "a device got two tokens", code)

    def _takes(self, app, secret):
        told = self._asks("/login/oauth/access_token", {"client_id": app, "client_secret": secret,
                                                        "code": "0" * 40})
        assert told["error"] in ("bad_verification_code", "incorrect_client_credentials"), told
        return told["error"] == "bad_verification_code"

    def _registered(self):
        for name in self._some(self.of["register"]):
            self.hold(self._takes(name, self.of["register"][name]["secret"]), "a registration is lost", name)

    def _secrets(self):
        for secret in self._some(self.of["secret"]):
            ended = secret in self.of["delete secret"]
            if ended or secret not in self.of["try delete secret"]:
                self.hold(self._takes(self.household.edited["client_id"], secret) != ended,
                          "a secret lives again" if ended else "a secret is lost", secret)

    def _again(self, app, name, form):
        """A client whose reply was lost asks again: it was done, and is refused, or it was not, and is done
        now, once."""
        told, _ = self.client.insist(self.client.grant, self.household.node, self.apps[app], **form)
        self.retried["not done" if told else "done"] += 1
        if told:
            self.hold(self._is_active(app, told["access_token"]), "a retry gave a token that is dead", name)
            self.hold(self.client.insist(self.client.grant, self.household.node, self.apps[app], **form)[0]
                      is None, "a retry was good twice", name)

    def _unanswered(self):
        answered = {what: set(self.of[what]) | set(self.of[f"refused {what}"])
                    for what in ("redeem", "refresh", "revoke")}
        codes = {e["name"] for e in self.events if e["event"] == "try redeem"} - answered["redeem"]
        for code in codes - set(self.of["try again"]):
            self._again(self._app_of(code), code, {"code": code})
        for token in set(self.of["try refresh"]) - answered["refresh"]:
            self._again("refreshing", token, {"grant_type": "refresh_token", "refresh_token": token})
        for token in set(self.of["try revoke"]) - answered["revoke"]:
            self.client.insist(self.client.revoke, self.household.node, self.apps["plain"], token)
            self.hold(not self._is_active("plain", token), "a revocation that was sent again", token)

    def _app_of(self, code):
        return "plain" if code in self.of["code"] else "refreshing"
