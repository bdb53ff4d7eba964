#include "core/detail_type.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_object.h"
#include "base/limits.h"
#include "base/memory.h"

static const char *const fault_words[DETAILS_FAULTS] = {
	[DETAILS_GOOD] = "",
	[DETAILS_NOT_JSON] = "not_json",
	[DETAILS_NO_ARRAY] = "no_array",
	[DETAILS_TOO_LONG] = "too_long",
	[DETAILS_TOO_MANY] = "too_many",
	[DETAILS_NO_OBJECT] = "no_object",
	[DETAILS_NO_TYPE] = "no_type",
	[DETAILS_TYPE] = "unsupported",
	[DETAILS_FIELD_UNKNOWN] = "unknown_field",
	[DETAILS_FIELD_MISSING] = "missing",
	[DETAILS_FIELD_TYPE] = "type",
	[DETAILS_FIELD_VALUE] = "unsupported",
	[DETAILS_FIELD_TEXT] = "text",
};

const char *details_fault_word(enum details_fault fault)
{
	return fault_words[fault];
}

bool detail_type_name_is_good(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~' || name.p[i] == '"' || name.p[i] == '\\')
			return false;
	return name.n > 0 && name.n <= LIMIT_DETAIL_TYPE_NAME;
}

static struct str text_of(const json_t *value)
{
	return json_is_string(value)
		       ? (struct str){json_string_value(value), json_string_length(value)}
		       : STR_NONE;
}

static bool is_flag(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

/* Definitions */

static const char *fields_fault(json_t *fields, int depth);

/* In both languages, or not at all: a person reads it. */
static const char *title_fault(const json_t *title, bool needed)
{
	static const char *const tags[] = {"en", "es"};

	if (!title && !needed)
		return NULL;
	for (size_t i = 0; i < 2; i++) {
		struct str text = text_of(json_object_get(title, tags[i]));

		if (!str_has_text(text) || text.n > LIMIT_APP_NAME)
			return "a title is an object with a text for en and for es";
	}
	return json_object_size(title) == 2 ? NULL : "a title has another language than en and es";
}

static const char *values_fault(const json_t *field)
{
	const json_t *values = json_object_get(field, "values");

	if (!values)
		return NULL;
	if (!str_eq_c(text_of(json_object_get(field, "type")), "string"))
		return "only a string has values to choose from";
	for (size_t i = 0; i < json_array_size(values); i++)
		if (!str_has_text(text_of(json_array_get(values, i))))
			return "values are a list of texts";
	return json_array_size(values) ? NULL : "values are a list of texts";
}

/* What we do not know would be a rule that is not kept. */
static const char *members_fault(json_t *field)
{
	static const char *const known[] = {
		"type", "title", "required", "list", "values", "fields"};
	const char *name;
	json_t *value;

	json_object_foreach (field, name, value) {
		size_t i = 0;

		while (i < sizeof known / sizeof known[0] && strcmp(known[i], name) != 0)
			i++;
		if (i == sizeof known / sizeof known[0])
			return "a field has a member that means nothing here";
		if ((i == 2 || i == 3) && !json_is_boolean(value))
			return "required and list are true or false";
	}
	return NULL;
}

static const char *field_fault(json_t *field, int depth)
{
	static const char *const types[] = {"string", "integer", "boolean", "object"};
	struct str type = text_of(json_object_get(field, "type"));
	size_t i = 0;

	if (!json_is_object(field))
		return "a field is an object";
	while (i < 4 && !str_eq_c(type, types[i]))
		i++;
	if (i == 4)
		return "the type of a field is string, integer, boolean or object";
	const char *fault = members_fault(field);

	if (!fault)
		fault = title_fault(json_object_get(field, "title"), false);
	if (!fault)
		fault = values_fault(field);
	if (fault || i < 3)
		return fault ? fault
			     : (json_object_get(field, "fields") ? "only an object has fields"
								 : NULL);
	return fields_fault(json_object_get(field, "fields"), depth + 1);
}

static const char *fields_fault(json_t *fields, int depth)
{
	const char *name;
	json_t *field;

	if (!json_is_object(fields))
		return "fields is an object of fields";
	if (depth > LIMIT_DETAIL_DEPTH)
		return "the fields are nested too deep";
	json_object_foreach (fields, name, field) {
		if (depth == 1 && strcmp(name, "type") == 0)
			return "the field type is there by itself";
		if (!detail_type_name_is_good(str_from(name)))
			return "the name of a field has a character that it cannot have";
		const char *fault = field_fault(field, depth);

		if (fault)
			return fault;
	}
	return NULL;
}

const char *detail_definition_fault(struct arena *a, struct str definition)
{
	void *root;

	if (definition.n > LIMIT_DETAIL_DEFINITION)
		return "it is too long";
	if (json_parse(a, definition, &root) != JSON_READ || !json_is_object((json_t *)root))
		return "it is no JSON object, or a member comes twice";
	if (json_object_size(root) != 2)
		return "it has title and fields, and nothing else";
	const char *fault = title_fault(json_object_get(root, "title"), true);

	return fault ? fault : fields_fault(json_object_get(root, "fields"), 1);
}

/* Requests */

struct reading {
	struct arena *arena;
	const struct detail_types *types;
	struct details_verdict *verdict;
};

static bool wrong(struct reading *r, enum details_fault fault, struct str at)
{
	*r->verdict = (struct details_verdict){.fault = fault, .at = at};
	return false;
}

static bool check_object(struct reading *r, json_t *fields, json_t *object, struct str at);

/* Turns the direction of writing, so that a person would read another text: U+061C, U+200E, U+200F,
 * U+202A to U+202E, U+2066 to U+2069. */
static bool is_turned_at(struct str rest)
{
	/* NOLINTBEGIN(misc-misleading-bidirectional): they are what is looked for */
	static const char *const marks[] = {"\xD8\x9C", "\xE2\x80\x8E", "\xE2\x80\x8F",
		"\xE2\x80\xAA", "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE",
		"\xE2\x81\xA6", "\xE2\x81\xA7", "\xE2\x81\xA8", "\xE2\x81\xA9"};
	/* NOLINTEND(misc-misleading-bidirectional) */

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (str_starts(rest, str_from(marks[i])))
			return true;
	return false;
}

/* A person has to read it, in one line, as it is. */
static bool is_readable(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char ch = (unsigned char)text.p[i];

		if (ch < 0x20 || ch == 0x7F ||
			(ch >= 0x80 && is_turned_at(str_slice(text, i, text.n))))
			return false;
	}
	return true;
}

static bool check_text(struct reading *r, const json_t *field, const json_t *value, struct str at)
{
	const json_t *values = json_object_get(field, "values");

	if (!json_is_string(value))
		return wrong(r, DETAILS_FIELD_TYPE, at);
	if (!is_readable(text_of(value)))
		return wrong(r, DETAILS_FIELD_TEXT, at);
	for (size_t i = 0; i < json_array_size(values); i++)
		if (json_equal(json_array_get(values, i), value))
			return true;
	return !values || wrong(r, DETAILS_FIELD_VALUE, at);
}

static bool check_one(struct reading *r, const json_t *field, json_t *value, struct str at)
{
	struct str type = text_of(json_object_get(field, "type"));

	if (str_eq_c(type, "string"))
		return check_text(r, field, value, at);
	if (str_eq_c(type, "integer"))
		return json_is_integer(value) || wrong(r, DETAILS_FIELD_TYPE, at);
	if (str_eq_c(type, "boolean"))
		return json_is_boolean(value) || wrong(r, DETAILS_FIELD_TYPE, at);
	return json_is_object(value) ? check_object(r, json_object_get(field, "fields"), value, at)
				     : wrong(r, DETAILS_FIELD_TYPE, at);
}

static bool check_field(struct reading *r, const json_t *field, json_t *value, struct str at)
{
	if (!is_flag(field, "list"))
		return check_one(r, field, value, at);
	if (!json_is_array(value))
		return wrong(r, DETAILS_FIELD_TYPE, at);
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!check_one(r, field, json_array_get(value, i), at))
			return false;
	return true;
}

static struct str below(struct reading *r, struct str at, const char *name)
{
	return str_printf(r->arena, "%.*s.%s", STR_ARG(at), name);
}

/* RFC 9396 5: "unknown type", "unknown fields", "fields of the wrong type", "required fields" */
static bool check_object(struct reading *r, json_t *fields, json_t *object, struct str at)
{
	bool top = !str_has_char(at, '.');
	const char *name;
	json_t *value;

	json_object_foreach (object, name, value) {
		const json_t *field = json_object_get(fields, name);

		if (top && strcmp(name, "type") == 0)
			continue;
		if (!field)
			return wrong(r, DETAILS_FIELD_UNKNOWN, below(r, at, name));
		if (!check_field(r, field, value, below(r, at, name)))
			return false;
	}
	json_object_foreach (fields, name, value)
		if (is_flag(value, "required") && !json_object_get(object, name))
			return wrong(r, DETAILS_FIELD_MISSING, below(r, at, name));
	return true;
}

/* NULL when there is none of that name. */
static json_t *find_definition(struct arena *a, const struct detail_types *types, struct str name)
{
	void *root;

	for (size_t i = 0; i < types->n; i++)
		if (str_eq(types->v[i].name, name))
			return json_parse(a, types->v[i].definition, &root) == JSON_READ ? root
											 : NULL;
	return NULL;
}

static bool check_detail(struct reading *r, json_t *object, struct str at)
{
	struct str type = text_of(json_object_get(object, "type"));

	if (!json_is_object(object))
		return wrong(r, DETAILS_NO_OBJECT, at);
	if (!str_has_text(type))
		return wrong(r, DETAILS_NO_TYPE, at);
	const json_t *definition = find_definition(r->arena, r->types, type);

	if (!definition) {
		wrong(r, DETAILS_TYPE, at);
		r->verdict->type = str_dup(r->arena, type);
		return false;
	}
	return check_object(r, json_object_get(definition, "fields"), object, at);
}

static void release_text(void *at)
{
	memory_give(*(char **)at);
}

static bool write(struct reading *r, const json_t *root, struct str *out)
{
	char **text = ARENA_NEW(r->arena, char *);

	arena_defer(r->arena, release_text, text);
	*text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
	*out = *text ? str_from(*text) : STR_NONE;
	return *text || wrong(r, DETAILS_NOT_JSON, STR(""));
}

bool details_read(struct arena *a, struct str text, const struct detail_types *types,
	struct str *out, struct details_verdict *verdict)
{
	struct reading r = {a, types, verdict};
	void *root;

	*verdict = (struct details_verdict){.fault = DETAILS_GOOD};
	*out = STR_NONE;
	if (text.n > LIMIT_DETAILS)
		return wrong(&r, DETAILS_TOO_LONG, STR(""));
	if (json_parse(a, text, &root) != JSON_READ)
		return wrong(&r, DETAILS_NOT_JSON, STR(""));
	if (!json_is_array((json_t *)root) || json_array_size(root) == 0)
		return wrong(&r, DETAILS_NO_ARRAY, STR(""));
	if (json_array_size(root) > LIMIT_DETAILS_OBJECTS)
		return wrong(&r, DETAILS_TOO_MANY, STR(""));
	for (size_t i = 0; i < json_array_size(root); i++)
		if (!check_detail(&r, json_array_get(root, i), str_printf(a, "%zu", i + 1)))
			return false;
	return write(&r, root, out);
}

static bool has(const json_t *array, const json_t *object)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (json_equal(json_array_get(array, i), object))
			return true;
	return false;
}

bool details_cover(struct arena *a, struct str given, struct str asked)
{
	void *have = NULL, *want;

	if (!str_is_set(asked))
		return true;
	if (json_parse(a, asked, &want) != JSON_READ)
		return false;
	if (!str_is_set(given) || json_parse(a, given, &have) != JSON_READ)
		return false;
	for (size_t i = 0; i < json_array_size(want); i++)
		if (!has(have, json_array_get(want, i)))
			return false;
	return true;
}

/* For people */

struct viewing {
	struct arena *arena;
	const struct detail_words *words;
	struct detail_view *view;
};

static struct str title_of(struct viewing *v, const json_t *definition, struct str otherwise)
{
	struct str title =
		text_of(json_object_get(json_object_get(definition, "title"), v->words->tag));

	return str_dup(v->arena, str_has_text(title) ? title : otherwise);
}

static void show(struct viewing *v, const json_t *fields, json_t *object, struct str before);

static void add_line(struct viewing *v, struct str name, struct str value)
{
	v->view->lines[v->view->lines_n++] = (struct detail_line){name, value};
}

static void show_value(struct viewing *v, const json_t *field, json_t *value, struct str name)
{
	if (json_is_object(value)) {
		show(v, json_object_get(field, "fields"), value,
			str_printf(v->arena, "%.*s › ", STR_ARG(name)));
		return;
	}
	if (json_is_string(value))
		add_line(v, name, str_dup(v->arena, text_of(value)));
	else if (json_is_integer(value))
		add_line(v, name,
			str_printf(v->arena, "%lld", (long long)json_integer_value(value)));
	else
		add_line(v, name, json_is_true(value) ? v->words->yes : v->words->no);
}

/* Each value of a list has a line of its own: joined, a text could look like two. */
static void show(struct viewing *v, const json_t *fields, json_t *object, struct str before)
{
	const char *name;
	json_t *value;

	json_object_foreach (object, name, value) {
		const json_t *field = json_object_get(fields, name);
		struct str label = title_of(v, field, str_from(name));

		label = str_printf(v->arena, "%.*s%.*s", STR_ARG(before), STR_ARG(label));
		if (!json_is_array(value))
			show_value(v, field, value, label);
		for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++)
			show_value(v, field, json_array_get(value, i), label);
	}
}

bool details_view(struct arena *a, struct str details, const struct detail_types *types,
	const struct detail_words *words, struct detail_view **out, size_t *n)
{
	void *root;

	*out = NULL;
	*n = 0;
	if (!str_is_set(details))
		return true;
	if (json_parse(a, details, &root) != JSON_READ || !json_is_array((json_t *)root))
		return false;
	*n = json_array_size(root);
	*out = ARENA_ARRAY(a, struct detail_view, *n);
	for (size_t i = 0; i < *n; i++) {
		json_t *object = json_array_get(root, i);
		struct viewing v = {a, words, &(*out)[i]};
		struct str type = str_dup(a, text_of(json_object_get(object, "type")));
		const json_t *definition = find_definition(a, types, type);

		/* A value takes two bytes at least. */
		*v.view = (struct detail_view){.title = title_of(&v, definition, type),
			.type = type,
			.lines = ARENA_ARRAY(a, struct detail_line, details.n / 2 + 1)};
		json_object_del(object, "type");
		show(&v, json_object_get(definition, "fields"), object, STR(""));
	}
	return true;
}
