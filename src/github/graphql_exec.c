#include "github/graphql_exec.h"

#include <string.h>

#include "base/limits.h"

void gql_error(struct gql_exec *ex, const char *type, const struct gql_place *place,
	struct str message, bool invalid)
{
	struct buf *b = &ex->errors;

	ex->invalid = ex->invalid || invalid;
	buf_add_c(b, b->n ? ",{" : "{");
	if (type)
		buf_addf(b, "\"type\":\"%s\",", type);
	if (ex->path_n) {
		buf_add_c(b, "\"path\":[");
		for (size_t i = 0; i < ex->path_n; i++)
			buf_addf(b, "%s%.*s", i ? "," : "", STR_ARG(ex->path[i]));
		buf_add_c(b, "],");
	}
	if (place)
		buf_addf(b, "\"locations\":[{\"line\":%lld,\"column\":%lld}],",
			(long long)place->line, (long long)place->column);
	buf_add_c(b, "\"message\":");
	buf_add_json(b, message);
	buf_add_char(b, '}');
}

static const struct gql_variable *find_variable(const struct gql_exec *ex, struct str name)
{
	const struct gql_variable *v = ex->operation->variables;

	while (v && !str_eq(v->name, name))
		v = v->next;
	return v;
}

static struct gql_value of_json(struct gql_exec *ex, const json_t *json)
{
	struct gql_value v = {GQL_COMPOUND, STR("")};

	switch (json_typeof(json)) {
	case JSON_STRING:
		v.kind = GQL_STRING;
		v.text = (struct str){json_string_value(json), json_string_length(json)};
		break;
	case JSON_INTEGER:
		v.kind = GQL_INT;
		v.text = str_printf(ex->c->arena, "%lld", (long long)json_integer_value(json));
		break;
	case JSON_REAL:
		v.kind = GQL_FLOAT;
		break;
	case JSON_TRUE:
		v.kind = GQL_TRUE;
		break;
	case JSON_FALSE:
		v.kind = GQL_FALSE;
		break;
	case JSON_NULL:
		v.kind = GQL_NULL;
		break;
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}
	return v;
}

/* What a declared variable holds. */
static struct gql_value value_of(struct gql_exec *ex, const struct gql_variable *v)
{
	const json_t *given =
		ex->variables ? json_object_get(ex->variables, str_c(ex->c->arena, v->name)) : NULL;

	if (given)
		return of_json(ex, given);
	return v->has_default ? v->otherwise : (struct gql_value){GQL_NULL, STR("")};
}

static struct gql_value resolve(
	struct gql_exec *ex, struct gql_value value, const struct gql_place *place)
{
	if (value.kind != GQL_VARIABLE)
		return value;
	const struct gql_variable *v = find_variable(ex, value.text);

	if (v)
		return value_of(ex, v);
	gql_error(ex, NULL, place,
		str_printf(ex->c->arena, "Variable $%.*s is used but not declared",
			STR_ARG(value.text)),
		true);
	return (struct gql_value){GQL_NULL, STR("")};
}

struct gql_value gql_argument_of(
	struct gql_exec *ex, const struct gql_selection *field, const char *name)
{
	for (const struct gql_argument *a = field->arguments; a; a = a->next)
		if (str_eq_c(a->name, name))
			return resolve(ex, a->value, &field->place);
	return (struct gql_value){GQL_NULL, STR("")};
}

/* @skip and @include (3.13); false: the selection is left out. */
static bool is_wanted(struct gql_exec *ex, const struct gql_selection *s)
{
	bool wanted = true;

	for (const struct gql_directive *d = s->directives; d; d = d->next) {
		bool skip = str_eq_c(d->name, "skip");
		struct gql_value v = {GQL_NULL, STR("")};

		if (d->arguments && str_eq_c(d->arguments->name, "if"))
			v = resolve(ex, d->arguments->value, &d->place);
		if ((!skip && !str_eq_c(d->name, "include")) ||
			(v.kind != GQL_TRUE && v.kind != GQL_FALSE)) {
			gql_error(ex, NULL, &d->place,
				str_printf(ex->c->arena,
					"Directive @%.*s is not known, or its "
					"'if' is no Boolean",
					STR_ARG(d->name)),
				true);
			return false;
		}
		wanted = wanted && (v.kind == GQL_TRUE) != skip;
	}
	return wanted;
}

struct uses {
	struct gql_use *v;
	size_t n, cap;
};

static void add_use(struct gql_exec *ex, struct uses *uses, const struct gql_selection *s)
{
	struct gql_use *use = NULL;

	for (size_t i = 0; i < uses->n && !use; i++)
		if (str_eq(uses->v[i].key, s->key))
			use = &uses->v[i];
	if (!use && uses->n < uses->cap) {
		use = &uses->v[uses->n++];
		use->key = s->key;
	}
	if (!use || use->n == GQL_MERGED) {
		gql_error(ex, NULL, &s->place, STR("The query asks for too many fields"), true);
		return;
	}
	if (use->n && !str_eq(use->all[0]->name, s->name)) {
		gql_error(ex, NULL, &s->place,
			str_printf(
				ex->c->arena, "Field '%.*s' has a field conflict", STR_ARG(s->key)),
			true);
		return;
	}
	use->all[use->n++] = s;
}

static const struct gql_fragment *find_fragment(const struct gql_exec *ex, struct str name)
{
	const struct gql_fragment *f = ex->document->fragments;

	while (f && !str_eq(f->name, name))
		f = f->next;
	return f;
}

static void collect(struct gql_exec *ex, enum gql_type type, const struct gql_selection *s,
	int depth, struct uses *uses);

static void collect_fragment(struct gql_exec *ex, enum gql_type type, const struct gql_selection *s,
	int depth, struct uses *uses)
{
	const struct gql_fragment *f = s->kind == GQL_SPREAD ? find_fragment(ex, s->name) : NULL;
	struct str on = f ? f->on : s->name;
	bool known = true;

	if (s->kind == GQL_SPREAD && !f) {
		gql_error(ex, NULL, &s->place,
			str_printf(ex->c->arena, "Fragment %.*s was used, but not defined",
				STR_ARG(s->name)),
			true);
		return;
	}
	if (depth == GQL_DEPTH) {
		gql_error(ex, NULL, &s->place,
			STR("Fragments contain themselves, or are nested too deeply"), true);
		return;
	}
	if (!str_is_set(on) || gql_type_fits(type, on, &known))
		collect(ex, type, f ? f->selections : s->children, depth + 1, uses);
	else if (!known)
		gql_error(ex, NULL, &s->place,
			str_printf(ex->c->arena,
				"No such type %.*s, so it can't be a fragment "
				"condition",
				STR_ARG(on)),
			true);
}

/* NOLINTNEXTLINE(misc-no-recursion): bounded by GQL_DEPTH and GQL_FIELDS */
static void collect(struct gql_exec *ex, enum gql_type type, const struct gql_selection *s,
	int depth, struct uses *uses)
{
	for (; s && !ex->invalid; s = s->next) {
		if (ex->budget-- <= 0) {
			gql_error(ex, "MAX_NODE_LIMIT_EXCEEDED", &s->place,
				STR("The query asks for too many fields"), true);
			return;
		}
		if (!is_wanted(ex, s))
			continue;
		if (s->kind == GQL_FIELD)
			add_use(ex, uses, s);
		else
			collect_fragment(ex, type, s, depth, uses);
	}
}

static bool has_word(const char *words, struct str name)
{
	struct str rest = str_from(words), word;

	while (words && str_next(&rest, ' ', &word))
		if (str_eq(word, name))
			return true;
	return false;
}

/* Is this use what the field can answer? Notes what is wrong. */
static bool check_use(struct gql_exec *ex, const struct gql_field *field, enum gql_type type,
	const struct gql_use *use)
{
	const struct gql_selection *s = use->all[0];
	struct arena *a = ex->c->arena;
	size_t before = ex->errors.n;

	if (!field) {
		gql_error(ex, NULL, &s->place,
			str_printf(a, "Field '%.*s' doesn't exist on type '%s'", STR_ARG(s->name),
				gql_type_name(type)),
			true);
		return false;
	}
	for (size_t i = 0; i < use->n; i++) {
		if (!use->all[i]->children == field->is_object)
			gql_error(ex, NULL, &s->place,
				str_printf(a,
					field->is_object ? "Field must have selections (field "
							   "'%.*s' returns %s)"
							 : "Selections can't be made on scalars "
							   "(field '%.*s' returns %s)",
					STR_ARG(s->name), field->returns),
				true);
		for (const struct gql_argument *arg = use->all[i]->arguments; arg; arg = arg->next)
			if (!has_word(field->arguments, arg->name))
				gql_error(ex, NULL, &s->place,
					str_printf(a, "Field '%.*s' doesn't accept argument '%.*s'",
						STR_ARG(s->name), STR_ARG(arg->name)),
					true);
	}
	return ex->errors.n == before;
}

static void write_use(struct gql_exec *ex, const struct gql_object *object,
	const struct gql_use *use, struct buf *out)
{
	const struct gql_field *field = gql_field_find(object->type, use->all[0]->name);
	struct buf key;

	buf_init(&key, ex->c->arena, REWRITTEN_BODY);
	buf_add_json(&key, use->key);
	ex->path[ex->path_n++] = buf_str(&key);
	buf_add(out, buf_str(&key));
	buf_add_char(out, ':');
	if (str_eq_c(use->all[0]->name, "__typename") && !use->all[0]->children)
		buf_addf(out, "\"%s\"", gql_type_name(object->type));
	else if (check_use(ex, field, object->type, use))
		field->write(ex, object, use, out);
	ex->path_n--;
}

void gql_write_object(struct gql_exec *ex, const struct gql_object *object,
	const struct gql_use *use, struct buf *out)
{
	size_t cap = object->type == GQL_T_QUERY ? 2 * GQL_KEYS : GQL_KEYS;
	struct uses uses = {ARENA_ARRAY(ex->c->arena, struct gql_use, cap), 0, cap};

	for (size_t i = 0; i < use->n; i++)
		collect(ex, object->type, use->all[i]->children, 0, &uses);
	buf_add_char(out, '{');
	for (size_t i = 0; i < uses.n && !ex->invalid && !ex->c->failed; i++) {
		if (i)
			buf_add_char(out, ',');
		write_use(ex, object, &uses.v[i], out);
	}
	buf_add_char(out, '}');
}

/* 6.1.2: a required variable has a value, and of its type as far as we have types. */
static void check_variables(struct gql_exec *ex)
{
	for (const struct gql_variable *v = ex->operation->variables; v; v = v->next) {
		struct gql_value value = value_of(ex, v);
		bool fits = value.kind == GQL_NULL ? !v->required
			    : v->is_list           ? value.kind == GQL_COMPOUND
			    : str_eq_c(v->type, "String") || str_eq_c(v->type, "ID")
				    ? value.kind == GQL_STRING
			    : str_eq_c(v->type, "Int") ? value.kind == GQL_INT
			    : str_eq_c(v->type, "Boolean")
				    ? value.kind == GQL_TRUE || value.kind == GQL_FALSE
				    : true;

		if (!fits)
			gql_error(ex, NULL, &ex->operation->place,
				str_printf(ex->c->arena,
					"Variable $%.*s of type %.*s%s was provided invalid value",
					STR_ARG(v->name), STR_ARG(v->type), v->required ? "!" : ""),
				true);
	}
}

void gql_run(struct gql_exec *ex, struct buf *out)
{
	const struct gql_object root = {.type = GQL_T_QUERY};
	const struct gql_selection whole = {.children = ex->operation->selections};
	const struct gql_use use = {.all = {&whole}, .n = 1};

	buf_init(&ex->errors, ex->c->arena, LIMIT_REPLY);
	ex->budget = GQL_FIELDS;
	check_variables(ex);
	if (!ex->invalid)
		gql_write_object(ex, &root, &use, out);
}
