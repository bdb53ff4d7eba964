/* The access token request of the authorization code grant: RFC 6749 4.1.3, RFC 7636 4.5. */
#ifndef LLAVERO_FLOW_REDEEM_CODE_H
#define LLAVERO_FLOW_REDEEM_CODE_H

#include "core/bound.h"
#include "core/client_auth.h"
#include "flow/context.h"
#include "flow/issue_token.h"
#include "flow/read_resources.h"
#include "flow/sender.h"

struct redeem_request {
	enum dialect edge;
	struct client_credentials credentials;
	/* each STR_NONE when it was not sent */
	struct str grant_type, code, redirect_uri, code_verifier;
	struct asked_resources resources; /* for the access token: fewer than the grant's; */
	struct str details;               /* the same of authorization details */
};

struct redeem {
	const struct redeem_request *request;
	struct client client;
	struct sender sender;
	struct code code;
	struct bound bound;     /* what the code is bound to */
	struct bound for_token; /* what the access token is to be bound to */
	struct refusal refusal; /* when the result is STEP_REFUSE */
	struct issued issued;   /* when it is STEP_DONE */
};

/* Runs the steps. Needs a write transaction. STEP_DONE, STEP_REFUSE or STEP_FAIL. The
 * transaction is to be committed on a refusal too: a valid replay revokes what the code gave. */
enum step_result redeem_code(
	struct context *c, const struct redeem_request *request, struct redeem *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *redeem_code_step(size_t i);

#endif
