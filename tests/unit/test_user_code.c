#include "core/user_code.h"

#include "unit.h"

static void test_s5_1_codes_are_eight_hexadecimal_digits(void **state)
{
	struct arena *a = *state;
	struct random r;
	char code[USER_CODE_LEN + 1], back[USER_CODE_LEN + 1];
	unsigned seen[256] = {0};

	random_init(&r);
	for (int i = 0; i < 2000; i++) {
		user_code_generate(&r, code);
		assert_int_equal(strspn(code, "0123456789ABCDEF"), USER_CODE_LEN);
		assert_int_equal(strlen(code), USER_CODE_LEN);
		for (int k = 0; k < USER_CODE_LEN; k++)
			seen[(unsigned char)code[k]]++;
		struct str shown = user_code_show(a, code);

		assert_int_equal(shown.n, USER_CODE_LEN + 1);
		assert_int_equal(shown.p[4], '-');
		assert_true(user_code_read(shown, back));
		assert_string_equal(back, code);
	}
	/* a thousand of each on average */
	for (const char *digit = "0123456789ABCDEF"; *digit; digit++)
		assert_in_range(seen[(unsigned char)*digit], 700, 1300);
}

static void test_8628_07_what_people_type(void **state)
{
	static const struct {
		const char *typed, *code; /* NULL: none */
	} cases[] = {
		{"78FA-2E45", "78FA2E45"},
		{"78fa2e45", "78FA2E45"},
		{" 78fa 2e45 ", "78FA2E45"},
		{"78FA\xe2\x80\x93"
		 "2E45",
			"78FA2E45"}, /* an en dash */
		{"7.8.F.A._2:E/4#5", "78FA2E45"},
		{"O8FA-2EI1", "08FA2E11"},
		{"o8fa-2el1", "08FA2E11"},
		{"", NULL},
		{"----", NULL},
		{"78FA-2E4", NULL},
		{"78FA-2E456", NULL},
		{"78FA-2E4G", NULL},
		{"WDJB-MJHT", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char code[USER_CODE_LEN + 1];
		bool read = user_code_read(str_from(cases[i].typed), code);

		assert_int_equal(read, cases[i].code != NULL);
		if (read)
			assert_string_equal(code, cases[i].code);
	}
	char code[USER_CODE_LEN + 1];

	/* what stands between digits does not count, but its length does */
	for (size_t n = 55; n <= 57; n++) {
		struct str typed =
			str_printf(*state, "%.*sWXYZ0123", STR_ARG(repeated(*state, '-', n)));

		assert_false(user_code_read(typed, code));
		typed = str_printf(*state, "%.*sabCD0123", STR_ARG(repeated(*state, '-', n)));
		assert_int_equal(user_code_read(typed, code), n <= 56);
	}
	assert_false(user_code_read(STR_NONE, code));
	assert_false(user_code_read(repeated(*state, 'A', 100000), code));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_s5_1_codes_are_eight_hexadecimal_digits),
		test_with_arena(test_8628_07_what_people_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
