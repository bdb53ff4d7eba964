/* The authorization response as a redirect: RFC 6749 4.1.2 and 4.1.2.1, RFC 9207 2. */
#ifndef LLAVERO_FLOW_AUTHORIZE_REPLY_H
#define LLAVERO_FLOW_AUTHORIZE_REPLY_H

#include "flow/authorize.h"

/* The proven redirect URI with code, iss and state: keys in alphabetical order. */
struct str authorize_success(struct context *c, const struct authorize *a);
/* `to` (a registered URI) with error, error_description, error_uri, iss and state. */
struct str authorize_error(struct context *c, const struct authorize *a, struct str to);
/* Where documentation of a wire error is: the setting's base, the page and the anchor. */
struct str error_uri_of(struct context *c, const struct wire_row *row);
/* The same with an origin in front in any case: the standard edge's. */
struct str error_uri_absolute(struct context *c, const struct wire_row *row);

#endif
