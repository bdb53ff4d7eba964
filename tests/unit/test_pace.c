/* How many entries the request log takes. Time is given, so nothing here waits. */
#include "base/limits.h"
#include "explain/pace.h"
#include "unit.h"

#define MINUTE INT64_C(60000000)
#define NOW (INT64_C(1000) * MINUTE)

static struct pace pace; /* some hundred KiB */

/* How many `who` gets at `now`, until there is no room; at most `most`. */
static int takes(uint64_t who, int64_t share, int64_t now, int most)
{
	int n = 0;

	while (n < most && pace_has_room(&pace, who, share, now)) {
		pace_take(&pace, who);
		n++;
	}
	return n;
}

static void test_the_burst(void **state)
{
	(void)state;
	pace_init(&pace, 60);
	assert_int_equal(takes(7, 1, NOW, LIMIT_LOG_BURST - 1), LIMIT_LOG_BURST - 1);
	assert_true(pace_has_room(&pace, 7, 1, NOW));
	pace_take(&pace, 7);
	assert_false(pace_has_room(&pace, 7, 1, NOW));
	/* Another one has its own. */
	assert_int_equal(takes(9, 1, NOW, 1000), LIMIT_LOG_BURST);
}

static void test_asking_uses_nothing_up(void **state)
{
	(void)state;
	pace_init(&pace, 60);
	for (int i = 0; i < 10 * LIMIT_LOG_BURST; i++)
		assert_true(pace_has_room(&pace, 7, 1, NOW));
	assert_int_equal(takes(7, 1, NOW, 1000), LIMIT_LOG_BURST);
}

static void test_it_fills_with_time(void **state)
{
	(void)state;
	pace_init(&pace, 60);
	takes(7, 1, NOW, 1000);
	assert_int_equal(takes(7, 1, NOW + MINUTE / 60 - 1, 1000), 0);
	assert_int_equal(takes(7, 1, NOW + MINUTE / 60 + 1, 1000), 1);
	assert_int_equal(takes(7, 1, NOW + MINUTE + 2, 1000), 59);
	/* However long it waits: never more than the burst. */
	assert_int_equal(takes(7, 1, NOW + 10000 * MINUTE, 1000), LIMIT_LOG_BURST);
}

static void test_a_clock_that_stands_or_goes_back_fills_nothing(void **state)
{
	(void)state;
	pace_init(&pace, 60);
	takes(7, 1, NOW, 1000);
	assert_int_equal(takes(7, 1, NOW, 1000), 0);
	assert_int_equal(takes(7, 1, NOW - 100 * MINUTE, 1000), 0);
}

static void test_a_share_is_a_part_of_burst_and_pace(void **state)
{
	(void)state;
	pace_init(&pace, 60);
	assert_int_equal(takes(7, 2, NOW, 1000), LIMIT_LOG_BURST / 2);
	assert_int_equal(takes(7, 2, NOW + MINUTE, 1000), 30);
	assert_int_equal(takes(7, 2, NOW + 10000 * MINUTE, 1000), LIMIT_LOG_BURST / 2);
}

static void test_none_a_minute_is_none(void **state)
{
	(void)state;
	pace_init(&pace, 0);
	assert_int_equal(takes(7, 1, NOW, 1000), 0);
	assert_int_equal(takes(7, 1, NOW + MINUTE, 1000), 0);
}

static void test_all_together(void **state)
{
	int n = 0;

	(void)state;
	pace_init(&pace, 60);
	for (; n < 100000 && pace_all_has_room(&pace, NOW); n++)
		pace_take_all(&pace);
	assert_int_equal(n, 10 * LIMIT_LOG_BURST);
	for (n = 0; n < 100000 && pace_all_has_room(&pace, NOW + MINUTE); n++)
		pace_take_all(&pace);
	assert_int_equal(n, 600);
}

/* A full table forgets who was there longest ago, and remembers as many as it has room for. */
static void test_a_full_table_remembers_the_latest(void **state)
{
	const uint64_t apart = 2 * (uint64_t)PACE_BUCKETS * PACE_WAYS; /* the same bucket each */

	(void)state;
	pace_init(&pace, 60);
	for (uint64_t i = 0; i < PACE_WAYS; i++)
		takes(1 + i * apart, 1, NOW + (int64_t)i, 1000);
	for (uint64_t i = 0; i < PACE_WAYS; i++)
		assert_false(pace_has_room(&pace, 1 + i * apart, 1, NOW + 10 + (int64_t)i));
	/* One more pushes the oldest out, which begins anew; the others go on. */
	assert_int_equal(takes(1 + 100 * apart, 1, NOW + 20, 1000), LIMIT_LOG_BURST);
	for (uint64_t i = 1; i < PACE_WAYS; i++)
		assert_false(pace_has_room(&pace, 1 + i * apart, 1, NOW + 30 + (int64_t)i));
	assert_true(pace_has_room(&pace, 1, 1, NOW + 40));
}

/* Whoever is hashed to an odd number, as all are, finds room in the whole table. */
static void test_the_whole_table_is_used(void **state)
{
	size_t used = 0;

	(void)state;
	pace_init(&pace, 60);
	for (uint64_t who = 1; who < 8 * (uint64_t)PACE_BUCKETS * PACE_WAYS; who += 2)
		pace_has_room(&pace, who, 1, NOW);
	for (size_t i = 0; i < PACE_BUCKETS; i++)
		for (size_t k = 0; k < PACE_WAYS; k++)
			used += pace.buckets[i][k].who != 0;
	assert_int_equal(used, (size_t)PACE_BUCKETS * PACE_WAYS);
}

/* What was pushed out between the question and the answer takes nothing from who came instead. */
static void test_taking_for_nobody(void **state)
{
	(void)state;
	pace_init(&pace, 60);
	pace_take(&pace, 7);
	assert_int_equal(takes(7, 1, NOW, 1000), LIMIT_LOG_BURST);
	pace_take(&pace, 7);
	assert_int_equal(takes(7, 1, NOW + MINUTE / 60 + 1, 1000), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_burst),
		cmocka_unit_test(test_asking_uses_nothing_up),
		cmocka_unit_test(test_it_fills_with_time),
		cmocka_unit_test(test_a_clock_that_stands_or_goes_back_fills_nothing),
		cmocka_unit_test(test_a_share_is_a_part_of_burst_and_pace),
		cmocka_unit_test(test_none_a_minute_is_none),
		cmocka_unit_test(test_all_together),
		cmocka_unit_test(test_a_full_table_remembers_the_latest),
		cmocka_unit_test(test_the_whole_table_is_used),
		cmocka_unit_test(test_taking_for_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
