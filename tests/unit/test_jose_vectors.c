/* Vectors of others through our boundary: Wycheproof (json_web_signature, json_web_key) and the
 * cookbook of RFC 7520 with RFC 8037 and RFC 7797. Every vector is answered as its file says, but
 * for the exceptions below; an exception that no longer is one fails too. */
#include <jansson.h>

#include "base/crypto.h"
#include "core/jws.h"
#include "unit.h"

#define VECTORS "tests/vectors/"
static const struct jws_want any = {.algs = JOSE_ASYMMETRIC | JOSE_BIT(JOSE_HS256)};

static json_t *load(const char *file)
{
	char path[256];
	json_error_t error;

	snprintf(path, sizeof path, VECTORS "%s", file);
	json_t *json = json_load_file(path, 0, &error);

	if (!json)
		fail_msg("%s: %s", path, error.text);
	return json;
}

static const char *text_at(const json_t *json, const char *name)
{
	const char *text = json_string_value(json_object_get(json, name));

	assert_non_null(text);
	return text;
}

static enum jws_verdict verify(
	struct arena *a, const json_t *keys, enum jwk_sort sort, const char *text)
{
	struct jwks set;
	struct jws j;
	enum jwk_fault fault = JWK_GOOD;

	if (json_object_get(keys, "keys")) {
		fault = jwks_read_value(a, keys, sort, &set, NULL);
	} else {
		set = (struct jwks){ARENA_NEW(a, struct jwk), 1, 0};
		fault = jwk_read_value(a, keys, sort, set.v);
	}
	return fault == JWK_GOOD ? jws_verify(a, str_from(text), &any, &set, &j) : JWS_NO_KEY;
}

enum why {
	OTHER_ALGORITHM, /* valid, but RS384, ES512 and such are not spoken here */
	BAD_BASE64,   /* said to be valid, with '?' amid base64url: RFC 7515 5.2 step 2 forbids */
	PADDING_LOST, /* said to be ill padded, but the text is that of valid vector 357 */
};

struct exception {
	long long from, to;
	enum why why;
};

static const struct exception signature_exceptions[] = {
	{264, 271, OTHER_ALGORITHM},
	{320, 323, OTHER_ALGORITHM},
	{325, 328, OTHER_ALGORITHM},
	{346, 347, OTHER_ALGORITHM},
	{350, 351, OTHER_ALGORITHM},
	{367, 367, PADDING_LOST},
	{370, 370, PADDING_LOST},
	{372, 373, BAD_BASE64},
};
static const struct exception key_exceptions[] = {{14, 15, OTHER_ALGORITHM}};

static bool is_exception(const struct exception *list, size_t n, long long id)
{
	for (size_t i = 0; i < n; i++)
		if (id >= list[i].from && id <= list[i].to)
			return true;
	return false;
}

/* Returns how many were run. */
static size_t run_group(const json_t *group, const struct exception *exceptions, size_t n, int *bad)
{
	const json_t *keys = json_object_get(group, "public"), *test;
	enum jwk_sort sort = keys ? JWK_PUBLIC : JWK_SECRET;
	const json_t *tests = json_object_get(group, "tests");
	size_t i;

	if (!keys)
		keys = json_object_get(group, "private");
	json_array_foreach (tests, i, test) {
		struct arena a;
		long long id = json_integer_value(json_object_get(test, "tcId"));
		bool wanted = strcmp(text_at(test, "result"), "valid") == 0;
		const char *text = json_string_value(json_object_get(test, "jws"));

		if (is_exception(exceptions, n, id))
			wanted = !wanted;
		arena_init(&a, 1 << 20);
		/* One vector is the JSON form: an object where we take text. */
		enum jws_verdict v = text ? verify(&a, keys, sort, text) : JWS_NOT_COMPACT;

		if ((v == JWS_GOOD) != wanted) {
			print_error("vector %lld (%s): %s\n", id, text_at(test, "comment"),
				jws_verdict_word(v));
			(*bad)++;
		}
		arena_release(&a);
	}
	return i;
}

static size_t run_file(const char *file, const struct exception *exceptions, size_t n)
{
	json_t *root = load(file), *group;
	size_t i, ran = 0;
	int bad = 0;

	json_array_foreach (json_object_get(root, "testGroups"), i, group)
		ran += run_group(group, exceptions, n, &bad);
	assert_int_equal(ran, json_integer_value(json_object_get(root, "numberOfTests")));
	json_decref(root);
	assert_int_equal(bad, 0);
	return ran;
}

static void test_A118_A119_wycheproof_json_web_signature(void **state)
{
	(void)state;
	assert_int_equal(run_file("wycheproof/json_web_signature_test.json", signature_exceptions,
				 COUNT(signature_exceptions)),
		401);
}

static void test_A132_wycheproof_json_web_key(void **state)
{
	(void)state;
	assert_int_equal(run_file("wycheproof/json_web_key_test.json", key_exceptions,
				 COUNT(key_exceptions)),
		26);
}

/* Each fault has a verdict of its own, so that it can be explained. */
static void test_A050_wycheproof_keys_are_refused_for_their_fault(void **state)
{
	static const struct {
		const char *comment;
		enum jwk_fault fault;
	} rows[] = {
		{"jws_mixedSymmetryKeyset", JWK_SYMMETRIC}, /* a second key that ends in stray bits,
							       before its kid is compared */
		{"jws_duplicate_kid", JWK_MEMBER}, {"jws_rsa_roca_key", JWK_WEAK},
		{"keysize_too_small", JWK_WEAK}, {"exponentOne", JWK_WEAK},

		{"invalid_point", JWK_OFF_CURVE}};
	json_t *root = load("wycheproof/json_web_key_test.json"), *group;
	size_t i, seen = 0;

	json_array_foreach (json_object_get(root, "testGroups"), i, group) {
		const char *comment = text_at(group, "comment");
		const json_t *keys = json_object_get(group, "public");

		for (size_t k = 0; k < COUNT(rows); k++) {
			struct jwks set;

			if (strcmp(comment, rows[k].comment) != 0)
				continue;
			assert_int_equal(jwks_read_value(*state,
						 keys ? keys : json_object_get(group, "private"),
						 keys ? JWK_PUBLIC : JWK_SECRET, &set, NULL),
				rows[k].fault);
			seen++;
		}
	}
	json_decref(root);
	assert_int_equal(seen, COUNT(rows));
}

struct cookbook_row {
	const char *file;
	enum jws_verdict compact; /* of output.compact; JWS_NOT_COMPACT when it has none */
};

/* 4.5 is detached: what is left of the text does not verify. 4.6 to 4.8 are the JSON form, which
 * is not read. RFC 7797 is an extension. ES512 and PS384 are not spoken. */
static const struct cookbook_row cookbook[] = {
	{"cookbook/jws-4_1.rsa_v15_signature.json", JWS_GOOD},
	{"cookbook/jws-4_2.rsa-pss_signature.json", JWS_ALG},
	{"cookbook/jws-4_3.ecdsa_signature.json", JWS_ALG},
	{"cookbook/jws-4_4.hmac-sha2_integrity_protection.json", JWS_GOOD},
	{"cookbook/jws-4_5.signature_with_detached_content.json", JWS_BAD_SIGNATURE},
	{"cookbook/jws-4_6.protecting_specific_header_fields.json", JWS_NOT_COMPACT},
	{"cookbook/jws-4_7.protecting_content_only.json", JWS_NOT_COMPACT},
	{"cookbook/jws-4_8.multiple_signatures.json", JWS_NOT_COMPACT},
	{"cookbook/curve25519-jws.json", JWS_GOOD},
	{"cookbook/rfc7797-hmac-sha2_b64_false.json", JWS_BASE64},
	{"cookbook/rfc7797-4.2.hmac-sha2_b64_false.json", JWS_NOT_COMPACT},
};

/* The examples give the private key; its public half must do. */
static bool public_half(struct arena *a, const json_t *key, struct jwks *set)
{
	struct jwk private;
	const char *kty = json_string_value(json_object_get(key, "kty"));
	bool secret = kty && strcmp(kty, "oct") == 0;

	*set = (struct jwks){ARENA_NEW(a, struct jwk), 1, 0};
	if (secret)
		return jwk_read_value(a, key, JWK_SECRET, set->v) == JWK_GOOD;
	if (jwk_read_value(a, key, JWK_PRIVATE, &private) != JWK_GOOD)
		return false;
	return jwk_read(a, jwk_public(a, &private, JOSE_NO_ALG, private.kid), JWK_PUBLIC, set->v) ==
	       JWK_GOOD;
}

static void test_7520_cookbook_signatures(void **state)
{
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(cookbook); i++) {
		json_t *root = load(cookbook[i].file);
		const char *compact = json_string_value(
			json_object_get(json_object_get(root, "output"), "compact"));
		json_t *input = json_object_get(root, "input");
		json_t *payload = json_object_get(input, "payload");
		struct jwks set = {0};
		struct jws j;

		if (!public_half(a, json_object_get(input, "key"), &set))
			set.n = 0;
		enum jws_verdict v =
			jws_verify(a, str_from(compact ? compact : ""), &any, &set, &j);

		if (v != cookbook[i].compact)
			fail_msg("%s: %s", cookbook[i].file, jws_verdict_word(v));
		if (v == JWS_GOOD)
			assert_str(j.payload, json_string_value(payload));
		json_decref(root);
	}
}

/* Those of them whose signature is not random, made by us: byte for byte. */
static void test_7520_4_1_4_4_8037_signing_makes_the_same(void **state)
{
	static const struct {
		const char *file;
		enum jose_alg alg;
	} rows[] = {{"cookbook/jws-4_1.rsa_v15_signature.json", JOSE_RS256},
		{"cookbook/jws-4_4.hmac-sha2_integrity_protection.json", JOSE_HS256},
		{"cookbook/curve25519-jws.json", JOSE_EDDSA}};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *root = load(rows[i].file);
		json_t *input = json_object_get(root, "input");
		json_t *key = json_object_get(input, "key");
		enum jwk_sort sort = rows[i].alg == JOSE_HS256 ? JWK_SECRET : JWK_PRIVATE;
		struct jwk k;
		struct str text;

		assert_int_equal(jwk_read_value(a, key, sort, &k), JWK_GOOD);
		assert_true(jws_sign(a, &k, rows[i].alg, k.kid, NULL,
			str_from(text_at(input, "payload")), &text));
		assert_str(text, text_at(json_object_get(root, "output"), "compact"));
		json_decref(root);
	}
}

static void test_7520_3_cookbook_keys(void **state)
{
	static const struct {
		const char *file;
		enum jwk_sort sort;
		enum jwk_fault fault;
	} rows[] = {
		{"cookbook/jwk-3_1.ec_public_key.json", JWK_PUBLIC, JWK_UNSUPPORTED}, /* P-521 */
		{"cookbook/jwk-3_2.ec_private_key.json", JWK_PRIVATE, JWK_UNSUPPORTED},
		{"cookbook/jwk-3_2.ec_private_key.json", JWK_PUBLIC, JWK_HAS_PRIVATE},
		{"cookbook/jwk-3_3.rsa_public_key.json", JWK_PUBLIC, JWK_GOOD},
		{"cookbook/jwk-3_3.rsa_public_key.json", JWK_PRIVATE, JWK_NO_PRIVATE},
		{"cookbook/jwk-3_4.rsa_private_key.json", JWK_PRIVATE, JWK_GOOD},
		{"cookbook/jwk-3_4.rsa_private_key.json", JWK_PUBLIC, JWK_HAS_PRIVATE},
		{"cookbook/jwk-3_5.symmetric_key_mac_computation.json", JWK_SECRET, JWK_GOOD},
		{"cookbook/jwk-3_5.symmetric_key_mac_computation.json", JWK_PUBLIC, JWK_SYMMETRIC},
		{"cookbook/jwk-3_6.symmetric_key_encryption.json", JWK_SECRET, JWK_OTHER_USE},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *key = load(rows[i].file);
		struct jwk k;
		enum jwk_fault fault = jwk_read_value(*state, key, rows[i].sort, &k);

		if (fault != rows[i].fault)
			fail_msg("%s: %s", rows[i].file, jwk_fault_word(fault));
		json_decref(key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_A118_A119_wycheproof_json_web_signature),
		cmocka_unit_test(test_A132_wycheproof_json_web_key),
		test_with_arena(test_A050_wycheproof_keys_are_refused_for_their_fault),
		test_with_arena(test_7520_cookbook_signatures),
		test_with_arena(test_7520_4_1_4_4_8037_signing_makes_the_same),
		test_with_arena(test_7520_3_cookbook_keys),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
