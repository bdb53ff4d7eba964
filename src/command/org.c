/* Organisations and their members. */
#include "command/org.h"

#include "command/fields.h"

enum { PAGE = 100 };

const struct flag org_create_flags[] = {
	{"name", FLAG_TEXT, false, "NAME", "the name that people read"},
	{"description", FLAG_TEXT, false, "TEXT", "what it is for"},
	{"admin", FLAG_TEXT, false, "LOGIN", "its first member, who may manage it"}, FLAG_JSON,
	FLAG_END};
const struct flag org_delete_flags[] = {
	{"yes", FLAG_SWITCH, false, NULL, "yes, really: this cannot be undone"}, FLAG_JSON,
	FLAG_END};
const struct flag org_member_add_flags[] = {
	{"role", FLAG_TEXT, false, "ROLE", "'admin' or 'member', which is the default"},
	{"public", FLAG_SWITCH, false, NULL, "everybody may know of the membership"}, FLAG_JSON,
	FLAG_END};

enum db_status find_org(struct call *call, struct str login, struct org *out)
{
	enum db_status status = org_by_login(&call->store, &call->arena, login, out);

	return status == DB_NONE ? refuse(call, "there is no organization '%.*s'", STR_ARG(login))
				 : status;
}

bool read_role(struct call *call, const char *high, bool *out)
{
	struct str role = args_text(&call->args, "role");

	*out = str_eq_c(role, high);
	if (*out || !str_is_set(role) || str_eq_c(role, "member"))
		return true;
	say_failure("'%.*s' cannot be a role: it is '%s' or 'member'", STR_ARG(role), high);
	return false;
}

static json_t *org_json(struct arena *a, const struct org *org)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o}", "id", (json_int_t)org->id, "login",
		json_of(a, org->login), "name", json_of(a, org->name), "description",
		json_of(a, org->description), "created_at", json_time(org->created_at));
}

static enum db_status create(struct store *s, void *context)
{
	struct org_work *w = context;
	const struct args *args = &w->call->args;
	struct str login = args->words[0], admin = args_text(args, "admin");
	enum db_status status = org_create(s, &w->call->arena, login, args_text(args, "name"),
		args_text(args, "description"), &w->org);

	if (status == DB_CONFLICT)
		return refuse(w->call, "the login '%.*s' is taken", STR_ARG(login));
	if (status == DB_OK && str_is_set(admin)) {
		status = find_user(w->call, admin, &w->account);
		if (status == DB_OK)
			status = org_member_put(s, w->org.id, w->account.id, true, false);
		if (status == DB_OK)
			status = audit(s, w->account.id, "org.add_member", 0, w->org.login);
	}
	return status;
}

int org_create_command(struct call *call)
{
	struct org_work w = {.call = call};
	struct str name = args_text(&call->args, "name");

	if (!check_login(call->args.words[0]) || (str_is_set(name) && !check_display_name(name)) ||
		!check_description(args_text(&call->args, "description")) ||
		!call_write(call, create, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(org_json(&call->arena, &w.org));
	else
		print_line("The organization %.*s is made, with the id %lld.", STR_ARG(w.org.login),
			(long long)w.org.id);
	return EXIT_DONE;
}

int org_list_command(struct call *call)
{
	struct list list;
	struct org *orgs;
	size_t n = PAGE;
	int64_t after = 0;

	list_begin(&list, call, "ID       LOGIN                                   NAME");
	while (n == PAGE) {
		enum db_status status =
			org_list(&call->store, &call->arena, after, PAGE, &orgs, &n);

		if (!call_read_done(call, status))
			return EXIT_FAILED;
		for (size_t i = 0; i < n; i++) {
			if (call->json)
				list_json(&list, org_json(&call->arena, &orgs[i]));
			else
				list_line(&list, "%-8lld %-39.*s %.*s", (long long)orgs[i].id,
					STR_ARG(orgs[i].login),
					STR_ARG(print_safe(&call->arena, orgs[i].name)));
		}
		after = n ? orgs[n - 1].id : after;
		arena_reset(&call->arena);
	}
	list_end(&list, "There are no organizations.");
	return EXIT_DONE;
}

static json_t *member_json(struct arena *a, const struct org_member *m)
{
	return json_pack("{s:o, s:s, s:b}", "login", json_of(a, m->account.login), "role",
		m->admin ? "admin" : "member", "public", m->is_public);
}

static json_t *members_json(struct arena *a, const struct org_member *members, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, member_json(a, &members[i]));
	return list;
}

static json_t *teams_json(struct arena *a, const struct team *teams, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_of(a, teams[i].slug));
	return list;
}

int org_show(struct call *call)
{
	struct arena *a = &call->arena;
	struct org_member *members = NULL;
	size_t members_n = 0, teams_n = 0;
	struct team *teams = NULL;
	struct org org;
	enum db_status status = find_org(call, call->args.words[0], &org);

	if (status == DB_OK)
		status = org_member_list(&call->store, a, org.id, &members, &members_n);
	if (status == DB_OK)
		status = team_list(&call->store, a, org.id, &teams, &teams_n);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	if (call->json) {
		json_t *json = org_json(a, &org);

		json_object_set_new(json, "members", members_json(a, members, members_n));
		json_object_set_new(json, "teams", teams_json(a, teams, teams_n));
		print_json(json);
		return EXIT_DONE;
	}
	print_field(a, "login", org.login);
	print_field(a, "id", str_printf(a, "%lld", (long long)org.id));
	print_field(a, "name", org.name);
	print_field(a, "description", org.description);
	for (size_t i = 0; i < members_n; i++)
		print_field(a, "member",
			str_printf(a, "%.*s%s%s", STR_ARG(members[i].account.login),
				members[i].admin ? ", admin" : "",
				members[i].is_public ? ", public" : ""));
	for (size_t i = 0; i < teams_n; i++)
		print_field(a, "team", teams[i].slug);
	print_field(a, "created", print_time(a, org.created_at));
	return EXIT_DONE;
}

static enum db_status delete_org(struct store *s, void *context)
{
	struct org_work *w = context;
	enum db_status status = find_org(w->call, w->call->args.words[0], &w->org);

	return status == DB_OK ? org_delete(s, w->org.id) : status;
}

int org_delete_command(struct call *call)
{
	struct org_work w = {.call = call};

	if (!args_has(&call->args, "yes"))
		return say_misuse(
			call, "deleting an organization cannot be undone; '--yes' is missing");
	if (!call_write(call, delete_org, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(org_json(&call->arena, &w.org));
	else
		print_line(
			"The organization %.*s is deleted, with its teams.", STR_ARG(w.org.login));
	return EXIT_DONE;
}

static enum db_status find_both(struct org_work *w)
{
	enum db_status status = find_org(w->call, w->call->args.words[0], &w->org);

	return status == DB_OK ? find_user(w->call, w->call->args.words[1], &w->account) : status;
}

static enum db_status add_member(struct store *s, void *context)
{
	struct org_work *w = context;
	enum db_status status = find_both(w);

	if (status == DB_OK)
		status = org_member_put(s, w->org.id, w->account.id, w->flag, w->is_public);
	return status == DB_OK ? audit(s, w->account.id, "org.add_member", 0, w->org.login)
			       : status;
}

int org_member_add_command(struct call *call)
{
	struct org_work w = {.call = call, .is_public = args_has(&call->args, "public")};

	if (!read_role(call, "admin", &w.flag) || !call_write(call, add_member, &w))
		return EXIT_FAILED;
	const struct org_member m = {w.flag, w.is_public, w.account};

	if (call->json)
		print_json(member_json(&call->arena, &m));
	else
		print_line("%.*s is %s of %.*s now.", STR_ARG(w.account.login),
			w.flag ? "an admin" : "a member", STR_ARG(w.org.login));
	return EXIT_DONE;
}

static enum db_status remove_member(struct store *s, void *context)
{
	struct org_work *w = context;
	enum db_status status = find_both(w);

	if (status != DB_OK)
		return status;
	status = org_member_remove(s, w->org.id, w->account.id);
	if (status == DB_NONE)
		return refuse(w->call, "'%.*s' is no member of '%.*s'", STR_ARG(w->account.login),
			STR_ARG(w->org.login));
	return status == DB_OK ? audit(s, w->account.id, "org.remove_member", 0, w->org.login)
			       : status;
}

int org_member_remove_command(struct call *call)
{
	struct org_work w = {.call = call};

	if (!call_write(call, remove_member, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:o}", "login", json_of(&call->arena, w.account.login)));
	else
		print_line("%.*s is no member of %.*s any more.", STR_ARG(w.account.login),
			STR_ARG(w.org.login));
	return EXIT_DONE;
}

int org_member_list_command(struct call *call)
{
	struct org_member *members;
	struct list list;
	struct org org;
	size_t n = 0;
	enum db_status status = find_org(call, call->args.words[0], &org);

	if (status == DB_OK)
		status = org_member_list(&call->store, &call->arena, org.id, &members, &n);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	list_begin(&list, call, "LOGIN                                   ROLE    PUBLIC");
	for (size_t i = 0; i < n; i++) {
		if (call->json)
			list_json(&list, member_json(&call->arena, &members[i]));
		else
			list_line(&list, "%-39.*s %-7s %s", STR_ARG(members[i].account.login),
				members[i].admin ? "admin" : "member",
				members[i].is_public ? "yes" : "no");
	}
	list_end(&list, "It has no members.");
	return EXIT_DONE;
}
