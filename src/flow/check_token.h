/* Is this access token good, now? RFC 6750 3.1; GitHub reference 8.1. */
#ifndef LLAVERO_FLOW_CHECK_TOKEN_H
#define LLAVERO_FLOW_CHECK_TOKEN_H

#include "core/bound.h"
#include "core/client_auth.h"
#include "core/scope.h"
#include "flow/context.h"
#include "store/grant.h"
#include "store/resource.h"

struct checked_token {
	struct str text; /* as sent */
	struct token token;
	struct scope_set scopes;
	struct bound bound;         /* read by check_presented_token only */
	int exchanges;              /* that led to it (RFC 8693) */
	struct sign_in_wants wants; /* of the resource, where that is what it falls short of */
	struct refusal refusal;     /* when the result is STEP_REFUSE */
};

/* A token as it comes to a protected resource of ours. */
struct presented_token {
	struct str text; /* STR_NONE when none was sent */
	bool dpop;       /* under the scheme DPoP (RFC 9449 7.1), not as a bearer token */
	struct shown_keys shown;
};

/* STEP_DONE, STEP_REFUSE or STEP_FAIL. Writes nothing, but that a proof was seen. A wrong checksum
 * is refused without touching the store. */
enum step_result check_presented_token(
	struct context *c, const struct presented_token *p, struct checked_token *out);
/* The same for one that comes as a bearer token and with nothing else. */
enum step_result check_token(struct context *c, struct str text, struct checked_token *out);

/* Is it good at all? For who only wants to know: it is no use of the token, whoever it is bound to
 * and whatever it is for. */
enum step_result examine_token(struct context *c, struct str text, struct checked_token *out);
/* Somebody else lets it in. */
void note_token_use(struct context *c, const struct checked_token *t);

/* Makes a refusal of a token that may still be good: STEP_REFUSE. */
enum step_result check_token_refuse(struct checked_token *t, enum cause cause);
/* What has ended a token whose row is there, first things first; CAUSE_NONE when nothing has. */
enum cause token_end_of(const struct token *t, int64_t now);
/* The name of check `i`, in the order in which they are made; NULL past the last. */
const char *check_token_step(size_t i);

#endif
