import pathlib
import sys

import pytest

pytest.importorskip("selenium", reason="python3-selenium is not installed")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))

from browser import Browser  # noqa: E402
from llavero_http import Server  # noqa: E402
from story import Story  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("browser") / "data", signup="on")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def demo(server):
    return server.demo


def running_browser(scripts):
    for tool in ("/usr/bin/chromium", "/usr/bin/chromedriver"):
        if not pathlib.Path(tool).exists():
            pytest.skip(f"{tool} is not installed (apt-get install chromium chromium-driver)")
    return Browser(scripts)


@pytest.fixture(scope="session")
def chromium():
    running = running_browser(scripts=True)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium_without_scripts():
    running = running_browser(scripts=False)
    yield running
    running.stop()


@pytest.fixture
def browser(chromium):
    chromium.fresh()
    return chromium


@pytest.fixture
def story(browser, server, demo):
    return Story(browser, server, demo)


@pytest.fixture(params=["scripts", "no scripts"])
def either(request, server, demo):
    """The story with and without JavaScript."""
    scripts = request.param == "scripts"
    used = request.getfixturevalue("chromium" if scripts else "chromium_without_scripts")
    used.fresh()
    told = Story(used, server, demo)
    told.scripts = scripts
    return told
