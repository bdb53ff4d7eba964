#include "flow/issue_token.h"

static int64_t lifetime_of(const struct context *c, const struct issue_request *q)
{
	return q->lifetime_s ? q->lifetime_s : c->settings->access_token_lifetime_s;
}

static enum db_status begin_family(
	struct context *c, const struct issue_request *q, struct issued *out)
{
	const struct family_fields fields = {.app_id = q->app_id,
		.account_id = q->account_id,
		.grant_id = q->grant_id,
		.token_id = q->token_id,
		.scopes = q->scopes,
		.bound = q->bound,
		.public_client = q->public_client,
		.expires_at = store_now(c->store) + c->settings->refresh_token_lifetime_s};

	out->expires = true;
	out->expires_in_s = lifetime_of(c, q);
	out->refresh_expires_in_s = c->settings->refresh_token_lifetime_s;
	return family_begin(c->store, &fields, out->refresh_token);
}

/* GitHub reference section 9: the eleventh token of a set ends the oldest. */
static enum db_status evict(struct context *c, uint64_t token_id)
{
	enum db_status status = token_id ? token_revoke(c->store, token_id, "evicted") : DB_OK;

	return status == DB_NONE ? DB_OK : status;
}

enum step_result issue_token(struct context *c, const struct issue_request *q, struct issued *out)
{
	const struct token_fields fields = {.kind = TOKEN_OAUTH,
		.app_id = q->app_id,
		.account_id = q->account_id,
		.grant_id = q->grant_id,
		.scopes = q->scopes,
		.bound = q->bound,
		.expires_at = q->expires ? store_now(c->store) + lifetime_of(c, q) : 0};

	*out = (struct issued){.scopes = q->scopes};
	enum db_status status = token_issue(c->store, q->token_id, &fields, out->access_token);

	if (status == DB_OK && q->expires)
		status = begin_family(c, q, out);
	if (status == DB_OK)
		status = evict(c, q->evict_token_id);
	if (context_failed(c, status))
		return STEP_FAIL;
	atomic_fetch_add_explicit(&c->counters->tokens_issued, 1, memory_order_relaxed);
	return STEP_NEXT;
}
