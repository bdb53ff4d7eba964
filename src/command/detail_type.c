/* Types of authorization details (RFC 9396): what their objects may have, and how a person reads
 * them. */
#include "command/detail_type.h"

#include "base/limits.h"
#include "command/file.h"
#include "store/detail_type.h"

const struct flag detail_type_add_flags[] = {
	{"file", FLAG_TEXT, true, "FILE", "its title and fields, as JSON: docs/standard.md"},
	FLAG_JSON, FLAG_END};
const struct flag detail_type_remove_flags[] = {
	{"yes", FLAG_SWITCH, false, NULL, "yes, really"}, FLAG_JSON, FLAG_END};

struct detail_work {
	struct call *call;
	struct detail_type type;
};

static json_t *type_json(struct arena *a, const struct detail_type *t)
{
	return json_pack("{s:o, s:o}", "name", json_of(a, t->name), "definition",
		json_loadb(t->definition.p, t->definition.n, 0, NULL));
}

static int tell(const struct detail_work *w, const char *done)
{
	struct arena *a = &w->call->arena;

	if (w->call->json)
		print_json(type_json(a, &w->type));
	else
		print_line("The type %.*s is %s.", STR_ARG(print_safe(a, w->type.name)), done);
	return EXIT_DONE;
}

static enum db_status find(struct store *s, struct detail_work *w)
{
	struct str name = w->call->args.words[0];
	enum db_status status = detail_type_read(s, &w->call->arena, name, &w->type);

	return status == DB_NONE ? refuse(w->call, "there is no type '%.*s'", STR_ARG(name))
				 : status;
}

static enum db_status add(struct store *s, void *context)
{
	struct detail_work *w = context;
	struct detail_types known;
	enum db_status status = detail_type_list(s, &w->call->arena, &known);

	if (status == DB_OK && known.n == LIMIT_DETAIL_TYPES)
		return refuse(w->call, "there are %d types already", LIMIT_DETAIL_TYPES);
	if (status == DB_OK)
		status = detail_type_add(s, &w->type);
	return status == DB_CONFLICT
		       ? refuse(w->call, "there is a type '%.*s' already", STR_ARG(w->type.name))
		       : status;
}

int detail_type_add_command(struct call *call)
{
	struct detail_work w = {call, {.name = call->args.words[0]}};
	struct str *definition = &w.type.definition;

	if (!detail_type_name_is_good(w.type.name))
		return say_misuse(call, "'%.*s' is no name of a type", STR_ARG(w.type.name));
	if (!read_file(call, args_text(&call->args, "file"), LIMIT_DETAIL_DEFINITION, definition))
		return say_failure("%s", call->refusal);
	const char *fault = detail_definition_fault(&call->arena, *definition);

	if (fault)
		return say_failure("the definition cannot be used: %s", fault);
	return call_write(call, add, &w) ? tell(&w, "known now") : EXIT_FAILED;
}

static enum db_status remove_one(struct store *s, void *context)
{
	struct detail_work *w = context;
	enum db_status status = find(s, w);

	return status == DB_OK ? detail_type_remove(s, w->type.name) : status;
}

int detail_type_remove_command(struct call *call)
{
	struct detail_work w = {.call = call};

	if (!args_has(&call->args, "yes"))
		return say_misuse(call, "nobody can ask for it then; '--yes' is missing");
	return call_write(call, remove_one, &w) ? tell(&w, "forgotten") : EXIT_FAILED;
}

int detail_type_show_command(struct call *call)
{
	struct detail_work w = {.call = call};

	if (!call_read_done(call, find(&call->store, &w)))
		return EXIT_FAILED;
	if (call->json)
		print_json(type_json(&call->arena, &w.type));
	else
		print_line("%.*s", STR_ARG(w.type.definition));
	return EXIT_DONE;
}

int detail_type_list_command(struct call *call)
{
	struct list list;
	struct detail_types known;

	list_begin(&list, call, "NAME");
	if (!call_read_done(call, detail_type_list(&call->store, &call->arena, &known)))
		return EXIT_FAILED;
	for (size_t i = 0; i < known.n; i++) {
		if (call->json)
			list_json(&list, type_json(&call->arena, &known.v[i]));
		else
			list_line(&list, "%.*s", STR_ARG(known.v[i].name));
	}
	list_end(&list, "There are no types of authorization details.");
	return EXIT_DONE;
}
