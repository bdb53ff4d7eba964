/* How far clocks may differ: assurance 6.6. */
#include "core/clock_skew.h"

#include "base/limits.h"
#include "unit.h"

enum { NOW = 1800000000, US = 1000000 };

static const int64_t at = (int64_t)NOW * US, told = (int64_t)LIMIT_CLOCK_SKEW_TOLD * US,
		     most = (int64_t)LIMIT_CLOCK_SKEW * US;

static void test_6_6_one_below_at_and_above_each_limit(void **state)
{
	(void)state;
	for (int sign = -1; sign <= 1; sign += 2) {
		assert_int_equal(clock_skew_judge(sign * (told - 1)), CLOCK_AGREES);
		assert_int_equal(clock_skew_judge(sign * told), CLOCK_AGREES);
		assert_int_equal(clock_skew_judge(sign * (told + 1)), CLOCK_DIFFERS);
		assert_int_equal(clock_skew_judge(sign * (most - 1)), CLOCK_DIFFERS);
		assert_int_equal(clock_skew_judge(sign * most), CLOCK_DIFFERS);
		assert_int_equal(clock_skew_judge(sign * (most + 1)), CLOCK_WRONG);
	}
	assert_int_equal(clock_skew_judge(0), CLOCK_AGREES);
}

static void test_6_6_ahead_and_behind(void **state)
{
	(void)state;
	assert_int_equal(clock_skew_us(at, at - 7 * US, at + 10), 7 * US);
	assert_int_equal(clock_skew_us(at, at + 10 + 7 * US, at + 10), -7 * US);
}

/* The server may have looked at its clock at any moment of the time that it took to answer. */
static void test_6_6_a_slow_answer_is_no_skew(void **state)
{
	(void)state;
	assert_int_equal(clock_skew_us(at, at, at + 60 * US), 0);
	assert_int_equal(clock_skew_us(at, at + 30 * US, at + 60 * US), 0);
	assert_int_equal(clock_skew_us(at, at + 60 * US, at + 60 * US), 0);
	assert_int_equal(clock_skew_us(at, at - 1, at + 60 * US), 1);
	assert_int_equal(clock_skew_us(at, at + 60 * US + 1, at + 60 * US), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_6_6_one_below_at_and_above_each_limit),
		cmocka_unit_test(test_6_6_ahead_and_behind),
		cmocka_unit_test(test_6_6_a_slow_answer_is_no_skew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
