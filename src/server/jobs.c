#include "server/jobs.h"

#include <pthread.h>
#include <stdlib.h>

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct job *first, **last;
	unsigned queued, queue_max, threads_n;
	bool stopping;
	pthread_t *threads;
};

static struct job *take(struct jobs *j)
{
	pthread_mutex_lock(&j->lock);
	while (!j->first && !j->stopping)
		pthread_cond_wait(&j->wake, &j->lock);
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
		job->work(job->arg);
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
	j->threads = calloc(threads, sizeof *j->threads);
	for (; j->threads && j->threads_n < threads; j->threads_n++)
		if (pthread_create(&j->threads[j->threads_n], NULL, run, j) != 0)
			break;
	if (j->threads_n == threads)
		return j;
	jobs_stop(j);
	return NULL;
}

bool jobs_submit(struct jobs *j, struct job *job)
{
	pthread_mutex_lock(&j->lock);
	bool room = j->queued < j->queue_max && !j->stopping;

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
