/* Is this DPoP proof good, here and now? RFC 9449 4.3, 8, 9 and 11.1. */
#ifndef LLAVERO_FLOW_CHECK_PROOF_H
#define LLAVERO_FLOW_CHECK_PROOF_H

#include "core/client_auth.h"
#include "core/profile.h"
#include "flow/context.h"

struct proof_request {
	const struct shown_keys *shown; /* with a proof */
	struct str access_token;        /* that came with it; STR_NONE at the token endpoint */
	enum profile profile;           /* of the app: strict takes fewer algorithms (F2-14) */
};

/* STEP_NEXT: `*jkt` is the thumbprint of the key that was shown. STEP_REFUSE or STEP_FAIL. */
enum step_result check_proof(
	struct context *c, const struct proof_request *q, struct str *jkt, struct refusal *refusal);

/* The nonce of this moment for the header DPoP-Nonce, which replies to requests with a proof carry
 * while nonces are asked for; STR_NONE while they are not (RFC 9449 8.2). */
struct str proof_nonce(struct context *c);
/* The algorithms that proofs may have, as the header WWW-Authenticate and metadata tell them. */
#define PROOF_ALGS "ES256 PS256 RS256 EdDSA"

#endif
