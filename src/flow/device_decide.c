#include "flow/device_decide.h"

#include "store/audit.h"

static enum step_result end(struct device_decision *d, enum device_outcome outcome)
{
	d->outcome = outcome;
	return STEP_DONE;
}

static enum step_result find_code(struct context *c, struct device_decision *d)
{
	if (!user_code_read(d->typed, d->user_code))
		return end(d, DEVICE_NOT_FOUND);
	enum db_status status = device_by_user_code(c->store, c->arena, d->user_code, &d->device);

	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK ? STEP_NEXT : end(d, DEVICE_NOT_FOUND);
}

/* Only where the code was entered: a link or a form with a code in it shows and decides nothing,
 * and nobody learns here which codes exist. */
static enum step_result check_session(struct context *c, struct device_decision *d)
{
	(void)c;
	return d->device.session_id == d->session_id ? STEP_NEXT : end(d, DEVICE_NOT_FOUND);
}

static enum step_result check_expiry(struct context *c, struct device_decision *d)
{
	return store_now(c->store) < d->device.expires_at && !d->device.fenced
		       ? STEP_NEXT
		       : end(d, DEVICE_EXPIRED);
}

static enum step_result find_app(struct context *c, struct device_decision *d)
{
	enum db_status status = app_by_id(c->store, c->arena, d->device.app_id, &d->app);

	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK && !d->app.suspended_at && d->app.device_flow
		       ? STEP_NEXT
		       : end(d, DEVICE_NOT_FOUND);
}

static enum step_result load_grant(struct context *c, struct device_decision *d)
{
	struct grant grant;
	struct scope_set asked;
	enum db_status status = grant_read(c->store, c->arena, d->account->id, &d->app, &grant);

	if (context_failed(c, status) || !bound_read(c->arena, d->device.bound, &d->bound) ||
		!scope_read(d->device.scopes, &asked))
		return STEP_FAIL;
	d->has_grant = status == DB_OK;
	if (d->has_grant && !scope_read(grant.scopes, &d->granted))
		return STEP_FAIL;
	/* GitHub reference 2.3: without scopes the token gets what was allowed. */
	bool as_before = d->has_grant && !d->bound.standard && scope_is_empty(asked);

	d->scopes = as_before ? scope_without_openid(d->granted) : asked;
	return STEP_NEXT;
}

static enum step_result need_decision(struct context *c, struct device_decision *d)
{
	switch (d->decision) {
	case DECISION_ALLOW:
		return STEP_NEXT;
	case DECISION_NONE:
		return end(d, DEVICE_ASK);
	case DECISION_DENY:
		break;
	}
	enum db_status status = device_deny(c->store, d->device.id, d->session_id);

	if (context_failed(c, status))
		return STEP_FAIL;
	return end(d, status == DB_OK ? DEVICE_DENIED : DEVICE_NOT_FOUND);
}

static enum step_result need_verified_email(struct context *c, struct device_decision *d)
{
	(void)c;
	return d->account->primary_verified ? STEP_NEXT : end(d, DEVICE_VERIFY_EMAIL);
}

/* OpenID Connect: what the ID token will say of the sign-in is settled now. The device is another
 * one than the browser, and goes on when that signs out. */
static struct str bind(struct context *c, const struct device_decision *d)
{
	struct bound bound = d->bound;

	bound.oidc = bound.standard && scope_allows(d->scopes, "openid");
	bound.offline = d->device.offline;
	if (bound.oidc)
		bind_sign_in(&d->signed_on, &bound);
	return bound_write(c->arena, &bound);
}

/* The place among the grant's tokens is taken now (store/token_slot.c). */
static enum step_result approve(struct context *c, struct device_decision *d, uint64_t grant_id)
{
	struct token_slot slot;
	struct device_approval approval = {.account_id = d->account->id,
		.grant_id = grant_id,
		.scopes = scope_format(c->arena, d->scopes, " "),
		.bound = bind(c, d)};

	if (context_failed(c, token_slot_take(c->store, c->arena, grant_id, approval.scopes,
				      c->settings->tokens_per_scope_set,
				      c->settings->device_code_lifetime_s, &slot)))
		return STEP_FAIL;
	approval.token_id = slot.token_id;
	approval.evict_token_id = slot.evict_token_id;
	/* Nobody else writes within this transaction: what was waiting still is. */
	enum db_status status = device_approve(c->store, d->device.id, d->session_id, &approval);

	if (status == DB_NONE)
		c->failed = true;
	return c->failed || context_failed(c, status) ? STEP_FAIL : end(d, DEVICE_APPROVED);
}

/* The first step with an effect. */
static enum step_result record_grant(struct context *c, struct device_decision *d)
{
	struct grant grant;
	bool created;
	struct scope_set all = scope_union(d->granted, d->scopes);
	struct str text = scope_format(c->arena, all, " ");
	enum db_status status =
		grant_put(c->store, c->arena, d->account->id, &d->app, text, &grant, &created);

	if (status == DB_OK && str_is_set(d->bound.details))
		status = grant_set_details(c->store, &grant, d->bound.details);
	if (status == DB_OK)
		status = audit_write(c->store, d->account->id, d->account->login,
			created ? "oauth_authorization.create" : "oauth_authorization.update",
			d->app.id, text, c->remote);
	if (context_failed(c, status))
		return STEP_FAIL;
	return approve(c, d, grant.id);
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct device_decision *);
} steps[] = {
	/* clang-format off */
	STEP(find_code),           /* RFC 8628 3.3 */
	STEP(check_session),
	STEP(check_expiry),
	STEP(find_app),
	STEP(load_grant),
	STEP(need_decision),       /* RFC 8628 5.4: always asked */
	STEP(need_verified_email),
	STEP(record_grant),        /* the first effect of an approval */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result decide_device(struct context *c, struct device_decision *d)
{
	enum step_result result = STEP_NEXT;

	for (size_t i = 0; i < STEPS && result == STEP_NEXT; i++)
		result = steps[i].run(c, d);
	if (result == STEP_FAIL)
		c->failed = true;
	return result;
}

const char *decide_device_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
