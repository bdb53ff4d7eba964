"""app create --preset: the apps that are built into well-known tools. Issue 3, point 8;
GitHub reference 1.3."""

import pytest

# Public constants of the tools' sources.
PRESETS = {
    "gh": ("178c6fc778ccc68e1d6a", "34ddeff2b558a23d38fba8a6de74f086ede1cc0b", "GitHub CLI",
           ["http://127.0.0.1/callback", "http://localhost/"]),
    "gcm": ("0120e057bd645470c1ed", "18867509d956965542b521a529a79bb883344c90",
            "Git Credential Manager", ["http://127.0.0.1/", "http://localhost/"]),
}


@pytest.fixture
def mona(box):
    box.user("mona")
    return box


@pytest.mark.parametrize("preset", PRESETS)
def test_s1_3_preset_registers_the_built_in_client(mona, preset):
    client_id, secret, name, callbacks = PRESETS[preset]
    made = mona.json("app", "create", "--preset", preset, "--owner", "mona")
    assert (made["client_id"], made["client_secret"]) == (client_id, secret)
    shown = mona.json("app", "show", client_id)
    assert (shown["name"], shown["owner"]) == (name, "mona")
    assert shown["homepage"].startswith("https://")
    assert shown["device_flow"] is True and shown["expiring_tokens"] is False
    assert shown["callbacks"] == [{"url": url, "wildcard": False} for url in callbacks]
    assert [s["last_eight"] for s in shown["secrets"]] == [secret[-8:]]
    assert mona.log_of("mona")[-1] == ("command line", "oauth_application.create", name)


def test_both_presets_live_together(mona):
    for preset in PRESETS:
        mona.json("app", "create", "--preset", preset, "--owner", "mona")
    assert len(mona.json("app", "list")) == 2


def test_preset_in_words(mona):
    done = mona.run("app", "create", "--preset", "gh", "--owner", "mona")
    assert done.stdout.startswith("The app 'GitHub CLI' of mona is made.\nclient id:     178c6fc7")
    assert "public" in done.stdout and "Keep the secret" not in done.stdout


def test_preset_twice_changes_nothing(mona):
    mona.user("hubot")
    first = mona.json("app", "create", "--preset", "gh", "--owner", "mona")
    before = mona.json("app", "show", first["client_id"])
    assert mona.json("app", "create", "--preset", "gh", "--owner", "hubot") == first
    done = mona.run("app", "create", "--preset=gh", "--owner=hubot", "--name=Another")
    assert "The app 'GitHub CLI' is registered already; it belongs to mona.\n" in done.stdout
    assert mona.json("app", "show", first["client_id"]) == before
    assert mona.log_of("hubot") == mona.log_of("hubot")[:1]


def test_preset_with_another_name_and_homepage(mona):
    mona.app("GitHub CLI")
    said = mona.fails("app", "create", "--preset", "gh", "--owner", "mona")
    assert "the name 'GitHub CLI' is taken" in said
    made = mona.json("app", "create", "--preset", "gh", "--owner", "mona", "--name", "gh at work",
                     "--homepage", "https://tools.example.com")
    shown = mona.json("app", "show", made["client_id"])
    assert (shown["name"], shown["homepage"]) == ("gh at work", "https://tools.example.com")


@pytest.mark.parametrize("words, sentence", (
    (["--preset", "hub"], "'hub' is no preset; there are gh and gcm"),
    (["--preset", ""], "'' is no preset; there are gh and gcm"),
    (["--preset", "gh", "--callback", "https://one.example.com/"],
     "'--preset' has callbacks of its own"),
    (["--preset", "gh", "--wildcard-callback", "https://one.example.com/"],
     "'--preset' has callbacks of its own"),
))
def test_preset_misused(mona, words, sentence):
    said = mona.misused("app", "create", "--owner", "mona", *words)
    assert said == f"{sentence}; see 'llavero app create --help'"
    assert mona.json("app", "list") == []


def test_preset_needs_an_owner(mona):
    assert "'--owner LOGIN' is missing" in mona.misused("app", "create", "--preset", "gh")
    said = mona.fails("app", "create", "--preset", "gh", "--owner", "nobody")
    assert "nobody" in said
