/* What requests do to the database: each of them wholly or not at all.
 *
 * SQLite has one commit for all requests of a turn, each in a savepoint. With PostgreSQL each
 * request has a transaction of its own (db_shares_commit), which is run again when another one was
 * in its way: docs/design.md, "PostgreSQL". */
#ifndef LLAVERO_SERVER_TRANSACTION_H
#define LLAVERO_SERVER_TRANSACTION_H

#include "server/turn.h"

/* Runs `step`, and keeps what it did, or undoes it when it failed: w->context.failed says so. When
 * it is run again the context and the reply are as they were before. False: it could not begin. */
bool transaction_run(struct work *w, void (*step)(struct work *));
/* After a request: is there something to be written before its reply goes? Whoever is told of a
 * refusal can read why. */
bool transaction_takes_notes(struct worker *w);
/* At the end of a turn: writes what nobody waited for until now, and commits. False: what the
 * turn's requests did is undone. */
bool transaction_end_turn(struct worker *w);

#endif
