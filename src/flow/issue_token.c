#include "flow/issue_token.h"

#include "flow/resource_scopes.h"

static int64_t shorter(int64_t lifetime_s, int64_t most_s)
{
	return most_s && most_s < lifetime_s ? most_s : lifetime_s;
}

struct token_terms token_terms(const struct context *c, const struct terms_request *q)
{
	struct rules rules = rules_for(q->service, q->edge);
	bool refresh = (q->token_expiration || q->offline) && !q->no_refresh;
	int64_t lifetime_s = 0;

	if (q->edge == DIALECT_STANDARD || q->begun_standard)
		lifetime_s = c->settings->standard_token_lifetime_s;
	else if (refresh || rules.tokens_expire)
		lifetime_s = c->settings->access_token_lifetime_s;
	return (struct token_terms){shorter(lifetime_s, rules.token_lifetime_s), refresh};
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

	out->refreshes = true;
	out->refresh_expires_in_s = c->settings->refresh_token_lifetime_s;
	return family_begin(c->store, &fields, out->refresh_token);
}

/* GitHub reference section 9: the eleventh token of a set ends the oldest. */
static enum db_status evict(struct context *c, uint64_t token_id)
{
	enum db_status status = token_id ? token_revoke(c->store, token_id, "evicted") : DB_OK;

	return status == DB_NONE ? DB_OK : status;
}

static bool scopes_at_resources(
	struct context *c, const struct issue_request *q, struct str text, struct str *out)
{
	struct scope_set scopes;
	struct bound bound;

	*out = q->scopes;
	c->failed = !bound_read(c->arena, text, &bound) || !scope_read(q->scopes, &scopes);
	if (c->failed || bound.resources_n == 0)
		return !c->failed;
	if (!narrow_to_resources(c, &bound, &scopes))
		return false;
	*out = scope_format(c->arena, scopes, " ");
	return true;
}

enum step_result issue_token(struct context *c, const struct issue_request *q, struct issued *out)
{
	int64_t lifetime_s = q->terms.lifetime_s;
	struct str bound = str_is_set(q->token_bound) ? q->token_bound : q->bound, scopes;

	if (!scopes_at_resources(c, q, bound, &scopes))
		return STEP_FAIL;
	const struct token_fields fields = {.kind = TOKEN_OAUTH,
		.app_id = q->app_id,
		.account_id = q->account_id,
		.grant_id = q->grant_id,
		.scopes = scopes,
		.bound = bound,
		.from_token_id = q->from_token_id,
		.expires_at = lifetime_s ? store_now(c->store) + lifetime_s : 0};

	*out = (struct issued){.dpop = q->dpop, .scopes = scopes, .expires_in_s = lifetime_s};
	const struct access_token_request token = {.id = q->token_id,
		.fields = &fields,
		.client_id = q->client_id,
		.resource = q->resource};

	if (!issue_access_token(c, &token, &out->access_token))
		return STEP_FAIL;
	enum db_status status = q->terms.refresh ? begin_family(c, q, out) : DB_OK;

	if (status == DB_OK)
		status = evict(c, q->evict_token_id);
	if (context_failed(c, status))
		return STEP_FAIL;
	atomic_fetch_add_explicit(&c->counters->tokens_issued, 1, memory_order_relaxed);
	return STEP_NEXT;
}
