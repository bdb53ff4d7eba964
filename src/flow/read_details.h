/* Reading authorization_details: RFC 9396 5, 6 and 7. */
#ifndef LLAVERO_FLOW_READ_DETAILS_H
#define LLAVERO_FLOW_READ_DETAILS_H

#include "core/bound.h"
#include "core/detail_type.h"
#include "flow/context.h"

struct asked_details {
	struct str sent; /* the parameter; STR_NONE: none */
	const struct client_metadata *metadata;
	/* Nobody will be asked: only types count that the app is registered for. */
	bool unasked;
};

/* What was asked for, into bound->details. STEP_NEXT, STEP_REFUSE or STEP_FAIL. */
enum step_result read_details(struct context *c, const struct asked_details *asked,
	struct bound *bound, struct refusal *refusal);
/* At a token request: `sent` narrows what `bound` has. Each of its objects has to be one that was
 * granted, whole: what makes one smaller than another only its API knows. */
enum step_result narrow_details(
	struct context *c, struct str sent, struct bound *bound, struct refusal *refusal);
/* bound->details as a person reads it. False after setting context.failed. */
bool show_details(struct context *c, struct str details, const struct detail_words *words,
	struct detail_view **out, size_t *n);

#endif
