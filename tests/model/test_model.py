"""Every order in which what is done at once can happen, looked through by Spin: code.pml and refresh.pml.
Assurance 5.3. A property that no mistake can break says nothing, so each mistake has its run."""

import pathlib
import re
import shutil
import subprocess

import pytest

FOLDER = pathlib.Path(__file__).resolve().parent
pytestmark = pytest.mark.skipif(shutil.which("spin") is None, reason="spin is not installed")


def look_through(folder, model, *defined):
    """How many ways there are to break a property (Spin stops at the first), and what it said."""
    flags = [f"-D{name}" for name in defined]
    for command in (["spin", "-a", *flags, model], ["gcc", "-O2", "-DSAFETY", "-o", "pan", "pan.c"]):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    said = subprocess.run(["./pan", "-m1000000"], cwd=folder, capture_output=True, text=True,
                          timeout=600, check=True).stdout
    assert "max search depth too small" not in said and "out of memory" not in said, said
    return int(re.search(r"errors: (\d+)", said)[1]), said


@pytest.fixture
def spin(tmp_path):
    for source in FOLDER.glob("*.pml"):
        shutil.copy(source, tmp_path)
    return lambda *words: look_through(tmp_path, *words)


@pytest.mark.parametrize("model", ["code.pml", "refresh.pml"])
def test_properties_hold_through_a_failover_with_a_synchronous_standby(spin, model):
    """I1, I3, I4; A026, A098, A103. Also that every request ends: Spin finds who waits for ever."""
    errors, said = spin(model, "FAILOVER")
    assert errors == 0, said


def test_a_fence_is_enough_for_codes_on_an_asynchronous_standby(spin):
    """I1, 6.3 M2"""
    errors, said = spin("code.pml", "FAILOVER", "ASYNC", "FENCE", "ONLY_CODES")
    assert errors == 0, said


@pytest.mark.parametrize("model, defined, property_", [
    ("code.pml", ["COUNT_IGNORED"], "given<=1"),
    ("code.pml", ["REPLY_FIRST"], "given<=1"),
    ("code.pml", ["NO_VERIFIER"], "knows_verifier"),
    ("code.pml", ["GRANT_UNSEEN"], "live"),
    ("code.pml", ["FAILOVER", "ASYNC", "ONLY_CODES"], "given<=1"),
    ("code.pml", ["FAILOVER", "ASYNC", "FENCE"], "live"),  # revocations are lost all the same
    ("refresh.pml", ["COUNT_IGNORED"], "answered"),
    ("refresh.pml", ["RANDOM_SUCCESSOR"], "pairs"),
    ("refresh.pml", ["GRACE_FOR_ALL"], "generation"),
    ("refresh.pml", ["KILL_UNSEEN"], "answered"),
    ("refresh.pml", ["FAILOVER", "ASYNC"], "answered"),
])
def test_each_mistake_is_seen(spin, model, defined, property_):
    errors, said = spin(model, *defined)
    broken = re.search(r"assertion violated (.*) \(at depth", said)
    assert errors == 1 and property_ in broken[1], said
