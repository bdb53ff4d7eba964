/* What only explanations put into words: the parts of one (explain/explanation.h). */
#ifndef LLAVERO_EXPLAIN_TOLD_H
#define LLAVERO_EXPLAIN_TOLD_H

#include "explain/explanation.h"

/* "means", "fix" or "seen" of a cause, its placeholders filled; "" when there is none. */
struct str told_why(struct arena *a, enum lang lang, enum cause cause, const char *which,
	const struct message_arg *args, size_t n);
struct str told_label(struct arena *a, enum lang lang, enum evidence_name name);
/* What is true when a step has passed. */
struct str told_step(struct arena *a, enum lang lang, struct str flow, const char *step);

#endif
