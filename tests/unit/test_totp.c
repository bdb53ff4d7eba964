/* One-time codes: RFC 6238, RFC 4226. */
#include "base/crypto.h"
#include "core/totp.h"
#include "unit.h"

static const uint8_t SECRET[] = "12345678901234567890";

/* RFC 6238 appendix B, SHA-1; the table has eight digits, of which ours are the last six. */
static void test_6238_appendix_b_vectors(void **state)
{
	static const struct {
		int64_t at;
		const char *eight;
	} rows[] = {{59, "94287082"}, {1111111109, "07081804"}, {1111111111, "14050471"},
		{1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char code[TOTP_DIGITS + 1];
		int64_t step = 0;

		assert_true(totp_code(SECRET, TOTP_SECRET_LEN, rows[i].at / TOTP_STEP_S, code));
		assert_string_equal(code, rows[i].eight + 2);
		assert_true(totp_find(SECRET, TOTP_SECRET_LEN, rows[i].at, str_from(code), &step));
		assert_int_equal(step, rows[i].at / TOTP_STEP_S);
	}
}

/* RFC 4226 appendix D: the counter is the step. */
static void test_4226_appendix_d_vectors(void **state)
{
	static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
		"254676", "287922", "162583", "399871", "520489"};
	char code[TOTP_DIGITS + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		assert_true(totp_code(SECRET, TOTP_SECRET_LEN, (int64_t)i, code));
		assert_string_equal(code, codes[i]);
	}
	assert_false(totp_code(SECRET, TOTP_SECRET_LEN, -1, code));
}

static void test_6238_5_2_window_is_one_step_either_side(void **state)
{
	const int64_t now = 1111111111, here = now / TOTP_STEP_S;
	char code[TOTP_DIGITS + 1];

	(void)state;
	for (int64_t off = -3; off <= 3; off++) {
		int64_t step = -1;

		assert_true(totp_code(SECRET, TOTP_SECRET_LEN, here + off, code));
		assert_int_equal(totp_find(SECRET, TOTP_SECRET_LEN, now, str_from(code), &step),
			off >= -1 && off <= 1);
		assert_int_equal(step, off >= -1 && off <= 1 ? here + off : -1);
	}
}

/* The last and the first second of a step. */
static void test_6238_4_2_edges_of_a_step(void **state)
{
	const int64_t step = 37037037;
	char code[TOTP_DIGITS + 1];
	int64_t found;

	(void)state;
	assert_true(totp_code(SECRET, TOTP_SECRET_LEN, step, code));
	const struct {
		int64_t at;
		bool good;
	} rows[] = {{(step - 1) * 30 - 1, false}, {(step - 1) * 30, true},
		{(step + 2) * 30 - 1, true}, {(step + 2) * 30, false}};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			totp_find(SECRET, TOTP_SECRET_LEN, rows[i].at, str_from(code), &found),
			rows[i].good);
}

static void test_only_six_digits_are_a_code(void **state)
{
	static const char *const texts[] = {"", "28708", "2870820", "28708a", " 28708", "-28708",
		"+28708", "28708\n", "\xd9\xa2\xd9\xa8\xd9\xa7"};
	int64_t step;

	(void)state;
	assert_true(totp_is_code(STR("000000")));
	assert_false(totp_is_code(STR_NONE));
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_false(totp_is_code(str_from(texts[i])));
		assert_false(totp_find(SECRET, TOTP_SECRET_LEN, 59, str_from(texts[i]), &step));
	}
}

static void test_another_secret_has_other_codes(void **state)
{
	static const uint8_t other[] = "12345678901234567891";
	int64_t step;

	(void)state;
	assert_true(totp_find(SECRET, TOTP_SECRET_LEN, 59, STR("287082"), &step));
	assert_false(totp_find(other, TOTP_SECRET_LEN, 59, STR("287082"), &step));
}

/* RFC 4648 10 by way of a secret; what an authenticator reads from the QR code. */
static void test_uri_of_an_authenticator(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 16);
	struct str text = totp_secret_text(&a, SECRET);

	assert_str(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	assert_str(totp_uri(&a, STR("llavero"), STR("ñandú@example.com:9292"), text),
		"otpauth://totp/llavero:%C3%B1and%C3%BA%40example.com%3A9292"
		"?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=llavero"
		"&algorithm=SHA1&digits=6&period=30");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_6238_appendix_b_vectors),
		cmocka_unit_test(test_4226_appendix_d_vectors),
		cmocka_unit_test(test_6238_5_2_window_is_one_step_either_side),
		cmocka_unit_test(test_6238_4_2_edges_of_a_step),
		cmocka_unit_test(test_only_six_digits_are_a_code),
		cmocka_unit_test(test_another_secret_has_other_codes),
		cmocka_unit_test(test_uri_of_an_authenticator),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
