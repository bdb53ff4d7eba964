/* docs-compile [--errors] CONTENT OUT: renders every page of CONTENT (en/, es/, data/) and writes
 * OUT/docs_content.{h,c}, the tables of src/docs/site.h. Prints "file:line: message" for whatever
 * is wrong and returns 1 then. --errors also asks for the page and anchor of every protocol
 * error. */
#include <stdlib.h>
#include <string.h>

#include "docs-content.h"

static struct str find_text(const struct text_rows *rows, struct str lang, struct str name)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->v[i].lang, lang) && str_eq(rows->v[i].name, name))
			return rows->v[i].text;
	return STR_NONE;
}

static struct str variable(const void *context, struct str lang, struct str name)
{
	const struct content *c = context;

	return find_text(&c->variables, lang, name);
}

static struct str reusable(const void *context, struct str lang, struct str name)
{
	const struct content *c = context;

	return find_text(&c->reusables, lang, name);
}

/* A translation is rendered after its model, or on its own when that one is missing. */
static void render_pages(struct content *c, const char *lang)
{
	const struct docs_data data = {variable, reusable, c};

	for (size_t i = 0; i < c->n_pages; i++) {
		struct page_row *p = &c->pages[i];
		const struct page_row *model = content_find(c, p->path, langs[0]);
		bool translated = model && model != p && model->rendered;
		struct docs_input in = {
			p->source, p->file, p->lang, translated ? &model->page : NULL};
		struct docs_error error;

		if (!str_eq_c(p->lang, lang))
			continue;
		p->rendered = docs_render(c->arena, &data, &in, &p->page, &error);
		if (!p->rendered)
			report(c, error.file, error.line, "%.*s", STR_ARG(error.message));
	}
}

static bool compile(struct content *c, const char *out, bool with_errors)
{
	content_read(c);
	check_translations(c);
	for (int i = 0; i < LANGS; i++)
		render_pages(c, langs[i]);
	check_redirects(c);
	check_links(c);
	if (with_errors) {
		check_error_pages(c);
		check_cause_sections(c);
	}
	if (c->n_pages == 0)
		report(c, str_from(c->root), 1, "there are no pages");
	if (c->errors == 0)
		return content_emit(c, out);
	fprintf(stderr, "docs-compile: %u error%s\n", c->errors, c->errors == 1 ? "" : "s");
	return false;
}

int main(int argc, char **argv)
{
	bool with_errors = argc > 1 && strcmp(argv[1], "--errors") == 0;
	struct arena a;

	if (argc - with_errors != 3) {
		fprintf(stderr, "usage: docs-compile [--errors] CONTENT OUT\n");
		return 2;
	}
	arena_init(&a, (size_t)1 << 30);
	struct content c = {.arena = &a, .root = argv[1 + with_errors]};
	bool good = compile(&c, argv[2 + with_errors], with_errors);

	arena_release(&a);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
