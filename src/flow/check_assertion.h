/* A JWT that somebody else has signed, held against keys and claims: RFC 7521, RFC 7523 3, RFC
 * 8725. As a client's proof (flow/client_assertion.c) and as a grant (flow/trusted_assertion.c);
 * what can be wrong is the same, and told by causes of each place. */
#ifndef LLAVERO_FLOW_CHECK_ASSERTION_H
#define LLAVERO_FLOW_CHECK_ASSERTION_H

#include "core/client_metadata.h"
#include "core/jws.h"
#include "core/jwt_claims.h"
#include "flow/context.h"

enum assertion_fault {
	ASSERTION_FORM,
	ASSERTION_ALG,
	ASSERTION_KEYS, /* there is none to check it with */
	ASSERTION_KID,
	ASSERTION_BAD_SIGNATURE,
	ASSERTION_PARTY, /* iss or sub is another one */
	ASSERTION_AUD,
	ASSERTION_CLAIM_FORM,
	ASSERTION_OVER,
	ASSERTION_EARLY,
	ASSERTION_LONG,
	ASSERTION_FAULTS,
};

struct assertion_place {
	unsigned algs;            /* that are taken: JOSE_BIT */
	const char *const *typs;  /* as in struct jws_want */
	const enum cause *causes; /* by enum assertion_fault */
	struct refusal *refusal;
};

/* Each: STEP_NEXT, STEP_REFUSE or STEP_FAIL. */

/* Reads it; nothing of it is to be believed yet. Keys in its header are nobody's (assurance A052):
 * they are passed over. */
enum step_result assertion_read(
	struct context *c, const struct assertion_place *at, struct str text, struct jws *out);
/* Verifies it with `keys->jwks`, or what stands at `keys->jwks_uri`. Whoever misses a key may look
 * once whether there are new ones (7523-05). STEP_ASK: they are being fetched (flow/client_keys.h).
 */
enum step_result assertion_verify(struct context *c, const struct assertion_place *at,
	const struct client_metadata *keys, struct jws *jws);
/* What a verdict of core/jws.h means; `keys` are those that were there, or NULL. */
enum step_result assertion_judge(struct context *c, const struct assertion_place *at,
	const struct jws *jws, enum jws_verdict v, const struct jwks *keys);
/* Its claims against what is expected (RFC 7523 3); `payload` from jws_claims. */
enum step_result assertion_check_claims(struct context *c, const struct assertion_place *at,
	const struct json_body *payload, const struct jwt_expect *e, struct jwt_claims *out);

#endif
