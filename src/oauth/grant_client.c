/* A token for the app itself: RFC 6749 4.4. */
#include "core/bound.h"
#include "explain/refusal.h"
#include "flow/client_credentials.h"
#include "oauth/grants.h"
#include "oauth/reply.h"

void oauth_grant_client(struct context *c, struct oauth_request *q)
{
	const struct client_grant_request request = {
		.edge = DIALECT_STANDARD,
		.credentials = q->credentials,
		.scope = oauth_param(q, "scope"),
		.resources = resource_parameters(&q->form),
		.details = oauth_param(q, "authorization_details"),
		.bound = {.standard = true},
	};
	struct client_grant grant;
	enum step_result result = grant_to_client(c, &request, &grant);

	if (result == STEP_DONE)
		explain_step(c, "token", grant.client.app_id, grant.refusal.flow_id);
	oauth_token_result(c, q, result, &grant.issued, &grant.refusal);
}
