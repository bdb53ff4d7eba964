#include "flow/introspect.h"

#include <string.h>

#include "core/app_rights.h"
#include "flow/attempts.h"
#include "flow/authenticate_client.h"
#include "flow/look_closer.h"

/* RFC 7662 2.1: "the protected resource" must "be authorized". A public client cannot be. */
static enum step_result authenticate(struct context *c, struct introspection *n)
{
	return authenticate_confidential(c, &n->request->credentials, &n->client, &n->refusal);
}

static enum step_result check_app(struct context *c, struct introspection *n)
{
	return check_served(c, service_of_client(&n->client), n->request->edge, &n->refusal);
}

static enum step_result need_token(struct context *c, struct introspection *n)
{
	(void)c;
	if (str_has_text(n->request->token))
		return STEP_NEXT;
	refusal_add(&n->refusal, EVIDENCE_parameter, STR("token"));
	n->refusal.cause = CAUSE_TOKEN_PARAMETER_MISSING;
	return STEP_REFUSE;
}

/* No token that was ever given was asked about. */
static bool is_of_nobody(const struct introspection *n)
{
	return !n->checked.token.created_at && !n->refresh.family.app_id;
}

/* RFC 7662 2.2: "if the protected resource is not allowed to introspect this particular token ...
 * the authorization server MUST instead return an introspection response with the "active" field
 * set to "false"". */
static enum step_result not_for_this_app(
	struct context *c, struct introspection *n, int64_t app_id, enum cause cause)
{
	n->inactive = (struct refusal){.cause = cause, .app_id = n->client.app_id, .proven = true};
	look_add_other_app_by_id(c, &n->inactive, app_id);
	return STEP_NEXT;
}

static enum step_result tell_access_token(struct context *c, struct introspection *n)
{
	const struct token *t = &n->checked.token;

	/* Looking after one's own tokens is no use of them; whoever else asks, lets it in. */
	switch (examine_token(c, n->request->token, &n->checked)) {
	case STEP_DONE:
		if (n->resource_server)
			note_token_use(c, &n->checked);
		break;
	case STEP_REFUSE:
		n->inactive = n->checked.refusal;
		if (t->app_id && t->app_id != n->client.app_id && !n->resource_server)
			return not_for_this_app(c, n, t->app_id, CAUSE_MANAGE_TOKEN_OF_ANOTHER_APP);
		return STEP_NEXT;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		return STEP_FAIL;
	}
	if (t->app_id != n->client.app_id && !n->resource_server)
		return not_for_this_app(c, n, t->app_id, CAUSE_MANAGE_TOKEN_OF_ANOTHER_APP);
	n->active = true;
	n->refusal.flow_id = t->id;
	n->token = (struct introspected){.client_id = t->client_id,
		.login = t->account.login,
		.account_id = t->account.id,
		.scopes = t->scopes,
		.bound = t->bound,
		.issued_at = t->created_at,
		.expires_at = t->expires_at};
	return STEP_NEXT;
}

static enum step_result inactive_family(struct introspection *n, enum cause cause)
{
	n->inactive = (struct refusal){.cause = cause,
		.app_id = n->client.app_id,
		.proven = true,
		.flow_id = n->refresh.family.id,
		.closer = look_at_refresh,
		.closer_of = &n->refresh};
	return STEP_NEXT;
}

static enum step_result tell_family(struct context *c, struct introspection *n)
{
	const struct family *f = &n->refresh.family;
	struct account account;
	struct bound bound;
	uint8_t hash[SHA256_LEN];

	sha256(n->request->token, hash);
	enum cause end = family_end_of(f, store_now(c->store));

	c->failed = !bound_read(c->arena, f->bound, &bound);
	if (!end && !c->failed)
		end = family_grant_end_of(f, n->client.epoch);
	if (!end && !c->failed)
		end = family_session_end_of(c, &bound);
	if (c->failed)
		return STEP_FAIL;
	if (!end && !ct_equal(hash, f->current_hash, sizeof hash))
		end = CAUSE_REFRESH_REPLAYED;
	if (end)
		return inactive_family(n, end);
	if (context_failed(c, account_by_id(c->store, c->arena, f->account_id, &account)))
		return STEP_FAIL;
	n->active = true;
	n->refusal.flow_id = f->id;
	n->token = (struct introspected){.is_refresh_token = true,
		.client_id = n->own_client_id,
		.login = account.login,
		.account_id = f->account_id,
		.scopes = f->scopes,
		.bound = f->bound,
		.issued_at = f->rotated_at,
		.expires_at = f->expires_at};
	return STEP_NEXT;
}

/* Assurance 7662-07: a resource server that is shown a refresh token must not take it for more. */
static enum step_result tell_refresh_token(struct context *c, struct introspection *n)
{
	struct refresh *r = &n->refresh;

	n->refresh_request.refresh_token = n->request->token;
	r->request = &n->refresh_request;
	enum cause fault = refresh_text_fault(c, n->request->token, &r->parts);

	if (fault)
		return inactive_family(n, fault);
	enum db_status status = family_read(c->store, c->arena, r->parts.family, &r->family);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE)
		return inactive_family(n, CAUSE_REFRESH_UNKNOWN);
	if (r->family.app_id != n->client.app_id)
		return not_for_this_app(c, n, r->family.app_id, CAUSE_REFRESH_OF_ANOTHER_APP);
	return tell_family(c, n);
}

/* RFC 7662 2.1: the hint is not needed, so it is not read. */
static enum step_result tell(struct context *c, struct introspection *n)
{
	bool refresh = str_starts(n->request->token, STR("ghr_"));

	n->resource_server = app_rights_of(c->arena, n->client.metadata).resource_server;
	n->own_client_id = n->request->credentials.client_id;
	return refresh ? tell_refresh_token(c, n) : tell_access_token(c, n);
}

/* RFC 7662 4: "to prevent token scanning attacks". An API that is shown rubbish by strangers asks
 * about it in good faith, so tokens that were given out are told all the while. */
static enum step_result slow_down_guesses(struct context *c, struct introspection *n)
{
	const struct attempts guesses = {
		.who = str_printf(c->arena, "unknown tokens of %lld", (long long)n->client.app_id),
		.most = {c->settings->unknown_tokens_per_minute, 60},
		.cause = CAUSE_INTROSPECTION_THROTTLED};

	if (n->active || !is_of_nobody(n))
		return STEP_NEXT;
	enum step_result result = attempts_look(c, &guesses, &n->refusal);

	if (result == STEP_NEXT)
		attempts_count(c, &guesses);
	return result;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct introspection *);
} steps[] = {
	/* clang-format off */
	STEP(authenticate),      /* RFC 7662 2.1 */
	STEP(check_app),
	STEP(need_token),        /* RFC 7662 2.1 */
	STEP(tell),              /* RFC 7662 2.2 */
	STEP(slow_down_guesses), /* RFC 7662 4 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result introspect(
	struct context *c, const struct introspect_request *request, struct introspection *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "introspect", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *introspect_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
