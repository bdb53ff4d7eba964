/* How many requests somebody has made within a window of time: those of the API by token or address
 * (GitHub reference 8.1 and 8.2), fetches, attempts that prove nothing (flow/attempts.h). Counted
 * in memory, per process: a restart forgives. */
#ifndef LLAVERO_FLOW_RATE_LIMIT_H
#define LLAVERO_FLOW_RATE_LIMIT_H

#include <pthread.h>

#include "base/str.h"

enum { RATE_BUCKETS = 8192, RATE_WAYS = 4, RATE_HOUR = 3600 };

/* A bounded table: when a bucket is full, who has asked least is forgotten. One per process. */
struct rate_limits {
	pthread_mutex_t lock;
	uint8_t key[16]; /* so that nobody can choose whom to share a bucket with */
	struct rate_slot {
		uint64_t who; /* 0: empty */
		int64_t used, reset_at;
	} slots[RATE_BUCKETS][RATE_WAYS];
};

struct rate_state {
	int64_t limit, used, reset_at; /* reset_at: seconds since 1970 */
	bool over;                     /* this request was one too many */
};

struct random;
/* `l` is static, all zero: its pages are touched when they are needed. */
void rate_limits_init(struct rate_limits *l, struct random *random);
/* What somebody may: `limit` requests in `window_s` from the first one on. */
struct rate {
	int64_t limit, window_s;
};
/* Counts `cost` requests (0: only looks) of `who`. */
struct rate_state rate_limits_count(
	struct rate_limits *l, struct str who, struct rate rate, int64_t cost, int64_t now_s);

#endif
