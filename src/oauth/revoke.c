/* POST /oauth2/revoke: RFC 7009. */
#include "explain/refusal.h"
#include "flow/revoke_token.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"

static const struct oauth_endpoint endpoint = {"revoke"};

/* RFC 7009 2.2: "The content of the response body is ignored by the client". */
static void reply_done(struct oauth_request *q)
{
	http_reply(q->reply, 200, NULL, STR(""));
	http_header(q->reply, "Cache-Control", "no-store");
}

void oauth_revoke(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct oauth_request q;
	struct revocation v;

	if (!oauth_read(c, req, rep, &endpoint, &q))
		return;
	const struct revoke_request request = {.edge = DIALECT_STANDARD,
		.credentials = q.credentials,
		.token = oauth_param(&q, "token")};

	switch (revoke_token(c, &request, &v)) {
	case STEP_DONE:
		if (v.ignored.cause)
			explain_refusal(c, endpoint.name, q.credentials.client_id, &v.ignored);
		else if (v.flow_id)
			explain_step(c, endpoint.name, v.client.app_id, v.flow_id);
		reply_done(&q);
		break;
	case STEP_REFUSE:
		oauth_refuse(c, &q, &v.refusal);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}
