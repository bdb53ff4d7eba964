#include "github/password.h"

#include "core/client_auth.h"
#include "flow/authenticate_user.h"
#include "github/api_body.h"

struct waiting {
	struct authenticate_user user; /* first: the job's argument */
	github_user_handler *next;
};

/* Basic: so that people who typed the wrong name can try again (git-credential-manager reads it).
 */
static void bad_credentials(
	struct context *c, struct http_request *req, struct http_reply *rep, enum cause cause)
{
	github_api_deny(c, req, rep, 401, cause, STR_NONE);
	http_header(rep, "WWW-Authenticate", "Basic realm=\"llavero\"");
}

static void otp_required(struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_api_deny(c, req, rep, 401, CAUSE_PASSWORD_OTP, STR_NONE);
	http_header(rep, "X-GitHub-OTP", "required; app");
}

static void throttled(
	struct context *c, struct http_request *req, struct http_reply *rep, int64_t wait_s)
{
	github_api_deny(c, req, rep, 403, CAUSE_PASSWORD_THROTTLED, STR_NONE);
	http_header_str(req, rep, "Retry-After", str_printf(req->arena, "%lld", (long long)wait_s));
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
		otp_required(c, req, rep);
		break;
	case USER_SUSPENDED:
		github_api_deny(c, req, rep, 403, CAUSE_PASSWORD_USER_SUSPENDED, STR_NONE);
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
