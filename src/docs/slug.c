#include "docs/slug.h"

#include "base/buf.h"

/* The code point of the UTF-8 sequence at `p`, of `n` bytes. */
static unsigned decode(const unsigned char *p, size_t n)
{
	unsigned c = n == 1 ? p[0] : n == 2 ? p[0] & 0x1FU : n == 3 ? p[0] & 0x0FU : p[0] & 0x07U;

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3FU);
	return c;
}

static void add_code_point(struct buf *b, unsigned c)
{
	if (c < 0x80) {
		buf_add_char(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_add_char(b, (char)(0xC0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_add_char(b, (char)(0xE0 | c >> 12));
		} else {
			buf_add_char(b, (char)(0xF0 | c >> 18));
			buf_add_char(b, (char)(0x80 | (c >> 12 & 0x3F)));
		}
		buf_add_char(b, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	buf_add_char(b, (char)(0x80 | (c & 0x3F)));
}

/* Letters of English and Spanish and their neighbours in Latin-1; no locale decides. */
static unsigned lower(unsigned c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7))
		return c + 0x20;
	return c;
}

static bool is_word(unsigned c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
	if (c < 0xC0)
		return c == 0xAA || c == 0xB5 || c == 0xBA;
	return c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x206F) &&
	       !(c >= 0x2190 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x303F);
}

struct str docs_slug(struct arena *a, struct str text)
{
	const unsigned char *p = (const unsigned char *)text.p;
	struct buf b;

	buf_init(&b, a, text.n);
	for (size_t i = 0; i < text.n;) {
		size_t n = p[i] < 0xC0 ? 1 : p[i] < 0xE0 ? 2 : p[i] < 0xF0 ? 3 : 4;

		if (n > text.n - i)
			break;
		unsigned c = lower(decode(p + i, n));

		if (c == ' ' || c == '\n' || c == '\t')
			buf_add_char(&b, '-');
		else if (is_word(c))
			add_code_point(&b, c);
		i += n;
	}
	return buf_str(&b);
}

void slugs_init(struct slugs *s, struct arena *a, size_t max)
{
	*s = (struct slugs){.arena = a, .size = 16};
	while (s->size < max * 2)
		s->size *= 2;
	s->v = ARENA_ARRAY(a, struct str, s->size);
}

/* Where `id` is, or would be put (FNV-1a, linear probing). */
static struct str *slot(const struct slugs *s, struct str id)
{
	uint64_t hash = 0xCBF29CE484222325U;

	for (size_t i = 0; i < id.n; i++)
		hash = (hash ^ (unsigned char)id.p[i]) * 0x100000001B3U;
	size_t at = (size_t)hash & (s->size - 1);

	while (str_is_set(s->v[at]) && !str_eq(s->v[at], id))
		at = (at + 1) & (s->size - 1);
	return &s->v[at];
}

bool slugs_has(const struct slugs *s, struct str id)
{
	return str_is_set(*slot(s, id));
}

bool slugs_add(struct slugs *s, struct str id)
{
	struct str *at = slot(s, id);

	if (str_is_set(*at))
		return false;
	*at = id;
	s->n++;
	return true;
}

struct str slugs_add_unique(struct slugs *s, struct str slug)
{
	struct str id = slug;

	for (size_t i = 1; !slugs_add(s, id); i++)
		id = str_printf(s->arena, "%.*s-%zu", STR_ARG(slug), i);
	return id;
}
