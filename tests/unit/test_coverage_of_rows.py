"""tools/coverage_of_rows.py: which ids a test carries, and when `./dev lint` fails."""
import os
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))

import coverage_of_rows as tool  # noqa: E402

TABLE = '''/* HOLDS("no row") */
SPEC(RFC6749, "RFC 6749", "A framework")
HOLDS("6749-01", RFC6749, MUST, "3.1", "One, \\"quoted\\".")
WHEN("6749-02", RFC6749, MUST_NOT, "3.2", https_issuer, "Two.")
HOLDS("6749-03", RFC6749, SHOULD, "3.3", "Three.")
NOT_OFFERED("6749-04", RFC6749, MUST, "3.4", "nobody wants it", "Four.")
HOLDS("21-03", RFC6749, MUST, "4", "Five.")
UNTESTED("21-03", "no test can")
HOLDS("G02", RFC6749, MUST, "5", "Six.")
'''


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A tree of its own; the function writes files of tests into it."""
    (tmp_path / "requirements.def").write_text(TABLE)
    monkeypatch.setattr(tool, "TABLE", str(tmp_path / "requirements.def"))
    monkeypatch.setattr(tool, "ROOT", str(tmp_path))

    def write(name, text):
        (tmp_path / "tests" / "http").mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / "http" / name).write_text(text)
    return write


def carried(table=None):
    found = list(tool.tests())
    return {test.name: (table or tool.Table()).ids(test) for test in found}


def test_the_table_is_read(tree):
    table = tool.Table()
    assert list(table.rows) == ["6749-01", "6749-02", "6749-03", "6749-04", "21-03", "G02"]
    assert table.rows["6749-02"].level == "MUST_NOT" and table.rows["6749-02"].not_offered is None
    assert table.reason("6749-04") == "nobody wants it" and table.reason("21-03") == "no test can"
    assert table.specs == {"RFC6749": "RFC 6749"}


@pytest.mark.parametrize("name, ids", [
    ("test_6749_01_a_thing", {"6749-01"}), ("test_a_thing_6749_01", {"6749-01"}),
    ("test_6749_01_02_two_things", {"6749-01", "6749-02"}),
    ("test_6749_01_21_03_of_two", {"6749-01", "21-03"}),
    ("test_g02_6749_03_and_A123", {"G02", "6749-03"}), ("test_G02", {"G02"}),
    ("test_6749_and_no_row", set()), ("test_13_8_of_another_list", set()), ("test_s14_02", set()),
    ("test_6749_011", set()), ("test_16749_01", set()), ("test_6749_99_no_row", {"6749-99"}),
])
def test_names(tree, name, ids):
    tree("test_x.py", f"def {name}():\n    pass\n")
    assert carried() == {name: ids}


def test_docstrings_and_comments_of_a_test_and_nothing_else(tree):
    tree("test_x.py", '''"""6749-01: the head of a file."""
# 6749-02: of nothing

def helper():
    """6749-01"""


# 6749-03
@decorated
def test_one():
    """21-03 in words."""
    x = "6749-01"  # G02
    return x


class TestOf:
    def test_two(self):
        # 6749-01 .. 6749-02, not 6749-011, 16749-03 or 6749-03x
        pass
''')
    assert carried() == {"test_one": {"6749-03", "21-03", "G02"}, "test_two": {"6749-01", "6749-02"}}


def test_tests_in_c(tree):
    tree("test_x.c", '''/* 6749-01: the head of a file. */

/* 6749-02: what it is about,
 * G02 too. */
static void test_one(void **state)
{
	/* 21-03 */
	use("6749-01");
}

static void helper(void)
{
	/* 6749-03 */
}

static void test_6749_03_two(void **state)
{
}
''')
    assert carried() == {"test_one": {"6749-02", "G02", "21-03"}, "test_6749_03_two": {"6749-03"}}


def checked(capsys):
    table, found = tool.Table(), list(tool.tests())
    status = tool.check(table, found, tool.covered(table, found))
    return status, capsys.readouterr().out


def test_lint_wants_a_test_or_a_reason_for_each_must(tree, capsys):
    tree("test_x.py", "def test_6749_01_x():\n    pass\n\n\ndef test_g02():\n    pass\n")
    status, said = checked(capsys)
    assert status == 1 and said == \
        "requirements.def: no test carries 6749-02, and no reason says why\n"
    tree("test_y.py", "def test_6749_02():\n    pass\n")
    assert checked(capsys)[0] == 0


def test_lint_knows_ids_that_are_none(tree, capsys):
    tree("test_x.py", "def test_6749_01_02_07():\n    pass\n\n\ndef test_g02():\n    # 21-04\n    pass\n")
    status, said = checked(capsys)
    assert status == 1 and "test_x.py:1: there is no row 6749-07" in said
    assert "test_x.py:5: there is no row 21-04" in said


def test_lint_wants_no_reason_where_there_is_a_test(tree, capsys):
    tree("test_x.py", "def test_6749_01_02_21_03():\n    pass\n\n\ndef test_g02():\n    pass\n")
    status, said = checked(capsys)
    assert status == 1 and "21-03 is UNTESTED, but test_6749_01_02_21_03 carries it" in said


def test_lint_wants_rows_that_have_come_to_be_judged(tree, capsys):
    tree("test_x.py", "def test_6749_01_02():\n    pass\n\n\ndef test_g02_6749_04():\n    pass\n")
    assert checked(capsys)[0] == 0, "a refusal of what is not offered may be tested"
    with open(tool.TABLE, "w", encoding="utf-8") as f:
        f.write(TABLE.replace("nobody wants it", tool.NOT_YET))
    status, said = checked(capsys)
    assert status == 1 and "6749-04 is not there yet, but test_g02_6749_04 carries it" in said


def test_the_summary_and_what_is_missing(tree, capsys):
    tree("test_x.py", "def test_6749_01():\n    pass\n")
    table, found = tool.Table(), list(tool.tests())
    rows = tool.covered(table, found)
    tool.summary(table, rows)
    assert "1 of   6 rows, 2 with a reason" in capsys.readouterr().out
    tool.missing(table, rows)
    said = capsys.readouterr().out
    assert "6749-04  MUST       nobody wants it" in said and "6749-01" not in said


def test_what_the_build_gets(tree, tmp_path):
    tree("test_x.py", "def test_6749_01():\n    pass\n")
    table, found = tool.Table(), list(tool.tests())
    tool.write(table, tool.covered(table, found), str(tmp_path))
    made = (tmp_path / "row_tests.c").read_text()
    assert '{"6749-01", "tests/http/test_x.py::test_6749_01"},' in made and made.count("::") == 1


def test_of_this_tree():
    """Whatever it counts, it counts without a traceback."""
    for option in ([], ["--missing"]):
        done = subprocess.run([sys.executable, os.path.join(ROOT, "tools", "coverage_of_rows.py"),
                               *option], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 and done.stdout and not done.stderr
