/* Streams: what a worker does for replies that go on. */
#ifndef LLAVERO_SERVER_STREAM_H
#define LLAVERO_SERVER_STREAM_H

#include "server/turn.h"

/* Fills in what the daemon needs to know of streams. */
void stream_configure(struct http_daemon_config *d, struct server *server);
/* The daemon's callback: one poll, outside any turn, so that it sees what is committed and nothing
 * else. What it wrote to the store is undone, and counts as a failure. */
enum http_poll stream_poll(void *worker, struct http_exchange *x, struct arena *a, struct buf *out);

#endif
