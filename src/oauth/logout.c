/* GET and POST /oauth2/logout: OpenID Connect RP-Initiated Logout 1.0. */
#include "flow/logout.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "oauth/oauth.h"
#include "web/logout.h"

#define PATH "/oauth2/logout"

static struct str get(const struct params *p, const char *name)
{
	struct str value = params_count(p, name) == 1 ? params_get(p, name) : STR_NONE;

	return str_has_text(value) ? value : STR_NONE;
}

/* 3: "the OP passes this value back to the RP" */
static struct str location_of(struct context *c, const struct logout_wish *w)
{
	struct buf b;

	buf_init(&b, c->arena, REWRITTEN_BODY);
	buf_add(&b, w->redirect_uri);
	if (str_is_set(w->request->state)) {
		buf_add_char(&b, str_has_char(w->redirect_uri, '?') ? '&' : '?');
		buf_add_c(&b, "state=");
		buf_add_form(&b, w->request->state);
	}
	return buf_str(&b);
}

static void run(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *p, enum logout_decision decision)
{
	const struct logout_request request = {get(p, "id_token_hint"), get(p, "client_id"),
		get(p, "post_logout_redirect_uri"), get(p, "state")};
	struct logout_wish w = {.request = &request,
		.account = web_account(c),
		.signed_on = web_signed_on(c),
		.decision = decision};

	if (log_out(c, &w) != STEP_DONE) {
		c->failed = true;
		return;
	}
	if (w.outcome == LOGOUT_ASK)
		web_ask_logout(c, req, rep, &w);
	else if (w.outcome == LOGOUT_KEPT)
		web_show_still_signed_in(c, req, rep);
	else
		web_logged_out(
			c, req, rep, str_is_set(w.redirect_uri) ? location_of(c, &w) : STR_NONE);
}

void oauth_logout(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (req->query_status != FORM_OK)
		web_show_error(c, req, rep, 400);
	else
		run(c, req, rep, &req->query, LOGOUT_UNDECIDED);
}

/* An app's own request comes from elsewhere, so the browser has left our cookies out; asked again
 * by GET, it sends them. */
static void go_on_by_get(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *form)
{
	struct buf b;

	buf_init(&b, c->arena, REWRITTEN_BODY);
	buf_add_c(&b, PATH);
	for (size_t i = 0; i < form->n; i++) {
		buf_add_char(&b, i ? '&' : '?');
		buf_add_form(&b, form->v[i].name);
		buf_add_char(&b, '=');
		buf_add_form(&b, form->v[i].value);
	}
	if (b.n > LIMIT_REQUEST_TARGET)
		web_show_error(c, req, rep, 413);
	else
		http_redirect(req, rep, 303, buf_str(&b));
}

void oauth_logout_post(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct params form;
	struct str type = http_media_type(c->arena, req->headers[HTTP_CONTENT_TYPE]);

	if (req->body.n && !str_eq_c(type, "application/x-www-form-urlencoded"))
		web_show_error(c, req, rep, 415);
	else if (form_parse(c->arena, req->body, LIMIT_PARAMS, &form) != FORM_OK)
		web_show_error(c, req, rep, 400);
	else if (params_count(&form, "authenticity_token") == 0)
		go_on_by_get(c, req, rep, &form);
	else if (web_open_form(c, req, rep))
		run(c, req, rep, web_form(c),
			str_eq_c(params_get(web_form(c), "logout"), "1") ? LOGOUT_YES : LOGOUT_NO);
}
