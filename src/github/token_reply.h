/* Wording what the token endpoint's grants decide: GitHub reference 3.3, 3.5 and section 4. */
#ifndef LLAVERO_GITHUB_TOKEN_REPLY_H
#define LLAVERO_GITHUB_TOKEN_REPLY_H

#include "flow/issue_token.h"
#include "github/oauth.h"

/* The reply to a flow's result: the token, or the refusal with HTTP 200 (reference section 0, rule
 * 1), or nothing when the flow failed. `endpoint` names the grant in the request log. */
void github_token_result(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *endpoint, enum step_result result, const struct issued *issued,
	struct str client_id, const struct refusal *refusal);
/* A refusal with the given status: noted, then worded. */
void github_token_refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *endpoint, int status, struct str client_id, const struct refusal *refusal);
/* The same for slow_down, which says how long to wait between polls (reference 5.4). */
void github_token_slow_down(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str client_id, const struct refusal *refusal, int64_t interval_s);

#endif
