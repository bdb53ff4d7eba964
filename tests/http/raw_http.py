"""HTTP as bytes on a socket, for what a library would tidy up."""

import socket
from dataclasses import dataclass


@dataclass
class Reply:
    status: int
    headers: list  # (lower-case name, value)
    body: bytes
    text: bytes    # all of it, as it came

    def header(self, name):
        found = [v for n, v in self.headers if n == name.lower()]
        assert len(found) < 2, f"{name} came {len(found)} times"
        return found[0] if found else None


class Wire:
    """One connection."""

    def __init__(self, server, timeout=30):
        self.socket = socket.create_connection((server.host, server.port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = f"{server.host}:{server.port}"
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def _more(self):
        piece = self.socket.recv(65536)
        self.buffer += piece
        return bool(piece)

    def read(self, head=False):
        """The next reply, or None when the server closes instead."""
        while b"\r\n\r\n" not in self.buffer:
            try:
                if not self._more():
                    assert not self.buffer, f"cut off: {self.buffer[:200]!r}"
                    return None
            except ConnectionResetError:
                return None
        top, _, rest = self.buffer.partition(b"\r\n\r\n")
        lines = top.split(b"\r\n")
        version, status = lines[0].split(b" ", 2)[:2]
        assert version in (b"HTTP/1.1", b"HTTP/1.0"), lines[0]
        headers = [(n.strip().lower().decode("latin-1"), v.strip().decode("latin-1"))
                   for n, _, v in (line.partition(b":") for line in lines[1:])]
        length = 0 if head or status in (b"204", b"304") else int(
            dict(headers).get("content-length", -1))
        assert length >= 0, f"a reply without its length: {top!r}"
        while len(rest) < length:
            self.buffer = rest
            assert self._more(), "the body was cut off"
            rest = self.buffer
        self.buffer = rest[length:]
        return Reply(int(status), headers, rest[:length], top + b"\r\n\r\n" + rest[:length])

    def is_closed(self):
        """Does the server end the connection, with nothing more to say? Waits for it."""
        try:
            return not self.buffer and not self._more()
        except ConnectionResetError:
            return True

    def request(self, method, target, *lines, body=None, host=True):
        """Sends a request of these very lines; adds Host and Content-Length."""
        head = [f"{method} {target} HTTP/1.1"]
        if host:
            head.append(f"Host: {self.host}")
        head += lines
        if body is not None:
            head.append(f"Content-Length: {len(body)}")
        data = "\r\n".join(head).encode("latin-1") + b"\r\n\r\n"
        self.send(data + (body or b""))
        return self.read(head=method == "HEAD")


def ask(server, method, target, *lines, body=None, **more):
    """One request on a connection of its own."""
    with Wire(server) as wire:
        return wire.request(method, target, *lines, body=body, **more)


def send(server, data):
    """Bytes as they are; the first reply, or None."""
    with Wire(server) as wire:
        wire.send(data)
        return wire.read()
