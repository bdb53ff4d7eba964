/* Reading GraphQL documents: what is there, and what is refused, hostile ones first of all. */
#include "github/graphql_parse.h"

#include <string.h>

#include "base/buf.h"
#include "unit.h"

static struct arena arena;

static bool parse(const char *text, struct gql_document *d, struct gql_fault *f)
{
	return gql_parse(&arena, str_from(text), d, f);
}

static void test_the_query_of_gh(void **state)
{
	struct gql_document d;
	struct gql_fault f;

	(void)state;
	assert_true(parse("query UserCurrent{viewer{login}}", &d, &f));
	assert_true(str_eq_c(d.operations->name, "UserCurrent"));
	assert_int_equal(d.operations->kind, GQL_QUERY);
	assert_true(str_eq_c(d.operations->selections->key, "viewer"));
	assert_true(str_eq_c(d.operations->selections->children->key, "login"));
	assert_null(d.operations->selections->children->next);
	assert_null(d.operations->next);
}

static void test_everything_at_once(void **state)
{
	static const char text[] =
		"\xEF\xBB\xBF# comment\nquery Q($l: String! = \"a\\u00e9\\n\", $n: [Int!], $b: "
		"Boolean)\n{ me: viewer, user(login: $l) @include(if: $b) { ...F ... on User "
		"{ id } ... { name } }\r\n"
		" x(a: 1, b: -2.5e+3, c: true, d: null, e: RED, f: [1 2], g: {k: \"v\"}, h: "
		"\"\"\"bl\"ock\"\"\") }"
		"fragment F on User { login }";
	struct gql_document d;
	struct gql_fault f;

	(void)state;
	assert_true(parse(text, &d, &f));
	const struct gql_operation *o = d.operations;

	assert_true(o->variables->required && o->variables->has_default);
	assert_true(str_eq_c(o->variables->otherwise.text, "a\xC3\xA9\n"));
	assert_true(o->variables->next->is_list && !o->variables->next->required);
	assert_true(str_eq_c(o->selections->key, "me") && str_eq_c(o->selections->name, "viewer"));
	const struct gql_selection *user = o->selections->next;

	assert_int_equal(user->arguments->value.kind, GQL_VARIABLE);
	assert_true(str_eq_c(user->directives->name, "include"));
	assert_int_equal(user->children->kind, GQL_SPREAD);
	assert_int_equal(user->children->next->kind, GQL_INLINE);
	assert_false(str_is_set(user->children->next->next->name));
	static const enum gql_kind kinds[] = {GQL_INT, GQL_FLOAT, GQL_TRUE, GQL_NULL, GQL_ENUM,
		GQL_COMPOUND, GQL_COMPOUND, GQL_STRING};
	const struct gql_argument *a = user->next->arguments;

	for (size_t i = 0; i < 8; i++, a = a->next)
		assert_int_equal(a->value.kind, kinds[i]);
	assert_null(a);
	assert_int_equal(user->next->place.line, 4);
	assert_int_equal(user->next->place.column, 2);
	assert_true(str_eq_c(d.fragments->on, "User"));
}

static void test_what_is_no_graphql(void **state)
{
	static const char *const rows[] = {"", " ", "{", "}", "{}", "{a", "{a{", "{a{}}", "query",
		"query {", "query Q(", "query Q($", "query Q($a){a}", "query Q($a:){a}",
		"query Q(){a}", "{a(}", "{a()}", "{a(b)}", "{a(b:)}", "{a(b:$)}", "{a(b:[1)}",
		"{a(b:{c})}", "{a:}", "{a..b}", "{...}", "{... on}", "{...on User}",
		"fragment F on User {a}", "fragment on {a}", "fragment F User {a} {b}", "{a}}",
		"{a} b", "nonsense {a}", "{a(b:\"x)}", "{a(b:\"\\q\")}", "{a(b:\"\\u12\")}",
		"{a(b:\"\\ud800\")}", "{a(b:\"\\u0000\")}", "{a(b:\"\n\")}", "{a(b:\"\"\"x)}",
		"{a(b:01)}", "{a(b:1.)}", "{a(b:-)}", "{a(b:1e)}", "{a(b:1x)}", "{a(b:1.2.3)}",
		"{a @}", "{\xFF}", "{a\x01}", "{a?}", "{a(b:\"\\", "\"", "...", "$",
		"query Q($a:[Int){a}", "query Q($a:Int=$b){a}"};
	struct gql_document d;
	struct gql_fault f;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		f.message = STR_NONE;
		if (parse(rows[i], &d, &f) || !str_has_text(f.message) || f.place.line < 1)
			fail_msg("accepted: %s", rows[i]);
	}
	/* a zero byte is a character like another */
	assert_false(gql_parse(&arena, (struct str){"{a\0}", 4}, &d, &f));
}

static bool parse_repeated(
	const char *before, const char *piece, int n, const char *after, struct gql_fault *f)
{
	struct gql_document d;
	struct buf b;

	buf_init(&b, &arena, 1 << 20);
	buf_add_c(&b, before);
	for (int i = 0; i < n; i++)
		buf_add_c(&b, piece);
	buf_add_c(&b, after);
	return gql_parse(&arena, buf_str(&b), &d, f);
}

/* A229, P46 */
static void test_depth_is_bounded(void **state)
{
	struct gql_fault f;

	(void)state;
	assert_true(
		parse_repeated("{a{a{a{a{a{a{a{a{a{a{a{a{a{a{a{", "a", 1, "}}}}}}}}}}}}}}}}", &f));
	assert_false(parse_repeated("{a", "{a", 16, "}}}}}}}}}}}}}}}}}", &f));
	assert_non_null(strstr(f.message.p, "deep"));
	assert_false(parse_repeated("", "{a", 60000, "", &f));
	assert_false(parse_repeated("{a(b:", "[", 60000, "", &f));
	assert_false(parse_repeated("{a(b:", "{c:", 60000, "", &f));
	assert_false(parse_repeated("query($a:", "[", 60000, "", &f));
	assert_false(parse_repeated("{", "...{", 60000, "", &f));
}

static void test_size_is_bounded(void **state)
{
	struct gql_fault f;

	(void)state;
	assert_true(parse_repeated("{", "a ", GQL_NODES - 1, "}", &f));
	assert_false(parse_repeated("{", "a ", GQL_NODES, "}", &f));
	assert_non_null(strstr(f.message.p, "large"));
	assert_false(parse_repeated("{a(b:[", "1 ", 30000, "])}", &f));
	assert_false(parse_repeated("{a(", "b:1 ", 15000, ")}", &f));
	assert_false(parse_repeated("{a ", "@b ", 15000, "}", &f));
	assert_false(parse_repeated("", "{a}", 20000, "", &f));
	assert_false(parse_repeated("query(", "$a:A ", 10000, "){a}", &f));
	assert_false(parse_repeated("", "fragment F on A{a}", 3000, "", &f));
}

/* Whatever the bytes are: an answer, and never a read outside of them. */
static void test_damaged_documents(void **state)
{
	static const char text[] = "query Q($l:String!=\"\\u0041\"){user(login:$l)@skip(if:false)"
				   "{...F ...on User{id}}a:viewer{login}}fragment F on User{name}";
	struct gql_document d;
	struct gql_fault f;

	(void)state;
	for (size_t n = 0; n < sizeof text - 1; n++) {
		char *copy = malloc(n + 1);

		memcpy(copy, text, n);
		assert_false(gql_parse(&arena, (struct str){copy, n}, &d, &f) && n < 70);
		for (int c = 0; c < 256 && n > 0; c += 3) {
			copy[n / 2] = (char)c;
			gql_parse(&arena, (struct str){copy, n}, &d, &f);
		}
		free(copy);
		arena_reset(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_query_of_gh),
		cmocka_unit_test(test_everything_at_once),
		cmocka_unit_test(test_what_is_no_graphql),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_size_is_bounded),
		cmocka_unit_test(test_damaged_documents),
	};

	arena_init(&arena, 256 << 20);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
