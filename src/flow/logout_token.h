/* The logout token: OpenID Connect Back-Channel Logout 2.4. Tells one app that a session is over.
 */
#ifndef LLAVERO_FLOW_LOGOUT_TOKEN_H
#define LLAVERO_FLOW_LOGOUT_TOKEN_H

#include "flow/context.h"
#include "store/logout.h"
#include "store/metadata.h"

/* False after setting context.failed. */
bool logout_token(struct context *c, const struct logout *l, const struct client_metadata *m,
	struct str *out);

#endif
