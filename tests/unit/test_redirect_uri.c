/* The redirect URI parser. Rows A003 to A019 of the attack catalogue, and what must be readable. */
#include "base/limits.h"
#include "core/redirect_uri.h"
#include "unit.h"

struct row {
	const char *text;
	enum redirect_uri_fault fault;
};

static void check_rows(const struct row *rows, size_t n)
{
	struct redirect_uri u;

	for (size_t i = 0; i < n; i++) {
		enum redirect_uri_fault fault = redirect_uri_parse(str_from(rows[i].text), &u);

		if (fault != rows[i].fault)
			print_error("%s: %s\n", rows[i].text, redirect_uri_fault_text(fault));
		assert_int_equal(fault, rows[i].fault);
	}
}

static enum redirect_uri_fault parse(struct str text)
{
	struct redirect_uri u;

	return redirect_uri_parse(text, &u);
}

static void test_parts(void **state)
{
	(void)state;
	struct redirect_uri u;

	assert_int_equal(redirect_uri_parse(STR("https://cb.example:8443/a/b?x=1&y[]=2"), &u), 0);
	assert_str(u.text, "https://cb.example:8443/a/b?x=1&y[]=2");
	assert_str(u.scheme, "https");
	assert_str(u.host, "cb.example");
	assert_str(u.path, "/a/b");
	assert_str(u.query, "x=1&y[]=2");
	assert_int_equal(u.port, 8443);
	assert_true(u.has_port && u.is_http && !u.is_loopback);

	assert_int_equal(redirect_uri_parse(STR("HTTP://cb.example"), &u), 0);
	assert_str(u.path, "");
	assert_true(str_is_set(u.path) && !str_is_set(u.query));
	assert_int_equal(u.port, 80);
	assert_true(!u.has_port && u.is_http);

	assert_int_equal(redirect_uri_parse(STR("https://cb.example?"), &u), 0);
	assert_int_equal(u.port, 443);
	assert_str(u.query, "");

	assert_int_equal(redirect_uri_parse(STR("http://[2001:db8::1]:81/"), &u), 0);
	assert_str(u.host, "[2001:db8::1]");
	assert_int_equal(u.port, 81);
}

static void test_private_use_schemes(void **state)
{
	(void)state;
	struct redirect_uri u;

	assert_int_equal(redirect_uri_parse(STR("com.example.app:/oauth2redirect?a"), &u), 0);
	assert_false(str_is_set(u.host) || u.is_http || u.has_port);
	assert_int_equal(u.port, 0);
	assert_str(u.path, "/oauth2redirect");
	assert_str(u.query, "a");
	assert_int_equal(redirect_uri_parse(STR("myapp://cb"), &u), 0);
	assert_str(u.host, "cb");
	assert_str(u.path, "");
	assert_int_equal(redirect_uri_parse(STR("myapp:///cb"), &u), 0);
	assert_str(u.host, "");
	assert_int_equal(redirect_uri_parse(STR("exp://192.168.1.5:8081/--/cb"), &u), 0);
	assert_int_equal(u.port, 8081);
	assert_int_equal(parse(STR("myapp://user@cb")), REDIRECT_URI_USER_INFO);
	assert_int_equal(parse(STR("myapp://cb#x")), REDIRECT_URI_FRAGMENT);
	assert_int_equal(parse(STR("myapp:/a/../b")), REDIRECT_URI_BAD_PATH);
	assert_int_equal(parse(STR("myapp:cb")), REDIRECT_URI_NO_SCHEME);
}

static void test_a019_length(void **state)
{
	char text[LIMIT_REDIRECT_URI + 2];

	(void)state;
	memset(text, 'a', sizeof text);
	memcpy(text, "https://cb.example/", 19);
	assert_int_equal(parse((struct str){text, LIMIT_REDIRECT_URI - 1}), REDIRECT_URI_OK);
	assert_int_equal(parse((struct str){text, LIMIT_REDIRECT_URI}), REDIRECT_URI_OK);
	assert_int_equal(parse((struct str){text, LIMIT_REDIRECT_URI + 1}), REDIRECT_URI_TOO_LONG);
	assert_int_equal(parse(STR("")), REDIRECT_URI_EMPTY);
	assert_int_equal(parse(STR_NONE), REDIRECT_URI_EMPTY);
}

static void test_a003_user_info(void **state)
{
	static const struct row rows[] = {
		{"https://cb.example@evil.com/", REDIRECT_URI_USER_INFO},
		{"https://cb.example:pw@evil", REDIRECT_URI_USER_INFO},
		{"https://@evil.com/", REDIRECT_URI_USER_INFO},
		{"https://a@b@evil.com/", REDIRECT_URI_USER_INFO},
		{"https://evil.com#@cb.example/", REDIRECT_URI_FRAGMENT},
		{"https://evil.com?@cb.example/", REDIRECT_URI_OK},
		{"https://evil.com/@cb.example/", REDIRECT_URI_OK},
		{"https://cb.example%40evil.com/", REDIRECT_URI_BAD_HOST},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_a004_slash_confusions(void **state)
{
	static const struct row rows[] = {
		{"https://evil.com\\@cb.example", REDIRECT_URI_BAD_BYTE},
		{"https:/\\evil.com", REDIRECT_URI_BAD_BYTE},
		{"///evil.com", REDIRECT_URI_NO_SCHEME},
		{"//evil.com", REDIRECT_URI_NO_SCHEME},
		{"/cb", REDIRECT_URI_NO_SCHEME},
		{"cb", REDIRECT_URI_NO_SCHEME},
		{"https:evil.com", REDIRECT_URI_NO_SCHEME},
		{"https:", REDIRECT_URI_NO_SCHEME},
		{"https:/evil.com", REDIRECT_URI_BAD_HOST},
		{"https:///evil.com", REDIRECT_URI_BAD_HOST},
		{"https://", REDIRECT_URI_BAD_HOST},
		{"https://?x", REDIRECT_URI_BAD_HOST},
		{"localhost:3000/cb", REDIRECT_URI_NO_SCHEME},
		{"://cb.example/", REDIRECT_URI_NO_SCHEME},
		{"1http://cb.example/", REDIRECT_URI_NO_SCHEME},
		{"ht_tp://cb.example/", REDIRECT_URI_NO_SCHEME},
		{"https://cb.example/%5cevil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/a%5C..%5Cb", REDIRECT_URI_BAD_PATH},
		{"https://cb.example//evil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/a//b", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/a/%2f", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/%2fevil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/a/", REDIRECT_URI_OK},
		{"https://cb.example/", REDIRECT_URI_OK},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_a005_every_byte(void **state)
{
	static const char refused[] = "\"<>\\^`{|}";

	(void)state;
	for (int c = 0; c < 256; c++) {
		char text[] = "https://cb.example/a?b";

		text[20] = (char)c; /* stands for the '?' */
		enum redirect_uri_fault expected = REDIRECT_URI_OK;

		if (c < 0x21 || c > 0x7E || strchr(refused, c))
			expected = REDIRECT_URI_BAD_BYTE;
		else if (c == '%')
			expected = REDIRECT_URI_BAD_ESCAPE;
		else if (c == '#')
			expected = REDIRECT_URI_FRAGMENT;
		assert_int_equal(parse((struct str){text, 22}), expected);
	}
	assert_int_equal(parse(STR(" https://cb.example/")), REDIRECT_URI_BAD_BYTE);
	assert_int_equal(parse(STR("https://cb.example/ ")), REDIRECT_URI_BAD_BYTE);
	assert_int_equal(parse(STR("java\tscript:/x")), REDIRECT_URI_BAD_BYTE);
	assert_int_equal(parse(STR("https://cb.example/\0")), REDIRECT_URI_BAD_BYTE);
}

static void test_a005_every_escape(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		char text[64];

		snprintf(text, sizeof text, "https://cb.example/a?b=%%%02x", c);
		assert_int_equal(parse(str_from(text)),
			c < 0x20 || c == 0x7F ? REDIRECT_URI_BAD_ESCAPE : REDIRECT_URI_OK);
	}
	static const struct row rows[] = {
		{"https://cb.example/%", REDIRECT_URI_BAD_ESCAPE},
		{"https://cb.example/%2", REDIRECT_URI_BAD_ESCAPE},
		{"https://cb.example/%2g", REDIRECT_URI_BAD_ESCAPE},
		{"https://cb.example/%%32e", REDIRECT_URI_BAD_ESCAPE},
		{"https://cb.example/cb%00", REDIRECT_URI_BAD_ESCAPE},
		{"https://cb.example/cb%0d%0aX:y", REDIRECT_URI_BAD_ESCAPE},
		{"https://cb.example/cb?%0A", REDIRECT_URI_BAD_ESCAPE},
	};

	check_rows(rows, COUNT(rows));
}

static void test_a006_path_tricks(void **state)
{
	static const struct row rows[] = {
		{"https://cb.example/cb/../evil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb/%2e%2e/evil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb/%2E./evil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb/..%2fevil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb%2f..%2fevil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb;/../evil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb/..;/evil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb/..%3bx=1/evil", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb/.;x", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb/..", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/.", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/./cb", REDIRECT_URI_BAD_PATH},
		{"https://cb.example/cb/...", REDIRECT_URI_OK},
		{"https://cb.example/cb/..a", REDIRECT_URI_OK},
		{"https://cb.example/.well-known", REDIRECT_URI_OK},
		{"https://cb.example/a%2fb", REDIRECT_URI_OK},
		{"https://cb.example/a;v=1/b", REDIRECT_URI_OK},
		{"https://cb.example/a/;v=1", REDIRECT_URI_OK},
		{"https://cb.example/cb?x=/../y//z\\", REDIRECT_URI_BAD_BYTE},
		{"https://cb.example/cb?x=/../y//z", REDIRECT_URI_OK},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_a010_names_of_other_scripts(void **state)
{
	static const struct row rows[] = {
		{"https://cb\xE3\x80\x82"
		 "example/",
			REDIRECT_URI_BAD_BYTE}, /* full-width dot */
		{"https://\xD1\x81"
		 "b.example/",
			REDIRECT_URI_BAD_BYTE}, /* Cyrillic */
		{"https://c\xC2\xAD"
		 "b.example/",
			REDIRECT_URI_BAD_BYTE}, /* soft hyphen */
		{"https://cb%E3%80%82example/", REDIRECT_URI_BAD_HOST},
		{"https://xn--bcher-kva.example/", REDIRECT_URI_OK},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_a011_hosts(void **state)
{
	static const struct row rows[] = {
		{"http://127.1/", REDIRECT_URI_BAD_HOST},
		{"http://0x7f.1/", REDIRECT_URI_BAD_HOST},
		{"http://2130706433/", REDIRECT_URI_BAD_HOST},
		{"http://0x7f000001/", REDIRECT_URI_BAD_HOST},
		{"http://cb.0x/", REDIRECT_URI_BAD_HOST},
		{"http://127.0.0.01/", REDIRECT_URI_BAD_HOST},
		{"http://0177.0.0.1/", REDIRECT_URI_BAD_HOST},
		{"http://256.0.0.1/", REDIRECT_URI_BAD_HOST},
		{"http://1.2.3.4.5/", REDIRECT_URI_BAD_HOST},
		{"http://cb.example.1/", REDIRECT_URI_BAD_HOST},
		{"http://localhost./", REDIRECT_URI_BAD_HOST},
		{"http://127.0.0.1./", REDIRECT_URI_BAD_HOST},
		{"http://.cb.example/", REDIRECT_URI_BAD_HOST},
		{"http://cb..example/", REDIRECT_URI_BAD_HOST},
		{"http://./", REDIRECT_URI_BAD_HOST},
		{"http://-cb.example/", REDIRECT_URI_BAD_HOST},
		{"http://cb-.example/", REDIRECT_URI_BAD_HOST},
		{"http://cb,evil.example/", REDIRECT_URI_BAD_HOST},
		{"http://cb%2eexample/", REDIRECT_URI_BAD_HOST},
		{"http://[::1/", REDIRECT_URI_BAD_HOST},
		{"http://::1/", REDIRECT_URI_BAD_HOST},
		{"http://[]/", REDIRECT_URI_BAD_HOST},
		{"http://[::1]x/", REDIRECT_URI_BAD_HOST},
		{"http://[::1%25eth0]/", REDIRECT_URI_BAD_HOST},
		{"http://[v1.x]/", REDIRECT_URI_BAD_HOST},
		{"http://[127.0.0.1]/", REDIRECT_URI_BAD_HOST},
		{"http://x[::1]/", REDIRECT_URI_BAD_HOST},
		{"http://[::ffff:127.0.0.1]/", REDIRECT_URI_OK},
		{"http://127.0.0.1.evil.com/", REDIRECT_URI_OK},
		{"http://a_b.example/", REDIRECT_URI_OK},
		{"http://1.example/", REDIRECT_URI_OK},
		{"http://intranet/", REDIRECT_URI_OK},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_a011_a012_what_counts_as_loopback(void **state)
{
	static const struct {
		const char *text;
		bool loopback;
	} rows[] = {
		{"http://127.0.0.1/", true},
		{"http://127.0.0.1:9000/", true},
		{"http://[::1]/", true},
		{"http://localhost/", true},
		{"https://127.0.0.1/", false},
		{"https://localhost/", false},
		{"http://127.0.0.2/", false},
		{"http://LOCALHOST/", false},
		{"http://localhost.evil.com/", false},
		{"http://127.0.0.1.evil.com/", false},
		{"http://[::ffff:127.0.0.1]/", false},
		{"http://[0:0:0:0:0:0:0:1]/", false},
		{"http://cb.example/", false},
		{"myapp://localhost/", false},
	};
	struct redirect_uri u;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(redirect_uri_parse(str_from(rows[i].text), &u), REDIRECT_URI_OK);
		assert_int_equal(u.is_loopback, rows[i].loopback);
	}
}

static void test_ports(void **state)
{
	static const struct row rows[] = {
		{"https://cb.example:0/", REDIRECT_URI_BAD_PORT},
		{"https://cb.example:1/", REDIRECT_URI_OK},
		{"https://cb.example:65535/", REDIRECT_URI_OK},
		{"https://cb.example:65536/", REDIRECT_URI_BAD_PORT},
		{"https://cb.example:4294967376/", REDIRECT_URI_BAD_PORT},
		{"https://cb.example:/", REDIRECT_URI_BAD_PORT},
		{"https://cb.example:080/", REDIRECT_URI_BAD_PORT},
		{"https://cb.example:+80/", REDIRECT_URI_BAD_PORT},
		{"https://cb.example:80:80/", REDIRECT_URI_BAD_PORT},
		{"https://cb.example:8o/", REDIRECT_URI_BAD_PORT},
		{"http://[::1]:/", REDIRECT_URI_BAD_PORT},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_a009_fragment(void **state)
{
	static const struct row rows[] = {
		{"https://cb.example/cb#", REDIRECT_URI_FRAGMENT},
		{"https://cb.example/cb?x#y", REDIRECT_URI_FRAGMENT},
		{"https://cb.example#", REDIRECT_URI_FRAGMENT},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_a013_schemes(void **state)
{
	static const char *const refused[] = {"javascript", "JavaScript", "data", "vbscript",
		"blob", "file", "about", "intent", "filesystem", "view-source", "ws", "wss", "ftp",
		"mailto", "urn"};
	char text[64];

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		snprintf(text, sizeof text, "%s:alert(1)", refused[i]);
		assert_int_equal(parse(str_from(text)), REDIRECT_URI_BAD_SCHEME);
		snprintf(text, sizeof text, "%s://cb.example/cb", refused[i]);
		assert_int_equal(parse(str_from(text)), REDIRECT_URI_BAD_SCHEME);
	}
	assert_int_equal(parse(STR("javascript2:/cb")), REDIRECT_URI_OK);
}

static void test_a018_wildcard_registration(void **state)
{
	static const struct row rows[] = {
		{"https://*.example/*", REDIRECT_URI_BAD_HOST},
		{"https://*/", REDIRECT_URI_BAD_HOST},
		{"https://cb*.example/", REDIRECT_URI_BAD_HOST},
		{"https://cb.example:*/", REDIRECT_URI_BAD_PORT},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_every_fault_has_words(void **state)
{
	(void)state;
	for (int f = REDIRECT_URI_OK; f <= REDIRECT_URI_BAD_PATH; f++)
		assert_true(strlen(redirect_uri_fault_text((enum redirect_uri_fault)f)) > 5);
}

static void test_plain_http_is_told(void **state)
{
	(void)state;
	assert_true(redirect_uri_is_plain_http(STR("http://app.example/cb")));
	assert_true(redirect_uri_is_plain_http(STR("HTTP://app.example/cb")));
	assert_false(redirect_uri_is_plain_http(STR("https://app.example/cb")));
	assert_false(redirect_uri_is_plain_http(STR("http://127.0.0.1/cb")));
	assert_false(redirect_uri_is_plain_http(STR("com.example.app:/cb")));
	assert_false(redirect_uri_is_plain_http(STR("/cb")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_http_is_told),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_private_use_schemes),
		cmocka_unit_test(test_a019_length),
		cmocka_unit_test(test_a003_user_info),
		cmocka_unit_test(test_a004_slash_confusions),
		cmocka_unit_test(test_a005_every_byte),
		cmocka_unit_test(test_a005_every_escape),
		cmocka_unit_test(test_a006_path_tricks),
		cmocka_unit_test(test_a009_fragment),
		cmocka_unit_test(test_a010_names_of_other_scripts),
		cmocka_unit_test(test_a011_hosts),
		cmocka_unit_test(test_a011_a012_what_counts_as_loopback),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_a013_schemes),
		cmocka_unit_test(test_a018_wildcard_registration),
		cmocka_unit_test(test_every_fault_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
