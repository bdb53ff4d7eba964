#include "flow/manage_token.h"

#include "core/redact.h"
#include "flow/check_app.h"
#include "flow/look_closer.h"

#include <string.h>

enum { DAY = 86400 };

static enum step_result refuse(struct managed_token *m, enum cause cause)
{
	m->refusal.cause = cause;
	return STEP_REFUSE;
}

enum step_result manage_token_client(
	struct context *c, struct str authorization, struct str path_id, struct managed_token *out)
{
	struct client_credentials *given = ARENA_NEW(c->arena, struct client_credentials);

	memset(out, 0, sizeof *out);
	if (client_auth_read(c->arena, authorization, STR_NONE, STR_NONE, given) !=
		CLIENT_AUTH_OK) {
		refusal_add(&out->refusal, EVIDENCE_fault, str_from(given->basic_fault));
		return refuse(out, CAUSE_CLIENT_BASIC_MALFORMED);
	}
	if (str_is_set(given->client_id) && !str_eq(given->client_id, path_id)) {
		/* Who mixes them up may have put a secret there. */
		out->refusal.expected = redact_client_id(c->arena, path_id);
		out->refusal.received = redact_client_id(c->arena, given->client_id);
		return refuse(out, CAUSE_MANAGE_PATH_DIFFERS);
	}
	enum step_result result = authenticate_confidential(c, given, &out->client, &out->refusal);

	if (result == STEP_NEXT)
		result = check_served(
			c, service_of_client(&out->client), DIALECT_GITHUB, &out->refusal);
	c->app_id = result == STEP_NEXT ? out->client.app_id : 0;
	return result;
}

/* GitHub reference section 9: a token that was not used for long is over. */
static bool is_unused(struct context *c, const struct authorization *t)
{
	int64_t limit_s = c->settings->token_unused_days * DAY;
	int64_t last = t->used_at > t->created_at ? t->used_at : t->created_at;

	return limit_s && store_now(c->store) - last >= limit_s;
}

enum step_result manage_token_find(
	struct context *c, struct str text, bool ending, struct managed_token *out)
{
	struct checked_token *looked = ARENA_NEW(c->arena, struct checked_token);
	enum token_kind kind;
	uint64_t id;

	looked->text = text;
	out->refusal.closer = look_at_token;
	out->refusal.closer_of = looked;
	switch (token_read(&c->store->locator, text, &kind, &id)) {
	case TOKEN_OK:
		break;
	case TOKEN_BAD_SHAPE:
		return refuse(out, CAUSE_TOKEN_MALFORMED);
	case TOKEN_BAD_CHECKSUM:
		return refuse(out, CAUSE_TOKEN_CHECKSUM);
	}
	enum db_status status = token_read_row(c->store, c->arena, text, id, &looked->token);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE)
		return refuse(out, CAUSE_TOKEN_UNKNOWN);
	const struct token row = looked->token;

	out->user = row.account;
	status = authorization_read(c->store, c->arena, row.account.id, id, &out->token);
	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE) {
		enum cause end = token_end_of(&row, store_now(c->store));

		return refuse(out, end ? end : CAUSE_TOKEN_REVOKED);
	}
	if (out->token.app_id != out->client.app_id) {
		look_add_other_app_by_id(c, &out->refusal, out->token.app_id);
		out->refusal.closer = NULL;
		return refuse(out, CAUSE_MANAGE_TOKEN_OF_ANOTHER_APP);
	}
	out->refusal.flow_id = id;
	if (is_unused(c, &out->token))
		return refuse(out, CAUSE_TOKEN_UNUSED);
	return row.account.suspended_at && !ending ? refuse(out, CAUSE_TOKEN_USER_SUSPENDED)
						   : STEP_NEXT;
}
