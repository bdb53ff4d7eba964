#include "web/sign_in.h"

#include "base/limits.h"
#include "core/acr.h"
#include "flow/authenticate_user.h"
#include "store/audit.h"
#include "web/authorize_paths.h"
#include "web/form_token.h"
#include "web/return_to.h"
#include "web/second_step.h"

/* A submitted sign-in while its password is checked. */
struct sign_in {
	struct authenticate_user user; /* first: the job's argument */
	struct str login, return_to;
};

struct str form_field(const struct context *c, const char *name)
{
	struct str value = params_get(web_form(c), name);

	return str_is_set(value) ? value : STR("");
}

void web_add_parameter(struct buf *b, const char *name, struct str value)
{
	buf_add_char(b, str_has_char(buf_str(b), '?') ? '&' : '?');
	buf_addf(b, "%s=", name);
	buf_add_form(b, value);
}

/* Where to come back to: a form's own path often has no page. */
static struct str return_to_of(struct http_request *req, const struct params *form)
{
	bool is_form = req->method != HTTP_GET && req->method != HTTP_HEAD;

	if (is_form && str_starts(req->path, STR("/login/device")))
		return STR("/login/device");
	if (is_form && !is_authorize_path(req->path))
		return STR("/settings/profile");
	return return_to_here(req, form);
}

void web_ask_sign_in(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str client_id)
{
	const struct params *sent = req->method == HTTP_POST ? web_form(c) : &req->query;
	struct str login = params_get(sent, "login");
	struct buf b;

	if (!str_has_text(login))
		login = params_get(sent, "login_hint");

	buf_init(&b, c->arena, REWRITTEN_BODY);
	buf_add_c(&b, "/login");
	if (str_has_text(client_id))
		web_add_parameter(&b, "client_id", client_id);
	if (str_has_text(login) && str_has_text(client_id))
		web_add_parameter(&b, "login", login);
	web_add_parameter(&b, "return_to", return_to_of(req, sent));
	http_redirect(req, rep, req->method == HTTP_POST ? 303 : 302, buf_str(&b));
}

/* The name of the app that one signs in for; "" without one. */
static struct str app_name(struct context *c, struct str return_to)
{
	struct app app;
	struct str client_id = return_to_parameter(c->arena, return_to, "client_id");

	if (!str_has_text(client_id) || !is_authorize_path(return_to))
		return STR("");
	enum db_status status = app_by_client_id(c->store, c->arena, client_id, &app);

	return !context_failed(c, status) && status == DB_OK ? app.name : STR("");
}

static struct str sign_up_href(struct context *c, struct str return_to)
{
	struct buf b;

	/* GitHub reference 2.1: an app may ask for the link to be left out. */
	if (!c->settings->signup ||
		str_eq_c(return_to_parameter(c->arena, return_to, "allow_signup"), "false"))
		return STR("");
	buf_init(&b, c->arena, REWRITTEN_BODY);
	buf_add_c(&b, "/join");
	if (!str_eq_c(return_to, "/"))
		web_add_parameter(&b, "return_to", return_to);
	return buf_str(&b);
}

/* The form's own path has no page to switch to. */
static struct str page_in_other_language(struct context *c, struct str return_to)
{
	struct buf b;

	buf_init(&b, c->arena, REWRITTEN_BODY);
	buf_addf(&b, "/login?lang=%s", lang_tag(c->visit->lang == LANG_EN ? LANG_ES : LANG_EN));
	if (!str_eq_c(return_to, "/"))
		web_add_parameter(&b, "return_to", return_to);
	return buf_str(&b);
}

void sign_in_show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	struct str login, struct str return_to, enum message error)
{
	struct page_login page = {
		.layout = web_layout(c, req, rep),
		.app_name = app_name(c, return_to),
		.login = login,
		.return_to = return_to,
		.error = error,
		.signup_href = sign_up_href(c, return_to),
	};

	page.layout.authenticity_token = form_token(c, req, rep, NULL);
	if (req->method == HTTP_POST)
		page.layout.switch_href = page_in_other_language(c, return_to);
	c->visit->form_leaves = true;
	WEB_SHOW(c, rep, status, login, &page);
}

void sign_in_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str return_to = return_to_or_home(params_get(&req->query, "return_to"));
	struct str login = params_get(&req->query, "login");

	if (req->query_status != FORM_OK)
		web_show_error(c, req, rep, 400);
	else if (web_account(c) && params_count(&req->query, "switch") == 0)
		http_redirect(req, rep, 302, return_to);
	else
		sign_in_show(
			c, req, rep, 200, str_is_set(login) ? login : STR(""), return_to, MSG_NONE);
}

/* What a session remembers of the browser; nothing when that is no text. */
static struct str user_agent_of(const struct http_request *req)
{
	struct str s = str_slice(req->headers[HTTP_USER_AGENT], 0, LIMIT_USER_AGENT);

	return str_is_set(s) && str_is_printable(s) ? s : STR("");
}

/* The session of the same person goes on: apps know it by a name that stays. */
static enum db_status begin_or_renew(struct context *c, struct http_request *req,
	const struct account *account, const char *amr, char cookie[SESSION_TEXT_LEN + 1])
{
	const struct visit *v = c->visit;
	const struct session_fields fields = {c->remote, user_agent_of(req), amr};
	int64_t lifetime_s = c->settings->session_lifetime_s;
	enum db_status status = DB_NONE;

	if (v->signed_in && v->account.id == account->id)
		status = session_renew(
			c->store, v->session.id, account->id, lifetime_s, &fields, cookie);
	else if (v->signed_in)
		status = session_end(c->store, v->account.id, v->session.id);
	if (status == DB_NONE || (status == DB_OK && v->account.id != account->id))
		status = session_begin(c->store, account->id, lifetime_s, &fields, cookie);
	return status;
}

void sign_in_as(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *account, const char *amr)
{
	const struct visit *v = c->visit;
	char *cookie = arena_alloc(c->arena, SESSION_TEXT_LEN + 1);

	if (context_failed(c, begin_or_renew(c, req, account, amr, cookie)) ||
		context_failed(c, audit_write(c->store, account->id, account->login, "user.login",
					  0, STR_NONE, c->remote)))
		return;
	web_set_cookie(
		c, req, rep, COOKIE_SESSION, str_from(cookie), c->settings->session_lifetime_s);
	if (str_is_set(v->browser_cookie))
		web_set_cookie(c, req, rep, COOKIE_BROWSER, STR(""), 0);
	atomic_fetch_add_explicit(&c->counters->signins, 1, memory_order_relaxed);
}

static void checked(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct sign_in *s = arg;

	switch (authenticate_user_finish(c, &s->user, STR_NONE)) {
	case USER_OK:
		sign_in_as(c, req, rep, &s->user.account, AMR_PASSWORD);
		web_go(c, req, rep, s->return_to, MSG_NONE);
		return;
	case USER_BAD_CREDENTIALS:
		/* The same words, status and time for an unknown login and a wrong password (A198).
		 */
		sign_in_show(c, req, rep, 422, s->login, s->return_to, MSG_LOGIN_ERROR_WRONG);
		return;
	case USER_OTP_REQUIRED:
		second_step_begin(c, req, rep, &s->user.account, s->return_to);
		return;
	case USER_SUSPENDED:
		sign_in_show(c, req, rep, 403, s->login, s->return_to, MSG_LOGIN_ERROR_SUSPENDED);
		return;
	case USER_THROTTLED:
		show_too_many_attempts(c, req, rep, s->user.retry_after_s);
		return;
	case USER_FAILED:
		return;
	}
}

void sign_in_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct sign_in *s = ARENA_NEW(c->arena, struct sign_in);

	s->login = str_trim(form_field(c, "login"));
	s->return_to = return_to_or_home(form_field(c, "return_to"));

	enum user_result result =
		authenticate_user_begin(c, &s->user, s->login, form_field(c, "password"));

	if (result == USER_THROTTLED)
		show_too_many_attempts(c, req, rep, s->user.retry_after_s);
	if (result != USER_OK)
		return;
	rep->job.work = password_job_work;
	rep->job.done = checked;
	rep->job.arg = s;
}
