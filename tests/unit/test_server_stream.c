/* Replies that go on, in a worker of the server: what a poll sees of the store, how it may fail,
 * and how many there may be. */
#include "base/crypto.h"
#include "base/limits.h"
#include "http_client.h"
#include "server/worker.h"

struct stage {
	struct server server;
	struct worker worker;
	bool running;
	struct sockaddr_in address;
	int listen_fd;
	char folder[32];
	struct random random;
	struct store store; /* another connection, as another process has it */
	struct arena arena;
};

/* The value of an instance's row that tests write. */
static struct str word(struct context *c)
{
	struct str found = STR_NONE;
	struct db_rows r;

	db_query(&r, c->store->db, STMT_INSTANCE_GET, DB_ARGS(db_text(STR("word"))));
	if (db_next(&r))
		found = db_str(&r, 0, c->arena);
	db_end(&r);
	context_failed(c, r.status);
	return found;
}

static bool tell_word(struct context *c, void *arg, struct buf *out)
{
	unsigned *told = arg;
	struct str now = word(c);

	if (str_is_set(now) && !*told)
		buf_addf(out, "data: %.*s\n\n", STR_ARG(now));
	*told += str_is_set(now);
	return *told < 2;
}

/* Each of these would go on for ever. */
static bool say_failed(struct context *c, void *arg, struct buf *out)
{
	(void)arg;
	buf_add_c(out, "data: not seen\n\n");
	c->failed = true;
	return true;
}

static bool use_all_memory(struct context *c, void *arg, struct buf *out)
{
	(void)arg;
	(void)out;
	arena_alloc(c->arena, LIMIT_REQUEST_ARENA + 1);
	return true;
}

static bool write_a_row(struct context *c, void *arg, struct buf *out)
{
	struct db *db = c->store->db;

	(void)arg;
	(void)out;
	if (db_begin_write(db) == DB_OK)
		db_exec(db, STMT_INSTANCE_PUT, DB_ARGS(db_text(STR("word")), DB_BYTES("x", 1)),
			NULL);
	return true;
}

static void word_route(struct context *c, struct http_request *req, struct http_reply *rep)
{
	(void)c;
	http_event_stream(rep, tell_word, ARENA_NEW(req->arena, unsigned));
}

static void bad_route(struct context *c, struct http_request *req, struct http_reply *rep)
{
	static http_stream_poll *const polls[] = {say_failed, use_all_memory, write_a_row};

	(void)c;
	http_event_stream(rep, polls[req->vars[0].p[0] - '0'], NULL);
}

static const struct http_route routes[] = {
	{HTTP_GET, "/word", word_route, 0, 0},
	{HTTP_GET, "/bad/:poll", bad_route, 0, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};

static void start_worker(struct stage *s)
{
	struct config *config = &s->server.config;
	const struct http_route *tables[] = {routes, server_routes};
	char problem[256] = "";

	snprintf(config->database_url, sizeof config->database_url, "sqlite:%s/db", s->folder);
	config->trusted_proxies = config->tls_certificate = "";
	config->max_connections = 100;
	config->idle_timeout = LIMIT_IDLE_SECONDS;
	config->metrics = METRICS_EVERYONE;
	clock_init(&s->server.clock);
	random_init(&s->random);
	assert_true(store_open(
		&s->store, config->database_url, true, &s->random, &s->server.clock, problem));
	s->server.router = http_router_new(tables, COUNT(tables));
	s->listen_fd = listen_here(&s->address, 0);
	assert_true(
		worker_start(&s->worker, &s->server, 0, (const int[2]){s->listen_fd, -1}, problem));
	s->running = true;
}

static int set_up(void **state)
{
	struct stage *s = calloc(1, sizeof *s);

	snprintf(s->folder, sizeof s->folder, "/tmp/llavero-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	arena_init(&s->arena, 16 << 20);
	assert_true(crypto_start());
	start_worker(s);
	*state = s;
	return 0;
}

static void stop_worker(struct stage *s)
{
	if (!s->running)
		return;
	s->running = false;
	atomic_store(&s->server.stopping, true);
	worker_wake(&s->worker);
	worker_join(&s->worker);
}

static int tear_down(void **state)
{
	static const char *const names[] = {"db", "db-wal", "db-shm"};
	struct stage *s = *state;
	char path[64];

	stop_worker(s);
	assert_int_equal(s->server.open_streams, 0);
	store_close(&s->store);
	http_router_free(s->server.router);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof path, "%s/%s", s->folder, names[i]);
		unlink(path);
	}
	rmdir(s->folder);
	arena_release(&s->arena);
	free(s);
	return 0;
}

/* Reads until `text` has come, or all when it is NULL. */
static void read_until(struct client *c, const char *text)
{
	int64_t since = clock_monotonic_us();

	while (text ? !client_has(c, text) : !c->closed) {
		struct pollfd fd = {.fd = c->fd, .events = POLLIN};

		assert_true(clock_monotonic_us() - since < PATIENCE_US);
		assert_false(text && c->closed);
		poll(&fd, 1, 100);
		client_read(c, 4096);
	}
}

static struct client ask(struct stage *s, const char *method, const char *path)
{
	struct client c = client_connect(&s->address, 0);
	char text[256];

	snprintf(text, sizeof text, "%s %s HTTP/1.1\r\nHost: a.example\r\n\r\n", method, path);
	client_send(&c, text);
	return c;
}

/* The number of open streams, as operators see it. */
static unsigned long gauge(struct stage *s)
{
	struct client c = ask(s, "GET", "/metrics");

	read_until(&c, "llavero_start_time_seconds ");
	const char *at = strstr(c.p, "\nllavero_open_streams ");

	assert_non_null(at);
	unsigned long n = strtoul(strchr(at, ' '), NULL, 10);

	client_close(&c);
	return n;
}

static void a_poll_sees_what_others_commit(void **state)
{
	struct stage *s = *state;
	struct client c = ask(s, "GET", "/word");

	read_until(&c, ": \n\n");
	assert_int_equal(gauge(s), 1);
	assert_int_equal(db_begin_write(s->store.db), DB_OK);
	assert_int_equal(db_exec(s->store.db, STMT_INSTANCE_PUT,
				 DB_ARGS(db_text(STR("word")), DB_BYTES("llavero", 7)), NULL),
		DB_OK);
	assert_int_equal(db_commit(s->store.db), DB_OK);
	read_until(&c, NULL);
	bool last_chunk;

	assert_str(unchunked(client_body(&c), &s->arena, &last_chunk), ": \n\ndata: llavero\n\n");
	assert_true(last_chunk);
	client_close(&c);
	assert_int_equal(gauge(s), 0);
}

static void a_poll_that_fails_ends_its_stream(void **state)
{
	static const char *const paths[] = {"/bad/0", "/bad/1", "/bad/2"};
	struct stage *s = *state;

	for (size_t i = 0; i < COUNT(paths); i++) {
		struct client c = ask(s, "GET", paths[i]);
		bool last_chunk;

		read_until(&c, NULL);
		assert_true(client_has(&c, "HTTP/1.1 200 "));
		assert_str(unchunked(client_body(&c), &s->arena, &last_chunk), "");
		assert_false(last_chunk);
		client_close(&c);
	}
	struct context context = {.store = &s->store, .arena = &s->arena};

	assert_false(str_is_set(word(&context))); /* undone */
	assert_false(context.failed);
}

static void a_worker_has_so_many_and_no_more(void **state)
{
	struct stage *s = *state;
	struct client c[LIMIT_STREAMS_PER_WORKER];

	for (size_t i = 0; i < COUNT(c); i++) {
		c[i] = ask(s, "GET", "/word");
		read_until(&c[i], ": \n\n");
	}
	assert_int_equal(gauge(s), COUNT(c));
	struct client late = ask(s, "GET", "/word");

	read_until(&late, "Try again.\n");
	assert_memory_equal(late.p, "HTTP/1.1 503 ", 13);
	assert_true(client_has(&late, "\r\nRetry-After: 1\r\n"));
	client_close(&late);
	late = ask(s, "HEAD", "/word");
	read_until(&late, NULL);
	assert_memory_equal(late.p, "HTTP/1.1 200 ", 13);
	client_close(&late);
	assert_int_equal(s->server.http.by_status[5], 1);

	client_close(&c[0]);
	for (int64_t since = clock_monotonic_us(); gauge(s) == COUNT(c);)
		assert_true(clock_monotonic_us() - since < PATIENCE_US);
	c[0] = ask(s, "GET", "/word");
	read_until(&c[0], ": \n\n");
	for (size_t i = 0; i < COUNT(c); i++)
		client_close(&c[i]);
}

static void stopping_ends_them(void **state)
{
	struct stage *s = *state;
	struct client c[3];

	for (size_t i = 0; i < COUNT(c); i++) {
		c[i] = ask(s, "GET", "/word");
		read_until(&c[i], ": \n\n");
	}
	stop_worker(s);
	for (size_t i = 0; i < COUNT(c); i++) {
		bool last_chunk;

		read_until(&c[i], NULL);
		assert_str(unchunked(client_body(&c[i]), &s->arena, &last_chunk), ": \n\n");
		assert_true(last_chunk);
		client_close(&c[i]);
	}
}

#define staged(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(a_poll_sees_what_others_commit),
		staged(a_poll_that_fails_ends_its_stream),
		staged(a_worker_has_so_many_and_no_more),
		staged(stopping_ends_them),
	};

	return cmocka_run_group_tests_name("server stream", tests, NULL, NULL);
}
