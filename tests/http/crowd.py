"""Many requests that go out together, on connections that stay open: assurance A026, 6.1 (E1)."""

import itertools
import json
import threading
import urllib.parse

from raw_http import Wire

THREADS = 8


def post_request(wire, path, form):
    body = urllib.parse.urlencode(form).encode()
    return (f"POST {path} HTTP/1.1\r\nHost: {wire.host}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def token_request(wire, app, code, **more):
    return post_request(wire, "/login/oauth/access_token",
                        {**app.credentials, "code": code, **more})


class Crowd:
    """Open connections, to one server or to several in turn, on 8 threads that start each round together."""

    def __init__(self, size, *servers):
        self.wires = [Wire(server, timeout=120)
                      for server, _ in zip(itertools.cycle(servers), range(size))]
        self.start = threading.Barrier(THREADS + 1)
        self.end = threading.Barrier(THREADS + 1)
        self.requests, self.replies, self.stopping = [], [None] * size, False
        self.threads = [threading.Thread(target=self.work, args=(i,)) for i in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def work(self, number):
        while True:
            self.start.wait()
            if self.stopping:
                return
            mine = range(number, len(self.requests), THREADS)
            try:
                for i in mine:
                    self.wires[i].send(self.requests[i])
                for i in mine:
                    self.replies[i] = self.wires[i].read()
            finally:
                self.end.wait()

    def round(self, requests):
        """One request for each connection, or for the first ones; their replies."""
        self.requests, self.replies = requests, [None] * len(requests)
        self.start.wait()
        self.end.wait()
        assert all(r is not None for r in self.replies)
        return self.replies

    def answers(self, requests):
        """The same where each reply is 200 and JSON."""
        replies = self.round(requests)
        assert all(r.status == 200 for r in replies), [r.text for r in replies if r.status != 200]
        return [json.loads(r.body) for r in replies]

    def stop(self):
        self.stopping = True
        self.start.wait()
        for thread in self.threads:
            thread.join()
        for wire in self.wires:
            wire.socket.close()


def codes_of(wire, cookie, app, n):
    """Consented before, so that each GET is a code."""
    query = urllib.parse.urlencode({"client_id": app.client_id})
    for _ in range(n):
        reply = wire.request("GET", f"/login/oauth/authorize?{query}", f"Cookie: {cookie}")
        assert reply.status == 302, reply.text
        location = urllib.parse.urlsplit(reply.header("Location"))
        yield dict(urllib.parse.parse_qsl(location.query))["code"]
