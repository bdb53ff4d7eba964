/* Matching of redirect URIs: both modes, and what is said about a near miss. */
#include "core/redirect_uri.h"
#include "unit.h"

static struct redirect_uri parsed(const char *text)
{
	struct redirect_uri u;

	if (redirect_uri_parse(str_from(text), &u) != REDIRECT_URI_OK)
		fail_msg("not readable: %s", text);
	return u;
}

static bool matches(const char *registered, enum redirect_match_mode mode, const char *candidate)
{
	struct redirect_uri r = parsed(registered), c = parsed(candidate);
	size_t at;
	bool yes = redirect_uri_matches(&r, mode, &c);

	/* What explains a mismatch may never contradict the verdict. */
	assert_int_equal(redirect_uri_difference(&r, mode, &c, &at) == REDIRECT_SAME, yes);
	assert_true(at <= c.text.n);
	return yes;
}

struct row {
	const char *registered, *candidate;
	bool good;
};

static void check_rows(const struct row *rows, size_t n, enum redirect_match_mode mode)
{
	for (size_t i = 0; i < n; i++)
		if (matches(rows[i].registered, mode, rows[i].candidate) != rows[i].good)
			fail_msg("%s for %s", rows[i].candidate, rows[i].registered);
}

#define CB "https://cb.example/cb"

/* P01 */
static void test_exact(void **state)
{
	static const struct row rows[] = {
		{CB, CB, true}, {CB, "http://cb.example/cb", false}, /* A001 */
		{CB, "https://other.example/cb", false}, {CB, "https://cb.example:8443/cb", false},
		{CB, "https://cb.example:443/cb", false},
		{CB, "https://evil.cb.example/cb", false}, /* A002 */
		{CB, "https://cb.example.evil.com/cb", false},
		{CB, "https://evilcb.example/cb", false},
		{CB, "https://cb.example/cbevil", false}, /* A006 */
		{CB, "https://cb.example/cb/sub", false}, {CB, "https://cb.example/cb/", false},
		{CB, "https://cb.example/CB", false}, {CB, "https://cb.example/%63b", false},
		{CB, "https://cb.example/cb/%252e%252e/evil", false},   /* A007 */
		{CB, "https://cb.example/cb?x=1&code=attacker", false}, /* A008 */
		{CB, "https://cb.example/cb?", false},
		{CB, "https://cb.example/cb%23", false}, /* A009 */
		{CB, "HTTPS://CB.EXAMPLE/cb", false},    /* A015 */
		{CB "?x=1", CB "?x=1", true}, {CB "?x=1", CB "?x=2", false}, {CB "?x=1", CB, false},
		{"https://cb.example", "https://cb.example/", false},
		{"com.example.app:/cb", "com.example.app:/cb", true},
		{"com.example.app:/cb", "com.example.app:/cb2", false},
		{"com.example.app:/cb", "com.example.app2:/cb", false},
		{"com.example.app:/cb", "com.example.app://cb", false},
		{"myapp://cb", "myapp://cb/", false},
		{CB "%252e", CB "%252e", true}, /* A007: "exact only" */
	};

	(void)state;
	check_rows(rows, COUNT(rows), REDIRECT_EXACT);
}

/* P02 */
static void test_a011_a012_loopback_port(void **state)
{
	static const struct row rows[] = {
		{"http://127.0.0.1/callback", "http://127.0.0.1:41234/callback", true},
		{"http://127.0.0.1/callback", "http://127.0.0.1/callback", true},
		{"http://localhost/", "http://localhost:3999/", true},
		{"http://[::1]/cb?a=1", "http://[::1]:1/cb?a=1", true},
		{"http://127.0.0.1:8080/cb", "http://127.0.0.1:9090/cb", true},
		{"http://127.0.0.1:8080/cb", "http://127.0.0.1/cb", true},
		{"http://127.0.0.1/", "http://localhost:3999/", false},
		{"http://localhost/", "http://127.0.0.1:3999/", false},
		{"http://127.0.0.1/callback", "http://127.0.0.1:41234/other", false},
		{"http://127.0.0.1/callback", "http://127.0.0.1:41234/callback?x", false},
		{"http://127.0.0.1/callback?x", "http://127.0.0.1:41234/callback", false},
		{"http://127.0.0.1/callback", "https://127.0.0.1:41234/callback", false},
		{"https://127.0.0.1/cb", "https://127.0.0.1:41234/cb", false},
		{"https://localhost/cb", "https://localhost:41234/cb", false},
		{"http://127.0.0.2/cb", "http://127.0.0.2:41234/cb", false},
		{"http://localhost/", "http://LOCALHOST:3999/", false},
		{"http://localhost/", "HTTP://localhost:3999/", false},
		{"http://127.0.0.1/cb", "http://127.0.0.1.evil.com:1/cb", false},
		{"http://127.0.0.1/cb", "http://[::ffff:127.0.0.1]:1/cb", false},
		{"http://cb.example/cb", "http://cb.example:41234/cb", false},
	};

	(void)state;
	check_rows(rows, COUNT(rows), REDIRECT_EXACT);
}

/* The table of the GitHub reference, section 2.6. */
static void test_wildcard_reference_table(void **state)
{
	static const struct row rows[] = {
		{"http://example.com/path", "http://example.com/path", true},
		{"http://example.com/path", "http://example.com/path/subdir/other", true},
		{"http://example.com/path", "http://oauth.example.com/path", true},
		{"http://example.com/path", "http://oauth.example.com/path/subdir/other", true},
		{"http://example.com/path", "http://example.com/bar", false},
		{"http://example.com/path", "http://example.com/", false},
		{"http://example.com/path", "http://example.com:8080/path", false},
		{"http://example.com/path", "http://oauth.example.com:8080/path", false},
		{"http://example.com/path", "http://example.org", false},
	};

	(void)state;
	check_rows(rows, COUNT(rows), REDIRECT_WILDCARD);
}

/* P01 */
static void test_wildcard(void **state)
{
	static const struct row rows[] = {
		{CB, "http://cb.example/cb", false}, /* A001 */
		{CB, "https://a.b.cb.example/cb", true},
		{CB, "https://cb.example.evil.com/cb", false}, /* A002 */
		{CB, "https://evilcb.example/cb", false},
		{CB, "https://example/cb", false},
		{CB, "https://cb.example/cbevil", false}, /* A006 */
		{CB, "https://cb.example/CB", false},
		{CB, "https://cb.example/cb;x", false},
		{CB, "https://cb.example/cb%2fx", false},
		{CB, "https://cb.example/cb%23x", false},             /* A009 */
		{CB, "https://cb.example/cb/%252e%252e/evil", false}, /* A007 */
		{CB, "https://cb.example/cb/%25%32%65", false},
		{CB, "https://cb.example/cb/x%20y", true},
		{CB, "https://cb.example/cb/", true},
		{CB "/", "https://cb.example/cb", true},
		{CB "/", "https://cb.example/cb/", true},
		{CB "/", "https://cb.example/cb/x", true},
		{CB "/", "https://cb.example/cbx", false},
		{CB, "https://cb.example:443/cb", true},
		{"https://cb.example:443/cb", CB, true},
		{"https://cb.example:8443/cb", CB, false},
		{"http://cb.example:443/cb", CB, false},
		{CB, "HTTPS://CB.Example/cb", true},
		{CB, "https://A.CB.Example/cb", true},
		{"https://cb.example", "https://cb.example", true},
		{"https://cb.example", "https://cb.example/", true},
		{"https://cb.example", "https://cb.example/any/where", true},
		{"https://cb.example/", "https://x.cb.example?y=1", true},
	};

	(void)state;
	check_rows(rows, COUNT(rows), REDIRECT_WILDCARD);
}

static void test_wildcard_hosts_without_sub_domains(void **state)
{
	static const struct row rows[] = {
		{"http://10.0.0.1/", "http://1.10.0.0.1.evil.com/", false},
		{"http://[::ffff:1.2.3.4]/", "http://[::fffe:1.2.3.4]/", false},
		{"http://localhost/", "http://evil.localhost/", false},
		{"https://intranet/", "https://evil.intranet/", false},
		{"https://intranet/", "https://intranet/x", true},
		{"http://[::1]/", "http://[::1]:99/x", true},
		{"http://127.0.0.1/cb", "http://127.0.0.1:41234/cb/x", true},
		{"http://localhost/cb", "http://localhost:41234/cb", true},
		{"http://localhost/cb", "http://localhost:41234/other", false},
		{"http://10.0.0.1/cb", "http://10.0.0.1:41234/cb", false},
		{"http://cb.example/", "http://localhost:41234/", false},
		{"com.example.app:/cb", "com.example.app:/cb/x", false}, /* always exact */
		{"com.example.app:/cb", "com.example.app:/cb", true},
		{"myapp://cb.example/x", "myapp://a.cb.example/x", false},
		{"https://cb.example/", "myapp://cb.example/", false},
	};

	(void)state;
	check_rows(rows, COUNT(rows), REDIRECT_WILDCARD);
}

static void test_a008_wildcard_query(void **state)
{
	static const struct row rows[] = {
		{CB, CB "?x=1", true},
		{CB, CB "?", true},
		{CB, CB "?next=/a&&b", true},
		{CB, CB "?codes=1&mystate=2&stat=3", true},
		{CB, CB "?code=attacker", false},
		{CB, CB "?x=1&code=attacker", false},
		{CB, CB "?c%6Fde=attacker", false},
		{CB, CB "?code", false},
		{CB, CB "?x&error=1", false},
		{CB, CB "?state=s", false},
		{CB, CB "?iss=s", false},
		{CB "?x=1", CB "?x=1", true},
		{CB "?x=1", CB "/sub?x=1", true},
		{CB "?x=1", CB, false},
		{CB "?x=1", CB "?x=1&y=2", false},
		{CB "?", CB "?y=2", false},
		{CB "?state=fixed", CB "?state=fixed", true},
	};

	(void)state;
	check_rows(rows, COUNT(rows), REDIRECT_WILDCARD);
}

struct difference_row {
	const char *registered, *candidate;
	enum redirect_match_mode mode;
	enum redirect_difference difference;
	size_t at;
};

static void test_difference(void **state)
{
	static const struct difference_row rows[] = {
		{CB, CB, REDIRECT_EXACT, REDIRECT_SAME, 21},
		{CB, "http://cb.example/cb", REDIRECT_EXACT, REDIRECT_DIFFERS_SCHEME, 4},
		{CB, "myapp:/cb", REDIRECT_EXACT, REDIRECT_DIFFERS_SCHEME, 0},
		{CB, "https://cc.example/cx", REDIRECT_EXACT, REDIRECT_DIFFERS_HOST, 9},
		{"a:/cb", "a://h/cb", REDIRECT_EXACT, REDIRECT_DIFFERS_HOST, 4},
		{"a://h/cb", "a:/cb", REDIRECT_EXACT, REDIRECT_DIFFERS_HOST, 2},
		{CB, "https://cb.example:8/cx", REDIRECT_EXACT, REDIRECT_DIFFERS_PORT, 18},
		{"https://h:81/", "https://h:82/", REDIRECT_EXACT, REDIRECT_DIFFERS_PORT, 11},
		{CB, "https://cb.example:443/cb", REDIRECT_EXACT, REDIRECT_DIFFERS_PORT, 18},
		{CB, CB "/", REDIRECT_EXACT, REDIRECT_DIFFERS_TRAILING_SLASH, 21},
		{CB "/", CB, REDIRECT_EXACT, REDIRECT_DIFFERS_TRAILING_SLASH, 21},
		{"https://h", "https://h/", REDIRECT_EXACT, REDIRECT_DIFFERS_TRAILING_SLASH, 9},
		{CB, "https://cb.example/cB", REDIRECT_EXACT, REDIRECT_DIFFERS_CASE, 20},
		{CB, "https://CB.example/cb", REDIRECT_EXACT, REDIRECT_DIFFERS_CASE, 8},
		{CB, "https://cb.example/c%62", REDIRECT_EXACT, REDIRECT_DIFFERS_ENCODING, 20},
		{CB, "https://cb.example/cc?x", REDIRECT_EXACT, REDIRECT_DIFFERS_PATH, 20},
		{CB, CB "/sub", REDIRECT_EXACT, REDIRECT_DIFFERS_PATH, 21},
		{CB, CB "?x", REDIRECT_EXACT, REDIRECT_DIFFERS_QUERY, 22},
		{CB "?ab", CB "?ac", REDIRECT_EXACT, REDIRECT_DIFFERS_QUERY, 23},
		{CB "?ab", CB, REDIRECT_EXACT, REDIRECT_DIFFERS_QUERY, 21},
		{"http://127.0.0.1/a", "http://127.0.0.1:9/b", REDIRECT_EXACT,
			REDIRECT_DIFFERS_PATH, 19},
		{CB, "https://x.cb.example/bar", REDIRECT_WILDCARD, REDIRECT_DIFFERS_PATH, 21},
		{CB, "https://x.cb.example/bar", REDIRECT_EXACT, REDIRECT_DIFFERS_HOST, 8},
		{CB, CB "?code=1", REDIRECT_WILDCARD, REDIRECT_DIFFERS_QUERY, 22},
		{CB, "https://cb.example:1/cb", REDIRECT_WILDCARD, REDIRECT_DIFFERS_PORT, 18},
		{CB, CB "/%252e", REDIRECT_WILDCARD, REDIRECT_DIFFERS_PATH, 21},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct redirect_uri r = parsed(rows[i].registered), c = parsed(rows[i].candidate);
		size_t at;
		enum redirect_difference d = redirect_uri_difference(&r, rows[i].mode, &c, &at);

		if (d != rows[i].difference || at != rows[i].at)
			fail_msg("%s for %s: %d at %zu", rows[i].candidate, rows[i].registered, d,
				at);
	}
}

/* What keeps addresses without sub-domains: nothing below one can be read as a URI. */
static void test_nothing_below_an_address(void **state)
{
	struct redirect_uri u;

	(void)state;
	assert_int_equal(
		redirect_uri_parse(STR("http://evil.10.0.0.1/"), &u), REDIRECT_URI_BAD_HOST);
	assert_int_equal(redirect_uri_parse(STR("http://evil.[::ffff:1.2.3.4]/"), &u),
		REDIRECT_URI_BAD_HOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_a011_a012_loopback_port),
		cmocka_unit_test(test_wildcard_reference_table),
		cmocka_unit_test(test_wildcard),
		cmocka_unit_test(test_wildcard_hosts_without_sub_domains),
		cmocka_unit_test(test_nothing_below_an_address),
		cmocka_unit_test(test_a008_wildcard_query),
		cmocka_unit_test(test_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
