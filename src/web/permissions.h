/* Scopes as people read them: rows with a title and a line, in groups. */
#ifndef LLAVERO_WEB_PERMISSIONS_H
#define LLAVERO_WEB_PERMISSIONS_H

#include "core/scope.h"
#include "gen/pages.h"

struct permissions {
	const struct page_permissions_group *groups;
	size_t n;
	size_t rows; /* in all groups */
};

/* The rows of `scopes` but for those in `except`. */
struct permissions permissions_of(
	struct arena *a, enum lang lang, struct scope_set scopes, struct scope_set except);
/* Of scopes as they are stored: names joined by spaces. */
struct permissions permissions_of_text(struct arena *a, enum lang lang, struct str scopes);
/* How many rows that would be. */
size_t permissions_count(struct str scopes);

#endif
