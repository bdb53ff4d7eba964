"""user two-factor: the state of an account, and the way back in for who is locked out."""


def enrol(box, login, confirmed=True):
    """As the pages do it; the secret is one that cannot be decrypted, which must not matter."""
    user = box.sql("SELECT id FROM account WHERE login = ?", login)[0][0]
    box.sql("INSERT INTO two_factor (account_id, sealed, session_id, created_at, confirmed_at,"
            " used_step) VALUES (?, ?, 1, 1700000000, ?, 5)",
            user, bytes(60), 1700000000 if confirmed else None)
    for hashed in (b"1" * 32, b"2" * 32):
        box.sql("INSERT INTO recovery_code (account_id, hash) VALUES (?, ?)", user, hashed)


def test_state(box):
    box.user("mona")
    off = {"login": "mona", "two_factor": False, "since": None, "recovery_codes_left": 0}
    assert box.json("user", "two-factor", "mona") == off
    assert box.run("user", "two-factor", "mona").stdout == \
        "mona has no two-factor authentication.\n"
    enrol(box, "mona")
    assert box.json("user", "two-factor", "mona") == {
        "login": "mona", "two_factor": True, "since": "2023-11-14T22:13:20Z",
        "recovery_codes_left": 2}
    assert box.run("user", "two-factor", "mona").stdout == \
        "mona has had two-factor authentication since 2023-11-14 22:13 (UTC), " \
        "with 2 recovery codes left.\n"


def test_disable(box):
    box.user("mona")
    enrol(box, "mona")
    assert box.run("user", "two-factor", "mona", "--disable").stdout == \
        "mona has no two-factor authentication any more.\n"
    assert box.sql("SELECT COUNT(*) FROM two_factor")[0][0] == 0
    assert box.sql("SELECT COUNT(*) FROM recovery_code")[0][0] == 0
    assert box.log_of("mona")[-1] == ("command line", "two_factor_authentication.disabled", "")
    assert box.run("user", "two-factor", "mona", "--disable").stdout == \
        "mona has no two-factor authentication.\n"
    assert len([e for e in box.log_of("mona") if "two_factor" in e[1]]) == 1


def test_disable_ends_enrolment_too(box):
    box.user("mona")
    enrol(box, "mona", confirmed=False)
    assert box.json("user", "two-factor", "mona", "--disable")["two_factor"] is False
    assert box.sql("SELECT COUNT(*) FROM two_factor")[0][0] == 0


def test_unknown_user(box):
    box.user("mona")
    for flag in ([], ["--disable"]):
        assert "nobody" in box.fails("user", "two-factor", "nobody", *flag)
