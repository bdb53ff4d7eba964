"""tools/threats.py: what docs/security.md may not say."""
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import threats  # noqa: E402

THERE = {"tests/http/test_code.py::test_missing_code"}
ROW = "| {} | a threat | a defence: `{}` | `{}` |"


def problems(rows):
    text = "\n".join([threats.SECTION, ""] + rows + ["", "## Another", "| S9 | not a threat | of ours | here |"])
    return list(threats.problems_of(text, THERE))


def rows(**changed):
    made = {kind: ROW.format(kind + "1", "store/vault.c", *THERE) for kind in threats.KINDS}
    return list({**made, **changed}.values())


def test_what_is_whole():
    assert problems(rows()) == []


@pytest.mark.parametrize("row, said", [
    (ROW.format("S1", "store/vault.c", "tests/http/test_code.py::test_that_is_gone"), "there is no test"),
    (ROW.format("S1", "store/vaults.c", *THERE), "there is no file src/store/vaults.c"),
    (ROW.format("S2", "store/vault.c", *THERE), "S2 should be S1"),
    ("| S1 | a threat | a defence: `store/vault.c` | somebody's word |", "S1 names no test"),
    ("| S1 | a threat | good will | `tests/http/test_code.py::test_missing_code` |", "S1 names no file"),
    ("", "no threat of the kind S")])
def test_what_is_not(row, said):
    found = problems(rows(S=row))
    assert len(found) == 1 and said in found[0]


def test_a_document_without_the_section():
    assert len(list(threats.problems_of("## Something else\n", THERE))) == len(threats.KINDS)
