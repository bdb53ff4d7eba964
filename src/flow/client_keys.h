/* The public keys of a client for a check of its authentication: flow/remote_keys.h, with the one
 * turn that a fetch takes. */
#ifndef LLAVERO_FLOW_CLIENT_KEYS_H
#define LLAVERO_FLOW_CLIENT_KEYS_H

#include "flow/remote_keys.h"

/* As remote_keys. KEYS_FETCH: context.keys_wanted is set, and the flow is to end with STEP_ASK; the
 * request is worked on once more when they are there. */
enum keys_state client_keys(
	struct context *c, const struct client_metadata *m, bool again, struct remote_keys **keys);

#endif
