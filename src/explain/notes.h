/* What a worker has to write into the request log. Entries are written in the turn of their
 * request, so whoever has the reply can read its explanation; beyond the pace that is allowed
 * (explain/pace.h) they are only counted, and counts are written with what is written anyway.
 *
 * One for each worker; a request that fails takes back what it noted. */
#ifndef LLAVERO_EXPLAIN_NOTES_H
#define LLAVERO_EXPLAIN_NOTES_H

#include "core/error.h"
#include "store/request_log.h"

struct notes;

/* NULL when memory is lacking. `per_minute` is how many entries of one app are taken. */
struct notes *notes_new(int64_t per_minute);
void notes_free(struct notes *n);

/* May an entry be taken, now? `app_id` 0: of no app that is known. Always yes again until
 * notes_add, so that it can be asked before the work of describing the request. */
bool notes_has_room(struct notes *n, int64_t app_id, bool proven, bool refused, struct str address);
/* Takes an entry; its texts are copied. When memory is lacking it is lost. */
void notes_add(struct notes *n, const struct log_entry *entry);
/* Counts a refusal. */
void notes_count(struct notes *n, int64_t app_id, enum cause cause, int64_t now_s);

/* Begins a request; notes_undo takes back what has been noted since. */
void notes_begin(struct notes *n);
void notes_undo(struct notes *n);
/* Entries wait for this turn's commit. */
bool notes_wait(const struct notes *n);
/* Something is to be written, be it only counts. */
bool notes_any(const struct notes *n);
/* Counts have become so many that they must be written. */
bool notes_full(const struct notes *n);
/* Writes everything; needs a write transaction. It is kept until notes_clear, which is for after
 * the commit, successful or not. */
enum db_status notes_write(struct notes *n, struct store *s);
void notes_clear(struct notes *n);

#endif
