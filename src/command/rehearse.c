/* Errors that happen on purpose: the list of them, and a request for each. */
#include "command/rehearse.h"

#include "base/limits.h"
#include "command/shell.h"

enum { COMMAND_MAX = 8 * LIMIT_REQUEST_TARGET };

const struct flag rehearse_flags[] = {
	{"run", FLAG_SWITCH, false, NULL, "send the request, and tell why it was refused"},
	{"owner", FLAG_TEXT, false, "LOGIN", "whose app it is to be [octocat]"}, FLAG_LANG,
	FLAG_JSON, FLAG_END};

static void say(enum lang lang, enum message m)
{
	print_line("%.*s", STR_ARG(message(lang, m)));
}

struct str rehearse_title(struct call *call, enum lang lang, struct str name)
{
	enum cause cause = cause_find(name);

	return cause == CAUSE_NONE ? STR("") : told_cause(&call->arena, lang, cause);
}

/* the list */

static void print_scenario(struct call *call, enum lang lang, const json_t *scenario)
{
	struct str name = reply_text(scenario, "cause");
	struct str title = rehearse_title(call, lang, name);
	bool own = json_is_true(json_object_get(scenario, "after_authorize"));

	if (!title.n)
		title = print_safe(&call->arena, reply_text(scenario, "title"));
	print_line("  %c %-34.*s  %.*s", own ? '+' : ' ', STR_ARG(print_safe(&call->arena, name)),
		STR_ARG(title));
}

/* Is it the first of its error? */
static bool is_first(const json_t *scenarios, size_t at)
{
	struct str error = reply_text(json_array_get(scenarios, at), "error");

	for (size_t i = 0; i < at; i++)
		if (str_eq(reply_text(json_array_get(scenarios, i), "error"), error))
			return false;
	return true;
}

static void print_error(struct call *call, enum lang lang, const json_t *scenarios, size_t at)
{
	struct str error = reply_text(json_array_get(scenarios, at), "error");

	print_line("%s%.*s", at ? "\n" : "", STR_ARG(print_safe(&call->arena, error)));
	for (size_t i = at; i < json_array_size(scenarios); i++)
		if (str_eq(reply_text(json_array_get(scenarios, i), "error"), error))
			print_scenario(call, lang, json_array_get(scenarios, i));
}

/* The server's list with titles in the language that was asked for. */
static int print_list_as_json(struct call *call, enum lang lang, json_t *scenarios)
{
	for (size_t i = 0; i < json_array_size(scenarios); i++) {
		json_t *one = json_array_get(scenarios, i);
		struct str title = rehearse_title(call, lang, reply_text(one, "cause"));

		if (title.n)
			json_object_set_new(one, "title", json_of(&call->arena, title));
	}
	print_json(json_incref(scenarios));
	return EXIT_DONE;
}

static int list(struct call *call, enum lang lang)
{
	json_t *reply;

	if (!ask_server(call, "GET", STR("scenarios"), NULL, &reply))
		return EXIT_FAILED;
	json_t *scenarios = json_object_get(reply, "scenarios");

	if (call->json) {
		print_list_as_json(call, lang, scenarios);
	} else {
		for (size_t i = 0; i < json_array_size(scenarios); i++)
			if (is_first(scenarios, i))
				print_error(call, lang, scenarios, i);
		print_line("\n%.*s", STR_ARG(message(lang, MSG_REHEARSE_LIST_HOW)));
		say(lang, MSG_REHEARSE_LIST_OWN);
	}
	json_decref(reply);
	return EXIT_DONE;
}

/* one request */

static void add_headers(struct call *call, struct buf *b, const struct staged *s)
{
	bool typed = json_object_get(s->headers, "Content-Type");
	const char *name;
	json_t *value;

	json_object_foreach (s->headers, name, value) {
		struct str line =
			str_printf(&call->arena, "%s: %s", name, json_string_value(value));

		buf_add_c(b, " \\\n  -H ");
		shell_add_word(b, line);
	}
	/* What curl would say by itself. */
	if (str_is_set(s->body) && !typed)
		buf_add_c(b, " \\\n  -H 'Content-Type:'");
}

/* "curl -sS -i ... URL", to be pasted into a shell. */
static struct str command_of(struct call *call, const struct staged *s)
{
	bool piped = shell_has_controls(s->body);
	struct buf b;

	buf_init(&b, &call->arena, COMMAND_MAX);
	if (piped) {
		shell_add_printf(&b, s->body);
		buf_add_c(&b, " | ");
	}
	buf_addf(&b, "curl -sS -i -X %.*s ", STR_ARG(s->method));
	shell_add_word(&b, s->url);
	add_headers(call, &b, s);
	if (piped) {
		buf_add_c(&b, " \\\n  --data-binary @-");
	} else if (str_is_set(s->body)) {
		buf_add_c(&b, " \\\n  --data-raw ");
		shell_add_word(&b, s->body);
	}
	return buf_str(&b);
}

static void print_head(struct call *call, const struct staged *s)
{
	const struct wire_row *row = wire_row(cause_wire(s->cause));

	print_line("%s: %.*s", cause_name(s->cause),
		STR_ARG(told_cause(&call->arena, s->lang, s->cause)));
	print_line("%.*s: %.*s%s%s\n", STR_ARG(message(s->lang, MSG_REHEARSE_GETS)),
		STR_ARG(print_safe(&call->arena, reply_text(s->json, "error"))),
		*row->description ? ", " : "", row->description);
}

static int print_staged(struct call *call, const struct staged *s)
{
	struct str command = command_of(call, s);

	if (call->json) {
		json_object_set_new(s->json, "curl", json_of(&call->arena, command));
		print_json(json_incref(s->json));
		return EXIT_DONE;
	}
	print_head(call, s);
	print_line("%.*s\n", STR_ARG(command));
	say(s->lang, MSG_REHEARSE_THEN);
	return EXIT_DONE;
}

static bool read_staged(json_t *reply, struct staged *s)
{
	json_t *request = json_object_get(reply, "request");

	s->json = reply;
	s->cause = cause_find(reply_text(reply, "cause"));
	s->method = reply_text(request, "method");
	s->url = reply_text(request, "url");
	s->body = reply_text(request, "body");
	s->headers = json_object_get(request, "headers");
	return s->cause != CAUSE_NONE && str_has_text(s->method) && str_has_text(s->url);
}

static int stage(struct call *call, enum lang lang)
{
	struct arena *a = &call->arena;
	struct staged s = {.lang = lang};
	struct str owner = args_text(&call->args, "owner");
	json_t *reply, *body = json_pack("{s:o}", "cause", json_of(a, call->args.words[0]));
	int status;

	if (str_is_set(owner))
		json_object_set_new(body, "owner", json_of(a, owner));
	if (!ask_server(call, "POST", STR("scenarios"), body, &reply))
		return EXIT_FAILED;
	if (!read_staged(reply, &s))
		status = say_failure("the server's answer is that of another version");
	else if (args_has(&call->args, "run"))
		status = rehearse_run(call, &s);
	else
		status = print_staged(call, &s);
	json_decref(reply);
	return status;
}

int rehearse_command(struct call *call)
{
	enum lang lang;
	bool named = str_is_set(call->args.words[0]);

	if (!explain_lang(call, &lang))
		return EXIT_USAGE;
	if (!named && args_has(&call->args, "run"))
		return say_misuse(call, "--run needs a CAUSE");
	return named ? stage(call, lang) : list(call, lang);
}
