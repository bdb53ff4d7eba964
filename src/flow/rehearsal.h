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
	/* For flow/sandboxes.h: no sandbox ends before this. Written within write transactions,
	 * which take turns; lower than the truth is always right. */
	_Atomic int64_t sandbox_ends_at;
	_Atomic bool sweep; /* rows are left that belonged to something deleted */
};

/* `clock` is borrowed. Not for use while other threads run. */
void rehearsal_init(struct rehearsal *r, struct clock *clock);

#endif
