/* The clock of a rehearsal. */
#include "command/rehearsal.h"

static int show(struct call *call, json_t *reply)
{
	long long offset = json_integer_value(json_object_get(reply, "offset"));

	if (call->json) {
		print_json(reply);
		return EXIT_DONE;
	}
	struct str now = reply_text(reply, "now");

	if (offset == 0)
		print_line("The server's time is the real one: %.*s.", STR_ARG(now));
	else
		print_line("The server's time is %.*s, %lld seconds ahead.", STR_ARG(now), offset);
	json_decref(reply);
	return EXIT_DONE;
}

static int ask(struct call *call, const char *method, json_t *body)
{
	json_t *reply;

	return ask_server(call, method, STR("clock"), body, &reply) ? show(call, reply)
								    : EXIT_FAILED;
}

int clock_show_command(struct call *call)
{
	return ask(call, "GET", NULL);
}

int clock_advance_command(struct call *call)
{
	return ask(call, "POST",
		json_pack("{s:o}", "advance", json_of(&call->arena, call->args.words[0])));
}

int clock_reset_command(struct call *call)
{
	return ask(call, "POST", json_pack("{s:b}", "reset", 1));
}
