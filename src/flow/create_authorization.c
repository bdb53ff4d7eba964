#include "flow/create_authorization.h"

#include <string.h>

#include "base/limits.h"
#include "flow/issue_token.h"
#include "store/audit.h"

bool is_authorization_text(struct str s)
{
	if (s.n > LIMIT_TOKEN_NOTE || !str_is_utf8(s))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7F)
			return false;
	return true;
}

/* The scopes of the user's live grant to the app; none without one. */
static bool read_granted(struct context *c, const struct create_request *q, const struct app *app,
	struct scope_set *out)
{
	struct grant grant;
	enum db_status status = grant_read(c->store, c->arena, q->account_id, app, &grant);

	memset(out, 0, sizeof *out);
	if (context_failed(c, status))
		return false;
	c->failed = status == DB_OK && !scope_read(grant.scopes, out);
	return !c->failed;
}

static const char *action_of(const struct create_request *q)
{
	if (q->client)
		return "oauth_access.create";
	return str_eq_c(q->fingerprint, FINGERPRINT_IMPERSONATION)
		       ? "personal_access_token.impersonate"
		       : "personal_access_token.create";
}

static int64_t lifetime_for(const struct context *c, const struct client *client)
{
	const struct terms_request terms = {.service = service_of_client(client),
		.edge = DIALECT_GITHUB,
		.token_expiration = client->token_expiration};

	return token_terms(c, &terms).lifetime_s;
}

static enum db_status issue(struct context *c, const struct create_request *q, uint64_t grant_id,
	uint64_t *id, char text[TOKEN_TEXT_LEN + 1])
{
	struct token_slot slot;
	struct str scopes = scope_format(c->arena, q->scopes, " ");
	int64_t lifetime_s = q->client ? lifetime_for(c, q->client) : 0;
	const struct token_fields fields = {.kind = q->client ? TOKEN_OAUTH : TOKEN_PERSONAL,
		.app_id = q->client ? q->client->app_id : PERSONAL_APP,
		.account_id = q->account_id,
		.grant_id = grant_id,
		.scopes = scopes,
		.expires_at = lifetime_s ? store_now(c->store) + lifetime_s : 0,
		.note = q->note,
		.note_url = q->note_url,
		.fingerprint = q->fingerprint};
	enum db_status status = token_slot_take(c->store, c->arena, grant_id, scopes,
		q->client ? c->settings->tokens_per_scope_set : 0, c->settings->code_lifetime_s,
		&slot);

	*id = slot.token_id;
	if (status == DB_OK)
		status = token_issue(c->store, slot.token_id, &fields, text);
	if (status == DB_OK && slot.evict_token_id)
		status = authorization_end(c->store, slot.evict_token_id, "evicted");
	return status == DB_NONE ? DB_OK : status;
}

bool create_authorization(struct context *c, const struct create_request *q,
	struct authorization *out, char text[TOKEN_TEXT_LEN + 1])
{
	struct app app = personal_app();
	struct scope_set granted;
	struct grant grant;
	bool created;
	uint64_t id;

	if (q->client) {
		app.id = q->client->app_id;
		app.epoch = q->client->epoch;
	}
	if (!read_granted(c, q, &app, &granted) ||
		context_failed(
			c, grant_put(c->store, c->arena, q->account_id, &app,
				   scope_format(c->arena, scope_union(granted, q->scopes), " "),
				   &grant, &created)) ||
		context_failed(c, issue(c, q, grant.id, &id, text)) ||
		context_failed(c, authorization_read(c->store, c->arena, q->account_id, id, out)))
		return false;
	atomic_fetch_add_explicit(&c->counters->tokens_issued, 1, memory_order_relaxed);
	return !context_failed(
		c, audit_write(c->store, q->account_id, q->actor, action_of(q), app.id,
			   q->client ? out->app_name : out->note, c->remote));
}
