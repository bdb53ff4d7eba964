/* From a name to its addresses: what the system says of it, in a script of ours. */
#include <arpa/inet.h>
#include <netdb.h>
#include <semaphore.h>

#include "flow/resolve.h"
#include "unit.h"

enum { MOST = 20, TIME_MS = 60000 };

static struct {
	int code;
	size_t n;
	_Atomic bool freed, late;
	sem_t go;
	struct addrinfo list[MOST];
	struct sockaddr_in v4[MOST];
	struct sockaddr_in6 v6[MOST];
} script;

int getaddrinfo(
	const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **list)
{
	/* on another thread, where nothing may be asserted */
	if (service || strcmp(host, "client.example") != 0 || hints->ai_socktype != SOCK_STREAM)
		return EAI_FAIL;
	if (script.late)
		sem_wait(&script.go);
	if (script.code == 0)
		*list = script.list;
	return script.code;
}

void freeaddrinfo(struct addrinfo *list)
{
	script.freed = list == script.list;
}

static void add(int family, const char *text)
{
	size_t n = script.n++;
	struct addrinfo *to = &script.list[n];

	*to = (struct addrinfo){.ai_family = family};
	if (n)
		script.list[n - 1].ai_next = to;
	if (family == AF_INET6) {
		assert_int_equal(inet_pton(AF_INET6, text, &script.v6[n].sin6_addr), 1);
		to->ai_addr = (struct sockaddr *)&script.v6[n];
	} else {
		assert_int_equal(inet_pton(AF_INET, text, &script.v4[n].sin_addr), 1);
		to->ai_addr = (struct sockaddr *)&script.v4[n];
	}
}

static bool resolve(struct resolved *out)
{
	return resolve_host("client.example", TIME_MS, out);
}

static void test_A145_addresses_of_both_families(void **state)
{
	struct resolved got;

	(void)state;
	script.code = 0;
	script.n = 0;
	add(AF_INET, "192.0.2.1");
	add(AF_UNIX, "192.0.2.9"); /* of no family that is connected to */
	add(AF_INET6, "2001:db8::1");
	assert_true(resolve(&got));
	assert_true(script.freed);
	assert_int_equal(got.n, 2);
	assert_false(got.v[0].v6);
	assert_string_equal(got.v[0].text, "192.0.2.1");
	assert_memory_equal(got.v[0].bytes, "\300\0\2\1", 4);
	assert_true(got.v[1].v6);
	assert_string_equal(got.v[1].text, "2001:db8::1");
	assert_memory_equal(got.v[1].bytes, &script.v6[2].sin6_addr, 16);
	assert_false(got.more);
}

static void test_A145_more_than_anybody_needs(void **state)
{
	struct resolved got;

	(void)state;
	script.code = 0;
	script.n = 0;
	for (int i = 0; i < RESOLVED_MOST; i++)
		add(AF_INET, "192.0.2.1");
	assert_true(resolve(&got));
	assert_int_equal(got.n, RESOLVED_MOST);
	assert_false(got.more);
	add(AF_INET, "10.0.0.1");
	assert_true(resolve(&got));
	assert_int_equal(got.n, RESOLVED_MOST);
	assert_true(got.more);
}

/* A225: a machine that lacks something is told from a name that has no address. */
static void test_A225_why_there_is_none(void **state)
{
	static const struct {
		int code;
		bool lacking;
	} rows[] = {
		{EAI_NONAME, false}, {EAI_AGAIN, false}, {EAI_MEMORY, true}, {EAI_SYSTEM, true}};
	struct resolved got;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		script.code = rows[i].code;
		assert_false(resolve(&got));
		assert_int_equal(got.n, 0);
		assert_int_equal(got.lacking, rows[i].lacking);
	}
}

/* Who asked goes on when its time is over; the answer that comes later is nobody's. */
static void test_A150_nobody_waits_for_a_slow_resolver(void **state)
{
	struct resolved got;

	(void)state;
	sem_init(&script.go, 0, 0);
	script.code = 0;
	script.n = 0;
	add(AF_INET, "192.0.2.1");
	script.late = true;
	assert_false(resolve_host("client.example", 0, &got));
	assert_int_equal(got.n, 0);
	assert_false(got.lacking);
	sem_post(&script.go);
	/* another one is asked as if nothing had been */
	sem_post(&script.go);
	assert_true(resolve(&got));
	assert_string_equal(got.v[0].text, "192.0.2.1");
	script.late = false;
}

static void test_a_name_that_is_longer_than_names_are(void **state)
{
	struct resolved got;

	assert_false(resolve_host(repeated(*state, 'x', 256).p, TIME_MS, &got));
	assert_int_equal(got.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_A145_addresses_of_both_families),
		cmocka_unit_test(test_A145_more_than_anybody_needs),
		cmocka_unit_test(test_A225_why_there_is_none),
		cmocka_unit_test(test_A150_nobody_waits_for_a_slow_resolver),
		test_with_arena(test_a_name_that_is_longer_than_names_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
