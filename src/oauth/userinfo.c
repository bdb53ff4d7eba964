/* GET and POST /oauth2/userinfo: OpenID Connect Core 5.3. */
#include "flow/userinfo.h"

#include "base/arena.h"
#include "explain/refusal.h"
#include "flow/own_resource.h"
#include "oauth/bearer.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"

static const char endpoint[] = "userinfo";

static void refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct userinfo *u)
{
	enum cause cause = u->refusal.cause;
	bool sign_in = cause == CAUSE_TOKEN_SIGN_IN;
	const struct oauth_challenge extra = {
		.scope = cause == CAUSE_TOKEN_SCOPE || cause == CAUSE_TOKEN_ABSENT ? STR("openid")
										   : STR_NONE,
		.acr_values = sign_in ? u->checked.wants.acr_values : STR_NONE,
		.max_age_s = sign_in ? u->checked.wants.max_age_s : -1,
		.resource_metadata = resource_challenge(c, req->path),
		.dpop = u->token.dpop || cause == CAUSE_TOKEN_NEEDS_PROOF};

	explain_refusal(c, endpoint, u->checked.token.client_id, &u->refusal);
	oauth_refuse_bearer(c, req, rep, &u->refusal, &extra);
}

static void tell(struct http_reply *rep, const struct userinfo *u)
{
	http_reply(rep, 200, u->is_jwt ? "application/jwt" : "application/json; charset=utf-8",
		u->claims);
	http_header(rep, "Cache-Control", "no-store");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}

void oauth_userinfo(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct userinfo *u = ARENA_NEW(req->arena, struct userinfo);

	if (!oauth_read_bearer(c, req, rep, endpoint, &u->token))
		return;
	oauth_add_nonce(c, req, rep);
	switch (userinfo(c, u)) {
	case STEP_DONE:
		tell(rep, u);
		break;
	case STEP_REFUSE:
		refuse(c, req, rep, u);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}
