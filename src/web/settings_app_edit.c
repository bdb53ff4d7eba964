/* One's own app: its fields and its client secrets. */
#include "web/app_form.h"
#include "web/own_app.h"
#include "web/requests.h"

bool own_app(struct context *c, struct http_request *req, struct http_reply *rep, struct app *app)
{
	int64_t id;
	enum db_status status = DB_NONE;

	if (str_to_i64(req->vars[0], &id))
		status = app_by_id(c->store, c->arena, id, app);
	if (context_failed(c, status))
		return false;
	if (status == DB_OK && app->owner_id == web_account(c)->id)
		return true;
	web_show_error(c, req, rep, 404);
	return false;
}

void own_app_go(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct app *app, const char *page, enum message m, bool bad)
{
	const struct notice n = {m, bad, STR_NONE};

	web_go_with(c, req, rep,
		str_printf(c->arena, "/settings/applications/%lld%s", (long long)app->id, page),
		&n);
}

static const struct page_app_edit_secret *secret_rows(
	struct context *c, const struct app_secret *secrets, size_t n)
{
	struct page_app_edit_secret *rows = ARENA_ARRAY(c->arena, struct page_app_edit_secret, n);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct page_app_edit_secret){
			.id = (int64_t)secrets[i].id,
			.last_eight = secrets[i].last_eight,
			.added_by = str_is_set(secrets[i].created_by) ? secrets[i].created_by
								      : STR("?"),
			.added = secrets[i].created_at,
			.used_age = web_age(c, secrets[i].used_at),
			.used = secrets[i].used_at != 0,
		};
	return rows;
}

/* `new_secret` is shown this once; "" when there is none. */
static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const struct app *app, const struct app_form *f, struct str new_secret)
{
	struct app_secret *secrets;
	size_t n;
	int64_t users, refused;

	if (context_failed(c, app_secret_list(c->store, c->arena, app->id, &secrets, &n)) ||
		context_failed(c, grant_count(c->store, app, USERS_COUNT_MAX, &users)) ||
		!requests_refused_today(c, app->id, &refused))
		return;
	struct page_app_edit page = {
		.layout = web_layout(c, req, rep),
		.id = app->id,
		.title = app->name,
		.suspended = app->suspended_at != 0,
		.users_n = users,
		.refused_n = refused,
		.client_id = app->client_id,
		.new_secret = new_secret,
		.secrets = secret_rows(c, secrets, n),
		.secrets_n = n,
		.secrets_full = n >= LIMIT_SECRETS,
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
	WEB_SHOW(c, rep, status, app_edit, &page);
}

void app_edit_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct app_form f;

	if (!own_app(c, req, rep, &app))
		return;
	app_form_load(c, &app, &f);
	show(c, req, rep, 200, &app, &f, STR(""));
}

void app_update_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct app_form f;

	if (!own_app(c, req, rep, &app))
		return;
	app_form_read(c, &f);
	if (!app_form_check(&f)) {
		show(c, req, rep, 422, &app, &f, STR(""));
		return;
	}
	const struct app_fields fields = app_form_fields(&f);
	enum db_status status = app_update(c->store, c->arena, app.id, &fields);

	if (status == DB_CONFLICT) {
		f.error_name = MSG_APP_ERROR_NAME_TAKEN;
		show(c, req, rep, 422, &app, &f, STR(""));
		return;
	}
	if (context_failed(c, status) ||
		!settings_audit(c, "oauth_application.update", app.id, f.name))
		return;
	own_app_go(c, req, rep, &app, "", MSG_APP_UPDATED, false);
}

void app_secret_generate(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct app_form f;
	struct app_secret *secrets;
	size_t n;
	char *text = arena_alloc(c->arena, CLIENT_SECRET_LEN + 1);

	if (!own_app(c, req, rep, &app) ||
		context_failed(c, app_secret_list(c->store, c->arena, app.id, &secrets, &n)))
		return;
	if (n >= LIMIT_SECRETS) {
		own_app_go(c, req, rep, &app, "", MSG_APP_SECRET_FULL, true);
		return;
	}
	if (context_failed(c, app_secret_add(c->store, app.id, web_account(c)->id, text)) ||
		!settings_audit(c, "oauth_application.generate_client_secret", app.id, app.name))
		return;
	app_form_load(c, &app, &f);
	/* Not by redirect: the secret is in this reply and nowhere else. */
	show(c, req, rep, 200, &app, &f, str_from(text));
}

void app_secret_delete(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct app_secret *secrets;
	size_t n;
	int64_t id;

	if (!own_app(c, req, rep, &app) ||
		context_failed(c, app_secret_list(c->store, c->arena, app.id, &secrets, &n)))
		return;
	if (!str_to_i64(req->vars[1], &id)) {
		web_show_error(c, req, rep, 404);
		return;
	}
	if (n <= 1) {
		own_app_go(c, req, rep, &app, "", MSG_APP_SECRET_LAST, true);
		return;
	}
	enum db_status status = app_secret_revoke(c->store, app.id, (uint64_t)id);

	if (context_failed(c, status) ||
		(status == DB_OK && !settings_audit(c, "oauth_application.remove_client_secret",
					    app.id, app.name)))
		return;
	own_app_go(c, req, rep, &app, "", MSG_APP_SECRET_DELETED, false);
}
