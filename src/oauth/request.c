#include "oauth/request.h"

#include "base/arena.h"
#include "base/limits.h"
#include "flow/check_proof.h"
#include "oauth/reply.h"

/* What must never be in a URL: all that this edge reads at all. */
static const char *const read_here[] = {"actor_token", "actor_token_type", "assertion", "audience",
	"authorization_details", "client_assertion", "client_assertion_type", "client_id",
	"client_secret", "code", "code_challenge", "code_verifier", "device_code", "dpop_jkt",
	"grant_type", "nonce", "redirect_uri", "refresh_token", "request", "request_uri",
	"requested_token_type", "resource", "response_type", "scope", "state", "subject_token",
	"subject_token_type", "token", "token_type_hint"};

const char *oauth_repeated(struct arena *a, const struct params *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct str name = p->v[i].name;

		if (str_eq_c(name, "resource") || str_eq_c(name, "audience"))
			continue;
		for (size_t j = 0; j < i; j++)
			if (str_eq(p->v[j].name, name))
				return str_c(a, name);
	}
	return NULL;
}

static const char *in_url(const struct params *query)
{
	for (size_t i = 0; i < sizeof read_here / sizeof read_here[0]; i++)
		if (params_count(query, read_here[i]))
			return read_here[i];
	return NULL;
}

/* Before anybody knows whose request it is. */
static bool refuse_form(
	struct context *c, struct oauth_request *q, enum cause cause, const char *parameter)
{
	struct refusal r = {
		.cause = cause, .closer = look_for_app, .closer_of = &q->credentials.client_id};

	refusal_add(&r, EVIDENCE_parameter, str_from(parameter));
	oauth_refuse(c, q, &r);
	return false;
}

static bool refuse_body(struct context *c, struct oauth_request *q, bool bad_type)
{
	const struct refusal r = describe_unreadable(q->described, bad_type);

	oauth_refuse_with(c, q, bad_type ? 415 : 400, &r);
	return false;
}

static void describe(struct context *c, struct oauth_request *q, const struct params *p)
{
	const struct http_request *req = q->http;
	struct described *d = ARENA_NEW(c->arena, struct described);

	*d = (struct described){.edge = DIALECT_STANDARD,
		.authorization = req->headers[HTTP_AUTHORIZATION],
		.content_type = req->headers[HTTP_CONTENT_TYPE],
		.accept = req->headers[HTTP_ACCEPT],
		.body = req->body,
		.query = &req->query,
		.p = p};
	q->described = d;
	describe_program(c, d);
}

struct shown_keys oauth_shown_keys(const struct http_request *req)
{
	return (struct shown_keys){.dpop = req->headers[HTTP_DPOP],
		.method = str_from(http_method_name(req->method)),
		.path = req->path,
		.certificates = req->certificates};
}

void oauth_add_nonce(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str nonce = proof_nonce(c);

	if (str_is_set(req->headers[HTTP_DPOP]) && str_is_set(nonce))
		http_header_str(req, rep, "DPoP-Nonce", nonce);
}

bool oauth_read(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct oauth_endpoint *endpoint, struct oauth_request *q)
{
	struct str type = http_media_type(req->arena, req->headers[HTTP_CONTENT_TYPE]);

	*q = (struct oauth_request){.endpoint = endpoint, .http = req, .reply = rep};
	describe(c, q, NULL);
	if (req->body.n && !str_eq_c(type, "application/x-www-form-urlencoded"))
		return refuse_body(c, q, true);
	if (req->query_status != FORM_OK ||
		form_parse(req->arena, req->body, LIMIT_PARAMS, &q->form) != FORM_OK)
		return refuse_body(c, q, false);
	describe(c, q, &q->form);
	client_auth_read(c->arena, req->headers[HTTP_AUTHORIZATION],
		params_get(&q->form, "client_id"), params_get(&q->form, "client_secret"),
		&q->credentials);
	q->credentials.strict = true;
	client_auth_take_assertion(c->arena, oauth_param(q, "client_assertion"),
		oauth_param(q, "client_assertion_type"), &q->credentials);
	context_secret(c, q->credentials.assertion);
	q->credentials.shown = oauth_shown_keys(req);
	oauth_add_nonce(c, q->http, q->reply);
	context_secret(c, q->credentials.raw_secret);
	if (in_url(&req->query))
		return refuse_form(c, q, CAUSE_TOKEN_PARAMETER_IN_URL, in_url(&req->query));
	const char *repeated = oauth_repeated(c->arena, &q->form);

	return !repeated || refuse_form(c, q, CAUSE_TOKEN_PARAMETER_REPEATED, repeated);
}

struct str oauth_param(const struct oauth_request *q, const char *name)
{
	struct str value = params_get(&q->form, name);

	return str_has_text(value) ? value : STR_NONE;
}

bool oauth_need(struct context *c, struct oauth_request *q, const char *name)
{
	return str_is_set(oauth_param(q, name)) ||
	       refuse_form(c, q, CAUSE_TOKEN_PARAMETER_MISSING, name);
}
