"""user create, list, show, password, verify-email, suspend, unsuspend, admin; sessions."""
import re
import stat

import pytest

from conftest import PASSWORD

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def password_hash(box, login="mona"):
    return box.sql("SELECT password_hash FROM account WHERE login = ?", login)[0][0]


def test_create_prints_id_and_login_and_nothing_else(box):
    assert box.user("mona", password=PASSWORD) == {"id": 1, "login": "mona"}
    assert box.user("Ana-2") == {"id": 2, "login": "Ana-2"}
    assert box.log_of("mona") == [("command line", "user.create", "mona")]
    assert password_hash(box).startswith("$argon2id$v=19$m=8192,t=1,")


def test_create_in_words(box):
    done = box.run("user", "create", "--login", "mona", "--email", "mona@example.com")
    assert done.stdout.startswith("The user mona is made, with the id 1.\nIt has no password")
    assert password_hash(box) is None
    done = box.run("user", "create", "--login", "ana", "--email", "ana@example.com",
                   "--password-stdin", stdin=b"long enough\n")
    assert done.stdout == "The user ana is made, with the id 2.\n"


@pytest.mark.sqlite
def test_the_default_folder_is_made_for_its_owner_only(box):
    box.user()
    assert stat.S_IMODE(box.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(box.database.stat().st_mode) == 0o600


@pytest.mark.sqlite
def test_the_folder_that_cannot_be_made_is_named(box):
    box.data = box.folder / "none" / "data"
    assert box.fails("user", "list") == \
        f"the folder '{box.data}' cannot be made: No such file or directory"


def test_another_database_needs_no_folder(box):
    path = box.folder / "other.db"
    done = box.bare("user", "create", "--login", "mona", "--email", "m@example.com", "--json",
                    "--database", f"sqlite:{path}")
    assert done.stdout == '{"id": 1, "login": "mona"}\n'
    assert path.exists() and not (box.folder / "llavero-data").exists()
    box.env["LLAVERO_DATABASE"] = f"sqlite:{path}"
    assert "mona" in box.bare("user", "list").stdout
    assert "no driver" in box.bare("user", "list", "--database", "mysql://x", status=1).stderr


def test_a_config_file_says_where_the_data_is(box):
    box.user("mona")
    (box.folder / "llavero.conf").write_text(f"data = {box.data}\n")
    assert "mona" in box.bare("user", "list", "--config", "llavero.conf").stdout


def test_create_with_every_flag(box):
    box.user("mona", "--name", "  Mona Ñandú ", "--admin", "--unverified", password=PASSWORD)
    shown = box.json("user", "show", "MONA")
    assert TIME.fullmatch(shown.pop("created_at"))
    assert shown == {
        "id": 1, "login": "mona", "name": "Mona Ñandú", "site_admin": True,
        "email_verified": False, "has_password": True, "suspended_at": None,
        "emails": [{"address": "mona@example.com", "primary": True, "verified_at": None}]}


def test_create_counts_the_address_as_verified_otherwise(box):
    box.user("mona")
    shown = box.json("user", "show", "mona")
    assert shown["email_verified"] is True and shown["has_password"] is False
    assert TIME.fullmatch(shown["emails"][0]["verified_at"])


@pytest.mark.parametrize("given, kept", (
    (b"correct horse\n", b"correct horse"), (b"correct horse\r\n", b"correct horse"),
    (b"correct horse", b"correct horse"), (b"correct horse\nsecond\n", b"correct horse"),
    (b" spaces stay \n", b" spaces stay "), (b"in\rside of it\n", b"in\rside of it"),
    (b"p" * 8, b"p" * 8), (b"p" * 1024 + b"\r\n", b"p" * 1024),
    ("contraseña".encode() + b"\n", "contraseña".encode()),
))
def test_the_password_ends_at_the_first_line_end(box, given, kept):
    box.json("user", "create", "--login", "mona", "--email", "m@example.com", "--password-stdin",
             stdin=given)
    assert is_argon2id(password_hash(box), kept)
    assert not is_argon2id(password_hash(box), kept + b"x")


def is_argon2id(encoded, password):
    """Asks the library that the program uses too, by its public interface."""
    import ctypes
    import ctypes.util
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
    assert sodium.sodium_init() >= 0
    return sodium.crypto_pwhash_str_verify(encoded.encode(), password,
                                           ctypes.c_ulonglong(len(password))) == 0


@pytest.mark.parametrize("given, sentence", (
    (b"", "there is no password on standard input"),
    (b"\n", "there is no password on standard input"),
    (b"\r\n", "there is no password on standard input"),
    (b"p" * 7, "the password must have at least 8 bytes"),
    (b"p" * 1025, "the password may have at most 1024 bytes"),
    (b"p" * 100000, "the password may have at most 1024 bytes"),
    (b"bad \xff text\n", "the password must be UTF-8 text, and not the login or the e-mail"),
    (b"nul \0 inside\n", "the password must be UTF-8 text, and not the login or the e-mail"),
    (b"mona-lisa\n", "the password must be UTF-8 text, and not the login or the e-mail"),
    (b"MONA@example.com\n", "the password must be UTF-8 text, and not the login or the e-mail"),
))
def test_bad_passwords_are_refused_and_never_shown(box, given, sentence):
    said = box.fails("user", "create", "--login", "mona-lisa", "--email", "mona@example.com",
                     "--password-stdin", stdin=given)
    assert said.startswith(sentence)
    assert box.json("user", "list") == []


@pytest.mark.parametrize("login, why", (
    ("", "a login cannot be empty"), ("-a", "letters, digits and single hyphens inside"),
    ("a--b", "letters, digits and single hyphens inside"), ("a b", "'a b' cannot be a login"),
    ("Settings", "'Settings' cannot be a login: the server uses this word itself"),
    ("m" * 40, "it may have at most 39 characters"), ("\x1b[31m", "cannot be a login"),
))
def test_bad_logins(box, login, why):
    assert why in box.fails("user", "create", f"--login={login}", "--email", "a@example.com")


def test_login_of_the_greatest_length(box):
    assert box.user("m" * 39)["login"] == "m" * 39


@pytest.mark.parametrize("email", ("", "a", "a@", "@a.example", "a@b", "a b@example.com",
                                   "a@b.example\n", "x" * 243 + "@example.com"))
def test_bad_addresses(box, email):
    assert "an e-mail address" in box.fails("user", "create", "--login", "a", f"--email={email}")


@pytest.mark.parametrize("name", ("", "   ", "a\x07b", "a\u202eb", "n" * 101))
def test_bad_names(box, name):
    assert "a name" in box.fails("user", "create", "--login", "a", "--email", "a@example.com",
                                 f"--name={name}")


def test_names_that_are_taken(box):
    box.user("mona")
    assert box.fails("user", "create", "--login", "MONA", "--email", "x@example.com") == \
        "the login 'MONA' is taken"
    assert box.fails("user", "create", "--login", "lisa", "--email", "Mona@Example.com") == \
        "the e-mail address 'Mona@Example.com' is taken"
    assert [u["login"] for u in box.json("user", "list")] == ["mona"]


def test_list(box):
    assert box.json("user", "list") == []
    assert box.run("user", "list").stdout == "There are no users.\n"
    box.user("mona", "--admin")
    box.user("ana", "--unverified")
    listed = box.json("user", "list")
    assert [u["login"] for u in listed] == ["mona", "ana"]
    assert set(listed[0]) == {"id", "login", "name", "site_admin", "email_verified",
                              "has_password", "suspended_at", "created_at"}
    lines = box.run("user", "list").stdout.splitlines()
    assert len(lines) == 3 and lines[0].startswith("ID ")
    assert "administrator" in lines[1] and "unverified" in lines[2]


@pytest.mark.parametrize("count", (99, 100, 101, 200))
def test_lists_go_on_past_one_page(box, count):
    box.user("mona")
    box.sql("WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO account (id, login, login_key, site_admin, primary_verified, created_at,"
            " updated_at) SELECT i, 'u' || i, 'u' || i, 0, 0, 1, 1 FROM n", count)
    assert [u["id"] for u in box.json("user", "list")] == list(range(1, count + 1))
    assert len(box.run("user", "list").stdout.splitlines()) == count + 1


def test_show_in_words(box):
    box.user("mona", "--unverified")
    text = box.run("user", "show", "mona").stdout
    assert re.search(r"^e-mail: +mona@example.com, primary, not verified$", text, re.M)
    assert re.search(r"^password: +none$", text, re.M)


def test_texts_from_outside_cannot_steer_the_terminal(box):
    box.user("mona")
    box.sql("UPDATE account SET name = ?", "a\x1b[2Jb\u009bc\x7f")
    for words in (("user", "show", "mona"), ("user", "list")):
        assert "a?[2Jb??c?" in box.run(*words).stdout
    assert box.json("user", "show", "mona")["name"] == "a\x1b[2Jb\u009bc\x7f"


@pytest.mark.parametrize("words", (
    ["show"], ["suspend"], ["unsuspend"], ["admin", "on"], ["verify-email", "a@b.example"]))
def test_unknown_user(box, words):
    assert box.fails("user", words[0], "nobody", *words[1:]) == "there is no user 'nobody'"


def test_unknown_user_with_password_session_and_grant(box):
    for words in (["user", "password", "nobody", "--password-stdin"], ["session", "list", "nobody"],
                  ["session", "end", "nobody", "--all"], ["grant", "list", "nobody"],
                  ["grant", "revoke", "nobody", "--all"], ["app", "list", "--owner", "nobody"]):
        assert box.fails(*words, stdin=b"correct horse\n") == "there is no user 'nobody'"


def test_A079_password_ends_every_session(box):
    box.user("mona", password=PASSWORD)
    box.user("ana")
    box.session("mona")
    box.session("ana")
    said = box.run("user", "password", "mona", "--password-stdin", stdin=b"another one\n").stdout
    assert said == "mona has the new password, and is signed out everywhere.\n"
    assert is_argon2id(password_hash(box), b"another one")
    assert box.json("session", "list", "mona") == []
    assert len(box.json("session", "list", "ana")) == 1
    assert ("command line", "user.change_password", "") in box.log_of("mona")
    assert box.json("user", "password", "ana", "--password-stdin",
                    stdin=b"a third one\n")["has_password"] is True


def test_bad_new_password_changes_nothing(box):
    box.user("mona-lisa", password=PASSWORD)
    before = password_hash(box, "mona-lisa")
    box.session("mona-lisa")
    for bad in (b"short\n", b"MONA-lisa\n", b"mona-lisa@example.com\n", b""):
        box.fails("user", "password", "mona-lisa", "--password-stdin", stdin=bad)
    assert password_hash(box, "mona-lisa") == before
    assert len(box.json("session", "list", "mona-lisa")) == 1


def test_verify_email(box):
    box.user("mona", "--unverified")
    box.user("ana", "--unverified")
    assert box.fails("user", "verify-email", "mona", "ana@example.com") == \
        "mona has no e-mail address 'ana@example.com'"
    said = box.run("user", "verify-email", "mona", "MONA@example.com").stdout
    assert said == "mona has the address MONA@example.com verified now.\n"
    said = box.run("user", "verify-email", "mona", "mona@example.com").stdout
    assert said == "mona has the address mona@example.com verified already.\n"
    assert box.json("user", "verify-email", "ana", "ana@example.com")["email_verified"] is True
    assert [e[1] for e in box.log_of("mona")] == ["user.create", "user.verify_email"]


def test_suspend_signs_out_and_unsuspend_does_not_sign_in(box):
    box.user("mona")
    box.session("mona")
    assert box.run("user", "suspend", "mona").stdout == "mona is suspended.\n"
    assert box.run("user", "suspend", "mona").stdout == "mona is suspended already.\n"
    assert TIME.fullmatch(box.json("user", "show", "mona")["suspended_at"])
    assert "suspended" in box.run("user", "list").stdout
    assert box.json("session", "list", "mona") == []
    assert box.json("user", "unsuspend", "mona")["suspended_at"] is None
    assert box.run("user", "unsuspend", "mona").stdout == "mona is not suspended.\n"
    assert box.json("session", "list", "mona") == []
    assert [e[1] for e in box.log_of("mona")] == ["user.create", "user.suspend", "user.unsuspend"]


def test_admin(box):
    box.user("mona")
    assert box.run("user", "admin", "mona", "on").stdout == "mona is an administrator now.\n"
    assert box.run("user", "admin", "mona", "on").stdout == "mona is an administrator already.\n"
    assert box.json("user", "admin", "mona", "off")["site_admin"] is False
    assert [e[1] for e in box.log_of("mona")] == ["user.create", "user.promote", "user.demote"]


def test_session_list(box):
    box.user("mona")
    assert box.run("session", "list", "mona").stdout == "There are no sessions.\n"
    first = box.session("mona", "Fire\x1bfox")
    box.session("mona", seen_ago=1209601)  # idle for longer than session_idle
    listed = box.json("session", "list", "mona")
    assert [s["id"] for s in listed] == [first]
    assert listed[0]["address"] == "192.0.2.7" and listed[0]["user_agent"] == "Fire\x1bfox"
    assert TIME.fullmatch(listed[0]["seen_at"]) and TIME.fullmatch(listed[0]["created_at"])
    text = box.run("session", "list", "mona").stdout
    assert str(first) in text and "Fire?fox" in text and "\x1b" not in text


@pytest.mark.sqlite  # PostgreSQL takes no such text
def test_a_browser_name_that_is_not_utf8_is_still_json(box):
    box.user("mona")
    number = box.session("mona")
    box.sql("UPDATE session SET user_agent = CAST(x'41ff42' AS TEXT) WHERE id = ?", number)
    assert box.json("session", "list", "mona")[0]["user_agent"] == "A\ufffdB"
    assert "A?B" in box.run("session", "list", "mona").stdout


def test_session_end(box):
    box.user("mona")
    box.user("ana")
    one, two, three = (box.session("mona") for _ in range(3))
    other = box.session("ana")
    assert box.json("session", "end", "mona", str(one)) == {"login": "mona", "ended": one}
    for number in (one, other, 999, 2 ** 47):
        assert box.fails("session", "end", "mona", str(number)) == \
            f"mona has no session {number}"
    for word in ("0", "x", "1x", "9" * 19):
        assert box.fails("session", "end", "mona", word) == f"'{word}' is no id of a session"
    assert {s["id"] for s in box.json("session", "list", "mona")} == {two, three}
    assert box.run("session", "end", "mona", str(two)).stdout == \
        f"The session {two} of mona is ended.\n"
    assert box.json("session", "end", "mona", "--all") == {"login": "mona", "ended": "all"}
    assert box.run("session", "end", "mona", "--all").stdout == \
        "mona is signed out everywhere.\n"
    assert box.json("session", "list", "mona") == []
    assert len(box.json("session", "list", "ana")) == 1
    assert ("command line", "user.logout", "") in box.log_of("mona")
