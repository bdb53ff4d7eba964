#include "base/random.h"
#include "unit.h"

static void test_kernel_bytes(void **state)
{
	static const uint8_t zeros[64];
	struct random r, s;
	uint8_t a[64], b[64];

	(void)state;
	random_init(&r);
	random_init(&s);
	random_bytes(&r, a, sizeof a);
	random_bytes(&s, b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	random_bytes(&r, b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	assert_memory_not_equal(a, zeros, sizeof a);
	random_bytes(&r, a, 0);
}

/* What was handed out is no longer in the pool. */
static void test_pool_forgets(void **state)
{
	struct random r;
	uint8_t out[200];

	(void)state;
	random_init(&r);
	random_bytes(&r, out, sizeof out);
	assert_int_equal(r.left, sizeof r.pool - sizeof out);
	for (size_t i = 0; i < sizeof out; i++)
		assert_int_equal(r.pool[i], 0);
}

static void test_every_byte_value_comes(void **state)
{
	struct random r;
	uint8_t out[16384];
	unsigned counts[256] = {0};

	(void)state;
	random_init(&r);
	random_bytes(&r, out, sizeof out);
	for (size_t i = 0; i < sizeof out; i++)
		counts[out[i]]++;
	for (size_t i = 0; i < 256; i++) /* 64 expected; outside 8..160 once in 10^20 runs */
		assert_in_range(counts[i], 8, 160);
}

static void test_below(void **state)
{
	struct random r;
	unsigned counts[62] = {0};
	unsigned upper = 0;

	(void)state;
	random_init(&r);
	for (size_t i = 0; i < 62 * 500; i++) {
		uint32_t v = random_below(&r, 62);

		assert_in_range(v, 0, 61);
		counts[v]++;
	}
	for (size_t i = 0; i < 62; i++)
		assert_in_range(counts[i], 250, 750);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(random_below(&r, 1), 0);
	/* A plain remainder would give the lower third of 3 * 2^30 half of all draws. */
	for (size_t i = 0; i < 3000; i++)
		upper += random_below(&r, 3U << 30) >= 1U << 30;
	assert_in_range(upper, 1800, 2200);
	for (size_t i = 0; i < 100; i++)
		assert_in_range(random_below(&r, UINT32_MAX), 0, UINT32_MAX - 1);
}

static void test_seeded(void **state)
{
	struct random r, s;
	uint8_t seed[32] = {1, 2, 3}, whole[2000], pieces[2000];

	(void)state;
	random_init(&r);
#ifdef LLAVERO_RELEASE
	assert_false(random_seed(&r, seed));
	assert_false(r.seeded);
	(void)s;
	(void)whole;
	(void)pieces;
#else
	assert_true(random_seed(&r, seed) && random_seed(&s, seed));
	random_bytes(&r, whole, sizeof whole);
	for (size_t at = 0, n = 0; at < sizeof pieces; at += n, n = n % 41 + 1)
		random_bytes(&s, pieces + at, n < sizeof pieces - at ? n : sizeof pieces - at);
	assert_memory_equal(whole, pieces, sizeof whole);
	assert_memory_not_equal(whole, whole + 512, 512); /* blocks differ */
	seed[31] = 1;
	assert_true(random_seed(&s, seed));
	random_bytes(&s, pieces, sizeof pieces);
	assert_memory_not_equal(whole, pieces, 64);
	/* Seeding starts afresh, whatever was drawn before. */
	seed[31] = 0;
	assert_true(random_seed(&s, seed));
	random_bytes(&s, pieces, sizeof pieces);
	assert_memory_equal(whole, pieces, sizeof whole);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel_bytes),
		cmocka_unit_test(test_pool_forgets),
		cmocka_unit_test(test_every_byte_value_comes),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_seeded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
