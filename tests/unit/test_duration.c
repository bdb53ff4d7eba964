#include "core/duration.h"
#include "unit.h"

enum { YEAR = 365 * 86400 };

static void test_what_people_write(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {{"0", 0}, {"90", 90}, {"90s", 90}, {"11m", 660}, {"1h30m", 5400},
		{"2d", 172800}, {"1d2h3m4s", 93784}, {"1d4s", 86404}, {"0d1s", 1}, {"365d", YEAR},
		{"007m", 420}};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		int64_t s = -1;

		assert_true(duration_read(str_from(good[i].text), YEAR, &s));
		assert_int_equal(s, good[i].seconds);
	}
}

static void test_what_nobody_means(void **state)
{
	static const char *const bad[] = {"", " ", "m", "-5m", "+5m", "5 m", "1.5h", "5M", "5min",
		"1m1h", "1m1m", "1h30", "h1", "1w", "1y", "\xC3\xA9", "366d", "31536001",
		"9999999999999999999d", "999999999999999999", "999999999999999999d", "365d1s",
		"364d24h1s"};
	int64_t s;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(duration_read(str_from(bad[i]), YEAR, &s));
	assert_false(duration_read(STR_NONE, YEAR, &s));
}

static void test_the_most_is_exact(void **state)
{
	int64_t s;

	(void)state;
	assert_true(duration_read(STR("59m59s"), 3600, &s));
	assert_true(duration_read(STR("60m"), 3600, &s));
	assert_false(duration_read(STR("60m1s"), 3600, &s));
	assert_true(duration_read(STR("3600"), 3600, &s));
	assert_false(duration_read(STR("3601"), 3600, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_people_write),
		cmocka_unit_test(test_what_nobody_means),
		cmocka_unit_test(test_the_most_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
