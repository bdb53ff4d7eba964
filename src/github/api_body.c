#include "github/api_body.h"

#include "base/limits.h"
#include "explain/refusal.h"
#include "github/describe.h"

void github_api_deny(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, enum cause cause, struct str client_id)
{
	const struct refusal r = {.cause = cause};

	github_api_deny_for(c, req, rep, status, &r, client_id);
}

void github_api_deny_for(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, const struct refusal *r, struct str client_id)
{
	if (!c->describe)
		github_describe_api(c, req);
	explain_refusal(c, "api", client_id, r);
	github_api_refuse(c, req, rep, status, wire_row(cause_wire(r->cause))->code);
}

bool github_api_body(
	struct context *c, struct http_request *req, struct http_reply *rep, struct json_body *out)
{
	switch (json_body_read(req->arena, req->body, out)) {
	case JSON_READ:
		return true;
	case JSON_NOT_OBJECT:
		github_api_deny(c, req, rep, 400, CAUSE_BODY_NO_OBJECT, STR_NONE);
		return false;
	case JSON_SYNTAX:
	case JSON_BAD_MEMBER:
	case JSON_TOO_MANY:
		break;
	}
	github_api_deny(c, req, rep, 400, CAUSE_BODY_MALFORMED, STR_NONE);
	return false;
}

static struct str documentation(struct context *c)
{
	return str_printf(c->arena, "%.*s/rest/apps/oauth-applications#errors",
		STR_ARG(c->settings->base_url));
}

static const char *code_of(enum cause cause)
{
	if (cause == CAUSE_BODY_FIELD_MISSING)
		return "missing_field";
	return cause == CAUSE_BODY_FIELD_TAKEN ? "already_exists" : "invalid";
}

void github_api_invalid(struct context *c, struct http_request *req, struct http_reply *rep,
	enum cause cause, const char *resource, const char *field)
{
	struct refusal r = {.cause = cause};
	struct buf b;

	refusal_add(&r, EVIDENCE_parameter, str_from(field));
	explain_refusal(c, "api", STR_NONE, &r);
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_addf(&b,
		"{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"%s\","
		"\"code\":\"%s\",\"field\":\"%s\"}],\"documentation_url\":",
		resource, code_of(cause), field);
	buf_add_json(&b, documentation(c));
	buf_add_c(&b, ",\"status\":\"422\"}");
	github_api_reply(req, rep, 422, buf_str(&b));
}

void github_api_bad_request(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *field, const char *sentence)
{
	struct refusal r = {.cause = CAUSE_BODY_FIELD_TYPE};
	struct buf b;

	refusal_add(&r, EVIDENCE_parameter, str_from(field));

	explain_refusal(c, "api", STR_NONE, &r);
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"message\":");
	buf_add_json(&b, str_printf(req->arena, "Invalid request.\n\n%s", sentence));
	buf_add_c(&b, ",\"documentation_url\":");
	buf_add_json(&b, documentation(c));
	buf_add_c(&b, ",\"status\":\"422\"}");
	github_api_reply(req, rep, 422, buf_str(&b));
}

void github_api_no_content(struct http_request *req, struct http_reply *rep)
{
	github_api_reply(req, rep, 204, STR(""));
	rep->content_type = NULL;
}
