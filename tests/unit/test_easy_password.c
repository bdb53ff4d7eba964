#include "core/easy_password.h"

#include "base/crypto.h"
#include "core/account.h"
#include "unit.h"

enum { ROUNDS = 200 };

static void test_passwords_are_easy_to_type_and_good_to_use(void **state)
{
	char passwords[ROUNDS][EASY_PASSWORD_LEN + 1];
	struct random r;

	(void)state;
	random_init(&r);
	for (size_t i = 0; i < ROUNDS; i++) {
		easy_password_make(&r, passwords[i]);
		assert_int_equal(strlen(passwords[i]), EASY_PASSWORD_LEN);
		assert_int_equal(strcspn(passwords[i], "ilo01IO"), EASY_PASSWORD_LEN);
		for (size_t k = 0; k < EASY_PASSWORD_LEN; k++)
			assert_int_equal(passwords[i][k] == '-', k % 5 == 4);
		assert_int_equal(
			password_check(str_from(passwords[i]), STR("mona"), STR("m@example.com")),
			FIELD_OK);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(passwords[i], passwords[k]);
	}
}

static void test_letters_can_be_in_a_login(void **state)
{
	struct random r;
	char text[9];

	(void)state;
	random_init(&r);
	for (int i = 0; i < ROUNDS; i++) {
		easy_letters_make(&r, text, 8);
		assert_int_equal(strlen(text), 8);
		assert_int_equal(login_check(str_from(text)), FIELD_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passwords_are_easy_to_type_and_good_to_use),
		cmocka_unit_test(test_letters_can_be_in_a_login),
	};

	return crypto_start() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
