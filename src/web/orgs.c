/* The list of organisations, and making one. */
#include "web/orgs.h"

#include "base/limits.h"
#include "core/account.h"
#include "store/audit.h"

struct new_org {
	struct str login, name;
	enum message error_login, error_name;
};

bool find_shown_org(struct context *c, struct http_request *req, struct http_reply *rep,
	struct org *org, bool *manages)
{
	const struct account *me = web_account(c);
	struct org_member member = {.admin = false};
	enum db_status status = org_by_login(c->store, c->arena, req->vars[0], org), in = DB_NONE;

	if (status == DB_OK)
		in = org_member_get(c->store, org->id, me->id, &member);
	if (context_failed(c, status) || context_failed(c, in))
		return false;
	*manages = me->site_admin || member.admin;
	if (status == DB_OK && (in == DB_OK || me->site_admin))
		return true;
	web_show_error(c, req, rep, 404);
	return false;
}

bool orgs_audit(struct context *c, const char *action, int64_t account_id, struct str detail)
{
	return !context_failed(c, audit_write(c->store, account_id, web_account(c)->login, action,
					  0, detail, c->remote));
}

static struct page_orgs_org row_of(struct context *c, const struct org *org, bool admin)
{
	return (struct page_orgs_org){
		.login = org->login,
		.name = org->name,
		.initial = web_initial(c->arena, org->login),
		.href = str_printf(c->arena, "/organizations/%.*s", STR_ARG(org->login)),
		.admin = admin,
	};
}

/* An administrator of the server sees all, others those that they are in. */
static bool list(struct context *c, struct page_orgs *page)
{
	const struct account *me = web_account(c);
	struct page_orgs_org *rows = ARENA_ARRAY(c->arena, struct page_orgs_org, ORG_LIST_MAX);
	struct org_membership *own;
	struct org *all;
	enum db_status status;

	if (me->site_admin)
		status = org_list(c->store, c->arena, 0, ORG_LIST_MAX, &all, &page->orgs_n);
	else
		status =
			org_list_of_account(c->store, c->arena, me->id, false, &own, &page->orgs_n);
	if (context_failed(c, status))
		return false;
	for (size_t i = 0; i < page->orgs_n; i++)
		rows[i] = me->site_admin ? row_of(c, &all[i], true)
					 : row_of(c, &own[i].org, own[i].admin);
	page->orgs = rows;
	return true;
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const struct new_org *n)
{
	struct page_orgs page = {
		.all = web_account(c)->site_admin,
		.login = n->login,
		.name = n->name,
		.error_login = n->error_login,
		.error_name = n->error_name,
	};

	if (!list(c, &page))
		return;
	page.layout = web_layout(c, req, rep);
	if (status == 422)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, status, orgs, &page);
}

void orgs_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct new_org empty = {STR(""), STR(""), MSG_NONE, MSG_NONE};

	show(c, req, rep, 200, &empty);
}

void org_create_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct new_org n = {str_trim(form_field(c, "org_login")),
		str_trim(form_field(c, "org_name")), MSG_NONE, MSG_NONE};
	struct org org;

	if (!web_account(c)->site_admin) {
		web_show_error(c, req, rep, 404);
		return;
	}
	if (login_check(n.login) != FIELD_OK)
		n.error_login = MSG_ORGS_ERROR_LOGIN;
	if (n.name.n && app_name_check(n.name) != FIELD_OK)
		n.error_name = MSG_ORGS_ERROR_NAME;
	if (n.error_login == MSG_NONE && n.error_name == MSG_NONE) {
		enum db_status status = org_create(
			c->store, c->arena, n.login, n.name.n ? n.name : STR_NONE, STR_NONE, &org);

		if (status == DB_CONFLICT)
			n.error_login = MSG_ORGS_ERROR_LOGIN_TAKEN;
		else if (context_failed(c, status) ||
			 !settings_audit(c, "org.create", 0, org.login))
			return;
	}
	if (n.error_login != MSG_NONE || n.error_name != MSG_NONE)
		show(c, req, rep, 422, &n);
	else
		web_go(c, req, rep, str_printf(c->arena, "/organizations/%.*s", STR_ARG(org.login)),
			MSG_ORGS_CREATED);
}
