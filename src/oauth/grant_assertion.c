/* A token for the subject of an assertion: RFC 7523 2.1. */
#include "base/arena.h"
#include "explain/refusal.h"
#include "flow/jwt_bearer.h"
#include "oauth/grants.h"
#include "oauth/reply.h"

void oauth_grant_assertion(struct context *c, struct oauth_request *q)
{
	const struct bearer_request request = {
		.edge = DIALECT_STANDARD,
		.credentials = q->credentials,
		.assertion = oauth_param(q, "assertion"),
		.scope = oauth_param(q, "scope"),
		.resources = resource_parameters(&q->form),
		.bound = {.standard = true},
	};
	struct bearer_grant *grant = ARENA_NEW(c->arena, struct bearer_grant);

	if (!oauth_need(c, q, "assertion"))
		return;
	context_secret(c, request.assertion);
	enum step_result result = grant_by_assertion(c, &request, grant);

	if (result == STEP_DONE)
		explain_step(c, "token", grant->client.app_id, grant->refusal.flow_id);
	oauth_token_result(c, q, result, &grant->issued, &grant->refusal);
}
