/* Where a person goes on after signing in: a path of this server, nothing else. RFC 9700 4.11. */
#ifndef LLAVERO_WEB_RETURN_TO_H
#define LLAVERO_WEB_RETURN_TO_H

#include "http/http.h"

/* One '/' first, not followed by '/' or a back-slash; printable ASCII without spaces and
 * back-slashes, so that no browser reads a host into it; at most LIMIT_REQUEST_TARGET. */
bool return_to_is_local(struct str path);
/* `path` when it is local, else "/". */
struct str return_to_or_home(struct str path);
/* This request as a path: for a form, its path with the fields that belong to an authorization
 * request as the query. */
struct str return_to_here(struct http_request *req, const struct params *form);
/* The value of a parameter in the query of a path, decoded, or STR_NONE. */
struct str return_to_parameter(struct arena *a, struct str path, const char *name);

#endif
