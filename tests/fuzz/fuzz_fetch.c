/* What another server answers to a fetch, from the first byte of its head on. Nothing is followed,
 * no more is kept than may be, and what is kept is kept for no longer than may be. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

#include "flow/fetch.h"
#include "fuzz.h"

enum { BODY_MAX = 2000, PATIENCE_S = 10 };

/* The other server: it answers every request with `answer`, and hangs up. */
static struct {
	int fd;
	unsigned port;
	pthread_t thread;
	struct str answer;
	_Atomic unsigned asked;
	sem_t hung_up;
} other;

static void *serve_others(void *arg)
{
	for (;;) {
		char request[4096];
		int fd = accept(other.fd, NULL, NULL);
		size_t sent = 0;
		ssize_t n = recv(fd, request, sizeof request, 0);

		other.asked++;
		while (n > 0 && sent < other.answer.n) {
			n = send(fd, other.answer.p + sent, other.answer.n - sent, MSG_NOSIGNAL);
			sent += n > 0 ? (size_t)n : 0;
		}
		shutdown(fd, SHUT_WR);
		/* The client hangs up first, so that its port is not kept waiting. */
		while (n > 0 && recv(fd, request, sizeof request, 0) > 0)
			;
		close(fd);
		sem_post(&other.hung_up);
	}
	return arg;
}

static void start_other(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof address;

	signal(SIGPIPE, SIG_IGN);
	other.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	MUST(other.fd >= 0 && bind(other.fd, (struct sockaddr *)&address, n) == 0);
	MUST(getsockname(other.fd, (struct sockaddr *)&address, &n) == 0);
	MUST(listen(other.fd, 16) == 0);
	other.port = ntohs(address.sin_port);
	MUST(sem_init(&other.hung_up, 0, 0) == 0);
	MUST(pthread_create(&other.thread, NULL, serve_others, NULL) == 0);
}

static bool this_machine(const char *host, int64_t timeout_ms, struct resolved *out)
{
	*out = (struct resolved){.v = {{false, {127, 0, 0, 1}, "127.0.0.1"}}, .n = 1};
	return timeout_ms > 0 && *host;
}

/* It may still be sending, of a text that is about to be freed. Not for ever: it may have heard of
 * nobody. */
static void wait_for_other(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	sem_timedwait(&other.hung_up, &until);
}

/* `form`: the answer to a POST is asked for, of which only the status counts. */
static void fetch_once(struct arena *a, const char *form)
{
	struct str url = str_printf(a, "http://127.0.0.1:%u/a", other.port);
	struct fetch f;

	MUST(fetch_init(&f, a, url, true, BODY_MAX) == FETCH_OK);
	f.resolver = this_machine;
	f.form = form;
	other.asked = 0;
	fetch_work(&f);
	wait_for_other();
	int64_t fresh = fetch_fresh_for(&f);

	MUST(other.asked <= 1);
	MUST(f.body_n <= BODY_MAX && *fetch_fault_word(f.fault));
	MUST(fresh >= LIMIT_FRESH_LEAST && fresh <= LIMIT_FRESH_MOST);
	if (f.fault == FETCH_OK)
		MUST(f.status == 200 || (form && f.status == 204));
	if (f.fault == FETCH_REDIRECT)
		MUST(f.status >= 300 && f.status < 400);
}

static void target(struct arena *a, struct str text)
{
	if (!other.port)
		start_other();
	other.answer = text;
	fetch_once(a, NULL);
	fetch_once(a, "a=b");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
