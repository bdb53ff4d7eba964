/* How a client proves itself: one check for each method of RFC 7591 2 (core/profile.h), chosen by
 * what the app is registered for. flow/authenticate_client.c has the table. */
#ifndef LLAVERO_FLOW_CLIENT_PROOF_H
#define LLAVERO_FLOW_CLIENT_PROOF_H

#include "core/client_auth.h"
#include "flow/context.h"
#include "store/app.h"

/* What a request says for its client, and whether that proves anything. */
struct client_proof {
	const struct client_credentials *given;
	const struct client *client;
	struct refusal *refusal;
	bool proven;
};

/* STEP_NEXT: nothing was wrong; `proven` when something was shown. STEP_REFUSE, or STEP_FAIL. */
typedef enum step_result client_check(struct context *c, struct client_proof *p);

client_check check_private_key_jwt;   /* RFC 7523 2.2, OpenID Connect Core 9 */
client_check check_client_secret_jwt; /* the same with the client secret as the key */
client_check check_tls;               /* RFC 8705 2.1 */
client_check check_self_signed;       /* RFC 8705 2.2 */

#endif
