/* Taking what may be shown once (store/seen_once.h) from anywhere: a request that writes no rows
 * otherwise begins to write here, and its turn commits that with the rest. */
#ifndef LLAVERO_FLOW_SEEN_ONCE_H
#define LLAVERO_FLOW_SEEN_ONCE_H

#include "flow/context.h"

enum taken { TAKEN_FIRST, TAKEN_AGAIN, TAKEN_FAILED /* context.failed is set */ };

enum taken take_once(
	struct context *c, const char *kind, struct str whose, struct str jti, int64_t expires_at);

#endif
