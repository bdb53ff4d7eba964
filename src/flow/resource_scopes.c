#include "flow/resource_scopes.h"

#include "flow/read_resources.h"
#include "store/resource.h"

/* What one of them knows; `*all` when nothing needs to go. */
static bool known_at(
	struct context *c, const struct bound *bound, struct scope_set *known, bool *all)
{
	*known = (struct scope_set){{0}};
	*all = bound->resources_n == 0;
	for (size_t i = 0; i < bound->resources_n && !*all; i++) {
		struct resource one = {.scopes = STR_NONE};
		struct scope_set its;
		enum db_status status = DB_NONE;

		if (!is_resource_of_ours(c, bound->resources[i]))
			status = resource_read(c->store, c->arena, bound->resources[i], &one);
		if (context_failed(c, status))
			return false;
		/* One that was deleted since knows nothing that could be told. */
		*all = !str_is_set(one.scopes);
		if (*all)
			break;
		c->failed = !scope_read(one.scopes, &its);
		if (c->failed)
			return false;
		*known = scope_union(*known, its);
	}
	return true;
}

bool narrow_to_resources(struct context *c, const struct bound *bound, struct scope_set *scopes)
{
	struct scope_set known;
	bool all;

	if (!known_at(c, bound, &known, &all))
		return false;
	if (!all)
		*scopes = scope_intersection(*scopes, known);
	return true;
}

enum step_result check_resource_scopes(struct context *c, const struct bound *bound,
	struct scope_set asked, struct refusal *refusal)
{
	struct scope_set own = scope_without_openid(asked), known;
	bool all;

	if (scope_is_empty(own))
		return STEP_NEXT;
	if (!known_at(c, bound, &known, &all))
		return STEP_FAIL;
	if (all || !scope_is_empty(scope_intersection(own, known)))
		return STEP_NEXT;
	refusal->expected = scope_format(c->arena, known, " ");
	refusal->received = scope_format(c->arena, own, " ");
	refusal->cause = CAUSE_RESOURCE_SCOPE;
	return STEP_REFUSE;
}
