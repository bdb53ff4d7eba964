#include "flow/exchange_token.h"

#include <string.h>

#include "base/limits.h"
#include "flow/actor.h"
#include "flow/authenticate_client.h"
#include "flow/check_grant_type.h"
#include "flow/own_grant.h"
#include "flow/read_scope.h"
#include "flow/resource_scopes.h"
#include "flow/subject.h"
#include "store/resource_app.h"

static enum step_result refuse(struct exchange *e, enum cause cause)
{
	e->refusal.cause = cause;
	return STEP_REFUSE;
}

static enum step_result refuse_of(struct exchange *e, enum cause cause, const char *parameter)
{
	refusal_add(&e->refusal, EVIDENCE_parameter, str_from(parameter));
	return refuse(e, cause);
}

static enum step_result differs(
	struct exchange *e, enum cause cause, struct str expected, struct str received)
{
	e->refusal.expected = expected;
	e->refusal.received = received;
	return refuse(e, cause);
}

/* RFC 8693 5: who could be anybody is given nobody's rights. */
static enum step_result authenticate(struct context *c, struct exchange *e)
{
	return authenticate_confidential(c, &e->request->credentials, &e->client, &e->refusal);
}

static enum step_result check_app(struct context *c, struct exchange *e)
{
	return check_served(c, service_of_client(&e->client), e->request->edge, &e->refusal);
}

/* RFC 6749 5.2: unauthorized_client */
static enum step_result check_registered(struct context *c, struct exchange *e)
{
	return check_client_grant(
		c, e->request->edge, &e->client, GRANT_TYPE_EXCHANGE, &e->refusal);
}

static enum step_result check_proof_of_key(struct context *c, struct exchange *e)
{
	return check_sender(
		c, &e->request->credentials, &e->client, e->request->edge, &e->sender, &e->refusal);
}

static enum step_result check_type(struct exchange *e, const char *parameter, struct str type)
{
	if (!str_is_set(type) || str_eq_c(type, TOKEN_TYPE_ACCESS) ||
		str_eq_c(type, TOKEN_TYPE_JWT))
		return STEP_NEXT;
	refusal_add(&e->refusal, EVIDENCE_parameter, str_from(parameter));
	return differs(e, CAUSE_EXCHANGE_TYPE, STR(TOKEN_TYPE_ACCESS ", " TOKEN_TYPE_JWT), type);
}

/* RFC 8693 2.1: "actor_token_type ... MUST NOT be included when the actor_token parameter is not"
 */
static enum step_result check_types(struct context *c, struct exchange *e)
{
	const struct exchange_request *q = e->request;
	enum step_result result = check_type(e, "subject_token_type", q->subject_token_type);

	(void)c;
	if (str_is_set(q->actor_token) != str_is_set(q->actor_token_type))
		return refuse_of(e, CAUSE_TOKEN_PARAMETER_MISSING,
			str_is_set(q->actor_token) ? "actor_token_type" : "actor_token");
	if (result == STEP_NEXT)
		result = check_type(e, "actor_token_type", q->actor_token_type);
	return result == STEP_NEXT ? check_type(e, "requested_token_type", q->requested_token_type)
				   : result;
}

/* Was it given to this app, or for a resource that this app is? */
static enum step_result check_whose(struct context *c, struct exchange *e,
	const struct exchange_party *p, const char *parameter)
{
	if (p->checked.token.app_id == e->client.app_id)
		return STEP_NEXT;
	for (size_t i = 0; i < p->bound.resources_n; i++) {
		enum db_status status =
			resource_app_read(c->store, p->bound.resources[i], e->client.app_id);

		if (context_failed(c, status))
			return STEP_FAIL;
		if (status == DB_OK)
			return STEP_NEXT;
	}
	return refuse_of(e, CAUSE_EXCHANGE_TOKEN_OTHERS, parameter);
}

/* As the app that exchanges knows the person. */
static bool name_party(struct context *c, struct exchange *e, struct exchange_party *p)
{
	const struct token *t = &p->checked.token;

	p->issuer = c->settings->base_url;
	p->client_id = t->client_id;
	p->subject = t->client_id;
	return p->account_id == ACCOUNT_OF_APPS ||
	       subject_of_token(c, e->client.client_id, p->account_id, &p->subject);
}

static enum step_result read_access_token(struct context *c, struct exchange *e, struct str text,
	const char *parameter, struct exchange_party *p)
{
	const struct token *t = &p->checked.token;
	enum step_result result = examine_token(c, text, &p->checked);

	if (result == STEP_FAIL)
		return result;
	/* Only a row that was found has a grant. */
	if (result == STEP_REFUSE)
		return refuse_of(e,
			p->checked.refusal.proven ? CAUSE_EXCHANGE_TOKEN_ENDED
						  : CAUSE_EXCHANGE_TOKEN_BAD,
			parameter);
	c->failed = !bound_read(c->arena, t->bound, &p->bound);
	if (c->failed)
		return STEP_FAIL;
	p->account_id = t->account.id;
	p->token_id = t->id;
	p->expires_at = t->expires_at;
	p->scopes = p->checked.scopes;
	result = check_whose(c, e, p, parameter);
	if (result != STEP_NEXT)
		return result;
	/* RFC 9449 5, RFC 8705 4: what is bound is of use in its hands only. */
	take_bound_certificate(c, &e->request->credentials, &p->bound, &e->sender);
	result = check_same_sender(&p->bound, &e->sender, CAUSE_EXCHANGE_KEY, &e->refusal);
	return result == STEP_NEXT && !name_party(c, e, p) ? STEP_FAIL : result;
}

static enum step_result read_assertion(
	struct context *c, struct exchange *e, struct str text, struct exchange_party *p)
{
	p->assertion = (struct trusted_assertion){
		.text = text, .client = &e->client, .refusal = &e->refusal};
	enum step_result result = check_trusted_assertion(c, &p->assertion);
	struct str scopes = p->assertion.issuer.scopes;

	if (result != STEP_NEXT)
		return result;
	c->failed = !scope_read(str_is_set(scopes) ? scopes : STR(""), &p->scopes);
	p->account_id = p->assertion.account.id;
	p->issuer = p->assertion.issuer.issuer;
	p->subject = p->assertion.claims.sub;
	p->expires_at = p->assertion.claims.exp;
	return c->failed ? STEP_FAIL : STEP_NEXT;
}

/* RFC 8693 2.1, 2.2.2 */
static enum step_result read_party(struct context *c, struct exchange *e, struct str text,
	struct str type, const char *parameter, struct exchange_party *p)
{
	p->present = true;
	return str_eq_c(type, TOKEN_TYPE_JWT) ? read_assertion(c, e, text, p)
					      : read_access_token(c, e, text, parameter, p);
}

static enum step_result read_subject(struct context *c, struct exchange *e)
{
	struct exchange_party *p = &e->subject;
	enum step_result result = read_party(c, e, e->request->subject_token,
		e->request->subject_token_type, "subject_token", p);

	if (result != STEP_NEXT)
		return result;
	/* A token of an app itself says who that app is: it would be of another one. */
	return p->account_id == ACCOUNT_OF_APPS && p->checked.token.app_id != e->client.app_id
		       ? refuse(e, CAUSE_EXCHANGE_NO_PERSON)
		       : STEP_NEXT;
}

static enum step_result read_actor(struct context *c, struct exchange *e)
{
	return str_is_set(e->request->actor_token)
		       ? read_party(c, e, e->request->actor_token, e->request->actor_token_type,
				 "actor_token", &e->actor)
		       : STEP_NEXT;
}

/* RFC 8693 4.4: "identifies the party ... asserted as being eligible to act for" the subject. */
static enum step_result check_may_act(struct context *c, struct exchange *e)
{
	struct actor actor = {.issuer = e->actor.issuer,
		.subject = e->actor.subject,
		.client_id = e->actor.client_id};
	struct str wanted;

	if (!e->subject.assertion.payload.root)
		return STEP_NEXT;
	if (!e->actor.present)
		actor = (struct actor){.issuer = c->settings->base_url,
			.subject = e->client.client_id,
			.client_id = e->client.client_id};
	return actor_may_act(c->arena, &e->subject.assertion.payload, &actor, &wanted)
		       ? STEP_NEXT
		       : differs(e, CAUSE_EXCHANGE_MAY_ACT, wanted, actor.subject);
}

/* RFC 6749 3.3: narrowing only. */
static enum step_result check_scope(struct context *c, struct exchange *e)
{
	const struct asked_scope asked = {
		e->request->edge, e->request->scope, CAUSE_EXCHANGE_SCOPE, &e->refusal};

	return read_scope_within(c, &asked, e->subject.scopes, &e->scopes);
}

/* RFC 8693 2.1: resource and audience. A token that is for some resources stays within them. */
static enum step_result check_resources(struct context *c, struct exchange *e)
{
	const struct bound *was = &e->subject.bound;
	enum step_result result;

	/* How the person had signed in goes on being true; what hung on that request does not. */
	e->bound = (struct bound){.standard = true,
		.resources_n = was->resources_n,
		.details = was->details,
		.acr = was->acr,
		.amr = was->amr,
		.auth_time = was->auth_time,
		.actor = was->actor};
	memcpy(e->bound.resources, was->resources, sizeof e->bound.resources);
	result = was->resources_n
			 ? narrow_resources(c, &e->request->resources, &e->bound, &e->refusal)
			 : read_resources(c, &e->request->resources, &e->bound, &e->refusal);
	return result == STEP_NEXT && str_has_text(e->request->scope)
		       ? check_resource_scopes(c, &e->bound, e->scopes, &e->refusal)
		       : result;
}

/* RFC 8693 3: a JWT only where those who get it read JWTs; for this server itself when nothing is
 * named. */
static enum step_result check_form(struct context *c, struct exchange *e)
{
	struct resource one;

	if (!str_eq_c(e->request->requested_token_type, TOKEN_TYPE_JWT))
		return STEP_NEXT;
	e->own = (struct resource){.identifier = c->settings->base_url, .form = TOKEN_JWT};
	e->resource = e->bound.resources_n ? NULL : &e->own;
	for (size_t i = 0; i < e->bound.resources_n; i++) {
		enum db_status status =
			resource_read(c->store, c->arena, e->bound.resources[i], &one);

		if (context_failed(c, status))
			return STEP_FAIL;
		if (status == DB_OK && one.form == TOKEN_JWT)
			continue;
		refusal_add(&e->refusal, EVIDENCE_parameter, STR("requested_token_type"));
		return differs(e, CAUSE_EXCHANGE_TYPE, STR(TOKEN_TYPE_ACCESS), STR(TOKEN_TYPE_JWT));
	}
	return STEP_NEXT;
}

/* RFC 8693 4.1: the one who acts now, and those before inside. Without an actor token the app acts
 * as the person; who acted before is not forgotten. */
static enum step_result check_chain(struct context *c, struct exchange *e)
{
	const struct actor actor = {.issuer = e->actor.issuer,
		.subject = e->actor.subject,
		.client_id = e->actor.client_id};

	if (e->subject.checked.exchanges >= LIMIT_EXCHANGES) {
		refusal_add_number(&e->refusal, c->arena, EVIDENCE_most, LIMIT_EXCHANGES);
		return refuse(e, CAUSE_EXCHANGE_DEPTH);
	}
	if (!e->actor.present || actor_add(c->arena, &actor, e->bound.actor, &e->bound.actor))
		return STEP_NEXT;
	refusal_add_number(&e->refusal, c->arena, EVIDENCE_most, LIMIT_ACTORS);
	return refuse(e, CAUSE_EXCHANGE_DEPTH);
}

/* The first step with an effect, and that only the first time. */
static enum step_result find_grant(struct context *c, struct exchange *e)
{
	return find_own_grant(c, &e->client, scope_format(c->arena, e->scopes, " "), &e->grant);
}

static int64_t shorter(int64_t a, int64_t b)
{
	return a && a < b ? a : b;
}

/* RFC 8693 2.2.1. No refresh token: it would outlive what it was got for. */
static enum step_result issue(struct context *c, struct exchange *e)
{
	const struct terms_request q = {
		.service = service_of_client(&e->client), .edge = e->request->edge};
	struct token_terms terms = token_terms(c, &q);
	bool jwt = str_eq_c(e->request->requested_token_type, TOKEN_TYPE_JWT);

	if (e->subject.expires_at)
		terms.lifetime_s =
			shorter(terms.lifetime_s, e->subject.expires_at - store_now(c->store));
	struct issue_request request = {.app_id = e->client.app_id,
		.account_id = e->subject.account_id,
		.grant_id = e->grant.id,
		.scopes = scope_format(c->arena, e->scopes, " "),
		.terms = terms,
		.bound = bind_to_sender(c, bound_write(c->arena, &e->bound), &e->bound, &e->sender),
		.dpop = str_is_set(e->sender.jkt),
		.client_id = e->client.client_id,
		.resource = e->resource,
		.from_token_id = e->subject.token_id};

	if (context_failed(c, store_next_id(c->store, &request.token_id)))
		return STEP_FAIL;
	e->refusal.flow_id = request.token_id;
	enum step_result result = issue_token(c, &request, &e->issued);

	e->issued.issued_token_type = jwt ? TOKEN_TYPE_JWT : TOKEN_TYPE_ACCESS;
	return result == STEP_NEXT &&
			       !note_token_for(c, &e->client, request.account_id, e->issued.scopes)
		       ? STEP_FAIL
		       : result;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct exchange *);
} steps[] = {
	/* clang-format off */
	STEP(authenticate),     /* RFC 8693 2.1 */
	STEP(check_app),
	STEP(check_registered), /* RFC 6749 5.2 */
	STEP(check_proof_of_key), /* RFC 9449 5, RFC 8705 3 */
	STEP(check_types),      /* RFC 8693 2.1, 3 */
	STEP(read_subject),     /* RFC 8693 2.1: subject_token */
	STEP(read_actor),       /* RFC 8693 2.1: actor_token */
	STEP(check_may_act),    /* RFC 8693 4.4 */
	STEP(check_scope),      /* RFC 6749 3.3 */
	STEP(check_resources),  /* RFC 8693 2.1, RFC 8707 2.2 */
	STEP(check_form),       /* RFC 8693 2.1: requested_token_type */
	STEP(check_chain),      /* RFC 8693 4.1 */
	STEP(find_grant),       /* the first effect */
	STEP(issue),            /* RFC 8693 2.2.1 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result exchange_token(
	struct context *c, const struct exchange_request *request, struct exchange *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "exchange_token", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *exchange_token_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
