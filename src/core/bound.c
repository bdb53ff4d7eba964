#include "core/bound.h"

#include <jansson.h>
#include <string.h>

#include "base/buf.h"

enum { BOUND_MAX = 65536 };

/* The texts by their names in JSON. */
#define TEXT(member)                                                                               \
	{                                                                                          \
#member, offsetof(struct bound, member)                                            \
	}
static const struct {
	const char *name;
	size_t offset;
} texts[] = {TEXT(jkt), TEXT(x5t), TEXT(details), TEXT(nonce), TEXT(claims), TEXT(acr), TEXT(amr),
	TEXT(sid), TEXT(actor)};
#undef TEXT
enum { TEXTS = sizeof texts / sizeof texts[0] };

static void begin_member(struct buf *b, const char *name)
{
	buf_add_char(b, b->n ? ',' : '{');
	buf_add_json(b, str_from(name));
	buf_add_char(b, ':');
}

static void add_flag(struct buf *b, const char *name, bool value)
{
	if (!value)
		return;
	begin_member(b, name);
	buf_add_c(b, "true");
}

static void add_number(struct buf *b, const char *name, int64_t value)
{
	if (!value)
		return;
	begin_member(b, name);
	buf_addf(b, "%lld", (long long)value);
}

struct str bound_write(struct arena *a, const struct bound *bound)
{
	struct buf b;

	buf_init(&b, a, BOUND_MAX);
	for (size_t i = 0; i < TEXTS; i++) {
		struct str value =
			*(const struct str *)(const void *)((const char *)bound + texts[i].offset);

		if (!str_is_set(value))
			continue;
		begin_member(&b, texts[i].name);
		buf_add_json(&b, value);
	}
	if (bound->resources_n) {
		begin_member(&b, "resources");
		for (size_t i = 0; i < bound->resources_n; i++) {
			buf_add_char(&b, i ? ',' : '[');
			buf_add_json(&b, bound->resources[i]);
		}
		buf_add_char(&b, ']');
	}
	add_number(&b, "auth_time", bound->auth_time);
	add_number(&b, "session", bound->session);
	add_flag(&b, "offline", bound->offline);
	add_flag(&b, "standard", bound->standard);
	add_flag(&b, "redirect", bound->redirect);
	add_flag(&b, "oidc", bound->oidc);
	if (b.n == 0)
		return STR_NONE;
	buf_add_char(&b, '}');
	return buf_str(&b);
}

static struct str text_of(struct arena *a, const json_t *value)
{
	return json_is_string(value) ? str_dup(a, (struct str){json_string_value(value),
							  json_string_length(value)})
				     : STR_NONE;
}

static void release(void *json)
{
	json_decref(json);
}

bool bound_read(struct arena *a, struct str text, struct bound *out)
{
	memset(out, 0, sizeof *out);
	if (!str_is_set(text))
		return true;
	json_t *json = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(json)) {
		json_decref(json);
		return false;
	}
	/* Before the arena is asked for more: it may jump away. */
	arena_defer(a, release, json);
	for (size_t i = 0; i < TEXTS; i++)
		*(struct str *)(void *)((char *)out + texts[i].offset) =
			text_of(a, json_object_get(json, texts[i].name));
	const json_t *resources = json_object_get(json, "resources");

	for (size_t i = 0; i < json_array_size(resources) && i < BOUND_RESOURCES; i++)
		out->resources[out->resources_n++] = text_of(a, json_array_get(resources, i));
	out->auth_time = json_integer_value(json_object_get(json, "auth_time"));
	out->session = json_integer_value(json_object_get(json, "session"));
	out->offline = json_is_true(json_object_get(json, "offline"));
	out->standard = json_is_true(json_object_get(json, "standard"));
	out->redirect = json_is_true(json_object_get(json, "redirect"));
	out->oidc = json_is_true(json_object_get(json, "oidc"));
	return true;
}
