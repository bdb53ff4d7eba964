/* What an operator may declare of authorization details, and what is made of a request's: RFC 9396
 * 2 and 5. */
#include "base/limits.h"
#include "core/detail_type.h"
#include "unit.h"

#define TITLE "\"title\":{\"en\":\"Payment\",\"es\":\"Pago\"}"
#define FIELDS(fields) "{" TITLE ",\"fields\":{" fields "}}"

static struct detail_types declared(void)
{
	static struct detail_type payment;

	payment.name = STR("payment");
	payment.definition = STR(FIELDS(
		"\"amount\":{\"type\":\"integer\"," TITLE "},"
		"\"fast\":{\"type\":\"boolean\"},"
		"\"to\":{\"type\":\"string\",\"list\":true},"
		"\"how\":{\"type\":\"string\",\"values\":[\"card\",\"cash\"]},"
		"\"who\":{\"type\":\"object\",\"fields\":{\"name\":{\"type\":\"string\"}}}"));
	return (struct detail_types){&payment, 1};
}

static void test_9396_what_is_a_definition(void **state)
{
	static const struct {
		const char *text, *fault; /* NULL: it is one; else how the sentence begins */
	} rows[] = {
		{FIELDS(""), NULL},
		{FIELDS("\"a\":{\"type\":\"string\"}"), NULL},
		{"{" TITLE ",\"title\":1}", "it is no JSON object"},
		{"[]", "it is no JSON object"},
		{"{" TITLE "}", "it has title and fields"},
		{"{" TITLE ",\"fields\":{},\"more\":1}", "it has title and fields"},
		{"{" TITLE ",\"more\":{}}", "fields is an object"},
		{"{\"title\":{},\"fields\":{}}", "a title is an object"},
		{"{\"title\":{\"en\":\"x\"},\"fields\":{}}", "a title is an object"},
		{"{\"title\":{\"en\":\"x\",\"es\":\"\"},\"fields\":{}}", "a title is an object"},
		{"{\"title\":{\"en\":\"x\",\"es\":\"y\",\"fr\":\"z\"},\"fields\":{}}",
			"a title has"},
		{FIELDS("\"type\":{\"type\":\"string\"}"), "the field type is there"},
		{FIELDS("\"a b\":{\"type\":\"string\"}"), "the name of a field"},
		{FIELDS("\"a\":1"), "a field is an object"},
		{FIELDS("\"a\":{\"type\":\"number\"}"), "the type of a field"},
		{FIELDS("\"a\":{\"type\":\"string\",\"min\":1}"), "a field has a member"},
		{FIELDS("\"a\":{\"type\":\"string\",\"required\":1}"), "required and list"},
		{FIELDS("\"a\":{\"type\":\"string\",\"list\":\"yes\"}"), "required and list"},
		{FIELDS("\"a\":{\"type\":\"string\",\"title\":\"x\"}"), "a title is an object"},
		{FIELDS("\"a\":{\"type\":\"integer\",\"values\":[\"1\"]}"), "only a string has"},
		{FIELDS("\"a\":{\"type\":\"string\",\"values\":[]}"), "values are a list"},
		{FIELDS("\"a\":{\"type\":\"string\",\"values\":[1]}"), "values are a list"},
		{FIELDS("\"a\":{\"type\":\"string\",\"fields\":{}}"), "only an object has fields"},
		{FIELDS("\"a\":{\"type\":\"object\"}"), "fields is an object"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *fault = detail_definition_fault(*state, str_from(rows[i].text));

		if (!fault != !rows[i].fault ||
			(fault && strncmp(fault, rows[i].fault, strlen(rows[i].fault)) != 0))
			fail_msg("%s: %s", rows[i].text, fault ? fault : "taken");
	}
}

static void test_9396_how_long_and_how_deep_a_definition_may_be(void **state)
{
	struct arena *a = *state;
	const struct str whole = STR(FIELDS(""));
	struct str text = STR("{\"type\":\"string\"}");

	for (size_t n = LIMIT_DETAIL_DEFINITION - 1; n <= LIMIT_DETAIL_DEFINITION + 1; n++) {
		struct str spaces = repeated(a, ' ', n - whole.n);
		const char *fault = detail_definition_fault(a, str_joined(a, whole, "", spaces));

		assert_int_equal(!fault, n <= LIMIT_DETAIL_DEFINITION);
	}
	for (size_t n = LIMIT_APP_NAME - 1; n <= LIMIT_APP_NAME + 1; n++) {
		struct str title = repeated(a, 'x', n);
		const char *fault = detail_definition_fault(
			a, str_printf(a, "{\"title\":{\"en\":\"%.*s\",\"es\":\"y\"},\"fields\":{}}",
				   STR_ARG(title)));

		assert_int_equal(!fault, n <= LIMIT_APP_NAME);
	}
	for (int depth = 1; depth <= LIMIT_DETAIL_DEPTH + 1; depth++) {
		struct str fields =
			str_printf(a, "{" TITLE ",\"fields\":{\"a\":%.*s}}", STR_ARG(text));

		assert_int_equal(!detail_definition_fault(a, fields), depth <= LIMIT_DETAIL_DEPTH);
		text = str_printf(
			a, "{\"type\":\"object\",\"fields\":{\"a\":%.*s}}", STR_ARG(text));
	}
}

static void test_9396_names_of_types(void **state)
{
	static const char *const good[] = {"payment", "https://a.example/x", "!", "~"};
	static const char *const bad[] = {
		"", " ", "a b", "a\"b", "a\\b", "a\x7f", "a\nb", "caf\xc3\xa9"};

	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(detail_type_name_is_good(str_from(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(detail_type_name_is_good(str_from(bad[i])));
	for (size_t n = LIMIT_DETAIL_TYPE_NAME - 1; n <= LIMIT_DETAIL_TYPE_NAME + 1; n++)
		assert_int_equal(detail_type_name_is_good(repeated(*state, 'x', n)),
			n <= LIMIT_DETAIL_TYPE_NAME);
}

#define ONE(members) "[{\"type\":\"payment\"" members "}]"

static void test_9396_02_what_a_request_may_have(void **state)
{
	static const struct {
		const char *text;
		enum details_fault fault;
		const char *at;
	} rows[] = {
		{ONE(""), DETAILS_GOOD, ""},
		{ONE(",\"amount\":5,\"fast\":true,\"to\":[\"a\"],\"how\":\"cash\""), DETAILS_GOOD,
			""},
		{"[", DETAILS_NOT_JSON, ""},
		{"{}", DETAILS_NO_ARRAY, ""},
		{"[]", DETAILS_NO_ARRAY, ""},
		{"[1]", DETAILS_NO_OBJECT, "1"},
		{"[{}]", DETAILS_NO_TYPE, "1"},
		{"[{\"type\":7}]", DETAILS_NO_TYPE, "1"},
		{"[{\"type\":\"transfer\"}]", DETAILS_TYPE, "1"},
		{ONE(",\"currency\":\"EUR\""), DETAILS_FIELD_UNKNOWN, "1.currency"},
		{ONE(",\"amount\":\"5\""), DETAILS_FIELD_TYPE, "1.amount"},
		{ONE(",\"amount\":5.5"), DETAILS_FIELD_TYPE, "1.amount"},
		{ONE(",\"fast\":1"), DETAILS_FIELD_TYPE, "1.fast"},
		{ONE(",\"to\":\"a\""), DETAILS_FIELD_TYPE, "1.to"},
		{ONE(",\"to\":[\"a\",2]"), DETAILS_FIELD_TYPE, "1.to"},
		{ONE(",\"how\":true"), DETAILS_FIELD_TYPE, "1.how"},
		{ONE(",\"how\":\"gold\""), DETAILS_FIELD_VALUE, "1.how"},
		{ONE(",\"how\":\"ca\\u0007sh\""), DETAILS_FIELD_TEXT, "1.how"},
		{ONE(",\"who\":[]"), DETAILS_FIELD_TYPE, "1.who"},
		{ONE(",\"who\":{\"type\":\"x\"}"), DETAILS_FIELD_UNKNOWN, "1.who.type"},
	};

	const struct detail_types types = declared();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct details_verdict v;
		struct str out;
		bool good = details_read(*state, str_from(rows[i].text), &types, &out, &v);

		if (v.fault != rows[i].fault || good != (v.fault == DETAILS_GOOD))
			fail_msg("%s: %s", rows[i].text, details_fault_word(v.fault));
		if (!good)
			assert_str(v.at, rows[i].at);
		assert_int_equal(str_is_set(out), good);
	}
}

static void test_9396_04_what_was_agreed_to_covers_itself(void **state)
{
	const struct {
		struct str given, asked;
		bool covered;
	} rows[] = {
		{STR_NONE, STR_NONE, true},
		{STR("[{\"a\":1}]"), STR_NONE, true},
		{STR("[{\"a\":1},{\"b\":2}]"), STR("[{\"b\":2}]"), true},
		{STR("[{\"a\":1}]"), STR("[{\"a\":1},{\"b\":2}]"), false},
		{STR("[{\"a\":1}]"), STR("[{\"a\":2}]"), false},
		{STR_NONE, STR("[{\"a\":1}]"), false},
		/* what cannot be read covers nothing, and is covered by nothing */
		{STR("["), STR("[{\"a\":1}]"), false},
		{STR("[{\"a\":1}]"), STR("["), false},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			details_cover(*state, rows[i].given, rows[i].asked), rows[i].covered);
}

static void test_9396_05_what_a_person_reads(void **state)
{
	static const struct {
		const char *name, *value;
	} lines[] = {
		{"Pago", "5"}, {"fast", "sí"}, {"to", "a"}, {"to", "b"}, {"who › name", "Ana"}};
	const struct detail_words words = {"es", STR("sí"), STR("no")};
	const struct detail_types types = declared();
	struct detail_view *views;
	size_t n;

	assert_true(details_view(*state,
		STR(ONE(",\"amount\":5,\"fast\":true,\"to\":[\"a\",\"b\"],\"who\":{\"name\":"
			"\"Ana\"}")),
		&types, &words, &views, &n));
	assert_int_equal(n, 1);
	assert_str(views[0].title, "Pago");
	assert_str(views[0].type, "payment");
	assert_int_equal(views[0].lines_n, COUNT(lines));
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_str(views[0].lines[i].name, lines[i].name);
		assert_str(views[0].lines[i].value, lines[i].value);
	}
	/* of a type that is not known any more the names are left */
	assert_true(details_view(
		*state, STR("[{\"type\":\"old\",\"ok\":false}]"), &types, &words, &views, &n));
	assert_str(views[0].title, "old");
	assert_str(views[0].lines[0].name, "ok");
	assert_str(views[0].lines[0].value, "no");
	assert_true(details_view(*state, STR_NONE, &types, &words, &views, &n));
	assert_int_equal(n, 0);
	assert_false(details_view(*state, STR("["), &types, &words, &views, &n));
	assert_false(details_view(*state, STR("{}"), &types, &words, &views, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_9396_what_is_a_definition),
		test_with_arena(test_9396_how_long_and_how_deep_a_definition_may_be),
		test_with_arena(test_9396_names_of_types),
		test_with_arena(test_9396_02_what_a_request_may_have),
		test_with_arena(test_9396_04_what_was_agreed_to_covers_itself),
		test_with_arena(test_9396_05_what_a_person_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
