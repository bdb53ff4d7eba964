#include "flow/authenticate_user.h"

#include "flow/second_factor.h"
#include "store/audit.h"
#include "store/upkeep.h"

/* USER_OK when neither the account nor the address has to wait. */
static enum user_result wait_of(struct context *c, struct authenticate_user *u)
{
	u->retry_after_s = throttle_wait(c, u->by_account);
	if (u->retry_after_s == 0)
		u->retry_after_s = throttle_wait(c, u->by_address);
	if (u->retry_after_s < 0)
		return USER_FAILED;
	return u->retry_after_s ? USER_THROTTLED : USER_OK;
}

enum user_result authenticate_user_begin(
	struct context *c, struct authenticate_user *u, struct str login, struct str password)
{
	u->by_account = throttle_subject(c, "sign-in account", login);
	u->by_address = throttle_subject(c, "sign-in address", c->remote);

	enum user_result wait = wait_of(c, u);

	if (wait != USER_OK)
		return wait;
	enum db_status status = account_by_login_or_email(c->store, c->arena, login, &u->account);

	if (context_failed(c, status))
		return USER_FAILED;
	u->known = status == DB_OK;
	if (u->known && str_is_set(u->account.password_hash))
		u->job.hash = str_c(c->arena, u->account.password_hash);
	u->job.given = str_is_set(password) ? password : STR("");
	password_job_init(c, &u->job);
	return USER_OK;
}

/* The same count and the same words for an unknown login and for a wrong password (A198). */
static enum user_result refuse_password(struct context *c, struct authenticate_user *u)
{
	throttle_failure(c, u->by_account);
	throttle_failure(c, u->by_address);
	if (u->known)
		context_failed(c, audit_write(c->store, u->account.id, u->account.login,
					  "user.failed_login", 0, STR_NONE, c->remote));
	atomic_fetch_add_explicit(&c->counters->signin_failures, 1, memory_order_relaxed);
	return c->failed ? USER_FAILED : USER_BAD_CREDENTIALS;
}

/* The job took its time: the account may have another password by now, or be suspended. */
static bool read_again(struct context *c, struct authenticate_user *u)
{
	struct str checked = u->account.password_hash;
	enum db_status status = account_by_id(c->store, c->arena, u->account.id, &u->account);

	return !context_failed(c, status) && status == DB_OK &&
	       str_eq(checked, u->account.password_hash);
}

static enum user_result check_otp(struct context *c, struct authenticate_user *u, struct str otp)
{
	if (!str_has_text(otp))
		return second_factor_is_on(c, &u->account) ? USER_OTP_REQUIRED
		       : c->failed                         ? USER_FAILED
							   : USER_OK;
	switch (second_factor_check(c, &u->account, otp, &u->retry_after_s)) {
	case SECOND_FACTOR_OFF:
	case SECOND_FACTOR_GOOD:
		return USER_OK;
	case SECOND_FACTOR_WRONG:
		u->otp_wrong = true;
		return USER_OTP_REQUIRED;
	case SECOND_FACTOR_THROTTLED:
		return USER_THROTTLED;
	case SECOND_FACTOR_FAILED:
		break;
	}
	return USER_FAILED;
}

enum user_result authenticate_user_finish(
	struct context *c, struct authenticate_user *u, struct str otp)
{
	/* Again: guesses that were sent all at once passed the first look together. */
	enum user_result result = wait_of(c, u);

	if (result != USER_OK)
		return result;
	if (u->job.failed) {
		c->failed = true;
		return USER_FAILED;
	}
	if (!u->job.matches || !read_again(c, u))
		return c->failed ? USER_FAILED : refuse_password(c, u);
	if (u->account.suspended_at)
		return USER_SUSPENDED;
	result = check_otp(c, u, otp);
	if (result == USER_OK && context_failed(c, throttle_clear(c->store, u->by_account)))
		return USER_FAILED;
	return result;
}
