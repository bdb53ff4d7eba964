#include "flow/check_token.h"

#include <string.h>

#include "flow/token_uses.h"

enum { DAY_S = 86400 };

/* What ended the token, first things first; CAUSE_NONE when nothing did. */
static enum cause end_of(const struct token *t, int64_t now)
{
	if (t->revoked_at)
		return CAUSE_TOKEN_REVOKED;
	if (t->expires_at && now >= t->expires_at)
		return CAUSE_TOKEN_EXPIRED;
	if (t->grant_revoked_at)
		return CAUSE_TOKEN_GRANT_REVOKED;
	if (t->grant_epoch != t->app_epoch)
		return CAUSE_TOKEN_APP_REVOKED_ALL;
	if (t->app_suspended_at)
		return CAUSE_TOKEN_APP_SUSPENDED;
	if (t->account.suspended_at)
		return CAUSE_TOKEN_USER_SUSPENDED;
	return CAUSE_NONE;
}

static enum cause shape_fault(struct context *c, struct str text, uint64_t *id)
{
	enum token_kind kind;

	switch (token_read(&c->store->locator, text, &kind, id)) {
	case TOKEN_OK:
		return CAUSE_NONE;
	case TOKEN_BAD_SHAPE:
		return CAUSE_TOKEN_MALFORMED;
	case TOKEN_BAD_CHECKSUM:
		break;
	}
	return CAUSE_TOKEN_CHECKSUM;
}

/* GitHub reference section 9: a year without use ends a token. Only old tokens are looked up. */
static enum step_result check_disuse(struct context *c, struct checked_token *t)
{
	int64_t limit_s = c->settings->token_unused_days * DAY_S, now = store_now(c->store), used;

	if (limit_s == 0 || now - t->token.created_at < limit_s)
		return STEP_NEXT;
	if (context_failed(c, token_use_get(c->store, t->token.id, &used)))
		return STEP_FAIL;
	if (now - used >= limit_s)
		t->refusal.cause = CAUSE_TOKEN_UNUSED;
	return STEP_NEXT;
}

/* To the day: a token's first day counts as used by itself. */
static void note_use(struct context *c, const struct token *t)
{
	int64_t now = store_now(c->store);

	if (now - t->created_at >= DAY_S)
		token_uses_add(c->uses, t->id, now);
}

enum step_result check_token(struct context *c, struct str text, struct checked_token *out)
{
	size_t unknown;
	uint64_t id = 0;
	bool offline;

	memset(out, 0, sizeof *out);
	out->refusal.cause = str_has_text(text) ? shape_fault(c, text, &id) : CAUSE_TOKEN_ABSENT;
	if (out->refusal.cause != CAUSE_NONE)
		return STEP_REFUSE;
	enum db_status status = token_read_row(c->store, c->arena, text, id, &out->token);

	if (context_failed(c, status))
		return STEP_FAIL;
	out->refusal.cause =
		status == DB_NONE ? CAUSE_TOKEN_UNKNOWN : end_of(&out->token, store_now(c->store));
	if (out->refusal.cause == CAUSE_NONE && check_disuse(c, out) == STEP_FAIL)
		return STEP_FAIL;
	if (out->refusal.cause != CAUSE_NONE)
		return STEP_REFUSE;
	note_use(c, &out->token);
	if (scope_parse(out->token.scopes, &out->scopes, &unknown, &offline) != SCOPE_OK)
		return STEP_FAIL;
	return STEP_DONE;
}
