"""The generators refuse broken templates, translations and static files, naming file and line.

Each case is a small tree that is right but for one thing.
"""
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EN = "# words\ngreet = Hello {name}\nbye = Bye\nday.one = {n} day\nday.other = {n} days\n"
ES = "greet = Hola, {name}\nbye = Adiós\nday.one = {n} día\nday.other = {n} días\n"
PARAMS = """{% params
\ttext name
\turl link
\ttarget away
\tbool on
\tint n
\thtml body
\ttime at
\tlist item items {
\t\ttext title
\t\turl href
\t}
%}
"""
USES = """{{name}}<a href="{{away}}">{{n}}</a><a href="{{link}}">{{n}}</a>{% if on %}{{body}}{{at}}{% end %}
{% for i in items %}<a href="{{i.href}}">{{i.title}}</a>{% end %}
"""


def run(tool, *args):
    return subprocess.run([sys.executable, ROOT / "tools" / tool, *args],
                          capture_output=True, text=True, check=False)


def locales(tmp_path, en=EN, es=ES):
    folder = tmp_path / "locales"
    folder.mkdir(exist_ok=True)
    (folder / "en.txt").write_text(en, encoding="utf-8")
    (folder / "es.txt").write_text(es, encoding="utf-8")
    return folder


@pytest.fixture
def pages(tmp_path):
    """Compiles templates {name: text}; gives the process's result, and pages.c when it is there."""

    def compile_pages(**templates):
        folder = tmp_path / "templates"
        folder.mkdir()
        for name, text in templates.items():
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
        result = run("pages.py", folder, locales(tmp_path), tmp_path / "out")
        source = tmp_path / "out" / "pages.c"
        return result, source.read_text(encoding="utf-8") if source.exists() else ""

    return compile_pages


def test_a_right_template_compiles(pages):
    result, source = pages(x=PARAMS + USES)
    assert result.returncode == 0, result.stderr
    assert "buf_add_html(out, p->name);" in source
    assert "markup_add_url(out, p->link);" in source
    assert "buf_add(out, p->body.s);" in source


# What stands after PARAMS + USES, which end on line 15, and what must be said about it.
BROKEN = {
    "unknown field": ("{{nome}}", "no field 'nome'"),
    "unknown field of an item": ("{% for i in items %}{{i.x}}{% end %}", "no field 'i.x'"),
    "item outside its loop": ("{{i.title}}", "no field 'i.title'"),
    "unknown message": ("{{t:nothing}}", "no message 'nothing'"),
    "missing argument": ("{{t:greet}}", "takes ['name'], is given []"),
    "argument too many": ("{{t:bye name=name}}", "takes [], is given ['name']"),
    "argument that is no field": ("{{t:greet name=nome}}", "no field 'nome'"),
    "unknown mark-up": ("{{t:greet name=name:script}}", "'script' is none of"),
    "plural without number": ("{{t:day.one|day.other}}", "takes ['n'], is given []"),
    "plural of a text": ("{{t:day.one|day.other n=name}}", "the n of a plural is an int"),
    "three plural forms": ("{{t:day.one|day.one|day.other n=n}}", "a plural is"),
    "unclosed if": ("{% if on %}x", "'if' is not closed"),
    "unclosed for": ("{% for i in items %}x", "not closed"),
    "end without beginning": ("{% end %}", "without a beginning"),
    "else in a for": ("{% for i in items %}{% else %}{% end %}", "'else' inside 'for'"),
    "half a mark": ("{{name", "without its other half"),
    "half a control mark": ("{% if on", "without its other half"),
    "unknown word": ("{% while on %}", "'while' is no control word"),
    "no condition": ("{% if %}{% end %}", "a condition is"),
    "mixed condition": ("{% if on and n or name %}{% end %}", "a condition is"),
    "calling code": ("{{name.upper()}}", "neither a field"),
    "a bool written": ("{{on}}", "a bool cannot be written"),
    "a list written": ("{{items}}", "a list cannot be written"),
    "loop over a text": ("{% for i in name %}{% end %}", "is no list"),
    "unquoted value": ("<b class={{name}}>x</b>", "outside text and double-quoted"),
    "unquoted attribute": ("<b class=x>x</b>", "not in double quotes"),
    "single quotes": ("<b class='{{name}}'>x</b>", "not in double quotes"),
    "value as attribute name": ("<b {{name}}=\"x\">x</b>", "outside text and double-quoted"),
    "value as tag name": ("<{{name}}>", "outside text and double-quoted"),
    "value in a comment": ("<!-- {{name}} -->", "inside a comment"),
    "script with content": ("<script>let x = 1;</script>", "inline <script>"),
    "script with a value": ('<script src="/x.js">{{name}}</script>', "inside <script>"),
    "script file with content": ('<script src="/x.js">x()</script>', "script content"),
    "style element": ("<style>b{}</style>", "<style> is not allowed"),
    "style with a value": ("<style>{{name}}</style>", "<style> is not allowed"),
    "style attribute": ('<b style="x">x</b>', "style is not allowed"),
    "iframe": ('<iframe src="/x"></iframe>', "<iframe> is not allowed"),
    "base": ('<base href="/x">', "<base> is not allowed"),
    "script in a drawing": ('<svg><script src="/x.js"></script></svg>', "not allowed in <svg>"),
    "link in a drawing": ('<svg><a href="/x">x</a></svg>', "<a> is not allowed in <svg>"),
    "picture in a drawing": ('<svg><g><image href="/x"></image></g></svg>', "<image> is not"),
    "html in a drawing": ('<svg><foreignObject></foreignObject></svg>', "<foreignobject> is not"),
    "movement in a drawing": ('<svg><set to="x"></set></svg>', "<set> is not allowed in <svg>"),
    "paint in a drawing": ('<svg><rect fill="{{name}}"></rect></svg>', "fill is not allowed"),
    "event handler": ('<b onclick="x()">x</b>', "event handler attribute onclick"),
    "event handler in capitals": ('<b ONCLICK="x()">x</b>', "event handler attribute onclick"),
    "text as link": ('<a href="{{name}}">x</a>', "href takes a url, 'name' is text"),
    "text inside a link": ('<a href="/x?y={{name}}">x</a>', "href takes a url, 'name' is text"),
    "number as whole link": ('<a href="{{n}}">x</a>', "href takes a url, 'n' is int"),
    "url after other text": ('<a href="/x/{{link}}">x</a>', "must be the whole link"),
    "message as link": ('<a href="{{t:bye}}">x</a>', "not a translation"),
    "text as src": ('<img src="{{name}}">', "src takes a url"),
    "text as action": ('<form action="{{name}}"></form>', "action takes a url"),
    "text as formaction": ('<button formaction="{{name}}">x</button>', "formaction takes a url"),
    "text as refresh": ('<meta content="0; URL={{name}}">', "content takes a url"),
    "srcdoc": ('<b srcdoc="{{name}}">x</b>', "srcdoc is not allowed"),
    "javascript link": ('<a href="javascript:x()">x</a>', "not http, https or relative"),
    "javascript link in disguise": ('<a href=" JavaScript:x()">x</a>', "not http, https"),
    "data link": ('<a href="data:text/html,x">x</a>', "not http, https"),
    "other host's link": ('<a href="//x.example">x</a>', "not http, https"),
    "html in an attribute": ('<b title="{{body}}">x</b>', "html can only stand in text"),
    "html in a textarea": ("<textarea>{{body}}</textarea>", "html can only stand in text"),
    "time in an attribute": ('<b title="{{at}}">x</b>', "time can only stand in text"),
    "mark-up in an attribute": ('<b title="{{t:greet name=name:strong}}">x</b>', "text only"),
    "unclosed element": ("<p>x", "<p> is not closed"),
    "wrong closing tag": ("<p>x</b>", "</b> where <p> is open"),
    "element closed in one branch": ("<p>{% if on %}</p>{% end %}", "different places"),
    "quote closed in one branch": ('<b class="{% if on %}"{% end %}>x</b>', "different places"),
    "loop that opens an element": ("{% for i in items %}<p>{% end %}", "body of this 'for'"),
    "attribute glued on": ('<b class="x"id="y">x</b>', "'i' in <b>"),
    "attribute twice": ('<b class="x" class="y">x</b>', "has class twice"),
    "stray less-than": ("1 < 2", "'<' in text"),
    "form without token": ('<form method="post"></form>', "no input named authenticity_token"),
    "form to elsewhere with a token": (
        '<form method="post" action="{{away}}"><input type="hidden" name="authenticity_token">'
        "</form>", "goes to somebody else"),
    "unknown include": ("{% include nothing %}", "no template 'nothing'"),
    "include without its field": ("{% include part %}", "needs the field 'text'"),
    "include with another field": ('{% include part text="a" x=n %}', "no field 'x'"),
    "include with another type": ("{% include part text=n %}", "'text' is text, 'n' is int"),
    "include of a wrong literal": ("{% include part text=true %}", "no field 'true'"),
    "include in an attribute": ('<b class="{% include part text="a" %}">', "only stand in text"),
    "slot outside a layout": ("{% slot title %}", "a slot outside a layout"),
    "unknown layout": ("{% use nothing %}", "no layout 'nothing'"),
    "unknown slot": ("{% use frame %}{% fill x %}{% end %}", "no slot 'x'"),
    "a fill that leaks": ("{% use frame %}{% fill title %}<b>{% end %}", "this ends inside"),
    "parameters twice": ("{% params\ntext b\n%}", "declared already"),
}
OTHERS = {
    "part": "{% params\n\ttext text\n%}\n<i>{{text}}</i>\n",
    "framed": "{% use frame %}text\n",
    "frame": "<h1>{% slot title %}</h1>{% slot content %}\n",
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_template_fails_the_build(pages, what):
    text, message = BROKEN[what]
    result, _ = pages(x=PARAMS + USES + text + "\n", **OTHERS)
    assert result.returncode == 1
    assert message in result.stderr
    # Some faults show only at the end of the file, which is told by its first line.
    assert "x.html:16:" in result.stderr or "is not closed" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("declared, message", [
    ("text spare", "x.html:2: the parameter 'spare' is not used"),
    ("list row rows {\ntext spare\n}", "the parameter 'rows' is not used"),
    ("string a", "x.html:2: 'string a' is not a parameter"),
    ("text A", "is not a parameter"),
    ("text a b", "is not a parameter"),
    ("text a\ntext a", "x.html:3: 'a' is taken"),
    ("text layout", "'layout' is taken"),
    ("list row rows {\ntext a", "a record is not closed"),
    ("}", "'}' without '{'"),
    ("list other.row rows", "template 'other' declares no record 'row'"),
])
def test_broken_parameters_fail_the_build(pages, declared, message):
    result, _ = pages(x="{% params\n" + declared + "\n%}\nx\n")
    assert result.returncode == 1
    assert message in result.stderr


def test_no_output_after_a_failure(pages, tmp_path):
    pages(x="{{nothing}}")
    assert not (tmp_path / "out" / "pages.h").exists()


def test_branches_inside_a_tag_compile(pages):
    result, _ = pages(x='{% params\nbool a\n%}<input{% if a %} checked{% end %}>'
                        '<b{% if not a %} class="x"{% else %} class="y"{% end %}>x</b>')
    assert result.returncode == 0, result.stderr


def test_nothing_of_a_text_is_read_as_c(pages):
    result, source = pages(x='<p title="a\\">??/ "\\n" %s</p>')
    assert result.returncode == 0, result.stderr
    assert r'title=\"a\\\">\?\?/ \"\\n\" %s' in source


@pytest.mark.parametrize("en, es, message", [
    (EN + "more = More\n", ES, "'more' is missing (en.txt:6)"),
    (EN, ES + "more = Más\n", "es.txt:5: 'more' is not in en.txt"),
    (EN, ES.replace("{name}", "{nombre}"), "es.txt:1: 'greet' must have the placeholders"),
    (EN, ES.replace("{name}", ""), "es.txt:1: 'greet' must have the placeholders"),
    (EN + "bye = Bye again\n", ES, "en.txt:6: 'bye' is already on line 3"),
    (EN + "day_one = x\n", ES + "day_one = x\n", "are both MSG_DAY_ONE"),
    (EN.replace("Bye", ""), ES, "en.txt:3: 'bye' has no text"),
    (EN + "what\n", ES, "en.txt:6: not of the form"),
    (EN + "What = x\n", ES, "en.txt:6: not of the form"),
    (EN.replace("Bye", "Bye {"), ES, "en.txt:3: 'bye' has a brace"),
])
def test_broken_translations_fail_the_build(tmp_path, en, es, message):
    result = run("messages.py", locales(tmp_path, en, es), tmp_path / "out")
    assert result.returncode == 1
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


def with_topic(tmp_path, en, es):
    folder = locales(tmp_path)
    (folder / "en.why.txt").write_text(en, encoding="utf-8")
    if es is not None:
        (folder / "es.why.txt").write_text(es, encoding="utf-8")
    return folder


def test_a_language_may_have_several_files(tmp_path):
    folder = with_topic(tmp_path, "why.late = It was late.\n", "why.late = Era tarde.\n")
    result = run("messages.py", folder, tmp_path / "out")
    assert result.returncode == 0, result.stderr
    header = (tmp_path / "out" / "messages.h").read_text(encoding="utf-8")
    assert "MSG_WHY_LATE," in header and "MSG_BYE," in header
    assert header.count("\tLANG_") == 2


@pytest.mark.parametrize("en, es, message", [
    ("bye = Bye\n", "", "en.why.txt:1: 'bye' is already on line 3 of en.txt"),
    ("a = A\na = A\n", "", "en.why.txt:2: 'a' is already on line 1\n"),
    ("a = A\n", "b = B\n", "es.why.txt:1: 'b' is not in en.why.txt"),
    ("#\na = A\n", "#\n", "es.why.txt:1: 'a' is missing (en.why.txt:2)"),
    ("a = A\n", None, "es.why.txt:1: 'a' is missing (en.why.txt:1)"),
    ("a = A {n}\n", "a = A\n", "es.why.txt:1: 'a' must have the placeholders ['n']"),
    ("day_one = x\n", "day_one = x\n", "en.why.txt:1: 'day_one' and 'day.one' are both MSG_DAY_ONE"),
])
def test_broken_files_of_a_topic_fail_the_build(tmp_path, en, es, message):
    result = run("messages.py", with_topic(tmp_path, en, es), tmp_path / "out")
    assert result.returncode == 1
    assert message in result.stderr


def test_right_translations_compile(tmp_path):
    result = run("messages.py", locales(tmp_path), tmp_path / "out")
    assert result.returncode == 0, result.stderr
    header = (tmp_path / "out" / "messages.h").read_text(encoding="utf-8")
    assert "MSG_DAY_ONE," in header and "LANG_ES," in header


def test_unused_messages_are_found(tmp_path):
    templates, src = tmp_path / "templates", tmp_path / "src"
    templates.mkdir()
    src.mkdir()
    (templates / "x.html").write_text("{{t:day.one|day.other n=n}}")
    (src / "x.c").write_text("MSG_GREET")
    result = run("messages.py", "--unused", locales(tmp_path), templates, src)
    assert result.returncode == 1
    assert result.stderr.count("is used nowhere") == 1 and "'bye'" in result.stderr
    (src / "y.c").write_text("MSG_BYE")
    assert run("messages.py", "--unused", locales(tmp_path), templates, src).returncode == 0
    folder = with_topic(tmp_path, "why.late = Late\n", "why.late = Tarde\n")
    assert run("messages.py", "--unused", folder, templates, src).returncode == 0


@pytest.mark.parametrize("files, message", [
    ({"a.exe": b"x"}, "no content type is known for '.exe'"),
    ({"a-b.css": b"x", "a_b.css": b"y"}, "another file is ASSET_A_B_CSS already"),
    ({}, "no files"),
])
def test_broken_static_files_fail_the_build(tmp_path, files, message):
    static = tmp_path / "static"
    static.mkdir()
    for name, body in files.items():
        (static / name).write_bytes(body)
    result = run("assets.py", static, tmp_path / "out")
    assert result.returncode == 1
    assert message in result.stderr


def test_new_content_gets_a_new_path(tmp_path):
    static = tmp_path / "static"
    static.mkdir()
    headers = []
    for body in b"one", b"two", b"one":
        (static / "a.css").write_bytes(body)
        assert run("assets.py", static, tmp_path / "out").returncode == 0
        headers.append((tmp_path / "out" / "assets.h").read_text(encoding="utf-8"))
    assert headers[0] == headers[2] != headers[1]


# causes_doc.py: a table of three causes, and the pages that the errors are on.
DEF = """/* remark */
#define PAGE_TOKEN "/old/token-errors/"
#define PAGE_AUTHORIZE "/old/authorize-errors/"
WIRE(BAD_CODE, "bad_code",
	"The code is bad.",
	PAGE_TOKEN, "bad-code", "invalid_grant", 400)
WIRE(NOT_FOUND, "Not Found", "", "", "", "", 401)
WIRE(NOTICE, "notice", "", "", "", "", 400)

/* the token request (RFC 6749) */
CAUSE(CODE_LATE, BAD_CODE, "age")
CAUSE(VERIFIER_ODD, BAD_CODE, "")
/* a token at the API */
CAUSE(TOKEN_GONE, NOT_FOUND, "")
CAUSE(SCOPE_LESS, NOTICE, "")
"""
WHY = """why.code_late = {0} code was late.
why.code_late.means = {0} [x] * code_verifier | of http://127.0.0.1/a.
why.code_late.fix = {0} hurry.
why.code_late.seen = {{age}}
why.verifier_odd = {0} code_verifier.
why.verifier_odd.means = {0} m.
why.verifier_odd.fix = {0} f.
why.token_gone = {0} t.
why.token_gone.means = {0} m.
why.token_gone.fix = {0} f.
why.scope_less = {0} s.
why.scope_less.means = {0} m.
why.scope_less.fix = {0} f.
"""
REASONS = "apps/oauth-apps/maintaining-oauth-apps/reasons-for-refused-requests.md"


@pytest.fixture
def causes(tmp_path):
    """A tree that causes_doc.py can work on; gives a function that runs it there."""
    folder = locales(tmp_path)
    for lang, word in ("en", "The"), ("es", "El"):
        (folder / f"{lang}.why.txt").write_text(WHY.format(word), encoding="utf-8")
        page = tmp_path / "content" / lang / "help" / "token-errors.md"
        page.parent.mkdir(parents=True)
        page.write_text("x", encoding="utf-8")
    (tmp_path / "src" / "core").mkdir(parents=True)
    (tmp_path / "src" / "core" / "errors.def").write_text(DEF, encoding="utf-8")
    return lambda *options: run("causes_doc.py", *options, tmp_path)


def written(tmp_path, name):
    return (tmp_path / "content" / name).read_text(encoding="utf-8")


def test_causes_become_a_page(causes, tmp_path):
    result = causes()
    assert result.returncode == 0, result.stderr
    page = written(tmp_path, f"en/{REASONS}")
    assert "### The code was late {#code-late}\n\nThe program sees: [`bad_code`](/help/token-errors#bad-code)" in page
    assert "The \\[x\\] \\* `code_verifier` \\| of `http://127.0.0.1`/a.\n" in page
    assert "### The t {#token-gone}\n\nThe program sees: `Not Found`\n" in page
    assert page.index("{#pkce}") < page.index("{#verifier-odd}") < page.index("{#refresh-tokens}")
    assert page.index("{#notices}") < page.index("{#scope-less}")
    spanish = written(tmp_path, f"es/{REASONS}")
    assert "### El code was late {#code-late}\n\nEl programa ve: [`bad_code`]" in spanish


def test_an_error_with_several_causes_gets_a_table(causes, tmp_path):
    assert causes().returncode == 0
    tables = sorted(p.relative_to(tmp_path / "content").as_posix()
                    for p in (tmp_path / "content" / "data").rglob("*.md"))
    assert tables == [f"data/{lang}/reusables/causes/bad_code.md" for lang in ("en", "es")]
    rows = written(tmp_path, tables[0]).split("\n")
    assert rows[1:3] == ["| What happened | What to do |", "|---|---|"]
    assert rows[3] == f"| [The code was late](/{REASONS[:-3]}#code-late) | The hurry. |"
    assert rows[4].startswith("| [The `code_verifier`](/") and rows[5:] == [""]


def test_stale_documentation_of_causes_is_found(causes, tmp_path):
    table = "content/data/es/reusables/causes/bad_code.md"
    result = causes("--check")
    assert result.returncode == 1 and table in result.stdout and REASONS in result.stdout
    assert not (tmp_path / table).exists()
    assert causes().returncode == 0
    assert causes("--check").returncode == 0
    (tmp_path / table).write_text("x", encoding="utf-8")
    left_over = tmp_path / "content/data/en/reusables/causes/gone.md"
    left_over.write_text("x", encoding="utf-8")
    result = causes("--check")
    assert result.returncode == 1
    assert table in result.stdout and "en/reusables/causes/gone.md" in result.stdout
    assert REASONS not in result.stdout
    assert causes().returncode == 0
    assert not left_over.exists() and causes("--check").returncode == 0


@pytest.mark.parametrize("path, old, new, message", [
    ("src/core/errors.def", "/* a token at the API */", "CAUSE(NEW_ONE, BAD_CODE, \"\")",
     "'why.new_one' is in no locale"),
    ("src/core/errors.def", "CAUSE(TOKEN_GONE, NOT_FOUND, \"\")", "", "'why.token_gone' is the text of no cause"),
    ("src/core/errors.def", "CAUSE(TOKEN_GONE,", "CAUSE(TOKEN_GONE ,", "4 CAUSE rows, 3 were understood"),
    ("src/core/errors.def", "/* the token request (RFC 6749) */", "", "CODE_LATE stands below no comment"),
    ("locales/es.why.txt", "why.token_gone.fix = El f.", "", "'why.token_gone.fix' is missing"),
])
def test_causes_without_texts_and_texts_without_causes_fail(causes, tmp_path, path, old, new, message):
    text = (tmp_path / path).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / path).write_text(text.replace(old, new), encoding="utf-8")
    result = causes()
    assert result.returncode == 1 and message in result.stderr
    assert not (tmp_path / "content" / "data").exists()


def test_a_page_that_an_error_names_has_to_be_there(causes, tmp_path):
    shutil.rmtree(tmp_path / "content" / "es" / "help")
    result = causes()
    assert result.returncode == 1 and "token-errors.md is in content/es 0 times" in result.stderr


def test_the_documentation_of_this_projects_causes_is_fresh():
    result = run("causes_doc.py", "--check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
