/* Keys as text: the public half, the thumbprint, and new ones. */
#include <cjose/cjose.h>
#include <cjose/util.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/fail.h"
#include "core/jwk.h"

enum { ED25519_OCTETS = 32, PUBLIC_MAX = 4096 };

/* The members that RFC 7638 3.2 hashes, in its order (names sorted), without the braces. */
static struct str required_members(struct arena *a, const struct jwk *k)
{
	switch (k->kty) {
	case JWK_EC:
		return str_printf(a,
			"\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"",
			STR_ARG(k->x), STR_ARG(k->y));
	case JWK_OKP:
		return str_printf(
			a, "\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%.*s\"", STR_ARG(k->x));
	case JWK_RSA:
		return str_printf(a, "\"e\":\"%.*s\",\"kty\":\"RSA\",\"n\":\"%.*s\"", STR_ARG(k->e),
			STR_ARG(k->n));
	case JWK_OCT:
		break;
	}
	return STR("\"kty\":\"oct\"");
}

void jwk_thumbprint(struct arena *a, const struct jwk *k, char out[JWK_THUMBPRINT_LEN + 1])
{
	uint8_t hash[SHA256_LEN];

	sha256(str_printf(a, "{%.*s}", STR_ARG(required_members(a, k))), hash);
	struct str text = base64url_encode(a, hash, sizeof hash);

	memcpy(out, text.p, JWK_THUMBPRINT_LEN);
	out[JWK_THUMBPRINT_LEN] = '\0';
}

struct str jwk_public(struct arena *a, const struct jwk *k, enum jose_alg alg, struct str kid)
{
	struct buf b;

	buf_init(&b, a, PUBLIC_MAX);
	buf_add_char(&b, '{');
	buf_add(&b, required_members(a, k));
	buf_add_c(&b, ",\"use\":\"sig\"");
	if (alg != JOSE_NO_ALG)
		buf_addf(&b, ",\"alg\":\"%s\"", jose_alg_word(alg));
	if (str_is_set(kid)) {
		buf_add_c(&b, ",\"kid\":");
		buf_add_json(&b, kid);
	}
	buf_add_char(&b, '}');
	return buf_str(&b);
}

/* cjose writes each member that a private key has. */
static bool generate_by_cjose(enum jose_alg alg, char text[JWK_TEXT_MAX])
{
	cjose_err err;
	cjose_jwk_t *k = JOSE_BIT(alg) & JOSE_RSA
				 ? cjose_jwk_create_RSA_random(JWK_RSA_BITS, NULL, 0, &err)
				 : cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &err);
	char *json = k ? cjose_jwk_to_json(k, true, &err) : NULL;
	size_t n = json ? strlen(json) : 0;
	bool good = json && n < JWK_TEXT_MAX;

	if (good)
		memcpy(text, json, n + 1);
	if (json) {
		wipe(json, n);
		cjose_get_dealloc()(json);
	}
	cjose_jwk_release(k);
	return good;
}

static bool generate_ed25519(char text[JWK_TEXT_MAX])
{
	EVP_PKEY *k = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	uint8_t x[ED25519_OCTETS], d[ED25519_OCTETS];
	char x64[sodium_base64_ENCODED_LEN(ED25519_OCTETS, 7)];
	char d64[sizeof x64];
	size_t x_n = sizeof x, d_n = sizeof d;
	const int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
	bool good = k && EVP_PKEY_get_raw_public_key(k, x, &x_n) == 1 &&
		    EVP_PKEY_get_raw_private_key(k, d, &d_n) == 1;

	if (good) {
		sodium_bin2base64(x64, sizeof x64, x, sizeof x, variant);
		sodium_bin2base64(d64, sizeof d64, d, sizeof d, variant);
		snprintf(text, JWK_TEXT_MAX,
			"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\",\"d\":\"%s\"}", x64,
			d64);
		wipe(d64, sizeof d64);
	}
	wipe(d, sizeof d);
	EVP_PKEY_free(k);
	return good;
}

bool jwk_generate(enum jose_alg alg, char text[JWK_TEXT_MAX])
{
	bool good = false;

	if (!(JOSE_BIT(alg) & JOSE_ASYMMETRIC) || FAIL_AT("jose.generate"))
		return false;
	good = alg == JOSE_EDDSA ? generate_ed25519(text) : generate_by_cjose(alg, text);
	if (!good)
		ERR_clear_error();
	return good;
}
