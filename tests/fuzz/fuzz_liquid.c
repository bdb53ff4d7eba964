/* The body of a page: a condition of {% ifversion %} on its first line, then Liquid and Markdown.
 */
#include "docs/markdown.h"
#include "docs/version.h"
#include "docs_html.h"

static void check_condition(struct str expression)
{
	bool holds, again;
	struct str bad;

	if (!version_holds(expression, &holds, &bad)) {
		MUST(bad.n <= expression.n);
		return;
	}
	MUST(version_holds(expression, &again, &bad) && holds == again);
}

static void target(struct arena *a, struct str text)
{
	struct str condition = fuzz_line(&text);
	const struct liquid_input in = {
		&fuzz_docs_data, STR("en"), STR("page.md"), text, .line = 1};
	struct liquid_text liquid;
	struct markdown_result out;
	struct docs_error error;

	check_condition(condition);
	if (!str_is_utf8(text) || !liquid_expand(a, &in, &liquid, &error))
		return;
	MUST(liquid.text.n <= DOCS_MAX_EXPANDED);
	for (size_t i = 0; i < liquid.n_lines; i++)
		MUST(liquid.lines[i] >= 1 && liquid.lines[i] <= text.n + 1);
	if (!markdown_render(a, &liquid, in.file, NULL, &out, &error))
		return;
	check_html(out.html);
	check_headings(out.headings, out.n_headings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run_in(data, n, DOCS_ARENA, target);
}
