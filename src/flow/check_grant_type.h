/* May this app use this grant? What it is registered for is a list that counts (RFC 7591 2; OWASP
 * ASVS 10.4.4), at the standard edge: the GitHub dialect knows no such registration, and what its
 * apps may do follows from their switches. */
#ifndef LLAVERO_FLOW_CHECK_GRANT_TYPE_H
#define LLAVERO_FLOW_CHECK_GRANT_TYPE_H

#include "flow/context.h"
#include "store/metadata.h"

/* RFC 6749 5.2, unauthorized_client. `registered` is client_metadata.grant_types. STEP_NEXT or
 * STEP_REFUSE. */
enum step_result check_grant_registered(struct context *c, enum dialect edge, unsigned registered,
	enum grant_type wanted, struct refusal *refusal);
/* The same for a client whose metadata nobody has read yet. */
enum step_result check_client_grant(struct context *c, enum dialect edge,
	const struct client *client, enum grant_type wanted, struct refusal *refusal);
/* Would a refresh token be of any use to it there? */
bool client_may_refresh(struct context *c, enum dialect edge, const struct client *client);

#endif
