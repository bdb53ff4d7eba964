/* POST /login/oauth/access_token: GitHub reference section 3. */
#include "explain/refusal.h"
#include "flow/authorize_reply.h"
#include "flow/redeem_code.h"
#include "github/oauth.h"

/* RFC 6749 3.2: "Request and response parameters MUST NOT be included more than once." */
static const char *repeated(const struct params *p)
{
	static const char *const names[] = {"client_id", "client_secret", "code", "redirect_uri",
		"code_verifier", "grant_type"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (params_count(p, names[i]) > 1)
			return names[i];
	return NULL;
}

static void reply_refusal(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, const struct refusal *refusal)
{
	enum reply_format format = github_negotiate(req->headers[HTTP_ACCEPT]);
	const struct wire_row *row = wire_row(cause_wire(refusal->cause));
	bool hidden =
		refusal->cause == CAUSE_CLIENT_UNKNOWN && c->settings->unknown_client_not_found;
	const struct reply_field fields[] = {
		{"error", hidden ? STR("Not Found") : str_from(row->code)},
		{"error_description", str_from(row->description)},
		{"error_uri", error_uri_of(c, row)},
	};

	github_reply_fields(req, rep, hidden ? 404 : status, format, fields, hidden ? 1 : 3);
}

static void refuse(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	struct str client_id, const struct refusal *refusal)
{
	explain_refusal(c, "token", client_id, refusal);
	reply_refusal(c, req, rep, status, refusal);
}

static void read_request(
	struct http_request *req, const struct params *p, struct redeem_request *out)
{
	out->credentials_fault = client_auth_read(req->arena, req->headers[HTTP_AUTHORIZATION],
		params_get(p, "client_id"), params_get(p, "client_secret"), &out->credentials);
	out->grant_type = params_get(p, "grant_type");
	out->code = params_get(p, "code");
	out->redirect_uri = params_get(p, "redirect_uri");
	out->code_verifier = params_get(p, "code_verifier");
}

static void reply_token(
	struct context *c, struct http_request *req, struct http_reply *rep, const struct redeem *r)
{
	enum reply_format format = github_negotiate(req->headers[HTTP_ACCEPT]);
	struct scope_set scopes;
	size_t unknown;
	bool offline;

	if (scope_parse(r->issued.scopes, &scopes, &unknown, &offline) != SCOPE_OK) {
		c->failed = true;
		return;
	}
	struct reply_field token = {"access_token",
				   str_dup(req->arena, str_from(r->issued.access_token))},
			   type = {"token_type", STR("bearer")},
			   scope = {"scope", scope_format(req->arena, scopes, ",")};
	/* Each encoding has the order that was seen of it (reference 3.3). */
	const struct reply_field json[] = {token, type, scope}, xml[] = {type, scope, token};

	github_reply_fields(req, rep, 200, format, format == FORMAT_XML ? xml : json, 3);
}

void github_access_token(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct redeem_request request = {0};
	struct redeem redeem;
	struct params p;
	enum read_status read = github_read_params(req, &p);

	if (github_negotiate(req->headers[HTTP_ACCEPT]) == FORMAT_NONE) {
		/* Nothing that could be said would be understood; and nothing has been done. */
		github_reply_fields(req, rep, 406, FORMAT_NONE, NULL, 0);
		return;
	}
	if (read != READ_OK) {
		const struct refusal unreadable = {.cause = CAUSE_TOKEN_REQUEST_UNREADABLE};

		refuse(c, req, rep, read == READ_BAD_TYPE ? 415 : 400, STR_NONE, &unreadable);
		return;
	}
	if (repeated(&p)) {
		const struct refusal twice = {.cause = CAUSE_TOKEN_PARAMETER_REPEATED,
			.received = str_from(repeated(&p))};

		refuse(c, req, rep, 400, params_get(&p, "client_id"), &twice);
		return;
	}
	read_request(req, &p, &request);
	switch (redeem_code(c, &request, &redeem)) {
	case STEP_DONE:
		reply_token(c, req, rep, &redeem);
		break;
	case STEP_REFUSE:
		/* HTTP 200: reference section 0, rule 1. */
		refuse(c, req, rep, 200, request.credentials.client_id, &redeem.refusal);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}

/* Reference 3.1 and question 3 of section 15: not by GET, where secrets end up in logs. */
void github_access_token_by_get(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct reply_field fields[] = {{"error", STR("Not Found")}};

	(void)c;
	github_reply_fields(req, rep, 404, github_negotiate(req->headers[HTTP_ACCEPT]), fields, 1);
}
