"""Three nodes on one database, and nginx before them with the configuration that is shipped. Nothing of
it is changed but addresses, names and files."""

import itertools
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import requests

import own_database
from certificates import Authority
from llavero_http import ROOT, Browser, Server, free_port

# Debian keeps it where not everybody looks.
PROGRAM = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
SHIPPED = ROOT / "packaging" / "nginx" / "llavero.conf"
NODES = 3
# More than processors, so that requests meet within a node too.
WORKERS = 4


def until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


class Nginx:
    """nginx with the shipped file."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port, self.mtls_port = free_port(), free_port()
        self.authority = Authority(self.folder / "ca")
        self.file, key = self.authority.issue("proxy", "IP:127.0.0.1")
        self.addresses = {
            "/etc/ssl/llavero/mtls.id.example.com.pem": str(self.file),
            "/etc/ssl/llavero/mtls.id.example.com.key": str(key),
            "/etc/ssl/llavero/id.example.com.pem": str(self.file),
            "/etc/ssl/llavero/id.example.com.key": str(key),
            "/var/log/nginx/": f"{self.folder}/",
            "server_name mtls.id.example.com": "server_name 127.0.0.1",
            "server_name id.example.com": "server_name 127.0.0.1"}
        self.process = None

    @property
    def base(self):
        return f"https://127.0.0.1:{self.port}"

    @property
    def mtls(self):
        return f"https://127.0.0.1:{self.mtls_port}"

    def configuration(self, nodes):
        text = SHIPPED.read_text(encoding="utf-8")
        for shipped, own in self.addresses.items():
            assert shipped in text, shipped
            text = text.replace(shipped, own)
        for number, node in enumerate(nodes, 11):
            address = f"10.0.0.{number}:9292"
            assert text.count(f"server {address} ") == 1
            text = text.replace(f"server {address} ", f"server 127.0.0.1:{node.port} ")
        for port in (self.port, self.mtls_port):
            assert "listen 443 " in text
            text = text.replace("listen 443 ", f"listen 127.0.0.1:{port} ", 1)
        return text

    def start(self, nodes):
        (self.folder / "llavero.conf").write_text(self.configuration(nodes), encoding="utf-8")
        kept = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in
                       ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user}worker_processes 2;\ndaemon off;\npid {self.folder}/pid;\n"
            f"error_log {self.folder}/error.log;\nevents {{ worker_connections 1024; }}\n"
            f"http {{\n{kept}include {self.folder}/llavero.conf;\n}}\n", encoding="utf-8")
        self.process = subprocess.Popen(
            [PROGRAM, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")])
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < end, self.errors()
                time.sleep(0.02)

    def errors(self):
        return (self.folder / "error.log").read_text(encoding="utf-8", errors="replace")

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=60)


class Before:
    """Stands before the nodes; the command line and the like are the first one's."""

    def __init__(self, cluster):
        self.cluster, self.base = cluster, cluster.nginx.base

    def __getattr__(self, name):
        return getattr(self.cluster.nodes[0], name)


class Front(Before):
    """What people and apps see: the nodes behind nginx."""

    @property
    def verify(self):
        return str(self.cluster.nginx.authority.file)

    def url(self, path):
        return self.base + path

    def get(self, path, **options):
        return requests.get(self.url(path), allow_redirects=False, timeout=60, verify=self.verify,
                            **options)

    def post(self, path, data=None, **options):
        return requests.post(self.url(path), data=data, allow_redirects=False, timeout=60,
                             verify=self.verify, **options)


class Hopping(Before):
    """No request meets the node of the one before it."""

    def __init__(self, cluster):
        super().__init__(cluster)
        self.next = itertools.cycle(cluster.nodes)

    def url(self, path):
        return next(self.next).url(path)

    def get(self, path, **options):
        return requests.get(self.url(path), allow_redirects=False, timeout=60, **options)

    def post(self, path, data=None, **options):
        return requests.post(self.url(path), data=data, allow_redirects=False, timeout=60,
                             **options)


class Person(Browser):
    """A browser at a node, or at several: nodes speak http, to nginx, and their cookies are Secure."""

    def __init__(self, server, cookies=()):
        super().__init__(server)
        self.session.trust_env = False  # nor its certificates: nginx has one of ours
        self.session.verify = getattr(server, "verify", True)
        self.session.cookies.update(cookies)

    def get(self, path, **options):
        return self._kept(super().get(path, **options))

    def post(self, path, data, **options):
        return self._kept(super().post(path, data, **options))

    def _kept(self, reply):
        for cookie in self.session.cookies:
            cookie.secure = False
        return reply

    def at(self, server):
        """The same person, signed in as they are, somewhere else."""
        return Person(server, self.session.cookies)

    def follow(self, reply):
        """To where the redirect points, at whatever node comes next."""
        assert reply.status_code in (302, 303), (reply.status_code, reply.text[:500])
        return self.get(reply.headers["Location"].removeprefix(self.server.base))

    @property
    def cookie_header(self):
        return "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)


class Cluster:
    def __init__(self, folder, **settings):
        folder = pathlib.Path(folder)
        folder.mkdir(exist_ok=True)
        self.nginx = Nginx(folder / "nginx")
        self.settings = {"base_url": self.nginx.base, "trusted_proxies": "127.0.0.1",
                         "mtls_url": self.nginx.mtls, "client_cert_header": "on",
                         "workers": WORKERS, "metrics": "everyone", **settings}
        self.nodes = []
        for number in range(NODES):
            self.nodes.append(self.make_node(folder / f"node{number}"))
        self.front, self.hopping = Front(self), Hopping(self)
        self.nginx.start(self.nodes)

    def make_node(self, folder, **more):
        """One more node: a folder of its own, the database of the others."""
        if self.nodes:
            own_database.share(self.nodes[0].data, folder)
        return Server(folder, demo=False, **{**self.settings, **more})

    def stop(self):
        problems = []
        self.nginx.stop()
        for node in self.nodes:
            try:
                node.stop()
            except AssertionError as problem:
                problems.append(str(problem))
            own_database.forget(node.data)
        assert not problems, "\n".join(problems)

    def signed_in(self, user, server=None):
        person = Person(server or self.nodes[0])
        person.sign_in(user.login, user.password)
        return person

    def restart(self, node):
        """Where it was before."""
        node.start(f"{node.host}:{node.port}")
