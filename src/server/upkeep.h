/* The housekeeping thread: moves the write-ahead log along, clears out what nothing needs. */
#ifndef LLAVERO_SERVER_UPKEEP_H
#define LLAVERO_SERVER_UPKEEP_H

#include <pthread.h>

#include "flow/rehearsal.h"
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
	struct sandboxes_look sandboxes; /* the last one */
	struct arena arena;              /* of one look at the signing keys */
	bool codes_left;                 /* old codes that were not cleared out at once */
	int64_t session_after;           /* where looking for sessions that are over has come */
	bool sessions_left;              /* that were not looked at yet this time round */
	bool log_is_full; /* the request log has more to be cleared out than was done at once */
	struct logouts *logouts;
	int64_t sealed_us;               /* when the security log was looked at last */
	bool audit_changed;              /* its head cannot be believed: told once */
	int64_t head_told_us, head_told; /* when, and which, the log told last */
	int64_t looked_at_move_us;
	int64_t clock_again_us; /* not before, when the database could not be told of a step */
	bool moving;            /* nothing is to be changed */
};

bool upkeep_start(struct upkeep *u, struct server *server, char problem[256]);
void upkeep_stop(struct upkeep *u);

#endif
