#include "explain/describe.h"

#include "base/json_object.h"
#include "base/limits.h"
#include "core/client_auth.h"
#include "core/scope.h"
#include "explain/detail.h"
#include "explain/refusal.h"
#include "flow/read_scope.h"

struct str authorization_scheme(struct str authorization)
{
	struct str value = str_trim(authorization);
	size_t space = str_find(value, ' ');

	/* Without a space it is all secret, or nonsense. */
	return space < value.n ? str_slice(value, 0, space) : STR("");
}

struct str describe_authorization(struct arena *a, struct str header)
{
	struct str value = str_trim(header), scheme = authorization_scheme(header);
	size_t rest = value.n - scheme.n - (scheme.n ? 1 : 0);

	return str_printf(a, "%.*s%s[%zu characters]", STR_ARG(scheme), scheme.n ? " " : "", rest);
}

static struct str client_auth_of(const struct described *d)
{
	bool basic = str_eq_nocase(authorization_scheme(d->authorization), STR("basic"));
	bool body = d->p && str_has_text(params_get(d->p, "client_secret"));

	if (basic && body)
		return STR("both");
	return basic ? STR("basic") : body ? STR("body") : STR("none");
}

static struct str parameters_of(const struct described *d)
{
	bool query = d->query->n > 0, body = d->body.n > 0;
	struct str type = str_trim(d->content_type);

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

static void add_dialect(struct facts *f, enum dialect edge)
{
	facts_add(f, EVIDENCE_dialect, str_from(dialect_word(edge)));
}

static void tell_program(struct context *c, struct facts *f, const void *of)
{
	const struct described *d = of;

	add_dialect(f, d->edge);
	facts_add(f, EVIDENCE_client_auth, client_auth_of(d));
	facts_add(f, EVIDENCE_parameters, parameters_of(d));
	facts_add(f, EVIDENCE_accept, d->accept);
	if (!d->p)
		return;
	facts_add(f, EVIDENCE_grant_type, params_get(d->p, "grant_type"));
	add_length(c, f, EVIDENCE_code, params_get(d->p, "code"));
	facts_add(f, EVIDENCE_redirect_uri, params_get(d->p, "redirect_uri"));
	add_length(c, f, EVIDENCE_code_verifier, params_get(d->p, "code_verifier"));
	add_length(c, f, EVIDENCE_refresh_token, params_get(d->p, "refresh_token"));
	add_length(c, f, EVIDENCE_device_code, params_get(d->p, "device_code"));
	add_length(c, f, EVIDENCE_token, params_get(d->p, "token"));
	facts_add(f, EVIDENCE_token_type_hint, params_get(d->p, "token_type_hint"));
	facts_add(f, EVIDENCE_scope, params_get(d->p, "scope"));
	if (d->redeem && d->redeem->code.created_at)
		facts_add_number(f, c->arena, EVIDENCE_since_code,
			store_now(c->store) - d->redeem->code.created_at);
}

void describe_program(struct context *c, const struct described *request)
{
	static const char *const secret[] = {
		"client_secret", "code", "code_verifier", "refresh_token", "device_code", "token"};
	struct described *d = ARENA_NEW(c->arena, struct described);

	*d = *request;
	c->describe = tell_program;
	c->describe_of = d;
	for (size_t i = 0; d->p && i < sizeof secret / sizeof secret[0]; i++)
		context_secret(c, params_get(d->p, secret[i]));
}

void describe_redeem(struct context *c, const struct redeem *redeem)
{
	struct described *d = ARENA_NEW(c->arena, struct described);

	*d = *(const struct described *)c->describe_of;
	d->redeem = redeem;
	c->describe_of = d;
}

static struct str challenge_of(const struct authorize_request *q)
{
	if (!str_has_text(q->code_challenge))
		return STR("none");
	return str_eq_c(q->code_challenge_method, "S256") ? STR("s256") : STR("other");
}

static void tell_authorize(struct context *c, struct facts *f, const void *of)
{
	const struct authorize *a = of;
	const struct authorize_request *q = a->request;

	add_dialect(f, q->edge);
	facts_add(f, EVIDENCE_redirect_uri, q->redirect_uri);
	facts_add(f, EVIDENCE_scope, q->scope);
	facts_add(f, EVIDENCE_code_challenge, challenge_of(q));
	add_length(c, f, EVIDENCE_state, q->state);
	facts_add(f, EVIDENCE_response_type, q->response_type);
	facts_add(f, EVIDENCE_response_mode, q->response_mode);
	facts_add(f, EVIDENCE_prompt, q->prompt);
	if (*a->code)
		facts_add(f, EVIDENCE_consent,
			a->decision == DECISION_ALLOW ? STR("asked") : STR("remembered"));
}

void describe_authorize(struct context *c, const struct authorize *a)
{
	c->describe = tell_authorize;
	c->describe_of = a;
	context_secret(c, a->request->state);
}

void explain_dropped_scopes(struct context *c, const struct authorize *a)
{
	struct str dropped = dropped_scope(c->arena, a->request->edge, a->request->scope);
	struct refusal r = {.cause = CAUSE_SCOPE_DROPPED,
		.app_id = a->app.id,
		.proven = true,
		.flow_id = a->refusal.flow_id};

	if (!str_has_text(dropped))
		return;
	refusal_add(&r, EVIDENCE_dropped, dropped);
	refusal_add(&r, EVIDENCE_scopes, scope_format(c->arena, a->scopes, " "));
	explain_refusal(c, "authorize", a->request->client_id, &r);
}

void look_for_app(struct context *c, struct refusal *r, const void *of)
{
	const struct str *client_id = of;
	struct app app;

	if (str_has_text(*client_id) && client_id->n <= LIMIT_CLIENT_ID &&
		app_by_client_id(c->store, c->arena, *client_id, &app) == DB_OK)
		r->app_id = app.id;
}

/* The body could not be read as what it is called: perhaps as what it looks like. */
void look_for_app_of_request(struct context *c, struct refusal *r, const void *of)
{
	const struct described *d = of;
	struct str id = params_get(d->query, "client_id"), unused;
	struct params form = {0};

	if (!str_has_text(id) &&
		json_read_object(c->arena, d->body, LIMIT_PARAMS, &form) == JSON_READ)
		id = params_get(&form, "client_id");
	if (!str_has_text(id) && form_parse(c->arena, d->body, LIMIT_PARAMS, &form) == FORM_OK)
		id = params_get(&form, "client_id");
	if (!str_has_text(id))
		client_auth_read_basic(c->arena, d->authorization, &id, &unused);
	look_for_app(c, r, &id);
}

static bool starts_like_json(struct str body)
{
	size_t i = 0;

	while (i < body.n &&
		(body.p[i] == ' ' || body.p[i] == '\r' || body.p[i] == '\n' || body.p[i] == '\t'))
		i++;
	return i < body.n && body.p[i] == '{';
}

static struct str type_of(const struct described *d)
{
	return str_has_text(d->content_type) ? d->content_type : STR("");
}

void look_at_request(const struct described *d, struct refusal *r)
{
	struct str scheme = authorization_scheme(d->authorization);
	bool other_scheme = str_has_text(d->authorization) && !str_eq_nocase(scheme, STR("basic"));

	if (r->cause == CAUSE_CLIENT_ID_MISSING && starts_like_json(d->body)) {
		r->cause = CAUSE_CLIENT_JSON_AS_FORM;
		r->expected = STR("application/json");
		r->received = type_of(d);
		r->closer = look_for_app_of_request;
		r->closer_of = d;
	} else if ((r->cause == CAUSE_CLIENT_ID_MISSING ||
			   r->cause == CAUSE_CLIENT_SECRET_MISSING) &&
		   other_scheme) {
		r->cause = CAUSE_CLIENT_WRONG_SCHEME;
		r->expected = STR("Basic");
		r->received = str_has_text(scheme) ? scheme : STR("");
	} else if (r->cause == CAUSE_CLIENT_ID_MISSING && d->body.n == 0 && d->query->n == 0) {
		r->cause = CAUSE_CLIENT_NOTHING_SENT;
		refusal_add(r, EVIDENCE_content_type, d->content_type);
	}
}

struct refusal describe_unreadable(const struct described *d, bool bad_type)
{
	struct str type = type_of(d);
	struct refusal r = {.cause = CAUSE_TOKEN_REQUEST_UNREADABLE,
		.closer = look_for_app_of_request,
		.closer_of = d};
	bool json = str_starts(str_trim(type), STR("application/json"));

	if (bad_type) {
		r.cause = d->edge == DIALECT_STANDARD ? CAUSE_TOKEN_NOT_A_FORM
						      : CAUSE_TOKEN_CONTENT_TYPE;
		refusal_add(&r, EVIDENCE_content_type, type);
	} else if (json && !starts_like_json(d->body) && str_has_char(d->body, '=')) {
		r.cause = CAUSE_TOKEN_FORM_AS_JSON;
		r.expected = STR("application/x-www-form-urlencoded");
		r.received = type;
	} else if (str_has_text(type)) {
		refusal_add(&r, EVIDENCE_content_type, type);
	}
	return r;
}
