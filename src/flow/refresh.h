/* The refresh request: RFC 6749 6, RFC 9700 4.14, GitHub reference section 4, assurance 6.2. */
#ifndef LLAVERO_FLOW_REFRESH_H
#define LLAVERO_FLOW_REFRESH_H

#include "core/client_auth.h"
#include "flow/issue_token.h"

struct refresh_request {
	struct client_credentials credentials;
	struct str refresh_token; /* STR_NONE when it was not sent */
};

struct refresh {
	const struct refresh_request *request;
	struct client client;
	bool proven; /* the client showed its secret */
	struct refresh_parts parts;
	struct family family;
	struct refusal refusal; /* when the result is STEP_REFUSE */
	struct issued issued;   /* when it is STEP_DONE */
};

/* Runs the steps. Needs a write transaction, to be committed on a refusal too: a replay ends the
 * family. STEP_DONE, STEP_REFUSE or STEP_FAIL. */
enum step_result refresh(
	struct context *c, const struct refresh_request *request, struct refresh *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *refresh_step(size_t i);

#endif
