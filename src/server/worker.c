#include "server/worker.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "server/stream.h"

enum {
	RUNS_PER_COMMIT = 3,
	IDLE_WAIT_MS = 1000, /* a worker looks up this often, for its counters */
	DELAY_WAIT_MS = 50,  /* and this often while replies are delayed */
	GRACE_US = 3000000,  /* a stopping worker waits this long for requests under way */
	LINGER_US = 100000,  /* this long for those that are just arriving */
	SILENT_US = 1000000, /* and this long for the first of a connection that was taken */
};

static bool watch(struct worker *w, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(w->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Has somebody connected, and asked for nothing yet? To cut that connection off would be a request
 * that was refused. */
static bool is_silent(const struct worker *w)
{
	return http_daemon_silent(w->daemon) > 0 || (w->mtls && http_daemon_silent(w->mtls) > 0);
}

static bool is_done(struct worker *w, int64_t stopping_since)
{
	int64_t waited = clock_monotonic_us() - stopping_since;
	bool busy = w->jobs_out > 0 || w->held || w->delayed;

	if (busy)
		return waited > GRACE_US && w->jobs_out == 0 && !w->delayed;
	return waited > (is_silent(w) ? SILENT_US : LINGER_US);
}

static void wait_for_work(struct worker *w, int wait_ms)
{
	struct epoll_event events[4];
	int n = epoll_wait(w->epoll_fd, events, 4, wait_ms);

	for (int i = 0; i < n; i++) {
		eventfd_t value;

		if (events[i].data.fd == w->wake_fd)
			eventfd_read(w->wake_fd, &value);
	}
}

static int sooner(int wait_ms, int other_ms)
{
	return wait_ms < 0 || (other_ms >= 0 && other_ms < wait_ms) ? other_ms : wait_ms;
}

static int run_daemons(struct worker *w)
{
	int wait_ms = http_daemon_run(w->daemon);

	return w->mtls ? sooner(wait_ms, http_daemon_run(w->mtls)) : wait_ms;
}

/* The first run answers what the last commit let go; those clients send their next requests while
 * it lasts, and the runs after it take them into the same commit. */
static int run_daemon(struct worker *w)
{
	int wait_ms = run_daemons(w);

	for (int i = 1; w->held && i < RUNS_PER_COMMIT; i++)
		wait_ms = run_daemons(w);
	return wait_ms;
}

static int poll_streams(struct worker *w)
{
	int wait_ms = http_daemon_poll_streams(w->daemon);

	return w->mtls ? sooner(wait_ms, http_daemon_poll_streams(w->mtls)) : wait_ms;
}

/* Who connects from here on is refused at once, and a proxy asks another node. In the queue of a
 * socket that nobody takes connections from they would be cut off in the end, with what they have
 * sent. */
static void close_listeners(struct worker *w)
{
	close(w->listen_fd);
	if (w->mtls_fd >= 0)
		close(w->mtls_fd);
}

static void quiesce(struct worker *w)
{
	struct http_daemon *const daemons[] = {w->daemon, w->mtls};

	for (size_t i = 0; i < 2 && daemons[i]; i++) {
		http_daemon_quiesce(daemons[i]);
		http_daemon_end_streams(daemons[i]);
	}
	close_listeners(w);
}

int worker_turn(struct worker *w, int wait_ms, bool *answers)
{
	wait_for_work(w, wait_ms);
	turn_take_returned(w);
	turn_take_delayed(w, atomic_load_explicit(&w->server->stopping, memory_order_relaxed));
	wait_ms = run_daemon(w);
	/* What was let go is answered in the next turn, at once. */
	*answers = turn_end(w) > 0;
	if (*answers)
		wait_ms = 0;
	int most_ms = w->delayed ? DELAY_WAIT_MS : IDLE_WAIT_MS;

	wait_ms = sooner(wait_ms, poll_streams(w));
	return wait_ms < 0 || wait_ms > most_ms ? most_ms : wait_ms;
}

static void stop_daemons(struct worker *w)
{
	http_daemon_stop(w->daemon);
	http_daemon_stop(w->mtls);
}

static void *run(void *arg)
{
	struct worker *w = arg;
	int64_t stopping_since = 0;
	int wait_ms = 0;

	for (;;) {
		bool answers;

		wait_ms = worker_turn(w, wait_ms, &answers);
		if (!atomic_load_explicit(&w->server->stopping, memory_order_relaxed))
			continue;
		if (!stopping_since) {
			stopping_since = clock_monotonic_us();
			run_daemons(w); /* takes who has connected until now */
			quiesce(w);
		}
		if (!answers && is_done(w, stopping_since))
			break;
		if (wait_ms > 10)
			wait_ms = 10;
	}
	/* Here, and not when the other workers are done too: a proxy goes on with its open
	 * connections, and what it sends would be lost. */
	stop_daemons(w);
	return NULL;
}

static bool start_daemon(struct worker *w)
{
	const struct config *config = &w->server->config;
	struct http_daemon_config d = {
		.listen_fd = w->listen_fd,
		.router = w->server->router,
		.worker = w->number,
		.max_connections = (unsigned)config->max_connections,
		.max_per_address = (unsigned)config->connections_per_address,
		.speaks_for_many = turn_is_proxy,
		.too_slow = &w->server->http.too_slow,
		.crowded_out = &w->server->http.crowded_out,
		.idle_s = (unsigned)config->idle_timeout,
		.tls = *config->tls_certificate != '\0',
		.owner = w,
		.handle = turn_handle,
		.finished = turn_finished,
	};

	stream_configure(&d, w->server);
	w->daemon = http_daemon_start(&d);
	if (!w->daemon || !watch(w, http_daemon_fd(w->daemon)))
		return false;
	if (w->mtls_fd < 0)
		return true;
	/* A listener of its own: asked for a certificate, browsers ask the person (8705-04). */
	d.listen_fd = w->mtls_fd;
	d.ask_certificates = true;
	w->mtls = http_daemon_start(&d);
	return w->mtls && watch(w, http_daemon_fd(w->mtls));
}

bool worker_open(struct worker *w, struct server *server, unsigned number, const int fds[2],
	char problem[256])
{
	memset(w, 0, sizeof *w);
	w->server = server;
	w->number = number;
	w->listen_fd = fds[0];
	w->mtls_fd = fds[1];
	w->wake_fd = -1;
	pthread_mutex_init(&w->returned_lock, NULL);
	random_init(&w->random);
	w->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	w->notes = notes_new(server->config.settings.log_per_minute);
	w->signing = signing_new();
	if (!w->notes || !w->signing) {
		snprintf(problem, 256, "out of memory at start");
		return false;
	}
	if (!store_open(&w->store, server->config.database_url, false, &w->random, &server->clock,
		    problem))
		return false;
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->epoll_fd < 0 || w->wake_fd < 0 || !watch(w, w->wake_fd) || !start_daemon(w)) {
		snprintf(problem, 256, "a worker cannot listen");
		return false;
	}
	return true;
}

bool worker_start(struct worker *w, struct server *server, unsigned number, const int fds[2],
	char problem[256])
{
	if (!worker_open(w, server, number, fds, problem))
		return false;
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		snprintf(problem, 256, "a worker's thread cannot start");
		return false;
	}
	return true;
}

void worker_wake(struct worker *w)
{
	eventfd_write(w->wake_fd, 1);
}

void worker_join(struct worker *w)
{
	pthread_join(w->thread, NULL);
	close(w->epoll_fd);
	close(w->wake_fd);
	store_close(&w->store);
	notes_free(w->notes);
	signing_free(w->signing);
	pthread_mutex_destroy(&w->returned_lock);
}
