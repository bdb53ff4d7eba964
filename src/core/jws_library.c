#include "core/jwk_library.h"

#include <cjose/cjose.h>
#include <jansson.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/fail.h"
#include "base/memory.h"

enum { SIGNATURE_HERE_MAX = 64 };

/* header.payload: what is signed (RFC 7515 5.1). */
static struct str signed_part(struct str text)
{
	size_t dot = text.n;

	while (text.p[--dot] != '.')
		;
	return (struct str){text.p, dot};
}

static enum jws_verdict verify_ed25519(const struct jws *j, const struct jwk *key)
{
	struct str data = signed_part(j->text);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->lib) != 1) {
		EVP_MD_CTX_free(ctx);
		return JWS_FAILED;
	}
	bool good = EVP_DigestVerify(ctx, (const unsigned char *)j->signature.p, j->signature.n,
			    (const unsigned char *)data.p, data.n) == 1;

	EVP_MD_CTX_free(ctx);
	return good ? JWS_GOOD : JWS_BAD_SIGNATURE;
}

static void mac(const struct jwk *key, struct str data, uint8_t out[SHA256_LEN])
{
	const struct str *secret = key->lib;

	hmac_sha256((const uint8_t *)secret->p, secret->n, data, out);
}

static enum jws_verdict verify_mac(const struct jws *j, const struct jwk *key)
{
	uint8_t wanted[SHA256_LEN];

	mac(key, signed_part(j->text), wanted);
	return j->signature.n == sizeof wanted && ct_equal(wanted, j->signature.p, sizeof wanted)
		       ? JWS_GOOD
		       : JWS_BAD_SIGNATURE;
}

static enum jws_verdict verify_by_cjose(const struct jws *j, const struct jwk *key)
{
	cjose_err err;
	cjose_jws_t *jws = cjose_jws_import(j->text.p, j->text.n, &err);
	enum jws_verdict v = JWS_FAILED;

	if (jws)
		v = cjose_jws_verify(jws, key->lib, &err) ? JWS_GOOD : JWS_BAD_SIGNATURE;
	cjose_jws_release(jws);
	return v;
}

enum jws_verdict jws_library_verify(const struct jws *j, const struct jwk *key)
{
	enum jws_verdict v = JWS_BAD_SIGNATURE;

	switch (key->kty) {
	case JWK_EC:
	case JWK_RSA:
		v = verify_by_cjose(j, key);
		break;
	case JWK_OKP:
		v = verify_ed25519(j, key);
		break;
	case JWK_OCT:
		v = verify_mac(j, key);
		break;
	}
	if (v != JWS_GOOD)
		ERR_clear_error();
	return v;
}

/* What the library holds while a text is made; the arena may jump meanwhile. */
struct signing_by_library {
	json_t *header;
	char *header_text;
	cjose_jws_t *jws;
};

static void release(void *what)
{
	struct signing_by_library *s = what;

	json_decref(s->header);
	memory_give(s->header_text);
	cjose_jws_release(s->jws);
}

static bool sign_by_cjose(struct arena *a, struct signing_by_library *s, const struct jwk *key,
	struct str payload, struct str *out)
{
	const char *text;
	cjose_err err;

	s->jws = cjose_jws_sign(key->lib, s->header, (const uint8_t *)payload.p, payload.n, &err);
	if (!s->jws || !cjose_jws_export(s->jws, &text, &err))
		return false;
	*out = str_dup(a, str_from(text));
	return true;
}

static bool sign_ed25519(const struct jwk *key, struct str data, uint8_t *out, size_t n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->lib) == 1 &&
		    EVP_DigestSign(ctx, out, &n, (const unsigned char *)data.p, data.n) == 1;

	EVP_MD_CTX_free(ctx);
	return good;
}

/* What cjose does not do (Ed25519), or not well: it neither wipes a secret nor looks at a MAC's
 * length before it compares. */
static bool sign_here(struct arena *a, struct signing_by_library *s, const struct jwk *key,
	struct str payload, struct str *out)
{
	uint8_t signature[SIGNATURE_HERE_MAX];

	s->header_text = json_dumps(s->header, JSON_COMPACT | JSON_PRESERVE_ORDER);
	if (!s->header_text)
		return false;
	struct str header = base64url_encode(a, s->header_text, strlen(s->header_text));
	struct str body = base64url_encode(a, payload.p, payload.n);
	struct str data = str_printf(a, "%.*s.%.*s", STR_ARG(header), STR_ARG(body));

	if (key->kty == JWK_OCT)
		mac(key, data, signature);
	else if (!sign_ed25519(key, data, signature, key->bytes))
		return false;
	*out = str_printf(
		a, "%.*s.%.*s", STR_ARG(data), STR_ARG(base64url_encode(a, signature, key->bytes)));
	return true;
}

static json_t *make_header(enum jose_alg alg, struct str kid, const char *typ)
{
	json_t *header = json_pack("{s:s}", "alg", jose_alg_word(alg));

	if (header && str_is_set(kid))
		json_object_set_new(header, "kid", json_stringn(kid.p, kid.n));
	if (header && typ)
		json_object_set_new(header, "typ", json_string(typ));
	return header;
}

bool jws_sign(struct arena *a, const struct jwk *key, enum jose_alg alg, struct str kid,
	const char *typ, struct str payload, struct str *out)
{
	struct signing_by_library *s = ARENA_NEW(a, struct signing_by_library);

	*out = STR_NONE;
	if (key->sort == JWK_PUBLIC || !(key->algs & JOSE_BIT(alg)) || FAIL_AT("jose.sign"))
		return false;
	arena_defer(a, release, s);
	s->header = make_header(alg, kid, typ);
	bool good = s->header && (JOSE_BIT(alg) & (JOSE_RSA | JOSE_BIT(JOSE_ES256))
						 ? sign_by_cjose(a, s, key, payload, out)
						 : sign_here(a, s, key, payload, out));

	if (!good)
		ERR_clear_error();
	return good;
}
