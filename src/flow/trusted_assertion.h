/* An assertion about a person by an issuer that an operator trusts (store/issuer.h): RFC 7523 3, as
 * a grant (2.1) or as a token to be exchanged (RFC 8693). */
#ifndef LLAVERO_FLOW_TRUSTED_ASSERTION_H
#define LLAVERO_FLOW_TRUSTED_ASSERTION_H

#include "core/jws.h"
#include "core/jwt_claims.h"
#include "flow/context.h"
#include "store/issuer.h"

struct trusted_assertion {
	/* what is asked */
	struct str text;
	const struct client *client; /* who brings it */
	struct refusal *refusal;
	/* what was found */
	struct jws jws;
	struct json_body payload;
	struct jwt_claims claims;
	struct issuer issuer;
	struct account account; /* whom it is about: there, and not suspended */
};

/* Runs the checks, none of which has an effect. STEP_NEXT, STEP_REFUSE, STEP_FAIL; STEP_ASK while
 * the issuer's keys are being fetched. */
enum step_result check_trusted_assertion(struct context *c, struct trusted_assertion *t);
/* An assertion that names itself (jti) counts once, on whatever node (RFC 7523 3 (7)). STEP_NEXT,
 * STEP_REFUSE or STEP_FAIL. */
enum step_result use_trusted_assertion(struct context *c, struct trusted_assertion *t);

#endif
