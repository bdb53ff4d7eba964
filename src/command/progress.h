/* How far something long is, on standard error: a bar on a terminal, else a line now and then, or
 * JSON lines with --json. */
#ifndef LLAVERO_COMMAND_PROGRESS_H
#define LLAVERO_COMMAND_PROGRESS_H

#include "command/call.h"
#include "store/backup.h"

struct progress {
	const struct call *call;
	bool terminal, shown;
	const char *doing;         /* what it is about now */
	int64_t begun_us, told_us; /* of that */
	uint64_t rows_before;      /* that were done when it began */
	struct bulk_watch watch;   /* for what does the work */
};

void progress_begin(struct progress *p, const struct call *call);
/* Takes the bar away, so that other lines can follow. */
void progress_end(struct progress *p);

#endif
