#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fail.h"
#include "unit.h"

/* Does `n` bytes from a fresh arena of `cap` reach the escape point? */
static bool escapes(size_t cap, size_t count, size_t size)
{
	struct arena a;
	jmp_buf out;
	volatile bool escaped = true;

	arena_init(&a, cap);
	a.escape = &out;
	if (setjmp(out) == 0) {
		assert_non_null(arena_array(&a, count, size));
		escaped = false;
	}
	arena_release(&a);
	return escaped;
}

static void test_cap(void **state)
{
	(void)state;
	assert_false(escapes(1000, 1, 999));
	assert_false(escapes(1000, 1, 1000));
	assert_true(escapes(1000, 1, 1001));
	assert_false(escapes(0, 1, 0));
	assert_true(escapes(0, 1, 1));
	assert_false(escapes(1 << 20, 1, 1 << 20)); /* larger than a chunk */
	assert_true(escapes(1 << 20, 1, (1 << 20) + 1));
	assert_true(escapes(1 << 20, 1, SIZE_MAX));
	assert_true(escapes(1 << 20, 1, SIZE_MAX - 14)); /* rounding up would wrap */
}

/* A226 */
static void test_array_overflow(void **state)
{
	(void)state;
	assert_true(escapes(1 << 20, SIZE_MAX / 8 + 2, 8)); /* 8 * count wraps to 8 */
	assert_true(escapes(1 << 20, SIZE_MAX, SIZE_MAX));
	assert_false(escapes(1 << 20, 0, SIZE_MAX));
	assert_false(escapes(64, 8, 8));
	assert_true(escapes(64, 9, 8));
}

static void test_cap_counts_all_allocations(void **state)
{
	struct arena a;
	jmp_buf out;
	volatile size_t n = 0;

	(void)state;
	arena_init(&a, 100000);
	a.escape = &out;
	if (setjmp(out) == 0)
		for (;; n = n + 1)
			arena_alloc(&a, 100);
	assert_int_equal(n, 1000);
	assert_int_equal(a.used, 100000);
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	assert_non_null(arena_alloc(&a, 100000));
	arena_release(&a);
}

static void test_memory_is_zeroed_aligned_and_apart(void **state)
{
	struct arena *a = *state;
	static const char zeros[5000];
	unsigned char *last = NULL;
	size_t last_n = 0;

	for (int round = 0; round < 2; round++) {
		for (size_t n = 0; n < 5000; n += 37) {
			unsigned char *p = arena_alloc(a, n);

			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			assert_memory_equal(p, zeros, n);
			assert_true(!last || p >= last + last_n || p + n <= last);
			memset(p, 0xAA, n);
			last = p;
			last_n = n;
		}
		arena_reset(a);
		last = NULL;
	}
}

static void test_reset_wipes_what_it_keeps(void **state)
{
	struct arena *a = *state;
	char *p = arena_alloc(a, 64);

	memcpy(p, "secret", 6);
	arena_alloc(a, 100000); /* a chunk that is given back */
	arena_reset(a);
	assert_ptr_equal(arena_alloc(a, 64), p); /* the first chunk was kept */
	arena_reset(a);
	memset(arena_alloc(a, 64), 'x', 64);
	arena_reset(a);
	for (size_t i = 0; i < 64; i++)
		assert_int_equal(p[i], 0);
}

static char order[8];
static size_t order_n;

static void note(void *what)
{
	order[order_n++] = *(const char *)what;
}

static void test_releases_run_in_reverse_order(void **state)
{
	struct arena *a = *state;
	char *letters = arena_alloc(a, 3);

	memcpy(letters, "abc", 3);
	for (size_t i = 0; i < 3; i++)
		arena_defer(a, note, &letters[i]);
	arena_reset(a);
	assert_memory_equal(order, "cba", 3);
	assert_int_equal(order_n, 3);
	arena_reset(a); /* once only */
	assert_int_equal(order_n, 3);
	static char d = 'd';

	arena_defer(a, note, &d);
	arena_release(a);
	assert_int_equal(order_n, 4);
	assert_int_equal(order[3], 'd');
	assert_non_null(arena_alloc(a, 1)); /* usable again */
}

static void test_without_escape_it_aborts(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		struct arena a;

		signal(SIGABRT, SIG_DFL);
		arena_init(&a, 10);
		arena_alloc(&a, 11);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

/* A225 */
static void test_failed_malloc_escapes(void **state)
{
	(void)state;
#ifdef LLAVERO_RELEASE
	assert_false(fail_configure("arena.alloc:1"));
#else
	assert_true(fail_configure("arena.alloc:1"));
	assert_true(escapes(1 << 20, 1, 10));
	assert_false(escapes(1 << 20, 1, 10));
	fail_configure(NULL);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_array_overflow),
		cmocka_unit_test(test_cap_counts_all_allocations),
		test_with_arena(test_memory_is_zeroed_aligned_and_apart),
		test_with_arena(test_reset_wipes_what_it_keeps),
		test_with_arena(test_releases_run_in_reverse_order),
		cmocka_unit_test(test_without_escape_it_aborts),
		cmocka_unit_test(test_failed_malloc_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
