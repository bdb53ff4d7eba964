#include "explain/detail.h"

#include <jansson.h>
#include <string.h>

void facts_add(struct facts *f, enum evidence_name name, struct str value)
{
	if (f->n < DETAIL_FACTS && str_is_set(value))
		f->v[f->n++] = (struct evidence){name, value};
}

void facts_add_number(struct facts *f, struct arena *a, enum evidence_name name, int64_t number)
{
	facts_add(f, name, str_printf(a, "%lld", (long long)number));
}

struct str facts_get(const struct facts *f, enum evidence_name name)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].name == name)
			return f->v[i].value;
	return STR_NONE;
}

static void begin_member(struct buf *b, const char *name)
{
	if (b->p[b->n - 1] != '{')
		buf_add_char(b, ',');
	buf_add_json(b, str_from(name));
	buf_add_char(b, ':');
}

static void add_text(struct buf *b, const char *name, struct str value)
{
	if (!str_is_set(value))
		return;
	begin_member(b, name);
	buf_add_json(b, value);
}

static void add_facts(struct buf *b, const char *name, const struct facts *f)
{
	if (f->n == 0)
		return;
	begin_member(b, name);
	buf_add_char(b, '{');
	for (size_t i = 0; i < f->n; i++)
		add_text(b, evidence_name(f->v[i].name), f->v[i].value);
	buf_add_char(b, '}');
}

void detail_write(struct buf *b, const struct detail *d)
{
	buf_add_char(b, '{');
	add_text(b, "expected", d->expected);
	add_text(b, "received", d->received);
	add_facts(b, "evidence", &d->evidence);
	add_facts(b, "facts", &d->facts);
	add_text(b, "flow", d->flow);
	if (str_is_set(d->flow)) {
		begin_member(b, "passed");
		buf_addf(b, "%lld", (long long)d->passed);
	}
	buf_add_char(b, '}');
}

static struct str read_text(struct arena *a, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value))
		return STR_NONE;
	return str_dup(a, (struct str){json_string_value(value), json_string_length(value)});
}

static void read_facts(struct arena *a, const json_t *object, struct facts *out)
{
	enum evidence_name name;

	for (int n = 0; n < EVIDENCE_NAMES; n++) {
		name = (enum evidence_name)n;
		facts_add(out, name, read_text(a, object, evidence_name(name)));
	}
}

static void release(void *json)
{
	json_decref(json);
}

bool detail_read(struct arena *a, struct str text, struct detail *out)
{
	json_t *json = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, NULL);

	memset(out, 0, sizeof *out);
	if (!json_is_object(json)) {
		json_decref(json);
		return false;
	}
	/* Before the arena is asked for more: it may jump away. */
	arena_defer(a, release, json);
	out->expected = read_text(a, json, "expected");
	out->received = read_text(a, json, "received");
	read_facts(a, json_object_get(json, "evidence"), &out->evidence);
	read_facts(a, json_object_get(json, "facts"), &out->facts);
	out->flow = read_text(a, json, "flow");
	out->passed = json_integer_value(json_object_get(json, "passed"));
	return true;
}
