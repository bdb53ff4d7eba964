#include "flow/actor.h"

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"

static void add_text(struct buf *b, const char *name, struct str value)
{
	if (!str_is_set(value))
		return;
	buf_add_char(b, b->n ? ',' : '{');
	buf_add_json(b, str_from(name));
	buf_add_char(b, ':');
	buf_add_json(b, value);
}

/* How many act for each other in this text of ours. */
static size_t depth_of(struct str text)
{
	size_t n = 0;
	json_t *json = str_is_set(text) ? json_loadb(text.p, text.n, 0, NULL) : NULL;

	for (const json_t *one = json; json_is_object(one); one = json_object_get(one, "act"))
		n++;
	json_decref(json);
	return n;
}

bool actor_add(struct arena *a, const struct actor *actor, struct str before, struct str *out)
{
	struct buf b;

	if (depth_of(before) >= LIMIT_ACTORS)
		return false;
	buf_init(&b, a, LIMIT_JWS);
	add_text(&b, "iss", actor->issuer);
	add_text(&b, "sub", actor->subject);
	add_text(&b, "client_id", actor->client_id);
	if (str_is_set(before)) {
		buf_add_c(&b, ",\"act\":");
		buf_add(&b, before);
	}
	buf_add_char(&b, '}');
	*out = buf_str(&b);
	return true;
}

static bool fits(const json_t *may, const char *name, struct str value)
{
	const json_t *member = json_object_get(may, name);

	return !member || (json_is_string(member) && str_is_set(value) &&
				  str_eq(value, (struct str){json_string_value(member),
							json_string_length(member)}));
}

bool actor_may_act(struct arena *a, const struct json_body *claims, const struct actor *actor,
	struct str *wanted)
{
	const json_t *may = json_object_get(claims->root, "may_act");
	const json_t *sub = json_object_get(may, "sub");

	*wanted =
		json_is_string(sub)
			? str_dup(a, (struct str){json_string_value(sub), json_string_length(sub)})
			: STR("");
	if (!may)
		return true;
	return json_is_object(may) && json_object_size(may) > 0 &&
	       fits(may, "sub", actor->subject) && fits(may, "iss", actor->issuer) &&
	       fits(may, "client_id", actor->client_id);
}
