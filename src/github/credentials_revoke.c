/* POST /credentials/revoke: tokens that somebody found. GitHub reference 7.3. */
#include "base/limits.h"
#include "flow/revoke_credential.h"
#include "github/api_body.h"
#include "github/token_management.h"
#include "store/upkeep.h"

enum { HOUR = 3600 };

/* Who may try this without end may guess tokens. */
static bool is_too_often(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str subject = str_printf(req->arena, "credentials revoke %.*s", STR_ARG(c->remote));
	int64_t most = c->settings->reports_per_hour, n, left_s;

	if (most == 0)
		return false;
	if (context_failed(c, throttle_read(c->store, subject, HOUR, &n, &left_s)))
		return true;
	if (n < most)
		return context_failed(c, throttle_count(c->store, subject, HOUR, &n));
	github_api_deny(c, req, rep, 403, CAUSE_REPORT_THROTTLED, STR_NONE);
	http_header(rep, "X-RateLimit-Remaining", "0");
	http_header_str(req, rep, "Retry-After", str_printf(req->arena, "%lld", (long long)left_s));
	return true;
}

static bool read_list(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str **texts, size_t *n)
{
	struct json_body body;

	if (!github_api_body(c, req, rep, &body))
		return false;
	if (json_body_texts(req->arena, &body, "credentials", texts, n) == JSON_HERE && *n > 0 &&
		*n <= LIMIT_REVOKED_AT_ONCE)
		return true;
	github_api_bad_request(
		c, req, rep, "credentials", "credentials must be an array of 1 to 1000 strings.");
	return false;
}

void github_credentials_revoke(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str *texts;
	size_t n;

	if (str_has_text(req->headers[HTTP_AUTHORIZATION])) {
		github_api_deny(c, req, rep, 403, CAUSE_REPORT_AUTHENTICATED, STR_NONE);
		return;
	}
	if (is_too_often(c, req, rep) || !read_list(c, req, rep, &texts, &n))
		return;
	for (size_t i = 0; i < n; i++)
		if (!revoke_credential(c, texts[i]))
			return;
	github_api_reply(req, rep, 202, STR("{}"));
}
