#include "core/jws.h"

#include <jansson.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "core/jwk_library.h"

static const char *const verdict_words[JWS_VERDICTS] = {
	[JWS_GOOD] = "good",
	[JWS_TOO_LONG] = "too_long",
	[JWS_NOT_COMPACT] = "not_compact",
	[JWS_BASE64] = "bad_base64url",
	[JWS_BAD_HEADER] = "bad_header",
	[JWS_UNSIGNED] = "unsigned",
	[JWS_ALG] = "other_algorithm",
	[JWS_CRIT] = "unknown_extension",
	[JWS_TYP] = "other_type",
	[JWS_HEADER_KEY] = "key_in_header",
	[JWS_UNKNOWN_KID] = "unknown_kid",
	[JWS_NO_KEY] = "no_key",
	[JWS_MANY_KEYS] = "kid_needed",
	[JWS_OTHER_KEY] = "other_key",
	[JWS_BAD_SIGNATURE] = "bad_signature",
	[JWS_BAD_PAYLOAD] = "bad_payload",
	[JWS_FAILED] = "failed",
};

const char *jws_verdict_word(enum jws_verdict v)
{
	return verdict_words[v];
}

struct parts {
	struct str header, payload, signature;
};

/* RFC 7515 3.1. A payload may be empty. An empty signature is told by what the header says of it,
 * and has no key's length in any case. */
static bool split(struct str text, struct parts *p)
{
	struct str extra;

	return str_next(&text, '.', &p->header) && str_next(&text, '.', &p->payload) &&
	       str_next(&text, '.', &p->signature) && !str_next(&text, '.', &extra) &&
	       p->header.n > 0;
}

static bool text_of(const json_t *header, const char *name, struct str *out)
{
	const json_t *value = json_object_get(header, name);

	*out = STR_NONE;
	if (value && !json_is_string(value))
		return false;
	if (value)
		*out = (struct str){json_string_value(value), json_string_length(value)};
	return true;
}

/* RFC 7515 4.1.9: a media type, compared without case, "application/" left out or not. */
static bool is_typ(struct str typ, const char *wanted)
{
	static const char prefix[] = "application/";
	size_t n = sizeof prefix - 1;

	if (typ.n > n && str_eq_nocase(str_slice(typ, 0, n), STR("application/")))
		typ = str_slice(typ, n, typ.n);
	return str_eq_nocase(typ, str_from(wanted));
}

static bool typ_is_taken(const struct jws_want *want, struct str typ)
{
	if (!want->typs)
		return true;
	if (!str_is_set(typ))
		return !want->typ_needed;
	for (const char *const *t = want->typs; *t; t++)
		if (is_typ(typ, *t))
			return true;
	return false;
}

/* RFC 7515 4.1.11 and RFC 7797: none of these changes what we do, so none may be asked for. */
static bool asks_for_extension(const json_t *header)
{
	const json_t *b64 = json_object_get(header, "b64");

	return json_object_get(header, "crit") || (b64 && !json_is_true(b64));
}

static bool brings_a_key(const json_t *header)
{
	static const char *const names[] = {"jwk", "jku", "x5c", "x5u"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (json_object_get(header, names[i]))
			return true;
	return false;
}

static enum jws_verdict check_header(
	const json_t *header, const struct jws_want *want, struct jws *out)
{
	if (!text_of(header, "alg", &out->alg_word) || !str_is_set(out->alg_word) ||
		!text_of(header, "kid", &out->kid) || !text_of(header, "typ", &out->typ))
		return JWS_BAD_HEADER;
	if (str_is_set(out->kid) && (out->kid.n == 0 || out->kid.n > LIMIT_KID))
		return JWS_BAD_HEADER;
	out->alg = jose_alg_of(out->alg_word);
	if (str_eq_nocase(out->alg_word, STR("none")))
		return JWS_UNSIGNED;
	if (out->alg == JOSE_NO_ALG || !(want->algs & JOSE_BIT(out->alg)))
		return JWS_ALG;
	if (asks_for_extension(header))
		return JWS_CRIT;
	if (want->refuse_header_keys && brings_a_key(header))
		return JWS_HEADER_KEY;
	return typ_is_taken(want, out->typ) ? JWS_GOOD : JWS_TYP;
}

enum jws_verdict jws_read(
	struct arena *a, struct str text, const struct jws_want *want, struct jws *out)
{
	struct parts parts;
	struct str header;

	*out = (struct jws){.text = text};
	if (text.n > LIMIT_JWS)
		return JWS_TOO_LONG;
	if (!split(text, &parts))
		return JWS_NOT_COMPACT;
	if (parts.header.n > LIMIT_JWS_HEADER)
		return JWS_TOO_LONG;
	if (!base64url_decode(a, parts.header, &header) ||
		!base64url_decode(a, parts.payload, &out->payload) ||
		!base64url_decode(a, parts.signature, &out->signature))
		return JWS_BASE64;
	if (json_parse(a, header, &out->header.root) != JSON_READ ||
		!json_is_object((const json_t *)out->header.root))
		return JWS_BAD_HEADER;
	return check_header(out->header.root, want, out);
}

static enum jws_verdict find_by_kid(const struct jws *j, const struct jwks *keys, size_t *at)
{
	for (*at = 0; *at < keys->n; (*at)++)
		if (str_eq(keys->v[*at].kid, j->kid))
			return keys->v[*at].algs & JOSE_BIT(j->alg) ? JWS_GOOD : JWS_OTHER_KEY;
	return JWS_UNKNOWN_KID;
}

static enum jws_verdict find_only(const struct jws *j, const struct jwks *keys, size_t *at)
{
	size_t fitting = 0;

	for (size_t i = 0; i < keys->n; i++) {
		if (!(keys->v[i].algs & JOSE_BIT(j->alg)))
			continue;
		*at = i;
		fitting++;
	}
	return fitting == 1 ? JWS_GOOD : fitting ? JWS_MANY_KEYS : JWS_NO_KEY;
}

enum jws_verdict jws_check(struct jws *j, const struct jwks *keys)
{
	size_t at = 0;
	enum jws_verdict v =
		str_is_set(j->kid) ? find_by_kid(j, keys, &at) : find_only(j, keys, &at);

	j->key = NULL;
	if (v != JWS_GOOD)
		return v;
	const struct jwk *key = &keys->v[at];

	/* RFC 7518 3.2 to 3.5: a signature has one length. The library takes others. */
	if (j->signature.n != key->bytes)
		return JWS_BAD_SIGNATURE;
	v = jws_library_verify(j, key);
	if (v == JWS_GOOD)
		j->key = key;
	return v;
}

enum jws_verdict jws_verify(struct arena *a, struct str text, const struct jws_want *want,
	const struct jwks *keys, struct jws *out)
{
	enum jws_verdict v = jws_read(a, text, want, out);

	return v == JWS_GOOD ? jws_check(out, keys) : v;
}

enum jws_verdict jws_claims(struct arena *a, const struct jws *j, struct json_body *out)
{
	/* json_body_read takes an empty text for an empty object. */
	if (!str_has_text(j->payload) || json_body_read(a, j->payload, out) != JSON_READ ||
		!out->root)
		return JWS_BAD_PAYLOAD;
	return JWS_GOOD;
}

enum jwk_fault jws_header_key(struct arena *a, const struct jws *j, struct jwk *out)
{
	const json_t *key = json_object_get(j->header.root, "jwk");

	*out = (struct jwk){.sort = JWK_PUBLIC};
	return key ? jwk_read_value(a, key, JWK_PUBLIC, out) : JWK_MEMBER;
}
