/* Claims against expectations: RFC 7519 4.1; assurance 7523-01, -02, -04, F2-07, A054, A129, A130.
 */
#include "base/crypto.h"
#include "base/limits.h"
#include "core/jwt_claims.h"
#include "unit.h"

enum { NOW = 1700000000 };

static const struct jwt_expect assertion = {
	.now = NOW,
	.iss = {"client", 6},
	.sub = {"client", 6},
	.aud = {"https://as.example", 18},
	.need_exp = true,
	.need_jti = true,
	.lifetime_max = 300,
};

static bool check(struct arena *a, const struct jwt_expect *e, struct str payload,
	struct jwt_claims *claims, struct jwt_verdict *v)
{
	struct json_body body;

	assert_int_equal(json_body_read(a, payload, &body), JSON_READ);
	return jwt_claims_check(a, &body, e, claims, v);
}

/* An assertion that is good but for `members`, which come last and so replace nothing: each row
 * gives all that it changes. */
static struct str with(struct arena *a, const char *iss_sub, const char *aud, const char *rest)
{
	return str_printf(a, "{%s,\"aud\":%s,%s}", iss_sub, aud, rest);
}

#define WHO "\"iss\":\"client\",\"sub\":\"client\""
#define AUD "\"https://as.example\""

struct row {
	const char *who, *aud, *rest;
	enum claim_fault fault;
	const char *claim;
};

static void run(struct arena *a, const struct jwt_expect *e, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct jwt_claims claims;
		struct jwt_verdict v;
		struct str text = with(a, rows[i].who, rows[i].aud, rows[i].rest);
		bool good = check(a, e, text, &claims, &v);

		if (v.fault != rows[i].fault || strcmp(v.claim, rows[i].claim) != 0)
			fail_msg("%s: %s %s", str_c(a, text), v.claim, claim_fault_word(v.fault));
		assert_int_equal(good, v.fault == CLAIM_GOOD);
	}
}

/* A130 */
static void test_7523_01_iss_and_sub(void **state)
{
	static const char rest[] = "\"exp\":1700000060,\"jti\":\"1\"";
	static const struct row rows[] = {
		{WHO, AUD, rest, CLAIM_GOOD, ""},
		{"\"sub\":\"client\"", AUD, rest, CLAIM_MISSING, "iss"},
		{"\"iss\":\"client\"", AUD, rest, CLAIM_MISSING, "sub"},
		{"\"iss\":\"client\",\"sub\":\"other\"", AUD, rest, CLAIM_OTHER, "sub"},
		{"\"iss\":\"Client\",\"sub\":\"client\"", AUD, rest, CLAIM_OTHER, "iss"},
		{"\"iss\":\"client \",\"sub\":\"client\"", AUD, rest, CLAIM_OTHER, "iss"},
		{"\"iss\":1,\"sub\":\"client\"", AUD, rest, CLAIM_TYPE, "iss"},
		{"\"iss\":[\"client\"],\"sub\":\"client\"", AUD, rest, CLAIM_TYPE, "iss"},
		{"\"iss\":\"client\",\"sub\":null", AUD, rest, CLAIM_TYPE, "sub"},
		{"\"iss\":\"client\",\"sub\":{}", AUD, rest, CLAIM_TYPE, "sub"},
	};

	run(*state, &assertion, rows, COUNT(rows));
}

/* A130 */
static void test_7523_02_A054_aud_is_one_text(void **state)
{
	static const char rest[] = "\"exp\":1700000060,\"jti\":\"1\"";
	static const struct row strict[] = {
		{WHO, "\"https://as.example/\"", rest, CLAIM_OTHER, "aud"},
		{WHO, "\"https://as.example/oauth2/token\"", rest, CLAIM_OTHER, "aud"},
		{WHO, "\"\"", rest, CLAIM_OTHER, "aud"},
		{WHO, "[" AUD "]", rest, CLAIM_TYPE, "aud"},
		{WHO, "[" AUD ",\"https://evil.example\"]", rest, CLAIM_TYPE, "aud"},
		{WHO, "[]", rest, CLAIM_TYPE, "aud"},
		{WHO, "null", rest, CLAIM_TYPE, "aud"},
		{WHO, "1", rest, CLAIM_TYPE, "aud"},
	};
	static const struct row lenient[] = {
		{WHO, AUD, rest, CLAIM_GOOD, ""},
		{WHO, "[" AUD "]", rest, CLAIM_GOOD, ""},
		{WHO, "[\"other\"," AUD "]", rest, CLAIM_GOOD, ""},
		{WHO, "[]", rest, CLAIM_OTHER, "aud"},
		{WHO, "[\"other\"]", rest, CLAIM_OTHER, "aud"},
		{WHO, "[" AUD ",1]", rest, CLAIM_TYPE, "aud"},
		{WHO, "{}", rest, CLAIM_TYPE, "aud"},
	};
	struct jwt_expect lists = assertion;

	lists.aud_may_be_list = true;
	run(*state, &assertion, strict, COUNT(strict));
	run(*state, &lists, lenient, COUNT(lenient));
}

/* 7523-04, F2-07: 10 s are fine, more than 60 are not, and between these it is taken. */
static void test_7523_04_F2_07_clocks(void **state)
{
	static const struct {
		const char *claim;
		int64_t off;
		enum claim_fault fault;
	} rows[] = {
		{"iat", -100000, CLAIM_GOOD},
		{"iat", 0, CLAIM_GOOD},
		{"iat", 8, CLAIM_GOOD},
		{"iat", 10, CLAIM_GOOD},
		{"iat", 59, CLAIM_GOOD},
		{"iat", 60, CLAIM_GOOD},
		{"iat", 61, CLAIM_EARLY},
		{"nbf", 8, CLAIM_GOOD},
		{"nbf", 60, CLAIM_GOOD},
		{"nbf", 61, CLAIM_EARLY},
		{"nbf", 3600, CLAIM_EARLY},
		{"exp", 1, CLAIM_GOOD},
		{"exp", 0, CLAIM_GOOD},
		{"exp", -9, CLAIM_GOOD},
		{"exp", -10, CLAIM_EXPIRED},
		{"exp", -3600, CLAIM_EXPIRED},
		{"exp", 300, CLAIM_GOOD},
		{"exp", 310, CLAIM_GOOD},
		{"exp", 311, CLAIM_TOO_FAR},
		{"exp", 315360000, CLAIM_TOO_FAR},
	};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool is_exp = strcmp(rows[i].claim, "exp") == 0;
		struct str rest = str_printf(a, "\"jti\":\"1\",\"%s\":%lld%s", rows[i].claim,
			(long long)(NOW + rows[i].off), is_exp ? "" : ",\"exp\":1700000100");
		const struct row row = {WHO, AUD, str_c(a, rest), rows[i].fault,
			rows[i].fault == CLAIM_GOOD ? "" : rows[i].claim};

		run(a, &assertion, &row, 1);
	}
}

/* P31 */
static void test_A129_numeric_dates_are_whole_numbers(void **state)
{
	static const char *const bad[] = {"\"1700000060\"", "1700000060.0", "1700000060.5", "1.7e9",
		"-1", "9007199254740993", "9223372036854775807", "null", "true", "[1700000060]",
		"{}"};
	static const char *const claims[] = {"exp", "nbf", "iat"};
	struct arena *a = *state;
	struct jwt_expect e = assertion;

	e.lifetime_max = 0;
	for (size_t c = 0; c < COUNT(claims); c++)
		for (size_t i = 0; i < COUNT(bad); i++) {
			struct str rest = str_printf(a, "\"jti\":\"1\",\"%s\":%s%s", claims[c],
				bad[i], c ? ",\"exp\":1700000060" : "");
			const struct row row = {WHO, AUD, str_c(a, rest), CLAIM_TYPE, claims[c]};

			run(a, &e, &row, 1);
		}
}

static void test_7523_01_exp_nbf_iat_where_they_are_needed(void **state)
{
	struct jwt_expect e = assertion;
	static const struct row no_exp[] = {{WHO, AUD, "\"jti\":\"1\"", CLAIM_MISSING, "exp"}};
	static const struct row none[] = {
		{WHO, AUD, "\"exp\":1700000060,\"jti\":\"1\"", CLAIM_MISSING, "nbf"},
		{WHO, AUD, "\"exp\":1700000060,\"nbf\":1,\"jti\":\"1\"", CLAIM_MISSING, "iat"},
		{WHO, AUD, "\"exp\":1700000060,\"nbf\":1,\"iat\":1", CLAIM_MISSING, "jti"},
		{WHO, AUD, "\"exp\":1700000060,\"nbf\":1,\"iat\":1,\"jti\":\"1\"", CLAIM_GOOD, ""}};

	run(*state, &e, no_exp, 1);
	e.need_nbf = e.need_iat = true;
	run(*state, &e, none, COUNT(none));
}

static void test_A141_jti(void **state)
{
	struct arena *a = *state;

	for (size_t n = LIMIT_JTI - 1; n <= LIMIT_JTI + 1; n++) {
		struct str rest = str_printf(
			a, "\"exp\":1700000060,\"jti\":\"%.*s\"", STR_ARG(repeated(a, 'j', n)));
		const struct row row = {WHO, AUD, str_c(a, rest),
			n <= LIMIT_JTI ? CLAIM_GOOD : CLAIM_TOO_LONG, n <= LIMIT_JTI ? "" : "jti"};

		run(a, &assertion, &row, 1);
	}
	static const struct row rows[] = {
		{WHO, AUD, "\"exp\":1700000060,\"jti\":\"\"", CLAIM_TOO_LONG, "jti"},
		{WHO, AUD, "\"exp\":1700000060,\"jti\":7", CLAIM_TYPE, "jti"},
		{WHO, AUD, "\"exp\":1700000060,\"jti\":null", CLAIM_TYPE, "jti"},
	};

	run(a, &assertion, rows, COUNT(rows));
}

static void test_evidence_says_what_was_expected_and_received(void **state)
{
	struct arena *a = *state;
	struct jwt_claims claims;
	struct jwt_verdict v;

	assert_false(check(a, &assertion, with(a, WHO, "\"https://other.example\"", "\"exp\":1"),
		&claims, &v));
	assert_str(v.expected, "https://as.example");
	assert_str(v.received, "https://other.example");
	assert_str(claims.iss, "client");
	assert_false(check(
		a, &assertion, with(a, WHO, AUD, "\"exp\":1600000000,\"jti\":\"1\""), &claims, &v));
	assert_str(v.expected, "1700000000");
	assert_str(v.received, "1600000000");
	assert_false(check(a, &assertion, with(a, WHO, AUD, "\"exp\":\"x\""), &claims, &v));
	assert_str(v.expected, "a whole number");
	assert_str(v.received, "text");
	assert_false(check(a, &assertion,
		str_printf(a, "{\"iss\":\"%.*s\"}", STR_ARG(repeated(a, 'x', 5000))), &claims, &v));
	assert_int_equal(v.received.n, 120);
}

/* Of an id_token_hint only who and for whom counts. */
static void test_LO_03_an_expired_hint(void **state)
{
	const struct jwt_expect hint = {.now = NOW,
		.iss = STR("https://as.example"),
		.aud = STR("client"),
		.aud_may_be_list = true,
		.need_exp = true,
		.expired_is_fine = true};
	struct jwt_claims claims;
	struct jwt_verdict v;

	assert_true(check(*state, &hint,
		STR("{\"iss\":\"https://as.example\",\"sub\":\"7\",\"aud\":\"client\",\"exp\":5}"),
		&claims, &v));
	assert_str(claims.sub, "7");
	assert_int_equal(claims.exp, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_7523_01_iss_and_sub),
		test_with_arena(test_7523_02_A054_aud_is_one_text),
		test_with_arena(test_7523_04_F2_07_clocks),
		test_with_arena(test_A129_numeric_dates_are_whole_numbers),
		test_with_arena(test_7523_01_exp_nbf_iat_where_they_are_needed),
		test_with_arena(test_A141_jti),
		test_with_arena(test_evidence_says_what_was_expected_and_received),
		test_with_arena(test_LO_03_an_expired_hint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
