#include "flow/faults.h"

#include "unit.h"

static struct fault fault(
	const char *client_id, enum fault_kind kind, enum fault_endpoint endpoint, int64_t left)
{
	struct fault f = {.kind = kind, .endpoint = endpoint, .left = left, .seconds = 7};

	strcpy(f.client_id, client_id);
	return f;
}

static void add(struct faults *f, struct fault one)
{
	assert_true(faults_add(f, &one));
}

static struct faults *fresh(void)
{
	struct faults *f = malloc(sizeof *f);

	assert_non_null(f);
	faults_init(f);
	return f;
}

static enum fault_kind take(struct faults *f, const char *client_id, enum fault_place place)
{
	int64_t seconds = 0;
	enum fault_kind kind = faults_take(f, str_from(client_id), place, &seconds);

	assert_int_equal(seconds, kind == FAULT_NONE ? 0 : 7);
	return kind;
}

static void test_each_request_takes_one_of_its_app(void **state)
{
	struct faults *f = fresh();

	(void)state;
	assert_int_equal(take(f, "a", FAULT_AT_TOKEN), FAULT_NONE);
	add(f, fault("a", FAULT_SERVER_ERROR, FAULT_ENDPOINT_ANY, 2));
	assert_int_equal(take(f, "b", FAULT_AT_TOKEN), FAULT_NONE);
	assert_int_equal(take(f, NULL, FAULT_AT_TOKEN), FAULT_NONE);
	assert_int_equal(take(f, "a", FAULT_AT_TOKEN), FAULT_SERVER_ERROR);
	assert_int_equal(take(f, "a", FAULT_AT_API), FAULT_SERVER_ERROR);
	assert_int_equal(take(f, "a", FAULT_AT_TOKEN), FAULT_NONE);
	free(f);
}

static void test_the_oldest_that_fits_comes_first(void **state)
{
	struct faults *f = fresh();

	(void)state;
	add(f, fault("a", FAULT_TIMEOUT, FAULT_ENDPOINT_API, 1));
	add(f, fault("a", FAULT_SLOW_DOWN, FAULT_ENDPOINT_DEVICE, 1));
	add(f, fault("a", FAULT_DROP_AFTER_COMMIT, FAULT_ENDPOINT_ANY, 9));
	assert_int_equal(take(f, "a", FAULT_AT_DEVICE), FAULT_DROP_AFTER_COMMIT);
	assert_int_equal(take(f, "a", FAULT_AT_TOKEN), FAULT_DROP_AFTER_COMMIT);
	assert_int_equal(take(f, "a", FAULT_AT_POLL), FAULT_SLOW_DOWN);
	assert_int_equal(take(f, "a", FAULT_AT_API), FAULT_TIMEOUT);
	assert_int_equal(take(f, "a", FAULT_AT_AUTHORIZE), FAULT_DROP_AFTER_COMMIT);
	free(f);
}

static void test_what_can_happen_where(void **state)
{
	(void)state;
	for (int e = 0; e < FAULT_ENDPOINTS; e++) {
		enum fault_endpoint at = (enum fault_endpoint)e;
		bool polls = at == FAULT_ENDPOINT_ANY || at == FAULT_ENDPOINT_TOKEN ||
			     at == FAULT_ENDPOINT_DEVICE;

		assert_true(fault_fits(FAULT_SERVER_ERROR, at));
		assert_true(fault_fits(FAULT_TIMEOUT, at));
		assert_true(fault_fits(FAULT_DROP_AFTER_COMMIT, at));
		assert_int_equal(fault_fits(FAULT_SLOW_DOWN, at), polls);
	}
}

static void test_the_table_is_bounded_and_cleared(void **state)
{
	struct faults *f = fresh();
	struct fault *list = calloc(LIMIT_FAULTS, sizeof *list);
	struct fault one = fault("a", FAULT_TIMEOUT, FAULT_ENDPOINT_ANY, 1);

	(void)state;
	for (int i = 0; i < LIMIT_FAULTS; i++) {
		strcpy(one.client_id, i % 2 ? "a" : "b");
		assert_true(faults_add(f, &one));
	}
	assert_false(faults_add(f, &one));
	assert_int_equal(faults_list(f, list), LIMIT_FAULTS);
	assert_string_equal(list[0].client_id, "b");
	assert_int_equal(faults_clear(f, STR("c")), 0);
	assert_int_equal(faults_clear(f, STR("a")), LIMIT_FAULTS / 2);
	assert_int_equal(take(f, "a", FAULT_AT_API), FAULT_NONE);
	assert_int_equal(take(f, "b", FAULT_AT_API), FAULT_TIMEOUT);
	assert_int_equal(faults_clear(f, STR_NONE), LIMIT_FAULTS / 2 - 1);
	assert_int_equal(faults_list(f, list), 0);
	free(list);
	free(f);
}

static void test_words(void **state)
{
	(void)state;
	for (int k = FAULT_NONE + 1; k < FAULT_KINDS; k++)
		assert_int_equal(fault_kind_of(str_from(fault_kind_word((enum fault_kind)k))), k);
	for (int e = 0; e < FAULT_ENDPOINTS; e++)
		assert_int_equal(
			fault_endpoint_of(str_from(fault_endpoint_word((enum fault_endpoint)e))),
			e);
	assert_int_equal(fault_kind_of(STR("")), FAULT_NONE);
	assert_int_equal(fault_kind_of(STR("Timeout")), FAULT_NONE);
	assert_int_equal(fault_kind_of(STR_NONE), FAULT_NONE);
	assert_int_equal(fault_endpoint_of(STR("")), FAULT_ENDPOINTS);
	assert_int_equal(fault_endpoint_of(STR_NONE), FAULT_ENDPOINTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_request_takes_one_of_its_app),
		cmocka_unit_test(test_the_oldest_that_fits_comes_first),
		cmocka_unit_test(test_what_can_happen_where),
		cmocka_unit_test(test_the_table_is_bounded_and_cleared),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
