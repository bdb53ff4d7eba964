#include "github/api.h"

#include "base/limits.h"
#include "core/client_auth.h"
#include "explain/refusal.h"

void github_api_reply(struct http_request *req, struct http_reply *rep, int status, struct str json)
{
	http_reply(rep, status, "application/json; charset=utf-8", json);
	http_header(rep, "Cache-Control", "private, no-store");
	http_header(rep, "Vary", "Accept, Authorization, Origin");
	http_header(rep, "X-GitHub-Media-Type", "github.v3; format=json");
	http_header(rep, "X-Content-Type-Options", "nosniff");
	http_header(rep, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
	if (!str_is_set(req->headers[HTTP_ORIGIN]) || !str_starts(req->path, STR("/api/")))
		return;
	/* Only browsers ask across origins; the API needs no cookie, so any may. The errors of
	 * other endpoints come this way too, and those are not for pages of others (G30). */
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header(rep, "Access-Control-Expose-Headers",
		"ETag, Link, Location, Retry-After, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, "
		"X-GitHub-Request-Id, X-GitHub-Media-Type");
}

void github_api_refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, const char *message)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"message\":");
	buf_add_json(&b, str_from(message));
	buf_add_c(&b, ",\"documentation_url\":");
	buf_add_json(&b,
		str_printf(req->arena, "%.*s/rest/using-the-rest-api/troubleshooting-the-rest-api",
			STR_ARG(c->settings->base_url)));
	buf_addf(&b, ",\"status\":\"%d\"}", status);
	github_api_reply(req, rep, status, buf_str(&b));
}

void github_api_not_found(struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_api_refuse(c, req, rep, 404, "Not Found");
}

void github_api_error(
	struct context *c, struct http_request *req, struct http_reply *rep, int status)
{
	github_api_refuse(c, req, rep, status,
		status == 405  ? "Method Not Allowed"
		: status < 500 ? "Bad Request"
			       : "Server Error");
}

/* RFC 6750 3: the challenge names the error only when a token was sent. */
static void refuse_token(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct refusal *refusal)
{
	const struct wire_row *row = wire_row(cause_wire(refusal->cause));

	explain_refusal(c, "api", STR_NONE, refusal);
	if (refusal->cause == CAUSE_TOKEN_USER_SUSPENDED) {
		github_api_refuse(c, req, rep, 403, row->code);
		return;
	}
	github_api_refuse(c, req, rep, 401, row->code);
	http_header(rep, "WWW-Authenticate",
		refusal->cause == CAUSE_TOKEN_ABSENT
			? "Bearer realm=\"llavero\""
			: "Bearer realm=\"llavero\", error=\"invalid_token\"");
}

bool github_api_authenticate(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *accepted, struct checked_token *out)
{
	struct str text = STR_NONE;

	client_auth_read_token(req->arena, req->headers[HTTP_AUTHORIZATION], &text);
	switch (check_token(c, text, out)) {
	case STEP_DONE:
		http_header_str(
			req, rep, "X-OAuth-Scopes", scope_format(req->arena, out->scopes, ", "));
		http_header(rep, "X-Accepted-OAuth-Scopes", accepted);
		http_header_str(req, rep, "X-OAuth-Client-Id", out->token.client_id);
		return true;
	case STEP_REFUSE:
		refuse_token(c, req, rep, &out->refusal);
		return false;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		break;
	}
	c->failed = true;
	return false;
}

void github_api_preflight(struct context *c, struct http_request *req, struct http_reply *rep)
{
	(void)c;
	(void)req;
	http_reply(rep, 204, NULL, STR(""));
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header(rep, "Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE");
	http_header(rep, "Access-Control-Allow-Headers",
		"Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, "
		"If-Unmodified-Since, Accept-Encoding, X-GitHub-OTP, X-Requested-With, User-Agent");
	http_header(rep, "Access-Control-Max-Age", "86400");
}

/* Works anonymously; a token that is sent must be good (reference 8.3, check 16). */
void github_api_root(struct context *c, struct http_request *req, struct http_reply *rep)
{
	static const struct {
		const char *name, *path;
	} urls[] = {{"current_user_url", "/api/v3/user"},
		{"current_user_authorizations_html_url",
			"/settings/connections/applications{/client_id}"},
		{"emails_url", "/api/v3/user/emails"}};
	struct checked_token checked;
	struct str base = c->settings->base_url;
	struct buf b;

	if (str_is_set(req->headers[HTTP_AUTHORIZATION]) &&
		!github_api_authenticate(c, req, rep, "", &checked))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		buf_add_c(&b, i ? "," : "{");
		buf_add_json(&b, str_from(urls[i].name));
		buf_add_c(&b, ":\"");
		buf_add(&b, base);
		buf_add_c(&b, urls[i].path);
		buf_add_char(&b, '"');
	}
	buf_add_char(&b, '}');
	github_api_reply(req, rep, 200, buf_str(&b));
}
