#include "core/request_object.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/memory.h"

static bool is_of_the_jwt(const char *name)
{
	static const char *const names[] = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void release(void *at)
{
	memory_give(*(char **)at);
}

static struct str dumped(struct arena *a, const json_t *value)
{
	char **text = ARENA_NEW(a, char *);

	*text = NULL;
	arena_defer(a, release, text);
	*text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	return *text ? str_from(*text) : STR("");
}

static struct str text_of(struct arena *a, const json_t *value)
{
	return json_is_string(value) ? str_dup(a, (struct str){json_string_value(value),
							  json_string_length(value)})
				     : dumped(a, value);
}

static bool add(struct params *out, struct str name, struct str value)
{
	if (out->n == LIMIT_PARAMS)
		return false;
	out->v[out->n++] = (struct param){name, value};
	return true;
}

bool request_object_params(struct arena *a, const struct json_body *claims, struct params *out)
{
	const char *name;
	json_t *value;

	*out = (struct params){ARENA_ARRAY(a, struct param, LIMIT_PARAMS), 0};
	json_object_foreach ((json_t *)claims->root, name, value) {
		struct str key = str_dup(a, str_from(name));
		bool each = strcmp(name, "resource") == 0 && json_is_array(value);

		if (is_of_the_jwt(name) || json_is_null(value))
			continue;
		for (size_t i = 0; each && i < json_array_size(value); i++)
			if (!add(out, key, text_of(a, json_array_get(value, i))))
				return false;
		if (!each && !add(out, key, text_of(a, value)))
			return false;
	}
	return true;
}
