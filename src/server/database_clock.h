/* The database server's clock beside this machine's: assurance 6.6. A rehearsal's clock, which is
 * moved on purpose, does not come into it. */
#ifndef LLAVERO_SERVER_DATABASE_CLOCK_H
#define LLAVERO_SERVER_DATABASE_CLOCK_H

#include "store/store.h"

/* At start: false, with a sentence in `problem`, when the two differ by more than LIMIT_CLOCK_SKEW.
 * More than LIMIT_CLOCK_SKEW_TOLD is logged. A server that does not say is left to those who need
 * it. */
bool database_clock_agrees(struct store *s, char problem[256]);
/* Later, when clocks have drifted or another server has taken over: only logs. */
void database_clock_watch(struct store *s);

#endif
