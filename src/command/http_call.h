/* One request of a command to the running server, and its reply. */
#ifndef LLAVERO_COMMAND_HTTP_CALL_H
#define LLAVERO_COMMAND_HTTP_CALL_H

#include "command/call.h"

enum { HTTP_CALL_HEADERS = 8, HTTP_CALL_PROBLEM = 256 };

struct http_call {
	/* the request; texts end in NUL */
	const char *method, *url;
	const char *headers[HTTP_CALL_HEADERS]; /* "Name: value", ended by NULL */
	const char *body;                       /* NULL: none */
	long wait_s;                            /* for the answer; 0: two minutes */
	/* the reply, in the arena */
	long status;
	struct str body_of_reply;
	char type[128], request_id[64]; /* Content-Type and X-GitHub-Request-Id; "" when absent */
	char problem[HTTP_CALL_PROBLEM];
};

/* Makes the call, following no redirect and asking no proxy. False when there was no answer;
 * x->problem says why. */
bool http_call_make(struct call *call, struct http_call *x);

#endif
