/* The access token itself: opaque, or a signed JWT for a resource that reads tokens itself (RFC
 * 9068). Both have a row, so that either can be asked about and ended. */
#ifndef LLAVERO_FLOW_ISSUE_ACCESS_TOKEN_H
#define LLAVERO_FLOW_ISSUE_ACCESS_TOKEN_H

#include "flow/context.h"
#include "store/grant.h"
#include "store/resource.h"

struct access_token_request {
	uint64_t id; /* of its row */
	const struct token_fields *fields;
	struct str client_id;
	/* What it is for. NULL: the resources that it is bound to (core/bound.h); without any it is
	 * opaque. A token for several is a JWT only when each of them reads these. */
	const struct resource *resource;
	/* A token that can be made again has a secret that was derived; NULL: one of its own. */
	const uint8_t *secret;
};

/* `*text` lives in the request's arena. False after setting context.failed. */
bool issue_access_token(struct context *c, const struct access_token_request *q, struct str *text);
/* The same token once more, whose row is there; `secret` is needed. */
bool repeat_access_token(struct context *c, const struct access_token_request *q, int64_t issued_at,
	struct str *text);

#endif
