/* The redirect matcher: a registered URI on the first line, the requested one on the second. What
 * matches has the registered origin (assurance A001 to A023), but for the sub-domains of wildcard
 * mode and the port of a loopback host. */
#include "core/client_url.h"
#include "core/http_uri.h"
#include "fuzz.h"

/* The parts, put together again, are the text. */
static void check_parts(struct arena *a, const struct redirect_uri *u)
{
	struct str text = str_printf(a, "%.*s:%s%.*s", STR_ARG(u->scheme),
		str_is_set(u->host) ? "//" : "", STR_ARG(u->host));

	if (u->has_port)
		text = str_printf(a, "%.*s:%d", STR_ARG(text), u->port);
	text = str_printf(a, "%.*s%.*s%s%.*s", STR_ARG(text), STR_ARG(u->path),
		str_is_set(u->query) ? "?" : "", STR_ARG(u->query));
	MUST(str_eq(text, u->text));
	MUST(str_is_printable(text) && !str_has_char(text, ' ') && !str_has_char(text, '#') &&
		!str_has_char(text, '\\'));
	MUST(!str_has_char(u->host, '@') && !str_has_char(u->host, '%'));
	MUST(!u->is_loopback || u->is_http);
}

/* RFC 3986 6.2: what is normal already stays as it is. */
static void check_normal(struct arena *a, struct str uri)
{
	struct str once, twice;

	if (!http_uri_normal(a, uri, &once))
		return;
	MUST(http_uri_normal(a, once, &twice) && str_eq(once, twice));
	MUST(http_uri_same(a, uri, once));
}

static void check_client_url(struct str uri)
{
	struct redirect_uri u;

	if (client_url_parse(uri, false, &u) == CLIENT_URL_OK)
		MUST(str_eq_c(u.scheme, "https") && str_has_text(u.path) && !str_is_set(u.query));
}

static bool is_below(struct str host, struct str of)
{
	return host.n > of.n + 1 && host.p[host.n - of.n - 1] == '.' &&
	       str_eq_nocase(str_slice(host, host.n - of.n, host.n), of);
}

static void check_match(const struct redirect_uri *r, bool wildcard, const struct redirect_uri *c)
{
	bool same_host =
		str_eq_nocase(r->host, c->host) || (!str_is_set(r->host) && !str_is_set(c->host));
	struct str path = r->path;

	MUST(str_eq_nocase(r->scheme, c->scheme));
	MUST(same_host || (wildcard && c->is_http && is_below(c->host, r->host)));
	MUST(r->port == c->port || (r->is_loopback && c->is_loopback && same_host));
	if (str_ends(path, STR("/")))
		path = str_slice(path, 0, path.n - 1);
	MUST(str_starts(c->path, path));
	if (str_is_set(r->query))
		MUST(str_eq(r->query, c->query));
}

static void hold_against(
	const struct redirect_uri *r, enum redirect_match_mode mode, const struct redirect_uri *c)
{
	bool matches = redirect_uri_matches(r, mode, c);
	size_t at;

	MUST(matches == (redirect_uri_difference(r, mode, c, &at) == REDIRECT_SAME));
	MUST(at <= c->text.n);
	if (matches)
		check_match(r, mode == REDIRECT_WILDCARD, c);
}

static bool read_uri(struct arena *a, struct str text, struct redirect_uri *out)
{
	enum redirect_uri_fault fault = redirect_uri_parse(text, out);

	MUST(*redirect_uri_fault_text(fault) && *redirect_uri_fault_word(fault));
	check_normal(a, text);
	check_client_url(text);
	if (fault == REDIRECT_URI_OK)
		check_parts(a, out);
	return fault == REDIRECT_URI_OK;
}

static void target(struct arena *a, struct str text)
{
	struct str registered = fuzz_line(&text), requested = fuzz_line(&text);
	struct redirect_uri r, c;

	if (!read_uri(a, registered, &r) || !read_uri(a, requested, &c))
		return;
	hold_against(&r, REDIRECT_EXACT, &c);
	hold_against(&r, REDIRECT_WILDCARD, &c);
	MUST(redirect_uri_matches(&r, REDIRECT_EXACT, &r));
	MUST(redirect_uri_matches(&c, REDIRECT_EXACT, &c));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
