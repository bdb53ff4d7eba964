"""docs/testing-your-app.md: an unmodified client meets every failure, in one run."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from driven import HERE, node
from llavero_http import BINARY, ROOT, Server

BODY = ["BODY_MALFORMED", "BODY_NO_OBJECT", "BODY_FIELD_MISSING", "BODY_FIELD_TYPE"]
WAITING = "DEVICE_PENDING"  # waiting is no refusal, and the log does not keep it


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory):
    """Its clock is moved, so it is nobody else's."""
    running = Server(tmp_path_factory.mktemp("failures") / "data", demo=False, rehearsal="on")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def run(rehearsal):
    done = subprocess.run([*node("every_failure.mjs", "@octokit/oauth-methods"), "--json"],
                          cwd=HERE, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "LLAVERO_URL": rehearsal.base,
                               "REHEARSAL_TOKEN": rehearsal.rehearsal_token})
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    print(f"\n{len(told['results'])} failures took {told['tookMs'] / 1000:.1f} s")
    assert done.returncode == (0 if all(r["good"] for r in told["results"]) else 1)
    return told


def of(run, group):
    return {r["name"]: r for r in run["results"] if r["group"] == group}


def test_each_failure_surfaces_as_the_clients_own_error(run):
    for r in run["results"]:
        assert r["good"], r
        if r["group"] not in ("authorize", "faults") and r["name"] != "AUTHORIZE_DENIED":
            assert r["error"] == "HttpError" and r["status"] >= 400, r
            assert r["seen"] in r["message"], r


def test_each_was_refused_for_the_cause_that_was_asked_for(run):
    """The request log tells the app; what belongs to no app that is known it tells nobody."""
    told = [r for r in run["results"]
            if r["group"] not in ("authorize", "faults", "clock") and r["cause"]]
    assert all(r["cause"] == r["name"] for r in told), [r for r in told if r["cause"] != r["name"]]
    assert len(told) >= 50
    assert {r["cause"] for r in of(run, "clock").values()} == {"CODE_EXPIRED", "TOKEN_EXPIRED"}
    assert of(run, "faults")["the same code again"]["cause"] == "CODE_REDEEMED"


def test_no_scenario_is_left_out_unawares(run, rehearsal):
    """What the script does not send is what a library's own request cannot be."""
    scenarios = {s["cause"]: s for s in rehearsal.rehearse("GET", "scenarios")["scenarios"]}
    met = {r["name"] for r in run["results"]} & set(scenarios)
    assert met | set(run["notSent"]) == set(scenarios) and not met & set(run["notSent"])
    assert all(cause in BODY or cause.startswith(("CLIENT_", "TOKEN_", "VERIFIER_", "MANAGE_"))
               or cause == "DEVICE_GRANT_TYPE" for cause in run["notSent"])
    for group in ("authorize", "refresh", "api"):
        assert {c for c, s in scenarios.items() if s["group"] == group} <= met
    assert {c for c, s in scenarios.items() if s["after_authorize"]} - set(of(run, "sign-in")) == \
        {"VERIFIER_WRONG", "VERIFIER_UNEXPECTED"}


def test_faults_and_the_clock(run):
    faults = of(run, "faults")
    assert set(faults) == {"server_error", "timeout", "slow_down", "too many requests",
                           "drop_after_commit", "the same code again"}
    assert (faults["server_error"]["status"], faults["too many requests"]["status"]) == (500, 429)
    assert len(of(run, "clock")) == 2


# the job of the documentation

DOCUMENTS = ["docs/testing-your-app.md", "docs/es/probar-tu-app.md"]
# What a machine of a CI service does before, and we have done already.
PREPARES = {"git clone", "npm ci"}


def steps_of(document):
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed")
    text = (ROOT / document).read_text(encoding="utf-8")
    job = yaml.safe_load(re.search(r"```yaml\n(.*?)```", text, re.S)[1])["jobs"]["every-failure"]
    return [step["run"] for step in job["steps"] if "run" in step]


def read_env(path):
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def stop_server(folder):
    """The job leaves its server to the machine's end; here it has an end of its own."""
    mine = [p for p in pathlib.Path("/proc").glob("[0-9]*/cwd")
            if os.access(p, os.R_OK) and os.path.realpath(p) == os.path.realpath(folder)]
    for process in mine:
        os.kill(int(process.parent.name), signal.SIGTERM)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.skipif(not all(shutil.which(tool) for tool in ("curl", "jq", "timeout")),
                    reason="curl and jq are not installed (apt-get install curl jq)")
def test_the_documented_job_runs(document, tmp_path):
    node("every_failure.mjs", "@octokit/oauth-methods")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "llavero").symlink_to(pathlib.Path(BINARY).resolve())
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "every_failure.mjs").symlink_to(HERE / "every_failure.mjs")
    kept = tmp_path / "env"
    kept.touch()
    env = {**os.environ, "GITHUB_ENV": str(kept), "no_proxy": "*",
           "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    try:
        for run in steps_of(document):
            if any(word in run for word in PREPARES):
                continue
            done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", run], cwd=tmp_path,
                                  env={**env, **read_env(kept)}, capture_output=True, text=True,
                                  timeout=300)
            assert done.returncode == 0, (run, done.stdout, done.stderr)
        assert " failures in " in done.stdout and "; 0 went otherwise." in done.stdout
    finally:
        stop_server(tmp_path)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_documents_tell_what_each_cause_comes_out_as(rehearsal, document):
    """Each cause once in the table, with + where it can happen to a client of one's own."""
    text = (ROOT / document).read_text(encoding="utf-8")
    named = {}
    for seen, causes in re.findall(r"^\| ([^|]+) \| (`[A-Z_]+`[^|]*) \|$", text, re.M):
        for cause, own in re.findall(r"`([A-Z_]+)`( \+)?", causes):
            assert cause not in named, cause
            named[cause] = (seen, bool(own))
    scenarios = rehearsal.rehearse("GET", "scenarios")["scenarios"]
    assert {c: own for c, (_, own) in named.items()} == {
        s["cause"]: s["after_authorize"] for s in scenarios}
    for s in scenarios:
        seen = named[s["cause"]][0]
        assert f"`{s['error']}`" in seen or seen.endswith("(404)") or s["cause"] == "TOKEN_SCOPE"
