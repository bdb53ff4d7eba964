/* One organisation: its members and its teams. */
#include "core/account.h"
#include "web/orgs.h"

struct org_errors {
	struct str user, team_name;
	enum message error_user, error_team;
};

static struct str path_of(struct context *c, const struct org *org)
{
	return str_printf(c->arena, "/organizations/%.*s", STR_ARG(org->login));
}

/* Secret teams are shown to who manages, and to their members. */
static bool is_shown(struct context *c, const struct team *team, bool manages)
{
	struct team_member member;

	if (!team->secret || manages)
		return true;
	enum db_status status = team_member_get(c->store, team->id, web_account(c)->id, &member);

	return !context_failed(c, status) && status == DB_OK;
}

static void add_members(
	struct context *c, struct page_org *page, const struct org_member *members, size_t n)
{
	struct page_org_member *rows = ARENA_ARRAY(c->arena, struct page_org_member, n + 1);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct page_org_member){.login = members[i].account.login,
			.admin = members[i].admin,
			.is_public = members[i].is_public};
	page->members = rows;
	page->members_n = n;
}

static void add_teams(struct context *c, struct page_org *page, const struct org *org,
	const struct team *teams, size_t n)
{
	struct page_org_team *rows = ARENA_ARRAY(c->arena, struct page_org_team, n + 1);

	for (size_t i = 0; i < n; i++)
		if (is_shown(c, &teams[i], page->manages))
			rows[page->teams_n++] = (struct page_org_team){.name = teams[i].name,
				.href = str_printf(c->arena, "%.*s/teams/%.*s",
					STR_ARG(path_of(c, org)), STR_ARG(teams[i].slug)),
				.secret = teams[i].secret};
	page->teams = rows;
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const struct org *org, bool manages, const struct org_errors *e)
{
	struct page_org page = {
		.login = org->login,
		.name = org->name,
		.description = org->description,
		.action = path_of(c, org),
		.manages = manages,
		.user = e->user,
		.team_name = e->team_name,
		.error_user = e->error_user,
		.error_team = e->error_team,
	};
	struct org_member *members;
	struct team *teams;
	size_t members_n, teams_n;

	if (context_failed(c, org_member_list(c->store, c->arena, org->id, &members, &members_n)) ||
		context_failed(c, team_list(c->store, c->arena, org->id, &teams, &teams_n)))
		return;
	add_members(c, &page, members, members_n);
	add_teams(c, &page, org, teams, teams_n);
	page.layout = web_layout(c, req, rep);
	if (status == 422)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, status, org, &page);
}

void org_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct org_errors none = {STR(""), STR(""), MSG_NONE, MSG_NONE};
	struct org org;
	bool manages;

	if (find_shown_org(c, req, rep, &org, &manages))
		show(c, req, rep, 200, &org, manages, &none);
}

/* May this member stop being an admin? The last one may not, unless the server's
 * administrator says so, who can always make another. */
static bool is_last_admin(struct context *c, const struct org *org, const struct org_member *m)
{
	int64_t admins = 2;

	if (m->admin && !web_account(c)->site_admin)
		context_failed(c, org_admin_count(c->store, org->id, &admins));
	return admins < 2;
}

/* Does what the form says to a member. MSG_NONE when it is done, or when c->failed. */
static enum message change_member(
	struct context *c, const struct org *org, struct str what, const struct account *account)
{
	bool adds = str_eq_c(what, "add"), removes = str_eq_c(what, "remove");
	struct org_member m = {.admin = false};
	enum db_status status = org_member_get(c->store, org->id, account->id, &m);
	bool was_admin = m.admin;

	if (context_failed(c, status))
		return MSG_NONE;
	if (status == DB_NONE && !adds)
		return MSG_ORGS_ERROR_NO_MEMBER;
	struct org_member next = m;

	if (adds)
		next = (struct org_member){.admin = str_eq_c(form_field(c, "admin"), "1"),
			.is_public = str_eq_c(form_field(c, "public"), "1")};
	else if (str_eq_c(what, "admin") || str_eq_c(what, "member"))
		next.admin = str_eq_c(what, "admin");
	else
		next.is_public = str_eq_c(what, "public");
	if (was_admin && (removes || !next.admin) && is_last_admin(c, org, &m))
		return MSG_ORGS_ERROR_LAST_ADMIN;
	status = removes ? org_member_remove(c->store, org->id, account->id)
			 : org_member_put(
				   c->store, org->id, account->id, next.admin, next.is_public);
	if (!context_failed(c, status))
		orgs_audit(c, removes ? "org.remove_member" : "org.add_member", account->id,
			org->login);
	return MSG_NONE;
}

static enum message make_team(struct context *c, const struct org *org, struct str name)
{
	struct team team;
	enum db_status status = DB_NONE;

	if (app_name_check(name) == FIELD_OK)
		status = team_create(c->store, c->arena, org, name, STR_NONE,
			str_eq_c(form_field(c, "secret"), "1"), &team);
	if (status == DB_NONE)
		return MSG_ORGS_ERROR_TEAM;
	if (status == DB_CONFLICT)
		return MSG_ORGS_ERROR_TEAM_TAKEN;
	context_failed(c, status);
	return MSG_NONE;
}

static bool is_known(struct str what)
{
	static const char *const words[] = {
		"add", "remove", "admin", "member", "public", "private", "team"};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_eq_c(what, words[i]))
			return true;
	return false;
}

void org_change(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str what = form_field(c, "do");
	struct org_errors e = {str_trim(form_field(c, "user")),
		str_trim(form_field(c, "team_name")), MSG_NONE, MSG_NONE};
	bool manages, makes_team = str_eq_c(what, "team");
	struct account account = {.id = 0};
	struct org org;

	if (!find_shown_org(c, req, rep, &org, &manages))
		return;
	if (!manages || !is_known(what)) {
		web_show_error(c, req, rep, manages ? 400 : 404);
		return;
	}
	if (makes_team) {
		e.error_team = make_team(c, &org, e.team_name);
	} else {
		enum db_status status = account_by_login(c->store, c->arena, e.user, &account);

		if (!context_failed(c, status))
			e.error_user = status == DB_NONE ? MSG_ORGS_ERROR_USER
							 : change_member(c, &org, what, &account);
	}
	if (c->failed)
		return;
	/* who has left sees the page no more */
	bool left = str_eq_c(what, "remove") && account.id == web_account(c)->id &&
		    !web_account(c)->site_admin;

	if (e.error_user != MSG_NONE || e.error_team != MSG_NONE)
		show(c, req, rep, 422, &org, manages, &e);
	else if (left)
		web_go(c, req, rep, STR("/organizations"), MSG_ORGS_SAVED);
	else
		web_go(c, req, rep, path_of(c, &org),
			makes_team ? MSG_ORGS_TEAM_CREATED : MSG_ORGS_SAVED);
}
