/* What the API tells of itself: /, /meta, and to browsers before they ask (CORS). */
#include "base/limits.h"
#include "github/api.h"
#include "github/rate.h"

bool github_is_preflight(const struct http_request *req)
{
	return req->method == HTTP_OPTIONS && str_starts(req->path, STR("/api/"));
}

void github_api_preflight(struct context *c, struct http_request *req, struct http_reply *rep)
{
	(void)c;
	(void)req;
	http_reply(rep, 204, NULL, STR(""));
	http_header(rep, "Access-Control-Allow-Origin", "*");
	http_header(rep, "Access-Control-Allow-Methods", "GET, POST, PATCH, PUT, DELETE");
	http_header(rep, "Access-Control-Allow-Headers",
		"Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, "
		"If-Unmodified-Since, Accept-Encoding, X-GitHub-OTP, X-Requested-With, User-Agent, "
		"X-GitHub-Api-Version");
	http_header(rep, "Access-Control-Max-Age", "86400");
	http_header(rep, "Vary", "Access-Control-Request-Headers, Access-Control-Request-Method");
}

bool github_api_optional(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *accepted, struct checked_token *out, bool *is_somebody)
{
	*is_somebody = str_is_set(req->headers[HTTP_AUTHORIZATION]);
	return *is_somebody ? github_api_authenticate(c, req, rep, accepted, out)
			    : github_rate_take(c, req, rep, NULL);
}

/* Works anonymously; a token that is sent must be good (reference 8.3, check 16). */
void github_api_root(struct context *c, struct http_request *req, struct http_reply *rep)
{
	static const struct {
		const char *name, *path;
	} urls[] = {{"current_user_url", "/api/v3/user"},
		{"current_user_authorizations_html_url",
			"/settings/connections/applications{/client_id}"},
		{"authorizations_url", "/api/v3/authorizations"},
		{"authorizations_url", "/api/v3/authorizations"},
		{"emails_url", "/api/v3/user/emails"}, {"rate_limit_url", "/api/v3/rate_limit"}};
	struct checked_token checked;
	bool is_somebody;
	struct buf b;

	if (!github_api_optional(c, req, rep, "", &checked, &is_somebody))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		buf_add_c(&b, i ? "," : "{");
		buf_add_json(&b, str_from(urls[i].name));
		buf_add_c(&b, ":\"");
		buf_add(&b, c->settings->base_url);
		buf_add_c(&b, urls[i].path);
		buf_add_char(&b, '"');
	}
	buf_add_char(&b, '}');
	github_api_reply(req, rep, 200, buf_str(&b));
}

/* git-credential-manager decides by this how it signs in (reference 13.9). */
void github_meta(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	bool is_somebody;
	struct buf b;

	if (!github_api_optional(c, req, rep, "", &checked, &is_somebody))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"verifiable_password_authentication\":true,\"installed_version\":");
	buf_add_json(&b, c->settings->installed_version);
	buf_add_char(&b, '}');
	github_api_reply(req, rep, 200, buf_str(&b));
}
