/* Who sends a token request, besides the client: the key of a DPoP proof (RFC 9449 5), the
 * certificate of the connection (RFC 8705 3). What is given then is good with these only. */
#ifndef LLAVERO_FLOW_SENDER_H
#define LLAVERO_FLOW_SENDER_H

#include "core/bound.h"
#include "core/client_auth.h"
#include "flow/check_app.h"

struct sender {
	struct str jkt; /* thumbprint of the key; STR_NONE: no proof */
	struct str x5t; /* of the certificate; STR_NONE: tokens are not bound to one */
};

/* Reads what was shown, and holds it against what the app and its profile ask for (F2-02).
 * STEP_NEXT, STEP_REFUSE or STEP_FAIL. */
enum step_result check_sender(struct context *c, const struct client_credentials *given,
	const struct client *client, enum dialect edge, struct sender *out,
	struct refusal *refusal);
/* RFC 8705 4: the certificate shown counts for what was bound to one, however the app is registered
 * since. */
void take_bound_certificate(struct context *c, const struct client_credentials *given,
	const struct bound *bound, struct sender *s);
/* What was given to one key is that one's: RFC 9449 10, RFC 9449 5, RFC 8705 4. `cause` says what
 * it was. STEP_NEXT or STEP_REFUSE. */
enum step_result check_same_sender(const struct bound *bound, const struct sender *s,
	enum cause cause, struct refusal *refusal);
/* `text` is what `bound` was read from; the result is the same bound to the sender, and to no other
 * that it may have been bound to. */
struct str bind_to_sender(
	struct context *c, struct str text, const struct bound *bound, const struct sender *s);

#endif
