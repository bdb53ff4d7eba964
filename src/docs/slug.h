/* The ids of one page: each given out once. */
#ifndef LLAVERO_DOCS_SLUG_H
#define LLAVERO_DOCS_SLUG_H

#include "docs/docs.h"

struct slugs {
	struct arena *arena;
	struct str *v; /* open addressing; absent means free */
	size_t n, size;
};

/* Room for at most `max` ids. */
void slugs_init(struct slugs *s, struct arena *a, size_t max);
/* False when `id` is already there. */
bool slugs_add(struct slugs *s, struct str id);
bool slugs_has(const struct slugs *s, struct str id);
/* Adds `slug`, or the first free of slug-1, slug-2, ..., and returns what was added. */
struct str slugs_add_unique(struct slugs *s, struct str slug);

#endif
