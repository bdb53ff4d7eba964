/* Who keeps the server waiting is shown out; nobody else is. Assurance A180; slowness as it is
 * really sent is in tests/http/test_abuse.py. */
#include "http/visitors.h"

#include "http_stage.h"

enum { A_SECOND_US = 1000000 };

static _Atomic uint64_t too_slow, crowded_out;

static int set_up_counted(void **state)
{
	set_up(state);
	struct stage *s = *state;

	too_slow = crowded_out = 0;
	s->config.too_slow = &too_slow;
	s->config.crowded_out = &crowded_out;
	s->config.idle_s = 1;
	return 0;
}

#define counted(test) cmocka_unit_test_setup_teardown(test, set_up_counted, tear_down)

/* Bytes one at a time, so that the connection is never idle, until the server has had enough. */
static void send_in_drips(struct stage *s, struct client *c, const char *start)
{
	int64_t since_us = clock_monotonic_us(), sent_us = 0;

	client_send(c, start);
	while (!c->closed) {
		assert_true(clock_monotonic_us() - since_us < PATIENCE_US);
		if (clock_monotonic_us() - sent_us > A_SECOND_US / 20) {
			sent_us = clock_monotonic_us();
			send(c->fd, "x", 1, MSG_NOSIGNAL);
		}
		go_round(s);
		client_read(c, SMALL);
	}
	assert_int_equal(c->n, 0);
	assert_true(clock_monotonic_us() - since_us >= A_SECOND_US * 9 / 10);
}

/* A180 */
static void a_request_that_comes_in_drips_is_not_waited_for(void **state)
{
	static const char *const starts[] = {"", "GET /pl", "GET /plain HTTP/1.1\r\nHost: a\r\nX-",
		"POST /plain HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n",
		"POST /plain HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n"};
	struct stage *s = *state;

	start(s, 0);
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct client c = client_connect(&s->address, 0);

		send_in_drips(s, &c, starts[i]);
		assert_int_equal(too_slow, i + 1);
		client_close(&c);
	}
	assert_int_equal(crowded_out, 0);
}

/* A180 */
static void a_reply_that_is_taken_in_drips_is_not_waited_for(void **state)
{
	struct stage *s = *state;

	start(s, SMALL);
	struct client c = client_connect(&s->address, SMALL);
	int64_t read_us = clock_monotonic_us();

	client_send(&c, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
	while (too_slow == 0) {
		assert_true(clock_monotonic_us() - read_us < PATIENCE_US);
		go_round(s);
		client_read(&c, 16);
	}
	READ_UNTIL(s, &c, c.closed);
	assert_true(c.n > 0 && c.n < LIMIT_REPLY);
	client_close(&c);
}

static void idle_for(struct stage *s, int64_t us)
{
	int64_t since_us = clock_monotonic_us();

	while (clock_monotonic_us() - since_us < us)
		go_round(s);
}

/* Longer than the patience in all, but never longer between two of them. */
static void each_request_has_its_own_time(void **state)
{
	struct stage *s = *state;

	start(s, 0);
	struct client c = client_connect(&s->address, 0);

	for (unsigned i = 1; i <= 6; i++) {
		idle_for(s, A_SECOND_US / 4);
		c.n = 0;
		client_send(&c, "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n");
		READ_UNTIL(s, &c, client_has(&c, "plain") || c.closed);
		assert_false(c.closed);
	}
	assert_int_equal(too_slow, 0);
	client_close(&c);
}

/* A180 */
static void one_too_many_takes_the_place_of_who_waited_longest(void **state)
{
	struct stage *s = *state;
	struct client c[4];

	s->config.max_connections = 3;
	s->config.idle_s = LIMIT_IDLE_SECONDS;
	start(s, 0);
	for (size_t i = 0; i < 3; i++) {
		c[i] = ask(s, "GET", "/plain", "1.1");
		READ_UNTIL(s, &c[i], client_has(&c[i], "plain"));
	}
	/* the first asks again: now the second has been idle for longest */
	c[0].n = 0;
	client_send(&c[0], "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n");
	READ_UNTIL(s, &c[0], client_has(&c[0], "plain"));
	c[3] = ask(s, "GET", "/plain", "1.1");
	READ_UNTIL(s, &c[3], client_has(&c[3], "plain"));
	READ_UNTIL(s, &c[1], c[1].closed);
	client_read(&c[0], SMALL);
	client_read(&c[2], SMALL);
	assert_false(c[0].closed || c[2].closed || c[3].closed);
	assert_int_equal(crowded_out, 1);
	for (size_t i = 0; i < COUNT(c); i++)
		client_close(&c[i]);
}

/* A180 */
static void who_is_being_served_keeps_the_place(void **state)
{
	struct stage *s = *state;

	s->config.max_connections = 1;
	s->config.idle_s = LIMIT_IDLE_SECONDS;
	start(s, 0);
	struct client served = open_stream(s), newcomer = client_connect(&s->address, 0);

	READ_UNTIL(s, &newcomer, newcomer.closed);
	client_read(&served, SMALL);
	assert_false(served.closed);
	assert_int_equal(s->open, 1);
	client_close(&newcomer);
	client_close(&served);
}

#ifndef LLAVERO_RELEASE
static void whom_nobody_could_note_gets_no_answer(void **state)
{
	struct stage *s = *state;

	start(s, 0);
	assert_true(fail_configure("http.visitor:1"));
	struct client c = ask(s, "GET", "/plain", "1.1");

	READ_UNTIL(s, &c, c.closed);
	assert_int_equal(c.n, 0);
	client_close(&c);
	c = ask(s, "GET", "/plain", "1.1");
	READ_UNTIL(s, &c, client_has(&c, "plain"));
	client_close(&c);
}
#endif

/* Without a daemon: visitors of any address. */

struct guest {
	int ours, theirs;
	struct visitor *visitor;
};

static bool is_proxy(void *owner, struct str address)
{
	(void)owner;
	return str_eq_c(address, "192.0.2.9");
}

static struct guest arrive(struct visitors *all, const char *address)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} from = {.any.sa_family = strchr(address, ':') ? AF_INET6 : AF_INET};
	struct guest g;
	int pair[2];

	assert_int_equal(inet_pton(from.any.sa_family, address,
				 from.any.sa_family == AF_INET ? (void *)&from.four.sin_addr
							       : (void *)&from.six.sin6_addr),
		1);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	g = (struct guest){.ours = pair[0], .theirs = pair[1]};
	g.visitor = visitors_add(all, &from.any, g.ours);
	assert_str(visitor_address(g.visitor), address);
	return g;
}

static bool was_shown_out(const struct guest *g)
{
	char byte;

	return recv(g->theirs, &byte, 1, MSG_DONTWAIT) == 0;
}

static void leave(struct visitors *all, struct guest *g)
{
	visitors_remove(all, g->visitor);
	close(g->ours);
	close(g->theirs);
}

/* Of those who come in this order, `most` for an address, the one at `gone` has to go; -1: none. */
static void check(unsigned most, const char *const *addresses, size_t n, int gone)
{
	const struct http_daemon_config config = {.max_connections = 100,
		.max_per_address = most,
		.idle_s = 60,
		.speaks_for_many = is_proxy};
	struct visitors *all = visitors_new(&config);
	struct guest g[8];

	for (size_t i = 0; i < n; i++)
		g[i] = arrive(all, addresses[i]);
	for (size_t i = 0; i < n; i++)
		if (was_shown_out(&g[i]) != ((int)i == gone))
			fail_msg("%s, %zu of them", addresses[i], i);
	for (size_t i = 0; i < n; i++)
		leave(all, &g[i]);
	assert_int_equal(visitors_silent(all), 0);
	visitors_free(all);
}

#define CHECK(most, gone, ...)                                                                     \
	check((most), (const char *const[]){__VA_ARGS__},                                          \
		COUNT(((const char *const[]){__VA_ARGS__})), (gone))

/* A180 */
static void an_address_makes_room_among_its_own(void **state)
{
	(void)state;
	CHECK(2, -1, "192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2");
	CHECK(2, 1, "192.0.2.2", "192.0.2.1", "192.0.2.1", "192.0.2.1");
	CHECK(1, 0, "192.0.2.1", "192.0.2.1");
	CHECK(0, -1, "192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.1");
	/* with IPv6 whoever has one address of a network has them all */
	CHECK(2, 0, "2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff::3");
	CHECK(2, -1, "2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1");
	/* but not when it only carries IPv4 */
	CHECK(1, -1, "::ffff:192.0.2.1", "::ffff:192.0.2.2", "192.0.2.1", "::1");
	CHECK(1, 0, "::ffff:192.0.2.1", "::ffff:192.0.2.1");
	/* a proxy speaks for many */
	CHECK(1, -1, "192.0.2.9", "192.0.2.9", "192.0.2.9", "192.0.2.1");
}

static void places_are_free_again(void **state)
{
	const struct http_daemon_config config = {.max_connections = 2, .max_per_address = 2};
	struct visitors *all = visitors_new(&config);

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		struct guest a = arrive(all, "192.0.2.1"), b = arrive(all, "192.0.2.1");

		assert_false(was_shown_out(&a) || was_shown_out(&b));
		leave(all, &a);
		leave(all, &b);
	}
	/* who has been shown out counts no more, though the socket is still there */
	struct guest a = arrive(all, "192.0.2.1"), b = arrive(all, "192.0.2.1"),
		     c = arrive(all, "192.0.2.1");

	assert_true(was_shown_out(&a));
	visitors_wait(all, a.visitor);
	struct guest d = arrive(all, "192.0.2.1");

	assert_true(was_shown_out(&b));
	assert_false(was_shown_out(&c) || was_shown_out(&d));
	leave(all, &a);
	leave(all, &b);
	leave(all, &c);
	leave(all, &d);
	visitors_free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		counted(a_request_that_comes_in_drips_is_not_waited_for),
		counted(a_reply_that_is_taken_in_drips_is_not_waited_for),
		counted(each_request_has_its_own_time),
		counted(one_too_many_takes_the_place_of_who_waited_longest),
		counted(who_is_being_served_keeps_the_place),
#ifndef LLAVERO_RELEASE
		counted(whom_nobody_could_note_gets_no_answer),
#endif
		cmocka_unit_test(an_address_makes_room_among_its_own),
		cmocka_unit_test(places_are_free_again),
	};

	return cmocka_run_group_tests_name("http visitors", tests, NULL, NULL);
}
