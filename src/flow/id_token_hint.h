/* An ID token of ours that comes back as id_token_hint: OpenID Connect Core 3.1.2.1, RP-Initiated
 * Logout 2. It may have expired; its key may be retired, as long as it did not leak. */
#ifndef LLAVERO_FLOW_ID_TOKEN_HINT_H
#define LLAVERO_FLOW_ID_TOKEN_HINT_H

#include "flow/context.h"

struct id_token_hint {
	struct str sub, sid, client_id; /* sid: or STR_NONE */
};

enum hint_verdict {
	HINT_GOOD,
	HINT_UNREADABLE,
	HINT_NOT_OURS,   /* we did not sign it */
	HINT_OF_ANOTHER, /* for another app than `client_id`, or from another issuer */
	HINT_FAILED,     /* context.failed is set */
};

/* `client_id` STR_NONE: of whichever app; `out` says which. */
enum hint_verdict id_token_hint_read(
	struct context *c, struct str text, struct str client_id, struct id_token_hint *out);
/* A word.fault of the locales. */
const char *hint_verdict_word(enum hint_verdict v);

#endif
