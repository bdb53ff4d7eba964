/* What tokens hang on that no person was asked about: a grant between the account of apps and the
 * app. "Revoke all user tokens" and the app's suspension end them like others; no consent is noted
 * that somebody could take for a person's. */
#ifndef LLAVERO_FLOW_OWN_GRANT_H
#define LLAVERO_FLOW_OWN_GRANT_H

#include "flow/context.h"
#include "store/grant.h"

/* Makes it the first time. Needs a write transaction. STEP_NEXT or STEP_FAIL. */
enum step_result find_own_grant(
	struct context *c, const struct client *client, struct str scopes, struct grant *out);
/* A token for a person was given to the app without that person: it stands in their security log.
 * False after setting context.failed. */
bool note_token_for(
	struct context *c, const struct client *client, int64_t account_id, struct str scopes);

#endif
