/* Which candidate matches which registered redirect URI, and how the two differ.
 * RFC 9700 2.1 and RFC 8252 7.3; the wildcard mode is the GitHub dialect's. */
#include "core/escape.h"
#include "core/redirect_uri.h"

static bool same_or_both_absent(struct str a, struct str b)
{
	return str_eq(a, b) || (!str_is_set(a) && !str_is_set(b));
}

/* RFC 8252 7.3: "any port" for loopback hosts, which apps get from the system at start. */
static bool same_loopback(const struct redirect_uri *a, const struct redirect_uri *b)
{
	return a->is_loopback && b->is_loopback && str_eq(a->host, b->host);
}

static bool matches_exactly(const struct redirect_uri *registered, const struct redirect_uri *c)
{
	if (str_eq(registered->text, c->text))
		return true;
	return same_loopback(registered, c) && str_eq(registered->scheme, c->scheme) &&
	       str_eq(registered->path, c->path) &&
	       same_or_both_absent(registered->query, c->query);
}

/* A single name such as "localhost" has no sub-domains here: there, anything may be anyone's. An
 * address has none either: no host that the parser takes ends in '.' and an address. */
static bool is_sub_domain(struct str host, struct str of)
{
	if (!str_has_char(of, '.') || host.n < of.n + 2)
		return false;
	size_t start = host.n - of.n;

	return host.p[start - 1] == '.' && str_eq_nocase(str_slice(host, start, host.n), of);
}

static bool host_matches(const struct redirect_uri *registered, const struct redirect_uri *c)
{
	return str_eq_nocase(registered->host, c->host) || is_sub_domain(c->host, registered->host);
}

static struct str without_last_slash(struct str path)
{
	return str_ends(path, STR("/")) ? str_slice(path, 0, path.n - 1) : path;
}

/* Somewhere in `path` an escape is itself escaped, so what it means depends on how often the
 * app's framework decodes. */
static bool is_doubly_escaped(struct str path)
{
	for (size_t i = 0; i + 2 < path.n; i++)
		if (str_starts(str_slice(path, i, path.n), STR("%25")))
			return true;
	return false;
}

static bool path_is_at_or_below(struct str base, struct str path)
{
	base = without_last_slash(base);
	if (!str_starts(path, base))
		return false;
	struct str below = str_slice(path, base.n, path.n);

	if (below.n == 0)
		return true;
	return below.p[0] == '/' && !is_doubly_escaped(below);
}

static bool is_named(struct str pair, const char *name)
{
	struct str field = str_slice(pair, 0, str_find(pair, '='));
	size_t i = 0;

	while (i < field.n && *name && escape_next(field, &i) == *name)
		name++;
	return i == field.n && !*name;
}

/* A free query must not carry what the reply adds: the app might read the first of two codes. */
static bool query_is_harmless(struct str query)
{
	static const char *const ours[] = {
		"code", "error", "error_description", "error_uri", "iss", "state"};
	struct str pair;

	while (str_next(&query, '&', &pair))
		for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
			if (is_named(pair, ours[i]))
				return false;
	return true;
}

static bool query_matches(struct str registered, struct str candidate)
{
	return str_is_set(registered) ? str_eq(registered, candidate)
				      : query_is_harmless(candidate);
}

static bool matches_loosely(const struct redirect_uri *registered, const struct redirect_uri *c)
{
	return registered->is_http && c->is_http && str_eq_nocase(registered->scheme, c->scheme) &&
	       host_matches(registered, c) &&
	       (registered->port == c->port || same_loopback(registered, c)) &&
	       path_is_at_or_below(registered->path, c->path) &&
	       query_matches(registered->query, c->query);
}

bool redirect_uri_matches(const struct redirect_uri *registered, enum redirect_match_mode mode,
	const struct redirect_uri *candidate)
{
	return matches_exactly(registered, candidate) ||
	       (mode == REDIRECT_WILDCARD && matches_loosely(registered, candidate));
}

/* The offset in `c`, of which `part` is a view, where `part` and `other` go apart. */
static size_t apart_at(const struct redirect_uri *c, struct str part, struct str other)
{
	size_t i = 0;

	if (!part.p)
		return c->text.n;
	while (i < part.n && i < other.n && part.p[i] == other.p[i])
		i++;
	return (size_t)(part.p - c->text.p) + i;
}

/* ":8080", or "" when none is written. */
static struct str port_text(const struct redirect_uri *u)
{
	size_t from = str_is_set(u->host) ? (size_t)(u->host.p - u->text.p) + u->host.n : 0;

	return u->has_port ? str_slice(u->text, from, (size_t)(u->path.p - u->text.p))
			   : str_slice(u->text, from, from);
}

static bool same_when_decoded(struct str a, struct str b)
{
	size_t i = 0, j = 0;

	while (i < a.n && j < b.n)
		if (escape_next(a, &i) != escape_next(b, &j))
			return false;
	return i == a.n && j == b.n;
}

/* Of two paths that are not equal. */
static enum redirect_difference path_difference(struct str a, struct str b)
{
	if (str_eq(without_last_slash(a), without_last_slash(b)))
		return REDIRECT_DIFFERS_TRAILING_SLASH;
	if (str_eq_nocase(a, b))
		return REDIRECT_DIFFERS_CASE;
	return same_when_decoded(a, b) ? REDIRECT_DIFFERS_ENCODING : REDIRECT_DIFFERS_PATH;
}

static bool ports_match(
	const struct redirect_uri *r, enum redirect_match_mode mode, const struct redirect_uri *c)
{
	if (same_loopback(r, c))
		return true;
	return mode == REDIRECT_WILDCARD ? r->port == c->port : str_eq(port_text(r), port_text(c));
}

static bool hosts_match(
	const struct redirect_uri *r, enum redirect_match_mode mode, const struct redirect_uri *c)
{
	if (!str_is_set(r->host) || !str_is_set(c->host))
		return str_is_set(r->host) == str_is_set(c->host);
	return mode == REDIRECT_WILDCARD ? host_matches(r, c) : str_eq_nocase(r->host, c->host);
}

enum redirect_difference redirect_uri_difference(const struct redirect_uri *registered,
	enum redirect_match_mode mode, const struct redirect_uri *candidate, size_t *at)
{
	const struct redirect_uri *r = registered, *c = candidate;
	bool loose = mode == REDIRECT_WILDCARD && r->is_http && c->is_http;

	mode = loose ? REDIRECT_WILDCARD : REDIRECT_EXACT;
	*at = c->text.n;
	if (redirect_uri_matches(r, mode, c))
		return REDIRECT_SAME;
	*at = apart_at(c, c->scheme, r->scheme);
	if (!str_eq_nocase(r->scheme, c->scheme))
		return REDIRECT_DIFFERS_SCHEME;
	*at = apart_at(c, str_is_set(c->host) ? c->host : c->path, r->host);
	if (!hosts_match(r, mode, c))
		return REDIRECT_DIFFERS_HOST;
	*at = apart_at(c, port_text(c), port_text(r));
	if (!ports_match(r, mode, c))
		return REDIRECT_DIFFERS_PORT;
	*at = apart_at(c, c->path, r->path);
	if (!(loose && path_is_at_or_below(r->path, c->path)) && !str_eq(r->path, c->path))
		return path_difference(r->path, c->path);
	*at = apart_at(c, c->query, r->query);
	if (loose || !same_or_both_absent(r->query, c->query))
		return REDIRECT_DIFFERS_QUERY;
	*at = apart_at(c, c->text, r->text);
	return REDIRECT_DIFFERS_CASE; /* of the scheme or the host, which exact mode minds */
}
