#include "github/password.h"

#include "core/client_auth.h"
#include "flow/authenticate_user.h"
#include "flow/look_closer.h"
#include "flow/second_factor.h"
#include "github/api_body.h"

struct waiting {
	struct authenticate_user user; /* first: the job's argument */
	github_user_handler *next;
	struct str otp; /* as it was sent */
};

/* Basic: so that people who typed the wrong name can try again (git-credential-manager reads it).
 */
static void bad_credentials(
	struct context *c, struct http_request *req, struct http_reply *rep, enum cause cause)
{
	github_api_deny(c, req, rep, 401, cause, STR_NONE);
	http_header(rep, "WWW-Authenticate", "Basic realm=\"llavero\"");
}

/* A one-time code that would be right at another time tells of a wrong clock (RFC 6238 6). */
static void look_at_otp(struct context *c, struct refusal *r, const void *of)
{
	const struct waiting *w = of;
	int64_t skew;

	if (second_factor_skew(c, &w->user.account, w->otp, &skew)) {
		r->cause = CAUSE_PASSWORD_OTP_CLOCK;
		refusal_add_number(r, c->arena, EVIDENCE_skew, skew < 0 ? -skew : skew);
		refusal_add(r, EVIDENCE_direction, skew < 0 ? STR("behind") : STR("ahead"));
	} else {
		refusal_add_number(r, c->arena, EVIDENCE_length, (int64_t)w->otp.n);
	}
}

static void otp_required(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authenticate_user *u)
{
	struct waiting *w = ARENA_NEW(c->arena, struct waiting);
	struct refusal r = {.cause = CAUSE_PASSWORD_OTP};

	w->user = *u;
	w->otp = req->headers[HTTP_X_GITHUB_OTP];
	if (u->otp_wrong)
		r = (struct refusal){
			.cause = CAUSE_PASSWORD_OTP_WRONG, .closer = look_at_otp, .closer_of = w};
	github_api_deny_for(c, req, rep, 401, &r, STR_NONE);
	http_header(rep, "X-GitHub-OTP", "required; app");
}

static void throttled(
	struct context *c, struct http_request *req, struct http_reply *rep, int64_t wait_s)
{
	struct refusal r = {.cause = CAUSE_PASSWORD_THROTTLED};

	refusal_add_number(&r, c->arena, EVIDENCE_wait, wait_s);
	github_api_deny_for(c, req, rep, 403, &r, STR_NONE);
	http_header_str(req, rep, "Retry-After", str_printf(req->arena, "%lld", (long long)wait_s));
}

static void suspended(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authenticate_user *u)
{
	struct refusal r = {.cause = CAUSE_PASSWORD_USER_SUSPENDED};

	look_add_age(c, &r, u->account.suspended_at);
	github_api_deny_for(c, req, rep, 403, &r, STR_NONE);
}

/* True: the user may go on. */
static bool passed(struct context *c, struct http_request *req, struct http_reply *rep,
	enum user_result result, const struct authenticate_user *u)
{
	switch (result) {
	case USER_OK:
		return true;
	case USER_BAD_CREDENTIALS:
		bad_credentials(c, req, rep, CAUSE_PASSWORD_WRONG);
		break;
	case USER_OTP_REQUIRED:
		otp_required(c, req, rep, u);
		break;
	case USER_SUSPENDED:
		suspended(c, req, rep, u);
		break;
	case USER_THROTTLED:
		throttled(c, req, rep, u->retry_after_s);
		break;
	case USER_FAILED:
		c->failed = true;
		break;
	}
	return false;
}

static void checked(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct waiting *w = arg;
	enum user_result result =
		authenticate_user_finish(c, &w->user, req->headers[HTTP_X_GITHUB_OTP]);

	if (passed(c, req, rep, result, &w->user))
		w->next(c, req, rep, &w->user.account);
}

/* A live token where the password belongs gets a sentence of its own (reference 7.2). */
static bool is_token(struct context *c, struct http_request *req)
{
	struct checked_token unused;
	struct str text;

	return client_auth_read_token(req->arena, req->headers[HTTP_AUTHORIZATION], &text) &&
	       check_token(c, text, &unused) == STEP_DONE;
}

void github_with_password(struct context *c, struct http_request *req, struct http_reply *rep,
	github_user_handler *next)
{
	struct waiting *w = ARENA_NEW(req->arena, struct waiting);
	struct str login, password;

	if (!str_has_text(req->headers[HTTP_AUTHORIZATION])) {
		bad_credentials(c, req, rep, CAUSE_PASSWORD_ABSENT);
		return;
	}
	if (is_token(c, req)) {
		github_api_deny(c, req, rep, 403, CAUSE_PASSWORD_IS_TOKEN, STR_NONE);
		return;
	}
	if (!client_auth_read_basic(
		    req->arena, req->headers[HTTP_AUTHORIZATION], &login, &password) ||
		!str_is_utf8(login)) {
		bad_credentials(c, req, rep, CAUSE_PASSWORD_WRONG);
		return;
	}
	w->next = next;
	if (!passed(c, req, rep, authenticate_user_begin(c, &w->user, login, password), &w->user))
		return;
	rep->job.work = password_job_work;
	rep->job.done = checked;
	rep->job.arg = w;
}
