/* What the person reads in the security log when an app's access has ended. */
#ifndef LLAVERO_FLOW_NOTE_END_H
#define LLAVERO_FLOW_NOTE_END_H

#include "flow/context.h"

/* Writes `action` ("oauth_access.destroy" when the app ended it, "oauth_access.replayed" when a
 * code or refresh token was used twice), by this app, to the log of `account_id`. An app that acts
 * for itself has nobody who would read it. Needs a write transaction. False: c->failed is set. */
bool note_end(struct context *c, int64_t account_id, int64_t app_id, const char *action);

#endif
