#include "core/http_uri.h"

#include "base/buf.h"
#include "base/limits.h"
#include "core/host.h"

static struct str until_any(struct str s, const char *stops)
{
	size_t end = s.n;

	for (const char *c = stops; *c; c++)
		if (str_find(s, *c) < end)
			end = str_find(s, *c);
	return str_slice(s, 0, end);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986 2.3 */
static bool is_unreserved(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

/* RFC 3986 6.2.2.1 and 6.2.2.2. False for a '%' that begins no escape, and for what is no character
 * of a URI. */
static bool add_normal(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c <= ' ' || c > '~' || c == '\\' || c == '"' || c == '<' || c == '>')
			return false;
		if (c != '%') {
			buf_add_char(b, c);
			continue;
		}
		int high = i + 2 < s.n ? hex_value(s.p[i + 1]) : -1;
		int low = i + 2 < s.n ? hex_value(s.p[i + 2]) : -1;

		if (high < 0 || low < 0)
			return false;
		int byte = high << 4 | low;

		if (is_unreserved(byte))
			buf_add_char(b, (char)byte);
		else
			buf_addf(b, "%%%02X", (unsigned)byte);
		i += 2;
	}
	return true;
}

/* RFC 3986 5.2.4, for a path that begins with '/'. */
static void add_without_dots(struct buf *b, struct str path)
{
	size_t start = b->n;
	struct str rest = str_slice(path, 1, path.n), segment;
	bool open = false; /* it ended in a dot segment: the slash stays */

	while (str_next(&rest, '/', &segment)) {
		open = str_eq_c(segment, ".") || str_eq_c(segment, "..");
		if (str_eq_c(segment, ".."))
			while (b->n > start && b->p[--b->n] != '/')
				;
		if (open)
			continue;
		buf_add_char(b, '/');
		buf_add(b, segment);
	}
	if (open || b->n == start)
		buf_add_char(b, '/');
}

static bool is_host(struct str host)
{
	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		return host_is_ipv6(str_slice(host, 1, host.n - 1));
	return host_is_name(host) || host_is_ipv4(host);
}

static bool is_number(struct str s)
{
	int64_t number;

	return s.n == 0 || str_to_i64(s, &number);
}

static bool add_authority(struct buf *b, struct arena *a, struct str authority, const char *port)
{
	size_t bracket = str_find(authority, ']');
	size_t end = bracket < authority.n ? bracket + 1 : str_find(authority, ':');
	struct str number = str_slice(authority, end + 1, authority.n), host;
	struct buf decoded;

	buf_init(&decoded, a, LIMIT_REDIRECT_URI);
	if (!add_normal(&decoded, str_slice(authority, 0, end)) || !is_number(number) ||
		(end < authority.n && authority.p[end] != ':'))
		return false;
	host = str_lower(a, buf_str(&decoded));
	if (!is_host(host))
		return false;
	buf_add(b, host);
	if (number.n && !str_eq_c(number, port))
		buf_addf(b, ":%.*s", STR_ARG(number));
	return true;
}

bool http_uri_normal(struct arena *a, struct str uri, struct str *out)
{
	bool https = uri.n > 8 && str_eq_nocase(str_slice(uri, 0, 8), STR("https://"));
	bool http = uri.n > 7 && str_eq_nocase(str_slice(uri, 0, 7), STR("http://"));
	struct buf b, path;

	if (uri.n > LIMIT_REDIRECT_URI || (!https && !http))
		return false;
	struct str rest = until_any(str_slice(uri, https ? 8 : 7, uri.n), "?#");
	struct str authority = until_any(rest, "/");

	buf_init(&b, a, LIMIT_REDIRECT_URI + 2);
	buf_init(&path, a, LIMIT_REDIRECT_URI + 2);
	buf_add_c(&b, https ? "https://" : "http://");
	if (!add_authority(&b, a, authority, https ? "443" : "80") ||
		!add_normal(&path, str_slice(rest, authority.n, rest.n)))
		return false;
	if (path.n)
		add_without_dots(&b, buf_str(&path));
	else
		buf_add_char(&b, '/');
	*out = buf_str(&b);
	return !b.overflow && !path.overflow;
}

bool http_uri_same(struct arena *a, struct str one, struct str other)
{
	struct str first, second;

	return http_uri_normal(a, one, &first) && http_uri_normal(a, other, &second) &&
	       str_eq(first, second);
}
