"""The client that behaves: signs a person in again and again, and looks at each token, on connections that
stay open and on new ones. Every answer that it does not get, or that is not the right one, counts."""

import http.client
import json
import ssl
import time
import urllib.parse

PATIENCE = 30


class Good:
    def __init__(self, server, app, cookie, tls):
        self.host, self.port = server.host, server.port
        self.app, self.cookie, self.tls = app, cookie, tls
        self.kept = None
        self.took, self.faults = [], {}

    def connection(self):
        if not self.tls:
            return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection(self.host, self.port, timeout=PATIENCE, context=context)

    def ask(self, method, path, status, body=None, fresh=False, **headers):
        """One request, timed from before it connects to the last byte of its answer."""
        begun = time.monotonic()
        if fresh or not self.kept:
            connection = self.connection()
        else:
            connection = self.kept
        try:
            connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            reply = connection.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException) as problem:
            self.fault(type(problem).__name__)
            self.kept = None
            return None
        self.took.append(time.monotonic() - begun)
        if fresh:
            connection.close()
        else:
            self.kept = connection
        if reply.status != status:
            self.fault(f"status {reply.status}")
            return None
        return reply, text

    def fault(self, what):
        self.faults[what] = self.faults.get(what, 0) + 1

    def round(self):
        """A sign-in of somebody who has consented before: three requests, two of them write."""
        query = urllib.parse.urlencode({"client_id": self.app["client_id"]})
        asked = self.ask("GET", f"/login/oauth/authorize?{query}", 302,
                         Cookie=self.cookie)
        if not asked:
            return
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(asked[0].headers["Location"]).query)["code"][0]
        got = self.ask("POST", "/login/oauth/access_token", 200,
                       urllib.parse.urlencode({**self.app, "code": code}), fresh=True,
                       Content_Type="application/x-www-form-urlencoded", Accept="application/json")
        token = json.loads(got[1]).get("access_token") if got else None
        if not token:
            self.fault("no token")
            return
        self.ask("GET", "/api/v3/user", 200, Authorization=f"token {token}", User_Agent="good")

    def run(self, seconds):
        until, begun = time.monotonic() + seconds, time.monotonic()
        while time.monotonic() < until:
            self.round()
        took = sorted(self.took)
        return {"seconds": time.monotonic() - begun, "n": len(took), "faults": self.faults,
                "p50": took[len(took) // 2] if took else 0,
                "p99": took[min(len(took) - 1, len(took) * 99 // 100)] if took else 0}
