/* What a person sees when an app wants them signed out: OpenID Connect RP-Initiated Logout 2. */
#ifndef LLAVERO_WEB_LOGOUT_H
#define LLAVERO_WEB_LOGOUT_H

#include "flow/logout.h"
#include "web/web.h"

/* "Sign out?"; the answer goes to where the request came to. */
void web_ask_logout(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct logout_wish *w);
/* The person wants to stay. */
void web_show_still_signed_in(struct context *c, struct http_request *req, struct http_reply *rep);
/* The browser forgets the session; then on to `location`, or STR_NONE: to a page that says so. */
void web_logged_out(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str location);

#endif
