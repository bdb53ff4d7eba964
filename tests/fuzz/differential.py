#!/usr/bin/env python3
"""Redirect URIs that the matcher takes, read by the parsers of others (assurance A023): each has to find the scheme,
host, port and path that we found, or refuse the URI; and by its reading too, the requested one has to lie at the
registered one's origin, below its host in wildcard mode, at any port on a loopback host.

    differential.py [--program FILE] [--pairs N] [--seed S] [--chromium N] [--write]

First come the pairs of tests/fuzz/pairs, then N new ones. The parsers: Node's URL (WHATWG), libcurl's, Python's
urllib.parse, and for --chromium of the URIs of each half a million pairs Chromium's. libcurl and Chromium are only
asked about http and https: of other schemes libcurl takes "app:/path" for a host, and an older Chromium knows none.
--program is what `make build/VARIANT/differential` made. --write puts the counts into docs/security.md.
"""
import argparse
import html
import ipaddress
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests/fuzz"
sys.path.insert(0, str(ROOT / "tools"))

BATCH = 500_000
PORTS = {"http": 80, "https": 443}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Reading:
    """What a parser found in a URI, in a form in which two can be compared."""

    def __init__(self, scheme, host, port, path):
        self.scheme, self.port = scheme.lower(), int(port or 0)
        self.host = plain(host)
        self.path = path or ("/" if self.scheme in PORTS else "")

    def parts(self):
        return self.scheme, self.host, self.port, self.path

    def __str__(self):
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"


def plain(host):
    """Without case and brackets; an IPv6 address in its one form."""
    host = host.lower().strip("[]")
    try:
        return str(ipaddress.IPv6Address(host)) if ":" in host else host
    except ValueError:
        return host


def by_urllib(uri):
    try:
        u = urllib.parse.urlsplit(uri)
        return Reading(u.scheme, u.hostname or "", u.port or PORTS.get(u.scheme.lower(), 0), u.path)
    except ValueError:
        return None


def by_node(uris):
    said = subprocess.run(["node", str(HERE / "whatwg.mjs")], input="\n".join(uris), text=True, check=True,
                          stdout=subprocess.PIPE).stdout.split("\n")
    return [None if line.startswith("-\t") else Reading(*line.split("\t")) for line in said[:len(uris)]]


PAGE = """<!DOCTYPE html><meta charset="utf-8"><script>
const ports = {'http:': '80', 'https:': '443'};
addEventListener('DOMContentLoaded', () => {
  document.body.textContent = JSON.stringify(%s.map(text => {
    try {
      const u = new URL(text);
      return [u.protocol.slice(0, -1), u.hostname, u.port || ports[u.protocol] || '0', u.pathname];
    } catch { return null; }
  }));
});
</script><body></body>"""


def by_chromium(uris):
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder, "page.html")
        page.write_text(PAGE % json.dumps(uris).replace("<", "\\u003c"), encoding="utf-8")
        said = subprocess.run([shutil.which("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
                               f"--user-data-dir={folder}/profile", "--virtual-time-budget=10000", "--dump-dom",
                               page.as_uri()], text=True, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=120).stdout
    body = re.search(r"<body>(.*)</body>", said, re.S).group(1)
    return [read and Reading(*read) for read in json.loads(html.unescape(body))]


class Parser:
    """One of the others: how often it read what we did, refused, or differed."""

    def __init__(self, name):
        self.name, self.same, self.refused, self.differing = name, 0, 0, []

    def hold(self, pair, ours, theirs):
        if theirs is None:
            self.refused += 1
        elif theirs.parts() != ours.parts():
            self.differing.append(f"{self.name} reads {theirs} in {pair.requested}; we, {ours}")
        else:
            self.same += 1

    def hold_origins(self, pair, registered, requested):
        """Of its own readings."""
        if registered is None or requested is None:
            return
        host = requested.host == registered.host or (
            pair.mode == "wildcard" and requested.host.endswith("." + registered.host))
        port = requested.port == registered.port or (
            requested.scheme == "http" and requested.host in LOOPBACK and requested.host == registered.host)
        if requested.scheme != registered.scheme or not host or not port:
            self.differing.append(f"{self.name} reads {requested} in {pair.requested}, which is taken for "
                                  f"{pair.registered}: {registered}")


class Pair:
    def __init__(self, line):
        words = line.split("\t")
        self.registered, self.requested, self.mode = words[:3]
        self.ours = Reading(*words[3:7])
        self.curl = None if words[7] == "-" else Reading(*words[7:11])


def accepted(program, words, text=None):
    """What the matcher takes, each pair once, and how many it was asked about."""
    said = subprocess.run([program, *map(str, words)], input=text, text=True, check=True,
                          stdout=subprocess.PIPE).stdout.splitlines()
    return [Pair(line) for line in dict.fromkeys(said[:-1])], int(said[-1])


def compare(pairs, parsers, chromium):
    node, curl, python = parsers[:3]
    requested = by_node([p.requested for p in pairs])
    registered = by_node([p.registered for p in pairs])
    for pair, asked, known in zip(pairs, requested, registered):
        node.hold(pair, pair.ours, asked)
        node.hold_origins(pair, known, asked)
        if pair.ours.scheme in PORTS:
            curl.hold(pair, pair.ours, pair.curl)
        read = by_urllib(pair.requested)
        python.hold(pair, pair.ours, read)
        python.hold_origins(pair, by_urllib(pair.registered), read)
    if not chromium:
        return
    sample = [p for p in pairs if p.ours.scheme in PORTS][:chromium]
    for pair, read in zip(sample, by_chromium([p.requested for p in sample]) if sample else []):
        parsers[3].hold(pair, pair.ours, read)


def table(asked, taken, parsers):
    rows = [f"| {asked:,} pairs made; {taken:,} different ones taken | Read as we do | Refused | Read otherwise |",
            "|---|--:|--:|--:|"]
    for p in parsers:
        if p.same:
            rows.append(f"| {p.name} | {p.same:,} | {p.refused:,} | {len(p.differing):,} |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(ROOT / "build/release/differential"))
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 62))
    parser.add_argument("--chromium", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    parsers = [Parser(name) for name in ("Node, WHATWG URL", "libcurl (http, https)", "Python, urllib.parse",
                                        "Chromium (http, https)")]
    if args.chromium and not shutil.which("chromium"):
        sys.exit("chromium is not installed")
    print(f"seed {args.seed}", flush=True)
    pairs, asked = accepted(args.program, [], (HERE / "pairs").read_text(encoding="utf-8"))
    compare(pairs, parsers, args.chromium)
    taken, left, seed = len(pairs), args.pairs, args.seed
    while left > 0:
        pairs, n = accepted(args.program, [seed, min(left, BATCH)])
        compare(pairs, parsers, args.chromium)
        asked, taken, left, seed = asked + n, taken + len(pairs), left - n, seed + 1
    print(table(asked, taken, parsers))
    differing = [line for p in parsers for line in p.differing]
    for line in differing[:50]:
        print(line)
    if args.write:
        import figures
        figures.put("docs/security.md", "differential", "./dev fuzz --differential --write",
                    table(asked, taken, parsers))
    return 1 if differing or not all(p.same for p in parsers[:3]) else 0


if __name__ == "__main__":
    sys.exit(main())
