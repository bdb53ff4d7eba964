/* An app asks for a token of its own: RFC 6749 4.4. It belongs to no person, but to the account of
 * apps, and hangs on a grant between that account and the app like any other token, so that "revoke
 * all user tokens" and suspension end it too. It takes no place among the grant's tokens
 * (store/token_slot.c): one is got often, lives for an hour at most, and nobody lists it. */
#ifndef LLAVERO_FLOW_CLIENT_CREDENTIALS_H
#define LLAVERO_FLOW_CLIENT_CREDENTIALS_H

#include "core/client_auth.h"
#include "core/scope.h"
#include "flow/issue_token.h"
#include "flow/read_resources.h"
#include "flow/sender.h"

struct client_grant_request {
	enum dialect edge;
	struct client_credentials credentials;
	struct str scope; /* STR_NONE when it was not sent: all that the app may have */
	struct asked_resources resources;
	struct str details; /* RFC 9396: authorization_details */
	struct bound bound; /* for the token */
};

struct client_grant {
	const struct client_grant_request *request;
	struct client client;
	struct sender sender;
	struct scope_set scopes;
	struct bound bound;
	struct grant grant;
	struct refusal refusal; /* when the result is STEP_REFUSE */
	struct issued issued;   /* when it is STEP_DONE */
};

/* Runs the steps. Needs a write transaction. STEP_DONE, STEP_REFUSE or STEP_FAIL. */
enum step_result grant_to_client(
	struct context *c, const struct client_grant_request *request, struct client_grant *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *grant_to_client_step(size_t i);

#endif
