#include "base/form.h"

#include "base/arena.h"
#include "base/crypto.h"

/* Most values have none. */
static size_t first_escape(struct str text, bool plus)
{
	size_t percent = str_find(text, '%'), space = plus ? str_find(text, '+') : text.n;

	return percent < space ? percent : space;
}

bool percent_decode(struct arena *a, struct str text, bool plus, struct str *out)
{
	char *p = str_c(a, text);
	size_t plain = first_escape(text, plus), n = plain;

	for (size_t i = plain; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			uint8_t byte;

			if (!hex_decode(str_slice(text, i + 1, i + 3), &byte, 1))
				return false;
			c = (char)byte;
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		p[n++] = c;
	}
	p[n] = '\0';
	*out = (struct str){p, n};
	return true;
}

static enum form_status parse_pair(struct arena *a, struct str piece, struct param *out)
{
	size_t equals = str_find(piece, '=');
	struct str value = equals < piece.n ? str_slice(piece, equals + 1, piece.n) : STR("");

	if (!percent_decode(a, str_slice(piece, 0, equals), true, &out->name) ||
		!percent_decode(a, value, true, &out->value))
		return FORM_BAD_ENCODING;
	if (!str_is_utf8(out->name) || !str_is_utf8(out->value))
		return FORM_BAD_TEXT;
	return FORM_OK;
}

enum form_status form_parse(struct arena *a, struct str text, size_t max, struct params *out)
{
	struct str rest = text, piece;
	size_t pieces = 0;

	while (pieces < max && str_next(&rest, '&', &piece))
		pieces++;
	*out = (struct params){ARENA_ARRAY(a, struct param, pieces), 0};
	rest = text;
	while (str_next(&rest, '&', &piece)) {
		if (piece.n == 0)
			continue;
		if (out->n == max)
			return FORM_TOO_MANY;
		enum form_status status = parse_pair(a, piece, &out->v[out->n]);

		if (status != FORM_OK)
			return status;
		out->n++;
	}
	return FORM_OK;
}

struct str params_get(const struct params *p, const char *name)
{
	struct str wanted = str_from(name);

	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].name, wanted))
			return p->v[i].value;
	return STR_NONE;
}

size_t params_count(const struct params *p, const char *name)
{
	struct str wanted = str_from(name);
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += str_eq(p->v[i].name, wanted);
	return n;
}
