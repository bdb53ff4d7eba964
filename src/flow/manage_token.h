/* An app looks after a token that it was given: GitHub reference 7.1. */
#ifndef LLAVERO_FLOW_MANAGE_TOKEN_H
#define LLAVERO_FLOW_MANAGE_TOKEN_H

#include "flow/authenticate_client.h"
#include "store/authorization.h"

struct managed_token {
	struct client client;
	struct authorization token;
	struct account user;
	struct refusal refusal; /* when the result is STEP_REFUSE */
};

/* The app, by HTTP Basic; `path_id` is the client_id in the request's path and must be the same.
 * `authorization` is the header's value or STR_NONE. STEP_NEXT, STEP_REFUSE or STEP_FAIL. */
enum step_result manage_token_client(
	struct context *c, struct str authorization, struct str path_id, struct managed_token *out);
/* Its live token of this text. A suspended user's token can be ended (`ending`) and nothing else.
 * Looking is no use of the token. STEP_NEXT, STEP_REFUSE or STEP_FAIL. */
enum step_result manage_token_find(
	struct context *c, struct str text, bool ending, struct managed_token *out);

#endif
