#include "base/form.h"

#include "base/arena.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool percent_decode(struct arena *a, struct str text, bool plus, struct str *out)
{
	char *p = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '%') {
			if (text.n - i < 3)
				return false;
			int high = hex_digit(text.p[i + 1]);
			int low = hex_digit(text.p[i + 2]);

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		p[n++] = c;
	}
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
	size_t pieces = 1;

	for (size_t i = 0; i < text.n; i++)
		pieces += text.p[i] == '&';
	*out = (struct params){ARENA_ARRAY(a, struct param, pieces < max ? pieces : max), 0};
	struct str rest = text, piece;

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
	for (size_t i = 0; i < p->n; i++)
		if (str_eq_c(p->v[i].name, name))
			return p->v[i].value;
	return STR_NONE;
}

size_t params_count(const struct params *p, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += str_eq_c(p->v[i].name, name);
	return n;
}
