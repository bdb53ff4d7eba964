#include "base/str.h"
#include "unit.h"

static void test_absent_and_empty(void **state)
{
	(void)state;
	assert_false(str_is_set(STR_NONE));
	assert_true(str_is_set(STR("")));
	assert_false(str_has_text(STR_NONE) || str_has_text(STR("")));
	assert_false(str_eq(STR_NONE, STR_NONE));
	assert_false(str_eq(STR(""), STR_NONE) || str_eq(STR_NONE, STR("")));
	assert_true(str_eq(STR(""), STR("")));
	assert_false(str_eq_c(STR_NONE, NULL) || str_eq_c(STR(""), NULL));
	assert_false(str_eq_nocase(STR_NONE, STR_NONE) || str_eq_nocase(STR(""), STR_NONE));
	assert_false(str_is_set(str_from(NULL)));
	assert_true(str_is_set(str_from("")));
	assert_false(str_is_set(str_slice(STR_NONE, 0, 5)));
	assert_false(str_is_set(str_trim(STR_NONE)));
}

static void test_equality(void **state)
{
	(void)state;
	assert_true(str_eq(STR("a\0b"), STR("a\0b")));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_false(str_eq_c(STR("a\0b"), "a"));
	assert_false(str_eq(STR("ab"), STR("abc")) || str_eq(STR("abc"), STR("ab")));
	assert_true(str_eq_nocase(STR("aZ@[`{"), STR("Az@[`{")));
	assert_false(str_eq_nocase(STR("@"), STR("`")) || str_eq_nocase(STR("["), STR("{")));
	/* ASCII only: no locale folds these. */
	assert_false(str_eq_nocase(STR("\xC3\xA9"), STR("\xC3\x89")));
	assert_false(str_eq_nocase(STR("ab"), STR("abc")));
}

static void test_starts_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts(STR("abc"), STR("ab")) && str_ends(STR("abc"), STR("bc")));
	assert_true(str_starts(STR("abc"), STR("abc")) && str_ends(STR("abc"), STR("abc")));
	assert_false(str_starts(STR("abc"), STR("abcd")) || str_ends(STR("abc"), STR("xabc")));
	assert_false(str_starts(STR("abc"), STR("b")) || str_ends(STR("abc"), STR("b")));
	assert_true(str_starts(STR("abc"), STR("")) && str_ends(STR("abc"), STR("")));
	assert_true(str_starts(STR("abc"), STR_NONE) && str_ends(STR("abc"), STR_NONE));
	assert_false(str_starts(STR_NONE, STR("")) || str_ends(STR_NONE, STR("")));
}

static void test_find_and_slice(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("abcb"), 'b'), 1);
	assert_int_equal(str_find(STR("abc"), 'x'), 3);
	assert_int_equal(str_find(STR_NONE, 'x'), 0);
	assert_int_equal(str_find(STR("a\0b"), '\0'), 1);
	assert_true(str_has_char(STR("abc"), 'c'));
	assert_false(str_has_char(STR("abc"), '\0') || str_has_char(STR(""), 'a'));
	assert_str(str_slice(STR("abcd"), 1, 3), "bc");
	assert_str(str_slice(STR("abcd"), 1, 99), "bcd");
	assert_str(str_slice(STR("abcd"), 99, 99), "");
	assert_str(str_slice(STR("abcd"), 3, 1), "");
	assert_str(str_slice(STR("abcd"), 0, (size_t)-1), "abcd");
	assert_str(str_trim(STR(" \t a b\t ")), "a b");
	assert_str(str_trim(STR(" \t ")), "");
	assert_str(str_trim(STR("\na\n")), "\na\n");
}

static void test_next(void **state)
{
	static const struct {
		const char *text;
		const char *pieces[5];
	} rows[] = {
		{"", {""}},
		{"a", {"a"}},
		{"a,b", {"a", "b"}},
		{"a,", {"a", ""}},
		{",a", {"", "a"}},
		{",", {"", ""}},
		{",,", {"", "", ""}},
	};
	struct str piece, none = STR_NONE;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str rest = str_from(rows[i].text);
		size_t n = 0;

		for (; str_next(&rest, ',', &piece); n++) {
			assert_non_null(rows[i].pieces[n]);
			assert_str(piece, rows[i].pieces[n]);
		}
		assert_null(rows[i].pieces[n]);
	}
	assert_false(str_next(&none, ',', &piece));
}

static void test_copies(void **state)
{
	struct arena *a = *state;
	struct str copy = str_dup(a, STR("a\0B"));

	assert_true(str_eq(copy, STR("a\0B")));
	assert_int_equal(copy.p[3], '\0');
	assert_false(str_is_set(str_dup(a, STR_NONE)));
	assert_true(str_is_set(str_dup(a, STR(""))));
	assert_string_equal(str_c(a, STR_NONE), "");
	assert_string_equal(str_c(a, str_slice(STR("abcdef"), 0, 3)), "abc");
	assert_str(str_lower(a, STR("AZ@[az\xC3\x89")), "az@[az\xC3\x89");
	assert_str(str_replaced(a, STR("_a__b"), '_', '-'), "-a--b");
	assert_str(str_replaced(a, STR("a"), '_', '-'), "a");
	assert_int_equal(str_replaced(a, STR_NONE, '_', '-').n, 0);
	assert_str(str_printf(a, "%s-%d", "x", 7), "x-7");
	assert_str(str_printf(a, "%s", ""), "");
	assert_int_equal(str_printf(a, "%5000d", 1).n, 5000);
}

static void test_numbers(void **state)
{
	static const char *const bad[] = {
		"", "-1", "+1", " 1", "1 ", "1a", "0x1", "1.0", "1e3", "1234567890123456789"};
	int64_t value = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(str_to_i64(str_from(bad[i]), &value));
	assert_false(str_to_i64(STR_NONE, &value));
	assert_false(str_to_i64(STR("1\0"), &value));
	assert_int_equal(value, 42);
	assert_true(str_to_i64(STR("0"), &value));
	assert_int_equal(value, 0);
	assert_true(str_to_i64(STR("007"), &value));
	assert_int_equal(value, 7);
	assert_true(str_to_i64(STR("999999999999999999"), &value));
	assert_true(value == 999999999999999999);
}

static void test_utf8(void **state)
{
	static const char *const good[] = {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
		"\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80",
		"\xF4\x8F\xBF\xBF", "a\xC3\xA9z\x7F\x01"};
	static const char *const bad[] = {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2z",
		"\xE0\x9F\xBF", "\xE0\xA0", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
		"\xF0\x90\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF",
		"\xE1\x80\xC0", "\xF1\x80\x80\x00", "ok\xC3"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(str_is_utf8(str_from(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(str_is_utf8(str_from(bad[i])));
	assert_false(str_is_utf8(STR("a\0b")));
	assert_true(str_is_utf8(STR_NONE));
	/* A character cut by the end of the view, though its bytes go on behind it. */
	assert_false(str_is_utf8((struct str){"\xE2\x82\xAC", 2}));
}

/* Every code point, and nothing that is none, by the arithmetic of RFC 3629. */
static void test_utf8_every_code_point(void **state)
{
	(void)state;
	for (uint32_t c = 0x800; c < 0x120000; c++) {
		char three[] = {(char)(0xE0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
			(char)(0x80 | (c & 63))};
		char four[] = {(char)(0xF0 | c >> 18), (char)(0x80 | (c >> 12 & 63)),
			(char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63))};

		if (c < 0x10000)
			assert_int_equal(
				str_is_utf8((struct str){three, 3}), c < 0xD800 || c > 0xDFFF);
		assert_int_equal(str_is_utf8((struct str){four, 4}), c >= 0x10000 && c <= 0x10FFFF);
	}
}

static void test_printable(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		char byte = (char)c;

		assert_int_equal(str_is_printable((struct str){&byte, 1}), c >= 0x20 && c <= 0x7E);
	}
	assert_true(str_is_printable(STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent_and_empty),
		cmocka_unit_test(test_equality),
		cmocka_unit_test(test_starts_and_ends),
		cmocka_unit_test(test_find_and_slice),
		cmocka_unit_test(test_next),
		test_with_arena(test_copies),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_utf8_every_code_point),
		cmocka_unit_test(test_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
