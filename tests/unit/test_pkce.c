/* PKCE: RFC 7636, rows 7636-01 to -07 and A038 to A046. */
#include "base/crypto.h"
#include "base/limits.h"
#include "core/pkce.h"
#include "unit.h"

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static enum pkce_fault request(struct str challenge, struct str method)
{
	bool used = true;
	enum pkce_fault fault = pkce_check_request(challenge, method, &used);

	assert_int_equal(used, fault == PKCE_OK && str_has_text(challenge));
	return fault;
}

static void test_7636_01_appendix_b(void **state)
{
	(void)state;
	assert_int_equal(request(STR(CHALLENGE), STR("S256")), PKCE_OK);
	assert_int_equal(pkce_check_verifier(STR(CHALLENGE), STR(VERIFIER)), PKCE_OK);
}

static void test_against_the_library(void **state)
{
	struct arena *a = *state;

	for (size_t n = LIMIT_VERIFIER_MIN; n <= LIMIT_VERIFIER_MAX; n++) {
		struct str verifier = repeated(a, (char)('a' + n % 26), n);
		uint8_t digest[SHA256_LEN];

		sha256(verifier, digest);
		struct str challenge = base64url_encode(a, digest, sizeof digest);

		assert_int_equal(pkce_check_verifier(challenge, verifier), PKCE_OK);
	}
}

static void test_absent_and_empty(void **state)
{
	(void)state;
	assert_int_equal(request(STR_NONE, STR_NONE), PKCE_OK);
	assert_int_equal(request(STR(""), STR("")), PKCE_OK); /* A042 */
	assert_int_equal(pkce_check_verifier(STR_NONE, STR_NONE), PKCE_OK);
	assert_int_equal(pkce_check_verifier(STR_NONE, STR("")), PKCE_OK);
}

/* P15 */
static void test_7636_03_04_a040_method(void **state)
{
	static const char *const bad[] = {
		"plain", "s256", "S512", "S256 ", "S2567", "S25", " S256"};

	(void)state;
	assert_int_equal(request(STR(CHALLENGE), STR_NONE), PKCE_METHOD_MISSING);
	assert_int_equal(request(STR(CHALLENGE), STR("")), PKCE_METHOD_MISSING);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(
			request(STR(CHALLENGE), str_from(bad[i])), PKCE_METHOD_UNSUPPORTED);
		assert_int_equal(request(STR_NONE, str_from(bad[i])), PKCE_METHOD_UNSUPPORTED);
	}
	assert_int_equal(request(STR_NONE, STR("S256")), PKCE_CHALLENGE_MISSING);
	assert_int_equal(request(STR(""), STR("S256")), PKCE_CHALLENGE_MISSING);
}

static void test_7636_02_challenge_form(void **state)
{
	struct arena *a = *state;

	for (size_t n = LIMIT_CHALLENGE - 1; n <= LIMIT_CHALLENGE + 1; n++)
		assert_int_equal(request(repeated(a, 'a', n), STR("S256")),
			n == LIMIT_CHALLENGE ? PKCE_OK : PKCE_CHALLENGE_MALFORMED);
	for (int c = 0; c < 256; c++) {
		char text[] = CHALLENGE;
		bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z') || c == '-' || c == '_';

		text[42] = (char)c;
		assert_int_equal(request((struct str){text, 43}, STR("S256")),
			good ? PKCE_OK : PKCE_CHALLENGE_MALFORMED);
	}
	assert_int_equal(request(STR(CHALLENGE "="), STR("S256")), PKCE_CHALLENGE_MALFORMED);
}

static void test_7636_02_a044_verifier_form(void **state)
{
	struct arena *a = *state;
	struct str challenge = STR(CHALLENGE);

	for (size_t n = LIMIT_VERIFIER_MIN - 1; n <= LIMIT_VERIFIER_MIN + 1; n++)
		assert_int_equal(pkce_check_verifier(challenge, repeated(a, 'a', n)),
			n < LIMIT_VERIFIER_MIN ? PKCE_VERIFIER_MALFORMED : PKCE_VERIFIER_WRONG);
	for (size_t n = LIMIT_VERIFIER_MAX - 1; n <= LIMIT_VERIFIER_MAX + 1; n++)
		assert_int_equal(pkce_check_verifier(challenge, repeated(a, 'a', n)),
			n > LIMIT_VERIFIER_MAX ? PKCE_VERIFIER_MALFORMED : PKCE_VERIFIER_WRONG);
	for (int c = 0; c < 256; c++) {
		char text[] = VERIFIER "x";
		bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.' || c == '~';

		text[43] = (char)c;
		assert_int_equal(pkce_check_verifier(challenge, (struct str){text, 44}),
			good ? PKCE_VERIFIER_WRONG : PKCE_VERIFIER_MALFORMED);
	}
	/* 22 two-byte characters are 44 bytes, and still none of the alphabet. */
	char wide[45] = "";

	for (size_t i = 0; i < 22; i++)
		memcpy(wide + 2 * i, "\xC3\xA9", 3);
	assert_int_equal(pkce_check_verifier(challenge, str_from(wide)), PKCE_VERIFIER_MALFORMED);
}

static void test_7636_05_wrong_verifier(void **state)
{
	(void)state;
	struct str challenge = STR(CHALLENGE);

	assert_int_equal(
		pkce_check_verifier(challenge, STR("DbJFTjEz4cvp-Mb92k27UHBuju1P1R_Ww1GfwfoeJxK")),
		PKCE_VERIFIER_WRONG);
	assert_int_equal(pkce_check_verifier(challenge, STR(VERIFIER "a")), PKCE_VERIFIER_WRONG);
	/* A041: the challenge as verifier, which "plain" would let pass */
	assert_int_equal(pkce_check_verifier(challenge, challenge), PKCE_VERIFIER_WRONG);
}

static void test_a043_other_spellings_of_a_challenge(void **state)
{
	(void)state;
	/* The last of 43 characters carries two bits that decode to nothing: M, N, O and P. */
	char text[] = CHALLENGE;

	for (char last = 'N'; last <= 'P'; last++) {
		text[42] = last;
		assert_int_equal(
			pkce_check_verifier(str_from(text), STR(VERIFIER)), PKCE_VERIFIER_WRONG);
	}
}

/* P15 */
static void test_7636_06_verifier_missing(void **state)
{
	(void)state;
	assert_int_equal(pkce_check_verifier(STR(CHALLENGE), STR_NONE), PKCE_VERIFIER_MISSING);
	assert_int_equal(pkce_check_verifier(STR(CHALLENGE), STR("")), PKCE_VERIFIER_MISSING);
}

static void test_7636_07_a039_verifier_unexpected(void **state)
{
	(void)state;
	assert_int_equal(pkce_check_verifier(STR_NONE, STR(VERIFIER)), PKCE_VERIFIER_UNEXPECTED);
	assert_int_equal(pkce_check_verifier(STR(""), STR("x")), PKCE_VERIFIER_UNEXPECTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_7636_01_appendix_b),
		test_with_arena(test_against_the_library),
		cmocka_unit_test(test_absent_and_empty),
		cmocka_unit_test(test_7636_03_04_a040_method),
		test_with_arena(test_7636_02_challenge_form),
		test_with_arena(test_7636_02_a044_verifier_form),
		cmocka_unit_test(test_7636_05_wrong_verifier),
		cmocka_unit_test(test_a043_other_spellings_of_a_challenge),
		cmocka_unit_test(test_7636_06_verifier_missing),
		cmocka_unit_test(test_7636_07_a039_verifier_unexpected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
