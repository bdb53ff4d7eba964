/* The one parser of redirect URIs. RFC 3986, read more strictly than it is written: what browsers
 * repair (WHATWG URL) is refused here, so that nobody reads another host than we did. */
#include "core/redirect_uri.h"

#include "base/limits.h"
#include "core/escape.h"
#include "core/host.h"

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7F;
}

static enum redirect_uri_fault check_bytes(struct str text)
{
	static const struct str refused = {"\"<>\\^`{|}", 9};
	uint8_t byte;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x21 || text.p[i] > 0x7E || str_has_char(refused, text.p[i]))
			return REDIRECT_URI_BAD_BYTE;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '%')
			continue;
		if (!hex_decode(str_slice(text, i + 1, i + 3), &byte, 1) || is_control((char)byte))
			return REDIRECT_URI_BAD_ESCAPE;
	}
	return REDIRECT_URI_OK;
}

/* Schemes that run code, read local things, or hand the code to something that is not an app. */
static bool scheme_is_refused(struct str scheme)
{
	static const char *const refused[] = {"about", "android-app", "blob", "chrome", "content",
		"data", "feed", "file", "filesystem", "ftp", "gopher", "intent", "itms-services",
		"jar", "javascript", "ldap", "livescript", "mailto", "market", "mocha", "ms-msdt",
		"resource", "search-ms", "sms", "smb", "ssh", "tel", "telnet", "urn", "vbscript",
		"view-source", "ws", "wss", "wyciwyg"};

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		if (str_eq_nocase(scheme, str_from(refused[i])))
			return true;
	return false;
}

static enum redirect_uri_fault read_scheme(struct redirect_uri *u)
{
	size_t colon = str_find(u->text, ':');

	u->scheme = str_slice(u->text, 0, colon);
	if (colon == u->text.n || !str_has_text(u->scheme) || !is_alpha(u->scheme.p[0]))
		return REDIRECT_URI_NO_SCHEME;
	for (size_t i = 1; i < u->scheme.n; i++) {
		char c = u->scheme.p[i];

		if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.')
			return REDIRECT_URI_NO_SCHEME;
	}
	if (scheme_is_refused(u->scheme))
		return REDIRECT_URI_BAD_SCHEME;
	/* "localhost:3000/cb" is a URL without its scheme far more often than a scheme. */
	if (colon + 1 == u->text.n || u->text.p[colon + 1] != '/')
		return REDIRECT_URI_NO_SCHEME;
	u->is_http =
		str_eq_nocase(u->scheme, STR("http")) || str_eq_nocase(u->scheme, STR("https"));
	return REDIRECT_URI_OK;
}

static enum redirect_uri_fault read_port(struct redirect_uri *u, struct str digits)
{
	int64_t port;

	if (digits.n > 5 || !str_to_i64(digits, &port) || port < 1 || port > 65535 ||
		digits.p[0] == '0')
		return REDIRECT_URI_BAD_PORT;
	u->port = (int)port;
	u->has_port = true;
	return REDIRECT_URI_OK;
}

static bool host_is_good(const struct redirect_uri *u)
{
	struct str h = u->host;

	if (h.n == 0)
		return !u->is_http; /* myapp:///cb */
	if (h.p[0] == '[')
		return h.n > 2 && h.p[h.n - 1] == ']' && host_is_ipv6(str_slice(h, 1, h.n - 1));
	return host_is_ipv4(h) || host_is_name(h);
}

static enum redirect_uri_fault read_authority(struct redirect_uri *u, struct str authority)
{
	size_t bracket = str_find(authority, ']');
	size_t host_end = bracket < authority.n ? bracket + 1 : str_find(authority, ':');
	struct str port = str_slice(authority, host_end, authority.n);

	u->host = str_slice(authority, 0, host_end);
	if (!host_is_good(u) || (port.n > 0 && port.p[0] != ':'))
		return REDIRECT_URI_BAD_HOST;
	if (u->is_http)
		u->port = u->scheme.n == 4 ? 80 : 443;
	u->is_loopback = u->is_http && u->scheme.n == 4 &&
			 (str_eq_c(u->host, "127.0.0.1") || str_eq_c(u->host, "[::1]") ||
				 str_eq_c(u->host, "localhost"));
	return port.n > 0 ? read_port(u, str_slice(port, 1, port.n)) : REDIRECT_URI_OK;
}

/* What has been seen of one path segment, its parameters (";x") left aside: frameworks that cut
 * them off turn "..;x" into "..". */
struct segment {
	size_t bytes, dots;
	bool others, parameters;
};

static bool segment_is_good(const struct segment *s, bool last)
{
	if (s->bytes == 0)
		return last;
	return s->others || s->dots == 0 || s->dots > 2;
}

static void segment_add(struct segment *s, char c)
{
	s->bytes++;
	s->parameters = s->parameters || c == ';';
	if (s->parameters)
		return;
	s->dots += c == '.';
	s->others = s->others || c != '.';
}

/* `path` is empty or begins with '/'. An escaped slash counts as a slash. */
static bool path_is_good(struct str path)
{
	struct segment s = {0};

	for (size_t i = 1; i < path.n;) {
		char c = escape_next(path, &i);

		if (c == '\\' || (c == '/' && !segment_is_good(&s, false)))
			return false;
		if (c == '/')
			s = (struct segment){0};
		else
			segment_add(&s, c);
	}
	return segment_is_good(&s, true);
}

static size_t find_any(struct str s, const char *set)
{
	struct str wanted = str_from(set);
	size_t i = 0;

	while (i < s.n && !str_has_char(wanted, s.p[i]))
		i++;
	return i;
}

static enum redirect_uri_fault read_after_scheme(struct redirect_uri *u, struct str rest)
{
	bool has_authority = str_starts(rest, STR("//"));
	struct str after = str_slice(rest, 2, rest.n);
	size_t authority_end = has_authority ? find_any(after, "/?#") : 0;
	struct str authority = str_slice(after, 0, authority_end);
	enum redirect_uri_fault fault = REDIRECT_URI_OK;

	if (has_authority && str_has_char(authority, '@'))
		return REDIRECT_URI_USER_INFO;
	if (str_has_char(rest, '#'))
		return REDIRECT_URI_FRAGMENT;
	if (has_authority)
		fault = read_authority(u, authority);
	else if (u->is_http)
		fault = REDIRECT_URI_BAD_HOST;
	if (fault != REDIRECT_URI_OK)
		return fault;
	rest = has_authority ? str_slice(after, authority_end, after.n) : rest;
	size_t question = str_find(rest, '?');

	u->path = str_slice(rest, 0, question);
	u->query = question < rest.n ? str_slice(rest, question + 1, rest.n) : STR_NONE;
	return path_is_good(u->path) ? REDIRECT_URI_OK : REDIRECT_URI_BAD_PATH;
}

enum redirect_uri_fault redirect_uri_parse(struct str text, struct redirect_uri *out)
{
	*out = (struct redirect_uri){.text = text};
	if (text.n == 0)
		return REDIRECT_URI_EMPTY;
	if (text.n > LIMIT_REDIRECT_URI)
		return REDIRECT_URI_TOO_LONG;
	enum redirect_uri_fault fault = check_bytes(text);

	if (fault == REDIRECT_URI_OK)
		fault = read_scheme(out);
	if (fault != REDIRECT_URI_OK)
		return fault;
	return read_after_scheme(out, str_slice(text, out->scheme.n + 1, text.n));
}

const char *redirect_uri_fault_text(enum redirect_uri_fault fault)
{
	static const char *const texts[] = {
		[REDIRECT_URI_OK] = "no fault",
		[REDIRECT_URI_EMPTY] = "it is empty",
		[REDIRECT_URI_TOO_LONG] = "it is too long",
		[REDIRECT_URI_BAD_BYTE] = "it has a character that a URI cannot have",
		[REDIRECT_URI_BAD_ESCAPE] =
			"it has a malformed percent-escape or an escaped control character",
		[REDIRECT_URI_NO_SCHEME] = "it does not begin with a scheme such as https://",
		[REDIRECT_URI_BAD_SCHEME] = "its scheme is not one that an app can receive",
		[REDIRECT_URI_USER_INFO] = "it has a user name or password before the host",
		[REDIRECT_URI_FRAGMENT] = "it has a fragment",
		[REDIRECT_URI_BAD_HOST] = "its host is missing or ill-formed",
		[REDIRECT_URI_BAD_PORT] = "its port is not a number from 1 to 65535",
		[REDIRECT_URI_BAD_PATH] = "its path has an empty, '.' or '..' segment",
	};

	return texts[fault];
}

const char *redirect_uri_fault_word(enum redirect_uri_fault fault)
{
	static const char *const words[] = {
		[REDIRECT_URI_OK] = "uri_bad_path",
		[REDIRECT_URI_EMPTY] = "uri_empty",
		[REDIRECT_URI_TOO_LONG] = "uri_too_long",
		[REDIRECT_URI_BAD_BYTE] = "uri_bad_byte",
		[REDIRECT_URI_BAD_ESCAPE] = "uri_bad_escape",
		[REDIRECT_URI_NO_SCHEME] = "uri_no_scheme",
		[REDIRECT_URI_BAD_SCHEME] = "uri_bad_scheme",
		[REDIRECT_URI_USER_INFO] = "uri_user_info",
		[REDIRECT_URI_FRAGMENT] = "uri_fragment",
		[REDIRECT_URI_BAD_HOST] = "uri_bad_host",
		[REDIRECT_URI_BAD_PORT] = "uri_bad_port",
		[REDIRECT_URI_BAD_PATH] = "uri_bad_path",
	};

	return words[fault];
}

bool redirect_uri_is_plain_http(struct str uri)
{
	struct redirect_uri to;

	return redirect_uri_parse(uri, &to) == REDIRECT_URI_OK && to.is_http && !to.is_loopback &&
	       str_eq_nocase(to.scheme, STR("http"));
}
