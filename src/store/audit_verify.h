/* Is the security log as it was written? Every entry is looked at, in the order of the chain. */
#ifndef LLAVERO_STORE_AUDIT_VERIFY_H
#define LLAVERO_STORE_AUDIT_VERIFY_H

#include "store/audit.h"

enum audit_fault {
	AUDIT_HEAD_CHANGED, /* or taken away: where the log ends is not known */
	AUDIT_MISSING,      /* the entries of these places were taken out */
	AUDIT_CHANGED,      /* what the entry says was changed */
	AUDIT_MOVED,        /* the entry is genuine, but another one was at its place */
	AUDIT_PUT_IN,       /* nothing was written there, or not with the key */
	AUDIT_LOOSE_END,    /* the last entry is not the one that the head tells */
	AUDIT_FAULTS,
};

struct audit_finding {
	enum audit_fault fault;
	int64_t from, to; /* places; 0: of none */
	int64_t id;       /* of the entry; 0: of none */
};
typedef void audit_tell(void *context, const struct audit_finding *finding);

struct audit_report {
	uint64_t entries; /* of the chain */
	uint64_t erased;  /* of those, whose account was deleted */
	uint64_t waiting; /* without a place yet */
	uint64_t faults;
	struct audit_head head; /* all 0 when it cannot be believed */
};

/* Walks through the log as it is at one moment; `tell` gets what is wrong. The arena is reset
 * between batches. Not within a transaction. */
enum db_status audit_verify(struct store *s, struct arena *a, audit_tell *tell, void *context,
	struct audit_report *out);

#endif
