/* How a key that passed core/jwk.c becomes one of the library, and what the library does with it.
 * Only core/jwk.c, core/jws.c and the library's own files include this. Nothing here allocates from
 * an arena while it holds an object of the library that no arena_defer would release. */
#ifndef LLAVERO_CORE_JWK_LIBRARY_H
#define LLAVERO_CORE_JWK_LIBRARY_H

#include "core/jwk.h"
#include "core/jws.h"

/* Makes k->lib from the members of `json` (json_t *), whose forms were checked. JWK_GOOD,
 * JWK_OFF_CURVE, JWK_MEMBER or JWK_FAILED. */
enum jwk_fault jwk_library_make(struct arena *a, const void *json, struct jwk *k);
/* Strength of an RSA modulus and exponent (octets): JWK_GOOD, JWK_WEAK or JWK_FAILED. */
enum jwk_fault jwk_rsa_strength(struct str n, struct str e);

/* Does the key verify the signature? Its sizes were checked. JWS_GOOD, JWS_BAD_SIGNATURE or
 * JWS_FAILED. */
enum jws_verdict jws_library_verify(const struct jws *j, const struct jwk *key);
#endif
