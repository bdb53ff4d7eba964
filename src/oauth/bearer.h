/* An access token in a request to this server as a resource: RFC 6750 2 and 3, RFC 9470 3. */
#ifndef LLAVERO_OAUTH_BEARER_H
#define LLAVERO_OAUTH_BEARER_H

#include "flow/check_token.h"
#include "http/http.h"

/* The token of the Authorization header (RFC 6750 2.1, RFC 9449 7.1) or, in a POST, of the form,
 * with the keys that its sender showed. A token in the URL is none. False: it came twice, or the
 * form cannot be read; the reply is ready.
 */
bool oauth_read_bearer(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *endpoint, struct presented_token *out);

/* What a challenge says besides the error; each may be STR_NONE, max_age_s -1. */
struct oauth_challenge {
	struct str scope;
	struct str acr_values; /* RFC 9470: insufficient_user_authentication */
	int64_t max_age_s;
	struct str resource_metadata; /* RFC 9728 5.1: a URL */
	bool dpop;                    /* the token came with a proof, or has to: RFC 9449 7.1 */
};

/* The value of WWW-Authenticate; `error` "" when no token was sent. */
struct str oauth_challenge_text(struct arena *a, const char *error, const char *description,
	const struct oauth_challenge *extra);
/* Refuses as RFC 6750 3.1 has it. The refusal was noted. */
void oauth_refuse_bearer(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct refusal *refusal, const struct oauth_challenge *extra);

#endif
