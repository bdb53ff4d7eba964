"""What was revoked is refused by every node: assurance 6.5 (E4), invariant I3. How soon is measured, and not
judged, by ./dev bench --revoke; here it is counted what was still taken beyond the promise."""

import threading

import pytest

import revoke
from cluster import NODES

COUNT = NODES  # of each way, at each node once


@pytest.fixture(scope="module")
def found(cluster, tmp_path_factory):
    running = revoke.Load(cluster, tmp_path_factory.mktemp("load"))
    try:
        yield revoke.measure(cluster, COUNT)
    finally:
        running.end()


@pytest.mark.parametrize("way", revoke.WAYS)
def test_E4_I3_a_revocation_that_was_answered(found, way):
    ended = found[way]
    assert len(ended) == COUNT
    # each node was asked, and came to refuse
    assert all(samples and not samples[-1].taken for one in ended for samples in one.others)
    assert revoke.later_than(ended, revoke.BOUND_S) == 0
    assert revoke.taken_by_own(ended) == 0


def test_E4_the_watch_sees_what_is_taken_after_the_answer(cluster):
    """That the counts above are zeros means something: here one who answers too soon is found out."""
    ways = revoke.Ways(cluster)
    with revoke.connected(cluster) as wires:
        for place in range(NODES):
            victim = ways.app_token_delete()
            late = threading.Timer(0.2, victim.end, [cluster.nodes[place]])
            samples = revoke.end_one(cluster, wires, victim._replace(end=lambda node: late.start()), place)
            late.join()
            ended = [revoke.Ended(samples.pop(place), samples)]
            assert revoke.taken_by_own(ended) > 0
            assert revoke.later_than(ended, 0) > 0 and revoke.later_than(ended, 60) == 0
            assert min(revoke.delays_of(ended)) > 0
