#include "core/jwk.h"

#include <jansson.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json_object.h"
#include "base/limits.h"
#include "core/jwk_library.h"

enum { P256_OCTETS = 32, ED25519_OCTETS = 32 };

static const char *const fault_words[JWK_FAULTS] = {
	[JWK_GOOD] = "good",
	[JWK_TOO_LONG] = "too_long",
	[JWK_NOT_JSON] = "not_json",
	[JWK_NOT_KEYS] = "not_keys",
	[JWK_TOO_MANY] = "too_many_keys",
	[JWK_MEMBER] = "bad_member",
	[JWK_KID] = "bad_kid",
	[JWK_UNSUPPORTED] = "unsupported",
	[JWK_OTHER_USE] = "other_use",
	[JWK_INCONSISTENT] = "inconsistent",
	[JWK_HAS_PRIVATE] = "private_key",
	[JWK_NO_PRIVATE] = "no_private_key",
	[JWK_SYMMETRIC] = "symmetric",
	[JWK_WEAK] = "weak_key",
	[JWK_OFF_CURVE] = "off_curve",
	[JWK_SAME_KID] = "same_kid",
	[JWK_FAILED] = "failed",
};

const char *jwk_fault_word(enum jwk_fault f)
{
	return fault_words[f];
}

/* False when the member is there and no text. */
static bool text_of(const json_t *json, const char *name, struct str *out)
{
	const json_t *value = json_object_get(json, name);

	*out = STR_NONE;
	if (value && !json_is_string(value))
		return false;
	if (value)
		*out = (struct str){json_string_value(value), json_string_length(value)};
	return true;
}

static bool has_any(const json_t *json, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (json_object_get(json, names[i]))
			return true;
	return false;
}

/* RFC 7518 6.2.2, 6.3.2, 6.4.1. */
static enum jwk_fault check_sort(const json_t *json, struct str kty, enum jwk_sort sort)
{
	static const char *const private[] = {"d", "p", "q", "dp", "dq", "qi", "oth"};
	bool secret = str_eq_c(kty, "oct") || json_object_get(json, "k");

	if (secret != (sort == JWK_SECRET))
		return JWK_SYMMETRIC;
	if (sort == JWK_PUBLIC && has_any(json, private, sizeof private / sizeof private[0]))
		return JWK_HAS_PRIVATE;
	if (sort == JWK_PRIVATE && !json_object_get(json, "d"))
		return JWK_NO_PRIVATE;
	return json_object_get(json, "oth") ? JWK_UNSUPPORTED : JWK_GOOD;
}

static enum jwk_fault find_type(const json_t *json, struct str kty, struct jwk *k)
{
	struct str crv;

	if (!text_of(json, "crv", &crv))
		return JWK_MEMBER;
	if (str_eq_c(kty, "RSA")) {
		k->kty = JWK_RSA;
		k->algs = JOSE_RSA;
	} else if (str_eq_c(kty, "EC") && str_eq_c(crv, "P-256")) {
		k->kty = JWK_EC;
		k->algs = JOSE_BIT(JOSE_ES256);
	} else if (str_eq_c(kty, "OKP") && str_eq_c(crv, "Ed25519")) {
		k->kty = JWK_OKP;
		k->algs = JOSE_BIT(JOSE_EDDSA);
	} else if (str_eq_c(kty, "oct")) {
		k->kty = JWK_OCT;
		k->algs = JOSE_BIT(JOSE_HS256);
	} else {
		return str_is_set(crv) || !str_eq_c(kty, "EC") ? JWK_UNSUPPORTED : JWK_MEMBER;
	}
	return JWK_GOOD;
}

/* RFC 7517 4.2, 4.3: both, when both are there. */
static enum jwk_fault check_use(const json_t *json, enum jwk_sort sort)
{
	const char *wanted = sort == JWK_PRIVATE ? "sign" : "verify";
	const json_t *ops = json_object_get(json, "key_ops");
	bool has_wanted = false;
	struct str use;

	if (!text_of(json, "use", &use) || (ops && !json_is_array(ops)))
		return JWK_MEMBER;
	if (str_is_set(use) && !str_eq_c(use, "sig"))
		return JWK_OTHER_USE;
	for (size_t i = 0; i < json_array_size(ops); i++) {
		const char *op = json_string_value(json_array_get(ops, i));

		if (!op)
			return JWK_MEMBER;
		has_wanted |= strcmp(op, wanted) == 0;
	}
	return ops && !has_wanted ? JWK_OTHER_USE : JWK_GOOD;
}

static enum jwk_fault check_alg(const json_t *json, struct jwk *k)
{
	struct str word;

	if (!text_of(json, "alg", &word))
		return JWK_MEMBER;
	if (!str_is_set(word))
		return JWK_GOOD;
	enum jose_alg alg = jose_alg_of(word);

	if (alg == JOSE_NO_ALG)
		return JWK_UNSUPPORTED;
	k->algs &= JOSE_BIT(alg);
	return k->algs ? JWK_GOOD : JWK_INCONSISTENT;
}

static enum jwk_fault read_kid(struct arena *a, const json_t *json, struct jwk *k)
{
	struct str kid;

	if (!text_of(json, "kid", &kid))
		return JWK_MEMBER;
	if (str_is_set(kid) && (kid.n == 0 || kid.n > LIMIT_KID))
		return JWK_KID;
	k->kid = str_dup(a, kid);
	return JWK_GOOD;
}

/* A member in base64url: `*octets` are its bytes, `*text` (may be NULL) a copy of it. */
static bool octets_of(
	struct arena *a, const json_t *json, const char *name, struct str *text, struct str *octets)
{
	struct str sent;

	if (!text_of(json, name, &sent) || !str_is_set(sent))
		return false;
	if (text)
		*text = str_dup(a, sent);
	return base64url_decode(a, sent, octets);
}

/* RFC 7518 2, Base64urlUInt: no leading zero octets, so that a key has one thumbprint. */
static bool is_shortest(struct str octets)
{
	return octets.n > 0 && octets.p[0] != 0;
}

static enum jwk_fault read_rsa(struct arena *a, const json_t *json, struct jwk *k)
{
	struct str n, e, d;

	if (!octets_of(a, json, "n", &k->n, &n) || !octets_of(a, json, "e", &k->e, &e) ||
		!is_shortest(n) || !is_shortest(e))
		return JWK_MEMBER;
	if (k->sort == JWK_PRIVATE && !octets_of(a, json, "d", NULL, &d))
		return JWK_MEMBER;
	k->bytes = n.n;
	return jwk_rsa_strength(n, e);
}

static enum jwk_fault read_ec(struct arena *a, const json_t *json, struct jwk *k)
{
	struct str x, y, d;

	if (!octets_of(a, json, "x", &k->x, &x) || !octets_of(a, json, "y", &k->y, &y) ||
		x.n != P256_OCTETS || y.n != P256_OCTETS)
		return JWK_MEMBER;
	if (k->sort == JWK_PRIVATE && (!octets_of(a, json, "d", NULL, &d) || d.n != P256_OCTETS))
		return JWK_MEMBER;
	k->bytes = 2 * (size_t)P256_OCTETS;
	return JWK_GOOD;
}

static enum jwk_fault read_okp(struct arena *a, const json_t *json, struct jwk *k)
{
	struct str x, d;

	if (!octets_of(a, json, "x", &k->x, &x) || x.n != ED25519_OCTETS)
		return JWK_MEMBER;
	if (k->sort == JWK_PRIVATE && (!octets_of(a, json, "d", NULL, &d) || d.n != ED25519_OCTETS))
		return JWK_MEMBER;
	k->bytes = 2 * (size_t)ED25519_OCTETS;
	return JWK_GOOD;
}

static enum jwk_fault read_material(struct arena *a, const json_t *json, struct jwk *k)
{
	struct str octets;
	enum jwk_fault fault = JWK_MEMBER;

	switch (k->kty) {
	case JWK_RSA:
		fault = read_rsa(a, json, k);
		break;
	case JWK_EC:
		fault = read_ec(a, json, k);
		break;
	case JWK_OKP:
		fault = read_okp(a, json, k);
		break;
	case JWK_OCT:
		if (!octets_of(a, json, "k", NULL, &octets))
			return JWK_MEMBER;
		return octets.n < JWK_SECRET_MIN ? JWK_WEAK : jwk_of_secret(a, octets, k);
	}
	return fault == JWK_GOOD ? jwk_library_make(a, json, k) : fault;
}

enum jwk_fault jwk_read_value(
	struct arena *a, const void *json, enum jwk_sort sort, struct jwk *out)
{
	struct str kty;

	*out = (struct jwk){.sort = sort};
	if (!json_is_object((const json_t *)json))
		return JWK_NOT_KEYS;
	if (!text_of(json, "kty", &kty) || !str_is_set(kty))
		return JWK_MEMBER;
	enum jwk_fault fault = check_sort(json, kty, sort);

	if (fault == JWK_GOOD)
		fault = find_type(json, kty, out);
	if (fault == JWK_GOOD)
		fault = check_use(json, sort);
	if (fault == JWK_GOOD)
		fault = check_alg(json, out);
	if (fault == JWK_GOOD)
		fault = read_kid(a, json, out);
	if (fault == JWK_GOOD)
		fault = read_material(a, json, out);
	return fault;
}

enum jwk_fault jwk_of_secret(struct arena *a, struct str octets, struct jwk *out)
{
	struct str *kept = ARENA_NEW(a, struct str);
	struct str kid = out->kid;

	*out = (struct jwk){.kty = JWK_OCT,
		.sort = JWK_SECRET,
		.kid = kid,
		.algs = JOSE_BIT(JOSE_HS256),
		.bytes = SHA256_LEN,
		.lib = kept};
	*kept = str_dup(a, octets);
	return octets.n < JWK_SECRET_MIN ? JWK_WEAK : JWK_GOOD;
}

static enum jwk_fault parse(struct arena *a, struct str text, void **json)
{
	if (text.n > LIMIT_JWKS)
		return JWK_TOO_LONG;
	return json_parse(a, text, json) == JSON_READ ? JWK_GOOD : JWK_NOT_JSON;
}

enum jwk_fault jwk_read(struct arena *a, struct str text, enum jwk_sort sort, struct jwk *out)
{
	void *json;
	enum jwk_fault fault = parse(a, text, &json);

	*out = (struct jwk){.sort = sort};
	return fault == JWK_GOOD ? jwk_read_value(a, json, sort, out) : fault;
}

static bool has_kid(const struct jwks *set, struct str kid)
{
	for (size_t i = 0; i < set->n; i++)
		if (str_eq(set->v[i].kid, kid))
			return true;
	return false;
}

enum jwk_fault jwks_read_value(
	struct arena *a, const void *json, enum jwk_sort sort, struct jwks *out, size_t *at)
{
	const json_t *keys = json_object_get(json, "keys");
	size_t unused;

	if (!at)
		at = &unused;
	*out = (struct jwks){0};
	*at = 0;
	if (!json_is_array(keys))
		return JWK_NOT_KEYS;
	if (json_array_size(keys) > LIMIT_JWKS_KEYS)
		return JWK_TOO_MANY;
	out->v = ARENA_ARRAY(a, struct jwk, json_array_size(keys));
	for (; *at < json_array_size(keys); (*at)++) {
		struct jwk *k = &out->v[out->n];
		enum jwk_fault fault = jwk_read_value(a, json_array_get(keys, *at), sort, k);

		if (fault == JWK_UNSUPPORTED || fault == JWK_OTHER_USE) {
			out->passed_over++;
			continue;
		}
		if (fault == JWK_GOOD && has_kid(out, k->kid))
			fault = JWK_SAME_KID;
		if (fault != JWK_GOOD)
			return fault;
		out->n++;
	}
	return JWK_GOOD;
}

enum jwk_fault jwks_read(
	struct arena *a, struct str text, enum jwk_sort sort, struct jwks *out, size_t *at)
{
	void *json;
	enum jwk_fault fault = parse(a, text, &json);

	*out = (struct jwks){0};
	if (at)
		*at = 0;
	return fault == JWK_GOOD ? jwks_read_value(a, json, sort, out, at) : fault;
}
