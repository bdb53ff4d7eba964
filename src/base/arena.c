#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/fail.h"

enum { CHUNK = 16384, ALIGN = 16 };

struct arena_chunk {
	struct arena_chunk *older;
	size_t size, used; /* of data */
	_Alignas(ALIGN) unsigned char data[];
};

struct arena_defer {
	struct arena_defer *earlier;
	void (*release)(void *);
	void *what;
};

void arena_init(struct arena *a, size_t cap)
{
	*a = (struct arena){.cap = cap};
}

static void out_of_memory(struct arena *a)
{
	if (a->escape)
		longjmp(*a->escape, 1);
	abort();
}

static void add_chunk(struct arena *a, size_t at_least)
{
	size_t size = at_least > CHUNK ? at_least : CHUNK;
	struct arena_chunk *chunk = FAIL_AT("arena.alloc") ? NULL : malloc(sizeof *chunk + size);

	if (!chunk)
		out_of_memory(a);
	chunk->older = a->chunk;
	chunk->size = size;
	chunk->used = 0;
	a->chunk = chunk;
}

void *arena_alloc(struct arena *a, size_t n)
{
	if (n > a->cap - a->used)
		out_of_memory(a);
	size_t room = (n + ALIGN - 1) / ALIGN * ALIGN;

	if (!a->chunk || room > a->chunk->size - a->chunk->used)
		add_chunk(a, room);
	void *p = a->chunk->data + a->chunk->used;

	a->chunk->used += room;
	a->used += n;
	return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		out_of_memory(a);
	return arena_alloc(a, bytes);
}

void arena_defer(struct arena *a, void (*release)(void *), void *what)
{
	struct arena_defer *d = ARENA_NEW(a, struct arena_defer);

	*d = (struct arena_defer){a->defers, release, what};
	a->defers = d;
}

static void run_defers(struct arena *a)
{
	while (a->defers) {
		struct arena_defer *d = a->defers;

		a->defers = d->earlier;
		d->release(d->what);
	}
}

void arena_reset(struct arena *a)
{
	run_defers(a);
	while (a->chunk && (a->chunk->older || a->chunk->size > CHUNK)) {
		struct arena_chunk *older = a->chunk->older;

		wipe(a->chunk->data, a->chunk->used);
		free(a->chunk);
		a->chunk = older;
	}
	if (a->chunk) {
		wipe(a->chunk->data, a->chunk->used);
		a->chunk->used = 0;
	}
	a->used = 0;
}

void arena_release(struct arena *a)
{
	arena_reset(a);
	free(a->chunk);
	a->chunk = NULL;
}
