/* An entry of the request log in words: durations, times and lengths, where two texts part, and
 * all of it as text and as JSON, in both languages, whoever wrote the entry. */
#include <jansson.h>

#include "explain/explanation.h"
#include "flow/authorize.h"
#include "flow/check_token.h"
#include "flow/device.h"
#include "flow/device_poll.h"
#include "flow/redeem_code.h"
#include "flow/refresh.h"
#include "unit.h"

static const struct str BASE = {"https://id.example", 18};

static void test_durations(void **state)
{
	static const struct {
		int64_t seconds;
		const char *en, *es;
	} rows[] = {
		{INT64_MIN, "0 seconds", "0 segundos"},
		{-1, "0 seconds", "0 segundos"},
		{0, "0 seconds", "0 segundos"},
		{1, "1 second", "1 segundo"},
		{119, "119 seconds", "119 segundos"},
		{120, "2 minutes", "2 minutos"},
		{7199, "119 minutes", "119 minutos"},
		{7200, "2 hours", "2 horas"},
		{172799, "47 hours", "47 horas"},
		{172800, "2 days", "2 días"},
		{INT64_MAX, "106751991167300 days", "106751991167300 días"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_str(told_duration(*state, LANG_EN, rows[i].seconds), rows[i].en);
		assert_str(told_duration(*state, LANG_ES, rows[i].seconds), rows[i].es);
	}
}

static void test_times(void **state)
{
	assert_str(told_time(*state, 0), "1970-01-01 00:00:00 UTC");
	assert_str(told_time(*state, 1795775045), "2026-11-27 10:24:05 UTC");
}

static void test_values_by_their_kind(void **state)
{
	struct arena *a = *state;

	assert_str(told_value(a, LANG_EN, EVIDENCE_code, STR("0")), "nothing");
	assert_str(told_value(a, LANG_EN, EVIDENCE_code, STR("")), "nothing");
	assert_str(told_value(a, LANG_ES, EVIDENCE_scope, STR_NONE), "nada");
	assert_str(told_value(a, LANG_EN, EVIDENCE_code, STR("1")), "1 character");
	assert_str(told_value(a, LANG_ES, EVIDENCE_code, STR("40")), "40 caracteres");
	assert_str(told_value(a, LANG_EN, EVIDENCE_age, STR("60")), "60 seconds");
	assert_str(told_value(a, LANG_EN, EVIDENCE_at, STR("0")), "1970-01-01 00:00:00 UTC");
	assert_str(told_value(a, LANG_EN, EVIDENCE_length, STR("40")), "40");
	assert_str(told_value(a, LANG_EN, EVIDENCE_scope, STR("60")), "60");
	/* A word with a space has a message too; one that is not known stays as it is. */
	assert_false(str_eq_c(
		told_value(a, LANG_EN, EVIDENCE_by, STR("code replayed")), "code replayed"));
	assert_str(told_value(a, LANG_EN, EVIDENCE_by, STR("a martian")), "a martian");
	assert_str(told_value(a, LANG_EN, EVIDENCE_by, repeated(a, 'x', 5000)).n == 5000
			   ? STR("whole")
			   : STR("cut"),
		"whole");
}

static void test_values_that_are_no_numbers_stay(void **state)
{
	static const enum evidence_name names[] = {EVIDENCE_code, EVIDENCE_age, EVIDENCE_at};
	static const char *const values[] = {"-1", "abc", "9999999999999999999", "1 "};

	for (size_t i = 0; i < COUNT(names); i++)
		for (size_t k = 0; k < COUNT(values); k++)
			assert_str(told_value(*state, LANG_EN, names[i], str_from(values[k])),
				values[k]);
}

static void test_where_two_texts_part(void **state)
{
	static const struct {
		const char *a, *b;
		size_t same;
	} rows[] = {{"", "", 0}, {"a", "", 0}, {"", "a", 0}, {"abc", "abc", 3}, {"abc", "abcd", 3},
		{"abcd", "abc", 3}, {"abc", "abd", 2}, {"xa", "ya", 0},
		/* ñ and ó begin with the same byte; € and ₭ with the same two */
		{"ñ", "ó", 0}, {"añ", "aó", 1}, {"€", "₭", 0}, {"a€b", "a₭b", 1}, {"ñ", "ñx", 2},
		{"日本", "日木", 3}, {"🂡", "🂢", 0}, {"a🂡", "a🂢", 1}, {"aé", "ae", 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(told_same(str_from(rows[i].a), str_from(rows[i].b)), rows[i].same);
		assert_int_equal(told_same(str_from(rows[i].b), str_from(rows[i].a)), rows[i].same);
	}
	assert_int_equal(told_same(STR_NONE, STR("a")), 0);
	assert_int_equal(told_same(STR_NONE, STR_NONE), 0);
}

static struct log_entry entry_of(const char *cause, const char *detail)
{
	return (struct log_entry){
		.id = 7,
		.request_id = STR("0:1A:2B"),
		.at_us = INT64_C(1795775045000000),
		.app_id = 3,
		.proven = true,
		.endpoint = STR("token"),
		.cause = str_from(cause),
		.flow_id = 81,
		.address = STR("192.0.2.7"),
		.user_agent = STR("curl/8"),
		.detail = str_from(detail),
	};
}

static const char DIFFERS[] = "{\"expected\":\"https://a/cb\",\"received\":\"https://a/cb/\","
			      "\"evidence\":{\"difference\":\"slash\"},\"facts\":{\"code\":\"40\"},"
			      "\"flow\":\"redeem_code\",\"passed\":5}";

static json_t *json_of_entry(struct arena *a, enum lang lang, const struct log_entry *entry)
{
	struct explanation e;
	struct buf b;

	explain_entry(a, lang, entry, &e);
	buf_init(&b, a, 1 << 20);
	explanation_json(&b, &e, BASE);
	assert_false(b.overflow);
	json_t *json = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);

	assert_true(json_is_object(json));
	return json;
}

static const char *member(const json_t *json, const char *name)
{
	assert_non_null(json_object_get(json, name));
	return json_string_value(json_object_get(json, name));
}

static void assert_is(const json_t *json, const char *name, const char *value)
{
	assert_non_null(member(json, name));
	assert_string_equal(member(json, name), value);
}

static void assert_absent(const json_t *json, const char *name)
{
	assert_true(json_is_null(json_object_get(json, name)));
}

static void test_a_refusal_as_json(void **state)
{
	static const char *const members[] = {"request_id", "time", "endpoint", "error", "cause",
		"title", "seen", "means", "fix", "expected", "received", "differs_at", "evidence",
		"request", "passed", "address", "user_agent", "flow_id", "documentation_url"};
	const struct log_entry entry = entry_of("CODE_REDIRECT_DIFFERS", DIFFERS);
	json_t *en = json_of_entry(*state, LANG_EN, &entry),
	       *es = json_of_entry(*state, LANG_ES, &entry);

	assert_int_equal(json_object_size(en), COUNT(members));
	for (size_t i = 0; i < COUNT(members); i++)
		assert_non_null(json_object_get(en, members[i]));
	assert_is(en, "request_id", "0:1A:2B");
	assert_is(en, "time", "2026-11-27T10:24:05Z");
	assert_is(en, "endpoint", "token");
	assert_is(en, "error", "redirect_uri_mismatch");
	assert_is(en, "cause", "CODE_REDIRECT_DIFFERS");
	assert_is(en, "expected", "https://a/cb");
	assert_is(en, "received", "https://a/cb/");
	assert_int_equal(json_integer_value(json_object_get(en, "differs_at")), 12);
	assert_is(json_object_get(en, "evidence"), "difference", "slash");
	assert_is(json_object_get(en, "request"), "code", "40");
	assert_int_equal(json_array_size(json_object_get(en, "passed")), 5);
	assert_is(en, "flow_id", "81");
	assert_is(en, "documentation_url",
		"https://id.example/apps/oauth-apps/maintaining-oauth-apps/"
		"reasons-for-refused-requests#code-redirect-differs");
	/* Words differ by the language, names and values do not. */
	assert_string_not_equal(member(en, "title"), member(es, "title"));
	assert_string_not_equal(member(en, "fix"), member(es, "fix"));
	assert_is(es, "cause", "CODE_REDIRECT_DIFFERS");
	assert_is(json_object_get(es, "evidence"), "difference", "slash");
	json_decref(en);
	json_decref(es);
}

static void test_a_step_that_went_well_as_json(void **state)
{
	const struct log_entry entry = entry_of(NULL, "{}");
	json_t *json = json_of_entry(*state, LANG_EN, &entry);
	static const char *const absent[] = {"error", "cause", "title", "seen", "means", "fix",
		"expected", "received", "differs_at", "documentation_url"};

	for (size_t i = 0; i < COUNT(absent); i++)
		assert_absent(json, absent[i]);
	assert_int_equal(json_array_size(json_object_get(json, "passed")), 0);
	json_decref(json);
}

static void test_a_notice_is_no_error(void **state)
{
	const struct log_entry entry =
		entry_of("SCOPE_DROPPED", "{\"evidence\":{\"dropped\":\"x\",\"scopes\":\"user\"}}");
	struct explanation e;
	json_t *json = json_of_entry(*state, LANG_EN, &entry);

	assert_true(explain_entry(*state, LANG_EN, &entry, &e));
	assert_true(e.notice);
	assert_absent(json, "error");
	assert_is(json, "cause", "SCOPE_DROPPED");
	json_decref(json);
}

static size_t lines_of(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next(&text, '\n', &line))
		n++;
	return n;
}

static void test_a_refusal_as_text(void **state)
{
	struct arena *a = *state;
	const struct log_entry entry = entry_of("CODE_REDIRECT_DIFFERS", DIFFERS);
	struct explanation e;

	for (int lang = 0; lang < LANGS; lang++) {
		assert_true(explain_entry(a, (enum lang)lang, &entry, &e));
		char *text = str_c(a, explanation_text(a, (enum lang)lang, &e, BASE));
		const char *caret = strchr(text, '^'),
			   *received = strstr(text, ": https://a/cb/\n");

		assert_true(str_starts(str_from(text), e.title));
		assert_non_null(strstr(text, "0:1A:2B"));
		assert_non_null(strstr(text, "2026-11-27 10:24:05 UTC"));
		assert_non_null(strstr(text, "CODE_REDIRECT_DIFFERS"));
		assert_non_null(strstr(text, "https://id.example/apps/oauth-apps/"));
		/* The caret is below the slash that is too much. */
		assert_non_null(caret);
		const char *line = caret, *above = received;

		while (line[-1] != '\n')
			line--;
		while (above[-1] != '\n')
			above--;
		assert_int_equal(caret - line, received + 2 + 12 - above);
		assert_in_range(lines_of(str_from(text)), 15, 60);
	}
}

static void test_every_cause_has_a_text_without_evidence(void **state)
{
	struct arena *a = *state;

	for (int c = CAUSE_NONE + 1; c < CAUSES; c++) {
		const struct log_entry entry = entry_of(cause_name((enum cause)c), "{}");
		struct explanation e;

		for (int lang = 0; lang < LANGS; lang++) {
			assert_true(explain_entry(a, (enum lang)lang, &entry, &e));
			assert_int_equal(e.cause, c);
			assert_true(e.title.n && e.means.n && e.fix.n && e.docs.n);
			/* Half a sentence would be worse than none. */
			assert_int_equal(e.seen.n, 0);
			assert_true(explanation_text(a, (enum lang)lang, &e, BASE).n > 0);
		}
		json_decref(json_of_entry(a, LANG_ES, &entry));
		arena_reset(a);
	}
}

/* A newer version wrote it, and then an older one reads it. */
static void test_an_unknown_cause(void **state)
{
	const struct log_entry entry = entry_of("MOON_WAS_FULL", DIFFERS);
	struct explanation e;
	json_t *json = json_of_entry(*state, LANG_EN, &entry);

	assert_true(explain_entry(*state, LANG_EN, &entry, &e));
	assert_int_equal(e.cause, CAUSE_NONE);
	assert_str(e.title, "MOON_WAS_FULL");
	assert_str(e.means, "");
	assert_true(e.compares);
	char *text = str_c(*state, explanation_text(*state, LANG_EN, &e, BASE));

	assert_non_null(strstr(text, "MOON_WAS_FULL"));
	assert_null(strstr(text, "went well"));
	/* It is told as it is: a refusal must not look like a success. */
	assert_is(json, "cause", "MOON_WAS_FULL");
	json_decref(json);
}

static void test_details_that_cannot_be_read(void **state)
{
	const struct log_entry entry = entry_of("CODE_EXPIRED", "[1,2");
	struct explanation e;

	assert_false(explain_entry(*state, LANG_EN, &entry, &e));
	assert_int_equal(e.cause, CAUSE_CODE_EXPIRED);
	assert_true(e.title.n > 0 && e.fix.n > 0);
	assert_false(e.compares);
	json_decref(json_of_entry(*state, LANG_EN, &entry));
}

static void test_flows_and_steps_of_another_version(void **state)
{
	static const char *const details[] = {"{\"flow\":\"teleport\",\"passed\":5}",
		"{\"flow\":\"redeem_code\",\"passed\":9223372036854775807}",
		"{\"flow\":\"redeem_code\",\"passed\":-1}",
		"{\"flow\":\"REDEEM_CODE\",\"passed\":1}", "{\"flow\":\"\",\"passed\":1}"};
	static const size_t most[] = {0, EXPLANATION_STEPS, 0, 0, 0};
	struct explanation e;

	for (size_t i = 0; i < COUNT(details); i++) {
		const struct log_entry entry = entry_of("CODE_EXPIRED", details[i]);

		assert_true(explain_entry(*state, LANG_EN, &entry, &e));
		assert_in_range(e.passed_n, 0, most[i]);
	}
}

static void test_every_flow_fits(void **state)
{
	const char *(*const steps[])(size_t) = {authorize_step, redeem_code_step, refresh_step,
		start_device_step, poll_device_step, check_token_step};

	(void)state;
	for (size_t i = 0; i < COUNT(steps); i++)
		assert_null(steps[i](EXPLANATION_STEPS));
}

/* The longest texts of all kinds at once, quotes that JSON doubles and characters of four bytes. */
static void test_the_largest_entry_fits(void **state)
{
	struct arena *a = *state;
	static const char *const units[] = {"\"", "\\", "🂡", "a "};
	struct explanation e;

	for (size_t i = 0; i < COUNT(units); i++) {
		struct detail d = {.flow = STR("authorize"), .passed = 9};
		struct buf text, json;

		buf_init(&text, a, 400);
		while (text.n + 4 < 300)
			buf_add_c(&text, units[i]);
		d.expected = d.received = buf_str(&text);
		facts_add(&d.facts, EVIDENCE_redirect_uri, buf_str(&text));
		facts_add(&d.facts, EVIDENCE_scope, buf_str(&text));
		facts_add(&d.facts, EVIDENCE_prompt, buf_str(&text));
		facts_add(&d.facts, EVIDENCE_response_type, buf_str(&text));
		buf_init(&json, a, 6000);
		detail_write(&json, &d);
		assert_false(json.overflow);
		struct log_entry entry = entry_of("AUTHORIZE_REDIRECT_HOST", "");

		entry.detail = buf_str(&json);
		assert_true(explain_entry(a, LANG_EN, &entry, &e));
		/* The end is there: nothing was cut. */
		assert_true(str_ends(
			explanation_text(a, LANG_EN, &e, BASE), STR("#authorize-redirect-host\n")));
		json_decref(json_of_entry(a, LANG_EN, &entry));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_durations),
		test_with_arena(test_times),
		test_with_arena(test_values_by_their_kind),
		test_with_arena(test_values_that_are_no_numbers_stay),
		cmocka_unit_test(test_where_two_texts_part),
		test_with_arena(test_a_refusal_as_json),
		test_with_arena(test_a_step_that_went_well_as_json),
		test_with_arena(test_a_notice_is_no_error),
		test_with_arena(test_a_refusal_as_text),
		test_with_arena(test_every_cause_has_a_text_without_evidence),
		test_with_arena(test_an_unknown_cause),
		test_with_arena(test_details_that_cannot_be_read),
		test_with_arena(test_flows_and_steps_of_another_version),
		cmocka_unit_test(test_every_flow_fits),
		test_with_arena(test_the_largest_entry_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
