/* A page of documentation, front matter and all. Whatever it is, no script gets into its HTML. */
#include "docs_html.h"

static void target(struct arena *a, struct str text)
{
	const struct docs_input in = {.source = text, .file = STR("page.md"), .lang = STR("en")};
	struct docs_page page, again;
	struct docs_error error;

	if (!docs_render(a, &fuzz_docs_data, &in, &page, &error)) {
		MUST(error.line >= 1 && str_has_text(error.message));
		return;
	}
	MUST(str_has_text(page.title));
	check_html(page.intro_html);
	check_html(page.body_html);
	check_headings(page.headings, page.n_headings);
	/* The same page is a good model of itself. */
	struct docs_input as_model = in;

	as_model.model = &page;
	MUST(docs_render(a, &fuzz_docs_data, &as_model, &again, &error));
	MUST(again.n_headings == page.n_headings);
	for (size_t i = 0; i < page.n_headings; i++)
		MUST(str_eq(page.headings[i].id, again.headings[i].id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run_in(data, n, DOCS_ARENA, target);
}
