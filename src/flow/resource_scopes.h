/* The scopes that mean something at the resources a token is for (store/resource.h): a token gets
 * no others, so that a resource is shown no rights that are none of its business. RFC 8707 2.2, RFC
 * 9700 2.3. This server itself, and a resource without a list, know every scope. */
#ifndef LLAVERO_FLOW_RESOURCE_SCOPES_H
#define LLAVERO_FLOW_RESOURCE_SCOPES_H

#include "core/bound.h"
#include "core/scope.h"
#include "flow/context.h"

/* For a token: leaves in `*scopes` what one of the resources of `bound` knows at least (RFC 6749
 * 3.3: "fully or partially ignore the scope"); the reply tells what is left. False after setting
 * context.failed. */
bool narrow_to_resources(struct context *c, const struct bound *bound, struct scope_set *scopes);
/* For a request: of what is asked for, something has to be left, or it was a mistake (RFC 6749 5.2,
 * invalid_scope). Scopes of OpenID Connect are for this server and do not count. STEP_NEXT,
 * STEP_REFUSE or STEP_FAIL. */
enum step_result check_resource_scopes(struct context *c, const struct bound *bound,
	struct scope_set asked, struct refusal *refusal);

#endif
