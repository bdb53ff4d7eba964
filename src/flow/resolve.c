/* getaddrinfo knows no time limit, so it runs on a thread that nobody has to wait for: whoever is
 * last, the thread or the one who asked, frees what they share. */
#include "flow/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct asking {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	char host[256];
	struct resolved result;
	bool done, abandoned;
};

static void take(struct resolved *out, const struct addrinfo *list)
{
	for (; list; list = list->ai_next) {
		struct resolved_address *a = &out->v[out->n];

		if (list->ai_family != AF_INET && list->ai_family != AF_INET6)
			continue;
		if (out->n == RESOLVED_MOST) {
			out->more = true;
			return;
		}
		a->v6 = list->ai_family == AF_INET6;
		if (a->v6)
			memcpy(a->bytes,
				&((const struct sockaddr_in6 *)(const void *)list->ai_addr)
					 ->sin6_addr,
				16);
		else
			memcpy(a->bytes,
				&((const struct sockaddr_in *)(const void *)list->ai_addr)
					 ->sin_addr,
				4);
		inet_ntop(list->ai_family, a->bytes, a->text, sizeof a->text);
		out->n++;
	}
}

static void release(struct asking *q)
{
	pthread_cond_destroy(&q->answered);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

static void *run(void *arg)
{
	static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct asking *q = arg;
	struct addrinfo *list = NULL;
	struct resolved result = {.n = 0};

	int code = getaddrinfo(q->host, NULL, &hints, &list);

	if (code == 0) {
		take(&result, list);
		freeaddrinfo(list);
	}
	result.lacking = code == EAI_MEMORY || code == EAI_SYSTEM;
	pthread_mutex_lock(&q->lock);
	q->result = result;
	q->done = true;
	bool abandoned = q->abandoned;

	pthread_cond_signal(&q->answered);
	pthread_mutex_unlock(&q->lock);
	if (abandoned)
		release(q);
	return NULL;
}

static struct asking *begin(const char *host)
{
	struct asking *q = calloc(1, sizeof *q);
	pthread_t thread;
	pthread_attr_t detached;
	size_t n = strlen(host);

	if (!q || n >= sizeof q->host) {
		free(q);
		return NULL;
	}
	memcpy(q->host, host, n + 1);
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->answered, NULL);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	bool started = pthread_create(&thread, &detached, run, q) == 0;

	pthread_attr_destroy(&detached);
	if (started)
		return q;
	release(q);
	return NULL;
}

bool resolve_host(const char *host, int64_t timeout_ms, struct resolved *out)
{
	struct asking *q = begin(host);
	struct timespec until;

	*out = (struct resolved){.lacking = !q};
	if (!q)
		return false;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += timeout_ms / 1000;
	pthread_mutex_lock(&q->lock);
	while (!q->done)
		if (pthread_cond_timedwait(&q->answered, &q->lock, &until) != 0)
			break;
	bool done = q->done;

	q->abandoned = !done;
	if (done)
		*out = q->result;
	pthread_mutex_unlock(&q->lock);
	if (done)
		release(q);
	return out->n > 0;
}
