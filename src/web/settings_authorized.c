/* Apps that a person has authorized: what each may do, and taking it back. */
#include "base/limits.h"
#include "store/authorization.h"
#include "web/permissions.h"
#include "web/settings.h"

static struct str href_of(struct arena *a, struct str client_id)
{
	struct buf b;

	buf_init(&b, a, REWRITTEN_URL);
	buf_add_c(&b, "/settings/connections/applications/");
	buf_add_percent(&b, client_id);
	return buf_str(&b);
}

void authorized_apps_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct granted_app *granted;
	size_t n;

	if (context_failed(c, grant_list(c->store, c->arena, web_account(c)->id, &granted, &n)))
		return;
	struct page_authorized_apps_app *rows =
		ARENA_ARRAY(c->arena, struct page_authorized_apps_app, n);

	for (size_t i = 0; i < n; i++) {
		const struct app *app = &granted[i].app;

		rows[i] = (struct page_authorized_apps_app){
			.name = app->name,
			.initial = web_initial(c->arena, app->name),
			.owner = web_owner_of(c, app),
			.granted = granted[i].created_at,
			.href = href_of(c->arena, app->client_id),
			.permissions_n = (int64_t)permissions_count(granted[i].scopes),
		};
	}
	const struct page_authorized_apps page = {
		.layout = web_layout(c, req, rep),
		.apps = rows,
		.apps_n = n,
	};

	WEB_SHOW(c, rep, 200, authorized_apps, &page);
}

/* The app that the path names and the person's grant to it. False: the reply is ready. */
static bool find_granted(struct context *c, struct http_request *req, struct http_reply *rep,
	struct app *app, struct grant *grant)
{
	enum db_status status = app_by_client_id(c->store, c->arena, req->vars[0], app);

	if (status == DB_OK)
		status = grant_read(c->store, c->arena, web_account(c)->id, app, grant);
	if (context_failed(c, status))
		return false;
	if (status == DB_NONE)
		web_show_error(c, req, rep, 404);
	return status == DB_OK;
}

void authorized_app_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct grant grant;
	size_t tokens;

	if (!find_granted(c, req, rep, &app, &grant) ||
		context_failed(c,
			authorization_count(c->store, web_account(c)->id, app.client_id, &tokens)))
		return;
	struct permissions permissions =
		permissions_of_text(c->arena, c->visit->lang, grant.scopes);
	const struct page_authorized_app page = {
		.layout = web_layout(c, req, rep),
		.name = app.name,
		.initial = web_initial(c->arena, app.name),
		.owner = web_owner_of(c, &app),
		.description = app.description,
		.client_id = app.client_id,
		.homepage = app.homepage,
		.granted = grant.created_at,
		.permissions = permissions.groups,
		.permissions_n = permissions.n,
		.tokens_n = (int64_t)tokens,
		.revoke_action = str_printf(
			c->arena, "%.*s/revoke", STR_ARG(href_of(c->arena, app.client_id))),
	};

	WEB_SHOW(c, rep, 200, authorized_app, &page);
}

void authorized_app_revoke(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct grant grant;

	if (!find_granted(c, req, rep, &app, &grant))
		return;
	if (context_failed(c, grant_revoke(c->store, web_account(c)->id, app.id, "user")) ||
		!settings_audit(c, "oauth_authorization.destroy", app.id, app.name))
		return;
	const struct notice done = {MSG_AUTHORIZED_REVOKED, false, app.name};

	web_go_with(c, req, rep, STR("/settings/applications"), &done);
}

void authorized_apps_revoke_all(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (context_failed(c, grant_revoke_all(c->store, web_account(c)->id, "user")) ||
		!settings_audit(c, "oauth_authorization.destroy_all", 0, STR_NONE))
		return;
	web_go(c, req, rep, STR("/settings/applications"), MSG_AUTHORIZED_ALL_REVOKED);
}
