#include "docs/markdown.h"

#include <stdlib.h>
#include <string.h>

#include <cmark-gfm-core-extensions.h>

#include "base/buf.h"
#include "docs/front.h"
#include "docs/tree.h"

enum { OPTIONS = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8 };

static void release_tree(void *what)
{
	struct tree *t = what;

	if (t->root)
		cmark_node_free(t->root);
	free(t->html);
}

cmark_node *tree_next(cmark_node *node, const cmark_node *root)
{
	cmark_node *next = cmark_node_first_child(node);

	while (!next && node && node != root) {
		next = cmark_node_next(node);
		node = cmark_node_parent(node);
	}
	return next;
}

struct str tree_html(struct tree *t, cmark_node *node)
{
	t->html = cmark_render_html(node, OPTIONS, NULL);
	struct str copy = str_dup(t->arena, str_from(t->html));

	free(t->html);
	t->html = NULL;
	return copy;
}

unsigned tree_line(const struct tree *t, cmark_node *block)
{
	int line = cmark_node_get_start_line(block);
	size_t at = line > 0 ? (size_t)line - 1 : 0;

	return t->text->lines[at < t->text->n_lines ? at : t->text->n_lines - 1];
}

cmark_node *tree_insert_block(
	struct tree *t, cmark_node *node, struct str before, const char *after)
{
	cmark_node *block = cmark_node_new(CMARK_NODE_CUSTOM_BLOCK);

	cmark_node_insert_before(node, block);
	cmark_node_set_on_enter(block, str_c(t->arena, before));
	cmark_node_set_on_exit(block, after);
	return block;
}

static void parse(struct tree *t)
{
	static const char *const extensions[] = {"table", "strikethrough", "autolink"};

	cmark_gfm_core_extensions_ensure_registered();
	cmark_parser *parser = cmark_parser_new(OPTIONS);

	for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
		cmark_parser_attach_syntax_extension(
			parser, cmark_find_syntax_extension(extensions[i]));
	cmark_parser_feed(parser, t->text->text.p, t->text->text.n);
	t->root = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	cmark_consolidate_text_nodes(t->root);
}

/* The number of the callout mark that this node consists of; false for any other node. */
static bool is_mark(const struct tree *t, cmark_node *node, size_t *number)
{
	cmark_node *child = cmark_node_first_child(node);

	if (cmark_node_get_type(node) != CMARK_NODE_PARAGRAPH || !child || cmark_node_next(child) ||
		cmark_node_get_type(child) != CMARK_NODE_TEXT)
		return false;
	struct str text = str_from(cmark_node_get_literal(child));
	int64_t value;

	if (!str_starts(text, STR(CALLOUT_MARK)) ||
		!str_to_i64(str_slice(text, sizeof CALLOUT_MARK - 1, text.n), &value) ||
		(uint64_t)value >= t->text->n_marks)
		return false;
	*number = (size_t)value;
	return true;
}

/* Moves what stands between two marks into a box. */
static void make_callout(struct tree *t, const char *kind, cmark_node *start, cmark_node *end)
{
	cmark_node *box = tree_insert_block(t, start,
		str_printf(t->arena, "<div class=\"callout callout-%s\" role=\"note\">", kind),
		"</div>");

	for (cmark_node *n = cmark_node_next(start); n && n != end; n = cmark_node_next(start))
		cmark_node_append_child(box, n);
	cmark_node_free(start);
	cmark_node_free(end);
}

static bool misplaced(struct tree *t, const struct liquid_mark *mark)
{
	return docs_fail(t->arena, t->error, t->file, mark->line,
		"'{%% %s%s %%}' must stand between blocks, its end beside its start: not in a "
		"table, a paragraph's line or a code block, nor across a list",
		mark->is_end ? "end" : "", mark->kind);
}

static bool render_callouts(struct tree *t)
{
	const struct liquid_mark *marks = t->text->marks;
	cmark_node **found = ARENA_ARRAY(t->arena, cmark_node *, t->text->n_marks);
	size_t open[DOCS_MAX_BLOCKS * (DOCS_MAX_DEPTH + 1)] = {0}, depth = 0, number;

	for (cmark_node *n = t->root; n; n = tree_next(n, t->root))
		if (is_mark(t, n, &number))
			found[number] = n;
	/* The tags are balanced: liquid.c saw to it. */
	for (size_t i = 0; i < t->text->n_marks; i++) {
		if (!found[i])
			return misplaced(t, &marks[i]);
		if (!marks[i].is_end) {
			open[depth++] = i;
			continue;
		}
		size_t start = open[--depth];

		if (cmark_node_parent(found[start]) != cmark_node_parent(found[i]))
			return misplaced(t, &marks[start]);
		make_callout(t, marks[i].kind, found[start], found[i]);
	}
	return true;
}

static bool is_link(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);

	return type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE;
}

/* Inline nodes have no line of their own that can be relied on: the block's is taken. */
static void collect_links(struct tree *t, struct markdown_result *out)
{
	size_t n = 0;
	unsigned line = 0;

	for (cmark_node *node = t->root; node; node = tree_next(node, t->root))
		n += is_link(node);
	struct docs_link *links = ARENA_ARRAY(t->arena, struct docs_link, n);

	out->links = links;
	for (cmark_node *node = t->root; node; node = tree_next(node, t->root)) {
		unsigned type = (unsigned)cmark_node_get_type(node);

		if ((type & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_BLOCK &&
			cmark_node_get_start_line(node) > 0)
			line = tree_line(t, node);
		if (is_link(node))
			links[out->n_links++] = (struct docs_link){
				str_dup(t->arena, str_from(cmark_node_get_url(node))), line};
	}
}

bool markdown_render(struct arena *a, const struct liquid_text *text, struct str file,
	const struct docs_page *model, struct markdown_result *out, struct docs_error *error)
{
	struct tree *t = ARENA_NEW(a, struct tree);

	*out = (struct markdown_result){0};
	*t = (struct tree){.arena = a, .text = text, .file = file, .model = model, .error = error};
	arena_defer(a, release_tree, t);
	parse(t);
	if (!render_callouts(t))
		return false;
	collect_links(t, out);
	if (!headings_render(t, out))
		return false;
	t->html = cmark_render_html(t->root, OPTIONS, NULL);
	struct str html = str_from(t->html);

	if (html.n > DOCS_MAX_HTML)
		return docs_fail(a, error, file, text->lines[0], "the page's HTML is over %d bytes",
			DOCS_MAX_HTML);
	out->html = str_dup(a, html);
	return true;
}
