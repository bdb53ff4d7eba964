/* Pacing of the device flow, with the clients of GitHub reference 5.5 as they really poll. */
#include "core/device_pacing.h"

#include "unit.h"

enum { INTERVAL = 5, START = 1000 };

struct device {
	struct device_pace pace;
	double now; /* seconds */
	int slow_downs, writes;
};

static enum device_poll poll_at(struct device *d, double at)
{
	bool changed;
	enum device_poll verdict;

	d->now = at;
	verdict = device_pace_poll(&d->pace, INTERVAL, (int64_t)((START + at) * 1000000), &changed);
	d->slow_downs += verdict == DEVICE_POLL_TOO_EARLY;
	d->writes += changed;
	return verdict;
}

static bool in_time(struct device *d, double at)
{
	return poll_at(d, at) == DEVICE_POLL_IN_TIME;
}

/* Immediately, then the interval after each answer, a timer that fires 1 ms early. */
static void test_s5_5_octokit_is_never_slowed_down(void **state)
{
	struct device d = {0};

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_true(in_time(&d, i * 4.999));
	assert_int_equal(d.slow_downs, 0);
}

/* After slow_down it waits interval + 7 once, then goes back to 5 s: the penalty is forgotten. */
static void test_s5_5_octokit_recovers_from_slow_down(void **state)
{
	struct device d = {0};

	(void)state;
	assert_true(in_time(&d, 0));
	assert_false(in_time(&d, 3));
	assert_true(in_time(&d, 3 + 12));
	for (int i = 1; i < 100; i++)
		assert_true(in_time(&d, 15 + i * 4.999));
	assert_int_equal(d.slow_downs, 1);
}

/* gh gives up at the second slow_down: it must never see a first. */
static void test_s5_5_github_cli_is_never_slowed_down(void **state)
{
	struct device d = {0};

	(void)state;
	for (int i = 1; i < 150; i++)
		assert_true(in_time(&d, i * INTERVAL * 1.2));
	/* and if another poller makes it see one, its next wait is (5 + 5) * 1.4 */
	assert_false(in_time(&d, d.now + 3));
	assert_true(in_time(&d, d.now + 14));
	assert_int_equal(d.slow_downs, 1);
}

static void test_s5_5_git_credential_manager_is_never_slowed_down(void **state)
{
	struct device d = {0};

	(void)state;
	for (int i = 0; i < 150; i++)
		assert_true(in_time(&d, i * 5.0));
}

/* A ticker, and two requests a round until one succeeds; each round trip takes 0.3 s. */
static void test_s5_5_golang_may_send_each_poll_twice(void **state)
{
	struct device d = {0};

	(void)state;
	for (int i = 1; i < 150; i++) {
		assert_true(in_time(&d, i * 5.0));
		assert_true(in_time(&d, i * 5.0 + 0.3));
	}
}

/* Slow networks: each round trip takes more than a second. */
static void test_s5_5_golang_is_measured_from_its_first_request(void **state)
{
	struct device d = {0};

	(void)state;
	for (int i = 1; i < 20; i++) {
		assert_true(in_time(&d, i * 5.0));
		assert_true(in_time(&d, i * 5.0 + 1.4));
	}
}

static void test_8628_04_jitter_is_tolerated(void **state)
{
	struct device d = {0};

	(void)state;
	assert_true(in_time(&d, 0));
	assert_true(in_time(&d, 4.8));
	assert_true(in_time(&d, 9.3));
	assert_false(in_time(&d, 13.7));
}

static void test_s5_5_a_third_request_in_a_row_is_too_early(void **state)
{
	struct device d = {0};

	(void)state;
	assert_true(in_time(&d, 0));
	assert_true(in_time(&d, 0.1));
	assert_false(in_time(&d, 0.2));
	assert_int_equal(device_pace_interval(&d.pace, INTERVAL), 10);
}

static void test_8628_03_slow_down_asks_for_five_seconds_more_and_never_for_more(void **state)
{
	struct device d = {0};

	(void)state;
	assert_true(in_time(&d, 0));
	for (int i = 1; i <= 10; i++) {
		assert_false(in_time(&d, i * 3));
		assert_int_equal(device_pace_interval(&d.pace, INTERVAL), 10);
	}
	/* measured from the last one, which was too early itself */
	assert_false(in_time(&d, 30 + 9.4));
	assert_true(in_time(&d, 39.4 + 9.5));
	assert_int_equal(device_pace_interval(&d.pace, INTERVAL), INTERVAL);
}

/* A111: a hundred polls a second for a quarter of an hour. */
static void test_a111_a_flood_writes_once_a_second(void **state)
{
	struct device d = {0};

	(void)state;
	for (int i = 0; i < 90000; i++)
		poll_at(&d, i * 0.01);
	assert_true(d.writes <= 905);
	assert_true(d.slow_downs >= 89990);
}

static void test_a_clock_that_was_set_back_slows_nobody_down(void **state)
{
	struct device d = {0};

	(void)state;
	assert_true(in_time(&d, 900));
	assert_true(in_time(&d, 0));
	assert_false(in_time(&d, 3));
	assert_true(in_time(&d, -30));
	assert_int_equal(device_pace_interval(&d.pace, INTERVAL), INTERVAL);
}

static void test_a_rehearsed_slow_down_is_as_the_real_one(void **state)
{
	struct device d = {0};

	(void)state;
	assert_true(in_time(&d, 0));
	device_pace_slow(&d.pace, (START + 5) * 1000000);
	assert_int_equal(device_pace_interval(&d.pace, INTERVAL), 10);
	assert_false(in_time(&d, 10));
	assert_true(in_time(&d, 20));
	assert_int_equal(device_pace_interval(&d.pace, INTERVAL), INTERVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_s5_5_octokit_is_never_slowed_down),
		cmocka_unit_test(test_s5_5_octokit_recovers_from_slow_down),
		cmocka_unit_test(test_s5_5_github_cli_is_never_slowed_down),
		cmocka_unit_test(test_s5_5_git_credential_manager_is_never_slowed_down),
		cmocka_unit_test(test_s5_5_golang_may_send_each_poll_twice),
		cmocka_unit_test(test_s5_5_golang_is_measured_from_its_first_request),
		cmocka_unit_test(test_8628_04_jitter_is_tolerated),
		cmocka_unit_test(test_s5_5_a_third_request_in_a_row_is_too_early),
		cmocka_unit_test(
			test_8628_03_slow_down_asks_for_five_seconds_more_and_never_for_more),
		cmocka_unit_test(test_a111_a_flood_writes_once_a_second),
		cmocka_unit_test(test_a_clock_that_was_set_back_slows_nobody_down),
		cmocka_unit_test(test_a_rehearsed_slow_down_is_as_the_real_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
