/* Which row is this access token's? Opaque ones say it themselves (core/token_format.h); one that
 * is a JWT (RFC 9068) is verified first, and then its jti says it. */
#ifndef LLAVERO_FLOW_LOCATE_TOKEN_H
#define LLAVERO_FLOW_LOCATE_TOKEN_H

#include "flow/context.h"

struct located {
	struct str name; /* what its row has the hash of: the token itself, or the jti */
	uint64_t id;
	const char *fault; /* with CAUSE_TOKEN_JWT: a word of core/jws.h or core/jwt_claims.h */
};

/* CAUSE_NONE; or why there is none. CAUSE_FAILURE after setting context.failed. */
enum cause locate_token(struct context *c, struct str text, struct located *out);
/* Three parts with dots between them, as no other secret of ours has. */
bool looks_like_jwt(struct str text);

#endif
