/* What is new in an app's log, asked again and again. Ids are leased in blocks and several workers
 * write, so neither ids nor times come in order: each look goes back LIMIT_LOG_EVENTS_BACK seconds
 * and passes over what it has seen. */
#ifndef LLAVERO_EXPLAIN_FOLLOW_H
#define LLAVERO_EXPLAIN_FOLLOW_H

#include "base/limits.h"
#include "store/request_log.h"

struct follow {
	int64_t app_id; /* 0: requests of no app that is known */
	bool all;       /* what went well too, not only what was refused */
	bool began;
	uint64_t known[LIMIT_LOG_EVENTS]; /* entries that were told, or were there before */
	size_t known_n;
};

/* The entries that are new, oldest first; none the first time, which only says what is there. At
 * most LIMIT_LOG_EVENTS, the newest. */
enum db_status follow_next(
	struct follow *f, struct store *s, struct arena *a, struct log_entry **out, size_t *n);

#endif
