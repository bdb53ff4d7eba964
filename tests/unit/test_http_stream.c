/* Replies that go on, through sockets. */
#include "http_stage.h"

static void events_arrive_as_polled_until_the_end(void **state)
{
	struct stage *s = *state;

	s->script = (struct script){.pieces = 3, .after = HTTP_POLL_END};
	start(s, 0);
	struct client c = ask(s, "GET", "/events", "1.1");

	READ_UNTIL(s, &c, c.closed);
	assert_memory_equal(c.p, "HTTP/1.1 200 ", 13);
	assert_true(client_has(&c, "\r\nContent-Type: text/event-stream\r\n"));
	assert_true(client_has(&c, "\r\nCache-Control: no-store\r\n"));
	assert_true(client_has(&c, "\r\nX-Accel-Buffering: no\r\n"));
	assert_true(client_has(&c, "\r\nTransfer-Encoding: chunked\r\n"));
	assert_true(client_has(&c, "\r\nX-GitHub-Request-Id: "));
	assert_content(s, &c, "data: 1\n\ndata: 2\n\ndata: 3\n\n", true);
	assert_int_equal(s->open, 0);
	assert_int_equal(s->finished, 1);
	client_close(&c);
}

static void each_event_arrives_before_the_next_poll(void **state)
{
	struct stage *s = *state;

	s->script = (struct script){.pieces = 5};
	start(s, 0);
	struct client c = open_stream(s);

	for (unsigned n = 1; n <= 5; n++) {
		char event[32];

		READ_UNTIL(s, &c, s->script.polls > n);
		snprintf(event, sizeof event, "data: %u\n\n", n);
		assert_true(client_has(&c, event));
	}
	assert_int_equal(s->open, 1);
	client_close(&c);
}

static void the_head_is_sent_though_nothing_happens(void **state)
{
	struct stage *s = *state;

	start(s, 0);
	struct client c = open_stream(s);

	GO_ON_UNTIL(s, s->script.polls > 20);
	client_read(&c, SMALL);
	assert_content(s, &c, ": \n\n", false);
	client_close(&c);
}

static void a_quiet_stream_sends_comments(void **state)
{
	struct stage *s = *state;

	s->config.stream_heartbeat_ms = 3;
	start(s, 0);
	struct client c = open_stream(s);

	READ_UNTIL(s, &c, client_body(&c).n > 60);
	bool last_chunk;
	struct str content = unchunked(client_body(&c), &s->arena, &last_chunk);

	assert_true(content.n >= 12 && str_starts(content, STR(": \n\n: \n\n: \n\n")));
	client_close(&c);
}

static void a_waiting_stream_keeps_the_loop_asleep(void **state)
{
	struct stage *s = *state;

	s->config.stream_poll_ms = NEVER_MS;
	start(s, 0);
	assert_int_equal(http_daemon_poll_streams(s->daemon), -1);
	struct client c = open_stream(s);

	GO_ON_UNTIL(s, s->wait_ms > 1000);
	for (int i = 0; i < 10; i++) {
		go_round(s);
		assert_true(s->wait_ms > 1000);
	}
	assert_int_equal(s->script.polls, 1);
	client_close(&c);
}

static void a_waiting_stream_is_not_idle(void **state)
{
	struct stage *s = *state;

	s->config.idle_s = 1;
	s->script.pieces = 1;
	start(s, 0);
	struct client c = open_stream(s);
	int64_t since = clock_monotonic_us();

	GO_ON_UNTIL(s, clock_monotonic_us() - since > 1500000);
	s->script = (struct script){.pieces = 7, .polls = 6, .after = HTTP_POLL_MORE};
	READ_UNTIL(s, &c, client_has(&c, "data: 7"));
	client_close(&c);
}

static void a_slow_reader_loses_and_doubles_nothing(void **state)
{
	struct stage *s = *state;
	const unsigned pieces = 40;

	s->script = (struct script){
		.pieces = pieces, .piece_n = LIMIT_STREAM_PIECE, .after = HTTP_POLL_END};
	start(s, SMALL);
	struct client c = slow_reader(s);

	/* polls wait for the reader */
	assert_true(s->script.polls < pieces / 2);
	for (size_t step = 1; !c.closed; step = step % 9973 + 1) {
		client_read(&c, step);
		http_daemon_run(s->daemon);
		http_daemon_poll_streams(s->daemon);
	}
	assert_pattern(s, &c, pieces);
	client_close(&c);
}

static void a_reader_that_does_not_read_is_cut_off(void **state)
{
	struct stage *s = *state;

	s->config.idle_s = 1;
	s->script = (struct script){.pieces = 1000, .piece_n = LIMIT_STREAM_PIECE};
	start(s, SMALL);
	struct client c = slow_reader(s);

	GO_ON_UNTIL(s, s->finished == 1);
	assert_int_equal(s->open, 0);
	client_close(&c);
}

static void a_reader_who_dribbles_is_cut_off_in_the_end(void **state)
{
	struct stage *s = *state;

	s->config.idle_s = 1;
	/* the first poll is before the end */
	s->config.stream_ms = 500;
	s->script = (struct script){.pieces = 1000, .piece_n = LIMIT_STREAM_PIECE};
	start(s, SMALL);
	struct client c = slow_reader(s);

	GO_ON_UNTIL(s, (client_read(&c, 16), s->finished == 1));
	assert_int_equal(s->open, 0);
	READ_UNTIL(s, &c, c.closed);
	/* in the middle of the first piece */
	assert_true(client_body(&c).n < LIMIT_STREAM_PIECE);
	client_close(&c);
}

static void a_stream_has_an_end(void **state)
{
	struct stage *s = *state;

	s->config.stream_ms = 100;
	start(s, 0);
	struct client c = open_stream(s);

	READ_UNTIL(s, &c, c.closed);
	assert_content(s, &c, ": \n\n", true);
	client_close(&c);
}

static void a_client_that_goes_away_frees_everything(void **state)
{
	struct stage *s = *state;

	start(s, 0);
	for (unsigned i = 1; i <= 3; i++) {
		struct client c = open_stream(s);

		/* with data unread the close is a reset */
		if (i == 2)
			client_send(&c, "x");
		client_close(&c);
		GO_ON_UNTIL(s, s->finished == i);
		assert_int_equal(s->open, 0);
	}
	/* before its head was sent */
	struct client c = ask(s, "GET", "/events", "1.1");

	client_close(&c);
	GO_ON_UNTIL(s, s->finished == 4);
}

static void a_client_that_goes_away_while_a_piece_waits(void **state)
{
	struct stage *s = *state;

	s->script = (struct script){.pieces = 1000, .piece_n = LIMIT_STREAM_PIECE};
	start(s, SMALL);
	struct client c = slow_reader(s);

	client_close(&c);
	GO_ON_UNTIL(s, s->finished == 1);
	assert_int_equal(s->open, 0);
}

static void head_opens_no_stream(void **state)
{
	struct stage *s = *state;

	s->config.streams_max = 0;
	start(s, 0);
	struct client c = ask(s, "HEAD", "/events", "1.1");

	READ_UNTIL(s, &c, c.closed);
	assert_memory_equal(c.p, "HTTP/1.1 200 ", 13);
	assert_true(client_has(&c, "\r\nContent-Type: text/event-stream\r\n"));
	assert_false(client_has(&c, "Content-Length"));
	assert_int_equal(client_body(&c).n, 0);
	assert_int_equal(s->script.polls, 0);
	client_close(&c);
}

static void http_1_0_ends_with_the_connection(void **state)
{
	struct stage *s = *state;

	s->script = (struct script){.pieces = 30, .piece_n = 5000, .after = HTTP_POLL_END};
	start(s, 0);
	struct client c = ask(s, "GET", "/events", "1.0");

	READ_UNTIL(s, &c, c.closed);
	struct str body = client_body(&c);

	assert_false(client_has(&c, "Transfer-Encoding"));
	assert_int_equal(body.n, 30 * 5000);
	for (size_t i = 0; i < body.n; i++)
		assert_int_equal(body.p[i], pattern(i));
	client_close(&c);
}

static void a_failed_poll_cuts_the_stream(void **state)
{
	struct stage *s = *state;

	s->script = (struct script){.pieces = 2, .after = HTTP_POLL_FAILED};
	start(s, 0);
	struct client c = open_stream(s);

	READ_UNTIL(s, &c, c.closed);
	assert_content(s, &c, "data: 1\n\ndata: 2\n\n", false);
	client_close(&c);
	assert_int_equal(s->open, 0);
}

static void a_piece_has_a_limit(void **state)
{
	struct stage *s = *state;

	s->script = (struct script){.pieces = 1000, .piece_n = LIMIT_STREAM_PIECE};
	start(s, 0);
	struct client c = open_stream(s);

	READ_UNTIL(s, &c, s->script.polls > 2);
	assert_int_equal(s->open, 1);
	s->script.piece_n = LIMIT_STREAM_PIECE + 1;
	READ_UNTIL(s, &c, c.closed);
	assert_int_equal(s->open, 0);
	client_close(&c);
}

static void too_many_are_answered(void **state)
{
	struct stage *s = *state;
	struct client c[3], late;

	s->config.streams_max = COUNT(c);
	start(s, 0);
	for (size_t i = 0; i < COUNT(c); i++)
		c[i] = open_stream(s);
	assert_int_equal(s->open, COUNT(c));
	late = ask(s, "GET", "/events", "1.1");
	READ_UNTIL(s, &late, client_has(&late, "\r\n\r\nlater"));
	assert_memory_equal(late.p, "HTTP/1.1 503 ", 13);
	client_close(&late);

	/* whoever goes makes room, in whatever place of the list */
	client_close(&c[1]);
	GO_ON_UNTIL(s, s->open == 2);
	c[1] = open_stream(s);
	client_close(&c[0]);
	client_close(&c[2]);
	GO_ON_UNTIL(s, s->open == 1);
	client_close(&c[1]);
	GO_ON_UNTIL(s, s->open == 0);
}

static void other_requests_are_answered_meanwhile(void **state)
{
	struct stage *s = *state;

	s->script.pieces = 100000;
	start(s, 0);
	struct client c = open_stream(s);
	struct client other = ask(s, "GET", "/plain", "1.1");

	READ_UNTIL(s, &other, client_has(&other, "\r\n\r\nplain"));
	client_send(&other, "GET /plain HTTP/1.1\r\nHost: a.example\r\n\r\n");
	other.n = 0;
	READ_UNTIL(s, &other, client_has(&other, "\r\n\r\nplain"));
	client_close(&other);
	client_close(&c);
}

static void ending_all_sends_their_last_chunks(void **state)
{
	struct stage *s = *state;
	struct client c[4];

	start(s, 0);
	for (size_t i = 0; i < COUNT(c); i++)
		c[i] = open_stream(s);
	struct client late = ask(s, "GET", "/plain", "1.1");

	READ_UNTIL(s, &late, client_has(&late, "\r\n\r\nplain"));
	http_daemon_quiesce(s->daemon);
	http_daemon_end_streams(s->daemon);
	for (size_t i = 0; i < COUNT(c); i++) {
		READ_UNTIL(s, &c[i], c[i].closed);
		assert_content(s, &c[i], ": \n\n", true);
		client_close(&c[i]);
	}
	/* a connection that is open already gets no new one */
	client_send(&late, "GET /events HTTP/1.1\r\nHost: a.example\r\n\r\n");
	READ_UNTIL(s, &late, client_has(&late, "HTTP/1.1 503 "));
	client_close(&late);
}

static void it_can_be_stopped_with_open_streams(void **state)
{
	struct stage *s = *state;
	static struct client c[4];

	start(s, SMALL);
	for (size_t i = 0; i < 2; i++)
		c[i] = open_stream(s);
	s->script = (struct script){
		.pieces = 1000, .piece_n = LIMIT_STREAM_PIECE, .after = HTTP_POLL_MORE};
	c[2] = slow_reader(s);
	c[3] = ask(s, "GET", "/events", "1.1");
	http_daemon_run(s->daemon);
	assert_true(s->open >= 3);
	http_daemon_stop(s->daemon);
	s->daemon = NULL;
	assert_int_equal(s->open, 0);
	for (size_t i = 0; i < COUNT(c); i++)
		client_close(&c[i]);
}

#ifndef LLAVERO_RELEASE
static void without_memory_there_is_no_stream(void **state)
{
	struct stage *s = *state;

	start(s, 0);
	assert_true(fail_configure("http.stream:1"));
	struct client c = ask(s, "GET", "/events", "1.1");

	READ_UNTIL(s, &c, client_has(&c, "HTTP/1.1 503 "));
	client_close(&c);
	assert_true(fail_configure("http.response:1"));
	c = ask(s, "GET", "/events", "1.1");
	READ_UNTIL(s, &c, c.closed);
	assert_int_equal(c.n, 0);
	assert_int_equal(s->open, 0);
	client_close(&c);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		staged(events_arrive_as_polled_until_the_end),
		staged(each_event_arrives_before_the_next_poll),
		staged(the_head_is_sent_though_nothing_happens),
		staged(a_quiet_stream_sends_comments),
		staged(a_waiting_stream_keeps_the_loop_asleep),
		staged(a_waiting_stream_is_not_idle),
		staged(a_slow_reader_loses_and_doubles_nothing),
		staged(a_reader_that_does_not_read_is_cut_off),
		staged(a_reader_who_dribbles_is_cut_off_in_the_end),
		staged(a_stream_has_an_end),
		staged(a_client_that_goes_away_frees_everything),
		staged(a_client_that_goes_away_while_a_piece_waits),
		staged(head_opens_no_stream),
		staged(http_1_0_ends_with_the_connection),
		staged(a_failed_poll_cuts_the_stream),
		staged(a_piece_has_a_limit),
		staged(too_many_are_answered),
		staged(other_requests_are_answered_meanwhile),
		staged(ending_all_sends_their_last_chunks),
		staged(it_can_be_stopped_with_open_streams),
#ifndef LLAVERO_RELEASE
		staged(without_memory_there_is_no_stream),
#endif
	};

	return cmocka_run_group_tests_name("http stream", tests, NULL, NULL);
}
