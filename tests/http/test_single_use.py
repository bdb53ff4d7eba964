"""One code, 64 redemptions at once, one token. Assurance A026, 6.1 (E1); 1,000 rounds.

The requests travel on connections that stay open; a barrier lets them go together, and several
workers serve them."""

import json
import threading
import urllib.parse

import pytest

from llavero_http import BAD_CODE, IS_SANITIZED
from raw_http import Wire

PARALLEL, THREADS = 64, 8
ROUNDS = 50 if IS_SANITIZED else 1000
PLANTED = 20  # of the rounds; the rest would only slow the search for secrets down


def token_request(wire, app, code, **more):
    body = urllib.parse.urlencode({**app.credentials, "code": code, **more}).encode()
    return (f"POST /login/oauth/access_token HTTP/1.1\r\nHost: {wire.host}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


class Crowd:
    """64 open connections, on 8 threads that start each round together."""

    def __init__(self, server):
        self.wires = [Wire(server, timeout=120) for _ in range(PARALLEL)]
        self.start = threading.Barrier(THREADS + 1)
        self.end = threading.Barrier(THREADS + 1)
        self.requests, self.replies, self.stopping = [], [None] * PARALLEL, False
        self.threads = [threading.Thread(target=self.work, args=(i,)) for i in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def work(self, number):
        mine = range(number, PARALLEL, THREADS)
        while True:
            self.start.wait()
            if self.stopping:
                return
            try:
                for i in mine:
                    self.wires[i].send(self.requests[i])
                for i in mine:
                    self.replies[i] = self.wires[i].read()
            finally:
                self.end.wait()

    def round(self, requests):
        self.requests, self.replies = requests, [None] * PARALLEL
        self.start.wait()
        self.end.wait()
        assert all(r is not None and r.status == 200 for r in self.replies)
        return [json.loads(r.body) for r in self.replies]

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


@pytest.mark.parametrize("workers", [1, 4])
def test_64_parallel_redemptions_give_one_token_A026(launch, workers):
    # no access log: its lines would be most of the work
    own = launch(workers=workers, access_log="off", log_level="error")
    browser, app = own.signed_in(), own.make_app()
    own.token_for(app, browser)
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.session.cookies)
    crowd = Crowd(own)
    issued = own.metric("llavero_tokens_issued_total")
    rounds = ROUNDS // 2
    try:
        with Wire(own) as wire:
            for number, code in enumerate(codes_of(wire, cookie, app, rounds)):
                replies = crowd.round([token_request(wire, app, code)] * PARALLEL)
                tokens = [r["access_token"] for r in replies if "access_token" in r]
                assert len(tokens) == 1, f"round {number}: {len(tokens)} tokens"
                assert replies.count(BAD_CODE) == PARALLEL - 1
                if number < PLANTED:
                    own.plant(code, tokens[0])
                # whoever came second was right in everything, which is a replay: A025
                assert not own.is_alive(tokens[0])
    finally:
        crowd.stop()
    assert own.metric("llavero_tokens_issued_total") == issued + rounds


def test_wrong_requests_among_them_neither_win_nor_kill_A027(launch):
    """Only one of the 64 is right: it gets a token, and the others cannot end that."""
    own = launch(workers=4)
    browser, app, other = own.signed_in(), own.make_app(), own.make_app()
    own.token_for(app, browser)
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.session.cookies)
    crowd = Crowd(own)
    try:
        with Wire(own) as wire:
            for code in codes_of(wire, cookie, app, 20):
                own.plant(code)
                wrong = [token_request(wire, app, code, code_verifier="v" * 43),
                         token_request(wire, other, code),
                         token_request(wire, app, code, redirect_uri="https://x.example/"),
                         token_request(wire, app, code, grant_type="password")]
                requests = [wrong[i % len(wrong)] for i in range(PARALLEL)]
                requests[37] = token_request(wire, app, code)
                replies = crowd.round(requests)
                assert [i for i, r in enumerate(replies) if "access_token" in r] == [37]
                token = own.plant(replies[37]["access_token"])
                assert own.is_alive(token)
                assert own.exchange(app, code) == BAD_CODE
                assert not own.is_alive(token)
    finally:
        crowd.stop()
