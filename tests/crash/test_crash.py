"""A sample of ./dev crash, of a few seconds: rounds of kill -9, commands that are ended, losses of power, a full disk.
Assurance T03, T04, T05, A196; of appendix B I1, I2, I3, I4, I9, I12, I15."""

import random
import sqlite3

import pytest

import between
import commands
import disk
import power
from between import AFTER_SYNC, ON_REPLY, ON_WRITE
from conftest import needs_between, needs_failpoints
from load import Load, Replay
from rounds import RANDOM, Place, Rounds, faults_of


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    made = Rounds(tmp_path_factory.mktemp("rounds"), seed=7)
    yield made
    made.close()


def test_I1_I3_I9_kill_9_at_random_moments(rounds):
    for _ in range(2):
        assert rounds.run(RANDOM) == []
    assert rounds.tallies[RANDOM.words].acknowledged > 0


@needs_failpoints
@pytest.mark.parametrize("point", ["store.commit", "store.committed", "http.response"])
def test_I1_I3_I9_kill_9_at_failpoints(rounds, point):
    assert rounds.run(Place(point, point=point, most=60)) == []


@needs_between
@pytest.mark.parametrize("what", [ON_REPLY, ON_WRITE, AFTER_SYNC])
def test_I9_I12_kill_9_within_calls_to_the_system(rounds, what):
    assert rounds.run(Place(f"call {what}", what=what, most=60)) == []


def test_the_oracle_sees_what_is_lost(rounds, tmp_path):
    """An older database, put back behind the server's back: what such a log is worth."""
    rounds.server.stop()
    path = rounds.data / "llavero.db"
    before = path.read_bytes()
    rounds.server.start()
    load = Load(rounds.household, tmp_path / "acknowledged.log", "older")
    while sum(b'"event": "redeem"' in line for line in (tmp_path / "acknowledged.log").open("rb")) < 5:
        load.stopping.wait(0.05)
    load.stop()
    rounds.server.stop()
    after = path.read_bytes()
    path.write_bytes(before)
    rounds.server.start()
    found = Replay(load).run()
    assert any(one.startswith("lost") for one in found), found
    rounds.server.stop()
    path.write_bytes(after)
    rounds.server.start()


def test_the_rules_see_what_does_not_agree(rounds):
    path = rounds.data / "llavero.db"
    assert faults_of(path) == []
    rounds.server.stop()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE code SET token_id = 1, consumed_at = 1 WHERE consumed_at IS NOT NULL")
    db.close()
    assert any("two codes" in one for one in faults_of(path))
    rounds.server.start()


@needs_failpoints
@pytest.mark.parametrize("what", [commands.STARTED, commands.SAVED])
def test_I9_I12_commands_that_are_ended(tmp_path, what):
    assert commands.Command(tmp_path / "round", random.Random(3), what).run() == []


@needs_between
def test_I9_T04_the_first_start_without_power(tmp_path):
    recorded = power.record_first_start(tmp_path)
    tally = power.Losses(recorded, tmp_path, seed=1, states=20, starts=2).run()
    assert tally.wrong == [] and tally.syncs > 5 and tally.started == 2


@needs_between
def test_I9_T04_power_is_lost_under_load_and_a_disk_that_lies_is_seen(tmp_path):
    recorded = power.record_under_load(tmp_path, requests=120)
    tally = power.Losses(recorded, tmp_path, seed=1, states=40, starts=2).run()
    assert tally.wrong == [] and tally.lost == 0 and tally.replies > 100
    assert power.Losses(recorded, tmp_path, seed=1, states=5, lies=True).run().lost > 0


@needs_between
@pytest.mark.parametrize("kill", [False, True])
def test_A196_a_full_disk(tmp_path, kill):
    tally = disk.run(disk.Between(tmp_path, random.Random(5)), disk.Tally(), kill)
    assert tally.wrong == [] and tally.refused > 0 and tally.read > 0


def test_the_control_says_what_it_is_told(tmp_path):
    control = between.Between(tmp_path / "data", "unused")
    control.clock(-3600)
    control.room(None)
    control.kill_at(ON_WRITE, 3)
    told = between.CONTROL.unpack((tmp_path / "data.between").read_bytes())
    assert told[:4] == (-between.HOUR_US, -1, 3, ON_WRITE)
