/* MCP-08: good documents are kept by HTTP's rules, within bounds. RFC 9111 4.2.1 and 5.3. */
#include "core/http_cache.h"
#include "unit.h"

static void test_MCP_08_how_long_a_document_is_fresh(void **state)
{
	static const struct {
		const char *cache_control, *age, *expires;
		int64_t seconds;
	} rows[] = {
		{NULL, NULL, NULL, 3600},
		{"", NULL, NULL, 3600},
		{"public", NULL, NULL, 3600},
		{"max-age=600", NULL, NULL, 600},
		{"MAX-AGE=600", NULL, NULL, 600},
		{"public,max-age=600", NULL, NULL, 600},
		{"public , max-age = 600 ", NULL, NULL, 600},
		{"max-age=\"600\"", NULL, NULL, 600},
		{"max-age=600, s-maxage=300", NULL, NULL, 300},
		{"max-age=600", "100", NULL, 500},
		{"max-age=600", "1000", NULL, 60},
		{"max-age=600", "x", NULL, 600},
		{"max-age=0", NULL, NULL, 60},
		{"max-age=59", NULL, NULL, 60},
		{"max-age=60", NULL, NULL, 60},
		{"max-age=61", NULL, NULL, 61},
		{"max-age=86400", NULL, NULL, 86400},
		{"max-age=86401", NULL, NULL, 86400},
		{"max-age=999999999999999999", NULL, NULL, 86400},
		{"max-age=9999999999999999999999", NULL, NULL, 60},
		{"max-age=-1", NULL, NULL, 60},
		{"max-age=x", NULL, NULL, 60},
		{"max-age", NULL, NULL, 60},
		{"no-store", NULL, NULL, 60},
		{"no-store, max-age=600", NULL, NULL, 60},
		{"max-age=600, no-cache", NULL, NULL, 60},
		{NULL, NULL, "Sun, 06 Nov 1994 08:59:37 GMT", 600},
		{NULL, NULL, "Sun, 06 Nov 1994 08:49:36 GMT", 60},
		{NULL, NULL, "Mon, 07 Nov 1994 09:49:37 GMT", 86400},
		{NULL, NULL, "0", 60},
		{NULL, NULL, "Sun, 06 Nvo 1994 08:59:37 GMT", 60},
		{NULL, NULL, "Sun, 06 Nov 1994 08:59:37 UTC", 60},
		{"max-age=600", NULL, "0", 600},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct http_freshness f = {str_from(rows[i].cache_control),
			str_from(rows[i].age), str_from(rows[i].expires),
			STR("Sun, 06 Nov 1994 08:49:37 GMT")};

		if (http_fresh_for(&f, 60, 86400, 3600) != rows[i].seconds)
			fail_msg(
				"row %zu: %lld", i, (long long)http_fresh_for(&f, 60, 86400, 3600));
	}
}

static void test_an_expiry_without_a_date_is_over(void **state)
{
	const struct http_freshness f = {
		STR_NONE, STR_NONE, STR("Sun, 06 Nov 1994 08:59:37 GMT"), STR_NONE};

	(void)state;
	assert_int_equal(http_fresh_for(&f, 60, 86400, 3600), 60);
}

static void test_a_server_whose_clock_begins(void **state)
{
	const struct http_freshness f = {STR_NONE, STR_NONE, STR("Thu, 01 Jan 1970 00:10:00 GMT"),
		STR("Thu, 01 Jan 1970 00:00:00 GMT")};

	(void)state;
	assert_int_equal(http_fresh_for(&f, 60, 86400, 3600), 600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_MCP_08_how_long_a_document_is_fresh),
		cmocka_unit_test(test_an_expiry_without_a_date_is_over),
		cmocka_unit_test(test_a_server_whose_clock_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
