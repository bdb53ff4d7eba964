/* What endpoints with a JSON body share: reading it, and wording what is wrong with it or with who
 * asks. GitHub reference 7.4. */
#ifndef LLAVERO_GITHUB_API_BODY_H
#define LLAVERO_GITHUB_API_BODY_H

#include "base/json_body.h"
#include "github/api.h"

/* Reads the body as JSON whatever it is labelled (reference 7.2: some clients call it a form).
 * False: the 400 is the reply. */
bool github_api_body(
	struct context *c, struct http_request *req, struct http_reply *rep, struct json_body *out);
/* Notes a refusal and words it with the message of its wire row. `client_id` is what the request
 * said, or STR_NONE. */
void github_api_deny(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, enum cause cause, struct str client_id);
/* The same for a refusal with evidence. */
void github_api_deny_for(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, const struct refusal *r, struct str client_id);
/* 422 Validation Failed: one element of "errors". `cause` is BODY_FIELD_...; `resource` such as
 * "OauthAccess". */
void github_api_invalid(struct context *c, struct http_request *req, struct http_reply *rep,
	enum cause cause, const char *resource, const char *field);
/* 422 Invalid request: a member is missing or of the wrong type, as the sentence says. */
void github_api_bad_request(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *field, const char *sentence);
/* 204 without a body. */
void github_api_no_content(struct http_request *req, struct http_reply *rep);

#endif
