/* Protocol errors as values: one cause, with its evidence, and what the wire says of it. */
#ifndef LLAVERO_CORE_ERROR_H
#define LLAVERO_CORE_ERROR_H

#include "base/str.h"

#define WIRE(id, ...) WIRE_##id,
#define CAUSE(id, wire)
enum wire_error {
#include "core/errors.def"
	WIRE_ERRORS,
};
#undef WIRE
#undef CAUSE

/* CAUSE_NONE means success. */
#define WIRE(id, ...)
#define CAUSE(id, wire) CAUSE_##id,
enum cause {
	CAUSE_NONE,
#include "core/errors.def"
	CAUSES,
};
#undef WIRE
#undef CAUSE

/* What a client is told about an error. */
struct wire_row {
	const char *code;        /* the GitHub dialect's "error" */
	const char *description; /* "error_description" */
	const char *page;        /* documentation path, ending in '/' */
	const char *anchor;
	const char *rfc_code; /* RFC 6749 5.2's "error" */
	int rfc_status;
};

/* Why a request was refused. The texts are evidence for the app's owner and for logs: never a
 * secret, a code, a token or a verifier. */
struct refusal {
	enum cause cause;
	struct str expected; /* what would have been right; STR_NONE when nothing is to be shown */
	struct str received; /* what came instead */
};

const struct wire_row *wire_row(enum wire_error w);
enum wire_error cause_wire(enum cause c);
/* "CODE_EXPIRED": the name of the row, for logs, metrics and tests. */
const char *cause_name(enum cause c);

#endif
