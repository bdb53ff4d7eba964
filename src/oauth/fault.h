/* Faults on purpose, in a rehearsal: docs/testing-your-app.md. */
#ifndef LLAVERO_OAUTH_FAULT_H
#define LLAVERO_OAUTH_FAULT_H

#include "flow/rehearsal.h"
#include "oauth/request.h"

enum fault_kind oauth_fault_take(
	struct context *c, struct oauth_request *q, enum fault_place place);

/* Takes the next fault that is scripted for the request's app. FAULT_NONE: go on. A poll that is to
 * be told to slow down is told so by its own flow; for all else the reply is ready. */
static inline enum fault_kind oauth_fault(
	struct context *c, struct oauth_request *q, enum fault_place place)
{
	return c->rehearsal ? oauth_fault_take(c, q, place) : FAULT_NONE;
}

/* The same at the authorization endpoint, where a person waits. True: `rep` is ready. */
bool oauth_fault_of_page(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str client_id);

#endif
