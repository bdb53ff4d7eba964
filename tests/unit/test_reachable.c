#include "server/reachable.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "server/listen.h"
#include "unit.h"

static bool four(const char *text)
{
	struct sockaddr_in at = {.sin_family = AF_INET};

	assert_int_equal(inet_pton(AF_INET, text, &at.sin_addr), 1);
	return address_is_public((const struct sockaddr *)(const void *)&at);
}

static bool six(const char *text)
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6};

	assert_int_equal(inet_pton(AF_INET6, text, &at.sin6_addr), 1);
	return address_is_public((const struct sockaddr *)(const void *)&at);
}

/* Each range at both of its ends, and the addresses beside them. */
static void test_ipv4(void **state)
{
	static const char *const private[] = {"0.0.0.0", "0.255.255.255", "10.0.0.0",
		"10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255",
		"169.254.0.0", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0",
		"192.168.255.255"};
	static const char *const public[] = {"1.0.0.0", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255",
		"169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
		"8.8.8.8", "203.0.113.9", "255.255.255.255"};

	(void)state;
	for (size_t i = 0; i < COUNT(private); i++)
		assert_false(four(private[i]));
	for (size_t i = 0; i < COUNT(public); i++)
		assert_true(four(public[i]));
}

static void test_ipv6(void **state)
{
	static const char *const private[] = {"::", "::1", "fe80::1", "febf::1",
		"fc00::", "fdff:ffff::1", "::ffff:127.0.0.1", "::ffff:192.168.1.1",
		"::ffff:0.0.0.0"};
	static const char *const public[] = {"::2", "2001:db8::1", "2606:4700::1", "fbff::1",
		"fe00::1", "fec0::1", "64:ff9b::a00:1", "::ffff:8.8.8.8", "ff02::1"};

	(void)state;
	for (size_t i = 0; i < COUNT(private); i++)
		assert_false(six(private[i]));
	for (size_t i = 0; i < COUNT(public); i++)
		assert_true(six(public[i]));
}

static void test_another_family_is_public(void **state)
{
	const struct sockaddr at = {.sa_family = AF_UNIX};

	(void)state;
	assert_true(address_is_public(&at));
}

static void test_hosts(void **state)
{
	static const char *const private[] = {"localhost", "LOCALHOST", "localhost.", "a.localhost",
		"llavero", "llavero_1", "latest", "id.test", "test", "a.b.example", "example.com",
		"id.example.org", "Example.NET", "db.internal", "printer.local", "nas.home.arpa",
		"home.arpa", "127.0.0.1", "10.1.2.3", "[::1]", "[fd00::1]", "[::ffff:10.0.0.1]",
		"0.0.0.0", "[::]"};
	static const char *const public[] = {"id.example.dev", "llavero.dev", "test.com",
		"notexample.com", "example.com.evil.net", "local.host", "arpa.home", "xhome.arpa",
		"8.8.8.8", "[2606:4700::1]", "", "127.1", "0x7f.1", "2130706433", "[::1", "::1",
		"[]", "a..test", "-.test", "\xC3\xA9.test", "localhost..", "[127.0.0.1]"};

	(void)state;
	for (size_t i = 0; i < COUNT(private); i++)
		if (host_is_public(str_from(private[i])))
			fail_msg("'%s' is public", private[i]);
	for (size_t i = 0; i < COUNT(public); i++)
		if (!host_is_public(str_from(public[i])))
			fail_msg("'%s' is not public", public[i]);
	assert_true(host_is_public(STR_NONE));
}

static void test_the_host_of_a_url(void **state)
{
	static const struct {
		const char *url, *host;
	} rows[] = {{"http://localhost", "localhost"}, {"http://localhost:9292", "localhost"},
		{"https://id.example.dev/path:1", "id.example.dev"},
		{"http://[::1]:9292/x", "[::1]"}, {"http://[::1]", "[::1]"},
		{"http://localhost@id.example.dev", "id.example.dev"},
		{"http://localhost:80@id.example.dev:90/@localhost", "id.example.dev"},
		{"http://", ""}, {"http://:80", ""}, {"http://[::1", "[::1"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_str(host_of_url(str_from(rows[i].url)), rows[i].host);
}

static void test_where_a_server_listens(void **state)
{
	static const char *const private[] = {"127.0.0.1:0", "[::1]:9292", "10.0.0.1:80",
		"[fd00::1]:80", "localhost:0", "nonsense", "", "127.0.0.1:99999"};

	(void)state;
	for (size_t i = 0; i < COUNT(private); i++)
		assert_false(listen_is_public(private[i]));
	assert_true(listen_is_public("8.8.8.8:80"));
	assert_true(listen_is_public("[2606:4700::1]:80"));
	assert_int_equal(listen_is_public("0.0.0.0:80"), interfaces_are_public(AF_INET));
	assert_int_equal(listen_is_public("[::]:80"), interfaces_are_public(AF_INET6));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv4),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_another_family_is_public),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_the_host_of_a_url),
		cmocka_unit_test(test_where_a_server_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
