"""The servers that are measured, each with what it is asked for."""
import collections
import json
import pathlib
import random
import shutil
import subprocess
import sys
import time
import urllib.request

import glewlwyd
import measure

ROOT = pathlib.Path(__file__).resolve().parents[1]
BENCH = ROOT / "bench"
BUILT = ROOT / "build" / "release" / "bench"
REDIRECT = "redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback"
VERIFIER = "code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

# `lines`: the file that requests have one line of each, in `once` a line is good for one request.
Kind = collections.namedtuple("Kind", "name what lines alone connections", defaults=[False, 128])
KINDS = [Kind("exchange", "code exchange", "codes"),
         Kind("half", "half refused", "codes", alone=True),
         Kind("check", "token check", "tokens"),
         Kind("introspect", "introspection", "tokens"),
         Kind("client", "client credentials", None),
         Kind("es256", "client credentials ES256", None),
         # fewer: one turn signs for all of them before it answers any
         Kind("rs256", "client credentials RS256", None, connections=16),
         Kind("refresh", "refresh", "refresh")]
RESOURCES = {"client": "", "es256": "&resource=https%3A%2F%2Fes256.example%2F",
             "rs256": "&resource=https%3A%2F%2Frs256.example%2F"}


def say(text):
    print(text, file=sys.stderr, flush=True)


class Side:
    """One of the two servers with its load."""

    def __init__(self, who, folder, size):
        self.who, self.folder, self.size = who, folder, size
        self.port = measure.free_port()
        self.connections = size.get("connections")  # None: as the kind has it
        self.patience_s = 5  # for any reply
        self.shared = {}  # what else measure.load is told
        self.results = {kind.name: [] for kind in KINDS}

    def open(self, argv, env=None):
        self.server = measure.Server(argv, self.folder / "log", env)
        self.read_files()

    def read_files(self):
        self.client, self.service = self.credentials("client"), self.credentials("service")
        for name in ("tokens", "refresh"):
            lines = (self.folder / name).read_text().splitlines(keepends=True)
            random.Random(1).shuffle(lines)
            (self.folder / name).write_text("".join(lines))
        self.once = {name: measure.Lines(self.folder / name) for name in ("codes", "refresh")
                     if (self.folder / name).stat().st_size}

    def credentials(self, name):
        client_id, secret = (self.folder / name).read_text().split()
        return f"client_id={client_id}&client_secret={secret}"

    def measure(self, kind, seconds, keep=True, most=None):
        """Loads the server for so long, or with so many requests."""
        lines, once, half = "", self.once.get(kind.lines), kind.name == "half"
        if kind.lines:
            lines = self.folder / (f"{kind.lines}.rest" if once else kind.lines)
        if once:
            once.write_rest(lines, every_other_is_bad=half, most=most)
        result = measure.load(BUILT / "load", self.server, self.port, seconds,
                              self.request(kind.name), lines,
                              self.connections or kind.connections, most=most or 0,
                              patience_s=self.patience_s, **self.shared)
        if once:
            once.take((result["requests"] + 1) // 2 if half else result["requests"])
        if keep or result["errors"]:
            self.results[kind.name].append(result)

    def request(self, kind):
        raise NotImplementedError

    def does(self, kind):
        """Can it be asked for this kind at all?"""
        return not kind.alone


class Llavero(Side):
    def does(self, kind):
        return True

    def argv(self, binary):
        return [str(binary), "serve", "--listen", f"127.0.0.1:{self.port}", "--database",
                f"sqlite:{self.folder}/llavero.db", "--data", str(self.folder / "data"),
                "--workers", "1", "--log-level", "error",
                "--connections-per-address", "0"]  # everybody here has the same

    def run_fill(self, database, tokens):
        size = self.size
        sample = min(tokens, 1_000_000)
        begun = time.monotonic()
        subprocess.run([str(BUILT / "fill"), database, str(size["users"]), str(tokens),
                        str(size["codes"]), str(size["refresh"]), str(sample),
                        str(self.folder)], check=True)
        self.filled_s = time.monotonic() - begun

    def fill(self, tokens):
        size = self.size
        self.run_fill(f"sqlite:{self.folder}/llavero.db", tokens)
        self.bytes = (self.folder / "llavero.db").stat().st_size
        say(f"filled {size['users']:,} users, {tokens:,} tokens, {size['codes']:,} codes, "
            f"{size['refresh']:,} refresh tokens in {self.filled_s:.1f} s: "
            f"{self.bytes / 2**20:,.0f} MB")

    def make_keys(self):
        """The first signature would make them: on a busy machine longer than a client waits."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/oauth2/jwks", timeout=300):
            pass

    def request(self, kind):
        json_wanted = "Accept: application/json"
        if kind == "check":
            return "GET", "/api/v3/", "Authorization: token @", "", '"emails_url"'
        if kind == "introspect":
            return ("POST", "/oauth2/introspect", json_wanted, f"{self.client}&token=@",
                    '"active":true')
        if kind == "refresh":
            return ("POST", "/oauth2/token", json_wanted,
                    f"{self.client}&grant_type=refresh_token&refresh_token=@",
                    '"refresh_token":"ghr_')
        if kind in RESOURCES:
            return ("POST", "/oauth2/token", json_wanted,
                    f"{self.service}&grant_type=client_credentials{RESOURCES[kind]}",
                    '"access_token":"' + ("gho_" if kind == "client" else "eyJ"))
        return ("POST", "/login/oauth/access_token", json_wanted,
                f"{self.client}&code=@&{REDIRECT}&{VERIFIER}",
                '"access_token":"gho_' if kind == "exchange" else "HTTP/1.1 200 ")


class OidcProvider(Side):
    def argv(self):
        node = BENCH / "node_modules" / ".bin" / "node"
        return [str(node if node.exists() else shutil.which("node")),
                str(BENCH / "oidc-provider.mjs"), str(self.port), str(self.size["peer_codes"]),
                str(self.size["peer_tokens"]), str(self.size["peer_refresh"]), str(self.folder)]

    def request(self, kind):
        body, expect = {
            "exchange": (f"grant_type=authorization_code&code=@&{REDIRECT}&{VERIFIER}",
                         '"access_token":"'),
            "refresh": ("grant_type=refresh_token&refresh_token=@", '"refresh_token":"'),
            "check": ("token=@", '"active":true'),
            "introspect": ("token=@", '"active":true'),
        }.get(kind) or ("grant_type=client_credentials" + RESOURCES[kind],
                        '"access_token":"' + ("" if kind == "client" else "eyJ"))
        path = "/token/introspection" if body == "token=@" else "/token"
        return "POST", path, "Accept: application/json", f"{self.client}&{body}", expect


class Glewlwyd(Side):
    """It has one key for all its tokens, so tokens for a resource of its own are left out."""

    def __init__(self, who, folder, size):
        super().__init__(who, folder, size)
        self.patience_s = 60  # on a slow disk it keeps the last of its connections waiting

    def does(self, kind):
        return not kind.alone and kind.name not in ("es256", "rs256")

    def argv(self):
        return [sys.executable, str(BENCH / "glewlwyd.py"), str(self.folder / "glewlwyd.conf"),
                str(self.port)]

    def open(self, argv, env=None):
        glewlwyd.prepare(self.folder, self.port)
        self.server = measure.Server(argv, self.folder / "log", env)
        glewlwyd.configure(self.port)
        glewlwyd.fill(self.folder, self.size["peer_codes"] // 4, self.size["peer_tokens"] // 4,
                      self.size["peer_refresh"] // 4)
        self.read_files()

    def request(self, kind):
        body, expect = {
            "exchange": (f"grant_type=authorization_code&code=@&{REDIRECT}&{VERIFIER}",
                         '"access_token":"'),
            "refresh": ("grant_type=refresh_token&refresh_token=@", '"access_token":"'),
            "client": (f"grant_type=client_credentials&scope={glewlwyd.SCOPE}",
                       '"access_token":"'),
        }.get(kind) or ("token=@", '"active":true')
        path = "/api/bench/introspect" if body == "token=@" else "/api/bench/token"
        return "POST", path, glewlwyd.authorization(), body, expect


def peers(folder, tokens, size):
    """The other servers that are installed."""
    found = []
    if peer_name():
        found.append(OidcProvider(peer_name(), folder / f"oidc-provider-{tokens}", size))
    if glewlwyd.version():
        found.append(Glewlwyd(f"glewlwyd {glewlwyd.version()}", folder / f"glewlwyd-{tokens}",
                              size))
    return found


def peer_name():
    package = BENCH / "node_modules" / "oidc-provider" / "package.json"
    if not package.exists():
        return None
    return "oidc-provider " + json.loads(package.read_text())["version"]
