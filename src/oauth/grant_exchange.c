/* Exchanging a token: RFC 8693 2. */
#include "base/arena.h"
#include "explain/refusal.h"
#include "flow/exchange_token.h"
#include "oauth/grants.h"
#include "oauth/reply.h"

/* RFC 8693 2.1: "audience", the name by which a target is known, and "resource", where it is, may
 * both be sent, and repeated. Here a target has one name: its address. */
static struct asked_resources targets(const struct params *form)
{
	struct asked_resources out = resource_parameters(form);

	resource_parameters_add(form, "audience", &out);
	return out;
}

/* RFC 8693 2.2.2: whatever is wrong with one of the tokens is invalid_request, where the same
 * assertion as a grant is invalid_grant. */
static void refuse(struct context *c, struct oauth_request *q, const struct refusal *refusal)
{
	if (cause_wire(refusal->cause) == WIRE_BAD_ASSERTION)
		oauth_refuse_as(c, q, WIRE_BAD_EXCHANGE, refusal);
	else
		oauth_refuse(c, q, refusal);
}

void oauth_grant_exchange(struct context *c, struct oauth_request *q)
{
	const struct exchange_request request = {
		.edge = DIALECT_STANDARD,
		.credentials = q->credentials,
		.subject_token = oauth_param(q, "subject_token"),
		.subject_token_type = oauth_param(q, "subject_token_type"),
		.actor_token = oauth_param(q, "actor_token"),
		.actor_token_type = oauth_param(q, "actor_token_type"),
		.requested_token_type = oauth_param(q, "requested_token_type"),
		.scope = oauth_param(q, "scope"),
		.resources = targets(&q->form),
	};
	struct exchange *e = ARENA_NEW(c->arena, struct exchange);

	context_secret(c, request.subject_token);
	context_secret(c, request.actor_token);
	if (!oauth_need(c, q, "subject_token") || !oauth_need(c, q, "subject_token_type"))
		return;
	enum step_result result = exchange_token(c, &request, e);

	if (result == STEP_DONE)
		explain_step(c, "token", e->client.app_id, e->refusal.flow_id);
	if (result == STEP_REFUSE)
		refuse(c, q, &e->refusal);
	else
		oauth_token_result(c, q, result, &e->issued, &e->refusal);
}
