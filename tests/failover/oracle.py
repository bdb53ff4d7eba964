"""The oracle of a drill: a load whose every acknowledged effect is written down, and the replay of that log.
Assurance T03, E3, and of appendix B: I1 (one code, one grant), I3 (what is revoked stays so), I4 (one current
refresh token), I9 (what was answered with 200 lasts)."""

import base64
import collections
import concurrent.futures
import http.client
import json
import os
import random
import re
import threading
import time
import urllib.parse

TOKEN, AUTHORIZE = "/login/oauth/access_token", "/login/oauth/authorize"
TIMEOUT_S = 15
CODES_WAITING = 20    # of a thread, between being issued and being redeemed
TOKENS_WAITING = 20   # between being got and being revoked
FAMILIES = 3
THREADS_OF_A_NODE = 3
PROMISED_S = 5        # after which a revocation holds on every node (assurance 6.5)


class Unknown(Exception):
    """No answer, or 503: it was done wholly or not at all."""


class Client:
    """One thread's connections to the nodes."""

    def __init__(self, cookies):
        self.cookies, self.connections = cookies, {}

    def _send(self, node, method, path, body, headers):
        connection = self.connections.get(node)
        if connection is None:
            connection = http.client.HTTPConnection(node.host, node.PORT, timeout=TIMEOUT_S)
            self.connections[node] = connection
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            text = reply.read()
            # Python takes a head that breaks off for a whole one; this is the last line of ours.
            if reply.headers.get("Content-Length") is None:
                raise http.client.IncompleteRead(text)
            return reply, text
        except (OSError, http.client.HTTPException) as problem:
            self.connections.pop(node).close()
            raise Unknown(str(problem)) from problem

    def insist(self, ask, *words, **form):
        """When nothing is broken any more; a request may still have been in another's way too often."""
        for _ in range(200):
            try:
                return ask(*words, **form)
            except Unknown:
                time.sleep(0.2)
        raise AssertionError(f"{words[0].name} does not answer")

    def ask(self, node, method, path, form=None, **headers):
        body = urllib.parse.urlencode(form) if form else None
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        reply, text = self._send(node, method, path, body, {"Accept": "application/json", **headers})
        if reply.status >= 500:
            assert reply.status == 503, (path, reply.status, text)
            raise Unknown(f"{reply.status}")
        return reply, text

    def code(self, node, app):
        """None: refused."""
        reply, _ = self.ask(node, "GET", f"{AUTHORIZE}?client_id={app['client_id']}", Cookie=self.cookies)
        found = re.search(r"[?&]code=([^&]+)", reply.headers.get("Location") or "")
        return found and found[1]

    def grant(self, node, app, **form):
        """Tokens, or the error's name."""
        form.update(client_id=app["client_id"], client_secret=app["client_secret"])
        _, text = self.ask(node, "POST", TOKEN, form)
        told = json.loads(text)
        return (told, None) if "access_token" in told else (None, told["error"])

    def _as_app(self, node, path, app, token):
        secret = base64.b64encode(f"{app['client_id']}:{app['client_secret']}".encode()).decode()
        reply, text = self.ask(node, "POST", path, {"token": token}, Authorization=f"Basic {secret}")
        assert reply.status == 200, (path, reply.status, text)
        return text

    def revoke(self, node, app, token):
        self._as_app(node, "/oauth2/revoke", app, token)

    def is_active(self, node, app, token):
        return json.loads(self._as_app(node, "/oauth2/introspect", app, token))["active"]


class Log:
    """What was tried, and what was acknowledged: a line each, in the file before anything else happens."""

    def __init__(self, path):
        self.path = path
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)

    def write(self, event, **facts):
        line = json.dumps({"event": event, "at": time.monotonic(), **facts})
        os.write(self.file, line.encode() + b"\n")

    def read(self):
        with open(self.path, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    def close(self):
        os.close(self.file)


class Load:
    """Threads that ask for codes, redeem, refresh and revoke, each for a person, mostly at one node."""

    def __init__(self, nodes, apps, cookies, path):
        self.nodes, self.apps = nodes, apps
        self.log = Log(path)
        self.stopping = threading.Event()
        self.revoked = collections.deque(maxlen=2000)  # of all threads: (at, token)
        self.pool = concurrent.futures.ThreadPoolExecutor(len(nodes) * THREADS_OF_A_NODE)
        places = [node for node in nodes for _ in range(THREADS_OF_A_NODE)]
        self.running = [self.pool.submit(Walker(self, node, cookie).run)
                        for node, cookie in zip(places, cookies)]

    def stop(self):
        self.stopping.set()
        for one in self.running:
            one.result()
        self.pool.shutdown()
        self.log.close()


class Walker:
    """One thread of the load."""

    def __init__(self, load, node, cookies):
        self.load, self.node, self.client = load, node, Client(cookies)
        self.codes, self.tokens, self.families = collections.deque(), collections.deque(), []

    def run(self):
        steps = (self.issue, self.issue, self.redeem, self.redeem, self.revoke, self.refresh, self.refresh,
                 self.twice, self.look)
        while not self.load.stopping.is_set():
            try:
                random.choice(steps)()
            except Unknown:
                time.sleep(0.05)
            time.sleep(0.002)

    def anywhere(self):
        return random.choice(self.load.nodes) if random.random() < 0.3 else self.node

    def note(self, event, node, **facts):
        self.load.log.write(event, node=node.name, **facts)

    def issue(self):
        if len(self.codes) > CODES_WAITING:
            return
        code = self.client.code(self.node, self.load.apps["plain"])
        if code:
            self.note("code", self.node, code=code)
            self.codes.append(code)

    def _grant(self, app, what, name, **form):
        node = self.anywhere()
        self.note(f"try {what}", node, name=name)
        told, error = self.client.grant(node, self.load.apps[app], **form)
        if told:
            self.note(what, node, name=name, token=told["access_token"], refresh=told.get("refresh_token"))
        else:
            self.note(f"refused {what}", node, name=name, error=error)
        return told

    def redeem(self):
        if len(self.codes) < CODES_WAITING // 2:
            return self.issue()
        code = self.codes.popleft()
        told = self._grant("plain", "redeem", code, code=code)
        if told:
            self.tokens.append(told["access_token"])

    def revoke(self):
        if len(self.tokens) < TOKENS_WAITING:
            return
        token, node = self.tokens.popleft(), self.anywhere()
        self.note("try revoke", node, name=token)
        self.client.revoke(node, self.load.apps["plain"], token)
        self.note("revoke", node, name=token)
        self.load.revoked.append((time.monotonic(), token))

    def refresh(self):
        if len(self.families) < FAMILIES:
            code = self.client.code(self.node, self.load.apps["refreshing"])
            told = code and self._grant("refreshing", "redeem", code, code=code)
            if told:
                self.families.append(told["refresh_token"])
            return
        token = self.families.pop(0)  # whatever becomes of it: never twice
        told = self._grant("refreshing", "refresh", token, grant_type="refresh_token", refresh_token=token)
        if told:
            self.families.append(told["refresh_token"])

    def twice(self):
        """A code that was redeemed, once more; that ends its token."""
        if not self.tokens or random.random() < 0.9 or len(self.codes) < 2:
            return
        code = self.codes.popleft()
        if self._grant("plain", "redeem", code, code=code):
            self.note("try again", self.node, name=code)
            if self._grant("plain", "again", code, code=code):
                self.note("double", self.node, name=code)

    def look(self):
        """I3: what was revoked is refused, at any node, also while the leader changes."""
        if not self.load.revoked:
            return
        at, token = random.choice(self.load.revoked)
        asked = time.monotonic()
        node = random.choice(self.load.nodes)
        if asked - at > PROMISED_S and self.client.is_active(node, self.load.apps["plain"], token):
            self.note("alive", node, name=token, after=asked - at)


class Replay:
    """Holds every node to what the log says was acknowledged."""

    def __init__(self, load):
        self.nodes, self.apps = load.nodes, load.apps
        self.events = load.log.read()
        self.lost, self.double, self.resurrected = set(), set(), set()
        self.local = threading.local()
        self._sort()

    def _sort(self):
        self.of = collections.defaultdict(dict)
        for e in self.events:
            self.of[e["event"]].setdefault(e.get("name", e.get("code")), e)
        self.double |= set(self.of["double"])
        self.resurrected |= set(self.of["alive"])
        self.redeemed = {code: e for code, e in self.of["redeem"].items() if code not in self.of["try again"]}
        # nobody has begun to end or to replace these
        self.alive = [e["token"] for e in self.redeemed.values()
                      if not e["refresh"] and e["token"] not in self.of["try revoke"]]
        got = [*self.of["redeem"].values(), *self.of["refresh"].values()]
        self.current = [e for e in got if e["refresh"] and e["refresh"] not in self.of["try refresh"]]
        self.chains = self._chains()

    def _chains(self):
        """The refresh tokens that were used up, of each family, the latest first."""
        chains = []
        for e in self.of["redeem"].values():
            used = []
            while e and e["refresh"]:
                successor = self.of["refresh"].get(e["refresh"])
                if successor:
                    used.insert(0, e["refresh"])
                e = successor
            if used:
                chains.append(used)
        return chains

    def _client(self):
        if not hasattr(self.local, "client"):
            self.local.client = Client(None)
        return self.local.client

    def _each(self, look, items, found):
        """Those of `items` for which `look` says so of some node."""
        for node in self.nodes:
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                told = pool.map(lambda item, node=node: look(self._client(), node, item), items)
                found.update(item if isinstance(item, str) else json.dumps(item)
                             for item, so in zip(items, told) if so)

    def run(self):
        """In this order: the last two end what they meet."""
        plain, refreshing = self.apps["plain"], self.apps["refreshing"]

        def is_active(client, node, app, token):
            return client.insist(client.is_active, node, app, token)

        def gives(client, node, app, **form):
            return client.insist(client.grant, node, app, **form)[0] is not None

        def goes_on(client, node, used):
            return any(gives(client, node, refreshing, grant_type="refresh_token", refresh_token=token)
                       for token in used)

        self._each(lambda c, n, token: not is_active(c, n, plain, token), self.alive, self.lost)
        self._each(lambda c, n, e: not is_active(c, n, refreshing, e["token"]), self.current, self.lost)
        self._each(lambda c, n, token: is_active(c, n, plain, token), list(self.of["revoke"]), self.resurrected)
        self._each(goes_on, self.chains, self.resurrected)
        self._each(lambda c, n, code: gives(c, n, plain, code=code), list(self.redeemed), self.double)
        return self

    def acknowledged(self):
        return sum(e["event"] in ("code", "redeem", "refresh", "revoke") for e in self.events)

    def unknown(self):
        """What was begun and got neither an acknowledgement nor a refusal."""
        n = 0
        for what in ("redeem", "refresh", "revoke"):
            n += len(set(self.of[f"try {what}"]) - set(self.of[what]) - set(self.of[f"refused {what}"]))
        return n

    def to_ask_again(self):
        """Codes that were issued and refused when they were first redeemed."""
        return len(set(self.of["refused redeem"]) - set(self.of["redeem"]))

    def away(self, since, until):
        """The longest time that a node acknowledged nothing that it had to write, in seconds."""
        longest = 0.0
        for node in self.nodes:
            times = [e["at"] for e in self.events if e.get("node") == node.name and since - 1 < e["at"] < until
                     and e["event"] in ("code", "redeem", "refresh", "revoke")]
            times = [since - 1, *times, until]
            longest = max(longest, max(b - a for a, b in zip(times, times[1:])))
        return longest
