#include "base/json_object.h"

#include <jansson.h>

#include "base/arena.h"
#include "base/limits.h"

static void release(void *what)
{
	json_decref(*(json_t **)what);
}

/* The parser's own bound on nesting is far above what anyone needs. */
static bool too_deep(struct str text)
{
	int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']'))
			depth--;
		if (depth > LIMIT_JSON_DEPTH)
			return true;
	}
	return false;
}

static bool member_text(struct arena *a, const json_t *value, struct str *out)
{
	if (json_is_string(value))
		*out = str_dup(
			a, (struct str){json_string_value(value), json_string_length(value)});
	else if (json_is_integer(value))
		*out = str_printf(a, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		*out = json_is_true(value) ? STR("true") : STR("false");
	else
		return false;
	return true;
}

enum json_status json_parse(struct arena *a, struct str text, void **root)
{
	json_t **kept = ARENA_NEW(a, json_t *);

	*root = NULL;
	if (too_deep(text))
		return JSON_SYNTAX;
	arena_defer(a, release, kept);
	*kept = json_loadb(
		text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
	*root = *kept;
	return *kept ? JSON_READ : JSON_SYNTAX;
}

enum json_status json_read_object(struct arena *a, struct str text, size_t max, struct params *out)
{
	void *parsed;
	const char *name;
	json_t *value;

	*out = (struct params){0};
	if (json_parse(a, text, &parsed) != JSON_READ)
		return JSON_SYNTAX;
	json_t *root = parsed;

	if (!json_is_object(root))
		return JSON_NOT_OBJECT;
	if (json_object_size(root) > max)
		return JSON_TOO_MANY;
	out->v = ARENA_ARRAY(a, struct param, json_object_size(root));
	json_object_foreach (root, name, value) {
		if (json_is_null(value))
			continue;
		struct param *p = &out->v[out->n++];

		p->name = str_dup(a, str_from(name));
		if (!member_text(a, value, &p->value))
			return JSON_BAD_MEMBER;
	}
	return JSON_READ;
}
