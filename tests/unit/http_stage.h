/* A daemon whose streams follow a script, run by the test itself. */
#ifndef LLAVERO_TESTS_HTTP_STAGE_H
#define LLAVERO_TESTS_HTTP_STAGE_H

#include "base/fail.h"
#include "base/limits.h"
#include "http_client.h"

enum { NEVER_MS = 3600000, SMALL = 4096 };

/* What the streams of a test write: `pieces` events, then nothing more. */
struct script {
	unsigned pieces;
	size_t piece_n; /* an event's length; 0: "data: 1", "data: 2"... */
	enum http_poll after;
	unsigned polls; /* so far, of all streams */
};

struct stage {
	struct arena arena;
	struct http_router *router;
	struct http_daemon *daemon;
	struct sockaddr_in address;
	struct http_daemon_config config;
	struct script script;
	_Atomic unsigned open;
	unsigned finished;
	int wait_ms; /* what the daemon asked for last */
};

static inline void no_handler(struct context *c, struct http_request *req, struct http_reply *rep)
{
	(void)c;
	(void)req;
	(void)rep;
}

static const struct http_route routes[] = {
	{HTTP_GET, "/events", no_handler, 0, 0},
	{HTTP_GET, "/plain", no_handler, 0, 0},
	{HTTP_GET, "/large", no_handler, 0, 0},
	{HTTP_POST, "/plain", no_handler, 0, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};

/* Byte `i` of all the long events. */
static inline char pattern(size_t i)
{
	return (char)('a' + i % 23);
}

static inline bool play(struct context *c, void *arg, struct buf *out)
{
	struct script *s = arg;

	(void)c;
	if (s->polls++ >= s->pieces)
		return false;
	if (!s->piece_n)
		buf_addf(out, "data: %u\n\n", s->polls);
	for (size_t i = 0; i < s->piece_n; i++)
		buf_add_char(out, pattern((s->polls - 1) * s->piece_n + i));
	return true;
}

static inline enum http_poll on_poll(
	void *owner, struct http_exchange *x, struct arena *a, struct buf *out)
{
	struct stage *stage = owner;
	struct http_reply *rep = &x->reply;

	assert_ptr_equal(out->arena, a);
	assert_int_equal(out->n, 0);
	return rep->stream.poll(NULL, rep->stream.arg, out) ? HTTP_POLL_MORE : stage->script.after;
}

static inline struct str large_body(struct arena *a)
{
	char *p = arena_alloc(a, LIMIT_REPLY);

	for (size_t i = 0; i < LIMIT_REPLY; i++)
		p[i] = pattern(i);
	return (struct str){p, LIMIT_REPLY};
}

/* As a turn does it. */
static inline enum http_next on_handle(void *owner, struct http_exchange *x)
{
	struct stage *stage = owner;

	if (str_eq_c(x->request.path, "/plain"))
		http_reply(&x->reply, 200, "text/plain", STR("plain"));
	else if (str_eq_c(x->request.path, "/large"))
		http_reply(&x->reply, 200, "text/plain", large_body(&x->arena));
	else
		http_event_stream(&x->reply, play, &stage->script);
	if (x->reply.stream.poll && x->request.method != HTTP_HEAD && !http_stream_open(x)) {
		memset(&x->reply, 0, sizeof x->reply);
		http_reply(&x->reply, 503, "text/plain", STR("later"));
	}
	return HTTP_SEND;
}

static inline void on_finished(void *owner, struct http_exchange *x)
{
	struct stage *stage = owner;

	(void)x;
	stage->finished++;
}

static inline int set_up(void **state)
{
	const struct http_route *tables[] = {routes};
	struct stage *s = calloc(1, sizeof *s);

	arena_init(&s->arena, 256 << 20);
	s->router = http_router_new(tables, 1);
	s->script.after = HTTP_POLL_MORE;
	s->config = (struct http_daemon_config){
		.listen_fd = -1,
		.router = s->router,
		.max_connections = 100,
		.idle_s = LIMIT_IDLE_SECONDS,
		.owner = s,
		.handle = on_handle,
		.finished = on_finished,
		.streams_max = LIMIT_STREAMS_PER_WORKER,
		.stream_poll_ms = 1,
		.stream_heartbeat_ms = NEVER_MS,
		.stream_ms = NEVER_MS,
		.open_streams = &s->open,
		.poll = on_poll,
	};
	*state = s;
	return 0;
}

static inline void start(struct stage *s, int buffer)
{
	s->config.listen_fd = listen_here(&s->address, buffer);
	s->daemon = http_daemon_start(&s->config);
	assert_non_null(s->daemon);
}

static inline int tear_down(void **state)
{
	struct stage *s = *state;

	fail_configure(NULL);
	http_daemon_stop(s->daemon);
	assert_int_equal(s->open, 0);
	close(s->config.listen_fd);
	http_router_free(s->router);
	arena_release(&s->arena);
	free(s);
	return 0;
}

/* One round of the daemon's loop. Waits a moment when there is nothing to do. */
static inline void go_round(struct stage *s)
{
	struct pollfd fd = {.fd = http_daemon_fd(s->daemon), .events = POLLIN};

	poll(&fd, 1, 1);
	s->wait_ms = http_daemon_run(s->daemon);
	int wait_ms = http_daemon_poll_streams(s->daemon);

	if (s->wait_ms < 0 || (wait_ms >= 0 && wait_ms < s->wait_ms))
		s->wait_ms = wait_ms;
}

/* Goes on until `condition` holds, and fails when it never does. */
#define GO_ON_UNTIL(stage, condition)                                                              \
	for (int64_t since_us = clock_monotonic_us(); !(condition); go_round(stage))               \
	assert_true(clock_monotonic_us() - since_us < PATIENCE_US)
#define READ_UNTIL(stage, client, condition)                                                       \
	GO_ON_UNTIL(stage, (client_read((client), SMALL), (condition)))

static inline struct client ask(
	struct stage *s, const char *method, const char *path, const char *version)
{
	struct client c = client_connect(&s->address, 0);
	char text[256];

	snprintf(text, sizeof text, "%s %s HTTP/%s\r\nHost: a.example\r\n\r\n", method, path,
		version);
	client_send(&c, text);
	return c;
}

static inline struct client open_stream(struct stage *s)
{
	struct client c = ask(s, "GET", "/events", "1.1");

	READ_UNTIL(s, &c, client_has(&c, "\r\n\r\n") && client_body(&c).n > 0);
	return c;
}

static inline void assert_content(
	struct stage *s, const struct client *c, const char *text, bool complete)
{
	bool last_chunk;

	assert_str(unchunked(client_body(c), &s->arena, &last_chunk), text);
	assert_int_equal(last_chunk, complete);
}

/* Goes on until nothing moves: the reader's buffers are full. */
static inline void fill_up(struct stage *s)
{
	unsigned before = 0, rounds = 0;

	while (rounds++ < 200) {
		go_round(s);
		if (s->script.polls != before)
			rounds = 0;
		before = s->script.polls;
	}
}

static inline struct client slow_reader(struct stage *s)
{
	struct client c = client_connect(&s->address, SMALL);

	client_send(&c, "GET /events HTTP/1.1\r\nHost: a.example\r\n\r\n");
	fill_up(s);
	return c;
}

/* All long events of a stream have come, each byte once and in its place. */
static inline void assert_pattern(struct stage *s, const struct client *c, unsigned pieces)
{
	bool last_chunk;
	struct str content = unchunked(client_body(c), &s->arena, &last_chunk);

	assert_true(last_chunk);
	assert_int_equal(content.n, (size_t)pieces * LIMIT_STREAM_PIECE);
	for (size_t i = 0; i < content.n; i++)
		if (content.p[i] != pattern(i))
			fail_msg("byte %zu is wrong", i);
}

#define staged(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
