/* Comparing URIs of HTTP as RFC 9449 4.3 wants it: without query and fragment, after the syntax-
 * and scheme-based normalisation of RFC 3986 6.2.2 and 6.2.3. */
#ifndef LLAVERO_CORE_HTTP_URI_H
#define LLAVERO_CORE_HTTP_URI_H

#include "base/arena.h"
#include "base/str.h"

/* The normal form of an absolute http or https URI: scheme and host in lower case, no default port,
 * no dot segments, unreserved characters decoded, other escapes in upper case, "/" for an empty
 * path. False when `uri` is none, names a user, or is longer than LIMIT_REDIRECT_URI. */
bool http_uri_normal(struct arena *a, struct str uri, struct str *out);
/* Do both name the same resource? */
bool http_uri_same(struct arena *a, struct str one, struct str other);

#endif
