#include "web/visit.h"

#include "base/buf.h"
#include "web/return_to.h"

enum { LANG_COOKIE_S = 365 * 86400, BROWSER_COOKIE_LEN = 43 };

static const char *cookie_name(const struct context *c, enum web_cookie which)
{
	static const char *const names[WEB_COOKIES][2] = {
		[COOKIE_SESSION] = {"llavero_session", "__Host-llavero_session"},
		[COOKIE_BROWSER] = {"llavero_browser", "__Host-llavero_browser"},
		[COOKIE_NOTICE] = {"llavero_notice", "__Host-llavero_notice"},
		[COOKIE_LANG] = {"llavero_lang", "__Host-llavero_lang"},
		[COOKIE_DEMO] = {"llavero_demo", "__Host-llavero_demo"},
		[COOKIE_SECOND_STEP] = {"llavero_second_step", "__Host-llavero_second_step"},
	};

	return names[which][c->settings->https];
}

struct str web_cookie(
	const struct context *c, const struct http_request *req, enum web_cookie which)
{
	size_t times;
	struct str value = http_cookie(req, cookie_name(c, which), &times);

	return times == 1 ? value : STR_NONE;
}

void web_set_cookie(struct context *c, struct http_request *req, struct http_reply *rep,
	enum web_cookie which, struct str value, int64_t max_age_s)
{
	http_header_str(req, rep, "Set-Cookie",
		str_printf(c->arena, "%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; SameSite=Lax%s",
			cookie_name(c, which), STR_ARG(value), (long long)max_age_s,
			c->settings->https ? "; Secure" : ""));
}

static struct str cookie_of_length(const struct context *c, const struct http_request *req,
	enum web_cookie which, size_t length)
{
	struct str value = web_cookie(c, req, which);

	return value.n == length ? value : STR_NONE;
}

static void read_session(struct context *c, struct visit *v)
{
	if (!str_is_set(v->session_cookie))
		return;
	enum db_status status = session_read(c->store, c->arena, v->session_cookie,
		c->settings->session_idle_s, &v->session, &v->account);

	if (!context_failed(c, status))
		v->signed_in = status == DB_OK && v->account.suspended_at == 0;
}

/* Of the authorization request that `sent` is, or that waits behind the sign-in page. */
static struct str ui_locales(struct arena *a, const struct params *sent)
{
	struct str own = params_get(sent, "ui_locales");
	struct str return_to = params_get(sent, "return_to");

	if (str_is_set(own) || !str_is_set(return_to))
		return own;
	return return_to_parameter(a, return_to, "ui_locales");
}

static enum lang choose_lang(
	const struct context *c, const struct http_request *req, const struct params *sent)
{
	const struct lang_wishes wishes = {params_get(&req->query, "lang"),
		web_cookie(c, req, COOKIE_LANG), ui_locales(c->arena, sent),
		req->headers[HTTP_ACCEPT_LANGUAGE]};

	return web_choose_lang(&wishes);
}

void visit_read_form_language(struct context *c, const struct http_request *req)
{
	c->visit->lang = choose_lang(c, req, &c->visit->form);
}

void visit_read(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct visit *v = c->visit;
	struct str asked = params_get(&req->query, "lang");
	enum lang lang;

	if (v)
		return;
	v = c->visit = ARENA_NEW(c->arena, struct visit);
	v->session_cookie = cookie_of_length(c, req, COOKIE_SESSION, SESSION_TEXT_LEN);
	v->browser_cookie = cookie_of_length(c, req, COOKIE_BROWSER, BROWSER_COOKIE_LEN);
	v->lang = choose_lang(c, req, &req->query);
	if (lang_find(asked, &lang))
		web_set_cookie(c, req, rep, COOKIE_LANG, str_from(lang_tag(lang)), LANG_COOKIE_S);
	read_session(c, v);
}
