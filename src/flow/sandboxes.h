/* Ends sandboxes whose time is over: before a request is worked on (server/turn.c), so that none
 * finds one alive, and in the background, so that their rows go though nobody asks. */
#ifndef LLAVERO_FLOW_SANDBOXES_H
#define LLAVERO_FLOW_SANDBOXES_H

#include "flow/rehearsal.h"
#include "store/sandbox.h"

/* Is it time to call sandboxes_end_due? Costs no query. */
bool sandboxes_are_due(const struct rehearsal *r, const struct store *s);
/* Deletes every sandbox that is over, with all its rows but those that store/sweep.h finds, and
 * notes when the next one ends. Needs a write transaction; when that does not last, call
 * sandboxes_look_again. */
enum db_status sandboxes_end_due(struct store *s, struct rehearsal *r);
void sandboxes_look_again(struct rehearsal *r);
/* Notes that one will end at `ends_at`. In the transaction that makes it. */
void sandboxes_note(struct rehearsal *r, int64_t ends_at);
/* Ends all, whatever their time; `*ended` counts them. Needs a write transaction. */
enum db_status sandboxes_end_all(struct store *s, size_t *ended);

#endif
