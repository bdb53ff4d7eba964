/* Markdown (GitHub's, by cmark-gfm) to HTML, with ids on headings and callouts as boxes. */
#ifndef LLAVERO_DOCS_MARKDOWN_H
#define LLAVERO_DOCS_MARKDOWN_H

#include "docs/liquid.h"

struct markdown_result {
	struct str html;
	const struct docs_heading *headings;
	size_t n_headings;
	const struct docs_link *links;
	size_t n_links;
};

/* `model` as in struct docs_input. Errors: a callout that does not stand between blocks, an id
 * used twice or ill-formed, headings that do not follow the model's, HTML over DOCS_MAX_HTML. */
bool markdown_render(struct arena *a, const struct liquid_text *text, struct str file,
	const struct docs_page *model, struct markdown_result *out, struct docs_error *error);

#endif
