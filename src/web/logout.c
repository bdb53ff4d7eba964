#include "web/logout.h"

#include "web/form_token.h"
#include "web/page.h"

void web_ask_logout(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct logout_wish *w)
{
	const struct logout_request *q = w->request;
	const struct page_oidc_logout_field fields[] = {{STR("id_token_hint"), q->id_token_hint},
		{STR("client_id"), q->client_id},
		{STR("post_logout_redirect_uri"), q->post_logout_redirect_uri},
		{STR("state"), q->state}};
	struct page_oidc_logout_field sent[4];
	size_t n = 0;

	for (size_t i = 0; i < 4; i++)
		if (str_is_set(fields[i].value))
			sent[n++] = fields[i];
	struct page_oidc_logout page = {
		.layout = web_layout(c, req, rep),
		.app_name = w->has_app ? w->app.name : STR(""),
		.login = w->account->login,
		.destination = web_origin_of(c->arena, w->redirect_uri),
		.hidden = sent,
		.hidden_n = n,
	};

	page.layout.authenticity_token = form_token(c, req, rep, NULL);
	c->visit->form_leaves = true;
	WEB_SHOW(c, rep, 200, oidc_logout, &page);
}

void web_show_still_signed_in(struct context *c, struct http_request *req, struct http_reply *rep)
{
	web_go(c, req, rep, STR("/"), MSG_OIDC_LOGOUT_KEPT);
}

void web_logged_out(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str location)
{
	web_set_cookie(c, req, rep, COOKIE_SESSION, STR(""), 0);
	if (str_is_set(location))
		http_redirect(req, rep, 302, location);
	else
		web_go(c, req, rep, STR("/logout"), MSG_NONE);
}
