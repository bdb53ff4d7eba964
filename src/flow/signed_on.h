/* How somebody who is at a browser has signed in there, and tying that to what an app is given:
 * OpenID Connect Core 2 (auth_time, acr, amr), Back-Channel Logout 2.1 (sid). */
#ifndef LLAVERO_FLOW_SIGNED_ON_H
#define LLAVERO_FLOW_SIGNED_ON_H

#include "core/bound.h"
#include "flow/context.h"
#include "store/app.h"

struct signed_on {
	uint64_t session_id;
	int64_t auth_time, auth_n; /* as in struct session */
	struct str amr;
};

/* Fills what `bound` says of the sign-in. */
void bind_sign_in(const struct signed_on *s, struct bound *bound);
/* The same, and the session: notes that the app wants to be told when the session ends, if it does.
 * Needs a write transaction. False after setting context.failed. */
bool bind_signed_on(struct context *c, const struct app *app, int64_t account_id,
	const struct signed_on *s, struct bound *bound);

#endif
