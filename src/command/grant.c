/* What users have allowed apps. */
#include "store/grant.h"

#include "command/app.h"

const struct flag grant_revoke_flags[] = {
	{"all", FLAG_SWITCH, false, NULL, "revoke what the user allows every app"}, FLAG_JSON,
	FLAG_END};

static json_t *scopes_json(struct arena *a, struct str scopes)
{
	json_t *list = json_array();
	struct str rest = scopes, name;

	while (str_next(&rest, ' ', &name))
		if (str_has_text(name))
			json_array_append_new(list, json_of(a, name));
	return list;
}

static void list_grant(struct list *l, const struct granted_app *g)
{
	struct arena *a = &l->call->arena;

	if (l->call->json)
		list_json(l,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "client_id",
				json_of(a, g->app.client_id), "name", json_of(a, g->app.name),
				"owner", json_of(a, g->app.owner_login), "scopes",
				scopes_json(a, g->scopes), "created_at", json_time(g->created_at),
				"updated_at", json_time(g->updated_at)));
	else
		list_line(l, "%-20.*s  %.*s  %-24.*s  %.*s", STR_ARG(g->app.client_id),
			STR_ARG(print_time(a, g->created_at)), STR_ARG(print_safe(a, g->app.name)),
			STR_ARG(g->scopes.n ? g->scopes : STR("(no scopes)")));
}

int grant_list_command(struct call *call)
{
	struct account user;
	struct granted_app *grants;
	struct list list;
	size_t n = 0;
	enum db_status status = find_user(call, call->args.words[0], &user);

	if (status == DB_OK)
		status = grant_list(&call->store, &call->arena, user.id, &grants, &n);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	list_begin(&list, call,
		"CLIENT ID             SINCE (UTC)       NAME                      SCOPES");
	for (size_t i = 0; i < n; i++)
		list_grant(&list, &grants[i]);
	list_end(&list, "The user allows no app anything.");
	return EXIT_DONE;
}

static enum db_status revoke_one(struct store *s, struct app_work *w)
{
	struct grant grant;
	enum db_status status = find_app(w->call, w->call->args.words[1], &w->app);

	/* One of an older epoch is dead already, so it is not there to be revoked. */
	if (status == DB_OK)
		status = grant_read(s, &w->call->arena, w->to.id, &w->app, &grant);
	if (status == DB_OK)
		status = grant_revoke(s, w->to.id, w->app.id, "operator");
	if (status == DB_NONE)
		return refuse(w->call, "%.*s allows the app '%.*s' nothing", STR_ARG(w->to.login),
			STR_ARG(w->app.name));
	return status == DB_OK
		       ? audit(s, w->to.id, "oauth_authorization.destroy", w->app.id, w->app.name)
		       : status;
}

static enum db_status revoke(struct store *s, void *context)
{
	struct app_work *w = context;
	enum db_status status = find_user(w->call, w->call->args.words[0], &w->to);

	if (status != DB_OK)
		return status;
	if (!args_has(&w->call->args, "all"))
		return revoke_one(s, w);
	status = grant_revoke_all(s, w->to.id, "operator");
	return status == DB_OK ? audit(s, w->to.id, "oauth_authorization.destroy_all", 0, STR_NONE)
			       : status;
}

int grant_revoke_command(struct call *call)
{
	struct app_work w = {.call = call};
	bool all = args_has(&call->args, "all");

	if (all == str_is_set(call->args.words[1]))
		return say_misuse(call, "either the client id of an app or --all is wanted");
	if (!call_write(call, revoke, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:o, s:o}", "login", json_of(&call->arena, w.to.login),
			"revoked",
			all ? json_string("all") : json_of(&call->arena, w.app.client_id)));
	else if (all)
		print_line("%.*s allows no app anything any more.", STR_ARG(w.to.login));
	else
		print_line("%.*s does not allow '%.*s' anything any more.", STR_ARG(w.to.login),
			STR_ARG(w.app.name));
	return EXIT_DONE;
}
