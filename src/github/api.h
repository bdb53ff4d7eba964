/* Handlers of /api/v3/ and what they share. GitHub reference sections 7.4 and 8. */
#ifndef LLAVERO_GITHUB_API_H
#define LLAVERO_GITHUB_API_H

#include "base/buf.h"
#include "flow/check_token.h"
#include "github/github.h"

http_handler github_api_root, github_meta, github_rate_limit, github_graphql;
http_handler github_user;
http_handler github_user_emails;

/* Authenticates an API request by its token. False: `rep` holds the refusal. `accepted` are the
 * scopes of which any one suffices, for X-Accepted-OAuth-Scopes. */
bool github_api_authenticate(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *accepted, struct checked_token *out);
/* The same, without counting for the rate limit. */
bool github_api_authenticate_free(struct context *c, struct http_request *req,
	struct http_reply *rep, const char *accepted, struct checked_token *out);
/* For what anybody may ask: a token that is sent must be good. `*is_somebody` says whether one
 * was, and so whether `out` is filled. */
bool github_api_optional(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *accepted, struct checked_token *out, bool *is_somebody);
/* Notes that the token is good, but without the scope that is needed. */
void github_api_lacks_scope(
	struct context *c, const struct checked_token *checked, const char *needed);
/* Names that scope in the challenge of a 403 (RFC 6750 3.1). */
void github_api_name_scope(
	struct context *c, struct http_request *req, struct http_reply *rep, const char *needed);
/* A JSON reply with the API's headers. A 200 has an ETag, and becomes a 304 for whom it is not
 * new (RFC 9110 13.1.2). */
void github_api_reply(
	struct http_request *req, struct http_reply *rep, int status, struct str json);
/* Whatever is wrong with an app's credentials or with what it names is a 404; but who has tried too
 * often is told so. */
void github_api_refuse_app(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct refusal *refusal);
/* {"message","documentation_url","status"} */
void github_api_refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, const char *message);

/* The block that every user object begins with, login through site_admin, without braces. */
void github_add_simple_user(struct buf *b, struct context *c, const struct account *u);

#endif
