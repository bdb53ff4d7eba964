/* Programs in browsers, on pages of other origins (Fetch 3.2): which endpoints they may use is a
 * mark of the route, and every method of a path has it or none. No cookie counts there, so any
 * origin may. Never what people come to, the authorization endpoint above all (RFC 9700 2.6), and
 * never introspection, which is for programs that can keep a secret. */
#include "oauth/oauth.h"

void oauth_allow_origin(struct http_reply *rep)
{
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header(rep, "Access-Control-Expose-Headers",
		"DPoP-Nonce, ETag, Retry-After, WWW-Authenticate, X-GitHub-Request-Id");
}

void oauth_preflight(struct http_request *req, struct http_reply *rep, unsigned allowed)
{
	http_reply(rep, 204, NULL, STR(""));
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header_str(req, rep, "Access-Control-Allow-Methods",
		http_allow_list(req->arena, allowed | 1U << HTTP_OPTIONS));
	http_header(rep, "Access-Control-Allow-Headers",
		"Authorization, Content-Type, DPoP, If-None-Match");
	http_header(rep, "Access-Control-Max-Age", "86400");
}
