#include "server/turn.h"

#include <string.h>
#include <sys/eventfd.h>

#include "base/log.h"
#include "core/certificate.h"
#include "core/redact.h"
#include "flow/remote_keys.h"
#include "github/github.h"
#include "oauth/oauth.h"
#include "server/transaction.h"
#include "web/web.h"

enum { PATH_SHOWN = 1000, PATH_MEMORY = 65536 };

const uint64_t latency_bounds_us[LATENCY_BUCKETS] = {
	100, 250, 1000, 5000, 25000, 100000, 500000, 2000000};

struct server *server_of(struct context *c)
{
	return ((struct work *)(void *)c)->worker->server;
}

/* Whose error page it is: programs get the API's shape, people get a page. `route` is the path's,
 * of whichever method, or NULL. */
static bool is_for_programs(const struct http_request *req, const struct http_route *route)
{
	if (route)
		return !(route->flags & ROUTE_PAGE);
	return str_starts(req->path, STR("/api/")) || str_starts(req->path, STR("/.well-known/")) ||
	       oauth_is_path(req->path);
}

/* A failure of ours, in words that need neither database nor memory to speak of. */
static void unavailable(struct http_exchange *x)
{
	struct http_reply *rep = &x->reply;

	memset(rep, 0, sizeof *rep);
	http_reply(rep, 503, "text/plain; charset=utf-8",
		STR("The server cannot answer now. Try again.\n"));
	http_header(rep, "Retry-After", "1");
	http_header(rep, "Cache-Control", "no-store");
}

static void wrong_method(struct work *w, bool for_programs, unsigned allowed)
{
	struct http_request *req = &w->exchange->request;
	struct http_reply *rep = &w->exchange->reply;

	if (for_programs && oauth_is_path(req->path))
		oauth_error(&w->context, req, rep, 405);
	else if (for_programs)
		github_api_error(&w->context, req, rep, 405);
	else
		web_show_error(&w->context, req, rep, 405);
	http_header_str(req, rep, "Allow", http_allow_list(req->arena, allowed));
}

static void no_route(struct work *w)
{
	struct http_request *req = &w->exchange->request;
	struct http_reply *rep = &w->exchange->reply;
	const struct http_router *router = w->worker->server->router;
	const struct http_route *other = NULL;
	struct str vars[HTTP_PATH_VARS];
	unsigned allowed = 0, unused;

	if (github_is_preflight(req)) {
		github_api_preflight(&w->context, req, rep);
		return;
	}
	http_route_find(router, req->method, req->path, req->arena, vars, &allowed);
	for (int m = 0; m < HTTP_METHOD_OTHER && !other; m++)
		if (allowed & 1U << m)
			other = http_route_find(
				router, (enum http_method)m, req->path, req->arena, vars, &unused);
	bool for_programs = is_for_programs(req, other);

	bool cors = other && (other->flags & ROUTE_CORS);

	if (cors && req->method == HTTP_OPTIONS) {
		oauth_preflight(req, rep, allowed);
		return;
	}
	if (cors)
		oauth_allow_origin(rep);
	if (cors || (allowed && str_starts(req->path, STR("/api/"))))
		allowed |= 1U << HTTP_OPTIONS;

	if (!for_programs && !web_open(&w->context, req, rep))
		return;
	if (allowed)
		wrong_method(w, for_programs, allowed);
	else if (for_programs && oauth_is_path(req->path))
		oauth_error(&w->context, req, rep, 404);
	else if (for_programs)
		github_api_not_found(&w->context, req, rep);
	else if (!(req->method == HTTP_GET || req->method == HTTP_HEAD) ||
		 !web_show_docs(&w->context, req, rep))
		web_show_error(&w->context, req, rep, 404);
}

static void run_handler(struct work *w)
{
	struct http_request *req = &w->exchange->request;
	struct http_reply *rep = &w->exchange->reply;

	if (!req->route)
		no_route(w);
	else if (!(req->route->flags & ROUTE_PAGE) || web_open(&w->context, req, rep))
		req->route->handler(&w->context, req, rep);
}

/* A path may hold a token, sent to a place that does not exist. */
static struct str shown_path(struct arena *scratch, struct str path)
{
	jmp_buf out_of_memory;

	if (setjmp(out_of_memory)) {
		scratch->escape = NULL;
		return STR("?");
	}
	scratch->escape = &out_of_memory;
	struct str shown = redact(scratch, path, NULL, 0, PATH_SHOWN);

	scratch->escape = NULL;
	return shown;
}

/* The path only: a query may hold a code. The request may have used up its own memory. */
static void log_request(const struct work *w, int64_t took)
{
	const struct http_exchange *x = w->exchange;
	struct arena scratch;

	arena_init(&scratch, PATH_MEMORY);
	LOG(x->reply.status < 500 ? LOG_INFO : LOG_ERROR, "request",
		LOG_STR("request", x->request.id),
		LOG_STR("path", shown_path(&scratch, x->request.path)),
		LOG_INT("status", x->reply.status), LOG_INT("us", took),
		LOG_STR("address", w->context.remote));
	arena_release(&scratch);
}

/* After the fetch: all over again, now with the keys. */
static void work_again(
	struct context *c, struct http_request *req, struct http_reply *rep, void *keys)
{
	struct remote_keys *fetched = keys;

	fetched->before = c->keys_fetched;
	c->keys_fetched = fetched;
	req->route->handler(c, req, rep);
}

/* A client's keys are to be fetched before it can be told who it is (flow/remote_keys.h). What was
 * done so far is undone. */
static void fetch_keys(struct work *w)
{
	struct http_reply *rep = &w->exchange->reply;
	bool drop = rep->drop;

	memset(rep, 0, sizeof *rep);
	rep->status = 200;
	rep->drop = drop;
	rep->job.work = remote_keys_work;
	rep->job.done = work_again;
	rep->job.arg = w->context.keys_wanted;
	rep->job.outgoing = true;
	w->context.keys_wanted = NULL;
	w->context.secrets_n = 0;
	w->context.failed = false;
}

static void count(struct work *w, const struct http_exchange *x)
{
	struct http_counts *counts = &w->worker->server->http;
	int64_t took = clock_monotonic_us() - w->started_us;
	size_t bucket = 0, status = (size_t)x->reply.status / 100 % 6;

	while (bucket < LATENCY_BUCKETS && (uint64_t)took > latency_bounds_us[bucket])
		bucket++;
	atomic_fetch_add_explicit(&counts->by_status[status], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counts->latency[bucket], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counts->latency_sum_us, (uint64_t)took, memory_order_relaxed);
	if (!w->worker->server->config.access_log && x->reply.status < 500)
		return;
	log_request(w, took);
}

static void hold(struct worker *w, struct http_exchange *x)
{
	x->next = w->held;
	w->held = x;
}

/* A delayed exchange costs nothing but its memory until turn_take_delayed. */
static enum http_next delay(struct worker *w, struct http_exchange *x)
{
	struct work *work = x->owner_data;

	work->due_us = clock_monotonic_us() + x->reply.delay_ms * 1000;
	x->next = w->delayed;
	w->delayed = x;
	return HTTP_SUSPEND;
}

void turn_take_delayed(struct worker *w, bool all)
{
	int64_t now = w->delayed ? clock_monotonic_us() : 0;

	for (struct http_exchange **at = &w->delayed; *at;) {
		struct http_exchange *x = *at;
		const struct work *work = x->owner_data;

		if (!all && work->due_us > now) {
			at = &x->next;
			continue;
		}
		*at = x->next;
		http_daemon_resume(x);
	}
}

static void give_back(struct job *job);

/* Hands slow work to the pool; the exchange is held until it returns. */
static bool send_to_pool(struct work *w)
{
	struct http_reply *rep = &w->exchange->reply;

	struct server *s = w->worker->server;

	w->job = (struct job){.work = rep->job.work, .arg = rep->job.arg, .done = give_back};
	if (!jobs_submit(rep->job.outgoing ? s->fetches : s->jobs, &w->job))
		return false;
	w->worker->jobs_out++;
	return true;
}

static void allow_origin(struct http_exchange *x)
{
	if (x->request.route && (x->request.route->flags & ROUTE_CORS))
		oauth_allow_origin(&x->reply);
}

static bool is_read(const struct http_request *req)
{
	return (req->method == HTTP_GET || req->method == HTTP_HEAD) &&
	       !(req->route && (req->route->flags & ROUTE_WRITES));
}

/* Runs `step` as one request's part of the turn. */
static enum http_next work_on(struct work *w, void (*step)(struct work *))
{
	struct http_exchange *x = w->exchange;
	struct db *db = w->worker->store.db;

	if (!transaction_run(w, step)) {
		unavailable(x);
		return HTTP_SEND;
	}
	if (w->context.failed)
		unavailable(x);
	if (w->context.keys_wanted)
		fetch_keys(w);
	/* Not before: the pool needs the reply as it is, and a failure above replaces it. */
	if (!w->context.failed && x->reply.job.work) {
		if (send_to_pool(w))
			return HTTP_SUSPEND;
		unavailable(x);
	}
	allow_origin(x);
	if (x->reply.stream.poll && x->request.method != HTTP_HEAD && !http_stream_open(x))
		unavailable(x);
	count(w, x);
	bool waits = transaction_takes_notes(w->worker);

	w->promises_nothing = !db_has_changed(db);
	w->only_reads = is_read(&x->request) && step == run_handler && !x->reply.stream.poll;
	if (x->reply.delay_ms > 0)
		return delay(w->worker, x);
	/* What was read may be what this turn's others wrote: wait for their commit too. */
	if (!waits && !db_is_writing(db))
		return HTTP_SEND;
	hold(w->worker, x);
	return HTTP_HOLD;
}

bool turn_is_proxy(void *worker, struct str address)
{
	const struct worker *w = worker;
	struct str proxies = str_from(w->server->config.trusted_proxies), proxy;

	while (str_next(&proxies, ',', &proxy))
		if (str_eq(str_trim(proxy), address))
			return true;
	return false;
}

static bool is_from_proxy(struct worker *w, const struct http_request *req)
{
	return turn_is_proxy(w, req->remote);
}

/* RFC 7239's older cousin: believed only from a proxy that the operator named. */
static struct str client_address(struct worker *w, const struct http_request *req)
{
	struct str forwarded = req->headers[HTTP_X_FORWARDED_FOR], one, last = STR_NONE;

	if (!str_is_set(forwarded) || !is_from_proxy(w, req))
		return req->remote;
	while (str_next(&forwarded, ',', &one))
		last = str_trim(one);
	return str_has_text(last) && last.n < 64 && str_is_printable(last) ? last : req->remote;
}

/* RFC 9440, likewise (8705-05). What is no certificate is none. */
static void take_certificate(struct worker *w, struct http_request *req)
{
	struct str sent = req->headers[HTTP_CLIENT_CERT], der;

	if (w->server->config.client_cert_header && str_has_text(sent) && is_from_proxy(w, req) &&
		certificate_from_header(req->arena, sent, &der))
		req->certificates = der;
}

static struct context new_context(struct worker *w, struct http_exchange *x)
{
	return (struct context){
		.store = &w->store,
		.settings = &w->server->config.settings,
		.counters = &w->server->counters,
		.uses = &w->uses,
		.arena = &x->arena,
		.random = &w->random,
		.request_id = x->request.id,
		.remote = client_address(w, &x->request),
		.rates = &w->server->rates,
		.attempts = &w->server->attempts,
		.rehearsal = w->server->config.settings.rehearsal ? &w->server->rehearsal : NULL,
		.signing = w->signing,
		.keys_needed = &w->server->keys_needed,
		.notes = w->notes,
		.user_agent = x->request.headers[HTTP_USER_AGENT],
	};
}

static struct work *new_work(struct worker *w, struct http_exchange *x)
{
	struct work *work = ARENA_NEW(&x->arena, struct work);

	take_certificate(w, &x->request);
	work->worker = w;
	work->exchange = x;
	work->started_us = clock_monotonic_us();
	work->context = new_context(w, x);
	return work;
}

enum http_next turn_handle(void *worker, struct http_exchange *x)
{
	jmp_buf out_of_memory;

	if (setjmp(out_of_memory)) {
		x->arena.escape = NULL;
		unavailable(x);
		return HTTP_SEND;
	}
	x->arena.escape = &out_of_memory;
	x->owner_data = new_work(worker, x);
	x->arena.escape = NULL;
	return work_on(x->owner_data, run_handler);
}

void turn_finished(void *worker, struct http_exchange *x)
{
	(void)worker;
	x->owner_data = NULL;
}

/* On a job thread: queue the work for its own loop and wake that. */
static void give_back(struct job *job)
{
	struct work *work = (struct work *)(void *)((char *)job - offsetof(struct work, job));
	struct worker *w = work->worker;

	pthread_mutex_lock(&w->returned_lock);
	job->next = w->returned;
	w->returned = job;
	pthread_mutex_unlock(&w->returned_lock);
	eventfd_write(w->wake_fd, 1);
}

static void run_done(struct work *w)
{
	struct http_exchange *x = w->exchange;
	void (*done)(struct context *, struct http_request *, struct http_reply *, void *) =
		x->reply.job.done;

	x->reply.job.work = NULL;
	x->reply.job.outgoing = false;
	done(&w->context, &x->request, &x->reply, x->reply.job.arg);
	if (w->job.ran_out)
		w->context.failed = true;
}

void turn_take_returned(struct worker *w)
{
	pthread_mutex_lock(&w->returned_lock);
	struct job *job = w->returned;

	w->returned = NULL;
	pthread_mutex_unlock(&w->returned_lock);
	while (job) {
		struct work *work =
			(struct work *)(void *)((char *)job - offsetof(struct work, job));

		job = job->next;
		w->jobs_out--;
		if (work_on(work, run_done) == HTTP_SEND)
			http_daemon_resume(work->exchange);
	}
}

/* The turn could not be committed, on a full disk for one, and this request may have seen what the
 * others changed: it looks once more, at what is there now. False when that is not enough. */
static bool read_again(struct work *w)
{
	struct http_exchange *x = w->exchange;
	struct db *db = w->worker->store.db;

	if (!w->only_reads)
		return false;
	w->context = new_context(w->worker, x);
	x->reply = (struct http_reply){.status = 200};
	bool good = transaction_run(w, run_handler) && !w->context.failed &&
		    !w->context.keys_wanted && !x->reply.job.work && !x->reply.stream.poll &&
		    !x->reply.delay_ms;

	if (good && !db_has_changed(db)) {
		allow_origin(x);
		return true;
	}
	db_rollback(db);
	w->worker->ended_sandboxes = false;
	return false;
}

unsigned turn_end(struct worker *w)
{
	bool good = transaction_end_turn(w);
	unsigned released = 0;

	while (w->held) {
		struct http_exchange *x = w->held;
		struct work *work = x->owner_data;

		w->held = x->next;
		if (!good && !work->promises_nothing && !read_again(work))
			unavailable(x);
		http_daemon_resume(x);
		released++;
	}
	if (!good)
		db_rollback(w->store.db);
	return released;
}
