/* POST /oauth2/token: RFC 6749 3.2. */
#include "base/arena.h"
#include "base/limits.h"
#include "flow/device_poll.h"
#include "flow/exchange_token.h"
#include "flow/jwt_bearer.h"
#include "oauth/fault.h"
#include "oauth/grants.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"

static const struct oauth_endpoint endpoint = {"token"};

const struct oauth_grant oauth_grants[] = {
	{"authorization_code", oauth_grant_code, false},
	{"refresh_token", oauth_grant_refresh, false},
	{"client_credentials", oauth_grant_client, false},
	{DEVICE_GRANT_TYPE, oauth_grant_device, true},
	{JWT_BEARER_GRANT_TYPE, oauth_grant_assertion, false},
	{EXCHANGE_GRANT_TYPE, oauth_grant_exchange, false},
	{NULL, NULL, false},
};

static struct str grant_names(struct context *c)
{
	struct buf b;

	buf_init(&b, c->arena, LIMIT_REPLY);
	for (const struct oauth_grant *g = oauth_grants; g->name; g++) {
		if (b.n)
			buf_add_char(&b, ' ');
		buf_add_c(&b, g->name);
	}
	return buf_str(&b);
}

/* Assurance 6749-38, 9700-06. */
static void refuse_grant_type(struct context *c, struct oauth_request *q)
{
	const struct refusal r = {.cause = CAUSE_GRANT_TYPE_UNKNOWN,
		.expected = grant_names(c),
		.received = oauth_param(q, "grant_type"),
		.closer = look_for_app,
		.closer_of = &q->credentials.client_id};

	oauth_refuse(c, q, &r);
}

void oauth_token(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct oauth_request q;

	if (!oauth_read(c, req, rep, &endpoint, &q) || !oauth_need(c, &q, "grant_type"))
		return;
	const struct oauth_grant *grant = oauth_grants;

	while (grant->name && !str_eq_c(oauth_param(&q, "grant_type"), grant->name))
		grant++;
	if (!grant->name)
		refuse_grant_type(c, &q);
	else if (grant->polls || oauth_fault(c, &q, FAULT_AT_TOKEN) == FAULT_NONE)
		grant->run(c, &q);
}
