#include "docs/site.h"

#include <string.h>

#include "gen/docs_content.h"

/* Order by bytes, a prefix first, as tools/docs-emit.c sorts. */
static int compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

const struct docs_site_page *docs_find(struct str path, struct str lang)
{
	size_t low = 0, high = docs_site_n_pages;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct docs_site_page *page = &docs_site_pages[middle];
		int order = compare(page->path, path);

		if (order == 0)
			order = compare(page->lang, lang);
		if (order == 0)
			return page;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static struct str find_redirect(struct str from)
{
	size_t low = 0, high = docs_site_n_redirects;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(docs_site_redirects[middle].from, from);

		if (order == 0)
			return docs_site_redirects[middle].to;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return STR_NONE;
}

struct str docs_redirect(struct str path)
{
	bool has_slash = path.n > 1 && path.p[path.n - 1] == '/';
	struct str bare = str_slice(path, 0, path.n - has_slash);

	if (has_slash) {
		const struct docs_site_page *page = docs_find(bare, STR("en"));

		if (page)
			return page->path;
	}
	return find_redirect(bare);
}

static struct str find_text(
	const struct docs_site_text *v, size_t n, struct str lang, struct str name)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(v[middle].lang, lang);

		if (order == 0)
			order = compare(v[middle].name, name);
		if (order == 0)
			return v[middle].text;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return STR_NONE;
}

static struct str variable(const void *context, struct str lang, struct str name)
{
	(void)context;
	return find_text(docs_site_variables, docs_site_n_variables, lang, name);
}

static struct str reusable(const void *context, struct str lang, struct str name)
{
	(void)context;
	return find_text(docs_site_reusables, docs_site_n_reusables, lang, name);
}

const struct docs_data *docs_site_data(void)
{
	static const struct docs_data data = {variable, reusable, NULL};

	return &data;
}
