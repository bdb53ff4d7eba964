"""Unmodified clients on a device: GitHub reference 5.5, 13.2, 13.6."""

import pytest

from answers import TOKEN
from driven import decide_device, drive, go, node  # noqa: F401
from llavero_http import Server


@pytest.fixture(scope="session")
def quick(tmp_path_factory):
    """A server whose devices may ask every second."""
    running = Server(tmp_path_factory.mktemp("devices") / "data", demo=False, device_interval=1)
    yield running
    running.stop()


@pytest.fixture
def device_app(quick):
    """An app that may use the device flow, and its owner."""
    user = quick.make_user()
    app = quick.make_app("http://127.0.0.1/callback", owner=user.login)
    quick.cli("app", "edit", app.client_id, "--device-flow")
    return app, user


@pytest.mark.parametrize("wait", [True, False])
def test_octokit_auth_oauth_device_signs_in(quick, device_app, drive, wait):
    """One scope: it splits GitHub's comma list at spaces, so with two it would ask twice."""
    app, user = device_app
    client = drive(node("octokit_auth_oauth_device.mjs", "@octokit/auth-oauth-device"), quick, app,
                   scope=["repo"], wait=wait)
    shown = client.line()
    quick.plant(shown["device_code"])
    assert shown["verification_uri"] == quick.base + "/login/device"
    decide_device(quick, user, shown["user_code"])
    client.say("go on")
    result = client.line()
    assert result["ok"], result
    assert TOKEN.fullmatch(quick.plant(result["token"]))
    assert result["user"] == {"id": user.id, "login": user.login}
    assert result["granted"] == "repo"


def test_octokit_auth_oauth_device_denied(quick, device_app, drive):
    app, user = device_app
    client = drive(node("octokit_auth_oauth_device.mjs", "@octokit/auth-oauth-device"), quick, app,
                   scope=[], wait=True)
    shown = client.line()
    decide_device(quick, user, shown["user_code"], allow=False)
    client.say("go on")
    result = client.line()
    assert (result["ok"], result["data"]["error"]) == (False, "access_denied")


@pytest.mark.parametrize("allow", [True, False])
def test_golang_oauth2_on_a_device(quick, device_app, drive, allow):
    app, user = device_app
    client = drive(go("go_oauth2", what="golang.org/x/oauth2"), quick, app, scope=["repo"],
                   device=True)
    shown = client.line()
    assert shown["interval"] == 1
    decide_device(quick, user, shown["user_code"], allow)
    result = client.line()
    assert result["ok"] is allow, result
    if allow:
        quick.plant(result["token"])
        assert result["user"] == {"id": user.id, "login": user.login}
    else:
        assert result["error"] == "access_denied"
