#include "base/json_body.h"

#include <jansson.h>

#include "base/arena.h"

enum json_status json_body_read(struct arena *a, struct str text, struct json_body *out)
{
	json_t *root;

	out->root = NULL;
	if (!str_has_text(str_trim(text)))
		return JSON_READ;
	enum json_status status = json_parse(a, text, &out->root);

	root = out->root;
	if (status == JSON_READ && !json_is_object(root))
		return JSON_NOT_OBJECT;
	return status;
}

static const json_t *member(const struct json_body *b, const char *name)
{
	return json_object_get(b->root, name);
}

bool json_body_has(const struct json_body *b, const char *name)
{
	return member(b, name) != NULL;
}

static struct str text_of(struct arena *a, const json_t *value)
{
	return str_dup(a, (struct str){json_string_value(value), json_string_length(value)});
}

enum json_member json_body_text(
	struct arena *a, const struct json_body *b, const char *name, struct str *out)
{
	const json_t *value = member(b, name);

	*out = STR_NONE;
	if (!value || json_is_null(value))
		return JSON_ABSENT;
	if (!json_is_string(value))
		return JSON_WRONG;
	*out = text_of(a, value);
	return JSON_HERE;
}

enum json_member json_body_texts(
	struct arena *a, const struct json_body *b, const char *name, struct str **out, size_t *n)
{
	const json_t *value = member(b, name);

	*out = NULL;
	*n = 0;
	if (!value || json_is_null(value))
		return JSON_ABSENT;
	if (!json_is_array(value))
		return JSON_WRONG;
	*out = ARENA_ARRAY(a, struct str, json_array_size(value));
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *one = json_array_get(value, i);

		if (!json_is_string(one))
			return JSON_WRONG;
		(*out)[(*n)++] = text_of(a, one);
	}
	return JSON_HERE;
}

enum json_member json_body_number(const struct json_body *b, const char *name, int64_t *out)
{
	const json_t *value = member(b, name);

	if (!value || json_is_null(value))
		return JSON_ABSENT;
	if (!json_is_integer(value))
		return JSON_WRONG;
	*out = json_integer_value(value);
	return JSON_HERE;
}

enum json_member json_body_flag(const struct json_body *b, const char *name, bool *out)
{
	const json_t *value = member(b, name);

	if (!value || json_is_null(value))
		return JSON_ABSENT;
	if (!json_is_boolean(value))
		return JSON_WRONG;
	*out = json_is_true(value);
	return JSON_HERE;
}
