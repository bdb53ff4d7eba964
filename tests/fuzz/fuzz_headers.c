/* Values of headers, a line each: Cookie, If-None-Match, Content-Type, Accept-Language, ui_locales,
 * and of a reply that was fetched Cache-Control, Age, Expires, Date. */
#include "core/http_cache.h"
#include "fuzz.h"
#include "http/http.h"
#include "web/visit.h"

static void check_cookies(struct str header)
{
	struct http_request req = {.headers = {[HTTP_COOKIE] = header}};
	size_t times = 0;
	struct str value = http_cookie(&req, "session", &times);

	MUST(str_is_set(value) == (times > 0));
	MUST(!str_has_char(value, ';') && value.n < header.n + 1);
}

/* Who has the reply already names its tag; nobody has a tag that is not there. */
static void check_tags(struct arena *a, struct str list)
{
	struct str tag = STR("\"5eb63bbbe01eeed0\"");
	struct str more = str_printf(a, "%.*s, W/%.*s", STR_ARG(list), STR_ARG(tag));
	bool has = http_none_match_has(list, tag);

	MUST(http_none_match_has(more, tag));
	if (has && !str_has_char(list, '*'))
		MUST(memmem(list.p, list.n, tag.p, tag.n));
}

static void check_type(struct arena *a, struct str header)
{
	struct str type = http_media_type(a, header);

	MUST(!str_has_char(type, ';') && str_eq(type, str_lower(a, type)));
	MUST(str_eq(type, http_media_type(a, type)));
}

/* No header of a reply is more than one line (assurance A170). */
static void check_reply(struct arena *a, struct str value)
{
	struct http_request req = {.arena = a};
	struct http_reply rep = {.status = 200};

	http_header_str(&req, &rep, "X-Test", value);
	http_redirect(&req, &rep, 302, value);
	for (size_t i = 0; i < rep.headers_n; i++)
		MUST(!fuzz_splits(str_from(rep.headers[i].value)));
}

static void check_language(struct str query, struct str ranges, struct str locales)
{
	const struct lang_wishes wishes = {query, query, locales, ranges},
				 query_only = {query, STR_NONE, STR_NONE, STR_NONE};
	enum lang lang = web_choose_lang(&wishes), found;

	MUST(lang < LANGS);
	if (lang_find(query, &found))
		MUST(lang == found && web_choose_lang(&query_only) == found);
}

static void target(struct arena *a, struct str text)
{
	struct str cookie = fuzz_line(&text), tags = fuzz_line(&text), type = fuzz_line(&text),
		   ranges = fuzz_line(&text), locales = fuzz_line(&text);
	struct http_freshness said;

	check_cookies(cookie);
	check_tags(a, tags);
	check_type(a, type);
	check_reply(a, text);
	check_language(type, ranges, locales);
	said.cache_control = fuzz_line(&text);
	said.age = fuzz_line(&text);
	said.expires = fuzz_line(&text);
	said.date = fuzz_line(&text);
	int64_t fresh =
		http_fresh_for(&said, LIMIT_FRESH_LEAST, LIMIT_FRESH_MOST, LIMIT_FRESH_USUAL);

	MUST(fresh >= LIMIT_FRESH_LEAST && fresh <= LIMIT_FRESH_MOST);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
