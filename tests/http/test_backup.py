"""A server that goes on from a back-up, and one that is saved while it works. Assurance 6.3 (M2), I7, I18."""

import threading

import pytest

import own_database
from llavero_http import BAD_CODE


def revoke(server, app, token):
    """Revokes a token, as its app does."""
    reply = server.post("/oauth2/revoke", {**app.credentials, "token": token})
    assert reply.status_code == 200


def again_from(server, file, *flags):
    server.stop()
    server.cli("restore", "--replace", *flags, file)
    server.start()


@pytest.fixture
def saved(launch, tmp_path):
    """A server with a token that was revoked, and a code that was used, after its back-up."""
    server = launch()
    app, browser = server.make_app(), server.signed_in()
    server.token = server.token_for(app, browser)
    used, waiting = browser.code(app), browser.code(app)
    server.file = str(tmp_path / "saved")
    server.cli("backup", server.file)
    assert not server.found_in((tmp_path / "saved").read_bytes()), "I7: a secret is in it"
    assert "access_token" in server.exchange(app, used)
    revoke(server, app, server.token)
    assert not server.is_alive(server.token)
    server.app, server.codes, server.signed = app, (used, waiting), browser
    return server


def test_6_3_M2_I18_codes_of_before_are_refused_and_what_was_revoked_lives(saved):
    """A088: no secret was in the file, which is looked through when it is made."""
    again_from(saved, saved.file)
    for code in saved.codes:
        assert saved.exchange(saved.app, code)["error"] == BAD_CODE["error"]
    assert saved.is_alive(saved.token), "as docs/operations.md says"
    assert saved.signed.page("/settings/profile")
    revoke(saved, saved.app, saved.token)
    assert not saved.is_alive(saved.token)
    assert saved.is_alive(saved.token_for(saved.app, saved.signed))


def test_6_3_unless_every_token_is_revoked(saved):
    again_from(saved, saved.file, "--revoke-all-tokens")
    assert not saved.is_alive(saved.token)
    assert saved.signed.get("/settings/profile").status_code == 302, "the session has ended"
    for code in saved.codes:
        assert saved.exchange(saved.app, code)["error"] == BAD_CODE["error"]
    assert saved.is_alive(saved.token_for(saved.app, saved.signed_in()))


def test_saved_under_load_it_is_of_one_moment(launch, tmp_path):
    """Whatever a request writes is in the back-up wholly or not at all: a token that is listed for a
    grant exists, if its code was used."""
    server = launch()
    app = server.make_app()
    going, problems = threading.Event(), []
    going.set()

    def work():
        try:
            browser = server.signed_in()
            while going.is_set():
                server.token_for(app, browser)
        except Exception as problem:  # told by the test's own thread
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(4):
        server.cli("backup", str(tmp_path / f"saved{n}"))
    going.clear()
    for thread in threads:
        thread.join()
    assert not problems
    other = tmp_path / "other"
    for n in range(4):
        server.cli("backup", "--verify", str(tmp_path / f"saved{n}"))
        folder = other / str(n)
        folder.mkdir(parents=True)
        server.cli("restore", str(tmp_path / f"saved{n}"), data=folder)
        with own_database.opened(folder) as db:
            lost = db.execute("SELECT COUNT(*) FROM code WHERE consumed_at IS NOT NULL"
                              " AND token_id NOT IN (SELECT id FROM token)").fetchone()[0]
        assert lost == 0
        own_database.forget(folder)
