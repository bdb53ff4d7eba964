/* Wording replies of the standard edge: JSON, RFC 6749 5.1 and 5.2. */
#ifndef LLAVERO_OAUTH_REPLY_H
#define LLAVERO_OAUTH_REPLY_H

#include "flow/issue_token.h"
#include "oauth/request.h"

/* Members of a JSON object, one after the other, into a buffer that oauth_begin made. What is
 * absent is left out. */
void oauth_begin(struct context *c, struct buf *b);
void oauth_add_text(struct buf *b, const char *name, struct str value);
void oauth_add_number(struct buf *b, const char *name, int64_t value);
void oauth_add_flag(struct buf *b, const char *name, bool value);
/* A value that is JSON already. */
void oauth_add_json(struct buf *b, const char *name, struct str json);
/* Ends the object and sends it; nobody may keep it. */
void oauth_send(struct oauth_request *q, int status, struct buf *b);

/* A refusal: noted, then worded, with the status of its row, or with another. */
void oauth_refuse(struct context *c, struct oauth_request *q, const struct refusal *refusal);
/* The same in the words of another wire row. */
void oauth_refuse_as(struct context *c, struct oauth_request *q, enum wire_error wire,
	const struct refusal *refusal);
void oauth_refuse_with(
	struct context *c, struct oauth_request *q, int status, const struct refusal *refusal);
/* The same for slow_down, which says how long to wait between polls. */
void oauth_refuse_slow_down(struct context *c, struct oauth_request *q,
	const struct refusal *refusal, int64_t interval_s);
/* An error that is no refusal: a wire row with a status. */
void oauth_error_reply(
	struct context *c, struct oauth_request *q, int status, enum wire_error wire);

/* The reply to a grant's result: the token, the refusal, or nothing when the flow failed. */
void oauth_token_result(struct context *c, struct oauth_request *q, enum step_result result,
	const struct issued *issued, const struct refusal *refusal);

/* RFC 6585 4: how long to wait, when the refusal knows. */
void oauth_retry_after(
	struct http_request *req, struct http_reply *rep, const struct refusal *refusal);

#endif
