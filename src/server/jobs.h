/* A small pool of threads for slow work, so that no loop ever waits: password hashing, outgoing
 * HTTP. The queue is bounded; what does not fit is refused at once. */
#ifndef LLAVERO_SERVER_JOBS_H
#define LLAVERO_SERVER_JOBS_H

#include <stdbool.h>

struct jobs;

struct job {
	void (*work)(void *arg); /* on a job thread */
	void *arg;
	void (*done)(struct job *); /* on the job thread too, after work: hands the result back */
	struct job *next;
	bool ran_out; /* set by the thread: a library lacked memory (base/memory.h) */
};

/* At most `threads`, each of which starts when it is first needed. NULL: out of memory. */
struct jobs *jobs_start(unsigned threads, unsigned queue_max);
/* False when the queue is full, or not one thread can start. */
bool jobs_submit(struct jobs *j, struct job *job);
/* Finishes what is queued, ends the threads. */
void jobs_stop(struct jobs *j);

#endif
