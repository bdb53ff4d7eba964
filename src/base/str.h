/* Text from outside: a pointer and a length, never assumed NUL-terminated. */
#ifndef LLAVERO_BASE_STR_H
#define LLAVERO_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

/* A view of bytes. `p` may be NULL only when `n` is 0; p == NULL means "absent", which differs
 * from "empty" (p != NULL, n == 0). */
struct str {
	const char *p;
	size_t n;
};

/* printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).n, str_chars(s)
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})

/* The characters of `s`; never NULL. */
static inline const char *str_chars(struct str s)
{
	return s.p ? s.p : "";
}

/* A view of the NUL-terminated `s`; NULL gives STR_NONE. */
static inline struct str str_from(const char *s)
{
	return s ? (struct str){s, strlen(s)} : STR_NONE;
}
static inline bool str_is_set(struct str s)
{
	return s.p != NULL;
}
/* RFC 6749 3.1: a parameter sent without a value counts as omitted. */
static inline bool str_has_text(struct str s)
{
	return s.n > 0;
}
/* Equality of two present strings. Absent never equals anything, not even absent. Here, since most
 * that are compared differ in their lengths, and those of literals are known to the compiler. */
static inline bool str_eq(struct str a, struct str b)
{
	return a.p && b.p && a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}
static inline bool str_eq_c(struct str a, const char *b)
{
	return str_eq(a, str_from(b));
}
/* ASCII case-insensitive equality, locale-independent; absent never equals. */
bool str_eq_nocase(struct str a, struct str b);
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_has_char(struct str s, char c);
/* Index of the first `c`, or s.n when there is none. */
size_t str_find(struct str s, char c);
/* The part from `from` to before `to` (both clamped to the length). */
struct str str_slice(struct str s, size_t from, size_t to);
/* Without leading and trailing spaces and tabs. */
struct str str_trim(struct str s);
/* Takes the next piece up to `sep` off the front of `*rest`; false at the end. An empty string
 * gives one empty piece. */
bool str_next(struct str *rest, char sep, struct str *piece);
/* Copies in the arena. str_dup keeps absence; str_c gives a NUL-terminated copy ("" if absent). */
struct str str_dup(struct arena *a, struct str s);
char *str_c(struct arena *a, struct str s);
/* ASCII lower case copy. */
struct str str_lower(struct arena *a, struct str s);
/* A copy with `to` wherever `from` stands. */
struct str str_replaced(struct arena *a, struct str s, char from, char to);
/* `list` with `item` at its end, after `separator` unless it is the first. */
struct str str_joined(struct arena *a, struct str list, const char *separator, struct str item);
/* printf into the arena. */
struct str str_printf(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3), nonnull(2)));
/* Decimal number of 1 to 18 digits, no sign, no space. */
bool str_to_i64(struct str s, int64_t *out);
/* How many bytes at the beginning are well-formed UTF-8 (RFC 3629) without NUL. */
size_t str_utf8_prefix(struct str s);
/* The whole string is well-formed UTF-8 without NUL. */
bool str_is_utf8(struct str s);
/* Every byte is printable ASCII, 0x20 to 0x7E. */
bool str_is_printable(struct str s);

#endif
