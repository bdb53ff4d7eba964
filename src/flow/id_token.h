/* The ID token: OpenID Connect Core 2, 3.1.3.3 and 12.2. A statement for one app: who has signed
 * in, when and how. */
#ifndef LLAVERO_FLOW_ID_TOKEN_H
#define LLAVERO_FLOW_ID_TOKEN_H

#include "core/bound.h"
#include "flow/issue_token.h"

struct id_token_request {
	enum dialect edge;
	const struct client *client;
	int64_t account_id;
	const struct bound *bound; /* what the token is bound to */
	bool refreshed;            /* 12.2: without the nonce */
};

/* Signs one into `issued`, beside its access token, when scope openid was granted and the request
 * came to the standard edge. STEP_NEXT or STEP_FAIL. Needs a write transaction. */
enum step_result add_id_token(
	struct context *c, const struct id_token_request *q, struct issued *issued);

/* Which algorithm signs what this app is given: the one that it registered, where it is one of
 * ours; else RS256 (Core 15.1), which always is. */
enum jose_alg client_signing_alg(const struct context *c, struct str registered);

#endif
