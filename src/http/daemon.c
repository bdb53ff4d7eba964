#include "http/daemon.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/log.h"
#include "http/head.h"
#include "http/stream.h"
#include "http/tls.h"
#include "http/visitors.h"

enum { STATE_NEW, STATE_BODY, STATE_HELD, STATE_READY };

struct http_daemon {
	struct http_daemon_config config;
	struct MHD_Daemon *mhd;
	struct visitors *visitors;
	struct http_streams streams;
	struct http_exchange *spare; /* finished exchanges with a warm arena, for reuse */
	unsigned spares;
	uint64_t served;
	uint32_t salt; /* makes request ids of two runs differ */
	bool ending;   /* no connection is for another request */
};

enum { SPARES_MAX = 256, DISCARD_MAX = 1 << 20 };

static struct http_exchange *exchange_new(struct http_daemon *d)
{
	struct http_exchange *x = d->spare;

	if (x) {
		struct arena warm = x->arena;

		d->spare = x->next;
		d->spares--;
		memset(x, 0, sizeof *x);
		x->arena = warm;
	} else {
		x = FAIL_AT("http.exchange") ? NULL : calloc(1, sizeof *x);
		if (!x)
			return NULL;
		arena_init(&x->arena, LIMIT_REQUEST_ARENA);
	}
	x->daemon = d;
	x->request.arena = &x->arena;
	x->reply.status = 200;
	return x;
}

static void exchange_free(struct http_exchange *x)
{
	struct http_daemon *d = x->daemon;

	x->arena.escape = NULL;
	if (d->spares < SPARES_MAX) {
		arena_reset(&x->arena);
		x->next = d->spare;
		d->spare = x;
		d->spares++;
		return;
	}
	arena_release(&x->arena);
	free(x);
}

/* Runs `step` so that it may run out of memory; false when it did. Nothing else of the request has
 * been done by then. */
static bool guarded(struct http_exchange *x, void (*step)(struct http_exchange *, const void *),
	const void *argument)
{
	jmp_buf out_of_memory;

	if (setjmp(out_of_memory)) {
		x->arena.escape = NULL;
		return false;
	}
	x->arena.escape = &out_of_memory;
	step(x, argument);
	x->arena.escape = NULL;
	return true;
}

static void take_target(struct http_exchange *x, const void *target)
{
	/* A copy: the library cuts its own text up. */
	struct str text = str_dup(&x->arena, str_from(target));
	size_t question = str_find(text, '?');

	x->request.path = str_slice(text, 0, question);
	x->request.raw_query = question < text.n ? str_slice(text, question + 1, text.n) : STR_NONE;
}

static struct visitor *visitor_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* Called with the request target as sent, before the library takes it apart. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct http_daemon *d = cls;
	struct http_exchange *x = exchange_new(d);
	struct visitor *v = visitor_of(connection);

	visitors_note_request(d->visitors, v);
	visitors_wait(d->visitors, v);
	if (!x)
		return NULL;
	x->connection = connection;
	if (guarded(x, take_target, target))
		return x;
	exchange_free(x);
	return NULL;
}

/* The library is not to decode: we do it ourselves, strictly. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *s)
{
	(void)cls;
	(void)connection;
	return strlen(s);
}

static enum http_method method_of(const char *name)
{
	static const char *const names[] = {
		"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

	for (int i = 0; i < HTTP_METHOD_OTHER; i++)
		if (strcmp(name, names[i]) == 0)
			return (enum http_method)i;
	return HTTP_METHOD_OTHER;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode what)
{
	struct http_daemon *d = cls;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		visitors_remove(d->visitors, *context);
		*context = NULL;
		return;
	}
	const union MHD_ConnectionInfo *address =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const union MHD_ConnectionInfo *socket =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	*context = address && socket
			   ? visitors_add(d->visitors, address->client_addr, socket->connect_fd)
			   : NULL;
}

static char *put_hex(char *to, uint64_t value, int least_digits)
{
	int digits = 16;

	while (digits > least_digits && value >> (4 * (digits - 1)) == 0)
		digits--;
	while (digits-- > 0)
		*to++ = "0123456789ABCDEF"[value >> (4 * digits) & 15];
	return to;
}

/* Colon-separated upper-case hex groups, as clients of the GitHub dialect know them. */
static void make_id(struct http_exchange *x)
{
	struct http_daemon *d = x->daemon;
	uint64_t n = ++d->served;
	uint32_t mixed = (uint32_t)(n * 2654435761U) ^ d->salt;

	char *to = put_hex(x->id, d->config.worker & 0xFFFFU, 4);

	*to++ = ':';
	to = put_hex(to, mixed >> 16, 4);
	*to++ = ':';
	to = put_hex(to, n & 0xFFFFFFFFU, 1);
	*to++ = ':';
	to = put_hex(to, d->salt, 8);
	*to++ = ':';
	*put_hex(to, (uint64_t)clock_monotonic_us() / 1000 & 0xFFFFFFFFU, 1) = '\0';
	x->request.id = str_from(x->id);
}

static struct str certificates_of(struct http_exchange *x)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info && info->tls_session ? http_tls_peer(info->tls_session, &x->arena) : STR_NONE;
}

/* A refusal before the request has reached its handler. */
static void plain_reply(struct http_exchange *x, int status, const char *text)
{
	x->refused = true;
	http_reply(&x->reply, status, "text/plain; charset=utf-8", str_from(text));
}

/* Reads the head of a request. When it is refused, x->refused is set and the reply is ready. */
static void take_head(struct http_exchange *x, const void *method)
{
	struct http_request *req = &x->request;
	unsigned allowed = 0;

	make_id(x);
	req->remote = visitor_address(visitor_of(x->connection));
	if (x->daemon->config.ask_certificates)
		req->certificates = certificates_of(x);
	req->method = method_of(method);
	const char *fault = http_read_head(x->connection, req);

	if (fault) {
		plain_reply(x, 400, fault);
		return;
	}
	/* RFC 9112 3.2: the forms for proxies, and "*", mean nothing here. */
	if (!str_starts(req->path, STR("/"))) {
		plain_reply(x, 400, "The request target is not a path.\n");
		return;
	}
	if (req->path.n + req->raw_query.n >= LIMIT_REQUEST_TARGET) {
		plain_reply(x, 414, "The request target is too long.\n");
		return;
	}
	req->route = http_route_find(
		x->daemon->config.router, req->method, req->path, &x->arena, req->vars, &allowed);
	x->body_max = req->route && req->route->body_max ? req->route->body_max : LIMIT_BODY;
	buf_init(&x->body, &x->arena, x->body_max);
	req->query_status = form_parse(&x->arena, req->raw_query, LIMIT_PARAMS, &req->query);
	const char *length =
		MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Content-Length");

	if (length && strtoull(length, NULL, 10) > x->body_max)
		plain_reply(x, 413, "The request body is too large.\n");
}

static struct MHD_Response *new_response(struct http_exchange *x)
{
	const struct http_reply *rep = &x->reply;

	if (rep->drop)
		return NULL;
	union {
		const char *in;
		void *out;
	} body = {.in = rep->body.n ? rep->body.p : ""};

	if (FAIL_AT("http.response"))
		return NULL;
	if (rep->stream.poll)
		return http_stream_response(x->stream);
	/* The body lives in the arena until the exchange is finished, which is after sending. */
	return MHD_create_response_from_buffer(rep->body.n, body.out, MHD_RESPMEM_PERSISTENT);
}

/* False: out of memory. */
static bool add_header(struct MHD_Response *response, const char *name, const char *value)
{
	return !FAIL_AT("http.header") && MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_headers(const struct http_exchange *x, struct MHD_Response *response)
{
	const struct http_reply *rep = &x->reply;
	bool good = !rep->content_type || add_header(response, "Content-Type", rep->content_type);

	for (size_t i = 0; i < rep->headers_n && good; i++)
		/* The library drops a header without a value, and clients of the GitHub dialect
		 * look for X-OAuth-Scopes even when it is empty. A reader takes the space off. */
		good = add_header(response, rep->headers[i].name,
			*rep->headers[i].value ? rep->headers[i].value : " ");
	good = good && add_header(response, "X-GitHub-Request-Id", x->id);
	return good && (!x->daemon->ending || add_header(response, "Connection", "close"));
}

/* Whole, or not at all: without one of its headers a reply would say something else. */
static enum MHD_Result send_reply(struct http_exchange *x)
{
	struct MHD_Response *response = new_response(x);

	if (!response)
		return MHD_NO;
	/* A stream has an end of its own. */
	if (!x->reply.stream.poll)
		visitors_wait(x->daemon->visitors, visitor_of(x->connection));
	enum MHD_Result queued =
		add_headers(x, response)
			? MHD_queue_response(x->connection, (unsigned)x->reply.status, response)
			: MHD_NO;

	MHD_destroy_response(response);
	return queued;
}

static enum MHD_Result complete(struct http_exchange *x)
{
	struct http_daemon *d = x->daemon;

	x->request.body = buf_str(&x->body);
	if (x->too_large) {
		plain_reply(x, 413, "The request body is too large.\n");
		return send_reply(x);
	}
	x->state = STATE_HELD;
	visitors_serve(d->visitors, visitor_of(x->connection));
	switch (d->config.handle(d->config.owner, x)) {
	case HTTP_SEND:
		x->state = STATE_READY;
		return send_reply(x);
	case HTTP_SUSPEND:
		x->suspended = true;
		MHD_suspend_connection(x->connection);
		break;
	case HTTP_HOLD:
		/* Without a reply the library asks again in its next run; that is soon enough, and
		 * spares the two system calls of taking the connection out of its watch. */
		break;
	}
	return MHD_YES;
}

static void take_body(struct http_exchange *x, const void *data)
{
	buf_add(&x->body, *(const struct str *)data);
	x->too_large = x->body.overflow;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *data_n, void **con_cls)
{
	struct http_exchange *x = *con_cls;

	(void)cls;
	(void)url;
	(void)version;
	/* Without a visitor there was no memory: whose request it is decides what it may see. */
	if (!x || !visitor_of(connection))
		return MHD_NO;
	if (x->state == STATE_NEW) {
		x->state = STATE_BODY;
		if (!guarded(x, take_head, method))
			return MHD_NO;
		if (!x->refused)
			return MHD_YES;
		/* A body may follow, and nobody is to take it for a request. */
		http_header(&x->reply, "Connection", "close");
		return send_reply(x);
	}
	if (*data_n > 0) {
		const struct str piece = {data, *data_n};

		*data_n = 0;
		/* A reply can go out only after the whole body: one without end is cut off. */
		x->discarded += x->too_large ? piece.n : 0;
		if (x->discarded > DISCARD_MAX)
			return MHD_NO;
		return x->too_large || guarded(x, take_body, &piece) ? MHD_YES : MHD_NO;
	}
	if (x->state == STATE_HELD)
		return MHD_YES;
	return x->state == STATE_READY ? send_reply(x) : complete(x);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **con_cls,
	enum MHD_RequestTerminationCode why)
{
	struct http_daemon *d = cls;
	struct http_exchange *x = *con_cls;

	(void)why;
	if (!x)
		return;
	*con_cls = NULL;
	visitors_wait(d->visitors, visitor_of(connection));
	if (x->stream)
		http_stream_free(x->stream);
	d->config.finished(d->config.owner, x);
	exchange_free(x);
}

static void __attribute__((format(printf, 2, 0)))
on_library_log(void *cls, const char *format, va_list args)
{
	char text[512];

	(void)cls;
	if (vsnprintf(text, sizeof text, format, args) > 0)
		LOG(LOG_DEBUG, "http library", LOG_CSTR("message", text));
}

struct http_daemon *http_daemon_start(const struct http_daemon_config *config)
{
	struct http_daemon *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	d->config = *config;
	d->streams.config = &d->config;
	d->visitors = visitors_new(&d->config);
	if (!d->visitors) {
		free(d);
		return NULL;
	}
	if (getrandom(&d->salt, sizeof d->salt, 0) != (ssize_t)sizeof d->salt)
		abort();
	d->mhd = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
					  (config->tls ? (unsigned)MHD_USE_TLS : 0U),
		0, NULL, NULL, on_request, d,
		/* the log must come first, or the library's start-up complaints go elsewhere */
		MHD_OPTION_EXTERNAL_LOGGER, on_library_log, d, MHD_OPTION_LISTEN_SOCKET,
		config->listen_fd, MHD_OPTION_URI_LOG_CALLBACK, on_target, d,
		MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, d, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, d, MHD_OPTION_NOTIFY_CONNECTION, on_connection, d,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_LIMIT, config->max_connections + LIMIT_CONNECTIONS_LEAVING,
		MHD_OPTION_CONNECTION_TIMEOUT, config->idle_s, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		/* without TLS the list ends here */
		config->tls ? MHD_OPTION_HTTPS_PRIORITIES : MHD_OPTION_END, HTTP_TLS_PRIORITIES,
		MHD_OPTION_HTTPS_CERT_CALLBACK2, http_tls_callback(config->ask_certificates),
		MHD_OPTION_END);
	if (!d->mhd) {
		visitors_free(d->visitors);
		free(d);
		return NULL;
	}
	return d;
}

int http_daemon_fd(const struct http_daemon *d)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(d->mhd, MHD_DAEMON_INFO_EPOLL_FD);

	return info ? info->epoll_fd : -1;
}

int http_daemon_run(struct http_daemon *d)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	visitors_look(d->visitors);
	MHD_run(d->mhd);
	if (MHD_get_timeout(d->mhd, &wait_ms) != MHD_YES)
		return -1;
	return wait_ms > 1000 ? 1000 : (int)wait_ms;
}

void http_daemon_resume(struct http_exchange *x)
{
	x->state = STATE_READY;
	if (x->suspended) {
		x->suspended = false;
		MHD_resume_connection(x->connection);
	}
}

bool http_stream_open(struct http_exchange *x)
{
	if (!x->stream)
		x->stream = http_stream_new(&x->daemon->streams, x);
	return x->stream != NULL;
}

int http_daemon_poll_streams(struct http_daemon *d)
{
	return http_streams_poll(&d->streams);
}

void http_daemon_end_streams(struct http_daemon *d)
{
	http_streams_end(&d->streams);
}

void http_daemon_quiesce(struct http_daemon *d)
{
	MHD_quiesce_daemon(d->mhd);
	d->ending = true;
}

unsigned http_daemon_silent(const struct http_daemon *d)
{
	return visitors_silent(d->visitors);
}

void http_daemon_stop(struct http_daemon *d)
{
	if (!d)
		return;
	/* The library may not be stopped with suspended connections. */
	http_streams_end(&d->streams);
	MHD_stop_daemon(d->mhd);
	while (d->spare) {
		struct http_exchange *x = d->spare;

		d->spare = x->next;
		arena_release(&x->arena);
		free(x);
	}
	visitors_free(d->visitors);
	free(d);
}
