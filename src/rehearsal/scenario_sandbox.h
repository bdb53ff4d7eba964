/* Where scenarios' apps and people live: in sandboxes that end after an hour, and sooner when an
 * owner rehearses so much that the older ones would crowd out the owner's own apps. */
#ifndef LLAVERO_REHEARSAL_SCENARIO_SANDBOX_H
#define LLAVERO_REHEARSAL_SCENARIO_SANDBOX_H

#include "flow/context.h"
#include "store/app.h"

/* Makes an app of `owner_id` with a secret, and keeps it with the account `person_id` (0: none) in
 * a sandbox of the id given; ends the owner's oldest when there would be more than
 * LIMIT_SCENARIO_APPS. Needs a write transaction. */
enum db_status scenario_sandbox_make(struct context *c, struct str id, int64_t owner_id,
	int64_t person_id, bool token_expiration, struct app *app,
	char secret[CLIENT_SECRET_LEN + 1]);
/* A fresh id of such a sandbox. */
struct str scenario_sandbox_id(struct context *c);

#endif
