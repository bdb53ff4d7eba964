/* Front matter and Liquid tags, and the place and words of each error. */
#include "docs/version.h"
#include "docs_pages.h"

static void front_matter_is_read(void **state)
{
	(void)state;
	assert_true(
		render("---\ntitle: 'About {% data variables.product.name %}'\n"
		       "intro: 'See [it](/x) and {% data variables.product.name %}'\n"
		       "redirect_from:\n  - /a/b/\n  - /c\nversions:\n  ghes: '*'\n  fpt: '>3'\n"
		       "topics:\n  - oauth apps\nunknown: {deep: [1, 2]}\n---\n\nBody.\n"));
	assert_string_equal(page.title.p, "About llavero");
	assert_string_equal(page.intro_html.p, "<p>See <a href=\"/x\">it</a> and llavero</p>\n");
	assert_string_equal(page.body_html.p, "<p>Body.</p>\n");
	assert_int_equal(page.redirect_from.n, 2);
	assert_string_equal(page.redirect_from.v[0].p, "/a/b/");
	assert_int_equal(page.redirect_line, 4);
	assert_int_equal(page.versions.n, 2);
	assert_string_equal(page.versions.v[1].name.p, "fpt");
	assert_string_equal(page.versions.v[1].value.p, ">3");
	assert_int_equal(page.topics.n, 1);
	assert_int_equal(page.n_links, 1);
}

static void front_matter_short_forms(void **state)
{
	(void)state;
	assert_true(
		render("---\r\ntitle: T\r\nredirect_from: /only\r\nversions: '*'\r\n---\r\nX\r\n"));
	assert_int_equal(page.redirect_from.n, 1);
	assert_string_equal(page.redirect_from.v[0].p, "/only");
	assert_string_equal(page.versions.v[0].value.p, "*");
	assert_string_equal(page.intro_html.p, "");
	assert_string_equal(page.body_html.p, "<p>X</p>\n");
}

static void front_matter_errors(void **state)
{
	(void)state;
	fails("title: T\n", "page.md", 1, "no front matter: the first line must be ---");
	fails("", "page.md", 1, "no front matter: the first line must be ---");
	fails("---\ntitle: T\n", "page.md", 1, "the front matter has no closing ---");
	fails("---\nintro: x\n---\n", "page.md", 2, "the front matter has no title");
	fails("---\n---\n", "page.md", 2, "the front matter must be a map of keys");
	fails("---\n- a\n---\n", "page.md", 2, "the front matter must be a map of keys");
	fails("---\ntitle: [a]\n---\n", "page.md", 2, "title must be a text");
	fails("---\ntitle: T\ntopics: {a: b}\n---\n", "page.md", 3, "topics must be a list");
	fails("---\ntitle: T\nredirect_from:\n  - a/b\n---\n", "page.md", 3,
		"redirect_from: 'a/b' does not start with '/'");
	assert_false(render("---\ntitle: T\nintro: 'open\n---\n"));
	assert_non_null(strstr(error.message.p, "malformed YAML: "));
	assert_false(render("---\ntitle: T\nintro: {% note %}\n---\n"));
	assert_int_equal(error.line, 3);
}

static void data_tags(void **state)
{
	(void)state;
	assert_string_equal(
		html("a {% data variables.product.again %} b"), "<p>a llavero! b</p>\n");
	assert_string_equal(html("a {{ site.data.variables.product.name }}"), "<p>a llavero</p>\n");
	assert_string_equal(
		html("{%data reusables.a.para%} end"), "<p>One\ntwo llavero. end</p>\n");
	assert_string_equal(html("{{ site.data.reusables.a.b.c }}"), "<p>deep</p>\n");
	/* the lines of a reusable keep the place of its tag in a list */
	assert_string_equal(html("1. a\n\n   {% data reusables.a.para %}\n"),
		"<ol>\n<li>\n<p>a</p>\n<p>One\ntwo llavero.</p>\n</li>\n</ol>\n");
}

static void data_errors(void **state)
{
	(void)state;
	fails(FRONT "a\n\n{% data variables.no.such %}\n", "page.md", 6,
		"unknown variable 'no.such'");
	fails(FRONT "{% data reusables.no.such %}", "page.md", 4, "unknown reusable 'no.such'");
	fails(FRONT "{% data other.thing %}", "page.md", 4,
		"'other.thing' is not variables.NAME or reusables.NAME");
	fails(FRONT "{% data variables.a/../b %}", "page.md", 4,
		"'variables.a/../b' is not variables.NAME or reusables.NAME");
	fails(FRONT "{{ user.name }}", "page.md", 4, "unknown output '{{ user.name }}'");
	fails(FRONT "{% data variables.bad.inner %}", "data/en/variables/bad.yml", 1,
		"unknown variable 'no.such'");
	fails(FRONT "{% data variables.loop.a %}", "data/en/variables/loop.yml", 1,
		"'loop.a' is nested over 8 deep: does it name itself?");
	fails(FRONT "{% data reusables.a.open %}", "data/en/reusables/a/open.md", 2,
		"'{% note %}' is never closed");
}

static void callouts(void **state)
{
	static const char *const kinds[] = {"note", "tip", "warning", "danger"};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const char *k = kinds[i];

		assert_string_equal(
			html(str_printf(&arena, "{%% %s %%}\n\n**A** b\n\n{%% end%s %%}\n", k, k)
					.p),
			str_printf(&arena,
				"<div class=\"callout callout-%s\" role=\"note\">\n"
				"<p><strong>A</strong> b</p>\n</div>\n",
				k)
				.p);
	}
	assert_string_equal(html("a\n{% note %} b {% endnote %}\nc"),
		"<p>a</p>\n<div class=\"callout callout-note\" role=\"note\">\n<p>b</p>\n</div>\n"
		"<p>c</p>\n");
	assert_string_equal(html("{% tip %}{% data reusables.a.note %}{% endtip %}"),
		"<div class=\"callout callout-tip\" role=\"note\">\n"
		"<div class=\"callout callout-note\" role=\"note\">\n<p>Inside.</p>\n</div>\n"
		"</div>\n");
	assert_string_equal(html("* a\n\n  {% note %}\n\n  b\n\n  {% endnote %}\n* c"),
		"<ul>\n<li>\n<p>a</p>\n<div class=\"callout callout-note\" "
		"role=\"note\">\n<p>b</p>\n"
		"</div>\n</li>\n<li>\n<p>c</p>\n</li>\n</ul>\n");
}

static void callout_errors(void **state)
{
	(void)state;
	fails(FRONT "a\n{% note %}\nb", "page.md", 5, "'{% note %}' is never closed");
	fails(FRONT "{% endnote %}", "page.md", 4, "'{% endnote %}' closes nothing");
	fails(FRONT "{% note %}\n{% endtip %}", "page.md", 5, "'{% endtip %}' closes nothing");
	fails(FRONT "{% ifversion ghes %}{% note %}{% endif %}{% endnote %}", "page.md", 4,
		"'{% endif %}' without '{% ifversion %}'");
	assert_false(render(FRONT "\n```\n{% note %}\n{% endnote %}\n```\n"));
	assert_int_equal(error.line, 6);
	assert_non_null(strstr(error.message.p, "must stand between blocks"));
	assert_false(render(FRONT "* a\n\n  {% note %}\n\nx\n\n{% endnote %}\n"));
	assert_non_null(strstr(error.message.p, "must stand between blocks"));
	fails(FRONT "x \xEF\xB7\x90"
		    "0\n",
		"page.md", 4, "the character U+FDD0 may not be used");
}

static void raw_and_comments(void **state)
{
	(void)state;
	assert_string_equal(
		html("{% raw %}{{ x }} {% y %}{% endraw %}"), "<p>{{ x }} {% y %}</p>\n");
	assert_string_equal(html("{% raw %}{% {% endraw %}"), "<p>{%</p>\n");
	assert_string_equal(html("a{% comment %}{% nothing %}\n{% endcomment %}b"), "<p>ab</p>\n");
	assert_string_equal(html("a{% # a remark %}b"), "<p>ab</p>\n");
	fails(FRONT "\n{% raw %} x", "page.md", 5, "'{% raw %}' is never closed");
	fails(FRONT "{% comment %} {% endraw %}", "page.md", 4, "'{% comment %}' is never closed");
}

static void tag_errors(void **state)
{
	(void)state;
	fails(FRONT "{% for x in y %}", "page.md", 4, "unknown tag 'for'");
	fails(FRONT "{% %}", "page.md", 4, "unknown tag ''");
	fails(FRONT "a\nb {% data variables.product.name", "page.md", 5, "'{%' has no end");
	fails(FRONT "a {{ x", "page.md", 4, "'{{' has no end");
	/* line numbers go on behind tags of several lines */
	fails(FRONT "{% comment %}\n\n{% endcomment %}\n{% data\nreusables.a.para %}\n{% oops %}",
		"page.md", 9, "unknown tag 'oops'");
}

static void white_space_control(void **state)
{
	(void)state;
	assert_string_equal(
		html("a \n\n {%- data variables.product.name -%} \n b"), "<p>allaverob</p>\n");
	/* a callout's mark stays a paragraph of its own */
	assert_string_equal(html("{% note %}\n{%- data variables.product.name %}\n{% endnote %}"),
		"<div class=\"callout callout-note\" role=\"note\">\n<p>llavero</p>\n</div>\n");
}

static void versions(void **state)
{
	static const struct {
		const char *expression;
		bool holds;
	} good[] = {
		{"llavero", true},
		{"ghes", true},
		{"enterprise-server", true},
		{"fpt", false},
		{"ghec or ghes", true},
		{"fpt or ghec", false},
		{"ghes and fpt", false},
		{"fpt or ghes and llavero", true},
		{"fpt and ghes or llavero", true},
		{"not fpt", true},
		{"not ghes", false},
		{"ghes > 3.1", true},
		{"ghes >= 3.1", true},
		{"ghes < 3.1", false},
		{"ghes = 3.1", false},
		{"ghes != 3.1", true},
		{"ghae > 1", false},
		{"not ghes < 3.1", true},
		{"  ghes  ", true},
	};
	static const char *const bad[] = {"", "or", "ghes or", "ghes fpt", "ghes >", "ghes > x",
		"unknown", "not", "ghes and and fpt"};
	struct str at;
	bool holds;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(version_holds(str_from(good[i].expression), &holds, &at));
		if (holds != good[i].holds)
			fail_msg("%s", good[i].expression);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(version_holds(str_from(bad[i]), &holds, &at));
}

static void conditions(void **state)
{
	(void)state;
	assert_string_equal(html("{% ifversion llavero %}a{% else %}b{% endif %}"), "<p>a</p>\n");
	assert_string_equal(html("{% ifversion fpt %}a{% else %}b{% endif %}"), "<p>b</p>\n");
	assert_string_equal(html("{% ifversion fpt %}a{% elsif ghes %}b{% elsif ghes %}c{% else "
				 "%}d{% endif %}"),
		"<p>b</p>\n");
	assert_string_equal(html("{% ifversion fpt %}{% ifversion ghes %}a{% else %}b{% endif %}"
				 "{% data variables.no.such %}{% note %}{% endnote %}"
				 "{% endif %}c"),
		"<p>c</p>\n");
	fails(FRONT "\n{% ifversion ghes %}", "page.md", 5, "'{% ifversion %}' is never closed");
	fails(FRONT "{% else %}", "page.md", 4, "'{% else %}' without '{% ifversion %}'");
	fails(FRONT "{% ifversion ghes %}{% else %}{% else %}{% endif %}", "page.md", 4,
		"'{% else %}' without '{% ifversion %}'");
	fails(FRONT "{% ifversion nosuch %}{% endif %}", "page.md", 4,
		"'nosuch' is not understood in a version expression");
	fails(FRONT "{% ifversion %}{% endif %}", "page.md", 4, "'ifversion' ends too early");
}

static void pairs_are_read(void **state)
{
	struct docs_pairs pairs;

	(void)state;
	assert_true(
		docs_read_pairs(&arena, STR("a: one\nb: 'two'\n"), STR("v.yml"), &pairs, &error));
	assert_int_equal(pairs.n, 2);
	assert_string_equal(pairs.v[1].value.p, "two");
	assert_int_equal(pairs.v[1].line, 2);
	assert_true(docs_read_pairs(&arena, STR(""), STR("v.yml"), &pairs, &error));
	assert_int_equal(pairs.n, 0);
	assert_false(docs_read_pairs(&arena, STR("a: [x]\n"), STR("v.yml"), &pairs, &error));
	assert_false(docs_read_pairs(&arena, STR("a: \xFF\n"), STR("v.yml"), &pairs, &error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(front_matter_is_read),
		TEST(front_matter_short_forms),
		TEST(front_matter_errors),
		TEST(data_tags),
		TEST(data_errors),
		TEST(callouts),
		TEST(callout_errors),
		TEST(raw_and_comments),
		TEST(tag_errors),
		TEST(white_space_control),
		TEST(versions),
		TEST(conditions),
		TEST(pairs_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
