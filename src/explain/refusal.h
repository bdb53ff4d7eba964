/* Telling why a request was refused: to logs and counters. Never with a secret. */
#ifndef LLAVERO_EXPLAIN_REFUSAL_H
#define LLAVERO_EXPLAIN_REFUSAL_H

#include "flow/context.h"

/* Notes one refused request. `endpoint` is a fixed name such as "token"; `client_id` is what the
 * request said, STR_NONE when it said nothing. */
void explain_refusal(struct context *c, const char *endpoint, struct str client_id,
	const struct refusal *refusal);

#endif
