/* Lines of the log: whatever is in a text, and whether or not anybody reads them. */
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "unit.h"

enum { LINE_MOST = 4096 };

struct reader {
	int from, to;
	char p[1 << 20];
	size_t n;
};

static int set_up(void **state)
{
	struct reader *r = calloc(1, sizeof *r);
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	r->from = ends[0];
	r->to = ends[1];
	fcntl(r->from, F_SETFL, O_NONBLOCK);
	log_configure(LOG_INFO, r->to);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	struct reader *r = *state;

	log_configure(LOG_INFO, STDERR_FILENO);
	if (r->from >= 0)
		close(r->from);
	close(r->to);
	free(r);
	return 0;
}

/* All that is there, NUL-terminated. */
static void read_all(struct reader *r)
{
	ssize_t got;

	r->n = 0;
	while ((got = read(r->from, r->p + r->n, sizeof r->p - 1 - r->n)) > 0)
		r->n += (size_t)got;
	r->p[r->n] = '\0';
}

/* The one line that is there, as JSON. */
static json_t *one_line(struct reader *r)
{
	read_all(r);
	assert_true(r->n > 1 && r->n <= LINE_MOST);
	assert_ptr_equal(strchr(r->p, '\n'), r->p + r->n - 1);
	for (size_t i = 0; i + 1 < r->n; i++)
		assert_in_range(r->p[i], 0x20, 0x7E);
	json_t *line = json_loads(r->p, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);

	assert_non_null(line);
	return line;
}

static void A209_a_text_stays_within_its_field(void **state)
{
	static const char *const texts[] = {"a\r\n{\"time\":\"now\",\"level\":\"error\"}",
		"a\",\"level\":\"error", "\033[2J\033[31mred\007", "\xE2\x80\xA8\xE2\x80\xA9",
		"\\\",\"event\":\"x\"", "%n%s%d%x", "\x7f\x80\xff\xfe", "a\tb\vc\fd\be"};
	struct reader *r = *state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		LOG(LOG_INFO, "an event", LOG_CSTR("text", texts[i]), LOG_INT("n", 7));
		json_t *line = one_line(r);

		assert_int_equal(json_object_size(line), 5);
		assert_string_equal(json_string_value(json_object_get(line, "level")), "info");
		assert_string_equal(json_string_value(json_object_get(line, "event")), "an event");
		assert_int_equal(json_integer_value(json_object_get(line, "n")), 7);
		json_decref(line);
	}
}

static void A209_a_nul_does_not_end_it(void **state)
{
	struct reader *r = *state;
	const struct str text = {"a\0b", 3};

	LOG(LOG_INFO, "an event", LOG_STR("text", text), LOG_CSTR("last", "z"));
	json_t *line = one_line(r);

	assert_string_equal(json_string_value(json_object_get(line, "last")), "z");
	assert_non_null(strstr(r->p, "a\\u0000b"));
	json_decref(line);
}

static void a_long_line_is_cut_and_still_one_object(void **state)
{
	struct reader *r = *state;
	struct arena a;

	arena_init(&a, 16 << 20);
	for (size_t n = 3000; n < 5000; n += 7) {
		LOG(LOG_INFO, "an event", LOG_STR("one", repeated(&a, 'x', n)),
			LOG_STR("two", repeated(&a, '\n', n)),
			LOG_STR("three", repeated(&a, '"', n)));
		json_decref(one_line(r));
	}
	arena_release(&a);
}

/* A191: the pipe is full; a write would wait for ever. */
static void A191_a_log_that_nobody_reads_keeps_nobody_waiting(void **state)
{
	struct reader *r = *state;
	unsigned lines = 0;

	alarm(60);
	for (int64_t i = 0; i < 20000; i++)
		LOG(LOG_INFO, "an event", LOG_INT("i", i));
	alarm(0);
	read_all(r);
	for (const char *at = r->p; (at = strchr(at, '\n')); at++)
		lines++;
	assert_in_range(lines, 10, 19999);
	/* read again, it says how many are missing */
	LOG(LOG_INFO, "an event", LOG_INT("i", -1));
	read_all(r);
	char missing[64];

	snprintf(missing, sizeof missing, "\"lines\":%u}\n", 20000 - lines);
	assert_non_null(strstr(r->p, missing));
	assert_non_null(strstr(r->p, "\"i\":-1}\n"));
	LOG(LOG_INFO, "an event", LOG_INT("i", -2));
	json_decref(one_line(r));
}

static void nobody_at_the_other_end_ends_nothing(void **state)
{
	struct reader *r = *state;

	signal(SIGPIPE, SIG_DFL);
	close(r->from);
	r->from = -1;
	LOG(LOG_INFO, "an event", LOG_INT("i", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			A209_a_text_stays_within_its_field, set_up, tear_down),
		cmocka_unit_test_setup_teardown(A209_a_nul_does_not_end_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_long_line_is_cut_and_still_one_object, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			A191_a_log_that_nobody_reads_keeps_nobody_waiting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			nobody_at_the_other_end_ends_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
