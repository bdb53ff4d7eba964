#include "github/api.h"

#include "base/crypto.h"
#include "base/limits.h"
#include "core/client_auth.h"
#include "explain/describe.h"
#include "explain/refusal.h"
#include "github/describe.h"
#include "github/fault.h"
#include "github/rate.h"
#include "store/authorization.h"

/* RFC 9110 13.1.2: weak comparison with each of a list, or "*". */
static bool none_match_has(struct str list, struct str tag)
{
	struct str one;

	while (str_next(&list, ',', &one)) {
		one = str_trim(one);
		if (str_eq_c(one, "*"))
			return true;
		if (str_starts(one, STR("W/")))
			one = str_slice(one, 2, one.n);
		if (str_eq(one, tag))
			return true;
	}
	return false;
}

/* Every good answer has a validator; who has that answer already is only told so. */
static void add_etag(struct http_request *req, struct http_reply *rep)
{
	uint8_t digest[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	sha256(rep->body, digest);
	hex_encode(digest, sizeof digest, hex);
	struct str tag = str_printf(req->arena, "\"%s\"", hex);

	http_header_str(req, rep, "ETag", str_printf(req->arena, "W/%.*s", STR_ARG(tag)));
	if (none_match_has(req->headers[HTTP_IF_NONE_MATCH], tag))
		http_reply(rep, 304, NULL, STR(""));
}

void github_api_reply(struct http_request *req, struct http_reply *rep, int status, struct str json)
{
	http_reply(rep, status, "application/json; charset=utf-8", json);
	http_header(rep, "Cache-Control", "private, no-store");
	http_header(rep, "Vary", "Accept, Authorization, Origin");
	http_header(rep, "X-GitHub-Media-Type", "github.v3; format=json");
	http_header(rep, "X-Content-Type-Options", "nosniff");
	http_header(rep, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
	if (status == 200 && (req->method == HTTP_GET || req->method == HTTP_HEAD))
		add_etag(req, rep);
	if (!str_is_set(req->headers[HTTP_ORIGIN]) || !str_starts(req->path, STR("/api/")))
		return;
	/* Only browsers ask across origins; the API needs no cookie, so any may. The errors of
	 * other endpoints come this way too, and those are not for pages of others (G30). */
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header(rep, "Access-Control-Expose-Headers",
		"ETag, Link, Location, Retry-After, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, "
		"X-GitHub-Request-Id, X-GitHub-Media-Type, X-RateLimit-Limit, "
		"X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Used, "
		"X-RateLimit-Resource");
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
	struct str sent = req->headers[HTTP_AUTHORIZATION];
	struct refusal explained = *refusal;

	if (refusal->cause == CAUSE_TOKEN_ABSENT && str_has_text(sent)) {
		explained.cause = CAUSE_TOKEN_WITHOUT_SCHEME;
		explained.expected = STR("Bearer TOKEN");
		explained.received = describe_authorization(c->arena, sent);
	}
	explain_refusal(c, "api", STR_NONE, &explained);
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

void github_api_lacks_scope(
	struct context *c, const struct checked_token *checked, const char *needed)
{
	struct checked_token *lacking = ARENA_NEW(c->arena, struct checked_token);

	*lacking = *checked;
	check_token_refuse(lacking, CAUSE_TOKEN_SCOPE);
	lacking->refusal.expected = str_from(needed);
	lacking->refusal.received = scope_format(c->arena, checked->scopes, " ");
	explain_refusal(c, "api", checked->token.client_id, &lacking->refusal);
}

/* A token that an app has for itself: nobody's data is to be had for it. */
static bool refuse_app_token(struct context *c, struct http_request *req, struct http_reply *rep,
	struct checked_token *checked)
{
	check_token_refuse(checked, CAUSE_TOKEN_OF_NO_USER);
	explain_refusal(c, "api", checked->token.client_id, &checked->refusal);
	github_api_refuse(c, req, rep, 403, wire_row(WIRE_NO_USER)->code);
	return false;
}

bool github_api_authenticate_free(struct context *c, struct http_request *req,
	struct http_reply *rep, const char *accepted, struct checked_token *out)
{
	struct str text = STR_NONE;

	client_auth_read_token(req->arena, req->headers[HTTP_AUTHORIZATION], &text);
	context_secret(c, text);
	github_describe_api(c, req);
	switch (check_token(c, text, out)) {
	case STEP_DONE:
		if (out->token.account.id == ACCOUNT_OF_APPS)
			return refuse_app_token(c, req, rep, out);
		if (github_fault(c, req, rep, out->token.client_id, FAULT_AT_API) != FAULT_NONE)
			return false;
		c->app_id = out->token.app_id;
		http_header_str(
			req, rep, "X-OAuth-Scopes", scope_format(req->arena, out->scopes, ", "));
		http_header(rep, "X-Accepted-OAuth-Scopes", accepted);
		if (!str_eq_c(out->token.client_id, PERSONAL_CLIENT_ID))
			http_header_str(req, rep, "X-OAuth-Client-Id", out->token.client_id);
		return true;
	case STEP_REFUSE:
		/* What nobody vouches for counts for the address: guessing is slow. */
		if (github_rate_take(c, req, rep, NULL))
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

bool github_api_authenticate(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *accepted, struct checked_token *out)
{
	return github_api_authenticate_free(c, req, rep, accepted, out) &&
	       github_rate_take(c, req, rep, out);
}
