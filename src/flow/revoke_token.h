/* An app gives a token back: RFC 7009. An access token ends with the refresh token that came with
 * it, and the other way round. */
#ifndef LLAVERO_FLOW_REVOKE_TOKEN_H
#define LLAVERO_FLOW_REVOKE_TOKEN_H

#include "core/client_auth.h"
#include "flow/check_app.h"

struct revoke_request {
	enum dialect edge;
	struct client_credentials credentials;
	struct str token; /* STR_NONE when it was not sent */
};

struct revocation {
	const struct revoke_request *request;
	struct client client;
	struct refusal refusal; /* when the result is STEP_REFUSE */
	uint64_t flow_id;       /* when it is STEP_DONE: of what was ended, or 0 */
	struct refusal ignored; /* the token is another app's: for its explanation */
};

/* Runs the steps. Needs a write transaction. STEP_DONE, also when there was nothing to end;
 * STEP_REFUSE or STEP_FAIL. */
enum step_result revoke_token(
	struct context *c, const struct revoke_request *request, struct revocation *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *revoke_token_step(size_t i);

#endif
