/* The hosts of a PostgreSQL URL, one of which is tried at a time. */
#include "../unit/unit.h"
#include "store/postgres.h"

static void test_hosts_of_a_url(void **state)
{
	static const struct {
		const char *url;
		unsigned n;
		const char *last_name, *last_address, *last_port;
	} rows[] = {
		{"postgres://llavero@/x", 0, "", "", ""},
		{"postgres://llavero@db/x", 1, "db", "", ""},
		{"postgres://llavero@a:1,b:2,c:3/x", 3, "c", "", "3"},
		{"postgres://llavero@a,b,c:7/x", 3, "c", "", "7"},
		{"postgres://llavero@a:7,b/x", 2, "b", "", ""},
		{"postgres:///x?host=/one,/two&port=7", 2, "/two", "", "7"},
		{"postgres:///x?hostaddr=10.0.0.1,10.0.0.2&host=a,b", 2, "b", "10.0.0.2", ""},
		{"postgres://[::1]:5,[::2]:6/x", 2, "::2", "", "6"},
		{"postgres://[", 0, "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct postgres_hosts hosts;
		char part[256];
		unsigned last;

		assert_true(postgres_hosts_read(&hosts, rows[i].url));
		assert_int_equal(hosts.n, rows[i].n);
		last = hosts.n ? hosts.n - 1 : 0;
		assert_string_equal(
			postgres_hosts_part(hosts.names, last, part), rows[i].last_name);
		assert_string_equal(
			postgres_hosts_part(hosts.addresses, last, part), rows[i].last_address);
		assert_string_equal(
			postgres_hosts_part(hosts.ports, last, part), rows[i].last_port);
		postgres_hosts_free(&hosts);
	}
}

static void test_parts_of_a_list(void **state)
{
	char part[256], longest[300];

	(void)state;
	assert_string_equal(postgres_hosts_part(NULL, 0, part), "");
	assert_string_equal(postgres_hosts_part("a", 5, part), "a");
	assert_string_equal(postgres_hosts_part("a,b", 0, part), "a");
	assert_string_equal(postgres_hosts_part("a,,c", 1, part), "");
	assert_string_equal(postgres_hosts_part("a,b,", 2, part), "");
	/* longer than any name: as if it were not there */
	memset(longest, 'x', sizeof longest);
	longest[255] = '\0';
	assert_int_equal(strlen(postgres_hosts_part(longest, 0, part)), 255);
	longest[255] = 'x';
	longest[256] = '\0';
	assert_string_equal(postgres_hosts_part(longest, 0, part), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts_of_a_url),
		cmocka_unit_test(test_parts_of_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
