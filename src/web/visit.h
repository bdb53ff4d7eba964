/* Who is at the browser, and in which language: worked out once per request by web_open. */
#ifndef LLAVERO_WEB_VISIT_H
#define LLAVERO_WEB_VISIT_H

#include "flow/context.h"
#include "gen/messages.h"
#include "http/http.h"
#include "store/account.h"

enum web_cookie {
	COOKIE_SESSION,     /* a signed-in browser */
	COOKIE_BROWSER,     /* a browser that was shown a form while signed out */
	COOKIE_NOTICE,      /* what the last action did, to be shown once */
	COOKIE_LANG,        /* the language chosen by hand */
	COOKIE_DEMO,        /* the demo client's flow */
	COOKIE_SECOND_STEP, /* the password was right: web/second_step.h */
	WEB_COOKIES,
};

struct visit {
	enum lang lang;
	/* As sent; STR_NONE when absent, sent twice, or of another length than ours. */
	struct str session_cookie, browser_cookie;
	bool signed_in;
	struct session session; /* when signed_in */
	struct account account;
	struct params form; /* of a ROUTE_FORM request */
	bool connects;      /* this page's script asks this server for more */
	bool form_leaves;   /* this page's form ends at another origin: no form-action in CSP */
	struct str form_to; /* its only form is posted there (a source of CSP); or STR_NONE */
};

/* Fills c->visit from the request's cookies, query and headers. A visit that is there already
 * stays. Sets c->failed when the store fails; nobody is signed in then. */
void visit_read(struct context *c, struct http_request *req, struct http_reply *rep);

/* Once a form was read: it may carry an authorization request that names a language. */
void visit_read_form_language(struct context *c, const struct http_request *req);

/* A cookie's value, or STR_NONE when it is absent or was sent more than once: with two of them a
 * sub-domain may have set one (assurance A074). */
struct str web_cookie(
	const struct context *c, const struct http_request *req, enum web_cookie which);
/* Sets a cookie for `max_age_s` seconds: HttpOnly, SameSite=Lax, Path=/, and over https Secure
 * with the __Host- prefix. `value` is of cookie characters; max_age_s 0 deletes the cookie. */
void web_set_cookie(struct context *c, struct http_request *req, struct http_reply *rep,
	enum web_cookie which, struct str value, int64_t max_age_s);

/* The language for a request, by what was chosen last: the query's `lang`, the cookie's, else what
 * the app says that the person prefers (OpenID Connect Core 3.1.2.1, ui_locales), else the best of
 * Accept-Language (RFC 9110 12.5.4), else English. Each may be STR_NONE. */
struct lang_wishes {
	struct str query, cookie, ui_locales, accept_language;
};
enum lang web_choose_lang(const struct lang_wishes *w);

#endif
