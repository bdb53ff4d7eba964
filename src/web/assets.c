/* Static files, compiled in. A file's path changes with its content, so it may be kept for ever. */
#include "gen/assets.h"
#include "web/home.h"

/* RFC 9110 13.1.2: a list of tags, or "*"; weak ones compare equal too. */
static bool has_tag(struct str list, const char *etag)
{
	struct str tag;

	while (str_next(&list, ',', &tag)) {
		tag = str_trim(tag);
		if (str_starts(tag, STR("W/")))
			tag = str_slice(tag, 2, tag.n);
		if (str_eq_c(tag, etag) || str_eq_c(tag, "*"))
			return true;
	}
	return false;
}

static void send(const struct http_request *req, struct http_reply *rep, const struct asset *asset,
	const char *cache_control)
{
	http_header(rep, "X-Content-Type-Options", "nosniff");
	if (!asset) {
		http_reply(rep, 404, "text/plain; charset=utf-8", STR("There is no such file.\n"));
		return;
	}
	http_header(rep, "ETag", asset->etag);
	http_header(rep, "Cache-Control", cache_control);
	if (has_tag(req->headers[HTTP_IF_NONE_MATCH], asset->etag))
		http_reply(rep, 304, NULL, STR(""));
	else
		http_reply(rep, 200, asset->content_type, asset->body);
}

void asset_file(struct context *c, struct http_request *req, struct http_reply *rep)
{
	(void)c;
	send(req, rep, asset_find(req->path), "public, max-age=31536000, immutable");
}

void asset_favicon(struct context *c, struct http_request *req, struct http_reply *rep)
{
	(void)c;
	send(req, rep, asset_named(STR("favicon.svg")), "public, max-age=86400");
}
