import pytest

from client_stub import Stub
from llavero_http import BINARY, Server, own_database


def pytest_report_header():
    return f"llavero: {BINARY}, database: {'PostgreSQL' if own_database.ON_POSTGRES else 'SQLite'}"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The demo with its usual settings, shared by every test that needs no others. All of them come
    from one address, and their refusals have to find room in the log."""
    running = Server(tmp_path_factory.mktemp("llavero") / "data", log_per_minute=60000)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def launch(tmp_path_factory):
    """Starts servers of a test's own; each is stopped, and checked, after the module."""
    started = []

    def start(data=None, **options):
        started.append(Server(data or tmp_path_factory.mktemp("own") / "data", **options))
        return started[-1]

    yield start
    problems = []
    for running in started:
        try:
            running.stop()
        except AssertionError as problem:
            problems.append(str(problem))
        own_database.forget(running.data)
    assert not problems, "\n".join(problems)


@pytest.fixture
def stub():
    """A client's web server, for one test."""
    running = Stub()
    yield running
    running.close()


@pytest.fixture(scope="module")
def octocat(server):
    """A browser where the demo's user is signed in."""
    return server.signed_in()


@pytest.fixture
def app(server):
    """A fresh app, so that each test is asked for consent."""
    return server.make_app()
