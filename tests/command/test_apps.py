"""app create, list, show, edit, secrets, suspend, revoke-tokens, transfer, delete; grants."""
import re

import pytest

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CREATE = ("app", "create", "--owner", "mona", "--homepage", "https://one.example.com")


@pytest.fixture
def mona(box):
    box.user("mona")
    return box


def callbacks(box, client_id):
    return [(c["url"], c["wildcard"]) for c in box.json("app", "show", client_id)["callbacks"]]


def test_create_prints_id_client_id_and_secret(mona):
    app = mona.app("One")
    assert list(app) == ["id", "client_id", "client_secret"]
    assert app["id"] == 1
    assert re.fullmatch(r"Ov23[0-9A-Za-z]{16}", app["client_id"])
    assert re.fullmatch(r"[0-9a-f]{40}", app["client_secret"])
    assert mona.app("Two")["id"] == 2
    assert mona.log_of("mona")[1:] == [
        ("command line", "oauth_application.create", "One"),
        ("command line", "oauth_application.create", "Two")]


def test_the_secret_is_stored_as_a_hash_only(mona):
    # P23
    secret = mona.app()["client_secret"]
    assert secret[-8:].encode() in mona.stored() and secret.encode() not in mona.stored()


def test_create_in_words(mona):
    done = mona.run(*CREATE, "--name", "One", "--callback", "https://one.example.com/cb")
    assert done.stdout.startswith("The app 'One' of mona is made.\nclient id:     Ov23")
    assert done.stdout.endswith("Keep the secret now: it is not shown again.\n")


def test_create_with_every_flag(mona):
    app = mona.json(*CREATE, "--name", " Uno ñ ", "--callback", "https://one.example.com/cb",
                    "--wildcard-callback=http://b.example.com", "--callback", "my.app:/back",
                    "--description", "Línea 1\nline 2", "--device-flow", "--expiring-tokens")
    shown = mona.json("app", "show", app["client_id"])
    assert TIME.fullmatch(shown.pop("created_at"))
    secret = shown.pop("secrets")[0]
    assert TIME.fullmatch(secret.pop("created_at")) and isinstance(secret.pop("id"), int)
    assert secret == {"last_eight": app["client_secret"][-8:], "created_by": "mona",
                      "used_at": None}
    assert shown == {
        "id": app["id"], "client_id": app["client_id"], "name": "Uno ñ", "owner": "mona",
        "homepage": "https://one.example.com", "suspended_at": None,
        "description": "Línea 1\nline 2", "device_flow": True, "expiring_tokens": True,
        "users": 0, "offered_to": None, "dialects": ["github", "standard"], "profile": "github",
        "auth_method": "client_secret_basic", "origin": "person", "unverified": False,
        "metadata": None,
        "callbacks": [{"url": "https://one.example.com/cb", "wildcard": False},
                      {"url": "http://b.example.com", "wildcard": True},
                      {"url": "my.app:/back", "wildcard": False}]}


def test_a_wildcard_callback_is_enough(mona):
    app = mona.json(*CREATE, "--name", "One", "--wildcard-callback", "https://one.example.com")
    assert callbacks(mona, app["client_id"]) == [("https://one.example.com", True)]


@pytest.mark.parametrize("uri, why", (
    ("", "'' cannot be a callback URL: "),
    ("/cb", "'/cb' cannot be a callback URL: "),
    ("javascript:/x", "'javascript:/x' cannot be a callback URL: "),
    ("https://u@one.example.com/", "'https://u@one.example.com/' cannot be a callback URL: "),
    ("https://one.example.com/#x", "cannot be a callback URL: "),
    ("https://one.example.com/a/../b", "cannot be a callback URL: "),
    ("https://one.example.com/\n", "cannot be a callback URL: "),
    ("https://one.example.com:0/", "cannot be a callback URL: "),
    ("https://one.example.com/" + "p" * 2025, "cannot be a callback URL: "),
))
@pytest.mark.parametrize("flag", ("--callback", "--wildcard-callback"))
def test_bad_callbacks_are_named_with_the_reason(mona, flag, uri, why):
    said = mona.fails(*CREATE, "--name", "One", f"{flag}={uri}")
    assert why in said and len(said.split("callback URL: ")[1]) > 5
    assert mona.json("app", "list") == []


def test_callback_of_the_greatest_length(mona):
    uri = "https://one.example.com/" + "p" * 2024
    app = mona.app("One", callback=uri)
    assert callbacks(mona, app["client_id"]) == [(uri, False)]


@pytest.mark.parametrize("count", (1, 9, 10))
def test_up_to_ten_callbacks(mona, count):
    uris = [f"https://one.example.com/{i}" for i in range(count)]
    app = mona.json(*CREATE, "--name", "One", *[f"--callback={u}" for u in uris])
    assert callbacks(mona, app["client_id"]) == [(u, False) for u in uris]


def test_eleven_callbacks_are_too_many(mona):
    uris = [f"--callback=https://one.example.com/{i}" for i in range(10)]
    assert mona.fails(*CREATE, "--name", "One", *uris,
                      "--wildcard-callback=https://x.example.com") == \
        "an app has at most 10 callback URLs; 'https://x.example.com' is one too many"
    assert mona.json("app", "list") == []


def test_a_callback_given_twice(mona):
    assert mona.fails(*CREATE, "--name", "One", "--callback=a:/", "--wildcard-callback=a:/") == \
        "the callback URL 'a:/' is given twice"


@pytest.mark.parametrize("flag, value, said", (
    ("--name", "", "an app's name cannot be empty"),
    ("--name", "  ", "an app's name cannot be empty"),
    ("--name", "n" * 101, "it may have at most 100 characters"),
    ("--name", "a\u202eb", "cannot be an app's name: it must be UTF-8 text"),
    ("--homepage", "", "a homepage cannot be empty"),
    ("--homepage", "ftp://a.example", "'ftp://a.example' cannot be a homepage"),
    ("--homepage", "https://a.example/" + "p" * 2031, "it may have at most 2048 characters"),
    ("--description", "d" * 1001, "it may have at most 1000 characters"),
    ("--description", "a\x1bb", "'a?b' cannot be a description: it must be UTF-8 text"),
))
def test_bad_fields(mona, flag, value, said):
    words = {"--owner": "mona", "--name": "One", "--homepage": "https://one.example.com",
             "--callback": "a:/", flag: value}
    line = [f"{name}={text}" for name, text in words.items()]
    assert said in mona.fails("app", "create", *line)
    client_id = mona.app()["client_id"]
    assert said in mona.fails("app", "edit", client_id, f"{flag}={value}")
    assert mona.json("app", "show", client_id)["name"] == "One"


def test_names_that_are_not_utf8(mona):
    done = mona.start(*CREATE, "--callback=a:/", "--json", settings=[
        "--data", str(mona.data), b"--name=a\xff"])
    out, err = done.communicate()
    assert (done.returncode, out) == (1, b"")
    assert err.startswith(b"llavero: 'a?' cannot be an app's name")


def test_fields_of_the_greatest_length(mona):
    app = mona.json("app", "create", "--owner=mona", "--name=" + "ñ" * 100,
                    "--homepage=https://a.example/" + "p" * 2030, "--callback=a:/",
                    "--description=" + "d" * 1000)
    shown = mona.json("app", "show", app["client_id"])
    assert len(shown["name"]) == 100 and len(shown["homepage"]) == 2048
    assert len(shown["description"]) == 1000


def test_unknown_owner_and_taken_name(mona):
    mona.app("One")
    line = ("--homepage=https://a.example", "--callback=a:/")
    assert mona.fails("app", "create", "--owner", "lisa", "--name", "Two", *line) == \
        "there is no user 'lisa'"
    assert mona.fails("app", "create", "--owner", "MONA", "--name", "ONE", *line) == \
        "the name 'ONE' is taken by another app"
    assert len(mona.json("app", "list")) == 1


def fill_with_apps(box, login, upto):
    box.sql("WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO app (id, owner_id, client_id, name, name_key, homepage, device_flow,"
            " epoch, created_at, updated_at) SELECT n.i, a.id, 'c' || n.i, 'n' || n.i,"
            " 'n' || n.i, 'https://a.example', 0, 1, 1, 1 FROM n, account a WHERE a.login = ?",
            999 + upto, login)


def test_a_hundred_apps_per_owner(mona):
    mona.user("ana")
    ana_app = mona.app("Of Ana", owner="ana")["client_id"]
    fill_with_apps(mona, "mona", 99)
    mona.app("The hundredth")
    said = "mona has 100 apps already, which is the most"
    assert mona.fails(*CREATE, "--name=One more", "--callback=a:/") == said
    assert mona.fails("app", "transfer", ana_app, "--to", "mona") == said
    assert len(mona.json("app", "list", "--owner", "mona")) == 100
    mona.run("app", "delete", "c1000", "--yes")
    mona.run("app", "transfer", ana_app, "--to", "mona")
    assert len(mona.json("app", "list", "--owner", "mona")) == 100


def test_list(mona):
    assert mona.json("app", "list") == []
    assert mona.run("app", "list").stdout == "There are no apps.\n"
    mona.user("ana")
    one, two = mona.app("One"), mona.app("Two", owner="ana")
    mona.run("app", "suspend", two["client_id"])
    listed = mona.json("app", "list")
    assert [(a["name"], a["owner"]) for a in listed] == [("One", "mona"), ("Two", "ana")]
    assert list(listed[0]) == ["id", "client_id", "name", "owner", "homepage", "suspended_at",
                               "created_at"]
    assert [a["client_id"] for a in mona.json("app", "list", "--owner", "Ana")] == \
        [two["client_id"]]
    lines = mona.run("app", "list").stdout.splitlines()
    assert lines[0].split() == ["CLIENT", "ID", "OWNER", "NAME"]
    assert lines[1].split() == [one["client_id"], "mona", "One"]
    assert lines[2].split() == [two["client_id"], "ana", "Two", "(suspended)"]


@pytest.mark.parametrize("count", (99, 100, 101))
def test_lists_go_on_past_one_page(mona, count):
    fill_with_apps(mona, "mona", count)
    assert len(mona.json("app", "list")) == count


def test_show_in_words(mona):
    mona.user("ana")
    app = mona.json(*CREATE, "--name=One", "--callback=a:/",
                    "--wildcard-callback=https://b.example")
    mona.grant("ana", app["client_id"])
    text = mona.run("app", "show", app["client_id"]).stdout
    for line in (r"name: +One", r"owner: +mona", r"callback: +a:/", r"users: +1",
                 r"description: +-", r"callback: +https://b.example \(wildcard\)", r"suspended: +-",
                 rf"secret: +\d+, ends in {app['client_secret'][-8:]}"):
        assert re.search(f"^{line}$", text, re.M), line
    assert app["client_secret"] not in text


@pytest.mark.parametrize("words", (
    ["show"], ["edit", "--name=x"], ["secret add"], ["secret list"], ["secret revoke", "1"],
    ["suspend"], ["unsuspend"], ["revoke-tokens"], ["transfer", "--to=mona"], ["delete", "--yes"]))
def test_unknown_app(mona, words):
    assert mona.fails("app", *words[0].split(), "Ov23nothing", *words[1:]) == \
        "there is no app with the client id 'Ov23nothing'"


def test_edit_changes_what_is_named_and_nothing_else(mona):
    client_id = mona.json(*CREATE, "--name=One", "--callback=a:/", "--description=Old",
                          "--device-flow")["client_id"]
    before = mona.json("app", "show", client_id)
    for flags, changed in (
            (["--name= Uno "], {"name": "Uno"}),
            (["--name=UNO"], {"name": "UNO"}),
            (["--homepage=https://new.example"], {"homepage": "https://new.example"}),
            (["--description=New"], {"description": "New"}),
            (["--description="], {"description": None}),
            (["--no-device-flow"], {"device_flow": False}),
            (["--description=x"], {"description": "x"}),
            (["--expiring-tokens"], {"expiring_tokens": True}),
            (["--device-flow"], {"device_flow": True}),
            (["--name=Zwei"], {"name": "Zwei"}),
            (["--no-expiring-tokens"], {"expiring_tokens": False}),
            (["--callback=b:/", "--wildcard-callback=https://c.example"],
             {"callbacks": [{"url": "b:/", "wildcard": False},
                            {"url": "https://c.example", "wildcard": True}]}),
            (["--callback=b:/"], {"callbacks": [{"url": "b:/", "wildcard": False}]})):
        mona.json("app", "edit", client_id, *flags)
        before.update(changed)
        assert mona.json("app", "show", client_id) == before, flags
    assert mona.run("app", "edit", client_id, "--name=Last").stdout == \
        "The app 'Last' is changed.\n"
    assert mona.log_of("mona")[-1] == ("command line", "oauth_application.update", "Last")


def test_edit_refuses_as_create_does(mona):
    client_id = mona.app("One")["client_id"]
    mona.app("Two")
    assert mona.fails("app", "edit", client_id, "--name=two") == \
        "the name 'two' is taken by another app"
    uris = [f"--callback=https://one.example.com/{i}" for i in range(11)]
    assert "is one too many" in mona.fails("app", "edit", client_id, *uris)
    assert "cannot be a callback URL" in mona.fails("app", "edit", client_id, "--callback=x")
    assert callbacks(mona, client_id) == [("https://one.example.com/cb", False)]


def test_secrets_up_to_ten(mona):
    client_id = mona.app()["client_id"]
    added = [mona.json("app", "secret", "add", client_id) for _ in range(8)]
    text = mona.run("app", "secret", "add", client_id).stdout
    assert re.search(r"^client secret: [0-9a-f]{40}$", text, re.M)
    assert mona.fails("app", "secret", "add", client_id) == \
        "the app 'One' has 10 client secrets already, which is the most; revoke one first"
    listed = mona.json("app", "secret", "list", client_id)
    assert len(listed) == 10
    assert [(s["id"], s["last_eight"]) for s in listed[1:9]] == \
        [(s["id"], s["client_secret"][-8:]) for s in added]
    assert len({s["client_secret"] for s in added}) == 8
    assert mona.json("app", "secret", "revoke", client_id, str(added[0]["id"])) == \
        {"id": added[0]["id"], "revoked": True}
    mona.json("app", "secret", "add", client_id)
    actions = [e[1] for e in mona.log_of("mona")]
    assert actions.count("oauth_application.generate_client_secret") == 10
    assert actions.count("oauth_application.remove_client_secret") == 1


def test_secret_list_in_words(mona):
    app = mona.app()
    number = mona.json("app", "secret", "list", app["client_id"])[0]["id"]
    lines = mona.run("app", "secret", "list", app["client_id"]).stdout.splitlines()
    assert len(lines) == 2 and lines[1].split()[:2] == [str(number), app["client_secret"][-8:]]
    assert mona.run("app", "secret", "revoke", app["client_id"], str(number)).stdout == \
        f"The client secret {number} of 'One' is revoked.\n"
    assert mona.run("app", "secret", "list", app["client_id"]).stdout == \
        "The app has no client secrets.\n"


def test_secrets_that_cannot_be_revoked(mona):
    one, two = mona.app("One")["client_id"], mona.app("Two")["client_id"]
    number = mona.json("app", "secret", "list", two)[0]["id"]
    assert mona.fails("app", "secret", "revoke", one, str(number)) == \
        f"the app 'One' has no client secret with the id {number}"
    mona.run("app", "secret", "revoke", two, str(number))
    assert mona.fails("app", "secret", "revoke", two, str(number)) == \
        f"the app 'Two' has no client secret with the id {number}"
    assert mona.fails("app", "secret", "revoke", two, "-", ) == "'-' is no id of a client secret"
    assert mona.fails("app", "secret", "revoke", two, "1e3") == "'1e3' is no id of a client secret"


def test_suspend_and_unsuspend(mona):
    client_id = mona.app()["client_id"]
    assert mona.run("app", "suspend", client_id).stdout == "The app 'One' is suspended.\n"
    assert mona.run("app", "suspend", client_id).stdout == "The app 'One' is suspended already.\n"
    assert TIME.fullmatch(mona.json("app", "show", client_id)["suspended_at"])
    assert mona.json("app", "unsuspend", client_id)["suspended_at"] is None
    assert mona.run("app", "unsuspend", client_id).stdout == "The app 'One' is not suspended.\n"
    assert [e[1] for e in mona.log_of("mona")][2:] == [
        "oauth_application.suspend", "oauth_application.unsuspend"]


def test_revoke_tokens_kills_grants_and_not_the_app(mona):
    mona.user("ana")
    one, two = mona.app("One")["client_id"], mona.app("Two")["client_id"]
    mona.grant("ana", one)
    mona.grant("ana", two)
    said = mona.run("app", "revoke-tokens", one).stdout
    assert said == "The app 'One' has lost every token, code and authorization it had.\n"
    assert [g["client_id"] for g in mona.json("grant", "list", "ana")] == [two]
    assert mona.json("app", "show", one)["users"] == 0
    assert mona.json("app", "show", two)["users"] == 1
    assert mona.json("app", "revoke-tokens", two)["client_id"] == two
    assert mona.json("grant", "list", "ana") == []
    assert mona.log_of("mona")[-1] == ("command line", "oauth_application.revoke_tokens", "Two")


def test_transfer_is_immediate_and_ends_an_offer(mona):
    mona.user("ana")
    mona.user("eva")
    client_id = mona.app()["client_id"]
    mona.sql("INSERT INTO app_transfer VALUES (1, 3, 1)")
    assert mona.json("app", "show", client_id)["offered_to"] == "eva"
    assert mona.run("app", "transfer", client_id, "--to", "Ana").stdout == \
        "The app 'One' belongs to ana now.\n"
    shown = mona.json("app", "show", client_id)
    assert (shown["owner"], shown["offered_to"]) == ("ana", None)
    for login in ("mona", "ana"):
        assert mona.log_of(login)[-1] == ("command line", "oauth_application.transfer", "One")
    assert mona.fails("app", "transfer", client_id, "--to", "ana") == \
        "the app 'One' belongs to ana already"
    assert mona.fails("app", "transfer", client_id, "--to", "none") == "there is no user 'none'"
    assert mona.json("app", "transfer", client_id, "--to", "eva")["owner"] == "eva"


def test_delete(mona):
    mona.user("ana")
    one, two = mona.app("One")["client_id"], mona.app("Two")["client_id"]
    mona.grant("ana", one)
    assert mona.json("app", "delete", one, "--yes") == {"client_id": one, "deleted": True}
    assert mona.run("app", "delete", two, "--yes").stdout == "The app 'Two' is deleted.\n"
    assert mona.json("app", "list") == []
    for table in ("app_secret", "app_callback"):
        assert mona.sql(f"SELECT COUNT(*) FROM {table}") == [(0,)]
    assert mona.json("grant", "list", "ana") == []
    assert mona.log_of("mona")[-1] == ("command line", "oauth_application.destroy", "Two")
    mona.app("One")  # its name is free again


def test_grants(mona):
    mona.user("ana")
    one, two = mona.app("One")["client_id"], mona.app("Two")["client_id"]
    assert mona.run("grant", "list", "ana").stdout == "The user allows no app anything.\n"
    mona.grant("ana", one)
    mona.grant("ana", two, scopes="")
    listed = {g["client_id"]: g for g in mona.json("grant", "list", "ana")}
    assert listed[one] == {
        "client_id": one, "name": "One", "owner": "mona", "scopes": ["read:user", "repo"],
        "created_at": "2023-11-14T22:13:20Z", "updated_at": "2023-11-14T22:13:20Z"}
    assert listed[two]["scopes"] == []
    text = mona.run("grant", "list", "ana").stdout
    assert "read:user repo" in text and "(no scopes)" in text
    assert mona.fails("grant", "revoke", "mona", one) == "mona allows the app 'One' nothing"
    assert mona.fails("grant", "revoke", "ana", "none") == \
        "there is no app with the client id 'none'"
    assert mona.json("grant", "revoke", "ana", one) == {"login": "ana", "revoked": one}
    assert mona.fails("grant", "revoke", "ana", one) == "ana allows the app 'One' nothing"
    assert mona.run("grant", "revoke", "ana", two).stdout == \
        "ana does not allow 'Two' anything any more.\n"
    assert mona.sql("SELECT DISTINCT revoked_by FROM app_grant") == [("operator",)]


def test_revoke_all_grants_of_one_user(mona):
    mona.user("ana")
    one, two = mona.app("One")["client_id"], mona.app("Two")["client_id"]
    for login in ("ana", "mona"):
        mona.grant(login, one)
        mona.grant(login, two)
    assert mona.json("grant", "revoke", "ana", "--all") == {"login": "ana", "revoked": "all"}
    assert mona.json("grant", "list", "ana") == []
    assert len(mona.json("grant", "list", "mona")) == 2
    assert mona.run("grant", "revoke", "ana", "--all").stdout == \
        "ana allows no app anything any more.\n"
    assert mona.log_of("ana")[-1][1] == "oauth_authorization.destroy_all"


def test_a_grant_that_revoke_tokens_killed_is_not_there(mona):
    client_id = mona.app()["client_id"]
    mona.grant("mona", client_id)
    mona.run("app", "revoke-tokens", client_id)
    assert mona.fails("grant", "revoke", "mona", client_id) == "mona allows the app 'One' nothing"
