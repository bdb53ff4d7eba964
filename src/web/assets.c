/* Static files, compiled in. A file's path changes with its content, so it may be kept for ever. */
#include "gen/assets.h"
#include "web/home.h"

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
	if (http_none_match_has(req->headers[HTTP_IF_NONE_MATCH], str_from(asset->etag)))
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
