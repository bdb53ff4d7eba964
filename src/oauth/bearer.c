#include "oauth/bearer.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/form.h"
#include "base/limits.h"
#include "explain/refusal.h"
#include "flow/check_proof.h"
#include "flow/own_resource.h"
#include "oauth/reply.h"
#include "oauth/request.h"

static void add_attribute(struct buf *b, const char *name, struct str value)
{
	if (!str_has_text(value))
		return;
	bool first = str_find(buf_str(b), '=') == b->n;

	buf_add_c(b, first ? " " : ", ");
	buf_addf(b, "%s=\"%.*s\"", name, STR_ARG(value));
}

struct str oauth_challenge_text(struct arena *a, const char *error, const char *description,
	const struct oauth_challenge *extra)
{
	struct buf b;

	buf_init(&b, a, LIMIT_REPLY);
	buf_add_c(&b, extra->dpop ? "DPoP" : "Bearer");
	add_attribute(&b, "realm", STR("llavero"));
	add_attribute(&b, "error", str_from(error));
	add_attribute(&b, "error_description", str_from(description));
	add_attribute(&b, "scope", extra->scope);
	add_attribute(&b, "acr_values", extra->acr_values);
	if (extra->dpop)
		add_attribute(&b, "algs", STR(PROOF_ALGS));
	if (extra->max_age_s >= 0)
		add_attribute(&b, "max_age", str_printf(a, "%lld", (long long)extra->max_age_s));
	add_attribute(&b, "resource_metadata", extra->resource_metadata);
	return buf_str(&b);
}

/* Codes are few here, and each has its words (RFC 6750 3.1). */
static const char *description_of(struct str error)
{
	if (str_eq_c(error, "invalid_token"))
		return "The access token is missing, wrong, expired or revoked.";
	if (str_eq_c(error, "insufficient_user_authentication"))
		return "The person has to sign in again, as this asks.";
	if (str_eq_c(error, "insufficient_scope"))
		return "The access token was not granted what this needs.";
	if (str_eq_c(error, "invalid_dpop_proof"))
		return "The DPoP proof is missing, wrong, or of another key.";
	if (str_eq_c(error, "use_dpop_nonce"))
		return "The DPoP proof has to carry the nonce of DPoP-Nonce.";
	if (str_eq_c(error, "too_many_requests"))
		return "Too many DPoP proofs. Wait as long as Retry-After says.";
	return "The request is malformed.";
}

static void send(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const char *error, const struct oauth_challenge *extra)
{
	const char *description = *error ? description_of(str_from(error)) : "";
	struct buf b;

	buf_init(&b, c->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"error\":");
	buf_add_json(&b, str_from(*error ? error : "invalid_token"));
	buf_add_c(&b, ",\"error_description\":");
	buf_add_json(&b, str_from(description_of(str_from(*error ? error : "invalid_token"))));
	buf_add_char(&b, '}');
	http_reply(rep, status, "application/json; charset=utf-8", buf_str(&b));
	http_header_str(req, rep, "WWW-Authenticate",
		oauth_challenge_text(c->arena, error, description, extra));
	http_header(rep, "Cache-Control", "no-store");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}

void oauth_refuse_bearer(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct refusal *refusal, const struct oauth_challenge *extra)
{
	enum wire_error wire = cause_wire(refusal->cause);
	const struct wire_row *row = wire_row(wire);
	/* RFC 9449 7.1: at a resource, unlike at the token endpoint. */
	bool of_proof = wire == WIRE_INVALID_DPOP_PROOF || wire == WIRE_USE_DPOP_NONCE;

	send(c, req, rep, of_proof ? 401 : row->rfc_status, row->rfc_code, extra);
	oauth_retry_after(req, rep, refusal);
}

/* 2.1: the one scheme, in any case of letters. */
static struct str of_header(struct str authorization)
{
	struct str scheme = str_slice(authorization, 0, str_find(authorization, ' '));

	return str_eq_nocase(scheme, STR("Bearer"))
		       ? str_trim(str_slice(authorization, scheme.n, authorization.n))
		       : STR_NONE;
}

static bool refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *endpoint, enum cause cause)
{
	const struct oauth_challenge extra = {
		.max_age_s = -1, .resource_metadata = resource_challenge(c, req->path)};
	struct refusal r = {.cause = cause};

	refusal_add(&r, EVIDENCE_parameter, STR("access_token"));
	explain_refusal(c, endpoint, STR_NONE, &r);
	oauth_refuse_bearer(c, req, rep, &r, &extra);
	return false;
}

bool oauth_read_bearer(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *endpoint, struct presented_token *out)
{
	struct str authorization = req->headers[HTTP_AUTHORIZATION], *token = &out->text;
	struct str type = http_media_type(req->arena, req->headers[HTTP_CONTENT_TYPE]);
	struct params form = {NULL, 0};

	*out = (struct presented_token){.shown = oauth_shown_keys(req)};
	out->dpop = client_auth_read_dpop(authorization, token);
	if (!out->dpop)
		*token = of_header(authorization);
	context_secret(c, *token);
	/* 2.2 */
	if (req->method == HTTP_POST && str_eq_c(type, "application/x-www-form-urlencoded") &&
		form_parse(req->arena, req->body, LIMIT_PARAMS, &form) != FORM_OK)
		return refuse(c, req, rep, endpoint, CAUSE_TOKEN_REQUEST_UNREADABLE);
	size_t times = params_count(&form, "access_token") + str_is_set(*token);

	if (times > 1)
		return refuse(c, req, rep, endpoint, CAUSE_TOKEN_PARAMETER_REPEATED);
	if (params_count(&form, "access_token"))
		*token = params_get(&form, "access_token");
	context_secret(c, *token);
	return true;
}
