/* A load generator: keep-alive HTTP/1.1 requests over N connections from one thread, each with one
 * line of a file put into it. Prints one JSON object: counts, rate, latency percentiles.
 *
 *   load PORTS CONNECTIONS SECONDS METHOD PATH HEADER BODY LINES EXPECT [MOST [PATIENCE]]
 *
 * PORTS: one, or several with commas, which the connections are dealt to.
 * '@' in HEADER or BODY stands for the line. BODY "" sends none. LINES "" sends the same request
 * each time. A reply without the text EXPECT counts as an error. It ends when the time is over, the
 * lines are, or MOST requests were sent (0: any number). PATIENCE: for how many seconds no reply at
 * all is waited for. Exit status: 0, 3 when replies were unexpected, 1 when the server closed a
 * connection, went silent, or could not be reached. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 32768, REQUEST = 16384, CONNECTIONS_MAX = 12000, PORTS_MAX = 16, PATIENCE_S = 5 };

struct connection {
	int fd;
	size_t have;
	double sent_at;
	char reply[BUFFER];
};

struct load {
	int epoll_fd, ports[PORTS_MAX], ports_n, connections, patience_ms;
	size_t most, sent;
	double seconds;
	const char *method, *path, *header, *body, *expect;
	const char *lines, *lines_end; /* what is left of the file */
	char *fixed;                   /* the request when it is always the same */
	size_t fixed_n;
	double *latencies;
	size_t done, room, errors, running;
	char sample[512]; /* the first reply that was an error */
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void give_up(const char *why)
{
	fprintf(stderr, "load: %s\n", why);
	exit(1);
}

/* Writes `text` with the line for each '@'; returns how long it is. */
static size_t put(char *to, size_t room, const char *text, const char *line, size_t line_n)
{
	size_t n = 0;

	for (; *text; text++) {
		size_t add = *text == '@' ? line_n : 1;

		if (add > room - n)
			give_up("a request is too long");
		memcpy(to + n, *text == '@' ? line : text, add);
		n += add;
	}
	return n;
}

static size_t build(const struct load *l, const char *line, size_t line_n, char *out)
{
	char body[REQUEST / 2], header[REQUEST / 2];
	size_t body_n = put(body, sizeof body, l->body, line, line_n);
	size_t header_n = put(header, sizeof header, l->header, line, line_n);
	int n = snprintf(out, REQUEST, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%.*s%s", l->method,
		l->path, (int)header_n, header, header_n ? "\r\n" : "");

	if (n >= REQUEST - 128)
		give_up("a request is too long");
	if (body_n)
		n += snprintf(out + n, (size_t)(REQUEST - n),
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
			"%zu\r\n",
			body_n);
	n += snprintf(out + n, (size_t)(REQUEST - n), "\r\n");
	if ((size_t)n + body_n > REQUEST)
		give_up("a request is too long");
	memcpy(out + n, body, body_n);
	return (size_t)n + body_n;
}

/* Sends the next request; false when there is none left. */
static int send_next(struct load *l, struct connection *c)
{
	char request[REQUEST];
	const char *out = l->fixed;
	size_t n = l->fixed_n;

	if (l->most && l->sent == l->most)
		return 0;

	if (!out) {
		const char *end =
			l->lines < l->lines_end
				? memchr(l->lines, '\n', (size_t)(l->lines_end - l->lines))
				: NULL;

		if (!end)
			return 0;
		n = build(l, l->lines, (size_t)(end - l->lines), request);
		l->lines = end + 1;
		out = request;
	}
	l->sent++;
	c->have = 0;
	c->sent_at = now();
	if (send(c->fd, out, n, MSG_NOSIGNAL) != (ssize_t)n)
		fail("load: send");
	return 1;
}

/* The length of the whole reply once its head is there, else 0. */
static size_t reply_length(const struct connection *c)
{
	const char *end = memmem(c->reply, c->have, "\r\n\r\n", 4);
	const char *length = end ? memmem(c->reply, c->have, "Content-Length:", 15) : NULL;

	if (end && !length)
		length = memmem(c->reply, c->have, "content-length:", 15);
	return end ? (size_t)(end + 4 - c->reply) + (length ? strtoul(length + 15, NULL, 10) : 0)
		   : 0;
}

static void record(struct load *l, struct connection *c)
{
	if (l->done == l->room) {
		l->room = l->room ? l->room * 2 : 1 << 20;
		l->latencies = realloc(l->latencies, l->room * sizeof *l->latencies);
		if (!l->latencies)
			fail("realloc");
	}
	l->latencies[l->done++] = now() - c->sent_at;
	if (memmem(c->reply, c->have, l->expect, strlen(l->expect)))
		return;
	if (l->errors++ == 0)
		snprintf(l->sample, sizeof l->sample, "%.*s", (int)c->have, c->reply);
}

static void receive(struct load *l, struct connection *c, int go_on)
{
	ssize_t n = recv(c->fd, c->reply + c->have, BUFFER - c->have, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		fail("load: recv");
	if (n == 0)
		give_up("the server closed a connection");
	c->have += (size_t)n;
	size_t whole = reply_length(c);

	if (whole > BUFFER || (whole == 0 && c->have == BUFFER))
		give_up("a reply is too long");
	if (whole == 0 || c->have < whole)
		return;
	record(l, c);
	if (!go_on || !send_next(l, c))
		l->running--;
}

static void open_connection(struct load *l, struct connection *c, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
		fail("load: connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, c->fd, &event);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double percentile(const struct load *l, double p)
{
	size_t i = (size_t)(p * (double)l->done);

	return l->done ? l->latencies[i < l->done ? i : l->done - 1] * 1000 : 0;
}

static void report(struct load *l, double took)
{
	qsort(l->latencies, l->done, sizeof *l->latencies, by_value);
	printf("{\"requests\":%zu,\"errors\":%zu,\"seconds\":%.3f,\"per_second\":%.1f,"
	       "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"p999_ms\":%.3f}\n",
		l->done, l->errors, took, (double)l->done / took, percentile(l, 0.50),
		percentile(l, 0.99), percentile(l, 0.999));
	if (l->errors)
		fprintf(stderr, "first unexpected reply:\n%s\n", l->sample);
}

static void map_lines(struct load *l, const char *file)
{
	struct stat st;
	int fd = open(file, O_RDONLY);

	if (fd < 0 || fstat(fd, &st) != 0)
		fail(file);
	l->lines = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (l->lines == MAP_FAILED)
		fail("mmap");
	l->lines_end = l->lines + st.st_size;
	close(fd);
}

static void read_ports(struct load *l, const char *text)
{
	char *end = NULL;

	do {
		if (l->ports_n == PORTS_MAX)
			give_up("too many ports");
		l->ports[l->ports_n++] = (int)strtol(end ? end + 1 : text, &end, 10);
	} while (*end == ',');
}

static double run(struct load *l)
{
	struct connection *all = calloc((size_t)l->connections, sizeof *all);
	struct epoll_event events[256];
	double start, end;

	if (!all)
		fail("calloc");
	for (int i = 0; i < l->connections; i++)
		open_connection(l, &all[i], l->ports[i % l->ports_n]);
	start = now();
	end = start + l->seconds;
	for (int i = 0; i < l->connections; i++)
		l->running += (size_t)send_next(l, &all[i]);
	while (l->running > 0) {
		int n = epoll_wait(l->epoll_fd, events, 256, l->patience_ms);

		if (n <= 0)
			give_up("no reply for so long");
		for (int i = 0; i < n; i++)
			receive(l, events[i].data.ptr, now() < end);
	}
	return now() - start;
}

int main(int argc, char **argv)
{
	struct load l = {0};

	if (argc < 10 || argc > 12) {
		fprintf(stderr,
			"usage: load PORTS CONNECTIONS SECONDS METHOD PATH HEADER BODY LINES"
			" EXPECT [MOST [PATIENCE]]\n");
		return 2;
	}
	l.epoll_fd = epoll_create1(0);
	read_ports(&l, argv[1]);
	l.connections = (int)strtol(argv[2], NULL, 10);
	if (l.connections < 1 || l.connections > CONNECTIONS_MAX)
		give_up("too few or too many connections");
	l.seconds = strtod(argv[3], NULL);
	l.method = argv[4];
	l.path = argv[5];
	l.header = argv[6];
	l.body = argv[7];
	l.expect = argv[9];
	l.most = argc > 10 ? strtoul(argv[10], NULL, 10) : 0;
	l.patience_ms = 1000 * (argc > 11 ? (int)strtol(argv[11], NULL, 10) : PATIENCE_S);
	if (*argv[8]) {
		map_lines(&l, argv[8]);
	} else {
		l.fixed = malloc(REQUEST);
		if (!l.fixed)
			fail("malloc");
		l.fixed_n = build(&l, "", 0, l.fixed);
	}
	report(&l, run(&l));
	return l.errors ? 3 : 0;
}
