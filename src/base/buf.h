/* A growing byte buffer inside an arena, born with its maximum size. */
#ifndef LLAVERO_BASE_BUF_H
#define LLAVERO_BASE_BUF_H

#include "base/arena.h"
#include "base/str.h"

struct buf {
	struct arena *arena;
	char *p;
	size_t n, cap, max;
	bool overflow; /* an addition would have passed `max`; nothing more is added */
};

void buf_init(struct buf *b, struct arena *a, size_t max);
void buf_add(struct buf *b, struct str s);
void buf_add_c(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Escaped for HTML text and for double-quoted attribute values: & < > " ' */
void buf_add_html(struct buf *b, struct str s);
/* Escaped for XML 1.0 text; bytes that XML cannot carry become U+FFFD. */
void buf_add_xml(struct buf *b, struct str s);
/* application/x-www-form-urlencoded: unreserved bytes as they are, space as '+', others %XX. */
void buf_add_form(struct buf *b, struct str s);
/* RFC 3986 percent-encoding of everything but unreserved characters. */
void buf_add_percent(struct buf *b, struct str s);
/* A JSON string with its quotes; input that is not UTF-8 has U+FFFD for its bad bytes. */
void buf_add_json(struct buf *b, struct str s);
static inline struct str buf_str(const struct buf *b)
{
	return (struct str){b->p ? b->p : "", b->n};
}

#endif
