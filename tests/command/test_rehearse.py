"""rehearse and authorize: errors on purpose, from a terminal."""
import json
import os
import re
import shutil
import subprocess
import urllib.parse

import pytest

from conftest import BIN, ROOT, Box, stop

CAUSES = sorted(set(re.findall(r"\{CAUSE_(\w+), STAGE_", "".join(
    path.read_text(encoding="utf-8") for path in (ROOT / "src/rehearsal").glob("*.c")))) - {"NONE"})
WAITING = "DEVICE_PENDING"  # waiting is no refusal, and the log does not keep it


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    """One server for every cause."""
    box = Box(tmp_path_factory.mktemp("rehearse"))
    process = subprocess.Popen([BIN, "serve", "--demo", "--listen", "127.0.0.1:0", "--data",
                                os.fspath(box.data)], env=box.env, cwd=box.folder,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    box.base = process.stdout.readline().split()[1].decode()
    yield box
    stop(process)


def sections(text):
    """{error: [lines below it]} of the list."""
    found, error = {}, None
    for line in text.splitlines():
        if line and not line.startswith((" ", "+", "'")):
            error = line
        elif error and line.startswith("  "):
            found.setdefault(error, []).append(line)
    return found


def test_the_list(stage):
    done = stage.run("rehearse").stdout
    errors = sections(done)
    rows = [line for lines in errors.values() for line in lines]
    assert sorted(re.match(r"  [ +] (\w+)  ", line)[1] for line in rows) == CAUSES
    assert any(line.startswith("  + CODE_EXPIRED ") for line in errors["bad_verification_code"])
    assert any(line.startswith("    CODE_MISSING ") for line in errors["bad_verification_code"])
    assert "llavero authorize URL --cause CAUSE" in done


def test_the_list_in_spanish_and_as_json(stage):
    spanish = stage.run("rehearse", "--lang", "es").stdout
    assert sections(spanish).keys() == sections(stage.run("rehearse", "--lang", "en").stdout).keys()
    listed = stage.json("rehearse", "--lang", "es")
    assert {s["cause"] for s in listed} == set(CAUSES)
    one = next(s for s in listed if s["cause"] == "CODE_EXPIRED")
    assert one["title"] in spanish and one["after_authorize"] is True and one["group"] == "codes"
    assert stage.misused("rehearse", "--lang", "fr").startswith("--lang must be en or es")


def told_cause(stage, reply):
    found = re.search(r"^X-GitHub-Request-Id: (\S+)\r?$", reply, re.M)
    assert found, reply
    return stage.json("explain", found[1])["cause"]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed (apt-get install curl)")
@pytest.mark.parametrize("cause", CAUSES)
def test_the_printed_command_runs_in_a_shell(stage, cause):
    """It is refused for its cause, whatever the quoting had to carry."""
    done = stage.run("rehearse", cause, "--lang", "en").stdout
    head, command, _ = done.split("\n\n", 2)
    assert head.startswith(f"{cause}: ") and "\nYour client gets: " in head
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", done)
    reply = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60,
                           env={**os.environ, "no_proxy": "*"}, check=True)
    assert reply.stderr == ""
    if cause == WAITING:
        assert "authorization_pending" in reply.stdout
    else:
        assert told_cause(stage, reply.stdout) == cause


@pytest.mark.parametrize("cause", CAUSES)
def test_run_sends_it_and_explains(stage, cause):
    told = stage.json("rehearse", cause, "--run")
    assert told["cause"] == cause and told["reply"]["status"] >= 200
    if cause == WAITING:
        assert told["explanation"] is None
        assert told["reply"]["body"]["error"] == "authorization_pending"
    else:
        assert told["explanation"]["cause"] == cause
        assert told["explanation"]["request_id"] == told["reply"]["request_id"]


def test_run_in_words(stage):
    words = stage.run("rehearse", "CODE_REDIRECT_DIFFERS", "--run", "--lang", "es").stdout
    for said in ("POST " + stage.base + "/login/oauth/access_token\n", "HTTP 200\n",
                 "X-GitHub-Request-Id: ", '"error":"redirect_uri_mismatch"', "primera diferencia",
                 "  Causa: CODE_REDIRECT_DIFFERS\n", "http://127.0.0.1/callback/",
                 f"{stage.base}/apps/oauth-apps/maintaining-oauth-apps/"):
        assert said in words, said
    page = stage.run("rehearse", "AUTHORIZE_REDIRECT_SLASH", "--run", "--lang", "en").stdout
    assert re.search(r"^<!DOCTYPE html> \.\.\. \(\d+ bytes\)$", page, re.M)
    assert "nothing about this request" in stage.run("rehearse", WAITING, "--run", "--lang",
                                                     "en").stdout


def test_what_cannot_be_rehearsed(stage):
    wrong = "'cause' must be one that GET /rehearsal/scenarios lists."
    for cause in ("NO_SUCH", "FAILURE", "code_expired", ""):
        assert stage.fails("rehearse", cause) == wrong
    assert stage.fails("rehearse", "CODE_EXPIRED", "--owner", "nobody-at-all") == (
        "'owner' must be the login of an account.")
    assert stage.misused("rehearse", "--run").startswith("--run needs a CAUSE")


def test_the_owner_is_whom_one_names(stage):
    stage.user("otto")
    assert stage.json("rehearse", "CODE_CUT", "--owner", "otto")["app"]["owner"] == "otto"


# authorize

def authorize_url(stage, **more):
    demo = stage.demo
    query = {"client_id": demo["client_id"], "redirect_uri": demo["callback_url"], "state": "s 1&",
             **more}
    return f"{stage.base}/login/oauth/authorize?" + urllib.parse.urlencode(query)


@pytest.fixture
def signs_in(stage):
    stage.demo = json.loads((stage.data / "demo.json").read_text())
    return stage


def query_of(printed):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(printed.strip()).query))


def test_authorize_prints_where_the_browser_would_go(signs_in):
    printed = signs_in.run("authorize", authorize_url(signs_in)).stdout
    assert printed.startswith(signs_in.demo["callback_url"] + "?") and printed.count("\n") == 1
    answer = query_of(printed)
    assert re.fullmatch("[0-9a-f]{40}", answer["code"]) and answer["state"] == "s 1&"
    told = signs_in.json("authorize", authorize_url(signs_in), "--login", "octocat")
    assert told["code"] in told["location"]


def test_authorize_denies_and_spoils(signs_in):
    denied = query_of(signs_in.run("authorize", authorize_url(signs_in), "--deny").stdout)
    assert denied["error"] == "access_denied" and "code" not in denied
    cut = query_of(signs_in.run("authorize", authorize_url(signs_in), "--cause",
                                "CODE_CUT").stdout)
    assert re.fullmatch("[0-9a-f]{36}", cut["code"])


def test_authorize_says_what_is_wrong(signs_in):
    url = authorize_url(signs_in)
    assert signs_in.fails("authorize", "https://elsewhere.example/").startswith("'url' must be ")
    assert signs_in.fails("authorize", url, "--login", "nobody-at-all").startswith("'login' must ")
    assert signs_in.fails("authorize", url, "--cause", "CLIENT_UNKNOWN").startswith("'cause' must ")
    page = signs_in.fails("authorize", authorize_url(signs_in, redirect_uri="https://x.example/"))
    assert page.startswith("The person sees a page: redirect_uri_mismatch.")
    assert "URL is missing" in signs_in.misused("authorize")
