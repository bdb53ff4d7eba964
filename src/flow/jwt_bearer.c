#include "flow/jwt_bearer.h"

#include <string.h>

#include "flow/authenticate_client.h"
#include "flow/check_grant_type.h"
#include "flow/own_grant.h"
#include "flow/read_scope.h"
#include "flow/resource_scopes.h"

/* RFC 7521 4.1: a client that has something to prove itself with does so. */
static enum step_result authenticate(struct context *c, struct bearer_grant *g)
{
	return authenticate_client(c, &g->request->credentials, &g->client, &g->refusal);
}

static enum step_result check_app(struct context *c, struct bearer_grant *g)
{
	return check_served(c, service_of_client(&g->client), g->request->edge, &g->refusal);
}

/* RFC 6749 5.2: unauthorized_client */
static enum step_result check_registered(struct context *c, struct bearer_grant *g)
{
	return check_client_grant(
		c, g->request->edge, &g->client, GRANT_TYPE_JWT_BEARER, &g->refusal);
}

static enum step_result check_proof_of_key(struct context *c, struct bearer_grant *g)
{
	return check_sender(
		c, &g->request->credentials, &g->client, g->request->edge, &g->sender, &g->refusal);
}

/* RFC 6749 3.3: no more than the operator lets this issuer give. */
static enum step_result check_scope(struct context *c, struct bearer_grant *g)
{
	const struct asked_scope asked = {
		g->request->edge, g->request->scope, CAUSE_BEARER_SCOPE, &g->refusal};
	struct str most = g->assertion.issuer.scopes;
	struct scope_set all;

	c->failed = !scope_read(str_is_set(most) ? most : STR(""), &all);
	return c->failed ? STEP_FAIL : read_scope_within(c, &asked, all, &g->scopes);
}

static enum step_result check_resources(struct context *c, struct bearer_grant *g)
{
	enum step_result result;

	g->bound = g->request->bound;
	result = read_resources(c, &g->request->resources, &g->bound, &g->refusal);
	return result == STEP_NEXT && str_has_text(g->request->scope)
		       ? check_resource_scopes(c, &g->bound, g->scopes, &g->refusal)
		       : result;
}

/* RFC 7523 3 */
static enum step_result check_assertion(struct context *c, struct bearer_grant *g)
{
	g->assertion = (struct trusted_assertion){
		.text = g->request->assertion, .client = &g->client, .refusal = &g->refusal};
	return check_trusted_assertion(c, &g->assertion);
}

/* The first step with an effect: what was refused until here may come again. */
static enum step_result use_assertion(struct context *c, struct bearer_grant *g)
{
	return use_trusted_assertion(c, &g->assertion);
}

static enum step_result find_grant(struct context *c, struct bearer_grant *g)
{
	return find_own_grant(c, &g->client, scope_format(c->arena, g->scopes, " "), &g->grant);
}

/* RFC 7521 4.1: no refresh token; another assertion does as well. */
static enum step_result issue(struct context *c, struct bearer_grant *g)
{
	const struct terms_request terms = {
		.service = service_of_client(&g->client), .edge = g->request->edge};
	struct issue_request request = {.app_id = g->client.app_id,
		.account_id = g->assertion.account.id,
		.grant_id = g->grant.id,
		.scopes = scope_format(c->arena, g->scopes, " "),
		.terms = token_terms(c, &terms),
		.bound = bind_to_sender(c, bound_write(c->arena, &g->bound), &g->bound, &g->sender),
		.dpop = str_is_set(g->sender.jkt),
		.client_id = g->client.client_id};

	if (context_failed(c, store_next_id(c->store, &request.token_id)))
		return STEP_FAIL;
	g->refusal.flow_id = request.token_id;
	enum step_result result = issue_token(c, &request, &g->issued);

	return result == STEP_NEXT &&
			       !note_token_for(c, &g->client, request.account_id, g->issued.scopes)
		       ? STEP_FAIL
		       : result;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct bearer_grant *);
} steps[] = {
	/* clang-format off */
	STEP(authenticate),     /* RFC 7521 4.1 */
	STEP(check_app),
	STEP(check_registered), /* RFC 6749 5.2 */
	STEP(check_proof_of_key), /* RFC 9449 5, RFC 8705 3 */
	STEP(check_assertion),  /* RFC 7523 3 */
	STEP(check_scope),      /* RFC 6749 3.3 */
	STEP(check_resources),  /* RFC 8707 2.2 */
	STEP(use_assertion),    /* the first effect; RFC 7523 3 (7) */
	STEP(find_grant),
	STEP(issue),            /* RFC 6749 5.1 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result grant_by_assertion(
	struct context *c, const struct bearer_request *request, struct bearer_grant *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "grant_by_assertion", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *grant_by_assertion_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
