#include "command/resource_app.h"

#include "store/app.h"
#include "store/resource.h"
#include "store/resource_app.h"

const struct flag resource_serve_flags[] = {
	{"end", FLAG_SWITCH, false, NULL, "it serves it no longer"}, FLAG_JSON, FLAG_END};

static enum db_status serve(struct store *s, void *context)
{
	struct call *call = context;
	struct str uri = call->args.words[0], client_id = call->args.words[1];
	struct resource resource;
	struct app app;
	enum db_status status = resource_read(s, &call->arena, uri, &resource);

	if (status == DB_NONE)
		return refuse(call, "there is no resource '%.*s'", STR_ARG(uri));
	if (status == DB_OK)
		status = app_by_client_id(s, &call->arena, client_id, &app);
	else
		return status;
	if (status == DB_NONE)
		return refuse(call, "there is no app with client ID '%.*s'", STR_ARG(client_id));
	if (status != DB_OK || !args_has(&call->args, "end"))
		return status == DB_OK ? resource_app_put(s, uri, app.id) : status;
	status = resource_app_delete(s, uri, app.id);
	return status == DB_NONE ? refuse(call, "the app does not serve that resource") : status;
}

int resource_serve_command(struct call *call)
{
	bool ends = args_has(&call->args, "end");

	if (!call_write(call, serve, call))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:o, s:o, s:b}", "identifier",
			json_of(&call->arena, call->args.words[0]), "client_id",
			json_of(&call->arena, call->args.words[1]), "serves", !ends));
	else
		print_line("The app serves the resource %s.", ends ? "no longer" : "now");
	return EXIT_DONE;
}
