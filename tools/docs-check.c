/* What the build refuses in content/. */
#include <string.h>

#include "core/error.h"
#include "docs-content.h"

static bool has_text(const struct text_rows *rows, const char *lang, struct str name)
{
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq_c(rows->v[i].lang, lang) && str_eq(rows->v[i].name, name))
			return true;
	return false;
}

static void check_texts(struct content *c, const struct text_rows *rows, const char *kind)
{
	for (size_t i = 0; i < rows->n; i++)
		for (int k = 0; k < LANGS; k++)
			if (!has_text(rows, langs[k], rows->v[i].name))
				report(c, rows->v[i].file, rows->v[i].line,
					"missing translation: the %s '%.*s' does not exist in %s",
					kind, STR_ARG(rows->v[i].name), langs[k]);
}

void check_translations(struct content *c)
{
	check_texts(c, &c->variables, "variable");
	check_texts(c, &c->reusables, "reusable");
	for (size_t i = 0; i < c->n_pages; i++)
		for (int k = 0; k < LANGS; k++)
			if (!content_find(c, c->pages[i].path, langs[k]))
				report(c, c->pages[i].file, 1,
					"missing translation: the page '%.*s' does not exist in %s",
					STR_ARG(c->pages[i].path), langs[k]);
}

static struct str without_slash(struct str path)
{
	return str_slice(path, 0, path.n - (path.n > 1 && path.p[path.n - 1] == '/'));
}

static bool lists(const struct docs_strs *list, struct str path)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(without_slash(list->v[i]), path))
			return true;
	return false;
}

/* Adds one older path of a page, or reports why it cannot lead there. */
static void add_redirect(struct content *c, const struct page_row *p, struct str from)
{
	unsigned line = p->page.redirect_line;

	for (size_t i = 0; i < c->n_pages; i++)
		if (str_eq(c->pages[i].path, from)) {
			report(c, p->file, line,
				"duplicate path: '%.*s' is a page of its own (%.*s)", STR_ARG(from),
				STR_ARG(c->pages[i].file));
			return;
		}
	for (size_t i = 0; i < c->n_redirects; i++)
		if (str_eq(c->redirects[i].from, from)) {
			if (!str_eq(c->redirects[i].to, p->path))
				report(c, p->file, line,
					"duplicate path: '%.*s' is a redirect_from of %.*s too",
					STR_ARG(from), STR_ARG(c->redirects[i].page->file));
			return;
		}
	c->redirects[c->n_redirects++] = (struct redirect_row){from, p->path, p};
}

void check_redirects(struct content *c)
{
	size_t most = 0;

	for (size_t i = 0; i < c->n_pages; i++)
		most += c->pages[i].page.redirect_from.n;
	c->redirects = ARENA_ARRAY(c->arena, struct redirect_row, most);
	for (size_t i = 0; i < c->n_pages; i++) {
		const struct page_row *p = &c->pages[i];

		for (size_t k = 0; k < p->page.redirect_from.n; k++) {
			struct str from = without_slash(p->page.redirect_from.v[k]);

			add_redirect(c, p, from);
			for (int l = 0; l < LANGS; l++) {
				const struct page_row *other = content_find(c, p->path, langs[l]);

				if (other && other->rendered &&
					!lists(&other->page.redirect_from, from))
					report(c, p->file, p->page.redirect_line,
						"missing translation: %.*s has no redirect_from "
						"'%.*s'",
						STR_ARG(other->file), STR_ARG(from));
			}
		}
	}
}

static bool has_anchor(const struct docs_page *page, struct str anchor)
{
	for (size_t i = 0; i < page->n_headings; i++) {
		const struct docs_heading *h = &page->headings[i];

		if (str_eq(h->id, anchor))
			return true;
		for (size_t k = 0; k < h->anchors.n; k++)
			if (str_eq(h->anchors.v[k], anchor))
				return true;
	}
	return false;
}

/* Paths of the running server that pages may name; the server's own tests prove them. */
static bool is_application_path(struct str path)
{
	static const char *const prefixes[] = {"/settings", "/login", "/signup", "/api", "/demo",
		"/sessions", "/healthz", "/readyz", "/metrics", NULL};

	for (const char *const *p = prefixes; *p; p++) {
		size_t n = strlen(*p);

		if (str_starts(path, str_from(*p)) && (path.n == n || path.p[n] == '/'))
			return true;
	}
	return false;
}

static void check_link(struct content *c, const struct page_row *from, const struct docs_link *link)
{
	size_t hash = str_find(link->url, '#');
	struct str path = str_slice(link->url, 0, hash);
	struct str anchor = str_slice(link->url, hash + 1, link->url.n);
	const struct page_row *to = from;

	path = str_slice(path, 0, str_find(path, '?'));
	if (path.n > 0 && (path.p[0] != '/' || str_starts(path, STR("//")))) {
		if (str_find(path, ':') == path.n)
			report(c, from->file, link->line,
				"dead link: '%.*s' must start with '/' or a scheme",
				STR_ARG(link->url));
		return;
	}
	if (path.n > 0) {
		struct str target = content_resolve(c, path);

		if (!str_is_set(target) && is_application_path(path))
			return;
		if (!str_is_set(target)) {
			report(c, from->file, link->line, "dead link: '%.*s' is no page",
				STR_ARG(link->url));
			return;
		}
		to = content_find(c, target, str_c(c->arena, from->lang));
	}
	/* A missing translation and a page in error have been reported already. */
	if (to && to->rendered && hash < link->url.n && !has_anchor(&to->page, anchor))
		report(c, from->file, link->line, "dead anchor: '%.*s' is not on %.*s",
			STR_ARG(link->url), STR_ARG(to->file));
}

void check_links(struct content *c)
{
	for (size_t i = 0; i < c->n_pages; i++)
		for (size_t k = 0; c->pages[i].rendered && k < c->pages[i].page.n_links; k++)
			check_link(c, &c->pages[i], &c->pages[i].page.links[k]);
}

void check_error_pages(struct content *c)
{
#define WIRE(id, code, text, page, anchor, rfc_code, status) {#id, page, anchor},
#define CAUSE(id, wire, evidence)
	static const struct {
		const char *id, *page, *anchor;
	} rows[] = {
#include "core/errors.def"
	};
#undef WIRE
#undef CAUSE
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct str path = content_resolve(c, str_from(rows[i].page));

		for (int k = 0; k < LANGS && rows[i].page[0]; k++) {
			const struct page_row *p =
				str_is_set(path) ? content_find(c, path, langs[k]) : NULL;

			if (!p)
				report(c, STR("src/core/errors.def"), 1, "%s: no page '%s' in %s",
					rows[i].id, rows[i].page, langs[k]);
			else if (p->rendered && !has_anchor(&p->page, str_from(rows[i].anchor)))
				report(c, p->file, 1, "dead anchor: error %s needs '#%s' here",
					rows[i].id, rows[i].anchor);
		}
	}
}

/* "CODE_EXPIRED" has its section at "#code-expired". */
static struct str anchor_of(struct content *c, const char *cause)
{
	struct str id = str_lower(c->arena, str_from(cause));
	char *text = arena_alloc(c->arena, id.n + 1);

	for (size_t i = 0; i < id.n; i++)
		text[i] = id.p[i] == '_' ? '-' : id.p[i];
	return (struct str){text, id.n};
}

void check_cause_sections(struct content *c)
{
#define WIRE(id, ...)
#define CAUSE(id, wire, evidence) #id,
	static const char *const causes[] = {
#include "core/errors.def"
	};
#undef WIRE
#undef CAUSE
	for (int k = 0; k < LANGS; k++) {
		const struct page_row *p = content_find(c, STR(CAUSES_PAGE), langs[k]);

		if (!p)
			report(c, STR("src/core/error.h"), 1, "no page '" CAUSES_PAGE "' in %s",
				langs[k]);
		for (size_t i = 0; p && p->rendered && i < sizeof causes / sizeof causes[0]; i++) {
			struct str anchor = anchor_of(c, causes[i]);

			if (!has_anchor(&p->page, anchor))
				report(c, p->file, 1, "dead anchor: cause %s needs '#%.*s' here",
					causes[i], STR_ARG(anchor));
		}
	}
}
