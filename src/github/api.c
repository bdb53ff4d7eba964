#include "github/api.h"

#include "base/limits.h"
#include "core/client_auth.h"
#include "explain/describe.h"
#include "explain/refusal.h"
#include "flow/check_proof.h"
#include "flow/own_resource.h"
#include "github/describe.h"
#include "github/fault.h"
#include "github/rate.h"
#include "store/authorization.h"

void github_api_reply(struct http_request *req, struct http_reply *rep, int status, struct str json)
{
	http_reply(rep, status, "application/json; charset=utf-8", json);
	http_header(rep, "Cache-Control", "private, no-store");
	http_header(rep, "Vary", "Accept, Authorization, Origin");
	http_header(rep, "X-GitHub-Media-Type", "github.v3; format=json");
	http_header(rep, "X-Content-Type-Options", "nosniff");
	http_header(rep, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
	if (status == 200 && (req->method == HTTP_GET || req->method == HTTP_HEAD))
		http_add_etag(req, rep, true);
	if (!str_is_set(req->headers[HTTP_ORIGIN]) || !str_starts(req->path, STR("/api/")))
		return;
	/* Only browsers ask across origins; the API needs no cookie, so any may. The errors of
	 * other endpoints come this way too, and those are not for pages of others (G30). */
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header(rep, "Access-Control-Expose-Headers",
		"ETag, Link, Location, Retry-After, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, "
		"DPoP-Nonce, WWW-Authenticate, X-GitHub-Request-Id, X-GitHub-Media-Type, "
		"X-RateLimit-Limit, "
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

void github_api_refuse_app(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct refusal *refusal)
{
	if (github_is_throttled(req, rep, refusal))
		github_api_refuse(c, req, rep, 429, wire_row(WIRE_TOO_MANY_REQUESTS)->description);
	else
		github_api_not_found(c, req, rep);
}

void github_api_error(
	struct context *c, struct http_request *req, struct http_reply *rep, int status)
{
	github_api_refuse(c, req, rep, status,
		status == 405  ? "Method Not Allowed"
		: status < 500 ? "Bad Request"
			       : "Server Error");
}

/* RFC 9449's errors are no sentences of GitHub's. */
static const char *words_of(const struct wire_row *row)
{
	return *row->description ? row->description : row->code;
}

/* RFC 6750 3: the challenge names the error only when a token was sent. RFC 9449 7.1: who has to
 * show a key is told so. */
static const char *challenge_of(enum cause cause)
{
	enum wire_error wire = cause_wire(cause);

	if (cause == CAUSE_TOKEN_ABSENT)
		return "Bearer realm=\"llavero\"";
	if (wire == WIRE_INVALID_DPOP_PROOF)
		return "DPoP realm=\"llavero\", error=\"invalid_dpop_proof\", algs=\"" PROOF_ALGS
		       "\"";
	if (wire == WIRE_USE_DPOP_NONCE)
		return "DPoP realm=\"llavero\", error=\"use_dpop_nonce\", algs=\"" PROOF_ALGS "\"";
	if (cause == CAUSE_TOKEN_NEEDS_PROOF || cause == CAUSE_TOKEN_OF_ANOTHER_KEY)
		return "DPoP realm=\"llavero\", error=\"invalid_token\", algs=\"" PROOF_ALGS "\"";
	if (cause == CAUSE_TOKEN_SIGN_IN)
		return "Bearer realm=\"llavero\", error=\"insufficient_user_authentication\"";
	if (cause == CAUSE_TOKEN_SCOPE)
		return "Bearer realm=\"llavero\", error=\"insufficient_scope\"";
	return "Bearer realm=\"llavero\", error=\"invalid_token\"";
}

/* With where to read about this API (RFC 9728 5.1), and what else there is to say. */
static void challenge(struct context *c, struct http_request *req, struct http_reply *rep,
	enum cause cause, struct str more)
{
	http_header_str(req, rep, "WWW-Authenticate",
		str_printf(req->arena, "%s%.*s, resource_metadata=\"%.*s\"", challenge_of(cause),
			STR_ARG(more), STR_ARG(resource_challenge(c, req->path))));
}

/* RFC 9470 3 */
static struct str wants_of(struct arena *a, const struct checked_token *checked)
{
	const struct sign_in_wants *wants = &checked->wants;
	struct buf b;

	buf_init(&b, a, LIMIT_REPLY);
	if (checked->refusal.cause != CAUSE_TOKEN_SIGN_IN)
		return STR("");
	if (str_has_text(wants->acr_values))
		buf_addf(&b, ", acr_values=\"%.*s\"", STR_ARG(wants->acr_values));
	if (wants->max_age_s >= 0)
		buf_addf(&b, ", max_age=\"%lld\"", (long long)wants->max_age_s);
	return buf_str(&b);
}

static void refuse_token(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct checked_token *checked)
{
	const struct refusal *refusal = &checked->refusal;
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
	if (github_is_throttled(req, rep, refusal)) {
		github_api_refuse(c, req, rep, 429, row->description);
		return;
	}
	github_api_refuse(c, req, rep, 401, words_of(row));
	challenge(c, req, rep, refusal->cause, wants_of(req->arena, checked));
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

void github_api_name_scope(
	struct context *c, struct http_request *req, struct http_reply *rep, const char *needed)
{
	challenge(c, req, rep, CAUSE_TOKEN_SCOPE, str_printf(req->arena, ", scope=\"%s\"", needed));
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

/* RFC 9449 7.1, beside what GitHub takes. */
static struct presented_token read_token(struct http_request *req)
{
	struct str authorization = req->headers[HTTP_AUTHORIZATION];
	struct presented_token p = {.shown = {.dpop = req->headers[HTTP_DPOP],
					    .method = str_from(http_method_name(req->method)),
					    .path = req->path,
					    .certificates = req->certificates}};

	p.dpop = client_auth_read_dpop(authorization, &p.text);
	if (!p.dpop)
		client_auth_read_token(req->arena, authorization, &p.text);
	return p;
}

/* RFC 9449 9 */
static void add_nonce(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str nonce = proof_nonce(c);

	if (str_is_set(req->headers[HTTP_DPOP]) && str_is_set(nonce))
		http_header_str(req, rep, "DPoP-Nonce", nonce);
}

bool github_api_authenticate_free(struct context *c, struct http_request *req,
	struct http_reply *rep, const char *accepted, struct checked_token *out)
{
	struct presented_token p = read_token(req);

	context_secret(c, p.text);
	add_nonce(c, req, rep);
	github_describe_api(c, req);
	switch (check_presented_token(c, &p, out)) {
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
			refuse_token(c, req, rep, out);
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
