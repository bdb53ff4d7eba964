/* One team: its members. */
#include "web/orgs.h"

struct shown_team {
	struct team team;
	bool manages;
	struct str user;
	enum message error_user;
};

/* The team of the path; to who may not know of it, it is not there. A maintainer manages too. */
static bool find(
	struct context *c, struct http_request *req, struct http_reply *rep, struct shown_team *out)
{
	struct team_member own = {.maintainer = false};
	enum db_status status, in = DB_NONE;
	struct org org;

	*out = (struct shown_team){.user = STR(""), .error_user = MSG_NONE};
	if (!find_shown_org(c, req, rep, &org, &out->manages))
		return false;
	status = team_by_slug(c->store, c->arena, org.id, req->vars[1], &out->team);
	if (status == DB_OK)
		in = team_member_get(c->store, out->team.id, web_account(c)->id, &own);
	if (context_failed(c, status) || context_failed(c, in))
		return false;
	if (status == DB_OK && (!out->team.secret || in == DB_OK || out->manages)) {
		out->manages = out->manages || own.maintainer;
		return true;
	}
	web_show_error(c, req, rep, 404);
	return false;
}

static struct str path_of(struct context *c, const struct team *t)
{
	return str_printf(c->arena, "/organizations/%.*s/teams/%.*s", STR_ARG(t->org.login),
		STR_ARG(t->slug));
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const struct shown_team *s)
{
	struct team_member *members;
	size_t n;

	if (context_failed(c, team_member_list(c->store, c->arena, s->team.id, &members, &n)))
		return;
	struct page_team_member *rows = ARENA_ARRAY(c->arena, struct page_team_member, n + 1);

	for (size_t i = 0; i < n; i++)
		rows[i] =
			(struct page_team_member){members[i].account.login, members[i].maintainer};
	struct page_team page = {
		.layout = web_layout(c, req, rep),
		.name = s->team.name,
		.org = s->team.org.login,
		.org_href = str_printf(c->arena, "/organizations/%.*s", STR_ARG(s->team.org.login)),
		.description = s->team.description,
		.secret = s->team.secret,
		.action = path_of(c, &s->team),
		.manages = s->manages,
		.members = rows,
		.members_n = n,
		.user = s->user,
		.error_user = s->error_user,
	};

	if (status == 422)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, status, team, &page);
}

void team_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct shown_team s;

	if (find(c, req, rep, &s))
		show(c, req, rep, 200, &s);
}

static enum message change_member(struct context *c, const struct shown_team *s, bool adds)
{
	struct account account;
	enum db_status status = account_by_login(c->store, c->arena, s->user, &account);

	if (context_failed(c, status))
		return MSG_NONE;
	if (status == DB_NONE)
		return MSG_ORGS_ERROR_USER;
	status = adds ? team_member_put(c->store, &s->team, account.id,
				str_eq_c(form_field(c, "maintainer"), "1"))
		      : team_member_remove(c->store, s->team.id, account.id);
	if (context_failed(c, status))
		return MSG_NONE;
	if (status == DB_NONE)
		return MSG_ORGS_ERROR_NO_MEMBER;
	orgs_audit(c, adds ? "team.add_member" : "team.remove_member", account.id, s->team.slug);
	return MSG_NONE;
}

void team_change(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str what = form_field(c, "do");
	bool adds = str_eq_c(what, "add"), deletes = str_eq_c(what, "delete");
	struct shown_team s;

	if (!find(c, req, rep, &s))
		return;
	if (!s.manages || (!adds && !deletes && !str_eq_c(what, "remove"))) {
		web_show_error(c, req, rep, s.manages ? 400 : 404);
		return;
	}
	if (deletes) {
		if (!context_failed(c, team_delete(c->store, s.team.id)))
			web_go(c, req, rep,
				str_printf(
					c->arena, "/organizations/%.*s", STR_ARG(s.team.org.login)),
				MSG_ORGS_TEAM_DELETED);
		return;
	}
	s.user = str_trim(form_field(c, "user"));
	s.error_user = change_member(c, &s, adds);
	if (c->failed)
		return;
	if (s.error_user != MSG_NONE)
		show(c, req, rep, 422, &s);
	else
		web_go(c, req, rep, path_of(c, &s.team), MSG_ORGS_SAVED);
}
