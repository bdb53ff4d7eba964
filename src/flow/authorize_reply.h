/* The authorization response: RFC 6749 4.1.2 and 4.1.2.1, RFC 9207 2. It goes as a redirect, or in
 * a form (OAuth 2.0 Form Post Response Mode). */
#ifndef LLAVERO_FLOW_AUTHORIZE_REPLY_H
#define LLAVERO_FLOW_AUTHORIZE_REPLY_H

#include "flow/authorize.h"

/* Is the answer wanted in a form, at an address that can be sent one? */
bool authorize_by_form(const struct authorize *a);
/* For the proven redirect URI: code, iss and state, in alphabetical order. */
struct authorize_answer authorize_success(struct context *c, const struct authorize *a);
/* For `to` (a registered URI): error, error_description, error_uri, iss and state. */
struct authorize_answer authorize_error(
	struct context *c, const struct authorize *a, struct str to);
/* The answer as a redirect: the URI with its parameters. */
struct str authorize_location(struct context *c, const struct authorize_answer *answer);
/* Where documentation of a wire error is: the setting's base, the page and the anchor. */
struct str error_uri_of(struct context *c, const struct wire_row *row);
/* The same with an origin in front in any case: the standard edge's. */
struct str error_uri_absolute(struct context *c, const struct wire_row *row);

#endif
