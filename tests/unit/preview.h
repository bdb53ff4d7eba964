/* Samples that the previews share: see preview_pages.c. */
#ifndef LLAVERO_TESTS_PREVIEW_H
#define LLAVERO_TESTS_PREVIEW_H

#include "gen/pages.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define LONG_NAME "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
#define NOW 1790000000
/* STR for tables of constants. */
#define TEXT(literal)                                                                              \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

/* The frame for `viewer`, or for nobody when it is NULL. */
struct page_layout sample_layout(const char *viewer);
/* Three groups: one small, one that is powerful, one with a long name. */
extern const struct page_permissions_group sample_groups[3];

/* Each writes sample number `which` of its family. */
void sample_settings(struct buf *out, enum lang lang, size_t which);
void sample_log(struct buf *out, enum lang lang, size_t which);
void sample_developer(struct buf *out, enum lang lang, size_t which);
void sample_docs(struct buf *out, enum lang lang, size_t which);

#endif
