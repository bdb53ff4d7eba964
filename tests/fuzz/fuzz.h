/* What each fuzz target starts from. A target reads one input as the server would read it, and
 * aborts when something does not hold of whatever was read. ./dev fuzz runs it with libFuzzer;
 * replay.c, in any build, with the inputs in corpus/. */
#ifndef LLAVERO_TESTS_FUZZ_H
#define LLAVERO_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What must hold of every input. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__,           \
				#condition);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Runs `target` on a copy that ends where the input ends, so that reading past it is seen, with an
 * arena as a request has one. */
static inline int fuzz_run(
	const uint8_t *data, size_t n, void (*target)(struct arena *, struct str))
{
	char *copy = malloc(n ? n : 1);
	struct arena arena;
	jmp_buf out_of_memory;

	if (!copy)
		return 0;
	if (n)
		memcpy(copy, data, n);
	arena_init(&arena, 4 << 20);
	if (setjmp(out_of_memory) == 0) {
		arena.escape = &out_of_memory;
		target(&arena, (struct str){copy, n});
	}
	arena.escape = NULL;
	arena_release(&arena);
	free(copy);
	return 0;
}

/* Cuts the text up to the first line's end off `rest`; all of it when there is none. */
static inline struct str fuzz_line(struct str *rest)
{
	size_t end = str_find(*rest, '\n');
	struct str line = str_slice(*rest, 0, end);

	*rest = str_slice(*rest, end < rest->n ? end + 1 : end, rest->n);
	return line;
}

#endif
