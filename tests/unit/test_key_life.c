/* The state machine of signing keys: assurance 6.6, OD-03. */
#include "core/key_life.h"

#include "base/limits.h"
#include "unit.h"

enum { DAY = 86400, T0 = 1700000000 };

/* Tokens of eight hours, keys of ninety days. */
static const struct key_policy policy = {90 * DAY, DAY, 28800 + 300};

static void test_policy_is_derived(void **state)
{
	struct key_policy p = key_policy_make(90, 28800), day = key_policy_make(1, 60);

	(void)state;
	assert_memory_equal(&p, &policy, sizeof p);
	assert_int_equal(day.lead_s, DAY / 2);
	assert_true(day.lead_s > KEY_JWKS_MAX_AGE_S);
}

static void test_states_follow_from_times(void **state)
{
	const struct key_times t = {.created_at = T0,
		.active_at = T0 + 100,
		.ends_at = T0 + 200,
		.leaves_at = T0 + 300};
	static const struct {
		int64_t at;
		enum key_state state;
	} rows[] = {{0, KEY_PUBLISHED}, {99, KEY_PUBLISHED}, {100, KEY_ACTIVE}, {199, KEY_ACTIVE},
		{200, KEY_RETIRING}, {299, KEY_RETIRING}, {300, KEY_REMOVED}, {999, KEY_REMOVED}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key_times leaked = t;

		assert_int_equal(key_state_at(&t, T0 + rows[i].at), rows[i].state);
		assert_int_equal(key_is_published(rows[i].state), rows[i].at < 300);
		leaked.revoked_at = T0;
		assert_int_equal(key_state_at(&leaked, T0 + rows[i].at), KEY_REVOKED);
	}
	assert_false(key_is_published(KEY_REVOKED));
}

/* Without a successor a key goes on, however long that is. */
static void test_a_key_without_an_end_signs_on(void **state)
{
	const struct key_times t = {.created_at = T0, .active_at = T0};

	(void)state;
	assert_int_equal(key_state_at(&t, T0 + 3650LL * DAY), KEY_ACTIVE);
}

static void test_the_first_key_signs_at_once(void **state)
{
	const struct key_times leaked = {.created_at = T0, .active_at = T0, .revoked_at = T0 + 1};
	int64_t at;

	(void)state;
	assert_int_equal(key_need_at(NULL, 0, &policy, T0, &at), KEY_NEED_NOW);
	assert_int_equal(at, T0);
	assert_int_equal(key_need_at(&leaked, 1, &policy, T0 + 5, &at), KEY_NEED_NOW);
	assert_int_equal(at, T0 + 5);
}

/* OD-03: published a day before it signs, and not sooner than the period ends. */
static void test_OD_03_a_successor_is_due_a_day_before(void **state)
{
	const struct key_times t = {.created_at = T0, .active_at = T0};
	int64_t at;

	(void)state;
	assert_int_equal(key_need_at(&t, 1, &policy, T0 + 89 * DAY - 1, &at), KEY_NEED_NOTHING);
	assert_int_equal(key_need_at(&t, 1, &policy, T0 + 89 * DAY, &at), KEY_NEED_NEXT);
	assert_int_equal(at, T0 + 90 * DAY);
	/* the server was off for a year: a day must pass still */
	assert_int_equal(key_need_at(&t, 1, &policy, T0 + 365 * DAY, &at), KEY_NEED_NEXT);
	assert_int_equal(at, T0 + 366 * DAY);
}

static void test_one_successor_is_enough(void **state)
{
	struct key_times keys[] = {{.created_at = T0 + 89 * DAY, .active_at = T0 + 90 * DAY},
		{.created_at = T0,
			.active_at = T0,
			.ends_at = T0 + 90 * DAY,
			.leaves_at = T0 + 99 * DAY}};
	int64_t at;

	(void)state;
	assert_int_equal(key_need_at(keys, 2, &policy, T0 + 89 * DAY, &at), KEY_NEED_NOTHING);
	assert_int_equal(key_need_asked(keys, 2, &policy, T0 + 89 * DAY, &at), KEY_NEED_NOTHING);
	assert_int_equal(key_need_at(keys, 2, &policy, T0 + 91 * DAY, &at), KEY_NEED_NOTHING);
	assert_int_equal(key_need_asked(keys, 2, &policy, T0 + 91 * DAY, &at), KEY_NEED_NEXT);
	assert_int_equal(at, T0 + 92 * DAY);
}

/* A rehearsal's clock was set back: what signs later cannot sign now. */
static void test_a_clock_that_was_set_back(void **state)
{
	const struct key_times t = {.created_at = T0 + 99 * DAY, .active_at = T0 + 100 * DAY};
	int64_t at;

	(void)state;
	assert_int_equal(key_need_at(&t, 1, &policy, T0, &at), KEY_NEED_NOW);
	assert_int_equal(at, T0);
}

/* A first key of a node whose clock is ahead: another node takes it, and makes none of its own. */
static void test_6_6_clocks_that_differ_a_little(void **state)
{
	const struct key_times t = {.created_at = T0, .active_at = T0};
	static const struct {
		int64_t behind;
		bool about;
		enum key_need need;
	} rows[] = {{1, true, KEY_NEED_NOTHING}, {LIMIT_CLOCK_SKEW - 1, true, KEY_NEED_NOTHING},
		{LIMIT_CLOCK_SKEW, true, KEY_NEED_NOTHING},
		{LIMIT_CLOCK_SKEW + 1, false, KEY_NEED_NOW}, {0, false, KEY_NEED_NOTHING}};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t now = T0 - rows[i].behind;
		struct key_times leaked = t;

		assert_int_equal(key_is_about_to_sign(&t, now), rows[i].about);
		assert_int_equal(key_need_at(&t, 1, &policy, now, &at), rows[i].need);
		leaked.revoked_at = T0;
		assert_false(key_is_about_to_sign(&leaked, now));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy_is_derived),
		cmocka_unit_test(test_states_follow_from_times),
		cmocka_unit_test(test_a_key_without_an_end_signs_on),
		cmocka_unit_test(test_the_first_key_signs_at_once),
		cmocka_unit_test(test_OD_03_a_successor_is_due_a_day_before),
		cmocka_unit_test(test_one_successor_is_enough),
		cmocka_unit_test(test_a_clock_that_was_set_back),
		cmocka_unit_test(test_6_6_clocks_that_differ_a_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
