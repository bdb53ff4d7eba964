/* Fetching for strangers: assurance A144 to A151, MCP-08. A server of our own on a thread, and a
 * resolver of our own, so that names mean what a test wants. */
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "flow/fetch.h"
#include "unit.h"

enum { MOST = 100 };

static struct {
	int fd, port;
	pthread_t thread;
	const char *reply;
	_Atomic int connections;
} stub;

static void *serve(void *unused)
{
	char request[4096];

	(void)unused;
	for (;;) {
		int fd = accept(stub.fd, NULL, NULL);

		if (fd < 0)
			return NULL;
		stub.connections++;
		if (read(fd, request, sizeof request) > 0 && stub.reply)
			if (write(fd, stub.reply, strlen(stub.reply)) < 0)
				perror("stub");
		close(fd);
	}
}

static int start_stub(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;

	(void)state;
	stub.fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(stub.fd, (struct sockaddr *)&at, n) || listen(stub.fd, 8) ||
		getsockname(stub.fd, (struct sockaddr *)&at, &n))
		return -1;
	stub.port = ntohs(at.sin_port);
	return pthread_create(&stub.thread, NULL, serve, NULL);
}

static int stop_stub(void **state)
{
	(void)state;
	shutdown(stub.fd, SHUT_RDWR);
	close(stub.fd);
	return pthread_join(stub.thread, NULL);
}

static struct resolved answer;
static int asked;

static bool scripted(const char *host, int64_t timeout_ms, struct resolved *out)
{
	(void)host;
	(void)timeout_ms;
	asked++;
	*out = answer;
	return out->n > 0;
}

static void add(const char *text)
{
	struct resolved_address *a = &answer.v[answer.n++];

	a->v6 = inet_pton(AF_INET6, text, a->bytes) == 1;
	if (!a->v6)
		assert_int_equal(inet_pton(AF_INET, text, a->bytes), 1);
	snprintf(a->text, sizeof a->text, "%s", text);
}

static enum fetch_fault run(struct arena *a, struct fetch *f, const char *url, bool local)
{
	stub.connections = 0;
	asked = 0;
	if (fetch_init(f, a, str_from(url), local, MOST) != FETCH_OK)
		return f->fault;
	if (answer.n || answer.lacking)
		f->resolver = scripted;
	fetch_work(f);
	return f->fault;
}

static enum fetch_fault run_stub(struct arena *a, struct fetch *f, const char *reply)
{
	answer.n = 0;
	stub.reply = reply;
	return run(a, f, str_printf(a, "http://127.0.0.1:%d/doc", stub.port).p, true);
}

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

/* A151 */
static void test_MCP_08_what_a_reply_must_be(void **state)
{
	static const struct {
		const char *reply;
		enum fetch_fault fault;
	} rows[] = {
		{HEAD "Content-Length: 2\r\n\r\n{}", FETCH_OK},
		{HEAD "\r\n{}", FETCH_OK},
		{"HTTP/1.1 200 OK\r\nContent-Type: application/x+json; charset=utf-8\r\n\r\n{}",
			FETCH_OK},
		{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}", FETCH_TYPE},
		{"HTTP/1.1 200 OK\r\nContent-Type: application/jsonp\r\n\r\n{}", FETCH_TYPE},
		{"HTTP/1.1 200 OK\r\n\r\n{}", FETCH_TYPE},
		{"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n{}", FETCH_STATUS},
		{"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n{}",
			FETCH_STATUS},
		{"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", FETCH_STATUS},
		{"HTTP/1.1 304 Not Modified\r\n\r\n", FETCH_REDIRECT},
		{"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: "
		 "0\r\n\r\n",
			FETCH_REDIRECT},
		{HEAD "Content-Length: 101\r\n\r\n{}", FETCH_SIZE},
		{HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n", FETCH_CONNECT},
		{HEAD "Content-Length: 50\r\n\r\n{}", FETCH_CONNECT},
		{"garbage\r\n\r\n", FETCH_CONNECT},
		{"", FETCH_CONNECT},
	};
	struct fetch f;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (run_stub(*state, &f, rows[i].reply) != rows[i].fault)
			fail_msg("row %zu: %s", i, fetch_fault_word(f.fault));
	assert_int_equal(run_stub(*state, &f, rows[0].reply), FETCH_OK);
	assert_str(fetch_body(&f), "{}");
}

static void test_A150_size_is_bounded_whatever_the_length_says(void **state)
{
	struct arena *a = *state;
	struct fetch f;

	for (size_t n = MOST - 1; n <= MOST + 1; n++) {
		struct str body = repeated(a, 'x', n);

		assert_int_equal(run_stub(a, &f, str_printf(a, HEAD "\r\n%s", body.p).p),
			n <= MOST ? FETCH_OK : FETCH_SIZE);
		assert_true(f.body_n <= MOST);
	}
	assert_int_equal(run_stub(a, &f,
				 str_printf(a, HEAD "X: %s\r\n\r\n{}",
					 repeated(a, 'h', LIMIT_FETCH_HEADERS).p)
					 .p),
		FETCH_SIZE);
	/* Identity only: what is compressed stays so, and is as long as it is. */
	assert_int_equal(run_stub(a, &f, HEAD "Content-Encoding: gzip\r\n\r\n{}"), FETCH_OK);
	assert_str(fetch_body(&f), "{}");
}

static void test_MCP_08_how_long_it_is_kept(void **state)
{
	struct fetch f;

	run_stub(*state, &f, HEAD "Cache-Control: public\r\nCache-Control: max-age=120\r\n\r\n{}");
	assert_int_equal(fetch_fresh_for(&f), 120);
	run_stub(*state, &f, HEAD "Cache-Control: max-age=120\r\nAge: 20\r\n\r\n{}");
	assert_int_equal(fetch_fresh_for(&f), 100);
	run_stub(*state, &f, HEAD "\r\n{}");
	assert_int_equal(fetch_fresh_for(&f), LIMIT_FRESH_USUAL);
	run_stub(*state, &f, HEAD "Cache-Control: no-store\r\n\r\n{}");
	assert_int_equal(fetch_fresh_for(&f), LIMIT_FRESH_LEAST);
	/* of what is too long nobody knows what it forbids */
	run_stub(*state, &f,
		str_printf(*state,
			HEAD "Cache-Control: max-age=120\r\nCache-Control: x=%.*s\r\n\r\n{}",
			STR_ARG(repeated(*state, 'x', sizeof f.cache_control)))
			.p);
	assert_int_equal(fetch_fresh_for(&f), LIMIT_FRESH_LEAST);
}

static void test_A144_refused_before_anybody_is_connected_to(void **state)
{
	static const char *const addresses[] = {"127.0.0.1", "10.0.0.1", "169.254.169.254",
		"192.168.1.1", "100.64.0.1", "0.0.0.0", "::1", "::ffff:127.0.0.1", "fd00::1",
		"fe80::1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1"};
	struct arena *a = *state;
	const char *url = str_printf(a, "https://client.example:%d/doc", stub.port).p;
	struct fetch f;

	for (size_t i = 0; i < COUNT(addresses); i++) {
		answer.n = 0;
		add(addresses[i]);
		assert_int_equal(run(a, &f, url, false), FETCH_ADDRESS);
		assert_int_equal(run(a, &f, url, true), FETCH_ADDRESS);
		/* A146: one among good ones */
		answer.n = 0;
		add("8.8.8.8");
		add(addresses[i]);
		assert_int_equal(run(a, &f, url, false), FETCH_ADDRESS);
	}
	assert_int_equal(stub.connections, 0);
}

static void test_A144_literals_and_local_names(void **state)
{
	static const char *const urls[] = {"https://127.0.0.1:%d/", "https://[::1]:%d/",
		"https://[::ffff:127.0.0.1]:%d/", "https://localhost:%d/",
		"https://a.localhost:%d/", "https://printer:%d/",
		"https://metadata.google.internal:%d/", "https://192.168.0.1:%d/"};
	static const char *const ill_formed[] = {"https://2130706433:%d/", "https://0x7f.1:%d/",
		"https://0177.0.0.1:%d/", "https://127.1:%d/", "http://client.example:%d/",
		"https://u:p@client.example:%d/", "gopher://client.example:%d/",
		"https://client.example.:%d/", "file:///etc/passwd?%d", "https://:%d/", "%d"};
	struct arena *a = *state;
	struct fetch f;

	answer.n = 0;
	for (size_t i = 0; i < COUNT(urls); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		const char *url = str_printf(a, urls[i], stub.port).p;
#pragma GCC diagnostic pop

		if (run(a, &f, url, false) != FETCH_ADDRESS)
			fail_msg("%s: %s", url, fetch_fault_word(f.fault));
	}
	for (size_t i = 0; i < COUNT(ill_formed); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		const char *url = str_printf(a, ill_formed[i], stub.port).p;
#pragma GCC diagnostic pop

		if (run(a, &f, url, true) != FETCH_URL)
			fail_msg("%s: %s", url, fetch_fault_word(f.fault));
	}
	assert_int_equal(stub.connections, 0);
	assert_int_equal(run(a, &f, "https://client.example:22/", false), FETCH_URL);
}

static void test_MCP_08_urls_that_may_be_fetched(void **state)
{
	static const struct {
		const char *url;
		bool local;
		enum fetch_fault fault;
	} rows[] = {
		{"https://client.example/doc", false, FETCH_OK},
		{"https://client.example?x=1", false, FETCH_OK},
		{"https://client.example/#x", false, FETCH_URL},
		{"https://client.example:443/", false, FETCH_OK},
		{"https://client.example:1023/", false, FETCH_URL},
		{"https://client.example:1024/", false, FETCH_OK},
		{"https://[2606:4700::1111]/", false, FETCH_OK},
		{"https://8.8.8.8/", false, FETCH_OK},
		/* a rehearsal's own machine, and no other */
		{"http://127.0.0.1:22/", true, FETCH_OK},
		{"http://[::1]/", true, FETCH_OK},
		{"http://localhost/", true, FETCH_OK},
		{"http://localhost/", false, FETCH_URL},
		{"https://localhost/", false, FETCH_ADDRESS},
		{"http://127.0.0.2/", true, FETCH_URL},
		{"http://[::2]/", true, FETCH_URL},
		{"https://printer/", true, FETCH_ADDRESS},
	};
	struct arena *a = *state;
	struct fetch f;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (fetch_init(&f, a, str_from(rows[i].url), rows[i].local, MOST) != rows[i].fault)
			fail_msg("%s: %s", rows[i].url, fetch_fault_word(f.fault));
	for (size_t n = LIMIT_METADATA_TEXT - 1; n <= LIMIT_METADATA_TEXT + 1; n++) {
		struct str start = STR("https://client.example/");
		struct str path = repeated(a, 'x', n - start.n);

		assert_int_equal(fetch_init(&f, a, str_joined(a, start, "", path), false, MOST),
			n <= LIMIT_METADATA_TEXT ? FETCH_OK : FETCH_URL);
	}
}

/* A145: the name is asked for once; the connection goes where the check looked. */
static void test_A145_the_connection_is_pinned_to_what_was_checked(void **state)
{
	struct arena *a = *state;
	struct fetch f;

	stub.reply = HEAD "\r\n{}";
	answer.n = 0;
	add("127.0.0.1");
	stub.connections = 0;
	/* The system knows no such name: only the pin can have led there. */
	assert_int_equal(
		fetch_init(&f, a, str_printf(a, "https://pinned.invalid:%d/doc", stub.port), true,
			MOST),
		FETCH_OK);
	snprintf(f.url, sizeof f.url, "http://pinned.invalid:%d/doc", stub.port);
	f.to_this_machine = true;
	f.resolver = scripted;
	asked = 0;
	fetch_work(&f);
	assert_int_equal(f.fault, FETCH_OK);
	assert_int_equal(asked, 1);
	assert_int_equal(stub.connections, 1);
}

/* What a name of this machine leads to in a rehearsal, without a look at what its URL says. */
static enum fetch_fault run_pinned(struct arena *a, struct fetch *f, const char *host)
{
	stub.connections = 0;
	assert_int_equal(fetch_init(f, a, STR("https://pinned.example/"), true, MOST), FETCH_OK);
	snprintf(f->host, sizeof f->host, "%s", host);
	snprintf(f->url, sizeof f->url, "http://%s:%d/doc", host, stub.port);
	f->port = stub.port;
	f->to_this_machine = true;
	f->resolver = scripted;
	fetch_work(f);
	return f->fault;
}

static void test_A145_every_address_is_pinned(void **state)
{
	struct fetch f;

	stub.reply = HEAD "\r\n{}";
	answer.n = 0;
	add("::1"); /* where nobody listens: the next one is tried */
	add("127.0.0.1");
	assert_int_equal(run_pinned(*state, &f, "pinned.invalid"), FETCH_OK);
	assert_int_equal(stub.connections, 1);
	answer.n = 1;
	assert_int_equal(run_pinned(*state, &f, "pinned.invalid"), FETCH_CONNECT);
	assert_int_equal(stub.connections, 0);
	add("::2");
	assert_int_equal(run_pinned(*state, &f, "pinned.invalid"), FETCH_ADDRESS);
}

/* Half of the addresses would be half of what was checked. */
static void test_A145_a_pin_is_never_cut(void **state)
{
	struct arena *a = *state;
	char host[251];
	struct fetch f;

	memset(host, 'x', sizeof host - 1);
	host[sizeof host - 1] = '\0';
	answer.n = 0;
	for (size_t i = 0; i < RESOLVED_MOST; i++) {
		add("127.0.0.1");
		snprintf(answer.v[i].text, RESOLVED_TEXT, "%s",
			repeated(a, '1', RESOLVED_TEXT - 1).p);
	}
	assert_int_equal(run_pinned(a, &f, host), FETCH_NAME);
	assert_int_equal(stub.connections, 0);
}

static void test_A144_a_literal_of_this_machine(void **state)
{
	struct fetch f;

	answer.n = 0;
	add("::1");
	assert_int_equal(run_pinned(*state, &f, "::1"), FETCH_CONNECT); /* only 127.0.0.1 listens */
	answer.n = 0;
	add("::2");
	assert_int_equal(run_pinned(*state, &f, "::2"), FETCH_ADDRESS);
}

static void test_A145_the_socket_is_checked_again(void **state)
{
	struct arena *a = *state;
	struct fetch f;

	answer.n = 0;
	add("8.8.8.8");                                         /* what is looked at */
	snprintf(answer.v[0].text, RESOLVED_TEXT, "127.0.0.1"); /* what is connected to */
	assert_int_equal(
		run(a, &f, str_printf(a, "https://client.example:%d/", stub.port).p, false),
		FETCH_ADDRESS);
	assert_int_equal(stub.connections, 0);
}

static void test_names_without_an_address(void **state)
{
	struct fetch f;

	answer.n = 0;
	assert_int_equal(run(*state, &f, "https://nobody.invalid/", false), FETCH_NAME);
	assert_true(fetch_may_pass(&f));
}

/* MCP-08: a copy serves on only while its server may come back. */
static void test_which_faults_may_pass(void **state)
{
	static const struct {
		enum fetch_fault fault;
		long status;
		bool may_pass;
	} rows[] = {{FETCH_URL, 0, false}, {FETCH_THROTTLED, 0, true}, {FETCH_NAME, 0, true},
		{FETCH_ADDRESS, 0, false}, {FETCH_CONNECT, 0, true}, {FETCH_TLS, 0, true},
		{FETCH_TIMEOUT, 0, true}, {FETCH_REDIRECT, 503, false}, {FETCH_STATUS, 404, false},
		{FETCH_STATUS, 428, false}, {FETCH_STATUS, 429, true}, {FETCH_STATUS, 430, false},
		{FETCH_STATUS, 499, false}, {FETCH_STATUS, 500, true}, {FETCH_TYPE, 200, false},
		{FETCH_SIZE, 200, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct fetch f = {.fault = rows[i].fault, .status = rows[i].status};

		if (fetch_may_pass(&f) != rows[i].may_pass)
			fail_msg("%s, %ld", fetch_fault_word(f.fault), f.status);
	}
}

/* A148 */
static void test_A152_a_server_that_speaks_no_tls(void **state)
{
	struct arena *a = *state;
	struct fetch f;

	answer.n = 0;
	stub.reply = HEAD "\r\n{}";
	assert_int_equal(
		run(a, &f, str_printf(a, "https://127.0.0.1:%d/", stub.port).p, true), FETCH_TLS);
}

/* Nobody else is to blame for what is missing here, and options that forbid are not left out. */
static void test_A225_whose_fault_it_is_that_nothing_came(void **state)
{
	struct fetch f;

	answer = (struct resolved){.lacking = true};
	assert_int_equal(run(*state, &f, "https://nobody.invalid/", false), FETCH_NAME);
	assert_true(memory_ran_out());
	answer = (struct resolved){.n = 0};
	assert_int_equal(run(*state, &f, "https://nobody.invalid/", false), FETCH_NAME);
	assert_false(memory_ran_out());
#ifndef LLAVERO_RELEASE
	for (unsigned long n = 1, passed = n; passed >= n; n++) {
		char spec[40];

		snprintf(spec, sizeof spec, "memory.library:%lu", n);
		assert_true(fail_configure(spec));
		enum fetch_fault fault = run_stub(*state, &f, HEAD "\r\n{}");

		passed = fail_passages("memory.library");
		fail_configure(NULL);
		assert_true(fault == FETCH_OK || memory_ran_out());
		assert_true(passed < n || memory_ran_out());
	}
#endif
}

/* The same of descriptors: with fewer than it needs, nobody is told that the other is to blame. */
static void test_A225_no_descriptor_left(void **state)
{
	struct rlimit before, now;
	struct fetch f;
	bool fetched = false;
	int refused = 0;

	answer.n = 0;
	add("127.0.0.1");
	stub.reply = HEAD "\r\n{}";
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	int next = dup(0);

	close(next);
	for (now = before, now.rlim_cur = (rlim_t)next; !fetched; now.rlim_cur++) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
		fetched = run_pinned(*state, &f, "pinned.invalid") == FETCH_OK;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		if (!fetched)
			assert_int_equal(f.fault, FETCH_CONNECT);
		refused += f.fault == FETCH_CONNECT && memory_ran_out();
		assert_true(now.rlim_cur < (rlim_t)next + 100);
	}
	assert_true(refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_MCP_08_what_a_reply_must_be),
		test_with_arena(test_A150_size_is_bounded_whatever_the_length_says),
		test_with_arena(test_MCP_08_how_long_it_is_kept),
		test_with_arena(test_A144_refused_before_anybody_is_connected_to),
		test_with_arena(test_A144_literals_and_local_names),
		test_with_arena(test_MCP_08_urls_that_may_be_fetched),
		test_with_arena(test_A145_the_connection_is_pinned_to_what_was_checked),
		test_with_arena(test_A145_every_address_is_pinned),
		test_with_arena(test_A145_a_pin_is_never_cut),
		test_with_arena(test_A144_a_literal_of_this_machine),
		test_with_arena(test_A145_the_socket_is_checked_again),
		test_with_arena(test_names_without_an_address),
		cmocka_unit_test(test_which_faults_may_pass),
		test_with_arena(test_A152_a_server_that_speaks_no_tls),
		test_with_arena(test_A225_whose_fault_it_is_that_nothing_came),
		test_with_arena(test_A225_no_descriptor_left),
	};

	if (!memory_watch_libraries())
		return 1;
	return cmocka_run_group_tests(tests, start_stub, stop_stub);
}
