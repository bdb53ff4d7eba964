#include "docs/scan.h"

size_t scan_pair(struct str text, size_t from, char first, char second)
{
	for (size_t i = from; i + 1 < text.n; i++)
		if (text.p[i] == first && text.p[i + 1] == second)
			return i;
	return text.n;
}

size_t scan_open(struct str text, size_t from)
{
	for (size_t i = from; i + 1 < text.n; i++)
		if (text.p[i] == '{' && (text.p[i + 1] == '%' || text.p[i + 1] == '{'))
			return i;
	return text.n;
}

bool scan_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str scan_strip(struct str s)
{
	while (s.n && scan_is_space(s.p[0]))
		s = str_slice(s, 1, s.n);
	while (s.n && scan_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool scan_tag(struct str text, size_t at, struct tag *tag)
{
	bool is_output = text.p[at + 1] == '{';
	size_t close = scan_pair(text, at + 2, is_output ? '}' : '%', '}');

	if (close >= text.n)
		return false;
	struct str inner = str_slice(text, at + 2, close);

	*tag = (struct tag){.start = at, .end = close + 2};
	tag->trim_left = inner.n > 0 && inner.p[0] == '-';
	inner = str_slice(inner, tag->trim_left, inner.n);
	tag->trim_right = inner.n > 0 && inner.p[inner.n - 1] == '-';
	inner.n -= tag->trim_right;
	inner = scan_strip(inner);
	if (is_output) {
		tag->name = STR("{{");
		tag->rest = inner;
		return true;
	}
	size_t n = 0;

	while (n < inner.n && !scan_is_space(inner.p[n]))
		n++;
	tag->name = str_slice(inner, 0, n);
	tag->rest = scan_strip(str_slice(inner, n, inner.n));
	return true;
}

struct str scan_indent(struct str text, size_t at)
{
	size_t from = at;

	while (from > 0 && (text.p[from - 1] == ' ' || text.p[from - 1] == '\t'))
		from--;
	return from == 0 || text.p[from - 1] == '\n' ? str_slice(text, from, at) : STR("");
}

bool scan_is_data_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '_' || c == '-' || c == '.'))
			return false;
	}
	return name.n > 0 && name.n <= 200;
}

size_t scan_match(struct str text, size_t at, const char *name)
{
	struct str rest = str_slice(text, at + 2, text.n), wanted = str_from(name);

	if (str_starts(rest, STR("-")))
		rest = str_slice(rest, 1, rest.n);
	while (rest.n && scan_is_space(rest.p[0]))
		rest = str_slice(rest, 1, rest.n);
	if (!str_starts(rest, wanted))
		return 0;
	rest = str_slice(rest, wanted.n, rest.n);
	while (rest.n && (scan_is_space(rest.p[0]) || rest.p[0] == '-'))
		rest = str_slice(rest, 1, rest.n);
	return str_starts(rest, STR("%}")) ? (size_t)(rest.p - text.p) + 2 : 0;
}
