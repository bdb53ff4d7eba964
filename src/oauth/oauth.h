/* The standard dialect's edge: OAuth 2.1 and OpenID Connect under /oauth2/ and /.well-known/. It
 * reads requests and words replies; every rule is flow's and core's, shared with the GitHub edge.
 */
#ifndef LLAVERO_OAUTH_OAUTH_H
#define LLAVERO_OAUTH_OAUTH_H

#include "flow/context.h"
#include "http/http.h"

/* Ended by a NULL path. */
extern const struct http_route oauth_routes[];

#endif
