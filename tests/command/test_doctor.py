"""llavero doctor: each thing that it looks for, set up wrongly and set up well. Issue 7, point 7."""
import contextlib
import http.server
import json
import os
import pathlib
import re
import resource
import subprocess
import threading

import pytest

import own_database
from conftest import BIN

GOOD = ["--base-url", "https://id.example.com", "--trusted-proxies", "127.0.0.1,::1",
        "--max-connections", "100", "--listen", "127.0.0.1:0"]


class Doctor:
    def __init__(self, box):
        self.box = box
        # what the tests themselves need is no mistake of an operator
        for name in ("LLAVERO_ARGON2_PASSES", "LLAVERO_ARGON2_MEMORY"):
            box.env.pop(name, None)

    def look(self, *flags, **more):
        """(check, verdict, sentence) of what is neither good nor left out; and the exit status."""
        done = subprocess.run([BIN, "doctor", "--json", "--data", self.box.data, *flags],
                              env=self.box.env, cwd=self.box.folder, capture_output=True, text=True,
                              timeout=60, check=False, **more)
        assert done.stderr == "" and done.stdout.count("\n") == 1, done
        report = json.loads(done.stdout)
        verdicts = [f["verdict"] for f in report["findings"]]
        assert report["problems"] == verdicts.count("problem")
        assert report["warnings"] == verdicts.count("warning")
        assert done.returncode == (1 if report["problems"] else 0)
        return [(f["check"], f["verdict"], f["finding"]) for f in report["findings"]]

    def says(self, check, verdict, words, *flags, **more):
        found = self.look(*flags, **more)
        assert any(c == check and v == verdict and re.search(words, text)
                   for c, v, text in found), found

    def is_content(self, check, *flags, **more):
        found = self.look(*flags, **more)
        # the tests' own PostgreSQL does not sync, which is looked at further below
        assert {v for c, v, text in found if c == check
                and "lose what it has committed" not in text} <= {"good"}, found


@pytest.fixture
def doctor(box):
    return Doctor(box)


def test_settings_that_are_well(doctor):
    found = doctor.look(*GOOD)
    for check in ("base_url", "proxies", "client certificates", "openness", "passwords",
                  "environment", "files", "certificate", "descriptors"):
        assert (check, "good", "nothing to say") in found, found


@pytest.mark.parametrize("check, verdict, words, flags", [
    ("base_url", "problem", "it is not set", ["--listen", "0.0.0.0:0"]),
    ("base_url", "problem", "can be read on their way", ["--base-url", "http://id.llavero.dev"]),
    ("base_url", "problem", "demo is on", ["--base-url", "https://id.llavero.dev", "--demo"]),
    ("base_url", "problem", "rehearsal is on", ["--base-url", "https://id.llavero.dev",
                                               "--rehearsal"]),
    ("proxies", "warning", "everybody shares", ["--base-url", "https://id.example.com"]),
    ("proxies", "problem", "'10.0.0.0/8' in", ["--trusted-proxies", "10.0.0.0/8"]),
    ("proxies", "problem", "'proxy.internal' in", ["--trusted-proxies", "::1, proxy.internal"]),
    ("client certificates", "problem", "no proxy is trusted", ["--client-cert-header"]),
    ("client certificates", "warning", "mtls_url is not set",
     ["--client-cert-header", "--trusted-proxies", "::1"]),
    ("client certificates", "note", "none of an authority", ["--client-cert-header"]),
    ("openness", "problem", "speaks plain HTTP", ["--listen", "0.0.0.0:0", "--allow-plain-http"]),
    ("openness", "warning", "/metrics", ["--listen", "0.0.0.0:0", "--metrics", "everyone"]),
    ("openness", "warning", "counts as theirs", ["--signup", "--signup-email-verified"]),
    ("openness", "warning", "any program", ["--registration", "open"]),
    ("passwords", "warning", "8192 KiB", ["--argon2-memory", "8192"]),
    ("passwords", "warning", "101 wrong", ["--signin-failures", "101"]),
    ("descriptors", "warning", "files open", ["--max-connections", "1000000"]),
    ("certificate", "problem", "/none", ["--tls-certificate", "/none", "--tls-key", "/none"]),
    ("files", "problem", "tls_key, /none", ["--tls-certificate", "/none", "--tls-key", "/none"]),
])
def test_settings_that_are_not(doctor, check, verdict, words, flags):
    doctor.says(check, verdict, words, *flags)


@pytest.mark.parametrize("check, flags", [
    ("base_url", ["--base-url", "http://localhost:9292"]),
    ("base_url", ["--demo"]),
    ("proxies", ["--base-url", "http://127.0.0.1:9292"]),
    ("openness", ["--listen", "127.0.0.1:0", "--metrics", "everyone"]),
    ("openness", ["--signup"]),
    ("passwords", ["--signin-failures", "100"]),
    ("passwords", ["--argon2-memory", "8192", "--argon2-passes", "5"]),
])
def test_what_only_looks_wrong(doctor, check, flags):
    doctor.is_content(check, *flags)


def test_who_runs_it(doctor):
    doctor.says("user", "warning", "confine is off", "--no-confine")
    if os.geteuid() == 0:
        doctor.says("user", "warning", "this is root")
        doctor.is_content("user", "--user", "nobody")
    else:
        doctor.is_content("user")


def test_names_in_the_environment_that_are_none(doctor):
    doctor.box.env["LLAVERO_BASEURL"] = "https://id.example.com"
    doctor.says("environment", "problem", "^LLAVERO_BASEURL is")
    doctor.box.env["LLAVERO_BASE_URL"] = doctor.box.env.pop("LLAVERO_BASEURL")
    doctor.is_content("environment")
    doctor.box.env["LLAVERO_log_days"] = "3"
    doctor.says("environment", "problem", "^LLAVERO_log_days is")


@pytest.mark.sqlite
def test_files_that_others_may_read(doctor):
    doctor.box.user()
    doctor.is_content("files")
    for path, words in ((doctor.box.database, "the database"), (doctor.box.data, "the data folder")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o040)
        doctor.says("files", "problem", words)
        path.chmod(mode)
    left = doctor.box.data / "rehearsal.json"
    left.write_text("{}")
    left.chmod(0o604)
    doctor.says("files", "problem", "what the server has left")


def test_signing_keys_beside_what_opens_them(doctor):
    doctor.box.user()
    doctor.is_content("database")
    doctor.box.json("key", "rotate", "ES256")
    doctor.says("database", "warning", "lies beside them")
    doctor.is_content("database", "--demo")
    names = []
    for name in ("first", "second"):
        done = doctor.box.bare("vault", "create-key", doctor.box.folder / name, "--json")
        names.append(json.loads(done.stdout)["master_key"])
    first, second = ["--vault-key-file", "first"], ["--vault-key-file", "second"]
    doctor.says("database", "warning", "lies beside them", *first)
    doctor.box.run("vault", "seal", *first)
    doctor.is_content("database", *first)
    doctor.says("database", "problem", f"master key {names[0]}, which is not at hand")
    doctor.says("database", "problem", "not at hand", *second)
    doctor.says("database", "note", f"old master key, {names[0]}", *second, "--vault-key-file-old", "first")
    (doctor.box.folder / "first").chmod(0o640)
    if os.geteuid() == 0:
        os.chown(doctor.box.folder / "first", 12345, -1)
    doctor.says("database", "problem", "others than its owner", *first)


@pytest.fixture
def certificate(tmp_path):
    def make(days):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", str(days), "-subj",
                        "/CN=localhost", "-keyout", tmp_path / "key.pem", "-out",
                        tmp_path / "cert.pem"], check=True, capture_output=True)
        (tmp_path / "key.pem").chmod(0o600)
        return ["--tls-certificate", str(tmp_path / "cert.pem"), "--tls-key",
                str(tmp_path / "key.pem")]
    return make


def test_a_certificate_and_its_key(doctor, certificate):
    doctor.is_content("certificate", *certificate(30))
    flags = certificate(13)
    doctor.says("certificate", "warning", "expires in 1[23] days", *flags)
    pathlib.Path(flags[3]).chmod(0o644)
    doctor.says("certificate", "problem", "others than its owner can read tls_key", *flags)


def test_few_descriptors(doctor):
    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (1000, 1000))
    doctor.says("descriptors", "warning", "may have 1000 files", "--workers", "1",
                "--max-connections", "729", preexec_fn=few)
    doctor.is_content("descriptors", "--workers", "1", "--max-connections", "728", preexec_fn=few)


@pytest.mark.sqlite
def test_a_database_of_a_newer_llavero(doctor):
    doctor.says("database", "note", "not there yet")
    assert not doctor.box.data.exists()
    doctor.box.user()
    doctor.is_content("database")
    doctor.box.database.write_bytes(b"no database at all" * 100)
    doctor.says("database", "problem", "cannot be opened")


def test_a_database_without_people_and_with_plain_callbacks(doctor):
    doctor.box.run("migrate")
    doctor.says("database", "note", "nobody has an account")
    doctor.box.user()
    doctor.box.app("Fine", callback="http://localhost:3000/cb")
    doctor.box.app("Fine too", callback="https://one.example.com/cb")
    doctor.is_content("database")
    app = doctor.box.app("Open", callback="http://one.example.com/cb")
    doctor.says("database", "warning", f"1 apps, such as {app['client_id']},")


def test_a_name_that_begins_like_this_machine(doctor):
    doctor.box.user()
    doctor.box.app("Open", callback="http://localhost.example.com/cb")
    doctor.says("database", "warning", "1 apps")


def test_more_apps_than_are_read_at_a_time(doctor):
    doctor.box.user()
    for n in range(2):
        doctor.box.app(f"Fine {n}")
    row = doctor.box.sql("SELECT MAX(id) FROM app")[0][0]
    columns = own_columns(doctor.box)
    for n in range(120):
        doctor.box.sql(f"INSERT INTO app (id, {', '.join(columns)}) SELECT id + ?, "
                       + ", ".join(unique(c, n) for c in columns) + " FROM app WHERE id = ?",
                       n + 1, row)
    doctor.box.sql("INSERT INTO app_callback (app_id, position, uri, wildcard)"
                   " VALUES (?, 0, ?, 0)",
                   row + 120, "http://last.example.com/cb")
    doctor.says("database", "warning", "1 apps")


def own_columns(box):
    with own_database.opened(box.data) as db:
        return [c for c in own_database.columns(db, "app") if c != "id"]


def unique(column, n):
    return f"{column} || '{n}'" if column in ("client_id", "name", "name_key") else column


def test_a_url_with_a_password(doctor):
    doctor.says("database", "note", "the password stands in the database's URL", "--database",
                "postgres://llavero:hidden@127.0.0.1:1/x")
    doctor.says("database", "problem", "cannot be reached", "--database",
                "postgres://llavero:hidden@127.0.0.1:1/x")
    assert "hidden" not in json.dumps(doctor.look("--database",
                                                  "postgres://llavero:hidden@127.0.0.1:1/x"))


# what answers

def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def serving(box, *flags):
    port = free_port()
    process = subprocess.Popen([BIN, "serve", "--listen", f"127.0.0.1:{port}", "--data", box.data,
                                *flags], env=box.env, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    try:
        assert process.stdout.readline().startswith(b"ready ")
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=60)


class Another(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<h1>another site</h1>")

    def log_message(self, *_):
        pass


def test_the_way_here(doctor):
    with serving(doctor.box) as port:
        listen = ["--listen", f"127.0.0.1:{port}"]
        doctor.is_content("server", *listen)
        doctor.is_content("the way here", *listen)
        doctor.says("the way here", "problem", f"calls itself http://127.0.0.1:{port}", *listen,
                    "--base-url", f"http://localhost:{port}")
        doctor.says("the way here", "problem", "does not lead here", *listen, "--base-url",
                    f"http://127.0.0.1:{free_port()}")
        site = http.server.HTTPServer(("127.0.0.1", 0), Another)
        threading.Thread(target=site.serve_forever, daemon=True).start()
        try:
            doctor.says("the way here", "problem", "something else than llavero", *listen,
                        "--base-url", f"http://127.0.0.1:{site.server_port}")
        finally:
            site.shutdown()
            site.server_close()
    doctor.says("server", "note", "is it running", *listen)
    doctor.says("the way here", "note", "not looked at", *listen)


def test_a_server_with_a_certificate(doctor, certificate):
    flags = certificate(30)
    with serving(doctor.box, *flags, "--base-url", "https://localhost:9") as port:
        listen = ["--listen", f"127.0.0.1:{port}", *flags]
        doctor.is_content("server", *listen)  # though its certificate is for another name
        doctor.says("the way here", "problem", "does not lead here", *listen)


def test_in_words_and_strictly(doctor):
    done = doctor.box.run("doctor", "--signup", "--signup-email-verified", "--max-connections", "100")
    assert "warning  openness: people sign themselves up" in done.stdout
    assert "\n         Set signup_email_verified = off.\n" in done.stdout
    assert re.search(r"\n\nProblems: 0\. Warnings: \d\.\n$", done.stdout)
    doctor.box.run("doctor", "--signup", "--signup-email-verified", "--strict", status=1)


def test_what_a_setting_holds_cannot_steer_the_terminal(doctor):
    done = doctor.box.run("doctor", "--trusted-proxies", "\x1b[31mred", status=1)
    assert "\x1b" not in done.stdout and "?[31mred" in done.stdout


def test_it_makes_nothing(doctor):
    doctor.look(*GOOD)
    assert not doctor.box.data.exists() or os.listdir(doctor.box.data) == []


@pytest.mark.skipif(not own_database.ON_POSTGRES, reason="of PostgreSQL")
def test_a_server_that_may_lose_commits(doctor):
    """The tests' own does not sync (tests/postgres.py)."""
    doctor.box.user()
    doctor.says("database", "warning", "may lose what it has committed: fsync is 'off'")
    doctor.says("database", "problem", "fsync is 'off'", "--database-durability", "require")
