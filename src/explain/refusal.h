/* Telling why a request was refused: to logs, to counters, and to the owner of the app, in the
 * request log. Never with a secret: what looks like one is covered (core/redact.h). */
#ifndef LLAVERO_EXPLAIN_REFUSAL_H
#define LLAVERO_EXPLAIN_REFUSAL_H

#include "flow/context.h"

/* Notes one refused request. `endpoint` is a fixed name such as "token"; `client_id` is what the
 * request said, STR_NONE when it said nothing. Where the log has room, the refusal's closer runs
 * first; the refusal itself stays as it is, so that the reply does not depend on it. */
void explain_refusal(struct context *c, const char *endpoint, struct str client_id,
	const struct refusal *refusal);
/* Notes a step of a flow that went well, when the log has room. `flow_id` names the flow
 * (struct refusal). */
void explain_step(struct context *c, const char *endpoint, int64_t app_id, uint64_t flow_id);

#endif
