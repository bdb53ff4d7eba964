#include "base/limits.h"
#include "unit.h"
#include "web/return_to.h"

static void paths_of_this_server_are_local(void **state)
{
	static const char *const good[] = {"/", "/a", "/settings/profile",
		"/login/oauth/authorize?client_id=x&redirect_uri=https%3A%2F%2Fapp.example%2Fcb",
		"/a//b", "/%5C%5Cevil.example", "/?u=https://app.example/", "/~user"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!return_to_is_local(str_from(good[i])))
			fail_msg("refused: %s", good[i]);
}

/* P08 */
static void a063_other_hosts_are_not(void **state)
{
	static const char *const bad[] = {"", "a", "//evil.example", "///evil.example",
		"/\\evil.example", "\\\\evil.example", "https://evil.example",
		"javascript:alert(1)", " /a", "/a b", "/\t/evil.example", "/\n/evil.example",
		"/a\r\nSet-Cookie: x=y", "/a\\b", "/\xC3\xA9", "/\x7F", "http:/a", "?a", "#a"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (return_to_is_local(str_from(bad[i])))
			fail_msg("taken: %s", bad[i]);
	assert_false(return_to_is_local(STR_NONE));
	assert_false(return_to_is_local((struct str){"/a\0b", 4}));
	assert_str(return_to_or_home(STR("//evil.example")), "/");
	assert_str(return_to_or_home(STR("/a")), "/a");
}

static void length_is_bounded(void **state)
{
	struct str longest = repeated(*state, '/', LIMIT_REQUEST_TARGET + 1);
	char *p = str_c(*state, longest);

	memset(p + 1, 'a', LIMIT_REQUEST_TARGET);
	assert_true(return_to_is_local((struct str){p, LIMIT_REQUEST_TARGET}));
	assert_false(return_to_is_local((struct str){p, LIMIT_REQUEST_TARGET + 1}));
}

static void a_request_becomes_a_path(void **state)
{
	struct param fields[] = {{STR("authenticity_token"), STR("secret")},
		{STR("client_id"), STR("abc")}, {STR("state"), STR("a b&c")},
		{STR("authorize"), STR("1")}};
	const struct params form = {fields, COUNT(fields)};
	struct http_request get = {.path = STR("/a"), .raw_query = STR("b=c%20d"), .arena = *state};
	struct http_request post = {.path = STR("/login/oauth/authorize"), .arena = *state};

	assert_str(return_to_here(&get, NULL), "/a?b=c%20d");
	assert_str(
		return_to_here(&post, &form), "/login/oauth/authorize?client_id=abc&state=a+b%26c");
	assert_str(return_to_here(&post, NULL), "/login/oauth/authorize");
}

static void a_parameter_is_found_in_a_path(void **state)
{
	assert_str(return_to_parameter(*state, STR("/x?a=1&client_id=b%20c"), "client_id"), "b c");
	assert_false(str_is_set(return_to_parameter(*state, STR("/x"), "client_id")));
	assert_false(str_is_set(return_to_parameter(*state, STR("/x?client_id=%zz"), "client_id")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_of_this_server_are_local),
		cmocka_unit_test(a063_other_hosts_are_not),
		test_with_arena(length_is_bounded),
		test_with_arena(a_request_becomes_a_path),
		test_with_arena(a_parameter_is_found_in_a_path),
	};

	return cmocka_run_group_tests_name("web return_to", tests, NULL, NULL);
}
