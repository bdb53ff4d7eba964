"""Nodes need a database that they can share: PostgreSQL, the one of LLAVERO_TEST_DATABASE or one of our
own."""

import os
import pathlib
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "http"), str(TESTS.parent / "bench")]

from postgres import Postgres  # noqa: E402

own_postgres = None
if not os.environ.get("LLAVERO_TEST_DATABASE"):
    own_postgres = Postgres().start()
    os.environ["LLAVERO_TEST_DATABASE"] = own_postgres.url

from cluster import Cluster  # noqa: E402  (reads the environment)


def pytest_unconfigure():
    if own_postgres:
        own_postgres.remove()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """Three nodes behind nginx, for every test that needs no others."""
    running = Cluster(tmp_path_factory.mktemp("cluster"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def user(cluster):
    return cluster.nodes[0].make_user()


@pytest.fixture
def app(cluster):
    return cluster.nodes[0].make_app()


@pytest.fixture
def person(cluster, user):
    """Signed in at the first node."""
    return cluster.signed_in(user)
