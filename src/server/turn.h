/* One turn of a worker's loop: every request that wrote shares one commit, and none of them is
 * answered before it. DESIGN section 4. */
#ifndef LLAVERO_SERVER_TURN_H
#define LLAVERO_SERVER_TURN_H

#include <pthread.h>

#include "explain/notes.h"
#include "flow/rehearsal.h"
#include "flow/signing.h"
#include "flow/token_uses.h"
#include "server/server.h"

struct worker;

/* A request's work. Lives in its arena. */
struct work {
	struct context context; /* first: a context is its work (server_of) */
	struct worker *worker;
	struct http_exchange *exchange;
	int64_t started_us;
	int64_t due_us;        /* monotonic; of a delayed one: when it is answered */
	bool promises_nothing; /* nothing was changed so far: the reply goes in any case */
	bool only_reads;       /* when others' changes are taken back, it can look again */
	struct job job;
};

struct worker {
	struct server *server;
	unsigned number;
	pthread_t thread;
	struct store store;
	struct random random;
	struct http_daemon *daemon;
	struct http_daemon *mtls; /* asks for client certificates; NULL: there is none */
	int listen_fd, mtls_fd, epoll_fd, wake_fd;
	struct token_uses uses;
	struct notes *notes;
	struct signing *signing;
	int64_t notes_written_us;      /* monotonic */
	int64_t uses_written_us;       /* monotonic */
	struct http_exchange *held;    /* wait for this turn's commit */
	struct http_exchange *delayed; /* wait for their time (http_reply.delay_ms) */
	bool ended_sandboxes;          /* in this turn: to be told when it is committed */
	bool turn_is_lost;             /* nothing of it may be committed */
	struct sandboxes_look sandboxes;
	unsigned jobs_out; /* requests whose slow work is not back yet */
	pthread_mutex_t returned_lock;
	struct job *returned; /* slow work that is done */
};

/* The daemon's callbacks. */
enum http_next turn_handle(void *worker, struct http_exchange *x);
void turn_finished(void *worker, struct http_exchange *x);
bool turn_is_proxy(void *worker, struct str address);
/* Continues requests whose slow work is done. */
void turn_take_returned(struct worker *w);
/* Answers the delayed requests whose time has come, or all of them. */
void turn_take_delayed(struct worker *w, bool all);
/* Commits, and lets the held requests go. Returns how many that were. */
unsigned turn_end(struct worker *w);

#endif
