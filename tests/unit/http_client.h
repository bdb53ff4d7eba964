/* A daemon and its clients on one thread: the test runs the daemon's loop and reads the sockets by
 * turns, so nothing happens unseen. */
#ifndef LLAVERO_TESTS_HTTP_CLIENT_H
#define LLAVERO_TESTS_HTTP_CLIENT_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/daemon.h"
#include "unit.h"

enum { PATIENCE_US = 20000000 };

/* A socket listening on a free port of this machine. `buffer` bytes are kept unsent for a reader
 * who does not read; 0: as many as the system likes. */
static inline int listen_here(struct sockaddr_in *address, int buffer)
{
	socklen_t n = sizeof *address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	*address = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_true(fd >= 0);
	if (buffer)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof *address), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &n), 0);
	assert_int_equal(listen(fd, 128), 0);
	return fd;
}

struct client {
	int fd;
	bool closed; /* the server has */
	size_t n, size;
	char *p; /* what has come, NUL-terminated */
};

static inline struct client client_connect(const struct sockaddr_in *address, int buffer)
{
	struct client c = {.fd = socket(AF_INET, SOCK_STREAM, 0), .size = 1};

	assert_true(c.fd >= 0);
	if (buffer)
		setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	assert_int_equal(
		connect(c.fd, (const struct sockaddr *)(const void *)address, sizeof *address), 0);
	c.p = calloc(1, 1);
	return c;
}

static inline void client_close(struct client *c)
{
	close(c->fd);
	free(c->p);
	*c = (struct client){.fd = -1};
}

static inline void client_send(const struct client *c, const char *text)
{
	assert_int_equal(send(c->fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Takes at most `most` bytes of what is there. */
static inline void client_read(struct client *c, size_t most)
{
	if (c->size < c->n + most + 1) {
		c->size = (c->n + most + 1) * 2;
		c->p = realloc(c->p, c->size);
	}
	ssize_t got = recv(c->fd, c->p + c->n, most, MSG_DONTWAIT);

	if (got == 0 || (got < 0 && errno != EAGAIN))
		c->closed = true;
	if (got > 0)
		c->n += (size_t)got;
	c->p[c->n] = '\0';
}

static inline bool client_has(const struct client *c, const char *text)
{
	return memmem(c->p, c->n, text, strlen(text)) != NULL;
}

/* The body of a reply whose head has come. */
static inline struct str client_body(const struct client *c)
{
	const char *end = memmem(c->p, c->n, "\r\n\r\n", 4);

	assert_non_null(end);
	return (struct str){end + 4, (size_t)(c->p + c->n - end - 4)};
}

/* The content of a chunked body; `*complete` says whether the last chunk has come. */
static inline struct str unchunked(struct str body, struct arena *a, bool *complete)
{
	char *out = arena_alloc(a, body.n + 1);
	size_t n = 0, at = 0;

	*complete = false;
	for (;;) {
		const char *line = memmem(body.p + at, body.n - at, "\r\n", 2);
		size_t size = line ? strtoul(body.p + at, NULL, 16) : 0;

		if (!line)
			break;
		at = (size_t)(line + 2 - body.p);
		if (size == 0) {
			*complete = str_eq_c(str_slice(body, at, body.n), "\r\n");
			break;
		}
		if (size + 2 > body.n - at)
			break;
		memcpy(out + n, body.p + at, size);
		n += size;
		at += size;
		assert_memory_equal(body.p + at, "\r\n", 2);
		at += 2;
	}
	return (struct str){out, n};
}

#endif
