"""The request log under pressure: a flood, a failing disk, many workers, restarts and time; what
must never be in it; and its API."""

import hashlib
import json
import secrets
import threading
import time

import pytest
import requests

import test_device as devices
from llavero_http import Server, basic, pkce
from raw_http import Wire
from test_process import needs_failpoints

TOKEN = "/login/oauth/access_token"
JSON = {"Accept": "application/json"}
BURST = 200  # LIMIT_LOG_BURST
WRONG = hashlib.sha1(b"no secret of anybody").hexdigest()


@pytest.fixture(scope="module")
def own(launch):
    """One worker, so that bounds are those of one; addresses as the tests like; a wide pace."""
    return launch(workers=1, trusted_proxies="127.0.0.1", log_per_minute=60000)


def rows(server, sql, *values):
    with server.database() as db:
        found = db.execute(sql, values).fetchall()
    return found


def kept(server, app, where="1 = 1"):
    return rows(server, f"SELECT COUNT(*) FROM request_log WHERE app_id = ? AND {where}",
                app.id)[0][0]


def counted(server, app_id, cause=None):
    return rows(server, "SELECT COALESCE(SUM(n), 0) FROM refusal_count WHERE app_id = ?"
                " AND cause LIKE ?", app_id, cause or "%")[0][0]


def until(holds, seconds=60):
    """Waits for what happens in the background; how long that takes is nobody's promise."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about within a minute"
        time.sleep(0.05)


def refuse(server, app, session=requests, address=None, **changes):
    """A token request with a wrong secret; the reply, whatever it is."""
    form = {"client_id": app.client_id, "client_secret": WRONG, "code": "0" * 40, **changes}
    return session.post(server.url(TOKEN), {k: v for k, v in form.items() if v is not None},
                        timeout=60, headers={**JSON, **(
                            {"X-Forwarded-For": address} if address else {})})


def request_id(reply):
    return reply.headers["X-GitHub-Request-Id"]


def read(server, app, path="", status=200, headers=None, **query):
    """The app's own log, with its credentials."""
    reply = requests.get(server.url(f"/api/v3/applications/{app.client_id}/refusals{path}"),
                         params=query, timeout=60,
                         headers={**basic(app.client_id, app.client_secret), **(headers or {})})
    assert reply.status_code == status, (reply.status_code, reply.text)
    return reply.json() if status == 200 else reply


def explained(server, app, reply):
    return read(server, app, "/" + request_id(reply))


def admin_headers(server):
    admin = server.make_user()
    server.cli("user", "admin", admin.login, "on")
    reply = requests.post(server.url("/api/v3/authorizations"), timeout=60,
                          json={"note": "read the log", "scopes": ["site_admin"]},
                          headers=basic(admin.login, admin.password))
    return {"Authorization": "token " + server.plant(reply.json()["token"])}


# a flood

def test_a_flood_costs_bounded_space_and_hides_nothing(launch):
    # A191
    pace = 60
    own = launch(workers=1, trusted_proxies="127.0.0.1", log_per_minute=pace,
                 client_failures_per_hour=0)  # else the flood would soon be told to wait
    app, other, person = own.make_app(), own.make_app(), own.make_user()
    browser = own.signed_in(person)
    sent, threads, begun = [], [], time.monotonic()
    going = threading.Event()

    def flood():
        with requests.Session() as session:
            for _ in range(750):
                assert refuse(own, app, session, "203.0.113.9").json()["error"] == \
                    "incorrect_client_credentials"
                sent.append(1)
                if len(sent) > 500:
                    going.set()

    for _ in range(4):
        threads.append(threading.Thread(target=flood))
        threads[-1].start()
    assert going.wait(60)
    # in the middle of it: others are heard, and so is the app itself
    theirs = refuse(own, other, address="198.51.100.7")
    assert explained(own, other, theirs)["cause"] == "CLIENT_SECRET_WRONG"
    elsewhere = refuse(own, app, address="198.51.100.8")
    assert explained(own, app, elsewhere)["address"] == "198.51.100.8"
    mine = refuse(own, app, address="203.0.113.9", client_secret=app.client_secret)
    assert explained(own, app, mine)["cause"] == "CODE_UNKNOWN"
    # and everything works
    for _ in range(3):
        assert own.is_alive(own.token_for(app, browser))
    for thread in threads:
        thread.join()
    assert len(sent) == 3000
    minutes = (time.monotonic() - begun) / 60
    assert BURST / 2 <= kept(own, app, "proven = 0") <= BURST + pace * minutes + 1
    assert explained(own, app, mine)["cause"] == "CODE_UNKNOWN"
    assert [step["cause"] for step in read(own, app, cause="CODE_UNKNOWN")] == ["CODE_UNKNOWN"]
    # each is counted, kept or not
    until(lambda: counted(own, app.id, "CLIENT_SECRET_WRONG") >= 3001)
    assert counted(own, app.id, "CLIENT_SECRET_WRONG") == 3001
    assert counted(own, other.id) == 1
    own.stop()


def test_an_app_that_is_named_only_in_passing_has_the_same_bound(launch):
    """Whose request it was is found out late: repeated parameters, GET, JSON called a form."""
    own = launch(workers=1, trusted_proxies="127.0.0.1", log_per_minute=1)
    app = own.make_app()
    with requests.Session() as session:
        for i in range(600):
            reply = session.get(own.url(TOKEN), params={"client_id": app.client_id}, timeout=60,
                                headers={"X-Forwarded-For": f"192.0.2.{i % 200}"})
            assert reply.status_code == 404
    assert 1 <= kept(own, app) <= BURST + 10
    # nor is it a way to fill the log of nobody
    assert rows(own, "SELECT COUNT(*) FROM request_log WHERE app_id = 0")[0][0] <= BURST + 10
    own.stop()


def test_none_a_minute_keeps_counts_only(launch):
    own = launch(log_per_minute=0)
    app = own.make_app()
    for _ in range(20):
        reply = refuse(own, app)
        assert reply.json()["error"] == "incorrect_client_credentials"
    own.token_for(app, own.signed_in())
    read(own, app, "/" + request_id(reply), status=404)
    assert read(own, app) == []
    until(lambda: counted(own, app.id) >= 20)
    assert counted(own, app.id, "CLIENT_SECRET_WRONG") == 20
    assert rows(own, "SELECT COUNT(*) FROM request_log") == [(0,)]
    own.stop()


@pytest.mark.parametrize("pace", [0, 600])
def test_a_stop_loses_no_count(launch, pace):
    own = launch(workers=2, log_per_minute=pace)
    app = own.make_app()
    for _ in range(30):
        refuse(own, app)
        assert own.api("/user", "gho_nonsense").status_code == 401  # writes nothing else
    own.stop()
    assert counted(own, app.id) == 30 and counted(own, 0) == 30


def test_a_restart_keeps_the_log(launch):
    own = launch()
    app = own.make_app()
    reply = refuse(own, app)
    before = explained(own, app, reply)
    for hard in (False, True):
        own.kill() if hard else own.stop()
        own.start(f"127.0.0.1:{own.port}")
        assert explained(own, app, reply) == before
    own.stop()


def test_any_worker_can_tell_at_once(launch):
    own = launch(workers=4)
    app, answered, told = own.make_app(), set(), set()
    for _ in range(100):
        reply = refuse(own, app)  # a connection each, so the kernel spreads them
        again = requests.get(own.url(f"/api/v3/applications/{app.client_id}/refusals/"
                                     + request_id(reply)), timeout=60,
                             headers=basic(app.client_id, app.client_secret))
        assert again.status_code == 200, again.text
        assert again.json()["request_id"] == request_id(reply)
        answered.add(request_id(reply).split(":")[0])
        told.add(request_id(again).split(":")[0])
    assert len(answered) > 1 and len(told) > 1
    own.stop()


def test_what_is_too_old_goes(launch):
    own = launch(log_days=7)
    app = own.make_app()
    old = refuse(own, app)
    until(lambda: counted(own, app.id) == 1)
    own.advance("6d")
    young = refuse(own, app)
    own.advance("2d")
    until(lambda: kept(own, app) == 1)
    read(own, app, "/" + request_id(old), status=404)
    assert explained(own, app, young)["cause"] == "CLIENT_SECRET_WRONG"
    until(lambda: counted(own, app.id) == 1)
    own.advance("8d")
    until(lambda: rows(own, "SELECT COUNT(*) FROM request_log")[0][0] == 0)
    until(lambda: rows(own, "SELECT COUNT(*) FROM refusal_count")[0][0] == 0)
    assert read(own, app) == []
    own.stop()


def test_a_log_that_fills_faster_than_it_is_cleared_out(launch):
    """More than one clearing out takes: it goes on until the log has its size."""
    # A191
    own = launch(workers=2)
    app = own.make_app()
    now = int(time.time() * 1e6)
    with own.database() as db:
        db.executemany("INSERT INTO request_log VALUES (?, 'r', ?, ?, 0, 'token', 'X', NULL, '',"
                       " '', '{}')", [(10**9 + i, now + i, app.id) for i in range(4000)])
    own.advance("1m")  # brings the housekeeping on
    until(lambda: kept(own, app) == 1000)
    own.stop()


# a log that cannot be written

@needs_failpoints
def test_no_memory_for_an_entry(launch):
    own = launch(workers=1, env={"LLAVERO_FAIL": "explain.entry:1+"})
    app = own.make_app()
    for _ in range(5):
        assert refuse(own, app).json()["error"] == "incorrect_client_credentials"
    assert own.api("/user", "gho_nonsense").status_code == 401
    own.token_for(app, own.signed_in())
    until(lambda: counted(own, app.id) == 5)
    assert kept(own, app) == 0
    own.stop()


def failing_commits(tmp_path, prepare):
    """A server that commits nothing from its start on, after prepare(server) was done without."""
    own = Server(tmp_path / "data", workers=1, trusted_proxies="127.0.0.1")
    made = prepare(own)
    own.stop()
    for n in range(1, 12):  # from the first one after the start on, whichever that is
        try:
            own.env = {"LLAVERO_FAIL": f"store.commit:{n}+"}
            own.start(f"127.0.0.1:{own.port}")
            return own, made
        except AssertionError:
            continue
    raise AssertionError("it does not start")


@needs_failpoints
def test_a_refusal_is_one_though_the_log_cannot_be_written(tmp_path):
    own, app = failing_commits(tmp_path, lambda own: own.make_app())
    for _ in range(5):  # the first ones may still be written
        replies = [own.api("/user", "gho_nonsense"), refuse(own, app),
                   own.get("/login/oauth/authorize", params={"client_id": "nobody"}),
                   own.get(TOKEN, params={"client_id": app.client_id}),
                   own.get(f"/api/v3/applications/{app.client_id}/refusals")]
        assert [r.status_code for r in replies] == [401, 200, 404, 404, 404]
        assert replies[1].json()["error"] == "incorrect_client_credentials"
    own.stop()


@needs_failpoints
def test_refusals_of_one_turn_though_the_log_cannot_be_written(tmp_path):
    own, app = failing_commits(tmp_path, lambda own: own.make_app())
    wires = [Wire(own) for _ in range(24)]
    for _ in range(10):
        for wire in wires:
            wire.send(f"GET /api/v3/user HTTP/1.1\r\nHost: {wire.host}\r\n"
                      "Authorization: token gho_nonsense\r\n\r\n")
        assert {wire.read().status for wire in wires} == {401}
    for wire in wires:
        wire.socket.close()
    own.stop()


@needs_failpoints
def test_what_changes_something_is_still_503_when_it_cannot_be_kept(tmp_path):
    """A replay revokes: that is not to be promised when it was not done."""
    def prepare(own):
        app, browser = own.make_app(), own.signed_in()
        code = browser.code(app)
        return app, code, own.exchange(app, code)["access_token"], browser.code(app)

    own, (app, code, token, fresh) = failing_commits(tmp_path, prepare)
    for _ in range(4):
        for sent in (code, fresh):
            reply = own.post(TOKEN, {**app.credentials, "code": sent}, headers=JSON)
            if reply.status_code == 503:
                break
    assert own.post(TOKEN, {**app.credentials, "code": fresh}).status_code == 503
    assert own.post(TOKEN, {**app.credentials, "code": code}).status_code == 503
    own.stop()


@needs_failpoints
@pytest.mark.parametrize("name", ["sqlite.step", "store.query"])
def test_a_store_that_fails_anywhere_spoils_one_reply_at_most(launch, name):
    """The n-th look fails, while refusals are being explained: whatever it is, the next ones are
    as ever, and the log can be read."""
    own = launch(workers=1)
    app, device_app, browser = own.make_app(), own.make_app(), own.signed_in()
    code, spare = browser.code(app), browser.code(app)
    own.exchange(app, code)
    token = own.token_for(app, browser)
    own.cli("app", "revoke-tokens", app.client_id)
    own.stop()

    def provoke():
        return [
            refuse(own, app).status_code,
            refuse(own, app, client_secret=app.client_secret + " ").status_code,
            refuse(own, device_app, client_secret=app.client_secret).status_code,
            refuse(own, app, client_secret=app.client_secret, code=code).status_code,
            refuse(own, app, client_secret=app.client_secret, code=spare).status_code,
            refuse(own, app, client_secret=app.client_secret, code=code[:-1] + "g").status_code,
            own.api("/user", token).status_code,
            own.get("/login/oauth/authorize", params={"client_id": app.client_id + " "})
            .status_code]

    met = set()
    for n in (1, 5, 10, 15, 20, 23, 26, 29, 32, 35, 38, 41, 44, 47, 50, 55, 60, 65, 70, 80, 90):
        try:
            own.env = {"LLAVERO_FAIL": f"{name}:{n}"}
            own.start(f"127.0.0.1:{own.port}")
        except AssertionError as problem:  # at the start it is told
            assert "Sanitizer" not in str(problem)
            continue
        statuses = provoke() + provoke()
        assert set(statuses) <= {200, 401, 404, 503}, statuses
        assert statuses.count(503) <= 1, statuses
        met.update(statuses)
        assert read(own, app)
        own.stop()
    assert 401 in met and 200 in met


# what is kept and what is not

def test_a_device_that_waits_is_no_refusal(own):
    app = own.make_app()
    own.cli("app", "edit", app.client_id, "--device-flow")
    codes = devices.begin(own, app)
    reply = own.post(TOKEN, {"client_id": app.client_id, "device_code": codes.device_code,
                             "grant_type": devices.GRANT}, headers=JSON)
    assert reply.json()["error"] == "authorization_pending"
    read(own, app, "/" + request_id(reply), status=404)
    assert counted(own, app.id) == 0 and read(own, app) == []
    name = 'llavero_refusals_total{cause="DEVICE_PENDING",error="authorization_pending"}'
    assert own.metric(name) >= 1


def test_too_many_reports_are_kept(launch):
    own = launch(reports_per_hour=1)
    admin = admin_headers(own)
    replies = [requests.post(own.url("/api/v3/credentials/revoke"), timeout=60,
                             json={"credentials": ["gho_nonsense"]}) for _ in range(2)]
    assert [r.status_code for r in replies] == [202, 403]
    told = own.get("/api/v3/admin/refusals/" + request_id(replies[1]), headers=admin).json()
    assert told["cause"] == "REPORT_THROTTLED" and told["address"] == "127.0.0.1"
    own.stop()


def test_an_app_takes_its_log_along(own):
    app = own.make_app()
    refuse(own, app)
    until(lambda: counted(own, app.id) == 1)
    own.cli("app", "delete", app.client_id, "--yes")
    assert kept(own, app) == 0 and counted(own, app.id) == 0


# secrets

def everything_that_is_told(own, app, admin):
    """What is shown of the log, wherever it is shown."""
    yield own.log()
    yield own.get("/metrics").content
    for lang in ("en", "es"):
        for path in ("refusals", "flows"):
            yield own.get(f"/api/v3/applications/{app.client_id}/{path}",
                          params={"per_page": 100, "lang": lang},
                          headers=basic(app.client_id, app.client_secret)).content
        yield own.get("/api/v3/admin/refusals", headers=admin,
                      params={"per_page": 100, "lang": lang}).content
        for words in ([], ["--app", app.client_id]):
            for more in ([], ["--json"]):
                yield own.cli("tail", "--once", "--lines", "1000", "--lang", lang, *words,
                              *more).stdout.encode()


def secrets_in_wrong_places(own, app):
    """Requests as clients send them that mix up their fields; each reply."""
    code = own.plant(secrets.token_hex(20))
    password = own.plant("hunter22-hunter22")
    token = own.plant("gho_" + secrets.token_hex(18))
    refresh = own.plant("ghr_" + secrets.token_hex(38))
    verifier = own.plant(pkce()[0])
    secret, wrong = app.client_secret, own.plant(secrets.token_hex(20))
    everywhere = [secret, code, token, refresh, wrong]

    def post(data=None, path=TOKEN, **headers):
        return own.post(path, data, headers={**JSON, **headers})

    for value in everywhere:
        for name in ("client_id", "redirect_uri", "grant_type", "scope", "code", "code_verifier",
                     "refresh_token", "device_code"):
            yield post({**app.credentials, name: value})
            yield post({"client_id": app.client_id, name: value, "client_secret": wrong})
        yield post({**app.credentials, "code": code,
                    "redirect_uri": f"https://app.example/cb?token={value}&x={value}#{value}"})
        yield post({**app.credentials, "code": value[:20], "redirect_uri": "https://x/" + value})
        yield post(app.credentials, **{"User-Agent": f"app/1 ({value})"})
        yield post({**app.credentials, value: value})
        yield post(json.dumps({"client_id": value, "client_secret": value, "code": value}))
        yield post(json.dumps({"client_id": value}), **{"Content-Type": "application/json"})
        yield post(json.dumps({value: value}), **{"Content-Type": "application/" + value})
        yield post(app.credentials, **{"Accept": "application/json, text/" + value})
        yield post(f"client_id={app.client_id}&code={value}", **{"Content-Type": "application/json"})
        yield post(path=f"{TOKEN}?client_id={value}&client_secret={value}&code={value}")
        yield own.get(f"{TOKEN}?client_id={app.client_id}&client_secret={value}&code={value}")
        for form in ({}, {"client_id": app.client_id}):
            yield post(form, **basic(value, app.client_id))
            yield post(form, **basic(app.client_id, value))
            yield post(form, Authorization="Basic " + value)
            yield post(form, Authorization="Bearer " + value)
            yield post(form, Authorization=value)
            yield post(form, Authorization=value + " " + value)
        for name in ("client_id", "redirect_uri", "response_type", "scope", "prompt", "state",
                     "code_challenge", "code_challenge_method", value):
            yield own.get("/login/oauth/authorize", params={
                "client_id": app.client_id, "redirect_uri": "https://evil.example/", name: value})
        yield own.get(f"/login/oauth/authorize?client_id={app.client_id}&client_id={value}")
        yield own.get(f"/login/oauth/authorize?%zz={value}&client_id={app.client_id}")
        yield post({"client_id": value, "scope": value}, path="/login/device/code")
        yield post({"client_id": app.client_id, "scope": value * 250}, path="/login/device/code")
        for header in (f"token {value}", f"Bearer {value}", value, f"token{value}", f"Token: {value}",
                       f"{value} token", f"Basic {value}"):
            yield own.get("/api/v3/user", headers={"Authorization": header})
        yield own.get(f"/api/v3/applications/{app.client_id}/tokens/{value}")
        yield own.get(f"/api/v3/applications/{value}/refusals/{value}",
                      headers=basic(app.client_id, secret))
        yield own.get(f"/api/v3/{value}/{value}?access_token={value}",
                      headers={"Authorization": "token " + value})
        yield own.get(f"/api/v3/user?access_token={value}")
        for body in ({"access_token": value[:-1]}, {value: value}, {"access_token": [value]}):
            yield requests.post(own.url(f"/api/v3/applications/{app.client_id}/token"), json=body,
                                timeout=60, headers=basic(app.client_id, secret))
        yield requests.post(own.url(f"/api/v3/applications/{value}/token"), timeout=60,
                            json={"access_token": value}, headers=basic(app.client_id, secret))
        yield requests.post(own.url("/api/v3/credentials/revoke"), timeout=60,
                            json={"credentials": value}, headers={"User-Agent": value})
        yield requests.get(own.url("/api/v3/authorizations"), timeout=60,
                           headers=basic("octocat", value))
    # a person's password, which is short and made of words
    for user in ("octocat", app.client_id, password):
        for path in ("/user", "/authorizations", f"/applications/{app.client_id}/refusals"):
            header = basic(user, password)
            own.plant(header["Authorization"].split()[1])
            yield requests.get(own.url("/api/v3" + path), headers=header, timeout=60)
    yield requests.get(own.url("/api/v3/user"), headers={"Authorization": password}, timeout=60)
    yield post({"client_id": app.client_id, "grant_type": "password", "username": "octocat",
                "password": password})
    yield post({"client_id": app.client_id, "client_secret": password})
    yield post({**app.credentials, "code": verifier, "code_verifier": verifier,
                "redirect_uri": "https://x/?v=" + verifier})


def test_no_secret_is_kept_or_told(launch):
    # P52
    own = launch(trusted_proxies="127.0.0.1", log_per_minute=60000)
    app, admin = own.make_app(), admin_headers(own)
    # not by a full log: each app's window begins anew
    asked = 0
    for reply in secrets_in_wrong_places(own, app):
        assert 200 <= reply.status_code < 500, (reply.request.url, reply.text)
        asked += 1
        if asked % 150 == 0:
            own.check_log()
    assert asked > 250
    until(lambda: counted(own, app.id) > 100)
    for told in everything_that_is_told(own, app, admin):
        assert told and not own.found_in(told), own.found_in(told)
    own.stop()  # looks through the log and the database


# the API

def ids(entries):
    return [e["request_id"] for e in entries]


def test_paging_and_filters(own):
    app, wanted = own.make_app(), []
    for i in range(12):
        changes = {"client_secret": app.client_secret} if i % 3 == 0 else {}
        wanted.insert(0, request_id(refuse(own, app, **changes)))
    own.get("/login/oauth/authorize", params={"client_id": app.client_id,
                                              "redirect_uri": "https://evil.example/"})
    assert len(read(own, app)) == 13
    assert ids(read(own, app, endpoint="token")) == wanted
    assert [e["cause"] for e in read(own, app, endpoint="authorize")] == \
        ["AUTHORIZE_REDIRECT_HOST"]
    assert ids(read(own, app, cause="CODE_UNKNOWN")) == wanted[2::3]
    assert read(own, app, cause="CODE_UNKNOWN", endpoint="authorize") == []
    assert read(own, app, cause="NOBODY_KNOWS") == read(own, app, endpoint="x") == []
    for n in (1, 5, 13, 100, 1000000):
        assert len(read(own, app, per_page=n)) == min(n, 13)
    for nonsense in ("0", "-1", "x", "", "9" * 30, "1e3", ".5", "5.", "1.5.5", "1.-5", "1." + "9" * 30):
        assert len(read(own, app, per_page=nonsense)) in (13, 30)
        for name in ("before", "since"):
            assert len(read(own, app, **{name: nonsense})) in (0, 13)
    now = int(time.time())
    assert len(read(own, app, before=now + 60, since=now - 3600)) == 13
    assert read(own, app, before=now - 3600) == read(own, app, since=now + 60) == []
    assert len(read(own, app, since="9" * 18)) in (0, 13)


def test_pages_follow_each_other(own):
    """All of them once, also those of one second; the reply says where the next page is."""
    app = own.make_app()
    wanted = [request_id(refuse(own, app, address=f"192.0.2.{i}")) for i in range(25)][::-1]
    found, url = [], own.url(f"/api/v3/applications/{app.client_id}/refusals?per_page=7&cause="
                             "CLIENT_SECRET_WRONG&lang=es")
    for _ in range(10):
        reply = requests.get(url, timeout=60, headers=basic(app.client_id, app.client_secret))
        page = reply.json()
        assert len(page) <= 7 and all(e["title"].startswith("El ") for e in page), page
        found += ids(page)
        if "next" not in reply.links:
            break
        url = reply.links["next"]["url"]
    assert found == wanted


def test_languages(own):
    app = own.make_app()
    rid = request_id(refuse(own, app))
    en, es = read(own, app, "/" + rid), read(own, app, "/" + rid, lang="es")
    assert en["title"] != es["title"] and en["fix"] != es["fix"]
    assert en["evidence"] == es["evidence"] and en["cause"] == es["cause"]
    header = {"Accept-Language": "es-AR,es;q=0.9,en;q=0.1"}
    assert read(own, app, "/" + rid, headers=header) == es
    assert read(own, app, "/" + rid, headers=header, lang="en") == en
    for nonsense in ("fr", "", "es\x00", "x" * 1000):
        assert read(own, app, "/" + rid, lang=nonsense) == en
    assert read(own, app, lang="es")[0] == es


def test_etags(own):
    app = own.make_app()
    refuse(own, app)
    reply = own.get(f"/api/v3/applications/{app.client_id}/refusals",
                    headers=basic(app.client_id, app.client_secret))
    tag = {"If-None-Match": reply.headers["ETag"]}
    same = read(own, app, headers=tag, status=304)
    assert same.content == b"" and same.headers["ETag"] == reply.headers["ETag"]
    # of the other language, and after another refusal, it is another
    assert read(own, app, headers=tag, lang="es")
    refuse(own, app)
    assert len(read(own, app, headers=tag)) == 2
    assert "no-store" in reply.headers["Cache-Control"]


def test_who_may_read_it(own):
    # A222
    app, other = own.make_app(), own.make_app()
    rid = request_id(refuse(own, app))
    path = f"/api/v3/applications/{app.client_id}/refusals"
    for headers in ({}, basic(app.client_id, WRONG), basic(other.client_id, other.client_secret),
                    basic("octocat", own.demo["password"]), basic(app.client_id, ""),
                    {"Authorization": "token " + own.token_for(app, own.signed_in())}):
        for sub in ("", "/" + rid):
            reply = own.get(path + sub, headers=headers)
            assert (reply.status_code, reply.json()["message"]) == (404, "Not Found"), headers
        assert own.get(path.replace("refusals", "flows"), headers=headers).status_code == 404
    # of another's request, and of none
    for wanted in (rid, "0:0:0", "x", "%00", "%2e%2e", rid.lower() + "%20", "x" * 500):
        reply = own.get(f"/api/v3/applications/{other.client_id}/refusals/{wanted}",
                        headers=basic(other.client_id, other.client_secret))
        assert reply.status_code == 404, wanted
    assert request_id(refuse(own, other)) in ids(read(own, other))
    assert rid not in ids(read(own, other, per_page=100))
    own.cli("app", "suspend", app.client_id)
    assert own.get(path, headers=basic(app.client_id, app.client_secret)).status_code == 404


def test_administrators_read_what_is_nobodys(own):
    # A222
    app, admin = own.make_app(), admin_headers(own)
    nobodys = request_id(refuse(own, app, client_id="nobody-has-this"))
    somebodys = request_id(refuse(own, app))
    listed = ids(own.get("/api/v3/admin/refusals?per_page=100", headers=admin).json())
    assert nobodys in listed and somebodys not in listed
    for rid in (nobodys, somebodys):
        assert own.get("/api/v3/admin/refusals/" + rid, headers=admin).json()["request_id"] == rid
    assert own.get("/api/v3/admin/refusals/0:0:0", headers=admin).status_code == 404
    token = own.token_for(app, own.signed_in())
    for headers in ({}, {"Authorization": "token " + token}, basic("octocat", own.demo["password"]),
                    basic(app.client_id, app.client_secret)):
        for path in ("", "/" + nobodys):
            reply = own.get("/api/v3/admin/refusals" + path, headers=headers)
            assert reply.status_code in (401, 403, 404), headers
            assert nobodys not in reply.text
    assert own.post("/api/v3/admin/refusals").status_code == 405


def test_flows(own):
    app, browser = own.make_app(), own.signed_in()
    own.token_for(app, browser)
    code = browser.code(app)
    own.exchange(app, code, redirect_uri="https://app.example/cb/")
    own.exchange(app, code)
    refuse(own, app)
    flows = own.get(f"/api/v3/applications/{app.client_id}/flows",
                    headers=basic(app.client_id, app.client_secret)).json()
    assert [f["flow_id"] is None for f in flows] == [True, False, False]
    assert [(f["refused"], f["went_well"]) for f in flows] == \
        [(True, False), (True, True), (False, True)]
    assert [s["endpoint"] for s in flows[1]["steps"]] == ["authorize", "token", "token"]
    assert [s["cause"] for s in flows[1]["steps"]] == [None, "CODE_REDIRECT_DIFFERS", None]
    assert {s["flow_id"] for s in flows[1]["steps"]} == {flows[1]["flow_id"]}


def test_the_largest_entries_do_not_make_the_log_unreadable(own):
    """Whoever knows a client id can write as much as a request holds, and no more than that."""
    app, most = own.make_app(), '\\"' * 150
    own.cli("app", "edit", app.client_id, "--device-flow")
    with requests.Session() as session:
        for i in range(21):
            codes = session.post(own.url("/login/device/code"), headers=JSON, timeout=60, data={
                "client_id": app.client_id, "scope": most}).json()
            for _ in range(9):
                session.post(own.url(TOKEN), timeout=60, headers={
                    "Accept": "application/json, " + most, "User-Agent": most}, data={
                    "client_id": app.client_id, "grant_type": devices.GRANT, "scope": most,
                    "device_code": codes["device_code"], "redirect_uri": most})
            for _ in range(9):
                session.get(own.url("/login/oauth/authorize"), timeout=60, params={
                    "client_id": app.client_id, "redirect_uri": "https://evil/" + most,
                    "scope": most, "response_type": most, "prompt": most},
                    headers={"X-Forwarded-For": f"192.0.2.{i}", "User-Agent": most})
    assert len(read(own, app, per_page=100)) == 100
    flows = own.get(f"/api/v3/applications/{app.client_id}/flows",
                    headers=basic(app.client_id, app.client_secret))
    assert flows.status_code == 200 and len(flows.json()) == 20
    owner = own.signed_in()
    for query in ("", "?view=flows", "?show=all", "?days=7"):
        path = f"/settings/applications/{app.id}/requests{query}"
        assert owner.get(path).status_code == 200, query
    flow = next(f["flow_id"] for f in flows.json() if f["flow_id"])
    assert owner.get(f"/settings/applications/{app.id}/flows/{flow}").status_code == 200
