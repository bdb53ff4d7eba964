#include "core/account.h"

#include "base/limits.h"
#include "core/host.h"
#include "core/redirect_uri.h"

static bool is_alnum(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* First path segments of this server's own pages. */
static bool is_reserved(struct str login)
{
	static const char *const reserved[] = {"about", "account", "accounts", "admin", "api",
		"app", "applications", "apps", "assets", "authorizations", "consent", "docs", "en",
		"enterprises", "error", "errors", "es", "explain", "favicon", "graphql", "healthz",
		"help", "home", "index", "join", "login", "logout", "metrics", "new", "oauth",
		"oauth2", "organizations", "orgs", "password", "password-reset", "privacy",
		"readyz", "register", "robots", "search", "security", "session", "sessions",
		"settings", "setup", "signin", "signout", "signup", "site", "static", "status",
		"stylesheets", "support", "terms", "user", "users", "well-known"};

	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (str_eq_nocase(login, str_from(reserved[i])))
			return true;
	return false;
}

enum field_fault login_check(struct str login)
{
	if (login.n == 0)
		return FIELD_MISSING;
	if (login.n > LIMIT_LOGIN)
		return FIELD_TOO_LONG;
	for (size_t i = 0; i < login.n; i++) {
		bool inside = i > 0 && i + 1 < login.n;

		if (is_alnum(login.p[i]))
			continue;
		if (login.p[i] != '-' || !inside || login.p[i - 1] == '-')
			return FIELD_BAD_FORM;
	}
	return is_reserved(login) ? FIELD_RESERVED : FIELD_OK;
}

/* No quotes, no specials of RFC 5322 3.2.3: what stands here goes into mail headers. */
static bool local_part_is_good(struct str local)
{
	static const struct str refused = {" \"'`()<>[]{},:;\\@", 17};

	for (size_t i = 0; i < local.n; i++)
		if (str_has_char(refused, local.p[i]))
			return false;
	return local.n > 0;
}

enum field_fault email_check(struct str email)
{
	size_t at = str_find(email, '@');
	struct str host = str_slice(email, at + 1, email.n);

	if (email.n == 0)
		return FIELD_MISSING;
	if (email.n > LIMIT_EMAIL)
		return FIELD_TOO_LONG;
	if (at == email.n || !str_is_printable(email) ||
		!local_part_is_good(str_slice(email, 0, at)))
		return FIELD_BAD_FORM;
	if (str_eq_nocase(host, STR("localhost")))
		return FIELD_OK;
	return str_has_char(host, '.') && host_is_name(host) ? FIELD_OK : FIELD_BAD_FORM;
}

enum field_fault password_check(struct str password, struct str login, struct str email)
{
	if (password.n == 0)
		return FIELD_MISSING;
	if (password.n < LIMIT_PASSWORD_MIN)
		return FIELD_TOO_SHORT;
	if (password.n > LIMIT_PASSWORD_MAX)
		return FIELD_TOO_LONG;
	if (!str_is_utf8(password) || str_eq_nocase(password, login) ||
		str_eq_nocase(password, email))
		return FIELD_BAD_FORM;
	return FIELD_OK;
}

struct range {
	uint32_t first, last;
};

static bool is_in(uint32_t c, const struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* Characters that change how the rest of a consent page reads, or that nobody sees. */
static bool is_deceptive(uint32_t c)
{
	static const struct range ranges[] = {
		{0x00, 0x1F},               /* controls */
		{0x7F, 0x9F}, {0xAD, 0xAD}, /* soft hyphen */
		{0x34F, 0x34F},             /* grapheme joiner */
		{0x61C, 0x61C},             /* direction mark */
		{0x180B, 0x180F},           /* selectors and a vowel separator without width */
		{0x200B, 0x200F},           /* zero width, direction marks */
		{0x2028, 0x202E},           /* line ends, direction overrides */
		{0x2060, 0x206F},           /* joiners, direction isolates */
		{0xFE00, 0xFE0E},           /* variation selectors; FE0F colours emoji and stays */
		{0xFEFF, 0xFEFF},           /* zero width */
		{0xFFF9, 0xFFFB},           /* annotations */
		{0xE0000, 0xE0FFF},         /* tags and selectors */
	};

	return is_in(c, ranges, sizeof ranges / sizeof ranges[0]);
}

static bool is_blank(uint32_t c)
{
	static const struct range ranges[] = {{0x20, 0x20}, {0xA0, 0xA0}, {0x115F, 0x1160},
		{0x1680, 0x1680}, {0x2000, 0x200A}, {0x202F, 0x202F}, {0x205F, 0x205F},
		{0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE0F, 0xFE0F},
		{0xFFA0, 0xFFA0}};

	return is_in(c, ranges, sizeof ranges / sizeof ranges[0]);
}

/* The character at `*i` of well-formed UTF-8; `*i` moves behind it. */
static uint32_t next_character(struct str s, size_t *i)
{
	unsigned char first = (unsigned char)s.p[(*i)++];
	size_t more = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
	uint32_t c = more ? first & (0x3FU >> more) : first;

	for (; more > 0; more--)
		c = c << 6 | ((unsigned char)s.p[(*i)++] & 0x3FU);
	return c;
}

enum field_fault app_name_check(struct str name)
{
	size_t characters = 0, blanks = 0;

	if (name.n == 0)
		return FIELD_MISSING;
	if (!str_is_utf8(name))
		return FIELD_BAD_FORM;
	for (size_t i = 0; i < name.n; characters++) {
		uint32_t c = next_character(name, &i);

		if (is_deceptive(c))
			return FIELD_BAD_FORM;
		blanks += is_blank(c);
	}
	if (characters > LIMIT_APP_NAME)
		return FIELD_TOO_LONG;
	return blanks == characters ? FIELD_MISSING : FIELD_OK;
}

enum field_fault homepage_check(struct str url)
{
	static const struct str refused = {"\"<>\\^`{|}", 9};
	struct redirect_uri origin;
	size_t end = str_find(url, ':') + 3; /* behind "://" */

	if (url.n == 0)
		return FIELD_MISSING;
	if (url.n > LIMIT_APP_URL)
		return FIELD_TOO_LONG;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] < 0x21 || url.p[i] > 0x7E || str_has_char(refused, url.p[i]))
			return FIELD_BAD_FORM;
	while (end < url.n && url.p[end] != '/' && url.p[end] != '?' && url.p[end] != '#')
		end++;
	/* Only scheme, host and port need the strict reading; a homepage's path is its own. */
	if (redirect_uri_parse(str_slice(url, 0, end), &origin) != REDIRECT_URI_OK)
		return FIELD_BAD_FORM;
	return origin.is_http ? FIELD_OK : FIELD_BAD_FORM;
}
