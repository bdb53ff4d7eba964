/* JSON Web Keys (RFC 7517, RFC 7518 6, RFC 8037 2): read strictly, written, named by their
 * thumbprint (RFC 7638). The library (cjose; OpenSSL for Ed25519) gets only what passed here. */
#ifndef LLAVERO_CORE_JWK_H
#define LLAVERO_CORE_JWK_H

#include "base/arena.h"
#include "core/jose.h"

enum {
	JWK_THUMBPRINT_LEN = 43, /* base64url of SHA-256 */
	JWK_RSA_BITS = 2048,     /* of keys that are made, and the least of others' */
	JWK_RSA_BITS_MAX = 8192, /* a longer one only costs time */
	JWK_SECRET_MIN = 32,     /* RFC 7518 3.2: octets of a key for HS256 */
	JWK_TEXT_MAX = 4096,     /* a private key that jwk_generate made, with its NUL */
};

enum jwk_kty { JWK_EC, JWK_RSA, JWK_OKP, JWK_OCT };
/* What sort of key is wanted. Private members where a public key is wanted are refused, and told:
 * somebody has given a private key away. */
enum jwk_sort { JWK_PUBLIC, JWK_PRIVATE, JWK_SECRET };

/* A key that can be used. Lives, with what the library made of it, as long as the arena. */
struct jwk {
	enum jwk_kty kty;
	enum jwk_sort sort;
	struct str kid; /* STR_NONE when it has none */
	unsigned algs; /* what it may be used with: by type and curve, less what `alg` leaves out */
	size_t bytes;  /* of a signature it makes */
	struct str x, y, n, e; /* public members as they were sent; STR_NONE what its type lacks */
	void *lib;             /* cjose_jwk_t, or EVP_PKEY for JWK_OKP */
};

struct jwks {
	struct jwk *v;
	size_t n;
	size_t passed_over; /* of a type, curve, algorithm or use that is not ours (RFC 7517 5) */
};

enum jwk_fault {
	JWK_GOOD,
	JWK_TOO_LONG,     /* more than LIMIT_JWKS bytes */
	JWK_NOT_JSON,     /* nor when a name is there twice */
	JWK_NOT_KEYS,     /* no object, or no list "keys" of objects */
	JWK_TOO_MANY,     /* more than LIMIT_JWKS_KEYS */
	JWK_MEMBER,       /* a member is missing, or of a wrong type or form */
	JWK_KID,          /* longer than LIMIT_KID, or empty */
	JWK_UNSUPPORTED,  /* type, curve or algorithm is not ours */
	JWK_OTHER_USE,    /* not for signatures: `use`, `key_ops` */
	JWK_INCONSISTENT, /* `alg` does not fit type or curve */
	JWK_HAS_PRIVATE,  /* private members in a public key */
	JWK_NO_PRIVATE,   /* a private key is wanted */
	JWK_SYMMETRIC,    /* a secret among public keys, or the other way round */
	JWK_WEAK,         /* RSA below 2048 bits or above 8192, a bad exponent, a ROCA modulus,
			   * a secret below 32 octets */
	JWK_OFF_CURVE,    /* no point of its curve */
	JWK_SAME_KID,     /* two usable keys with one kid */
	JWK_FAILED,       /* the library could not (memory) */
	JWK_FAULTS,
};

/* A word for evidence and logs, such as "weak_key". */
const char *jwk_fault_word(enum jwk_fault f);

/* One key from JSON text, or from a parsed value of the library (json_t *, borrowed). */
enum jwk_fault jwk_read(struct arena *a, struct str text, enum jwk_sort sort, struct jwk *out);
enum jwk_fault jwk_read_value(
	struct arena *a, const void *json, enum jwk_sort sort, struct jwk *out);
/* A set. JWK_UNSUPPORTED and JWK_OTHER_USE are passed over; any other fault of a key is one of the
 * set, and `*at` (may be NULL) is that key's index. A set may have no usable key. */
enum jwk_fault jwks_read(
	struct arena *a, struct str text, enum jwk_sort sort, struct jwks *out, size_t *at);
enum jwk_fault jwks_read_value(
	struct arena *a, const void *json, enum jwk_sort sort, struct jwks *out, size_t *at);
/* A secret as a key for HS256; JWK_WEAK below JWK_SECRET_MIN octets. */
enum jwk_fault jwk_of_secret(struct arena *a, struct str octets, struct jwk *out);

/* RFC 7638: base64url of SHA-256 over the public members. Not for JWK_OCT. */
void jwk_thumbprint(struct arena *a, const struct jwk *k, char out[JWK_THUMBPRINT_LEN + 1]);
/* The public half as JSON: kty, its members, and "use":"sig", "alg" and "kid" when they are given
 * (JOSE_NO_ALG, STR_NONE: left out). */
struct str jwk_public(struct arena *a, const struct jwk *k, enum jose_alg alg, struct str kid);

/* Makes a private key for `alg` (not HS256), as JSON. RSA takes about 0.1 s, the others nothing;
 * may run on any thread. False when the library cannot. */
bool jwk_generate(enum jose_alg alg, char text[JWK_TEXT_MAX]);

#endif
