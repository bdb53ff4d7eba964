#include "web/home.h"

#include "web/page.h"

void home_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct page_home page = {
		.layout = web_layout(c, req, rep),
		.base_url = c->settings->base_url,
		.signup_href = c->settings->signup ? STR("/join") : STR(""),
	};

	WEB_SHOW(c, rep, 200, home, &page);
}
