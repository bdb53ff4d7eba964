/* Faults on purpose (flow/faults.h), in the words of the endpoint they happen at. */
#ifndef LLAVERO_GITHUB_FAULT_H
#define LLAVERO_GITHUB_FAULT_H

#include "flow/faults.h"
#include "github/github.h"

/* Of github_fault, when this is a rehearsal. */
enum fault_kind github_fault_take(struct context *c, struct http_request *req,
	struct http_reply *rep, struct str client_id, enum fault_place place);

/* What goes wrong with this request of the app, if anything is scripted. FAULT_NONE: go on as ever
 * (the reply may be dropped in the end). FAULT_SLOW_DOWN, of a device's poll only: go on, and
 * answer that. Anything else: `rep` holds the answer, and nothing is to be done. */
static inline enum fault_kind github_fault(struct context *c, struct http_request *req,
	struct http_reply *rep, struct str client_id, enum fault_place place)
{
	return c->rehearsal ? github_fault_take(c, req, rep, client_id, place) : FAULT_NONE;
}

#endif
