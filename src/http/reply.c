#include <string.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "http/http.h"

struct str http_cookie(const struct http_request *req, const char *name, size_t *times)
{
	struct str rest = req->headers[HTTP_COOKIE], pair, found = STR_NONE;
	size_t n = 0;

	while (str_next(&rest, ';', &pair)) {
		pair = str_trim(pair);
		size_t equals = str_find(pair, '=');

		if (equals == pair.n || !str_eq_c(str_slice(pair, 0, equals), name))
			continue;
		if (n++ == 0)
			found = str_slice(pair, equals + 1, pair.n);
	}
	if (times)
		*times = n;
	return found;
}

struct str http_media_type(struct arena *a, struct str content_type)
{
	return str_lower(a, str_trim(str_slice(content_type, 0, str_find(content_type, ';'))));
}

void http_header(struct http_reply *rep, const char *name, const char *value)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F)
			return;
	/* What a page's headers said before, a handler may say again. */
	for (size_t i = 0; i < rep->headers_n; i++)
		if (strcmp(rep->headers[i].name, name) == 0 &&
			strcmp(rep->headers[i].value, value) == 0)
			return;
	if (rep->headers_n == HTTP_REPLY_HEADERS)
		return;
	rep->headers[rep->headers_n].name = name;
	rep->headers[rep->headers_n++].value = value;
}

void http_header_str(
	struct http_request *req, struct http_reply *rep, const char *name, struct str value)
{
	http_header(rep, name, str_c(req->arena, value));
}

void http_reply(struct http_reply *rep, int status, const char *content_type, struct str body)
{
	rep->status = status;
	rep->content_type = content_type;
	rep->body = body;
}

void http_event_stream(struct http_reply *rep, http_stream_poll *poll, void *arg)
{
	http_reply(rep, 200, "text/event-stream", STR(""));
	http_header(rep, "Cache-Control", "no-store");
	http_header(rep, "X-Content-Type-Options", "nosniff");
	/* nginx would keep events back until its buffer is full */
	http_header(rep, "X-Accel-Buffering", "no");
	rep->stream.poll = poll;
	rep->stream.arg = arg;
}

void http_redirect(
	struct http_request *req, struct http_reply *rep, int status, struct str location)
{
	http_reply(rep, status, "text/plain; charset=utf-8", STR(""));
	http_header_str(req, rep, "Location", location);
}

void http_add_etag(struct http_request *req, struct http_reply *rep, bool weak)
{
	uint8_t digest[CONTENT_HASH_LEN];
	char hex[2 * CONTENT_HASH_LEN + 1];

	content_hash(rep->body, digest);
	hex_encode(digest, sizeof digest, hex);
	struct str tag = str_printf(req->arena, "\"%s\"", hex);

	http_header_str(
		req, rep, "ETag", weak ? str_printf(req->arena, "W/%.*s", STR_ARG(tag)) : tag);
	if (http_none_match_has(req->headers[HTTP_IF_NONE_MATCH], tag))
		http_reply(rep, 304, NULL, STR(""));
}

bool http_none_match_has(struct str list, struct str etag)
{
	struct str tag;

	while (str_next(&list, ',', &tag)) {
		tag = str_trim(tag);
		if (str_eq_c(tag, "*"))
			return true;
		if (str_starts(tag, STR("W/")))
			tag = str_slice(tag, 2, tag.n);
		if (str_eq(tag, etag))
			return true;
	}
	return false;
}
