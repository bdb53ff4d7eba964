/* What a sandbox is to be: the body of POST /rehearsal/sandboxes. */
#ifndef LLAVERO_REHEARSAL_SANDBOX_REQUEST_H
#define LLAVERO_REHEARSAL_SANDBOX_REQUEST_H

#include "base/limits.h"
#include "rehearsal/handlers.h"
#include "store/app.h"

struct sandbox_request {
	struct str name; /* STR_NONE: none */
	int64_t lifetime_s, users;
	bool device_flow, token_expiration;
	struct callback callbacks[LIMIT_CALLBACKS];
	size_t callbacks_n;
};

/* Fills `out` with what is asked for, or with what is usual. False: refused. */
bool sandbox_request_read(struct http_request *req, struct http_reply *rep,
	const struct json_body *body, struct sandbox_request *out);

#endif
