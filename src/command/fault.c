/* Faults on purpose. */
#include "base/limits.h"
#include "command/rehearsal.h"

const struct flag fault_add_flags[] = {
	{"count", FLAG_TEXT, false, "N", "for how many requests [1]"},
	{"seconds", FLAG_TEXT, false, "S", "how long a timeout holds the reply [30]"},
	{"endpoint", FLAG_TEXT, false, "WORD", "token, device, api, authorize or any [any]"},
	FLAG_JSON,
	FLAG_END,
};

int fault_add_command(struct call *call)
{
	struct arena *a = &call->arena;
	struct str endpoint = args_text(&call->args, "endpoint");
	json_t *reply, *body = json_pack("{s:o, s:o}", "client_id", json_of(a, call->args.words[0]),
			       "fault", json_of(a, call->args.words[1]));

	if (str_is_set(endpoint))
		json_object_set_new(body, "endpoint", json_of(a, endpoint));
	if (!add_number_flag(call, body, "count") || !add_number_flag(call, body, "seconds")) {
		json_decref(body);
		return EXIT_USAGE;
	}
	if (!ask_server(call, "POST", STR("faults"), body, &reply))
		return EXIT_FAILED;
	if (call->json) {
		print_json(reply);
		return EXIT_DONE;
	}
	print_line("Scripted for %.*s: %.*s, endpoint %.*s, requests: %lld.",
		STR_ARG(reply_text(reply, "client_id")), STR_ARG(reply_text(reply, "fault")),
		STR_ARG(reply_text(reply, "endpoint")),
		(long long)json_integer_value(json_object_get(reply, "left")));
	json_decref(reply);
	return EXIT_DONE;
}

static void list_fault(struct list *l, json_t *fault)
{
	if (l->call->json)
		list_json(l, json_incref(fault));
	else
		list_line(l, "%-20.*s  %-17.*s  %-9.*s  %lld",
			STR_ARG(reply_text(fault, "client_id")),
			STR_ARG(reply_text(fault, "fault")), STR_ARG(reply_text(fault, "endpoint")),
			(long long)json_integer_value(json_object_get(fault, "left")));
}

int fault_list_command(struct call *call)
{
	struct list list;
	json_t *reply;

	if (!ask_server(call, "GET", STR("faults"), NULL, &reply))
		return EXIT_FAILED;
	list_begin(&list, call, "CLIENT_ID             FAULT              ENDPOINT   LEFT");
	const json_t *faults = json_object_get(reply, "faults");

	for (size_t i = 0; i < json_array_size(faults); i++)
		list_fault(&list, json_array_get(faults, i));
	list_end(&list, "There are no faults.");
	json_decref(reply);
	return EXIT_DONE;
}

int fault_clear_command(struct call *call)
{
	struct str client_id = call->args.words[0];
	struct buf b;
	json_t *reply;

	buf_init(&b, &call->arena, REWRITTEN_BODY);
	buf_add_c(&b, "faults");
	if (str_is_set(client_id)) {
		buf_add_c(&b, "?client_id=");
		buf_add_percent(&b, client_id);
	}
	if (!ask_server(call, "DELETE", buf_str(&b), NULL, &reply))
		return EXIT_FAILED;
	if (call->json) {
		print_json(reply);
		return EXIT_DONE;
	}
	print_line("Faults cleared: %lld.",
		(long long)json_integer_value(json_object_get(reply, "cleared")));
	json_decref(reply);
	return EXIT_DONE;
}
