/* The housekeeping thread: moves the write-ahead log along, clears out what nothing needs. */
#ifndef LLAVERO_SERVER_UPKEEP_H
#define LLAVERO_SERVER_UPKEEP_H

#include <pthread.h>

#include "server/logouts.h"
#include "server/server.h"
#include "store/sweep.h"

struct upkeep {
	struct server *server;
	struct random random;
	struct store store;
	pthread_t thread;
	bool running;
	struct sweep sweep; /* after something was deleted */
	bool sweeping;
	struct arena arena; /* of one look at the signing keys */
	struct logouts *logouts;
};

bool upkeep_start(struct upkeep *u, struct server *server, char problem[256]);
void upkeep_stop(struct upkeep *u);

#endif
