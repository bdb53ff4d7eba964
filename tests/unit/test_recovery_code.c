/* Recovery codes as people type them. */
#include "base/crypto.h"
#include "core/recovery_code.h"
#include "unit.h"

static void test_made_codes_read_back_and_differ(void **state)
{
	char codes[2][RECOVERY_TEXT_LEN + 1], read[RECOVERY_TEXT_LEN + 1];
	struct random r;

	(void)state;
	random_init(&r);
	for (int i = 0; i < 2; i++) {
		recovery_code_make(&r, codes[i]);
		assert_int_equal(strlen(codes[i]), RECOVERY_TEXT_LEN);
		assert_null(strpbrk(codes[i], "ilou"));
		assert_true(recovery_code_read(str_from(codes[i]), read));
		assert_string_equal(read, codes[i]);
	}
	assert_string_not_equal(codes[0], codes[1]);
}

static void test_read_as_it_may_be_typed(void **state)
{
	static const char *const good[] = {"0123-4567-89ab-cdef", "0123456789abcdef",
		"0123 4567 89ab cdef", "O123-4567-89AB-CDEF", "o1234567-89ab CDEF ",
		"0I23-4567-89ab-cdef", "0l23-4567-89ab-cdef", "--0123456789abcdef--"};
	static const char *const bad[] = {"", "-", "123456", "0123-4567-89ab-cde",
		"0123-4567-89ab-cdef0", "u123-4567-89ab-cdef", "0123-4567-89ab-cde_",
		"0123\t4567-89ab-cdef", "ñ123456789abcde"};
	char read[RECOVERY_TEXT_LEN + 1], long_text[66];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(recovery_code_read(str_from(good[i]), read));
		assert_string_equal(read, "0123-4567-89ab-cdef");
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(recovery_code_read(str_from(bad[i]), read));
	assert_false(recovery_code_read(STR("0123-4567-89ab-cde\0"), read));
	memset(long_text, ' ', sizeof long_text);
	memcpy(long_text, "0123456789abcdef", 16);
	assert_true(recovery_code_read((struct str){long_text, 64}, read));
	assert_false(recovery_code_read((struct str){long_text, 65}, read));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_codes_read_back_and_differ),
		cmocka_unit_test(test_read_as_it_may_be_typed),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
