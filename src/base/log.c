#include "base/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Process-wide by nature, set once before threads start. */
static enum log_level least = LOG_INFO;
static int log_fd = STDERR_FILENO;

/* One line at a time; `lost` are those that nobody took. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int64_t lost;

enum { LINE = 4096 };

struct line {
	char text[LINE];
	size_t n;
};

void log_configure(enum log_level level, int fd)
{
	least = level;
	log_fd = fd;
}

bool log_enabled(enum log_level level)
{
	return level >= least;
}

static void add(struct line *l, const char *p, size_t n)
{
	size_t room = LINE - 4 - l->n; /* "}\n" must still fit, and a closing quote */

	if (n > room)
		n = room;
	for (size_t i = 0; p && i < n; i++)
		l->text[l->n++] = p[i];
}

static void add_c(struct line *l, const char *s)
{
	struct str v = str_from(s);

	add(l, v.p, v.n);
}

/* JSON text; bytes outside printable ASCII are written as \u00XX so that a log line stays one
 * line in any terminal. */
static void add_text(struct line *l, struct str s)
{
	add_c(l, "\"");
	for (size_t i = 0; i < s.n && l->n < LINE - 16; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
			add(l, &s.p[i], 1);
		} else {
			char hex[8];

			snprintf(hex, sizeof hex, "\\u%04x", c);
			add_c(l, hex);
		}
	}
	add_c(l, "\"");
}

static void add_time(struct line *l)
{
	struct timespec t;
	struct tm tm;
	char text[32];

	/* The system's own time, not a rehearsal's: operators compare logs with other logs. */
	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	add_c(l, text);
	snprintf(text, sizeof text, ".%03ldZ", t.tv_nsec / 1000000);
	add_c(l, text);
}

static void add_field(struct line *l, const struct log_field *field)
{
	add_c(l, ",\"");
	add_c(l, field->name);
	add_c(l, "\":");
	if (field->is_number) {
		char number[24];

		snprintf(number, sizeof number, "%lld", (long long)field->number);
		add_c(l, number);
	} else {
		add_text(l, field->text);
	}
}

static void make_line(struct line *l, enum log_level level, const char *event,
	const struct log_field *fields, size_t n)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};

	l->n = 0;
	add_c(l, "{\"time\":\"");
	add_time(l);
	add_c(l, "\",\"level\":\"");
	add_c(l, names[level]);
	add_c(l, "\",\"event\":");
	add_text(l, str_from(event));
	for (size_t i = 0; i < n && l->n < LINE - 300; i++)
		add_field(l, &fields[i]);
	l->text[l->n++] = '}';
	l->text[l->n++] = '\n';
}

/* A log that cannot be written must not stop the service, and one that nobody reads must not keep
 * it waiting. A pipe that has room at all has room for a line (PIPE_BUF). */
static bool put(const struct line *l)
{
	struct pollfd fd = {.fd = log_fd, .events = POLLOUT};

	return poll(&fd, 1, 0) > 0 && fd.revents == POLLOUT &&
	       write(log_fd, l->text, l->n) == (ssize_t)l->n;
}

static void tell_lost(void)
{
	const struct log_field fields[] = {LOG_INT("lines", lost)};
	struct line l;

	make_line(&l, LOG_WARN, "lines of the log were lost: nobody took them", fields, 1);
	if (put(&l))
		lost = 0;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	struct line l;

	if (!log_enabled(level))
		return;
	make_line(&l, level, event, fields, n);
	pthread_mutex_lock(&turn);
	if (lost)
		tell_lost();
	if (lost || !put(&l))
		lost++;
	pthread_mutex_unlock(&turn);
}
