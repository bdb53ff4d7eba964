/* Is this access token good, now? RFC 6750 3.1; GitHub reference 8.1. */
#ifndef LLAVERO_FLOW_CHECK_TOKEN_H
#define LLAVERO_FLOW_CHECK_TOKEN_H

#include "core/scope.h"
#include "flow/context.h"
#include "store/grant.h"

struct checked_token {
	struct str text; /* as sent */
	struct token token;
	struct scope_set scopes;
	struct refusal refusal; /* when the result is STEP_REFUSE */
};

/* `text` is the token as sent, STR_NONE when none was. STEP_DONE, STEP_REFUSE or STEP_FAIL. Writes
 * nothing. A wrong checksum is refused without touching the store. */
enum step_result check_token(struct context *c, struct str text, struct checked_token *out);

/* The same for who only wants to know: it is no use of the token. */
enum step_result examine_token(struct context *c, struct str text, struct checked_token *out);

/* Makes a refusal of a token that may still be good: STEP_REFUSE. */
enum step_result check_token_refuse(struct checked_token *t, enum cause cause);
/* What has ended a token whose row is there, first things first; CAUSE_NONE when nothing has. */
enum cause token_end_of(const struct token *t, int64_t now);
/* The name of check `i`, in the order in which they are made; NULL past the last. */
const char *check_token_step(size_t i);

#endif
