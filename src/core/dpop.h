/* DPoP proofs (RFC 9449 4.2 and 4.3): what can be said of one without a clock and without memory.
 * Whether it is of now, and new, is flow/check_proof.h's question. */
#ifndef LLAVERO_CORE_DPOP_H
#define LLAVERO_CORE_DPOP_H

#include "base/crypto.h"
#include "core/jws.h"

enum { DPOP_NONCE_LEN = 32 }; /* hex of 128 bits */

struct dpop_want {
	struct str method, url;  /* of the request that it came with */
	struct str other_url;    /* the same by another origin; STR_NONE: there is none */
	struct str access_token; /* STR_NONE: the request has none, so no ath is looked at */
	unsigned algs;           /* JOSE_BIT */
};

/* The check that failed; DPOP_GOOD when none did. */
enum dpop_fault {
	DPOP_GOOD,
	DPOP_MALFORMED, /* not one well-formed JWT of this type */
	DPOP_ALG,
	DPOP_KEY, /* no public key that is taken */
	DPOP_SIGNATURE,
	DPOP_CLAIM,  /* missing, or of a wrong type: `claim` */
	DPOP_METHOD, /* htm */
	DPOP_URL,    /* htu */
	DPOP_TOKEN,  /* ath: the proof was made for another token */
	DPOP_FAILED, /* a failure of ours */
};

struct dpop {
	char jkt[JWK_THUMBPRINT_LEN + 1];
	struct str jti, nonce; /* nonce: STR_NONE when it has none */
	int64_t iat;
	struct json_body claims;
	/* with a fault */
	const char *claim; /* its name */
	const char *word;  /* one word for what is wrong */
	struct str expected, received;
};

enum dpop_fault dpop_read(
	struct arena *a, struct str proof, const struct dpop_want *want, struct dpop *out);

/* The beginning of a thumbprint, for people who compare two: the whole would look like a secret. */
struct str dpop_shown(struct str thumbprint);
/* Could this be the thumbprint of a key? RFC 9449 10: dpop_jkt. */
bool dpop_is_thumbprint(struct str text);

/* RFC 9449 8: nonces that every node makes alike, for a slot of time; nothing is stored. The one of
 * the slot before is still good, so that a nonce lives for one to two slots. */
void dpop_nonce_at(const uint8_t key[SHA256_LEN], int64_t now, char out[DPOP_NONCE_LEN + 1]);
bool dpop_nonce_is_good(const uint8_t key[SHA256_LEN], int64_t now, struct str nonce);

#endif
