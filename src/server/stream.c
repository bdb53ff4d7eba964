#include "server/stream.h"

#include "base/limits.h"

void stream_configure(struct http_daemon_config *d, struct server *server)
{
	d->streams_max = LIMIT_STREAMS_PER_WORKER;
	d->stream_poll_ms = LIMIT_STREAM_POLL_MS;
	d->stream_heartbeat_ms = LIMIT_STREAM_HEARTBEAT_SECONDS * 1000;
	d->stream_ms = LIMIT_STREAM_SECONDS * 1000;
	d->open_streams = &server->open_streams;
	d->poll = stream_poll;
}

/* Running out of memory is a failure of ours, as in a handler. */
static bool run_poll(struct context *c, const struct http_reply *rep, struct buf *out)
{
	jmp_buf out_of_memory;
	bool goes_on = false;

	if (setjmp(out_of_memory)) {
		c->failed = true;
	} else {
		c->arena->escape = &out_of_memory;
		goes_on = rep->stream.poll(c, rep->stream.arg, out);
	}
	c->arena->escape = NULL;
	return goes_on;
}

enum http_poll stream_poll(void *worker, struct http_exchange *x, struct arena *a, struct buf *out)
{
	struct worker *w = worker;
	struct work *work = x->owner_data;
	struct context *c = &work->context;

	c->arena = a;
	c->failed = false;
	bool goes_on = run_poll(c, &x->reply, out);

	if (db_is_writing(w->store.db)) {
		db_rollback(w->store.db);
		store_drop_lease(&w->store);
		c->failed = true;
	}
	if (db_commit(w->store.db) != DB_OK || c->failed)
		return HTTP_POLL_FAILED;
	return goes_on ? HTTP_POLL_MORE : HTTP_POLL_END;
}
