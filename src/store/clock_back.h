/* A clock that was set back, and what is stored with times (assurance A032, A232): whatever was to
 * end after now ends as much earlier as the clock went back. So it has the time left that it had
 * the moment before, and what had ended stays so. */
#ifndef LLAVERO_STORE_CLOCK_BACK_H
#define LLAVERO_STORE_CLOCK_BACK_H

#include "store/store.h"

/* The latest time of the system that a server of this database has noted, in seconds; 0: none has.
 */
enum db_status clock_back_read(struct store *s, int64_t *latest_s);
/* Notes it. Needs a write transaction. */
enum db_status clock_back_note(struct store *s, int64_t latest_s);
/* The clock was set back by `back_s` seconds, to `now_s`, while the system's time is `system_s`:
 * the same, but in a rehearsal. Nothing is done when another server has done so already, which what
 * is noted tells. Needs a write transaction. */
enum db_status clock_back_settle(struct store *s, int64_t now_s, int64_t back_s, int64_t system_s);

#endif
