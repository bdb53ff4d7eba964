/* Arguments of a statement, as the server wants them: binary, and text that is text. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgres.h"

/* The server refuses text that is none; SQLite does not care. What is not UTF-8 becomes U+FFFD, so
 * that a look-up finds nothing, and a log is kept. */
static char *mend(struct str s, int *length)
{
	static const char instead[] = {'\xEF', '\xBF', '\xBD'};
	char *out = malloc(s.n * 3 + 1);
	size_t n = 0;

	for (size_t i = 0; out && i < s.n;) {
		size_t whole = str_utf8_prefix(str_slice(s, i, s.n));

		memcpy(out + n, s.p + i, whole);
		n += whole;
		i += whole;
		if (i < s.n) {
			memcpy(out + n, instead, sizeof instead);
			n += sizeof instead;
			i++;
		}
	}
	*length = (int)n;
	return out;
}

static bool bind_text(struct binding *b, size_t i, struct str s)
{
	b->values[i] = s.p;
	b->lengths[i] = (int)s.n;
	if (str_is_utf8(s))
		return true;
	b->values[i] = b->mended[i] = mend(s, &b->lengths[i]);
	return b->mended[i] != NULL;
}

/* False: the argument is not of the kind that the statement takes, or memory is lacking. */
static bool bind(struct binding *b, size_t i, Oid kind, const struct db_value *v)
{
	b->formats[i] = 1;
	switch (v->type) {
	case DB_TYPE_NULL:
		return true;
	case DB_TYPE_INT:
		b->numbers[i] = htobe64((uint64_t)v->i);
		b->values[i] = (const char *)&b->numbers[i];
		b->lengths[i] = sizeof b->numbers[i];
		return kind == KIND_INT;
	case DB_TYPE_TEXT:
		return kind == KIND_TEXT && bind_text(b, i, v->s);
	case DB_TYPE_BYTES:
		b->values[i] = v->s.p ? v->s.p : "";
		b->lengths[i] = (int)v->s.n;
		return kind == KIND_BYTES;
	}
	return false;
}

bool postgres_bind(struct binding *b, const Oid *kinds, const struct db_value *args, size_t n)
{
	memset(b, 0, sizeof *b);
	for (size_t i = 0; i < n; i++)
		if (i >= DB_MAX_ARGS || !bind(b, i, kinds[i], &args[i]))
			return false;
	return true;
}

void postgres_unbind(struct binding *b)
{
	for (size_t i = 0; i < DB_MAX_ARGS; i++)
		free(b->mended[i]);
}
