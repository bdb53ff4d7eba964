/* Walking through percent-escaped text without decoding it into memory. RFC 3986 2.1. */
#ifndef LLAVERO_CORE_ESCAPE_H
#define LLAVERO_CORE_ESCAPE_H

#include "base/crypto.h"
#include "base/str.h"

/* The byte that stands at `*i` in `s`, an escape decoded once; `*i`, below s.n, moves behind it.
 * A '%' that begins no escape stands for itself. */
static inline char escape_next(struct str s, size_t *i)
{
	char c = s.p[(*i)++];
	uint8_t byte;

	if (c != '%' || !hex_decode(str_slice(s, *i, *i + 2), &byte, 1))
		return c;
	*i += 2;
	return (char)byte;
}

#endif
