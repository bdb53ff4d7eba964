"""Those who are in the way: each is a function that goes on until its time is over, in a process of its
own. They come from 127.0.0.2 and on, the client that behaves from 127.0.0.1."""

import asyncio
import json
import os
import resource
import socket
import ssl
import time
import urllib.parse

PIECE = b"x"
ONE = ["127.0.0.2"]
MANY = [f"127.0.{net}.{host}" for net in range(1, 9) for host in range(1, 251)]


class Target:
    """Where to, until when, and what the stage has to offer."""

    def __init__(self, server, seconds, **more):
        self.host, self.port, self.seconds = server.host, server.port, seconds
        self.more = more
        self.tries = 0

    def is_over(self):
        return time.monotonic() >= self.until

    def run(self, name):
        """In the attacker's own process: one of the functions below, by its name."""
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.until = time.monotonic() + self.seconds
        asyncio.run(globals()[name](self))
        return self.tries

    async def connect(self, addresses, read_buffer=None):
        """A connection from one of the addresses in turn; None when it cannot be had."""
        self.tries += 1
        s = socket.socket()
        s.setblocking(False)
        if read_buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, read_buffer)
        try:
            s.bind((addresses[self.tries % len(addresses)], 0))
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(s, (self.host, self.port)), 5)
            return s
        except (OSError, TimeoutError, asyncio.TimeoutError):
            s.close()
            return None


async def together(n, work):
    await asyncio.gather(*(work() for _ in range(n)))


def post(path, body, kind="application/x-www-form-urlencoded", *lines):
    body = body if isinstance(body, bytes) else body.encode()
    head = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Type: {kind}", "Accept: application/json",
            f"Content-Length: {len(body)}", *lines]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def gone(loop, s):
    """Has the server closed it?"""
    try:
        return not await asyncio.wait_for(loop.sock_recv(s, 4096), 0.001)
    except (TimeoutError, asyncio.TimeoutError):
        return False
    except OSError:
        return True


def dripping(start, n, addresses):
    """Connections that begin so, and go on with a byte a second; who is shown out comes again."""
    async def attack(t):
        loop = asyncio.get_running_loop()

        async def one():
            while not t.is_over():
                s = await t.connect(addresses)
                if not s:
                    await asyncio.sleep(0.1)
                    continue
                try:
                    await loop.sock_sendall(s, start)
                    while not t.is_over() and not await gone(loop, s):
                        await loop.sock_sendall(s, PIECE)
                        await asyncio.sleep(1)
                except OSError:
                    pass
                s.close()
        await together(n, one)
    return attack


slow_heads = dripping(b"GET /login HTTP/1.1\r\nHost: x\r\nX-Drip: ", 2000, MANY)
slow_bodies = dripping(b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-"
                       b"urlencoded\r\nContent-Length: 60000\r\n\r\n", 2000, MANY)


async def slow_reads(t):
    """Ask for a large file on and on, and take a few bytes of it a second."""
    loop = asyncio.get_running_loop()

    async def one():
        while not t.is_over():
            s = await t.connect(MANY, read_buffer=2048)
            try:
                while s and not t.is_over():
                    await loop.sock_sendall(s, b"GET /static/style.css HTTP/1.1\r\nHost: x\r\n\r\n" * 20)
                    await asyncio.wait_for(loop.sock_recv(s, 16), 1)
                    await asyncio.sleep(1)
            except (OSError, TimeoutError, asyncio.TimeoutError):
                pass
            if s:
                s.close()
            await asyncio.sleep(0.1)
    await together(500, one)


def flood_of(make, n=16, addresses=ONE, answers=1, keep=True):
    """The same bytes as fast as they are answered, on `n` connections."""
    async def attack(t):
        data = make(t)
        loop = asyncio.get_running_loop()

        async def one():
            s = None
            while not t.is_over():
                s = s or await t.connect(addresses)
                t.tries += answers
                try:
                    await asyncio.wait_for(loop.sock_sendall(s, data() if callable(data) else data), 5)
                    got = b""
                    while got.count(b"HTTP/1.1 ") < answers:
                        piece = await asyncio.wait_for(loop.sock_recv(s, 262144), 5)
                        got += piece
                        if not piece:
                            raise ConnectionResetError
                    if keep:
                        continue
                except (OSError, AttributeError, TimeoutError, asyncio.TimeoutError):
                    pass
                if s:
                    s.close()
                s = None
            if s:
                s.close()
        await together(n, one)
    return attack


def many_headers(_t):
    return b"GET /login HTTP/1.1\r\nHost: x\r\n" + b"".join(b"A%d: b\r\n" % i for i in range(10000)) + b"\r\n"


header_flood = flood_of(many_headers)
cookie_flood = flood_of(lambda _t: b"GET /login HTTP/1.1\r\nHost: x\r\nCookie: " + b"a=b; " * 3000 + b"\r\n\r\n")
form_names = flood_of(lambda _t: post("/login/oauth/access_token", "&".join(f"k{i}=" for i in range(7000))))
json_names = flood_of(lambda _t: post("/login/oauth/access_token", json.dumps(
    {f"k{i}": "" for i in range(4500)}), "application/json"))
big_bodies = flood_of(lambda _t: post("/login/oauth/access_token", "code=" + "x" * 65000))
pipelines = flood_of(lambda _t: b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 200, answers=200)
refusals = flood_of(lambda t: post("/login/oauth/access_token", urllib.parse.urlencode(
    {**t.more["app"], "code": "\r\n\x1b[2J" * 20})))
registrations = flood_of(lambda _t: post("/oauth2/register", json.dumps(
    {"redirect_uris": ["https://app.example/cb"], "client_name": "x" * 90}), "application/json"))
pushes = flood_of(lambda t: post("/oauth2/par", urllib.parse.urlencode(
    {**t.more["standard_app"], "response_type": "code", "code_challenge": "a" * 43,
     "code_challenge_method": "S256", "redirect_uri": "https://app.example/cb"})))
device_codes = flood_of(lambda t: post("/login/device/code", urllib.parse.urlencode(
    {"client_id": t.more["device_app"]})))


def sign_in_bodies(t):
    return post("/session", urllib.parse.urlencode(
        {"authenticity_token": t.more["form_token"], "login": "octocat", "password": "wrong"}),
        "application/x-www-form-urlencoded", f"Cookie: llavero_browser={t.more['browser']}")


sign_ins = flood_of(sign_in_bodies, n=1000, addresses=MANY)


def client_documents_make(t):
    number = iter(range(1 << 30))

    def one():
        url = f"http://127.0.0.1:{t.more['victim']}/client-{next(number)}"
        query = urllib.parse.urlencode({"client_id": url, "redirect_uri": "http://127.0.0.1/cb",
                                        "response_type": "code", "code_challenge": "a" * 43,
                                        "code_challenge_method": "S256"})
        return f"GET /oauth2/authorize?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    return one


client_documents = flood_of(client_documents_make, n=64, addresses=MANY)


async def endless_chunks(t):
    """Chunk after chunk, as many as are taken."""
    loop = asyncio.get_running_loop()
    chunks = (b"1000\r\n" + b"x" * 0x1000 + b"\r\n") * 16

    async def one():
        while not t.is_over():
            s = await t.connect(ONE)
            try:
                await loop.sock_sendall(s, b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\n"
                                           b"Transfer-Encoding: chunked\r\n\r\n")
                while not t.is_over():
                    await asyncio.wait_for(loop.sock_sendall(s, chunks), 5)
            except (OSError, AttributeError, TypeError, TimeoutError, asyncio.TimeoutError):
                pass
            if s:
                s.close()
    await together(8, one)


def silent(n, addresses, ask=b""):
    """So many connections that stay; who is shown out comes again. With `ask` each asks once."""
    async def attack(t):
        loop = asyncio.get_running_loop()
        opened = asyncio.Semaphore(200)

        async def one():
            while not t.is_over():
                async with opened:
                    s = await t.connect(addresses)
                try:
                    if s and ask:
                        await loop.sock_sendall(s, ask)
                        await asyncio.wait_for(loop.sock_recv(s, 4096), 5)
                    if s:  # until the server closes it
                        await asyncio.wait_for(loop.sock_recv(s, 1), max(0.01, t.until - time.monotonic()))
                except (OSError, TimeoutError, asyncio.TimeoutError):
                    pass
                if s:
                    s.close()
                await asyncio.sleep(0.01)
        await together(n, one)
    return attack


one_address = silent(3000, ONE)
many_addresses = silent(6000, MANY)
idle = silent(10000, MANY, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")


def handshakes(finish):
    """TLS: begun over and over (and finished), or begun and left so."""
    async def attack(t):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE

        async def one():
            while not t.is_over():
                t.tries += 1
                try:
                    _, writer = await asyncio.wait_for(asyncio.open_connection(
                        t.host, t.port, ssl=context, local_addr=(ONE[0], 0)), 5)
                    writer.close()
                except (OSError, TimeoutError, asyncio.TimeoutError):
                    pass
        await together(16, one)
    if finish:
        return attack
    hello = bytes.fromhex("160301020001000" "1fc0303") + os.urandom(100)
    return dripping(hello, 1000, MANY)


handshake_flood, slow_handshakes = handshakes(True), handshakes(False)


async def cut_everywhere(t):
    """Whole requests, each cut off after every byte of it, some with a reset."""
    loop = asyncio.get_running_loop()
    requests = [b"GET /login HTTP/1.1\r\nHost: x\r\nCookie: llavero_session=x\r\n\r\n",
                post("/login/oauth/access_token", urllib.parse.urlencode({**t.more["app"], "code": "x"})),
                post("/oauth2/introspect", "token=x", "application/x-www-form-urlencoded",
                     "Authorization: Basic YTpi"),
                post("/api/graphql", json.dumps({"query": "{viewer{login}}"}), "application/json",
                     "Authorization: bearer x"),
                sign_in_bodies(t),
                b"POST /oauth2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"5\r\ncode=\r\n0\r\n\r\n"]
    while not t.is_over():
        for data in requests:
            for n in range(len(data) + 1):
                s = await t.connect(ONE)
                if not s:
                    continue
                if n % 2:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                try:
                    await loop.sock_sendall(s, data[:n])
                except OSError:
                    pass
                s.close()
            if t.is_over() and data is requests[-1]:
                return
