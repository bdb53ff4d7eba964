/* Ends sandboxes whose time is over: before a request is worked on (server/turn.c), so that none
 * finds one alive, and in the background, so that their rows go though nobody asks. */
#ifndef LLAVERO_FLOW_SANDBOXES_H
#define LLAVERO_FLOW_SANDBOXES_H

#include "flow/rehearsal.h"
#include "store/sandbox.h"

/* Is it time to call sandboxes_end_due? Costs no query. */
bool sandboxes_are_due(const struct rehearsal *r, const struct store *s);
/* Deletes every sandbox that is over, with all its rows but those that store/sweep.h finds. Needs a
 * write transaction; once that is committed, and not before, call sandboxes_ended: another worker
 * that does not look any more has to find them gone. */
enum db_status sandboxes_end_due(
	struct store *s, const struct rehearsal *r, struct sandboxes_look *look);
void sandboxes_ended(struct rehearsal *r, const struct sandboxes_look *look);
/* Notes that one will end at `ends_at`. In the transaction that makes it. */
void sandboxes_note(struct rehearsal *r, int64_t ends_at);
/* Ends all, whatever their time; `*ended` counts them. Needs a write transaction. */
enum db_status sandboxes_end_all(struct store *s, size_t *ended);

#endif
