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
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
/* Before the first input; a target need not have it. */
int LLVMFuzzerInitialize(int *argc, char ***argv);

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
 * arena that hands out `cap` bytes. */
static inline int fuzz_run_in(
	const uint8_t *data, size_t n, size_t cap, void (*target)(struct arena *, struct str))
{
	char *copy = malloc(n ? n : 1);
	struct arena arena;
	jmp_buf out_of_memory;
	const struct str input = {copy, n};

	if (!copy)
		return 0;
	if (n)
		memcpy(copy, data, n);
	arena_init(&arena, cap);
	if (setjmp(out_of_memory) == 0) {
		arena.escape = &out_of_memory;
		target(&arena, input);
	}
	arena.escape = NULL;
	arena_release(&arena);
	free(copy);
	return 0;
}

/* The same with an arena as a request has one. */
static inline int fuzz_run(
	const uint8_t *data, size_t n, void (*target)(struct arena *, struct str))
{
	return fuzz_run_in(data, n, LIMIT_REQUEST_ARENA, target);
}

/* Cuts the text up to the first line's end off `rest`; all of it when there is none. */
static inline struct str fuzz_line(struct str *rest)
{
	size_t end = str_find(*rest, '\n');
	struct str line = str_slice(*rest, 0, end);

	*rest = str_slice(*rest, end < rest->n ? end + 1 : end, rest->n);
	return line;
}

/* Has the text a byte that would end a line of a header, or a text? */
static inline bool fuzz_splits(struct str s)
{
	return str_has_char(s, '\r') || str_has_char(s, '\n') || str_has_char(s, '\0');
}

/* A file in memory that holds the text, by the name that the process knows it by. */
static inline int fuzz_file(struct str text, char path[64])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	MUST(fd >= 0 && write(fd, text.n ? text.p : "", text.n) == (ssize_t)text.n);
	MUST(lseek(fd, 0, SEEK_SET) == 0);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
