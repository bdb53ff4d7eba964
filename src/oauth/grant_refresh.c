/* Refreshing an access token: RFC 6749 6, RFC 9700 4.14. */
#include "explain/refusal.h"
#include "flow/refresh.h"
#include "oauth/grants.h"
#include "oauth/reply.h"

void oauth_grant_refresh(struct context *c, struct oauth_request *q)
{
	const struct refresh_request request = {
		.edge = DIALECT_STANDARD,
		.credentials = q->credentials,
		.refresh_token = oauth_param(q, "refresh_token"),
		.scope = oauth_param(q, "scope"),
		.resources = resource_parameters(&q->form),
		.details = oauth_param(q, "authorization_details"),
	};
	struct refresh r;

	if (!oauth_need(c, q, "refresh_token"))
		return;
	enum step_result result = refresh(c, &request, &r);

	if (result == STEP_DONE)
		explain_step(c, "refresh", r.client.app_id, r.family.id);
	oauth_token_result(c, q, result, &r.issued, &r.refusal);
}
