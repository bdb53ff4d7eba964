/* Finding Liquid's marks in a text. */
#ifndef LLAVERO_DOCS_SCAN_H
#define LLAVERO_DOCS_SCAN_H

#include "base/str.h"

/* {% name rest %}; for {{ rest }} the name is "{{". */
struct tag {
	struct str name, rest;
	size_t start, end; /* in the source's text, the marks included */
	unsigned line;
	bool trim_left, trim_right;
};

bool scan_is_space(char c);
/* Without white space, line ends included, at either end. */
struct str scan_strip(struct str s);
/* Index of the first `first``second` at or after `from`, or text.n. */
size_t scan_pair(struct str text, size_t from, char first, char second);
/* Index of the first "{%" or "{{" at or after `from`, or text.n. */
size_t scan_open(struct str text, size_t from);
/* Reads the tag that starts at `at` (all but its line); false when it has no end. */
bool scan_tag(struct str text, size_t at, struct tag *tag);
/* The end of the tag {% `name` %} that starts at `at`, or 0 when another one starts there. */
size_t scan_match(struct str text, size_t at, const char *name);
/* The white space that stands alone before `at` on its line; empty when text does. */
struct str scan_indent(struct str text, size_t at);
/* Letters, digits, '_', '-' and '.', at most 200 of them. */
bool scan_is_data_name(struct str name);

#endif
