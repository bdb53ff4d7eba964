#include "flow/step_up.h"

#include "core/acr.h"
#include "flow/own_resource.h"

/* What the operator says of the API counts before what they say of the whole server. */
static bool find_wants(struct context *c, struct str path, struct sign_in_wants *out)
{
	const enum own_resource places[] = {own_resource_at(path), OWN_SERVER};

	for (size_t i = 0; i < 2; i++) {
		struct str identifier = resource_wants_kept(c->store, places[i])
						? STR_NONE
						: own_resource_identifier(c, places[i]);
		enum db_status status =
			resource_wants(c->store, c->arena, places[i], identifier, out);

		if (context_failed(c, status))
			return false;
		if (status == DB_OK)
			return true;
	}
	*out = (struct sign_in_wants){STR_NONE, -1};
	return true;
}

/* RFC 9470 3: "at least one of" */
static bool is_sure_enough(const struct sign_in_wants *wants, struct str reached)
{
	struct str rest = wants->acr_values, one;

	while (str_next(&rest, ' ', &one))
		if (acr_suffices(reached, one))
			return true;
	return !str_has_text(wants->acr_values);
}

static bool is_recent_enough(
	const struct context *c, const struct sign_in_wants *wants, int64_t auth_time)
{
	return wants->max_age_s < 0 ||
	       (auth_time && store_now(c->store) - auth_time <= wants->max_age_s);
}

static enum step_result refuse(struct checked_token *out, struct str expected, struct str received)
{
	out->refusal.expected = expected;
	out->refusal.received = received;
	return check_token_refuse(out, CAUSE_TOKEN_SIGN_IN);
}

enum step_result check_step_up(
	struct context *c, struct str path, const struct bound *bound, struct checked_token *out)
{
	struct arena *a = c->arena;
	const struct sign_in_wants *wants = &out->wants;

	if (!find_wants(c, path, &out->wants))
		return STEP_FAIL;
	if (!is_sure_enough(wants, bound->acr))
		return refuse(out, str_printf(a, "acr %.*s", STR_ARG(wants->acr_values)),
			str_has_text(bound->acr) ? str_printf(a, "acr %.*s", STR_ARG(bound->acr))
						 : STR("no acr"));
	if (is_recent_enough(c, wants, bound->auth_time))
		return STEP_NEXT;
	int64_t age_s = store_now(c->store) - bound->auth_time;

	return refuse(out, str_printf(a, "max_age %lld", (long long)wants->max_age_s),
		bound->auth_time ? str_printf(a, "%lld s", (long long)age_s) : STR("no auth_time"));
}
