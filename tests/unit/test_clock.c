#include <time.h>

#include "base/clock.h"
#include "unit.h"

static void test_follows_the_system(void **state)
{
	struct clock c;

	(void)state;
	clock_init(&c);
	int64_t before = (int64_t)time(NULL), us = clock_now_us(&c), s = clock_now_s(&c);

	/* time() may run a tick behind. */
	assert_true(us / 1000000 >= before && s >= before && s <= before + 5);
	assert_true(us >= 1700000000 * INT64_C(1000000)); /* microseconds, not seconds */
}

static void test_advance(void **state)
{
	struct clock c, other;

	(void)state;
	clock_init(&c);
	clock_init(&other);
	int64_t monotonic = clock_monotonic_us(), start = clock_now_us(&c);

	clock_advance(&c, INT64_C(600) * 1000000);
	int64_t later = clock_now_us(&c);

	assert_true(
		later - start >= INT64_C(600) * 1000000 && later - start < INT64_C(605) * 1000000);
	assert_true(clock_now_us(&other) - start < 5000000);
	assert_true(clock_monotonic_us() - monotonic < 5000000);
	clock_advance(&c, -INT64_C(3600) * 1000000);
	clock_advance(&c, 1);
	assert_true(clock_now_us(&c) < start - INT64_C(2995) * 1000000);
	assert_true(clock_now_s(&c) == clock_now_us(&c) / 1000000);
}

/* A032: as if the system's time had been set back by so many seconds. */
static void test_stands_still_until_it_is_let_go(void **state)
{
	const int64_t us = 1000000, ahead = 100 * us;
	struct clock_floor floor, other;
	struct clock c;

	(void)state;
	clock_init(&c);
	assert_int_equal(clock_behind_us(&c), 0);
	int64_t now = clock_now_us(&c);

	clock_hold(&c, &floor, now + ahead);
	assert_true(clock_now_us(&c) == now + ahead && clock_now_us(&c) == now + ahead);
	assert_true(clock_behind_us(&c) > ahead - 5 * us && clock_behind_us(&c) <= ahead);
	/* a rehearsal's clock goes where it is told to, also back */
	clock_set_offset(&c, -7 * us);
	assert_true(clock_now_us(&c) == now + ahead - 7 * us);
	clock_set_offset(&c, 0);
	clock_let_go(&c);
	assert_true(clock_behind_us(&c) == 0 && clock_now_us(&c) < now + 5 * us);
	/* held, and not behind, it follows */
	clock_hold(&c, &other, 0);
	int64_t first = clock_now_us(&c);

	while (clock_now_us(&c) < first + 2000)
		;
	assert_int_equal(clock_behind_us(&c), 0);
	assert_true(atomic_load(&other.latest_us) >= first);
}

static void test_monotonic_never_steps_back(void **state)
{
	int64_t last = clock_monotonic_us();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_monotonic_us();

		assert_true(now >= last);
		last = now;
	}
}

/* A232 */
static void test_iso(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00Z"},
		{-1, "1969-12-31T23:59:59Z"},
		{951782400, "2000-02-29T00:00:00Z"},
		{1775044800, "2026-04-01T12:00:00Z"},
		{2147483648, "2038-01-19T03:14:08Z"},
		{4107542400, "2100-03-01T00:00:00Z"}, /* 2100 has no 29 February */
		{253402300799, "9999-12-31T23:59:59Z"},
		{INT64_MAX, "invalid"},
		{INT64_MIN, "invalid"},
	};

	(void)state;
	setenv("TZ", "America/New_York", 1); /* UTC whatever the machine says */
	tzset();
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[24];

		clock_format_iso(rows[i].s, out);
		assert_string_equal(out, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follows_the_system),
		cmocka_unit_test(test_advance),
		cmocka_unit_test(test_stands_still_until_it_is_let_go),
		cmocka_unit_test(test_monotonic_never_steps_back),
		cmocka_unit_test(test_iso),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
