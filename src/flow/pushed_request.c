#include "flow/pushed_request.h"

#include "base/arena.h"
#include "base/limits.h"
#include "core/client_metadata.h"
#include "flow/authorize_parameters.h"
#include "flow/look_closer.h"
#include "store/pushed_request.h"

static enum step_result refuse(struct authorize *a, enum cause cause)
{
	a->refusal.cause = cause;
	return STEP_REFUSE;
}

static enum step_result refuse_aged(
	struct context *c, struct authorize *a, enum cause cause, int64_t since)
{
	look_add_age(c, &a->refusal, since);
	return refuse(a, cause);
}

static enum step_result refuse_fenced(struct context *c, struct authorize *a, int64_t since)
{
	refusal_add_number(&a->refusal, c->arena, EVIDENCE_age, store_now(c->store) - since);
	return refuse(a, CAUSE_PUSHED_FENCED);
}

/* In this order: another app learns nothing of it but that it is not its own. */
static enum step_result check_row(
	struct context *c, struct authorize *a, const struct pushed_request *row)
{
	if (row->app_id != a->app.id)
		return refuse(a, CAUSE_PUSHED_OF_ANOTHER_APP);
	if (row->used_at)
		return refuse_aged(c, a, CAUSE_PUSHED_USED, row->used_at);
	if (row->fenced)
		return refuse_fenced(c, a, row->created_at);
	if (row->expires_at <= store_now(c->store))
		return refuse_aged(c, a, CAUSE_PUSHED_EXPIRED, row->expires_at);
	return STEP_NEXT;
}

/* What comes with the reference is passed over, but for our own mark. */
static bool take(struct context *c, struct authorize *a, struct str text)
{
	struct params *pushed = ARENA_NEW(c->arena, struct params);

	if (form_parse(c->arena, text, LIMIT_PARAMS, pushed) != FORM_OK)
		return false;
	authorize_parameters(pushed, &a->own);
	a->own.client_id = a->request->client_id;
	a->own.sign_in_mark = a->request->sign_in_mark;
	a->request = &a->own;
	context_secret(c, a->own.state);
	return true;
}

/* RFC 9126 4 lets a person reload: it ends when it is answered, not when it is looked at. Whoever
 * came in time has time to sign in. */
static enum step_result open_row(
	struct context *c, struct authorize *a, const struct pushed_request *row)
{
	if (!row->opened_at &&
		context_failed(c, pushed_request_open(c->store, a->reference, LIMIT_PUSHED_OPEN)))
		return STEP_FAIL;
	c->failed = !take(c, a, row->request);
	a->pushed = a->fixed = true;
	return c->failed ? STEP_FAIL : STEP_NEXT;
}

enum step_result read_pushed(struct context *c, struct authorize *a)
{
	struct str uri = a->request->request_uri;
	struct pushed_request row;

	if (!str_starts(uri, STR(PUSHED_PREFIX)))
		return STEP_NEXT;
	a->reference = str_slice(uri, sizeof PUSHED_PREFIX - 1, uri.n);
	context_secret(c, a->reference);
	enum db_status status = pushed_request_read(c->store, c->arena, a->reference, &row);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE)
		return refuse(a, CAUSE_PUSHED_UNKNOWN);
	enum step_result result = check_row(c, a, &row);

	return result == STEP_NEXT ? open_row(c, a, &row) : result;
}

static bool has_to_be_pushed(struct context *c, const struct authorize *a)
{
	return a->rules.pushed ||
	       (c->settings->require_pushed && a->request->edge == DIALECT_STANDARD) ||
	       a->metadata->require_pushed_authorization_requests;
}

enum step_result check_pushed(struct context *c, struct authorize *a)
{
	return a->pushed || !has_to_be_pushed(c, a) ? STEP_NEXT : refuse(a, CAUSE_PUSH_REQUIRED);
}

enum step_result use_pushed(struct context *c, struct authorize *a)
{
	if (!str_is_set(a->reference))
		return STEP_NEXT;
	enum db_status status = pushed_request_use(c->store, a->reference);

	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK ? STEP_NEXT
			       : refuse_aged(c, a, CAUSE_PUSHED_USED, store_now(c->store));
}

bool end_pushed(struct context *c, struct authorize *a)
{
	return !str_is_set(a->reference) ||
	       !context_failed(c, pushed_request_use(c->store, a->reference));
}
