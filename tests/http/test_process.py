"""The process: its settings, its start and stop, its health, and what a failing disk does.
DESIGN.md sections 3, 4 and 7; issue 2, point 8."""

import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import stat
import subprocess
import threading
import urllib.parse

import pytest
import requests

from llavero_http import BAD_CODE, BINARY, IS_SANITIZED, Page, Server, free_port, own_database
from raw_http import Wire, ask

# Builds for development fail where they are told to; releases refuse to start so.
HAS_FAILPOINTS = subprocess.run([BINARY, "version"], capture_output=True, env={
    **os.environ, "LLAVERO_FAIL": "store.commit:1"}, check=False).returncode == 0
becomes_somebody = pytest.mark.skipif(
    os.geteuid() != 0 or "GCOV_PREFIX" in os.environ,
    reason="only root can become somebody else, and only the same user's counters can be written")
needs_failpoints = pytest.mark.skipif(
    not HAS_FAILPOINTS, reason="failpoints are in builds for development only")


def run(*words, env=None, **options):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **(env or {})}, **options)


# health

def test_healthz_and_readyz(server):
    for path, body in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        reply = server.get(path)
        assert (reply.status_code, reply.text) == (200, body)
        assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert reply.headers["Cache-Control"] == "no-store"
        assert ask(server, "HEAD", path).status == 200
        assert ask(server, "POST", path, body=b"").status == 405


METRIC = re.compile(r'llavero_\w+(\{\w+="[^"\n]*"(,\w+="[^"\n]*")*\})? [0-9.e+-]+')


def test_metrics_are_prometheus_text(server):
    reply = server.get("/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    names, typed = [], set()
    for line in reply.text.splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        elif not line.startswith("#"):
            assert METRIC.fullmatch(line), line
            names.append(line.rsplit(" ", 1)[0])
    assert len(set(names)) == len(names)
    assert {re.sub(r"\{.*|_bucket$|_sum$|_count$", "", n) for n in names} >= {
        n for n in typed if "seconds" not in n}
    assert not server.found_in(reply.content)  # A086


def test_metrics_count(server, app):
    name = 'llavero_refusals_total{cause="CODE_MISSING",error="bad_verification_code"}'
    before = server.metric(name)
    server.exchange(app, None)
    assert server.metric(name) == before + 1


def test_who_may_read_metrics_A221(launch):
    # P51
    far = {"X-Forwarded-For": "203.0.113.9"}
    own = launch(trusted_proxies="127.0.0.1")
    assert own.get("/metrics").status_code == 200
    assert own.get("/metrics", headers=far).status_code == 404
    assert launch(metrics="off").get("/metrics").status_code == 404
    own = launch(metrics="everyone", trusted_proxies="127.0.0.1")
    assert own.get("/metrics", headers=far).status_code == 200


# stopping

@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_clean_stop(launch, how):
    # A230
    own = launch()
    own.signed_in()
    own.stop(how)
    assert not list(own.data.glob("*.new"))


def test_stop_while_requests_are_under_way(launch):
    own = launch(workers=2, argon2_passes=4, argon2_memory=65536)
    app, browser = own.make_app(), own.signed_in()
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.session.cookies)
    form = own.browser().page("/login").form("/session")
    answers, told, stopping = [], [], threading.Event()

    def keep_asking(number):
        try:
            with Wire(own) as wire:
                while not stopping.is_set():
                    if number % 4 == 0:  # slow work, on another thread
                        body = urllib.parse.urlencode(
                            {"authenticity_token": form.value("authenticity_token"),
                             "login": "octocat", "password": "wrong"}).encode()
                        reply = wire.request("POST", "/session", "Content-Type: application/"
                                             "x-www-form-urlencoded", body=body)
                    else:
                        reply = wire.request("GET", "/login/oauth/authorize?client_id=" +
                                             app.client_id, f"Cookie: {cookie}")
                    if reply is None:
                        return
                    answers.append(reply.status)
                    if reply.header("Connection") == "close":
                        told.append(reply.status)
                        assert wire.is_closed()
                        return
        except OSError:
            pass  # the connection went with the server

    own.token_for(app, browser)
    threads = [threading.Thread(target=keep_asking, args=(i,)) for i in range(16)]
    half = Wire(own)
    half.send("POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nlogin=")
    idle = Wire(own)
    for thread in threads:
        thread.start()
    while len(answers) < 50:
        stopping.wait(0.01)
    own.stop()
    stopping.set()
    for thread in threads:
        thread.join()
    half.socket.close()
    idle.socket.close()
    assert set(answers) <= {302, 403, 503}
    # who was answered while it stopped was told that no more requests are taken on the connection
    assert told


def test_restart_keeps_what_was_promised(launch):
    # P14
    own = launch()
    app, browser = own.make_app(), own.signed_in()
    token, code = own.token_for(app, browser), browser.code(app)
    form = Page(browser.ask(own.make_app()).text).form("/login/oauth/authorize")
    before = own.demo
    for hard in (False, True):
        own.kill() if hard else own.stop()
        own.start(f"127.0.0.1:{own.port}")
        assert own.demo == before
        assert own.is_alive(token)
        assert browser.get("/settings/profile").status_code == 200
    assert "access_token" in own.exchange(app, code)
    # a page that was left open still works
    assert browser.submit(form, ("authorize", "1")).status_code == 302
    own.signed_in()


def test_demo_at_another_port_moves_its_callback(launch):
    own = launch()
    before = own.demo
    own.stop()
    own.start()
    assert {k: v for k, v in own.demo.items() if "url" not in k} == \
        {k: v for k, v in before.items() if "url" not in k}
    assert own.demo["callback_url"] == own.base + "/demo/callback"
    reply = own.signed_in().get("/login/oauth/authorize", params={
        "client_id": own.demo["client_id"], "redirect_uri": own.demo["callback_url"]})
    assert reply.status_code == 200


def test_demo_json_is_for_its_owner_only(server):
    assert stat.S_IMODE((server.data / "demo.json").stat().st_mode) == 0o600
    assert list(json.loads((server.data / "demo.json").read_text()))[:7] == [
        "base_url", "login", "password", "email", "client_id", "client_secret", "callback_url"]


def test_without_demo_there_is_no_demo(launch):
    # A221
    own = launch(demo=False)
    assert own.get("/demo").status_code == 404
    assert not (own.data / "demo.json").exists()
    assert own.cli_json("user", "list") == []


def test_folders_and_files_that_it_makes_are_private(tmp_path):
    assert run("user", "list", "--data", str(tmp_path / "fresh")).returncode == 0
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o700


def status_of(own, name):
    text = pathlib.Path(f"/proc/{own.process.pid}/status").read_text(encoding="ascii")
    return re.search(rf"^{name}:\s*(.*)$", text, re.M)[1].split()


@pytest.mark.skipif(IS_SANITIZED, reason="sanitizers need the system calls")
@pytest.mark.parametrize("confine, mode", [("on", 2), ("off", 0)])
def test_every_thread_is_confined(tmp_path, confine, mode):
    # A224
    own = Server(tmp_path / "data", confine=confine)
    for task in pathlib.Path(f"/proc/{own.process.pid}/task").iterdir():
        text = (task / "status").read_text(encoding="ascii")
        assert f"\nSeccomp:\t{mode}\n" in text and f"\nNoNewPrivs:\t{mode // 2}\n" in text
    own.stop()


@becomes_somebody
@pytest.mark.skipif(own_database.ON_POSTGRES, reason="the server's socket is for root only")
def test_it_becomes_the_user_it_is_told_to(tmp_path):
    for folder in list(tmp_path.parents)[:3]:
        folder.chmod(folder.stat().st_mode | 0o011)
    tmp_path.chmod(0o711)
    data = tmp_path / "data"
    data.mkdir()
    shutil.chown(data, "nobody", "nogroup")
    own = Server(data, user="nobody", demo=False)
    assert own.get("/readyz").status_code == 200
    uid, gid = str(pwd.getpwnam("nobody").pw_uid), str(pwd.getpwnam("nobody").pw_gid)
    assert status_of(own, "Uid") == [uid] * 4 and status_of(own, "Gid") == [gid] * 4
    assert status_of(own, "Groups") in ([], [gid])
    own.stop()


def test_a_user_that_is_none(tmp_path):
    done = run("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"), "--user",
               "no-such-user")
    assert done.returncode == 1 and "there is no user 'no-such-user'" in done.stderr
    assert not (tmp_path / "data").exists()


# settings: file, environment, flags; later ones win

def signup_is_on(own):
    status = own.get("/join").status_code
    assert status in (200, 404)
    return status == 200


def test_precedence_of_settings(launch, tmp_path):
    on, off = tmp_path / "on.conf", tmp_path / "off.conf"
    on.write_text("; a remark\n# another\n\nsignup = on\nsupport_contact = ops@example.com\n")
    off.write_text("signup=off\n")

    def is_on(*flags, **env):
        own = launch(flags=flags, env=env)
        answer = signup_is_on(own)
        own.stop()
        return answer

    assert not is_on()
    assert is_on("--config", str(on))
    assert is_on(LLAVERO_CONFIG=str(on))
    assert is_on("--config", str(on), LLAVERO_CONFIG=str(off))
    assert not is_on("--config", str(on), LLAVERO_SIGNUP="off")
    assert is_on("--config", str(off), LLAVERO_SIGNUP="on")
    assert is_on("--config", str(off), "--signup", LLAVERO_SIGNUP="off")
    assert not is_on("--no-signup", LLAVERO_SIGNUP="on")
    assert not is_on("--signup", "--signup=off")
    for word in ("on", "true", "yes", "1"):
        assert is_on(f"--signup={word}")


def test_database_by_flag_and_environment(launch, tmp_path):
    for i, (flags, env) in enumerate([
            (lambda url: ["--database", url], lambda url: {}),
            (lambda url: [], lambda url: {"LLAVERO_DATABASE": url})]):
        file = tmp_path / f"{i}.db"
        own = launch(flags=flags(f"sqlite:{file}"), env=env(f"sqlite:{file}"))
        own.signed_in()
        own.stop()
        assert file.exists() and not (own.data / "llavero.db").exists()


@pytest.mark.parametrize("flags, words", [
    (["--workers=x"], "workers"), (["--workers=65"], "workers"), (["--workers=-1"], "workers"),
    (["--workers"], "workers"), (["--code-lifetime=0"], "code_lifetime"), (["--signup=maybe"], "signup"),
    (["--code-lifetime=601"], "code_lifetime"), (["--log-level=loud"], "log_level"),
    (["--workers=99999999999999999999"], "workers"), (["--workers=1x"], "workers"),
    (["--nonsense"], "nonsense"), (["--nonsense=1"], "nonsense"), (["word"], "word"), (["-x"], "-x"),
    (["--base-url=ftp://x"], "base_url"), (["--base-url=http://x/?y"], "base_url"),
    (["--base-url=https://x/#y"], "base_url"), (["--base-url=x.example"], "base_url"),
    (["--base-url=https://x\r.example"], "base_url"), (["--base-url=https://ü.example"], "base_url"),
    (["--base-url=https://x\x7f.example"], "base_url"), (["--mtls-url=https://x\t.example"], "mtls_url"),
    (["--listen=nonsense"], "nonsense"), (["--listen=127.0.0.1:99999"], "99999"),
    (["--listen=127.0.0.1:x"], "127.0.0.1:x"), (["--listen=127.0.0.1:"], "127.0.0.1:"),
    (["--listen="], "listen"),
    (["--listen=192.0.2.1:0"], "192.0.2.1"), (["--database=mysql:x"], "mysql"),
    (["--config=/nonexistent"], "/nonexistent"), (["--config", "/nonexistent"], "/nonexistent"),
    (["--data=/proc/nope/x"], "/proc/nope/x"), (["--database=sqlite:/proc/nope/x.db"], "/proc/nope"),
], ids=lambda x: x[0] if isinstance(x, list) else None)
def test_bad_settings_are_named(tmp_path, flags, words):
    # 8414-03
    done = run("serve", "--listen=127.0.0.1:0", f"--data={tmp_path}", *flags)
    assert done.returncode in (1, 2), done
    assert done.stdout == "" and words in done.stderr and done.stderr.startswith("llavero: ")
    assert len(done.stderr.splitlines()) <= 2


@pytest.mark.parametrize("text, words", [
    ("workers = x\n", "workers"), ("nonsense = 1\n", "nonsense"), ("workers\n", ":1"),
    ("\n\nworkers 2\n", ":3"), ("[section]\nworkers = 2\n", "workers"), ("signup = on off\n", "signup"),
    ("workers = 2\nworkers = x\n", "workers"),
])
def test_bad_files_are_named(tmp_path, text, words):
    file = tmp_path / "llavero.conf"
    file.write_text(text)
    done = run("serve", "--listen=127.0.0.1:0", f"--data={tmp_path}", "--config", str(file))
    assert done.returncode in (1, 2) and done.stdout == ""
    assert str(file) in done.stderr and words in done.stderr


def test_bad_environment_is_named(tmp_path):
    done = run("serve", f"--data={tmp_path}", env={"LLAVERO_WORKERS": "many"})
    assert done.returncode in (1, 2)
    assert "LLAVERO_WORKERS" in done.stderr and "many" in done.stderr


def test_port_in_use(server, tmp_path):
    done = run("serve", f"--listen={server.host}:{server.port}", f"--data={tmp_path}")
    assert done.returncode == 1 and done.stdout == ""
    assert "Address already in use" in done.stderr
    assert server.get("/healthz").status_code == 200


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers(launch, workers):
    own = launch(workers=workers)
    app, browser = own.make_app(), own.signed_in()
    token = own.token_for(app, browser)
    own.token_for(app, browser)
    seen = set()
    for _ in range(200):
        reply = own.api("/user", token)  # a connection each, so the kernel spreads them
        assert reply.status_code == 200
        seen.add(reply.headers["X-GitHub-Request-Id"].split(":")[0])
    assert len(seen) == workers


def test_listening_on_ipv6(launch, tmp_path):
    port = free_port()
    process = subprocess.Popen([BINARY, "serve", f"--listen=[::1]:{port}", f"--data={tmp_path}"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stdout.readline()
    process.terminate()
    error = process.communicate(timeout=60)[1]
    if b"Cannot assign" in error or b"not supported" in error:
        pytest.skip("this machine has no IPv6")
    assert line == f"ready http://[::1]:{port}\n".encode() and process.returncode == 0


# databases that are none

@pytest.mark.parametrize("content", [b"not a database" * 1000, b"\0" * 5000,
                                     b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database(tmp_path, content):
    (tmp_path / "llavero.db").write_bytes(content)
    done = run("serve", "--demo", "--listen=127.0.0.1:0", f"--data={tmp_path}")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.strip() and "Sanitizer" not in done.stderr
    assert (tmp_path / "llavero.db").read_bytes() == content


def test_a_folder_where_the_database_should_be(tmp_path):
    (tmp_path / "llavero.db").mkdir()
    done = run("serve", "--listen=127.0.0.1:0", f"--data={tmp_path}")
    assert done.returncode == 1 and "llavero.db" in done.stderr


# secrets

def test_secrets_are_in_no_file_and_in_no_process_A086_A088_A089(tmp_path):
    """Of every kind that a flow makes: none is in the database, in the log, or to be seen by `ps`."""
    # P29, P52
    own = Server(tmp_path / "data")
    app, browser = own.make_app(), own.signed_in()
    code = browser.code(app, state="s")
    token = own.exchange(app, code)["access_token"]
    device = own.post("/login/device/code", {"client_id": own.demo["client_id"]},
                      headers={"Accept": "application/json"}).json()
    own.plant(device.get("device_code"), browser.cookie("llavero_session"))
    own.post("/login/oauth/access_token", {**app.credentials, "code": code})
    own.get("/api/v3/user?access_token=" + token)
    assert len(own.planted) >= 5
    process = pathlib.Path("/proc") / str(own.process.pid)
    for what in ("cmdline", "environ"):
        assert not own.found_in((process / what).read_bytes())
    own.check_storage()
    own.check_log()
    assert {code, token, app.client_secret} <= own.planted
    own.stop()


# failures while running

def test_failpoints_are_in_no_release(tmp_path):
    assert HAS_FAILPOINTS or not IS_SANITIZED
    done = run("version", env={"LLAVERO_FAIL": "nonsense"})
    assert done.returncode == 2 and "LLAVERO_FAIL" in done.stderr and done.stdout == ""
    if not HAS_FAILPOINTS:
        assert run("serve", env={"LLAVERO_FAIL": "store.commit:1"}).returncode == 2


def patiently(send, tries=4):
    """Sends again while the server says that it cannot answer; the last reply, and how often."""
    for failed in range(tries):
        reply = send()
        if reply.status_code != 503:
            return reply, failed
        assert int(reply.headers["Retry-After"]) >= 1
        assert "Set-Cookie" not in reply.headers and "Location" not in reply.headers
        assert "access_token" not in reply.text
    raise AssertionError("503 for ever")


def sign_in_through_failures(own, app_ids):
    """The whole flow; how many 503 it met on the way."""
    browser, failures = own.browser(), 0
    page, n = patiently(lambda: browser.get("/login"))
    failures += n
    form = Page(page.text).form("/session")
    reply, n = patiently(lambda: browser.submit(form, login=own.demo["login"],
                                                password=own.demo["password"]))
    failures += n
    assert reply.status_code == 303
    own.plant(browser.cookie("llavero_session"))
    target = "/login/oauth/authorize?client_id=" + app_ids["client_id"]
    reply, n = patiently(lambda: browser.get(target))
    failures += n
    form = Page(reply.text).form("/login/oauth/authorize")
    reply, n = patiently(lambda: browser.submit(form, ("authorize", "1")))
    failures += n
    assert reply.status_code == 302
    code = own.plant(reply.headers["Location"].split("code=")[1][:40])
    exchange = {"client_id": app_ids["client_id"], "client_secret": app_ids["client_secret"],
                "code": code}
    # not burnt by a failure of ours: it is as if nothing had been sent
    reply, n = patiently(lambda: own.post("/login/oauth/access_token", exchange, headers={
        "Accept": "application/json"}))
    failures += n
    assert "access_token" in reply.text, (reply.text, failures, n)
    token = own.plant(reply.json()["access_token"])
    assert own.is_alive(token)
    reply, n = patiently(lambda: own.post("/login/oauth/access_token", exchange, headers={
        "Accept": "application/json"}))
    assert reply.json() == BAD_CODE
    assert not own.is_alive(token)
    return failures + n


@needs_failpoints
@pytest.mark.parametrize("name", ["store.commit", "store.begin"])
def test_a_failing_transaction_is_503_and_leaves_nothing_half_done(tmp_path, name):
    """The n-th fails, for every n that the flow meets."""
    # A196
    met, first, tried = 0, 1, 0
    # Between those of the flow are some of the upkeep and of the request log, at any place: what
    # one round does not hit, the next one may.
    while met < 4 and tried < 5 * 12 and first < 40:
        n = first + tried % 12
        try:
            own = Server(tmp_path / f"{first}-{tried}", env={"LLAVERO_FAIL": f"{name}:{n}"},
                         workers=1)
        except AssertionError as problem:
            # at the start it is told, and nothing serves
            assert "llavero: " in str(problem) and "Sanitizer" not in str(problem)
            first += 1
            continue
        tried += 1
        met += sign_in_through_failures(own, own.demo)
        own.stop()
    assert met >= 4


@needs_failpoints
@pytest.mark.skipif(own_database.ON_POSTGRES, reason="a request is no part of a turn there")
@pytest.mark.parametrize("name", ["store.release", "store.rollback_to:1,store.release"])
def test_a_request_that_cannot_be_taken_into_its_turn_leaves_nothing(tmp_path, name):
    """7009-08: 503 is the truth, whichever request of the flow it is."""
    met = 0
    for n in range(1, 9):
        own = Server(tmp_path / str(n), env={"LLAVERO_FAIL": f"{name}:{n}"}, workers=1)
        met += sign_in_through_failures(own, own.demo)
        own.stop()
    assert met >= 3


@needs_failpoints
@pytest.mark.parametrize("name", ["arena.alloc", "sqlite.step", "http.response", "http.exchange",
                                  "store.query", "password.hash", "memory.library"])
def test_other_failures_end_nothing_but_their_request_A225(tmp_path, name):
    # A196, P47
    served = 0
    for n in (1, 2, 3, 5, 8, 13, 21, 34, 55, 60, 65, 70, 75, 80, 89, 100, 144, 180,
              220, 260, 300):
        try:
            own = Server(tmp_path / str(n), env={"LLAVERO_FAIL": f"{name}:{n}"}, workers=1)
        except AssertionError as problem:  # told, or out of memory before there is a log
            assert "Sanitizer" not in str(problem)
            continue
        for app in (own.demo, None):
            try:
                sign_in_through_failures(own, app or vars(own.make_app()))
                break
            except (AssertionError, requests.ConnectionError):
                # one request got an error, or none; the next try must do
                assert app is not None, f"{name}:{n} was not got over"
        served += 1
        own.stop()
    assert served > 3


@needs_failpoints
def test_a_password_that_cannot_be_compared_is_no_wrong_one_A198(tmp_path):
    """503, and nothing is counted against who has signed in rightly."""
    own = Server(tmp_path / "data", env={"LLAVERO_FAIL": "password.match:1"}, workers=1, signin_failures=1)
    browser = own.browser()
    form = browser.page("/login").form("/session")
    given = {"login": own.demo["login"], "password": own.demo["password"]}
    assert browser.submit(form, **given).status_code == 503
    assert browser.submit(form, **given).status_code == 303
    own.stop()


@needs_failpoints
def test_a_reply_has_all_its_headers_or_is_none(tmp_path):
    """One that there is no memory for is not left out: without it the reply would say something else."""
    usual = None
    for n in (99, 1, 2, 5, 7):
        own = Server(tmp_path / str(n), env={"LLAVERO_FAIL": f"http.header:{n}"}, workers=1)
        if usual is None:
            usual = set(own.get("/login").headers)
            assert {"Content-Type", "Content-Security-Policy", "Cache-Control"} <= usual
        else:
            with pytest.raises(requests.ConnectionError):
                own.get("/login")
            assert set(own.get("/login").headers) == usual
        own.stop()


def restart_without_writing(own):
    """From the first commit after the start on, whichever that is, none succeeds."""
    own.stop()
    for n in range(1, 12):
        try:
            own.env = {"LLAVERO_FAIL": f"store.commit:{n}+"}
            own.start(f"127.0.0.1:{own.port}")
            break
        except AssertionError:
            continue


@needs_failpoints
def test_7009_08_a_revocation_that_cannot_be_written_is_no_success(tmp_path):
    # P27
    own = Server(tmp_path / "data", workers=1)
    app = own.make_app()
    token = own.token_for(app, own.signed_in())
    restart_without_writing(own)
    for _ in range(3):
        reply = own.post("/oauth2/revoke", {**app.credentials, "token": token})
        if reply.status_code == 503:
            break
    assert reply.status_code == 503 and int(reply.headers["Retry-After"]) >= 1
    assert own.is_alive(token)
    own.stop()
    own.env = {}
    own.start(f"127.0.0.1:{own.port}")
    assert own.is_alive(token)
    assert own.post("/oauth2/revoke", {**app.credentials, "token": token}).status_code == 200
    assert not own.is_alive(token)
    own.stop()


@needs_failpoints
def test_when_nothing_can_be_written_it_says_so_and_goes_on_reading(tmp_path):
    # A196
    own = Server(tmp_path / "data", workers=2)
    app, browser = own.make_app(), own.signed_in()
    token, code = own.token_for(app, browser), browser.code(app)
    restart_without_writing(own)
    for _ in range(3):
        reply = own.post("/login/oauth/access_token", {**app.credentials, "code": code})
        if reply.status_code == 503:
            break
    assert reply.status_code == 503 and "access_token" not in reply.text
    assert own.is_alive(token)
    assert own.get("/healthz").status_code == 200
    assert browser.get("/settings/profile").status_code == 200
    own.stop()
    own.env = {}
    own.start(f"127.0.0.1:{own.port}")
    assert "access_token" in own.exchange(app, code)
    own.stop()


@pytest.mark.skipif(IS_SANITIZED, reason="sanitizers want to look into the process")
@becomes_somebody
@pytest.mark.skipif(own_database.ON_POSTGRES, reason="the server's socket is for root only")
@pytest.mark.parametrize("confine, owner", [("on", "root"), ("off", "nobody")])
def test_its_memory_is_nobodys_to_read_A224_P52(tmp_path, confine, owner):
    """A process that may not be dumped belongs to root in /proc: no core file, no debugger of its user."""
    for folder in [tmp_path, *list(tmp_path.parents)[:3]]:
        folder.chmod(folder.stat().st_mode | 0o011)
    data = tmp_path / "data"
    data.mkdir()
    shutil.chown(data, "nobody", "nogroup")
    own = StartedAsNobody(data, demo=False, confine=confine)
    assert pathlib.Path(f"/proc/{own.process.pid}/mem").owner() == owner
    own.stop()


class StartedAsNobody(Server):
    """Not by root: becoming somebody else is enough for the kernel not to dump a process."""

    def command(self, *where):
        program = self.data.parent / "llavero"
        shutil.copy(BINARY, program)
        return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", str(program),
                *super().command(*where)[1:]]


NO_RANDOMNESS = """
#include <errno.h>
#include <stddef.h>
#include <sys/types.h>
ssize_t getrandom(void *to, size_t n, unsigned flags)
{
	(void)to;
	(void)n;
	(void)flags;
	errno = ENOSYS;
	return -1;
}
"""


@pytest.mark.skipif(IS_SANITIZED, reason="sanitizers want to be loaded first")
def test_without_randomness_nothing_is_made_A233(tmp_path):
    """It ends at once, and makes no secret of anything else."""
    source, library = tmp_path / "no.c", tmp_path / "no.so"
    source.write_text(NO_RANDOMNESS, encoding="utf-8")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True, timeout=60)
    where = own_database.environment(tmp_path / "data", BINARY) if own_database.ON_POSTGRES else {}
    words = ("user", "create", "--login", "somebody", "--email", "somebody@example.com",
             "--password-stdin", "--data", str(tmp_path / "data"))
    done = run(*words, env={**where, "LD_PRELOAD": str(library)}, input="a long password\n")
    assert done.returncode == -signal.SIGABRT and not done.stdout
    # the same with a kernel that has some
    done = run(*words, env=where, input="a long password\n")
    assert done.returncode == 0, done.stderr


@needs_failpoints
@pytest.mark.skipif(own_database.ON_POSTGRES, reason="a request is no part of a turn there")
def test_a_read_among_writes_that_fail_is_answered_A196(tmp_path):
    """It shares its turn with them: when that is taken back, it looks again."""
    own = Server(tmp_path / "data", workers=1)
    app, browser = own.make_app(), own.signed_in()
    token, code = own.token_for(app, browser), browser.code(app)
    restart_without_writing(own)
    going, told = threading.Event(), []
    body = urllib.parse.urlencode({**app.credentials, "code": code}).encode()

    def write():
        with Wire(own) as wire:
            while not going.is_set():
                told.append(wire.request("POST", "/login/oauth/access_token", "Content-Type: application/"
                                         "x-www-form-urlencoded", body=body).status)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    with Wire(own) as wire:
        read = [wire.request("GET", path, f"Authorization: token {token}").status
                for _ in range(200) for path in ("/api/v3/user", "/healthz")]
    going.set()
    for thread in threads:
        thread.join()
    assert set(read) == {200} and told.count(503) > 20
    own.stop()
