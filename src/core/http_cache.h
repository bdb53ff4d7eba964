/* How long a fetched document stays fresh: RFC 9111 4.2, within bounds of ours. */
#ifndef LLAVERO_CORE_HTTP_CACHE_H
#define LLAVERO_CORE_HTTP_CACHE_H

#include "base/str.h"

/* What the reply said; STR_NONE: nothing. */
struct http_freshness {
	struct str cache_control, age, expires, date;
};

/* Seconds, from `least` to `most`; `usual` when the reply says nothing. "no-store", "no-cache" and
 * what is stale already give `least`: asking anew for every request would let anybody use this
 * server to ask. */
int64_t http_fresh_for(const struct http_freshness *f, int64_t least, int64_t most, int64_t usual);

#endif
