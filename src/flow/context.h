/* What a request is worked on with. One per request; made by server/turn.c. */
#ifndef LLAVERO_FLOW_CONTEXT_H
#define LLAVERO_FLOW_CONTEXT_H

#include <stdatomic.h>

#include "core/error.h"
#include "flow/settings.h"
#include "store/store.h"

struct rate_limits; /* flow/rate_limit.h */
struct rehearsal;   /* flow/rehearsal.h */

/* Counts shown at /metrics; one set for the process. */
struct counters {
	_Atomic uint64_t refused[CAUSES];
	_Atomic uint64_t codes_issued, tokens_issued, signins, signin_failures, throttled;
};

struct token_uses; /* flow/token_uses.h */
struct visit;      /* who is at the browser: web/visit.h */

struct context {
	struct store *store;
	const struct settings *settings;
	struct counters *counters;
	struct token_uses *uses;
	struct arena *arena;
	struct random *random;
	struct str request_id;
	struct str remote; /* the client's address */
	bool failed;       /* a failure of ours: undo the request's writes, answer 503 */
	struct visit *visit;
	struct rate_limits *rates;   /* of the process; NULL: nothing is counted */
	struct rehearsal *rehearsal; /* of the process; NULL: this is no rehearsal */
};

/* Notes a failing status: true when the work cannot go on. DB_NONE is not a failure. */
static inline bool context_failed(struct context *c, enum db_status status)
{
	if (status != DB_OK && status != DB_NONE)
		c->failed = true;
	return c->failed;
}

/* The answer of one step of a flow. */
enum step_result {
	STEP_NEXT,   /* this check passed */
	STEP_REFUSE, /* a protocol error: the flow's refusal says which */
	STEP_ASK,    /* a person must do something first: the flow says what */
	STEP_FAIL,   /* a failure of ours; context.failed is set */
	STEP_DONE,   /* after the last step */
};

#endif
