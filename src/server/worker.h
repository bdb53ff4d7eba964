/* A worker: a thread with its own listening socket, loop, and database connection. */
#ifndef LLAVERO_SERVER_WORKER_H
#define LLAVERO_SERVER_WORKER_H

#include "server/turn.h"

/* Opens the worker's store and its daemons. `fds`: its listening sockets, the second, where client
 * certificates are asked for, or -1. False with a sentence in `problem`. No thread is started:
 * whoever wants to see every step, as tests/fuzz does, calls worker_turn. */
bool worker_open(struct worker *w, struct server *server, unsigned number, const int fds[2],
	char problem[256]);
/* Waits for work, for `wait_ms` milliseconds at most, and does it: one turn. `*answers`: it has let
 * requests go that the next one answers. Returns for how long that may wait. */
int worker_turn(struct worker *w, int wait_ms, bool *answers);
/* The same as worker_open, and starts the thread that takes the turns. */
bool worker_start(struct worker *w, struct server *server, unsigned number, const int fds[2],
	char problem[256]);
/* Makes the worker look up from its wait. */
void worker_wake(struct worker *w);
/* Waits until the thread has ended, then releases what it had. */
void worker_join(struct worker *w);

#endif
