/* Too many wrong guesses: the page that says so. */
#include "web/sign_in.h"

void show_too_many_attempts(
	struct context *c, struct http_request *req, struct http_reply *rep, int64_t wait_s)
{
	const struct page_too_many_attempts page = {
		.layout = web_layout(c, req, rep),
		.minutes = (wait_s + 59) / 60,
		.request_id = req->id,
	};

	http_header_str(req, rep, "Retry-After", str_printf(c->arena, "%lld", (long long)wait_s));
	WEB_SHOW(c, rep, 429, too_many_attempts, &page);
}

bool throttle_refuses(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str subject)
{
	int64_t wait_s = throttle_wait(c, subject);

	if (wait_s > 0)
		show_too_many_attempts(c, req, rep, wait_s);
	return wait_s != 0;
}
