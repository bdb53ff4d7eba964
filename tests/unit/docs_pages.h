/* What the tests of the documentation reader share: data of their own, and a page rendered with
 * it. */
#ifndef LLAVERO_TESTS_UNIT_DOCS_PAGES_H
#define LLAVERO_TESTS_UNIT_DOCS_PAGES_H

#include "base/buf.h"
#include "docs/docs.h"
#include "unit.h"

#define FRONT "---\ntitle: T\n---\n" /* three lines: a body starts at line 4 */

struct row {
	const char *name, *text;
};

static const struct row variables[] = {
	{"product.name", "llavero"},
	{"product.again", "{% data variables.product.name %}!"},
	{"loop.a", "{% data variables.loop.a %}"},
	{"bad.inner", "{% data variables.no.such %}"},
	{"multi.twice", "{% data variables.multi.ten %}{% data variables.multi.ten %}"},
	{"multi.ten", "0123456789"},
};
static const struct row reusables[] = {
	{"a.para", "One\ntwo {% data variables.product.name %}.\n"},
	{"a.note", "{% note %}\n\nInside.\n\n{% endnote %}\n"},
	{"a.b.c", "deep"},
	{"a.open", "text\n{% note %}\n"},
};

static struct str find(const struct row *rows, size_t n, struct str lang, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_c(name, rows[i].name) && !str_eq_c(lang, "xx"))
			return str_from(rows[i].text);
	return STR_NONE;
}

static struct str variable(const void *context, struct str lang, struct str name)
{
	(void)context;
	return find(variables, sizeof variables / sizeof variables[0], lang, name);
}

static struct str reusable(const void *context, struct str lang, struct str name)
{
	(void)context;
	return find(reusables, sizeof reusables / sizeof reusables[0], lang, name);
}

static const struct docs_data data = {variable, reusable, NULL};
static struct arena arena;
static struct docs_page page;
static struct docs_error error;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, DOCS_ARENA);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

__attribute__((unused)) static bool render_str(struct str source, const struct docs_page *model)
{
	struct docs_input in = {source, STR("page.md"), STR("en"), model};

	return docs_render(&arena, &data, &in, &page, &error);
}

__attribute__((unused)) static bool render(const char *source)
{
	return render_str(str_from(source), NULL);
}

/* The body's HTML of a page that must render. */
__attribute__((unused)) static const char *html(const char *body)
{
	if (!render_str(str_printf(&arena, FRONT "%s", body), NULL))
		fail_msg("line %u: %s", error.line, error.message.p);
	return page.body_html.p;
}

__attribute__((unused)) static void fails(
	const char *source, const char *file, unsigned line, const char *message)
{
	assert_false(render(source));
	assert_string_equal(error.file.p, file);
	assert_string_equal(error.message.p, message);
	assert_int_equal(error.line, line);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
