/* Who is it? Name, password and second factor, for the sign-in page and for HTTP Basic with
 * X-GitHub-OTP (GitHub reference: Authorizations API). Three parts, because Argon2id must not run
 * on a loop:
 *
 *	struct authenticate_user *u = ARENA_NEW(c->arena, struct authenticate_user);
 *	switch (authenticate_user_begin(c, u, login, password)) ... USER_OK:
 *	rep->job.work = password_job_work; rep->job.done = mine; rep->job.arg = u;
 *	... and in mine(): authenticate_user_finish(c, u, otp)
 *
 * A handler that keeps more embeds the struct as its own first member. The route needs
 * ROUTE_WRITES. */
#ifndef LLAVERO_FLOW_AUTHENTICATE_USER_H
#define LLAVERO_FLOW_AUTHENTICATE_USER_H

#include "flow/password_job.h"
#include "flow/throttle.h"
#include "store/account.h"

enum user_result {
	USER_OK,
	USER_BAD_CREDENTIALS, /* no such account, or a wrong password: told alike (A198) */
	USER_OTP_REQUIRED,    /* the password is right; a good second factor is missing */
	USER_SUSPENDED,       /* the password is right */
	USER_THROTTLED,       /* too many failures: nothing was compared; see retry_after_s */
	USER_FAILED,          /* a failure of ours; c->failed is set */
};

struct authenticate_user {
	struct password_job job; /* first: the job's argument */
	struct account account;  /* to be believed after USER_OK only */
	int64_t retry_after_s;   /* of USER_THROTTLED */
	bool otp_wrong;          /* of USER_OTP_REQUIRED: one was sent, and is wrong or used */

	/* its own */
	bool known;
	struct str by_account, by_address;
};

/* Looks at the throttle, finds the account (`login` may be an e-mail address) and readies the job;
 * an unknown login costs as much time. `password` must outlive the job. USER_OK: run the job;
 * else USER_THROTTLED or USER_FAILED. */
enum user_result authenticate_user_begin(
	struct context *c, struct authenticate_user *u, struct str login, struct str password);
/* After the job. `otp`: the second factor as sent; STR_NONE or "" when none was. Counts failures,
 * clears the count after success, writes failed attempts to the security log. */
enum user_result authenticate_user_finish(
	struct context *c, struct authenticate_user *u, struct str otp);

#endif
