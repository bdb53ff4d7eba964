/* What runs before every page: who is there, and whether a form may be believed. */
#include "base/limits.h"
#include "web/authorize_paths.h"
#include "web/form_token.h"
#include "web/page.h"
#include "web/return_to.h"

enum { TOUCH_EVERY_S = 60 };

const struct account *web_account(const struct context *c)
{
	return c->visit && c->visit->signed_in ? &c->visit->account : NULL;
}

struct signed_on web_signed_on(const struct context *c)
{
	const struct visit *v = c->visit;

	if (!v || !v->signed_in)
		return (struct signed_on){0};
	return (struct signed_on){
		v->session.id, v->session.auth_time, v->session.auth_n, v->session.amr};
}

const struct params *web_form(const struct context *c)
{
	return &c->visit->form;
}

/* scheme://host[:port] of the base URL, which may have a path. */
static struct str own_origin(const struct context *c)
{
	struct str base = c->settings->base_url;
	size_t host = str_find(base, ':') + 3;

	return str_slice(base, 0, host + str_find(str_slice(base, host, base.n), '/'));
}

static bool refuse(struct context *c, struct http_request *req, struct http_reply *rep, int status)
{
	web_show_error(c, req, rep, status);
	return false;
}

bool web_open_form(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct params *form = &c->visit->form;
	const struct form_request request = {req->path, form};
	struct str type = http_media_type(c->arena, req->headers[HTTP_CONTENT_TYPE]);

	if (!str_eq_c(type, "application/x-www-form-urlencoded"))
		return refuse(c, req, rep, 415);
	if (form_parse(c->arena, req->body, LIMIT_PARAMS, form) != FORM_OK)
		return refuse(c, req, rep, 400);
	visit_read_form_language(c, req);
	/* A064 */
	if (form_is_from_elsewhere(
		    req->headers[HTTP_SEC_FETCH_SITE], req->headers[HTTP_ORIGIN], own_origin(c)))
		return refuse(c, req, rep, 403);
	if (params_count(form, "authenticity_token") != 1 ||
		!form_token_is_good(c, params_get(form, "authenticity_token"),
			is_authorize_path(req->path) ? &request : NULL))
		return refuse(c, req, rep, 403);
	return true;
}

/* Reads must not write, and a visit a minute is exact enough for "last seen". */
static void touch_session(struct context *c, unsigned flags)
{
	struct visit *v = c->visit;

	if (!v->signed_in || !(flags & ROUTE_WRITES) ||
		store_now(c->store) - v->session.seen_at < TOUCH_EVERY_S)
		return;
	context_failed(c, session_touch(c->store, v->session.id, c->remote));
}

bool web_open(struct context *c, struct http_request *req, struct http_reply *rep)
{
	unsigned flags = req->route ? req->route->flags : 0;

	visit_read(c, req, rep);
	web_headers(c, rep);
	if (c->failed)
		return false;
	if ((flags & ROUTE_NEEDS_USER) && !web_account(c)) {
		web_ask_sign_in(c, req, rep, STR_NONE);
		return false;
	}
	if ((flags & ROUTE_FORM) && !web_open_form(c, req, rep))
		return false;
	touch_session(c, flags);
	return !c->failed;
}
