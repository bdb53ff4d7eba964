/* An app that somebody wants to hand over: accepting and declining. */
#include "base/limits.h"
#include "store/audit.h"
#include "web/settings.h"

/* The app that the path names, when it is offered to the signed-in person. False: the reply is
 * ready. */
static bool find_offered(
	struct context *c, struct http_request *req, struct http_reply *rep, struct app *app)
{
	int64_t id, to_id;
	struct str to_login;
	enum db_status status = DB_NONE;

	if (str_to_i64(req->vars[0], &id))
		status = app_by_id(c->store, c->arena, id, app);
	if (status == DB_OK)
		status = app_transfer_read(c->store, c->arena, id, &to_id, &to_login);
	if (context_failed(c, status))
		return false;
	if (status == DB_OK && to_id == web_account(c)->id)
		return true;
	web_show_error(c, req, rep, 404);
	return false;
}

void transfer_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	int64_t users;

	if (!find_offered(c, req, rep, &app) ||
		context_failed(c, grant_count(c->store, &app, USERS_COUNT_MAX, &users)))
		return;
	const struct page_transfer page = {
		.layout = web_layout(c, req, rep),
		.id = app.id,
		.app_name = app.name,
		.app_initial = web_initial(c->arena, app.name),
		.from = app.owner_login,
		.homepage = app.homepage,
		.users_n = users,
	};

	WEB_SHOW(c, rep, 200, transfer, &page);
}

static void go(struct context *c, struct http_request *req, struct http_reply *rep, struct str path,
	enum message m, bool bad, struct str app_name)
{
	const struct notice n = {m, bad, app_name};

	web_go_with(c, req, rep, path, &n);
}

static void decline(
	struct context *c, struct http_request *req, struct http_reply *rep, const struct app *app)
{
	if (context_failed(c, app_transfer_cancel(c->store, app->id)) ||
		!settings_audit(c, "oauth_application.transfer_decline", app->id, app->name))
		return;
	go(c, req, rep, STR("/settings/developers"), MSG_TRANSFER_DECLINED, false, app->name);
}

static void accept(
	struct context *c, struct http_request *req, struct http_reply *rep, const struct app *app)
{
	const struct account *me = web_account(c);
	struct app *apps;
	size_t n;

	if (context_failed(c, app_list_of_owner(c->store, c->arena, me->id, &apps, &n)))
		return;
	if (n >= LIMIT_APPS_PER_OWNER) {
		go(c, req, rep, STR("/settings/developers"), MSG_DEVELOPER_AT_LIMIT, true,
			STR_NONE);
		return;
	}
	/* in both logs: who gave it away did not press this button */
	if (context_failed(c, app_transfer_accept(c->store, c->arena, app->id, me->id)) ||
		context_failed(
			c, audit_write(c->store, app->owner_id, me->login,
				   "oauth_application.transfer", app->id, app->name, c->remote)) ||
		!settings_audit(c, "oauth_application.transfer", app->id, app->name))
		return;
	go(c, req, rep, str_printf(c->arena, "/settings/applications/%lld", (long long)app->id),
		MSG_TRANSFER_ACCEPTED, false, app->name);
}

void transfer_answer(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;

	if (!find_offered(c, req, rep, &app))
		return;
	if (str_eq_c(form_field(c, "accept"), "1"))
		accept(c, req, rep, &app);
	else
		decline(c, req, rep, &app);
}
