/* One's own app: handing it over, revoking its tokens, deleting it. */
#include "base/limits.h"
#include "web/own_app.h"

struct advanced {
	struct str transfer_name, transfer_owner; /* kept after an error */
	enum message error_name, error_owner, error_delete;
};

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct app *app, const struct advanced *form)
{
	int64_t users, to_id;
	struct str to_login = STR("");
	enum db_status pending = app_transfer_read(c->store, c->arena, app->id, &to_id, &to_login);
	bool wrong = form->error_name || form->error_owner || form->error_delete;

	if (context_failed(c, pending) ||
		context_failed(c, grant_count(c->store, app, USERS_COUNT_MAX, &users)))
		return;
	struct page_app_advanced page = {
		.layout = web_layout(c, req, rep),
		.id = app->id,
		.title = app->name,
		.users_n = users,
		.pending_to = to_login,
		.transfer_name = form->transfer_name,
		.transfer_owner = form->transfer_owner,
		.error_transfer_name = form->error_name,
		.error_transfer_owner = form->error_owner,
		.error_delete = form->error_delete,
	};

	if (wrong)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, wrong ? 422 : 200, app_advanced, &page);
}

void app_advanced_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	const struct advanced empty = {.transfer_name = STR(""), .transfer_owner = STR("")};

	if (own_app(c, req, rep, &app))
		show(c, req, rep, &app, &empty);
}

/* Who is to get the app; MSG_NONE, and `*to`, when that may be. */
static enum message check_recipient(struct context *c, struct str login, struct account *to)
{
	struct app *apps;
	size_t n;
	enum db_status status = account_by_login(c->store, c->arena, login, to);

	if (context_failed(c, status))
		return MSG_NONE;
	if (status == DB_NONE || to->suspended_at)
		return MSG_APP_ERROR_TRANSFER_OWNER;
	if (to->id == web_account(c)->id)
		return MSG_APP_ERROR_TRANSFER_SELF;
	if (context_failed(c, app_list_of_owner(c->store, c->arena, to->id, &apps, &n)))
		return MSG_NONE;
	return n >= LIMIT_APPS_PER_OWNER ? MSG_APP_ERROR_TRANSFER_LIMIT : MSG_NONE;
}

void app_transfer_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct account to;
	struct advanced form = {.transfer_name = str_trim(form_field(c, "transfer_name")),
		.transfer_owner = str_trim(form_field(c, "transfer_owner"))};

	if (!own_app(c, req, rep, &app))
		return;
	form.error_name =
		str_eq(form.transfer_name, app.name) ? MSG_NONE : MSG_APP_ERROR_TRANSFER_NAME;
	form.error_owner = check_recipient(c, form.transfer_owner, &to);
	if (c->failed)
		return;
	if (form.error_name || form.error_owner) {
		show(c, req, rep, &app, &form);
		return;
	}
	if (context_failed(c, app_transfer_offer(c->store, app.id, to.id)) ||
		!settings_audit(c, "oauth_application.transfer_offer", app.id,
			str_printf(c->arena, "%.*s → %.*s", STR_ARG(app.name), STR_ARG(to.login))))
		return;
	own_app_go(c, req, rep, &app, "/advanced", MSG_APP_TRANSFER_SENT, false);
}

void app_transfer_cancel_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;

	if (!own_app(c, req, rep, &app) ||
		context_failed(c, app_transfer_cancel(c->store, app.id)) ||
		!settings_audit(c, "oauth_application.transfer_cancel", app.id, app.name))
		return;
	own_app_go(c, req, rep, &app, "/advanced", MSG_APP_TRANSFER_CANCELLED, false);
}

void app_revoke_tokens_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;

	if (!own_app(c, req, rep, &app) || context_failed(c, app_revoke_tokens(c->store, app.id)) ||
		!settings_audit(c, "oauth_application.revoke_tokens", app.id, app.name))
		return;
	own_app_go(c, req, rep, &app, "/advanced", MSG_APP_REVOKED, false);
}

void app_delete_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	const struct advanced wrong = {.transfer_name = STR(""),
		.transfer_owner = STR(""),
		.error_delete = MSG_APP_ERROR_DELETE};

	if (!own_app(c, req, rep, &app))
		return;
	if (!str_eq(str_trim(form_field(c, "confirm")), app.name)) {
		show(c, req, rep, &app, &wrong);
		return;
	}
	if (context_failed(c, app_delete(c->store, app.id)) ||
		!settings_audit(c, "oauth_application.destroy", app.id, app.name))
		return;
	const struct notice done = {MSG_APP_DELETED, false, app.name};

	web_go_with(c, req, rep, STR("/settings/developers"), &done);
}
