/* A stream's body is made by its owner's poll, outside the library, and handed over in the
 * library's callback, piece by piece. What one poll has written is sent to its end before the next
 * poll: so a slow reader slows its own stream down, and no more than one piece ever waits. A stream
 * that waits for its next poll is suspended in the library: no descriptor is watched, and the idle
 * timeout stands still. It runs while a piece waits for its reader, whom it cuts off. */
#include "http/stream.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/limits.h"

/* A comment, which readers skip. */
#define HEARTBEAT ": \n\n"

enum { BLOCK = 4096 /* what the library takes at once without chunks */ };

struct http_stream {
	struct http_streams *all;
	struct http_stream *next, *previous;
	struct http_exchange *exchange;
	struct arena arena;   /* of one poll; `left` lives in it */
	struct str left;      /* written by the last poll, not yet taken by the library */
	int64_t next_poll_us; /* monotonic, like those below */
	int64_t written_us;   /* 0: nothing yet */
	int64_t until_us;
	bool waiting; /* suspended: all is sent */
	bool ended;   /* after what is left comes the last chunk */
	bool broken;  /* the connection is to be cut, without a last chunk */
};

static int64_t us(unsigned ms)
{
	return (int64_t)ms * 1000;
}

struct http_stream *http_stream_new(struct http_streams *all, struct http_exchange *x)
{
	if (all->ending || all->n >= all->config->streams_max || FAIL_AT("http.stream"))
		return NULL;
	struct http_stream *s = calloc(1, sizeof *s);

	if (!s)
		return NULL;
	s->all = all;
	s->exchange = x;
	s->until_us = clock_monotonic_us() + us(all->config->stream_ms);
	arena_init(&s->arena, LIMIT_REQUEST_ARENA);
	s->next = all->first;
	if (s->next)
		s->next->previous = s;
	all->first = s;
	all->n++;
	if (all->config->open_streams)
		atomic_fetch_add_explicit(all->config->open_streams, 1, memory_order_relaxed);
	return s;
}

void http_stream_free(struct http_stream *s)
{
	struct http_streams *all = s->all;

	if (s->next)
		s->next->previous = s->previous;
	if (s->previous)
		s->previous->next = s->next;
	else
		all->first = s->next;
	all->n--;
	if (all->config->open_streams)
		atomic_fetch_sub_explicit(all->config->open_streams, 1, memory_order_relaxed);
	arena_release(&s->arena);
	free(s);
}

/* The library has room for `max` more bytes of the body. */
static ssize_t take(void *stream, uint64_t at, char *to, size_t max)
{
	struct http_stream *s = stream;

	(void)at;
	if (!s)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (s->left.n) {
		size_t n = s->left.n < max ? s->left.n : max;

		memcpy(to, s->left.p, n);
		s->left = str_slice(s->left, n, s->left.n);
		return (ssize_t)n;
	}
	if (s->broken)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (s->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	s->waiting = true;
	MHD_suspend_connection(s->exchange->connection);
	return 0;
}

struct MHD_Response *http_stream_response(struct http_stream *s)
{
	struct MHD_Response *response =
		MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, take, s, NULL);

	if (!response)
		return NULL;
	/* The library would end even the reply to HEAD with a last chunk. */
	if (!s)
		MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
	MHD_add_response_header(response, "Connection", "close");
	return response;
}

static void wake(struct http_stream *s)
{
	s->waiting = false;
	MHD_resume_connection(s->exchange->connection);
}

static int descriptor(const struct http_stream *s)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(s->exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info ? info->connect_fd : -1;
}

/* Nobody reads any more. The library does not look at suspended connections, and a write after the
 * reader has closed succeeds once. A reader that has closed its sending side only is counted as
 * gone too; no event source does that. */
static bool is_gone(const struct http_stream *s)
{
	struct pollfd socket = {.fd = descriptor(s), .events = POLLRDHUP};

	return poll(&socket, 1, 0) > 0 && socket.revents != 0;
}

/* Asks the owner for what is new. */
static void ask(struct http_stream *s)
{
	const struct http_daemon_config *config = s->all->config;
	struct buf out;

	buf_init(&out, &s->arena, LIMIT_STREAM_PIECE);
	enum http_poll result = config->poll(config->owner, s->exchange, &s->arena, &out);

	s->broken = result == HTTP_POLL_FAILED || out.overflow;
	s->ended = result == HTTP_POLL_END;
	if (!s->broken)
		s->left = buf_str(&out);
}

static void poll_one(struct http_stream *s, int64_t now)
{
	const struct http_daemon_config *config = s->all->config;

	s->next_poll_us = now + us(config->stream_poll_ms);
	s->left = STR_NONE;
	arena_reset(&s->arena);
	if (is_gone(s))
		s->broken = true;
	else if (now >= s->until_us)
		s->ended = true;
	else
		ask(s);
	bool over = s->broken || s->ended;

	/* The first poll always writes something: it takes the head through every buffer. */
	if (!over && !s->left.n &&
		(!s->written_us || now - s->written_us >= us(config->stream_heartbeat_ms)))
		s->left = STR(HEARTBEAT);
	if (s->left.n)
		s->written_us = now;
	if (s->left.n || over)
		wake(s);
}

/* A reader that takes a byte now and then is never idle: its stream has an end all the same. */
static void cut_when_overdue(const struct http_stream *s, int64_t now)
{
	if (now >= s->until_us + us(s->all->config->idle_s * 1000))
		shutdown(descriptor(s), SHUT_RDWR);
}

int http_streams_poll(struct http_streams *all)
{
	if (!all->first)
		return -1;
	int64_t now = clock_monotonic_us(), soonest = INT64_MAX;

	for (struct http_stream *s = all->first; s; s = s->next) {
		if (!s->waiting) {
			cut_when_overdue(s, now);
			continue;
		}
		if (now >= s->next_poll_us)
			poll_one(s, now);
		int64_t due = s->waiting ? s->next_poll_us : now;

		soonest = due < soonest ? due : soonest;
	}
	return soonest == INT64_MAX ? -1 : (int)((soonest - now + 999) / 1000);
}

void http_streams_end(struct http_streams *all)
{
	all->ending = true;
	for (struct http_stream *s = all->first; s; s = s->next) {
		s->ended = true;
		if (s->waiting)
			wake(s);
	}
}
