/* The one source of randomness. Production: the kernel's generator, read in blocks. Tests may
 * seed it to get the same bytes again; release builds refuse to be seeded. */
#ifndef LLAVERO_BASE_RANDOM_H
#define LLAVERO_BASE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Not shared between threads: each worker has its own. */
struct random {
	bool seeded;
	uint8_t seed[32];
	uint64_t block;    /* next block number of the seeded stream */
	uint8_t pool[512]; /* bytes read ahead; wiped as they are used */
	size_t left;
};

void random_init(struct random *r);
/* A reproducible stream (ChaCha20 keyed by `seed`). Returns false, and changes nothing, in a
 * release build. */
bool random_seed(struct random *r, const uint8_t seed[32]);
/* Fills `out` with `n` bytes. Aborts the process when the kernel gives none: a weak secret is
 * worse than none. */
void random_bytes(struct random *r, void *out, size_t n);
/* Uniform in [0, bound), bound > 0. */
uint32_t random_below(struct random *r, uint32_t bound);

#endif
