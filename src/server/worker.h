/* A worker: a thread with its own listening socket, loop, and database connection. */
#ifndef LLAVERO_SERVER_WORKER_H
#define LLAVERO_SERVER_WORKER_H

#include "server/turn.h"

/* Opens the worker's store and starts its thread. `fds`: its listening sockets, the second, where
 * client certificates are asked for, or -1. False with a sentence in `problem`. */
bool worker_start(struct worker *w, struct server *server, unsigned number, const int fds[2],
	char problem[256]);
/* Makes the worker look up from its wait. */
void worker_wake(struct worker *w);
/* Waits until the thread has ended, then releases what it had. */
void worker_join(struct worker *w);

#endif
