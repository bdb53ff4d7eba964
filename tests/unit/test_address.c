/* assurance A144: every special-use range, its first and last address, and the neighbours of it;
 * the spellings of hosts that never reach the classifier. */
#include <arpa/inet.h>

#include "core/address.h"
#include "core/client_url.h"
#include "unit.h"

static bool special(const char *text)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1)
		return ipv4_is_special(bytes);
	assert_int_equal(inet_pton(AF_INET6, text, bytes), 1);
	return ipv6_is_special(bytes);
}

static void test_A144_every_special_range_and_no_neighbour(void **state)
{
	/* first, last, and the public address before and behind, where there is one */
	static const struct {
		const char *first, *last, *before, *behind;
	} rows[] = {
		{"0.0.0.0", "0.255.255.255", NULL, "1.0.0.0"},
		{"10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
		{"100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"},
		{"127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"},
		{"169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"},
		{"172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
		{"192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"},
		{"192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
		{"192.31.196.0", "192.31.196.255", "192.31.195.255", "192.31.197.0"},
		{"192.52.193.0", "192.52.193.255", "192.52.192.255", "192.52.194.0"},
		{"192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"},
		{"192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"},
		{"192.175.48.0", "192.175.48.255", "192.175.47.255", "192.175.49.0"},
		{"198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"},
		{"198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"},
		{"203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"},
		{"224.0.0.0", "239.255.255.255", "223.255.255.255", NULL},
		{"240.0.0.0", "255.255.255.255", NULL, NULL},
		/* unspecified, loopback, mapped, compatible, NAT64, discard: all below 2000:: */
		{"::", "::1", NULL, NULL},
		{"::ffff:0:0", "::ffff:ffff:ffff", NULL, NULL},
		{"::127.0.0.1", "::8.8.8.8", NULL, NULL},
		{"64:ff9b::", "64:ff9b::ffff:ffff", NULL, NULL},
		{"64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", NULL, NULL},
		{"100::", "100::ffff:ffff:ffff:ffff", NULL, NULL},
		{"1fff:ffff::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "2000::"},
		{"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
			"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
		{"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
			"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
		{"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
			"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
		{"2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
			"2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::"},
		{"3ffe::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
			"3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
		{"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, "3fff:1000::"},
		{"4000::", "5f00::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL},
		{"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL},
		{"fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL},
		{"fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL},
		{"ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(special(rows[i].first));
		assert_true(special(rows[i].last));
		if (rows[i].before)
			assert_false(special(rows[i].before));
		if (rows[i].behind)
			assert_false(special(rows[i].behind));
	}
}

static void test_A144_a_public_address_within_another_stays_special(void **state)
{
	static const char *const carried[] = {"::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
		"2002:808:808::", "2001:0:808:808::", "::ffff:169.254.169.254"};

	(void)state;
	for (size_t i = 0; i < COUNT(carried); i++)
		assert_true(special(carried[i]));
}

static void test_public_addresses(void **state)
{
	static const char *const good[] = {"8.8.8.8", "1.1.1.1", "93.184.216.34",
		"2606:4700:4700::1111", "2a00:1450:4001:80e::200e", "2400:cb00::1"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_false(special(good[i]));
}

static void test_loopback(void **state)
{
	static const uint8_t one[4] = {127, 0, 0, 1}, two[4] = {127, 255, 1, 2}, no[4] = {128};
	static const uint8_t six[16] = {[15] = 1},
			     mapped[16] = {[10] = 255, [11] = 255, [12] = 127};

	(void)state;
	assert_true(ipv4_is_loopback(one) && ipv4_is_loopback(two) && !ipv4_is_loopback(no));
	assert_true(ipv6_is_loopback(six) && !ipv6_is_loopback(mapped));
}

static void test_names_of_this_machine_and_network(void **state)
{
	static const char *const local[] = {"localhost", "LOCALHOST", "localhost.", "a.localhost",
		"a.b.LocalHost.", "printer", "printer.local", "metadata.google.internal",
		"box.home.arpa", "nas.lan", "x.localdomain", ""};
	static const char *const others[] = {"client.example", "localhost.example", "a.notlocal",
		"internal.example", "example.com."};

	(void)state;
	for (size_t i = 0; i < COUNT(local); i++)
		assert_true(host_is_local_name(str_from(local[i])));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(host_is_local_name(str_from(others[i])));
}

/* A149 */
static void test_MCP_07_client_urls(void **state)
{
	static const struct {
		const char *text;
		enum client_url_fault fault;
	} rows[] = {
		{"https://client.example/metadata.json", CLIENT_URL_OK},
		{"https://client.example/", CLIENT_URL_OK},
		{"https://client.example:8443/a/b", CLIENT_URL_OK},
		{"https://CLIENT.example/a", CLIENT_URL_OK},
		{"https://client.example", CLIENT_URL_NO_PATH},
		{"https://client.example?a=b", CLIENT_URL_NO_PATH},
		{"https://client.example/?a=b", CLIENT_URL_QUERY},
		{"https://client.example/a?", CLIENT_URL_QUERY},
		{"https://client.example/a#b", CLIENT_URL_FORM},
		{"https://user@client.example/a", CLIENT_URL_FORM},
		{"https://user:pw@client.example/a", CLIENT_URL_FORM},
		{"https://client.example/a/../b", CLIENT_URL_FORM},
		{"https://client.example/a/./b", CLIENT_URL_FORM},
		{"https://client.example/a/%2e%2e/b", CLIENT_URL_FORM},
		{"https://client.example/a/%2E/b", CLIENT_URL_FORM},
		{"https://client.example/a\\b", CLIENT_URL_FORM},
		{"https:///a", CLIENT_URL_FORM},
		{"https:/client.example/a", CLIENT_URL_FORM},
		{"https:client.example/a", CLIENT_URL_FORM},
		{"https://client.example /a", CLIENT_URL_FORM},
		{"https://client.example./a", CLIENT_URL_FORM},         /* a dot at the end */
		{"https://client.\xC3\xAD.example/a", CLIENT_URL_FORM}, /* IDN as Unicode */
		{"https://xn--clent-8va.example/a", CLIENT_URL_OK},
		{"https://2130706433/a", CLIENT_URL_FORM}, /* 127.0.0.1, in decimal */
		{"https://0x7f000001/a", CLIENT_URL_FORM}, /* in hexadecimal */
		{"https://0x7f.1/a", CLIENT_URL_FORM},
		{"https://0177.0.0.1/a", CLIENT_URL_FORM},  /* in octal */
		{"https://127.1/a", CLIENT_URL_FORM},       /* cut short */
		{"https://127.0.0.1.nip/a", CLIENT_URL_OK}, /* a name; its addresses are checked */
		{"https://127.0.0.1/a", CLIENT_URL_OK},     /* so is this one */
		{"https://[::ffff:127.0.0.1]/a", CLIENT_URL_OK},
		{"https://[fe80::1%25eth0]/a", CLIENT_URL_FORM},
		{"https://client.example:22/a", CLIENT_URL_PORT},
		{"https://client.example:443/a", CLIENT_URL_OK},
		{"https://client.example:0/a", CLIENT_URL_FORM},
		{"https://client.example:65536/a", CLIENT_URL_FORM},
		{"http://client.example/a", CLIENT_URL_SCHEME},
		{"http://127.0.0.1:8080/a", CLIENT_URL_SCHEME},
		{"HTTPS://client.example/a", CLIENT_URL_SCHEME},
		{"gopher://client.example/a", CLIENT_URL_FORM},
		{"file:///etc/passwd", CLIENT_URL_FORM},
	};
	struct redirect_uri out;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (client_url_parse(str_from(rows[i].text), false, &out) != rows[i].fault)
			fail_msg("%s", rows[i].text);
	assert_int_equal(
		client_url_parse(STR("http://127.0.0.1:8080/a"), true, &out), CLIENT_URL_OK);
	assert_int_equal(client_url_parse(STR("http://10.0.0.1/a"), true, &out), CLIENT_URL_SCHEME);
}

static void test_lengths_of_client_ids(void **state)
{
	struct arena *a = *state;
	struct str url = str_printf(a, "https://c.example/%s", repeated(a, 'a', 1006).p), longer;
	struct redirect_uri out;

	longer = str_printf(a, "%sa", url.p);
	assert_int_equal(url.n, 1024);
	assert_int_equal(client_url_parse(url, false, &out), CLIENT_URL_OK);
	assert_int_equal(client_url_parse(longer, false, &out), CLIENT_URL_TOO_LONG);
	assert_true(client_id_fits(url) && !client_id_fits(longer));
	assert_true(
		client_id_fits(repeated(a, 'a', 255)) && !client_id_fits(repeated(a, 'a', 256)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_A144_every_special_range_and_no_neighbour),
		cmocka_unit_test(test_A144_a_public_address_within_another_stays_special),
		cmocka_unit_test(test_public_addresses),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_names_of_this_machine_and_network),
		cmocka_unit_test(test_MCP_07_client_urls),
		test_with_arena(test_lengths_of_client_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
