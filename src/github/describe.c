#include "github/describe.h"

#include "base/json_object.h"
#include "base/limits.h"
#include "core/client_auth.h"
#include "core/scope.h"
#include "explain/detail.h"
#include "github/oauth.h"

struct program {
	const struct http_request *req;
	const struct params *p;
	const struct redeem *redeem;
};

static struct str scheme_of(struct str authorization)
{
	struct str value = str_trim(authorization);
	size_t space = str_find(value, ' ');

	/* Without a space it is all secret, or nonsense. */
	return space < value.n ? str_slice(value, 0, space) : STR("");
}

struct str github_shown_authorization(struct arena *a, struct str header)
{
	struct str value = str_trim(header), scheme = scheme_of(header);
	size_t rest = value.n - scheme.n - (scheme.n ? 1 : 0);

	return str_printf(a, "%.*s%s[%zu characters]", STR_ARG(scheme), scheme.n ? " " : "", rest);
}

static struct str client_auth_of(const struct program *d)
{
	bool basic = str_eq_nocase(scheme_of(d->req->headers[HTTP_AUTHORIZATION]), STR("basic"));
	bool body = d->p && str_has_text(params_get(d->p, "client_secret"));

	if (basic && body)
		return STR("both");
	return basic ? STR("basic") : body ? STR("body") : STR("none");
}

static struct str parameters_of(const struct http_request *req)
{
	bool query = req->query.n > 0, body = req->body.n > 0;
	struct str type = str_trim(req->headers[HTTP_CONTENT_TYPE]);

	if (query && body)
		return STR("mixed");
	if (!body)
		return query ? STR("query") : STR("none");
	return str_eq_nocase(
		       str_slice(type, 0, sizeof "application/json" - 1), STR("application/json"))
		       ? STR("json")
		       : STR("form");
}

static void add_length(struct context *c, struct facts *f, enum evidence_name name, struct str s)
{
	if (str_is_set(s))
		facts_add_number(f, c->arena, name, (int64_t)s.n);
}

static void describe_program(struct context *c, struct facts *f, const void *of)
{
	const struct program *d = of;
	struct str accept = d->req->headers[HTTP_ACCEPT];

	facts_add(f, EVIDENCE_client_auth, client_auth_of(d));
	facts_add(f, EVIDENCE_parameters, parameters_of(d->req));
	facts_add(f, EVIDENCE_accept, accept);
	if (!d->p)
		return;
	facts_add(f, EVIDENCE_grant_type, params_get(d->p, "grant_type"));
	add_length(c, f, EVIDENCE_code, params_get(d->p, "code"));
	facts_add(f, EVIDENCE_redirect_uri, params_get(d->p, "redirect_uri"));
	add_length(c, f, EVIDENCE_code_verifier, params_get(d->p, "code_verifier"));
	add_length(c, f, EVIDENCE_refresh_token, params_get(d->p, "refresh_token"));
	add_length(c, f, EVIDENCE_device_code, params_get(d->p, "device_code"));
	facts_add(f, EVIDENCE_scope, params_get(d->p, "scope"));
	if (d->redeem && d->redeem->code.created_at)
		facts_add_number(f, c->arena, EVIDENCE_since_code,
			store_now(c->store) - d->redeem->code.created_at);
}

void github_describe_program(
	struct context *c, const struct http_request *req, const struct params *p)
{
	static const char *const secret[] = {
		"client_secret", "code", "code_verifier", "refresh_token", "device_code"};
	struct program *d = ARENA_NEW(c->arena, struct program);

	*d = (struct program){req, p, NULL};
	c->describe = describe_program;
	c->describe_of = d;
	for (size_t i = 0; p && i < sizeof secret / sizeof secret[0]; i++)
		context_secret(c, params_get(p, secret[i]));
}

void github_describe_redeem(struct context *c, const struct redeem *redeem)
{
	struct program *d = ARENA_NEW(c->arena, struct program);

	*d = *(const struct program *)c->describe_of;
	d->redeem = redeem;
	c->describe_of = d;
}

static struct str challenge_of(const struct authorize_request *q)
{
	if (!str_has_text(q->code_challenge))
		return STR("none");
	return str_eq_c(q->code_challenge_method, "S256") ? STR("s256") : STR("other");
}

static void describe_authorize(struct context *c, struct facts *f, const void *of)
{
	const struct authorize *a = of;
	const struct authorize_request *q = a->request;

	facts_add(f, EVIDENCE_redirect_uri, q->redirect_uri);
	facts_add(f, EVIDENCE_scope, q->scope);
	facts_add(f, EVIDENCE_code_challenge, challenge_of(q));
	add_length(c, f, EVIDENCE_state, q->state);
	facts_add(f, EVIDENCE_response_type, q->response_type);
	facts_add(f, EVIDENCE_prompt, q->prompt);
	if (*a->code)
		facts_add(f, EVIDENCE_consent,
			a->decision == DECISION_ALLOW ? STR("asked") : STR("remembered"));
}

void github_describe_authorize(struct context *c, const struct authorize *a)
{
	c->describe = describe_authorize;
	c->describe_of = a;
	context_secret(c, a->request->state);
}

static void describe_api(struct context *c, struct facts *f, const void *of)
{
	const struct http_request *req = of;

	(void)c;
	facts_add(f, EVIDENCE_path, req->path);
	if (str_has_text(req->headers[HTTP_AUTHORIZATION]))
		facts_add(f, EVIDENCE_scheme, scheme_of(req->headers[HTTP_AUTHORIZATION]));
}

void github_describe_api(struct context *c, const struct http_request *req)
{
	c->describe = describe_api;
	c->describe_of = req;
}

void github_look_for_app(struct context *c, struct refusal *r, const void *of)
{
	const struct str *client_id = of;
	struct app app;

	if (str_has_text(*client_id) && client_id->n <= LIMIT_CLIENT_ID &&
		app_by_client_id(c->store, c->arena, *client_id, &app) == DB_OK)
		r->app_id = app.id;
}

/* The body could not be read as what it is called: perhaps as what it looks like. */
void github_look_for_app_of_request(struct context *c, struct refusal *r, const void *of)
{
	const struct http_request *req = of;
	struct str id = params_get(&req->query, "client_id"), unused;
	struct params form = {0};

	if (!str_has_text(id) &&
		json_read_object(c->arena, req->body, LIMIT_PARAMS, &form) == JSON_READ)
		id = params_get(&form, "client_id");
	if (!str_has_text(id) && form_parse(c->arena, req->body, LIMIT_PARAMS, &form) == FORM_OK)
		id = params_get(&form, "client_id");
	if (!str_has_text(id))
		client_auth_read_basic(c->arena, req->headers[HTTP_AUTHORIZATION], &id, &unused);
	github_look_for_app(c, r, &id);
}

static bool starts_like_json(struct str body)
{
	size_t i = 0;

	while (i < body.n &&
		(body.p[i] == ' ' || body.p[i] == '\r' || body.p[i] == '\n' || body.p[i] == '\t'))
		i++;
	return i < body.n && body.p[i] == '{';
}

static struct str type_of(const struct http_request *req)
{
	struct str type = req->headers[HTTP_CONTENT_TYPE];

	return str_has_text(type) ? type : STR("");
}

void github_look_at_request(const struct http_request *req, struct refusal *r)
{
	struct str scheme = scheme_of(req->headers[HTTP_AUTHORIZATION]);
	bool other_scheme = str_has_text(req->headers[HTTP_AUTHORIZATION]) &&
			    !str_eq_nocase(scheme, STR("basic"));

	if (r->cause == CAUSE_CLIENT_ID_MISSING && starts_like_json(req->body)) {
		r->cause = CAUSE_CLIENT_JSON_AS_FORM;
		r->expected = STR("application/json");
		r->received = type_of(req);
		r->closer = github_look_for_app_of_request;
		r->closer_of = req;
	} else if ((r->cause == CAUSE_CLIENT_ID_MISSING ||
			   r->cause == CAUSE_CLIENT_SECRET_MISSING) &&
		   other_scheme) {
		r->cause = CAUSE_CLIENT_WRONG_SCHEME;
		r->expected = STR("Basic");
		r->received = str_has_text(scheme) ? scheme : STR("");
	} else if (r->cause == CAUSE_CLIENT_ID_MISSING && req->body.n == 0 && req->query.n == 0) {
		r->cause = CAUSE_CLIENT_NOTHING_SENT;
		refusal_add(r, EVIDENCE_content_type, req->headers[HTTP_CONTENT_TYPE]);
	}
}

struct refusal github_unreadable(const struct http_request *req, bool bad_type)
{
	struct str type = type_of(req);
	struct refusal r = {.cause = CAUSE_TOKEN_REQUEST_UNREADABLE,
		.closer = github_look_for_app_of_request,
		.closer_of = req};
	bool json = str_starts(str_trim(type), STR("application/json"));

	if (bad_type) {
		r.cause = CAUSE_TOKEN_CONTENT_TYPE;
		refusal_add(&r, EVIDENCE_content_type, type);
	} else if (json && !starts_like_json(req->body) && str_has_char(req->body, '=')) {
		r.cause = CAUSE_TOKEN_FORM_AS_JSON;
		r.expected = STR("application/x-www-form-urlencoded");
		r.received = type;
	} else if (str_has_text(type)) {
		refusal_add(&r, EVIDENCE_content_type, type);
	}
	return r;
}
