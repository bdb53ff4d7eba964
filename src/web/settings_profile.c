#include "base/limits.h"
#include "core/account.h"
#include "flow/password_job.h"
#include "store/audit.h"
#include "web/settings.h"

struct profile_errors {
	enum message name, current, new_password;
};

struct password_change {
	struct password_job job; /* first: the job's argument */
	struct str by_account;
};

bool settings_audit(struct context *c, const char *action, int64_t app_id, struct str detail)
{
	const struct account *me = web_account(c);

	return !context_failed(
		c, audit_write(c->store, me->id, me->login, action, app_id, detail, c->remote));
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str name, struct profile_errors errors)
{
	const struct account *me = web_account(c);
	struct email *emails;
	size_t n;

	if (context_failed(c, email_list(c->store, c->arena, me->id, &emails, &n)))
		return;
	struct page_settings_profile_email *rows =
		ARENA_ARRAY(c->arena, struct page_settings_profile_email, n);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct page_settings_profile_email){.address = emails[i].address,
			.primary = emails[i].primary,
			.verified = emails[i].verified_at != 0};
	bool wrong = errors.name || errors.current || errors.new_password;
	struct page_settings_profile page = {
		.layout = web_layout(c, req, rep),
		.login = me->login,
		.name = name,
		.member_since = me->created_at,
		.error_name = errors.name,
		.emails = rows,
		.emails_n = n,
		.error_current = errors.current,
		.error_new = errors.new_password,
	};

	if (wrong)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, wrong ? 422 : 200, settings_profile, &page);
}

void settings_profile_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	show(c, req, rep, web_account(c)->name, (struct profile_errors){0});
}

/* A display name keeps to an app's rules of characters, or is left out. */
static enum message name_error(struct str name)
{
	if (name.n == 0)
		return MSG_NONE;
	switch (app_name_check(name)) {
	case FIELD_OK:
		return MSG_NONE;
	case FIELD_TOO_LONG:
		return MSG_FORM_ERROR_TOO_LONG;
	case FIELD_MISSING:
	case FIELD_TOO_SHORT:
	case FIELD_BAD_FORM:
	case FIELD_RESERVED:
		break;
	}
	return MSG_APP_ERROR_NAME;
}

void settings_profile_save(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str name = str_trim(form_field(c, "name"));
	struct profile_errors errors = {.name = name_error(name)};

	if (errors.name) {
		show(c, req, rep, name, errors);
		return;
	}
	if (!context_failed(
		    c, account_set_name(c->store, web_account(c)->id, name.n ? name : STR_NONE)))
		web_go(c, req, rep, STR("/settings/profile"), MSG_PROFILE_SAVED);
}

/* A new password ends every other session (assurance A079). */
static void changed(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct password_change *p = arg;
	const struct account *me = web_account(c);
	struct profile_errors errors = {.current = MSG_PROFILE_ERROR_CURRENT};

	if (throttle_refuses(c, req, rep, p->by_account))
		return;
	if (p->job.failed) {
		web_show_error(c, req, rep, 503);
		return;
	}
	if (!p->job.matches) {
		throttle_failure(c, p->by_account);
		show(c, req, rep, me->name, errors);
		return;
	}
	if (context_failed(c, throttle_clear(c->store, p->by_account)) ||
		context_failed(c, account_set_password(c->store, me->id, str_from(p->job.made))) ||
		context_failed(c, session_end_others(c->store, me->id, c->visit->session.id)) ||
		!settings_audit(c, "user.change_password", 0, STR_NONE))
		return;
	web_go(c, req, rep, STR("/settings/profile"), MSG_PROFILE_CHANGED);
}

/* The new password must differ from the login and from every address. */
static enum message new_password_error(struct context *c, struct str wanted)
{
	const struct account *me = web_account(c);
	struct email *emails;
	size_t n;
	enum field_fault fault = password_check(wanted, me->login, STR(""));

	if (context_failed(c, email_list(c->store, c->arena, me->id, &emails, &n)))
		return MSG_NONE;
	for (size_t i = 0; i < n && fault == FIELD_OK; i++)
		fault = password_check(wanted, me->login, emails[i].address);
	return password_error(fault);
}

void settings_password_change(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct account *me = web_account(c);
	struct password_change *p = ARENA_NEW(c->arena, struct password_change);
	struct profile_errors errors = {0};

	p->job.given = form_field(c, "current_password");
	p->job.wanted = form_field(c, "new_password");
	p->by_account = throttle_subject(c, "change-password", me->login);
	errors.current = p->job.given.n ? MSG_NONE : MSG_FORM_ERROR_MISSING;
	errors.new_password = new_password_error(c, p->job.wanted);
	if (throttle_refuses(c, req, rep, p->by_account))
		return;
	if (errors.current || errors.new_password) {
		show(c, req, rep, me->name, errors);
		return;
	}
	if (str_is_set(me->password_hash))
		p->job.hash = str_c(c->arena, me->password_hash);
	password_job_init(c, &p->job);
	rep->job.work = password_job_work;
	rep->job.done = changed;
	rep->job.arg = p;
}
