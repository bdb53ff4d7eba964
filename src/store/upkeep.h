/* Throttling counters, the demo client's notes, and clearing out. */
#ifndef LLAVERO_STORE_UPKEEP_H
#define LLAVERO_STORE_UPKEEP_H

#include "store/store.h"

/* Failures counted for `subject` in the running window of `window_s`; 0 when none runs. `*left_s`
 * is how long the window lasts yet: never more than `window_s`, however the clock was set. */
enum db_status throttle_read(
	struct store *s, struct str subject, int64_t window_s, int64_t *failures, int64_t *left_s);
/* Counts one failure; a window of `window_s` begins with the first. */
enum db_status throttle_count(
	struct store *s, struct str subject, int64_t window_s, int64_t *failures);
enum db_status throttle_clear(struct store *s, struct str subject);

/* Forgets every window that is running: their ends mean nothing once the clock was set back. */
enum db_status throttle_clear_all(struct store *s);

enum db_status demo_flow_put(struct store *s, struct str id, struct str state, int64_t lifetime_s);
enum db_status demo_flow_get(struct store *s, struct arena *a, struct str id, struct str *state);

/* Deletes those of the `batch` oldest codes that expired a day ago; `*more`: all of them had. Looks
 * at no others, however many there are, since writers wait for it. Needs a write transaction. */
enum db_status store_purge_codes(struct store *s, size_t batch, bool *more);
/* Of the `batch` sessions after id `*after`, deletes those that are over or were idle for `idle_s`,
 * and moves `*after` to the last that was looked at; 0 when there was none left. Needs a write
 * transaction, and looks at no others for the same reason. */
enum db_status store_purge_sessions(struct store *s, int64_t idle_s, size_t batch, int64_t *after);
/* Deletes at most `batch` rows of each other kind that nothing needs any more; needs a write
 * transaction. */
enum db_status store_purge(struct store *s, size_t batch);

#endif
