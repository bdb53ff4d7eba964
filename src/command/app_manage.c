/* What an operator does to an app as a whole. */
#include "command/app.h"

const struct flag app_transfer_flags[] = {
	{"to", FLAG_TEXT, true, "LOGIN", "the new owner"}, FLAG_JSON, FLAG_END};
const struct flag app_delete_flags[] = {
	{"yes", FLAG_SWITCH, false, NULL, "yes, really: this cannot be undone"}, FLAG_JSON,
	FLAG_END};

static enum db_status set_suspended(struct store *s, void *context)
{
	struct app_work *w = context;
	enum db_status status = find_app(w->call, w->call->args.words[0], &w->app);

	if (status != DB_OK)
		return status;
	w->nothing_to_do = (w->app.suspended_at != 0) == w->on;
	if (w->nothing_to_do)
		return DB_OK;
	status = app_set_suspended(s, w->app.id, w->on);
	if (status == DB_OK)
		status = audit(s, w->app.owner_id,
			w->on ? "oauth_application.suspend" : "oauth_application.unsuspend",
			w->app.id, w->app.name);
	return status == DB_OK ? app_by_id(s, &w->call->arena, w->app.id, &w->app) : status;
}

/* Prints the app as it is now, or what was done, or that it was so already. */
static int tell(const struct app_work *w, const char *done, const char *already)
{
	if (w->call->json)
		print_json(app_json(&w->call->arena, &w->app));
	else
		print_line("The app '%.*s' %s.", STR_ARG(w->app.name),
			w->nothing_to_do ? already : done);
	return EXIT_DONE;
}

int app_suspend(struct call *call)
{
	struct app_work w = {.call = call, .on = true};

	return call_write(call, set_suspended, &w)
		       ? tell(&w, "is suspended", "is suspended already")
		       : EXIT_FAILED;
}

int app_unsuspend(struct call *call)
{
	struct app_work w = {.call = call, .on = false};

	return call_write(call, set_suspended, &w)
		       ? tell(&w, "is not suspended any more", "is not suspended")
		       : EXIT_FAILED;
}

static enum db_status revoke_tokens(struct store *s, void *context)
{
	struct app_work *w = context;
	enum db_status status = find_app(w->call, w->call->args.words[0], &w->app);

	if (status == DB_OK)
		status = app_revoke_tokens(s, w->app.id);
	return status == DB_OK ? audit(s, w->app.owner_id, "oauth_application.revoke_tokens",
					 w->app.id, w->app.name)
			       : status;
}

int app_revoke_tokens_command(struct call *call)
{
	struct app_work w = {.call = call};

	if (!call_write(call, revoke_tokens, &w))
		return EXIT_FAILED;
	return tell(&w, "has lost every token, code and authorization it had", NULL);
}

/* At once, unlike in the pages, where the new owner has to agree. */
static enum db_status transfer(struct store *s, void *context)
{
	struct app_work *w = context;
	enum db_status status = find_app(w->call, w->call->args.words[0], &w->app);

	if (status == DB_OK)
		status = find_user(w->call, args_text(&w->call->args, "to"), &w->to);
	if (status == DB_OK && w->app.owner_id == w->to.id)
		return refuse(w->call, "the app '%.*s' belongs to %.*s already",
			STR_ARG(w->app.name), STR_ARG(w->to.login));
	if (status == DB_OK)
		status = check_room_for_app(w->call, &w->to);
	if (status == DB_OK)
		status = app_transfer_offer(s, w->app.id, w->to.id);
	if (status == DB_OK)
		status = app_transfer_accept(s, &w->call->arena, w->app.id, w->to.id);
	/* In both logs: neither of them asked for it here. */
	if (status == DB_OK)
		status = audit(
			s, w->app.owner_id, "oauth_application.transfer", w->app.id, w->app.name);
	if (status == DB_OK)
		status = audit(s, w->to.id, "oauth_application.transfer", w->app.id, w->app.name);
	return status == DB_OK ? app_by_id(s, &w->call->arena, w->app.id, &w->app) : status;
}

int app_transfer(struct call *call)
{
	struct app_work w = {.call = call};

	if (!call_write(call, transfer, &w))
		return EXIT_FAILED;
	return tell(
		&w, str_printf(&call->arena, "belongs to %.*s now", STR_ARG(w.to.login)).p, NULL);
}

static enum db_status delete (struct store *s, void *context) {
	struct app_work *w = context;
	enum db_status status = find_app(w->call, w->call->args.words[0], &w->app);

	if (status == DB_OK) status = app_delete(s, w->app.id);
	return status == DB_OK ? audit(s, w->app.owner_id, "oauth_application.destroy", w->app.id,
					 w->app.name)
			       : status;
}

int app_delete_command(struct call *call)
{
	struct app_work w = {.call = call};

	if (!args_has(&call->args, "yes"))
		return say_misuse(call, "deleting an app cannot be undone; '--yes' is missing");
	if (!call_write(call, delete, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:o, s:b}", "client_id",
			json_of(&call->arena, w.app.client_id), "deleted", 1));
	else
		print_line("The app '%.*s' is deleted.", STR_ARG(w.app.name));
	return EXIT_DONE;
}
