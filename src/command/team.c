/* Teams and their members. */
#include "command/fields.h"
#include "command/org.h"

const struct flag team_create_flags[] = {
	{"description", FLAG_TEXT, false, "TEXT", "what it is for"},
	{"secret", FLAG_SWITCH, false, NULL, "only its members may know of it"}, FLAG_JSON,
	FLAG_END};
const struct flag team_member_add_flags[] = {
	{"role", FLAG_TEXT, false, "ROLE", "'maintainer' or 'member', which is the default"},
	FLAG_JSON, FLAG_END};

static json_t *team_json(struct arena *a, const struct team *t)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:s}", "id", (json_int_t)t->id, "organization",
		json_of(a, t->org.login), "slug", json_of(a, t->slug), "name", json_of(a, t->name),
		"description", json_of(a, t->description), "privacy",
		t->secret ? "secret" : "closed");
}

/* ORG SLUG at the front of the words. */
static enum db_status find_team(struct store *s, struct org_work *w)
{
	const struct str *words = w->call->args.words;
	enum db_status status = find_org(w->call, words[0], &w->org);

	if (status != DB_OK)
		return status;
	status = team_by_slug(s, &w->call->arena, w->org.id, words[1], &w->team);
	return status == DB_NONE ? refuse(w->call, "'%.*s' has no team '%.*s'",
					   STR_ARG(w->org.login), STR_ARG(words[1]))
				 : status;
}

static enum db_status create(struct store *s, void *context)
{
	struct org_work *w = context;
	const struct args *args = &w->call->args;
	enum db_status status = find_org(w->call, args->words[0], &w->org);

	if (status != DB_OK)
		return status;
	status = team_create(s, &w->call->arena, &w->org, args->words[1],
		args_text(args, "description"), args_has(args, "secret"), &w->team);
	if (status == DB_CONFLICT)
		return refuse(w->call, "'%.*s' has a team '%.*s' already", STR_ARG(w->org.login),
			STR_ARG(w->team.slug));
	if (status == DB_NONE)
		return refuse(w->call, "'%.*s' has no letter or digit for a slug",
			STR_ARG(args->words[1]));
	return status;
}

int team_create_command(struct call *call)
{
	struct org_work w = {.call = call};

	if (!check_display_name(call->args.words[1]) ||
		!check_description(args_text(&call->args, "description")) ||
		!call_write(call, create, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(team_json(&call->arena, &w.team));
	else
		print_line("The team %.*s of %.*s is made, with the id %lld.", STR_ARG(w.team.slug),
			STR_ARG(w.org.login), (long long)w.team.id);
	return EXIT_DONE;
}

int team_list_command(struct call *call)
{
	struct team *teams;
	struct list list;
	struct org org;
	size_t n = 0;
	enum db_status status = find_org(call, call->args.words[0], &org);

	if (status == DB_OK)
		status = team_list(&call->store, &call->arena, org.id, &teams, &n);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	list_begin(&list, call, "ID       SLUG                                    NAME");
	for (size_t i = 0; i < n; i++) {
		if (call->json)
			list_json(&list, team_json(&call->arena, &teams[i]));
		else
			list_line(&list, "%-8lld %-39.*s %.*s%s", (long long)teams[i].id,
				STR_ARG(teams[i].slug),
				STR_ARG(print_safe(&call->arena, teams[i].name)),
				teams[i].secret ? " (secret)" : "");
	}
	list_end(&list, "It has no teams.");
	return EXIT_DONE;
}

static enum db_status delete_team(struct store *s, void *context)
{
	struct org_work *w = context;
	enum db_status status = find_team(s, w);

	return status == DB_OK ? team_delete(s, w->team.id) : status;
}

int team_delete_command(struct call *call)
{
	struct org_work w = {.call = call};

	if (!args_has(&call->args, "yes"))
		return say_misuse(call, "deleting a team cannot be undone; '--yes' is missing");
	if (!call_write(call, delete_team, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(team_json(&call->arena, &w.team));
	else
		print_line("The team %.*s of %.*s is deleted.", STR_ARG(w.team.slug),
			STR_ARG(w.org.login));
	return EXIT_DONE;
}

static enum db_status add_member(struct store *s, void *context)
{
	struct org_work *w = context;
	enum db_status status = find_team(s, w);

	if (status == DB_OK)
		status = find_user(w->call, w->call->args.words[2], &w->account);
	if (status != DB_OK)
		return status;
	status = team_member_put(s, &w->team, w->account.id, w->flag);
	if (status == DB_NONE)
		return refuse(w->call, "'%.*s' is no member of '%.*s'", STR_ARG(w->account.login),
			STR_ARG(w->org.login));
	return status == DB_OK ? audit(s, w->account.id, "team.add_member", 0, w->team.slug)
			       : status;
}

int team_member_add_command(struct call *call)
{
	struct org_work w = {.call = call};

	if (!read_role(call, "maintainer", &w.flag) || !call_write(call, add_member, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:o, s:s}", "login", json_of(&call->arena, w.account.login),
			"role", w.flag ? "maintainer" : "member"));
	else
		print_line("%.*s is in the team %.*s now.", STR_ARG(w.account.login),
			STR_ARG(w.team.slug));
	return EXIT_DONE;
}

static enum db_status remove_member(struct store *s, void *context)
{
	struct org_work *w = context;
	enum db_status status = find_team(s, w);

	if (status == DB_OK)
		status = find_user(w->call, w->call->args.words[2], &w->account);
	if (status != DB_OK)
		return status;
	status = team_member_remove(s, w->team.id, w->account.id);
	if (status == DB_NONE)
		return refuse(w->call, "'%.*s' is not in the team '%.*s'",
			STR_ARG(w->account.login), STR_ARG(w->team.slug));
	return status == DB_OK ? audit(s, w->account.id, "team.remove_member", 0, w->team.slug)
			       : status;
}

int team_member_remove_command(struct call *call)
{
	struct org_work w = {.call = call};

	if (!call_write(call, remove_member, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:o}", "login", json_of(&call->arena, w.account.login)));
	else
		print_line("%.*s is not in the team %.*s any more.", STR_ARG(w.account.login),
			STR_ARG(w.team.slug));
	return EXIT_DONE;
}

int team_member_list_command(struct call *call)
{
	struct org_work w = {.call = call};
	struct team_member *members;
	struct list list;
	size_t n = 0;
	enum db_status status = find_team(&call->store, &w);

	if (status == DB_OK)
		status = team_member_list(&call->store, &call->arena, w.team.id, &members, &n);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	list_begin(&list, call, "LOGIN                                   ROLE");
	for (size_t i = 0; i < n; i++) {
		const char *role = members[i].maintainer ? "maintainer" : "member";

		if (call->json)
			list_json(&list, json_pack("{s:o, s:s}", "login",
						 json_of(&call->arena, members[i].account.login),
						 "role", role));
		else
			list_line(&list, "%-39.*s %s", STR_ARG(members[i].account.login), role);
	}
	list_end(&list, "It has no members.");
	return EXIT_DONE;
}
