/* What is new in an app's log, asked again and again. Several workers write, each with ids of its
 * own and at its own commits, so an entry may become visible a moment after a younger one: the last
 * seconds are read each time, and what was told already is left out. */
#ifndef LLAVERO_EXPLAIN_FOLLOW_H
#define LLAVERO_EXPLAIN_FOLLOW_H

#include "store/request_log.h"

enum { FOLLOW_TOLD = 512, FOLLOW_AT_ONCE = 200 };

struct follow {
	int64_t app_id;             /* 0: requests of no app that is known */
	int64_t since_us;           /* nothing older is told */
	uint64_t told[FOLLOW_TOLD]; /* a ring of ids */
	size_t told_n;
};

/* From now on: what can be seen already counts as told. */
enum db_status follow_begin(
	struct follow *f, struct store *s, struct arena *a, int64_t app_id, int64_t now_us);
/* Counts an entry as told. */
void follow_tell(struct follow *f, uint64_t id);
/* The entries that have come since, oldest first; at most FOLLOW_AT_ONCE, the newest. */
enum db_status follow_next(
	struct follow *f, struct store *s, struct arena *a, struct log_entry **out, size_t *n);

#endif
