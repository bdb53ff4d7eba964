/* The access token request of the authorization code grant: RFC 6749 4.1.3, RFC 7636 4.5. */
#include "explain/refusal.h"
#include "flow/redeem_code.h"
#include "oauth/grants.h"
#include "oauth/reply.h"

void oauth_grant_code(struct context *c, struct oauth_request *q)
{
	const struct redeem_request request = {
		.edge = DIALECT_STANDARD,
		.credentials = q->credentials,
		.grant_type = oauth_param(q, "grant_type"),
		.code = oauth_param(q, "code"),
		.redirect_uri = oauth_param(q, "redirect_uri"),
		.code_verifier = oauth_param(q, "code_verifier"),
		.resources = resource_parameters(&q->form),
		.details = oauth_param(q, "authorization_details"),
	};
	struct redeem redeem;

	if (!oauth_need(c, q, "code"))
		return;
	enum step_result result = redeem_code(c, &request, &redeem);

	describe_redeem(c, &redeem);
	if (result == STEP_DONE)
		explain_step(c, "token", redeem.client.app_id, redeem.code.token_id);
	oauth_token_result(c, q, result, &redeem.issued, &redeem.refusal);
}
