/* The second factor of an account: a one-time code of an authenticator (RFC 6238), or one of the
 * recovery codes. */
#ifndef LLAVERO_FLOW_SECOND_FACTOR_H
#define LLAVERO_FLOW_SECOND_FACTOR_H

#include "flow/context.h"
#include "store/account.h"

enum second_factor {
	SECOND_FACTOR_OFF, /* the account has none */
	SECOND_FACTOR_GOOD,
	SECOND_FACTOR_WRONG,     /* also: used before */
	SECOND_FACTOR_THROTTLED, /* too many wrong ones: nothing was compared */
	SECOND_FACTOR_FAILED,    /* c->failed is set */
};

/* Is the second factor of `account` asked for at sign-in? False too when the store fails. */
bool second_factor_is_on(struct context *c, const struct account *account);
/* Checks what was typed, spaces and hyphens aside, and takes it: a code works once (RFC 6238 5.2).
 * Wrong ones are counted per account; SECOND_FACTOR_THROTTLED sets `*retry_after_s`. The use of a
 * recovery code goes to the security log. Needs a write transaction. */
enum second_factor second_factor_check(
	struct context *c, const struct account *account, struct str typed, int64_t *retry_after_s);
/* For explanations, after a wrong one: would the code be right at another time, within ten minutes
 * or so? Then the clock that made it is off by `*skew_s`, negative when it is behind. */
bool second_factor_skew(
	struct context *c, const struct account *account, struct str typed, int64_t *skew_s);
/* What was typed without spaces and hyphens: authenticators show "123 456". */
struct str second_factor_typed(struct context *c, struct str typed);

#endif
