/* Browser sessions of a user. */
#include "command/user.h"

const struct flag session_end_flags[] = {
	{"all", FLAG_SWITCH, false, NULL, "end every session of the user"}, FLAG_JSON, FLAG_END};

static void list_session(struct list *l, const struct session *s)
{
	struct arena *a = &l->call->arena;

	if (l->call->json)
		list_json(l, json_pack("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)s->id,
				     "created_at", json_time(s->created_at), "seen_at",
				     json_time(s->seen_at), "address", json_of(a, s->address),
				     "user_agent", json_of(a, s->user_agent)));
	else
		list_line(l, "%-12llu %.*s  %.*s  %-15.*s %.*s", (unsigned long long)s->id,
			STR_ARG(print_time(a, s->created_at)), STR_ARG(print_time(a, s->seen_at)),
			STR_ARG(print_safe(a, s->address)), STR_ARG(print_safe(a, s->user_agent)));
}

int session_list_command(struct call *call)
{
	struct account user;
	struct session *sessions;
	struct list list;
	size_t n = 0;
	enum db_status status = find_user(call, call->args.words[0], &user);

	if (status == DB_OK)
		status = session_list(&call->store, &call->arena, user.id,
			call->config.settings.session_idle_s, &sessions, &n);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	list_begin(&list, call,
		"ID           BEGUN (UTC)       SEEN (UTC)        ADDRESS         BROWSER");
	for (size_t i = 0; i < n; i++)
		list_session(&list, &sessions[i]);
	list_end(&list, "There are no sessions.");
	return EXIT_DONE;
}

struct ending {
	struct call *call;
	struct account user;
	int64_t id; /* 0: all */
};

static enum db_status end(struct store *s, void *context)
{
	struct ending *e = context;
	enum db_status status = find_user(e->call, e->call->args.words[0], &e->user);

	if (status != DB_OK)
		return status;
	status = e->id ? session_end(s, e->user.id, (uint64_t)e->id)
		       : session_end_others(s, e->user.id, 0);
	if (status == DB_NONE)
		return refuse(e->call, "%.*s has no session %lld", STR_ARG(e->user.login),
			(long long)e->id);
	return status == DB_OK ? audit(s, e->user.id, "user.logout", 0, STR_NONE) : status;
}

int session_end_command(struct call *call)
{
	struct ending e = {.call = call};
	struct str id = call->args.words[1];
	bool all = args_has(&call->args, "all");

	if (all == str_is_set(id))
		return say_misuse(call, "either the id of a session or --all is wanted");
	if (!all && (!str_to_i64(id, &e.id) || e.id == 0))
		return say_failure("'%.*s' is no id of a session", STR_ARG(id));
	if (!call_write(call, end, &e))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:o, s:o}", "login", json_of(&call->arena, e.user.login),
			"ended", all ? json_string("all") : json_integer((json_int_t)e.id)));
	else if (all)
		print_line("%.*s is signed out everywhere.", STR_ARG(e.user.login));
	else
		print_line("The session %lld of %.*s is ended.", (long long)e.id,
			STR_ARG(e.user.login));
	return EXIT_DONE;
}
