/* Issuing an access token, with a refresh token where there is to be one: the last step of every
 * grant. RFC 6749 5.1; GitHub reference sections 3.3 and 4. */
#ifndef LLAVERO_FLOW_ISSUE_TOKEN_H
#define LLAVERO_FLOW_ISSUE_TOKEN_H

#include "flow/check_app.h"
#include "flow/issue_access_token.h"
#include "store/grant.h"
#include "store/refresh.h"

/* How long an access token lives, and whether it can be refreshed. */
struct token_terms {
	int64_t lifetime_s; /* 0: until it is ended */
	bool refresh;
};

/* Who asks for a token, where, and what hangs on it. */
struct terms_request {
	struct service service;
	enum dialect edge;     /* where the token is got; */
	bool begun_standard;   /* what it comes from was got through the standard edge */
	bool token_expiration; /* the app's setting */
	bool offline;          /* offline_access was asked for */
	bool no_refresh;       /* the app could not use one: flow/check_grant_type.h */
};

/* A token can be refreshed by the app's setting or by offline_access, whoever the client is. It
 * expires when it can be refreshed, when either edge or the profile says so. */
struct token_terms token_terms(const struct context *c, const struct terms_request *q);

struct issue_request {
	int64_t app_id, account_id;
	uint64_t grant_id;
	struct str scopes;       /* space-joined; the token has those that its resources know */
	uint64_t token_id;       /* of the slot that was taken; and */
	uint64_t evict_token_id; /* what it pushes out, or 0 */
	struct token_terms terms;
	bool public_client;              /* no client secret proved the client */
	struct str bound;                /* core/bound.h; or STR_NONE */
	struct str token_bound;          /* of the access token; STR_NONE: the same */
	bool dpop;                       /* it is bound to a DPoP key */
	struct str client_id;            /* needed with: */
	const struct resource *resource; /* what the token is for; NULL: nothing in particular */
	uint64_t from_token_id;          /* what it was exchanged for; or 0 */
};

struct issued {
	struct str access_token;
	bool dpop; /* RFC 9449 5: token_type DPoP */
	struct str scopes;
	struct str details;   /* RFC 9396 7: a JSON array; or STR_NONE */
	int64_t expires_in_s; /* 0: it does not expire */
	bool refreshes;       /* the members below are set */
	int64_t refresh_expires_in_s;
	char refresh_token[REFRESH_TEXT_LEN + 1];
	struct str id_token;           /* flow/id_token.h; or STR_NONE */
	const char *issued_token_type; /* RFC 8693 2.2.1; or NULL */
};

/* Needs a write transaction. STEP_NEXT or STEP_FAIL. */
enum step_result issue_token(
	struct context *c, const struct issue_request *request, struct issued *out);

#endif
