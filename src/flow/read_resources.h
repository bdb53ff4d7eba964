/* The parameter resource, which may come several times: what tokens are to be for. RFC 8707 2. */
#ifndef LLAVERO_FLOW_READ_RESOURCES_H
#define LLAVERO_FLOW_READ_RESOURCES_H

#include "core/bound.h"
#include "flow/context.h"

struct asked_resources {
	struct str v[BOUND_RESOURCES];
	size_t n; /* how many were sent; more than there is room for are refused */
};

/* For a grant: all of them, in `bound`. Each has to be an absolute http or https URI without a
 * fragment, and known: this server's own address or one below it, or a row of store/resource.h,
 * written in the same way. STEP_NEXT, STEP_REFUSE or STEP_FAIL. */
enum step_result read_resources(struct context *c, const struct asked_resources *asked,
	struct bound *bound, struct refusal *refusal);
/* For one token of a grant that is bound to `bound`: no others than the grant's (RFC 8707 2.2).
 * Narrows `bound` to them; none asked for leaves it. STEP_NEXT or STEP_REFUSE. */
enum step_result narrow_resources(struct context *c, const struct asked_resources *asked,
	struct bound *bound, struct refusal *refusal);
/* Is it this server's own address, or one below it? */
bool is_resource_of_ours(const struct context *c, struct str resource);

#endif
