/* Telling apps that a session is over: OpenID Connect Back-Channel Logout 2.5. What is to be told
 * stands in the database (store/logout.h). The housekeeping looks for it; threads of their own send
 * it, several at once, each with a time limit, so that an app that hangs delays nobody but itself.
 * What was picked is put off first and struck out last: a crash in between costs a second telling.
 */
#ifndef LLAVERO_SERVER_LOGOUTS_H
#define LLAVERO_SERVER_LOGOUTS_H

#include "flow/settings.h"
#include "store/store.h"

struct logouts;

/* `store` is the housekeeping's own. NULL when memory or threads are lacking. */
struct logouts *logouts_new(struct store *store, const struct settings *settings);
/* Sends what is due and notes what has been heard; on the housekeeping's thread, often. */
void logouts_tend(struct logouts *l);
/* What waits for a thread is left for the next start. */
void logouts_free(struct logouts *l);

#endif
