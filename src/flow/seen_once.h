/* Taking what may be shown once (store/seen_once.h) from anywhere: a request that writes no rows
 * otherwise begins to write here, and its turn commits that with the rest. */
#ifndef LLAVERO_FLOW_SEEN_ONCE_H
#define LLAVERO_FLOW_SEEN_ONCE_H

#include "flow/context.h"

enum taken {
	TAKEN_FIRST,
	TAKEN_AGAIN,
	TAKEN_TOO_OFTEN, /* A140: `whose`, or the address, has had LIMIT_JTIS; `refusal` says it */
	TAKEN_FAILED,    /* context.failed is set */
};

/* What may be shown once. */
struct once {
	const char *kind;
	struct str whose, jti; /* whose: the key's thumbprint, the client's id */
	int64_t expires_at;    /* until then it is remembered */
};

enum taken take_once(struct context *c, const struct once *once, struct refusal *refusal);

#endif
