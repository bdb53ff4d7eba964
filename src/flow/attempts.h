/* Programs that guess are slowed down: what proved nothing is counted by who tried and from where.
 * People's guesses are flow/throttle.h's; here nothing is written, since every token request looks.
 * Assurance 6749-20, 7662-06, A140. */
#ifndef LLAVERO_FLOW_ATTEMPTS_H
#define LLAVERO_FLOW_ATTEMPTS_H

#include "flow/context.h"
#include "flow/rate_limit.h"

struct attempts {
	struct str who;   /* and what: "secret 17 192.0.2.1" */
	struct rate most; /* a limit of 0: any number */
	enum cause cause; /* of the refusal of one more */
};

/* May there be one more? STEP_NEXT, or STEP_REFUSE with the cause, and with `wait`: the seconds
 * until it may. */
enum step_result attempts_look(
	struct context *c, const struct attempts *a, struct refusal *refusal);
/* Counts one. */
void attempts_count(struct context *c, const struct attempts *a);

#endif
