/* The signature algorithms of RFC 7518 3.1 and RFC 8037 that llavero speaks. A short list on
 * purpose: RFC 8725 3.1 wants each use to say what it takes, and nothing else counts. */
#ifndef LLAVERO_CORE_JOSE_H
#define LLAVERO_CORE_JOSE_H

#include "base/str.h"

enum jose_alg {
	JOSE_NO_ALG, /* none of ours; "none" among them */
	JOSE_ES256,
	JOSE_RS256,
	JOSE_PS256,
	JOSE_EDDSA, /* Ed25519 only */
	JOSE_HS256,
	JOSE_ALGS,
};

#define JOSE_BIT(alg) (1U << (alg))
enum {
	JOSE_RSA = 1U << JOSE_RS256 | 1U << JOSE_PS256,
	JOSE_ASYMMETRIC = 1U << JOSE_ES256 | JOSE_RSA | 1U << JOSE_EDDSA,
	/* FAPI 2.0 5.4.1 */
	JOSE_FAPI = 1U << JOSE_ES256 | 1U << JOSE_PS256 | 1U << JOSE_EDDSA,
};

/* "ES256"; "" for JOSE_NO_ALG. The word is exact: RFC 7515 4.1.1 compares case. */
const char *jose_alg_word(enum jose_alg alg);
enum jose_alg jose_alg_of(struct str word);
/* "ES256,RS256" (spaces around the commas do not count) as bits; `*first` (may be NULL) is the one
 * named first. False for another word, for one named twice, and for an empty list. */
bool jose_algs_of(struct str list, unsigned *bits, enum jose_alg *first);
/* The words of `bits`, in the order of the enum, parted by `separator`. */
struct str jose_alg_words(struct arena *a, unsigned bits, const char *separator);

#endif
