#include "flow/throttle.h"

#include "store/upkeep.h"

struct str throttle_subject(struct context *c, const char *what, struct str subject)
{
	return str_printf(c->arena, "%s %.*s", what, STR_ARG(str_lower(c->arena, subject)));
}

int64_t throttle_wait(struct context *c, struct str subject)
{
	int64_t failures, left_s;

	if (context_failed(c, throttle_read(c->store, subject, c->settings->signin_window_s,
				      &failures, &left_s)))
		return -1;
	if (failures < c->settings->signin_failures_max)
		return 0;
	atomic_fetch_add_explicit(&c->counters->throttled, 1, memory_order_relaxed);
	return left_s;
}

void throttle_failure(struct context *c, struct str subject)
{
	int64_t failures;

	context_failed(
		c, throttle_count(c->store, subject, c->settings->signin_window_s, &failures));
}
