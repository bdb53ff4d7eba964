/* Client secrets. */
#include "command/app.h"

static enum db_status add(struct store *s, void *context)
{
	struct app_work *w = context;
	struct app_secret *secrets;
	size_t n;
	enum db_status status = find_app(w->call, w->call->args.words[0], &w->app);

	if (status == DB_OK)
		status = app_secret_list(s, &w->call->arena, w->app.id, &secrets, &n);
	if (status == DB_OK && n >= LIMIT_SECRETS)
		return refuse(w->call,
			"the app '%.*s' has %d client secrets already, which is the most; revoke "
			"one first",
			STR_ARG(w->app.name), LIMIT_SECRETS);
	if (status == DB_OK)
		status = app_secret_add(s, w->app.id, w->app.owner_id, w->secret);
	if (status == DB_OK)
		status = app_secret_list(s, &w->call->arena, w->app.id, &secrets, &n);
	if (status != DB_OK)
		return status;
	/* Ids leased now are above all that were leased before. */
	w->secret_id = secrets[n - 1].id;
	return audit(s, w->app.owner_id, "oauth_application.generate_client_secret", w->app.id,
		w->app.name);
}

int app_secret_add_command(struct call *call)
{
	struct app_work w = {.call = call};

	if (!call_write(call, add, &w))
		return EXIT_FAILED;
	if (call->json) {
		print_json(json_pack(
			"{s:I, s:s}", "id", (json_int_t)w.secret_id, "client_secret", w.secret));
		return EXIT_DONE;
	}
	print_line("The app '%.*s' has a new client secret:", STR_ARG(w.app.name));
	print_field(&call->arena, "id",
		str_printf(&call->arena, "%llu", (unsigned long long)w.secret_id));
	print_field(&call->arena, "client secret", str_from(w.secret));
	print_line("Keep it now: it is not shown again.");
	return EXIT_DONE;
}

int app_secret_list_command(struct call *call)
{
	struct app app;
	struct app_secret *secrets = NULL;
	struct list list;
	struct arena *a = &call->arena;
	size_t n = 0;
	enum db_status status = find_app(call, call->args.words[0], &app);

	if (status == DB_OK)
		status = app_secret_list(&call->store, a, app.id, &secrets, &n);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	if (call->json) {
		print_json(app_secrets_json(a, secrets, n));
		return EXIT_DONE;
	}
	list_begin(&list, call, "ID           ENDS IN   ADDED (UTC)       USED (UTC)        BY");
	for (size_t i = 0; i < n; i++)
		list_line(&list, "%-12llu %-8.*s  %.*s  %-16.*s  %.*s",
			(unsigned long long)secrets[i].id, STR_ARG(secrets[i].last_eight),
			STR_ARG(print_time(a, secrets[i].created_at)),
			STR_ARG(print_time(a, secrets[i].used_at)),
			STR_ARG(print_safe(a, secrets[i].created_by)));
	list_end(&list, "The app has no client secrets.");
	return EXIT_DONE;
}

static enum db_status revoke(struct store *s, void *context)
{
	struct app_work *w = context;
	enum db_status status = find_app(w->call, w->call->args.words[0], &w->app);

	if (status == DB_OK)
		status = app_secret_revoke(s, w->app.id, w->secret_id);
	if (status == DB_NONE)
		return refuse(w->call, "the app '%.*s' has no client secret with the id %llu",
			STR_ARG(w->app.name), (unsigned long long)w->secret_id);
	return status == DB_OK ? audit(s, w->app.owner_id, "oauth_application.remove_client_secret",
					 w->app.id, w->app.name)
			       : status;
}

int app_secret_revoke_command(struct call *call)
{
	struct app_work w = {.call = call};
	int64_t id;

	if (!str_to_i64(call->args.words[1], &id))
		return say_failure(
			"'%.*s' is no id of a client secret", STR_ARG(call->args.words[1]));
	w.secret_id = (uint64_t)id;
	if (!call_write(call, revoke, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:I, s:b}", "id", (json_int_t)id, "revoked", 1));
	else
		print_line("The client secret %lld of '%.*s' is revoked.", (long long)id,
			STR_ARG(w.app.name));
	return EXIT_DONE;
}
