/* Issuing an access token, with a refresh token when it expires: the last step of every grant.
 * RFC 6749 5.1; GitHub reference sections 3.3 and 4. */
#ifndef LLAVERO_FLOW_ISSUE_TOKEN_H
#define LLAVERO_FLOW_ISSUE_TOKEN_H

#include "flow/context.h"
#include "store/grant.h"
#include "store/refresh.h"

struct issue_request {
	int64_t app_id, account_id;
	uint64_t grant_id;
	struct str scopes;       /* space-joined */
	uint64_t token_id;       /* of the slot that was taken; and */
	uint64_t evict_token_id; /* what it pushes out, or 0 */
	bool expires;            /* by the app's setting or by offline_access */
	bool public_client;      /* no client secret proved the client */
	struct str bound;        /* core/bound.h; or STR_NONE */
	int64_t lifetime_s;      /* of a token that expires; 0: as the setting says */
};

struct issued {
	char access_token[TOKEN_TEXT_LEN + 1];
	struct str scopes;
	bool expires; /* the members below are set */
	int64_t expires_in_s, refresh_expires_in_s;
	char refresh_token[REFRESH_TEXT_LEN + 1];
};

/* Needs a write transaction. STEP_NEXT or STEP_FAIL. */
enum step_result issue_token(
	struct context *c, const struct issue_request *request, struct issued *out);

#endif
