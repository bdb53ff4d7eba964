/* Front matter: the YAML between the two "---" lines at the start of a page. */
#ifndef LLAVERO_DOCS_FRONT_H
#define LLAVERO_DOCS_FRONT_H

#include "docs/docs.h"

struct front {
	struct str title, intro; /* Liquid not yet replaced; `intro` STR_NONE when there is none */
	unsigned title_line, intro_line, redirect_line;
	struct docs_strs redirect_from, topics;
	struct docs_pairs versions;
	struct str body; /* what follows the front matter */
	unsigned body_line;
};

/* Splits `source`. Errors: no front matter, one without end, over DOCS_MAX_FRONT, malformed YAML,
 * a known key of the wrong shape, no title, a redirect_from that is not a path. */
bool front_read(struct arena *a, struct str source, struct str file, struct front *out,
	struct docs_error *error);

/* Fills `*error` with a printf message; always returns false. */
bool docs_fail(struct arena *a, struct docs_error *error, struct str file, unsigned line,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
