"""The server of a client: answers with what a test scripts, and remembers who asked."""

import http.server
import json
import threading
import time


class Stub:
    """`pages` is {path: (status, headers, body)}; a body may be a function that gets the handler."""

    def __init__(self):
        self.pages, self.asked, self.headers = {}, [], []
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self):
                stub.asked.append(self.path)
                stub.headers.append(dict(self.headers))
                status, headers, body = stub.pages.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if callable(body):
                    body(self)
                else:
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path, value, status=200, **headers):
        """Serves JSON (or bytes, or a function) at the path; the URL of it."""
        body = value if callable(value) or isinstance(value, bytes) else json.dumps(value).encode()
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.pages[path] = (status, {"Content-Type": "application/json", **named}, body)
        return self.url(path)

    def put_client(self, path, status=200, headers=None, **members):
        """A client ID metadata document; a member of None is left out."""
        url = self.url(path)
        document = {"client_id": url, "client_name": "Document app",
                    "redirect_uris": ["http://127.0.0.1/cb"],
                    "token_endpoint_auth_method": "none", **members}
        document = {k: v for k, v in document.items() if v is not None}
        return self.put(path, document, status, **(headers or {}))

    def times(self, path):
        return self.asked.count(path)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def drip(seconds):
    """A body that takes its time."""
    def write(handler):
        for _ in range(seconds * 10):
            try:
                handler.wfile.write(b" ")
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)
    return write
