/* What an app may do with a token that it was given: GitHub reference 7.1. Whatever is wrong with
 * the app's credentials or with the token, the answer is the same 404. */
#include "base/limits.h"
#include "explain/refusal.h"
#include "flow/manage_token.h"
#include "github/api_body.h"
#include "github/authorization_object.h"
#include "github/fault.h"
#include "github/token_management.h"
#include "store/audit.h"

static bool go_on(struct context *c, struct http_request *req, struct http_reply *rep,
	enum step_result result, const struct refusal *refusal)
{
	if (result == STEP_NEXT)
		return true;
	if (result == STEP_REFUSE) {
		explain_refusal(c, "applications", req->vars[0], refusal);
		github_api_refuse_app(c, req, rep, refusal);
	}
	return false;
}

/* The app, the body, the token: in this order, so that a stranger learns nothing of tokens. */
static bool find(struct context *c, struct http_request *req, struct http_reply *rep, bool ending,
	struct managed_token *m, struct str *text)
{
	struct json_body body;

	if (!go_on(c, req, rep,
		    manage_token_client(c, req->headers[HTTP_AUTHORIZATION], req->vars[0], m),
		    &m->refusal) ||
		github_fault(c, req, rep, req->vars[0], FAULT_AT_API) != FAULT_NONE ||
		!github_api_body(c, req, rep, &body))
		return false;
	switch (json_body_text(req->arena, &body, "access_token", text)) {
	case JSON_ABSENT:
		github_api_invalid(
			c, req, rep, CAUSE_BODY_FIELD_MISSING, "OauthApplication", "access_token");
		return false;
	case JSON_WRONG:
		github_api_bad_request(
			c, req, rep, "access_token", "access_token must be a string.");
		return false;
	case JSON_HERE:
		break;
	}
	return go_on(c, req, rep, manage_token_find(c, *text, ending, m), &m->refusal);
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct managed_token *m, struct str text)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	github_add_app_authorization(&b, c, &m->token, text, &m->user);
	github_api_reply(req, rep, 200, buf_str(&b));
}

/* In the security log of the token's user; the app is who acts. */
static bool note(struct context *c, const struct managed_token *m, const char *action)
{
	return !context_failed(c, audit_write(c->store, m->user.id, m->token.app_name, action,
					  m->token.app_id, m->token.app_name, c->remote));
}

void github_app_token_check(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct managed_token m;
	struct str text;

	if (find(c, req, rep, false, &m, &text))
		show(c, req, rep, &m, text);
}

void github_app_token_reset(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct managed_token m;
	struct str text;
	char *fresh = arena_alloc(req->arena, TOKEN_TEXT_LEN + 1);

	if (!find(c, req, rep, false, &m, &text) ||
		context_failed(c, authorization_reset(c->store, &m.token, TOKEN_OAUTH, fresh)) ||
		context_failed(c,
			authorization_read(c->store, c->arena, m.user.id, m.token.id, &m.token)) ||
		!note(c, &m, "oauth_access.regenerate"))
		return;
	show(c, req, rep, &m, str_from(fresh));
}

void github_app_token_delete(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct managed_token m;
	struct str text;

	if (find(c, req, rep, true, &m, &text) &&
		!context_failed(c, authorization_end(c->store, m.token.id, "app")) &&
		note(c, &m, "oauth_access.destroy"))
		github_api_no_content(req, rep);
}

void github_app_grant_delete(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct managed_token m;
	struct str text;

	if (find(c, req, rep, true, &m, &text) &&
		!context_failed(c, grant_revoke(c->store, m.user.id, m.token.app_id, "app")) &&
		note(c, &m, "oauth_authorization.destroy"))
		github_api_no_content(req, rep);
}
