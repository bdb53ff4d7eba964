/* The listening side: one daemon a worker, driven by the worker's own loop. */
#ifndef LLAVERO_HTTP_DAEMON_H
#define LLAVERO_HTTP_DAEMON_H

#include <stdatomic.h>

#include "http/http.h"

struct http_daemon;
struct http_stream;

/* One request on its way. */
struct http_exchange {
	struct http_request request;
	struct http_reply reply;
	struct arena arena;
	void *owner_data;           /* for the owner: the state of its work on this request */
	struct http_exchange *next; /* for the owner's lists while the exchange is held */
	/* Below: the daemon's own. */
	struct http_daemon *daemon;
	void *connection;
	struct http_stream *stream; /* NULL unless http_stream_open */
	int state;
	bool refused, too_large, suspended;
	size_t body_max;
	size_t discarded; /* bytes of the body beyond that */
	struct buf body;
	char id[HTTP_REQUEST_ID_LEN + 1];
};

/* What is to become of a request that has been worked on. */
enum http_next {
	HTTP_SEND,    /* its reply is sent */
	HTTP_HOLD,    /* it waits, shortly: for http_daemon_resume before the next run */
	HTTP_SUSPEND, /* it waits, and costs nothing meanwhile, until http_daemon_resume */
};

/* What a poll of a stream came to. */
enum http_poll {
	HTTP_POLL_MORE,   /* the stream goes on */
	HTTP_POLL_END,    /* it ends after what was written */
	HTTP_POLL_FAILED, /* it is cut off */
};

struct http_daemon_config {
	int listen_fd;
	const struct http_router *router;
	unsigned worker;          /* its number, part of request ids */
	unsigned max_connections; /* one more makes room for itself: http/visitors.h */
	unsigned max_per_address; /* of them; 0: any number */
	unsigned idle_s; /* how long a request, the next one, or the taking of a reply may last */
	bool ask_certificates; /* with tls: of clients */
	bool tls; /* speak TLS with what http_tls_load was given last, instead of plain HTTP */
	void *owner;
	/* Works on a complete request. */
	enum http_next (*handle)(void *owner, struct http_exchange *);
	/* The exchange is over, however it ended; its arena is about to be reset. */
	void (*finished)(void *owner, struct http_exchange *);
	/* Does this address speak for many people, so that max_per_address is not meant for it? May
	 * be NULL. */
	bool (*speaks_for_many)(void *owner, struct str address);
	/* Count connections that were closed for it, those of several daemons; may be NULL. */
	_Atomic uint64_t *too_slow, *crowded_out;
	/* Streams; all zero without them. */
	unsigned streams_max, stream_poll_ms, stream_heartbeat_ms, stream_ms;
	_Atomic unsigned *open_streams; /* counts those of several daemons; may be NULL */
	/* Runs the poll of an exchange's reply, with an arena of its own for `out` and the rest. */
	enum http_poll (*poll)(
		void *owner, struct http_exchange *, struct arena *, struct buf *out);
};

/* Starts listening. NULL when the library cannot. */
struct http_daemon *http_daemon_start(const struct http_daemon_config *config);
/* A descriptor that becomes readable when there is something to do, for epoll. */
int http_daemon_fd(const struct http_daemon *d);
/* Does what there is to do now; never waits. Returns milliseconds until it must be called again,
 * or -1 when only the descriptor matters. */
int http_daemon_run(struct http_daemon *d);
/* Lets a held or suspended exchange go on; its reply is sent by the next http_daemon_run. */
void http_daemon_resume(struct http_exchange *x);
/* Takes a place among the streams for an exchange whose reply is one, before that is sent (for HEAD
 * none is needed). False when there is none: another reply is due. */
bool http_stream_open(struct http_exchange *x);
/* Polls the streams that are due, outside every http_daemon_run. Returns milliseconds until it must
 * be called again, or -1 when no stream waits. */
int http_daemon_poll_streams(struct http_daemon *d);
/* Ends all streams and takes no more; the next runs send their ends. */
void http_daemon_end_streams(struct http_daemon *d);
/* Stops accepting; open connections are served on, and told with each reply that it is their last.
 */
void http_daemon_quiesce(struct http_daemon *d);
/* How many connections have asked for nothing yet: their first request may be on its way. */
unsigned http_daemon_silent(const struct http_daemon *d);
void http_daemon_stop(struct http_daemon *d);

#endif
