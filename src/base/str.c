#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

enum { PRINTED_USUAL = 256 };

static char lower(char c)
{
	if (c < 'A' || c > 'Z')
		return c;
	return (char)(c + ('a' - 'A'));
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (!a.p || !b.p || a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.p && s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.p && s.n >= suffix.n &&
	       (suffix.n == 0 || memcmp(s.p + s.n - suffix.n, suffix.p, suffix.n) == 0);
}

bool str_has_char(struct str s, char c)
{
	return str_find(s, c) < s.n;
}

size_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

struct str str_slice(struct str s, size_t from, size_t to)
{
	if (!s.p)
		return s;
	if (to > s.n)
		to = s.n;
	if (from > to)
		from = to;
	return (struct str){s.p + from, to - from};
}

struct str str_trim(struct str s)
{
	size_t from = 0, to = s.n;

	while (from < to && (s.p[from] == ' ' || s.p[from] == '\t'))
		from++;
	while (to > from && (s.p[to - 1] == ' ' || s.p[to - 1] == '\t'))
		to--;
	return str_slice(s, from, to);
}

bool str_next(struct str *rest, char sep, struct str *piece)
{
	if (!rest->p)
		return false;
	size_t at = str_find(*rest, sep);

	*piece = str_slice(*rest, 0, at);
	*rest = at < rest->n ? str_slice(*rest, at + 1, rest->n) : STR_NONE;
	return true;
}

struct str str_dup(struct arena *a, struct str s)
{
	return s.p ? (struct str){str_c(a, s), s.n} : s;
}

char *str_c(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.n + 1);

	if (s.n)
		memcpy(copy, s.p, s.n);
	return copy;
}

struct str str_lower(struct arena *a, struct str s)
{
	char *copy = str_c(a, s);

	for (size_t i = 0; i < s.n; i++)
		copy[i] = lower(copy[i]);
	return (struct str){copy, s.n};
}

struct str str_replaced(struct arena *a, struct str s, char from, char to)
{
	char *copy = str_c(a, s);

	for (size_t i = 0; i < s.n; i++)
		if (copy[i] == from)
			copy[i] = to;
	return (struct str){copy, s.n};
}

struct str str_joined(struct arena *a, struct str list, const char *separator, struct str item)
{
	return str_printf(a, "%.*s%s%.*s", STR_ARG(list), list.n ? separator : "", STR_ARG(item));
}

struct str str_printf(struct arena *a, const char *format, ...)
{
	char usual[PRINTED_USUAL]; /* most texts fit, and are formatted once */
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(usual, sizeof usual, format, args);
	size_t n = length < 0 ? 0 : (size_t)length;
	char *out = arena_alloc(a, n + 1);

	if (n < sizeof usual)
		memcpy(out, usual, n);
	else
		vsnprintf(out, n + 1, format, again);
	va_end(again);
	va_end(args);
	return (struct str){out, n};
}

bool str_to_i64(struct str s, int64_t *out)
{
	int64_t value = 0;

	if (s.n == 0 || s.n > 18)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		value = value * 10 + (s.p[i] - '0');
	}
	*out = value;
	return true;
}

/* The length of the well-formed UTF-8 sequence at `p` (RFC 3629), or 0. */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return 1;
	size_t n = p[0] >= 0xC2 && p[0] <= 0xDF   ? 2
		   : (p[0] & 0xF0) == 0xE0        ? 3
		   : p[0] >= 0xF0 && p[0] <= 0xF4 ? 4
						  : 0;

	if (n == 0 || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
		(p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
		return 0;
	return n;
}

size_t str_utf8_prefix(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t i = 0;

	while (i < s.n) {
		size_t n = p[i] == 0 ? 0 : utf8_sequence(p + i, s.n - i);

		if (n == 0)
			break;
		i += n;
	}
	return i;
}

bool str_is_utf8(struct str s)
{
	return str_utf8_prefix(s) == s.n;
}

bool str_is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7E)
			return false;
	return true;
}
