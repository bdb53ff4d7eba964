#include "base/random.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/crypto.h"

void random_init(struct random *r)
{
	memset(r, 0, sizeof *r);
}

bool random_seed(struct random *r, const uint8_t seed[32])
{
#ifdef LLAVERO_RELEASE
	(void)r;
	(void)seed;
	return false;
#else
	random_init(r);
	r->seeded = true;
	memcpy(r->seed, seed, sizeof r->seed);
	return true;
#endif
}

static void fill_from_kernel(uint8_t *out, size_t n)
{
	while (n > 0) {
		ssize_t got = getrandom(out, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort();
		out += got;
		n -= (size_t)got;
	}
}

static void refill(struct random *r)
{
	if (r->seeded) {
		uint8_t nonce[crypto_stream_chacha20_NONCEBYTES] = {0};

		memcpy(nonce, &r->block, sizeof r->block);
		r->block++;
		crypto_stream_chacha20(r->pool, sizeof r->pool, nonce, r->seed);
	} else {
		fill_from_kernel(r->pool, sizeof r->pool);
	}
	r->left = sizeof r->pool;
}

void random_bytes(struct random *r, void *out, size_t n)
{
	uint8_t *to = out;

	while (n > 0) {
		if (r->left == 0)
			refill(r);
		size_t take = n < r->left ? n : r->left;
		uint8_t *from = r->pool + (sizeof r->pool - r->left);

		memcpy(to, from, take);
		wipe(from, take);
		r->left -= take;
		to += take;
		n -= take;
	}
}

uint32_t random_below(struct random *r, uint32_t bound)
{
	uint32_t least = -bound % bound; /* values under this would favour small results */
	uint32_t value;

	do {
		random_bytes(r, &value, sizeof value);
	} while (value < least);
	return value % bound;
}
