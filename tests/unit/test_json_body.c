#include "base/json_body.h"
#include "unit.h"

static enum json_status read_one(struct arena *a, const char *text, struct json_body *out)
{
	return json_body_read(a, str_from(text), out);
}

static void test_what_is_an_object(void **state)
{
	struct arena *a = *state;
	struct json_body b;

	assert_int_equal(read_one(a, "", &b), JSON_READ);
	assert_false(json_body_has(&b, "a"));
	assert_int_equal(read_one(a, " \t", &b), JSON_READ);
	assert_int_equal(read_one(a, "{}", &b), JSON_READ);
	assert_int_equal(read_one(a, "[]", &b), JSON_NOT_OBJECT);
	assert_int_equal(read_one(a, "null", &b), JSON_NOT_OBJECT);
	assert_int_equal(read_one(a, "{", &b), JSON_SYNTAX);
	assert_int_equal(read_one(a, "{\"a\":1,\"a\":2}", &b), JSON_SYNTAX);
	assert_int_equal(read_one(a, "{\"a\":\"\xff\"}", &b), JSON_SYNTAX);
	assert_int_equal(json_body_read(a, STR_NONE, &b), JSON_READ);
}

static void test_texts(void **state)
{
	struct arena *a = *state;
	struct json_body b;
	struct str s;

	assert_int_equal(
		read_one(a, "{\"t\":\"x\",\"e\":\"\",\"n\":null,\"i\":1,\"l\":[]}", &b), JSON_READ);
	assert_int_equal(json_body_text(a, &b, "t", &s), JSON_HERE);
	assert_true(str_eq_c(s, "x"));
	assert_int_equal(json_body_text(a, &b, "e", &s), JSON_HERE);
	assert_true(str_is_set(s) && s.n == 0);
	assert_int_equal(json_body_text(a, &b, "n", &s), JSON_ABSENT);
	assert_true(json_body_has(&b, "n"));
	assert_int_equal(json_body_text(a, &b, "none", &s), JSON_ABSENT);
	assert_false(json_body_has(&b, "none"));
	assert_int_equal(json_body_text(a, &b, "i", &s), JSON_WRONG);
	assert_int_equal(json_body_text(a, &b, "l", &s), JSON_WRONG);
	assert_false(str_is_set(s));
}

static void test_lists_of_texts(void **state)
{
	struct arena *a = *state;
	struct json_body b;
	struct str *v;
	size_t n;

	assert_int_equal(read_one(a,
				 "{\"l\":[\"a\",\"\"],\"e\":[],\"n\":null,\"m\":[\"a\",1],"
				 "\"t\":\"x\"}",
				 &b),
		JSON_READ);
	assert_int_equal(json_body_texts(a, &b, "l", &v, &n), JSON_HERE);
	assert_int_equal(n, 2);
	assert_true(str_eq_c(v[0], "a") && str_eq_c(v[1], ""));
	assert_int_equal(json_body_texts(a, &b, "e", &v, &n), JSON_HERE);
	assert_int_equal(n, 0);
	assert_int_equal(json_body_texts(a, &b, "n", &v, &n), JSON_ABSENT);
	assert_int_equal(json_body_texts(a, &b, "m", &v, &n), JSON_WRONG);
	assert_int_equal(json_body_texts(a, &b, "t", &v, &n), JSON_WRONG);
}

static void test_numbers_and_flags(void **state)
{
	struct arena *a = *state;
	struct json_body b;
	int64_t i = 7;
	bool flag = true;

	assert_int_equal(read_one(a,
				 "{\"i\":-3,\"big\":9007199254740993,\"r\":1.0,\"s\":\"1\","
				 "\"n\":null,\"y\":true,\"f\":false}",
				 &b),
		JSON_READ);
	assert_int_equal(json_body_number(&b, "n", &i), JSON_ABSENT);
	assert_int_equal(json_body_number(&b, "none", &i), JSON_ABSENT);
	assert_int_equal(json_body_number(&b, "r", &i), JSON_WRONG);
	assert_int_equal(json_body_number(&b, "s", &i), JSON_WRONG);
	assert_int_equal(json_body_number(&b, "y", &i), JSON_WRONG);
	assert_int_equal(i, 7);
	assert_int_equal(json_body_number(&b, "i", &i), JSON_HERE);
	assert_int_equal(i, -3);
	assert_int_equal(json_body_number(&b, "big", &i), JSON_HERE);
	assert_true(i == INT64_C(9007199254740993));
	assert_int_equal(json_body_flag(&b, "n", &flag), JSON_ABSENT);
	assert_int_equal(json_body_flag(&b, "i", &flag), JSON_WRONG);
	assert_true(flag);
	assert_int_equal(json_body_flag(&b, "f", &flag), JSON_HERE);
	assert_false(flag);
	assert_int_equal(json_body_flag(&b, "y", &flag), JSON_HERE);
	assert_true(flag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_what_is_an_object),
		test_with_arena(test_texts),
		test_with_arena(test_lists_of_texts),
		test_with_arena(test_numbers_and_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
