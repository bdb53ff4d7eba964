#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fail.h"
#include "unit.h"

#ifdef LLAVERO_RELEASE
static void test_release_builds_refuse(void **state)
{
	(void)state;
	assert_true(fail_configure(NULL) && fail_configure(""));
	assert_false(fail_configure("a:1") || fail_is_configured());
	assert_false(FAIL_AT("a"));
	assert_int_equal(fail_passages("a"), 0);
}
#else

/* Which of the first eight passages of `name` fail, as "..x.....". */
static void assert_pattern(const char *spec, const char *name, const char *expected)
{
	char pattern[9] = "";

	assert_true(fail_configure(spec));
	for (size_t i = 0; i < 8; i++)
		pattern[i] = FAIL_AT(name) ? 'x' : '.';
	assert_string_equal(pattern, expected);
	fail_configure(NULL);
}

static void test_once_and_for_ever(void **state)
{
	(void)state;
	assert_false(fail_is_configured());
	assert_true(fail_configure("a:1") && fail_is_configured());
	assert_pattern("a:1", "a", "x.......");
	assert_pattern("a:3", "a", "..x.....");
	assert_pattern("a:3+", "a", "..xxxxxx");
	assert_pattern("a:1+", "a", "xxxxxxxx");
	assert_pattern("a:9", "a", "........");
	assert_pattern("a:1", "b", "........");
	assert_pattern("a:1", "aa", "........");
	assert_pattern("aa:1", "a", "........");
	assert_pattern("b:1,a.b-c:2,c:1", "a.b-c", ".x......");
}

static void test_passages(void **state)
{
	(void)state;
	assert_true(fail_configure("a:2,b:1"));
	for (size_t i = 0; i < 5; i++)
		fail_at("a");
	assert_int_equal(fail_passages("a"), 5);
	assert_int_equal(fail_passages("b"), 0);
	assert_int_equal(fail_passages("c"), 0);
	assert_true(fail_configure("a:2")); /* counts anew */
	assert_int_equal(fail_passages("a"), 0);
	assert_true(fail_configure(""));
	assert_false(fail_at("a"));
	assert_int_equal(fail_passages("a"), 0);
}

static void test_bad_specifications(void **state)
{
	static const char *const bad[] = {"a", "a:", ":1", "a:0", "a:-1", "a:x", "a:1x", "a:+",
		"a:!", "a:1+!", "a:1,", ",a:1", "a:1,,b:1", "a:1 ", "a:1:1", ",", ":"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_true(fail_configure("a:1+"));
		if (fail_configure(bad[i]))
			fail_msg("taken: %s", bad[i]);
		assert_false(fail_at("a")); /* nothing of it holds, nor what was there before */
	}
}

static void test_sizes(void **state)
{
	char spec[256];

	(void)state;
	for (size_t n = 46; n <= 48; n++) { /* a name has less than 48 bytes */
		memset(spec, 'x', n);
		memcpy(spec + n, ":1", 3);
		assert_int_equal(fail_configure(spec), n < 48);
	}
	for (size_t n = 15; n <= 17; n++) { /* at most 16 points */
		spec[0] = '\0';
		for (size_t i = 0; i < n; i++)
			snprintf(spec + strlen(spec), sizeof spec - strlen(spec), "%sp%zu:1",
				i ? "," : "", i);
		assert_int_equal(fail_configure(spec), n <= 16);
	}
	fail_configure(NULL);
}

static void test_kill(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		fail_configure("a:2!");
		if (fail_at("a"))
			_exit(1); /* the first passage is to go on */
		fail_at("a");
		_exit(2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void *pass(void *failures)
{
	for (size_t i = 0; i < 10000; i++)
		*(size_t *)failures += fail_at("a");
	return NULL;
}

static void test_threads_share_the_count(void **state)
{
	pthread_t threads[4];
	size_t failures[4] = {0}, sum = 0;

	(void)state;
	assert_true(fail_configure("a:20000"));
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, pass, &failures[i]), 0);
	for (size_t i = 0; i < COUNT(threads); i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		sum += failures[i];
	}
	assert_int_equal(sum, 1);
	assert_int_equal(fail_passages("a"), 40000);
	fail_configure(NULL);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef LLAVERO_RELEASE
		cmocka_unit_test(test_release_builds_refuse),
#else
		cmocka_unit_test(test_once_and_for_ever),
		cmocka_unit_test(test_passages),
		cmocka_unit_test(test_bad_specifications),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_kill),
		cmocka_unit_test(test_threads_share_the_count),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
