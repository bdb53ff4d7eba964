#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

void buf_init(struct buf *b, struct arena *a, size_t max)
{
	*b = (struct buf){.arena = a, .max = max};
}

/* Room for `n` more bytes and a NUL; false, and the buffer marked, when `n` would pass the maximum.
 * Growth by four keeps what is left behind in the arena to a third of the final size. */
static bool reserve(struct buf *b, size_t n)
{
	if (b->overflow || n > b->max - b->n) {
		b->overflow = true;
		return false;
	}
	if (n < b->cap - b->n)
		return true;
	size_t cap = b->cap ? b->cap : 64;

	while (cap <= b->n + n)
		cap *= 4;
	if (cap > b->max)
		cap = b->max + 1;
	char *p = arena_alloc(b->arena, cap);

	if (b->n)
		memcpy(p, b->p, b->n);
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, struct str s)
{
	if (s.n && reserve(b, s.n)) {
		memcpy(b->p + b->n, s.p, s.n);
		b->n += s.n;
	}
}

void buf_add_c(struct buf *b, const char *s)
{
	buf_add(b, str_from(s));
}

void buf_add_char(struct buf *b, char c)
{
	if (reserve(b, 1))
		b->p[b->n++] = c;
}

void buf_addf(struct buf *b, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	/* Most texts fit where they are; only others are formatted twice. */
	size_t room = b->cap - b->n;
	int n = vsnprintf(room ? b->p + b->n : NULL, room, format, args);

	if (n > 0 && reserve(b, (size_t)n)) {
		if ((size_t)n >= room)
			vsnprintf(b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
	va_end(args);
}

static const char *html_escape(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void buf_add_html(struct buf *b, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *to = html_escape((unsigned char)s.p[i]);

		if (!to)
			continue;
		buf_add(b, str_slice(s, from, i));
		buf_add_c(b, to);
		from = i + 1;
	}
	buf_add(b, str_slice(s, from, s.n));
}

/* The length of the UTF-8 character at `i`, or 0 when there is none (NUL is none). */
static size_t character_length(struct str s, size_t i)
{
	for (size_t n = 1; n <= 4 && i + n <= s.n; n++)
		if (str_is_utf8((struct str){s.p + i, n}))
			return n;
	return 0;
}

/* XML 1.0 2.2. A bare CR would come out of a parser as LF (2.11). */
static const char *xml_escape(struct str character)
{
	unsigned char c = character.n ? (unsigned char)character.p[0] : 0;

	if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
		str_eq_c(character, "\xEF\xBF\xBE") || str_eq_c(character, "\xEF\xBF\xBF"))
		return REPLACEMENT;
	return c == '\r' ? "&#13;" : html_escape(c);
}

void buf_add_xml(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		struct str character = {s.p + i, character_length(s, i)};
		const char *to = xml_escape(character);

		buf_add(b, to ? str_from(to) : character);
		i += character.n ? character.n : 1;
	}
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static void add_percent(struct buf *b, struct str s, bool plus)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (is_unreserved(c)) {
			buf_add_char(b, (char)c);
		} else if (plus && c == ' ') {
			buf_add_char(b, '+');
		} else {
			char hex[3] = {'%', digits[c >> 4], digits[c & 15]};

			buf_add(b, (struct str){hex, 3});
		}
	}
}

void buf_add_form(struct buf *b, struct str s)
{
	add_percent(b, s, true);
}

void buf_add_percent(struct buf *b, struct str s)
{
	add_percent(b, s, false);
}

/* One ASCII byte that cannot stand in a JSON string as it is. */
static void add_json_escape(struct buf *b, unsigned char c)
{
	if (c == '"' || c == '\\')
		buf_addf(b, "\\%c", c);
	else if (c == '\n')
		buf_add_c(b, "\\n");
	else
		buf_addf(b, "\\u%04x", c);
}

void buf_add_json(struct buf *b, struct str s)
{
	size_t from = 0;

	buf_add_char(b, '"');
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
		size_t length = plain ? 1 : c < 0x80 ? 0 : character_length(s, i);

		if (length > 0) {
			i += length;
			continue;
		}
		buf_add(b, str_slice(s, from, i));
		from = ++i;
		if (c < 0x80)
			add_json_escape(b, c);
		else
			buf_add_c(b, REPLACEMENT);
	}
	buf_add(b, str_slice(s, from, s.n));
	buf_add_char(b, '"');
}
