#include "flow/client_credentials.h"

#include <string.h>

#include "core/app_rights.h"
#include "flow/authenticate_client.h"
#include "flow/check_grant_type.h"
#include "flow/look_closer.h"
#include "flow/own_grant.h"
#include "flow/read_details.h"
#include "flow/read_scope.h"
#include "flow/resource_scopes.h"
#include "store/metadata.h"

/* "The client credentials grant type MUST only be used by confidential clients." */
static enum step_result authenticate(struct context *c, struct client_grant *g)
{
	return authenticate_confidential(c, &g->request->credentials, &g->client, &g->refusal);
}

static enum step_result check_app(struct context *c, struct client_grant *g)
{
	return check_served(c, service_of_client(&g->client), g->request->edge, &g->refusal);
}

/* RFC 6749 5.2: unauthorized_client */
static enum step_result check_registered(struct context *c, struct client_grant *g)
{
	return check_client_grant(
		c, g->request->edge, &g->client, GRANT_TYPE_CLIENT_CREDENTIALS, &g->refusal);
}

static enum step_result check_proof_of_key(struct context *c, struct client_grant *g)
{
	return check_sender(
		c, &g->request->credentials, &g->client, g->request->edge, &g->sender, &g->refusal);
}

/* RFC 6749 3.3. Nobody is asked, so only what the app is registered for is given. */
static enum step_result check_scope(struct context *c, struct client_grant *g)
{
	const struct app_rights rights = app_rights_of(c->arena, g->client.metadata);
	const struct asked_scope asked = {
		g->request->edge, g->request->scope, CAUSE_CLIENT_GRANT_SCOPE, &g->refusal};
	struct scope_set own;
	size_t unknown;
	bool offline;

	if (scope_parse(rights.own_scopes, &own, &unknown, &offline) != SCOPE_OK)
		own = (struct scope_set){{0}};
	return read_scope_within(c, &asked, own, &g->scopes);
}

static enum step_result check_resources(struct context *c, struct client_grant *g)
{
	enum step_result result;

	g->bound = g->request->bound;
	result = read_resources(c, &g->request->resources, &g->bound, &g->refusal);
	return result == STEP_NEXT && str_has_text(g->request->scope)
		       ? check_resource_scopes(c, &g->bound, g->scopes, &g->refusal)
		       : result;
}

/* RFC 9396 4; nobody is asked, as with scopes. */
static enum step_result check_details(struct context *c, struct client_grant *g)
{
	const struct asked_details asked = {.sent = g->request->details,
		.metadata = client_metadata_of(c->arena, &g->client),
		.unasked = true};

	return read_details(c, &asked, &g->bound, &g->refusal);
}

/* The first step with an effect, and that only the first time. */
static enum step_result find_grant(struct context *c, struct client_grant *g)
{
	return find_own_grant(c, &g->client, scope_format(c->arena, g->scopes, " "), &g->grant);
}

/* RFC 6749 4.4.3: "A refresh token SHOULD NOT be included." */
static enum step_result issue(struct context *c, struct client_grant *g)
{
	const struct terms_request terms = {
		.service = service_of_client(&g->client), .edge = g->request->edge};
	struct issue_request request = {.app_id = g->client.app_id,
		.account_id = ACCOUNT_OF_APPS,
		.grant_id = g->grant.id,
		.scopes = scope_format(c->arena, g->scopes, " "),
		.terms = token_terms(c, &terms),
		.bound = bind_to_sender(c, bound_write(c->arena, &g->bound), &g->bound, &g->sender),
		.dpop = str_is_set(g->sender.jkt),
		.client_id = g->request->credentials.client_id};

	if (context_failed(c, store_next_id(c->store, &request.token_id)))
		return STEP_FAIL;
	g->refusal.flow_id = request.token_id;
	enum step_result result = issue_token(c, &request, &g->issued);

	g->issued.details = g->bound.details;
	return result;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct client_grant *);
} steps[] = {
	/* clang-format off */
	STEP(authenticate), /* RFC 6749 4.4.2 */
	STEP(check_app),
	STEP(check_registered), /* RFC 6749 5.2 */
	STEP(check_proof_of_key), /* RFC 9449 5, RFC 8705 3 */
	STEP(check_scope),  /* RFC 6749 3.3 */
	STEP(check_resources), /* RFC 8707 2.2 */
	STEP(check_details), /* RFC 9396 4 */
	STEP(find_grant),   /* the first effect */
	STEP(issue),        /* RFC 6749 4.4.3 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result grant_to_client(
	struct context *c, const struct client_grant_request *request, struct client_grant *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "grant_to_client", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *grant_to_client_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
