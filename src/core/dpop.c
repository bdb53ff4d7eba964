#include "core/dpop.h"

#include <stdio.h>

#include "base/limits.h"
#include "core/http_uri.h"

enum { SHOWN_MAX = 200 };

static enum dpop_fault fail(struct dpop *d, enum dpop_fault fault, const char *word)
{
	d->word = word;
	return fault;
}

static enum dpop_fault fail_claim(struct dpop *d, const char *claim, const char *word)
{
	d->claim = claim;
	return fail(d, DPOP_CLAIM, word);
}

static enum dpop_fault differs(
	struct dpop *d, enum dpop_fault fault, struct str expected, struct str received)
{
	d->expected = expected;
	d->received = str_slice(received, 0, SHOWN_MAX);
	return fail(d, fault, "other_value");
}

static enum dpop_fault judge(struct dpop *d, const struct jws *j, enum jws_verdict v)
{
	if (v == JWS_ALG || v == JWS_UNSIGNED)
		return differs(d, DPOP_ALG, STR_NONE, j->alg_word);
	if (v == JWS_FAILED)
		return DPOP_FAILED;
	return fail(
		d, v == JWS_BAD_SIGNATURE ? DPOP_SIGNATURE : DPOP_MALFORMED, jws_verdict_word(v));
}

/* "the JWT signature verifies with the public key contained in the jwk JOSE Header Parameter", and
 * "does not contain a private key" */
static enum dpop_fault check_signature(struct arena *a, struct jws *j, struct dpop *out)
{
	struct jwk key;
	enum jwk_fault fault = jws_header_key(a, j, &key);

	if (fault == JWK_FAILED)
		return DPOP_FAILED;
	if (fault != JWK_GOOD)
		return fail(out, DPOP_KEY, jwk_fault_word(fault));
	if (!(key.algs & JOSE_BIT(j->alg)))
		return fail(out, DPOP_KEY, jwk_fault_word(JWK_INCONSISTENT));
	key.kid = j->kid; /* there is no other key to choose */
	const struct jwks only = {&key, 1, 0};
	enum jws_verdict v = jws_check(j, &only);

	j->key = NULL;
	jwk_thumbprint(a, &key, out->jkt);
	return v == JWS_GOOD ? DPOP_GOOD : judge(out, j, v);
}

/* A claim that is text; NULL, or the word for what is wrong. */
static const char *text_claim(
	struct arena *a, const struct json_body *claims, const char *name, struct str *out)
{
	switch (json_body_text(a, claims, name, out)) {
	case JSON_HERE:
		return NULL;
	case JSON_WRONG:
		return "wrong_type";
	case JSON_ABSENT:
		break;
	}
	return "missing";
}

static enum dpop_fault check_jti(struct arena *a, struct dpop *out)
{
	const char *word = text_claim(a, &out->claims, "jti", &out->jti);

	if (word)
		return fail_claim(out, "jti", word);
	return out->jti.n == 0 || out->jti.n > LIMIT_JTI ? fail_claim(out, "jti", "bad_length")
							 : DPOP_GOOD;
}

static enum dpop_fault check_method(struct arena *a, const struct dpop_want *want, struct dpop *out)
{
	struct str htm;
	const char *word = text_claim(a, &out->claims, "htm", &htm);

	if (word)
		return fail_claim(out, "htm", word);
	return str_eq(htm, want->method) ? DPOP_GOOD : differs(out, DPOP_METHOD, want->method, htm);
}

static enum dpop_fault check_url(struct arena *a, const struct dpop_want *want, struct dpop *out)
{
	struct str htu;
	const char *word = text_claim(a, &out->claims, "htu", &htu);

	if (word)
		return fail_claim(out, "htu", word);
	return http_uri_same(a, htu, want->url) || (str_is_set(want->other_url) &&
							   http_uri_same(a, htu, want->other_url))
		       ? DPOP_GOOD
		       : differs(out, DPOP_URL, want->url, htu);
}

static enum dpop_fault check_iat(struct dpop *out)
{
	switch (json_body_number(&out->claims, "iat", &out->iat)) {
	case JSON_HERE:
		return out->iat < 0 ? fail_claim(out, "iat", "wrong_type") : DPOP_GOOD;
	case JSON_WRONG:
		return fail_claim(out, "iat", "wrong_type");
	case JSON_ABSENT:
		break;
	}
	return fail_claim(out, "iat", "missing");
}

/* RFC 9449 4.2: "ath: Hash of the access token." */
static enum dpop_fault check_token(struct arena *a, const struct dpop_want *want, struct dpop *out)
{
	uint8_t hash[SHA256_LEN];
	struct str ath;

	if (!str_is_set(want->access_token))
		return DPOP_GOOD;
	const char *word = text_claim(a, &out->claims, "ath", &ath);

	if (word)
		return fail_claim(out, "ath", word);
	sha256(want->access_token, hash);
	return str_eq(ath, base64url_encode(a, hash, sizeof hash))
		       ? DPOP_GOOD
		       : fail(out, DPOP_TOKEN, "other_value");
}

static enum dpop_fault check_claims(struct arena *a, const struct dpop_want *want, struct dpop *out)
{
	enum dpop_fault fault = check_jti(a, out);

	if (fault == DPOP_GOOD)
		fault = check_method(a, want, out);
	if (fault == DPOP_GOOD)
		fault = check_url(a, want, out);
	if (fault == DPOP_GOOD)
		fault = check_iat(out);
	if (fault == DPOP_GOOD)
		fault = check_token(a, want, out);
	if (fault == DPOP_GOOD &&
		json_body_text(a, &out->claims, "nonce", &out->nonce) == JSON_WRONG)
		fault = fail_claim(out, "nonce", "wrong_type");
	return fault;
}

enum dpop_fault dpop_read(
	struct arena *a, struct str proof, const struct dpop_want *want, struct dpop *out)
{
	static const char *const typs[] = {"dpop+jwt", NULL};
	const struct jws_want jws = {
		.algs = want->algs & JOSE_ASYMMETRIC, .typs = typs, .typ_needed = true};
	struct jws j;

	*out = (struct dpop){.claim = ""};
	if (proof.n > LIMIT_DPOP_PROOF)
		return fail(out, DPOP_MALFORMED, jws_verdict_word(JWS_TOO_LONG));
	enum jws_verdict v = jws_read(a, proof, &jws, &j);

	if (v != JWS_GOOD)
		return judge(out, &j, v);
	enum dpop_fault fault = check_signature(a, &j, out);

	if (fault != DPOP_GOOD)
		return fault;
	v = jws_claims(a, &j, &out->claims);
	return v == JWS_GOOD ? check_claims(a, want, out) : judge(out, &j, v);
}

struct str dpop_shown(struct str thumbprint)
{
	enum { SHOWN = 16 };

	return str_slice(thumbprint, 0, SHOWN);
}

bool dpop_is_thumbprint(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			c != '-' && c != '_')
			return false;
	}
	return text.n == JWK_THUMBPRINT_LEN;
}

static void nonce_of_slot(const uint8_t key[SHA256_LEN], int64_t slot, char out[DPOP_NONCE_LEN + 1])
{
	char text[48];
	uint8_t mac[SHA256_LEN];
	int n = snprintf(text, sizeof text, "dpop nonce %lld", (long long)slot);

	hmac_sha256(key, SHA256_LEN, (struct str){text, (size_t)n}, mac);
	hex_encode(mac, DPOP_NONCE_LEN / 2, out);
}

void dpop_nonce_at(const uint8_t key[SHA256_LEN], int64_t now, char out[DPOP_NONCE_LEN + 1])
{
	nonce_of_slot(key, now / LIMIT_DPOP_NONCE_SLOT, out);
}

bool dpop_nonce_is_good(const uint8_t key[SHA256_LEN], int64_t now, struct str nonce)
{
	char slot[DPOP_NONCE_LEN + 1];
	bool good = false;

	/* From the slot before this one to that of a node whose clock is ahead. */
	int64_t last = (now + LIMIT_CLOCK_SKEW) / LIMIT_DPOP_NONCE_SLOT;

	for (int64_t i = now / LIMIT_DPOP_NONCE_SLOT - 1; i <= last; i++) {
		nonce_of_slot(key, i, slot);
		good |= ct_equal_str(nonce, (struct str){slot, DPOP_NONCE_LEN});
	}
	return good;
}
