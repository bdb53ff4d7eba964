#include "base/buf.h"
#include "base/limits.h"
#include "unit.h"

static struct buf fresh(struct arena *a, size_t max)
{
	struct buf b;

	buf_init(&b, a, max);
	return b;
}

static void test_empty(void **state)
{
	struct buf b = fresh(*state, 10);

	assert_str(buf_str(&b), "");
	buf_add(&b, STR_NONE);
	buf_add(&b, STR(""));
	buf_add_c(&b, NULL);
	buf_addf(&b, "%s", "");
	assert_str(buf_str(&b), "");
	assert_false(b.overflow);
}

/* Each way of adding takes what fits exactly, and nothing once something did not fit. A226 */
static void test_maximum(void **state)
{
	struct arena *a = *state;

	for (size_t max = 4; max <= 6; max++) {
		bool fits = max >= 5;
		struct buf v[5];

		for (size_t i = 0; i < COUNT(v); i++)
			v[i] = fresh(a, max);
		buf_add(&v[0], STR("12345"));
		buf_add_c(&v[1], "12345");
		buf_addf(&v[2], "%d", 12345);
		for (char c = '1'; c <= '5'; c++)
			buf_add_char(&v[3], c);
		buf_addf(&v[4], "%s", "123");
		buf_addf(&v[4], "%s", "45");
		for (size_t i = 0; i < COUNT(v); i++) {
			assert_int_equal(v[i].overflow, !fits);
			if (fits)
				assert_str(buf_str(&v[i]), "12345");
			size_t n = v[i].n;

			if (!fits)
				buf_add_char(&v[i], 'x');
			assert_int_equal(v[i].n, n);
			assert_true(v[i].n <= max);
		}
	}
	struct buf none = fresh(a, 0);

	buf_add_char(&none, 'x');
	assert_true(none.overflow);
	assert_int_equal(none.n, 0);
}

/* Fills a buffer of LIMIT_REPLY within the memory of one request. */
static void fill_largest_reply(size_t piece_n)
{
	struct arena a;
	struct buf b;
	jmp_buf out;

	arena_init(&a, LIMIT_REQUEST_ARENA);
	a.escape = &out;
	struct str piece = repeated(&a, 'x', piece_n);

	if (setjmp(out) != 0)
		fail_msg("out of memory");
	buf_init(&b, &a, LIMIT_REPLY);
	while (b.n + piece.n <= LIMIT_REPLY)
		buf_add(&b, piece);
	buf_add(&b, str_slice(piece, 0, LIMIT_REPLY - b.n));
	assert_int_equal(b.n, LIMIT_REPLY);
	assert_false(b.overflow);
	buf_add_char(&b, 'x');
	assert_true(b.overflow);
	arena_release(&a);
}

static void test_largest_reply_in_one_request(void **state)
{
	static const size_t pieces[] = {1, 7, 1000, 65536, 1 << 20};

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++)
		fill_largest_reply(pieces[i]);
}

static void test_contents_survive_growth(void **state)
{
	struct buf b = fresh(*state, 100000);

	for (int i = 0; i < 10000; i++)
		buf_addf(&b, "%04d,", i);
	assert_int_equal(b.n, 50000);
	for (int i = 0; i < 10000; i++) {
		char expected[16];

		snprintf(expected, sizeof expected, "%04d,", i);
		assert_memory_equal(b.p + 5 * i, expected, 5);
	}
}

typedef void adder(struct buf *b, struct str s);

static void check(struct arena *a, adder *add, struct str text, const char *expected)
{
	struct buf b = fresh(a, 10000);

	add(&b, text);
	assert_str(buf_str(&b), expected);
}

static void test_html(void **state)
{
	struct arena *a = *state;

	check(a, buf_add_html, STR("<a href=\"x\">Tom & 'Jerry'</a>"),
		"&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/a&gt;");
	check(a, buf_add_html, STR("plain \xC3\xA9"), "plain \xC3\xA9");
	check(a, buf_add_html, STR("&&"), "&amp;&amp;");
	check(a, buf_add_html, STR_NONE, "");
}

static void test_xml(void **state)
{
	struct arena *a = *state;

	check(a, buf_add_xml, STR("<&>\"'"), "&lt;&amp;&gt;&quot;&#39;");
	check(a, buf_add_xml, STR("\t\n\r"), "\t\n&#13;");
	check(a, buf_add_xml, STR("a\0b\x1F"),
		"a\xEF\xBF\xBD"
		"b\xEF\xBF\xBD");
	check(a, buf_add_xml, STR("\xC3\xA9\xFF\xC3"), "\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD");
	check(a, buf_add_xml, STR("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD"),
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
	check(a, buf_add_xml, STR("\xF0\x9F\x94\x91"), "\xF0\x9F\x94\x91");
}

static void test_form_and_percent(void **state)
{
	struct arena *a = *state;

	check(a, buf_add_form, STR("aZ09-._~ +&=%/\xC3\xA9"), "aZ09-._~+%2B%26%3D%25%2F%C3%A9");
	check(a, buf_add_percent, STR("aZ09-._~ +*'"), "aZ09-._~%20%2B%2A%27");
	check(a, buf_add_form, STR("\0\r\n"), "%00%0D%0A");
}

static void test_json(void **state)
{
	struct arena *a = *state;

	check(a, buf_add_json, STR(""), "\"\"");
	check(a, buf_add_json, STR_NONE, "\"\"");
	check(a, buf_add_json, STR("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
	check(a, buf_add_json, STR("\n\r\t\x1F\x7F"), "\"\\n\\u000d\\u0009\\u001f\\u007f\"");
	check(a, buf_add_json, STR("\xC3\xA9\xF0\x9F\x94\x91"), "\"\xC3\xA9\xF0\x9F\x94\x91\"");
	/* Only the bad bytes are replaced, and a NUL makes nothing else bad. */
	check(a, buf_add_json, STR("\xC3\xA9\xFFz\xC3"), "\"\xC3\xA9\xEF\xBF\xBDz\xEF\xBF\xBD\"");
	check(a, buf_add_json, STR("\xC3\xA9\0"), "\"\xC3\xA9\\u0000\"");
	check(a, buf_add_json, STR("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_empty),
		test_with_arena(test_maximum),
		cmocka_unit_test(test_largest_reply_in_one_request),
		test_with_arena(test_contents_survive_growth),
		test_with_arena(test_html),
		test_with_arena(test_xml),
		test_with_arena(test_form_and_percent),
		test_with_arena(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
