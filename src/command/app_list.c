/* Looking at apps. */
#include "command/app.h"

#include "store/grant.h"

enum { PAGE = 100, USERS_COUNTED = 1000000 };

const struct flag app_list_flags[] = {
	{"owner", FLAG_TEXT, false, "LOGIN", "only the apps of this user"}, FLAG_JSON, FLAG_END};

json_t *app_json(struct arena *a, const struct app *app)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)app->id,
		"client_id", json_of(a, app->client_id), "name", json_of(a, app->name), "owner",
		json_of(a, app->owner_login), "homepage", json_of(a, app->homepage), "suspended_at",
		json_time(app->suspended_at), "created_at", json_time(app->created_at));
}

json_t *app_secrets_json(struct arena *a, const struct app_secret *secrets, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
			json_pack("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)secrets[i].id,
				"last_eight", json_of(a, secrets[i].last_eight), "created_by",
				json_of(a, secrets[i].created_by), "created_at",
				json_time(secrets[i].created_at), "used_at",
				json_time(secrets[i].used_at)));
	return list;
}

json_t *app_callbacks_json(struct arena *a, const struct callback *callbacks, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:o, s:b}", "url", json_of(a, callbacks[i].uri),
				      "wildcard", callbacks[i].mode == REDIRECT_WILDCARD));
	return list;
}

static void list_app(struct list *l, const struct app *app)
{
	struct arena *a = &l->call->arena;

	if (l->call->json)
		list_json(l, app_json(a, app));
	else
		list_line(l, "%-20.*s  %-20.*s  %.*s%s", STR_ARG(app->client_id),
			STR_ARG(app->owner_login), STR_ARG(print_safe(a, app->name)),
			app->suspended_at ? " (suspended)" : "");
}

static bool list_all(struct list *l)
{
	struct call *call = l->call;
	struct app *apps;
	int64_t after = 0;

	for (size_t n = PAGE; n == PAGE; arena_reset(&call->arena)) {
		enum db_status status =
			app_list(&call->store, &call->arena, after, PAGE, &apps, &n);

		if (!call_read_done(call, status))
			return false;
		for (size_t i = 0; i < n; i++)
			list_app(l, &apps[i]);
		after = n ? apps[n - 1].id : after;
	}
	return true;
}

static bool list_of_owner(struct list *l, const struct account *owner)
{
	struct call *call = l->call;
	struct app *apps;
	size_t n = 0;
	enum db_status status = app_list_of_owner(&call->store, &call->arena, owner->id, &apps, &n);

	if (!call_read_done(call, status))
		return false;
	for (size_t i = 0; i < n; i++)
		list_app(l, &apps[i]);
	return true;
}

int app_list_command(struct call *call)
{
	struct str login = args_text(&call->args, "owner");
	struct account owner;
	struct list list;

	if (str_is_set(login) && !call_read_done(call, find_user(call, login, &owner)))
		return EXIT_FAILED;
	list_begin(&list, call, "CLIENT ID             OWNER                 NAME");
	if (!(str_is_set(login) ? list_of_owner(&list, &owner) : list_all(&list)))
		return EXIT_FAILED;
	list_end(&list, "There are no apps.");
	return EXIT_DONE;
}

/* Everything that is known of one app. */
struct whole {
	struct app app;
	struct callback *callbacks;
	struct app_secret *secrets;
	size_t callbacks_n, secrets_n;
	int64_t users, offered_to_id;
	struct str offered_to;
};

static enum db_status read_whole(struct call *call, struct whole *w)
{
	struct store *s = &call->store;
	struct arena *a = &call->arena;
	enum db_status status = find_app(call, call->args.words[0], &w->app);

	if (status == DB_OK)
		status = app_callbacks(s, a, w->app.id, &w->callbacks, &w->callbacks_n);
	if (status == DB_OK)
		status = app_secret_list(s, a, w->app.id, &w->secrets, &w->secrets_n);
	if (status == DB_OK)
		status = grant_count(s, &w->app, USERS_COUNTED, &w->users);
	if (status == DB_OK)
		status = app_transfer_read(s, a, w->app.id, &w->offered_to_id, &w->offered_to);
	return status;
}

static json_t *whole_json(struct arena *a, const struct whole *w)
{
	json_t *json = app_json(a, &w->app);

	json_object_set_new(json, "description", json_of(a, w->app.description));
	json_object_set_new(json, "device_flow", json_boolean(w->app.device_flow));
	json_object_set_new(json, "expiring_tokens", json_boolean(w->app.token_expiration));
	add_standard_json(json, a, &w->app);
	json_object_set_new(json, "callbacks", app_callbacks_json(a, w->callbacks, w->callbacks_n));
	json_object_set_new(json, "secrets", app_secrets_json(a, w->secrets, w->secrets_n));
	json_object_set_new(json, "users", json_integer((json_int_t)w->users));
	json_object_set_new(json, "offered_to", json_of(a, w->offered_to));
	return json;
}

static void tell_whole(struct arena *a, const struct whole *w)
{
	print_field(a, "name", w->app.name);
	print_field(a, "client id", w->app.client_id);
	print_field(a, "owner", w->app.owner_login);
	print_field(a, "homepage", w->app.homepage);
	print_field(a, "description", w->app.description);
	for (size_t i = 0; i < w->callbacks_n; i++)
		print_field(a, "callback",
			str_printf(a, "%.*s%s", STR_ARG(w->callbacks[i].uri),
				w->callbacks[i].mode == REDIRECT_WILDCARD ? " (wildcard)" : ""));
	for (size_t i = 0; i < w->secrets_n; i++)
		print_field(a, "secret",
			str_printf(a, "%llu, ends in %.*s", (unsigned long long)w->secrets[i].id,
				STR_ARG(w->secrets[i].last_eight)));
	print_field(a, "device flow", w->app.device_flow ? STR("yes") : STR("no"));
	print_field(a, "expiring tokens", w->app.token_expiration ? STR("yes") : STR("no"));
	tell_standard(a, &w->app);
	print_field(a, "users", str_printf(a, "%lld", (long long)w->users));
	if (str_is_set(w->offered_to))
		print_field(a, "offered to", w->offered_to);
	print_field(a, "suspended", print_time(a, w->app.suspended_at));
	print_field(a, "created", print_time(a, w->app.created_at));
}

int app_show(struct call *call)
{
	struct whole w = {.offered_to = STR_NONE};

	if (!call_read_done(call, read_whole(call, &w)))
		return EXIT_FAILED;
	if (call->json)
		print_json(whole_json(&call->arena, &w));
	else
		tell_whole(&call->arena, &w);
	return EXIT_DONE;
}
