/* POST /oauth2/introspect: RFC 7662. */
#include "flow/introspect.h"
#include "base/arena.h"
#include "core/bound.h"
#include "explain/refusal.h"
#include "flow/subject.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"

static const struct oauth_endpoint endpoint = {"introspect"};

/* "the authorization server SHOULD NOT include any additional information about an inactive
 * token, including why the token is inactive." */
static void reply_inactive(struct context *c, struct oauth_request *q)
{
	struct buf b;

	oauth_begin(c, &b);
	oauth_add_flag(&b, "active", false);
	oauth_send(q, 200, &b);
}

/* What a resource server has to compare: RFC 9449 6.2, RFC 8705 3.2, RFC 7662 2.2 (aud), RFC 9470
 * 6.2 (acr, auth_time). */
static void add_bound(struct buf *b, const struct bound *bound)
{
	bool by_key = str_is_set(bound->jkt);

	if (str_is_set(bound->actor)) { /* RFC 8693 4.1 */
		buf_add_c(b, ",\"act\":");
		buf_add(b, bound->actor);
	}
	if (by_key || str_is_set(bound->x5t)) {
		buf_addf(b, ",\"cnf\":{\"%s\":", by_key ? "jkt" : "x5t#S256");
		buf_add_json(b, by_key ? bound->jkt : bound->x5t);
		buf_add_char(b, '}');
	}
	if (bound->resources_n == 1)
		oauth_add_text(b, "aud", bound->resources[0]);
	for (size_t i = 0; bound->resources_n > 1 && i < bound->resources_n; i++) {
		buf_add_c(b, i ? "," : ",\"aud\":[");
		buf_add_json(b, bound->resources[i]);
	}
	if (bound->resources_n > 1)
		buf_add_char(b, ']');
	oauth_add_text(b, "acr", bound->acr);
	oauth_add_json(b, "authorization_details", bound->details); /* RFC 9396 9.2 */
	if (bound->auth_time)
		oauth_add_number(b, "auth_time", bound->auth_time);
}

/* As the app of the token knows the person (OpenID Connect Core 8). */
static bool find_subject(struct context *c, const struct introspection *n, struct str *out)
{
	const struct introspected *t = &n->token;

	return str_eq(t->client_id, n->client.client_id)
		       ? subject_of_own_token(c, &n->client, t->account_id, out)
		       : subject_of_token(c, t->client_id, t->account_id, out);
}

/* RFC 7662 2.2 */
static void reply_active(struct context *c, struct oauth_request *q, const struct introspection *n)
{
	const struct introspected *t = &n->token;
	bool of_app = t->account_id == ACCOUNT_OF_APPS;
	struct str subject;
	struct bound bound;
	struct buf b;

	c->failed = !bound_read(c->arena, t->bound, &bound);
	if (c->failed || !find_subject(c, n, &subject))
		return;
	oauth_begin(c, &b);
	oauth_add_flag(&b, "active", true);
	oauth_add_text(&b, "scope", t->scopes);
	oauth_add_text(&b, "client_id", t->client_id);
	if (!of_app)
		oauth_add_text(&b, "username", t->login);
	if (!t->is_refresh_token)
		oauth_add_text(
			&b, "token_type", str_is_set(bound.jkt) ? STR("DPoP") : STR("Bearer"));
	if (t->expires_at)
		oauth_add_number(&b, "exp", t->expires_at);
	if (t->issued_at)
		oauth_add_number(&b, "iat", t->issued_at);
	oauth_add_text(&b, "sub", subject);
	oauth_add_text(&b, "iss", c->settings->base_url);
	add_bound(&b, &bound);
	oauth_send(q, 200, &b);
}

void oauth_introspect(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct oauth_request q;
	struct introspection *n = ARENA_NEW(req->arena, struct introspection);

	if (!oauth_read(c, req, rep, &endpoint, &q))
		return;
	const struct introspect_request request = {.edge = DIALECT_STANDARD,
		.credentials = q.credentials,
		.token = oauth_param(&q, "token")};

	switch (introspect(c, &request, n)) {
	case STEP_DONE:
		if (n->active) {
			reply_active(c, &q, n);
			break;
		}
		explain_refusal(c, endpoint.name, q.credentials.client_id, &n->inactive);
		reply_inactive(c, &q);
		break;
	case STEP_REFUSE:
		oauth_refuse(c, &q, &n->refusal);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}
