/* Pairs of a registered and a requested redirect URI that the matcher takes, and how each reads the
 * requested one: we, and libcurl.
 *
 *     differential SEED COUNT    makes pairs, the same ones for the same seed
 *     differential               reads them, a line each, with a space between
 *
 * Writes a line for each accepted pair, tabs between: registered, requested, "exact" or "wildcard",
 * and twice (ours first) scheme, host, port, path; "-" for what libcurl refuses. The last line says
 * how many pairs there were. */
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/redirect_uri.h"

enum { ROOM = 4096 };

static uint64_t state;
static uint64_t pairs;

/* xorshift64*: reproducible, and good enough to choose with. */
static uint32_t below(uint32_t bound)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 2685821657736338717ULL) >> 33) % bound;
}

#define ONE_OF(list) list[below(sizeof list / sizeof list[0])]

static const char *const schemes[] = {"https", "http", "https", "http", "HTTPS", "hTTp", "myapp",
	"com.example.app", "a+b-c.d", "x"};
static const char *const hosts[] = {"app.example", "a.b.app.example", "localhost", "127.0.0.1",
	"[::1]", "[2001:db8::1]", "[::ffff:1.2.3.4]", "xn--bcher-kva.example", "a_b.example",
	"1.2.3.4", "10.0.0.255", "App.Example", "a-b.c-d.example", "x", ""};
static const char *const ports[] = {"", "", "", ":80", ":443", ":8080", ":1", ":65535", ":3000"};
static const char *const paths[] = {"", "/", "/cb", "/cb/", "/a/b", "/a%2Fb", "/a;b=c", "/%7Euser",
	"/cb.php", "/...", "/a/.../b", "/a:b@c", "/*", "/%25", "/a//"};
static const char *const queries[] = {
	"", "", "", "?", "?a=b", "?a=b&c=d", "?a=//x@y", "??", "?a=%2F"};
/* What parsers have been fooled with. */
static const char *const bait[] = {"@", "\\", "/", "//", "#", "?", ":", ".", "..", "%2e", "%2E%2e",
	"%2f", "%5c", "%40", "%23", "%3a", "%00", "%0d%0a", "%09", "\t", " ", "[", "]", "[::1]",
	";", "&", "=", ":80", ":443", ":0", ":65536", ":080", "evil.example", ".evil.example",
	"@evil.example", "evil.example\\@", "#@evil.example", "0x7f.1", "127.1", "2130706433",
	"0177.0.0.1", "1", "0", "a", "-", "_", "~", "xn--", "xn--a", "\xc3\xbc", "\xef\xbc\x8f",
	"\xe3\x80\x82", "%c3%bc", "%ef%bc%8f", "::", "::1", "::ffff:127.0.0.1", "%25eth0",
	"javascript:", "https:", "http:///", "/./", "/../", "/..;/", "/.;x/", "^", "|", "{", "}",
	"`", "<", ">", "\"", "'", "!", "$", "*", "+", ",", "(", ")", "code=x", "state=x"};

static void add(char to[ROOM], const char *text)
{
	size_t n = strlen(to);

	snprintf(to + n, ROOM - n, "%s", text);
}

static void make(char out[ROOM])
{
	*out = '\0';
	add(out, ONE_OF(schemes));
	add(out, below(20) ? "://" : ":");
	add(out, ONE_OF(hosts));
	add(out, ONE_OF(ports));
	add(out, ONE_OF(paths));
	add(out, ONE_OF(queries));
}

static void insert(char text[ROOM], size_t at, const char *what)
{
	char rest[ROOM];

	snprintf(rest, sizeof rest, "%s", text + at);
	text[at] = '\0';
	add(text, what);
	add(text, rest);
}

/* Somewhere; often where a part begins or ends. */
static size_t place(const char *text)
{
	size_t n = strlen(text), at = below((uint32_t)n + 1);

	if (below(2))
		return at;
	at += strcspn(text + at, ":/?.@]");
	return at < n && below(2) ? at + 1 : at;
}

static void change(char text[ROOM])
{
	char escape[4], some[2] = {0};
	size_t at = place(text), n = strlen(text);

	if (n > ROOM / 2)
		return;
	switch (below(6)) {
	case 0:
		if (at < n)
			memmove(text + at, text + at + 1, n - at);
		break;
	case 1:
		if (at < n && text[at] >= 'A')
			text[at] = (char)(text[at] ^ 0x20);
		break;
	case 2:
		if (at < n) {
			snprintf(escape, sizeof escape, "%%%02X", (unsigned char)text[at]);
			memmove(text + at, text + at + 1, n - at);
			insert(text, at, escape);
		}
		break;
	case 3:
		some[0] = (char)(0x21 + below(0x5E));
		insert(text, at, some);
		break;
	default:
		insert(text, at, ONE_OF(bait));
	}
}

/* A sub-domain, another port, something below the path: what wildcard mode and loopback hosts may
 * let pass. */
static void extend(char text[ROOM])
{
	char *host = strstr(text, "://"), label[64] = "";
	size_t at, n = 1 + below(6);

	for (size_t i = 0; i < n; i++)
		label[i] = (char)(0x21 + below(0x5E));
	if (below(2)) {
		add(text, below(2) ? "/" : "?");
		add(text, label);
		return;
	}
	if (!host)
		return;
	at = (size_t)(host - text) + 3;
	if (below(2)) {
		insert(text, at, ".");
		for (size_t i = 0; i < n; i++)
			label[i] = "abcxyzABZ0189-_."[below(16)];
		insert(text, at, label);
		return;
	}
	at += strcspn(text + at, "/?");
	snprintf(label, sizeof label, ":%u", below(70000));
	insert(text, at, label);
}

/* Prints how libcurl reads it. */
static void print_curl(const char *uri)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL;

	if (u && curl_url_set(u, CURLUPART_URL, uri, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) {
		curl_url_get(u, CURLUPART_SCHEME, &scheme, 0);
		curl_url_get(u, CURLUPART_HOST, &host, 0);
		curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
		curl_url_get(u, CURLUPART_PATH, &path, 0);
		printf("\t%s\t%s\t%s\t%s\n", scheme ? scheme : "", host ? host : "",
			port ? port : "0", path ? path : "");
	} else {
		printf("\t-\t\t0\t\n");
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_url_cleanup(u);
}

static void match(const char *registered, const char *requested)
{
	struct redirect_uri r, c;

	pairs++;
	if (redirect_uri_parse(str_from(registered), &r) != REDIRECT_URI_OK ||
		redirect_uri_parse(str_from(requested), &c) != REDIRECT_URI_OK)
		return;
	bool exact = redirect_uri_matches(&r, REDIRECT_EXACT, &c);

	if (!exact && !redirect_uri_matches(&r, REDIRECT_WILDCARD, &c))
		return;
	printf("%s\t%s\t%s\t%.*s\t%.*s\t%d\t%.*s", registered, requested,
		exact ? "exact" : "wildcard", STR_ARG(c.scheme), STR_ARG(c.host), c.port,
		STR_ARG(c.path));
	print_curl(requested);
}

static void make_pair(void)
{
	char registered[ROOM], requested[ROOM];

	make(registered);
	for (uint32_t i = below(2) ? below(4) : 0; i > 0; i--)
		change(registered);
	memcpy(requested, registered, sizeof requested);
	for (uint32_t i = below(3); i > 0; i--)
		extend(requested);
	for (uint32_t i = below(3) ? 0 : below(4); i > 0; i--)
		change(requested);
	match(registered, requested);
}

static void read_pairs(void)
{
	char line[2 * ROOM], *space;

	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		space = strchr(line, ' ');
		if (!space || *line == '#')
			continue;
		*space = '\0';
		match(line, space + 1);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		state = strtoull(argv[1], NULL, 10) * 2 + 1;
		for (uint64_t n = strtoull(argv[2], NULL, 10); n > 0; n--)
			make_pair();
	} else {
		read_pairs();
	}
	printf("%" PRIu64 "\n", pairs);
	return 0;
}
