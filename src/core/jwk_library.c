#include "core/jwk_library.h"

#include <cjose/cjose.h>
#include <jansson.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/crypto.h"
#include "base/fail.h"

enum { EXPONENT_OCTETS = 4 };

struct holder {
	enum jwk_kty kty;
	void *lib;
};

static void release(void *what)
{
	struct holder *h = what;

	if (h->kty == JWK_OKP)
		EVP_PKEY_free(h->lib);
	else
		cjose_jwk_release(h->lib);
}

/* Infineon's RSALib made moduli that are powers of 65537 by every small prime (CVE-2017-15361,
 * "ROCA"); of others one in 2^27 looks like that. */
static bool is_roca(const BIGNUM *n)
{
	static const unsigned primes[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53,
		59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139,
		149, 151, 157, 163, 167};

	for (size_t i = 0; i < sizeof primes / sizeof primes[0]; i++) {
		unsigned p = primes[i], rest = (unsigned)BN_mod_word(n, p), power = 1;

		do
			power = power * (65537 % p) % p;
		while (power != rest && power != 1);
		if (power != rest)
			return false;
	}
	return true;
}

/* Odd and at least 3; four octets are enough for anyone, and a long one only costs time. */
static bool is_exponent(struct str e)
{
	unsigned long value = 0;

	if (e.n > EXPONENT_OCTETS)
		return false;
	for (size_t i = 0; i < e.n; i++)
		value = value << 8 | (unsigned char)e.p[i];
	return value >= 3 && value % 2 == 1;
}

enum jwk_fault jwk_rsa_strength(struct str n, struct str e)
{
	if (!is_exponent(e) || n.n * 8 > JWK_RSA_BITS_MAX)
		return JWK_WEAK;
	BIGNUM *modulus = BN_bin2bn((const unsigned char *)n.p, (int)n.n, NULL);

	if (!modulus)
		return JWK_FAILED;
	bool good = BN_num_bits(modulus) >= JWK_RSA_BITS && BN_is_odd(modulus) && !is_roca(modulus);

	BN_free(modulus);
	return good ? JWK_GOOD : JWK_WEAK;
}

/* cjose sees the members that were checked, and no others. */
static cjose_jwk_t *import(const json_t *json)
{
	static const char *const members[] = {
		"kty", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi"};
	json_t *clean = json_object();
	cjose_jwk_t *k = NULL;
	bool good = clean != NULL;
	cjose_err err;

	for (size_t i = 0; good && i < sizeof members / sizeof members[0]; i++) {
		json_t *value = json_object_get(json, members[i]);

		good = !value || json_object_set(clean, members[i], value) == 0;
	}
	if (good)
		k = cjose_jwk_import_json(clean, &err);
	json_decref(clean);
	return k;
}

static EVP_PKEY *make_ed25519(struct str x, struct str d)
{
	if (str_is_set(d))
		return EVP_PKEY_new_raw_private_key(
			EVP_PKEY_ED25519, NULL, (const unsigned char *)d.p, d.n);
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)x.p, x.n);
}

enum jwk_fault jwk_library_make(struct arena *a, const void *json, struct jwk *k)
{
	struct holder *h = ARENA_NEW(a, struct holder);
	struct str x = STR_NONE, d = STR_NONE;
	const char *d64 = json_string_value(json_object_get(json, "d"));

	h->kty = k->kty;
	arena_defer(a, release, h);
	if (k->kty == JWK_OKP) {
		if (!base64url_decode(a, k->x, &x) ||
			(d64 && !base64url_decode(a, str_from(d64), &d)))
			return JWK_MEMBER;
		h->lib = make_ed25519(x, d);
	} else {
		h->lib = import(json);
	}
	k->lib = h->lib;
	if (k->lib)
		return JWK_GOOD;
	ERR_clear_error();
	return k->kty == JWK_EC ? JWK_OFF_CURVE : JWK_FAILED;
}
