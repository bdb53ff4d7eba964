/* Percent-decoding and application/x-www-form-urlencoded, bounded and strict. */
#ifndef LLAVERO_BASE_FORM_H
#define LLAVERO_BASE_FORM_H

#include "base/str.h"

struct param {
	struct str name, value;
};

/* In order of arrival, duplicates kept. */
struct params {
	struct param *v;
	size_t n;
};

enum form_status {
	FORM_OK,
	FORM_BAD_ENCODING, /* a '%' without two hex digits */
	FORM_BAD_TEXT,     /* decoded bytes hold NUL or are not UTF-8 */
	FORM_TOO_MANY,     /* more than `max` pairs */
};

/* Splits `text` at '&', decodes '+' and %XX. Empty pieces are passed over; a piece without '='
 * is a name with an empty value. Decoded text lives in the arena. */
enum form_status form_parse(struct arena *a, struct str text, size_t max, struct params *out);
/* %XX decoding of a path or of a Basic half ('+' is decoded to space only if `plus`). False on a
 * malformed escape. */
bool percent_decode(struct arena *a, struct str text, bool plus, struct str *out);
/* The first value of `name`, or STR_NONE. */
struct str params_get(const struct params *p, const char *name);
/* How many times `name` is present. */
size_t params_count(const struct params *p, const char *name);

#endif
