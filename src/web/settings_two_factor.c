/* Two-factor authentication in a person's settings: RFC 6238 4, 5. */
#include "flow/password_job.h"
#include "flow/second_factor.h"
#include "store/two_factor.h"
#include "web/qr.h"
#include "web/settings.h"

enum { ENROL_S = 900 }; /* how long a secret that was begun may be looked at and confirmed */

/* A form whose password is being checked. */
struct asked {
	struct password_job job; /* first: the job's argument */
	struct str by_account;
};

struct errors {
	enum message password, code;
};

static void show(
	struct context *c, struct http_request *req, struct http_reply *rep, struct errors errors)
{
	const struct account *me = web_account(c);
	struct two_factor t = {0};
	int64_t left;
	bool wrong = errors.password || errors.code;

	if (context_failed(c, two_factor_read(c->store, me->id, &t)) ||
		context_failed(c, recovery_codes_left(c->store, me->id, &left)))
		return;
	struct page_settings_two_factor page = {
		.layout = web_layout(c, req, rep),
		.on = t.confirmed_at != 0,
		.since = t.confirmed_at,
		.codes_left = left,
		.login = me->login,
		.error_password = errors.password,
		.error_code = errors.code,
	};

	wipe(&t, sizeof t);
	if (wrong)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, wrong ? 422 : 200, settings_two_factor, &page);
}

void two_factor_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	show(c, req, rep, (struct errors){0});
}

/* Has the job `done` run once the password of the form was compared. */
static void ask_password(struct context *c, struct http_request *req, struct http_reply *rep,
	void (*done)(struct context *, struct http_request *, struct http_reply *, void *))
{
	const struct account *me = web_account(c);
	struct asked *a = ARENA_NEW(c->arena, struct asked);

	a->by_account = throttle_subject(c, "change-password", me->login);
	if (throttle_refuses(c, req, rep, a->by_account))
		return;
	a->job.given = form_field(c, "current_password");
	if (str_is_set(me->password_hash))
		a->job.hash = str_c(c->arena, me->password_hash);
	password_job_init(c, &a->job);
	rep->job.work = password_job_work;
	rep->job.done = done;
	rep->job.arg = a;
}

/* False: `rep` is ready, or the store failed. */
static bool password_is_right(
	struct context *c, struct http_request *req, struct http_reply *rep, const struct asked *a)
{
	if (throttle_refuses(c, req, rep, a->by_account))
		return false;
	if (a->job.matches)
		return !context_failed(c, throttle_clear(c->store, a->by_account));
	throttle_failure(c, a->by_account);
	show(c, req, rep, (struct errors){.password = MSG_PROFILE_ERROR_CURRENT});
	return false;
}

static void enable_asked(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	if (!password_is_right(c, req, rep, arg))
		return;
	enum db_status status =
		two_factor_begin(c->store, web_account(c)->id, c->visit->session.id);

	if (status == DB_CONFLICT) /* on already: from another window */
		web_go(c, req, rep, STR("/settings/two_factor"), MSG_NONE);
	else if (!context_failed(c, status))
		web_go(c, req, rep, STR("/settings/two_factor/setup"), MSG_NONE);
}

void two_factor_enable(struct context *c, struct http_request *req, struct http_reply *rep)
{
	ask_password(c, req, rep, enable_asked);
}

/* The secret that this very session began to enrol; nobody else sees it. */
static bool read_begun(struct context *c, struct two_factor *t)
{
	enum db_status status = two_factor_read(c->store, web_account(c)->id, t);

	return !context_failed(c, status) && status == DB_OK && !t->confirmed_at &&
	       t->session_id == c->visit->session.id &&
	       store_now(c->store) < t->created_at + ENROL_S;
}

static void show_setup(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct two_factor *t, enum message error)
{
	struct page_two_factor_setup page = {
		.layout = web_layout(c, req, rep),
		.secret = totp_secret_text(c->arena, t->secret),
		.error = error,
	};

	WEB_SHOW(c, rep, error ? 422 : 200, two_factor_setup, &page);
}

void two_factor_setup_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct two_factor t;

	if (read_begun(c, &t))
		show_setup(c, req, rep, &t, MSG_NONE);
	else if (!c->failed)
		http_redirect(req, rep, 302, STR("/settings/two_factor"));
	wipe(&t, sizeof t);
}

/* "octocat@auth.example": one person may have accounts on several servers. */
static struct str name_in_authenticator(struct context *c)
{
	struct str origin = web_origin_of(c->arena, c->settings->base_url);

	return str_printf(c->arena, "%.*s@%.*s", STR_ARG(web_account(c)->login),
		STR_ARG(str_slice(origin, str_find(origin, ':') + 3, origin.n)));
}

void two_factor_qr(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct two_factor t;
	bool begun = read_begun(c, &t);

	if (begun) {
		struct str uri = totp_uri(c->arena, STR("llavero"), name_in_authenticator(c),
			totp_secret_text(c->arena, t.secret));
		struct str svg = qr_svg(c->arena, uri);

		if (str_is_set(svg))
			http_reply(rep, 200, "image/svg+xml", svg);
		else
			c->failed = true;
		http_header(rep, "Content-Security-Policy", "default-src 'none'");
	} else if (!c->failed) {
		web_show_error(c, req, rep, 404);
	}
	wipe(&t, sizeof t);
}

/* New recovery codes, shown this once. */
static void show_codes(
	struct context *c, struct http_request *req, struct http_reply *rep, bool enabled)
{
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN + 1];
	struct page_two_factor_codes_code rows[RECOVERY_CODES];

	if (context_failed(c, recovery_codes_make(c->store, web_account(c)->id, codes)))
		return;
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		rows[i].code = str_from(codes[i]);
	const struct page_two_factor_codes page = {
		.layout = web_layout(c, req, rep),
		.enabled = enabled,
		.codes = rows,
		.codes_n = RECOVERY_CODES,
	};

	WEB_SHOW(c, rep, 200, two_factor_codes, &page);
	wipe(codes, sizeof codes);
}

void two_factor_confirm_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct account *me = web_account(c);
	struct two_factor t;
	int64_t step;

	if (!read_begun(c, &t)) {
		if (!c->failed)
			web_go(c, req, rep, STR("/settings/two_factor"), MSG_TWO_FACTOR_TOO_LATE);
	} else if (!totp_find(t.secret, sizeof t.secret, store_now(c->store),
			   second_factor_typed(c, form_field(c, "otp")), &step)) {
		show_setup(c, req, rep, &t, MSG_TWO_FACTOR_ERROR_CODE);
	} else if (!context_failed(c, two_factor_confirm(c->store, me->id, step)) &&
		   settings_audit(c, "two_factor_authentication.enabled", 0, STR_NONE)) {
		show_codes(c, req, rep, true);
	}
	wipe(&t, sizeof t);
}

static void disable(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (!context_failed(c, two_factor_remove(c->store, web_account(c)->id)) &&
		settings_audit(c, "two_factor_authentication.disabled", 0, STR_NONE))
		web_go(c, req, rep, STR("/settings/two_factor"), MSG_TWO_FACTOR_DISABLED);
}

static void change(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str wanted = form_field(c, "change");

	if (str_eq_c(wanted, "disable"))
		disable(c, req, rep);
	else if (str_eq_c(wanted, "recovery_codes") &&
		 settings_audit(
			 c, "two_factor_authentication.recovery_codes_generated", 0, STR_NONE))
		show_codes(c, req, rep, false);
}

static void change_asked(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	int64_t wait_s = 0;

	if (!password_is_right(c, req, rep, arg))
		return;
	switch (second_factor_check(c, web_account(c), form_field(c, "otp"), &wait_s)) {
	case SECOND_FACTOR_OFF:
		web_go(c, req, rep, STR("/settings/two_factor"), MSG_NONE);
		return;
	case SECOND_FACTOR_GOOD:
		change(c, req, rep);
		return;
	case SECOND_FACTOR_WRONG:
		show(c, req, rep, (struct errors){.code = MSG_TWO_FACTOR_ERROR_CODE});
		return;
	case SECOND_FACTOR_THROTTLED:
		show_too_many_attempts(c, req, rep, wait_s);
		return;
	case SECOND_FACTOR_FAILED:
		return;
	}
}

void two_factor_change(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str wanted = form_field(c, "change");

	if (str_eq_c(wanted, "disable") || str_eq_c(wanted, "recovery_codes"))
		ask_password(c, req, rep, change_asked);
	else
		web_show_error(c, req, rep, 400);
}
