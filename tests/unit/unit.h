/* What every unit test starts from: cmocka and comparisons of struct str. */
#ifndef LLAVERO_TESTS_UNIT_H
#define LLAVERO_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* `s` is present and says `text`. */
#define assert_str(s, text) assert_str_((s), (text), __FILE__, __LINE__)
static inline void assert_str_(struct str s, const char *text, const char *file, int line)
{
	if (!str_eq_c(s, text)) {
		print_error(
			"\"%.*s\"%s instead of \"%s\"\n", STR_ARG(s), s.p ? "" : " (absent)", text);
		_fail(file, line);
	}
}

/* A text of `n` times `c`, in the arena. */
static inline struct str repeated(struct arena *a, char c, size_t n)
{
	char *p = arena_alloc(a, n + 1);

	memset(p, c, n);
	return (struct str){p, n};
}

/* A cmocka set-up and tear-down that give each test an arena in *state. */
static inline int arena_setup(void **state)
{
	struct arena *a = malloc(sizeof *a);

	if (!a)
		return -1;
	arena_init(a, 16 << 20);
	*state = a;
	return 0;
}
static inline int arena_teardown(void **state)
{
	arena_release(*state);
	free(*state);
	return 0;
}
#define test_with_arena(f) cmocka_unit_test_setup_teardown(f, arena_setup, arena_teardown)

#endif
