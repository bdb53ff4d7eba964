"""docs/testing-your-app.md: an unmodified client meets every failure, in one run."""

import json
import os
import subprocess

import pytest

from driven import HERE, node
from llavero_http import Server

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
