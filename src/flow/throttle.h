/* Guessing is slowed down: failures are counted by what was tried and from where. Assurance A198,
 * A202: what was typed is counted, whether such an account exists or not, so counters tell
 * nothing. */
#ifndef LLAVERO_FLOW_THROTTLE_H
#define LLAVERO_FLOW_THROTTLE_H

#include "flow/context.h"

/* What failures are counted by. `what` names the kind ("sign-in account"), `subject` the account as
 * it was typed, or the address. */
struct str throttle_subject(struct context *c, const char *what, struct str subject);
/* How many seconds `subject` has to wait; 0: it may try. -1: the store failed, c->failed is set.
 * Counts a refusal in the metrics. */
int64_t throttle_wait(struct context *c, struct str subject);
/* Counts one failure. */
void throttle_failure(struct context *c, struct str subject);

#endif
