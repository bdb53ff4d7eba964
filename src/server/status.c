/* /healthz, /readyz and /metrics, for operators' tools. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/limits.h"
#include "server/server.h"
#include "store/move_mark.h"

static http_handler healthz, readyz, metrics;

const struct http_route server_routes[] = {
	{HTTP_GET, "/healthz", healthz, 0, 0},
	{HTTP_GET, "/readyz", readyz, 0, 0},
	{HTTP_GET, "/metrics", metrics, 0, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};

static void plain(struct http_reply *rep, int status, struct str text)
{
	http_reply(rep, status, "text/plain; charset=utf-8", text);
	http_header(rep, "Cache-Control", "no-store");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}

/* The process answers. */
static void healthz(struct context *c, struct http_request *req, struct http_reply *rep)
{
	(void)c;
	(void)req;
	plain(rep, 200, STR("ok\n"));
}

/* The process can do its work: the database answers and keeps what it commits, and the process is
 * not on its way out. */
static void readyz(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct db_rows r;

	(void)req;
	db_query(&r, c->store->db, STMT_INSTANCE_GET, DB_ARGS(db_text(STR("form_key"))));
	bool found = db_next(&r);
	char problem[256];

	db_end(&r);
	if (!found)
		plain(rep, 503, STR("the database does not answer\n"));
	else if (atomic_load(&server_of(c)->outdated))
		plain(rep, 503, STR("the schema is too new for this version\n"));
	else if (atomic_load(&server_of(c)->moving) == MOVE_CLOSED)
		plain(rep, 503, STR("the database is being moved: it takes no changes\n"));
	else if (atomic_load(&server_of(c)->moving) == MOVE_MOVED)
		plain(rep, 503, STR("the database has moved\n"));
	else if (!db_is_durable(c->store->db, problem))
		plain(rep, 503, str_printf(c->arena, "%s\n", problem));
	else if (atomic_load(&server_of(c)->stopping))
		plain(rep, 503, STR("stopping\n"));
	else
		plain(rep, 200, STR("ready\n"));
}

static bool is_local(struct str address)
{
	return str_starts(address, STR("127.")) || str_eq_c(address, "::1") ||
	       str_starts(address, STR("::ffff:127."));
}

static void counter(struct buf *b, const char *name, const char *help, const _Atomic uint64_t *v)
{
	buf_addf(b, "# HELP %s %s\n# TYPE %s counter\n%s %" PRIu64 "\n", name, help, name, name,
		atomic_load_explicit(v, memory_order_relaxed));
}

static void write_requests(struct buf *b, const struct http_counts *h)
{
	uint64_t sum = 0;

	buf_add_c(b, "# HELP llavero_http_requests_total requests by class of status\n"
		     "# TYPE llavero_http_requests_total counter\n");
	for (int i = 2; i < 6; i++)
		buf_addf(b, "llavero_http_requests_total{status=\"%dxx\"} %" PRIu64 "\n", i,
			atomic_load_explicit(&h->by_status[i], memory_order_relaxed));
	buf_add_c(b,
		"# HELP llavero_http_request_seconds time spent on a request before its commit\n"
		"# TYPE llavero_http_request_seconds histogram\n");
	for (int i = 0; i <= LATENCY_BUCKETS; i++) {
		sum += atomic_load_explicit(&h->latency[i], memory_order_relaxed);
		if (i < LATENCY_BUCKETS)
			buf_addf(b, "llavero_http_request_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
				(double)latency_bounds_us[i] / 1e6, sum);
	}
	buf_addf(b, "llavero_http_request_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
	buf_addf(b, "llavero_http_request_seconds_sum %g\n",
		(double)atomic_load_explicit(&h->latency_sum_us, memory_order_relaxed) / 1e6);
	buf_addf(b, "llavero_http_request_seconds_count %" PRIu64 "\n", sum);
}

static void write_closed(struct buf *b, const struct http_counts *h)
{
	buf_addf(b,
		"# HELP llavero_connections_closed_total connections closed before their clients "
		"did, by reason\n# TYPE llavero_connections_closed_total counter\n"
		"llavero_connections_closed_total{reason=\"overdue\"} %" PRIu64 "\n"
		"llavero_connections_closed_total{reason=\"room\"} %" PRIu64 "\n",
		atomic_load_explicit(&h->too_slow, memory_order_relaxed),
		atomic_load_explicit(&h->crowded_out, memory_order_relaxed));
}

static void write_refusals(struct buf *b, const struct counters *n)
{
	buf_add_c(b, "# HELP llavero_refusals_total refused requests by cause\n"
		     "# TYPE llavero_refusals_total counter\n");
	for (int i = CAUSE_NONE + 1; i < CAUSES; i++)
		buf_addf(b, "llavero_refusals_total{cause=\"%s\",error=\"%s\"} %" PRIu64 "\n",
			cause_name((enum cause)i), wire_row(cause_wire((enum cause)i))->code,
			atomic_load_explicit(&n->refused[i], memory_order_relaxed));
}

static void metrics(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct server *s = server_of(c);
	struct buf b;

	if (s->config.metrics == METRICS_OFF ||
		(s->config.metrics == METRICS_LOCAL && !is_local(c->remote))) {
		plain(rep, 404, STR("not here\n"));
		return;
	}
	buf_init(&b, req->arena, LIMIT_REPLY);
	write_requests(&b, &s->http);
	write_closed(&b, &s->http);
	counter(&b, "llavero_commits_total", "transactions committed", &s->http.commits);
	counter(&b, "llavero_commit_failures_total", "transactions that could not be committed",
		&s->http.commit_failures);
	counter(&b, "llavero_transaction_retries_total",
		"requests run again because another transaction was in their way",
		&s->http.retries);
	counter(&b, "llavero_codes_issued_total", "authorization codes issued",
		&s->counters.codes_issued);
	counter(&b, "llavero_tokens_issued_total", "access tokens issued",
		&s->counters.tokens_issued);
	counter(&b, "llavero_signins_total", "people who signed in", &s->counters.signins);
	counter(&b, "llavero_signin_failures_total", "sign-ins with a wrong name or password",
		&s->counters.signin_failures);
	counter(&b, "llavero_throttled_total", "requests refused for coming too often",
		&s->counters.throttled);
	write_refusals(&b, &s->counters);
	buf_addf(&b,
		"# HELP llavero_open_streams replies that go on, open now\n"
		"# TYPE llavero_open_streams gauge\nllavero_open_streams %u\n",
		atomic_load_explicit(&s->open_streams, memory_order_relaxed));
	buf_addf(&b,
		"# HELP llavero_start_time_seconds when the process started\n"
		"# TYPE llavero_start_time_seconds gauge\nllavero_start_time_seconds %lld\n",
		(long long)s->started_at);
	plain(rep, 200, buf_str(&b));
	rep->content_type = "text/plain; version=0.0.4; charset=utf-8";
}
