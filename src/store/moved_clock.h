/* How far a rehearsal has moved the clock. Kept in the database, so that a restart and the command
 * line live at the same time as the server. */
#ifndef LLAVERO_STORE_MOVED_CLOCK_H
#define LLAVERO_STORE_MOVED_CLOCK_H

#include "store/store.h"

/* The offset that was kept last, in microseconds; 0 when the clock was never moved. */
enum db_status moved_clock_read(struct store *s, int64_t *offset_us);
/* Keeps it. Needs a write transaction. */
enum db_status moved_clock_put(struct store *s, int64_t offset_us);
/* Does the moved clock count? What the server that used the database last has said; false before.
 */
enum db_status moved_clock_counts(struct store *s, bool *counts);
/* Says so. Writes only when it was otherwise. Needs a write transaction. */
enum db_status moved_clock_set_counts(struct store *s, bool counts);

#endif
