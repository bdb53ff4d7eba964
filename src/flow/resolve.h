/* From a host name to all its addresses, within a time. For job threads only: it waits. */
#ifndef LLAVERO_FLOW_RESOLVE_H
#define LLAVERO_FLOW_RESOLVE_H

#include "base/str.h"

enum { RESOLVED_MOST = 16, RESOLVED_TEXT = 48 };

struct resolved_address {
	bool v6;
	uint8_t bytes[16];        /* the first 4 unless v6 */
	char text[RESOLVED_TEXT]; /* as written, without brackets */
};

struct resolved {
	struct resolved_address v[RESOLVED_MOST];
	size_t n;
	bool more;    /* there were others: nobody has looked at them */
	bool lacking; /* this machine had no memory or no thread to ask with */
};

/* False when the name has no address, or none in time. Tests put another in its place. */
typedef bool host_resolver(const char *host, int64_t timeout_ms, struct resolved *out);
host_resolver resolve_host;

#endif
