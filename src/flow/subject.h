/* The names under which an app knows a person and a session: OpenID Connect Core 2 and 8. */
#ifndef LLAVERO_FLOW_SUBJECT_H
#define LLAVERO_FLOW_SUBJECT_H

#include "flow/context.h"
#include "store/metadata.h"

/* "sub" of the account, for an app with this metadata. False after setting context.failed. */
bool subject_for(struct context *c, int64_t app_id, const struct client_metadata *m,
	int64_t account_id, struct str *out);
/* "sub" of a token of the app and the account; one of no person (ACCOUNT_OF_APPS) is about its app,
 * whose client_id is no number. False after setting context.failed. */
bool subject_of_token(struct context *c, struct str client_id, int64_t account_id, struct str *out);
/* The same when the app is the client that asks, which has been read already. */
bool subject_of_own_token(
	struct context *c, const struct client *client, int64_t account_id, struct str *out);
/* "sid" of the session. */
struct str session_name_for(const struct context *c, int64_t app_id, uint64_t session_id);

#endif
