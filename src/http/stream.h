/* Replies whose body goes on: the daemon's side of http_event_stream. */
#ifndef LLAVERO_HTTP_STREAM_H
#define LLAVERO_HTTP_STREAM_H

#include "http/daemon.h"

struct MHD_Response;
struct http_stream;

/* The open streams of one daemon. */
struct http_streams {
	const struct http_daemon_config *config;
	struct http_stream *first;
	unsigned n;
	bool ending; /* no more of them */
};

/* Opens a stream for an exchange; NULL when there are too many, or the daemon is stopping, or
 * memory is lacking. */
struct http_stream *http_stream_new(struct http_streams *all, struct http_exchange *x);
void http_stream_free(struct http_stream *s);
/* The library's response of a stream. Without one (NULL) it has the same head and no body, as HEAD
 * asks for. */
struct MHD_Response *http_stream_response(struct http_stream *s);
/* Polls the streams that are due. Returns milliseconds until the next one is, -1 without any. */
int http_streams_poll(struct http_streams *all);
/* Ends all of them, each with its last chunk. */
void http_streams_end(struct http_streams *all);

#endif
