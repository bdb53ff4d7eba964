/* RFC 9449 4.3, RFC 3986 6.2: assurance 9449-04. */
#include "base/limits.h"
#include "core/http_uri.h"
#include "unit.h"

static void test_9449_04_same_after_normalisation(void **state)
{
	static const char *const same[][2] = {
		{"https://as.example/token", "https://as.example/token"},
		{"HTTPS://AS.Example/token", "https://as.example/token"},
		{"https://as.example:443/token", "https://as.example/token"},
		{"https://as.example:/token", "https://as.example/token"},
		{"http://as.example:80/token", "http://as.example/token"},
		{"https://as.example", "https://as.example/"},
		{"https://as.example/%7Eme", "https://as.example/~me"},
		{"https://as.example/%2f", "https://as.example/%2F"},
		{"https://as.example/a/./b/../token", "https://as.example/a/token"},
		{"https://as.example/a/..", "https://as.example/"},
		{"https://as.example/a/.", "https://as.example/a/"},
		{"https://as.example/../../token", "https://as.example/token"},
		{"https://as.example/token?a=b#c", "https://as.example/token"},
		{"https://as.example?x", "https://as.example/"},
		{"https://[::1]:443/t", "https://[::1]/t"},
		{"https://as.example/%41%5a%61%7A%30%39%2d%2E%5F%7e",
			"https://as.example/AZaz09-._~"},
		{"https://as.example/%40%5b%60%7B%2f%3A%c3%Bf",
			"https://as.example/%40%5B%60%7B%2F%3A%C3%BF"},
		{"https://as.example:8443/a/b/../../c/", "https://as.example:8443/c/"},
	};

	for (size_t i = 0; i < COUNT(same); i++)
		if (!http_uri_same(*state, str_from(same[i][0]), str_from(same[i][1])))
			fail_msg("%s differs from %s", same[i][0], same[i][1]);
}

static void test_9449_04_others_differ(void **state)
{
	static const char *const others[] = {"https://as.example/Token",
		"https://as.example/token/", "https://as.example/tokens", "http://as.example/token",
		"https://as.example:444/token", "https://as.example.evil/token",
		"https://user@as.example/token", "https://as.example/%74oke%6", "/token", "",
		"https:///token", "https://:443/token", "ftp://as.example/token",
		"https://as.example/to ken", "https://as.example\\token",
		"https://as.example/%2e%2e/x", "https://as.example//token",
		"https://as.example/token%g0", "https://as.example/token%0g",
		"https://as.example/token%", "https://as.example/token%2",
		"https://as.example/token%4/", "https://as.example/token%/4",
		"https://as.example/token\"", "https://as.example/<token",
		"https://as.example/token>", "https://as.example/token\x7F",
		"https://as.example/t\x1Foken", "https://as.example/%`0", "https://as.example/%G0",
		"https://as.example:4x3/token", "https://as.example:a/token"};

	for (size_t i = 0; i < COUNT(others); i++)
		if (http_uri_same(*state, str_from(others[i]), STR("https://as.example/token")))
			fail_msg("%s is taken for the token endpoint", others[i]);
	assert_false(http_uri_same(*state, STR_NONE, STR_NONE));
}

/* What is normal stays so, and who has no host is none: found by fuzzing. */
static void test_9449_04_hosts(void **state)
{
	static const char *const none[] = {"http://[::/t", "http://a:80:80/t", "http://[::1]80/t",
		"http://[::1/t", "http://a%5Bb/t", "http://a:b/t", "http://1.2.3/t",
		"http://a..b/t", "http://%41@b/t"};
	struct str out, again;

	for (size_t i = 0; i < COUNT(none); i++)
		if (http_uri_normal(*state, str_from(none[i]), &out))
			fail_msg("%s is taken for %.*s", none[i], STR_ARG(out));
	assert_true(http_uri_normal(*state, STR("http://%41.Example:8080/%41"), &out));
	assert_str(out, "http://a.example:8080/A");
	assert_true(http_uri_normal(*state, out, &again));
	assert_str(again, "http://a.example:8080/A");
}

static void test_9449_14_length(void **state)
{
	struct str long_path = repeated(*state, 'a', LIMIT_REDIRECT_URI), out;

	assert_false(http_uri_normal(*state, long_path, &out));
	assert_false(http_uri_normal(
		*state, str_printf(*state, "https://h/%.*s", STR_ARG(long_path)), &out));
	long_path.n = LIMIT_REDIRECT_URI - 10;
	assert_true(http_uri_normal(
		*state, str_printf(*state, "https://h/%.*s", STR_ARG(long_path)), &out));
	assert_int_equal(out.n, LIMIT_REDIRECT_URI);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_9449_04_same_after_normalisation),
		test_with_arena(test_9449_04_others_differ),
		test_with_arena(test_9449_04_hosts),
		test_with_arena(test_9449_14_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
