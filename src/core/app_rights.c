#include "core/app_rights.h"

#include <jansson.h>

static void release(void *json)
{
	json_decref(json);
}

struct app_rights app_rights_of(struct arena *a, struct str metadata)
{
	struct app_rights rights = {false, STR_NONE};

	if (!str_has_text(metadata))
		return rights;
	json_t *json = json_loadb(metadata.p, metadata.n, JSON_REJECT_DUPLICATES, NULL);

	if (!json)
		return rights;
	/* Before the arena is asked for more: it may jump away. */
	arena_defer(a, release, json);
	const json_t *scope = json_object_get(json, "scope");

	rights.resource_server = json_is_true(json_object_get(json, "resource_server"));
	if (json_is_string(scope))
		rights.own_scopes = str_dup(
			a, (struct str){json_string_value(scope), json_string_length(scope)});
	return rights;
}
