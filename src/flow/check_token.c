#include "flow/check_token.h"

#include <string.h>

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

enum step_result check_token(struct context *c, struct str text, struct checked_token *out)
{
	size_t unknown;
	uint64_t id;
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
	if (out->refusal.cause != CAUSE_NONE)
		return STEP_REFUSE;
	if (scope_parse(out->token.scopes, &out->scopes, &unknown, &offline) != SCOPE_OK)
		return STEP_FAIL;
	return STEP_DONE;
}
