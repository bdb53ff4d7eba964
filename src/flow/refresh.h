/* The refresh request: RFC 6749 6, RFC 9700 4.14, GitHub reference section 4, assurance 6.2. */
#ifndef LLAVERO_FLOW_REFRESH_H
#define LLAVERO_FLOW_REFRESH_H

#include "core/bound.h"
#include "core/client_auth.h"
#include "core/scope.h"
#include "flow/issue_token.h"
#include "flow/read_resources.h"
#include "flow/sender.h"

struct refresh_request {
	enum dialect edge;
	struct client_credentials credentials;
	struct str refresh_token;         /* STR_NONE when it was not sent */
	struct asked_resources resources; /* for the access token: fewer than the family's; */
	struct str details;               /* the same of authorization details */
	struct str scope; /* fewer scopes for the access token; STR_NONE: those of the family */
};

struct refresh {
	const struct refresh_request *request;
	struct client client;
	bool proven; /* the client showed its secret */
	struct sender sender;
	struct refresh_parts parts;
	struct family family;
	struct bound bound;            /* what the family is bound to */
	struct bound for_token;        /* what the access token is to be bound to */
	struct scope_set scopes;       /* that are asked for, or all; */
	struct scope_set token_scopes; /* those of them that the access token gets */
	struct refusal refusal;        /* when the result is STEP_REFUSE */
	struct issued issued;          /* when it is STEP_DONE */
};

/* Runs the steps. Needs a write transaction, to be committed on a refusal too: a replay ends the
 * family. STEP_DONE, STEP_REFUSE or STEP_FAIL. */
enum step_result refresh(
	struct context *c, const struct refresh_request *request, struct refresh *out);

/* What is wrong with the text itself; CAUSE_NONE: it was made here. */
enum cause refresh_text_fault(
	const struct context *c, struct str text, struct refresh_parts *parts);
/* What has ended a family; what has ended that which it hangs on. CAUSE_NONE: nothing. */
enum cause family_end_of(const struct family *f, int64_t now);
enum cause family_grant_end_of(const struct family *f, int64_t epoch);
/* OpenID Connect Back-Channel Logout 2.7: what was not granted for offline use ends with the
 * session that it was granted in. When the store fails context.failed is set. */
enum cause family_session_end_of(struct context *c, const struct bound *bound);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *refresh_step(size_t i);

#endif
