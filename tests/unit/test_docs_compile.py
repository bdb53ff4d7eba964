"""tools/docs-compile refuses broken documentation, naming the file and the line.

Each test makes a small tree that is right but for one thing.
"""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "build/tools/docs-compile"

GOOD = {
    "data/en/variables/product.yml": "name: llavero\n",
    "data/es/variables/product.yml": "name: llavero\n",
    "data/en/reusables/a/b.md": "Hello\n",
    "data/es/reusables/a/b.md": "Hola\n",
    "en/one.md": "---\ntitle: One\nredirect_from:\n  - /old/\n---\n\n## First\n\n[two](/two#second)\n",
    "es/one.md": "---\ntitle: Uno\nredirect_from:\n  - /old\n---\n\n## Primero\n\n[dos](/two#segundo)\n",
    "en/two.md": "---\ntitle: Two\n---\n\n## Second\n\n"
    "{% data variables.product.name %} {% data reusables.a.b %} [one](/old/#first) [me](#second)\n",
    "es/two.md": "---\ntitle: Dos\n---\n\n## Segundo\n\n"
    "{% data variables.product.name %} {% data reusables.a.b %} [uno](/old/#first) [yo](#second)\n",
}


@pytest.fixture(scope="session", autouse=True)
def tool():
    subprocess.run(["make", "-s", "build/tools/docs-compile"], cwd=ROOT, check=True)


@pytest.fixture
def run(tmp_path):
    """Writes GOOD with the changes given (None removes a file) and compiles it."""

    def compile_tree(changes=None, options=()):
        out = tmp_path / "out"
        out.mkdir()
        for name, text in {**GOOD, **(changes or {})}.items():
            path = tmp_path / "content" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text, encoding="utf-8")
        result = subprocess.run(
            [TOOL, *options, "content", "out"], cwd=tmp_path, capture_output=True, text=True
        )
        return result, out

    return compile_tree


def refused(run, changes, *messages, options=()):
    result, out = run(changes, options)
    assert result.returncode == 1, result.stderr
    for message in messages:
        assert message in result.stderr
    assert re.search(r"^docs-compile: \d+ errors?$", result.stderr, re.M)
    assert list(out.iterdir()) == []


def test_good_tree_compiles_and_links_keep_the_language(run):
    result, out = run()
    assert (result.returncode, result.stderr) == (0, "")
    text = (out / "docs_content.c").read_text()
    joined = text.replace('"\n"', "")
    assert r'href=\"/es/one#first\"' in joined  # the redirect is resolved
    assert r'href=\"/en/two#second\"' in joined
    assert r'href=\"#second\"' in joined
    assert r'<h2 id=\"second\"><span id=\"segundo\"></span>Segundo</h2>' in joined
    assert '{{"/old", 4}, {"/one", 4}}' in joined
    assert "docs_site_n_pages = 4;" in joined
    compiler = ["gcc", "-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
    (out / "gen").symlink_to(out)
    subprocess.run(
        compiler + [f"-I{ROOT}/src", f"-I{out}", str(out / "docs_content.c")], check=True
    )


def test_unknown_variable(run):
    body = "---\ntitle: One\nredirect_from: /old\n---\n\n## First\n\nx\n{% data variables.product.nmae %}\n"
    refused(run, {"en/one.md": body}, "content/en/one.md:9: unknown variable 'product.nmae'\n")


def test_unknown_reusable(run):
    body = "---\ntitle: One\nintro: '{% data reusables.a.x %}'\nredirect_from: /old\n---\n## First\n"
    refused(run, {"en/one.md": body}, "content/en/one.md:3: unknown reusable 'a.x'\n")


def test_error_within_a_reusable_names_its_file(run):
    refused(
        run,
        {"data/es/reusables/a/b.md": "Hola\n{% nope %}\n"},
        "data/es/reusables/a/b.md:2: unknown tag 'nope'\n",
    )


@pytest.mark.parametrize(
    "link, message",
    [
        ("/none", "dead link: '/none' is no page"),
        ("/settingsx", "dead link: '/settingsx' is no page"),
        ("/es/two", "dead link: '/es/two' is no page"),
        ("two", "dead link: 'two' must start with '/' or a scheme"),
        ("/two#none", "dead anchor: '/two#none' is not on content/en/two.md"),
        ("/two/#none", "dead anchor: '/two/#none' is not on content/en/two.md"),
        ("#none", "dead anchor: '#none' is not on content/en/one.md"),
        ("/old#none", "dead anchor: '/old#none' is not on content/en/one.md"),
    ],
)
def test_dead_links(run, link, message):
    text = GOOD["en/one.md"] + f"\n[x]({link})\n"
    refused(run, {"en/one.md": text}, f"content/en/one.md:11: {message}\n")


@pytest.mark.parametrize(
    "link", ["https://a.example/x#y", "mailto:a@b.example", "/settings/developers", "/two?x=1#second"]
)
def test_links_that_are_not_dead(run, link):
    result, _ = run({"en/one.md": GOOD["en/one.md"] + f"\n[x]({link})\n"})
    assert result.returncode == 0, result.stderr


def test_an_anchor_of_one_language_is_dead_in_the_other(run):
    text = GOOD["en/one.md"] + "\n[x](/two#segundo)\n"
    refused(run, {"en/one.md": text}, "content/en/one.md:11: dead anchor: '/two#segundo'")


@pytest.mark.parametrize("lang, other", [("en", "es"), ("es", "en")])
def test_missing_translation_of_a_page(run, lang, other):
    refused(
        run,
        {f"{lang}/three.md": "---\ntitle: T\n---\n"},
        f"content/{lang}/three.md:1: missing translation: the page '/three' does not exist in {other}\n",
    )


@pytest.mark.parametrize("lang, other", [("en", "es"), ("es", "en")])
def test_missing_translation_of_a_variable(run, lang, other):
    refused(
        run,
        {f"data/{lang}/variables/product.yml": "name: llavero\nextra: x\n"},
        f"content/data/{lang}/variables/product.yml:2: missing translation: "
        f"the variable 'product.extra' does not exist in {other}\n",
    )


def test_missing_translation_of_a_reusable(run):
    refused(
        run,
        {"data/en/reusables/c.md": "x\n"},
        "content/data/en/reusables/c.md:1: missing translation: the reusable 'c' does not exist in es\n",
    )


def test_missing_redirect_in_a_translation(run):
    refused(
        run,
        {"es/one.md": "---\ntitle: Uno\n---\n\n## Primero\n"},
        "content/en/one.md:3: missing translation: content/es/one.md has no redirect_from '/old'\n",
    )


def test_headings_must_align(run):
    text = GOOD["es/one.md"]
    refused(
        run,
        {"es/one.md": text + "\n## Otro\n"},
        "content/es/one.md:11: the page has 2 headings, but in en it has 1\n",
    )


def test_heading_levels_must_align(run):
    refused(
        run,
        {
            "en/one.md": GOOD["en/one.md"] + "\n### Below\n",
            "es/one.md": GOOD["es/one.md"] + "\n## Otro\n",
        },
        "content/es/one.md:11: heading 2 ('Otro') is of level 2, but in en it is of level 3\n",
    )


def test_duplicate_redirects(run):
    page = "---\ntitle: Two\nredirect_from: [/old, /two]\n---\n\n## Second\n"
    refused(
        run,
        {"en/two.md": page, "es/two.md": page},
        "duplicate path: '/old' is a redirect_from of content/en/one.md too\n",
    )


def test_redirect_that_is_a_page(run):
    page = "---\ntitle: Two\nredirect_from: /one/\n---\n\n## Second\n"
    refused(
        run,
        {"en/two.md": page, "es/two.md": page.replace("Second", "Segundo")},
        "content/en/two.md:3: duplicate path: '/one' is a page of its own (content/en/one.md)\n",
    )


def test_variable_defined_twice(run):
    refused(
        run,
        {"data/en/variables/product.yml": "name: a\nname: b\n"},
        "content/data/en/variables/product.yml:2: 'product.name' is defined twice\n",
    )


def test_foreign_files_are_named(run):
    refused(run, {"en/x.txt": "x"}, "content/en/x.txt:1: a file here must end in .md\n")


def test_malformed_variables(run):
    refused(
        run,
        {"data/en/variables/product.yml": "name: llavero\nbad: [x\n"},
        "content/data/en/variables/product.yml:3: malformed YAML: ",
    )


def test_every_error_is_reported_at_once(run):
    refused(
        run,
        {"en/one.md": "no front matter", "es/two.md": "---\ntitle: T\n---\n{% bad %}\n"},
        "content/en/one.md:1: no front matter",
        "content/es/two.md:4: unknown tag 'bad'\n",
        options=(),
    )


def test_error_pages_are_asked_for(run):
    """DESIGN.md section 8: each error_uri is a page and an anchor in both languages."""
    refused(
        run,
        {},
        "src/core/errors.def:1: BAD_VERIFICATION_CODE: no page '/apps/managing-oauth-apps/"
        "troubleshooting-oauth-app-access-token-request-errors/' in es\n",
        options=("--errors",),
    )


def test_error_anchors_are_asked_for(run):
    page = "---\ntitle: T\nredirect_from:\n  - /apps/managing-oauth-apps/{}\n---\n\n## A\n"
    token = page.format("troubleshooting-oauth-app-access-token-request-errors")
    authorize = page.format("troubleshooting-authorization-request-errors")
    refused(
        run,
        {"en/t.md": token, "es/t.md": token, "en/a.md": authorize, "es/a.md": authorize},
        "content/es/t.md:1: dead anchor: error BAD_VERIFICATION_CODE needs '#bad-verification-code' here\n",
        "content/en/a.md:1: dead anchor: error ACCESS_DENIED needs '#access-denied' here\n",
        options=("--errors",),
    )


CAUSES = "apps/oauth-apps/maintaining-oauth-apps/reasons-for-refused-requests"


def test_the_page_of_causes_is_asked_for(run):
    refused(
        run,
        {},
        f"src/core/error.h:1: no page '/{CAUSES}' in en\n",
        f"src/core/error.h:1: no page '/{CAUSES}' in es\n",
        options=("--errors",),
    )


def test_a_section_for_each_cause_is_asked_for(run):
    """Also where the heading has an id of its own: only the cause's will do."""
    page = "---\ntitle: T\n---\n\n## Group\n\n### Late {#code-expired}\n\n### Cut {#cut}\n"
    result, _ = run({f"en/{CAUSES}.md": page, f"es/{CAUSES}.md": page}, ("--errors",))
    for lang in "en", "es":
        place = f"content/{lang}/{CAUSES}.md:1: dead anchor: cause"
        assert f"{place} CODE_CUT needs '#code-cut' here\n" in result.stderr
        assert f"{place} CODE_EXPIRED" not in result.stderr


def test_usage():
    result = subprocess.run([TOOL], capture_output=True, text=True)
    assert result.returncode == 2
    assert result.stderr == "usage: docs-compile [--errors] CONTENT OUT\n"


def test_the_content_of_this_project(tmp_path):
    result = subprocess.run(
        [TOOL, "--errors", ROOT / "content", tmp_path], capture_output=True, text=True
    )
    assert (result.returncode, result.stderr) == (0, "")
