/* What a worker notes for the request log: taken back with a request that fails, bounded, written
 * together, and worth no reply. */
#include "base/limits.h"
#include "explain/notes.h"
#include "store_fixture.h"

enum { PER_MINUTE = 60, APP = 3, OTHER = 4 };
static const struct str HERE = {"192.0.2.1", 9}, THERE = {"198.51.100.1", 12};

static struct log_entry entry_of(int64_t app_id, bool proven, const char *cause, struct str address)
{
	return (struct log_entry){
		.request_id = STR("0:1:1"),
		.at_us = 1000,
		.app_id = app_id,
		.proven = proven,
		.endpoint = STR("token"),
		.cause = str_from(cause),
		.address = address,
		.user_agent = STR(""),
		.detail = STR("{}"),
	};
}

/* As one request after another: how many of `most` are taken. */
static int note(struct notes *n, struct log_entry e, int most)
{
	int taken = 0;

	for (int i = 0; i < most; i++) {
		notes_begin(n);
		if (!notes_has_room(n, e.app_id, e.proven, str_is_set(e.cause), e.address))
			continue;
		notes_add(n, &e);
		taken++;
	}
	return taken;
}

static size_t written(struct fixture *f, struct notes *n, int64_t app_id)
{
	const struct log_query q = {.app_id = app_id, .before_us = INT64_MAX, .most = 2000};
	struct log_entry *found;
	size_t found_n;

	begin(f);
	assert_int_equal(notes_write(n, &f->store), DB_OK);
	commit(f);
	notes_clear(n);
	assert_int_equal(request_log_list(&f->store, &f->arena, &q, &found, &found_n), DB_OK);
	db_rollback(f->store.db);
	return found_n;
}

static int64_t counted(struct fixture *f, int64_t app_id, const char *cause)
{
	struct refusal_count *counts;
	size_t n;
	int64_t sum = 0;

	assert_int_equal(refusal_count_list(&f->store, &f->arena, app_id, 0, &counts, &n), DB_OK);
	for (size_t i = 0; i < n; i++)
		sum += str_eq_c(counts[i].cause, cause) ? counts[i].n : 0;
	db_rollback(f->store.db);
	return sum;
}

static void test_texts_are_copied(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(PER_MINUTE);
	char text[] = "0:1:1", detail[] = "{\"flow\":\"x\"}";
	struct log_entry e = entry_of(APP, true, "CODE_EXPIRED", HERE), *found;
	size_t found_n;

	e.request_id = str_from(text);
	e.detail = str_from(detail);
	notes_add(n, &e);
	memset(text, 'X', sizeof text - 1);
	memset(detail, 'X', sizeof detail - 1);
	assert_int_equal(written(f, n, APP), 1);
	assert_int_equal(
		request_log_by_request(&f->store, &f->arena, STR("0:1:1"), &found, &found_n),
		DB_OK);
	assert_true(str_eq_c(found->detail, "{\"flow\":\"x\"}"));
	assert_true(found->user_agent.p && found->user_agent.n == 0);
	notes_free(n);
}

static void test_a_request_that_fails_takes_back_what_it_noted(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(PER_MINUTE);
	const struct log_entry e = entry_of(APP, true, "CODE_EXPIRED", HERE);

	for (int i = 0; i < 3; i++) {
		notes_begin(n);
		notes_add(n, &e);
		notes_count(n, APP, CAUSE_CODE_EXPIRED, 7200);
	}
	notes_undo(n);
	/* Once more takes nothing more back. */
	notes_undo(n);
	assert_int_equal(written(f, n, APP), 2);
	assert_int_equal(counted(f, APP, "CODE_EXPIRED"), 2);
	notes_free(n);
}

/* Two entries and two counts of one request: some endpoints refuse more than once. */
static void test_a_request_takes_all_of_its_notes_back(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(PER_MINUTE);
	const struct log_entry e = entry_of(APP, true, "CODE_EXPIRED", HERE);

	notes_begin(n);
	for (int i = 0; i < 2; i++) {
		notes_add(n, &e);
		notes_count(n, APP, i ? CAUSE_CODE_EXPIRED : CAUSE_CODE_UNKNOWN, 7200);
	}
	notes_undo(n);
	assert_false(notes_wait(n));
	assert_int_equal(written(f, n, APP), 0);
	assert_int_equal(counted(f, APP, "CODE_EXPIRED"), 0);
	assert_int_equal(counted(f, APP, "CODE_UNKNOWN"), 0);
	notes_free(n);
}

static void test_undo_leaves_other_requests_alone(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(PER_MINUTE);
	const struct log_entry e = entry_of(APP, true, "CODE_EXPIRED", HERE);

	notes_begin(n);
	notes_add(n, &e);
	notes_count(n, APP, CAUSE_CODE_EXPIRED, 7200);
	notes_begin(n); /* notes nothing, and fails */
	notes_undo(n);
	assert_int_equal(written(f, n, APP), 1);
	assert_int_equal(counted(f, APP, "CODE_EXPIRED"), 1);
	/* After everything was written there is nothing to take back. */
	notes_undo(n);
	assert_false(notes_any(n));
	notes_free(n);
}

static void test_what_waits_for_a_commit(void **state)
{
	struct notes *n = notes_new(PER_MINUTE);
	const struct log_entry e = entry_of(APP, true, "CODE_EXPIRED", HERE);

	(void)state;
	assert_false(notes_wait(n) || notes_any(n) || notes_full(n));
	notes_begin(n);
	notes_count(n, APP, CAUSE_CODE_EXPIRED, 7200);
	assert_true(notes_any(n));
	assert_false(notes_wait(n));
	notes_add(n, &e);
	assert_true(notes_wait(n));
	notes_clear(n);
	assert_false(notes_wait(n) || notes_any(n));
	notes_free(n);
}

static void test_counts_of_an_hour_are_added_up(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(0);

	for (int i = 0; i < 5000; i++) {
		notes_begin(n);
		notes_count(n, APP, CAUSE_CODE_EXPIRED, 7200 + i % 3600);
		assert_false(notes_full(n));
	}
	assert_int_equal(written(f, n, APP), 0);
	assert_int_equal(counted(f, APP, "CODE_EXPIRED"), 5000);
	notes_free(n);
}

/* Before the table of counts overflows it says that it wants to be written. */
static void test_full_counts(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(PER_MINUTE);
	int i = 0;

	for (; i < 2000 && !notes_full(n); i++) {
		notes_begin(n);
		notes_count(n, i, CAUSE_CODE_EXPIRED, 7200);
	}
	assert_in_range(i, 100, 512);
	written(f, n, 0);
	assert_int_equal(counted(f, i - 1, "CODE_EXPIRED"), 1);
	/* If it is not, then what is more is lost, and nothing else. */
	for (i = 0; i < 2000; i++) {
		notes_begin(n);
		notes_count(n, 10000 + i, CAUSE_CODE_EXPIRED, 7200);
		if (i > 1500)
			notes_undo(n);
	}
	written(f, n, 0);
	assert_int_equal(counted(f, 10000, "CODE_EXPIRED"), 1);
	assert_int_equal(counted(f, 11999, "CODE_EXPIRED"), 0);
	notes_free(n);
}

static void test_an_app_has_a_burst(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(1);

	assert_int_equal(note(n, entry_of(APP, true, "CODE_EXPIRED", HERE), 500), LIMIT_LOG_BURST);
	/* What it did well, and what others did in its name, is another matter. */
	assert_int_equal(note(n, entry_of(APP, true, NULL, HERE), 500), LIMIT_LOG_BURST);
	assert_int_equal(note(n, entry_of(OTHER, true, "CODE_EXPIRED", HERE), 100), 100);
	assert_int_equal(written(f, n, APP), 2 * LIMIT_LOG_BURST);
	notes_free(n);
}

/* Whoever knows a client id can fill half of what strangers may, from one address. */
static void test_strangers_share_what_strangers_may(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(1);
	const struct log_entry here = entry_of(APP, false, "CLIENT_SECRET_WRONG", HERE),
			       there = entry_of(APP, false, "CLIENT_SECRET_WRONG", THERE);

	assert_int_equal(note(n, here, 500), LIMIT_LOG_BURST / 2);
	assert_int_equal(note(n, there, 500), LIMIT_LOG_BURST / 2);
	assert_int_equal(note(n, here, 500), 0);
	/* Its own are not touched by that. */
	assert_int_equal(note(n, entry_of(APP, true, "CODE_EXPIRED", HERE), 500), LIMIT_LOG_BURST);
	assert_int_equal(written(f, n, APP), 2 * LIMIT_LOG_BURST);
	notes_free(n);
}

static void test_all_together_have_a_bound(void **state)
{
	struct notes *n = notes_new(1);
	int taken = 0;

	(void)state;
	for (int64_t app = 1; app <= 50; app++) {
		taken += note(n, entry_of(app, true, "CODE_EXPIRED", HERE), 500);
		notes_clear(n);
	}
	assert_in_range(taken, 10 * LIMIT_LOG_BURST, 10 * LIMIT_LOG_BURST + 50);
	notes_free(n);
}

static void test_none_a_minute_takes_none(void **state)
{
	struct notes *n = notes_new(0);

	(void)state;
	assert_int_equal(note(n, entry_of(APP, true, "CODE_EXPIRED", HERE), 10), 0);
	assert_false(notes_wait(n));
	notes_free(n);
}

/* More entries than one turn may have. */
static void test_a_turn_has_a_bound(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(60000);
	int taken = 0;

	for (int64_t app = 1; app <= 9; app++)
		taken += note(n, entry_of(app, true, "CODE_EXPIRED", HERE), 150);
	assert_int_equal(taken, 1024);
	assert_false(notes_has_room(n, 77, true, true, HERE));
	/* Adding all the same is no harm. */
	const struct log_entry e = entry_of(77, true, "CODE_EXPIRED", HERE);

	notes_add(n, &e);
	assert_int_equal(written(f, n, 77), 0);
	assert_true(notes_has_room(n, 77, true, true, HERE));
	notes_free(n);
}

static void test_no_memory_for_notes(void **state)
{
	struct fixture *f = *state;
	const struct log_entry e = entry_of(APP, true, "CODE_EXPIRED", HERE);

	assert_true(fail_configure("explain.notes:1"));
	assert_null(notes_new(PER_MINUTE));
	struct notes *n = notes_new(PER_MINUTE);

	assert_non_null(n);
	assert_true(fail_configure("explain.entry:2"));
	for (int i = 0; i < 3; i++) {
		notes_begin(n);
		notes_add(n, &e);
		notes_count(n, APP, CAUSE_CODE_EXPIRED, 7200);
	}
	/* One entry is lost, and is counted all the same. */
	assert_int_equal(written(f, n, APP), 2);
	assert_int_equal(counted(f, APP, "CODE_EXPIRED"), 3);
	notes_free(n);
	notes_free(NULL);
}

static void test_a_write_that_fails_can_be_tried_again(void **state)
{
	struct fixture *f = *state;
	struct notes *n = notes_new(PER_MINUTE);
	const struct log_entry e = entry_of(APP, true, "CODE_EXPIRED", HERE);

	notes_begin(n);
	notes_add(n, &e);
	notes_count(n, APP, CAUSE_CODE_EXPIRED, 7200);
	for (int i = 1; i <= 3; i++) {
		char point[32];

		snprintf(point, sizeof point, "store.step:%d", i);
		begin(f);
		assert_true(fail_configure(point));
		assert_int_equal(notes_write(n, &f->store), DB_FAILED);
		fail_configure(NULL);
		db_rollback(f->store.db);
		store_drop_lease(&f->store);
	}
	assert_int_equal(written(f, n, APP), 1);
	assert_int_equal(counted(f, APP, "CODE_EXPIRED"), 1);
	notes_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_texts_are_copied),
		WITH_STORE(test_a_request_that_fails_takes_back_what_it_noted),
		WITH_STORE(test_a_request_takes_all_of_its_notes_back),
		WITH_STORE(test_undo_leaves_other_requests_alone),
		WITH_STORE(test_what_waits_for_a_commit),
		WITH_STORE(test_counts_of_an_hour_are_added_up),
		WITH_STORE(test_full_counts),
		WITH_STORE(test_an_app_has_a_burst),
		WITH_STORE(test_strangers_share_what_strangers_may),
		WITH_STORE(test_all_together_have_a_bound),
		WITH_STORE(test_none_a_minute_takes_none),
		WITH_STORE(test_a_turn_has_a_bound),
		WITH_STORE(test_no_memory_for_notes),
		WITH_STORE(test_a_write_that_fails_can_be_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
