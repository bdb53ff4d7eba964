#include "server/jobs.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct job *first, **last;
	unsigned queued, queue_max, idle, threads_n, threads_max;
	bool stopping;
	pthread_t *threads;
};

static struct job *take(struct jobs *j)
{
	pthread_mutex_lock(&j->lock);
	j->idle++;
	while (!j->first && !j->stopping)
		pthread_cond_wait(&j->wake, &j->lock);
	j->idle--;
	struct job *job = j->first;

	if (job) {
		j->first = job->next;
		if (!j->first)
			j->last = &j->first;
		j->queued--;
	}
	pthread_mutex_unlock(&j->lock);
	return job;
}

static void *run(void *arg)
{
	struct job *job;

	while ((job = take(arg))) {
		memory_forget();
		job->work(job->arg);
		job->ran_out = memory_ran_out();
		job->done(job);
	}
	return NULL;
}

struct jobs *jobs_start(unsigned threads, unsigned queue_max)
{
	struct jobs *j = calloc(1, sizeof *j);

	if (!j)
		return NULL;
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->wake, NULL);
	j->last = &j->first;
	j->queue_max = queue_max;
	j->threads_max = threads;
	j->threads = calloc(threads, sizeof *j->threads);
	if (j->threads)
		return j;
	jobs_stop(j);
	return NULL;
}

/* Sees to a thread for one more job; without one of its own it waits for the others. */
static bool has_thread(struct jobs *j)
{
	if (j->idle <= j->queued && j->threads_n < j->threads_max &&
		pthread_create(&j->threads[j->threads_n], NULL, run, j) == 0)
		j->threads_n++;
	return j->threads_n > 0;
}

bool jobs_submit(struct jobs *j, struct job *job)
{
	pthread_mutex_lock(&j->lock);
	bool room = j->queued < j->queue_max && !j->stopping && has_thread(j);

	if (room) {
		job->next = NULL;
		*j->last = job;
		j->last = &job->next;
		j->queued++;
		pthread_cond_signal(&j->wake);
	}
	pthread_mutex_unlock(&j->lock);
	return room;
}

void jobs_stop(struct jobs *j)
{
	if (!j)
		return;
	pthread_mutex_lock(&j->lock);
	j->stopping = true;
	pthread_cond_broadcast(&j->wake);
	pthread_mutex_unlock(&j->lock);
	for (unsigned i = 0; i < j->threads_n; i++)
		pthread_join(j->threads[i], NULL);
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->lock);
	free(j->threads);
	free(j);
}
