"""tools/attack_lines.py: what a catalogue may look like, and when `./dev lint` fails."""
import os
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import attack_lines as tool  # noqa: E402
import coverage_of_rows  # noqa: E402

CATALOGUE = """# Of one sort
A001 a thing
  test: tests/http/test_x.py::test_a001_p02_both
A002 another | thing
  does not apply: There is nothing of the kind in here.
# Of another
P01 what befell somebody
  run: drill.py, by ./dev drill
P02 the same
  test: tests/http/test_x.py::test_a001_p02_both
"""


@pytest.fixture
def tree(tmp_path, monkeypatch, capsys):
    """A tree with four lines; the function checks it with a changed catalogue."""
    for folder in ("tests/attacks", "tests/http", "docs"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "dev").write_text("cmd_drill() {\n")
    (tmp_path / "drill.py").write_text("# P01: as told\n")
    (tmp_path / "tests/http/test_x.py").write_text(
        "def test_a001_p02_both():\n    pass\n\n\ndef test_more():\n    # A002\n    pass\n")
    monkeypatch.setattr(tool, "ROOT", str(tmp_path))
    monkeypatch.setattr(coverage_of_rows, "ROOT", str(tmp_path))
    monkeypatch.setattr(tool, "FILES", ("all.txt",))
    monkeypatch.setattr(tool, "NUMBERS", ["A001", "A002", "P01", "P02"])

    def checked(text=CATALOGUE, stale=False):
        (tmp_path / "tests/attacks/all.txt").write_text(text)
        catalogue = tool.Catalogue()
        (tmp_path / "docs/attacks.md").write_text("" if stale else tool.text_of(catalogue))
        status = tool.check(catalogue)
        said = capsys.readouterr().out
        assert (status == 0) == (" has a test or a reason\n" in said)
        return said
    checked.folder = tmp_path
    return checked


def test_what_is_whole(tree):
    assert tree() == "attacks: each line has a test or a reason\n"
    said = (tree.folder / "docs/attacks.md").read_text()
    assert "| A001 | a thing | http/test_x.py: `test_a001_p02_both` |" in said
    assert "| A002 | another \\| thing | There is nothing of the kind in here. |" in said
    assert "| P01 | what befell somebody | `./dev drill` |" in said


@pytest.mark.parametrize("was, becomes, said", [
    ("A002 another | thing\n  does not apply: There is nothing of the kind in here.\n", "",
     "A002 is there 0 times"),
    ("P02 the", "P01 the", "P01 is there 2 times"),
    ("P02 the", "P03 the", "P03 is no number of the catalogue"),
    ("P02 the", "A2 the", "this is no line of the catalogue"),
    ("A001 a thing\n", "A001 a thing\n  tset: x\n", "this is no line of the catalogue"),
    ("A001 a thing\n  test: tests/http/test_x.py::test_a001_p02_both\n", "A001 a thing\n",
     "A001: wants tests, or one sentence"),
    ("  does not apply: There is nothing", "  test: tests/http/test_x.py::test_more\n"
     "  does not apply: There is nothing", "A002: wants tests, or one sentence"),
    ("There is nothing of the kind in here.", "n/a", "is to be a sentence"),
    ("There is nothing of the kind in here.", "there is nothing of the kind", "is to be a sentence"),
    ("test_x.py::test_a001", "test_x.py::test_no_a001", "A001: there is no tests/http/test_x.py::test_no"),
    ("test_x.py::test_a001_p02_both", "test_x.py::test_more", "A001: tests/http/test_x.py::test_more does not"),
    ("drill.py, by ./dev drill", "drill.py, by ./dev dril", "is not FILE, by ./dev COMMAND"),
    ("drill.py, by ./dev drill", "drill.py", "is not FILE, by ./dev COMMAND"),
    ("drill.py, by", "dril.py, by", "P01: there is no dril.py"),
    ("drill.py, by", "dev, by", "P01: dev does not name it"),
    ("a thing\n", "a " + "thing " * 50 + "\n", "A001: said in"),
])
def test_what_is_not(tree, was, becomes, said):
    assert CATALOGUE.count(was) >= 1
    assert said in tree(CATALOGUE.replace(was, becomes, 1))


def test_a_test_that_names_a_line_of_no_catalogue(tree):
    (tree.folder / "tests/http/test_y.py").write_text("def test_a003():\n    pass\n")
    assert "tests/http/test_y.py::test_a003: there is no line A003" in tree()


def test_a_command_with_options(tree):
    said = tree(CATALOGUE.replace("./dev drill", "./dev drill --quick"))
    assert said.endswith("has a test or a reason\n")


def test_a_stale_document(tree):
    assert "docs/attacks.md is stale" in tree(stale=True)


@pytest.mark.parametrize("text, numbers", [
    ("test_A001_to_A015", {"A001", "A015"}), ("test_p07_a225", {"P07", "A225"}),
    ("P-256, P256, A1234, SHA256, xA001", set()), ("A001: B, P02.", {"A001", "P02"}),
])
def test_numbers_in_a_text(text, numbers):
    assert tool.named(text) == numbers
