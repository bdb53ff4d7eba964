/* Replaces the Liquid tags of a text (docs.h lists them) and leaves Markdown. */
#ifndef LLAVERO_DOCS_LIQUID_H
#define LLAVERO_DOCS_LIQUID_H

#include "docs/docs.h"

/* A callout's start and end become paragraphs of their own, made of this character, which text
 * from outside may not hold (U+FDD0, a noncharacter), and the number of the mark. */
#define CALLOUT_MARK "\xEF\xB7\x90"

struct liquid_mark {
	const char *kind; /* "note", "tip", "warning" or "danger" */
	bool is_end;
	unsigned line;
};

struct liquid_text {
	struct str text;
	const unsigned
		*lines; /* lines[i]: the source line that output line i (from 0) comes from */
	size_t n_lines;
	const struct liquid_mark *marks;
	size_t n_marks;
};

struct liquid_input {
	const struct docs_data *data;
	struct str lang, file, text;
	unsigned line; /* of the text's first byte in its file */
};

bool liquid_expand(struct arena *a, const struct liquid_input *in, struct liquid_text *out,
	struct docs_error *error);

#endif
