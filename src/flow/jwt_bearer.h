/* A token for a person whom a trusted issuer names: the JWT bearer authorization grant, RFC
 * 7523 2.1 and 3, RFC 7521 4.1. The person is not asked: which issuers may speak for people, to
 * which apps and for which scopes at most, is an operator's decision (store/issuer.h). */
#ifndef LLAVERO_FLOW_JWT_BEARER_H
#define LLAVERO_FLOW_JWT_BEARER_H

#include "core/client_auth.h"
#include "core/scope.h"
#include "flow/issue_token.h"
#include "flow/read_resources.h"
#include "flow/sender.h"
#include "flow/trusted_assertion.h"

#define JWT_BEARER_GRANT_TYPE "urn:ietf:params:oauth:grant-type:jwt-bearer"

struct bearer_request {
	enum dialect edge;
	struct client_credentials credentials;
	struct str assertion, scope; /* scope: STR_NONE when it was not sent: all that there is */
	struct asked_resources resources;
	struct bound bound; /* for the token */
};

struct bearer_grant {
	const struct bearer_request *request;
	struct client client;
	struct sender sender;
	struct trusted_assertion assertion;
	struct scope_set scopes;
	struct bound bound;
	struct grant grant;
	struct refusal refusal; /* when the result is STEP_REFUSE */
	struct issued issued;   /* when it is STEP_DONE */
};

/* Runs the steps. Needs a write transaction. STEP_DONE, STEP_REFUSE or STEP_FAIL; STEP_ASK while
 * keys are being fetched (flow/client_keys.h). */
enum step_result grant_by_assertion(
	struct context *c, const struct bearer_request *request, struct bearer_grant *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *grant_by_assertion_step(size_t i);

#endif
