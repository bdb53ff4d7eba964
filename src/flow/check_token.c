#include "flow/check_token.h"

#include <string.h>

#include "flow/look_closer.h"
#include "flow/token_uses.h"

enum { DAY_S = 86400 };

enum cause token_end_of(const struct token *t, int64_t now)
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

/* The checks in their order, each with the causes that it ends with. */
static const struct {
	const char *name;
	enum cause causes[2];
} checks[] = {
	{"sent", {CAUSE_TOKEN_ABSENT}},
	{"shape", {CAUSE_TOKEN_MALFORMED}},
	{"checksum", {CAUSE_TOKEN_CHECKSUM}},
	{"known", {CAUSE_TOKEN_UNKNOWN}},
	{"revoked", {CAUSE_TOKEN_REVOKED}},
	{"expired", {CAUSE_TOKEN_EXPIRED}},
	{"grant", {CAUSE_TOKEN_GRANT_REVOKED, CAUSE_TOKEN_APP_REVOKED_ALL}},
	{"app", {CAUSE_TOKEN_APP_SUSPENDED}},
	{"user", {CAUSE_TOKEN_USER_SUSPENDED}},
	{"used", {CAUSE_TOKEN_UNUSED}},
	{"person", {CAUSE_TOKEN_OF_NO_USER}},
	{"scope", {CAUSE_TOKEN_SCOPE}},
};
enum { CHECKS = sizeof checks / sizeof checks[0] };

const char *check_token_step(size_t i)
{
	return i < CHECKS ? checks[i].name : NULL;
}

enum step_result check_token_refuse(struct checked_token *t, enum cause cause)
{
	size_t i = 0;

	while (i < CHECKS && checks[i].causes[0] != cause && checks[i].causes[1] != cause)
		i++;
	t->refusal.cause = cause;
	t->refusal.closer = look_at_token;
	t->refusal.closer_of = t;
	refusal_at(&t->refusal, "check_token", i);
	return STEP_REFUSE;
}

/* Its row was found: so it is known of whom the request is. */
static void note_owner(struct checked_token *t)
{
	t->refusal.app_id = t->token.app_id;
	t->refusal.flow_id = t->token.id;
	t->refusal.proven = true;
}

enum step_result examine_token(struct context *c, struct str text, struct checked_token *out)
{
	size_t unknown;
	uint64_t id = 0;
	bool offline;

	memset(out, 0, sizeof *out);
	out->text = text;
	out->refusal.cause = str_has_text(text) ? shape_fault(c, text, &id) : CAUSE_TOKEN_ABSENT;
	if (out->refusal.cause != CAUSE_NONE)
		return check_token_refuse(out, out->refusal.cause);
	enum db_status status = token_read_row(c->store, c->arena, text, id, &out->token);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_OK)
		note_owner(out);
	out->refusal.cause = status == DB_NONE ? CAUSE_TOKEN_UNKNOWN
					       : token_end_of(&out->token, store_now(c->store));
	if (out->refusal.cause == CAUSE_NONE && check_disuse(c, out) == STEP_FAIL)
		return STEP_FAIL;
	if (out->refusal.cause != CAUSE_NONE)
		return check_token_refuse(out, out->refusal.cause);
	if (scope_parse(out->token.scopes, &out->scopes, &unknown, &offline) != SCOPE_OK)
		return STEP_FAIL;
	return STEP_DONE;
}

enum step_result check_token(struct context *c, struct str text, struct checked_token *out)
{
	enum step_result result = examine_token(c, text, out);

	if (result == STEP_DONE)
		note_use(c, &out->token);
	return result;
}
