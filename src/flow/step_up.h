/* Has a token's person signed in as its resource asks? RFC 9470. Resources of ours are asked about
 * under their identifiers (flow/own_resource.h), once `llavero resource` knows them. */
#ifndef LLAVERO_FLOW_STEP_UP_H
#define LLAVERO_FLOW_STEP_UP_H

#include "core/bound.h"
#include "flow/check_token.h"

/* STEP_NEXT, STEP_FAIL, or STEP_REFUSE with out->wants, for a token that is shown at `path` of this
 * server. A token of which nothing is known (the GitHub dialect's, an app's own) falls short of
 * whatever is asked. */
enum step_result check_step_up(
	struct context *c, struct str path, const struct bound *bound, struct checked_token *out);

#endif
