/* Signing with the server's own keys, and verifying what they have signed. Which key signs follows
 * from the times in the database (store/signing_key.h), so all workers and nodes agree; each worker
 * keeps the keys it has opened, and looks at every use whether somebody changed them. */
#ifndef LLAVERO_FLOW_SIGNING_H
#define LLAVERO_FLOW_SIGNING_H

#include "core/jws.h"
#include "flow/context.h"

/* The keys that a worker has opened: context.signing. */
struct signing;
struct signing *signing_new(void);
void signing_free(struct signing *s);

/* No token that is signed here may live longer than signing_token_lifetime (flow/signing_keys.h):
 * its key leaves the JWKS so long after it stopped signing. */

/* Signs `payload` (a JSON object as text) with the key of `alg` that signs now; the header has alg,
 * kid and `typ` ("at+jwt", "JWT", ...). `alg` is one of the setting signing_algorithms; its first
 * is settings.signing_default. A key that is not there yet is made, within the request's write
 * transaction. False after setting context.failed. */
bool sign_jwt(
	struct context *c, enum jose_alg alg, const char *typ, struct str payload, struct str *out);
/* Tells the housekeeping that keys of all algorithms will soon be asked for, so that no request
 * has to make them. Costs nothing; for endpoints that come before a signature (discovery,
 * authorization requests with scope openid). */
void signing_will_be_needed(struct context *c);

enum signing_age {
	SIGNED_LIVE, /* by a key that is published now: access tokens */
	SIGNED_EVER, /* or by one that was, and did not leak: id_token_hint */
};
/* Verifies a JWT of our own, by any algorithm that this server signs with, whatever `want->algs`
 * says. JWS_FAILED after setting context.failed. */
enum jws_verdict check_own_jwt(struct context *c, struct str text, const struct jws_want *want,
	enum signing_age age, struct jws *out);

/* The public keys as a JWK Set: those that sign (first), will sign, or have signed what still
 * lives. False after setting context.failed. */
bool signing_published(struct context *c, struct str *jwks);
/* Bits of the configured algorithms that no key signs for yet. */
unsigned signing_missing(struct context *c);
/* Adds keys that a job thread made: `texts[alg]` from jwk_generate, "" for none. False after
 * setting context.failed. */
bool signing_add(struct context *c, char texts[JOSE_ALGS][JWK_TEXT_MAX]);

#endif
