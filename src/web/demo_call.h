/* One request of the demo client over real HTTP, and its reply. */
#ifndef LLAVERO_WEB_DEMO_CALL_H
#define LLAVERO_WEB_DEMO_CALL_H

#include "base/str.h"

enum { DEMO_REPLY_MAX = 16384, DEMO_CALL_SECONDS = 10 };

struct demo_call {
	/* the request; texts end in NUL, and those that are not sent are NULL */
	const char *method, *url, *accept, *authorization, *content_type, *body;
	/* the reply */
	long status;                    /* 0: there was none, `problem` says why */
	char type[128], location[2048]; /* Content-Type and Location; "" when absent */
	char request_id[64];            /* X-GitHub-Request-Id */
	char headers[1024];             /* "Name: value" lines of those that matter */
	char reply[DEMO_REPLY_MAX + 1];
	size_t reply_n;
	char problem[256];
};

/* Makes the call within `seconds`, following no redirect and asking no proxy. Blocks: for job
 * threads only. Uses no arena. */
void demo_call_make(struct demo_call *call, long seconds);

#endif
