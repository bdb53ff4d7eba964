/* Developer settings: the person's own apps, and a new one. */
#include "web/app_form.h"
#include "web/settings.h"

enum { LIST_COUNT_MAX = 1000 }; /* of each of up to LIMIT_APPS_PER_OWNER rows */

static struct page_developer_apps_app *app_rows(struct context *c, const struct app *apps, size_t n)
{
	struct page_developer_apps_app *rows =
		ARENA_ARRAY(c->arena, struct page_developer_apps_app, n);

	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct page_developer_apps_app){.id = apps[i].id,
			.name = apps[i].name,
			.initial = web_initial(c->arena, apps[i].name),
			.suspended = apps[i].suspended_at != 0};
		context_failed(
			c, grant_count(c->store, &apps[i], LIST_COUNT_MAX, &rows[i].users_n));
	}
	return rows;
}

static struct page_developer_apps_transfer *transfer_rows(
	struct context *c, const struct app *apps, size_t n)
{
	struct page_developer_apps_transfer *rows =
		ARENA_ARRAY(c->arena, struct page_developer_apps_transfer, n);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct page_developer_apps_transfer){
			.id = apps[i].id, .app_name = apps[i].name, .from = apps[i].owner_login};
	return rows;
}

void developer_apps_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	int64_t me = web_account(c)->id;
	struct app *apps, *offered;
	size_t n, offered_n;

	if (context_failed(c, app_list_of_owner(c->store, c->arena, me, &apps, &n)) ||
		context_failed(c, app_transfer_list(c->store, c->arena, me, &offered, &offered_n)))
		return;
	const struct page_developer_apps page = {
		.layout = web_layout(c, req, rep),
		.apps = app_rows(c, apps, n),
		.apps_n = n,
		.transfers = transfer_rows(c, offered, offered_n),
		.transfers_n = offered_n,
		.at_limit = n >= LIMIT_APPS_PER_OWNER,
	};

	WEB_SHOW(c, rep, 200, developer_apps, &page);
}

static void show_new(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, const struct app_form *f)
{
	struct page_app_new page = {
		.layout = web_layout(c, req, rep),
		.name = f->name,
		.homepage = f->homepage,
		.description = f->description,
		.device_flow = f->device_flow,
		.token_expiration = f->token_expiration,
		.error_name = f->error_name,
		.error_homepage = f->error_homepage,
		.error_description = f->error_description,
	};

	app_form_rows(c->arena, f, &page.callbacks, &page.callbacks_n, &page.spare, &page.spare_n);
	if (status == 422)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, status, app_new, &page);
}

void app_new_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct app_form empty = {
		.name = STR(""), .homepage = STR(""), .description = STR("")};

	show_new(c, req, rep, 200, &empty);
}

void app_create_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app_form f;
	struct app app, *apps;
	size_t n;

	app_form_read(c, &f);
	if (!app_form_check(&f)) {
		show_new(c, req, rep, 422, &f);
		return;
	}
	if (context_failed(c, app_list_of_owner(c->store, c->arena, web_account(c)->id, &apps, &n)))
		return;
	if (n >= LIMIT_APPS_PER_OWNER) {
		/* that page says so */
		web_go(c, req, rep, STR("/settings/developers"), MSG_NONE);
		return;
	}
	const struct app_fields fields = app_form_fields(&f);
	enum db_status status =
		app_create(c->store, c->arena, web_account(c)->id, STR_NONE, &fields, &app);

	if (status == DB_CONFLICT) {
		f.error_name = MSG_APP_ERROR_NAME_TAKEN;
		show_new(c, req, rep, 422, &f);
		return;
	}
	if (context_failed(c, status) ||
		!settings_audit(c, "oauth_application.create", app.id, app.name))
		return;
	web_go(c, req, rep, str_printf(c->arena, "/settings/applications/%lld", (long long)app.id),
		MSG_APP_REGISTERED);
}
