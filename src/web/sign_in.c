#include "web/sign_in.h"

#include "base/limits.h"
#include "flow/password_job.h"
#include "store/upkeep.h"
#include "web/form_token.h"
#include "web/return_to.h"

/* A submitted sign-in while its password is checked. */
struct sign_in {
	struct password_job job; /* first: the job's argument */
	struct str login, return_to;
	struct str by_account, by_address; /* throttling subjects */
	struct account account;
	bool known;
};

struct str form_field(const struct context *c, const char *name)
{
	struct str value = params_get(web_form(c), name);

	return str_is_set(value) ? value : STR("");
}

static void add_parameter(struct buf *b, const char *name, struct str value)
{
	buf_add_char(b, str_has_char(buf_str(b), '?') ? '&' : '?');
	buf_addf(b, "%s=", name);
	buf_add_form(b, value);
}

/* Where to come back to: a form's own path often has no page. */
static struct str return_to_of(struct http_request *req, const struct params *form)
{
	bool is_form = req->method != HTTP_GET && req->method != HTTP_HEAD;

	if (is_form && !str_starts(req->path, STR("/login/oauth/")))
		return STR("/settings/profile");
	return return_to_here(req, form);
}

void web_ask_sign_in(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str client_id)
{
	const struct params *sent = req->method == HTTP_POST ? web_form(c) : &req->query;
	struct str login = params_get(sent, "login");
	struct buf b;

	buf_init(&b, c->arena, 4 * LIMIT_BODY);
	buf_add_c(&b, "/login");
	if (str_has_text(client_id))
		add_parameter(&b, "client_id", client_id);
	if (str_has_text(login) && str_has_text(client_id))
		add_parameter(&b, "login", login);
	add_parameter(&b, "return_to", return_to_of(req, sent));
	http_redirect(req, rep, req->method == HTTP_POST ? 303 : 302, buf_str(&b));
}

/* The name of the app that one signs in for; "" without one. */
static struct str app_name(struct context *c, struct str return_to)
{
	struct app app;
	struct str client_id = return_to_parameter(c->arena, return_to, "client_id");

	if (!str_has_text(client_id) || !str_starts(return_to, STR("/login/oauth/")))
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
	buf_init(&b, c->arena, 4 * LIMIT_BODY);
	buf_add_c(&b, "/join");
	if (!str_eq_c(return_to, "/"))
		add_parameter(&b, "return_to", return_to);
	return buf_str(&b);
}

/* The form's own path has no page to switch to. */
static struct str page_in_other_language(struct context *c, struct str return_to)
{
	struct buf b;

	buf_init(&b, c->arena, 4 * LIMIT_BODY);
	buf_addf(&b, "/login?lang=%s", lang_tag(c->visit->lang == LANG_EN ? LANG_ES : LANG_EN));
	if (!str_eq_c(return_to, "/"))
		add_parameter(&b, "return_to", return_to);
	return buf_str(&b);
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
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
		show(c, req, rep, 200, str_is_set(login) ? login : STR(""), return_to, MSG_NONE);
}

/* What a session remembers of the browser; STR_NONE when that is no text. */
static struct str user_agent_of(const struct http_request *req)
{
	struct str s = str_slice(req->headers[HTTP_USER_AGENT], 0, LIMIT_USER_AGENT);

	return str_is_printable(s) ? s : STR_NONE;
}

void sign_in_as(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *account)
{
	struct visit *v = c->visit;
	char *cookie = arena_alloc(c->arena, SESSION_TEXT_LEN + 1);

	if (v->signed_in && context_failed(c, session_end(c->store, v->account.id, v->session.id)))
		return;
	if (context_failed(c, session_begin(c->store, account->id, c->settings->session_lifetime_s,
				      c->remote, user_agent_of(req), cookie)) ||
		context_failed(c, audit_write(c->store, account->id, account->login, "user.login",
					  0, STR_NONE, c->remote)))
		return;
	web_set_cookie(
		c, req, rep, COOKIE_SESSION, str_from(cookie), c->settings->session_lifetime_s);
	if (str_is_set(v->browser_cookie))
		web_set_cookie(c, req, rep, COOKIE_BROWSER, STR(""), 0);
	atomic_fetch_add_explicit(&c->counters->signins, 1, memory_order_relaxed);
}

/* The same words, status and time for an unknown login and for a wrong password (A198). */
static void refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct sign_in *s)
{
	throttle_failure(c, s->by_account);
	throttle_failure(c, s->by_address);
	if (s->known)
		context_failed(c, audit_write(c->store, s->account.id, s->account.login,
					  "user.failed_login", 0, STR_NONE, c->remote));
	atomic_fetch_add_explicit(&c->counters->signin_failures, 1, memory_order_relaxed);
	show(c, req, rep, 422, s->login, s->return_to, MSG_LOGIN_ERROR_WRONG);
}

static void checked(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct sign_in *s = arg;

	/* Again: guesses that were sent all at once passed the first look together. */
	if (throttle_refuses(c, req, rep, s->by_account) ||
		throttle_refuses(c, req, rep, s->by_address))
		return;
	if (!s->job.matches) {
		refuse(c, req, rep, s);
		return;
	}
	if (s->account.suspended_at) {
		show(c, req, rep, 403, s->login, s->return_to, MSG_LOGIN_ERROR_SUSPENDED);
		return;
	}
	if (context_failed(c, throttle_clear(c->store, s->by_account)))
		return;
	sign_in_as(c, req, rep, &s->account);
	web_go(c, req, rep, s->return_to, MSG_NONE);
}

void sign_in_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct sign_in *s = ARENA_NEW(c->arena, struct sign_in);

	s->login = str_trim(form_field(c, "login"));
	s->return_to = return_to_or_home(form_field(c, "return_to"));
	s->by_account = throttle_subject(c, "sign-in account", s->login);
	s->by_address = throttle_subject(c, "sign-in address", c->remote);
	if (throttle_refuses(c, req, rep, s->by_account) ||
		throttle_refuses(c, req, rep, s->by_address))
		return;
	enum db_status status =
		account_by_login_or_email(c->store, c->arena, s->login, &s->account);

	if (context_failed(c, status))
		return;
	s->known = status == DB_OK;
	if (s->known && str_is_set(s->account.password_hash))
		s->job.hash = str_c(c->arena, s->account.password_hash);
	s->job.given = form_field(c, "password");
	password_job_init(c, &s->job);
	rep->job.work = password_job_work;
	rep->job.done = checked;
	rep->job.arg = s;
}
