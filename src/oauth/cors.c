/* A browser asks whether a page elsewhere may use an endpoint (Fetch 3.2). Only those endpoints
 * have a route for it that programs in browsers need; the authorization endpoint never (RFC
 * 9700 2.6). */
#include "oauth/oauth.h"

void oauth_preflight(struct context *c, struct http_request *req, struct http_reply *rep)
{
	(void)c;
	(void)req;
	http_reply(rep, 204, NULL, STR(""));
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header(rep, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
	http_header(rep, "Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP");
	http_header(rep, "Access-Control-Max-Age", "86400");
}
