#include "github/graphql_lex.h"

#include <string.h>

#include "base/buf.h"

void gql_lexer_init(struct gql_lexer *l, struct arena *a, struct str text)
{
	*l = (struct gql_lexer){a, text.p, text.p + text.n, text.p, 1};
	if (text.n >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
		l->p += 3;
}

static bool is_name(char c, bool first)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void skip_ignored(struct gql_lexer *l)
{
	for (; l->p < l->end; l->p++) {
		if (*l->p == '#') {
			while (l->p + 1 < l->end && l->p[1] != '\n' && l->p[1] != '\r')
				l->p++;
		} else if (*l->p == '\n' ||
			   (*l->p == '\r' && !(l->p + 1 < l->end && l->p[1] == '\n'))) {
			l->line++;
			l->line_start = l->p + 1;
		} else if (!strchr(" \t\r,", *l->p) || *l->p == '\0') {
			return;
		}
	}
}

static size_t digits(const struct gql_lexer *l, size_t at)
{
	size_t n = 0;

	while (l->p + at + n < l->end && is_digit(l->p[at + n]))
		n++;
	return n;
}

static bool bad(struct gql_token *t, const char *why)
{
	t->kind = GQL_T_BAD;
	t->text = str_from(why);
	return false;
}

static bool read_number(struct gql_lexer *l, struct gql_token *t)
{
	size_t n = *l->p == '-', whole = digits(l, n);

	t->kind = GQL_T_INT;
	if (whole == 0 || (whole > 1 && l->p[n] == '0'))
		return bad(t, "a number is malformed");
	n += whole;
	if (l->p + n < l->end && l->p[n] == '.') {
		size_t part = digits(l, n + 1);

		t->kind = GQL_T_FLOAT;
		if (part == 0)
			return bad(t, "a number is malformed");
		n += 1 + part;
	}
	if (l->p + n < l->end && (l->p[n] == 'e' || l->p[n] == 'E')) {
		size_t sign = l->p + n + 1 < l->end && (l->p[n + 1] == '+' || l->p[n + 1] == '-');
		size_t part = digits(l, n + 1 + sign);

		t->kind = GQL_T_FLOAT;
		if (part == 0)
			return bad(t, "a number is malformed");
		n += 1 + sign + part;
	}
	if (l->p + n < l->end && (is_name(l->p[n], true) || l->p[n] == '.'))
		return bad(t, "a number is malformed");
	t->text = (struct str){l->p, n};
	l->p += n;
	return true;
}

/* \uXXXX of the basic plane, as UTF-8; surrogates are refused. */
static bool add_unicode(struct gql_lexer *l, struct buf *b)
{
	unsigned value = 0;

	if (l->end - l->p < 5)
		return false;
	for (int i = 1; i <= 4; i++) {
		char c = l->p[i];
		unsigned digit = is_digit(c)            ? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
				 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
							: 16;

		if (digit == 16)
			return false;
		value = value << 4 | digit;
	}
	if (value == 0 || (value >= 0xD800 && value <= 0xDFFF))
		return false;
	if (value < 0x80) {
		buf_add_char(b, (char)value);
	} else {
		if (value < 0x800) {
			buf_add_char(b, (char)(0xC0 | value >> 6));
		} else {
			buf_add_char(b, (char)(0xE0 | value >> 12));
			buf_add_char(b, (char)(0x80 | (value >> 6 & 0x3F)));
		}
		buf_add_char(b, (char)(0x80 | (value & 0x3F)));
	}
	l->p += 4;
	return true;
}

static bool add_escape(struct gql_lexer *l, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";

	if (++l->p == l->end)
		return false;
	if (*l->p == 'u')
		return add_unicode(l, b);
	const char *at = *l->p ? strchr(from, *l->p) : NULL;

	if (!at)
		return false;
	buf_add_char(b, to[at - from]);
	return true;
}

static bool read_block(struct gql_lexer *l, struct gql_token *t)
{
	const char *begin = l->p += 3;

	for (; l->end - l->p >= 3; l->p++) {
		if (memcmp(l->p, "\"\"\"", 3) == 0) {
			t->text = str_trim((struct str){begin, (size_t)(l->p - begin)});
			l->p += 3;
			return true;
		}
		if (*l->p == '\n') {
			l->line++;
			l->line_start = l->p + 1;
		}
	}
	return bad(t, "a string has no end");
}

static bool read_string(struct gql_lexer *l, struct gql_token *t)
{
	struct buf b;

	t->kind = GQL_T_STRING;
	if (l->end - l->p >= 3 && memcmp(l->p, "\"\"\"", 3) == 0)
		return read_block(l, t);
	buf_init(&b, l->arena, (size_t)(l->end - l->p));
	for (l->p++; l->p < l->end && *l->p != '\n' && *l->p != '\r'; l->p++) {
		if (*l->p == '"') {
			l->p++;
			t->text = buf_str(&b);
			return true;
		}
		if (*l->p != '\\')
			buf_add_char(&b, *l->p);
		else if (!add_escape(l, &b))
			return bad(t, "a string has a bad escape");
	}
	return bad(t, "a string has no end");
}

struct gql_token gql_next(struct gql_lexer *l)
{
	struct gql_token t = {.kind = GQL_T_END, .text = STR("")};

	skip_ignored(l);
	t.place = (struct gql_place){l->line, l->p - l->line_start + 1};
	if (l->p == l->end)
		return t;
	if (is_name(*l->p, true)) {
		const char *begin = l->p;

		while (l->p < l->end && is_name(*l->p, false))
			l->p++;
		t.kind = GQL_T_NAME;
		t.text = (struct str){begin, (size_t)(l->p - begin)};
	} else if (is_digit(*l->p) || *l->p == '-') {
		read_number(l, &t);
	} else if (*l->p == '"') {
		read_string(l, &t);
	} else if (*l->p && strchr("!$&():=@[]{|}", *l->p)) {
		t.kind = GQL_T_MARK;
		t.mark = *l->p;
		t.text = (struct str){l->p++, 1};
	} else if (l->end - l->p >= 3 && memcmp(l->p, "...", 3) == 0) {
		t.kind = GQL_T_MARK;
		t.mark = '.';
		t.text = (struct str){l->p, 3};
		l->p += 3;
	} else {
		bad(&t, "a character has no place in GraphQL");
	}
	return t;
}
