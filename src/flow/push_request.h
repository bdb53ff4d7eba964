/* Taking in an authorization request ahead of its person: RFC 9126 2. The rules are those of the
 * authorization endpoint (flow/authorize.h), held now and once more when the person comes. */
#ifndef LLAVERO_FLOW_PUSH_REQUEST_H
#define LLAVERO_FLOW_PUSH_REQUEST_H

#include "base/form.h"
#include "core/client_auth.h"
#include "flow/authorize.h"

struct push_request {
	struct client_credentials credentials;
	const struct params *params; /* all that was sent */
};

struct pushed {
	const struct push_request *request;
	struct client client;
	struct authorize authorize; /* as far as it goes without a person */
	struct authorize_request asked;
	struct str shown_jkt;   /* of the proof that came along; or STR_NONE */
	struct refusal refusal; /* when the result is STEP_REFUSE */
	struct str request_uri; /* when it is STEP_DONE */
};

/* Runs the steps. Needs a write transaction. STEP_DONE, STEP_REFUSE, STEP_FAIL; STEP_ASK: keys of
 * the client are wanted (context.h). */
enum step_result push_request(
	struct context *c, const struct push_request *request, struct pushed *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *push_request_step(size_t i);

#endif
