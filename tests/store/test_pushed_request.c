/* Pushed authorization requests (RFC 9126): kept for a while, opened once, answered once. */
#include "store/pushed_request.h"
#include "store_fixture.h"

static struct str push(struct fixture *f, int64_t app_id, int64_t lifetime_s)
{
	struct str reference;

	assert_int_equal(pushed_request_create(&f->store, &f->arena, app_id, STR("scope=repo"),
				 lifetime_s, &reference),
		DB_OK);
	return reference;
}

static struct pushed_request read_row(struct fixture *f, struct str reference)
{
	struct pushed_request row;

	assert_int_equal(pushed_request_read(&f->store, &f->arena, reference, &row), DB_OK);
	return row;
}

static void test_9126_11_a_reference_has_256_bits(void **state)
{
	struct fixture *f = *state;

	begin(f);
	struct str one = push(f, 7, 90), two = push(f, 7, 90);

	assert_int_equal(one.n, 43);
	assert_false(str_eq(one, two));
	struct pushed_request row = read_row(f, one);

	assert_int_equal(row.app_id, 7);
	assert_true(str_eq_c(row.request, "scope=repo"));
	assert_int_equal(row.expires_at - row.created_at, 90);
	assert_true(row.opened_at == 0 && row.used_at == 0);
	assert_int_equal(pushed_request_read(&f->store, &f->arena, STR("nothing"), &row), DB_NONE);
	commit(f);
}

static void test_the_first_visit_gives_time(void **state)
{
	struct fixture *f = *state;

	begin(f);
	struct str reference = push(f, 7, 90);

	assert_int_equal(pushed_request_open(&f->store, reference, 1800), DB_OK);
	struct pushed_request row = read_row(f, reference);

	assert_true(row.opened_at >= row.created_at);
	assert_int_equal(row.expires_at - row.opened_at, 1800);
	/* another visit gives no more */
	assert_int_equal(pushed_request_open(&f->store, reference, 9999), DB_OK);
	assert_int_equal(read_row(f, reference).expires_at, row.expires_at);
	commit(f);
}

static void test_9126_04_it_is_answered_once(void **state)
{
	struct fixture *f = *state;
	int64_t n;

	begin(f);
	struct str reference = push(f, 7, 90);

	assert_int_equal(pushed_request_use(&f->store, reference), DB_OK);
	assert_int_equal(pushed_request_use(&f->store, reference), DB_NONE);
	assert_int_equal(pushed_request_use(&f->store, STR("nothing")), DB_NONE);
	struct pushed_request row = read_row(f, reference);

	assert_true(row.used_at > 0 && row.expires_at == row.used_at);
	assert_true(str_eq_c(row.request, ""));
	assert_int_equal(pushed_request_count(&f->store, 10, &n), DB_OK);
	assert_int_equal(n, 0);
	commit(f);
}

static void test_only_those_that_wait_are_counted(void **state)
{
	struct fixture *f = *state;
	int64_t n;

	begin(f);
	for (int i = 0; i < 3; i++)
		push(f, 7, 90);
	push(f, 8, 90);
	push(f, 7, 0); /* over */
	assert_int_equal(pushed_request_count_of_app(&f->store, 7, 10, &n), DB_OK);
	assert_int_equal(n, 3);
	assert_int_equal(pushed_request_count_of_app(&f->store, 7, 2, &n), DB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(pushed_request_count(&f->store, 10, &n), DB_OK);
	assert_int_equal(n, 4);
	commit(f);
}

/* A187 */
static void test_what_is_over_is_cleared_out_after_an_hour(void **state)
{
	struct fixture *f = *state;
	struct pushed_request row;

	begin(f);
	struct str old = push(f, 7, -3601), recent = push(f, 7, -3599);

	assert_int_equal(store_purge(&f->store, 100), DB_OK);
	assert_int_equal(pushed_request_read(&f->store, &f->arena, old, &row), DB_NONE);
	assert_int_equal(pushed_request_read(&f->store, &f->arena, recent, &row), DB_OK);
	commit(f);
}

static void test_another_connection_sees_that_it_was_answered(void **state)
{
	struct fixture *f = *state;

	begin(f);
	struct str reference = push(f, 7, 90);

	commit(f);
	begin(f);
	assert_int_equal(pushed_request_use(&f->store, reference), DB_OK);
	commit(f);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_int_equal(pushed_request_use(&f->other, reference), DB_NONE);
	assert_int_equal(db_commit(f->other.db), DB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_9126_11_a_reference_has_256_bits),
		WITH_STORE(test_the_first_visit_gives_time),
		WITH_STORE(test_9126_04_it_is_answered_once),
		WITH_STORE(test_only_those_that_wait_are_counted),
		WITH_STORE(test_what_is_over_is_cleared_out_after_an_hour),
		WITH_STORE(test_another_connection_sees_that_it_was_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
