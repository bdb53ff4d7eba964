"""llavero key: list, rotate, retire."""
import pytest


def by_alg(box, alg="ES256"):
    """The keys of an algorithm, newest first."""
    return [k for k in box.json("key", "list") if k["alg"] == alg]


def test_there_are_none_at_first(box):
    assert box.json("key", "list") == []
    assert "no signing keys yet" in box.run("key", "list").stdout


def test_rotate_makes_the_first_and_then_successors(box):
    made = box.json("key", "rotate")
    assert [(k["alg"], k["state"]) for k in made] == [("ES256", "active"), ("RS256", "active")]
    assert all(len(k["kid"]) == 43 and k["ends_at"] is None for k in made)
    again = box.json("key", "rotate")
    assert [(k["alg"], k["state"]) for k in again] == [("ES256", "published"), ("RS256", "published")]
    new, old = by_alg(box)
    assert old["ends_at"] == new["active_at"] and old["leaves_at"] > old["ends_at"]
    assert box.json("key", "rotate") == []
    assert "published already" in box.run("key", "rotate").stdout
    shown = box.run("key", "list").stdout
    assert new["kid"] in shown and "published" in shown and "active" in shown


def test_rotate_one_algorithm(box):
    assert [k["alg"] for k in box.json("key", "rotate", "ES256")] == ["ES256"]
    for word in ("HS256", "none", "EdDSA", ""):
        assert "signing_algorithms" in box.fails("key", "rotate", word)
    assert by_alg(box, "RS256") == []


def test_retire_in_order(box):
    box.json("key", "rotate", "ES256")
    kid = by_alg(box)[0]["kid"]
    ended = box.json("key", "retire", kid)
    assert ended["state"] == "active" and ended["ends_at"]
    new, old = by_alg(box)
    assert (new["state"], old["kid"]) == ("published", kid)
    assert "signs until" in box.run("key", "retire", kid).stdout
    assert len(by_alg(box)) == 2
    withdrawn = box.run("key", "retire", new["kid"]).stdout
    assert "withdrawn" in withdrawn
    assert by_alg(box)[1]["ends_at"] is None
    assert "removed already" in box.fails("key", "retire", new["kid"])


def test_retire_now(box):
    box.json("key", "rotate", "ES256")
    kid = by_alg(box)[0]["kid"]
    assert "5 more minutes" in box.run("key", "retire", kid, "--now").stdout
    new, old = by_alg(box)
    assert (new["state"], old["state"]) == ("active", "revoked")
    assert "revoked already" in box.fails("key", "retire", kid, "--now")
    actions = box.sql("SELECT action, actor, detail FROM audit WHERE account_id = 0 ORDER BY id")
    assert ("signing_key.revoke", "command line", kid) in actions
    assert ("signing_key.create", "command line", new["kid"]) in actions


@pytest.mark.parametrize("kid", ["nobody", "' OR 1=1 --", "../../etc/passwd", "x" * 4000])
def test_retire_unknown(box, kid):
    assert "there is no key" in box.fails("key", "retire", kid)
    assert "there is no key" in box.fails("key", "retire", kid, "--now")


@pytest.mark.parametrize("point", ["jose.generate:1", "store.commit:1+"])
def test_failures_change_nothing(box, point):
    box.json("key", "rotate", "RS256")
    kid = by_alg(box, "RS256")[0]["kid"]
    box.env["LLAVERO_FAIL"] = point
    process = box.start("key", "retire", kid, "--now")
    process.communicate(b"", timeout=60)
    box.env.pop("LLAVERO_FAIL")
    if process.returncode == 0:
        pytest.skip("a release build has no failpoints")
    assert [k["state"] for k in by_alg(box, "RS256")] == ["active"]
