/* Somebody found a credential and reports it: GitHub reference 7.3. */
#ifndef LLAVERO_FLOW_REVOKE_CREDENTIAL_H
#define LLAVERO_FLOW_REVOKE_CREDENTIAL_H

#include "flow/context.h"

/* Ends the access token or refresh token of this text, and what hangs on it, and writes so to its
 * user's security log. A text that is none of ours, or over already, changes nothing. False:
 * c->failed is set. Needs a write transaction. */
bool revoke_credential(struct context *c, struct str text);

#endif
