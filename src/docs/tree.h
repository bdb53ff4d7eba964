/* A parsed Markdown page on its way to HTML. The folder's own header. */
#ifndef LLAVERO_DOCS_TREE_H
#define LLAVERO_DOCS_TREE_H

#include <cmark-gfm.h>

#include "docs/markdown.h"

/* What cmark allocated is freed with the arena, whatever way is taken out. */
struct tree {
	struct arena *arena;
	const struct liquid_text *text;
	struct str file;
	const struct docs_page *model;
	struct docs_error *error;
	cmark_node *root;
	char *html; /* of cmark, until it is copied */
};

/* The node after `node` in the order of the text, within `root`; NULL at the end. */
cmark_node *tree_next(cmark_node *node, const cmark_node *root);
/* The HTML of one node, in the arena. */
struct str tree_html(struct tree *t, cmark_node *node);
/* The source line of a block. */
unsigned tree_line(const struct tree *t, cmark_node *block);
/* Puts a block that is written as `before` ... `after` in front of `node`. */
cmark_node *tree_insert_block(
	struct tree *t, cmark_node *node, struct str before, const char *after);

/* Gives every heading its id and its anchors (docs.h: struct docs_input), fills `out`. */
bool headings_render(struct tree *t, struct markdown_result *out);

#endif
