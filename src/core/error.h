/* Protocol errors as values: one cause, with its evidence, and what the wire says of it. */
#ifndef LLAVERO_CORE_ERROR_H
#define LLAVERO_CORE_ERROR_H

#include "base/str.h"

#define WIRE(id, ...) WIRE_##id,
#define CAUSE(id, wire, evidence)
enum wire_error {
#include "core/errors.def"
	WIRE_ERRORS,
};
#undef WIRE
#undef CAUSE

/* CAUSE_NONE means success. */
#define WIRE(id, ...)
#define CAUSE(id, wire, evidence) CAUSE_##id,
enum cause {
	CAUSE_NONE,
#include "core/errors.def"
	CAUSES,
};
#undef WIRE
#undef CAUSE

#define EVIDENCE(name, kind) EVIDENCE_##name,
enum evidence_name {
#include "core/evidence.def"
	EVIDENCE_NAMES,
};
#undef EVIDENCE

enum evidence_kind {
	EVIDENCE_TEXT,
	EVIDENCE_NUMBER,
	EVIDENCE_LENGTH,
	EVIDENCE_SECONDS,
	EVIDENCE_TIME,
	EVIDENCE_WORD,
};

/* Where the documentation tells every cause, a section for each. */
#define CAUSES_PAGE "/apps/oauth-apps/maintaining-oauth-apps/reasons-for-refused-requests"

/* What a client is told about an error. */
struct wire_row {
	const char *code;        /* the GitHub dialect's "error" */
	const char *description; /* "error_description" */
	const char *page;        /* documentation path, ending in '/' */
	const char *anchor;
	const char *rfc_code; /* RFC 6749 5.2's "error" */
	int rfc_status;
};

struct evidence {
	enum evidence_name name;
	struct str value; /* as core/evidence.def says */
};

enum { REFUSAL_EVIDENCE = 6 };

struct context;
struct refusal;
/* Finds out more of why a request was refused, when somebody is to be told: may replace the cause
 * by one with the same wire row, and adds evidence. It reads and changes nothing. */
typedef void refusal_closer(struct context *c, struct refusal *r, const void *of);

/* Why a request was refused. The texts are evidence for the app's owner and for logs: never a
 * secret, a code, a token or a verifier. */
struct refusal {
	enum cause cause;
	struct str expected; /* what would have been right; STR_NONE when nothing is to be shown */
	struct str received; /* what came instead */
	struct evidence evidence[REFUSAL_EVIDENCE];
	size_t evidence_n;
	/* What is known of whose request it was. */
	int64_t app_id;   /* 0: of no app that is known */
	bool proven;      /* it showed a secret, a code or a token of that app */
	uint64_t flow_id; /* of the code or device code that it belongs to; 0: none is known */
	/* How far it came: the flow's name and how many of its steps had passed. */
	const char *flow; /* NULL: not a flow of steps */
	unsigned passed;
	refusal_closer *closer; /* NULL: all is said */
	const void *closer_of;
};

const struct wire_row *wire_row(enum wire_error w);
enum wire_error cause_wire(enum cause c);
/* "CODE_EXPIRED": the name of the row, for logs, metrics and tests. */
const char *cause_name(enum cause c);
/* The cause of that name; CAUSE_NONE when there is none. */
enum cause cause_find(struct str name);
/* The names of its evidence, as errors.def has them. */
const char *cause_evidence(enum cause c);

const char *evidence_name(enum evidence_name n);
enum evidence_kind evidence_kind(enum evidence_name n);
bool evidence_find(struct str name, enum evidence_name *out);

/* Adds evidence. Numbers, seconds and times are written in digits into the arena. What does not
 * fit any more is left out. */
void refusal_add(struct refusal *r, enum evidence_name name, struct str value);
/* STR_NONE when there is none of that name. */
struct str refusal_evidence(const struct refusal *r, enum evidence_name name);
struct arena;
void refusal_add_number(
	struct refusal *r, struct arena *a, enum evidence_name name, int64_t number);

#endif
