/* This machine's clock, set back while the server runs or while it did not (assurance A032, A232).
 * A step of LIMIT_CLOCK_WAIT at most is waited for, with the clock standing still; with a larger
 * one the clock stands still until what is stored has been told (store/clock_back.h). Where the
 * database has a clock of its own, other nodes live by it too: there a step is only logged. */
#ifndef LLAVERO_SERVER_SET_BACK_H
#define LLAVERO_SERVER_SET_BACK_H

#include "server/server.h"

/* Before anybody is served: from here on the server's clock does not go back by itself. False: the
 * database could not be told. */
bool set_back_start(struct server *s, struct store *store);
/* Now and then: was the clock set back? False as above; it is to be asked again. */
bool set_back_look(struct server *s, struct store *store);
/* Notes what time it is, for a start after a step. Needs a write transaction. */
enum db_status set_back_note(struct server *s, struct store *store);

#endif
