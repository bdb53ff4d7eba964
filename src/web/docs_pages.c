/* Documentation pages. A path may begin with a language; without one the visitor's counts. */
#include "docs/site.h"
#include "web/docs_request.h"
#include "web/page.h"

enum { TOP_LEVEL = 2, MANY_HEADINGS = 40 };

/* "/en" or "/es" in front of `path` when the rest of it is a path too, else "". */
static struct str prefix_of(struct str path, enum lang *lang)
{
	for (int i = 0; i < LANGS; i++) {
		struct str tag = str_from(lang_tag((enum lang)i));

		if (path.n > tag.n + 1 && path.p[0] == '/' && path.p[tag.n + 1] == '/' &&
			str_eq(str_slice(path, 1, tag.n + 1), tag)) {
			*lang = (enum lang)i;
			return str_slice(path, 0, tag.n + 1);
		}
	}
	return STR("");
}

/* The table of contents. A long one would be a second page beside the first: then the main sections
 * only. */
static const struct page_docs_page_heading *contents(
	struct arena *a, const struct docs_site_page *page, size_t *n)
{
	struct page_docs_page_heading *rows =
		ARENA_ARRAY(a, struct page_docs_page_heading, page->n_headings);
	bool nested = page->n_headings <= MANY_HEADINGS;

	*n = 0;
	for (size_t i = 0; i < page->n_headings; i++) {
		const struct docs_heading *h = &page->headings[i];

		if (h->level == TOP_LEVEL || nested)
			rows[(*n)++] = (struct page_docs_page_heading){.title = h->text,
				.href = str_printf(a, "#%.*s", STR_ARG(h->id)),
				.nested = h->level > TOP_LEVEL};
	}
	return rows;
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct docs_site_page *docs)
{
	size_t headings_n;
	const struct page_docs_page_heading *headings = contents(c->arena, docs, &headings_n);
	struct page_docs_page page = {
		.layout = web_layout(c, req, rep),
		.title = docs->title,
		.intro = {docs->intro_html},
		.body = {docs->body_html},
		.headings = headings,
		.headings_n = headings_n > 1 ? headings_n : 0,
	};

	if (docs_request_fill(c, req, docs, &page))
		WEB_SHOW(c, rep, 200, docs_page, &page);
}

bool web_show_docs(struct context *c, struct http_request *req, struct http_reply *rep)
{
	enum lang lang = c->visit->lang;
	struct str prefix = prefix_of(req->path, &lang);
	struct str path = str_slice(req->path, prefix.n, req->path.n);
	const struct docs_site_page *page = docs_find(path, str_from(lang_tag(lang)));
	struct str canonical = page ? STR_NONE : docs_redirect(path);

	if (page) {
		c->visit->lang = lang;
		show(c, req, rep, page);
		return true;
	}
	if (!str_is_set(canonical))
		return false;
	/* The browser carries the #anchor over. */
	http_redirect(req, rep, 301,
		str_is_set(req->raw_query)
			? str_printf(c->arena, "%.*s%.*s?%.*s", STR_ARG(prefix), STR_ARG(canonical),
				  STR_ARG(req->raw_query))
			: str_printf(c->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(canonical)));
	return true;
}
