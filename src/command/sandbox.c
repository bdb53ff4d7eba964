/* Throw-away apps and users. */
#include <string.h>

#include "base/limits.h"
#include "command/rehearsal.h"

const struct flag sandbox_create_flags[] = {
	{"lifetime", FLAG_TEXT, false, "SPAN", "how long it lives, such as 30m or 1h [1h]"},
	{"users", FLAG_TEXT, false, "N", "how many users it has [1]"},
	{"callback", FLAG_LIST, false, "URL",
		"where people may be sent back to [http://127.0.0.1/callback, with any port]"},
	{"name", FLAG_TEXT, false, "NAME", "what it is for, such as pr-42"},
	{"device-flow", FLAG_SWITCH, false, NULL, "let the app use the device flow"},
	{"expiring-tokens", FLAG_SWITCH, false, NULL, "its tokens expire and can be refreshed"},
	FLAG_JSON,
	FLAG_END,
};

static json_t *callbacks(const struct call *call, struct arena *a)
{
	const struct args *args = &call->args;
	json_t *list = json_array();

	for (size_t i = 0; i < args->given_n; i++)
		if (strcmp(args->given[i].name, "callback") == 0)
			json_array_append_new(list, json_of(a, args->given[i].value));
	return list;
}

/* NULL, after saying why, when a flag cannot be understood. */
static json_t *request(struct call *call)
{
	static const char *const texts[] = {"lifetime", "name"};
	struct arena *a = &call->arena;
	json_t *body = json_pack("{s:o, s:b, s:b}", "callbacks", callbacks(call, a), "device_flow",
		args_has(&call->args, "device-flow"), "token_expiration",
		args_has(&call->args, "expiring-tokens"));

	for (size_t i = 0; i < 2; i++)
		if (args_has(&call->args, texts[i]))
			json_object_set_new(
				body, texts[i], json_of(a, args_text(&call->args, texts[i])));
	if (add_number_flag(call, body, "users"))
		return body;
	json_decref(body);
	return NULL;
}

static void tell(struct arena *a, const json_t *sandbox)
{
	const json_t *app = json_object_get(sandbox, "app");
	const json_t *urls = json_object_get(app, "callback_urls");
	const json_t *users = json_object_get(sandbox, "users");

	print_field(a, "sandbox", reply_text(sandbox, "id"));
	print_field(a, "ends (UTC)", reply_time(a, sandbox, "expires_at"));
	print_field(a, "client id", reply_text(app, "client_id"));
	print_field(a, "client secret", reply_text(app, "client_secret"));
	for (size_t i = 0; i < json_array_size(urls); i++)
		print_field(a, "callback", str_from(json_string_value(json_array_get(urls, i))));
	for (size_t i = 0; i < json_array_size(users); i++) {
		const json_t *user = json_array_get(users, i);

		print_field(a, "user",
			str_printf(a, "%.*s, password %.*s", STR_ARG(reply_text(user, "login")),
				STR_ARG(reply_text(user, "password"))));
	}
	print_line("Keep the secrets now: they are not shown again.");
}

int sandbox_create_command(struct call *call)
{
	json_t *reply, *body = request(call);

	if (!body)
		return EXIT_USAGE;
	if (!ask_server(call, "POST", STR("sandboxes"), body, &reply))
		return EXIT_FAILED;
	if (call->json) {
		print_json(reply);
		return EXIT_DONE;
	}
	tell(&call->arena, reply);
	json_decref(reply);
	return EXIT_DONE;
}

static void list_sandbox(struct list *l, json_t *sandbox)
{
	struct arena *a = &l->call->arena;

	if (l->call->json)
		list_json(l, json_incref(sandbox));
	else
		list_line(l, "%-8.*s  %.*s  %-5lld  %-20.*s  %.*s",
			STR_ARG(reply_text(sandbox, "id")),
			STR_ARG(reply_time(a, sandbox, "expires_at")),
			(long long)json_integer_value(json_object_get(sandbox, "user_count")),
			STR_ARG(print_safe(a, reply_text(sandbox, "client_id"))),
			STR_ARG(print_safe(a, reply_text(sandbox, "name"))));
}

int sandbox_list_command(struct call *call)
{
	struct list list;
	json_t *reply;

	if (!ask_server(call, "GET", STR("sandboxes"), NULL, &reply))
		return EXIT_FAILED;
	list_begin(&list, call, "ID        ENDS (UTC)        USERS  CLIENT_ID             NAME");
	const json_t *sandboxes = json_object_get(reply, "sandboxes");

	for (size_t i = 0; i < json_array_size(sandboxes); i++)
		list_sandbox(&list, json_array_get(sandboxes, i));
	list_end(&list, "There are no sandboxes.");
	json_decref(reply);
	return EXIT_DONE;
}

int sandbox_delete_command(struct call *call)
{
	struct str id = call->args.words[0];
	struct buf b;
	json_t *reply;

	buf_init(&b, &call->arena, REWRITTEN_BODY);
	buf_add_c(&b, "sandboxes/");
	buf_add_percent(&b, id);
	if (!ask_server(call, "DELETE", buf_str(&b), NULL, &reply))
		return EXIT_FAILED;
	json_decref(reply);
	if (call->json)
		print_json(json_pack("{s:o, s:b}", "id", json_of(&call->arena, id), "deleted", 1));
	else
		print_line("The sandbox %.*s is gone.", STR_ARG(id));
	return EXIT_DONE;
}
