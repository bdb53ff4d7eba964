/* The documentation reader: headings, links, translations, languages, limits, hostile input. */
#include "docs_pages.h"

static void slugs(void **state)
{
	static const struct row rows[] = {
		{"Redirect URI mismatch", "redirect-uri-mismatch"},
		{"What's new? (2)", "whats-new-2"},
		{"Código de verificación INCORRECTO", "código-de-verificación-incorrecto"},
		{"¿Qué? ÁÉÑ «x»…", "qué-áéñ-x"},
		{"a_b - c.d", "a_b---cd"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(
			docs_slug(&arena, str_from(rows[i].name)).p
				? str_c(&arena, docs_slug(&arena, str_from(rows[i].name)))
				: "",
			rows[i].text);
}

static void headings(void **state)
{
	(void)state;
	assert_string_equal(html("### A `b` *c*\n\n#### A b c\n\n### ¿?\n"),
		"<h2 id=\"a-b-c\">A <code>b</code> <em>c</em></h2>\n"
		"<h3 id=\"a-b-c-1\">A b c</h3>\n<h2 id=\"section\">¿?</h2>\n");
	assert_int_equal(page.n_headings, 3);
	assert_int_equal(page.headings[1].level, 3);
	assert_int_equal(page.headings[1].line, 6);
	assert_string_equal(page.headings[0].text.p, "A b c");
	assert_string_equal(html("## One {#a_b}{#a-b}\n## A b\n## Two\n===\n"),
		"<h2 id=\"a_b\"><span id=\"a-b\"></span>One</h2>\n"
		"<h2 id=\"a-b-1\">A b</h2>\n<h2 id=\"two\">Two</h2>\n<p>===</p>\n");
	assert_string_equal(page.headings[0].text.p, "One");
	assert_int_equal(page.headings[0].anchors.n, 1);
	fails(FRONT "\n## A {#x}\n\n## B {#x}\n", "page.md", 7, "the id 'x' is used twice");
	fails(FRONT "## A {#x y}\n", "page.md", 4, "'{#x y}' is not an id");
	fails(FRONT "## A {#a\"b}\n", "page.md", 4, "'{#a\"b}' is not an id");
}

/* DESIGN.md section 8: an error's anchor is found in a page of any language. */
static void error_examples_give_anchors(void **state)
{
	(void)state;
	assert_string_equal(
		html("### Malo\n\n```json\n{\n  \"error_uri\": \"/apps/x/#bad-code\"\n}\n```\n"),
		"<h2 id=\"malo\"><span id=\"bad-code\"></span>Malo</h2>\n<pre><code "
		"class=\"language-"
		"json\">{\n  &quot;error_uri&quot;: "
		"&quot;/apps/x/#bad-code&quot;\n}\n</code></pre>\n");
	html("## Bad code\n\n```\n\"error_uri\": \"/x#bad-code\"\n```\n");
	assert_int_equal(page.headings[0].anchors.n, 0);
	html("## A\n\n```\n\"error_uri\": \"/x#<script>\"\n```\n");
	assert_int_equal(page.headings[0].anchors.n, 0);
}

static void translations_take_the_ids_of_their_model(void **state)
{
	struct docs_page model;

	(void)state;
	html("## First {#one}{#uno}\n\n### Second\n");
	model = page;
	assert_true(render_str(STR(FRONT "## Primero\n\n### Segundo ñ\n"), &model));
	assert_string_equal(page.body_html.p,
		"<h2 id=\"one\"><span id=\"uno\"></span><span id=\"primero\"></span>Primero</h2>\n"
		"<h3 id=\"second\"><span id=\"segundo-ñ\"></span>Segundo ñ</h3>\n");
	/* an own slug never takes an id of the model */
	assert_true(render_str(STR(FRONT "## Second\n\n### Uno\n"), &model));
	assert_int_equal(page.headings[0].anchors.n, 1);
	assert_int_equal(page.headings[1].anchors.n, 0);
	assert_false(render_str(STR(FRONT "## Primero\n\n## Segundo\n"), &model));
	assert_int_equal(error.line, 6);
	assert_string_equal(
		error.message.p, "heading 2 ('Segundo') is of level 2, but in en it is of level 3");
	assert_false(render_str(STR(FRONT "## Primero\n"), &model));
	assert_string_equal(error.message.p, "the page has 1 headings, but in en it has 2");
	assert_false(render_str(STR(FRONT "\n"), &model));
}

static void links_are_listed_with_their_lines(void **state)
{
	(void)state;
	html("[a](/x#y)\n\n* text\n* ![i](/p.png)\n\n## [h](/z)\n\n| a |\n|---|\n| [t](#u) |\n");
	assert_int_equal(page.n_links, 4);
	assert_string_equal(page.links[0].url.p, "/x#y");
	assert_int_equal(page.links[0].line, 4);
	assert_int_equal(page.links[1].line, 7);
	assert_string_equal(page.links[2].url.p, "/z");
	assert_int_equal(page.links[2].line, 9);
	assert_int_equal(page.links[3].line, 13);
}

static void markdown_is_githubs_and_safe(void **state)
{
	(void)state;
	assert_string_equal(html("~~a~~ https://e.example"),
		"<p><del>a</del> <a href=\"https://e.example\">https://e.example</a></p>\n");
	assert_null(
		strstr(html("<script>alert(1)</script>\n\na <img src=x onerror=y> b"), "<script"));
	assert_null(strstr(page.body_html.p, "<img"));
	assert_null(strstr(html("[x](javascript:alert(1)) [y](data:text/html,z)"), "javascript:"));
	assert_null(strstr(page.body_html.p, "data:"));
	assert_null(strstr(html("## <b onclick=x>A</b>"), "onclick"));
}

static void languages_are_guessed(void **state)
{
	(void)state;
	assert_string_equal(docs_guess_lang(STR("content/es/a.md"), STR("the the")).p, "es");
	assert_string_equal(docs_guess_lang(STR("/x/en/a.md"), STR("de la que")).p, "en");
	assert_string_equal(docs_guess_lang(STR("es.md"), STR("the cat and a dog")).p, "en");
	assert_string_equal(docs_guess_lang(STR("es"), STR("")).p, "en");
	assert_string_equal(docs_guess_lang(STR("x"), STR("El gato de la casa que")).p, "es");
	assert_string_equal(docs_guess_lang(STR_NONE, STR_NONE).p, "en");
}

static struct str repeat(const char *piece, size_t bytes)
{
	struct buf b;

	buf_init(&b, &arena, bytes + sizeof FRONT);
	buf_add_c(&b, FRONT);
	while (b.n + strlen(piece) < bytes)
		buf_add_c(&b, piece);
	return buf_str(&b);
}

static void limits_hold(void **state)
{
	(void)state;
	assert_true(render_str(repeat("a", DOCS_MAX_SOURCE), NULL));
	assert_false(render_str(repeat("a", DOCS_MAX_SOURCE + 10), NULL));
	assert_string_equal(error.message.p, "the file is over 262144 bytes");
	assert_false(render_str(repeat("{% data variables.multi.twice %}\n", 200000), NULL));
	assert_string_equal(error.message.p, "the page has over 4096 tags");
	assert_false(render_str(repeat("{% note %}", 1000), NULL));
	assert_string_equal(error.message.p, "over 16 blocks are open");
	assert_false(render_str(repeat("# a\n", 100000), NULL));
	assert_string_equal(error.message.p, "the page has over 500 headings");
	assert_true(render_str(repeat("# a\n", 500 * 4), NULL));
}

/* Nothing here may crash, hang or leak; whether it renders is not the point. */
static void hostile_input(void **state)
{
	static const char *const pieces[] = {"{%", "{{", "%}", "{% raw %}", "{% ifversion fpt %}",
		"{% endif %}", "{%-", "-%}", "> ", "* ", "[", "](", "![", "|", "|-|\n", "`", "**",
		"_", "#", "## {#a}\n", "<", "&", "\n", "\t", "    ", "~~", "http://", "{#", "{}",
		"\\", "{% data variables.product.name %}", "{% note %}{% endnote %}"};

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		render_str(repeat(pieces[i], 20000), NULL);
		arena_reset(&arena);
	}
	for (size_t cut = 0; cut < 60; cut++) {
		render_str(str_slice(STR(FRONT "{% note %}\n## A {#b}\n{% endnote %}\n{% raw %}x{% "
					       "endraw %}"),
				   0, cut),
			NULL);
		arena_reset(&arena);
	}
	fails(FRONT "ok\n\xFF\n", "page.md", 5, "the line is not UTF-8 text");
	assert_false(render_str((struct str){FRONT "a\0b", sizeof FRONT + 2}, NULL));
	assert_string_equal(error.message.p, "the line is not UTF-8 text");
}

/* Deterministic random mixtures of everything that has a meaning. */
static void random_mixtures(void **state)
{
	static const char *const pieces[] = {"---\n", "title: T\n", "{% note %}\n",
		"{% endnote %}\n", "{% ifversion ghes %}", "{% else %}", "{% endif %}",
		"{% data reusables.a.note %}", "{%- data variables.product.again -%}",
		"## H {#x}\n", "### ", "* ", "> ", "\n\n", "    ", "| a | b |\n|---|---|\n",
		"[l](/x)", "```json\n", "text ", "{% raw %}", "{% endraw %}", "\xEF\xB7\x90",
		"\"error_uri\": \"/a#b\"\n", "é", "{#", "}"};
	uint32_t seed = 12345;
	size_t rendered = 0;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct buf b;

		buf_init(&b, &arena, 4096);
		buf_add_c(&b, FRONT);
		for (int k = round % 20; k >= 0; k--) {
			seed = seed * 1664525 + 1013904223;
			buf_add_c(&b, pieces[(seed >> 16) % (sizeof pieces / sizeof pieces[0])]);
		}
		if (render_str(buf_str(&b), NULL))
			rendered++;
		else
			assert_true(error.line > 0 && error.message.n > 0 && error.file.n > 0);
		arena_reset(&arena);
	}
	assert_true(rendered > 100);
}

static void out_of_memory_takes_the_escape(void **state)
{
	struct arena small;
	jmp_buf escape;
	volatile int escaped = 0, rendered = 0;
	struct docs_input in = {repeat("## a\n\nb {% data variables.product.name %}\n", 9000),
		STR("page.md"), STR("en"), NULL};

	(void)state;
	for (volatile size_t cap = 1000; cap < ((size_t)1 << 20) && !rendered; cap += 5000) {
		arena_init(&small, cap);
		small.escape = &escape;
		if (setjmp(escape) == 0) {
			assert_true(docs_render(&small, &data, &in, &page, &error));
			rendered = 1;
		} else {
			escaped++;
		}
		arena_release(&small);
	}
	assert_true(escaped > 5);
	assert_true(rendered);
}

/* Issue 2, point 6: the seed's own older paths, with and without '/' at the end. */
/* DESIGN.md section 8: the anchors of the mission's errors are on the pages they lead to. */
/* A file as the seed is written, through `llavero docs render`. */
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(slugs),
		TEST(headings),
		TEST(error_examples_give_anchors),
		TEST(translations_take_the_ids_of_their_model),
		TEST(links_are_listed_with_their_lines),
		TEST(markdown_is_githubs_and_safe),
		TEST(languages_are_guessed),
		TEST(limits_hold),
		TEST(hostile_input),
		TEST(random_mixtures),
		TEST(out_of_memory_takes_the_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
