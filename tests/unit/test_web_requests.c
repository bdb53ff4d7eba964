/* Rules of the request log's pages: what is marked in a comparison, where an answer stands in the
 * documentation, what an address may ask for. */
#include "base/limits.h"
#include "unit.h"
#include "web/docs_request.h"
#include "web/refusal_view.h"
#include "web/requests_filter.h"

/* "before[mark]after" of both, with a bar between them. */
static struct str marked(struct arena *a, const char *expected, const char *received)
{
	struct str e = str_from(expected), r = str_from(received);
	size_t same = told_same(e, r);
	struct differing x = refusal_differing(e, r, same), y = refusal_differing(r, e, same);

	return str_printf(a, "%.*s[%.*s]%.*s|%.*s[%.*s]%.*s", STR_ARG(x.before), STR_ARG(x.mark),
		STR_ARG(x.after), STR_ARG(y.before), STR_ARG(y.mark), STR_ARG(y.after));
}

static void what_differs_is_marked(void **state)
{
	static const char *const cases[][3] = {
		{"https://a/cb", "http://a/cb", "http[s]://a/cb|http[]://a/cb"},
		{"https://a/cb", "https://a/cb/", "https://a/cb[]|https://a/cb[/]"},
		{"https://a/cb", "https://b/cb", "https://[a]/cb|https://[b]/cb"},
		{"same", "same", "same[]|same[]"},
		{"", "new", "[]|[new]"},
		{"abc", "", "[abc]|[]"},
		{"aa", "aaa", "aa[]|aa[a]"},
		{"aXa", "aXXa", "aX[]a|aX[X]a"},
		{"code", "token", "[code]|[token]"},
		/* whole characters: these two share their first, and those their last byte */
		{"caf\u00e9", "caf\u00ea", "caf[\u00e9]|caf[\u00ea]"},
		{"\u00e9!", "\u0129!", "[\u00e9]!|[\u0129]!"},
		{"\u00f1", "n", "[\u00f1]|[n]"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_str(marked(*state, cases[i][0], cases[i][1]), cases[i][2]);
}

static void an_answer_stands_below_the_heading_of_its_section(void **state)
{
	struct str html = STR("<p>x</p><h2 id=\"one-two\">One</h2><p>a</p>"
			      "<h3 id=\"one\">The <code>one</code></h3><p>b</p>");
	size_t one = docs_request_place(*state, html, STR("one"));
	size_t two = docs_request_place(*state, html, STR("one-two"));

	assert_str(str_slice(html, one, html.n), "<p>b</p>");
	assert_true(str_starts(str_slice(html, two, html.n), STR("<p>a</p>")));
	assert_int_equal(docs_request_place(*state, html, STR("three")), 0);
	assert_int_equal(docs_request_place(*state, html, STR("")), 0);
	assert_int_equal(docs_request_place(*state, STR("<h2 id=\"x\">cut"), STR("x")), 0);
}

static void request_ids_are_short_and_plain(void **state)
{
	struct str longest = repeated(*state, 'A', HTTP_REQUEST_ID_LEN);

	assert_true(requests_is_id(STR("0001:93FD:6:26B1BD3A:25597D")));
	assert_true(requests_is_id(longest));
	assert_false(requests_is_id(repeated(*state, 'A', HTTP_REQUEST_ID_LEN + 1)));
	assert_false(requests_is_id(STR("")));
	assert_false(requests_is_id(STR("a\nb")));
	assert_false(requests_is_id(STR("\u00e9")));
	assert_false(requests_is_id((struct str){"a\0b", 3}));
}

/* The address that a filter comes back as, from a query. */
static struct str read_and_written(struct arena *a, const char *query)
{
	const struct requests_of of = {7, STR("/log")};
	struct requests_filter f;
	struct params params;

	assert_int_equal(form_parse(a, str_from(query), LIMIT_PARAMS, &params), FORM_OK);
	requests_filter_read(&params, &f);
	return requests_filter_href(a, &of, &f);
}

static void an_address_says_what_is_asked_for(void **state)
{
	static const char *const cases[][2] = {
		{"", "/log"},
		{"cause=CODE_EXPIRED", "/log?cause=CODE_EXPIRED"},
		{"before=5&show=all&days=7&endpoint=token&cause=CODE_CUT&view=flows",
			"/log?view=flows&cause=CODE_CUT&endpoint=token&days=7&show=all&before=5"},
		{"days=30", "/log?days=30"},
		/* nonsense is as if it were not there */
		{"cause=NOPE&endpoint=nope&days=2&show=nope&view=nope&before=-1&x=y", "/log"},
		{"days=1&cause=&endpoint=&before=99999999999999999999", "/log"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_str(read_and_written(*state, cases[i][0]), cases[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(what_differs_is_marked),
		test_with_arena(an_answer_stands_below_the_heading_of_its_section),
		test_with_arena(request_ids_are_short_and_plain),
		test_with_arena(an_address_says_what_is_asked_for),
	};

	return cmocka_run_group_tests_name("web requests", tests, NULL, NULL);
}
