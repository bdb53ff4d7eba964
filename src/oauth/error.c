/* What is no refusal of a request but of HTTP: no such path, another method. */
#include "oauth/oauth.h"
#include "oauth/reply.h"

bool oauth_is_path(struct str path)
{
	return str_starts(path, STR("/oauth2/"));
}

void oauth_error(struct context *c, struct http_request *req, struct http_reply *rep, int status)
{
	static const struct oauth_endpoint endpoint = {"oauth"};
	struct oauth_request q = {.endpoint = &endpoint, .http = req, .reply = rep};
	struct buf b;

	oauth_begin(c, &b);
	oauth_add_text(&b, "error", STR("invalid_request"));
	oauth_add_text(&b, "error_description",
		status == 405 ? STR("This endpoint does not take this method.")
			      : STR("There is nothing at this path."));
	oauth_send(&q, status, &b);
}
