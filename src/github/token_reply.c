#include "github/token_reply.h"

#include "core/scope.h"
#include "explain/refusal.h"
#include "flow/authorize_reply.h"
#include "github/describe.h"

static struct reply_field number(struct http_request *req, const char *name, int64_t value)
{
	return (struct reply_field){name, str_printf(req->arena, "%lld", (long long)value), true};
}

/* `interval_s` 0: the error has none. */
static void refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *endpoint, int status, struct str client_id, const struct refusal *refusal,
	int64_t interval_s)
{
	enum reply_format format = github_negotiate(req->headers[HTTP_ACCEPT]);
	const struct wire_row *row = wire_row(cause_wire(refusal->cause));
	bool hidden =
		refusal->cause == CAUSE_CLIENT_UNKNOWN && c->settings->unknown_client_not_found;
	const struct reply_field fields[] = {
		{"error", hidden ? STR("Not Found") : str_from(row->code), false},
		{"error_description", str_from(row->description), false},
		{"error_uri", error_uri_of(c, row), false},
		number(req, "interval", interval_s),
	};
	size_t n = hidden ? 1 : interval_s ? 4 : 3;

	struct refusal explained = *refusal;

	look_at_request(github_described(req, NULL), &explained);
	explain_refusal(c, endpoint, client_id, &explained);
	github_reply_fields(req, rep, hidden ? 404 : status, format, fields, n);
	if (github_is_throttled(req, rep, refusal))
		rep->status = 429;
}

void github_token_refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *endpoint, int status, struct str client_id, const struct refusal *refusal)
{
	refuse(c, req, rep, endpoint, status, client_id, refusal, 0);
}

void github_token_slow_down(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str client_id, const struct refusal *refusal, int64_t interval_s)
{
	refuse(c, req, rep, "device_token", 200, client_id, refusal, interval_s);
}

/* Each encoding has the order that was seen of it (reference 3.3). */
static void reply_plain(struct http_request *req, struct http_reply *rep, struct reply_field token,
	struct reply_field type, struct reply_field scope)
{
	enum reply_format format = github_negotiate(req->headers[HTTP_ACCEPT]);
	const struct reply_field json[] = {token, type, scope}, xml[] = {type, scope, token};

	github_reply_fields(req, rep, 200, format, format == FORMAT_XML ? xml : json, 3);
}

static void reply_token(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct issued *issued)
{
	struct scope_set scopes;
	size_t unknown;
	bool offline;

	if (scope_parse(issued->scopes, &scopes, &unknown, &offline) != SCOPE_OK) {
		c->failed = true;
		return;
	}
	struct reply_field token = {"access_token", str_dup(req->arena, issued->access_token),
				   false},
			   type = {"token_type", STR("bearer"), false},
			   scope = {"scope", scope_format(req->arena, scopes, ","), false};

	struct reply_field lifetime = number(req, "expires_in", issued->expires_in_s);
	struct reply_field refresh = {
		"refresh_token", str_dup(req->arena, str_from(issued->refresh_token)), false};

	if (!issued->expires_in_s) {
		reply_plain(req, rep, token, type, scope);
		return;
	}
	/* By its app's profile a token may expire and have nothing to refresh it. */
	const struct reply_field alone[] = {token, lifetime, type, scope},
				 pair[] = {token, lifetime, refresh,
					 number(req, "refresh_token_expires_in",
						 issued->refresh_expires_in_s),
					 type, scope};

	github_reply_fields(req, rep, 200, github_negotiate(req->headers[HTTP_ACCEPT]),
		issued->refreshes ? pair : alone, issued->refreshes ? 6 : 4);
}

void github_token_result(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *endpoint, enum step_result result, const struct issued *issued,
	struct str client_id, const struct refusal *refusal)
{
	switch (result) {
	case STEP_DONE:
		reply_token(c, req, rep, issued);
		break;
	case STEP_REFUSE:
		github_token_refuse(c, req, rep, endpoint, 200, client_id, refusal);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}
