/* One arena per request: everything a request needs lives in it and goes at once.
 *
 * Allocation never returns NULL. When memory runs out, or the arena's cap is reached, control
 * goes to the arena's `escape` point if one is set (the HTTP layer sets it and answers 503), else
 * the process aborts. So no arena call may happen below a library's callback. */
#ifndef LLAVERO_BASE_ARENA_H
#define LLAVERO_BASE_ARENA_H

#include <setjmp.h>
#include <stddef.h>

struct arena_chunk;
struct arena_defer;

struct arena {
	struct arena_chunk *chunk;  /* the one allocated from, newest first */
	struct arena_defer *defers; /* releases, run in reverse order of registration */
	size_t used;                /* bytes handed out since init or reset */
	size_t cap;                 /* bytes it may hand out */
	jmp_buf *escape;            /* where to go when out of memory; NULL aborts */
};

/* Makes `a` empty, allowed to hand out `cap` bytes. Allocates nothing yet. */
void arena_init(struct arena *a, size_t cap);
/* Zeroed memory of `n` bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t n);
/* Zeroed array of `count` elements of `size` bytes; overflow counts as out of memory. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* Calls release(what) when the arena is reset or released. */
void arena_defer(struct arena *a, void (*release)(void *), void *what);
/* Runs the releases, wipes what was handed out, keeps one chunk for reuse. */
void arena_reset(struct arena *a);
/* Runs the releases, wipes and frees everything. */
void arena_release(struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

#endif
