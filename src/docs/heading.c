#include <string.h>

#include "base/buf.h"
#include "docs/front.h"
#include "docs/slug.h"
#include "docs/tree.h"

enum { MAX_EXPLICIT_IDS = 8, TOP_LEVEL = 2, LOWEST_LEVEL = 6 };

/* A heading before it is written. */
struct pending {
	cmark_node *node;
	struct docs_heading heading;
	struct str explicit_ids[MAX_EXPLICIT_IDS + 1]; /* one more for error_anchor */
	size_t n_explicit;
	struct str error_anchor; /* where the first "error_uri" in its section leads */
};

static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '_' || c == '-' || c == '.'))
			return false;
	}
	return s.n > 0;
}

/* Where the last "{#" of `s` starts, if `s` ends in "{#id}"; else s.n. */
static size_t find_suffix(struct str s)
{
	if (!str_ends(s, STR("}")))
		return s.n;
	for (size_t i = s.n - 1; i-- > 0;)
		if (s.p[i] == '{' && s.p[i + 1] == '#')
			return i;
	return s.n;
}

/* Takes the {#id} suffixes off the heading's last text; they are kept in written order. */
static bool take_explicit_ids(struct tree *t, struct pending *p)
{
	cmark_node *last = cmark_node_last_child(p->node);

	if (!last || cmark_node_get_type(last) != CMARK_NODE_TEXT)
		return true;
	struct str text = str_trim(str_dup(t->arena, str_from(cmark_node_get_literal(last))));
	struct str found[MAX_EXPLICIT_IDS];
	size_t n = 0, at;

	while ((at = find_suffix(text)) < text.n) {
		struct str id = str_slice(text, at + 2, text.n - 1);

		if (!is_id(id))
			return docs_fail(t->arena, t->error, t->file, p->heading.line,
				"'{#%.*s}' is not an id", STR_ARG(str_slice(id, 0, 80)));
		if (n == MAX_EXPLICIT_IDS)
			return docs_fail(t->arena, t->error, t->file, p->heading.line,
				"a heading has over %d ids", MAX_EXPLICIT_IDS);
		found[n++] = id;
		text = str_trim(str_slice(text, 0, at));
	}
	if (n && !cmark_node_set_literal(last, str_c(t->arena, text)))
		return docs_fail(t->arena, t->error, t->file, p->heading.line, "out of memory");
	while (n)
		p->explicit_ids[p->n_explicit++] = found[--n];
	return true;
}

static struct str plain_text(struct tree *t, cmark_node *heading)
{
	struct buf b;

	buf_init(&b, t->arena, DOCS_MAX_EXPANDED);
	for (cmark_node *n = heading; n; n = tree_next(n, heading)) {
		cmark_node_type type = cmark_node_get_type(n);

		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			buf_add_c(&b, cmark_node_get_literal(n));
		else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
			buf_add_char(&b, ' ');
	}
	return str_trim(buf_str(&b));
}

/* The fragment of the first "error_uri" in an example, or STR_NONE. A section that shows an error
 * is the place that this error's anchor means, in whatever language its heading is. */
static struct str find_error_anchor(struct tree *t, cmark_node *code)
{
	const char *text = cmark_node_get_literal(code);
	const char *member = text ? strstr(text, "\"error_uri\"") : NULL;

	if (!member)
		return STR_NONE;
	struct str rest = str_from(member);
	rest = str_slice(rest, 0, str_find(rest, '\n'));
	rest = str_slice(rest, str_find(rest, '#') + 1, rest.n);
	struct str anchor = str_slice(rest, 0, str_find(rest, '"'));

	return is_id(anchor) ? str_dup(t->arena, anchor) : STR_NONE;
}

static bool collect(struct tree *t, struct pending **list, size_t *count)
{
	size_t n = 0;

	for (cmark_node *node = t->root; node; node = tree_next(node, t->root))
		n += cmark_node_get_type(node) == CMARK_NODE_HEADING;
	if (n > DOCS_MAX_HEADINGS)
		return docs_fail(t->arena, t->error, t->file, t->text->lines[0],
			"the page has over %d headings", DOCS_MAX_HEADINGS);
	struct pending *v = ARENA_ARRAY(t->arena, struct pending, n);

	*list = v;
	*count = n;
	for (cmark_node *node = t->root; node; node = tree_next(node, t->root)) {
		if (cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK && v > *list &&
			!str_is_set(v[-1].error_anchor))
			v[-1].error_anchor = find_error_anchor(t, node);
		if (cmark_node_get_type(node) != CMARK_NODE_HEADING)
			continue;
		v->node = node;
		v->heading.line = tree_line(t, node);
		v->heading.level = (unsigned)cmark_node_get_heading_level(node);
		v++;
	}
	return true;
}

/* The page's title is the h1, so the shallowest heading becomes an h2 and the others follow. */
static void shift_levels(struct pending *v, size_t n)
{
	unsigned least = LOWEST_LEVEL;

	for (size_t i = 0; i < n; i++)
		if (v[i].heading.level < least)
			least = v[i].heading.level;
	for (size_t i = 0; i < n; i++) {
		unsigned level = v[i].heading.level - least + TOP_LEVEL;

		v[i].heading.level = level > LOWEST_LEVEL ? LOWEST_LEVEL : level;
		cmark_node_set_heading_level(v[i].node, (int)v[i].heading.level);
	}
}

static bool follows_model(struct tree *t, const struct pending *v, size_t n)
{
	const struct docs_page *m = t->model;

	for (size_t i = 0; i < n && i < m->n_headings; i++)
		if (v[i].heading.level != m->headings[i].level)
			return docs_fail(t->arena, t->error, t->file, v[i].heading.line,
				"heading %zu ('%.*s') is of level %u, but in %.*s it is of level "
				"%u",
				i + 1, STR_ARG(str_slice(v[i].heading.text, 0, 80)),
				v[i].heading.level, STR_ARG(m->lang), m->headings[i].level);
	if (n == m->n_headings)
		return true;
	return docs_fail(t->arena, t->error, t->file, n ? v[n - 1].heading.line : t->text->lines[0],
		"the page has %zu headings, but in %.*s it has %zu", n, STR_ARG(m->lang),
		m->n_headings);
}

static struct str slug_of(struct tree *t, struct str text)
{
	struct str slug = docs_slug(t->arena, text);

	return slug.n ? slug : STR("section");
}

static bool add_explicit(struct tree *t, struct slugs *ids, const struct pending *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].n_explicit; k++)
			if (!slugs_add(ids, v[i].explicit_ids[k]))
				return docs_fail(t->arena, t->error, t->file, v[i].heading.line,
					"the id '%.*s' is used twice",
					STR_ARG(v[i].explicit_ids[k]));
	return true;
}

/* Ids of a page on its own. Written ids come first, so that no slug takes one of them. */
static bool give_own_ids(struct tree *t, struct pending *v, size_t n)
{
	struct slugs ids;

	slugs_init(&ids, t->arena, n * (MAX_EXPLICIT_IDS + 2));
	if (!add_explicit(t, &ids, v, n))
		return false;
	for (size_t i = 0; i < n; i++)
		v[i].heading.id = v[i].n_explicit
					  ? v[i].explicit_ids[0]
					  : slugs_add_unique(&ids, slug_of(t, v[i].heading.text));
	for (size_t i = 0; i < n; i++) {
		size_t first = v[i].n_explicit ? 1 : 0;

		if (str_is_set(v[i].error_anchor) && slugs_add(&ids, v[i].error_anchor))
			v[i].explicit_ids[v[i].n_explicit++] = v[i].error_anchor;
		v[i].heading.anchors =
			(struct docs_strs){v[i].explicit_ids + first, v[i].n_explicit - first};
	}
	return true;
}

/* Ids of a translated page: those of the model, then its own as anchors. */
static void give_model_ids(struct tree *t, struct pending *v, size_t n)
{
	const struct docs_heading *m = t->model->headings;
	struct slugs ids;
	size_t max = n * (MAX_EXPLICIT_IDS + 2);

	for (size_t i = 0; i < n; i++)
		max += 1 + m[i].anchors.n;
	slugs_init(&ids, t->arena, max);
	for (size_t i = 0; i < n; i++) {
		slugs_add(&ids, m[i].id);
		for (size_t k = 0; k < m[i].anchors.n; k++)
			slugs_add(&ids, m[i].anchors.v[k]);
	}
	for (size_t i = 0; i < n; i++) {
		struct str *anchors =
			ARENA_ARRAY(t->arena, struct str, m[i].anchors.n + v[i].n_explicit + 2);
		size_t count = 0;

		for (size_t k = 0; k < m[i].anchors.n; k++)
			anchors[count++] = m[i].anchors.v[k];
		for (size_t k = 0; k < v[i].n_explicit; k++)
			if (slugs_add(&ids, v[i].explicit_ids[k]))
				anchors[count++] = v[i].explicit_ids[k];
		if (str_is_set(v[i].error_anchor) && slugs_add(&ids, v[i].error_anchor))
			anchors[count++] = v[i].error_anchor;
		struct str slug = slug_of(t, v[i].heading.text);

		if (slugs_add(&ids, slug))
			anchors[count++] = slug;
		v[i].heading.id = m[i].id;
		v[i].heading.anchors = (struct docs_strs){anchors, count};
	}
}

/* cmark writes headings without ids: write "<h2>...</h2>" anew, with them. */
static void replace(struct tree *t, struct pending *p)
{
	struct str html = tree_html(t, p->node);
	const struct docs_heading *h = &p->heading;
	struct buf b;

	buf_init(&b, t->arena, DOCS_MAX_HTML);
	buf_addf(&b, "<h%u id=\"", h->level);
	buf_add_html(&b, h->id);
	buf_add_c(&b, "\">");
	for (size_t i = 0; i < h->anchors.n; i++) {
		buf_add_c(&b, "<span id=\"");
		buf_add_html(&b, h->anchors.v[i]);
		buf_add_c(&b, "\"></span>");
	}
	buf_add(&b, str_slice(html, sizeof "<h2>" - 1, html.n));
	tree_insert_block(t, p->node, buf_str(&b), "");
	cmark_node_free(p->node);
}

bool headings_render(struct tree *t, struct markdown_result *out)
{
	struct pending *v = NULL;
	size_t n = 0;

	if (!collect(t, &v, &n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!take_explicit_ids(t, &v[i]))
			return false;
		v[i].heading.text = plain_text(t, v[i].node);
	}
	shift_levels(v, n);
	if (t->model && !follows_model(t, v, n))
		return false;
	if (t->model)
		give_model_ids(t, v, n);
	else if (!give_own_ids(t, v, n))
		return false;
	struct docs_heading *headings = ARENA_ARRAY(t->arena, struct docs_heading, n);

	for (size_t i = 0; i < n; i++) {
		replace(t, &v[i]);
		headings[i] = v[i].heading;
	}
	out->headings = headings;
	out->n_headings = n;
	return true;
}
