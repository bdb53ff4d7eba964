/* What is kept of a request as JSON: what was written is read again, and nothing else. */
#include "base/limits.h"
#include "explain/detail.h"
#include "unit.h"

static struct str written(struct arena *a, const struct detail *d, size_t most)
{
	struct buf b;

	buf_init(&b, a, most);
	detail_write(&b, d);
	assert_int_equal(b.overflow, most < LIMIT_LOG_ENTRY);
	return buf_str(&b);
}

static void assert_same(struct str a, struct str b)
{
	assert_int_equal(str_is_set(a), str_is_set(b));
	if (str_is_set(a))
		assert_true(str_eq(a, b));
}

static void assert_same_facts(const struct facts *a, const struct facts *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_same(a->v[i].value, facts_get(b, a->v[i].name));
}

static void assert_comes_back(struct arena *a, const struct detail *d)
{
	struct detail out;

	assert_true(detail_read(a, written(a, d, LIMIT_LOG_ENTRY), &out));
	assert_same(d->expected, out.expected);
	assert_same(d->received, out.received);
	assert_same(d->flow, out.flow);
	assert_int_equal(d->passed, out.passed);
	assert_same_facts(&d->evidence, &out.evidence);
	assert_same_facts(&d->facts, &out.facts);
}

static void test_nothing_comes_back_as_nothing(void **state)
{
	const struct detail d = {.passed = 0};

	assert_str(written(*state, &d, LIMIT_LOG_ENTRY), "{}");
	assert_comes_back(*state, &d);
}

static void test_everything_comes_back(void **state)
{
	struct arena *a = *state;
	struct detail d = {.expected = STR("https://a/cb"),
		.received = STR(""),
		.flow = STR("redeem_code"),
		.passed = 7};

	facts_add(&d.evidence, EVIDENCE_difference, STR("slash"));
	facts_add_number(&d.evidence, a, EVIDENCE_age, INT64_MAX);
	facts_add(&d.facts, EVIDENCE_redirect_uri, STR("https://a/cb/"));
	facts_add_number(&d.facts, a, EVIDENCE_code, 0);
	facts_add(&d.facts, EVIDENCE_scope, STR(""));
	assert_comes_back(a, &d);
	assert_str(facts_get(&d.evidence, EVIDENCE_age), "9223372036854775807");
	assert_false(str_is_set(facts_get(&d.evidence, EVIDENCE_code)));
}

static void test_a_step_that_failed_at_once_has_passed_none(void **state)
{
	const struct detail d = {.flow = STR("authorize"), .passed = 0};

	assert_str(written(*state, &d, LIMIT_LOG_ENTRY), "{\"flow\":\"authorize\",\"passed\":0}");
	assert_comes_back(*state, &d);
}

/* P16 */
static void test_hostile_texts_stay_texts(void **state)
{
	static const char *const hostile[] = {"\"", "\\", "\\\"", "\"}", "\",\"flow\":\"authorize",
		"{}", "\\u0000", "</script>", "\xe2\x80\xae", "\x01\x1f\x7f", "a\nb\tc"};

	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct detail d = {
			.expected = str_from(hostile[i]), .received = str_from(hostile[i])};

		facts_add(&d.evidence, EVIDENCE_parameter, str_from(hostile[i]));
		facts_add(&d.facts, EVIDENCE_path, str_from(hostile[i]));
		assert_comes_back(*state, &d);
	}
}

static void test_bytes_that_are_no_utf8_can_be_read_again(void **state)
{
	struct detail d = {.expected = STR("caf\xe9"), .received = STR("\xff\xfe")}, out;

	assert_true(detail_read(*state, written(*state, &d, LIMIT_LOG_ENTRY), &out));
	assert_true(str_starts(out.expected, STR("caf")) && str_is_utf8(out.expected));
}

static void test_no_more_facts_than_there_is_room_for(void **state)
{
	struct arena *a = *state;
	struct facts f = {.n = 0};

	for (int i = 0; i < EVIDENCE_NAMES; i++)
		facts_add_number(&f, a, (enum evidence_name)i, i);
	assert_int_equal(f.n, DETAIL_FACTS);
	facts_add(&f, EVIDENCE_state, STR("more"));
	assert_int_equal(f.n, DETAIL_FACTS);
	f.n = 0;
	facts_add(&f, EVIDENCE_state, STR_NONE);
	assert_int_equal(f.n, 0);
}

/* A newer version may know more names, an older one fewer. */
static void test_unknown_names_are_passed_over(void **state)
{
	struct detail d;

	assert_true(detail_read(*state,
		STR("{\"expected\":\"a\",\"moon\":\"full\",\"evidence\":{\"moon\":\"full\","
		    "\"age\":\"7\"},\"facts\":{\"\":\"\"},\"future\":[1,{\"x\":null}]}"),
		&d));
	assert_str(d.expected, "a");
	assert_int_equal(d.evidence.n, 1);
	assert_str(facts_get(&d.evidence, EVIDENCE_age), "7");
	assert_int_equal(d.facts.n, 0);
}

static void test_values_of_other_types_are_absent(void **state)
{
	struct detail d;

	assert_true(detail_read(*state,
		STR("{\"expected\":7,\"received\":null,\"evidence\":[\"age\"],\"facts\":\"x\","
		    "\"flow\":true,\"passed\":\"3\"}"),
		&d));
	assert_false(str_is_set(d.expected) || str_is_set(d.received) || str_is_set(d.flow));
	assert_int_equal(d.evidence.n + d.facts.n, 0);
	assert_int_equal(d.passed, 0);
	assert_true(detail_read(*state, STR("{\"evidence\":{\"age\":7,\"at\":\"8\"}}"), &d));
	assert_int_equal(d.evidence.n, 1);
}

static void test_what_is_no_object_is_nothing(void **state)
{
	static const char *const broken[] = {"", " ", "null", "[]", "7", "\"{}\"", "{",
		"{\"expected\":", "{\"expected\":\"a}", "{}{}", "{\"a\":1,\"a\":2}",
		"{\"expected\":\"\\ud800\"}", "{\"expected\":\"\\u0000\"}", "{'a':1}", "\xff"};
	struct detail d;

	for (size_t i = 0; i < COUNT(broken); i++) {
		memset(&d, 0xAA, sizeof d);
		if (detail_read(*state, str_from(broken[i]), &d)) {
			print_error("'%s' was read\n", broken[i]);
			fail();
		}
		assert_false(str_is_set(d.expected) || str_is_set(d.received));
		assert_int_equal(d.evidence.n + d.facts.n, 0);
	}
	assert_false(detail_read(*state, STR_NONE, &d));
}

/* A whole text that was cut anywhere: no crash, and not half of it. */
static void test_cut_anywhere(void **state)
{
	struct arena *a = *state;
	struct detail d = {.expected = STR("a\"b"), .flow = STR("refresh"), .passed = 3}, out;

	facts_add(&d.evidence, EVIDENCE_by, STR("code replayed"));
	facts_add(&d.facts, EVIDENCE_path, STR("/ñ"));
	struct str whole = written(a, &d, LIMIT_LOG_ENTRY);

	for (size_t n = 0; n < whole.n; n++)
		assert_false(detail_read(a, str_slice(whole, 0, n), &out));
	for (size_t n = 1; n < whole.n; n++)
		written(a, &d, n);
}

/* A depth that would overflow a reader's stack. A229 */
static void test_deep_nesting(void **state)
{
	struct detail d;

	assert_false(detail_read(*state, repeated(*state, '[', 100000), &d));
	assert_false(detail_read(*state, repeated(*state, '{', 100000), &d));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_nothing_comes_back_as_nothing),
		test_with_arena(test_everything_comes_back),
		test_with_arena(test_a_step_that_failed_at_once_has_passed_none),
		test_with_arena(test_hostile_texts_stay_texts),
		test_with_arena(test_bytes_that_are_no_utf8_can_be_read_again),
		test_with_arena(test_no_more_facts_than_there_is_room_for),
		test_with_arena(test_unknown_names_are_passed_over),
		test_with_arena(test_values_of_other_types_are_absent),
		test_with_arena(test_what_is_no_object_is_nothing),
		test_with_arena(test_cut_anywhere),
		test_with_arena(test_deep_nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
