"""Apps that are told of logouts (BL-01): every node's housekeeping looks for whom to tell, and each app is told
once."""

import pytest

import own_openid as o
import standard as s
from cluster import NODES, Cluster, until
from own_jose import parts
from test_oidc_logout import Rp

SESSIONS = 9


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """Rehearsals tell addresses of this machine too."""
    running = Cluster(tmp_path_factory.mktemp("local"), rehearsal="on")
    yield running
    running.stop()


def waiting(local):
    with local.nodes[0].database() as db:
        return db.execute("SELECT COUNT(*) FROM logout_delivery").fetchone()[0]


def test_bl_01_each_logout_is_told_once(local):
    rp = Rp()
    try:
        app = s.make_app(local.nodes[0], metadata={"backchannel_logout_uri": rp.uri})
        user = local.nodes[0].make_user()
        people = []
        for number in range(SESSIONS):
            person = local.signed_in(user, local.nodes[number % NODES])
            o.sign_in(local.front, person, app)
            people.append(person)
        for number, person in enumerate(people):
            leaving = person.at(local.nodes[(number + 2) % NODES])
            leaving.submit(leaving.page("/settings/profile").form("/logout"))
        tokens = rp.wait(SESSIONS)
        # they are struck out, so that no later look finds them
        until(lambda: waiting(local) == 0)
        assert len(tokens) == SESSIONS == len({parts(t)[1]["sid"] for t in tokens})
    finally:
        rp.close()
