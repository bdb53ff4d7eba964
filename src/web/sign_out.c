#include "store/audit.h"
#include "web/sign_in.h"

/* Asks first, so that no link can sign anybody out (assurance A070). */
void sign_out_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (web_account(c)) {
		const struct page_logout page = {.layout = web_layout(c, req, rep)};

		WEB_SHOW(c, rep, 200, logout, &page);
	} else {
		const struct page_signed_out page = {.layout = web_layout(c, req, rep)};

		WEB_SHOW(c, rep, 200, signed_out, &page);
	}
}

void sign_out_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct account *account = web_account(c);

	if (account &&
		(context_failed(c, session_end(c->store, account->id, c->visit->session.id)) ||
			context_failed(c, audit_write(c->store, account->id, account->login,
						  "user.logout", 0, STR_NONE, c->remote))))
		return;
	web_set_cookie(c, req, rep, COOKIE_SESSION, STR(""), 0);
	web_go(c, req, rep, STR("/logout"), MSG_NONE);
}
