/* The rate limit of the API as clients see it: GitHub reference 8.1 and 8.2. */
#ifndef LLAVERO_GITHUB_RATE_H
#define LLAVERO_GITHUB_RATE_H

#include "flow/check_token.h"
#include "github/github.h"

/* Counts one request of `checked`'s token, or of the client's address when NULL, and tells in
 * headers what is left. False: that was too many, and `rep` holds the 403. Always true while the
 * setting api_rate_limit is 0. */
bool github_rate_take(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct checked_token *checked);
/* What is left of `resource` ("core", "graphql"), without counting. */
struct rate_state github_rate_look(
	struct context *c, const struct checked_token *checked, const char *resource);

#endif
