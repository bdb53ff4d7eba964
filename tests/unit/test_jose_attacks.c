/* Attacks on JOSE, by the numbers of the assurance list: A050 to A052, A117 to A133. Each forged
 * text is refused, and for its own reason. */
#include "base/crypto.h"
#include "base/limits.h"
#include "core/jws.h"
#include "unit.h"

/* Keys of the victim: one of each sort, made once. */
static char ec_text[JWK_TEXT_MAX], rsa_text[JWK_TEXT_MAX], ed_text[JWK_TEXT_MAX];
static const struct jws_want asymmetric = {.algs = JOSE_ASYMMETRIC};
static const struct jws_want any = {.algs = JOSE_ASYMMETRIC | JOSE_BIT(JOSE_HS256)};

static struct jwk private_key(struct arena *a, const char *text)
{
	struct jwk k;

	assert_int_equal(jwk_read(a, str_from(text), JWK_PRIVATE, &k), JWK_GOOD);
	return k;
}

static struct str public_text(struct arena *a, const char *text)
{
	struct jwk k = private_key(a, text);

	return jwk_public(a, &k, JOSE_NO_ALG, STR_NONE);
}

static struct jwks public_set(struct arena *a, const char *text, const char *kid)
{
	struct jwks set = {ARENA_NEW(a, struct jwk), 1, 0};

	assert_int_equal(jwk_read(a, public_text(a, text), JWK_PUBLIC, set.v), JWK_GOOD);
	set.v->kid = str_from(kid);
	return set;
}

static struct str b64(struct arena *a, struct str s)
{
	return base64url_encode(a, s.p, s.n);
}

static struct str join(struct arena *a, struct str header, struct str payload, struct str signature)
{
	return str_printf(
		a, "%.*s.%.*s.%.*s", STR_ARG(header), STR_ARG(payload), STR_ARG(signature));
}

/* Any header and payload, signed by the victim's own EC key or by a secret. */
static struct str forge(struct arena *a, struct str header, struct str payload, struct str secret)
{
	struct str data =
		str_printf(a, "%.*s.%.*s", STR_ARG(b64(a, header)), STR_ARG(b64(a, payload)));
	uint8_t mac[SHA256_LEN];

	hmac_sha256((const uint8_t *)secret.p, secret.n, data, mac);
	return str_printf(
		a, "%.*s.%.*s", STR_ARG(data), STR_ARG(base64url_encode(a, mac, sizeof mac)));
}

static struct str good_token(struct arena *a, const char *kid)
{
	struct jwk k = private_key(a, ec_text);
	struct str text;

	assert_true(
		jws_sign(a, &k, JOSE_ES256, str_from(kid), "JWT", STR("{\"sub\":\"x\"}"), &text));
	return text;
}

static void split(struct str text, struct str part[3])
{
	for (int i = 0; i < 3; i++)
		assert_true(str_next(&text, '.', &part[i]));
}

static void expect(struct arena *a, struct str text, const struct jwks *keys, enum jws_verdict v)
{
	struct jws j;
	enum jws_verdict got = jws_verify(a, text, &any, keys, &j);

	if (got != v)
		fail_msg("%.100s: %s", str_c(a, text), jws_verdict_word(got));
	assert_true(got == JWS_GOOD || !j.key);
}

/* P31 */
static void test_A117_none_in_every_spelling(void **state)
{
	static const char *const words[] = {"none", "None", "NONE", "nOnE"};
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	struct str part[3];

	split(good_token(a, "k"), part);
	for (size_t i = 0; i < COUNT(words); i++) {
		struct str header = b64(a, str_printf(a, "{\"alg\":\"%s\"}", words[i]));

		expect(a, join(a, header, part[1], STR("")), &keys, JWS_UNSIGNED);
		expect(a, join(a, header, part[1], part[2]), &keys, JWS_UNSIGNED);
	}
	expect(a, join(a, b64(a, STR("{\"alg\":\"none \"}")), part[1], STR("")), &keys, JWS_ALG);
	expect(a, join(a, b64(a, STR("{\"alg\":\"\"}")), part[1], STR("")), &keys, JWS_ALG);
	expect(a, join(a, b64(a, STR("{\"alg\":null}")), part[1], STR("")), &keys, JWS_BAD_HEADER);
	expect(a, join(a, b64(a, STR("{\"alg\":[\"ES256\"]}")), part[1], part[2]), &keys,
		JWS_BAD_HEADER);
	expect(a, join(a, b64(a, STR("{}")), part[1], STR("")), &keys, JWS_BAD_HEADER);
	expect(a, join(a, b64(a, STR("{\"alg\":\"ES256\"}")), part[1], STR("")), &keys,
		JWS_BAD_SIGNATURE);
}

/* The public key, in each form in which it is published, as the secret of a MAC. P31 */
static void test_A118_A050_a_public_key_is_no_secret(void **state)
{
	static const char *const texts[] = {ec_text, rsa_text, ed_text};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct jwks keys = public_set(a, texts[i], "k");
		struct str public = public_text(a, texts[i]);
		struct str with = STR("{\"alg\":\"HS256\",\"kid\":\"k\"}");
		struct str without = STR("{\"alg\":\"HS256\"}");
		struct jws j;

		expect(a, forge(a, with, STR("{}"), public), &keys, JWS_OTHER_KEY);
		expect(a, forge(a, without, STR("{}"), public), &keys, JWS_NO_KEY);
		assert_int_equal(
			jws_verify(a, forge(a, with, STR("{}"), public), &asymmetric, &keys, &j),
			JWS_ALG);
	}
}

/* A key of one type for an algorithm of another; and an algorithm that this place does not take,
 * though the key could. */
static void test_A118_keys_and_algorithms_go_together(void **state)
{
	static const char *const algs[] = {"ES256", "RS256", "PS256", "EdDSA", "HS256"};
	static const struct jws_want only_rs = {.algs = JOSE_BIT(JOSE_RS256)};
	struct arena *a = *state;
	struct jwks ec = public_set(a, ec_text, "k"), ed = public_set(a, ed_text, "k");
	struct jwk rsa = private_key(a, rsa_text);
	struct jwks rsa_set = public_set(a, rsa_text, "k");
	struct str part[3], text;
	struct jws j;

	split(good_token(a, "k"), part);
	for (size_t i = 1; i < COUNT(algs); i++) {
		struct str header =
			b64(a, str_printf(a, "{\"alg\":\"%s\",\"kid\":\"k\"}", algs[i]));

		expect(a, join(a, header, part[1], part[2]), &ec, JWS_OTHER_KEY);
	}
	expect(a, good_token(a, "k"), &ed, JWS_OTHER_KEY);
	assert_true(jws_sign(a, &rsa, JOSE_PS256, STR("k"), NULL, STR("{}"), &text));
	expect(a, text, &rsa_set, JWS_GOOD);
	assert_int_equal(jws_verify(a, text, &only_rs, &rsa_set, &j), JWS_ALG);
	rsa_set.v->algs = JOSE_BIT(JOSE_RS256); /* its `alg` */
	expect(a, text, &rsa_set, JWS_OTHER_KEY);
}

static void test_A119_dots_and_base64_in_other_spellings(void **state)
{
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	struct str good = good_token(a, "k"), part[3];

	expect(a, good, &keys, JWS_GOOD);
	split(good, part);
	expect(a, STR(""), &keys, JWS_NOT_COMPACT);
	expect(a, STR(".."), &keys, JWS_NOT_COMPACT);
	expect(a, part[0], &keys, JWS_NOT_COMPACT);
	expect(a, str_printf(a, "%.*s.%.*s", STR_ARG(part[0]), STR_ARG(part[1])), &keys,
		JWS_NOT_COMPACT);
	expect(a, str_printf(a, "%.*s.", STR_ARG(good)), &keys, JWS_NOT_COMPACT);
	expect(a, str_printf(a, "%.*s.e30", STR_ARG(good)), &keys, JWS_NOT_COMPACT);
	expect(a, str_printf(a, ".%.*s", STR_ARG(good)), &keys, JWS_NOT_COMPACT);
	for (int i = 0; i < 3; i++) {
		static const char *const extras[] = {"=", "==", "A===", " ", "\n", "+", "/", "%3D"};

		for (size_t k = 0; k < COUNT(extras); k++) {
			struct str was = part[i];

			part[i] = str_printf(a, "%.*s%s", STR_ARG(was), extras[k]);
			expect(a, join(a, part[0], part[1], part[2]), &keys, JWS_BASE64);
			part[i] = was;
		}
	}
	/* 64 octets are 85 digits and 2 bits: another last digit with the same two bits */
	char *stray = str_c(a, good);

	stray[good.n - 1] ^= 1;
	struct jws j;

	assert_int_not_equal(jws_verify(a, str_from(stray), &any, &keys, &j), JWS_GOOD);
}

/* A133: and what is no JSON at all. P31 */
static void test_A120_doubled_names_and_other_json(void **state)
{
	static const char *const headers[] = {
		"{\"alg\":\"ES256\",\"alg\":\"ES256\"}",
		"{\"kid\":\"k\",\"alg\":\"ES256\",\"kid\":\"k\"}",
		"{\"alg\":\"ES256\"}x",
		"{\"alg\":\"ES256\"} {}",
		"[\"ES256\"]",
		"\"ES256\"",
		"null",
		"{\"alg\":\"ES256\"",
		"\xef\xbb\xbf{\"alg\":\"ES256\"}",
		"{\"alg\":\"ES256\\u0000\"}",
		"{\"alg\":\"ES256\",\"x\":\"\\ud800\"}",
		"{\"alg\":\"ES256\",\"x\":\"\xc0\xaf\"}",
		"{\"alg\":\"ES256\",\"x\":1e400}",
		"{'alg':'ES256'}",
	};
	static const char *const payloads[] = {"", " ", "[]", "1", "\"x\"", "null", "{",
		"{\"sub\":\"a\",\"sub\":\"b\"}", "{\"a\":{\"b\":1,\"b\":2}}", "{}{}",
		"\xef\xbb\xbf{}", "{\"sub\":\"\xff\"}"};
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	struct jwk k = private_key(a, ec_text);
	struct str part[3];

	split(good_token(a, "k"), part);
	for (size_t i = 0; i < COUNT(headers); i++)
		expect(a, join(a, b64(a, str_from(headers[i])), part[1], part[2]), &keys,
			JWS_BAD_HEADER);
	for (size_t i = 0; i < COUNT(payloads); i++) {
		struct json_body claims;
		struct str text;
		struct jws j;

		assert_true(
			jws_sign(a, &k, JOSE_ES256, STR_NONE, NULL, str_from(payloads[i]), &text));
		assert_int_equal(jws_verify(a, text, &any, &keys, &j), JWS_GOOD);
		assert_int_equal(jws_claims(a, &j, &claims), JWS_BAD_PAYLOAD);
	}
}

static void test_A121_A122_crit_and_b64(void **state)
{
	static const char *const members[] = {"\"crit\":[\"exp\"],\"exp\":1", "\"crit\":[]",
		"\"crit\":null", "\"crit\":[\"b64\"],\"b64\":true",
		"\"crit\":[\"b64\"],\"b64\":false", "\"b64\":false", "\"b64\":\"true\"",
		"\"crit\":[\"alg\"]"};
	struct arena *a = *state;
	struct str secret = repeated(a, 's', 32);
	struct jwks keys = {ARENA_NEW(a, struct jwk), 1, 0};

	assert_int_equal(jwk_of_secret(a, secret, keys.v), JWK_GOOD);
	for (size_t i = 0; i < COUNT(members); i++)
		expect(a,
			forge(a, str_printf(a, "{\"alg\":\"HS256\",%s}", members[i]), STR("{}"),
				secret),
			&keys, JWS_CRIT);
	expect(a, forge(a, STR("{\"alg\":\"HS256\",\"b64\":true,\"other\":1}"), STR("{}"), secret),
		&keys, JWS_GOOD);
	expect(a, forge(a, STR("{\"alg\":\"HS256\"}"), STR("{}"), repeated(a, 's', 31)), &keys,
		JWS_BAD_SIGNATURE);
}

/* A short MAC: cjose would read past it. */
static void test_A119_macs_of_other_lengths(void **state)
{
	struct arena *a = *state;
	struct str secret = repeated(a, 's', 32), part[3];
	struct jwks keys = {ARENA_NEW(a, struct jwk), 1, 0};

	assert_int_equal(jwk_of_secret(a, secret, keys.v), JWK_GOOD);
	split(forge(a, STR("{\"alg\":\"HS256\"}"), STR("{}"), secret), part);
	expect(a, join(a, part[0], part[1], STR("AA")), &keys, JWS_BAD_SIGNATURE);
	expect(a, join(a, part[0], part[1], STR("")), &keys, JWS_BAD_SIGNATURE);
	expect(a,
		join(a, part[0], part[1], str_printf(a, "%.*s%.*s", 40, part[2].p, 40, part[2].p)),
		&keys, JWS_BAD_SIGNATURE);
}

static void test_A124_oversize(void **state)
{
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	struct str secret = repeated(a, 's', 32), part[3];
	struct jwks secrets = {ARENA_NEW(a, struct jwk), 1, 0};

	assert_int_equal(jwk_of_secret(a, secret, secrets.v), JWK_GOOD);
	/* a header of exactly the limit, encoded: 4 digits for 3 octets */
	for (int more = -4; more <= 4; more += 4) {
		size_t n = (size_t)(LIMIT_JWS_HEADER + more) / 4 * 3;
		struct str header = str_printf(a, "{\"alg\":\"HS256\"%.*s}",
			STR_ARG(repeated(a, ' ', n - STR("{\"alg\":\"HS256\"}").n)));

		expect(a, forge(a, header, STR("{}"), secret), &secrets,
			more > 0 ? JWS_TOO_LONG : JWS_GOOD);
	}
	split(good_token(a, "k"), part);
	size_t rest = LIMIT_JWS - part[0].n - part[2].n - 2;

	expect(a, join(a, part[0], repeated(a, 'A', rest), part[2]), &keys,
		rest % 4 == 1 ? JWS_BASE64 : JWS_BAD_SIGNATURE);
	expect(a, join(a, part[0], repeated(a, 'A', rest + 1), part[2]), &keys, JWS_TOO_LONG);
	expect(a, repeated(a, '.', 1 << 20), &keys, JWS_TOO_LONG);
	expect(a, repeated(a, '.', LIMIT_JWS), &keys, JWS_NOT_COMPACT);
}

/* `kid` is a name and nothing else: no file, no statement, no memory. P31 */
static void test_A051_kid(void **state)
{
	static const char *const kids[] = {"../../dev/null", "/dev/null", "k' OR '1'='1",
		"k'; DROP TABLE signing_key;--", "|/bin/id", "K", "k ", "http://evil.example/k",
		"*"};
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	struct jwks two = {ARENA_ARRAY(a, struct jwk, 2), 2, 0};

	for (size_t i = 0; i < COUNT(kids); i++)
		expect(a, good_token(a, kids[i]), &keys, JWS_UNKNOWN_KID);
	expect(a, good_token(a, "k"), &keys, JWS_GOOD);
	expect(a, good_token(a, ""), &keys, JWS_BAD_HEADER);
	expect(a, good_token(a, str_c(a, repeated(a, 'k', LIMIT_KID))), &keys, JWS_UNKNOWN_KID);
	expect(a, good_token(a, str_c(a, repeated(a, 'k', LIMIT_KID + 1))), &keys, JWS_BAD_HEADER);
	expect(a, good_token(a, str_c(a, repeated(a, 'k', 1 << 20))), &keys, JWS_TOO_LONG);
	/* without a kid: the only key that fits, and never a guess among two */
	expect(a, good_token(a, NULL), &keys, JWS_GOOD);
	two.v[0] = two.v[1] = keys.v[0];
	two.v[1].kid = STR("other");
	expect(a, good_token(a, NULL), &two, JWS_MANY_KEYS);
	two.v[1] = public_set(a, ed_text, "other").v[0];
	expect(a, good_token(a, NULL), &two, JWS_GOOD);
	two.n = 0;
	expect(a, good_token(a, NULL), &two, JWS_NO_KEY);
	/* a key without a kid is not found by one */
	keys.v[0].kid = STR_NONE;
	expect(a, good_token(a, "k"), &keys, JWS_UNKNOWN_KID);
}

/* The attacker signs with a key of their own and brings it along. Nothing is fetched: there is no
 * code here that could. P31 */
static void test_A052_keys_in_the_header(void **state)
{
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	char evil_text[JWK_TEXT_MAX];
	struct jws_want strict = any;

	strict.refuse_header_keys = true;
	assert_true(jwk_generate(JOSE_ES256, evil_text));
	struct str evil = public_text(a, evil_text);
	struct str headers[] = {
		str_printf(a, "{\"alg\":\"ES256\",\"jwk\":%.*s}", STR_ARG(evil)),
		STR("{\"alg\":\"ES256\",\"jku\":\"http://127.0.0.1:1/jwks\"}"),
		STR("{\"alg\":\"ES256\",\"x5u\":\"http://169.254.169.254/\"}"),
		STR("{\"alg\":\"ES256\",\"x5c\":[\"AAAA\"]}"),
	};
	struct str part[3];

	split(good_token(a, "k"), part);
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct str text = join(a, b64(a, headers[i]), part[1], part[2]);
		struct jws j;

		expect(a, text, &keys, JWS_BAD_SIGNATURE);
		assert_int_equal(jws_verify(a, text, &strict, &keys, &j), JWS_HEADER_KEY);
	}
	struct jws j;
	struct jwk k;

	assert_int_equal(
		jws_read(a, join(a, b64(a, headers[0]), part[1], part[2]), &any, &j), JWS_GOOD);
	assert_int_equal(jws_header_key(a, &j, &k), JWK_GOOD);
	assert_int_equal(jws_read(a, good_token(a, "k"), &any, &j), JWS_GOOD);
	assert_int_equal(jws_header_key(a, &j, &k), JWK_MEMBER);
}

/* 9449-02: who takes a key from there never takes a private one. */
static void test_9449_02_a_private_key_in_the_header(void **state)
{
	struct arena *a = *state;
	struct jws j;
	struct jwk k;
	struct str header = str_printf(a, "{\"alg\":\"ES256\",\"jwk\":%s}", ec_text);

	assert_int_equal(
		jws_read(a, join(a, b64(a, header), STR("e30"), STR("AA")), &any, &j), JWS_GOOD);
	assert_int_equal(jws_header_key(a, &j, &k), JWK_HAS_PRIVATE);
}

/* A229, P46 */
static void test_A128_A133_nesting(void **state)
{
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	struct jwk k = private_key(a, ec_text);
	size_t depth[] = {LIMIT_JSON_DEPTH - 1, LIMIT_JSON_DEPTH, 10000};

	for (size_t i = 0; i < COUNT(depth); i++) {
		struct json_body claims;
		struct jws j;
		struct str text, payload = str_printf(a, "{\"x\":%.*s%.*s}",
					 STR_ARG(repeated(a, '[', depth[i])),
					 STR_ARG(repeated(a, ']', depth[i])));

		assert_true(jws_sign(a, &k, JOSE_ES256, STR_NONE, NULL, payload, &text));
		assert_int_equal(jws_verify(a, text, &any, &keys, &j), JWS_GOOD);
		assert_int_equal(jws_claims(a, &j, &claims),
			depth[i] < LIMIT_JSON_DEPTH ? JWS_GOOD : JWS_BAD_PAYLOAD);
	}
	/* a JWS within a JWS is no claims set */
	struct str inner = good_token(a, "k"), outer;
	struct json_body claims;
	struct jws j;

	assert_true(jws_sign(a, &k, JOSE_ES256, STR_NONE, NULL, inner, &outer));
	assert_int_equal(jws_verify(a, outer, &any, &keys, &j), JWS_GOOD);
	assert_int_equal(jws_claims(a, &j, &claims), JWS_BAD_PAYLOAD);
}

/* A131, 9101-06, RFC 8725 3.11: one kind of token is not taken for another. P32 */
static void test_A131_9101_06_typ(void **state)
{
	static const char *const request[] = {"oauth-authz-req+jwt", "JWT", NULL};
	static const char *const access[] = {"at+jwt", NULL};
	static const struct {
		const char *typ;
		bool request, access;
	} rows[] = {
		{"oauth-authz-req+jwt", true, false},
		{"application/oauth-authz-req+jwt", true, false},
		{"JWT", true, false},
		{"jwt", true, false},
		{NULL, true, false},
		{"at+jwt", false, true},
		{"AT+JWT", false, true},
		{"application/at+jwt", false, true},
		{"Application/At+jwt", false, true},
		{"dpop+jwt", false, false},
		{"logout+jwt", false, false},
		{"", false, false},
		{"application/", false, false},
		{"text/at+jwt", false, false},
		{"at+jwt ", false, false},
	};
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	struct jwk k = private_key(a, ec_text);
	const struct jws_want for_request = {.algs = JOSE_ASYMMETRIC, .typs = request};
	const struct jws_want for_access = {
		.algs = JOSE_ASYMMETRIC, .typs = access, .typ_needed = true};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str text;
		struct jws j;

		assert_true(jws_sign(a, &k, JOSE_ES256, STR("k"), rows[i].typ, STR("{}"), &text));
		assert_int_equal(jws_verify(a, text, &for_request, &keys, &j),
			rows[i].request ? JWS_GOOD : JWS_TYP);
		assert_int_equal(jws_verify(a, text, &for_access, &keys, &j),
			rows[i].access ? JWS_GOOD : JWS_TYP);
	}
}

/* The same signature as DER, as r and s of 33 octets, with r or s 0 or the order of the curve. P31
 */
static void test_A050_A119_ecdsa_signatures(void **state)
{
	static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3,
		0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
	struct arena *a = *state;
	struct jwks keys = public_set(a, ec_text, "k");
	struct str part[3], raw;
	uint8_t forged[80] = {0};

	split(good_token(a, "k"), part);
	assert_true(base64url_decode(a, part[2], &raw));
	assert_int_equal(raw.n, 64);

#define WITH(n)                                                                                    \
	expect(a, join(a, part[0], part[1], base64url_encode(a, forged, (n))), &keys,              \
		JWS_BAD_SIGNATURE)
	WITH(64); /* all zero: CVE-2022-21449 */
	memcpy(forged, raw.p, 32);
	WITH(64); /* s is 0 */
	memcpy(forged + 32, order, 32);
	WITH(64); /* s is the order */
	memcpy(forged, order, 32);
	memcpy(forged + 32, raw.p + 32, 32);
	WITH(64);
	memset(forged, 0, 32);
	WITH(64); /* r is 0 */
	memset(forged, 0, sizeof forged);
	memcpy(forged + 1, raw.p, 32);
	memcpy(forged + 34, raw.p + 32, 32);
	WITH(66); /* the same numbers, a zero before each */
	forged[0] = 0x30, forged[1] = 70 - 2, forged[2] = 0x02, forged[3] = 32;
	memcpy(forged + 4, raw.p, 32);
	forged[36] = 0x02, forged[37] = 32;
	memcpy(forged + 38, raw.p + 32, 32);
	WITH(70); /* DER */
#undef WITH
	expect(a, join(a, part[0], part[1], part[2]), &keys, JWS_GOOD);
}

/* Of a signature (r, s) the twin (r, n - s) is as good, in ECDSA: nothing hangs on a token's text
 * being the only one. */
static void test_A050_a_change_anywhere_is_noticed(void **state)
{
	static const char *const texts[] = {ec_text, rsa_text, ed_text};
	static const enum jose_alg algs[] = {JOSE_ES256, JOSE_RS256, JOSE_EDDSA};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct jwks keys = public_set(a, texts[i], "k");
		struct jwk k = private_key(a, texts[i]);
		struct str good;

		assert_true(jws_sign(
			a, &k, algs[i], STR("k"), NULL, STR("{\"sub\":\"alice\"}"), &good));
		for (size_t at = 0; at < good.n; at += 7) {
			char *changed = str_c(a, good);
			struct jws j;

			changed[at] = changed[at] == 'A' ? 'Q' : 'A';
			assert_int_not_equal(
				jws_verify(a, str_from(changed), &any, &keys, &j), JWS_GOOD);
		}
	}
}

static enum jwk_fault rsa_with(struct arena *a, struct str n, const char *e)
{
	struct jwk k;

	return jwk_read(a,
		str_printf(
			a, "{\"kty\":\"RSA\",\"e\":\"%s\",\"n\":\"%.*s\"}", e, STR_ARG(b64(a, n))),
		JWK_PUBLIC, &k);
}

/* P31 */
static void test_A132_weak_rsa_keys(void **state)
{
	struct arena *a = *state;
	struct jwk rsa = private_key(a, rsa_text);
	struct str n;

	assert_true(base64url_decode(a, rsa.n, &n));
	assert_int_equal(rsa_with(a, n, "AQAB"), JWK_GOOD);
	assert_int_equal(rsa_with(a, n, "Aw"), JWK_GOOD);       /* 3 */
	assert_int_equal(rsa_with(a, n, "AQ"), JWK_WEAK);       /* 1 */
	assert_int_equal(rsa_with(a, n, "Ag"), JWK_WEAK);       /* 2 */
	assert_int_equal(rsa_with(a, n, "AQAA"), JWK_WEAK);     /* even */
	assert_int_equal(rsa_with(a, n, "AQAAAAE"), JWK_WEAK);  /* 2^32 + 1 */
	assert_int_equal(rsa_with(a, n, "AAEAAQ"), JWK_MEMBER); /* a zero before it */
	assert_int_equal(rsa_with(a, n, ""), JWK_MEMBER);
	struct str half = {n.p, 128}, shorter = {n.p + 1, n.n - 1};
	char *odd = str_c(a, half), *even = str_c(a, n), *zero = arena_alloc(a, 257);

	odd[127] |= 1;
	assert_int_equal(rsa_with(a, (struct str){odd, 128}, "AQAB"), JWK_WEAK);
	assert_int_equal(rsa_with(a, shorter, "AQAB"), JWK_WEAK); /* 2040 bits or fewer */
	even[255] &= ~1;
	assert_int_equal(rsa_with(a, (struct str){even, 256}, "AQAB"), JWK_WEAK);
	memcpy(zero + 1, n.p, 256);
	assert_int_equal(rsa_with(a, (struct str){zero, 257}, "AQAB"), JWK_MEMBER);
	assert_int_equal(rsa_with(a, repeated(a, '\xff', 1025), "AQAB"), JWK_WEAK);
	assert_int_equal(rsa_with(a, repeated(a, '\xfd', 1024), "AQAB"), JWK_GOOD);
}

/* P31 */
static void test_A127_a_point_off_its_curve(void **state)
{
	struct arena *a = *state;
	struct jwk ec = private_key(a, ec_text), k;
	struct str x;

	assert_true(base64url_decode(a, ec.x, &x));
	char *other = str_c(a, x);

	other[31] ^= 1;
	assert_int_equal(jwk_read(a,
				 str_printf(a,
					 "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":"
					 "\"%.*s\"}",
					 STR_ARG(b64(a, (struct str){other, 32})), STR_ARG(ec.y)),
				 JWK_PUBLIC, &k),
		JWK_OFF_CURVE);
	assert_int_equal(jwk_read(a,
				 str_printf(a,
					 "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":"
					 "\"%.*s\"}",
					 STR_ARG(b64(a, repeated(a, '\0', 32))),
					 STR_ARG(b64(a, repeated(a, '\0', 32)))),
				 JWK_PUBLIC, &k),
		JWK_OFF_CURVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_A117_none_in_every_spelling),
		test_with_arena(test_A118_A050_a_public_key_is_no_secret),
		test_with_arena(test_A118_keys_and_algorithms_go_together),
		test_with_arena(test_A119_dots_and_base64_in_other_spellings),
		test_with_arena(test_A119_macs_of_other_lengths),
		test_with_arena(test_A120_doubled_names_and_other_json),
		test_with_arena(test_A121_A122_crit_and_b64),
		test_with_arena(test_A124_oversize),
		test_with_arena(test_A051_kid),
		test_with_arena(test_A052_keys_in_the_header),
		test_with_arena(test_9449_02_a_private_key_in_the_header),
		test_with_arena(test_A128_A133_nesting),
		test_with_arena(test_A131_9101_06_typ),
		test_with_arena(test_A050_A119_ecdsa_signatures),
		test_with_arena(test_A050_a_change_anywhere_is_noticed),
		test_with_arena(test_A132_weak_rsa_keys),
		test_with_arena(test_A127_a_point_off_its_curve),
	};

	if (!crypto_start() || !jwk_generate(JOSE_ES256, ec_text) ||
		!jwk_generate(JOSE_RS256, rsa_text) || !jwk_generate(JOSE_EDDSA, ed_text))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
