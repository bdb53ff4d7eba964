/* What became of an access token, a refresh token or a device code. */
#include "flow/look_closer.h"
#include "store/look.h"

/* Its row was found: who ended it, and when? */
static void add_end(struct context *c, struct refusal *r, const struct look_token *t)
{
	if (r->cause == CAUSE_TOKEN_REVOKED && str_eq_c(t->revoked_by, "evicted")) {
		r->cause = CAUSE_TOKEN_EVICTED;
		look_add_age(c, r, t->revoked_at);
		refusal_add_number(r, c->arena, EVIDENCE_most, c->settings->tokens_per_scope_set);
	} else if (r->cause == CAUSE_TOKEN_REVOKED) {
		look_add_by(r, t->revoked_by);
		look_add_age(c, r, t->revoked_at);
	} else if (r->cause == CAUSE_TOKEN_EXPIRED) {
		look_add_age(c, r, t->expires_at);
		refusal_add_number(r, c->arena, EVIDENCE_lifetime, t->expires_at - t->created_at);
	} else if (r->cause == CAUSE_TOKEN_GRANT_REVOKED) {
		look_add_by(r, t->grant_revoked_by);
		look_add_age(c, r, t->grant_revoked_at);
	} else if (r->cause == CAUSE_TOKEN_APP_SUSPENDED) {
		look_add_age(c, r, t->app_suspended_at);
	} else if (r->cause == CAUSE_TOKEN_USER_SUSPENDED) {
		look_add_age(c, r, t->account_suspended_at);
	}
	look_add_last_four(r, t->last_eight);
}

/* A good checksum around an id that was never given: GitHub's tokens look like ours. */
static void look_at_stranger(struct context *c, struct refusal *r, struct str text)
{
	enum token_kind kind;
	uint64_t id;

	if (token_read(&c->store->locator, text, &kind, &id) != TOKEN_OK)
		return;
	if (look_id_was_given(c->store, id)) {
		look_add_hash_prefix(c, r, text);
		return;
	}
	r->cause = CAUSE_TOKEN_OF_ANOTHER_HOST;
	refusal_add(r, EVIDENCE_host, c->settings->base_url);
}

/* What is wrong with a proof has causes of its own, which say nothing of the token. */
static bool cause_has_last_four(enum cause cause)
{
	enum wire_error wire = cause_wire(cause);

	return wire != WIRE_INVALID_DPOP_PROOF && wire != WIRE_USE_DPOP_NONCE;
}

void look_at_token(struct context *c, struct refusal *r, const void *of)
{
	const struct checked_token *checked = of;
	struct look_token t;

	if (r->cause == CAUSE_TOKEN_UNUSED)
		refusal_add_number(r, c->arena, EVIDENCE_days, c->settings->token_unused_days);
	if (r->cause == CAUSE_TOKEN_UNKNOWN) {
		look_at_stranger(c, r, checked->text);
	} else if (r->cause == CAUSE_TOKEN_MALFORMED || r->cause == CAUSE_TOKEN_CHECKSUM) {
		look_add_length(c, r, checked->text);
		if (r->cause == CAUSE_TOKEN_MALFORMED)
			refusal_add_number(r, c->arena, EVIDENCE_wanted_length, TOKEN_TEXT_LEN);
	} else if (cause_has_last_four(r->cause) && checked->token.id &&
		   look_token(c->store, c->arena, checked->token.id, &t) == DB_OK) {
		add_end(c, r, &t);
	}
}

void look_at_refresh(struct context *c, struct refusal *r, const void *of)
{
	const struct refresh *refresh = of;
	const struct family *f = &refresh->family;
	struct look_end end;

	if (r->cause == CAUSE_REFRESH_MALFORMED || r->cause == CAUSE_REFRESH_CHECKSUM) {
		look_add_length(c, r, refresh->request->refresh_token);
		if (r->cause == CAUSE_REFRESH_MALFORMED)
			refusal_add_number(r, c->arena, EVIDENCE_wanted_length, REFRESH_TEXT_LEN);
	} else if (r->cause == CAUSE_REFRESH_OF_ANOTHER_APP) {
		look_add_other_app_by_id(c, r, f->app_id);
	} else if (r->cause == CAUSE_REFRESH_EXPIRED) {
		look_add_age(c, r, f->expires_at);
	} else if (r->cause == CAUSE_REFRESH_REPLAYED) {
		refusal_add_number(r, c->arena, EVIDENCE_age, store_now(c->store) - f->rotated_at);
		refusal_add_number(
			r, c->arena, EVIDENCE_generation, (int64_t)refresh->parts.generation);
		refusal_add_number(r, c->arena, EVIDENCE_current_generation, f->generation);
	} else if (r->cause == CAUSE_REFRESH_KILLED &&
		   look_family(c->store, c->arena, f->id, &end) == DB_OK) {
		look_add_by(r, end.by);
		look_add_age(c, r, end.at);
	} else if (r->cause == CAUSE_REFRESH_GRANT_REVOKED) {
		look_add_grant_end(c, r, f->grant_id);
	} else if (r->cause == CAUSE_REFRESH_USER_SUSPENDED) {
		look_add_age(c, r, f->account_suspended_at);
	}
}

void look_at_device(struct context *c, struct refusal *r, const void *of)
{
	const struct device_polling *poll = of;
	const struct device *d = &poll->device;

	if (r->cause == CAUSE_DEVICE_CODE_MALFORMED) {
		look_add_length(c, r, poll->request->device_code);
		refusal_add_number(r, c->arena, EVIDENCE_wanted_length, CODE_TEXT_LEN);
	} else if (r->cause == CAUSE_DEVICE_CODE_OF_ANOTHER_APP) {
		look_add_other_app_by_id(c, r, d->app_id);
	} else if (r->cause == CAUSE_DEVICE_CODE_REDEEMED) {
		look_add_age(c, r, d->consumed_at ? d->consumed_at : store_now(c->store));
	} else if (r->cause == CAUSE_DEVICE_CODE_FENCED) {
		refusal_add_number(r, c->arena, EVIDENCE_age, store_now(c->store) - d->created_at);
	} else if (r->cause == CAUSE_DEVICE_CODE_EXPIRED) {
		look_add_age(c, r, d->expires_at);
		refusal_add_number(r, c->arena, EVIDENCE_lifetime, d->expires_at - d->created_at);
	} else if (r->cause == CAUSE_DEVICE_TOO_EARLY) {
		refusal_add_number(r, c->arena, EVIDENCE_waited, poll->waited_s);
		refusal_add_number(r, c->arena, EVIDENCE_interval, poll->interval_s);
	} else if (r->cause == CAUSE_DEVICE_DENIED) {
		look_add_age(c, r, d->denied_at);
	} else if (r->cause == CAUSE_DEVICE_GRANT_REVOKED) {
		look_add_grant_end(c, r, d->grant_id);
	} else if (r->cause == CAUSE_DEVICE_USER_SUSPENDED) {
		look_add_age(c, r, d->account_suspended_at);
	}
}
