/* Making one's own account, where the operator allows it. */
#include "base/limits.h"
#include "core/account.h"
#include "core/acr.h"
#include "flow/password_job.h"
#include "store/audit.h"
#include "store/upkeep.h"
#include "web/form_token.h"
#include "web/return_to.h"
#include "web/sign_in.h"

struct sign_up {
	struct password_job job; /* first: the job's argument */
	struct str login, email, return_to, by_address;
	enum message error_login, error_email, error_password;
};

static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const struct sign_up *s)
{
	struct buf login_href;
	struct page_signup page = {
		.layout = web_layout(c, req, rep),
		.login = s->login,
		.email = s->email,
		.return_to = s->return_to,
		.error_login = s->error_login,
		.error_email = s->error_email,
		.error_password = s->error_password,
	};

	buf_init(&login_href, c->arena, REWRITTEN_BODY);
	buf_add_c(&login_href, "/login?return_to=");
	buf_add_form(&login_href, s->return_to);
	page.login_href = buf_str(&login_href);
	page.layout.authenticity_token = form_token(c, req, rep, NULL);
	if (status == 422)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	c->visit->form_leaves = true;
	WEB_SHOW(c, rep, status, signup, &page);
}

void sign_up_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct sign_up empty = {.login = STR(""),
		.email = STR(""),
		.return_to = return_to_or_home(params_get(&req->query, "return_to"))};

	if (!c->settings->signup)
		web_show_error(c, req, rep, 404);
	else if (web_account(c))
		http_redirect(req, rep, 302, empty.return_to);
	else
		show(c, req, rep, 200, &empty);
}

static enum message login_error(enum field_fault fault)
{
	switch (fault) {
	case FIELD_OK:
		break;
	case FIELD_MISSING:
		return MSG_FORM_ERROR_MISSING;
	case FIELD_TOO_LONG:
		return MSG_SIGNUP_ERROR_LOGIN_LONG;
	case FIELD_RESERVED:
		return MSG_SIGNUP_ERROR_LOGIN_RESERVED;
	case FIELD_TOO_SHORT:
	case FIELD_BAD_FORM:
		return MSG_SIGNUP_ERROR_LOGIN;
	}
	return MSG_NONE;
}

static enum message email_error(enum field_fault fault)
{
	if (fault == FIELD_OK)
		return MSG_NONE;
	return fault == FIELD_MISSING ? MSG_FORM_ERROR_MISSING : MSG_SIGNUP_ERROR_EMAIL;
}

enum message password_error(enum field_fault fault)
{
	switch (fault) {
	case FIELD_OK:
		break;
	case FIELD_MISSING:
		return MSG_FORM_ERROR_MISSING;
	case FIELD_TOO_SHORT:
		return MSG_SIGNUP_ERROR_PASSWORD_SHORT;
	case FIELD_TOO_LONG:
		return MSG_SIGNUP_ERROR_PASSWORD_LONG;
	case FIELD_RESERVED:
	case FIELD_BAD_FORM:
		return MSG_SIGNUP_ERROR_PASSWORD_SAME;
	}
	return MSG_NONE;
}

static void hashed(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct sign_up *s = arg;
	struct account account;
	bool login_taken;

	if (s->job.failed) {
		web_show_error(c, req, rep, 503);
		return;
	}
	enum db_status status = account_create(c->store, c->arena, s->login, STR_NONE, s->email,
		c->settings->signup_email_verified, str_from(s->job.made), false, &account,
		&login_taken);

	if (status == DB_CONFLICT) {
		/* what is taken tells who is here: no faster than passwords can be guessed */
		throttle_failure(c, s->by_address);
		s->error_login = login_taken ? MSG_SIGNUP_ERROR_LOGIN_TAKEN : MSG_NONE;
		s->error_email = login_taken ? MSG_NONE : MSG_SIGNUP_ERROR_EMAIL_TAKEN;
		show(c, req, rep, 422, s);
		return;
	}
	if (context_failed(c, status) ||
		context_failed(c, audit_write(c->store, account.id, account.login, "user.create", 0,
					  STR_NONE, c->remote)))
		return;
	sign_in_as(c, req, rep, &account, AMR_PASSWORD);
	web_go(c, req, rep, s->return_to, MSG_SIGNUP_NOTICE);
}

void sign_up_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct sign_up *s = ARENA_NEW(c->arena, struct sign_up);

	if (!c->settings->signup) {
		web_show_error(c, req, rep, 404);
		return;
	}
	s->login = str_trim(form_field(c, "login"));
	s->email = str_trim(form_field(c, "email"));
	s->return_to = return_to_or_home(form_field(c, "return_to"));
	s->by_address = throttle_subject(c, "sign-up address", c->remote);
	s->job.wanted = form_field(c, "password");
	s->error_login = login_error(login_check(s->login));
	s->error_email = email_error(email_check(s->email));
	s->error_password = password_error(password_check(s->job.wanted, s->login, s->email));
	if (throttle_refuses(c, req, rep, s->by_address))
		return;
	if (s->error_login || s->error_email || s->error_password) {
		show(c, req, rep, 422, s);
		return;
	}
	password_job_init(c, &s->job);
	rep->job.work = password_job_work;
	rep->job.done = hashed;
	rep->job.arg = s;
}
