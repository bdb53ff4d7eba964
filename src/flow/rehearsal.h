/* What a rehearsal can change of the process: its clock, faults on purpose, throw-away apps and
 * users. One for the process; a context has it only while the setting `rehearsal` holds. */
#ifndef LLAVERO_FLOW_REHEARSAL_H
#define LLAVERO_FLOW_REHEARSAL_H

#include <stdatomic.h>

#include "flow/faults.h"

struct clock;

struct rehearsal {
	struct clock *clock; /* of every thread */
	struct faults faults;
	/* For flow/sandboxes.h: no sandbox ends before this; lower than the truth is always right.
	 * And how often one was made. */
	_Atomic int64_t sandbox_ends_at;
	_Atomic unsigned sandboxes_noted;
	_Atomic bool sweep; /* rows are left that belonged to something deleted */
};

/* What a look at the sandboxes found, to be told to all once it is true for all:
 * flow/sandboxes.h. */
struct sandboxes_look {
	int64_t next_end;
	size_t ended;
	unsigned noted;
};

/* `clock` is borrowed. Not for use while other threads run. */
void rehearsal_init(struct rehearsal *r, struct clock *clock);

#endif
