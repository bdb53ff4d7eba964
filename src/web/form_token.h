/* The authenticity_token of forms: only a page of ours, shown to this very browser, can send one.
 * RFC 6749 10.12, RFC 9700 4.7; assurance A063 to A066, A073.
 *
 * The token is "SESSION", or "SESSION.REQUEST" on pages whose form carries an authorization
 * request in hidden fields; each part is 43 characters. SESSION proves the browser, REQUEST that
 * the hidden fields are those that were shown, for this form. */
#ifndef LLAVERO_WEB_FORM_TOKEN_H
#define LLAVERO_WEB_FORM_TOKEN_H

#include "web/visit.h"

/* An authorization request in hidden fields, and the path that its form is sent to. */
struct form_request {
	struct str path;
	const struct params *params;
};

/* The token for a page's forms. A signed-out browser is given a cookie to be told by. `request`
 * may be NULL. */
struct str form_token(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct form_request *request);
/* Does `token` belong to this browser? With `request` also: to that request. An ended session's
 * cookie still counts while nobody is signed in, so that a consent page that was left open leads
 * to the sign-in page instead of an error. */
bool form_token_is_good(struct context *c, struct str token, const struct form_request *request);

/* The parts, for tests. `key` is SHA256_LEN bytes, `secret` the browser's cookie. */
struct str form_token_of_browser(struct arena *a, const uint8_t *key, struct str secret);
struct str form_token_of_request(
	struct arena *a, const uint8_t *key, struct str secret, const struct form_request *request);

/* Is `name` a parameter of authorization requests, to be carried through our pages? */
bool is_authorize_parameter(struct str name);

/* Did the browser say that the form came from elsewhere? `own_origin` is scheme://host[:port].
 * "null" says nothing: our pages' Referrer-Policy makes browsers send it. */
bool form_is_from_elsewhere(struct str sec_fetch_site, struct str origin, struct str own_origin);

#endif
