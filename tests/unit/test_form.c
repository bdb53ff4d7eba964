#include "base/form.h"
#include "base/limits.h"
#include "unit.h"

static void test_percent_decode(void **state)
{
	static const char *const bad[] = {"%", "%4", "%4g", "%g4", "a%", "%%41", "%-1", "% 1"};
	struct arena *a = *state;
	struct str out;

	assert_true(percent_decode(a, STR("a%41%7e%7E+b"), false, &out));
	assert_str(out, "aA~~+b");
	assert_true(percent_decode(a, STR("a+b%2B"), true, &out));
	assert_str(out, "a b+");
	assert_true(percent_decode(a, STR("%2541"), true, &out));
	assert_str(out, "%41"); /* once */
	assert_true(percent_decode(a, STR("%00"), true, &out));
	assert_int_equal(out.n, 1);
	assert_true(percent_decode(a, STR_NONE, true, &out));
	assert_str(out, "");
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(percent_decode(a, str_from(bad[i]), false, &out));
	/* The digits of the escape lie behind the end of the view. */
	assert_false(percent_decode(a, (struct str){"%41", 2}, false, &out));
}

static void test_pairs(void **state)
{
	struct arena *a = *state;
	struct params p;

	assert_int_equal(form_parse(a, STR("a=1&b=x+y&c&d=&=e&a=2=3&%61=4&&"), 128, &p), FORM_OK);
	assert_int_equal(p.n, 7);
	assert_str(params_get(&p, "a"), "1");
	assert_int_equal(params_count(&p, "a"), 3);
	assert_str(p.v[5].value, "2=3");
	assert_str(p.v[6].name, "a");
	assert_str(params_get(&p, "b"), "x y");
	assert_str(params_get(&p, "c"), "");
	assert_str(params_get(&p, "d"), "");
	assert_str(params_get(&p, ""), "e");
	assert_false(str_is_set(params_get(&p, "z")) || str_is_set(params_get(&p, "A")));
	assert_int_equal(params_count(&p, "z"), 0);
}

static void test_nothing(void **state)
{
	static const struct str nothing[] = {{NULL, 0}, {"", 0}, {"&", 1}, {"&&&", 3}};
	struct params p;

	for (size_t i = 0; i < COUNT(nothing); i++) {
		assert_int_equal(form_parse(*state, nothing[i], 128, &p), FORM_OK);
		assert_int_equal(p.n, 0);
		assert_false(str_is_set(params_get(&p, "")));
	}
}

/* A164 */
static void test_bad_encoding_and_text(void **state)
{
	static const char *const encoding[] = {"a=%", "a=%4", "%zz=1", "a=1&b=%g0", "%"};
	static const char *const text[] = {
		"a=%00", "a%00=1", "a=%FF", "%C3=1", "a=%ED%A0%80", "a=\xFF", "a=%C3&b=%A9"};
	struct params p;

	for (size_t i = 0; i < COUNT(encoding); i++)
		assert_int_equal(
			form_parse(*state, str_from(encoding[i]), 9, &p), FORM_BAD_ENCODING);
	for (size_t i = 0; i < COUNT(text); i++)
		assert_int_equal(form_parse(*state, str_from(text[i]), 9, &p), FORM_BAD_TEXT);
	assert_int_equal(form_parse(*state, STR("a=b\0c"), 9, &p), FORM_BAD_TEXT);
	assert_int_equal(form_parse(*state, STR("a=%C3%A9"), 9, &p), FORM_OK);
	assert_str(params_get(&p, "a"), "\xC3\xA9");
}

/* A164 */
static void test_number_of_pairs(void **state)
{
	struct arena *a = *state;
	struct params p;

	for (size_t n = LIMIT_PARAMS - 1; n <= LIMIT_PARAMS + 1; n++) {
		char *text = arena_alloc(a, 4 * n + 1);

		for (size_t i = 0; i < n; i++)
			memcpy(text + 4 * i, "a=1&", 4);
		assert_int_equal(form_parse(a, str_from(text), LIMIT_PARAMS, &p),
			n <= LIMIT_PARAMS ? FORM_OK : FORM_TOO_MANY);
		assert_int_equal(p.n, n <= LIMIT_PARAMS ? n : LIMIT_PARAMS);
	}
	assert_int_equal(form_parse(a, STR("a"), 0, &p), FORM_TOO_MANY);
	/* Empty pieces do not count. */
	assert_int_equal(form_parse(a, repeated(a, '&', 65536), 1, &p), FORM_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_percent_decode),
		test_with_arena(test_pairs),
		test_with_arena(test_nothing),
		test_with_arena(test_bad_encoding_and_text),
		test_with_arena(test_number_of_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
