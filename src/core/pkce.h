/* Proof Key for Code Exchange, RFC 7636, S256 only (RFC 9700 2.1.1). */
#ifndef LLAVERO_CORE_PKCE_H
#define LLAVERO_CORE_PKCE_H

#include "base/limits.h"
#include "base/str.h"

enum pkce_fault {
	PKCE_OK,
	PKCE_METHOD_MISSING,      /* a challenge without a method would mean "plain" (4.3) */
	PKCE_METHOD_UNSUPPORTED,  /* anything but "S256" */
	PKCE_CHALLENGE_MISSING,   /* a method without a challenge */
	PKCE_CHALLENGE_MALFORMED, /* not 43 characters of base64url */
	PKCE_VERIFIER_MISSING,    /* a challenge was bound, no verifier came */
	PKCE_VERIFIER_UNEXPECTED, /* a verifier came, no challenge was bound (RFC 9700 4.8.2) */
	PKCE_VERIFIER_MALFORMED,  /* not 43 to 128 unreserved characters */
	PKCE_VERIFIER_WRONG,
};

/* BASE64URL(SHA256(verifier)), not ended by a NUL (RFC 7636 4.2). */
void pkce_challenge(struct str verifier, char out[LIMIT_CHALLENGE]);

/* At the authorization endpoint (RFC 7636 4.3, 4.4.1). Empty counts as absent. PKCE_OK with
 * `*used` false when neither parameter was sent. */
enum pkce_fault pkce_check_request(struct str challenge, struct str method, bool *used);
/* At the token endpoint (4.6): `challenge` is what was bound to the code, STR_NONE when nothing.
 * The comparison is constant-time. */
enum pkce_fault pkce_check_verifier(struct str challenge, struct str verifier);

#endif
