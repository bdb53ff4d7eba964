/* How many entries the log takes, so that a flood costs bounded space and time: buckets that fill
 * with time, one for each app and kind of entry, one for each address within that, and one for all.
 * Bounded tables in the memory of one worker: whom a flood pushes out begins anew. */
#ifndef LLAVERO_EXPLAIN_PACE_H
#define LLAVERO_EXPLAIN_PACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PACE_BUCKETS = 1024, PACE_WAYS = 4 };

struct pace {
	int64_t per_minute; /* of one app; 0: nothing is taken */
	struct pace_bucket {
		uint64_t who; /* 0: free */
		int64_t at_us;
		double tokens;
	} buckets[PACE_BUCKETS][PACE_WAYS], all;
};

void pace_init(struct pace *p, int64_t per_minute);
/* May an entry of `who` (a hash; never 0) at `now_us` (monotonic) be taken? `share` divides what
 * one may have: 1 for an app, 2 for one address. Nothing is used up: see pace_take. */
bool pace_has_room(struct pace *p, uint64_t who, int64_t share, int64_t now_us);
void pace_take(struct pace *p, uint64_t who);
/* The same for all together. */
bool pace_all_has_room(struct pace *p, int64_t now_us);
void pace_take_all(struct pace *p);

#endif
