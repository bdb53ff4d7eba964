/* A person's answer without a browser. */
#include "command/rehearsal.h"

const struct flag authorize_flags[] = {
	{"login", FLAG_TEXT, false, "LOGIN", "who decides [octocat]"},
	{"deny", FLAG_SWITCH, false, NULL, "refuse, as with Cancel on the consent page"},
	{"cause", FLAG_TEXT, false, "CAUSE",
		"what the exchange is to fail for: one that 'llavero rehearse' marks with '+'"},
	FLAG_JSON,
	FLAG_END,
};

int authorize_command(struct call *call)
{
	struct arena *a = &call->arena;
	struct str login = args_text(&call->args, "login"), cause = args_text(&call->args, "cause");
	json_t *reply, *body = json_pack("{s:o}", "url", json_of(a, call->args.words[0]));

	if (str_is_set(login))
		json_object_set_new(body, "login", json_of(a, login));
	if (str_is_set(cause))
		json_object_set_new(body, "cause", json_of(a, cause));
	if (args_has(&call->args, "deny"))
		json_object_set_new(body, "decision", json_string("deny"));
	if (!ask_server(call, "POST", STR("authorize"), body, &reply))
		return EXIT_FAILED;
	if (call->json) {
		print_json(reply);
		return EXIT_DONE;
	}
	print_line("%.*s", STR_ARG(print_safe(a, reply_text(reply, "location"))));
	json_decref(reply);
	return EXIT_DONE;
}
