/* Guessing passwords is slowed down, per account and per address. Assurance A198, A202: what was
 * typed is counted, whether such an account exists or not, so counters tell nothing. */
#include "store/upkeep.h"
#include "web/sign_in.h"

struct str throttle_subject(struct context *c, const char *what, struct str subject)
{
	return str_printf(c->arena, "%s %.*s", what, STR_ARG(str_lower(c->arena, subject)));
}

bool throttle_refuses(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str subject)
{
	int64_t failures, left_s;

	if (context_failed(c, throttle_read(c->store, subject, &failures, &left_s)))
		return true;
	if (failures < c->settings->signin_failures_max)
		return false;
	const struct page_too_many_attempts page = {
		.layout = web_layout(c, req, rep),
		.minutes = (left_s + 59) / 60,
		.request_id = req->id,
	};

	atomic_fetch_add_explicit(&c->counters->throttled, 1, memory_order_relaxed);
	http_header_str(req, rep, "Retry-After", str_printf(c->arena, "%lld", (long long)left_s));
	WEB_SHOW(c, rep, 429, too_many_attempts, &page);
	return true;
}

void throttle_failure(struct context *c, struct str subject)
{
	int64_t failures;

	context_failed(
		c, throttle_count(c->store, subject, c->settings->signin_window_s, &failures));
}
