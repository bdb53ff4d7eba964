/* Authorization server metadata of this dialect: RFC 8414; GitHub reference section 11. */
#include "base/buf.h"
#include "base/limits.h"
#include "github/oauth.h"

void github_metadata(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str issuer = c->settings->issuer;
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_addf(&b,
		"{\"issuer\":\"%.*s\",\"authorization_endpoint\":\"%.*s/authorize\","
		"\"token_endpoint\":\"%.*s/access_token\","
		"\"device_authorization_endpoint\":\"%.*s/login/device/"
		"code\",\"response_types_supported\":[\"code\"],"
		"\"grant_types_supported\":[\"authorization_code\",\"refresh_token\","
		"\"urn:ietf:params:oauth:grant-type:device_code\"],"
		"\"token_endpoint_auth_methods_supported\":"
		"[\"client_secret_basic\",\"client_secret_post\"],"
		"\"code_challenge_methods_supported\":[\"S256\"],\"scopes_supported\":[\"offline_"
		"access\"],"
		"\"authorization_response_iss_parameter_supported\":%s,"
		"\"service_documentation\":\"%.*s/apps/oauth-apps/building-oauth-apps/"
		"authorizing-oauth-apps\"}",
		STR_ARG(issuer), STR_ARG(issuer), STR_ARG(issuer), STR_ARG(c->settings->base_url),
		c->settings->send_iss ? "true" : "false", STR_ARG(c->settings->base_url));
	http_reply(rep, 200, "application/json; charset=utf-8", buf_str(&b));
	http_header(rep, "Cache-Control", "public, max-age=3600");
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}
